//! Weights that meet known population totals, and a variance that knows they do.
//!
//! Post-stratification, raking and calibration to totals of numbers are one thing here: weights as near to the
//! design weights as can be (by the chosen distance) that meet the totals. Weights that do not meet them are
//! never handed out: the error names the totals that are off.
//!
//! Variance: the deviations of a statistic are replaced by their residuals from the auxiliary variables,
//! regressed with the design weights, times the adjusted weight (the g-weighted residual method).
//! Source: Deville and Särndal (1992); R `survey` `calibrate`, of which `postStratify` is a case; `rake` there
//! uses unweighted residuals, which agrees where design weights are equal and not where they differ.

use crate::design::{Design, Sampling};
use crate::error::Error;
use crate::sum;

/// One totals-to-meet: a column of the sample and its population total.
#[derive(Debug, Clone, PartialEq)]
pub struct Auxiliary {
    /// The name under which a total that is not met is reported.
    pub name: String,
    /// One value per row of the design.
    pub values: Vec<f64>,
    /// The total of the population.
    pub total: f64,
}

/// How far an adjusted weight is from the design weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distance {
    /// The generalised regression estimator; weights may become negative.
    Linear,
    /// Raking: weights stay above zero.
    Raking,
    /// Ratios of adjusted to design weight stay between the bounds.
    Logit {
        /// Below 1.
        low: f64,
        /// Above 1.
        high: f64,
    },
}

impl Distance {
    fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear calibration",
            Self::Raking => "raking",
            Self::Logit { .. } => "logit calibration",
        }
    }

    /// The ratio of weights at a point of the linear scale, and its slope.
    fn ratio(self, eta: f64) -> (f64, f64) {
        match self {
            Self::Linear => (1.0 + eta, 1.0),
            Self::Raking => (libm::exp(eta), libm::exp(eta)),
            Self::Logit { low, high } => {
                let a = (high - low) / ((1.0 - low) * (high - 1.0));
                let growth = libm::exp(-a * eta);
                // Divided by the exponential so that a large one cannot overflow both sides.
                let below = (high - 1.0) * growth + (1.0 - low);
                let ratio = (low * (high - 1.0) * growth + high * (1.0 - low)) / below;
                (ratio, a * (ratio - low) * (high - ratio) / (high - low))
            }
        }
    }
}

/// The trace that a calibration leaves in a design, so that variances know of it.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// Auxiliary columns made orthonormal under the design weights.
    basis: Vec<Vec<f64>>,
    /// Weights before.
    before: Vec<f64>,
    /// Weights after.
    after: Vec<f64>,
}

impl Calibration {
    /// Replaces weighted deviations (one per row) by their weighted residuals.
    pub(crate) fn residuals(&self, weighted: &mut [f64]) {
        let mut plain: Vec<f64> = weighted
            .iter()
            .zip(&self.after)
            .map(|(u, after)| if *after == 0.0 { 0.0 } else { u / after })
            .collect();
        for column in &self.basis {
            let products: Vec<f64> = plain
                .iter()
                .zip(column)
                .zip(&self.before)
                .map(|((e, q), d)| e * q * d)
                .collect();
            let slope = sum::sum(&products);
            for (e, q) in plain.iter_mut().zip(column) {
                *e -= slope * q;
            }
        }
        for ((u, e), after) in weighted.iter_mut().zip(&plain).zip(&self.after) {
            *u = e * after;
        }
    }
}

/// The largest misfit of a total, against one plus its size, that counts as met.
const MET: f64 = 1e-10;
/// Rounds of Newton's method before giving up.
const ROUNDS: usize = 100;

impl Design {
    /// Adjusts the weights so that they meet the totals, by the distance.
    ///
    /// # Errors
    /// Columns of another length, values or totals that are not finite, bounds that do not hold 1, and totals
    /// that cannot be met: these are named.
    pub fn calibrated(&self, auxiliaries: &[Auxiliary], distance: Distance) -> Result<Self, Error> {
        check(self, auxiliaries, distance)?;
        let before = self.weights.clone();
        let basis = orthonormal(auxiliaries, &before);
        let ratios = solve(auxiliaries, &before, distance)?;
        let after: Vec<f64> = before.iter().zip(&ratios).map(|(d, g)| d * g).collect();
        let mut design = self.clone();
        design.weights.clone_from(&after);
        design.calibrations.push(Calibration { basis, before, after });
        Ok(design)
    }

