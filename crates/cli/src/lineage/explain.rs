//! From a published number back to the answers under it.
//!
//! What is shown is enough to make the number again by hand: every organisation in its base with its weight and
//! its value, the levels that the value comes from, and the cells of the exports that the levels come from.
//! Standard errors and intervals are not taken apart here: how they are computed stands in the definitions.

mod under;

pub(crate) use under::{Cell, Explained};

use crate::exit::Failure;
use nulmeting_analyze::sample::{Group, Sample};
use nulmeting_analyze::score::{axis_norms, items, profiles, summary};
use nulmeting_analyze::variable::{Measure, variables};
use nulmeting_study::tables::{
    Answer, Attention, Change, Choice, Estimate, Level, Organisation, OrganisationType, Source,
};
use nulmeting_study::words::{AnswerKind, Base, Scope, Status};
use nulmeting_study::{Framework, Record, Study, Values};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use under::{Index, again};

/// Ids that are named when one is not found.
const NEAR: usize = 3;

/// The tables that explanations are looked up in.
pub(crate) struct Evidence<'a> {
    pub(crate) study: &'a Study,
    pub(crate) frameworks: &'a BTreeMap<String, Framework>,
    pub(crate) samples: &'a BTreeMap<String, Sample>,
    pub(crate) sources: &'a [Source],
    pub(crate) organisations: &'a [Organisation],
    pub(crate) answers: &'a [Answer],
    pub(crate) levels: &'a [Level],
    pub(crate) types: &'a [OrganisationType],
    pub(crate) estimates: &'a [Estimate],
    pub(crate) choices: &'a [Choice],
    pub(crate) attention: &'a [Attention],
    pub(crate) changes: &'a [Change],
}

/// What is explained, before it is looked up who is under it.
struct Question {
    table: &'static str,
    number: Map<String, Value>,
    column: &'static str,
    stated: Option<f64>,
    wave: String,
    by: String,
    group: String,
    base: Base,
    measure: Measure,
    values: Vec<Option<f64>>,
    value: String,
    norms: Vec<String>,
    options: Vec<(String, String)>,
}

/// Explains the number with an id.
///
/// Errors: no number has that id; the nearest ones are named.
pub(crate) fn explain(evidence: &Evidence<'_>, id: &str) -> Result<Explained, Failure> {
    if let Some(row) = evidence.changes.iter().find(|row| row.id == id) {
        return of_change(evidence, row);
    }
    let question = if let Some(row) = evidence.estimates.iter().find(|row| row.id == id) {
        of_estimate(evidence, row)
    } else if let Some(row) = evidence.choices.iter().find(|row| row.id == id) {
        of_choice(evidence, row)
    } else if let Some(row) = evidence.attention.iter().find(|row| attention_id(row) == id) {
        of_attention(evidence, row)
    } else {
        return Err(unknown(evidence, id));
    };
    let question = question.ok_or_else(|| {
        Failure::data(format!(
            "number `{id}` cannot be traced; expected tables of one run\n  at   {id}\n  hint make them again with `nulmeting run`"
        ))
    })?;
    Ok(answered(evidence, id, question))
}

/// The id of a row of the table of attention, which has none of its own.
pub(crate) fn attention_id(row: &Attention) -> String {
    format!("{}/attention/{}/{}", row.wave, row.scope, row.item)
}

fn of_estimate(evidence: &Evidence<'_>, row: &Estimate) -> Option<Question> {
    let (framework, sample) = (evidence.frameworks.get(&row.wave)?, evidence.samples.get(&row.wave)?);
    let (measure, values) = match row.statistic.strip_prefix("share_type_") {
        Some(code) => (Measure::Share, type_values(evidence, sample, code)),
        None => {
            let all = variables(evidence.study, framework, sample, evidence.levels, &[]);
            let own = all
                .into_iter()
                .find(|own| own.scope == row.scope && own.item == row.item && own.statistic == row.statistic)?;
            (own.measure, own.values)
        }
    };
    Some(Question {
        table: "estimates",
        number: row_json(row),
        column: "estimate",
        stated: row.estimate,
        wave: row.wave.clone(),
        by: row.by.clone(),
        group: row.group.clone(),
        base: row.base,
        measure,
        values,
        value: meaning(&row.statistic, row.scope),
        norms: norms(evidence.study, framework, row.scope, &row.item),
        options: Vec::new(),
    })
}

fn of_choice(evidence: &Evidence<'_>, row: &Choice) -> Option<Question> {
    let (framework, sample) = (evidence.frameworks.get(&row.wave)?, evidence.samples.get(&row.wave)?);
    let against = framework.question(&row.question)?.against.clone();
    let own = chosen(evidence, sample, &row.question, &row.option);
    let mut options = vec![(row.question.clone(), row.option.clone())];
    let (values, value) = match (row.statistic.as_str(), against) {
        ("gap", Some(against)) => {
            let other = chosen(evidence, sample, &against, &row.option);
            options.push((against, row.option.clone()));
            let gap = own.iter().zip(other).map(|(a, b)| Some((*a)? - b?)).collect();
            (
                gap,
                "1 or 0 for the option, less 1 or 0 for the option it is held against".to_owned(),
            )
        }
        _ => (own, "1 when the option was chosen, else 0".to_owned()),
    };
    Some(Question {
        table: "choices",
        number: row_json(row),
        column: "estimate",
        stated: row.estimate,
        wave: row.wave.clone(),
        by: row.by.clone(),
        group: row.group.clone(),
        base: row.base,
        measure: Measure::Share,
        values,
        value,
        norms: Vec::new(),
        options,
    })
}

