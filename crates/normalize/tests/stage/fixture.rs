//! What a case folder holds, read into the values that the stage takes.

use nulmeting_normalize::{Error, normalize};
use nulmeting_study::Normalized;
use nulmeting_study::framework::FILES;
use nulmeting_study::tables::{RegisterEntry, Response};
use nulmeting_study::words::CellState;
use nulmeting_study::{Framework, Instruments, ItemMap, Study, shipped};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Folder of the tests' own data.
pub(crate) fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// A case as its files give it.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) study: Study,
    pub(crate) instruments: Instruments,
    pub(crate) register: Vec<RegisterEntry>,
    pub(crate) responses: Vec<Response>,
}

pub(crate) type Row = BTreeMap<String, String>;

/// The rows of a CSV by heading; none when the file is not there.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let Ok(text) = std::fs::read_to_string(path) else {
        return Vec::new();
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            heading
                .iter()
                .map(str::to_owned)
                .zip(record.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

pub(crate) fn codebook(name: &str) -> Framework {
    let folder = home().join("codebooks").join(name);
    let files = FILES
        .iter()
        .filter_map(|file| Some(((*file).to_owned(), std::fs::read_to_string(folder.join(file)).ok()?)))
        .collect();
    Framework::parse(&files, name).unwrap()
}

impl Case {
    pub(crate) fn read(folder: &Path) -> Self {
        let place = folder.display().to_string();
        let study = Study::parse(&std::fs::read_to_string(folder.join("study.toml")).unwrap(), &place).unwrap();
        let mut instruments = Instruments::default();
        for wave in &study.waves {
            instruments
                .frameworks
                .insert(wave.id.clone(), codebook(study.framework_of(wave)));
            for (index, entry) in wave.sources.iter().enumerate() {
                if let Some(items) = &entry.items {
                    let map = ItemMap::parse(&std::fs::read_to_string(folder.join(items)).unwrap(), items).unwrap();
                    instruments.maps.insert((wave.id.clone(), index), map);
                }
            }
        }
        let first = study.waves[0].id.clone();
        Self {
            register: rows(&folder.join("register.csv"))
                .iter()
                .map(|row| entry(row, &first))
                .collect(),
            responses: rows(&folder.join("responses.csv"))
                .iter()
                .map(|row| response(row, &first))
                .collect(),
            study,
            instruments,
        }
    }

    pub(crate) fn run(&self) -> Normalized {
        self.try_run().unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn try_run(&self) -> Result<Normalized, Error> {
        let lexicon = shipped::lexicon();
        normalize(
            &self.study,
            &self.instruments,
            &lexicon,
            &self.register,
            &self.responses,
        )
    }
}

fn cell<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.get(name).map(String::as_str).filter(|text| !text.is_empty())
}

fn entry(row: &Row, wave: &str) -> RegisterEntry {
    RegisterEntry {
        wave: cell(row, "wave").unwrap_or(wave).into(),
        organisation: cell(row, "organisation").unwrap().into(),
        name: None,
        sector: cell(row, "sector").unwrap_or("po").into(),
        pupils: cell(row, "pupils").map(|text| text.parse().unwrap()),
        asked: cell(row, "asked").map(|text| text.parse().unwrap()),
    }
}

/// A response; left out: a filled cell of a finished respondent in `raw.csv`, its column named by the question.
fn response(row: &Row, wave: &str) -> Response {
    let value = cell(row, "value").map(Into::into);
    let number = |name: &str| cell(row, name).map(|text| text.parse().unwrap());
    let question = cell(row, "question").unwrap().to_owned();
    let option = cell(row, "option").unwrap_or_default().to_owned();
    let heading = if option.is_empty() {
        question.clone()
    } else {
        format!("{question}[{option}]")
    };
    let assumed = if value.is_some() {
        CellState::Filled
    } else {
        CellState::Unknown
    };
    let line = number("row").unwrap_or(2);
    Response {
        wave: cell(row, "wave").unwrap_or(wave).into(),
        organisation: cell(row, "organisation").map(Into::into),
        respondent: cell(row, "respondent").map_or_else(|| line.to_string().into(), Into::into),
        question: question.into(),
        option: option.into(),
        value,
        raw: cell(row, "raw").map(Into::into),
        state: cell(row, "state").map_or(assumed, |text| text.parse().unwrap()),
        complete: match cell(row, "complete") {
            Some("unknown") => None,
            text => Some(text.is_none_or(|text| text.parse().unwrap())),
        },
        sequence: number("sequence").unwrap_or(line),
        assessor: cell(row, "assessor").unwrap_or("self").parse().unwrap(),
        source: cell(row, "source").unwrap_or("raw.csv").into(),
        sheet: cell(row, "sheet").unwrap_or_default().into(),
        row: line,
        column: cell(row, "column").map_or(heading.into(), Into::into),
    }
}
