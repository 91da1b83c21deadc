//! Data files of SPSS and Stata, written by ReadStat; see datasets/make.py.

use crate::case::{Case, cells, of, places};
use nulmeting_ingest::files::{Content, File};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState::{Declared, Filled, Unknown};
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/traps/datasets")
            .join(name),
    )
    .unwrap()
}

fn case(name: &str) -> Case {
    Case::new(&format!("path = \"{name}\""))
        .file(name, fixture(name))
        .map("GO.03_een_heel_lange_naam_van_een_variabele,,GO.03,\n")
}

#[test]
fn plain_compressed_and_zipped_sav_hold_the_same() {
    let read = |name| case(name).read();
    let [plain, codes, zipped] = ["plain.sav", "labels.sav", "labels.zsav"].map(read);
    assert_eq!(cells(&plain), cells(&codes));
    assert_eq!(cells(&plain), cells(&zipped));
    assert_eq!(codes.sources[0].format, "sav");
    assert_eq!(codes.sources[0].recognised, "certain");
}

#[test]
fn labels_are_answers_and_declared_missing_values_are_not() {
    let read = case("labels.sav").read();
    let long = "GO.03_een_heel_lange_naam_van_een_variabele";
    let own: Vec<_> = cells(&read).into_iter().filter(|own| own.1.starts_with("GO")).collect();
    assert_eq!(
        own,
        [
            ("40001", "GO.01", Some("Bepaald"), Filled),
            ("40001", "GO.02", Some("n.v.t."), Declared),
            ("40001", "GO.03", Some("Ad hoc"), Filled),
            ("40002", "GO.01", Some("weet niet"), Declared),
            ("40002", "GO.02", Some("geen antwoord"), Declared),
            ("40002", "GO.03", Some("7"), Declared),
            ("01234", "GO.01", None, Unknown),
            ("01234", "GO.02", Some("Continu verbeteren"), Filled),
            ("01234", "GO.03", Some("Herhaalbaar"), Filled),
        ]
        .map(|(organisation, question, value, state)| {
            (
                organisation,
                if question == "GO.03" { long } else { question },
                value,
                state,
            )
        })
    );
}

#[test]
fn code_stays_beside_its_label() {
    let read = case("labels.sav").read();
    let raw: Vec<_> = read
        .responses
        .iter()
        .filter(|own| *own.question == *"GO.01")
        .map(|own| own.raw.as_deref())
        .collect();
    assert_eq!(raw, [Some("3"), Some("98"), None]);
}

#[test]
fn declared_missing_without_a_label_is_a_finding() {
    let read = case("labels.sav").read();
    let found = of(&read, Rule::DeclaredMissing);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].row, Some(3));
    assert_eq!(
        found[0].column.as_deref(),
        Some("GO.03_een_heel_lange_naam_van_een_variabele")
    );
}

#[test]
fn submitdate_1980_01_01_in_a_sav_says_submitted_and_no_day() {
    let read = case("labels.sav").read();
    let complete: Vec<_> = read
        .responses
        .iter()
        .filter(|own| *own.question == *"GO.01")
        .map(|own| own.complete)
        .collect();
    assert_eq!(complete, [Some(true), Some(false), Some(true)]);
    assert_eq!(
        places(&read)
            .iter()
            .filter(|(rule, _)| *rule == Rule::IncompleteResponse)
            .count(),
        1
    );
}

fn dataset(name: &str, bytes: &[u8], encoding: Option<&str>) -> nulmeting_ingest::container::dataset::Dataset {
    match File::open(name, bytes, encoding, None).unwrap().content {
        Content::Dataset(dataset) => dataset,
        other => panic!("{other:?}"),
    }
}

#[test]
fn string_longer_than_255_bytes_is_whole() {
    for name in ["plain.sav", "labels.sav", "labels.zsav"] {
        let read = dataset(name, &fixture(name), None);
        let column = read.variables.iter().position(|own| own.name == "toelichting").unwrap();
        let text = read.variables[column].shown(&read.rows[0][column]).unwrap();
        assert_eq!(text, format!("Frysl\u{e2}n {}", "x".repeat(470)), "{name}");
        assert_eq!(read.variables[column].shown(&read.rows[1][column]), None);
    }
}

