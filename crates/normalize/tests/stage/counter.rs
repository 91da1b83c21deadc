//! Counting file after file gives what normalizing everything at once gives.

use crate::fixture::{Case, home};
use nulmeting_counts::Tally;
use nulmeting_normalize::Counter;
use nulmeting_study::tables::{AnswerCount, Organisation, Response};
use nulmeting_study::{Finding, shipped};

/// What a study comes to, as far as it is counted.
#[derive(Debug, PartialEq)]
struct Outcome {
    counts: Vec<AnswerCount>,
    organisations: Vec<Organisation>,
    findings: Vec<Finding>,
}

fn rows(tally: &Tally) -> Vec<AnswerCount> {
    let waves = tally.waves();
    waves
        .flat_map(|(name, wave)| {
            wave.organisations()
                .flat_map(move |own| wave.rows(name, own).collect::<Vec<_>>())
        })
        .collect()
}

fn at_once(case: &Case) -> Outcome {
    let all = case.run();
    Outcome {
        counts: rows(&Tally::of(&all.answers)),
        organisations: all.organisations,
        findings: all.findings,
    }
}

/// The files one after another, the last first, so many cells at a time.
fn counted(case: &Case, cells: usize) -> Outcome {
    let lexicon = shipped::lexicon();
    let (mut tally, mut organisations, mut findings) = (Tally::default(), Vec::new(), Vec::new());
    for wave in &case.study.waves {
        let mut counter = Counter::new(&case.study, &case.instruments, &lexicon, wave)
            .unwrap()
            .reading(cells);
        let own = case.responses.iter().filter(|row| *row.wave == *wave.id);
        let mut files: std::collections::BTreeMap<&str, Vec<Response>> = std::collections::BTreeMap::new();
        for row in own {
            files.entry(&row.source).or_default().push(row.clone());
        }
        for rows in files.values().rev() {
            counter.add(rows).unwrap();
        }
        // The cases number their responses in order of submission already.
        let last = case.responses.iter().map(|row| row.sequence).max().unwrap_or(0);
        let order: Vec<i64> = (1..=last).collect();
        let register: Vec<_> = case
            .register
            .iter()
            .filter(|row| row.wave == wave.id)
            .cloned()
            .collect();
        let found = counter.end(&order, &register).unwrap();
        tally.extend(found.tally);
        organisations.extend(found.organisations);
        findings.extend(found.findings);
    }
    organisations.sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    Finding::sort(&mut findings);
    Outcome {
        counts: rows(&tally),
        organisations,
        findings,
    }
}

/// Whether both roads end in the same place.
pub(crate) fn agrees(case: &Case) -> Result<(), String> {
    let expected = at_once(case);
    for cells in [1, 7, usize::MAX / 2] {
        let found = counted(case, cells);
        if found != expected {
            return Err(format!("{cells} cells at a time:\n{found:#?}\nexpected\n{expected:#?}"));
        }
    }
    Ok(())
}

#[test]
fn every_case_counts_as_it_is_normalized() {
    for folder in std::fs::read_dir(home().join("cases")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.join("error.txt").exists() {
            continue;
        }
        agrees(&Case::read(&folder)).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    }
}
