//! Means, totals, shares and ratios with their standard errors by Taylor linearisation.
//!
//! Every estimator turns its statistic into one deviation per row (what the statistic would change by if the
//! row weighed a little more) and leaves the rest to the design. No estimator drops the rows outside its
//! domain, and none gives an interval without a degree of freedom.

use crate::design::Design;
use crate::domain::Domain;
use crate::error::Error;
use crate::interval::{Interval, IntervalMethod, Proportion};
use crate::sum;

/// An estimate and everything needed to judge it.
///
/// Unit: that of the statistic; `population` is a weighted count.
/// Absent: no design effect where a simple random sample has no spread or the weights add up to no more than
/// the sample; no interval without a degree of freedom.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The statistic.
    pub estimate: f64,
    /// Its standard error; 0 in a census, by design.
    pub se: Option<f64>,
    /// Degrees of freedom: primary units less strata, among those with a member of the domain.
    pub df: i64,
    /// Rows in the domain.
    pub n: usize,
    /// Sum of the weights of the domain.
    pub population: f64,
    /// The size of a simple random sample (with replacement) that would be as precise.
    pub n_eff: Option<f64>,
    /// Variance against that of a simple random sample of the same size without replacement.
    pub deff: Option<f64>,
    /// The same against a simple random sample with replacement.
    pub deff_replace: Option<f64>,
    /// Everyone was taken: there is no sampling error, whatever other doubt there may be.
    pub census: bool,
    /// The interval.
    pub ci: Option<Interval>,
}

/// A statistic with its deviations, from which differences and contrasts are made.
///
/// Method: the variance of a sum of statistics is that of the sum of their deviations, so that domains which
/// share clusters get their covariance without its ever being named.
#[derive(Debug, Clone)]
pub struct Linearised {
    /// The statistic.
    pub estimate: f64,
    /// One total per unit of the whole design.
    pub(crate) totals: Vec<f64>,
    pub(crate) units: Vec<u32>,
    pub(crate) n: usize,
    pub(crate) population: f64,
    pub(crate) census: bool,
}

/// A statistic in the making: its value and one deviation per row of the domain, before weighting.
pub(crate) struct Deviations {
    pub(crate) estimate: f64,
    pub(crate) per_row: Vec<f64>,
}

/// What inference needs of a scan: the statistic, its variance, and the spread of its deviations.
pub(crate) struct Facts {
    pub(crate) estimate: f64,
    pub(crate) variance: f64,
    /// Σ w (e − ē)² over the deviations of the rows.
    pub(crate) squares: f64,
    pub(crate) n: usize,
    pub(crate) population: f64,
    pub(crate) df: i64,
    pub(crate) census: bool,
}

impl Facts {
    /// The estimate without its interval.
    pub(crate) fn estimate(&self) -> Estimate {
        let variance = self.variance.max(0.0);
        let (n, population) = (self.n as f64, self.population);
        let with_replacement = self.squares * population / (n - 1.0);
        let above_zero = |value: f64| (value.is_finite() && value > 0.0).then_some(value);
        let deff_replace = above_zero(with_replacement).map(|srs| variance / srs);
        let without = above_zero(with_replacement * (population - n) / population);
        Estimate {
            estimate: self.estimate,
            se: Some(libm::sqrt(variance)),
            df: self.df,
            n: self.n,
            population,
            n_eff: if self.census {
                Some(n)
            } else {
                deff_replace.and_then(above_zero).map(|deff| n / deff)
            },
            deff: without.map(|srs| variance / srs),
            deff_replace,
            census: self.census,
            ci: None,
        }
    }
}

impl Design {
    /// Estimates the mean of a column over a domain.
    ///
    /// Shape: one value per row of the design; values outside the domain are not looked at.
    /// Method: weighted mean (a ratio of two totals), Taylor linearisation, t interval.
    /// Source: R `survey` `svymean`.
    ///
    /// # Errors
    /// An empty domain, a value in it that is not finite, or a column of another length.
    pub fn mean(&self, column: &[f64], domain: &Domain) -> Result<Estimate, Error> {
        let deviations = self.mean_deviations(column, domain)?;
        Ok(self.with_t_interval(self.judge(domain, &deviations), domain))
    }

