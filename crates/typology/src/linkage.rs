//! Agglomerative clustering: the two nearest clusters are joined until one is left.
//!
//! Of equally near pairs the last one is joined, as R's `agnes` does: ordinal answers give many ties, and the
//! tree depends on them. Rows are not weighted.

use crate::partition::by_first_row;
use crate::{Dissimilarity, Error};

/// How far two clusters lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    /// The smallest distance between their rows.
    Single,
    /// The largest distance between their rows.
    Complete,
    /// The mean distance between their rows.
    Average,
    /// What joining them adds to the spread within clusters, on distances as given (`ward.D2`).
    Ward,
}

/// Two clusters joined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The cluster that holds the lower row, named by that row's place in the table, from 0.
    pub first: usize,
    /// The other cluster, named by its lowest row.
    pub second: usize,
    /// How far apart they were.
    pub height: f64,
    /// Rows in the new cluster, which keeps the name of the first.
    pub size: usize,
}

/// A tree of organisations.
///
/// Shape: one merge fewer than there are rows, in the order in which they were made.
/// Unit: heights have the unit of the distances.
/// Source: R `cluster` `agnes`; golden numbers in data/reference/typology.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    rows: usize,
    merges: Vec<Merge>,
}

/// Joins rows into a tree.
pub fn agglomerate(dissimilarity: &Dissimilarity, linkage: Linkage) -> Result<Tree, Error> {
    let n = dissimilarity.rows();
    if n > 1 && dissimilarity.largest() == 0.0 {
        return Err(Error::AllEqual { rows: n });
    }
    let mut work = Work::new(dissimilarity);
    let mut merges = Vec::with_capacity(n.saturating_sub(1));
    for _ in 1..n {
        merges.push(work.join(linkage));
    }
    Ok(Tree { rows: n, merges })
}

impl Tree {
    /// The merges in the order in which they were made.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// The heights of the merges, lowest first.
    pub fn heights(&self) -> Vec<f64> {
        let mut heights: Vec<f64> = self.merges.iter().map(|m| m.height).collect();
        heights.sort_by(f64::total_cmp);
        heights
    }

    /// The division into `k` clusters, numbered from 0 in the order of their first rows.
    pub fn cut(&self, k: usize) -> Result<Vec<usize>, Error> {
        if k == 0 || k > self.rows {
            return Err(Error::TooManyClusters { k, rows: self.rows });
        }
        let mut cluster: Vec<usize> = (0..self.rows).collect();
        for m in &self.merges[..self.rows - k] {
            for c in &mut cluster {
                if *c == m.second {
                    *c = m.first;
                }
            }
        }
        Ok(by_first_row(&cluster))
    }

    /// How much structure the tree shows: the mean over rows of 1 minus the height at which a row is first joined, over the last height.
    ///
    /// Absent: nothing for a single row.
    pub fn coefficient(&self) -> Option<f64> {
        let last = self.merges.iter().map(|m| m.height).fold(0.0, f64::max);
        if self.rows < 2 || last <= 0.0 {
            return None;
        }
        let mut first = vec![f64::NAN; self.rows];
        for m in &self.merges {
            for row in [m.first, m.second] {
                // A cluster carries the name of its lowest row, so a row's own first merge names it.
                if first[row].is_nan() {
                    first[row] = m.height;
                }
            }
        }
        let sum: f64 = first.iter().map(|h| 1.0 - h / last).sum();
        Some(sum / self.rows as f64)
    }
}

/// Distances between the clusters that are left, and for each the nearest that comes after it.
struct Work {
    rows: usize,
    cells: Vec<f64>,
    size: Vec<usize>,
    nearest: Vec<usize>,
}

impl Work {
    fn new(dissimilarity: &Dissimilarity) -> Self {
        let rows = dissimilarity.rows();
        let square = dissimilarity.square();
        let mut work = Self {
            rows,
            cells: (0..rows).flat_map(|i| square.row(i).to_vec()).collect(),
            size: vec![1; rows],
            nearest: vec![usize::MAX; rows],
        };
        for i in 0..rows {
            work.look_after(i);
        }
        work
    }

    fn get(&self, a: usize, b: usize) -> f64 {
        self.cells[a * self.rows + b]
    }

    fn set(&mut self, a: usize, b: usize, d: f64) {
        self.cells[a * self.rows + b] = d;
        self.cells[b * self.rows + a] = d;
    }

    /// Finds the nearest cluster after `i`, the last of equals.
    fn look_after(&mut self, i: usize) {
        let (mut best, mut least) = (usize::MAX, f64::INFINITY);
        let row = &self.cells[i * self.rows..(i + 1) * self.rows];
        for (j, &d) in row.iter().enumerate().skip(i + 1) {
            if self.size[j] > 0 && d <= least {
                (best, least) = (j, d);
            }
        }
        self.nearest[i] = best;
    }

    fn join(&mut self, linkage: Linkage) -> Merge {
        let (mut a, mut height) = (0, f64::INFINITY);
        for i in 0..self.rows {
            if self.size[i] > 0 && self.nearest[i] != usize::MAX {
                let d = self.get(i, self.nearest[i]);
                if d <= height {
                    (a, height) = (i, d);
                }
            }
        }
        let b = self.nearest[a];
        for q in (0..self.rows).filter(|&q| q != a && q != b) {
            if self.size[q] > 0 {
                let d = self.joined(a, b, q, height, linkage);
                self.set(a, q, d);
            }
        }
        self.size[a] += self.size[b];
        self.size[b] = 0;
        for i in 0..self.rows {
            if self.size[i] == 0 || i > b {
                continue;
            }
            let nearest = self.nearest[i];
            if i == a || nearest == a || nearest == b {
                self.look_after(i);
            } else if i < a {
                let (new, old) = (self.get(i, a), self.get(i, nearest));
                if new < old || (new == old && a > nearest) {
                    self.nearest[i] = a;
                }
            }
        }
        Merge {
            first: a,
            second: b,
            height,
            size: self.size[a],
        }
    }

    /// The distance from the joined cluster to another one (Lance and Williams).
    fn joined(&self, a: usize, b: usize, q: usize, height: f64, linkage: Linkage) -> f64 {
        let (da, db) = (self.get(a, q), self.get(b, q));
        let (na, nb) = (self.size[a] as f64, self.size[b] as f64);
        match linkage {
            Linkage::Single => da.min(db),
            Linkage::Complete => da.max(db),
            Linkage::Average => na / (na + nb) * da + nb / (na + nb) * db,
            Linkage::Ward => {
                let nq = self.size[q] as f64;
                let all = na + nb + nq;
                let sum = (na + nq) / all * da * da + (nb + nq) / all * db * db - nq / all * height * height;
                // Rounding can push the sum of equal rows just below zero.
                sum.max(0.0).sqrt()
            }
        }
    }
}
