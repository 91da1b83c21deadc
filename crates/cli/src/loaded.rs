//! A study as it is loaded: the file, its codebooks and maps, and the key of its pseudonyms.

use crate::args::{Document, Global, Language};
use crate::codebooks;
use crate::exit::Failure;
use clap::ValueEnum;
use nulmeting_normalize::Pseudonyms;
use nulmeting_study::{Instruments, ItemMap, Study, words};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that the stages need beside the data.
pub(crate) struct Loaded {
    /// The study.
    pub(crate) study: Study,
    /// Codebooks and maps.
    pub(crate) instruments: Instruments,
    /// Folder of the study file; all its paths start there.
    pub(crate) root: PathBuf,
    /// Folder for outputs.
    pub(crate) out: PathBuf,
    /// Language of what is published.
    pub(crate) language: words::Language,
    /// Whether the profile for outside is written too.
    pub(crate) public: bool,
    /// Whether the tables are written as CSV too.
    pub(crate) csv: bool,
    /// The documents that are made, in their own order, whatever the order in which they were asked for.
    pub(crate) documents: Vec<Document>,
    /// Theme and texts of the study's own, where it has them.
    pub(crate) style: nulmeting_report::HouseStyle,
    /// The files that these came from.
    pub(crate) style_paths: Vec<PathBuf>,
    /// Codebook and map files that were read, by the wave that uses them.
    pub(crate) paths: BTreeMap<String, Vec<PathBuf>>,
    /// The study file as written: what the manifest and the steps' keys take settings from.
    pub(crate) written: toml::Table,
    /// The study file itself.
    pub(crate) path: PathBuf,
    pseudonyms: Option<Pseudonyms>,
}

impl Loaded {
    /// Loads a study file and what it names, except the data.
    pub(crate) fn load(path: &Path, global: &Global) -> Result<Self, Failure> {
        Self::load_with_key(path, global, None)
    }

    /// The same, with the key of the pseudonyms from elsewhere.
    pub(crate) fn load_with_key(path: &Path, global: &Global, key: Option<&Path>) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|cause| Failure::reading(path, &cause))?;
        let mut study = Study::parse(&text, &path.display().to_string()).map_err(Failure::usage)?;
        if let Some(seed) = global.seed {
            study.study.seed = seed;
        }
        let root = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let written = toml::from_str(&text).map_err(Failure::unexpected)?;
        let mut paths: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        let mut instruments = Instruments::default();
        for wave in &study.waves {
            let name = study.framework_of(wave);
            let files = codebooks::files(name, &root)?;
            let own = paths.entry(wave.id.clone()).or_default();
            own.extend(files.paths.iter().cloned());
            instruments
                .frameworks
                .insert(wave.id.clone(), codebooks::framework(name, &files)?);
            for (index, source) in wave.sources.iter().enumerate() {
                let Some(items) = &source.items else { continue };
                let file = root.join(items);
                let text = std::fs::read_to_string(&file).map_err(|cause| Failure::reading(&file, &cause))?;
                let map = ItemMap::parse(&text, items).map_err(Failure::usage)?;
                instruments.maps.insert((wave.id.clone(), index), map);
                own.push(file);
            }
        }
        study
            .check_references(&instruments.frameworks, &path.display().to_string())
            .map_err(Failure::usage)?;
        let pseudonyms = match &study.study.pseudonym_key {
            Some(own) if !study.study.identified => {
                let path = key.map_or_else(|| root.join(own), Path::to_owned);
                Some(pseudonyms(&path, study.study.invented)?)
            }
            _ => None,
        };
        let out = global.out.clone().unwrap_or_else(|| root.join("out"));
        let language = match global.language {
            Language::Nl => words::Language::Nl,
            Language::En => words::Language::En,
        };
        let (public, csv) = (global.public, global.csv);
        if !cfg!(feature = "pdf") && global.documents.contains(&Document::Pdf) {
            return Err(Failure::usage(
                "`--documents` asks for a PDF, and this program was built without it\n  hint build it with its default features, or leave `pdf` out",
            ));
        }
        let mut documents = Document::value_variants().to_vec();
        documents.retain(|own| global.documents.is_empty() || global.documents.contains(own));
        let (style, style_paths) = house_style(&study, &root, language)?;
        Ok(Self {
            study,
            instruments,
            root,
            out,
            language,
            public,
            csv,
            documents,
            style,
            style_paths,
            paths,
            written,
            path: path.to_owned(),
            pseudonyms,
        })
    }

    /// Where a reader begins: the page, or the folder of the documents when no page is made.
    pub(crate) fn report(&self) -> PathBuf {
        let folder = self.out.join("report");
        match self.documents.contains(&Document::Html) {
            true => folder.join("report.html"),
            false => folder,
        }
    }

    /// The name under which an organisation stands in every table.
    pub(crate) fn name(&self, organisation: &str) -> String {
        match &self.pseudonyms {
            Some(pseudonyms) => pseudonyms.of(organisation),
            None => organisation.to_owned(),
        }
    }

    /// A path as the manifest writes it: relative to the study file, or the file's name when it lies elsewhere.
    pub(crate) fn relative(&self, path: &Path) -> String {
        let inner = path
            .strip_prefix(&self.root)
            .ok()
            .or_else(|| path.file_name().map(Path::new))
            .unwrap_or(path);
        inner.to_string_lossy().replace('\\', "/")
    }
}

/// Theme and texts of the study's own, looked at before any number is made.
fn house_style(
    study: &Study,
    root: &Path,
    language: words::Language,
) -> Result<(nulmeting_report::HouseStyle, Vec<PathBuf>), Failure> {
    let mut paths = Vec::new();
    let mut own = |name: Option<&str>| -> Result<Option<nulmeting_report::OwnFile>, Failure> {
        let Some(name) = name else { return Ok(None) };
        let path = root.join(name);
        let text = std::fs::read_to_string(&path).map_err(|cause| Failure::reading(&path, &cause))?;
        paths.push(path);
        let path = name.to_owned();
        Ok(Some(nulmeting_report::OwnFile { path, text }))
    };
    let style = nulmeting_report::HouseStyle {
        theme: own(study.report.theme.as_deref())?,
        texts: own(study.report.texts.of(language))?,
    };
    style.check(language).map_err(Failure::usage)?;
    Ok((style, paths))
}

fn pseudonyms(path: &Path, made_up: bool) -> Result<Pseudonyms, Failure> {
    let key = std::fs::read_to_string(path).map_err(|cause| {
        Failure::usage(format!(
            "the key of the pseudonyms cannot be read: {cause}; expected a file with a random key\n  at   {}\n  hint make one with `head -c 32 /dev/urandom | base64 > {}`, and keep it: other keys give other pseudonyms",
            path.display(),
            path.display()
        ))
    })?;
    Pseudonyms::new(&key, made_up).map_err(Failure::usage)
}
