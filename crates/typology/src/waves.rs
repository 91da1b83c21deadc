//! Types over the years: which cluster of one wave is which of the next, and who moved.
//!
//! Moves are counted for organisations of both waves only; nothing is said of who came or left.

use std::collections::BTreeMap;

use crate::dissimilarity::between;
use crate::{Distance, Error, Matrix, assign};

/// Which cluster of the later wave goes on from a cluster of the earlier one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The cluster of the earlier wave, from 0.
    pub from: usize,
    /// The cluster of the later wave; nothing when the later wave has fewer.
    pub to: Option<usize>,
    /// Distance between the two medoids, as a share of the largest between any two; nothing without a match.
    pub distance: Option<f64>,
    /// Jaccard similarity of the two among returning organisations; nothing without a match or without returning organisations.
    pub returning: Option<f64>,
}

/// The clusters of one wave, for matching.
#[derive(Debug, Clone, Copy)]
pub struct Wave<'a> {
    /// One row per cluster: its medoid, on the columns that both waves have.
    pub medoids: &'a Matrix,
    /// The cluster of each organisation, by its identifier.
    pub clusters: &'a BTreeMap<String, usize>,
}

/// Matches the clusters of two waves.
///
/// Method: assignment at the least cost; a pair costs its medoid distance (0 to 1) plus the share of returning organisations it does not hold in common (0 to 1).
pub fn match_clusters(earlier: Wave<'_>, later: Wave<'_>, distance: &Distance) -> Result<Vec<Match>, Error> {
    let (a, b) = (earlier.medoids, later.medoids);
    if a.columns() != b.columns() {
        return Err(Error::Ragged {
            row: 1,
            found: b.columns(),
            expected: a.columns(),
        });
    }
    crate::dissimilarity::check_scales(a, distance)?;
    crate::dissimilarity::check_scales(b, distance)?;
    let complete = a.is_complete() && b.is_complete();
    let mut distances = vec![vec![0.0; b.rows()]; a.rows()];
    let mut largest: f64 = 0.0;
    for (i, row) in distances.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell = between(a.raw(i), b.raw(j), distance, complete);
            if cell.is_nan() {
                return Err(Error::NothingShared {
                    first: i + 1,
                    second: j + 1,
                });
            }
            largest = largest.max(*cell);
        }
    }
    if largest > 0.0 {
        for cell in distances.iter_mut().flatten() {
            *cell /= largest;
        }
    }
    let overlap = overlap(earlier, later)?;
    let costs: Vec<Vec<f64>> = distances
        .iter()
        .zip(&overlap)
        .map(|(d, o)| {
            // Without returning organisations only the medoids speak.
            let pairs = d.iter().zip(o);
            pairs.map(|(d, o)| d + o.map_or(0.0, |o| 1.0 - o)).collect()
        })
        .collect();
    let given = assign(&costs)?;
    Ok(given
        .into_iter()
        .enumerate()
        .map(|(from, to)| Match {
            from,
            to,
            distance: to.map(|t| distances[from][t]),
            returning: to.and_then(|t| overlap[from][t]),
        })
        .collect())
}

/// Jaccard similarity of every pair of clusters among organisations of both waves; nothing where nobody returned.
fn overlap(earlier: Wave<'_>, later: Wave<'_>) -> Result<Vec<Vec<Option<f64>>>, Error> {
    let (rows, columns) = (earlier.medoids.rows(), later.medoids.rows());
    let mut common = vec![vec![0_usize; columns]; rows];
    for (name, &from) in earlier.clusters {
        if let Some(&to) = later.clusters.get(name) {
            for (k, rows) in [(from, rows), (to, columns)] {
                if k >= rows {
                    return Err(Error::TooManyClusters { k: k + 1, rows });
                }
            }
            common[from][to] += 1;
        }
    }
    let before: Vec<usize> = common.iter().map(|row| row.iter().sum()).collect();
    let after: Vec<usize> = (0..columns).map(|j| common.iter().map(|r| r[j]).sum()).collect();
    let returned = before.iter().sum::<usize>() > 0;
    Ok((0..rows)
        .map(|i| {
            (0..columns)
                .map(|j| {
                    let union = before[i] + after[j] - common[i][j];
                    returned.then(|| common[i][j] as f64 / union.max(1) as f64)
                })
                .collect()
        })
        .collect())
}

/// Returning organisations that went from one type to another, or stayed.
#[derive(Debug, Clone, PartialEq)]
pub struct Move<T> {
    /// Type in the earlier wave.
    pub from: T,
    /// Type in the later wave.
    pub to: T,
    /// How many organisations.
    pub boards: usize,
    /// Pupils of these organisations in the later wave; nothing where a count is unknown.
    pub pupils: Option<f64>,
}

/// The moves of returning organisations between types.
///
/// Shape: one entry per pair of types that occurs, in the order of the types.
/// Missing: pupils that are unknown for one organisation are unknown for its move.
pub fn moves<T: Ord + Clone>(
    earlier: &BTreeMap<String, T>,
    later: &BTreeMap<String, T>,
    pupils: &BTreeMap<String, f64>,
) -> Vec<Move<T>> {
    let mut found: BTreeMap<(T, T), (usize, Option<f64>)> = BTreeMap::new();
    for (name, from) in earlier {
        if let Some(to) = later.get(name) {
            let entry = found.entry((from.clone(), to.clone())).or_insert((0, Some(0.0)));
            entry.0 += 1;
            entry.1 = entry.1.zip(pupils.get(name)).map(|(sum, p)| sum + p);
        }
    }
    found
        .into_iter()
        .map(|((from, to), (boards, pupils))| Move {
            from,
            to,
            boards,
            pupils,
        })
        .collect()
}
