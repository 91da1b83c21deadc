//! Whether clusters come back when other rows of the same kind had been drawn.
//!
//! A stable cluster need not be a type: two halves of one continuum come back every time. `number_of_clusters`
//! therefore also asks whether the clusters are tighter than those of a continuum.

use rayon::prelude::*;

use crate::dissimilarity::Square;
use crate::pam::{Pam, series_of};
use crate::partition::sizes;
use crate::random::{Draws, Purpose};

/// Mean Jaccard similarity of each cluster to the most similar one in each bootstrap sample.
///
/// Shape: one list per partition, one value per cluster.
/// Unit: 0 to 1; a cluster of which no row was drawn counts as 0 in that sample.
/// Method: rows are drawn with replacement and each drawn row is used once; one random stream per replicate.
/// Source: R `fpc` `clusterboot` with its default `multipleboot = FALSE`.
pub(super) fn stability(
    square: &Square,
    partitions: &[Pam],
    weights: &[f64],
    replicates: u32,
    seed: u64,
) -> Vec<Vec<f64>> {
    let ks: Vec<usize> = partitions.iter().map(|partition| partition.medoids.len()).collect();
    let drawn: Vec<Vec<Vec<f64>>> = (0..replicates)
        .into_par_iter()
        .map(|replicate| {
            let rows = Draws::new(seed, Purpose::Bootstrap, replicate).distinct_rows(square.rows);
            let weights: Vec<f64> = rows.iter().map(|&row| weights[row]).collect();
            let ks: Vec<usize> = ks.iter().map(|&k| k.min(rows.len())).collect();
            let after = series_of(&square.take(&rows), &ks, &weights);
            partitions
                .iter()
                .zip(after)
                .map(|(partition, after)| {
                    let before: Vec<usize> = rows.iter().map(|&row| partition.clustering[row]).collect();
                    most_similar(&before, &after.clustering, partition.medoids.len())
                })
                .collect()
        })
        .collect();
    let mut means: Vec<Vec<f64>> = ks.iter().map(|&k| vec![0.0; k]).collect();
    for replicate in &drawn {
        for (mean, similarities) in means.iter_mut().zip(replicate) {
            for (sum, similarity) in mean.iter_mut().zip(similarities) {
                *sum += similarity;
            }
        }
    }
    for mean in means.iter_mut().flatten() {
        *mean /= f64::from(replicates.max(1));
    }
    means
}

/// For each of `k` clusters, the Jaccard similarity to the cluster of the other partition that is most like it.
fn most_similar(before: &[usize], after: &[usize], k: usize) -> Vec<f64> {
    let after_sizes = sizes(after);
    let mut common = vec![vec![0_usize; after_sizes.len()]; k];
    for (&b, &a) in before.iter().zip(after) {
        common[b][a] += 1;
    }
    common
        .iter()
        .map(|row| {
            let size: usize = row.iter().sum();
            row.iter()
                .zip(&after_sizes)
                .filter(|(common, _)| **common > 0)
                .map(|(&common, &other)| common as f64 / (size + other - common) as f64)
                .fold(0.0, f64::max)
        })
        .collect()
}