fn of_attention(evidence: &Evidence<'_>, row: &Attention) -> Option<Question> {
    let (framework, sample) = (evidence.frameworks.get(&row.wave)?, evidence.samples.get(&row.wave)?);
    let all = nulmeting_study::tables::ALL;
    let (norms, values) = match row.scope.as_str() {
        "point" => {
            let point = framework.points.iter().find(|point| point.code == row.item)?;
            let norms: Vec<String> = framework
                .select(&point.norms)
                .iter()
                .map(|norm| norm.code.clone())
                .collect();
            let known = profiles(evidence.levels);
            let met = |name: &String| {
                let profile = known.get(&(row.wave.as_str(), name.as_str()))?;
                summary(profile, norms.iter().map(String::as_str)).share_meeting
            };
            let values = sample.organisations.iter().map(met).collect::<Vec<_>>();
            (norms, values)
        }
        scope => {
            let scope = if scope == "norm" { Scope::Norm } else { Scope::Domain };
            let own = variables(evidence.study, framework, sample, evidence.levels, &[])
                .into_iter()
                .find(|own| own.scope == scope && own.item == row.item && own.statistic == "share_meeting")?;
            (self::norms(evidence.study, framework, scope, &row.item), own.values)
        }
    };
    Some(Question {
        table: "attention",
        number: row_json(row),
        column: "share_below_target",
        stated: row.share_below_target,
        wave: row.wave.clone(),
        by: all.to_owned(),
        group: all.to_owned(),
        base: Base::Organisations,
        measure: Measure::Share,
        values: values
            .into_iter()
            .map(|met: Option<f64>| met.map(|met| 1.0 - met))
            .collect(),
        value: "1 less the share of the answered, applicable norms at or above target".to_owned(),
        norms,
        options: Vec::new(),
    })
}

/// Looks up who is under a number, and what they answered.
fn answered(evidence: &Evidence<'_>, id: &str, question: Question) -> Explained {
    let (rule, formula) = match (question.measure, question.base) {
        (Measure::Median, _) => (
            "median",
            "the lowest value at which the sum of weights reaches half of all weights",
        ),
        (_, Base::Organisations) => ("mean", "sum of weight * value / sum of weight"),
        (_, Base::Pupils) => ("ratio", "sum of weight * pupils * value / sum of weight * pupils"),
    };
    let withheld = question.stated.is_none();
    let mut organisations = Vec::new();
    if !withheld && let Some(sample) = evidence.samples.get(&question.wave) {
        let index = Index::new(evidence, &question);
        let member = sample
            .groups()
            .into_iter()
            .find(|group: &Group| group.by == question.by && group.name == question.group)
            .map(|group| group.member);
        for (row, name) in sample.organisations.iter().enumerate() {
            let inside = member.as_ref().is_some_and(|member| member[row]);
            let counted = question.base == Base::Organisations || sample.pupils[row].is_some_and(|pupils| pupils > 0.0);
            if let (true, true, Some(value)) = (inside, counted, question.values[row]) {
                organisations.extend(index.under(name, value, &question));
            }
        }
    }
    let used: BTreeSet<&str> = organisations
        .iter()
        .flat_map(|own| own.levels.iter().flat_map(|level| &level.answers).chain(&own.answers))
        .map(|cell| cell.source.as_str())
        .collect();
    let sources = evidence
        .sources
        .iter()
        .filter(|source| used.contains(source.source.as_str()))
        .map(|source| (source.source.clone(), source.sha256.clone()))
        .collect();
    let options = question
        .options
        .iter()
        .map(|(question, option)| format!("{question}.{option}"));
    Explained {
        id: id.to_owned(),
        table: question.table,
        column: question.column,
        rule,
        formula,
        value: question.value,
        items: question.norms.iter().cloned().chain(options).collect(),
        withheld,
        again: again(rule, &organisations),
        organisations,
        sources,
        number: question.number,
        parts: Vec::new(),
    }
}

