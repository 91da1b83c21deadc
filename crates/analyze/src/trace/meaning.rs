//! What the value of an organisation is, in words, and the norms that an item covers.

use crate::score::{axis_norms, items};
use nulmeting_study::words::Scope;
use nulmeting_study::{Framework, Study};
use std::collections::BTreeSet;

/// The norms that an item stands for.
pub(super) fn norms(study: &Study, framework: &Framework, scope: Scope, item: &str) -> Vec<String> {
    match scope {
        Scope::Norm => vec![item.to_owned()],
        Scope::Axis if item == "types" => all_axes(study, framework),
        Scope::Axis => axis_norms(study, framework, item),
        _ => items(framework)
            .into_iter()
            .find(|(name, _)| name == item)
            .map(|(_, norms)| norms)
            .unwrap_or_default(),
    }
}

/// The norms of all axes together: what a type by rule comes from.
pub(super) fn all_axes(study: &Study, framework: &Framework) -> Vec<String> {
    let axes = framework.axes.iter();
    let norms: BTreeSet<String> = axes.flat_map(|axis| axis_norms(study, framework, &axis.code)).collect();
    norms.into_iter().collect()
}

/// What the value of an organisation is, in words.
pub(super) fn meaning(statistic: &str, scope: Scope) -> String {
    let one = scope == Scope::Norm;
    let level = statistic.strip_prefix("share_level_");
    match statistic {
        "mean_level" | "median_level" if one => "the level of the norm".to_owned(),
        "mean_level" | "median_level" => "the mean level over the answered, applicable norms".to_owned(),
        "share_meeting" if one => "1 when the norm is at or above its target, else 0".to_owned(),
        "share_meeting" => "the share of the answered, applicable norms at or above target".to_owned(),
        "share_compliant" => "1 when every applicable norm is answered and at or above target, else 0".to_owned(),
        "share_not_applicable" => "1 when the norm does not apply, 0 when it was answered".to_owned(),
        _ => match level {
            Some(level) => {
                let (at, level) = match level.strip_suffix("_plus") {
                    Some(level) => ("at or above", level),
                    None => ("at", level),
                };
                match one {
                    true => {
                        format!("1 when the norm is {at} level {level}, else 0 (in a pass/fail wave: 1 when it passed)")
                    }
                    false => {
                        format!("the share of the answered norms {at} level {level} (in a pass/fail wave: that passed)")
                    }
                }
            }
            None => match statistic.strip_prefix("share_type_") {
                Some(code) => format!("1 when the organisation is of type {code}, else 0"),
                None => statistic.to_owned(),
            },
        },
    }
}
