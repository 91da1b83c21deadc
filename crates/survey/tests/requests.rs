//! Requests as `nulmeting estimate` makes them, against R `survey`: data/reference/designs.R says how each was made.

mod survey_data;

use nulmeting_survey::{
    Cell, Columns, EstimateRequest, EstimateRow, IntervalMethod, Lonely, Statistic, Variance, estimate,
};
use serde_json::Value;
use survey_data::{Table, close};

struct Texts(Table);

impl Columns for Texts {
    fn rows(&self) -> usize {
        self.0.rows
    }

    fn names(&self) -> Vec<String> {
        self.0.columns.keys().cloned().collect()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        self.0
            .columns
            .get(column)
            .map_or(Cell::Missing, |values| Cell::Text(&values[row]))
    }
}

fn text(case: &Value, key: &str) -> Option<String> {
    case[key].as_str().map(str::to_owned)
}

/// One text, or a list of them, or none.
fn list(case: &Value, key: &str) -> Vec<String> {
    match &case[key] {
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        Value::String(item) => vec![item.clone()],
        _ => Vec::new(),
    }
}

fn statistic(case: &Value) -> Statistic {
    let found = [
        text(case, "mean").map(Statistic::Mean),
        text(case, "total").map(Statistic::Total),
        text(case, "share").map(Statistic::Share),
        text(case, "ratio").map(|text| Statistic::ratio(&text).unwrap()),
        text(case, "quantile").map(|text| Statistic::quantile(&text).unwrap()),
    ];
    found
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_else(|| panic!("no statistic in {case}"))
}

fn answer(case: &Value) -> EstimateRow {
    let request = EstimateRequest {
        statistic: statistic(case),
        by: text(case, "by"),
        change: None,
        condition: text(case, "where"),
        strata: text(case, "strata"),
        clusters: list(case, "cluster"),
        nest: false,
        weight: text(case, "weight"),
        populations: list(case, "fpc"),
        lonely: match case["lonely"].as_str() {
            None => Lonely::Fail,
            Some("remove") => Lonely::Remove,
            Some("certainty") => Lonely::Certainty,
            Some("average") => Lonely::Average,
            Some("adjust") => Lonely::Adjust,
            Some(other) => panic!("{other}"),
        },
        method: text(case, "method").map(|name| IntervalMethod::for_share(&name).unwrap()),
        level: 0.95,
        variance: match case["replicates"].as_str() {
            None => Variance::Taylor,
            Some("jkn") => Variance::Jkn,
            Some("brr") => Variance::Brr,
            Some("fay") => Variance::Fay(0.3),
            Some("jk1") => Variance::Jk1,
            Some("bootstrap") => Variance::Bootstrap { replicates: 0, seed: 0 },
            Some(other) => panic!("{other}"),
        },
        replicate_weights: list(case, "weights"),
        scale: case["scale"].as_f64(),
        about_estimate: case["mse"] == true,
    };
    let table = Texts(Table::reference(case["data"].as_str().unwrap()));
    let rows = estimate(&request, &table).unwrap_or_else(|error| panic!("{case}: {error}"));
    let group = text(case, "group");
    rows.into_iter()
        .find(|row| row.group == group)
        .unwrap_or_else(|| panic!("no group in {case}"))
}

#[test]
fn requests_give_the_numbers_of_r() {
    let path = format!(
        "{}/../../data/reference/designs-expected.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(cases.len(), 130);
    for case in &cases {
        let found = answer(case).estimate;
        let what = case.to_string();
        let tolerance = if case["quantile"].is_string() { 1e-6 } else { 1e-9 };
        let number = |key: &str| case[key].as_f64();
        close(found.estimate, number("estimate").unwrap(), 1e-9, &what);
        close(found.se.unwrap(), number("se").unwrap(), tolerance, &what);
        if let Some(limits) = case["ci"].as_array() {
            let ci = found.ci.unwrap_or_else(|| panic!("no interval: {what}"));
            close(ci.low, limits[0].as_f64().unwrap(), tolerance, &what);
            close(ci.high, limits[1].as_f64().unwrap(), tolerance, &what);
        }
        if let Some(df) = case["df"].as_i64() {
            assert_eq!(found.df, df, "{what}");
        }
        if let Some(deff) = number("deff") {
            close(found.deff.unwrap(), deff, 1e-9, &what);
        }
    }
}
