//! The variables that are estimated: one value per organisation for every item and statistic.

use crate::sample::Sample;
use crate::score::{Profile, axis_norms, items, profiles, summary_of};
use crate::types::Classified;
use nulmeting_study::framework::Test;
use nulmeting_study::tables::Level;
use nulmeting_study::words::{Scope, Status};
use nulmeting_study::{Framework, Study};

/// What kind of number a variable estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A mean on the framework's scale.
    Level,
    /// A share from 0 to 1: the mean of a share or of yes and no.
    Share,
    /// The middle organisation's value on the framework's scale.
    Median,
}

/// A value per organisation, to be estimated for the whole register.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// What it is about.
    pub scope: Scope,
    /// Norm, domain, axis or part.
    pub item: String,
    /// Name of the statistic.
    pub statistic: String,
    /// Kind of number.
    pub measure: Measure,
    /// One entry per organisation of the sample; absent where the organisation leaves the base.
    pub values: Vec<Option<f64>>,
}

/// All variables of a wave, norms first, then domains, parts and axes.
pub fn variables(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    levels: &[Level],
    types: &[Classified],
) -> Vec<Variable> {
    let known = profiles(levels);
    let empty = Profile::new();
    let rows: Vec<&Profile<'_>> = sample
        .organisations
        .iter()
        .map(|organisation| {
            known
                .get(&(sample.wave.as_str(), organisation.as_str()))
                .unwrap_or(&empty)
        })
        .collect();
    let mut variables = Vec::new();
    for norm in &framework.norms {
        norm_variables(framework, &norm.code, &rows, &mut variables);
    }
    for (item, norms) in items(framework) {
        let scope = if framework.domain(&item).is_some() {
            Scope::Domain
        } else {
            Scope::All
        };
        set_variables(study, framework, scope, &item, &norms, &rows, &mut variables);
    }
    for axis in &framework.axes {
        let norms = axis_norms(study, framework, &axis.code);
        set_variables(study, framework, Scope::Axis, &axis.code, &norms, &rows, &mut variables);
    }
    variables.extend(types_of(framework, types));
    variables
}

