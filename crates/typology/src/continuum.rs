//! What a table would look like if organisations differed by degree only: the yardstick for calling clusters types.
//!
//! The table is cut along its principal axes. Along the widest axis organisations are drawn from a curve with a
//! single top, the nearest such curve to the data (the one under Hartigan's dip); along the others they
//! are drawn around the level, and with the spread, that organisations at that place of the widest axis have, again
//! from a curve with one top. What is left is the same scale, the same spread and the same bend, and no types.

use crate::Matrix;
use crate::gap::keep_gaps;
use crate::principal::{Axes, axes};
use crate::random::Draws;

/// A continuum fitted to a table.
pub(super) struct Continuum<'a> {
    matrix: &'a Matrix,
    axes: Axes,
    widest: Curve,
    others: Vec<Around>,
    ranges: Vec<(f64, f64)>,
}

/// One axis, described along the widest one.
struct Around {
    /// Level and spread at each place of `PLACES` along the widest axis.
    level: Vec<f64>,
    spread: Vec<f64>,
    rest: Curve,
}

/// How much sharper the spread is followed than the level. Answers in whole levels scatter least where a board stands
/// at a level and most halfway between two: such places are tight, and they are no types.
const SHARPER: f64 = 4.0;

/// Places along the widest axis at which the others are described.
const PLACES: usize = 64;

impl<'a> Continuum<'a> {
    pub(super) fn fit(matrix: &'a Matrix) -> Self {
        let axes = axes(matrix);
        let first = axes.scores.first().cloned().unwrap_or_default();
        let widest = Curve::fit(&first);
        let others = axes
            .scores
            .iter()
            .skip(1)
            .map(|s| Around::fit(&first, s, &widest))
            .collect();
        let ranges = (0..matrix.columns())
            .map(|j| {
                let answers = (0..matrix.rows()).filter_map(|i| matrix.get(i, j));
                answers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                    (low.min(v), high.max(v))
                })
            })
            .collect();
        Self {
            matrix,
            axes,
            widest,
            others,
            ranges,
        }
    }

    /// A table of the same shape, with the same gaps, drawn from the continuum.
    pub(super) fn draw(&self, draws: &mut Draws) -> Matrix {
        let m = self.matrix;
        let mut values = Vec::with_capacity(m.rows() * m.columns());
        for i in 0..m.rows() {
            let mut row = self.axes.means.clone();
            if let Some(direction) = self.axes.directions.first() {
                let place = self.widest.draw(draws);
                add(&mut row, direction, place);
                let at = self.widest.index(place);
                for (direction, axis) in self.axes.directions[1..].iter().zip(&self.others) {
                    let z = axis.rest.draw(draws);
                    add(&mut row, direction, axis.level[at] + axis.spread[at] * z);
                }
            }
            for (value, (low, high)) in row.iter_mut().zip(&self.ranges) {
                *value = value.clamp(*low, *high);
            }
            keep_gaps(m, i, &mut row);
            values.extend(row);
        }
        Matrix::from_parts(m.rows(), m.columns(), values)
    }
}

fn add(row: &mut [f64], direction: &[f64], place: f64) {
    for (value, d) in row.iter_mut().zip(direction) {
        *value += place * d;
    }
}

impl Around {
    fn fit(along: &[f64], scores: &[f64], widest: &Curve) -> Self {
        let n = along.len() as f64;
        // Silverman's rule of thumb, doubled: level and spread are to follow the bend, not the types.
        let width = 2.0 * 1.06 * widest.deviation * libm::pow(n, -0.2);
        let smooth = |at: f64, width: f64, values: &dyn Fn(usize) -> f64| {
            let (mut sum, mut total) = (0.0, 0.0);
            for (i, x) in along.iter().enumerate() {
                let z = (x - at) / width;
                let weight = libm::exp(-0.5 * z * z) + 1e-12;
                sum += weight * values(i);
                total += weight;
            }
            sum / total
        };
        let level: Vec<f64> = (0..PLACES)
            .map(|g| smooth(widest.place(g), width, &|i| scores[i]))
            .collect();
        let residual: Vec<f64> = scores
            .iter()
            .zip(along)
            .map(|(s, x)| s - level[widest.index(*x)])
            .collect();
        let spread: Vec<f64> = (0..PLACES)
            .map(|g| smooth(widest.place(g), width / SHARPER, &|i| residual[i] * residual[i]).sqrt())
            .collect();
        let rest: Vec<f64> = residual
            .iter()
            .zip(along)
            .map(|(r, x)| {
                let s = spread[widest.index(*x)];
                if s > 0.0 { r / s } else { 0.0 }
            })
            .collect();
        Self {
            level,
            spread,
            rest: Curve::fit(&rest),
        }
    }
}

