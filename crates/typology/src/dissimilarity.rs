//! How far organisations lie apart, from answers on an ordinal scale of which some are missing.
//!
//! It never guesses an answer: a pair is compared on the columns that both answered, and a pair without any is
//! an error that names both rows.

use rayon::prelude::*;

use crate::{Error, Matrix};

/// The most rows whose distances are held all at once; above it the sampled variant is used.
pub const MOST_ROWS: usize = 5_000;

/// How the difference between two rows is counted.
#[derive(Debug, Clone, PartialEq)]
pub enum Distance {
    /// The root of the summed squared differences.
    Euclid,
    /// The summed differences: steps on the scale that lie between two organisations.
    Manhattan,
    /// The mean of the differences, each as a share of its column's declared scale.
    ///
    /// The scale comes from the codebook, never from the data: a level that nobody reached still counts.
    Gower(Vec<Scale>),
}

/// The lowest and highest level of a column, as the codebook declares them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Lowest level.
    pub low: f64,
    /// Highest level.
    pub high: f64,
}

impl Scale {
    /// Where a level stands on the scale, from 0 to 1.
    ///
    /// Levels are scaled before they are compared, as R does, so that ties fall where they fall there.
    fn share(&self, level: f64) -> f64 {
        (level - self.low) / (self.high - self.low)
    }
}

/// All distances between the rows of one table.
///
/// Shape: the lower triangle, row after row.
/// Unit: steps on the scale for Manhattan and Euclid, a share of the scale for Gower.
/// Missing: pairs are compared on shared columns; sums are scaled up by columns over shared columns.
/// Source: R `cluster` `daisy` and `pam`; golden numbers in data/reference/typology.
#[derive(Debug, Clone, PartialEq)]
pub struct Dissimilarity {
    rows: usize,
    lower: Vec<f64>,
}

impl Dissimilarity {
    /// Compares every row with every other.
    pub fn new(matrix: &Matrix, distance: &Distance) -> Result<Self, Error> {
        let n = matrix.rows();
        if n > MOST_ROWS {
            return Err(Error::TooManyRows {
                rows: n,
                maximum: MOST_ROWS,
            });
        }
        check_scales(matrix, distance)?;
        Self::compare(matrix, distance)
    }

    /// The same for a table that was drawn at random: it may leave the declared scale, and has no other faults.
    pub(super) fn compare(matrix: &Matrix, distance: &Distance) -> Result<Self, Error> {
        let n = matrix.rows();
        let columns = Columns::new(matrix, distance);
        // Rows are computed side by side and laid down in order, so threads change nothing.
        let parts: Vec<Vec<f64>> = (0..n)
            .into_par_iter()
            .with_min_len(16)
            .map(|i| columns.before(i, distance))
            .collect();
        let mut lower = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for (i, part) in parts.into_iter().enumerate() {
            if let Some(j) = part.iter().position(|d| d.is_nan()) {
                return Err(Error::NothingShared {
                    first: j + 1,
                    second: i + 1,
                });
            }
            lower.extend(part);
        }
        Ok(Self { rows: n, lower })
    }

    /// How many rows are compared.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The distance between two rows; zero between a row and itself.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        match a.cmp(&b) {
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => self.lower[a * (a - 1) / 2 + b],
            std::cmp::Ordering::Less => self.lower[b * (b - 1) / 2 + a],
        }
    }

    /// The largest distance; zero for a single row.
    pub fn largest(&self) -> f64 {
        self.lower.iter().copied().fold(0.0, f64::max)
    }

    /// The distances among some of the rows, in the order asked.
    pub fn take(&self, rows: &[usize]) -> Self {
        let pairs = (0..rows.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        Self {
            rows: rows.len(),
            lower: pairs.map(|(i, j)| self.get(rows[i], rows[j])).collect(),
        }
    }

    /// All distances as a square, for work that walks along rows.
    pub(super) fn square(&self) -> Square {
        let n = self.rows;
        let mut cells = vec![0.0; n * n];
        // Small blocks, so that the mirrored half is written where the cache is warm.
        for block in (0..n).step_by(BLOCK) {
            for other in (0..=block).step_by(BLOCK) {
                for i in block..(block + BLOCK).min(n) {
                    for j in other..(other + BLOCK).min(i) {
                        let d = self.lower[i * (i - 1) / 2 + j];
                        cells[i * n + j] = d;
                        cells[j * n + i] = d;
                    }
                }
            }
        }
        Square { rows: n, cells }
    }

    /// The distances from a row to those before it.
    pub(super) fn before(&self, row: usize) -> &[f64] {
        let start = row * row.saturating_sub(1) / 2;
        &self.lower[start..start + row]
    }
}

const BLOCK: usize = 32;

/// A table column by column, so that one row meets all rows before it in one walk.
struct Columns {
    rows: usize,
    complete: bool,
    values: Vec<Vec<f64>>,
}

impl Columns {
    fn new(matrix: &Matrix, distance: &Distance) -> Self {
        let rows = matrix.rows();
        Self {
            rows,
            complete: matrix.is_complete(),
            values: (0..matrix.columns())
                .map(|j| {
                    let own = (0..rows).map(|i| matrix.raw(i)[j]);
                    match distance {
                        Distance::Gower(scales) => own.map(|v| scales[j].share(v)).collect(),
                        Distance::Euclid | Distance::Manhattan => own.collect(),
                    }
                })
                .collect(),
        }
    }