#[test]
fn missing_value_of_a_text_and_long_name_are_kept() {
    let read = dataset("labels.sav", &fixture("labels.sav"), None);
    let column = read.variables.iter().position(|own| own.name == "taal").unwrap();
    let own = &read.variables[column];
    assert!(own.declares_missing(&read.rows[2][column]) && !own.declares_missing(&read.rows[0][column]));
    assert_eq!(own.label_of(&read.rows[1][column]), Some("Frysk"));
    assert!(
        read.variables
            .iter()
            .any(|own| own.name == "GO.03_een_heel_lange_naam_van_een_variabele")
    );
    assert_eq!((read.encoding, read.sure.word()), ("UTF-8", "marked"));
}

#[test]
fn every_version_of_dta_holds_the_same() {
    for name in ["v114.dta", "v115.dta", "v117.dta", "v118.dta", "v119.dta"] {
        let read = case(name).read();
        assert_eq!(
            cells(&read),
            [
                ("40001", "GO.01", Some("Bepaald"), Filled),
                ("40001", "GO.02", Some("n.v.t."), Declared),
                ("40002", "GO.01", Some("weet niet"), Declared),
                ("40002", "GO.02", Some("Beheerst"), Filled),
                ("01234", "GO.01", Some("Herhaalbaar"), Filled),
                ("01234", "GO.02", Some("Continu verbeteren"), Filled),
            ],
            "{name}"
        );
        let raw: Vec<_> = read.responses.iter().map(|own| own.raw.as_deref()).collect();
        assert_eq!(
            raw,
            [Some("3"), Some(".b"), Some(".a"), Some("4"), Some("2"), Some("5")],
            "{name}"
        );
        assert_eq!(read.sources[0].format, "dta");
        // The order of submission follows the moments: the second response has none.
        let sequence: Vec<_> = read.responses.iter().step_by(2).map(|own| own.sequence).collect();
        assert_eq!(sequence, [1, 3, 2], "{name}");
    }
}

#[test]
fn dta_without_a_declared_character_set_is_guessed_and_can_be_overruled() {
    let mut bytes = fixture("v115.dta");
    // The same file as a Stata of the time would have written it: windows-1252.
    let at = bytes.windows(3).position(|own| own == "\u{e2}n".as_bytes()).unwrap();
    bytes[at..at + 3].copy_from_slice(b"\xe2n\0");
    let text = |encoding| {
        let read = dataset("x.dta", &bytes, encoding);
        let column = read.variables.iter().position(|own| own.name == "toelichting").unwrap();
        (
            read.variables[column].shown(&read.rows[0][column]).unwrap(),
            read.sure.word(),
        )
    };
    assert_eq!(text(Some("windows-1252")), ("Frysl\u{e2}n".to_owned(), "stated"));
    assert_eq!(text(Some("macintosh")).0, "Frysl\u{201a}n");
    // Only a value tells: no label of the file has a letter beyond ASCII.
    assert_eq!(text(None), ("Frysl\u{e2}n".to_owned(), "likely"));
    assert_eq!(dataset("x.dta", &bytes, None).doubts, [] as [&str; 0]);
}

#[test]
fn data_file_that_was_cut_off_is_refused_whole() {
    for name in ["plain.sav", "labels.sav", "labels.zsav", "v115.dta", "v118.dta"] {
        let bytes = fixture(name);
        let read = Case::new(&format!("path = \"l.csv\"\n[[wave.source]]\npath = \"{name}\""))
            .file("l.csv", "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n")
            .file(name, &bytes[..bytes.len() - 20])
            .read();
        assert_eq!(of(&read, Rule::UnreadableFile).len(), 1, "{name}");
        assert_eq!(read.responses.len(), 1, "{name}");
    }
}

#[test]
fn headers_that_claim_billions_take_no_memory() {
    let mut sav = fixture("plain.sav");
    sav[80..84].copy_from_slice(&i32::MAX.to_le_bytes());
    let error = File::open("x.sav", &sav, None, None).unwrap_err();
    assert!(error.expected.contains("2147483647 rows"), "{error}");
    let mut dta = fixture("v118.dta");
    let at = dta.windows(3).position(|own| own == b"<N>").unwrap() + 3;
    dta[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(File::open("x.dta", &dta, None, None).is_err());
    dta[at..at + 8].copy_from_slice(&4_000_000_000u64.to_le_bytes());
    assert!(File::open("x.dta", &dta, None, None).is_err());
}

#[test]
fn text_that_only_says_it_is_a_data_file() {
    let error = File::open("x.sav", b"id,GO.01\n", None, None).unwrap_err();
    assert!(error.found.contains("whatever its name says"), "{error}");
}
