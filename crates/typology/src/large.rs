//! Divisions found on a sample, carried over to all rows.

use rayon::prelude::*;

use crate::dissimilarity::between;
use crate::number::{Choice, Measures};
use crate::partition::sizes;
use crate::silhouette::width;
use crate::{Distance, Error, Matrix};

/// Lets all rows join the nearest medoid of each division, with silhouettes against the sampled rows.
///
/// Shape: `sample` holds the rows of `matrix` that the choice was made on; afterwards the choice covers all rows.
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
    let rows: Vec<Vec<Place>> = (0..matrix.rows())
        .into_par_iter()
        .map(|i| {
            let distances: Vec<f64> = sample
                .iter()
                .map(|&j| between(matrix.raw(i), matrix.raw(j), distance, complete))
                .collect();
            if let Some(j) = distances.iter().position(|d| d.is_nan()) {
                return Err(Error::NothingShared {
                    first: i.min(sample[j]) + 1,
                    second: i.max(sample[j]) + 1,
                });
            }
            let own = sample.binary_search(&i).ok();
            Ok(table.iter().map(|m| place(m, &distances, own)).collect())
        })
        .collect::<Result<_, Error>>()?;
    let total: f64 = weights.iter().sum();
    for (at, m) in choice.table.iter_mut().enumerate() {
        let places: Vec<Place> = rows.iter().map(|r| r[at]).collect();
        m.pam.clustering = places.iter().map(|p| p.cluster).collect();
        m.pam.sizes = sizes(&m.pam.clustering);
        let sum: f64 = places.iter().zip(weights).map(|(p, w)| w * p.distance).sum();
        m.pam.objective_swap = sum / total;
        for medoid in &mut m.pam.medoids {
            *medoid = sample[*medoid];
        }
        m.silhouette.neighbours = places.iter().map(|p| p.neighbour).collect();
        m.silhouette.widths = places.iter().map(|p| p.width).collect();
        m.silhouette.mean = m.silhouette.widths.iter().sum::<f64>() / places.len() as f64;
        let mut sums = vec![0.0; m.k];
        for p in &places {
            sums[p.cluster] += p.width;
        }
        m.silhouette.clusters = sums.iter().zip(&m.pam.sizes).map(|(s, n)| s / *n as f64).collect();
    }
    Ok(())
}

/// One row in one division.
#[derive(Clone, Copy)]
struct Place {
    cluster: usize,
    distance: f64,
    neighbour: usize,
    width: f64,
}

/// Where a row belongs, from its distances to the sampled rows; a sampled row keeps its cluster.
fn place(m: &Measures, distances: &[f64], own: Option<usize>) -> Place {
    let mut cluster = 0;
    for (c, &medoid) in m.pam.medoids.iter().enumerate() {
        if distances[medoid] < distances[m.pam.medoids[cluster]] {
            cluster = c;
        }
    }
    if let Some(own) = own {
        cluster = m.pam.clustering[own];
    }
    let mut sums = vec![(0.0, 0_usize); m.k];
    for (j, (&c, d)) in m.pam.clustering.iter().zip(distances).enumerate() {
        if Some(j) != own {
            sums[c] = (sums[c].0 + d, sums[c].1 + 1);
        }
    }
    let mean = |c: usize| sums[c].0 / sums[c].1.max(1) as f64;
    let others = (0..m.k).filter(|&c| c != cluster);
    let neighbour = others.fold(None, |best: Option<usize>, c| match best {
        Some(b) if mean(b) <= mean(c) => Some(b),
        _ => Some(c),
    });
    let neighbour = neighbour.unwrap_or(cluster);
    let alone = sums[cluster].1 == 0;
    Place {
        cluster,
        distance: distances[m.pam.medoids[cluster]],
        neighbour,
        width: if alone {
            0.0
        } else {
            width(mean(cluster), mean(neighbour))
        },
    }
}
