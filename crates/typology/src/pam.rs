//! Partitioning around medoids: each cluster is represented by one of its rows, the most central one.
//!
//! Nothing is drawn at random. BUILD takes the last of equally good rows and SWAP the first pair, as R does, so
//! rows in another order may give another of equally good answers; `number_of_clusters` sorts the rows first.
//! SWAP is `FastPAM1` (Schubert and Rousseeuw 2019): it makes the swaps of the published method in fewer passes.

use crate::dissimilarity::Square;
use crate::{Dissimilarity, Error};

/// Organisations divided over medoids.
///
/// Shape: `clustering` has one entry per row, from 0; clusters count in the order in which their first row comes.
/// Unit: objectives are the (weighted) mean distance from a row to its medoid.
/// Method: Kaufman and Rousseeuw (1990), chapter 2.
/// Source: R `cluster` `pam`; golden numbers in data/reference/typology.
#[derive(Debug, Clone, PartialEq)]
pub struct Pam {
    /// The medoid of each cluster, as a row from 0.
    pub medoids: Vec<usize>,
    /// The cluster of each row, from 0.
    pub clustering: Vec<usize>,
    /// Rows per cluster.
    pub sizes: Vec<usize>,
    /// Mean distance to the medoid after BUILD.
    pub objective_build: f64,
    /// Mean distance to the medoid after SWAP.
    pub objective_swap: f64,
    /// How many swaps were made.
    pub swaps: usize,
}

/// Divides rows over `k` medoids.
///
/// Shape: weights, when given, are one per row and above zero; the objective and the choice of medoids weigh rows by them.
pub fn pam(dissimilarity: &Dissimilarity, k: usize, weights: Option<&[f64]>) -> Result<Pam, Error> {
    let mut series = pam_series(dissimilarity, &[k], weights)?;
    Ok(series.pop().expect("one k gives one answer"))
}

/// Divides rows over each number of medoids; BUILD, which only ever adds one, is done once.
pub fn pam_series(dissimilarity: &Dissimilarity, ks: &[usize], weights: Option<&[f64]>) -> Result<Vec<Pam>, Error> {
    let n = dissimilarity.rows();
    for &k in ks {
        if k == 0 || k > n {
            return Err(Error::TooManyClusters { k, rows: n });
        }
    }
    if ks.iter().any(|&k| k > 1) && dissimilarity.largest() == 0.0 {
        return Err(Error::AllEqual { rows: n });
    }
    let weights = check_weights(weights, n)?;
    Ok(series_of(&dissimilarity.square(), ks, &weights))
}

/// One weight per row: those given, or all 1.
pub(super) fn check_weights(weights: Option<&[f64]>, rows: usize) -> Result<Vec<f64>, Error> {
    let Some(weights) = weights else {
        return Ok(vec![1.0; rows]);
    };
    if weights.len() != rows {
        return Err(Error::Length {
            what: "the list of weights",
            found: weights.len(),
            expected: rows,
        });
    }
    match weights.iter().position(|w| !(w.is_finite() && *w > 0.0)) {
        Some(i) => Err(Error::Weight {
            row: i + 1,
            value: weights[i],
        }),
        None => Ok(weights.to_vec()),
    }
}

/// The same for a square that is known to be good; each k is at most the number of rows.
pub(super) fn series_of(square: &Square, ks: &[usize], weights: &[f64]) -> Vec<Pam> {
    let most = ks.iter().copied().max().unwrap_or(0);
    let (order, objectives) = build(square, most, weights);
    ks.iter()
        .map(|&k| {
            let mut medoids = order[..k].to_vec();
            medoids.sort_unstable();
            let swaps = if k > 1 {
                improve(square, &mut medoids, weights)
            } else {
                0
            };
            finish(square, &medoids, weights, objectives[k - 1], swaps)
        })
        .collect()
}

/// The medoids in the order in which BUILD adds them, and the mean distance after each.
fn build(square: &Square, most: usize, weights: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let n = square.rows;
    let total: f64 = weights.iter().sum();
    let largest = (0..n).flat_map(|i| square.row(i).iter().copied()).fold(0.0, f64::max);
    // Farther than any distance, so that the first medoid serves every row.
    let mut nearest = vec![largest * 1.1 + 1.0; n];
    let mut chosen = vec![false; n];
    let (mut order, mut objectives) = (Vec::with_capacity(most), Vec::with_capacity(most));
    for _ in 0..most {
        // All rows are weighed side by side, each with its own sum in the order of the table.
        let mut gains = vec![0.0; n];
        for (j, (&near, &w)) in nearest.iter().zip(weights).enumerate() {
            for (gain, d) in gains.iter_mut().zip(square.row(j)) {
                *gain += w * (near - d).max(0.0);
            }
        }
        let (mut best, mut best_gain) = (0, -1.0);
        for i in (0..n).filter(|&i| !chosen[i]) {
            if gains[i] >= best_gain {
                (best, best_gain) = (i, gains[i]);
            }
        }
        chosen[best] = true;
        order.push(best);
        for (near, d) in nearest.iter_mut().zip(square.row(best)) {
            *near = near.min(*d);
        }
        let sum: f64 = nearest.iter().zip(weights).map(|(d, w)| w * d).sum();
        objectives.push(sum / total);
    }
    (order, objectives)
}

