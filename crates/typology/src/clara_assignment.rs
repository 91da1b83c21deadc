//! Assignment of all rows to medoids that were found on a sample of the rows.

use rayon::prelude::*;

use crate::dissimilarity::between;
use crate::number_of_clusters::{Choice, Measures};
use crate::partition::sizes;
use crate::silhouette::width;
use crate::{Distance, Error, Matrix};

/// The distances from one row to the listed rows.
///
/// Errors: a pair of rows that answered no column in common, named by both rows.
pub(super) fn distances_to(
    matrix: &Matrix,
    row: usize,
    others: &[usize],
    distance: &Distance,
    complete: bool,
) -> Result<Vec<f64>, Error> {
    let distances: Vec<f64> = others
        .iter()
        .map(|&other| between(matrix.raw(row), matrix.raw(other), distance, complete))
        .collect();
    match distances.iter().position(|d| d.is_nan()) {
        None => Ok(distances),
        Some(at) => Err(Error::NothingShared {
            first: row.min(others[at]) + 1,
            second: row.max(others[at]) + 1,
        }),
    }
}

/// The position of the smallest distance, the first of equals.
pub(super) fn nearest(distances: impl Iterator<Item = f64>) -> usize {
    let smallest = distances.enumerate().fold(
        (0, f64::INFINITY),
        |smallest, (at, d)| {
            if d < smallest.1 { (at, d) } else { smallest }
        },
    );
    smallest.0
}

/// Extends partitions of a sample to all rows, with silhouettes against the sampled rows.
///
/// Shape: `sample` holds, in order, the rows of `matrix` that the choice was made on; afterwards the choice covers
/// all rows.
/// Method: as CLARA does; objectives are over all rows, stability and gap stay those of the sample.
pub(super) fn extend(
    choice: &mut Choice,
    matrix: &Matrix,
    sample: &[usize],
    distance: &Distance,
    weights: &[f64],
) -> Result<(), Error> {
    let complete = matrix.is_complete();
    let table = &choice.table;
    let rows: Vec<Vec<Assigned>> = (0..matrix.rows())
        .into_par_iter()
        .map(|row| {
            let distances = distances_to(matrix, row, sample, distance, complete)?;
            let sampled = sample.binary_search(&row).ok();
            Ok(table
                .iter()
                .map(|measures| assigned(measures, &distances, sampled))
                .collect())
        })
        .collect::<Result<_, Error>>()?;
    let total: f64 = weights.iter().sum();
    for (at, measures) in choice.table.iter_mut().enumerate() {
        let assigned: Vec<Assigned> = rows.iter().map(|row| row[at]).collect();
        let pam = &mut measures.pam;
        pam.clustering = assigned.iter().map(|row| row.cluster).collect();
        pam.sizes = sizes(&pam.clustering);
        let sum: f64 = assigned.iter().zip(weights).map(|(row, w)| w * row.distance).sum();
        pam.objective_swap = sum / total;
        for medoid in &mut pam.medoids {
            *medoid = sample[*medoid];
        }
        let silhouette = &mut measures.silhouette;
        silhouette.neighbours = assigned.iter().map(|row| row.neighbour).collect();
        silhouette.widths = assigned.iter().map(|row| row.width).collect();
        silhouette.mean = silhouette.widths.iter().sum::<f64>() / assigned.len() as f64;
        let mut sums = vec![0.0; measures.k];
        for row in &assigned {
            sums[row.cluster] += row.width;
        }
        silhouette.clusters = sums.iter().zip(&pam.sizes).map(|(sum, n)| sum / *n as f64).collect();
    }
    Ok(())
}

/// One row in one partition.
#[derive(Clone, Copy)]
struct Assigned {
    cluster: usize,
    distance: f64,
    neighbour: usize,
    width: f64,
}

/// The cluster of a row from its distances to the sampled rows; a sampled row keeps its cluster.
///
/// Shape: `sampled` is the position of the row within the sample, where it is part of it.
fn assigned(measures: &Measures, distances: &[f64], sampled: Option<usize>) -> Assigned {
    let medoids = &measures.pam.medoids;
    let cluster = match sampled {
        Some(at) => measures.pam.clustering[at],
        None => nearest(medoids.iter().map(|&medoid| distances[medoid])),
    };
    let mut sums = vec![(0.0, 0_usize); measures.k];
    for (at, (&c, d)) in measures.pam.clustering.iter().zip(distances).enumerate() {
        if Some(at) != sampled {
            sums[c] = (sums[c].0 + d, sums[c].1 + 1);
        }
    }
    let mean = |c: usize| sums[c].0 / sums[c].1.max(1) as f64;
    let others = (0..measures.k).filter(|&c| c != cluster);
    let neighbour = others.reduce(|best, c| if mean(best) <= mean(c) { best } else { c });
    let neighbour = neighbour.unwrap_or(cluster);
    let alone = sums[cluster].1 == 0;
    Assigned {
        cluster,
        distance: distances[medoids[cluster]],
        neighbour,
        width: if alone {
            0.0
        } else {
            width(mean(cluster), mean(neighbour))
        },
    }
}
