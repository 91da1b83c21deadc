//! What can be said of a division of organisations whatever method made it: sizes, agreement, spread.
//!
//! Clusters are numbered from 0 without gaps.

use crate::{Dissimilarity, Error, Matrix};

/// Rows per cluster.
pub fn sizes(clustering: &[usize]) -> Vec<usize> {
    let k = clustering.iter().max().map_or(0, |m| m + 1);
    let mut sizes = vec![0; k];
    for &c in clustering {
        sizes[c] += 1;
    }
    sizes
}

/// The rows of each cluster.
pub(super) fn members(clustering: &[usize]) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); sizes(clustering).len()];
    for (i, &c) in clustering.iter().enumerate() {
        members[c].push(i);
    }
    members
}

/// How many rows fall in each pair of a cluster of the one and a cluster of the other division.
///
/// Shape: one row per cluster of `a`, one column per cluster of `b`.
pub fn cross_table(a: &[usize], b: &[usize]) -> Result<Vec<Vec<usize>>, Error> {
    if a.len() != b.len() {
        return Err(Error::Length {
            what: "the second division",
            found: b.len(),
            expected: a.len(),
        });
    }
    let mut table = vec![vec![0; sizes(b).len()]; sizes(a).len()];
    for (&i, &j) in a.iter().zip(b) {
        table[i][j] += 1;
    }
    Ok(table)
}

/// How far two divisions agree, over what chance would give: 1 is the same division, 0 is chance.
///
/// Absent: nothing when both divisions put all rows in one cluster, or each row in its own: no pair can disagree.
/// Method: Hubert and Arabie (1985).
/// Source: R `mclust` `adjustedRandIndex`.
pub fn adjusted_rand(a: &[usize], b: &[usize]) -> Result<Option<f64>, Error> {
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let table = cross_table(a, b)?;
    let together: f64 = table.iter().flatten().map(|&n| pairs(n)).sum();
    let in_a: f64 = sizes(a).into_iter().map(pairs).sum();
    let in_b: f64 = sizes(b).into_iter().map(pairs).sum();
    let all = pairs(a.len());
    if all == 0.0 {
        return Ok(None);
    }
    let expected = in_a * in_b / all;
    let most = f64::midpoint(in_a, in_b);
    Ok((most != expected).then(|| (together - expected) / (most - expected)))
}

/// Spread between clusters over spread within them; higher is clearer.
///
/// Absent: nothing for one cluster, for a cluster per row, or when no cluster has any spread.
/// Method: Caliński and Harabasz (1974) from squared distances, which is the usual form for Euclid and extends it to others.
pub fn calinski_harabasz(dissimilarity: &Dissimilarity, clustering: &[usize]) -> Result<Option<f64>, Error> {
    check_length(dissimilarity, clustering)?;
    let (n, k) = (clustering.len(), sizes(clustering).len());
    if k < 2 || k >= n {
        return Ok(None);
    }
    let within = within_squares(dissimilarity, clustering);
    let total = within_squares(dissimilarity, &vec![0; n]);
    if within <= 0.0 {
        return Ok(None);
    }
    Ok(Some(((total - within) / (k - 1) as f64) / (within / (n - k) as f64)))
}

/// The sum over clusters of squared distances to their centres, from the distances between rows alone.
fn within_squares(dissimilarity: &Dissimilarity, clustering: &[usize]) -> f64 {
    pooled(clustering, |i, j| {
        let d = dissimilarity.get(i, j);
        d * d
    })
}

/// Half the sum over clusters of all distances within, each over the cluster's size: what the gap statistic compares.
pub(super) fn within_distance(dissimilarity: &Dissimilarity, clustering: &[usize]) -> f64 {
    // Above zero, so that the logarithm for a table of few distinct rows stays a number.
    (0.5 * pooled(clustering, |i, j| dissimilarity.get(i, j))).max(1e-300)
}

fn pooled(clustering: &[usize], cost: impl Fn(usize, usize) -> f64) -> f64 {
    let mut sum = 0.0;
    for rows in members(clustering) {
        let mut own = 0.0;
        for (at, &i) in rows.iter().enumerate() {
            for &j in &rows[..at] {
                own += cost(i, j);
            }
        }
        sum += own / rows.len() as f64;
    }
    sum
}

pub(super) fn check_length(dissimilarity: &Dissimilarity, clustering: &[usize]) -> Result<(), Error> {
    if clustering.len() != dissimilarity.rows() {
        return Err(Error::Length {
            what: "the division",
            found: clustering.len(),
            expected: dissimilarity.rows(),
        });
    }
    Ok(())
}

/// Numbers clusters anew so that their first rows come in order.
pub fn by_first_row(clustering: &[usize]) -> Vec<usize> {
    let mut number = vec![usize::MAX; sizes(clustering).len()];
    let mut next = 0;
    clustering
        .iter()
        .map(|&c| {
            if number[c] == usize::MAX {
                number[c] = next;
                next += 1;
            }
            number[c]
        })
        .collect()
}

/// Numbers clusters anew by mean level, lowest first; of equal means the cluster whose first row comes first.
pub fn number_by_level(clustering: &[usize], matrix: &Matrix) -> Vec<usize> {
    let k = sizes(clustering).len();
    let mut sums = vec![(0.0, 0_usize); k];
    for (row, &cluster) in clustering.iter().enumerate() {
        if let Some(level) = matrix.row_mean(row) {
            sums[cluster] = (sums[cluster].0 + level, sums[cluster].1 + 1);
        }
    }
    let level = |cluster: usize| sums[cluster].0 / sums[cluster].1.max(1) as f64;
    let first = |cluster: usize| clustering.iter().position(|&other| other == cluster);
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&a, &b| level(a).total_cmp(&level(b)).then(first(a).cmp(&first(b))));
    let mut number = vec![0; k];
    for (new, &old) in order.iter().enumerate() {
        number[old] = new;
    }
    clustering.iter().map(|&cluster| number[cluster]).collect()
}
