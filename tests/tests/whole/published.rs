//! What is withheld stays withheld in everything that goes outside, whatever kind of file it is.

use crate::example::{out, texts};
use nulmeting_study::Record;
use nulmeting_study::tables::{Choice, Estimate, TypeProfile};
use nulmeting_tests::{example_copy, files, replace, run_well};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn table<R: Record>(folder: &Path) -> Vec<R> {
    let path = folder.join(format!("{}.parquet", R::schema().name));
    nulmeting_tables::read(std::fs::read(&path).unwrap(), "table").unwrap()
}

/// Every number of a run by its id; absent where it is withheld.
fn numbers(folder: &Path) -> BTreeMap<String, Option<f64>> {
    let estimates = table::<Estimate>(folder).into_iter().map(|row| (row.id, row.estimate));
    let choices = table::<Choice>(folder).into_iter().map(|row| (row.id, row.estimate));
    let profiles = table::<TypeProfile>(folder)
        .into_iter()
        .map(|row| (row.id, row.estimate));
    estimates.chain(choices).chain(profiles).collect()
}

/// A number as files have it, in units of its tenth decimal; absent when it has so few digits that another may well be
/// the same.
fn tenths(value: f64) -> Option<i64> {
    let units = (value * 1e10).round();
    ((units / 1e4).fract() != 0.0).then_some(units as i64)
}

/// The numbers of a text that are written with all their digits.
fn told(text: &str) -> impl Iterator<Item = i64> {
    let tokens = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    tokens.filter_map(|token| {
        let decimals = token.split_once('.')?.1.len();
        tenths(token.parse().ok().filter(|_| decimals >= 9)?)
    })
}

#[test]
fn no_withheld_number_stands_in_any_file_for_outside() {
    let published = numbers(&out().join("tables"));
    // The same study, told as if nothing were to be withheld.
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    let open = "minimum = 1\nprotect = 0\nprotect_share = 0.0\ndominance = []";
    replace(&study, "minimum = 5\nprotect = 3", open);
    run_well(&["run", study.to_str().unwrap(), "-q"]);
    let everything = numbers(&copy.path().join("out/tables"));
    let known: BTreeSet<i64> = published
        .values()
        .flatten()
        .filter_map(|value| tenths(*value))
        .collect();
    let withheld: BTreeMap<i64, &String> = everything
        .iter()
        .filter(|(id, _)| published.get(*id).is_some_and(Option::is_none))
        .filter_map(|(id, value)| Some((tenths((*value)?)?, id)))
        .filter(|(value, _)| !known.contains(value))
        .collect();
    assert!(withheld.len() > 300, "{} withheld", withheld.len());
    for (path, bytes) in files(&out().join("public")) {
        for text in texts(&path, bytes) {
            for number in told(&text) {
                assert!(
                    !withheld.contains_key(&number),
                    "{} = {} is told in public/{path}",
                    withheld[&number],
                    number as f64 / 1e10
                );
            }
        }
    }
    // Inside, files have all digits: numbers are recognised where they stand.
    let figures = files(&out().join("figures"));
    let recognised: usize = figures
        .iter()
        .filter(|(path, _)| path.ends_with(".csv"))
        .map(|(_, bytes)| told(&String::from_utf8_lossy(bytes)).count())
        .sum();
    assert!(recognised > 300, "{recognised} numbers recognised inside");
}

#[test]
fn a_withheld_row_has_no_number_beside_it_in_data_behind_figures() {
    let published = numbers(&out().join("tables"));
    let mut rows = 0;
    for (path, bytes) in files(&out().join("public/figures")) {
        if !path.ends_with(".csv") {
            continue;
        }
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let headings = reader.headers().unwrap().clone();
        let Some(id) = headings.iter().position(|name| name == "id") else {
            continue;
        };
        for row in reader.records().map(Result::unwrap) {
            if published.get(&row[id]) != Some(&None) {
                continue;
            }
            rows += 1;
            for (name, cell) in headings.iter().zip(row.iter()) {
                let numeric = matches!(
                    name,
                    "estimate" | "ci_low" | "ci_high" | "n" | "difference" | "se" | "gap"
                );
                // That nobody is in a group is no secret.
                let nobody = name == "n" && cell == "0";
                assert!(
                    !numeric || nobody || cell.is_empty(),
                    "{path}: {name} of {} is {cell}",
                    &row[id]
                );
            }
        }
    }
    assert!(rows > 5, "{rows} withheld rows");
}