    /// Estimates the total of a column over a domain.
    ///
    /// Source: R `survey` `svytotal`.
    ///
    /// # Errors
    /// As [`Design::mean`].
    pub fn total(&self, column: &[f64], domain: &Domain) -> Result<Estimate, Error> {
        let deviations = self.total_deviations(column, domain)?;
        Ok(self.with_t_interval(self.judge(domain, &deviations), domain))
    }

    /// Estimates the ratio of two totals over a domain, such as pupils of boards that meet a norm to all pupils.
    ///
    /// Source: R `survey` `svyratio`; the design effect is that of the total of the deviations.
    ///
    /// # Errors
    /// As [`Design::mean`], and a denominator that adds up to zero.
    pub fn ratio(&self, numerator: &[f64], denominator: &[f64], domain: &Domain) -> Result<Estimate, Error> {
        let deviations = self.ratio_deviations(numerator, denominator, domain)?;
        Ok(self.with_t_interval(self.judge(domain, &deviations), domain))
    }

    /// Estimates the share of a domain for which a column of 0 and 1 is 1.
    ///
    /// Unit: a proportion from 0 to 1.
    /// Method: the mean of the column, and the interval asked for; [`IntervalMethod::default`] is the one that
    /// the coverage study chose.
    /// Source: R `survey` `svyciprop`.
    ///
    /// # Errors
    /// As [`Design::mean`]; a value that is neither 0 nor 1; a method that does not fit the design.
    pub fn share(&self, column: &[f64], domain: &Domain, method: IntervalMethod) -> Result<Estimate, Error> {
        let deviations = self.mean_deviations(column, domain)?;
        for &row in &domain.rows {
            let value = column[row as usize];
            if value != 0.0 && value != 1.0 {
                return Err(Error::NotBinary {
                    row: row as usize + 1,
                    found: value,
                });
            }
        }
        let mut estimate = self.judge(domain, &deviations);
        let successes = domain.rows.iter().filter(|&&row| column[row as usize] == 1.0).count();
        self.finish_share(&mut estimate, domain, successes, method)?;
        Ok(estimate)
    }

    /// Makes the mean of a column over a domain ready for differences and contrasts.
    ///
    /// # Errors
    /// As [`Design::mean`].
    pub fn linear_mean(&self, column: &[f64], domain: &Domain) -> Result<Linearised, Error> {
        Ok(self.linearised(domain, &self.mean_deviations(column, domain)?))
    }

    /// Makes a ratio of totals over a domain ready for differences and contrasts.
    ///
    /// # Errors
    /// As [`Design::ratio`].
    pub fn linear_ratio(&self, above: &[f64], below: &[f64], domain: &Domain) -> Result<Linearised, Error> {
        Ok(self.linearised(domain, &self.ratio_deviations(above, below, domain)?))
    }

    /// Makes the total of a column over a domain ready for differences and contrasts.
    ///
    /// # Errors
    /// As [`Design::mean`].
    pub fn linear_total(&self, column: &[f64], domain: &Domain) -> Result<Linearised, Error> {
        Ok(self.linearised(domain, &self.total_deviations(column, domain)?))
    }

    /// Makes the interval of a share from its estimate, also of a share of something other than rows.
    ///
    /// Shape: `size`, one per row, where the share is one of pupils or the like: it then counts in how much the
    /// weights differ.
    /// Absent: without a degree of freedom. A census gives a point. The hypergeometric interval needs counts: it is
    /// given by [`Design::share`] only, and reads as Wald's here.
    #[must_use]
    pub fn share_interval(
        &self,
        estimate: &Estimate,
        domain: &Domain,
        size: Option<&[f64]>,
        method: IntervalMethod,
    ) -> Option<Interval> {
        let p = estimate.estimate;
        if estimate.census {
            return Some(Interval::point(p, self.level(), IntervalMethod::Census));
        }
        let (se, n, kish) = (estimate.se?, domain.n(), domain.kish(size));
        let factor = self.factor(domain.df)?;
        Some(
            Proportion {
                p,
                se,
                n,
                kish,
                level: self.level(),
                factor,
            }
            .interval(method),
        )
    }

