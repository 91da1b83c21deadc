//! Deliveries that are large enough to be read in pieces, by several processors.

use crate::case::{Case, cells, of};
use nulmeting_study::Ingested;
use nulmeting_study::Rule;
use std::fmt::Write as _;

const NORMS: [&str; 3] = ["GO.01", "GO.02", "GO.03"];

/// A LimeSurvey CSV of so many responses, the last of which has the key of the first; every question has a remark.
fn survey(responses: usize) -> String {
    let mut text = "\"id\",\"submitdate\",\"lastpage\",\"startlanguage\",\"bestuursnummer\"".to_owned();
    for norm in NORMS {
        let _ = write!(text, ",\"{norm}\",\"{norm}[comment]\"");
    }
    for row in 0..responses {
        let (key, board) = (row % (responses - 1), ["40001", "40002", "01234"][row % 3]);
        let _ = write!(text, "\n\"{key}\",\"2024-05-01 10:00:00\",\"3\",\"nl\",\"{board}\"");
        for norm in 0..NORMS.len() {
            let _ = match (row + norm) % 7 {
                0 => write!(text, ",,\"\""),
                1 => write!(text, ",\"\",\"\"\"een\"\" regel\nen nog een, {row}\""),
                level => write!(text, ",\"Niveau {level}\",\"\""),
            };
        }
    }
    text
}

fn read(responses: usize, threads: usize) -> Ingested {
    let case = Case::new("path = \"l.csv\"").file("l.csv", survey(responses));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| case.read())
}

#[test]
fn number_of_processors_changes_nothing() {
    let one = read(4_000, 1);
    assert_eq!(one.responses.len(), 12_000);
    assert_eq!(
        of(&one, Rule::DuplicateResponse).len(),
        1,
        "keys are compared across pieces"
    );
    for threads in [2, 5] {
        assert!(read(4_000, threads) == one, "{threads} threads");
    }
}

#[test]
fn response_reads_the_same_among_few_and_among_many() {
    let (few, many) = (read(100, 2), read(4_000, 2));
    // The last of the few has the key of their first.
    let whole = 99 * NORMS.len();
    assert_eq!(cells(&few)[..whole], cells(&many)[..whole]);
    let places = |read: &Ingested| -> Vec<_> {
        let own = read.responses[..whole].iter();
        own.map(|own| (own.respondent.clone(), own.row, own.column.clone(), own.sequence))
            .collect()
    };
    assert_eq!(places(&few), places(&many));
}
