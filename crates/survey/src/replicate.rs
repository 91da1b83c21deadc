//! Variance by replication: the statistic is made again under many sets of weights, and its spread is the error.
//!
//! Holds replicate weights and reads variances from them; any statistic of weights can be given. Jackknife and
//! balanced half-samples are made here, the bootstrap beside it ([`crate::bootstrap`]).

use rayon::prelude::*;

use crate::balance;
use crate::design::Design;
use crate::domain::Domain;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::interval::{Interval, IntervalMethod};
use crate::sampling_units::Lonely;

/// Sets of factors by which the weights are multiplied, and how their spread becomes a variance.
///
/// Shape: per replicate one factor per primary unit, or per row for weights that came with the data.
#[derive(Debug, Clone)]
pub struct Replicates {
    /// Per replicate the factors.
    pub(crate) factors: Vec<Vec<f64>>,
    /// The place in a replicate's factors of each row.
    pub(crate) of_row: Vec<u32>,
    /// Per replicate the weight of its squared deviation.
    pub(crate) scales: Vec<f64>,
    /// Deviations from the estimate itself rather than from the mean of the replicates.
    pub(crate) about_estimate: bool,
    /// Degrees of freedom of the design they were made from.
    pub(crate) degrees: i64,
}

impl Replicates {
    /// Takes replicate weights that came with the data, in the form of factors on the design weights or of
    /// whole weights.
    ///
    /// Shape: one vector per replicate, one entry per row.
    /// Method: variance = Σ scale·(θᵣ − θ̄)², about the estimate when `about_estimate` is set.
    ///
    /// # Errors
    /// Vectors of another length, fewer than two replicates, negative or infinite weights.
    pub fn supplied(
        design: &Design,
        weights: &[Vec<f64>],
        whole: bool,
        scales: Vec<f64>,
        about_estimate: bool,
    ) -> Result<Self, Error> {
        if weights.len() < 2 || scales.len() != weights.len() {
            return Err(Error::Replication {
                method: "supplied",
                expected: "two or more replicates with a scale for each".into(),
            });
        }
        let mut factors = Vec::with_capacity(weights.len());
        for replicate in weights {
            design.same_length("replicate weights", replicate.len())?;
            if let Some(row) = replicate
                .iter()
                .position(|weight| !(weight.is_finite() && *weight >= 0.0))
            {
                return Err(Error::Weight {
                    row: row + 1,
                    found: replicate[row].to_string(),
                });
            }
            factors.push(if whole {
                replicate
                    .iter()
                    .zip(&design.weights)
                    .map(|(replicate, weight)| replicate / weight)
                    .collect()
            } else {
                replicate.clone()
            });
        }
        let of_row = (0..design.rows() as u32).collect();
        Ok(Self {
            factors,
            of_row,
            scales,
            about_estimate,
            degrees: design.df(),
        })
    }

    /// Gives the degrees of freedom that replicate weights of unknown origin leave for some rows: the rank of the weights
    /// less one.
    ///
    /// Source: R `survey` `degf` of a replicate design, with its tolerance of 1e-5.
    #[must_use]
    pub fn degrees_of(&self, design: &Design, rows: &[usize]) -> i64 {
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        for factors in &self.factors {
            let weight = |row: usize| factors[self.of_row[row] as usize] * design.weights[row];
            let mut column: Vec<f64> = rows.iter().map(|&row| weight(row)).collect();
            let size = libm::sqrt(dot(&column, &column));
            for direction in &basis {
                let along = dot(&column, direction);
                column
                    .iter_mut()
                    .zip(direction)
                    .for_each(|(value, step)| *value -= along * step);
            }
            let left = libm::sqrt(dot(&column, &column));
            if size > 0.0 && left > 1e-5 * size {
                column.iter_mut().for_each(|value| *value /= left);
                basis.push(column);
            }
        }
        basis.len() as i64 - 1
    }

    /// Leaves out one primary unit at a time from a design without strata.
    ///
    /// Method: factors n/(n−1); variance (1 − f)(n−1)/n Σ(θᵣ − θ̄)². Equals Taylor exactly for a total.
    ///
    /// # Errors
    /// A design with strata.
    pub fn jk1(design: &Design) -> Result<Self, Error> {
        if design.structure.strata.len() != 1 {
            return Err(Error::Replication {
                method: "jk1",
                expected: "one stratum; jkn is for several".into(),
            });
        }
        Self::jkn(design)
    }