    /// Fills in the interval and the effective n of a share; `n_eff` is p(1 − p)/SE², and n at 0 or 1 and in a census.
    pub(crate) fn finish_share(
        &self,
        estimate: &mut Estimate,
        domain: &Domain,
        successes: usize,
        method: IntervalMethod,
    ) -> Result<(), Error> {
        let n = domain.n();
        // Exactly 0 or 1 whatever the weights: rounding must not make a share of everyone a hair less.
        if successes == 0 || successes == n {
            estimate.estimate = if successes == 0 { 0.0 } else { 1.0 };
            estimate.se = Some(0.0);
        }
        let p = estimate.estimate;
        let se = estimate.se.unwrap_or(f64::NAN);
        let spread = p * (1.0 - p);
        estimate.n_eff = Some(if spread > 0.0 && se > 0.0 {
            spread / (se * se)
        } else {
            n as f64
        });
        if estimate.census {
            estimate.ci = Some(Interval::point(p, self.level(), IntervalMethod::Census));
            return Ok(());
        }
        if method == IntervalMethod::Hypergeometric {
            let population = self.simple_random_population(domain)?;
            estimate.ci = Some(Interval::hypergeometric(
                successes as u64,
                n as u64,
                population,
                self.level(),
            ));
            return Ok(());
        }
        estimate.ci = self.share_interval(estimate, domain, None, method);
        Ok(())
    }

    /// The number of units that a domain stands for, when it is a simple random sample of a known population.
    fn simple_random_population(&self, domain: &Domain) -> Result<u64, Error> {
        let refuse = |reason| Err(Error::NotSimpleRandom { reason });
        if !self.calibrations.is_empty() {
            return refuse("the weights are calibrated");
        }
        if self.structure.two_stage || self.structure.units() != self.rows() {
            return refuse("the sample is one of clusters");
        }
        let first = domain
            .units
            .first()
            .map_or(0, |&unit| self.structure.stratum_of_unit(unit as usize));
        let stratum = &self.structure.strata[first];
        if domain.n() != stratum.sampled() || domain.units.last().is_some_and(|&u| u as usize >= stratum.primaries.1) {
            return refuse("the domain is not all of one stratum");
        }
        if domain.weights.iter().any(|weight| *weight != domain.weights[0]) {
            return refuse("the weights differ");
        }
        match stratum.population {
            Some(size) if size.is_finite() => Ok(libm::round(size) as u64),
            _ => refuse("the population size is not known"),
        }
    }

    pub(crate) fn mean_deviations(&self, column: &[f64], domain: &Domain) -> Result<Deviations, Error> {
        Self::deviations_of(self.values(column, domain)?, domain)
    }

    /// The mean and the deviations from it of the values of a domain's own rows.
    pub(crate) fn deviations_of(mut values: Vec<f64>, domain: &Domain) -> Result<Deviations, Error> {
        let total = domain.population;
        if total == 0.0 {
            return Err(Error::ZeroTotal {
                what: "the weights".into(),
            });
        }
        let mean = sum::sum_of_products(&values, &domain.weights) / total;
        for value in &mut values {
            *value = (*value - mean) / total;
        }
        Ok(Deviations {
            estimate: mean,
            per_row: values,
        })
    }

    pub(crate) fn total_deviations(&self, column: &[f64], domain: &Domain) -> Result<Deviations, Error> {
        let values = self.values(column, domain)?;
        Ok(Deviations {
            estimate: sum::sum_of_products(&values, &domain.weights),
            per_row: values,
        })
    }

