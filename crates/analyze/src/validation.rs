//! Self-assessment against validation: how much higher organisations rate themselves than others do.
//!
//! This is another doubt than that of sampling, and no interval of an estimate holds it. The organisations that were
//! validated are not drawn from the register, so their difference is given for themselves, without weights.

use crate::Error;
use crate::estimates::LEVEL;
use crate::score::items;
use crate::survey::{Design, Sampling};
use nulmeting_study::framework::Test;
use nulmeting_study::tables::{Level, Validation};
use nulmeting_study::words::{Assessor, Scope, Status};
use nulmeting_study::{Framework, Study};
use std::collections::BTreeMap;

/// The differences of a wave, per domain and over all norms of a part.
///
/// Shape: one row per domain or part in which some organisation has both; none in a pass/fail wave.
/// Missing: a norm counts where the organisation has a level from both assessors.
/// Method: per organisation the mean of self-assessment less validated level over its norms with both; over
/// organisations the mean with a paired t interval, all counting alike.
pub fn validated(study: &Study, framework: &Framework, wave: &str, levels: &[Level]) -> Result<Vec<Validation>, Error> {
    if framework.test == Test::PassFail {
        return Ok(Vec::new());
    }
    let mut pairs: BTreeMap<&str, BTreeMap<&str, [Option<f64>; 2]>> = BTreeMap::new();
    let answered = levels
        .iter()
        .filter(|row| row.wave == wave && row.status == Status::Answered);
    for row in answered {
        let place = usize::from(row.assessor == Assessor::Validated);
        let norms = pairs.entry(&row.organisation).or_default();
        norms.entry(&row.norm).or_default()[place] = row.level.map(|level| level as f64);
    }
    let mut rows = Vec::new();
    for (item, norms) in items(framework) {
        let means: Vec<(f64, f64)> = pairs.values().filter_map(|own| both(own, &norms)).collect();
        if means.is_empty() {
            continue;
        }
        let scope = match framework.domain(&item) {
            Some(_) => Scope::Domain,
            None => Scope::All,
        };
        rows.push(row(study, wave, scope, item, &means)?);
    }
    Ok(rows)
}

/// The means of an organisation over the norms for which it has both levels.
fn both(own: &BTreeMap<&str, [Option<f64>; 2]>, norms: &[String]) -> Option<(f64, f64)> {
    let found: Vec<(f64, f64)> = norms
        .iter()
        .filter_map(|norm| own.get(norm.as_str()).and_then(|[own, validated]| own.zip(*validated)))
        .collect();
    let count = found.len() as f64;
    let (own, validated) = found
        .iter()
        .fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    (!found.is_empty()).then(|| (own / count, validated / count))
}

fn row(study: &Study, wave: &str, scope: Scope, item: String, means: &[(f64, f64)]) -> Result<Validation, Error> {
    let fault = |cause| Error::Design {
        wave: wave.to_owned(),
        cause,
    };
    let shown = means.len() as i64 >= study.disclosure.minimum;
    let mut row = Validation {
        wave: wave.to_owned(),
        scope,
        item,
        level_self: None,
        level_validated: None,
        difference: None,
        se: None,
        ci_low: None,
        ci_high: None,
        df: None,
        n: means.len() as i64,
        suppressed: !shown,
    };
    // One pair has a difference and no spread; it is below every minimum that makes sense, and is not shown either.
    if !shown || means.len() < 2 {
        row.suppressed = true;
        return Ok(row);
    }
    let design = Design::new(&Sampling {
        rows: means.len(),
        weights: Some(vec![Some(1.0); means.len()]),
        ..Sampling::default()
    })
    .and_then(|design| design.with_level(LEVEL))
    .map_err(fault)?;
    let mean = |value: &dyn Fn(&(f64, f64)) -> f64| {
        let column: Vec<f64> = means.iter().map(value).collect();
        design.mean(&column, &design.everyone()).map_err(fault)
    };
    let difference = mean(&|(own, validated)| own - validated)?;
    row.level_self = Some(mean(&|(own, _)| *own)?.estimate);
    row.level_validated = Some(mean(&|(_, validated)| *validated)?.estimate);
    row.difference = Some(difference.estimate);
    row.se = difference.se;
    (row.ci_low, row.ci_high) = difference.ci.map(|ci| (ci.low, ci.high)).unzip();
    row.df = Some(difference.df as f64);
    Ok(row)
}
