//! Tests between groups: all groups of a variable at once, each group against the rest of the sample, and each against
//! each of the others.
//!
//! A family is what a reader scans for differences at one go: all items and groups of one wave, scope, grouping and
//! statistic (or test). Within it p-values are adjusted twice: by Holm for who may not be wrong once, by Benjamini and
//! Hochberg for who accepts that some of what stands out is chance.

use crate::disclosure::{Cell, Withheld};
use crate::estimates::item_of;
use crate::sample::{Group, Sample};
use crate::variable::{Measure, Variable};
use nulmeting_study::framework::Test;
use nulmeting_study::tables::{ALL, Comparison, Estimate};
use nulmeting_study::words::{Base, Scope, TestKind};
use nulmeting_study::{Framework, Released, Study};
use nulmeting_survey::{Domain, GroupTest, benjamini_hochberg, holm, t_two_sided};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What a group is held against when it is held against all others together.
const REST: &str = "rest";

/// The p-value of the difference between a group and the rest of the sample.
///
/// Absent: without grouping, for a median, in a census, when either side has fewer organisations than the minimum, and
/// when the sample shows no spread: a difference without a standard error is not a certain one.
/// Method: difference of two domain means, or of two ratios per pupil, with their covariance; t with the degrees of
/// freedom of the sample less one.
/// Source: R `survey` `svyttest` on the group as 0 and 1.
pub fn against_rest(
    sample: &Sample,
    group: &Group,
    values: &[Option<f64>],
    measure: Measure,
    base: Base,
    minimum: i64,
) -> Option<f64> {
    if group.by == ALL || measure == Measure::Median {
        return None;
    }
    let size = |row: usize| match base {
        Base::Organisations => Some(1.0),
        Base::Pupils => sample.pupils[row].filter(|pupils| *pupils > 0.0),
    };
    let (own, rest) = sides(sample, group, minimum, |row| {
        values[row].is_some() && size(row).is_some()
    })?;
    let below: Vec<f64> = (0..values.len()).map(|row| size(row).unwrap_or(0.0)).collect();
    let above: Vec<f64> = values
        .iter()
        .zip(&below)
        .map(|(value, size)| value.unwrap_or(0.0) * size)
        .collect();
    let own = sample.design.linear_ratio(&above, &below, &own).ok()?;
    let rest = sample.design.linear_ratio(&above, &below, &rest).ok()?;
    let found = sample.design.contrast(&[(1.0, &own), (-1.0, &rest)]).ok()?;
    let se = found.se.filter(|se| *se > 0.0 && !found.census)?;
    (found.df > 1).then(|| t_two_sided(found.estimate / se, (found.df - 1) as f64))
}

/// The group and the rest, among the rows that count; none when either is too small to publish or has everyone.
fn sides(sample: &Sample, group: &Group, minimum: i64, counts: impl Fn(usize) -> bool) -> Option<(Domain, Domain)> {
    // A grouping by a variable that is not known of everyone compares with those of whom it is.
    let own = sample.design.domain_where(|row| counts(row) && group.member[row]);
    let others = |row: usize| !group.member[row] && sample.is_grouped(&group.by, row);
    let rest = sample.design.domain_where(|row| counts(row) && others(row));
    let enough = |domain: &Domain| domain.n() as i64 >= minimum.max(2);
    (enough(&own) && enough(&rest)).then_some((own, rest))
}

/// Fills in the adjusted p-values of all estimates of a wave that are published: what is withheld is in no family.
pub(crate) fn adjusted(rows: Released<Estimate>) -> Released<Estimate> {
    rows.completed(adjust)
}

/// Fills in the adjusted p-values of rows.
pub fn adjust(rows: &mut [Estimate]) {
    let mut families: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.p.is_some()) {
        let family = (
            row.wave.clone(),
            row.scope,
            row.by.clone(),
            row.statistic.clone(),
            row.base,
        );
        families.entry(family).or_default().push(place);
    }
    for places in families.into_values() {
        let p: Vec<f64> = places.iter().filter_map(|&place| rows[place].p).collect();
        for ((&place, holm), bh) in places.iter().zip(holm(&p)).zip(benjamini_hochberg(&p)) {
            (rows[place].p_adjusted, rows[place].p_fdr) = (Some(holm), Some(bh));
        }
    }
}

/// Tests how levels (or tests passed, or compliance) differ between groups, for every item that has them.
///
/// Shape: per variable and grouping first the test of all groups at once, then each group against the rest, then, for
/// domains and parts, each group against each other.
/// Absent: no row where a test cannot be made: a single group or class, a census, too few organisations; and none with
/// a group whose numbers are withheld.
/// Method: Rao-Scott on the levels of a norm or on yes and no; the rank test on levels and mean levels, organisations
/// counting alike; for pairs the t test on the difference of two means, with their covariance.
/// Source: R `survey` `svychisq` (F), `svyranktest`, `svyttest` on the two groups.
pub fn comparisons(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    variables: &[Variable],
    withheld: &Withheld,
) -> Vec<Comparison> {
    if sample.design.everyone().is_census() {
        return Vec::new();
    }
    let minimum = study.disclosure.minimum;
    let groups = sample.groups();
    let mut rows: Vec<Comparison> = variables
        .par_iter()
        .map(|variable| {
            let mut rows = Vec::new();
            for by in ["sector", "size"] {
                let published = |group: &&Group| group.by == by && is_open(sample, variable, group, withheld);
                let own: Vec<&Group> = groups.iter().filter(published).collect();
                if has_classes(framework, variable) {
                    rows.extend(association(sample, variable, by, &own, minimum));
                }
                if variable.statistic == "mean_level" {
                    rows.extend(own.iter().filter_map(|group| rank(sample, variable, group, minimum)));
                }
                if is_paired(framework, variable) {
                    rows.extend(pairs(sample, variable, &own, minimum));
                }
            }
            rows
        })
        .collect::<Vec<_>>()
        .concat();
    let mut families: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        families
            .entry((row.scope, row.by.clone(), row.test))
            .or_default()
            .push(place);
    }
    for places in families.into_values() {
        let p: Vec<f64> = places.iter().map(|&place| rows[place].p).collect();
        for ((&place, holm), bh) in places.iter().zip(holm(&p)).zip(benjamini_hochberg(&p)) {
            (rows[place].p_adjusted, rows[place].p_fdr) = (holm, bh);
        }
    }
    rows
}

