//! What `synth` plants is found: how far the sector moved, which boards became part of another, and how large a break is.

use nulmeting_study::Record;
use nulmeting_study::tables::{Change, Finding, Rule, Succession};
use nulmeting_study::words::{Base, Boards, Comparability, Scope};
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

/// The change of the mean level over all norms, per board, of the whole sector.
fn mean_level<'a>(changes: &'a [Change], boards: Boards, from: &str, to: &str) -> &'a Change {
    let found = changes.iter().find(|row| {
        (row.from_wave.as_str(), row.to_wave.as_str()) == (from, to)
            && (row.boards, row.scope, row.base) == (boards, Scope::All, Base::Organisations)
            && (row.item.as_str(), row.by.as_str(), row.statistic.as_str()) == ("all", "all", "mean_level")
    });
    found.expect("both waves have levels")
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
    let found = mean_level(&changes, Boards::All, "2024", "2025");
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
    let paired = changes.iter().find(|row| {
        row.boards == Boards::Returning && (row.from_wave.as_str(), row.to_wave.as_str()) == ("2023", "2024")
    });
    assert!(
        paired.is_some_and(|row| row.returning >= Some(2)),
        "merged boards stand beside their parents"
    );
}

#[test]
fn a_planted_break_is_marked_and_its_size_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let plant = "--organisations 400 --waves 3 --change 0.2 --break 0.5 --bridge 40".split(' ');
    run_well(
        &["synth", "--out", &path(""), "--export", "tidy"]
            .into_iter()
            .chain(plant)
            .collect::<Vec<_>>(),
    );
    run_well(&["run", &path("nulmeting.toml"), "--out", &path("out")]);

    let planted = population(folder.path(), "2025") - population(folder.path(), "2025-brug");
    assert!(
        (-0.5..-0.35).contains(&planted),
        "levels are rounded and cut off: {planted}"
    );
    let changes = table::<Change>(&folder.path().join("out"));
    let marked = mean_level(&changes, Boards::All, "2024", "2025");
    assert_eq!((marked.comparability, marked.change), (Comparability::Break, None));
    assert!(marked.from_estimate.is_some() && marked.to_estimate.is_some());
    let found = mean_level(&changes, Boards::Bridge, "2025-brug", "2025");
    let (low, high) = (found.ci_low.unwrap(), found.ci_high.unwrap());
    assert!(
        (low..=high).contains(&planted),
        "{planted} is not within {low} to {high}"
    );
    assert_eq!((found.returning, found.comparability), (Some(40), Comparability::Break));
}
