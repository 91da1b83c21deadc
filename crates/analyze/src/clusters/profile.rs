//! What the organisations of a type are like: domains, axes, obstacles, support, sector and size.

use super::Shown;
use crate::choices::chosen_options;
use crate::estimates::number;
use crate::sample::{Group, Sample};
use crate::types::Classified;
use crate::typology::{Matrix, naming};
use crate::variable::{Measure, Variable};
use nulmeting_study::tables::{ALL, TypeProfile, Typing};
use nulmeting_study::words::{Base, Scope};
use nulmeting_study::{Framework, Study, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// Topics of questions that a type is described by.
const TOPICS: [&str; 2] = ["obstacle", "support"];

/// A number per organisation that a type is described by.
struct Trait {
    scope: &'static str,
    item: String,
    statistic: &'static str,
    measure: Measure,
    values: Vec<Option<f64>>,
}

/// Describes the types by rule and the clusters that are laid beside them.
///
/// Missing: an organisation without a type, or without the value, leaves the number's base.
/// Absent: the values of a type with fewer organisations than the study's minimum under it; where that is the only
/// type withheld, those of the next smallest type too, because the withheld one would follow from the whole.
/// Method: design-based estimates of the type as a domain, as [`crate::estimates::number`].
pub fn profiles(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    variables: &[Variable],
    tally: &Tally,
    classified: &[Classified],
    shown: Option<&Shown>,
) -> Vec<TypeProfile> {
    let traits = traits(study, framework, sample, variables, tally);
    let by_rule: Vec<Option<usize>> = classified
        .iter()
        .map(|own| {
            framework
                .types
                .iter()
                .position(|kind| Some(&kind.code) == own.code.as_ref())
        })
        .collect();
    let codes: Vec<String> = framework.types.iter().map(|kind| kind.code.clone()).collect();
    let mut rows = described(study, framework, sample, &traits, Typing::Rule, &codes, &by_rule);
    if let Some(shown) = shown {
        let place = |name: &String| shown.places.get(name).map(|place| place.cluster);
        let clusters: Vec<Option<usize>> = sample.organisations.iter().map(place).collect();
        let codes: Vec<String> = (1..=shown.k).map(|cluster| cluster.to_string()).collect();
        rows.extend(described(
            study,
            framework,
            sample,
            &traits,
            Typing::Cluster,
            &codes,
            &clusters,
        ));
    }
    rows
}

fn traits(study: &Study, framework: &Framework, sample: &Sample, variables: &[Variable], tally: &Tally) -> Vec<Trait> {
    let mut traits = Vec::new();
    for variable in variables {
        let scope = match variable.scope {
            Scope::Domain => "domain",
            Scope::All => "all",
            Scope::Axis if framework.axes.iter().any(|axis| axis.code == variable.item) => "axis",
            _ => continue,
        };
        let statistic = match variable.statistic.as_str() {
            "mean_level" => "mean_level",
            "share_meeting" => "share_meeting",
            _ => continue,
        };
        traits.push(Trait {
            scope,
            item: variable.item.clone(),
            statistic,
            measure: variable.measure,
            values: variable.values.clone(),
        });
    }
    for (question, option, values) in chosen_options(study, framework, sample, tally, &TOPICS) {
        traits.push(Trait {
            scope: "question",
            item: format!("{question}.{option}"),
            statistic: "share",
            measure: Measure::Share,
            values,
        });
    }
    let sectors: Vec<Option<&str>> = sample.sector.iter().map(|sector| Some(sector.as_str())).collect();
    let classes: Vec<Option<&str>> = sample.size.iter().map(Option::as_deref).collect();
    for (scope, values) in [("sector", sectors), ("size", classes)] {
        for name in values.iter().copied().flatten().collect::<BTreeSet<_>>() {
            let inside = |own: &Option<&str>| own.map(|own| f64::from(u8::from(own == name)));
            traits.push(Trait {
                scope,
                item: name.to_owned(),
                statistic: "share",
                measure: Measure::Share,
                values: values.iter().map(inside).collect(),
            });
        }
    }
    traits.push(Trait {
        scope: "pupils",
        item: ALL.into(),
        statistic: "mean_pupils",
        measure: Measure::Level,
        values: sample.pupils.clone(),
    });
    traits
}

fn described(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    traits: &[Trait],
    typing: Typing,
    codes: &[String],
    types: &[Option<usize>],
) -> Vec<TypeProfile> {
    let minimum = study.disclosure.minimum;
    let withheld = withheld(codes.len(), types, minimum);
    let apart = differences(traits, types);
    let mut rows = Vec::new();
    for (kind, code) in codes.iter().enumerate() {
        let group = Group {
            by: "type".into(),
            name: code.clone(),
            member: types.iter().map(|own| *own == Some(kind)).collect(),
        };
        let mut row =
            |scope: &str, item: &str, statistic: &str, base: Base, found: crate::estimates::Number, hide: bool| {
                let n = found.n as i64;
                let suppressed = hide || n < minimum || found.estimate.is_none();
                let wave = &sample.wave;
                rows.push(TypeProfile {
                    id: format!("{wave}/{typing}/{code}/{scope}/{item}/{statistic}/{base}"),
                    wave: wave.clone(),
                    typing,
                    r#type: code.clone(),
                    scope: scope.to_owned(),
                    item: item.to_owned(),
                    statistic: statistic.to_owned(),
                    base,
                    estimate: found.estimate.filter(|_| !suppressed),
                    ci_low: found.ci.filter(|_| !suppressed).map(|ci| ci.0),
                    ci_high: found.ci.filter(|_| !suppressed).map(|ci| ci.1),
                    ci_method: found.ci_method.to_owned(),
                    n,
                    difference: apart
                        .get(&(kind, item))
                        .copied()
                        .filter(|_| !suppressed && scope == "domain"),
                    suppressed,
                });
            };
        // How many there are: of all organisations that have a type, and of their pupils.
        let everyone = Group {
            by: ALL.into(),
            name: ALL.into(),
            member: vec![true; sample.len()],
        };
        let of_type: Vec<Option<f64>> = types
            .iter()
            .map(|own| own.map(|own| f64::from(u8::from(own == kind))))
            .collect();
        for base in Base::ALL {
            let found = number(sample, &everyone, &of_type, Measure::Share, *base, None);
            row("all", ALL, "share_type", *base, found, false);
        }
        for own in traits {
            let scale = (own.statistic == "mean_level").then(|| framework.scale()).flatten();
            let found = number(sample, &group, &own.values, own.measure, Base::Organisations, scale);
            row(
                own.scope,
                &own.item,
                own.statistic,
                Base::Organisations,
                found,
                withheld[kind],
            );
        }
    }
    rows
}

/// Which types are withheld as a whole.
fn withheld(types: usize, own: &[Option<usize>], minimum: i64) -> Vec<bool> {
    let size = |kind: usize| own.iter().filter(|own| **own == Some(kind)).count() as i64;
    let sizes: Vec<i64> = (0..types).map(size).collect();
    let mut withheld: Vec<bool> = sizes.iter().map(|size| *size < minimum).collect();
    let small = sizes.iter().filter(|size| **size > 0 && **size < minimum).count();
    if small == 1 {
        let left = (0..types).filter(|&kind| !withheld[kind]);
        if let Some(next) = left.min_by_key(|&kind| (sizes[kind], kind)) {
            withheld[next] = true;
        }
    }
    withheld
}

/// How far each type stands above the others on each domain, in pooled standard deviations.
fn differences<'a>(traits: &'a [Trait], types: &[Option<usize>]) -> BTreeMap<(usize, &'a str), f64> {
    let mut found = BTreeMap::new();
    let typed: Vec<usize> = (0..types.len()).filter(|&row| types[row].is_some()).collect();
    // Types without organisations have no number in a division.
    let present: Vec<usize> = typed
        .iter()
        .filter_map(|&row| types[row])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let clustering: Vec<usize> = typed
        .iter()
        .filter_map(|&row| present.iter().position(|kind| Some(*kind) == types[row]))
        .collect();
    let statistic = if traits.iter().any(|own| own.statistic == "mean_level") {
        "mean_level"
    } else {
        "share_meeting"
    };
    for own in traits
        .iter()
        .filter(|own| own.scope == "domain" && own.statistic == statistic)
    {
        let column: Vec<Vec<Option<f64>>> = typed.iter().map(|&row| vec![own.values[row]]).collect();
        let apart = Matrix::new(&column).and_then(|matrix| naming::differences(&matrix, &clustering));
        for (kind, own_differences) in present.iter().zip(apart.unwrap_or_default()) {
            if let Some(difference) = own_differences.first() {
                found.insert((*kind, own.item.as_str()), difference.standardised);
            }
        }
    }
    found
}
