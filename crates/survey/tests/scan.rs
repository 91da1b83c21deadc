//! Sums per unit give what rows give: the scan can be any engine.

mod survey_data;

use nulmeting_survey::{Design, Domain, Error, Estimate, IntervalMethod, Sampling, Scanned, UnitSums, ValueCount};
use survey_data::{Table, close, design};

fn same(found: &Estimate, rows: &Estimate, what: &str) {
    close(found.estimate, rows.estimate, 1e-12, what);
    close(found.population, rows.population, 1e-12, what);
    assert_eq!(
        (found.n, found.df, found.census),
        (rows.n, rows.df, rows.census),
        "{what}"
    );
    for (found, rows) in [
        (found.se, rows.se),
        (found.deff, rows.deff),
        (found.deff_replace, rows.deff_replace),
        (found.n_eff, rows.n_eff),
    ] {
        assert_eq!(found.is_some(), rows.is_some(), "{what}");
        close(found.unwrap_or(0.0), rows.unwrap_or(0.0), 1e-10, what);
    }
    let (found, rows) = (found.ci.unwrap(), rows.ci.unwrap());
    assert_eq!(found.method, rows.method, "{what}");
    for (found, rows) in [(found.low, rows.low), (found.high, rows.high)] {
        if !(found.is_nan() && rows.is_nan()) {
            close(found, rows, 1e-10, what);
        }
    }
}

/// Both passes: about 0, then about what the first one gave.
fn passes(design: &Design, x: &[f64], y: &[f64], domain: &Domain) -> (Vec<UnitSums>, Vec<UnitSums>, f64) {
    let first = design.scan(x, y, 0.0, domain).unwrap();
    let centre = design.of_units().ratio(&first, 0.0).unwrap().estimate;
    (first, design.scan(x, y, centre, domain).unwrap(), centre)
}

fn counts(design: &Design, x: &[f64], domain: &Domain) -> Vec<ValueCount> {
    let one = vec![1.0; x.len()];
    let mut values: Vec<f64> = domain.rows().map(|row| x[row]).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let mut found = Vec::new();
    for value in values {
        let at = design.within(domain, |row| x[row] == value);
        let sums = design.scan(&one, &one, 0.0, &at).unwrap();
        found.extend(
            sums.iter()
                .enumerate()
                .filter(|(_, sums)| sums.n > 0)
                .map(|(unit, sums)| ValueCount {
                    unit,
                    value,
                    n: sums.n,
                    w: sums.w,
                    ww: sums.ww,
                }),
        );
    }
    found
}

fn check(name: &str, table: &Table, design: &Design, columns: [&str; 2], limit: f64, domain: &Domain) {
    let [x, y] = columns.map(|column| table.number(column));
    let one = vec![1.0; x.len()];
    let units = design.of_units();
    let (first, second, mean) = passes(design, &x, &one, domain);
    same(
        &units.ratio(&second, mean).unwrap(),
        &design.mean(&x, domain).unwrap(),
        name,
    );
    same(
        &units.total(&first, &second).unwrap(),
        &design.total(&x, domain).unwrap(),
        name,
    );
    let (_, second, ratio) = passes(design, &x, &y, domain);
    same(
        &units.ratio(&second, ratio).unwrap(),
        &design.ratio(&x, &y, domain).unwrap(),
        name,
    );
    let reached: Vec<f64> = x.iter().map(|value| f64::from(u8::from(*value >= limit))).collect();
    let (_, second, share) = passes(design, &reached, &one, domain);
    for method in [IntervalMethod::default(), IntervalMethod::Wilson, IntervalMethod::Logit] {
        let rows = design.share(&reached, domain, method).unwrap();
        same(&units.share(&second, share, method).unwrap(), &rows, name);
    }
    for p in [0.25, 0.5, 0.75] {
        let found = units.quantile(&counts(design, &x, domain), p).unwrap();
        same(&found, &design.quantile(&x, domain, p).unwrap(), name);
    }
}

#[test]
fn sums_give_what_rows_give() {
    for name in ["apistrat", "apistrat-nofpc", "apiclus1"] {
        let (table, design) = design(name);
        check(name, &table, &design, ["api00", "enroll"], 700.0, &design.everyone());
        let middle = table.equal(&design, "stype", "M");
        check(name, &table, &design, ["api00", "enroll"], 650.0, &middle);
    }
    let (table, design) = design("twostage");
    check(
        "twostage",
        &table,
        &design,
        ["api00", "enroll"],
        700.0,
        &design.everyone(),
    );
}

#[test]
fn units_alone_make_the_same_design() {
    let (table, design) = design("apiclus1");
    let (x, one) = (table.number("api00"), vec![1.0; table.rows]);
    let everyone = design.everyone();
    let mut districts: Vec<String> = table.text("dnum").to_vec();
    districts.sort_by_key(|label| label.parse::<u64>().unwrap());
    districts.dedup();
    let units = Scanned::new(&Sampling {
        rows: districts.len(),
        clusters: vec![districts.iter().cloned().map(Some).collect()],
        populations: vec![vec![Some(757.0); districts.len()]],
        ..Sampling::default()
    })
    .unwrap();
    let (_, second, mean) = passes(&design, &x, &one, &everyone);
    same(
        &units.ratio(&second, mean).unwrap(),
        &design.mean(&x, &everyone).unwrap(),
        "apiclus1",
    );
    assert_eq!(
        units.ratio(&vec![UnitSums::default(); districts.len()], 0.0),
        Err(Error::EmptyDomain)
    );
    assert!(matches!(units.ratio(&second[1..], mean), Err(Error::Length { .. })));
}