    pub(crate) fn ratio_deviations(&self, above: &[f64], below: &[f64], domain: &Domain) -> Result<Deviations, Error> {
        let (above, below) = (self.values(above, domain)?, self.values(below, domain)?);
        let total = sum::sum_of_products(&below, &domain.weights);
        if total == 0.0 {
            return Err(Error::ZeroTotal {
                what: "the denominator".into(),
            });
        }
        let ratio = sum::sum_of_products(&above, &domain.weights) / total;
        let per_row = above.iter().zip(&below).map(|(y, x)| (y - ratio * x) / total).collect();
        Ok(Deviations {
            estimate: ratio,
            per_row,
        })
    }

    fn values(&self, column: &[f64], domain: &Domain) -> Result<Vec<f64>, Error> {
        self.same_length("column", column.len())?;
        if domain.rows.is_empty() {
            return Err(Error::EmptyDomain);
        }
        domain.pick(column)
    }

    /// The variance of a statistic from its deviations.
    pub(crate) fn variance(&self, domain: &Domain, deviations: &[f64]) -> f64 {
        if domain.census {
            return 0.0;
        }
        if self.calibrations.is_empty() {
            let weighted = deviations.iter().zip(&domain.weights).map(|(e, w)| e * w).collect();
            return self.structure.variance(&domain.units, &domain.by_unit(weighted));
        }
        let (units, totals) = self.calibrated_totals(domain, deviations);
        self.structure.variance(&units, &totals)
    }

    /// Weighted deviations added within units of the whole design, less what calibration explains.
    fn calibrated_totals(&self, domain: &Domain, deviations: &[f64]) -> (Vec<u32>, Vec<f64>) {
        let mut weighted = vec![0.0; self.rows()];
        for ((&row, e), w) in domain.rows.iter().zip(deviations).zip(&domain.weights) {
            weighted[row as usize] = e * w;
        }
        for calibration in &self.calibrations {
            calibration.residuals(&mut weighted);
        }
        let units = (0..self.structure.units() as u32).collect();
        (units, sum::sum_by(&weighted, &self.row_unit, self.structure.units()))
    }

    fn linearised(&self, domain: &Domain, deviations: &Deviations) -> Linearised {
        let totals = if self.calibrations.is_empty() {
            let weighted = deviations
                .per_row
                .iter()
                .zip(&domain.weights)
                .map(|(e, w)| e * w)
                .collect();
            let mut totals = vec![0.0; self.structure.units()];
            for (&unit, total) in domain.units.iter().zip(domain.by_unit(weighted)) {
                totals[unit as usize] = total;
            }
            totals
        } else {
            self.calibrated_totals(domain, &deviations.per_row).1
        };
        Linearised {
            estimate: deviations.estimate,
            totals,
            units: domain.units.clone(),
            n: domain.n(),
            population: domain.population,
            census: domain.census,
        }
    }

    /// Standard error, design effects and effective n; the interval is left to the statistic.
    pub(crate) fn judge(&self, domain: &Domain, deviations: &Deviations) -> Estimate {
        // The spread of the deviations about their weighted mean, as a total: zero mean but for a total.
        let mean = sum::sum_of_products(&deviations.per_row, &domain.weights) / domain.population;
        let square = |i: usize| {
            let e: f64 = deviations.per_row[i] - mean;
            domain.weights[i] * e * e
        };
        Facts {
            estimate: deviations.estimate,
            variance: self.variance(domain, &deviations.per_row),
            squares: sum::sum_of(deviations.per_row.len(), square),
            n: domain.n(),
            population: domain.population,
            df: domain.df,
            census: domain.census,
        }
        .estimate()
    }

    pub(crate) fn with_t_interval(&self, mut estimate: Estimate, domain: &Domain) -> Estimate {
        let se = estimate.se.unwrap_or(f64::NAN);
        estimate.ci = if estimate.census {
            Some(Interval::point(estimate.estimate, self.level(), IntervalMethod::Census))
        } else {
            self.factor(domain.df).map(|factor| Interval {
                low: estimate.estimate - factor * se,
                high: estimate.estimate + factor * se,
                level: self.level(),
                method: IntervalMethod::T,
            })
        };
        estimate
    }
}
