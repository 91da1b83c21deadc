//! Estimates from sums: whatever scans the answers gives one line of sums per sampled unit, and this module infers.
//!
//! A scan may be any engine: rows in memory ([`Design::scan`]), a query over Parquet, or another institute that may not
//! hand over rows. Two passes keep the digits: the first, about 0, gives the statistic; the second, about the
//! statistic, gives deviations that do not cancel. Calibrated weights cannot come this way, because their variance needs
//! every row's auxiliary values.

use crate::design::{Design, Sampling};
use crate::domain::Domain;
use crate::error::Error;
use crate::estimate::{Estimate, Facts};
use crate::interval::{Interval, IntervalMethod, Proportion};
use crate::quantile::Ladder;
use crate::sum;

/// What a scan adds up within one unit, over the rows of a group.
///
/// Unit: `w` is the weight of a row, `x` the measure less the centre times `y`, and `y` what the measure is divided by
/// (1 for a mean).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitSums {
    /// Rows.
    pub n: u64,
    /// Σw.
    pub w: f64,
    /// Σw².
    pub ww: f64,
    /// Σw·x.
    pub wx: f64,
    /// Σw·y.
    pub wy: f64,
    /// Σw·x².
    pub wxx: f64,
    /// Σw·x·y.
    pub wxy: f64,
    /// Σw·y².
    pub wyy: f64,
}

/// The rows of a unit that hold one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueCount {
    /// The unit, counted from 0.
    pub unit: usize,
    /// The value.
    pub value: f64,
    /// Rows.
    pub n: u64,
    /// Σw.
    pub w: f64,
    /// Σw².
    pub ww: f64,
}

/// A design of which only the units are known, one line each.
#[derive(Debug, Clone)]
pub struct Scanned {
    units: Design,
}

impl Design {
    /// Scans a domain: one line of sums per unit of the design at its last stage, those without a member zero.
    ///
    /// Shape: `x` and `y` one value per row; `centre` as [`UnitSums`] says, 0 for the first pass.
    ///
    /// # Errors
    /// Columns of another length, and values in the domain that are not finite.
    pub fn scan(&self, x: &[f64], y: &[f64], centre: f64, domain: &Domain) -> Result<Vec<UnitSums>, Error> {
        self.same_length("column", x.len())?;
        self.same_length("column", y.len())?;
        let (x, y) = (domain.pick(x)?, domain.pick(y)?);
        let d: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - centre * y).collect();
        let unit: Vec<u32> = domain.rows.iter().map(|&row| self.row_unit[row as usize]).collect();
        let size = self.structure.units();
        let add = |of: &dyn Fn(usize) -> f64| {
            let terms: Vec<f64> = (0..unit.len()).map(of).collect();
            sum::sum_by(&terms, &unit, size)
        };
        let w = &domain.weights;
        let columns = [
            add(&|i| w[i]),
            add(&|i| w[i] * w[i]),
            add(&|i| w[i] * d[i]),
            add(&|i| w[i] * y[i]),
            add(&|i| w[i] * d[i] * d[i]),
            add(&|i| w[i] * d[i] * y[i]),
            add(&|i| w[i] * y[i] * y[i]),
        ];
        let mut n = vec![0_u64; size];
        unit.iter().for_each(|&unit| n[unit as usize] += 1);
        let [w, ww, wx, wy, wxx, wxy, wyy] = &columns;
        Ok((0..size)
            .map(|u| UnitSums {
                n: n[u],
                w: w[u],
                ww: ww[u],
                wx: wx[u],
                wy: wy[u],
                wxx: wxx[u],
                wxy: wxy[u],
                wyy: wyy[u],
            })
            .collect())
    }

    /// Gives the design of its units: what an engine that scans elsewhere has to know.
    #[must_use]
    pub fn of_units(&self) -> Scanned {
        let mut units = self.clone();
        let size = units.structure.units() as u32;
        units.weights = vec![1.0; size as usize];
        units.row_unit = (0..size).collect();
        units.row_order = (0..size).collect();
        units.calibrations.clear();
        Scanned { units }
    }
}

impl Scanned {
    /// Makes the design from one line per unit; the weights of the sampling are not read.
    ///
    /// # Errors
    /// As [`Design::new`].
    pub fn new(sampling: &Sampling) -> Result<Self, Error> {
        let units = Design::new(&Sampling {
            weights: Some(vec![Some(1.0); sampling.rows]),
            ..sampling.clone()
        })?;
        Ok(Self { units })
    }

    /// Estimates the ratio Σw·x / Σw·y of a group, or the mean where y is 1.
    ///
    /// Shape: one line per unit, in the order of the design; `centre` is the one the scan was made with.
    ///
    /// # Errors
    /// No row in the group, another number of units, or Σw·y of zero.
    pub fn ratio(&self, sums: &[UnitSums], centre: f64) -> Result<Estimate, Error> {
        let domain = self.domain(sums)?;
        let of = |pick: fn(&UnitSums) -> f64| total(sums, pick);
        let below = of(|s| s.wy);
        if below == 0.0 {
            return Err(Error::ZeroTotal {
                what: "the denominator".into(),
            });
        }
        let rest = of(|s| s.wx) / below;
        let parts: Vec<f64> = sums.iter().map(|s| (s.wx - rest * s.wy) / below).collect();
        let squares = of(|s| s.wxx) - 2.0 * rest * of(|s| s.wxy) + rest * rest * of(|s| s.wyy);
        Ok(self.infer(centre + rest, &parts, squares / (below * below), sums, &domain))
    }

