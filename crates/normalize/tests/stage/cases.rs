//! Cases as data: a folder per oddity, with what goes in and what must come out.
//!
//! `study.toml`, `register.csv`, `responses.csv` and maps go in; `answers.csv`, `levels.csv`,
//! `organisations.csv` and `findings.csv` must come out. An expected file shows the columns that the case is
//! about, and all rows; a table without a file is not looked at, except that findings must then be none. Where `error.txt` is there, the stage
//! must stop with that error.

use crate::fixture::{Case, Row, home, rows};
use nulmeting_study::table::{Record, Table};
use nulmeting_study::tables::{Answer, Finding, Level, Organisation};
use std::path::Path;

#[test]
fn every_case_gives_what_its_folder_says() {
    let mut folders: Vec<_> = std::fs::read_dir(home().join("cases"))
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
    let out = match Case::read(folder).try_run() {
        Ok(out) => out,
        Err(error) => {
            let expected = std::fs::read_to_string(folder.join("error.txt")).unwrap_or_default();
            let error = error.to_string();
            let differs = error.trim() != expected.trim();
            return Vec::from_iter(differs.then(|| format!("{}\n {error}", folder.display())));
        }
    };
    assert!(!folder.join("error.txt").exists(), "{} runs", folder.display());
    let tables = [
        Answer::table(&out.answers),
        Level::table(&out.levels),
        Organisation::table(&out.organisations),
        Finding::table(&out.findings),
    ];
    let differs = |table: &Table| {
        table
            .check()
            .unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
        difference(folder, table)
    };
    tables.iter().filter_map(differs).collect()
}

fn difference(folder: &Path, table: &Table) -> Option<String> {
    let path = folder.join(format!("{}.csv", table.schema.name));
    let expected = rows(&path);
    if !path.exists() && table.schema.name != "findings" {
        return None;
    }
    let found = shown(table, expected.first());
    let expected: Vec<Vec<String>> = expected.into_iter().map(|row| row.into_values().collect()).collect();
    let lines = |rows: &[Vec<String>]| rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\n  ");
    (found != expected).then(|| {
        let (found, expected) = (lines(&found), lines(&expected));
        format!("{}\n expected\n  {expected}\n found\n  {found}", path.display())
    })
}

/// The rows of a table as far as an expected row names their columns, in order of the column names.
fn shown(table: &Table, like: Option<&Row>) -> Vec<Vec<String>> {
    let column = |name: &String| {
        let (index, _) = table.schema.column(name).unwrap_or_else(|| panic!("no column {name}"));
        &table.columns[index]
    };
    let columns: Vec<_> = match like {
        Some(row) => row.keys().map(column).collect(),
        None => table.columns.iter().collect(),
    };
    (0..table.rows())
        .map(|row| columns.iter().map(|values| values.display(row)).collect())
        .collect()
}