/// Explains a change by the numbers of its two waves.
///
/// Errors: a change that is not the difference of two published numbers: one on the norms that two versions of the
/// framework share, or among returning boards only.
fn of_change(evidence: &Evidence<'_>, row: &Change) -> Result<Explained, Failure> {
    let id = |wave: &str| {
        format!(
            "{wave}/{}/{}/{}/{}/{}/{}",
            row.scope, row.item, row.by, row.group, row.statistic, row.base
        )
    };
    let mut parts = Vec::new();
    for (wave, stated) in [(&row.from_wave, row.from_estimate), (&row.to_wave, row.to_estimate)] {
        let id = id(wave);
        let published = evidence
            .estimates
            .iter()
            .find(|own| own.id == id)
            .and_then(|own| own.estimate);
        let is_it = stated
            .zip(published)
            .is_some_and(|(stated, published)| (stated - published).abs() < 1e-9);
        if stated.is_some() && !is_it {
            return Err(Failure::data(format!(
                "the {wave} side of this change is no published number of that wave: it rests on the norms that both versions of the framework share, or on returning boards only; expected a change between numbers of two waves\n  at   {}\n  hint explain a norm of it, whose sides are published",
                row.id
            )));
        }
        if stated.is_some() {
            parts.push(explain(evidence, &id)?);
        }
    }
    let again = match parts.as_slice() {
        [from, to] => to.again.zip(from.again).map(|(to, from)| to - from),
        _ => None,
    };
    Ok(Explained {
        id: row.id.clone(),
        table: "changes",
        number: row_json(row),
        column: "change",
        rule: "difference",
        formula: "the number of the later wave less that of the earlier wave",
        value: "see the number of each wave".to_owned(),
        items: vec![row.item.clone()],
        withheld: row.change.is_none(),
        again: again.filter(|_| row.change.is_some()),
        organisations: Vec::new(),
        sources: parts.iter().flat_map(|part| part.sources.clone()).collect(),
        parts: if row.change.is_some() { parts } else { Vec::new() },
    })
}

/// Whether each organisation chose an option; absent where it did not answer.
fn chosen(evidence: &Evidence<'_>, sample: &Sample, question: &str, option: &str) -> Vec<Option<f64>> {
    let holds: BTreeMap<&str, bool> = evidence
        .answers
        .iter()
        .filter(|row| row.wave == sample.wave && row.counts && row.kind == AnswerKind::Choice)
        .filter(|row| row.status == Status::Answered && row.item == question && row.option == option)
        .filter_map(|row| Some((row.organisation.as_str(), row.holds?)))
        .collect();
    let of = |name: &String| holds.get(name.as_str()).map(|holds| f64::from(u8::from(*holds)));
    sample.organisations.iter().map(of).collect()
}

fn type_values(evidence: &Evidence<'_>, sample: &Sample, code: &str) -> Vec<Option<f64>> {
    let types: BTreeMap<&str, &str> = evidence
        .types
        .iter()
        .filter(|row| row.wave == sample.wave)
        .filter_map(|row| Some((row.organisation.as_str(), row.r#type.as_deref()?)))
        .collect();
    let of = |name: &String| types.get(name.as_str()).map(|own| f64::from(u8::from(*own == code)));
    sample.organisations.iter().map(of).collect()
}

/// The norms that an item stands for.
fn norms(study: &Study, framework: &Framework, scope: Scope, item: &str) -> Vec<String> {
    match scope {
        Scope::Norm => vec![item.to_owned()],
        Scope::Axis if item == "types" => {
            let mut norms: BTreeSet<String> = BTreeSet::new();
            for axis in &framework.axes {
                norms.extend(axis_norms(study, framework, &axis.code));
            }
            norms.into_iter().collect()
        }
        Scope::Axis => axis_norms(study, framework, item),
        _ => items(framework)
            .into_iter()
            .find(|(name, _)| name == item)
            .map(|(_, norms)| norms)
            .unwrap_or_default(),
    }
}

/// What the value of an organisation is, in words.
fn meaning(statistic: &str, scope: Scope) -> String {
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

/// A row as JSON, column by column.
fn row_json<R: Record + Clone>(row: &R) -> Map<String, Value> {
    let table = R::table(std::slice::from_ref(row));
    let columns = table.schema.columns.iter().zip(&table.columns);
    columns
        .map(|(column, values)| {
            let value = match values {
                Values::Text(values) => json!(values[0]),
                Values::Integer(values) => json!(values[0]),
                Values::Double(values) => json!(values[0]),
                Values::Boolean(values) => json!(values[0]),
            };
            (column.name.to_owned(), value)
        })
        .collect()
}

/// The failure of an id that no number has, with ids that are like it.
fn unknown(evidence: &Evidence<'_>, id: &str) -> Failure {
    let all = evidence.estimates.iter().map(|row| row.id.clone());
    let all = all.chain(evidence.choices.iter().map(|row| row.id.clone()));
    let all = all.chain(evidence.attention.iter().map(attention_id));
    let parts: Vec<&str> = id.split('/').collect();
    let alike = |own: &String| own.split('/').zip(&parts).filter(|(a, b)| a == *b).count();
    let mut near: Vec<(usize, String)> = all.map(|own| (alike(&own), own)).collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let near: Vec<String> = near.into_iter().take(NEAR).map(|(_, id)| format!("`{id}`")).collect();
    Failure::usage(format!(
        "no number has the id `{id}`; expected wave/scope/item/by/group/statistic/base, as in the column `id` of the tables\n  at   {id}\n  hint ids that are like it: {}",
        near.join(", ")
    ))
}