    /// Estimates the total Σw·x of a group, from a scan about 0; the second pass, about the mean, is for the design
    /// effect.
    ///
    /// # Errors
    /// As [`Scanned::ratio`].
    pub fn total(&self, sums: &[UnitSums], about_mean: &[UnitSums]) -> Result<Estimate, Error> {
        let domain = self.domain(sums)?;
        let parts: Vec<f64> = sums.iter().map(|s| s.wx).collect();
        let squares = total(about_mean, |s| s.wxx);
        Ok(self.infer(total(sums, |s| s.wx), &parts, squares, sums, &domain))
    }

    /// Estimates a share, where x is 0 or 1 and y is 1.
    ///
    /// # Errors
    /// As [`Scanned::ratio`]; the hypergeometric interval, which needs rows.
    pub fn share(&self, sums: &[UnitSums], centre: f64, method: IntervalMethod) -> Result<Estimate, Error> {
        if method == IntervalMethod::Hypergeometric {
            return Err(Error::NotSimpleRandom {
                reason: "sums do not say whether units are rows",
            });
        }
        let mut estimate = self.ratio(sums, centre)?;
        if estimate.census {
            return Ok(estimate);
        }
        // A share of everyone is 1 whatever rounding made of it.
        let p = estimate.estimate;
        let p = if p < 1e-14 { 0.0 } else { p };
        let p = if p > 1.0 - 1e-14 { 1.0 } else { p };
        let edge = p <= 0.0 || p >= 1.0;
        let se = if edge { 0.0 } else { estimate.se.unwrap_or(f64::NAN) };
        (estimate.estimate, estimate.se) = (p, Some(se));
        let spread = p * (1.0 - p);
        estimate.n_eff = Some(if edge { estimate.n as f64 } else { spread / (se * se) });
        let (w, ww) = (total(sums, |s| s.w), total(sums, |s| s.ww));
        estimate.ci = self.units.factor(estimate.df).map(|factor| {
            Proportion {
                p,
                se,
                n: estimate.n,
                kish: w * w / ww,
                level: self.units.level(),
                factor,
            }
            .interval(method)
        });
        Ok(estimate)
    }

    /// Estimates the value below which a share lies, from the weighted count per unit and value.
    ///
    /// # Errors
    /// As [`Scanned::ratio`]; a unit that the design does not have.
    pub fn quantile(&self, counts: &[ValueCount], share: f64) -> Result<Estimate, Error> {
        if counts.iter().all(|count| count.n == 0) {
            return Err(Error::EmptyDomain);
        }
        let (values, weights): (Vec<f64>, Vec<f64>) = counts.iter().map(|count| (count.value, count.w)).unzip();
        let ladder = Ladder::new(&values, &weights);
        let quantile = ladder.value_at(share);
        let below = |centre: f64| -> Result<Vec<UnitSums>, Error> {
            let mut sums = vec![UnitSums::default(); self.units.rows()];
            for count in counts {
                let size = self.units.rows();
                let of_unit = sums.get_mut(count.unit).ok_or(Error::Length {
                    what: "units".into(),
                    found: count.unit + 1,
                    expected: size,
                })?;
                let x = f64::from(u8::from(count.value <= quantile)) - centre;
                of_unit.n += count.n;
                of_unit.w += count.w;
                of_unit.ww += count.ww;
                of_unit.wx += count.w * x;
                of_unit.wy += count.w;
                of_unit.wxx += count.w * x * x;
                of_unit.wxy += count.w * x;
                of_unit.wyy += count.w;
            }
            Ok(sums)
        };
        let reached = self.ratio(&below(0.0)?, 0.0)?.estimate;
        let mut estimate = self.ratio(&below(reached)?, reached)?;
        let se = estimate.se.unwrap_or(f64::NAN);
        estimate.estimate = quantile;
        (estimate.deff, estimate.deff_replace) = (None, None);
        if estimate.census {
            estimate.ci = Some(Interval::point(quantile, self.units.level(), IntervalMethod::Census));
        } else {
            let limits = self
                .units
                .factor(estimate.df)
                .map(|factor| (factor, ladder.limits(reached, factor * se)));
            estimate.ci = limits.map(|(_, (low, high))| Interval {
                low,
                high,
                level: self.units.level(),
                method: IntervalMethod::Woodruff,
            });
            let width = limits.map(|(factor, (low, high))| (high - low) / (2.0 * factor));
            estimate.se = width.filter(|se| !se.is_nan());
        }
        Ok(estimate)
    }

    /// The units with a row of the group.
    fn domain(&self, sums: &[UnitSums]) -> Result<Domain, Error> {
        self.units.same_length("units", sums.len())?;
        let domain = self.units.domain_where(|unit| sums[unit].n > 0);
        if domain.n() == 0 {
            return Err(Error::EmptyDomain);
        }
        Ok(domain)
    }

    fn infer(&self, estimate: f64, parts: &[f64], squares: f64, sums: &[UnitSums], domain: &Domain) -> Estimate {
        // Lines come in the order of the rows that made the design; its units are numbered by stratum.
        let mut by_unit = vec![0.0; parts.len()];
        for (part, &unit) in parts.iter().zip(&self.units.row_unit) {
            by_unit[unit as usize] = *part;
        }
        let own: Vec<f64> = domain.units.iter().map(|&unit| by_unit[unit as usize]).collect();
        let variance = match domain.census {
            true => 0.0,
            false => self.units.structure.variance(&domain.units, &own),
        };
        let found = Facts {
            estimate,
            variance,
            squares,
            n: sums.iter().map(|s| s.n).sum::<u64>() as usize,
            population: total(sums, |s| s.w),
            df: domain.df,
            census: domain.census,
        };
        self.units.with_t_interval(found.estimate(), domain)
    }
}

fn total(sums: &[UnitSums], pick: fn(&UnitSums) -> f64) -> f64 {
    sum::sum(&sums.iter().map(pick).collect::<Vec<_>>())
}