/// Whether the numbers of a group are published.
fn is_open(sample: &Sample, variable: &Variable, group: &Group, withheld: &Withheld) -> bool {
    withheld.is_open(&Cell {
        wave: sample.wave.clone(),
        item: item_of(variable),
        base: Base::Organisations,
        by: group.by.clone(),
        group: group.name.clone(),
    })
}

/// Whether groups are compared pair by pair: what a sentence says of them, and not each of a hundred norms.
fn is_paired(framework: &Framework, variable: &Variable) -> bool {
    let statistic = match framework.test {
        Test::Levels => "mean_level",
        Test::PassFail => "share_meeting",
    };
    variable.statistic == statistic && matches!(variable.scope, Scope::All | Scope::Domain)
}

/// Whether a variable holds classes that are compared as such: the level of a norm, or whether a test or set is met.
fn has_classes(framework: &Framework, variable: &Variable) -> bool {
    match (variable.scope, variable.statistic.as_str()) {
        (Scope::Norm, "mean_level") => true,
        (Scope::Norm, "share_meeting") => framework.test == Test::PassFail,
        (_, "share_compliant") => true,
        _ => false,
    }
}

fn association(sample: &Sample, variable: &Variable, by: &str, groups: &[&Group], minimum: i64) -> Option<Comparison> {
    let group_of = |row: usize| groups.iter().position(|group| group.member[row]);
    let domain = sample
        .design
        .domain_where(|row| variable.values[row].is_some() && group_of(row).is_some());
    if (domain.n() as i64) < minimum {
        return None;
    }
    let rows = 0..variable.values.len();
    let own: Vec<usize> = rows.clone().map(|row| group_of(row).unwrap_or(0)).collect();
    let level: Vec<usize> = rows
        .map(|row| variable.values[row].map_or(0, |value| value as usize))
        .collect();
    let test = sample.design.association(&own, &level, &domain).ok()?;
    (test.p.is_finite() && test.df_numerator.is_finite()).then(|| Comparison {
        wave: sample.wave.clone(),
        scope: variable.scope,
        item: variable.item.clone(),
        by: by.to_owned(),
        group: ALL.to_owned(),
        against: ALL.to_owned(),
        test: TestKind::RaoScott,
        difference: None,
        se: None,
        statistic: test.f,
        df: test.df_numerator,
        df_denominator: Some(test.df_denominator),
        p: test.p,
        p_adjusted: test.p,
        p_fdr: test.p,
        n: domain.n() as i64,
    })
}

fn rank(sample: &Sample, variable: &Variable, group: &Group, minimum: i64) -> Option<Comparison> {
    let (own, rest) = sides(sample, group, minimum, |row| variable.values[row].is_some())?;
    let column: Vec<f64> = variable.values.iter().map(|value| value.unwrap_or(0.0)).collect();
    let test = sample.design.rank_test(&column, &rest, &own).ok()?;
    tested(sample, variable, group, REST, TestKind::Rank, &test, own.n() + rest.n())
}

/// The row of a test between two sides; nothing where neither side varies.
fn tested(
    sample: &Sample,
    variable: &Variable,
    group: &Group,
    against: &str,
    kind: TestKind,
    test: &GroupTest,
    n: usize,
) -> Option<Comparison> {
    let p = test.p.filter(|_| test.se > 0.0)?;
    Some(Comparison {
        wave: sample.wave.clone(),
        scope: variable.scope,
        item: variable.item.clone(),
        by: group.by.clone(),
        group: group.name.clone(),
        against: against.to_owned(),
        test: kind,
        difference: Some(test.difference),
        se: Some(test.se),
        statistic: test.t,
        df: test.df as f64,
        df_denominator: None,
        p,
        p_adjusted: p,
        p_fdr: p,
        n: n as i64,
    })
}

/// Each group against each other, with enough organisations in both.
fn pairs(sample: &Sample, variable: &Variable, groups: &[&Group], minimum: i64) -> Vec<Comparison> {
    let column: Vec<f64> = variable.values.iter().map(|value| value.unwrap_or(0.0)).collect();
    let domains: Vec<(&Group, Domain)> = groups
        .iter()
        .map(|group| {
            let counts = |row: usize| variable.values[row].is_some() && group.member[row];
            (*group, sample.design.domain_where(counts))
        })
        .filter(|(_, domain)| domain.n() as i64 >= minimum.max(2))
        .collect();
    let mut rows = Vec::new();
    for (place, (group, own)) in domains.iter().enumerate() {
        for (against, other) in &domains[place + 1..] {
            let Ok(test) = sample.design.t_test(&column, other, own) else {
                continue;
            };
            let n = own.n() + other.n();
            rows.extend(tested(sample, variable, group, &against.name, TestKind::Pair, &test, n));
        }
    }
    rows
}
