//! The skeleton of a sample: strata, primary units and what was sampled within them, and the variance it implies.
//!
//! This is the half that infers: it takes one total per sampled unit and knows nothing of rows, answers or
//! files, so any engine may have made the totals. It computes no estimate.

use crate::sum;

/// A group of units that were sampled together, as its label and its place among the primary units.
#[derive(Debug, Clone)]
pub(crate) struct Stratum {
    pub(crate) label: String,
    /// The first and one past the last of its primary units.
    pub(crate) primaries: (usize, usize),
    /// The share of the population that was not sampled: 1 without a known population, 0 in a census.
    pub(crate) unsampled: f64,
    /// Known number of primary units in the population.
    pub(crate) population: Option<f64>,
}

impl Stratum {
    /// The number of primary units in the sample.
    pub(crate) fn sampled(&self) -> usize {
        self.primaries.1 - self.primaries.0
    }

    /// Whether everyone was taken, within the rounding of a sampled fraction.
    pub(crate) fn is_census(&self) -> bool {
        self.unsampled < CENSUS
    }

    fn is_lonely(&self) -> bool {
        self.sampled() == 1 && !self.is_census()
    }
}

/// The second stage within one primary unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second {
    /// The share of the units of this primary unit that was not sampled.
    pub(crate) unsampled: f64,
    /// The known number of units in this primary unit.
    pub(crate) population: Option<f64>,
}

impl Second {
    pub(crate) fn is_census(self) -> bool {
        self.unsampled < CENSUS
    }
}

/// A primary unit, as its place among the units at the last stage.
#[derive(Debug, Clone)]
pub(crate) struct Primary {
    pub(crate) label: String,
    pub(crate) stratum: usize,
    pub(crate) units: (usize, usize),
    pub(crate) second: Option<Second>,
}

/// Below this unsampled share a stratum counts as fully taken (as in R `survey`).
const CENSUS: f64 = 1e-7;

/// What to do with a stratum of which one unit was sampled and more exist.
///
/// Source: R `survey`, option `survey.lonely.psu`; `adjust` as corrected in its version 4.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lonely {
    /// Refuse, and name the stratum.
    #[default]
    Fail,
    /// Let it add no variance.
    Remove,
    /// Treat it as taken with certainty: it adds no variance.
    Certainty,
    /// Give it the average variance of the strata that have two units or more.
    Average,
    /// Take its distance from the mean of all units instead of from its own.
    Adjust,
    /// Join it with the next stratum by label that is not a census (the one before, for the last).
    Collapse,
}

/// Strata, primary units and units at the last stage, in the order of their labels.
#[derive(Debug, Clone)]
pub(crate) struct Structure {
    pub(crate) strata: Vec<Stratum>,
    pub(crate) primaries: Vec<Primary>,
    /// The primary unit of each unit at the last stage.
    pub(crate) unit_primary: Vec<u32>,
    pub(crate) two_stage: bool,
    pub(crate) lonely: Lonely,
}

impl Structure {
    pub(crate) fn units(&self) -> usize {
        self.unit_primary.len()
    }

    pub(crate) fn stratum_of_unit(&self, unit: usize) -> usize {
        self.primaries[self.unit_primary[unit] as usize].stratum
    }

    /// Whether nothing was left to chance: every stratum, and every cluster in it, was fully taken.
    pub(crate) fn is_census_stratum(&self, stratum: usize) -> bool {
        let stratum = &self.strata[stratum];
        stratum.is_census()
            && self.primaries[stratum.primaries.0..stratum.primaries.1]
                .iter()
                .all(|primary| primary.second.is_none_or(Second::is_census))
    }

