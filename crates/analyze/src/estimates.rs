//! The estimates that are published: every variable, for all organisations and by group, per organisation and
//! per pupil.

use crate::comparisons::against_rest;
use crate::disclosure::{Evidence, Guarded};
use crate::reliability;
use crate::sample::{Group, Sample};
use crate::variable::{Measure, Variable};
use nulmeting_study::tables::Estimate;
use nulmeting_study::words::{Base, Reliability};
use nulmeting_study::{EstimateId, Framework, Study};
use nulmeting_survey::{Domain, Estimate as Found, IntervalMethod};
use rayon::prelude::*;

/// The level of every published interval.
pub const LEVEL: f64 = 0.95;

/// An estimate before it gets its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// The statistic; absent when nobody is under it.
    pub estimate: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// Limits of the interval.
    pub ci: Option<(f64, f64)>,
    /// Method of the interval.
    pub ci_method: &'static str,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// Design effect.
    pub deff: Option<f64>,
    /// Organisations under it.
    pub n: usize,
    /// Effective number of organisations.
    pub n_eff: Option<f64>,
    /// Organisations of the register that it stands for.
    pub population: Option<f64>,
    /// How far it can be relied on.
    pub reliability: Reliability,
}

/// Estimates every variable for every group and both bases.
///
/// Shape: in the order of the variables, groups and bases; the same with any number of threads.
/// Absent: medians per pupil, which have no ratio to estimate them by.
pub fn estimates(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    variables: &[Variable],
) -> Vec<Guarded<Estimate>> {
    let groups = sample.groups();
    variables
        .par_iter()
        .map(|variable| {
            let mut rows = Vec::with_capacity(groups.len() * Base::ALL.len());
            for group in &groups {
                for base in Base::ALL {
                    if (variable.measure, *base) == (Measure::Median, Base::Pupils) {
                        continue;
                    }
                    let (values, measure, scale) = (&variable.values, variable.measure, framework.scale());
                    let number = number(sample, group, values, measure, *base, scale);
                    let evidence = Evidence::gather(
                        &study.disclosure,
                        sample,
                        group,
                        &item_of(variable),
                        &variable.statistic,
                        values,
                        measure,
                        *base,
                        scale,
                    );
                    let mut row = row(sample, variable, group, *base, number);
                    row.p = against_rest(sample, group, values, measure, *base, study.disclosure.minimum);
                    rows.push(Guarded::new(row, evidence));
                }
            }
            rows
        })
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect()
}

/// The item under which a variable stands in disclosure control.
///
/// Whether an organisation meets every norm of a set adds up with no other number of the set, so that it is an item of
/// its own: few organisations do, and what protects their count need not take the levels along.
pub(crate) fn item_of(variable: &Variable) -> String {
    let item = format!("{}/{}", variable.scope, variable.item);
    if variable.statistic == "share_compliant" {
        format!("{item}/compliant")
    } else {
        item
    }
}

