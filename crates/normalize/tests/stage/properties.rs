//! What must hold for every study: nothing is lost, the order of rows is nothing, weights stand for all.

use crate::fixture::{Case, codebook, home};
use nulmeting_study::Normalized;
use nulmeting_study::framework::{LevelName, Text};
use nulmeting_study::tables::{RegisterEntry, Response};
use nulmeting_study::words::{Assessor, CellState, Respondents, Status};
use nulmeting_study::{Framework, Instruments};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A small study in strata of sector and size, to be filled with drawn rows.
fn study() -> Case {
    let mut case = Case::read(&home().join("cases/thin-and-empty-strata"));
    case.study.responses.unreadable = 1.0;
    case.register.clear();
    case.responses.clear();
    case
}

fn entry() -> impl Strategy<Value = (&'static str, Option<i64>)> {
    (
        prop::sample::select(vec!["po", "so", "vo"]),
        prop::option::of(0i64..9000),
    )
}

/// Organisation, question, value, whether the respondent finished.
type Cell = (Option<usize>, &'static str, &'static str, bool);

fn cell() -> impl Strategy<Value = Cell> {
    (
        prop::option::weighted(0.9, 0usize..40),
        prop::sample::select(vec!["AA.01", "AA.02", "AA.77", "BB.01", "OBST", "SIGNED"]),
        prop::sample::select(vec![
            "1",
            "3 - Bepaald",
            "9",
            "n.v.t.",
            "",
            "Geld;Kennis;",
            "Ja",
            "Jan Jansen",
            "j@b.nl",
        ]),
        any::<bool>(),
    )
}

fn case(entries: &[(&str, Option<i64>)], cells: &[Cell], rule: Respondents) -> Case {
    let mut case = study();
    case.study.scores.respondents = rule;
    case.register = (0..)
        .zip(entries)
        .map(|(number, (sector, pupils))| member(number, sector, *pupils))
        .collect();
    case.responses = (2..)
        .zip(cells)
        .map(|(row, (organisation, question, value, complete))| Response {
            complete: Some(*complete),
            ..delivered(organisation.map(|number| format!("{number:05}")), question, value, row)
        })
        .collect();
    case
}

fn member(number: usize, sector: &str, pupils: Option<i64>) -> RegisterEntry {
    RegisterEntry {
        wave: "2024".into(),
        organisation: format!("{number:05}"),
        name: None,
        sector: sector.into(),
        pupils,
        asked: None,
    }
}

fn delivered(organisation: Option<String>, question: &str, value: &str, row: i64) -> Response {
    Response {
        wave: "2024".into(),
        organisation: organisation.map(Into::into),
        respondent: row.to_string().into(),
        question: question.into(),
        option: "".into(),
        raw: None,
        value: (!value.is_empty()).then(|| value.into()),
        state: if value.is_empty() {
            CellState::Empty
        } else {
            CellState::Filled
        },
        complete: None,
        sequence: row,
        assessor: Assessor::Own,
        source: "raw.csv".into(),
        sheet: "".into(),
        row,
        column: question.into(),
    }
}

