//! An archive to keep: one file with all that a colleague needs, years later, to make the same outputs again, except
//! what may not leave the house.
//!
//! Without asking it holds no row of a respondent or an organisation: exports, registers and the tables made of them
//! stay out, and only their hashes go in. The key of the pseudonyms is never in it.

use super::manifest::{FILE, Manifest, sha256};
use super::work::Work;
use crate::exit::Failure;
use nulmeting_study::tables;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Component, Path};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The first file of an archive: what is in it, and what is not.
const CONTENTS: &str = "archive.json";
/// The version of the archive's own shape.
const FORMAT: u32 = 1;
/// Columns by which a table is about single organisations or respondents.
const PERSONAL: &[&str] = &["organisation", "respondent", "medoid"];

/// What an archive says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// Version of the archive's shape.
    pub(crate) format: u32,
    /// Version of the program that packed it.
    pub(crate) version: String,
    /// Path of the study file.
    pub(crate) study_file: String,
    /// Whether a key of pseudonyms is needed, and where the study looks for it.
    pub(crate) pseudonym_key: Option<String>,
    /// Hash of every input, whether it is in the archive or not.
    pub(crate) inputs: BTreeMap<String, String>,
    /// Hash of every file in the archive.
    pub(crate) files: BTreeMap<String, String>,
}

/// Packs the outputs of a study and what they were made from; the same outputs give the same bytes.
///
/// Errors: outputs that are not those of the inputs as they are now.
pub(crate) fn pack(work: &Work<'_>, with_responses: bool) -> Result<Vec<u8>, Failure> {
    let (loaded, before) = (work.loaded, &work.before);
    let stale = before.inputs != work.present.inputs || !work.damage.is_empty() || before.program.is_empty();
    if stale {
        return Err(Failure::data(format!(
            "the outputs are not those of the study as it is now; expected a run that is up to date\n  at   {}\n  hint see `nulmeting status`, then `nulmeting run {}`",
            loaded.out.display(),
            loaded.path.display()
        )));
    }
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut inputs: BTreeSet<&String> = work.present.instruments.values().flatten().collect();
    inputs.insert(&work.present.own);
    // Like maps, these say how answers were read, and are no answers.
    let sources = loaded.study.waves.iter().flat_map(|wave| &wave.sources);
    inputs.extend(
        sources
            .filter_map(|source| source.structure.as_ref())
            .chain(&loaded.study.study.corrections),
    );
    if with_responses {
        inputs.extend(work.present.data.values().flatten());
    }
    let places = work.present.places();
    for path in inputs {
        if let Some(place) = places.get(path) {
            files.insert(format!("study/{path}"), read(place)?);
        }
    }
    let personal: BTreeSet<String> = tables::all()
        .into_iter()
        .filter(|schema| PERSONAL.iter().any(|column| schema.column(column).is_some()))
        .map(|schema| format!("tables/{}.parquet", schema.name))
        .collect();
    for path in before.outputs.keys().filter(|path| path.starts_with("tables/")) {
        if with_responses || !personal.contains(path) {
            files.insert(path.clone(), read(&loaded.out.join(path))?);
        }
    }
    files.insert(FILE.to_owned(), before.bytes()?);
    let contents = Contents {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        study_file: work.present.own.clone(),
        pseudonym_key: loaded
            .study
            .study
            .pseudonym_key
            .clone()
            .filter(|_| !loaded.study.study.identified),
        inputs: before.inputs.clone(),
        files: files
            .iter()
            .map(|(path, bytes)| (path.clone(), sha256(bytes)))
            .collect(),
    };
    let text = serde_json::to_string_pretty(&contents).map_err(Failure::unexpected)? + "\n";
    zip(&text, &files).map_err(Failure::unexpected)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|cause| Failure::reading(path, &cause))
}

/// The archive's bytes: files in order of name, without times, owners or rights.
fn zip(contents: &str, files: &BTreeMap<String, Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    writer.start_file(CONTENTS, options)?;
    writer.write_all(contents.as_bytes())?;
    for (path, bytes) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// An archive, opened.
pub(crate) struct Archive {
    pub(crate) contents: Contents,
    pub(crate) manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    /// Opens an archive.
    ///
    /// Errors: a file that is no archive of ours, or one of a later shape.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let unreadable = |found: String| {
            Failure::data(format!(
                "{found}; expected an archive that `nulmeting pack` made\n  at   {}\n  hint copy it again from where it is kept",
                path.display()
            ))
        };
        let mut archive = ZipArchive::new(Cursor::new(read(path)?))
            .map_err(|cause| unreadable(format!("it cannot be opened: {cause}")))?;
        let mut files = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive
                .by_index(index)
                .map_err(|cause| unreadable(format!("file {} of it cannot be read: {cause}", index + 1)))?;
            let name = file
                .name()
                .map_err(|cause| unreadable(format!("file {} of it has no name: {cause}", index + 1)))?
                .into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)
                .map_err(|cause| unreadable(format!("`{name}` in it cannot be read: {cause}")))?;
            // A name that leads out of the archive is none that we wrote.
            if Path::new(&name)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
            {
                files.insert(name, bytes);
            }
        }
        let contents: Contents = files
            .remove(CONTENTS)
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| unreadable(format!("`{CONTENTS}` is not in it, or is not whole")))?;
        if contents.format > FORMAT {
            return Err(unreadable(format!(
                "it has shape {}, this version reads up to {FORMAT}",
                contents.format
            )));
        }
        let manifest = files
            .get(FILE)
            .and_then(|bytes| serde_json::from_slice(bytes).ok())
            .ok_or_else(|| unreadable(format!("`{FILE}` is not in it, or is not whole")))?;
        Ok(Self {
            contents,
            manifest,
            files,
        })
    }

    /// The files that are not as they were packed, with what is wrong.
    pub(crate) fn damage(&self) -> Vec<String> {
        self.contents
            .files
            .iter()
            .filter_map(|(path, hash)| match self.files.get(path) {
                Some(bytes) if sha256(bytes) == *hash => None,
                Some(_) => Some(format!("{path} is not as it was packed")),
                None => Some(format!("{path} is missing from the archive")),
            })
            .collect()
    }

    /// Lays out the study in a folder, its inputs from the archive or else from `elsewhere`, each held against its hash.
    ///
    /// Gives the inputs that are missing, with what was found instead.
    pub(crate) fn lay_out(&self, folder: &Path, elsewhere: Option<&Path>) -> Result<Vec<String>, Failure> {
        let mut missing = Vec::new();
        for (path, hash) in &self.contents.inputs {
            let packed = self.files.get(&format!("study/{path}")).cloned();
            let bytes = packed.or_else(|| fs::read(elsewhere?.join(path)).ok());
            match bytes {
                Some(bytes) if sha256(&bytes) == *hash => {
                    let target = folder.join(path);
                    if let Some(parent) = target.parent() {
                        fs::create_dir_all(parent).map_err(|cause| Failure::writing(parent, &cause))?;
                    }
                    fs::write(&target, bytes).map_err(|cause| Failure::writing(&target, &cause))?;
                }
                Some(_) => missing.push(format!("{path}: another file under this name; expected sha256 {hash}")),
                None => missing.push(format!("{path}: sha256 {hash}")),
            }
        }
        Ok(missing)
    }
}
