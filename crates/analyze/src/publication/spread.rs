//! How sure a published number is, from what the public profile shows anyway.
//!
//! The standard error of an estimate says how the answers lie within its strata: with the estimate and the weights it
//! is a second equation for the same whole numbers. The public profile therefore takes the spread that is usual for
//! the numbers of a group (a generalised variance function): one design effect for its shares, one standard error for
//! its means. Source: Wolter 2007, chapter 7.

use super::groups::Group;
use super::{rounded_median, significant};
use nulmeting_study::words::{Base, Scope};
use nulmeting_survey::{IntervalMethod, Proportion, t_factor};
use std::collections::BTreeMap;

/// Level of confidence of every published interval.
const LEVEL: f64 = 0.95;
/// Numbers from which their median says nothing about one of them; with fewer, one digit is kept.
const POOLED: usize = 5;

/// The numbers whose spread is taken together: one statistic of one scope in one group.
type Pool = (String, Scope, String, String, String, Base);

/// A number with its spread, before protection.
pub(super) struct Observed<'a> {
    pub(super) group: Group<'a>,
    pub(super) scope: Scope,
    pub(super) statistic: &'a str,
    pub(super) estimate: Option<f64>,
    pub(super) se: Option<f64>,
    pub(super) n: Option<i64>,
    pub(super) df: Option<f64>,
    pub(super) interval: Option<(f64, f64)>,
}

impl Observed<'_> {
    fn pool(&self) -> Pool {
        let group = self.group;
        (
            group.wave.to_owned(),
            self.scope,
            group.by.to_owned(),
            group.name.to_owned(),
            self.statistic.to_owned(),
            group.base,
        )
    }

    /// Whether every organisation says yes or no, so that the share itself gives the spread.
    fn is_yes_or_no(&self) -> bool {
        let is_share = !super::groups::is_level(self.statistic);
        is_share && (self.scope == Scope::Norm || self.statistic == "share_compliant")
    }
}

/// The usual spread of every pool.
pub(super) struct Spreads(BTreeMap<Pool, f64>);

/// What is published beside an estimate.
pub(super) struct Uncertainty {
    pub(super) se: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    /// Effective number of organisations; absent for means.
    pub(super) n_eff: Option<f64>,
}

impl Spreads {
    /// Pools the spread of all numbers.
    pub(super) fn of<'a>(numbers: impl Iterator<Item = Observed<'a>>) -> Self {
        let mut pools: BTreeMap<Pool, Vec<f64>> = BTreeMap::new();
        for number in numbers {
            let (Some(p), Some(se), Some(n)) = (number.estimate, number.se, number.n) else {
                continue;
            };
            let spread = match number.is_yes_or_no() {
                true if se > 0.0 => p * (1.0 - p) / (se * se) / n as f64,
                true => continue,
                false => se,
            };
            pools.entry(number.pool()).or_default().push(spread);
        }
        let rounded = |(pool, spreads): (Pool, Vec<f64>)| {
            let digits = if spreads.len() < POOLED { 1 } else { 2 };
            Some((pool, rounded_median(spreads, digits)?))
        };
        Self(pools.into_iter().filter_map(rounded).collect())
    }

    /// The spread and the interval of a number that is published as `estimate`; absent where no number of its pool has one.
    pub(super) fn uncertainty(&self, number: &Observed<'_>, estimate: f64, range: (f64, f64)) -> Option<Uncertainty> {
        let n = number.n?;
        let usual = *self.0.get(&number.pool())?;
        let factor = t_factor(LEVEL, number.df?);
        let (se, n_eff) = match number.is_yes_or_no() {
            true => {
                let n_eff = (usual * n as f64).max(1.0);
                (libm::sqrt(estimate * (1.0 - estimate) / n_eff), Some(n_eff))
            }
            false => (usual, None),
        };
        let method = match super::groups::is_level(number.statistic) {
            true => IntervalMethod::T,
            false => IntervalMethod::KornGraubardKish,
        };
        let interval = Proportion {
            p: estimate,
            se,
            n: usize::try_from(n).ok()?,
            kish: n_eff.unwrap_or(n as f64),
            level: LEVEL,
            factor,
        }
        .interval(method);
        Some(Uncertainty {
            se: significant(se, 2),
            low: interval.low.max(range.0),
            high: interval.high.min(range.1),
            n_eff: n_eff.map(|n_eff| significant(n_eff, 2)),
        })
    }
}
