//! Reads the reference tables for the tests of the survey engine.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;

use nulmeting_survey::{Design, Domain, Error, Lonely, Sampling};

/// A small table of texts.
pub(crate) struct Table {
    pub(crate) columns: BTreeMap<String, Vec<String>>,
    pub(crate) rows: usize,
}

impl Table {
    /// Reads `data/reference/NAME.csv`; the reference files hold no comma within a cell.
    pub(crate) fn reference(name: &str) -> Self {
        let path = format!("{}/../../data/reference/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut lines = text.lines();
        let cells = |line: &str| -> Vec<String> { line.split(',').map(|cell| cell.trim_matches('"').into()).collect() };
        let names = cells(lines.next().unwrap());
        let mut columns: BTreeMap<String, Vec<String>> = names.iter().map(|name| (name.clone(), vec![])).collect();
        let mut rows = 0;
        for line in lines {
            for (name, cell) in names.iter().zip(cells(line)) {
                columns.get_mut(name).unwrap().push(cell);
            }
            rows += 1;
        }
        Self { columns, rows }
    }

    pub(crate) fn text(&self, name: &str) -> &[String] {
        self.columns.get(name).unwrap_or_else(|| panic!("no column {name}"))
    }

    pub(crate) fn number(&self, name: &str) -> Vec<f64> {
        self.text(name)
            .iter()
            .map(|cell| cell.parse().unwrap_or_else(|_| panic!("{name}: {cell}")))
            .collect()
    }

    pub(crate) fn labels(&self, name: &str) -> Vec<Option<String>> {
        self.text(name).iter().map(|cell| Some(cell.clone())).collect()
    }

    pub(crate) fn some(&self, name: &str) -> Vec<Option<f64>> {
        self.number(name).into_iter().map(Some).collect()
    }

    /// The rows in which a column has a value, as a domain of the design.
    pub(crate) fn equal(&self, design: &Design, name: &str, value: &str) -> Domain {
        let column = self.text(name);
        design.domain_where(|row| column[row] == value)
    }
}

/// The designs of the reference numbers, by name.
pub(crate) fn design(name: &str) -> (Table, Design) {
    let file = name.trim_end_matches("-nofpc");
    let table = Table::reference(file);
    let mut sampling = Sampling {
        rows: table.rows,
        ..Sampling::default()
    };
    match name {
        "apistrat" | "apistrat-nofpc" => {
            sampling.strata = Some(table.labels("stype"));
            sampling.weights = Some(table.some("pw"));
            if name == file {
                sampling.populations = vec![table.some("fpc")];
            }
        }
        "apiclus1" => {
            sampling.clusters = vec![table.labels("dnum")];
            sampling.weights = Some(table.some("pw"));
            sampling.populations = vec![table.some("fpc")];
        }
        "twostage" => {
            sampling.clusters = vec![table.labels("dnum"), table.labels("snum")];
            sampling.populations = vec![table.some("fpc1"), table.some("fpc2")];
        }
        "nested" => {
            sampling.strata = Some(table.labels("region"));
            sampling.clusters = vec![table.labels("bestuur")];
            sampling.nest = true;
            sampling.weights = Some(table.some("gewicht"));
            sampling.populations = vec![table.some("besturen")];
        }
        other => panic!("no design {other}"),
    }
    let design = Design::new(&sampling).unwrap();
    (table, design)
}

/// A design with one row per unit, all weights and population sizes alike.
pub(crate) fn simple(rows: usize, weight: f64, population: Option<f64>) -> Design {
    Design::new(&Sampling {
        rows,
        weights: Some(vec![Some(weight); rows]),
        populations: population.map(|size| vec![vec![Some(size); rows]]).unwrap_or_default(),
        ..Sampling::default()
    })
    .unwrap()
}

/// A stratified design without clusters.
pub(crate) fn stratified(strata: &[&str], weights: &[f64], lonely: Lonely) -> Result<Design, Error> {
    Design::new(&Sampling {
        rows: strata.len(),
        strata: Some(strata.iter().map(|label| Some((*label).to_owned())).collect()),
        weights: Some(weights.iter().copied().map(Some).collect()),
        lonely,
        ..Sampling::default()
    })
}

/// Fails unless the two agree to the relative tolerance.
#[track_caller]
pub(crate) fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1e-12),
        "{what}: found {found:.15}, expected {expected:.15}"
    );
}

/// The weight of each row after calibration over its weight before.
pub(crate) fn weight_ratios(after: &Design, before: &Design) -> Vec<f64> {
    let weights = after.weights().iter().zip(before.weights());
    weights.map(|(after, before)| after / before).collect()
}