    /// Leaves out one primary unit at a time, within strata.
    ///
    /// Method: as JK1 in every stratum, each with its own correction. Lonely strata are never left out
    /// (remove, certainty), or lift the variance of the others by their number of units (average).
    ///
    /// # Errors
    /// The policy `adjust`, for which no jackknife is defined here.
    pub fn jkn(design: &Design) -> Result<Self, Error> {
        let structure = &design.structure;
        let units = structure.primaries.len();
        let lonely = structure
            .strata
            .iter()
            .any(|stratum| stratum.sampled() == 1 && !stratum.is_census());
        if lonely && structure.lonely == Lonely::Adjust {
            return Err(Error::Replication {
                method: "jkn",
                expected: "another policy for lonely strata".into(),
            });
        }
        let mut factors = Vec::new();
        let mut scales = Vec::new();
        for stratum in &structure.strata {
            let n = stratum.sampled();
            if stratum.is_census() || n == 1 {
                continue;
            }
            for left_out in stratum.primaries.0..stratum.primaries.1 {
                let mut replicate = vec![1.0; units];
                for factor in &mut replicate[stratum.primaries.0..stratum.primaries.1] {
                    *factor = n as f64 / (n as f64 - 1.0);
                }
                replicate[left_out] = 0.0;
                factors.push(replicate);
                scales.push(stratum.unsampled * (n as f64 - 1.0) / n as f64);
            }
        }
        if lonely && structure.lonely == Lonely::Average && !scales.is_empty() {
            let lift = units as f64 / scales.len() as f64;
            scales.iter_mut().for_each(|scale| *scale *= lift);
        }
        Ok(Self::of_design(design, factors, scales))
    }

    /// Takes balanced halves of strata with two primary units each.
    ///
    /// Method: `rho` of 0 gives half-samples (factors 0 and 2); Fay's method keeps both halves with factors ρ and
    /// 2 − ρ. Balance by a Hadamard matrix; no correction for finite populations.
    /// Source: R `survey` `as.svrepdesign(type = "BRR" | "Fay")`, same matrix for up to 23 strata and some larger numbers.
    ///
    /// # Errors
    /// A stratum without exactly two primary units, or a `rho` outside 0 to 1.
    pub fn brr(design: &Design, rho: f64) -> Result<Self, Error> {
        let structure = &design.structure;
        if !(0.0..1.0).contains(&rho) {
            return Err(Error::Range {
                what: "rho".into(),
                found: rho.to_string(),
                expected: "0 or more, below 1",
            });
        }
        if let Some(stratum) = structure.strata.iter().find(|stratum| stratum.sampled() != 2) {
            return Err(Error::Replication {
                method: if rho > 0.0 { "fay" } else { "brr" },
                expected: format!(
                    "two primary units in every stratum, found {} in `{}`",
                    stratum.sampled(),
                    stratum.label
                ),
            });
        }
        let signs = balance::signs(structure.strata.len());
        let rounds = signs.len();
        let factors = signs
            .iter()
            .map(|round| {
                let mut replicate = vec![0.0; structure.primaries.len()];
                for (stratum, &first) in structure.strata.iter().zip(round) {
                    replicate[stratum.primaries.0] = if first { 2.0 - rho } else { rho };
                    replicate[stratum.primaries.0 + 1] = if first { rho } else { 2.0 - rho };
                }
                replicate
            })
            .collect();
        // Taken against what the balanced set would give: one over the rounds, and Fay's (1 − ρ)².
        let scale = 1.0 / (rounds as f64 * (1.0 - rho) * (1.0 - rho));
        Ok(Self::of_design(design, factors, vec![scale; rounds]))
    }

    pub(crate) fn of_design(design: &Design, factors: Vec<Vec<f64>>, scales: Vec<f64>) -> Self {
        let of_row = design
            .row_unit
            .iter()
            .map(|&unit| design.structure.unit_primary[unit as usize])
            .collect();
        Self {
            factors,
            of_row,
            scales,
            about_estimate: false,
            degrees: design.df(),
        }
    }

    /// Takes deviations from the estimate itself instead of from the mean of the replicates.
    #[must_use]
    pub fn about_estimate(mut self) -> Self {
        self.about_estimate = true;
        self
    }

