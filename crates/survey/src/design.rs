//! A validated sample design: who could have been sampled, how, and how many units each row stands for.
//!
//! The constructor is the check. It refuses weights that are not numbers above zero, samples larger than their
//! population, clusters in two strata and strata of one unit; it never repairs any of them. Estimates are made
//! by the modules beside this one; this one makes none.

use std::sync::OnceLock;

use crate::calibration::Calibration;
use crate::distribution::t_factor;
use crate::domain::by_unit;
use crate::error::Error;
use crate::lonely;
use crate::sampling_stages::Stages;
use crate::sampling_units::{Lonely, Structure};

/// The columns that say how the rows were sampled.
///
/// Shape: every column has one entry per row, in the order of the rows. All but `rows` may be left out: then
/// there is one stratum, every row is its own primary unit, and no population is known.
/// Missing: a missing weight, label or size is an error that names the row.
#[derive(Debug, Clone, Default)]
pub struct Sampling {
    /// The number of rows.
    pub rows: usize,
    /// The stratum of each row.
    pub strata: Option<Vec<Option<String>>>,
    /// The primary unit of each row, and the unit within it: none, one or two columns.
    pub clusters: Vec<Vec<Option<String>>>,
    /// Cluster labels are unique within a stratum only.
    pub nest: bool,
    /// How many units of the population each row stands for.
    pub weights: Option<Vec<Option<f64>>>,
    /// Per stage the population size, or the sampled fraction when all values of the column are at most 1.
    pub populations: Vec<Vec<Option<f64>>>,
    /// What to do with strata of one sampled unit.
    pub lonely: Lonely,
}

/// A sample design that has passed all checks, ready for any number of estimates.
///
/// Method: with population sizes for the first stage, the second stage (clusters of a second column, or the
/// rows within clusters when two population columns are given) adds its own variance; without them primary
/// units count as drawn with replacement, and what happened within them is not asked.
/// Source: R `survey` `svydesign`.
#[derive(Debug, Clone)]
pub struct Design {
    pub(crate) structure: Structure,
    /// The unit at the last stage of each row.
    pub(crate) row_unit: Vec<u32>,
    /// The rows in the order of their units.
    pub(crate) row_order: Vec<u32>,
    pub(crate) weights: Vec<f64>,
    pub(crate) calibrations: Vec<Calibration>,
    level: f64,
    factors: Vec<OnceLock<f64>>,
}

impl Design {
    /// Checks the columns and makes the design, with intervals at the 95 % level.
    ///
    /// # Errors
    /// Everything that the error type lists for weights, labels, population sizes and lonely strata.
    pub fn new(sampling: &Sampling) -> Result<Self, Error> {
        let rows = sampling.rows;
        if rows == 0 {
            return Err(Error::NoRows);
        }
        check_shape(sampling)?;
        let stages = Stages::read(sampling)?;
        let structure = stages.structure(sampling)?;
        let weights = match &sampling.weights {
            Some(weights) => checked_weights(weights)?,
            None => stages.weights_from_populations(&structure)?,
        };
        let (structure, moved) = lonely::settle(structure)?;
        let row_unit: Vec<u32> = stages.row_unit.iter().map(|&unit| moved[unit as usize]).collect();
        let row_order = by_unit(0..rows as u32, &row_unit, structure.units());
        let slots = structure.primaries.len() + 1;
        Ok(Self {
            structure,
            row_unit,
            row_order,
            weights,
            calibrations: Vec::new(),
            level: 0.95,
            factors: vec![OnceLock::new(); slots],
        })
    }

    /// Sets the level of all intervals.
    ///
    /// # Errors
    /// When the level is not between 0 and 1.
    pub fn with_level(mut self, level: f64) -> Result<Self, Error> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::Range {
                what: "level of confidence".into(),
                found: level.to_string(),
                expected: "a number between 0 and 1",
            });
        }
        self.level = level;
        self.factors = vec![OnceLock::new(); self.factors.len()];
        Ok(self)
    }

    /// Gives the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Gives the weights in use, after calibration, in the order of the rows.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Gives the level of the intervals.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.level
    }

    /// Gives the degrees of freedom: primary units less strata.
    #[must_use]
    pub fn df(&self) -> i64 {
        self.structure.primaries.len() as i64 - self.structure.strata.len() as i64
    }

    /// Gives the labels of the strata in use, after collapsing, with sampled and known population counts.
    pub fn strata(&self) -> impl Iterator<Item = (&str, usize, Option<f64>)> {
        self.structure
            .strata
            .iter()
            .map(|stratum| (stratum.label.as_str(), stratum.sampled(), stratum.population))
    }

    /// The factor of a t interval; none without a degree of freedom.
    pub(crate) fn factor(&self, df: i64) -> Option<f64> {
        let slot = usize::try_from(df).ok().filter(|&df| df > 0)?;
        Some(match self.factors.get(slot) {
            Some(cache) => *cache.get_or_init(|| t_factor(self.level, df as f64)),
            None => t_factor(self.level, df as f64),
        })
    }
}

fn check_shape(sampling: &Sampling) -> Result<(), Error> {
    let rows = sampling.rows;
    let check = |what: &str, found: usize| {
        if found == rows {
            Ok(())
        } else {
            Err(Error::Length {
                what: what.into(),
                found,
                expected: rows,
            })
        }
    };
    if let Some(strata) = &sampling.strata {
        check("strata", strata.len())?;
    }
    if let Some(weights) = &sampling.weights {
        check("weights", weights.len())?;
    }
    for clusters in &sampling.clusters {
        check("clusters", clusters.len())?;
    }
    for populations in &sampling.populations {
        check("population sizes", populations.len())?;
    }
    if sampling.clusters.len() > 2 {
        return Err(Error::Stages {
            what: "clusters",
            found: sampling.clusters.len(),
            expected: 2,
        });
    }
    let stages = if sampling.clusters.is_empty() { 1 } else { 2 };
    if sampling.populations.len() > stages {
        return Err(Error::Stages {
            what: "population sizes",
            found: sampling.populations.len(),
            expected: stages,
        });
    }
    Ok(())
}

fn checked_weights(weights: &[Option<f64>]) -> Result<Vec<f64>, Error> {
    weights
        .iter()
        .enumerate()
        .map(|(row, weight)| match weight {
            Some(weight) if weight.is_finite() && *weight > 0.0 => Ok(*weight),
            Some(weight) => Err(Error::Weight {
                row: row + 1,
                found: weight.to_string(),
            }),
            None => Err(Error::Weight {
                row: row + 1,
                found: "missing".into(),
            }),
        })
        .collect()
}
