//! From clusters to names: what sets a cluster apart, and which rule-based type it is most like.
//!
//! A cluster is called after a type only past a stated bound; below it, it keeps its number and its description.

use crate::partition::{cross_table, sizes};
use crate::rule::Quadrant;
use crate::{Error, Matrix, assign};

/// A cluster takes a type's name when at least this share of all organisations agrees with the assignment…
pub const AGREEMENT: f64 = 0.7;
/// … and at least this share of its own organisations has that type.
pub const OWN_AGREEMENT: f64 = 0.6;

/// How far a cluster lies from the others on one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The column, from 0.
    pub column: usize,
    /// Mean level of the cluster.
    pub mean: f64,
    /// Mean level of all other organisations.
    pub others: f64,
    /// Their difference in pooled standard deviations; positive where the cluster stands higher.
    pub standardised: f64,
}

/// What sets each cluster apart: its columns, largest standardised difference first.
///
/// Shape: one list per cluster; ties go to the first column.
/// Missing: only answers count; a column is left out where cluster or others have no answer, or where nothing varies within both.
pub fn differences(matrix: &Matrix, clustering: &[usize]) -> Result<Vec<Vec<Difference>>, Error> {
    if clustering.len() != matrix.rows() {
        return Err(Error::Length {
            what: "the division",
            found: clustering.len(),
            expected: matrix.rows(),
        });
    }
    let clusters = 0..sizes(clustering).len();
    Ok(clusters
        .map(|c| {
            let columns = 0..matrix.columns();
            let mut found: Vec<Difference> = columns.filter_map(|j| difference(matrix, clustering, c, j)).collect();
            found.sort_by(|a, b| {
                let size = b.standardised.abs().total_cmp(&a.standardised.abs());
                size.then(a.column.cmp(&b.column))
            });
            found
        })
        .collect())
}

fn difference(matrix: &Matrix, clustering: &[usize], cluster: usize, column: usize) -> Option<Difference> {
    let moments = |inside: bool| {
        let rows = (0..matrix.rows()).filter(|&i| (clustering[i] == cluster) == inside);
        let values: Vec<f64> = rows.filter_map(|i| matrix.get(i, column)).collect();
        let mean = crate::matrix::mean(values.iter().copied())?;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        Some((mean, squares, values.len()))
    };
    let (mean, own, n) = moments(true)?;
    let (others, rest, m) = moments(false)?;
    if n + m < 3 {
        return None;
    }
    let deviation = ((own + rest) / (n + m - 2) as f64).sqrt();
    (deviation > 0.0).then(|| Difference {
        column,
        mean,
        others,
        standardised: (mean - others) / deviation,
    })
}

/// Clusters beside the four rule-based types.
#[derive(Debug, Clone, PartialEq)]
pub struct Naming {
    /// Organisations per cluster and type; types in the order of [`Quadrant::ALL`].
    pub table: Vec<[usize; 4]>,
    /// The type that each cluster is paired with, such that most organisations agree; at most one cluster per type.
    pub paired: Vec<Option<Quadrant>>,
    /// The share of organisations that are in the cluster paired with their type.
    pub agreement: f64,
    /// The share of each cluster's organisations that have its paired type.
    pub own_agreement: Vec<f64>,
    /// The name that each cluster may carry.
    pub named: Vec<Option<Quadrant>>,
}

/// Lays clusters beside the rule-based types.
///
/// Shape: one cluster and one type per organisation.
/// Method: Hungarian assignment on the counts.
pub fn name(clustering: &[usize], quadrants: &[Quadrant]) -> Result<Naming, Error> {
    let types: Vec<usize> = quadrants.iter().map(|q| q.index()).collect();
    let counts = cross_table(clustering, &types)?;
    let table: Vec<[usize; 4]> = counts
        .iter()
        .map(|row| std::array::from_fn(|t| row.get(t).copied().unwrap_or(0)))
        .collect();
    let costs: Vec<Vec<f64>> = table
        .iter()
        .map(|row| row.iter().map(|n| -(*n as f64)).collect())
        .collect();
    let paired: Vec<Option<Quadrant>> = assign(&costs)?
        .into_iter()
        .zip(&table)
        // A pair without a single organisation in common is no pair.
        .map(|(t, row)| t.filter(|&t| row[t] > 0).map(|t| Quadrant::ALL[t]))
        .collect();
    let common: Vec<usize> = paired
        .iter()
        .zip(&table)
        .map(|(q, row)| q.map_or(0, |q| row[q.index()]))
        .collect();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let agreement = share(common.iter().sum(), clustering.len());
    let own_agreement: Vec<f64> = common
        .iter()
        .zip(&table)
        .map(|(&c, row)| share(c, row.iter().sum()))
        .collect();
    let named = paired
        .iter()
        .zip(&own_agreement)
        .map(|(q, own)| q.filter(|_| agreement >= AGREEMENT && *own >= OWN_AGREEMENT))
        .collect();
    Ok(Naming {
        table,
        paired,
        agreement,
        own_agreement,
        named,
    })
}
