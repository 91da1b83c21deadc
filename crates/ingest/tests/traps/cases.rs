//! Cases as data: a folder of `tests/cases` per oddity, with what is delivered and what must be read.
//!
//! A folder holds `source.toml` (the keys of the source in the study file), the files that it names, `register.csv`
//! where another register is needed, and `responses.csv` and `findings.csv`: the columns that the case is about, all
//! rows. Without `findings.csv` there must be no finding. A file `NAME.xlsx.txt` stands for the workbook `NAME.xlsx`:
//! a line `=== name` opens a sheet, `% A1:B2` merges cells, and every other line is a row with tabs between its cells.

use crate::case::Case;
use nulmeting_study::table::{Record, Table};
use nulmeting_study::tables::{Finding, Response};
use rust_xlsxwriter::{Format, Workbook};
use std::path::Path;

#[test]
fn every_folder_is_read_as_it_says() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<_> = std::fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    let faults: Vec<String> = folders.iter().flat_map(|folder| check(folder)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What differs in a case; nothing when all is as expected.
fn check(folder: &Path) -> Vec<String> {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let mut case = Case::new(text("source.toml").trim());
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        case = match name.strip_suffix(".xlsx.txt") {
            Some(stem) => case.file(&format!("{stem}.xlsx"), workbook(&text(&name))),
            None => case.file(&name, std::fs::read(folder.join(&name)).unwrap()),
        };
    }
    let read = case.read();
    let tables = [Response::table(&read.responses), Finding::table(&read.findings)];
    tables.iter().filter_map(|table| difference(folder, table)).collect()
}

fn difference(folder: &Path, table: &Table) -> Option<String> {
    let path = folder.join(format!("{}.csv", table.schema.name));
    let mut expected: Vec<Vec<String>> = Vec::new();
    let mut columns: Vec<usize> = (0..table.columns.len()).collect();
    if path.exists() {
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let place = |name: &str| {
            table
                .schema
                .column(name)
                .unwrap_or_else(|| panic!("no column {name}"))
                .0
        };
        columns = reader.headers().unwrap().iter().map(place).collect();
        expected.extend(
            reader
                .records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect()),
        );
    }
    let cells = |row: usize| {
        columns
            .iter()
            .map(|column| table.columns[*column].display(row))
            .collect()
    };
    let read: Vec<Vec<String>> = (0..table.rows()).map(cells).collect();
    let lines = |rows: &[Vec<String>]| rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\n  ");
    (read != expected).then(|| {
        let (read, expected) = (lines(&read), lines(&expected));
        format!("{}\n expected\n  {expected}\n read\n  {read}", path.display())
    })
}

fn workbook(text: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    for part in text.split("=== ").skip(1) {
        let (name, lines) = part.split_once('\n').unwrap();
        let sheet = book.add_worksheet().set_name(name).unwrap();
        let merged: Vec<&str> = lines.lines().filter_map(|line| line.strip_prefix("% ")).collect();
        let rows = lines.lines().filter(|line| !line.starts_with("% "));
        for area in merged {
            let (first, last) = area.split_once(':').unwrap();
            let (top, left, bottom, right) = (cell(first).0, cell(first).1, cell(last).0, cell(last).1);
            sheet.merge_range(top, left, bottom, right, "", &Format::new()).unwrap();
        }
        for (row, line) in (0..).zip(rows) {
            for (column, text) in (0..).zip(line.split('\t')).filter(|(_, text)| !text.is_empty()) {
                match text.parse::<f64>() {
                    Ok(number) => sheet.write(row, column, number).unwrap(),
                    Err(_) => sheet.write(row, column, text).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Row and column, counted from 0, of an address such as `B2`.
fn cell(address: &str) -> (u32, u16) {
    let column = u16::from(address.as_bytes()[0] - b'A');
    (address[1..].parse::<u32>().unwrap() - 1, column)
}