/// Estimates one variable for one group.
///
/// Missing: an organisation without a value leaves the domain and stays in the design; so does, per pupil, one
/// whose pupils are not known.
/// Method: per organisation the weighted mean, per pupil the ratio of totals; Taylor linearisation with the finite
/// population correction of each stratum. Shares have a Korn-Graubard interval, levels a t interval within the scale.
/// Source: R `survey` `svymean`, `svyratio`, `svyciprop(method = "beta")`.
pub fn number(
    sample: &Sample,
    group: &Group,
    values: &[Option<f64>],
    measure: Measure,
    base: Base,
    scale: Option<(i64, i64)>,
) -> Number {
    let pupils = |row: usize| sample.pupils[row].filter(|pupils| *pupils > 0.0);
    let domain = sample.design.domain_where(|row| {
        group.member[row] && values[row].is_some() && (base == Base::Organisations || pupils(row).is_some())
    });
    if domain.n() == 0 {
        return nobody();
    }
    let column: Vec<f64> = values.iter().map(|value| value.unwrap_or(0.0)).collect();
    let found = match (measure, base) {
        (Measure::Median, Base::Organisations) => sample.design.quantile(&column, &domain, 0.5),
        // The level of the board of the median pupil has no ratio to estimate it by: it is left out.
        (Measure::Median, Base::Pupils) => return nobody(),
        (_, Base::Organisations) => sample.design.mean(&column, &domain),
        (_, Base::Pupils) => {
            let size: Vec<f64> = (0..column.len()).map(|row| pupils(row).unwrap_or(0.0)).collect();
            let above: Vec<f64> = column.iter().zip(&size).map(|(value, size)| value * size).collect();
            sample.design.ratio(&above, &size, &domain)
        }
    };
    // The domain is not empty and its values are finite, which is all that these estimators ask.
    let Ok(found) = found else { return nobody() };
    let df = found.df as f64;
    let (ci, ci_method) = if found.census {
        (Some((found.estimate, found.estimate)), IntervalMethod::Census.name())
    } else {
        match measure {
            Measure::Share => share_interval(sample, &found, &domain, base),
            Measure::Level | Measure::Median => {
                let (low, high) = scale.map_or((f64::MIN, f64::MAX), |(low, high)| (low as f64, high as f64));
                let finite = found.ci.filter(|ci| ci.low.is_finite() && ci.high.is_finite());
                let method = found.ci.map_or(IntervalMethod::T, |ci| ci.method);
                (finite.map(|ci| (ci.low.max(low), ci.high.min(high))), method.name())
            }
        }
    };
    let width = ci.map(|(low, high)| high - low);
    let reliability = match measure {
        _ if found.census => Reliability::Ok,
        Measure::Share => reliability::of_share(found.estimate, width, found.n, found.n_eff, df),
        Measure::Level | Measure::Median => {
            let range = scale.map_or(1.0, |(low, high)| (high - low) as f64);
            reliability::of_mean(width, range, found.n, found.n_eff, df)
        }
    };
    Number {
        estimate: Some(found.estimate),
        se: found.se,
        ci,
        ci_method,
        df: Some(df),
        deff: found.deff,
        n: found.n,
        n_eff: found.n_eff,
        population: Some(found.population),
        reliability,
    }
}

/// The interval of a share, inside 0 to 1 and of some width also at 0 of 15.
fn share_interval(sample: &Sample, found: &Found, domain: &Domain, base: Base) -> (Option<(f64, f64)>, &'static str) {
    let method = IntervalMethod::default();
    let pupils: Vec<f64> = sample.pupils.iter().map(|pupils| pupils.unwrap_or(0.0)).collect();
    // Per pupil, large boards count for more: the interval has to know how much the weights then differ.
    let size = (base == Base::Pupils).then_some(pupils.as_slice());
    let interval = sample.design.share_interval(found, domain, size, method);
    (interval.map(|ci| (ci.low.max(0.0), ci.high.min(1.0))), method.name())
}

fn nobody() -> Number {
    Number {
        estimate: None,
        se: None,
        ci: None,
        ci_method: "none",
        df: None,
        deff: None,
        n: 0,
        n_eff: None,
        population: None,
        reliability: Reliability::Unreliable,
    }
}

fn row(sample: &Sample, variable: &Variable, group: &Group, base: Base, number: Number) -> Estimate {
    let (wave, item, statistic) = (&sample.wave, &variable.item, &variable.statistic);
    Estimate {
        id: EstimateId::of_key::<Estimate>(&[
            wave,
            variable.scope.word(),
            item,
            &group.by,
            &group.name,
            statistic,
            base.word(),
        ])
        .to_string(),
        wave: wave.clone(),
        scope: variable.scope,
        item: item.clone(),
        by: group.by.clone(),
        group: group.name.clone(),
        statistic: statistic.clone(),
        base,
        estimate: number.estimate,
        se: number.se,
        ci_low: number.ci.map(|ci| ci.0),
        ci_high: number.ci.map(|ci| ci.1),
        ci_method: number.ci_method.to_owned(),
        df: number.df,
        deff: number.deff,
        n: Some(number.n as i64),
        n_eff: number.n_eff,
        population: number.population,
        reliability: number.reliability,
        suppressed: number.estimate.is_none(),
        p: None,
        p_adjusted: None,
        p_fdr: None,
    }
}