fn run(case: &Case) -> Normalized {
    case.run()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn recoding_never_loses_a_respondent(
        entries in prop::collection::vec(entry(), 1..30),
        cells in prop::collection::vec(cell(), 0..60),
        rule in prop::sample::select(Respondents::ALL),
    ) {
        let case = case(&entries, &cells, rule);
        let out = run(&case);
        let delivered: BTreeSet<_> = case.responses.iter().map(|row| (&*row.respondent, row.row, &*row.column)).collect();
        let kept: BTreeSet<_> = out.answers.iter().map(|row| (row.respondent.as_str(), row.row, row.column.as_str())).collect();
        prop_assert_eq!(delivered, kept);
        let told: BTreeSet<_> = out.findings.iter().map(|finding| (finding.row, finding.column.as_deref())).collect();
        for answer in &out.answers {
            prop_assert!(answer.level.is_none() || answer.status == Status::Answered);
            prop_assert!(!answer.value.as_deref().unwrap_or_default().contains("Jan"));
            if answer.status == Status::Invalid {
                prop_assert!(told.contains(&(Some(answer.row), Some(answer.column.as_str()))));
            }
        }
        let named: BTreeSet<_> = case.responses.iter().filter_map(|row| row.organisation.as_deref()).collect();
        let described: BTreeSet<_> = out.organisations.iter().map(|row| row.organisation.as_str()).collect();
        prop_assert!(named.is_subset(&described));
    }

    #[test]
    fn shuffling_rows_changes_no_row(
        entries in prop::collection::vec(entry(), 1..30),
        (cells, order) in prop::collection::vec(cell(), 0..60)
            .prop_flat_map(|cells| { let order: Vec<usize> = (0..cells.len()).collect(); (Just(cells), Just(order).prop_shuffle()) }),
        rule in prop::sample::select(Respondents::ALL),
    ) {
        let straight = case(&entries, &cells, rule);
        let mut mixed = straight.clone();
        mixed.responses = order.iter().map(|index| straight.responses[*index].clone()).collect();
        mixed.register.reverse();
        prop_assert_eq!(run(&straight), run(&mixed));
    }

    #[test]
    fn counting_a_file_at_a_time_is_normalizing(
        entries in prop::collection::vec(entry(), 1..30),
        cells in prop::collection::vec((cell(), 0usize..3, 0usize..6), 0..60),
        rule in prop::sample::select(Respondents::ALL),
    ) {
        let mut case = case(&entries, &cells.iter().map(|own| own.0).collect::<Vec<_>>(), rule);
        case.study.waves[0].sources[0].path = "export-*.csv".to_owned();
        // Several files, and respondents with several cells, some of them the same question twice.
        for ((row, own), sequence) in case.responses.iter_mut().zip(&cells).zip(1..) {
            row.source = format!("export-{}.csv", own.1).into();
            row.respondent = own.2.to_string().into();
            row.sequence = sequence;
        }
        prop_assert_eq!(crate::counter::agrees(&case), Ok(()));
    }

    #[test]
    fn weights_of_a_stratum_sum_to_its_population(
        entries in prop::collection::vec(entry(), 1..60),
        cells in prop::collection::vec(cell(), 0..60),
    ) {
        let out = run(&case(&entries, &cells, Respondents::Last));
        let mut sums: BTreeMap<&str, (i64, i64, f64)> = BTreeMap::new();
        for row in &out.organisations {
            prop_assert_eq!(row.weight.is_some(), row.responded && row.stratum.is_some());
            if let (Some(stratum), Some(population)) = (row.stratum.as_deref(), row.population) {
                let sum = sums.entry(stratum).or_insert((population, 0, 0.0));
                sum.1 += 1;
                sum.2 += row.design_weight.unwrap_or_default();
            }
        }
        for (stratum, (population, members, weight)) in sums {
            prop_assert_eq!(population, members);
            let empty = out.findings.iter().any(|finding| finding.message.contains(&format!("`{stratum}`")));
            prop_assert!(empty && weight == 0.0 || (weight - population as f64).abs() < 1e-9, "{} {}", stratum, weight);
        }
    }

    #[test]
    fn strata_are_blind_to_what_was_answered(
        entries in prop::collection::vec(entry(), 1..60),
        organisations in prop::collection::vec(0usize..60, 1..40),
        levels in prop::collection::vec(prop::sample::select(vec!["1", "2", "3", "4", "5"]), 40),
    ) {
        let of = |value: &dyn Fn(usize) -> &'static str| -> Vec<Cell> {
            organisations.iter().enumerate().map(|(index, own)| (Some(*own), "AA.01", value(index), true)).collect()
        };
        let fixed = run(&case(&entries, &of(&|_| "3"), Respondents::Last));
        let drawn = run(&case(&entries, &of(&|index| levels[index]), Respondents::Last));
        prop_assert_eq!(fixed.organisations, drawn.organisations);
    }
}

/// Four themes, 93 controls with dots in their codes, levels 0 to 5: all from a codebook.
fn controls() -> Framework {
    let mut framework = codebook("levels");
    let number = |text: &str| LevelName {
        number: 0,
        name: Text {
            nl: text.into(),
            en: String::new(),
        },
    };
    framework.levels.insert(0, number("Afwezig"));
    let (domain, norm) = (framework.domains[0].clone(), framework.norms[0].clone());
    framework.domains.clear();
    framework.norms.clear();
    for (theme, count) in [("5", 37), ("6", 8), ("7", 14), ("8", 34)] {
        let mut own = domain.clone();
        own.code = theme.into();
        framework.domains.push(own);
        for control in 1..=count {
            let mut own = norm.clone();
            (own.code, own.domain) = (format!("{theme}.{control}"), theme.into());
            framework.norms.push(own);
        }
    }
    framework
}

#[test]
fn another_framework_works_from_its_codebook_alone() {
    let framework = controls();
    assert_eq!(framework.norms.len(), 93);
    let mut case = study();
    case.instruments = Instruments {
        frameworks: BTreeMap::from([("2024".to_owned(), framework.clone())]),
        maps: BTreeMap::new(),
    };
    case.register = vec![member(1, "po", Some(100))];
    case.responses = (0..)
        .zip(&framework.norms)
        .map(|(index, norm)| Response {
            row: 2,
            respondent: "2".into(),
            column: norm.code.as_str().into(),
            ..delivered(Some("00001".into()), &norm.code, &(index % 6).to_string(), 2)
        })
        .collect();
    let out = run(&case);
    assert_eq!(out.findings, []);
    let found: BTreeMap<&str, Option<i64>> = out.levels.iter().map(|row| (row.norm.as_str(), row.level)).collect();
    let expected: BTreeMap<&str, Option<i64>> = (0..)
        .zip(&framework.norms)
        .map(|(index, norm)| (norm.code.as_str(), Some(index % 6)))
        .collect();
    assert_eq!(found, expected);
    assert_ne!(found["5.1"], found["5.10"], "a code is text and not a number");
}
