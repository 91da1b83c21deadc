//! A study in a folder of its own, made from the files that a test states.

use nulmeting_ingest::{Error, ingest};
use nulmeting_study::words::CellState;
use nulmeting_study::{Finding, Ingested, Instruments, ItemMap, Rule, Study, shipped};
use rust_xlsxwriter::Workbook;

/// A register of DUO's newer edition: comma, all quoted, byte order mark.
pub(crate) const REGISTER: &str = "\u{feff}\"BEVOEGD GEZAG NUMMER\",\"BEVOEGD GEZAG NAAM\",\"SECTOR\",\"AANTAL LEERLINGEN\"\r\n\
    \"40001\",\"Stichting A\",\"PO\",\"900\"\r\n\"40002\",\"Stichting B\",\"PO\",\"2500\"\r\n\
    \"01234\",\"Stichting C\",\"VO\",\"6000\"\r\n";

pub(crate) struct Case {
    folder: tempfile::TempDir,
    toml: String,
    map: Option<String>,
}

impl Case {
    /// A study of one wave with one source entry.
    pub(crate) fn new(source: &str) -> Self {
        let toml = format!(
            "[study]\ntitle = \"T\"\nframework = \"normenkader-ibp-fo-2024\"\nseed = 1\ndate = 2024-06-01\n\
             identified = true\n[population]\nregister = \"register.csv\"\n\
             columns = {{ id = \"BEVOEGD GEZAG NUMMER\", name = \"BEVOEGD GEZAG NAAM\", sector = \"SECTOR\", \
             pupils = \"AANTAL LEERLINGEN\" }}\n[[wave]]\nid = \"2024\"\nselection = \"volunteer\"\n\
             [[wave.source]]\n{source}\n"
        );
        let case = Self {
            folder: tempfile::tempdir().unwrap(),
            toml,
            map: None,
        };
        case.file("register.csv", REGISTER)
    }

    pub(crate) fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let full = self.folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, bytes).unwrap();
        self
    }

    pub(crate) fn map(mut self, rows: &str) -> Self {
        self.map = Some(format!("question,option,item,item_option\n{rows}"));
        self
    }

    pub(crate) fn toml(mut self, change: impl Fn(&str) -> String) -> Self {
        self.toml = change(&self.toml);
        self
    }

    pub(crate) fn try_read(&self) -> Result<Ingested, Error> {
        let study = Study::parse(&self.toml, "nulmeting.toml").unwrap();
        let mut instruments = Instruments::default();
        for wave in &study.waves {
            let framework = shipped::codebook(study.framework_of(wave)).unwrap().unwrap();
            instruments.frameworks.insert(wave.id.clone(), framework);
            if let Some(map) = &self.map {
                let map = ItemMap::parse(map, "map.csv").unwrap();
                instruments.maps.insert((wave.id.clone(), 0), map);
            }
            for (index, entry) in wave.sources.iter().enumerate() {
                if let Some(path) = &entry.items {
                    let map = std::fs::read_to_string(self.folder.path().join(path)).unwrap();
                    let map = ItemMap::parse(&map, path).unwrap();
                    instruments.maps.insert((wave.id.clone(), index), map);
                }
            }
        }
        ingest(&study, &instruments, self.folder.path(), &str::to_owned)
    }

    pub(crate) fn read(&self) -> Ingested {
        self.try_read().unwrap()
    }
}

/// A workbook of sheets, each a name and its rows.
pub(crate) fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(*cells) {
                if !text.is_empty() {
                    sheet.write(row, column, *text).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// The findings of a rule.
pub(crate) fn of(read: &Ingested, rule: Rule) -> Vec<&Finding> {
    read.findings.iter().filter(|finding| finding.rule == rule).collect()
}

/// Rules and places of all findings, in order of reading.
pub(crate) fn places(read: &Ingested) -> Vec<(Rule, String)> {
    read.findings
        .iter()
        .map(|finding| (finding.rule, finding.place().to_string()))
        .collect()
}

/// Organisation, question, value and state of every response.
pub(crate) fn cells(read: &Ingested) -> Vec<(&str, &str, Option<&str>, CellState)> {
    read.responses
        .iter()
        .map(|own| {
            let organisation = own.organisation.as_deref().unwrap_or("-");
            (organisation, &*own.question, own.value.as_deref(), own.state)
        })
        .collect()
}
