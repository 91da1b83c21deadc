//! The gap statistic: how much tighter clusters are than in a box without any.

use rayon::prelude::*;

use crate::pam::series_of;
use crate::partition::within_distance;
use crate::principal::{Axes, axes};
use crate::random::{Draws, Purpose};
use crate::{Dissimilarity, Distance, Error, Matrix};

/// Gaps for 1 to some number of clusters.
///
/// Shape: entry 0 is one cluster.
/// Unit: natural logarithm of the summed mean distance within clusters.
/// Method: Tibshirani, Walther and Hastie (2001), reference box along the principal axes, medoid clusters.
/// Source: R `cluster` `clusGap` with `pam`; it is random, so it agrees within 0.02.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The logarithm for the table itself.
    pub log_within: Vec<f64>,
    /// How much lower that is than its mean over the reference tables.
    pub gap: Vec<f64>,
    /// Standard error of the gap from the finite number of reference tables.
    pub error: Vec<f64>,
}

impl Gap {
    /// The smallest k whose gap is at least the next one less its error (Tibshirani and others 2001).
    pub fn tibshirani(&self) -> usize {
        let next = self.gap.iter().zip(&self.error).skip(1);
        let found = self.gap.iter().zip(next).position(|(g, (n, e))| *g >= n - e);
        found.map_or(self.gap.len(), |i| i + 1)
    }

    /// The smallest k within one error of the first local maximum of the gap.
    pub fn first_within_error(&self) -> usize {
        let peak = self
            .gap
            .windows(2)
            .position(|w| w[1] <= w[0])
            .unwrap_or(self.gap.len() - 1);
        let floor = self.gap[peak] - self.error[peak];
        let found = self.gap[..peak].iter().position(|g| *g >= floor);
        found.unwrap_or(peak) + 1
    }
}

/// Gaps for 1 to `most` clusters, from `replicates` reference tables.
///
/// Missing: reference tables have the same gaps in the same places as the table.
pub fn gap(matrix: &Matrix, distance: &Distance, most: usize, replicates: u32, seed: u64) -> Result<Gap, Error> {
    let n = matrix.rows();
    if most == 0 || most > n {
        return Err(Error::TooManyClusters { k: most, rows: n });
    }
    if replicates < 2 {
        return Err(Error::Setting {
            what: "the number of reference tables",
            found: replicates.to_string(),
            expected: "at least 2",
        });
    }
    if matrix.all_equal() {
        return Err(Error::AllEqual { rows: n });
    }
    let ks: Vec<usize> = (1..=most).collect();
    let own = logs(&Dissimilarity::new(matrix, distance)?, &ks);
    let axes = axes(matrix);
    let references: Vec<Vec<f64>> = (0..replicates)
        .into_par_iter()
        .map(|r| {
            let table = in_box(matrix, &axes, &mut Draws::new(seed, Purpose::GapReference, r));
            Ok(logs(&Dissimilarity::compare(&table, distance)?, &ks))
        })
        .collect::<Result<_, Error>>()?;
    let b = f64::from(replicates);
    let (mut gap, mut error) = (Vec::new(), Vec::new());
    for k in 0..most {
        let mean = references.iter().map(|r| r[k]).sum::<f64>() / b;
        let squares: f64 = references.iter().map(|r| (r[k] - mean) * (r[k] - mean)).sum();
        gap.push(mean - own[k]);
        error.push(((1.0 + 1.0 / b) * squares / (b - 1.0)).sqrt());
    }
    Ok(Gap {
        log_within: own,
        gap,
        error,
    })
}

fn logs(dissimilarity: &Dissimilarity, ks: &[usize]) -> Vec<f64> {
    let weights = vec![1.0; dissimilarity.rows()];
    series_of(&dissimilarity.square(), ks, &weights)
        .iter()
        .map(|p| libm::log(within_distance(dissimilarity, &p.clustering)))
        .collect()
}

/// A table drawn evenly from the box that the rows fill along their principal axes.
fn in_box(matrix: &Matrix, axes: &Axes, draws: &mut Draws) -> Matrix {
    let ranges: Vec<(f64, f64)> = axes
        .scores
        .iter()
        .map(|s| {
            let low = s.iter().copied().fold(f64::INFINITY, f64::min);
            (low, s.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        })
        .collect();
    let mut values = Vec::with_capacity(matrix.rows() * matrix.columns());
    for i in 0..matrix.rows() {
        let mut row = axes.means.clone();
        for (direction, (low, high)) in axes.directions.iter().zip(&ranges) {
            let place = low + (high - low) * draws.uniform();
            for (value, d) in row.iter_mut().zip(direction) {
                *value += place * d;
            }
        }
        keep_gaps(matrix, i, &mut row);
        values.extend(row);
    }
    Matrix::from_parts(matrix.rows(), matrix.columns(), values)
}

/// Takes out of a drawn row what is missing in the row whose place it takes.
pub(super) fn keep_gaps(matrix: &Matrix, row: usize, values: &mut [f64]) {
    for (value, own) in values.iter_mut().zip(matrix.raw(row)) {
        if own.is_nan() {
            *value = f64::NAN;
        }
    }
}
