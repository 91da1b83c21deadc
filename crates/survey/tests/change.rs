//! Change between two waves against R `survey`: the waves stacked, the board as primary unit, strata common to both.
//!
//! The cases are data (data/reference/change, made by the script there).

#[allow(dead_code, reason = "the example prints more than is checked here")]
#[path = "../examples/change_simulation.rs"]
mod change_simulation;
mod survey_data;

use change_simulation::{Overlap, Subject, simulate};
use nulmeting_survey::{
    Cell, Columns, Design, Domain, EstimateRequest, Linearised, Lonely, Margin, Sampled, Sampling, Stacked, Statistic,
    Variance, estimate, t_two_sided,
};
use serde_json::Value;
use std::collections::BTreeMap;
use survey_data::{Table, close};

const EXACT: f64 = 1e-9;

/// One wave of a stacked table.
struct Wave {
    rows: Vec<usize>,
    design: Design,
    units: Vec<String>,
    strata: Vec<String>,
    populations: BTreeMap<String, f64>,
}

fn picked<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| values[*row].clone()).collect()
}

fn wave(table: &Table, name: &str, known: bool, calibrated: bool) -> Wave {
    let rows: Vec<usize> = (0..table.rows).filter(|row| table.text("wave")[*row] == name).collect();
    let strata = picked(table.text("stratum"), &rows);
    let weights = picked(&table.some("weight"), &rows);
    let mut design = Design::new(&Sampling {
        rows: rows.len(),
        strata: Some(strata.iter().cloned().map(Some).collect()),
        weights: Some(weights),
        ..Sampling::default()
    })
    .unwrap();
    if calibrated {
        let classes = picked(table.text("sector"), &rows);
        // Every third of the 125 boards is of the second sector.
        let totals = vec![("po".to_owned(), 84.0), ("vo".to_owned(), 41.0)];
        let margin = Margin {
            name: "sector".into(),
            classes,
            totals,
        };
        design = design.raked(&[margin]).unwrap();
    }
    let sizes = picked(&table.number("population"), &rows);
    Wave {
        units: picked(table.text("board"), &rows),
        populations: if known {
            strata.iter().cloned().zip(sizes).collect()
        } else {
            BTreeMap::new()
        },
        design,
        strata,
        rows,
    }
}

fn sampled(wave: &Wave) -> Sampled<'_> {
    Sampled {
        design: &wave.design,
        units: &wave.units,
        strata: &wave.strata,
        populations: &wave.populations,
    }
}

fn linear(table: &Table, wave: &Wave, case: &Value) -> Linearised {
    let column: Vec<Option<f64>> = picked(table.text(case["x"].as_str().unwrap()), &wave.rows)
        .iter()
        .map(|cell| cell.parse().ok())
        .collect();
    let missing = picked(table.text("y"), &wave.rows);
    let sector = picked(table.text("sector"), &wave.rows);
    let group = case["group"].as_str().unwrap();
    // The script leaves out the boards without a level whatever it estimates, but for the complete column.
    let complete = case["x"] == "complete";
    let domain: Domain = wave.design.domain_where(|row| {
        column[row].is_some() && (complete || !missing[row].is_empty()) && (group == "all" || sector[row] == group)
    });
    let values: Vec<f64> = column.iter().map(|value| value.unwrap_or(0.0)).collect();
    if case["statistic"] == "mean" {
        return wave.design.linear_mean(&values, &domain).unwrap();
    }
    let size = picked(&table.number("pupils"), &wave.rows);
    let above: Vec<f64> = values.iter().zip(&size).map(|(value, size)| value * size).collect();
    wave.design.linear_ratio(&above, &size, &domain).unwrap()
}

