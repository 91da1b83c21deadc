//! The example study against what its truth file says was planted in it.

use nulmeting_ingest::container::delimited::Delimited;
use nulmeting_ingest::ingest;
use nulmeting_study::Ingested;
use nulmeting_study::framework::FILES;
use nulmeting_study::{Framework, Instruments, ItemMap, Study};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/example")
}

fn text(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

fn read() -> Ingested {
    let study = Study::parse(&text("nulmeting.toml").unwrap(), "nulmeting.toml").unwrap();
    let mut instruments = Instruments::default();
    for wave in &study.waves {
        let folder = study.framework_of(wave);
        let files: BTreeMap<String, String> = FILES
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), text(&format!("{folder}/{name}"))?)))
            .collect();
        instruments
            .frameworks
            .insert(wave.id.clone(), Framework::parse(&files, folder).unwrap());
        for (index, entry) in wave.sources.iter().enumerate() {
            if let Some(path) = &entry.items {
                let map = ItemMap::parse(&text(path).unwrap(), path).unwrap();
                instruments.maps.insert((wave.id.clone(), index), map);
            }
        }
    }
    ingest(&study, &instruments, &root(), &str::to_owned).unwrap()
}

/// Rules of the truth file that later stages find.
const LATER: &[&str] = &[
    "invalid-answer",
    "duplicate-response",
    "not-asked",
    "empty-stratum",
    "calibration",
];

#[test]
fn every_planted_oddity_is_found_where_it_is_and_nothing_else() {
    let truth = Delimited::parse(&text("truth/findings.csv").unwrap(), None, "findings.csv").unwrap();
    let planted: BTreeSet<Vec<String>> = truth
        .records
        .iter()
        .skip(1)
        .map(|record| record.fields().map(|field| field.text.to_owned()).collect::<Vec<_>>())
        .filter(|record| !LATER.contains(&record[1].as_str()))
        .collect();
    let word = |text: &Option<String>| text.clone().unwrap_or_default();
    let found: BTreeSet<Vec<String>> = read()
        .findings
        .iter()
        .map(|own| {
            vec![
                own.severity.to_string(),
                own.rule.to_string(),
                word(&own.wave),
                word(&own.source),
                word(&own.sheet),
                own.row.map(|row| row.to_string()).unwrap_or_default(),
                word(&own.column),
                word(&own.organisation),
                word(&own.item),
            ]
        })
        .collect();
    let missed: Vec<_> = planted.difference(&found).collect();
    let extra: Vec<_> = found.difference(&planted).collect();
    assert!(
        missed.is_empty() && extra.is_empty(),
        "missed {missed:#?}\nextra {extra:#?}"
    );
}

#[test]
fn tables_of_the_example_hold_their_declared_keys() {
    use nulmeting_study::Record;
    let read = read();
    nulmeting_study::tables::Source::table(&read.sources).check().unwrap();
    nulmeting_study::tables::RegisterEntry::table(&read.register)
        .check()
        .unwrap();
    nulmeting_study::tables::Response::table(&read.responses)
        .check()
        .unwrap();
    nulmeting_study::Finding::table(&read.findings).check().unwrap();
}
