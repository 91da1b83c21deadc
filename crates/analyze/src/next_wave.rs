//! What this wave says about the size of the next: the spread of a variable within every stratum of the register.
//!
//! The plan counts answers to be had, not invitations to be sent, and foresees no change in how much organisations differ.

use crate::sample::Sample;
use crate::variable::Variable;
use nulmeting_study::tables::Organisation;
use nulmeting_survey::StratumSpread;
use std::collections::BTreeMap;

/// The spread of a variable in one stratum, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Label, population and deviation, as the plan needs them.
    pub stratum: StratumSpread,
    /// Organisations with a value in this wave.
    pub n: usize,
    /// The deviation is that of the whole sample: fewer than two organisations, or no spread among them.
    pub borrowed: bool,
}

/// The organisations of a stratum, and the values with their weights of those who answered.
#[derive(Default)]
struct Stratum {
    population: usize,
    values: Vec<(f64, f64)>,
}

/// The spread of a variable per stratum of the register; none when the whole sample shows no spread.
///
/// Shape: one entry per stratum, also those in which nobody answered, by name.
/// Method: √(Σ w (y − ȳ)² / Σ w · n/(n − 1)) within the stratum. Where that cannot be told or is 0 (three of three say
/// yes), the deviation of the whole sample takes its place: a plan may not rest on a few who happened to agree.
pub fn spreads(sample: &Sample, variable: &Variable, organisations: &[Organisation]) -> Option<Vec<Spread>> {
    let mut strata: BTreeMap<&str, Stratum> = BTreeMap::new();
    for row in organisations.iter().filter(|row| row.wave == sample.wave) {
        if let Some(stratum) = &row.stratum {
            strata.entry(stratum).or_default().population += 1;
        }
    }
    let weights = sample.design.weights();
    let mut everyone = Vec::new();
    for (row, stratum) in sample.strata.iter().enumerate() {
        if let Some(value) = variable.values.get(row).copied().flatten() {
            let pair = (value, weights[row]);
            everyone.push(pair);
            strata.entry(stratum).or_default().values.push(pair);
        }
    }
    let whole = deviation(&everyone)?;
    Some(
        strata
            .into_iter()
            .map(|(label, own)| {
                let found = deviation(&own.values);
                Spread {
                    stratum: StratumSpread {
                        label: label.to_owned(),
                        population: own.population as f64,
                        deviation: found.unwrap_or(whole),
                    },
                    n: own.values.len(),
                    borrowed: found.is_none(),
                }
            })
            .collect(),
    )
}

/// The weighted standard deviation; none for fewer than two values or without spread.
fn deviation(values: &[(f64, f64)]) -> Option<f64> {
    let n = values.len() as f64;
    let total: f64 = values.iter().map(|(_, weight)| weight).sum();
    let mean = values.iter().map(|(value, weight)| value * weight).sum::<f64>() / total;
    let squares: f64 = values
        .iter()
        .map(|(value, weight)| weight * (value - mean) * (value - mean))
        .sum();
    let found = libm::sqrt(squares / total * n / (n - 1.0));
    (values.len() > 1 && found > 1e-12).then_some(found)
}