/// The variables of one item on a list of norms, in the order of the rows; none without a norm.
pub(crate) fn of_item(
    study: &Study,
    framework: &Framework,
    rows: &[&Profile<'_>],
    scope: Scope,
    item: &str,
    norms: &[String],
) -> Vec<Variable> {
    let mut variables = Vec::new();
    match (scope, norms) {
        (_, []) => {}
        (Scope::Norm, [norm, ..]) => norm_variables(framework, norm, rows, &mut variables),
        _ => set_variables(study, framework, scope, item, norms, rows, &mut variables),
    }
    variables
}

/// Whether each organisation is of a type, type by type.
pub(crate) fn types_of(framework: &Framework, types: &[Classified]) -> Vec<Variable> {
    let of_type = |kind: &nulmeting_study::framework::TypeName| Variable {
        scope: Scope::Axis,
        item: "types".to_owned(),
        statistic: format!("share_type_{}", kind.code),
        measure: Measure::Share,
        values: types
            .iter()
            .map(|own| own.code.as_ref().map(|code| yes(*code == kind.code)))
            .collect(),
    };
    framework.types.iter().map(of_type).collect()
}

fn yes(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// The variables of one norm.
fn norm_variables(framework: &Framework, norm: &str, rows: &[&Profile<'_>], variables: &mut Vec<Variable>) {
    // Looked up once, not once for every statistic.
    let levels: Vec<Option<&Level>> = rows.iter().map(|profile| profile.get(norm).copied()).collect();
    let of = |value: &dyn Fn(&Level) -> Option<f64>| -> Vec<Option<f64>> {
        levels.iter().map(|level| level.and_then(value)).collect()
    };
    let mut push = |statistic: String, measure, values| {
        variables.push(Variable {
            scope: Scope::Norm,
            item: norm.to_owned(),
            statistic,
            measure,
            values,
        });
    };
    let answered = |level: &Level| level.status == Status::Answered;
    push(
        "share_meeting".into(),
        Measure::Share,
        of(&|level| level.meets_target.filter(|_| answered(level)).map(yes)),
    );
    push(
        "share_not_applicable".into(),
        Measure::Share,
        of(&|level| match level.status {
            Status::NotApplicable => Some(1.0),
            Status::Answered => Some(0.0),
            _ => None,
        }),
    );
    let at_least = |limit: i64| of(&move |level| level.level.map(|value| yes(value >= limit)));
    match framework.test {
        // The test of a pass/fail version is the level that the codebook says it equals, and only that compares.
        Test::PassFail => {
            if let Some(limit) = framework.pass_level {
                let passed = of(&|level| level.meets_target.filter(|_| answered(level)).map(yes));
                push(format!("share_level_{limit}_plus"), Measure::Share, passed);
            }
        }
        Test::Levels => {
            let number = of(&|level| level.level.map(|value| value as f64));
            push("mean_level".into(), Measure::Level, number.clone());
            push("median_level".into(), Measure::Median, number);
            for name in &framework.levels {
                let at = of(&|level| level.level.map(|value| yes(value == name.number)));
                push(format!("share_level_{}", name.number), Measure::Share, at);
            }
            if let Some(limit) = framework.pass_level {
                push(format!("share_level_{limit}_plus"), Measure::Share, at_least(limit));
            }
        }
    }
}

/// The variables of a set of norms: a domain, a part or an axis.
fn set_variables(
    study: &Study,
    framework: &Framework,
    scope: Scope,
    item: &str,
    norms: &[String],
    rows: &[&Profile<'_>],
    variables: &mut Vec<Variable>,
) {
    let minimum = study.scores.minimum_answered;
    // Looked up once, not once for every statistic.
    let levels: Vec<Vec<Option<&Level>>> = rows
        .iter()
        .map(|profile| norms.iter().map(|norm| profile.get(norm.as_str()).copied()).collect())
        .collect();
    let found: Vec<_> = levels.iter().map(|own| summary_of(own.iter().copied())).collect();
    let enough: Vec<bool> = found.iter().map(|summary| summary.is_enough(minimum)).collect();
    let mut push = |statistic: String, measure, values| {
        variables.push(Variable {
            scope,
            item: item.to_owned(),
            statistic,
            measure,
            values,
        });
    };
    let kept = |values: Vec<Option<f64>>| -> Vec<Option<f64>> {
        values
            .into_iter()
            .zip(&enough)
            .map(|(value, enough)| value.filter(|_| *enough))
            .collect()
    };
    push(
        "share_meeting".into(),
        Measure::Share,
        kept(found.iter().map(|s| s.share_meeting).collect()),
    );
    // An organisation that answered nothing at all of the set says nothing about complying with it.
    let compliant = found
        .iter()
        .map(|s| s.compliant().filter(|_| s.answered > 0).map(yes))
        .collect();
    push("share_compliant".into(), Measure::Share, compliant);
    if framework.test == Test::PassFail {
        if let Some(limit) = framework.pass_level {
            let passed = kept(found.iter().map(|s| s.share_meeting).collect());
            push(format!("share_level_{limit}_plus"), Measure::Share, passed);
        }
        return;
    }
    let means: Vec<Option<f64>> = kept(found.iter().map(|s| s.mean_level).collect());
    push("mean_level".into(), Measure::Level, means.clone());
    push("median_level".into(), Measure::Median, means);
    let own_share = |fits: &dyn Fn(i64) -> bool| -> Vec<Option<f64>> {
        let shares = levels.iter().map(|own| {
            let given = own.iter().filter_map(|level| level.as_ref()?.level);
            let (fitting, all) = given.fold((0, 0), |(fitting, all), level| {
                (fitting + usize::from(fits(level)), all + 1)
            });
            (all > 0).then(|| fitting as f64 / all as f64)
        });
        kept(shares.collect())
    };
    for name in &framework.levels {
        push(
            format!("share_level_{}", name.number),
            Measure::Share,
            own_share(&|level| level == name.number),
        );
    }
    if let Some(limit) = framework.pass_level {
        push(
            format!("share_level_{limit}_plus"),
            Measure::Share,
            own_share(&|level| level >= limit),
        );
    }
}