#[test]
fn paired_independent_and_overlapping_samples_agree_with_r() {
    let path = format!(
        "{}/../../data/reference/change/expected.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut checked = 0;
    for case in cases.iter().filter(|case| case["stack"].is_null()) {
        let table = Table::reference(&format!("change/{}", case["data"].as_str().unwrap()));
        let flag = |key: &str| case[key].as_bool().unwrap();
        let waves = ["2024", "2025"].map(|name| wave(&table, name, flag("fpc"), flag("calibrated")));
        let stacked = Stacked::new(&sampled(&waves[0]), &sampled(&waves[1])).unwrap();
        let parts = [0, 1].map(|place| linear(&table, &waves[place], case));
        let found = stacked.change(&parts[0], &parts[1]);
        let what = case.to_string();
        close(found.estimate, case["change"].as_f64().unwrap(), EXACT, &what);
        close(found.se.unwrap(), case["se"].as_f64().unwrap(), EXACT, &what);
        if let Some(df) = case["df"].as_i64() {
            assert_eq!(found.df, df, "{what}");
            let ci = found.ci.unwrap();
            close(ci.low, case["ci"][0].as_f64().unwrap(), EXACT, &what);
            close(ci.high, case["ci"][1].as_f64().unwrap(), EXACT, &what);
            let p = t_two_sided(found.estimate / found.se.unwrap(), found.df as f64);
            close(p, case["p"].as_f64().unwrap(), 1e-8, &what);
        }
        checked += 1;
    }
    assert_eq!(checked, 27);
}

/// A stacked table as `nulmeting estimate` reads it.
struct Stack(Table);

impl Columns for Stack {
    fn rows(&self) -> usize {
        self.0.rows
    }

    fn names(&self) -> Vec<String> {
        self.0.columns.keys().cloned().collect()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        let text = self.0.columns[column][row].as_str();
        match text.parse() {
            Ok(value) => Cell::Number(value),
            Err(_) if text.is_empty() => Cell::Missing,
            Err(_) => Cell::Text(text),
        }
    }
}

/// `nulmeting estimate --change` takes the stack for one sample, as R `survey` does, its population correction included.
#[test]
fn the_change_of_a_stacked_table_agrees_with_r() {
    let path = format!(
        "{}/../../data/reference/change/expected.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut checked = 0;
    for case in cases
        .iter()
        .filter(|case| case["calibrated"] == false && case["df"].is_number())
    {
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        let request = EstimateRequest {
            statistic: match case["statistic"].as_str() {
                Some("mean") => Statistic::Mean(text("x")),
                _ => continue,
            },
            by: None,
            change: Some("wave".into()),
            condition: Some(match case["group"].as_str() {
                Some("all") if case["x"] == "complete" => "weight > 0".into(),
                Some("all") => "y > 0".into(),
                _ => format!("y > 0 and sector == \"{}\"", text("group")),
            }),
            strata: Some("stratum".into()),
            clusters: vec!["board".into()],
            nest: false,
            weight: Some("weight".into()),
            populations: if case["fpc"] == true {
                vec!["population".into()]
            } else {
                Vec::new()
            },
            lonely: Lonely::Fail,
            method: None,
            replicate_weights: Vec::new(),
            scale: None,
            about_estimate: false,
            level: 0.95,
            variance: Variance::Taylor,
        };
        let table = Stack(Table::reference(&format!("change/{}", text("data"))));
        let rows = estimate(&request, &table).unwrap();
        let what = case.to_string();
        assert_eq!(rows.len(), 1, "{what}");
        close(
            rows[0].estimate.estimate,
            case["change"].as_f64().unwrap(),
            EXACT,
            &what,
        );
        close(rows[0].estimate.se.unwrap(), case["se"].as_f64().unwrap(), EXACT, &what);
        close(
            rows[0].step.as_ref().unwrap().p.unwrap(),
            case["p"].as_f64().unwrap(),
            1e-8,
            &what,
        );
        checked += 1;
    }
    assert_eq!(checked, 25);
}

#[test]
fn two_complete_counts_leave_no_doubt() {
    let table = Table::reference("change/paired");
    let mut waves = ["2024", "2025"].map(|name| wave(&table, name, true, false));
    for wave in &mut waves {
        let mut counts: BTreeMap<String, f64> = BTreeMap::new();
        for stratum in &wave.strata {
            *counts.entry(stratum.clone()).or_default() += 1.0;
        }
        wave.populations = counts;
    }
    let stacked = Stacked::new(&sampled(&waves[0]), &sampled(&waves[1])).unwrap();
    let case = serde_json::json!({ "x": "complete", "group": "all", "statistic": "mean" });
    let parts = [0, 1].map(|place| linear(&table, &waves[place], &case));
    assert_eq!(stacked.change(&parts[0], &parts[1]).se, Some(0.0));
}

/// A planted change is within the interval at the stated rate, whoever returns; docs/change.md has the whole table.
#[test]
fn a_planted_change_is_recovered_at_the_stated_rate() {
    for overlap in [Overlap::Panel, Overlap::Half, Overlap::Independent, Overlap::Apart] {
        for fraction in [0.1, 0.4] {
            let own = simulate(fraction, overlap, Subject::Level, 600);
            // Three Monte Carlo errors below 95 % is 92.3 %.
            assert!(own.covered >= 0.923, "{overlap:?} {fraction}: {own:?}");
            assert!(
                own.bias.abs() < 4.0 * own.spread / 24.0,
                "{overlap:?} {fraction}: {own:?}"
            );
        }
    }
    // Boards that return make a change easier to see, and the standard error knows it.
    let panel = simulate(0.1, Overlap::Panel, Subject::Level, 300);
    let apart = simulate(0.1, Overlap::Apart, Subject::Level, 300);
    assert!(panel.error < 0.6 * apart.error, "{panel:?} {apart:?}");
    assert!((panel.error / panel.spread - 1.0).abs() < 0.15, "{panel:?}");
}
