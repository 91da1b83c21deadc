//! What is fuzzed: a function per container and per format, each taking bytes.
//!
//! A target fails by a panic, by taking long or by taking much memory, and where a reader hands on something that
//! the stage could not use. Packed formats get their parts from a plain text, so that a mutation reaches the reader
//! and not only the checksums of zip; [`package`] takes a zip as it is. The crate of the readers runs the kept
//! inputs of every target as a test.

use nulmeting_ingest::container::sheet::{Area, Row, Sheet};
use nulmeting_ingest::files::{Content, File, Opening};
use nulmeting_ingest::format::self_assessment::{Layout, laid_out};
use nulmeting_ingest::format::structure::Structure;
use nulmeting_ingest::format::{Delivery, Request, readers};
use nulmeting_ingest::ingest;
use nulmeting_study::study_file::{Limits, SourceEntry};
use nulmeting_study::{Error, Instruments, Study, shipped};
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::OnceLock;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A target by its name.
pub type Target = (&'static str, fn(&[u8]));

/// All targets: containers, then formats, then the stage as a whole.
pub const TARGETS: &[Target] = &[
    ("text", text),
    ("package", package),
    ("xlsx", xlsx),
    ("ods", ods),
    ("xls", xls),
    ("sav", sav),
    ("dta", dta),
    ("xml", xml),
    ("json", json),
    ("limesurvey", limesurvey),
    ("vv", vv),
    ("syntax", syntax),
    ("qualtrics", qualtrics),
    ("msforms", msforms),
    ("googleforms", googleforms),
    ("surveymonkey", surveymonkey),
    ("tidy", tidy),
    ("layout", layout),
    ("study", study),
];

/// Runs the target of that name.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, target) = TARGETS
        .iter()
        .find(|(own, _)| *own == name)
        .expect("a target of that name");
    target(bytes);
}

/// A study of one source with a question that names the organisation, and one whose source does not say it.
const STUDY: &str = "[study]\ntitle = \"T\"\nframework = \"normenkader-ibp-fo-2024\"\nseed = 1\ndate = 2024-06-01\n\
    identified = true\n[population]\nregister = \"register.csv\"\n\
    columns = { id = \"NUMMER\", name = \"NAAM\", sector = \"SECTOR\", pupils = \"LEERLINGEN\" }\n\
    [limits]\nfile_mib = 1\nunpacked_mib = 4\ncells = 100000\ncolumns = 2000\n\
    [[wave]]\nid = \"2024\"\nselection = \"volunteer\"\n[[wave.source]]\npath = \"export\"\n\
    [[wave.source]]\npath = \"none\"\norganisation = \"bestuursnummer\"\n";
const REGISTER: &str = "NUMMER,NAAM,SECTOR,LEERLINGEN\n40001,Stichting A,PO,900\n01234,Stichting C,VO,6000\n";

fn parsed() -> &'static Study {
    static PARSED: OnceLock<Study> = OnceLock::new();
    PARSED.get_or_init(|| Study::parse(STUDY, "nulmeting.toml").expect("the study is whole"))
}

fn entries() -> &'static [SourceEntry] {
    &parsed().waves[0].sources
}

fn limits() -> &'static Limits {
    &parsed().limits
}

fn whole(error: &Error) {
    for part in [&error.place, &error.found, &error.expected, &error.hint] {
        assert!(
            !part.trim().is_empty(),
            "an error says where, what, what else and what to do: {error}"
        );
    }
}

fn opened(path: &str, bytes: &[u8]) -> Option<File> {
    let opening = Opening {
        encoding: None,
        delimiter: None,
        columnar: None,
        quote: None,
        limits: limits(),
    };
    File::open_within(path, bytes, &opening)
        .map_err(|error| whole(&error))
        .ok()
}

/// Every reader on a file that was opened.
fn every_reader(file: &File) {
    for reader in readers() {
        reader.recognises(file);
    }
    for reader in readers() {
        read(file, reader.name(), None);
    }
}

fn read(file: &File, format: &str, structure: Option<&Structure>) {
    let reader = readers()
        .iter()
        .find(|own| own.name() == format)
        .expect("a reader of that name");
    for entry in entries() {
        match reader.read(file, &Request::of(entry)) {
            Ok(mut delivery) => {
                usable(&delivery);
                if let Some(structure) = structure {
                    structure.explain(&mut delivery);
                    usable(&delivery);
                }
            }
            Err(error) => whole(&error),
        }
    }
}

