use crate::case::{Case, places};
use nulmeting_ingest::files::File;
use nulmeting_ingest::format::Request;
use nulmeting_ingest::{codebook_list, readers};
use nulmeting_study::study_file::SourceEntry;
use nulmeting_study::{Error, Rule};
use proptest::prelude::*;

const ANSWERS: &str = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n";

/// A second source beside a good one.
fn second(path: &str) -> Case {
    Case::new(&format!("path = \"l.csv\"\n[[wave.source]]\npath = \"{path}\"")).file("l.csv", ANSWERS)
}

fn whole(error: &Error) {
    for part in [&error.place, &error.found, &error.expected, &error.hint] {
        assert!(!part.trim().is_empty(), "{error}");
    }
}

#[test]
fn missing_file_and_pattern_without_files() {
    assert_eq!(
        places(&second("x.csv").read()),
        [(Rule::MissingFile, "x.csv".to_owned())]
    );
    assert_eq!(
        places(&second("raw/*.xlsx").read()),
        [(Rule::MissingFile, "raw/*.xlsx".to_owned())]
    );
}

#[test]
fn workbook_that_is_not_a_workbook() {
    let read = second("x.xlsx").file("x.xlsx", "dit is geen werkmap").read();
    assert_eq!(places(&read), [(Rule::UnreadableFile, "x.xlsx".to_owned())]);
    assert_eq!(read.responses.len(), 1);
    assert!(read.inputs.contains_key("x.xlsx"));
}

#[test]
fn empty_file_and_export_without_responses() {
    let read = second("x.csv").file("x.csv", "").read();
    assert_eq!(places(&read), [(Rule::EmptyExport, "x.csv".to_owned())]);
    // An empty survey is its heading and one empty record.
    let read = second("x.csv")
        .file("x.csv", "\"id\",\"submitdate\",\"GO.01\"\r\n\"\",\"\",\"\"\r\n")
        .read();
    assert_eq!(places(&read), [(Rule::EmptyExport, "x.csv".to_owned())]);
}

#[test]
fn text_of_no_known_format() {
    let read = second("x.csv").file("x.csv", "naam,antwoord\na,b\n").read();
    assert_eq!(places(&read), [(Rule::UnknownFormat, "x.csv".to_owned())]);
}

#[test]
fn misspelt_format_is_an_error_before_anything_is_read() {
    let error = Case::new("path = \"l.csv\"\nformat = \"limesurvy\"")
        .try_read()
        .unwrap_err();
    whole(&error);
    assert!(error.hint.contains("`limesurvey`"), "{error}");
}

#[test]
fn study_in_which_nothing_can_be_read_is_an_error_with_the_first_cause() {
    let error = Case::new("path = \"l.csv\"").try_read().unwrap_err();
    whole(&error);
    assert_eq!(error.place, "l.csv");
}

#[test]
fn missing_register_is_an_error() {
    let case = Case::new("path = \"l.csv\"").file("l.csv", ANSWERS);
    let error = case
        .toml(|text| text.replace("register.csv", "registr.csv"))
        .try_read()
        .unwrap_err();
    whole(&error);
    assert_eq!(
        (error.place.as_str(), error.found.as_str()),
        ("registr.csv", "no such file")
    );
}

#[test]
fn file_that_two_entries_fit_is_read_once() {
    let read = second("*.csv").file("m.csv", ANSWERS.replace("40001", "40002")).read();
    let sources: Vec<_> = read.sources.iter().map(|own| own.source.as_str()).collect();
    assert!(sources.starts_with(&["l.csv", "m.csv"]), "{sources:?}");
    assert_eq!(sources.iter().filter(|own| **own == "l.csv").count(), 1);
}

#[test]
fn two_readings_give_the_same_tables() {
    let case = second("*.csv").file("m.csv", ANSWERS);
    assert_eq!(case.read(), case.read());
}

fn entry() -> SourceEntry {
    let study = "path = \"x\"\norganisation = \"bestuursnummer\"";
    let case = format!(
        "[study]\ntitle=\"T\"\nframework=\"f\"\nseed=1\ndate=2024-06-01\nidentified=true\n[population]\nregister=\"r\"\n\
         columns={{id=\"a\",sector=\"b\",pupils=\"c\"}}\n[[wave]]\nid=\"w\"\nselection=\"census\"\n[[wave.source]]\n{study}\n"
    );
    nulmeting_study::Study::parse(&case, "t.toml").unwrap().waves[0].sources[0].clone()
}

fn every_reader(path: &str, bytes: &[u8]) {
    let entry = entry();
    if let Ok(file) = File::open(path, bytes, None, None) {
        for reader in readers() {
            reader.recognises(&file);
            if let Err(error) = reader.read(&file, &Request::of(&entry)) {
                whole(&error);
            }
        }
    }
    if let Err(error) = codebook_list(bytes, path) {
        whole(&error);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_never_panic_any_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        every_reader("x.csv", &bytes);
        every_reader("x.xlsx", &bytes);
    }

    #[test]
    fn arbitrary_text_under_a_heading_never_panics(text in "id[;,]submitdate[;,]GO\\[GO01\\]\n[\"a-z;,\r\n\\[\\]0-9é ]{0,80}") {
        every_reader("x.csv", text.as_bytes());
    }

    #[test]
    fn workbook_with_flipped_bytes_never_panics(
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = crate::case::book(&[
            ("Voorblad", &[&["Bestuursnummer", "40001"]]),
            ("Bestuur", &[&["Code", "Niveau"], &["GO.01", "3"]]),
        ]);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        every_reader("x.xlsx", &bytes);
    }

    #[test]
    fn fields_come_back_as_they_were_written(rows in proptest::collection::vec(proptest::collection::vec("[a\";,\r\n é]{0,6}", 3), 1..6)) {
        let line = |row: &Vec<String>| row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect::<Vec<_>>().join(";");
        let text = rows.iter().map(line).collect::<Vec<_>>().join("\r\n");
        let read = nulmeting_ingest::container::delimited::Delimited::parse(&text, Some(';'), "x.csv").unwrap();
        let back: Vec<Vec<String>> = read.records.iter().map(|record| record.fields().map(|f| f.text.to_owned()).collect()).collect();
        prop_assert_eq!(back, rows);
    }
}
