//! How well each organisation sits in its own cluster, against the nearest other one.

use super::dissimilarity::Square;
use super::partition::{check_length, sizes};
use super::{Dissimilarity, Error};

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
    let mut walk = Walk::new(clustering);
    for i in 0..clustering.len() {
        walk.visit(i, (0..clustering.len()).map(|j| dissimilarity.get(i, j)));
    }
    Ok(Some(walk.finish()))
}

/// The same from a square, for two or more clusters.
pub(super) fn silhouette_of(square: &Square, clustering: &[usize]) -> Silhouette {
    let mut walk = Walk::new(clustering);
    for i in 0..clustering.len() {
        walk.visit(i, square.row(i).iter().copied());
    }
    walk.finish()
}

struct Walk<'a> {
    clustering: &'a [usize],
    sizes: Vec<usize>,
    widths: Vec<f64>,
    neighbours: Vec<usize>,
    sums: Vec<f64>,
}

impl<'a> Walk<'a> {
    fn new(clustering: &'a [usize]) -> Self {
        let sizes = sizes(clustering);
        Self {
            clustering,
            widths: Vec::with_capacity(clustering.len()),
            neighbours: Vec::with_capacity(clustering.len()),
            sums: vec![0.0; sizes.len()],
            sizes,
        }
    }

    fn visit(&mut self, i: usize, distances: impl Iterator<Item = f64>) {
        self.sums.fill(0.0);
        for (&c, d) in self.clustering.iter().zip(distances) {
            self.sums[c] += d;
        }
        let own = self.clustering[i];
        let (mut neighbour, mut outside) = (own, f64::INFINITY);
        for c in (0..self.sums.len()).filter(|&c| c != own && self.sizes[c] > 0) {
            let mean = self.sums[c] / self.sizes[c] as f64;
            if mean < outside {
                (neighbour, outside) = (c, mean);
            }
        }
        let width = if self.sizes[own] < 2 {
            0.0
        } else {
            let inside = self.sums[own] / (self.sizes[own] - 1) as f64;
            let larger = inside.max(outside);
            if larger > 0.0 { (outside - inside) / larger } else { 0.0 }
        };
        self.widths.push(width);
        self.neighbours.push(neighbour);
    }

    fn finish(self) -> Silhouette {
        let mut clusters = vec![0.0; self.sizes.len()];
        for (&c, w) in self.clustering.iter().zip(&self.widths) {
            clusters[c] += w;
        }
        for (sum, &size) in clusters.iter_mut().zip(&self.sizes) {
            *sum /= size.max(1) as f64;
        }
        Silhouette {
            mean: self.widths.iter().sum::<f64>() / self.widths.len() as f64,
            widths: self.widths,
            neighbours: self.neighbours,
            clusters,
        }
    }
}
