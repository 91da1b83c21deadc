//! Differences between domains, contrasts of statistics, and the distribution over the levels of a column.
//!
//! Covariance is never left out: domains that share clusters or strata, and the same boards in two columns, are
//! taken together because their deviations are added before the variance is taken.

use crate::design::Design;
use crate::domain::Domain;
use crate::error::Error;
use crate::estimate::{Estimate, Linearised};
use crate::interval::{Interval, IntervalMethod};

impl Design {
    /// Estimates a weighted sum of statistics, such as a difference (weights 1 and −1).
    ///
    /// Method: variance of the sum of deviations; degrees of freedom of the domains taken together.
    /// Source: R `survey` `svycontrast` on `svyby(…, covmat = TRUE)`.
    /// Absent: no effective n and no design effect.
    ///
    /// # Errors
    /// When there is no statistic.
    pub fn contrast(&self, parts: &[(f64, &Linearised)]) -> Result<Estimate, Error> {
        if parts.is_empty() {
            return Err(Error::EmptyDomain);
        }
        let mut totals = vec![0.0; self.structure.units()];
        let mut touched = vec![false; self.structure.units()];
        for (weight, part) in parts {
            for (total, of_part) in totals.iter_mut().zip(&part.totals) {
                *total += weight * of_part;
            }
            for &unit in &part.units {
                touched[unit as usize] = true;
            }
        }
        let units: Vec<u32> = (0..self.structure.units() as u32).collect();
        let members: Vec<u32> = units.iter().copied().filter(|&unit| touched[unit as usize]).collect();
        let census = parts.iter().all(|(_, part)| part.census);
        let variance = if census {
            0.0
        } else {
            self.structure.variance(&units, &totals).max(0.0)
        };
        let estimate: f64 = parts.iter().map(|(weight, part)| weight * part.estimate).sum();
        let se = libm::sqrt(variance);
        let df = self.structure.df_of_units(&members);
        let ci = if census {
            Some(Interval::point(estimate, self.level(), IntervalMethod::Census))
        } else {
            self.factor(df).map(|factor| Interval {
                low: estimate - factor * se,
                high: estimate + factor * se,
                level: self.level(),
                method: IntervalMethod::T,
            })
        };
        Ok(Estimate {
            estimate,
            se: Some(se),
            df,
            n: parts.iter().map(|(_, part)| part.n).sum(),
            population: parts.iter().map(|(_, part)| part.population).sum(),
            n_eff: None,
            deff: None,
            deff_replace: None,
            census,
            ci,
        })
    }

    /// Estimates by how much the mean of a column in one domain exceeds that in another.
    ///
    /// # Errors
    /// As [`Design::mean`].
    pub fn difference(&self, column: &[f64], first: &Domain, second: &Domain) -> Result<Estimate, Error> {
        let first = self.linear_mean(column, first)?;
        let second = self.linear_mean(column, second)?;
        self.contrast(&[(1.0, &first), (-1.0, &second)])
    }

    /// Gives the covariance of two statistics.
    #[must_use]
    pub fn covariance(&self, first: &Linearised, second: &Linearised) -> f64 {
        self.structure.covariance(&first.totals, &second.totals)
    }

    /// Estimates the share of a domain at each of the levels of a column.
    ///
    /// Shape: one estimate per level, in the order given; they sum to 1 when the levels are all there are.
    ///
    /// # Errors
    /// As [`Design::share`].
    pub fn distribution(
        &self,
        column: &[f64],
        domain: &Domain,
        levels: &[f64],
        method: IntervalMethod,
    ) -> Result<Vec<Estimate>, Error> {
        levels
            .iter()
            .map(|&level| {
                let at: Vec<f64> = column
                    .iter()
                    .map(|&value| f64::from(u8::from(value == level)))
                    .collect();
                self.share(&at, domain, method)
            })
            .collect()
    }
}