    /// The distances from a row to those before it, NaN where nothing is shared.
    ///
    /// Each sum runs over the columns in order, as in [`between`].
    fn before(&self, row: usize, distance: &Distance) -> Vec<f64> {
        debug_assert!(row < self.rows);
        let mut sums = vec![0.0; row];
        if self.complete && !matches!(distance, Distance::Gower(_)) {
            let squared = *distance == Distance::Euclid;
            for four in self.values.chunks(4) {
                let pairs = four.iter().map(|column| (column[row], &column[..row]));
                add_columns(&mut sums, &pairs.collect::<Vec<_>>(), squared);
            }
            if squared {
                sums.iter_mut().for_each(|sum| *sum = sum.sqrt());
            }
            return sums;
        }
        let mut shared = vec![0.0; row];
        for column in &self.values {
            let own = column[row];
            if own.is_nan() {
                continue;
            }
            let others = sums.iter_mut().zip(&mut shared).zip(&column[..row]);
            match distance {
                Distance::Euclid => others.for_each(|((s, n), x)| count(s, n, (own - x) * (own - x))),
                // Gower's columns hold shares of their scale already.
                Distance::Manhattan | Distance::Gower(_) => {
                    others.for_each(|((s, n), x)| count(s, n, (own - x).abs()));
                }
            }
        }
        let columns = self.values.len() as f64;
        for (sum, n) in sums.iter_mut().zip(&shared) {
            *sum = match distance {
                Distance::Gower(_) => *sum / n,
                _ if self.complete => *sum,
                // Zero times infinity is NaN, which marks a pair without shared columns.
                _ => *sum * (columns / n),
            };
            if *distance == Distance::Euclid {
                *sum = sum.sqrt();
            }
        }
        sums
    }
}

/// Adds the differences of up to four complete columns, in their order; four at a time halve the walks over the sums.
fn add_columns(sums: &mut [f64], columns: &[(f64, &[f64])], squared: bool) {
    let difference = |own: f64, x: f64| {
        if squared {
            (own - x) * (own - x)
        } else {
            (own - x).abs()
        }
    };
    if let [(a, ax), (b, bx), (c, cx), (d, dx)] = columns {
        for ((((sum, p), q), r), s) in sums.iter_mut().zip(*ax).zip(*bx).zip(*cx).zip(*dx) {
            *sum = *sum + difference(*a, *p) + difference(*b, *q) + difference(*c, *r) + difference(*d, *s);
        }
        return;
    }
    for (own, column) in columns {
        for (sum, x) in sums.iter_mut().zip(*column) {
            *sum += difference(*own, *x);
        }
    }
}

/// Adds a difference to a sum unless one of the two answers is missing.
fn count(sum: &mut f64, shared: &mut f64, difference: f64) {
    let there = !difference.is_nan();
    *sum += if there { difference } else { 0.0 };
    *shared += if there { 1.0 } else { 0.0 };
}

/// Distances as a full square: twice the memory, and every row lies in one piece.
#[derive(Debug, Clone)]
pub(super) struct Square {
    pub(super) rows: usize,
    cells: Vec<f64>,
}

impl Square {
    pub(super) fn row(&self, i: usize) -> &[f64] {
        &self.cells[i * self.rows..(i + 1) * self.rows]
    }

    /// The square among some of the rows.
    pub(super) fn take(&self, rows: &[usize]) -> Self {
        let mut cells = Vec::with_capacity(rows.len() * rows.len());
        for &i in rows {
            let row = self.row(i);
            cells.extend(rows.iter().map(|&j| row[j]));
        }
        Self {
            rows: rows.len(),
            cells,
        }
    }
}

/// The distance between two rows, NaN when they share no column.
///
/// The sum runs over the columns in order, as R does, so that ties fall where they fall there.
pub(super) fn between(a: &[f64], b: &[f64], distance: &Distance, complete: bool) -> f64 {
    if complete {
        return match distance {
            Distance::Euclid => a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt(),
            Distance::Manhattan => a.iter().zip(b).map(|(x, y)| (x - y).abs()).sum(),
            Distance::Gower(scales) => gower(a, b, scales),
        };
    }
    if let Distance::Gower(scales) = distance {
        return gower(a, b, scales);
    }
    let squared = *distance == Distance::Euclid;
    let (mut sum, mut shared) = (0.0, 0_usize);
    for (x, y) in a.iter().zip(b) {
        let d = x - y;
        if !d.is_nan() {
            sum += if squared { d * d } else { d.abs() };
            shared += 1;
        }
    }
    // Zero times infinity is NaN, which marks a pair without shared columns.
    let scaled = sum * (a.len() as f64 / shared as f64);
    if squared { scaled.sqrt() } else { scaled }
}

fn gower(a: &[f64], b: &[f64], scales: &[Scale]) -> f64 {
    let (mut sum, mut shared) = (0.0, 0_usize);
    for ((x, y), scale) in a.iter().zip(b).zip(scales) {
        let d = (scale.share(*x) - scale.share(*y)).abs();
        if !d.is_nan() {
            sum += d;
            shared += 1;
        }
    }
    sum / shared as f64
}

pub(super) fn check_scales(matrix: &Matrix, distance: &Distance) -> Result<(), Error> {
    let Distance::Gower(scales) = distance else {
        return Ok(());
    };
    if scales.len() != matrix.columns() {
        return Err(Error::Scale {
            column: scales.len().min(matrix.columns()) + 1,
        });
    }
    for (j, scale) in scales.iter().enumerate() {
        let width = scale.high - scale.low;
        if !(width.is_finite() && width > 0.0) {
            return Err(Error::Scale { column: j + 1 });
        }
        for i in 0..matrix.rows() {
            if let Some(value) = matrix.get(i, j)
                && !(scale.low..=scale.high).contains(&value)
            {
                return Err(Error::OffScale {
                    row: i + 1,
                    column: j + 1,
                    value,
                    low: scale.low,
                    high: scale.high,
                });
            }
        }
    }
    Ok(())
}
