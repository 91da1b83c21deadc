//! `estimate` and `cluster` on tables that other programs wrote: every file that a study reads, and R's `NA`.

use nulmeting_tests::{root, run};
use std::io::{Cursor, Write};
use std::path::Path;

/// What the program prints about a table of these bytes, and whether it succeeded.
fn asked(command: &str, name: &str, bytes: &[u8], arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let all: Vec<&str> = [command, path.to_str().unwrap()]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let output = run(&all);
    let text = [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat();
    (output.status.success(), text)
}

/// The estimates that the program prints as JSON: group, estimate and number of rows.
fn estimates(name: &str, bytes: &[u8], arguments: &[&str]) -> Vec<(Option<String>, f64, i64)> {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json", "-q"]).collect();
    let (done, text) = asked("estimate", name, bytes, &arguments);
    assert!(done, "{name}: {text}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{name}: {text}"));
    let row = |row: &serde_json::Value| {
        let estimate = row["estimate"].as_f64().unwrap();
        (
            row["group"].as_str().map(str::to_owned),
            (estimate * 1e6).round() / 1e6,
            row["n"].as_i64().unwrap(),
        )
    };
    rows.iter().map(row).collect()
}

fn wide(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// A workbook of one sheet with texts as they stand in the cells.
fn workbook(rows: &[[&str; 3]]) -> Vec<u8> {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row = |row: &[&str; 3]| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    let sheet = format!(
        "<worksheet><sheetData>{}</sheetData></worksheet>",
        rows.iter().map(row).collect::<String>()
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"Blad1\" r:id=\"r1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>",
        ),
        ("xl/s.xml", &sheet),
    ] {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn every_dialect_gives_the_same_estimate() {
    let plain = "regio,niveau,gewicht\nFrysl\u{e2}n,2.5,1.25\nFrysl\u{e2}n,3,1.5\nvo,4,2\nvo,1.5,2.5\n";
    let dutch = plain.replace(',', ";").replace('.', ",");
    let latin: Vec<u8> = plain
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let tables: [(&str, Vec<u8>); 10] = [
        ("plain.csv", plain.into()),
        ("dutch.csv", dutch.clone().into()),
        ("bom.csv", format!("\u{feff}{dutch}").into()),
        ("sep.csv", format!("sep=;\r\n{}", dutch.replace('\n', "\r\n")).into()),
        ("tab.tsv", plain.replace(',', "\t").into()),
        ("cr.csv", plain.replace('\n', "\r").into()),
        ("wide.txt", wide(&plain.replace(',', "\t").replace('\n', "\r\n"))),
        ("latin.csv", latin),
        ("blanks.csv", plain.replace(',', " , ").into()),
        (
            "book.xlsx",
            workbook(&[
                ["regio", "niveau", "gewicht"],
                ["Frysl\u{e2}n", "2,5", "1,25"],
                ["Frysl\u{e2}n", "3", "1,5"],
                ["vo", "4", "2"],
                ["vo", "1,5", "2,5"],
            ]),
        ),
    ];
    for (name, bytes) in tables {
        let expected = [
            (Some("Frysl\u{e2}n".to_owned()), 2.772727, 2),
            (Some("vo".to_owned()), 2.611111, 2),
        ];
        let found = estimates(
            name,
            &bytes,
            &["--mean", "niveau", "--weight", "gewicht", "--by", "regio"],
        );
        assert_eq!(found, expected, "{name}");
        let (done, text) = asked("cluster", name, &bytes, &["--columns", "niveau,gewicht", "--k", "2"]);
        assert!(done, "{name}: {text}");
    }
}

#[test]
fn data_files_keep_what_they_declare_missing_apart() {
    let fixture = |name: &str| {
        let folder: &Path = &root().join("crates/ingest/tests/traps/datasets");
        std::fs::read(folder.join(name)).unwrap()
    };
    let long = "GO.03_een_heel_lange_naam_van_een_variabele";
    for name in ["labels.sav", "labels.zsav"] {
        let found = estimates(name, &fixture(name), &["--mean", long, "--weight", "id"]);
        assert_eq!(found, [(None, 1.75, 2)], "{name}");
    }
    let found = estimates("v118.dta", &fixture("v118.dta"), &["--mean", "GO_01", "--weight", "id"]);
    assert_eq!(found, [(None, 2.25, 2)]);
}

#[test]
fn the_word_na_is_missing_in_groups_strata_and_conditions_too() {
    let table = b"stratum,y,w,g\na,1,1,x\na,2,1,NA\nb,3,1,x\nb,4,2,y\n";
    let found = estimates("na.csv", table, &["--mean", "y", "--weight", "w", "--by", "g"]);
    assert_eq!(found, [(Some("x".to_owned()), 2.0, 2), (Some("y".to_owned()), 4.0, 1)]);
    let found = estimates(
        "na.csv",
        table,
        &["--mean", "y", "--weight", "w", "--where", "g != \"x\""],
    );
    assert_eq!(found, [(None, 4.0, 1)]);
    let (done, text) = asked(
        "estimate",
        "na.csv",
        table,
        &["--mean", "y", "--weight", "w", "--strata", "g"],
    );
    assert!(!done && text.contains("missing"), "{text}");
}

#[test]
fn files_that_are_no_table_say_what_they_are() {
    let (done, text) = asked(
        "estimate",
        "t.xls",
        b"<html><table><tr><td>x</td></tr></table>",
        &["--mean", "x"],
    );
    assert!(!done && text.contains("a web page (HTML)"), "{text}");
    let (done, text) = asked("estimate", "t.csv", b"a,b\n1,2\n1,2,3\n", &["--mean", "a"]);
    assert!(!done && text.contains("row 3"), "{text}");
}
