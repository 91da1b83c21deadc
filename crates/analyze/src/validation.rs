//! Self-assessment against validation: how much higher organisations rate themselves than others do.
//!
//! This is another doubt than that of sampling, and no interval of an estimate holds it. The organisations that were
//! validated are not drawn from the register, so their difference is given for themselves, without weights.

use crate::Error;
use crate::disclosure::{Cell, Evidence, Guarded, validation_item};
use crate::estimates::LEVEL;
use crate::score::items;
use nulmeting_study::Framework;
use nulmeting_study::framework::Test;
use nulmeting_study::tables::{ALL, Level, Validation};
use nulmeting_study::words::{Assessor, Base, Scope, Status};
use nulmeting_survey::{Design, Sampling};
use std::collections::BTreeMap;

/// The differences of a wave, per domain and over all norms of a part.
///
/// Shape: one row per domain or part in which some organisation has both; none in a pass/fail wave.
/// Missing: a norm counts where the organisation has a level from both assessors.
/// Method: per organisation the mean of self-assessment less validated level over its norms with both; over
/// organisations the mean with a paired t interval, all counting alike.
/// Absent: what disclosure control withholds.
pub fn validated(framework: &Framework, wave: &str, levels: &[Level]) -> Result<Vec<Guarded<Validation>>, Error> {
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
        let evidence = evidence(framework, wave, scope, &item, &means);
        rows.push(Guarded::new(row(wave, scope, item, &means)?, evidence));
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

/// How the validated level came about; that of self-assessment came about the same way.
fn evidence(framework: &Framework, wave: &str, scope: Scope, item: &str, means: &[(f64, f64)]) -> Evidence {
    Evidence {
        cell: Cell {
            wave: wave.to_owned(),
            item: validation_item(&format!("{scope}/{item}")),
            base: Base::Organisations,
            by: ALL.to_owned(),
            group: ALL.to_owned(),
        },
        statistic: "level_validated".to_owned(),
        range: framework.scale().map(|(low, high)| (low as f64, high as f64)),
        n: means.len(),
        weight: means.len() as f64,
        total: means.iter().map(|own| own.1).sum(),
        count: None,
        // One pair has a difference and no spread; it is below every minimum that makes sense, and not shown either.
        dominated: means.len() < 2,
        least: 0.0,
        part_of: Vec::new(),
        protect: None,
    }
}

fn row(wave: &str, scope: Scope, item: String, means: &[(f64, f64)]) -> Result<Validation, Error> {
    let fault = |cause| Error::Design {
        wave: wave.to_owned(),
        cause,
    };
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
        n: Some(means.len() as i64),
        suppressed: false,
    };
    if means.len() < 2 {
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