fn usable(delivery: &Delivery) {
    for submission in &delivery.submissions {
        assert!(!submission.respondent.is_empty(), "a response has a key");
        for cell in &submission.cells {
            let question = delivery.questions.get(cell.question).expect("a cell has a question");
            assert!(cell.row > 0 && !cell.column(question).is_empty(), "a cell has a place");
        }
    }
}

/// A delimited text in whatever encoding.
pub fn text(bytes: &[u8]) {
    if let Some(file) = opened("export.csv", bytes) {
        every_reader(&file);
    }
}

/// A zip as it is.
pub fn package(bytes: &[u8]) {
    if let Some(file) = opened("export.xlsx", bytes) {
        every_reader(&file);
    }
}

/// The parts of a zip from a text: a line `=== name` stands before each.
fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in text.split("=== ").skip(1).take(50) {
        let (name, content) = part.split_once('\n')?;
        writer.start_file(name, stored).ok()?;
        writer.write_all(content.as_bytes()).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

fn parts(name: &str, bytes: &[u8]) {
    if let Some(file) = packed(bytes).and_then(|bytes| opened(name, &bytes)) {
        every_reader(&file);
    }
}

/// The parts of an XLSX.
pub fn xlsx(bytes: &[u8]) {
    parts("export.xlsx", bytes);
}

/// The parts of an ODS.
pub fn ods(bytes: &[u8]) {
    parts("export.ods", bytes);
}

/// An XLS.
pub fn xls(bytes: &[u8]) {
    if let Some(file) = opened("export.xls", bytes) {
        every_reader(&file);
    }
}

/// A SAV or ZSAV.
pub fn sav(bytes: &[u8]) {
    if let Some(file) = opened("export.sav", bytes) {
        every_reader(&file);
    }
}

/// A DTA.
pub fn dta(bytes: &[u8]) {
    if let Some(file) = opened("export.dta", bytes) {
        every_reader(&file);
    }
}

/// A structure, beside an export that has questions of it.
fn structure(bytes: &[u8], format: &str, export: &str) {
    match Structure::parse(bytes, limits(), "structure") {
        Ok(structure) => {
            let mut file = opened("export.csv", export.as_bytes()).expect("the export is whole");
            structure.name(&mut file);
            read(&file, format, Some(&structure));
        }
        Err(error) => whole(&error),
    }
}

/// The XML of a LimeSurvey questionnaire, alone or in an archive.
pub fn xml(bytes: &[u8]) {
    let export = "id,submitdate,bestuursnummer,GO[GO01],OB[a],DU[a][1],JN\n1,2024-05-01,40001,A1,Y,1,N/A\n";
    structure(bytes, "limesurvey", export);
    if let Some(bytes) = packed(bytes) {
        structure(&bytes, "limesurvey", export);
        if let Some(file) = opened("export.lsa", &bytes) {
            read(&file, "limesurvey", file.structure.as_ref());
        }
    }
}

/// The JSON of a Qualtrics questionnaire.
pub fn json(bytes: &[u8]) {
    let export = "ResponseId,Status,Finished,Q1,Q2_1,Q3,Q4_1_1\na,b,c,d,e,f,g\n\
        {\"ImportId\":\"_recordId\"},{\"ImportId\":\"status\"},{\"ImportId\":\"finished\"},{\"ImportId\":\"QID1\"},\
        {\"ImportId\":\"QID2_1\"},{\"ImportId\":\"QID3\"},{\"ImportId\":\"QID4\"}\nR_1,0,1,40001,2,\"1,2\",-99\n";
    let export = export
        .replace("{\"ImportId\":\"", "\"{\"\"ImportId\"\":\"\"")
        .replace("\"},", "\"\"}\",");
    let export = export.replace("\"}\n", "\"\"}\"\n");
    structure(bytes, "qualtrics", &export);
}

/// An export of one tool, as text and as the only sheet of a workbook.
fn tool(format: &str, bytes: &[u8]) {
    let Some(file) = opened("export.csv", bytes) else {
        return;
    };
    for reader in readers() {
        reader.recognises(&file);
    }
    read(&file, format, None);
    let mut sheet = file.sheets().first().cloned().unwrap_or_default();
    sheet.name = "Blad1".to_owned();
    let book = File {
        content: Content::Workbook(vec![sheet]),
        ..file
    };
    read(&book, format, None);
}

/// LimeSurvey, with headings of all kinds.
pub fn limesurvey(bytes: &[u8]) {
    tool("limesurvey", bytes);
}

/// LimeSurvey VV: the same reader from other inputs.
pub fn vv(bytes: &[u8]) {
    tool("limesurvey", bytes);
}

/// LimeSurvey's syntax for R or SPSS.
pub fn syntax(bytes: &[u8]) {
    structure(bytes, "limesurvey", "id,submitdate,GO_GO01\n1,2024-05-01,A1\n");
}

/// Qualtrics.
pub fn qualtrics(bytes: &[u8]) {
    tool("qualtrics", bytes);
}

/// Microsoft Forms.
pub fn msforms(bytes: &[u8]) {
    tool("msforms", bytes);
}

/// Google Forms.
pub fn googleforms(bytes: &[u8]) {
    tool("googleforms", bytes);
}

/// SurveyMonkey.
pub fn surveymonkey(bytes: &[u8]) {
    tool("surveymonkey", bytes);
}

/// Plain tables.
pub fn tidy(bytes: &[u8]) {
    tool("tidy", bytes);
}

/// A layout and, after a line `===`, the workbook that it describes.
///
/// A line `=== name` opens a sheet, a line `% top bottom left right` merges cells, others are rows with tabs.
pub fn layout(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut parts = text.split("=== ");
    let layout = Layout::parse(parts.next().unwrap_or_default(), "layout.toml");
    let sheet = |part: &str| {
        let (name, lines) = part.split_once('\n').unwrap_or((part, ""));
        let mut sheet = Sheet {
            name: name.to_owned(),
            ..Sheet::default()
        };
        for (row, line) in (1..).zip(lines.lines()) {
            let numbers: Vec<u32> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
            if let (Some(_), [top, bottom, left, right]) = (line.strip_prefix('%'), numbers.as_slice()) {
                sheet.merged.push(Area {
                    top: i64::from(*top),
                    bottom: i64::from(*bottom),
                    left: *left,
                    right: *right,
                });
                continue;
            }
            let cells = (0..).zip(line.split('\t')).filter(|(_, text)| !text.trim().is_empty());
            let cells: Row = cells.map(|(column, text)| (column, text.to_owned())).collect();
            if !cells.is_empty() {
                sheet.rows.insert(row, cells);
            }
        }
        sheet
    };
    let file = File {
        path: "export.xlsx".to_owned(),
        sha256: String::new(),
        content: Content::Workbook(parts.take(10).map(sheet).collect()),
        structure: None,
        cells: limits().cells,
        zero_bytes: Vec::new(),
    };
    read(&file, "workbook", None);
    match layout {
        Ok(layout) => match laid_out(&file, &layout, &Request::of(&entries()[0])) {
            Ok(delivery) => usable(&delivery),
            Err(error) => whole(&error),
        },
        Err(error) => whole(&error),
    }
}

/// The stage as a whole, on an export of any format.
pub fn study(bytes: &[u8]) {
    static MADE: OnceLock<(tempfile::TempDir, Instruments)> = OnceLock::new();
    let (folder, instruments) = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for the study");
        std::fs::write(folder.path().join("register.csv"), REGISTER).expect("a register");
        let framework = shipped::codebook("normenkader-ibp-fo-2024")
            .expect("it parses")
            .expect("it is shipped");
        let mut instruments = Instruments::default();
        instruments.frameworks.insert("2024".to_owned(), framework);
        (folder, instruments)
    });
    let root: &Path = folder.path();
    std::fs::write(root.join("export"), bytes).expect("an export");
    match ingest(parsed(), instruments, root, &str::to_owned) {
        Ok(read) => {
            for response in &read.responses {
                assert!(
                    response.row > 0 && !response.column.is_empty(),
                    "a response has a place"
                );
            }
        }
        Err(error) => whole(&error),
    }
}
