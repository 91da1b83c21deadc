//! Whether clusters come back when other organisations of the same kind had answered.
//!
//! Stable is not the same as real: two halves of one continuum come back every time. `number` tells them apart.

use rayon::prelude::*;

use crate::dissimilarity::Square;
use crate::draw::Draws;
use crate::pam::{Pam, Swap, check_weights, series_of};
use crate::partition::{check_length, sizes};
use crate::{Dissimilarity, Error};

/// What a mean Jaccard similarity says (Hennig 2008, as in R `fpc` `clusterboot`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stability {
    /// Below 0.5: the cluster dissolves.
    Dissolved,
    /// From 0.5: not to be trusted.
    Doubtful,
    /// From 0.6: a pattern, but who belongs to it is uncertain.
    Pattern,
    /// From 0.75: a stable cluster.
    Stable,
    /// From 0.85: a highly stable cluster.
    HighlyStable,
}

impl Stability {
    /// Reads a mean Jaccard similarity.
    pub fn of(jaccard: f64) -> Self {
        match jaccard {
            j if j >= 0.85 => Self::HighlyStable,
            j if j >= 0.75 => Self::Stable,
            j if j >= 0.6 => Self::Pattern,
            j if j >= 0.5 => Self::Doubtful,
            _ => Self::Dissolved,
        }
    }
}

/// Mean Jaccard similarity of each cluster to the most similar one in each bootstrap sample.
///
/// Shape: one list per division, one value per cluster.
/// Unit: 0 to 1; a cluster of which no row was drawn counts as 0 in that sample.
/// Method: rows are drawn with replacement and each drawn row is used once; one random stream per replicate.
/// Source: R `fpc` `clusterboot` with its default `multipleboot = FALSE`.
pub fn stability_of_pam(
    dissimilarity: &Dissimilarity,
    partitions: &[Pam],
    weights: Option<&[f64]>,
    replicates: u32,
    seed: u64,
) -> Result<Vec<Vec<f64>>, Error> {
    let weights = check_weights(weights, dissimilarity.rows())?;
    for p in partitions {
        check_length(dissimilarity, &p.clustering)?;
    }
    let square = dissimilarity.square();
    Ok(pam_stability(&square, partitions, &weights, replicates, seed))
}

pub(super) fn pam_stability(
    square: &Square,
    partitions: &[Pam],
    weights: &[f64],
    replicates: u32,
    seed: u64,
) -> Vec<Vec<f64>> {
    let references: Vec<&[usize]> = partitions.iter().map(|p| p.clustering.as_slice()).collect();
    let ks: Vec<usize> = partitions.iter().map(|p| p.medoids.len()).collect();
    bootstrap(square.rows, &references, replicates, seed, |rows| {
        let part = square.take(rows);
        let weights: Vec<f64> = rows.iter().map(|&i| weights[i]).collect();
        let ks: Vec<usize> = ks.iter().map(|&k| k.min(rows.len())).collect();
        series_of(&part, &ks, &weights, Swap::FastPam1)
            .into_iter()
            .map(|p| p.clustering)
            .collect()
    })
}

/// The same for any method: `cluster` divides the rows it is given.
pub fn stability(
    clustering: &[usize],
    replicates: u32,
    seed: u64,
    cluster: impl Fn(&[usize]) -> Vec<usize> + Sync,
) -> Vec<f64> {
    let mut found = bootstrap(clustering.len(), &[clustering], replicates, seed, |rows| {
        vec![cluster(rows)]
    });
    found.pop().expect("one division gives one list")
}

fn bootstrap(
    n: usize,
    references: &[&[usize]],
    replicates: u32,
    seed: u64,
    cluster: impl Fn(&[usize]) -> Vec<Vec<usize>> + Sync,
) -> Vec<Vec<f64>> {
    let drawn: Vec<Vec<Vec<f64>>> = (0..replicates)
        .into_par_iter()
        .map(|r| {
            let rows = Draws::new(seed, 2, r).distinct_rows(n);
            let found = cluster(&rows);
            references
                .iter()
                .zip(found)
                .map(|(reference, found)| {
                    let before: Vec<usize> = rows.iter().map(|&i| reference[i]).collect();
                    most_similar(&before, &found, sizes(reference).len())
                })
                .collect()
        })
        .collect();
    let mut means: Vec<Vec<f64>> = references.iter().map(|r| vec![0.0; sizes(r).len()]).collect();
    for replicate in &drawn {
        for (mean, values) in means.iter_mut().zip(replicate) {
            for (m, v) in mean.iter_mut().zip(values) {
                *m += v;
            }
        }
    }
    for m in means.iter_mut().flatten() {
        *m /= f64::from(replicates.max(1));
    }
    means
}

/// For each of `k` clusters, the Jaccard similarity to the cluster of the other division that is most like it.
fn most_similar(before: &[usize], after: &[usize], k: usize) -> Vec<f64> {
    let width = sizes(after).len();
    let mut both = vec![vec![0_usize; width]; k];
    for (&b, &a) in before.iter().zip(after) {
        both[b][a] += 1;
    }
    let after_sizes = sizes(after);
    both.iter()
        .map(|row| {
            let size: usize = row.iter().sum();
            let similarities = row.iter().zip(&after_sizes);
            similarities
                .filter(|(common, _)| **common > 0)
                .map(|(&common, &other)| common as f64 / (size + other - common) as f64)
                .fold(0.0, f64::max)
        })
        .collect()
}