    /// Adjusts the weights so that the classes of every margin add up to their population counts.
    ///
    /// Method: calibration with the raking distance, which is where iterative proportional fitting ends.
    ///
    /// # Errors
    /// A class without a total or without a row in the sample; margins that contradict each other.
    pub fn raked(&self, margins: &[Margin]) -> Result<Self, Error> {
        let mut auxiliaries = Vec::new();
        for margin in margins {
            auxiliaries.extend(margin.auxiliaries()?);
        }
        self.calibrated(&auxiliaries, Distance::Raking)
    }
}

/// Rakes weights to margins, for weights that come without a design.
///
/// Shape: one weight per row of the margins, same order.
/// Method: as [`Design::raked`] in one stratum.
///
/// # Errors
/// As [`Design::raked`]; a weight that is not above zero.
pub fn raked_weights(weights: &[f64], margins: &[Margin]) -> Result<Vec<f64>, Error> {
    let sampling = Sampling {
        rows: weights.len(),
        weights: Some(weights.iter().map(|weight| Some(*weight)).collect()),
        ..Sampling::default()
    };
    Ok(Design::new(&sampling)?.raked(margins)?.weights().to_vec())
}

/// A classification of the sample with the population count of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// The name of the classification.
    pub name: String,
    /// The class of each row.
    pub classes: Vec<String>,
    /// Each class with its population count.
    pub totals: Vec<(String, f64)>,
}

impl Margin {
    /// Makes one 0/1 column per class.
    fn auxiliaries(&self) -> Result<Vec<Auxiliary>, Error> {
        let fault = |class: &str, problem| {
            Err(Error::Margin {
                margin: self.name.clone(),
                class: class.to_owned(),
                problem,
            })
        };
        for class in &self.classes {
            if !self.totals.iter().any(|(name, _)| name == class) {
                return fault(class, "has no population total");
            }
        }
        for (class, total) in &self.totals {
            if !(total.is_finite() && *total > 0.0) {
                return fault(class, "has a population total that is not above zero");
            }
            if !self.classes.contains(class) {
                return fault(class, "has a population total but no row in the sample");
            }
        }
        Ok(self
            .totals
            .iter()
            .map(|(class, total)| Auxiliary {
                name: format!("{} = {class}", self.name),
                values: self
                    .classes
                    .iter()
                    .map(|of_row| f64::from(u8::from(of_row == class)))
                    .collect(),
                total: *total,
            })
            .collect())
    }
}

fn check(design: &Design, auxiliaries: &[Auxiliary], distance: Distance) -> Result<(), Error> {
    for auxiliary in auxiliaries {
        design.same_length(&auxiliary.name, auxiliary.values.len())?;
        if !auxiliary.total.is_finite() {
            return Err(Error::Range {
                what: format!("population total of {}", auxiliary.name),
                found: auxiliary.total.to_string(),
                expected: "a finite number",
            });
        }
        if let Some(row) = auxiliary.values.iter().position(|value| !value.is_finite()) {
            return Err(Error::Value {
                row: row + 1,
                found: auxiliary.values[row].to_string(),
            });
        }
    }
    if let Distance::Logit { low, high } = distance
        && !(low < 1.0 && high > 1.0 && high.is_finite() && low.is_finite())
    {
        return Err(Error::Range {
            what: "bounds of the weights".into(),
            found: format!("{low} and {high}"),
            expected: "one below 1 and one above 1",
        });
    }
    Ok(())
}

/// Makes the columns orthonormal under the weights, twice over for the digits; columns that add nothing drop out.
fn orthonormal(auxiliaries: &[Auxiliary], weights: &[f64]) -> Vec<Vec<f64>> {
    let inner = |a: &[f64], b: &[f64]| {
        let products: Vec<f64> = a.iter().zip(b).zip(weights).map(|((a, b), w)| a * b * w).collect();
        sum::sum(&products)
    };
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for auxiliary in auxiliaries {
        let mut column = auxiliary.values.clone();
        let size = libm::sqrt(inner(&column, &column));
        for _ in 0..2 {
            for direction in &basis {
                let slope = inner(&column, direction);
                for (value, along) in column.iter_mut().zip(direction) {
                    *value -= slope * along;
                }
            }
        }
        let left = libm::sqrt(inner(&column, &column).max(0.0));
        // The same bound as R's `qr`.
        if left > 1e-7 * size {
            column.iter_mut().for_each(|value| *value /= left);
            basis.push(column);
        }
    }
    basis
}

