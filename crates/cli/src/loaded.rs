//! A study as it is loaded: the file, its codebooks and maps, and the key of its pseudonyms.

use crate::args::{Document, Global};
use crate::codebooks;
use crate::exit::Failure;
use crate::read_texts::ReadTexts;
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
    /// Folder for outputs.
    pub(crate) out: PathBuf,
    /// The files that the study was loaded from.
    pub(crate) files: StudyFiles,
    /// What is published of the study.
    pub(crate) publication: Publication,
    pseudonyms: Option<Pseudonyms>,
}

/// The files that a study was loaded from: what the manifest and the keys of the steps say of them.
pub(crate) struct StudyFiles {
    /// The study file.
    pub(crate) path: PathBuf,
    /// Its folder; all its paths start there.
    pub(crate) root: PathBuf,
    /// The study file as written.
    pub(crate) written: toml::Table,
    /// Codebook and map files, by the wave that uses them.
    pub(crate) instruments: BTreeMap<String, Vec<PathBuf>>,
    /// Theme and texts of the study's own.
    pub(crate) style: Vec<PathBuf>,
    /// The hash of each of these files as it was parsed.
    pub(crate) hashes: BTreeMap<PathBuf, String>,
}

/// What is published of a study, and how.
pub(crate) struct Publication {
    /// Language of what is published.
    pub(crate) language: words::Language,
    /// Whether the public profile is written too.
    pub(crate) public: bool,
    /// Whether the tables are written as CSV too.
    pub(crate) csv: bool,
    /// The documents that are made, in their own order, whatever the order in which they were asked for.
    pub(crate) documents: Vec<Document>,
    /// Theme and texts of the study's own, where it has them.
    pub(crate) style: nulmeting_report::HouseStyle,
}

impl Publication {
    fn new(global: &Global, style: nulmeting_report::HouseStyle) -> Result<Self, Failure> {
        if !cfg!(feature = "pdf") && global.documents.contains(&Document::Pdf) {
            return Err(Failure::usage(
                "`--documents` asks for a PDF, and this program was built without it\n  hint build it with its default features, or leave `pdf` out",
            ));
        }
        let mut documents = Document::value_variants().to_vec();
        documents.retain(|document| global.documents.is_empty() || global.documents.contains(document));
        Ok(Self {
            language: global.language.word(),
            public: global.public,
            csv: global.csv,
            documents,
            style,
        })
    }
}

impl Loaded {
    /// Loads a study file and what it names, except the data.
    pub(crate) fn load(path: &Path, global: &Global) -> Result<Self, Failure> {
        Self::load_with_key(path, global, None)
    }

    /// The same, with the key of the pseudonyms from elsewhere.
    pub(crate) fn load_with_key(path: &Path, global: &Global, key: Option<&Path>) -> Result<Self, Failure> {
        let mut read = ReadTexts::default();
        let text = read.text(path)?;
        let mut study = Study::parse(&text, &path.display().to_string()).map_err(Failure::usage)?;
        if let Some(seed) = global.seed {
            study.study.seed = seed;
        }
        let root = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let written = toml::from_str(&text).map_err(Failure::unexpected)?;
        let (instruments, instrument_paths) = instruments(&study, &root, &mut read)?;
        study
            .check_references(&instruments.frameworks, &path.display().to_string())
            .map_err(Failure::usage)?;
        let pseudonyms = match &study.study.pseudonym_key {
            Some(of_study) if !study.study.identified => {
                let path = key.map_or_else(|| root.join(of_study), Path::to_owned);
                Some(pseudonyms(&path, study.study.invented)?)
            }
            _ => None,
        };
        let (style, style_paths) = house_style(&study, &root, global.language.word(), &mut read)?;
        Ok(Self {
            out: global.out.clone().unwrap_or_else(|| root.join("out")),
            publication: Publication::new(global, style)?,
            files: StudyFiles {
                path: path.to_owned(),
                root,
                written,
                instruments: instrument_paths,
                style: style_paths,
                hashes: read.hashes(),
            },
            study,
            instruments,
            pseudonyms,
        })
    }

    /// Where a reader begins: the page, or the folder of the documents when no page is made.
    pub(crate) fn report(&self) -> PathBuf {
        let folder = self.out.join("report");
        match self.publication.documents.contains(&Document::Html) {
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
            .strip_prefix(&self.files.root)
            .ok()
            .or_else(|| path.file_name().map(Path::new))
            .unwrap_or(path);
        inner.to_string_lossy().replace('\\', "/")
    }
}

/// Codebooks and maps of every wave, and the files that they came from.
fn instruments(
    study: &Study,
    root: &Path,
    read: &mut ReadTexts,
) -> Result<(Instruments, BTreeMap<String, Vec<PathBuf>>), Failure> {
    let mut instruments = Instruments::default();
    let mut paths: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for wave in &study.waves {
        let name = study.framework_of(wave);
        let files = codebooks::files(name, root, read)?;
        let framework = codebooks::framework(name, &files)?;
        instruments.frameworks.insert(wave.id.clone(), framework);
        let wave_paths = paths.entry(wave.id.clone()).or_default();
        wave_paths.extend(files.paths);
        for (index, source) in wave.sources.iter().enumerate() {
            let Some(items) = &source.items else { continue };
            let path = root.join(items);
            let map = ItemMap::parse(&read.text(&path)?, items).map_err(Failure::usage)?;
            instruments.maps.insert((wave.id.clone(), index), map);
            wave_paths.push(path);
        }
    }
    Ok((instruments, paths))
}

/// Theme and texts of the study's own, looked at before any number is made.
fn house_style(
    study: &Study,
    root: &Path,
    language: words::Language,
    read: &mut ReadTexts,
) -> Result<(nulmeting_report::HouseStyle, Vec<PathBuf>), Failure> {
    let mut paths = Vec::new();
    let mut file = |name: Option<&str>| -> Result<Option<nulmeting_report::OwnFile>, Failure> {
        let Some(name) = name else { return Ok(None) };
        let path = root.join(name);
        let text = read.text(&path)?;
        paths.push(path);
        let path = name.to_owned();
        Ok(Some(nulmeting_report::OwnFile { path, text }))
    };
    let style = nulmeting_report::HouseStyle {
        theme: file(study.report.theme.as_deref())?,
        texts: file(study.report.texts.of(language))?,
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