    /// The variance of a total, from one total per unit, for the units that are not zero.
    ///
    /// Shape: `units` ascending, `totals` beside it; units left out have a total of zero and stay in the design.
    /// Method: between primary units within strata, times n/(n−1) and the unsampled share; plus, where a second
    /// stage is known, the same within primary units, times the sampled fraction of the first stage.
    /// Source: R `survey` `svyrecvar` (multistage with replacement only where no population is known).
    pub(crate) fn variance(&self, units: &[u32], totals: &[f64]) -> f64 {
        let mut parts = Vec::with_capacity(self.strata.len());
        let (mut usable, mut present) = (0_usize, 0_usize);
        let overall = if self.lonely == Lonely::Adjust {
            sum::sum(totals)
        } else {
            0.0
        };
        let grand = overall / self.primaries.len() as f64;
        let mut primary_totals: Vec<f64> = Vec::new();
        let mut position = 0;
        let mut second_stage = Vec::new();
        for stratum in &self.strata {
            let first_unit = self.primaries[stratum.primaries.0].units.0;
            let end_unit = self.primaries[stratum.primaries.1 - 1].units.1;
            debug_assert!(position == units.len() || units[position] as usize >= first_unit);
            let start = position;
            while position < units.len() && (units[position] as usize) < end_unit {
                position += 1;
            }
            let lonely = stratum.is_lonely();
            // The average is over strata that the domain reaches: where it has no member, nothing is unknown.
            present += usize::from(position > start);
            usable += usize::from(position > start && !lonely);
            if self.two_stage {
                let (units, totals) = (&units[start..position], &totals[start..position]);
                self.second_stage(stratum, units, totals, overall / self.units() as f64, &mut second_stage);
            }
            if stratum.is_census() {
                continue;
            }
            let within: &[f64] = if self.two_stage {
                self.by_primary(&units[start..position], &totals[start..position], &mut primary_totals);
                &primary_totals
            } else {
                &totals[start..position]
            };
            let n = stratum.sampled();
            if lonely {
                if self.lonely == Lonely::Adjust {
                    let gap = within.first().copied().unwrap_or(0.0) - grand;
                    parts.push(stratum.unsampled * gap * gap);
                }
                continue;
            }
            parts.push(stratum.unsampled * n as f64 / (n - 1) as f64 * squares_about_mean(within, n));
        }
        let mut variance = sum::sum(&parts);
        if self.lonely == Lonely::Average && usable > 0 {
            variance *= present as f64 / usable as f64;
        }
        variance + sum::sum(&second_stage)
    }

    /// The covariance of two totals, each with one total per unit of the whole design.
    ///
    /// Method: by polarisation, (Var(a + b) − Var(a − b)) / 4, so that it can never disagree with the variance.
    pub(crate) fn covariance(&self, left: &[f64], right: &[f64]) -> f64 {
        let units: Vec<u32> = (0..self.units() as u32).collect();
        let plus: Vec<f64> = left.iter().zip(right).map(|(a, b)| a + b).collect();
        let minus: Vec<f64> = left.iter().zip(right).map(|(a, b)| a - b).collect();
        0.25 * (self.variance(&units, &plus) - self.variance(&units, &minus))
    }

    /// Adds the totals of the units within each primary unit that has one.
    fn by_primary(&self, units: &[u32], totals: &[f64], out: &mut Vec<f64>) {
        out.clear();
        let mut start = 0;
        while start < units.len() {
            let primary = self.unit_primary[units[start] as usize];
            let mut end = start + 1;
            while end < units.len() && self.unit_primary[units[end] as usize] == primary {
                end += 1;
            }
            out.push(sum::sum(&totals[start..end]));
            start = end;
        }
    }

    /// Collects the variance within the primary units of a stratum; `grand` is the mean over all units.
    fn second_stage(&self, stratum: &Stratum, units: &[u32], totals: &[f64], grand: f64, out: &mut Vec<f64>) {
        let Some(population) = stratum.population else {
            return;
        };
        let fraction = stratum.sampled() as f64 / population;
        let mut start = 0;
        while start < units.len() {
            let primary = &self.primaries[self.unit_primary[units[start] as usize] as usize];
            let mut end = start + 1;
            while end < units.len() && (units[end] as usize) < primary.units.1 {
                end += 1;
            }
            if let Some(second) = primary.second {
                let m = primary.units.1 - primary.units.0;
                if second.is_census() {
                    // Everything in it was taken.
                } else if m == 1 && self.lonely == Lonely::Adjust {
                    let gap = totals[start] - grand;
                    out.push(fraction * second.unsampled * gap * gap);
                } else if m > 1 {
                    let squares = squares_about_mean(&totals[start..end], m);
                    out.push(fraction * second.unsampled * m as f64 / (m - 1) as f64 * squares);
                }
            }
            start = end;
        }
    }

    /// The design's degrees of freedom: primary units less strata, among those marked as touched.
    pub(crate) fn df_of_units(&self, units: &[u32]) -> i64 {
        let (mut primaries, mut strata) = (0_i64, 0_i64);
        let (mut last_primary, mut last_stratum) = (usize::MAX, usize::MAX);
        for &unit in units {
            let primary = self.unit_primary[unit as usize] as usize;
            if primary != last_primary {
                last_primary = primary;
                primaries += 1;
                let stratum = self.primaries[primary].stratum;
                if stratum != last_stratum {
                    last_stratum = stratum;
                    strata += 1;
                }
            }
        }
        primaries - strata
    }
}

/// Σ (t − t̄)² over `n` units of which only the given ones are not zero; the mean is taken over all `n`.
fn squares_about_mean(totals: &[f64], n: usize) -> f64 {
    let mean = sum::sum(totals) / n as f64;
    let square = |i: usize| (totals[i] - mean) * (totals[i] - mean);
    sum::sum_of(totals.len(), square) + (n - totals.len()) as f64 * mean * mean
}