/// Finds the ratios of weights by Newton's method on an orthonormal basis, halving steps that leave the numbers.
fn solve(auxiliaries: &[Auxiliary], before: &[f64], distance: Distance) -> Result<Vec<f64>, Error> {
    // Columns of unit size keep the system solvable when one column counts classes and another counts pupils.
    let scales: Vec<f64> = auxiliaries
        .iter()
        .map(|auxiliary| {
            auxiliary
                .values
                .iter()
                .fold(0.0_f64, |most, value| most.max(value.abs()))
                .max(1e-300)
        })
        .collect();
    let columns: Vec<Vec<f64>> = auxiliaries
        .iter()
        .zip(&scales)
        .map(|(auxiliary, scale)| auxiliary.values.iter().map(|value| value / scale).collect())
        .collect();
    let misfits = |ratios: &[f64]| -> Vec<f64> {
        let after: Vec<f64> = ratios.iter().zip(before).map(|(g, d)| g * d).collect();
        auxiliaries
            .iter()
            .map(|auxiliary| auxiliary.total - sum::sum_of_products(&auxiliary.values, &after))
            .collect()
    };
    let met = |misfits: &[f64]| {
        misfits
            .iter()
            .zip(auxiliaries)
            .all(|(misfit, auxiliary)| misfit.abs() <= MET * (1.0 + auxiliary.total.abs()))
    };
    let size = |misfits: &[f64]| -> f64 {
        misfits
            .iter()
            .zip(auxiliaries)
            .map(|(m, a)| m.abs() / (1.0 + a.total.abs()))
            .fold(0.0, f64::max)
    };
    let mut slopes = vec![0.0; columns.len()];
    let evaluate = |slopes: &[f64]| -> (Vec<f64>, Vec<f64>) {
        (0..before.len())
            .map(|row| {
                let eta = columns
                    .iter()
                    .zip(slopes)
                    .map(|(column, slope)| column[row] * slope)
                    .sum();
                distance.ratio(eta)
            })
            .unzip()
    };
    let (mut ratios, mut derivatives) = evaluate(&slopes);
    let mut misfit = misfits(&ratios);
    for _ in 0..ROUNDS {
        if met(&misfit) {
            return Ok(ratios);
        }
        let mut matrix: Vec<Vec<f64>> = vec![vec![0.0; columns.len()]; columns.len()];
        let weighted: Vec<f64> = derivatives.iter().zip(before).map(|(slope, d)| slope * d).collect();
        for i in 0..columns.len() {
            for j in 0..=i {
                let products: Vec<f64> = columns[i]
                    .iter()
                    .zip(&columns[j])
                    .zip(&weighted)
                    .map(|((a, b), w)| a * b * w)
                    .collect();
                matrix[i][j] = sum::sum(&products);
                matrix[j][i] = matrix[i][j];
            }
        }
        let right: Vec<f64> = misfit
            .iter()
            .zip(&scales)
            .map(|(misfit, scale)| misfit / scale)
            .collect();
        let step = crate::linear_algebra::solve_semidefinite(matrix, right);
        let mut length = 1.0;
        let mut improved = false;
        for _ in 0..40 {
            let trial: Vec<f64> = slopes
                .iter()
                .zip(&step)
                .map(|(slope, step)| slope + length * step)
                .collect();
            let (new_ratios, new_derivatives) = evaluate(&trial);
            let new_misfit = misfits(&new_ratios);
            let finite = new_ratios.iter().chain(&new_derivatives).all(|value| value.is_finite());
            if finite && size(&new_misfit) < size(&misfit) {
                (slopes, ratios, derivatives, misfit) = (trial, new_ratios, new_derivatives, new_misfit);
                improved = true;
                break;
            }
            length *= 0.5;
        }
        if !improved {
            break;
        }
    }
    if met(&misfit) {
        return Ok(ratios);
    }
    let margins = auxiliaries
        .iter()
        .zip(&misfit)
        .filter(|(auxiliary, misfit)| misfit.abs() > MET * (1.0 + auxiliary.total.abs()))
        .map(|(auxiliary, misfit)| {
            format!(
                "{} reached {:.6} of {}",
                auxiliary.name,
                auxiliary.total - misfit,
                auxiliary.total
            )
        })
        .collect();
    Err(Error::NotConverged {
        method: distance.name(),
        iterations: ROUNDS,
        margins,
    })
}
