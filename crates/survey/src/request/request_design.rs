//! The design of a request, and the replicate weights that its table has of its own.

use super::{EstimateRequest, Variance};
use crate::design::{Design, Sampling};
use crate::error::Error;
use crate::expression::{Columns, label, number};
use crate::replicate::Replicates;

pub(super) fn design(request: &EstimateRequest, table: &dyn Columns) -> Result<Design, Error> {
    let rows = table.rows();
    let labels = |name: &String| -> Vec<Option<String>> { (0..rows).map(|row| label(table, name, row)).collect() };
    let numbers =
        |name: &String| -> Result<Vec<Option<f64>>, Error> { (0..rows).map(|row| number(table, name, row)).collect() };
    Design::new(&Sampling {
        rows,
        strata: request.strata.as_ref().map(labels),
        clusters: request.clusters.iter().map(labels).collect(),
        nest: request.nest,
        weights: request.weight.as_ref().map(numbers).transpose()?,
        populations: request.populations.iter().map(numbers).collect::<Result<_, _>>()?,
        lonely: request.lonely,
    })?
    .with_level(request.level)
}

/// Replicate weights from columns of the table, whole weights and not factors.
pub(super) fn supplied(request: &EstimateRequest, table: &dyn Columns, design: &Design) -> Result<Replicates, Error> {
    let rows = table.rows();
    let mut weights = Vec::with_capacity(request.replicate_weights.len());
    for name in &request.replicate_weights {
        let column: Result<Vec<f64>, Error> = (0..rows)
            .map(|row| {
                number(table, name, row)?.ok_or(Error::Weight {
                    row: row + 1,
                    found: "missing".into(),
                })
            })
            .collect();
        weights.push(column?);
    }
    let count = weights.len() as f64;
    let scale = match (request.scale, request.variance) {
        (Some(scale), _) => scale,
        (None, Variance::Jk1) => (count - 1.0) / count,
        (None, Variance::Brr) => 1.0 / count,
        (None, Variance::Fay(rho)) => 1.0 / (count * (1.0 - rho) * (1.0 - rho)),
        (None, Variance::Bootstrap { .. }) => 1.0 / (count - 1.0),
        (None, Variance::Jkn | Variance::Taylor) => {
            return Err(Error::Request {
                found: "replicate weights without their kind or scale".into(),
                expected: "`--replicates jk1|brr|fay|bootstrap`, or `--replicate-scale` for other kinds".into(),
            });
        }
    };
    let scales = vec![scale; weights.len()];
    Replicates::supplied(design, &weights, true, scales, request.about_estimate)
}