/// A distribution with a single top: the one nearest to the data.
///
/// Method: up to the top the cumulative share is the greatest convex curve below the data's, after it the least
/// concave one above; the top is where the largest difference is least (Hartigan and Hartigan's dip, 1985).
/// Source: the same curve underlies R `diptest`.
struct Curve {
    mean: f64,
    deviation: f64,
    /// Width of the kernel that takes the corners off the curve.
    bandwidth: f64,
    low: f64,
    high: f64,
    /// Share of the curve up to each place of the grid.
    shares: Vec<f64>,
    /// Mean and deviation of the curve with its kernel, which draws are freed of.
    curve_mean: f64,
    curve_deviation: f64,
}

/// Steps of the grid on which the curve is held.
const GRID: usize = 200;

impl Curve {
    fn fit(values: &[f64]) -> Self {
        let n = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / n;
        let deviation = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut curve = Self {
            mean,
            deviation,
            // Half of Silverman's rule of thumb: enough for the corners, too little to change the shape.
            bandwidth: 0.53 * deviation * libm::pow(n, -0.2),
            low,
            high,
            shares: Vec::new(),
            curve_mean: mean,
            curve_deviation: deviation,
        };
        if deviation > 0.0 {
            curve.shares = one_top(&cumulated(values, low, high));
            curve.measure();
        }
        curve
    }

    fn at(&self, place: f64) -> f64 {
        self.low + (self.high - self.low) * place / GRID as f64
    }

    fn measure(&mut self) {
        let (mut mean, mut squares) = (0.0, 0.0);
        for g in 0..GRID {
            let share = self.shares[g + 1] - self.shares[g];
            let middle = self.at(g as f64 + 0.5);
            mean += share * middle;
            squares += share * middle * middle;
        }
        let step = (self.high - self.low) / GRID as f64;
        let inside = step * step / 12.0 + self.bandwidth * self.bandwidth;
        self.curve_mean = mean;
        self.curve_deviation = (squares - mean * mean + inside).max(0.0).sqrt();
    }

    /// One draw, with the mean and the spread of the data.
    fn draw(&self, draws: &mut Draws) -> f64 {
        if self.shares.is_empty() || self.curve_deviation <= 0.0 {
            return self.mean;
        }
        let share = draws.uniform();
        let g = self.shares.partition_point(|s| *s <= share).clamp(1, GRID);
        let (before, after) = (self.shares[g - 1], self.shares[g]);
        let part = if after > before {
            (share - before) / (after - before)
        } else {
            0.5
        };
        let drawn = self.at((g - 1) as f64 + part) + self.bandwidth * draws.normal();
        self.mean + (drawn - self.curve_mean) * self.deviation / self.curve_deviation
    }

    /// One of `PLACES` places along the range of the data.
    fn place(&self, g: usize) -> f64 {
        self.low + (self.high - self.low) * g as f64 / (PLACES - 1) as f64
    }

    /// The place nearest to a value.
    fn index(&self, value: f64) -> usize {
        if self.high <= self.low {
            return 0;
        }
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        libm::round(share * (PLACES - 1) as f64) as usize
    }
}

/// The share of values at or below each place of the grid; each value is spread over the step it falls in.
fn cumulated(values: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut counts = vec![0.0; GRID];
    for v in values {
        let at = (v - low) / (high - low) * GRID as f64;
        counts[(at as usize).min(GRID - 1)] += 1.0 / values.len() as f64;
    }
    let mut shares = vec![0.0];
    for count in counts {
        let so_far = shares[shares.len() - 1];
        shares.push(so_far + count);
    }
    shares
}

/// The cumulative curve with one top that stays nearest to the given one.
fn one_top(shares: &[f64]) -> Vec<f64> {
    let (mut best, mut least) = (shares.to_vec(), f64::INFINITY);
    for top in 0..shares.len() {
        let mut curve = below(&shares[..=top]);
        // The concave curve above is the convex curve below, turned upside down.
        let turned: Vec<f64> = shares[top..].iter().map(|s| -s).collect();
        curve.extend(below(&turned).into_iter().skip(1).map(|s| -s));
        let far = curve.iter().zip(shares).map(|(c, s)| (c - s).abs()).fold(0.0, f64::max);
        if far < least {
            (best, least) = (curve, far);
        }
    }
    best
}

/// The greatest convex curve that lies nowhere above the given one.
fn below(heights: &[f64]) -> Vec<f64> {
    let mut corners: Vec<usize> = Vec::new();
    for x in 0..heights.len() {
        while let [.., a, b] = corners[..] {
            let (run, rise) = ((b - a) as f64, heights[b] - heights[a]);
            if rise * (x - a) as f64 >= (heights[x] - heights[a]) * run {
                corners.pop();
            } else {
                break;
            }
        }
        corners.push(x);
    }
    let mut out = vec![0.0; heights.len()];
    out[0] = heights[0];
    for pair in corners.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        for (x, height) in out[a..=b].iter_mut().enumerate() {
            let part = x as f64 / (b - a) as f64;
            *height = heights[a] + part * (heights[b] - heights[a]);
        }
    }
    out
}
