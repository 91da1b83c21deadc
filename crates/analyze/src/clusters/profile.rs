//! What the organisations of a type are like: domains, axes, obstacles, support, sector and size.

use super::Shown;
use crate::choices::chosen_options;
use crate::disclosure::{Cell, Evidence, Guarded, is_dominated, question_item};
use crate::estimates::{item_of, number};
use crate::sample::{Group, Sample};
use crate::types::Classified;
use crate::variable::{Measure, Variable};
use nulmeting_counts::Tally;
use nulmeting_study::tables::{ALL, TypeProfile, Typing};
use nulmeting_study::words::{Base, Scope};
use nulmeting_study::{EstimateId, Framework, Study};
use nulmeting_typology::{Matrix, naming};
use std::collections::{BTreeMap, BTreeSet};

/// Topics of questions that a type is described by.
const TOPICS: [&str; 2] = ["obstacle", "support"];

/// A number per organisation that a type is described by.
struct Trait {
    scope: &'static str,
    item: String,
    statistic: &'static str,
    /// Item and statistic under which it stands in disclosure control.
    cell: (String, String),
    measure: Measure,
    values: Vec<Option<f64>>,
}

/// Describes the types by rule and the clusters that are laid beside them.
///
/// Missing: an organisation without a type, or without the value, leaves the number's base.
/// Absent: what disclosure control withholds. Types are groups of the same items as those of `estimates` and `choices`:
/// what is withheld of one must not follow from the whole and the others.
/// Method: design-based estimates of the type as a domain, as [`crate::estimates::number`].
pub fn profiles(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    variables: &[Variable],
    tally: &Tally,
    classified: &[Classified],
    shown: Option<&Shown>,
) -> Vec<Guarded<TypeProfile>> {
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

/// The cell that tells how the organisations of a sector or size class are spread over types: a share of a type that is
/// in the class says the same.
fn crossed(sample: &Sample, typing: Typing, by: &str, class: &str) -> Cell {
    Cell {
        wave: sample.wave.clone(),
        item: match typing {
            Typing::Rule => "axis/types".to_owned(),
            Typing::Cluster => "axis/clusters".to_owned(),
        },
        base: Base::Organisations,
        by: by.to_owned(),
        group: class.to_owned(),
    }
}

/// The evidence of what is told beside the rows themselves, or follows from them: what protects them must know of it.
///
/// Shape: clusters by sector and size class, which cross as types by rule do in `estimates`; the pupils of all; and the
/// numbers by type that `changes` has besides.
pub fn beside(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    variables: &[Variable],
    classified: &[Classified],
    shown: Option<&Shown>,
) -> Vec<Evidence> {
    let gather = |group: &Group, item: &str, statistic: &str, values: &[Option<f64>], measure, base| {
        let scale = framework.scale();
        Evidence::gather(
            &study.disclosure,
            sample,
            group,
            item,
            statistic,
            values,
            measure,
            base,
            scale,
        )
    };
    let groups = sample.groups();
    let mut found = Vec::new();
    for (place, group) in shown
        .iter()
        .flat_map(|shown| (0..shown.k).flat_map(|k| groups.iter().map(move |own| (k, own))))
    {
        let inside = |name: &String| {
            let own = shown.and_then(|shown| shown.places.get(name))?;
            Some(f64::from(u8::from(own.cluster == place)))
        };
        let values: Vec<Option<f64>> = sample.organisations.iter().map(inside).collect();
        let statistic = format!("share_type_{}", place + 1);
        found.push(gather(
            group,
            "axis/clusters",
            &statistic,
            &values,
            Measure::Share,
            Base::Organisations,
        ));
    }
    let mut pupils = gather(
        &groups[0],
        "pupils",
        "mean_pupils",
        &sample.pupils,
        Measure::Level,
        Base::Organisations,
    );
    let most = sample.pupils.iter().flatten().copied().fold(1.0, f64::max);
    pupils.range = Some((0.0, most));
    found.push(pupils);
    let pass = framework.pass_level.map(|level| format!("share_level_{level}_plus"));
    let told = |variable: &&Variable| {
        let own = variable.statistic.as_str();
        variable.scope != Scope::Norm
            && (matches!(own, "mean_level" | "share_meeting" | "share_compliant") || Some(own) == pass.as_deref())
    };
    for kind in &framework.types {
        let group = Group {
            by: "type".to_owned(),
            name: kind.code.clone(),
            member: classified
                .iter()
                .map(|own| own.code.as_ref() == Some(&kind.code))
                .collect(),
        };
        for variable in variables.iter().filter(told) {
            for base in Base::ALL {
                let values = &variable.values;
                found.push(gather(
                    &group,
                    &item_of(variable),
                    &variable.statistic,
                    values,
                    variable.measure,
                    *base,
                ));
            }
        }
    }
    found
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
            cell: (format!("{scope}/{}", variable.item), statistic.to_owned()),
            measure: variable.measure,
            values: variable.values.clone(),
        });
    }
    for (question, option, values) in chosen_options(study, framework, sample, tally, &TOPICS) {
        traits.push(Trait {
            scope: "question",
            item: format!("{question}.{option}"),
            statistic: "share",
            cell: (
                question_item(framework, &question),
                format!("{question}.{option}/share"),
            ),
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
                cell: (scope.to_owned(), name.to_owned()),
                measure: Measure::Share,
                values: values.iter().map(inside).collect(),
            });
        }
    }
    traits.push(Trait {
        scope: "pupils",
        item: ALL.into(),
        statistic: "mean_pupils",
        cell: ("pupils".to_owned(), "mean_pupils".to_owned()),
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
) -> Vec<Guarded<TypeProfile>> {
    let apart = differences(traits, types);
    let by = match typing {
        Typing::Rule => "type",
        Typing::Cluster => "cluster",
    };
    let everyone = Group {
        by: ALL.into(),
        name: ALL.into(),
        member: vec![true; sample.len()],
    };
    let mut rows = Vec::new();
    for (kind, code) in codes.iter().enumerate() {
        let group = Group {
            by: by.into(),
            name: code.clone(),
            member: types.iter().map(|own| *own == Some(kind)).collect(),
        };
        let row = |scope: &str, item: &str, statistic: &str, base: Base, found: crate::estimates::Number| {
            let wave = &sample.wave;
            TypeProfile {
                id: EstimateId::of_key::<TypeProfile>(&[
                    wave,
                    typing.word(),
                    code,
                    scope,
                    item,
                    statistic,
                    base.word(),
                ])
                .to_string(),
                wave: wave.clone(),
                typing,
                r#type: code.clone(),
                scope: scope.to_owned(),
                item: item.to_owned(),
                statistic: statistic.to_owned(),
                base,
                estimate: found.estimate,
                ci_low: found.ci.map(|ci| ci.0),
                ci_high: found.ci.map(|ci| ci.1),
                ci_method: found.ci_method.to_owned(),
                n: Some(found.n as i64),
                difference: apart.get(&(kind, item)).copied().filter(|_| scope == "domain"),
                suppressed: found.estimate.is_none(),
            }
        };
        // How many there are: of all organisations that have a type, and of their pupils.
        let of_type: Vec<Option<f64>> = types
            .iter()
            .map(|own| own.map(|own| f64::from(u8::from(own == kind))))
            .collect();
        for base in Base::ALL {
            let found = number(sample, &everyone, &of_type, Measure::Share, *base, None);
            let (item, statistic) = (format!("{by}s"), format!("share_type_{code}"));
            let evidence = Evidence::gather(
                &study.disclosure,
                sample,
                &everyone,
                &item,
                &statistic,
                &of_type,
                Measure::Share,
                *base,
                None,
            );
            rows.push(Guarded::new(row("all", ALL, "share_type", *base, found), evidence));
        }
        for own in traits {
            let scale = (own.statistic == "mean_level").then(|| framework.scale()).flatten();
            let base = Base::Organisations;
            let found = number(sample, &group, &own.values, own.measure, base, scale);
            let mut evidence = Evidence::gather(
                &study.disclosure,
                sample,
                &group,
                &own.cell.0,
                &own.cell.1,
                &own.values,
                own.measure,
                base,
                scale,
            );
            if own.scope == "pupils" {
                // With what all of them have, the pupils of a few are known, and with those who they are.
                let most = sample.pupils.iter().flatten().copied().fold(1.0, f64::max);
                evidence.range = Some((0.0, most));
                // A mean of pupils is carried by its largest organisations as a number per pupil is.
                let parts: Vec<f64> = (0..sample.len())
                    .filter(|&row| group.member[row])
                    .filter_map(|row| Some(sample.design.weights()[row] * sample.pupils[row]?))
                    .collect();
                evidence.dominated = is_dominated(&study.disclosure.dominance, &parts);
            }
            let row = Guarded::new(row(own.scope, &own.item, own.statistic, base, found), evidence);
            let classes = ["sector", "size"].into_iter().filter(|by| *by == own.scope);
            rows.push(row.also(classes.map(|by| crossed(sample, typing, by, &own.item))));
        }
    }
    rows
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