/// The nearest and second nearest medoid of every row.
struct Ranks {
    /// Place of the nearest medoid in the list of medoids.
    first: Vec<usize>,
    first_distance: Vec<f64>,
    second_distance: Vec<f64>,
}

fn ranks(square: &Square, medoids: &[usize]) -> Ranks {
    let n = square.rows;
    let mut r = Ranks {
        first: vec![0; n],
        first_distance: vec![f64::INFINITY; n],
        second_distance: vec![f64::INFINITY; n],
    };
    for (place, &m) in medoids.iter().enumerate() {
        for (j, &d) in square.row(m).iter().enumerate() {
            if d < r.first_distance[j] {
                r.second_distance[j] = r.first_distance[j];
                r.first_distance[j] = d;
                r.first[j] = place;
            } else if d < r.second_distance[j] {
                r.second_distance[j] = d;
            }
        }
    }
    r
}

/// Swaps medoids for other rows while that lowers the objective; gives the number of swaps.
fn improve(square: &Square, medoids: &mut [usize], weights: &[f64]) -> usize {
    let mut swaps = 0;
    loop {
        let ranks = ranks(square, medoids);
        let terms = ranks.first_distance.iter().zip(weights);
        let objective: f64 = terms.map(|(d, w)| w * d).sum();
        let mut best = (0.0, 0, 0);
        for h in promising(square, medoids, weights, &ranks) {
            for (place, &m) in medoids.iter().enumerate() {
                let change = change(square, m, h, weights, &ranks);
                if change < best.0 {
                    best = (change, place, h);
                }
            }
        }
        // Rounding alone must not make swaps, or equal rows would trade places for ever.
        if best.0 >= -16.0 * f64::EPSILON * objective {
            return swaps;
        }
        medoids[best.1] = best.2;
        medoids.sort_unstable();
        swaps += 1;
    }
}

/// How the summed distance changes when row `h` takes the place of medoid `m`.
fn change(square: &Square, m: usize, h: usize, weights: &[f64], ranks: &Ranks) -> f64 {
    let (from, to) = (square.row(m), square.row(h));
    let mut sum = 0.0;
    for j in 0..square.rows {
        let near = ranks.first_distance[j];
        if from[j] == near {
            sum += weights[j] * (to[j].min(ranks.second_distance[j]) - near);
        } else if to[j] < near {
            sum += weights[j] * (to[j] - near);
        }
    }
    sum
}

/// The rows that may make the best swap, in order.
///
/// One pass per row gives the change for all medoids at once, with sums in another order than the plain method.
/// Rows that come within rounding of the best are handed to the plain sum, so both ways make the same swap.
fn promising(square: &Square, medoids: &[usize], weights: &[f64], ranks: &Ranks) -> Vec<usize> {
    let n = square.rows;
    let mut leaving = vec![0.0; medoids.len()];
    for j in 0..n {
        leaving[ranks.first[j]] += weights[j] * (ranks.second_distance[j] - ranks.first_distance[j]);
    }
    // All rows are weighed side by side: what a row saves as a further medoid, and what that takes off the loss of
    // the medoid that serves a row now.
    let mut saved = vec![0.0; n];
    let mut changes: Vec<Vec<f64>> = leaving.iter().map(|loss| vec![*loss; n]).collect();
    for j in 0..n {
        let (first, second, w) = (ranks.first_distance[j], ranks.second_distance[j], weights[j]);
        let sums = saved.iter_mut().zip(&mut changes[ranks.first[j]]);
        for ((saved, change), &d) in sums.zip(square.row(j)) {
            let nearer = (d - first).min(0.0);
            *saved += w * nearer;
            *change += w * (d.min(second) - second - nearer);
        }
    }
    let mut best_of = vec![f64::INFINITY; n];
    for change in &changes {
        for ((best, c), s) in best_of.iter_mut().zip(change).zip(&saved) {
            *best = best.min(c + s);
        }
    }
    for &m in medoids {
        best_of[m] = f64::INFINITY;
    }
    let best = best_of.iter().copied().fold(f64::INFINITY, f64::min);
    let scale: f64 = ranks.second_distance.iter().zip(weights).map(|(d, w)| w * d).sum();
    if best > 1e-11 * scale {
        return Vec::new();
    }
    (0..n).filter(|&h| best_of[h] <= best + 1e-11 * scale).collect()
}

fn finish(square: &Square, medoids: &[usize], weights: &[f64], build: f64, swaps: usize) -> Pam {
    let n = square.rows;
    let ranks = ranks(square, medoids);
    let mut serving = ranks.first;
    // A medoid serves itself, also where an equal row is a medoid too.
    for (place, &m) in medoids.iter().enumerate() {
        serving[m] = place;
    }
    let mut cluster_of = vec![usize::MAX; medoids.len()];
    let mut ordered = Vec::with_capacity(medoids.len());
    for &place in &serving {
        if cluster_of[place] == usize::MAX {
            cluster_of[place] = ordered.len();
            ordered.push(medoids[place]);
        }
    }
    let clustering: Vec<usize> = serving.iter().map(|&place| cluster_of[place]).collect();
    let sum: f64 = (0..n).map(|j| weights[j] * ranks.first_distance[j]).sum();
    Pam {
        sizes: crate::partition::sizes(&clustering),
        medoids: ordered,
        clustering,
        objective_build: build,
        objective_swap: sum / weights.iter().sum::<f64>(),
        swaps,
    }
}