    /// Gives the number of replicates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.factors.len()
    }

    /// Whether there is no replicate, as in a census.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.factors.is_empty()
    }

    /// Gives the variance of a statistic from its value under every replicate.
    ///
    /// Missing: replicates in which the statistic is not a number are left out.
    #[must_use]
    pub fn variance(&self, estimate: f64, values: &[f64]) -> f64 {
        let usable: Vec<(f64, f64)> = values
            .iter()
            .zip(&self.scales)
            .filter(|(v, _)| v.is_finite())
            .map(|(v, s)| (*v, *s))
            .collect();
        let counted: Vec<f64> = usable
            .iter()
            .filter(|(_, scale)| *scale > 0.0)
            .map(|(value, _)| *value)
            .collect();
        let mean = counted.iter().sum::<f64>() / counted.len().max(1) as f64;
        let centre = if self.about_estimate { estimate } else { mean };
        usable
            .iter()
            .map(|(value, scale)| scale * (value - centre) * (value - centre))
            .sum()
    }

    /// Makes a statistic under every replicate; the statistic gets one weight per row.
    ///
    /// Method: replicates run on all threads and come back in their order, so that threads change no bit.
    pub fn statistic(&self, design: &Design, statistic: impl Fn(&[f64]) -> f64 + Sync) -> Vec<f64> {
        self.factors
            .par_iter()
            .map(|factors| {
                let weights: Vec<f64> = self
                    .of_row
                    .iter()
                    .zip(&design.weights)
                    .map(|(&place, weight)| factors[place as usize] * weight)
                    .collect();
                statistic(&weights)
            })
            .collect()
    }

    /// Makes ratios of totals under every replicate, for many columns at once.
    ///
    /// Shape: per column a numerator and a denominator per row, zero outside its domain (a mean has 1 below); per
    /// column one value per replicate.
    #[must_use]
    pub fn ratios(&self, design: &Design, columns: &[(Vec<f64>, Vec<f64>)]) -> Vec<Vec<f64>> {
        let places = self.factors.first().map_or(0, Vec::len);
        // Rows are added within units once; every replicate then works on units only.
        let totals: Vec<(Vec<f64>, Vec<f64>)> = columns
            .par_iter()
            .map(|(above, below)| {
                let weigh = |values: &[f64]| {
                    let weighted: Vec<f64> = values.iter().zip(&design.weights).map(|(v, w)| v * w).collect();
                    crate::sum::sum_by(&weighted, &self.of_row, places)
                };
                (weigh(above), weigh(below))
            })
            .collect();
        let by_replicate: Vec<Vec<f64>> = self
            .factors
            .par_iter()
            .map(|factors| {
                totals
                    .iter()
                    .map(|(above, below)| dot(above, factors) / dot(below, factors))
                    .collect()
            })
            .collect();
        (0..columns.len())
            .map(|column| by_replicate.iter().map(|values| values[column]).collect())
            .collect()
    }
}

/// Σ aᵢbᵢ in eight fixed lanes: quick, and the same on every run.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (chunks, rest) = (left.chunks_exact(8), left.chunks_exact(8).remainder());
    let others = right.chunks_exact(8);
    let other_rest = others.remainder();
    for (a, b) in chunks.zip(others) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let tail: f64 = rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f64>() + tail
}

impl Design {
    /// Replaces the standard error and interval of an estimate by those from replicates.
    ///
    /// Method: t interval with the domain's degrees of freedom; design effect and effective n are those of the
    /// linearised variance scaled by the ratio of the two variances.
    #[must_use]
    pub fn replicated(
        &self,
        mut estimate: Estimate,
        domain: &Domain,
        values: &[f64],
        replicates: &Replicates,
    ) -> Estimate {
        if estimate.census {
            return estimate;
        }
        let variance = replicates.variance(estimate.estimate, values);
        let linear = estimate.se.map_or(0.0, |se| se * se);
        let se = libm::sqrt(variance);
        if linear > 0.0 {
            let ratio = variance / linear;
            estimate.deff = estimate.deff.map(|deff| deff * ratio);
            estimate.deff_replace = estimate.deff_replace.map(|deff| deff * ratio);
            estimate.n_eff = estimate.n_eff.map(|n| n / ratio);
        }
        estimate.se = Some(se);
        estimate.ci = self
            .factor(domain.df().min(replicates.degrees.max(1)))
            .map(|factor| Interval {
                low: estimate.estimate - factor * se,
                high: estimate.estimate + factor * se,
                level: self.level(),
                method: IntervalMethod::T,
            });
        estimate
    }
}
