//! Finding a codebook by its name or its folder.

use crate::exit::Failure;
use crate::read_texts::ReadTexts;
use nulmeting_study::framework::FILES;
use nulmeting_study::{Error, Framework, shipped, suggestion};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The files of a codebook, by name, and the paths of those that were read from disk.
pub(crate) struct CodebookFiles {
    /// Text by file name.
    pub(crate) texts: BTreeMap<String, String>,
    /// Paths read; empty for a shipped codebook.
    pub(crate) paths: Vec<PathBuf>,
}

/// Finds a codebook: a shipped one by its name, else a folder relative to `root`.
pub(crate) fn files(name: &str, root: &Path, read: &mut ReadTexts) -> Result<CodebookFiles, Failure> {
    if let Some(texts) = shipped::codebook_files(name) {
        return Ok(CodebookFiles {
            texts,
            paths: Vec::new(),
        });
    }
    let folder = root.join(name);
    if !folder.is_dir() {
        let near = suggestion::nearest(name, shipped::codebooks());
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "give the folder that holds `framework.toml`, relative to the study file".to_owned(),
        };
        let known: Vec<&str> = shipped::codebooks().collect();
        let expected = format!("a folder, or one of `{}`", known.join("`, `"));
        return Err(Failure::usage(Error::new(
            folder.display().to_string(),
            "no such codebook",
            expected,
            hint,
        )));
    }
    let mut found = CodebookFiles {
        texts: BTreeMap::new(),
        paths: Vec::new(),
    };
    for file in FILES {
        let path = folder.join(file);
        if path.is_file() {
            found.texts.insert((*file).to_owned(), read.text(&path)?);
            found.paths.push(path);
        }
    }
    Ok(found)
}

/// Reads a codebook.
pub(crate) fn framework(name: &str, files: &CodebookFiles) -> Result<Framework, Failure> {
    Framework::parse(&files.texts, name).map_err(Failure::usage)
}
