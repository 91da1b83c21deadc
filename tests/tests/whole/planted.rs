//! What `synth` plants is found: how far the sector moved, and which boards became part of another.

use nulmeting_study::Record;
use nulmeting_study::tables::{Change, Finding, Rule, Succession};
use nulmeting_study::words::{Base, Boards, Scope};
use nulmeting_tests::run_well;
use std::path::Path;

fn table<R: Record>(out: &Path) -> Vec<R> {
    let path = out.join("tables").join(format!("{}.parquet", R::schema().name));
    nulmeting_tables::read(std::fs::read(&path).unwrap(), "table").unwrap()
}

/// The mean level of everyone in the register, by wave.
fn population(folder: &Path, wave: &str) -> f64 {
    let mut reader = csv::Reader::from_path(folder.join("truth/population.csv")).unwrap();
    let mut rows = reader.records().map(Result::unwrap);
    rows.find(|row| &row[0] == wave).unwrap()[2].parse().unwrap()
}

#[test]
fn planted_change_and_mergers_are_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let plant = [
        "--organisations",
        "400",
        "--waves",
        "3",
        "--change",
        "0.4",
        "--mergers",
        "2",
    ];
    run_well(&[&["synth", "--out", &path(""), "--export", "tidy"], &plant[..]].concat());
    run_well(&["run", &path("nulmeting.toml"), "--out", &path("out")]);
    let out = folder.path().join("out");

    let planted = population(folder.path(), "2025") - population(folder.path(), "2024");
    assert!(
        (0.3..0.45).contains(&planted),
        "levels are rounded and cut off: {planted}"
    );
    let changes = table::<Change>(&out);
    let between = |row: &Change, from: &str, to: &str| row.from_wave == from && row.to_wave == to;
    let found = changes.iter().find(|row| {
        between(row, "2024", "2025")
            && (row.boards, row.scope, row.base) == (Boards::All, Scope::All, Base::Organisations)
            && (row.item.as_str(), row.by.as_str(), row.statistic.as_str()) == ("all", "all", "mean_level")
    });
    let found = found.expect("both waves have levels");
    let (low, high) = (found.ci_low.unwrap(), found.ci_high.unwrap());
    assert!(
        (low..=high).contains(&planted),
        "{planted} is not within {low} to {high}"
    );
    assert!(found.p_adjusted.unwrap() < 0.01);

    assert_eq!(table::<Succession>(&out).len(), 2);
    let findings = table::<Finding>(&out);
    let steps = findings.iter().filter(|own| own.rule == Rule::Succession).count();
    assert_eq!(steps, 2, "each merger is a finding");
    let paired = changes
        .iter()
        .find(|row| between(row, "2023", "2024") && row.boards == Boards::Returning);
    assert!(
        paired.is_some_and(|row| row.returning >= 2),
        "merged boards stand beside their parents"
    );
}
