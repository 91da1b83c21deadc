//! The numbers of R `survey` for the California API samples and for two further designs.
//!
//! The cases are data (data/reference/*.json, made by the scripts beside them); this file knows how each kind of
//! statistic is asked for. A kind that it does not know fails.

mod survey_data;

use nulmeting_survey::{Auxiliary, Design, Distance, Domain, Estimate, IntervalMethod, Margin, Replicates};
use serde_json::Value;
use survey_data::{Table, close, design, weight_ratios};

const EXACT: f64 = 1e-9;
const QUANTILE: f64 = 1e-6;
/// R interpolates the profile of the likelihood; the engine solves it.
const LIKELIHOOD: f64 = 5e-4;
/// R prints the share of its logit and likelihood models after an iterative fit.
const FITTED: f64 = 1e-8;

fn cases(name: &str) -> Vec<Value> {
    let path = format!("{}/../../data/reference/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_default()
}

/// Compares everything that the case gives.
fn compare(case: &Value, estimate: &Estimate) {
    let what = case.to_string();
    let method = text(case, "method");
    let fitted = method == "logit" || method == "likelihood";
    let tolerance = if fitted { FITTED } else { EXACT };
    close(estimate.estimate, case["estimate"].as_f64().unwrap(), tolerance, &what);
    let quantile = text(case, "statistic").starts_with("quantile");
    if let Some(se) = case["se"].as_f64() {
        close(estimate.se.unwrap(), se, if quantile { QUANTILE } else { EXACT }, &what);
    }
    if let Some(limits) = case["ci"].as_array() {
        let tolerance = if quantile {
            QUANTILE
        } else if method == "likelihood" {
            LIKELIHOOD
        } else {
            EXACT
        };
        let ci = estimate.ci.unwrap();
        close(ci.low, limits[0].as_f64().unwrap(), tolerance, &what);
        close(ci.high, limits[1].as_f64().unwrap(), tolerance, &what);
    }
    if let Some(df) = case["df"].as_i64() {
        assert_eq!(estimate.df, df, "{what}");
    }
    if let Some(deff) = case["deff"].as_f64() {
        close(estimate.deff.unwrap(), deff, EXACT, &what);
    }
    if let Some(deff) = case["deff_replace"].as_f64() {
        close(estimate.deff_replace.unwrap(), deff, EXACT, &what);
    }
}

fn margin(table: &Table, name: &str, totals: &[(&str, f64)]) -> Margin {
    Margin {
        name: name.into(),
        classes: table.text(name).to_vec(),
        totals: totals
            .iter()
            .map(|(class, total)| ((*class).to_owned(), *total))
            .collect(),
    }
}

const SCHOOL_TYPES: [(&str, f64); 3] = [("E", 4421.0), ("H", 755.0), ("M", 1018.0)];
const SCHOOL_WIDE: [(&str, f64); 2] = [("No", 1072.0), ("Yes", 5122.0)];

fn jackknifed(table: &Table, design: &Design, replicates: &Replicates, column: &str) -> Estimate {
    let values = table.number(column);
    let everyone = design.everyone();
    let estimate = design.mean(&values, &everyone).unwrap();
    let thetas = replicates.ratios(design, &[(values, vec![1.0; design.rows()])]);
    design.replicated(estimate, &everyone, &thetas[0], replicates)
}

fn api_estimate(case: &Value) -> Option<Estimate> {
    let (data, label, statistic) = (text(case, "data"), text(case, "design"), text(case, "statistic"));
    if data == "ruspini" {
        return None;
    }
    let name = if label.ends_with("no fpc") {
        "apistrat-nofpc"
    } else {
        data
    };
    let (table, mut design) = design(name);
    if label.contains("post-stratified") {
        design = design.raked(&[margin(&table, "stype", &SCHOOL_TYPES)]).unwrap();
    } else if label.contains("raked") {
        let margins = [
            margin(&table, "stype", &SCHOOL_TYPES),
            margin(&table, "sch.wide", &SCHOOL_WIDE),
        ];
        design = design.raked(&margins).unwrap();
    } else if label.starts_with("JK1") {
        return Some(jackknifed(&table, &design, &Replicates::jk1(&design).unwrap(), "api00"));
    } else if label.starts_with("JKn") {
        return Some(jackknifed(&table, &design, &Replicates::jkn(&design).unwrap(), "api00"));
    }
    let everyone = design.everyone();
    let api00 = table.number("api00");
    let domain = match text(case, "by") {
        "" => everyone.clone(),
        by => table.equal(&design, by, text(case, "group")),
    };
    Some(match statistic {
        "mean(api00)" => design.mean(&api00, &domain).unwrap(),
        "deff mean(api00)" => {
            let estimate = design.mean(&api00, &domain).unwrap();
            Estimate {
                estimate: estimate.deff.unwrap(),
                ..estimate
            }
        }
        "total(enroll)" => design.total(&table.number("enroll"), &domain).unwrap(),
        "ratio(api.stu/enroll)" => design
            .ratio(&table.number("api.stu"), &table.number("enroll"), &domain)
            .unwrap(),
        "mean(api00-api99)" => {
            let change: Vec<f64> = api00
                .iter()
                .zip(table.number("api99"))
                .map(|(now, then)| now - then)
                .collect();
            design.mean(&change, &domain).unwrap()
        }
        "contrast mean(api00) E-H" => {
            let (first, second) = (table.equal(&design, "stype", "E"), table.equal(&design, "stype", "H"));
            design.difference(&api00, &first, &second).unwrap()
        }
        "share(api00>=800)" => {
            let high: Vec<f64> = api00.iter().map(|&api| f64::from(u8::from(api >= 800.0))).collect();
            let method = IntervalMethod::for_share(text(case, "method")).unwrap();
            design.share(&high, &domain, method).unwrap()
        }
        "mean(api00) in domain comp.imp=Yes" => design.mean(&api00, &table.equal(&design, "comp.imp", "Yes")).unwrap(),
        "Rao-Scott F sch.wide x stype" => {
            let test = association(&table, &design, "sch.wide", "stype");
            let note: Vec<f64> = text(case, "note")
                .split(' ')
                .filter_map(|word| word.parse().ok())
                .collect();
            close(test.df_numerator, note[0], EXACT, "ndf");
            close(test.df_denominator, note[1], EXACT, "ddf");
            close(test.p, note[2], EXACT, "p");
            Estimate {
                estimate: test.f,
                ..design.mean(&api00, &everyone).unwrap()
            }
        }
        quantile => {
            let share = quantile
                .trim_start_matches("quantile(api00,")
                .trim_end_matches(')')
                .parse()
                .unwrap();
            design.quantile(&api00, &domain, share).unwrap()
        }
    })
}

fn association(table: &Table, design: &Design, rows: &str, columns: &str) -> nulmeting_survey::AssociationTest {
    let codes = |name: &str| -> Vec<usize> {
        let mut labels: Vec<&String> = table.text(name).iter().collect();
        labels.sort();
        labels.dedup();
        table
            .text(name)
            .iter()
            .map(|label| labels.iter().position(|known| *known == label).unwrap())
            .collect()
    };
    design
        .association(&codes(rows), &codes(columns), &design.everyone())
        .unwrap()
}

#[test]
fn api_numbers_agree_with_r() {
    let mut compared = 0;
    for case in cases("api-expected") {
        if let Some(estimate) = api_estimate(&case) {
            compare(&case, &estimate);
            compared += 1;
        }
    }
    assert_eq!(compared, 66);
}

/// The domain that the reference numbers name with a condition.
fn domain_of(case: &Value, table: &Table, design: &Design) -> Domain {
    if let Some(condition) = case["where"].as_str() {
        if let Some((column, value)) = condition.split_once(" == ") {
            return table.equal(design, column, value.trim_matches('"'));
        }
        let (column, least) = condition.split_once(" >= ").unwrap();
        let (values, least) = (table.number(column), least.parse::<f64>().unwrap());
        return design.domain_where(|row| values[row] >= least);
    }
    match (text(case, "by"), text(case, "group")) {
        ("", _) => design.everyone(),
        (by, group) => table.equal(design, by, group).with_df(design.df()),
    }
}

fn calibrated(table: &Table, design: &Design, method: &str) -> Design {
    let is = |class: &str| -> Vec<f64> {
        table
            .text("groep")
            .iter()
            .map(|label| f64::from(u8::from(label == class)))
            .collect()
    };
    let auxiliary = |name: &str, values: Vec<f64>, total: f64| Auxiliary {
        name: name.into(),
        values,
        total,
    };
    let auxiliaries = [
        auxiliary("all", vec![1.0; table.rows], 265.0),
        auxiliary("klein", is("klein"), 95.0),
        auxiliary("midden", is("midden"), 60.0),
        auxiliary("leerlingen", table.number("leerlingen"), 260_000.0),
    ];
    let distance = match method {
        "linear" => Distance::Linear,
        "raking" => Distance::Raking,
        _ => Distance::Logit { low: 0.4, high: 2.5 },
    };
    design.calibrated(&auxiliaries, distance).unwrap()
}

fn more_estimate(case: &Value) -> Estimate {
    let (table, design) = design(text(case, "data"));
    let x = || table.number(text(case, "x"));
    let pair = || {
        let (first, second) = text(case, "group").split_once('-').unwrap();
        let by = text(case, "by");
        (table.equal(&design, by, first), table.equal(&design, by, second))
    };
    match text(case, "statistic") {
        "mean" => design.mean(&x(), &domain_of(case, &table, &design)).unwrap(),
        "total" => design.total(&x(), &domain_of(case, &table, &design)).unwrap(),
        "ratio" => design
            .ratio(&x(), &table.number(text(case, "y")), &design.everyone())
            .unwrap(),
        "quantile" => design
            .quantile(&x(), &design.everyone(), case["p"].as_f64().unwrap())
            .unwrap(),
        "share" => {
            let method = IntervalMethod::for_share(text(case, "method")).unwrap();
            design.share(&x(), &domain_of(case, &table, &design), method).unwrap()
        }
        "contrast" => {
            let (first, second) = pair();
            design.difference(&x(), &first, &second).unwrap()
        }
        kind @ ("t-test" | "rank-test") => {
            let (first, second) = pair();
            let test = if kind == "t-test" {
                design.t_test(&x(), &first, &second).unwrap()
            } else {
                design.rank_test(&x(), &first, &second).unwrap()
            };
            close(test.p.unwrap(), case["p"].as_f64().unwrap(), EXACT, &case.to_string());
            let blank = design.mean(&x(), &first).unwrap();
            Estimate {
                estimate: test.difference,
                se: Some(test.se),
                df: test.df,
                ..blank
            }
        }
        "association" => {
            let test = association(&table, &design, text(case, "x"), text(case, "by"));
            close(test.df_numerator, case["ndf"].as_f64().unwrap(), EXACT, "ndf");
            close(test.df_denominator, case["ddf"].as_f64().unwrap(), EXACT, "ddf");
            close(test.p, case["p"].as_f64().unwrap(), EXACT, "p");
            Estimate {
                estimate: test.f,
                ..design.mean(&x(), &design.everyone()).unwrap()
            }
        }
        kind @ ("post-stratified mean" | "post-stratified total") => {
            let totals = [("groot", 110.0), ("klein", 95.0), ("midden", 60.0)];
            let weighted = design.raked(&[margin(&table, "groep", &totals)]).unwrap();
            let domain = domain_of(case, &table, &weighted);
            if kind.ends_with("mean") {
                weighted.mean(&x(), &domain).unwrap()
            } else {
                weighted.total(&x(), &domain).unwrap()
            }
        }
        "calibrated mean" => {
            let weighted = calibrated(&table, &design, text(case, "method"));
            weighted.mean(&x(), &domain_of(case, &table, &weighted)).unwrap()
        }
        "calibrated ratios" => {
            let weighted = calibrated(&table, &design, text(case, "method"));
            let mut ratios = weight_ratios(&weighted, &design);
            ratios.sort_by(f64::total_cmp);
            close(
                ratios[0],
                case["estimate"][0].as_f64().unwrap(),
                EXACT,
                &case.to_string(),
            );
            close(
                ratios[ratios.len() - 1],
                case["estimate"][1].as_f64().unwrap(),
                EXACT,
                &case.to_string(),
            );
            design.mean(&vec![1.0; table.rows], &design.everyone()).unwrap()
        }
        kind @ ("jkn mean" | "jkn mse mean") => {
            let mut replicates = Replicates::jkn(&design).unwrap();
            if kind == "jkn mse mean" {
                replicates = replicates.about_estimate();
            }
            jackknifed(&table, &design, &replicates, text(case, "x"))
        }
        "jkn total" => {
            let everyone = design.everyone();
            let replicates = Replicates::jkn(&design).unwrap();
            let values = x();
            let thetas = replicates.statistic(&design, |weights| weights.iter().zip(&values).map(|(w, v)| w * v).sum());
            design.replicated(
                design.total(&values, &everyone).unwrap(),
                &everyone,
                &thetas,
                &replicates,
            )
        }
        other => panic!("unknown statistic {other}"),
    }
}

#[test]
fn two_stage_and_nested_designs_agree_with_r() {
    let cases = cases("more-expected");
    for case in &cases {
        let estimate = more_estimate(case);
        if case["estimate"].is_number() {
            compare(case, &estimate);
        }
        if let Some(df) = case["domain_df"].as_i64() {
            let (table, design) = design(text(case, "data"));
            assert_eq!(
                table.equal(&design, text(case, "by"), text(case, "group")).df(),
                df,
                "{case}"
            );
        }
    }
    assert!(cases.len() > 60);
}
