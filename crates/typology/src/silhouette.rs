//! How well each organisation sits in its own cluster, against the nearest other one.

use crate::dissimilarity::Square;
use crate::partition::{check_length, sizes};
use crate::{Dissimilarity, Error};

/// Silhouettes of a division.
///
/// Unit: from -1 (nearer to another cluster) to 1 (far from all others); 0 lies between two, and is the value of a cluster of one row.
/// Method: Rousseeuw (1987).
/// Source: R `cluster` `silhouette`; golden numbers in data/reference/typology.
#[derive(Debug, Clone, PartialEq)]
pub struct Silhouette {
    /// One per row.
    pub widths: Vec<f64>,
    /// The nearest other cluster of each row, from 0.
    pub neighbours: Vec<usize>,
    /// The mean per cluster.
    pub clusters: Vec<f64>,
    /// The mean over all rows.
    pub mean: f64,
}

/// What a mean silhouette says (Kaufman and Rousseeuw 1990, table 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// Above 0.70.
    Strong,
    /// Above 0.50.
    Reasonable,
    /// Above 0.25.
    Weak,
    /// 0.25 or less: no substantial structure.
    Absent,
}

impl Structure {
    /// Reads a mean silhouette.
    pub fn of(mean: f64) -> Self {
        match mean {
            s if s > 0.70 => Self::Strong,
            s if s > 0.50 => Self::Reasonable,
            s if s > 0.25 => Self::Weak,
            _ => Self::Absent,
        }
    }
}

/// Silhouettes of a division into two or more clusters.
///
/// Absent: nothing for a single cluster, which has no neighbour.
pub fn silhouette(dissimilarity: &Dissimilarity, clustering: &[usize]) -> Result<Option<Silhouette>, Error> {
    check_length(dissimilarity, clustering)?;
    if sizes(clustering).len() < 2 {
        return Ok(None);
    }
    let k = sizes(clustering).len();
    let n = clustering.len();
    let mut sums = vec![vec![0.0; n]; k];
    // Each distance serves both of its rows; for every row the sum still runs over the rows in order.
    for (i, &own) in clustering.iter().enumerate() {
        let before = dissimilarity.before(i);
        for (&c, d) in clustering.iter().zip(before) {
            sums[c][i] += d;
        }
        for (sum, d) in sums[own].iter_mut().zip(before) {
            *sum += d;
        }
    }
    Ok(Some(from_sums(clustering, &sums)))
}

/// The same from a square, for two or more clusters.
pub(super) fn silhouette_of(square: &Square, clustering: &[usize]) -> Silhouette {
    let mut sums = vec![vec![0.0; clustering.len()]; sizes(clustering).len()];
    for (j, &c) in clustering.iter().enumerate() {
        for (sum, d) in sums[c].iter_mut().zip(square.row(j)) {
            *sum += d;
        }
    }
    from_sums(clustering, &sums)
}

/// Silhouettes from the summed distances of each row to each cluster.
fn from_sums(clustering: &[usize], sums: &[Vec<f64>]) -> Silhouette {
    let sizes = sizes(clustering);
    let (mut widths, mut neighbours) = (Vec::new(), Vec::new());
    for (i, &own) in clustering.iter().enumerate() {
        let (mut neighbour, mut outside) = (own, f64::INFINITY);
        for c in (0..sizes.len()).filter(|&c| c != own && sizes[c] > 0) {
            let mean = sums[c][i] / sizes[c] as f64;
            if mean < outside {
                (neighbour, outside) = (c, mean);
            }
        }
        widths.push(if sizes[own] < 2 {
            0.0
        } else {
            width(sums[own][i] / (sizes[own] - 1) as f64, outside)
        });
        neighbours.push(neighbour);
    }
    let mut clusters = vec![0.0; sizes.len()];
    for (&c, w) in clustering.iter().zip(&widths) {
        clusters[c] += w;
    }
    for (sum, &size) in clusters.iter_mut().zip(&sizes) {
        *sum /= size.max(1) as f64;
    }
    Silhouette {
        mean: widths.iter().sum::<f64>() / widths.len() as f64,
        widths,
        neighbours,
        clusters,
    }
}

/// The silhouette of a row from its mean distance within its cluster and to the nearest other one.
pub(super) fn width(inside: f64, outside: f64) -> f64 {
    let larger = inside.max(outside);
    if larger > 0.0 { (outside - inside) / larger } else { 0.0 }
}
