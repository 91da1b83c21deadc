//! From a published number back to the answers under it.
//!
//! What is shown is enough to make the number again by hand: every organisation in its base with its weight and its
//! value, the levels that the value comes from, and the cells of the exports that the levels come from. Standard errors,
//! intervals and tests are not taken apart: the definitions say how they are computed.

mod base;
mod change;
mod kinds;
mod meaning;
mod wave;

pub use base::{Cell, Explained, Levelled, Rule, Under};

use crate::sample::Sample;
use crate::variable::Measure;
use base::{again, cell, levelled};
use nulmeting_study::estimate_id::Published;
use nulmeting_study::tables::{Answer, Level, Organisation, Source, Succession};
use nulmeting_study::words::{Assessor, Base};
use nulmeting_study::{Analysed, EstimateId, Framework, Record, Study, Values};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wave::Wave;

/// Ids that are named when one is not found.
const NEAR: usize = 3;

/// The tables that numbers are traced in.
#[derive(Clone, Copy)]
pub struct Tables<'a> {
    /// The study.
    pub study: &'a Study,
    /// Framework by wave.
    pub frameworks: &'a BTreeMap<String, Framework>,
    /// Sample by wave.
    pub samples: &'a BTreeMap<String, Sample>,
    /// Files that were read.
    pub sources: &'a [Source],
    /// Organisations of all waves.
    pub organisations: &'a [Organisation],
    /// Mergers, splits and new numbers.
    pub history: &'a [Succession],
    /// Answers.
    pub answers: &'a [Answer],
    /// Levels.
    pub levels: &'a [Level],
    /// The tables of published numbers.
    pub analysed: &'a Analysed,
}

/// An id that cannot be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untraced {
    /// No row has the id.
    #[error(
        "no number has the id `{id}`; expected wave/scope/item/by/group/statistic/base, or the column `id` of a table\n  at   {id}\n  hint ids that are like it: {near}"
    )]
    Unknown {
        /// The id.
        id: String,
        /// Ids that are like it, in backticks.
        near: String,
    },
    /// The tables are not of one run.
    #[error(
        "number `{id}` cannot be traced; expected tables of one run\n  at   {id}\n  hint make them again with `nulmeting run`"
    )]
    OtherTables {
        /// The id.
        id: String,
    },
}

/// What is explained, before it is looked up who is under it.
struct Question<'w> {
    id: String,
    table: &'static str,
    number: Map<String, Value>,
    column: &'static str,
    withheld: bool,
    rule: Rule,
    value: String,
    wave: &'w Wave<'w>,
    /// Organisations with the value of each.
    cases: Vec<(String, f64)>,
    norms: Vec<String>,
    options: Vec<(String, String)>,
    /// Whose levels are shown; absent: those that feed the scores.
    assessors: Option<Vec<Assessor>>,
}

/// Explains the numbers with these ids, in their order.
///
/// Errors: an id that no row has, with ids that are like it; tables that are not of one run.
pub fn explain(tables: &Tables<'_>, ids: &[String]) -> Result<Vec<Explained>, Untraced> {
    let waves: BTreeMap<&str, Wave<'_>> = tables
        .frameworks
        .iter()
        .map(|(name, framework)| (name.as_str(), Wave::new(tables, name, framework)))
        .collect();
    let trace = Trace {
        tables,
        waves: &waves,
        rows: kinds::rows(tables, ids),
        pairs: change::Pairs::default(),
    };
    ids.iter().map(|id| trace.explain(id)).collect()
}

/// The tables with what is looked up in them more than once.
struct Trace<'w> {
    tables: &'w Tables<'w>,
    waves: &'w BTreeMap<&'w str, Wave<'w>>,
    rows: BTreeMap<String, kinds::Row<'w>>,
    pairs: change::Pairs<'w>,
}

impl<'w> Trace<'w> {
    fn explain(&self, id: &str) -> Result<Explained, Untraced> {
        let row = self.rows.get(id).ok_or_else(|| self.unknown(id))?;
        let untraced = || Untraced::OtherTables { id: id.to_owned() };
        self.row(row).ok_or_else(untraced)
    }

    /// Looks up who is under a number, and what they answered.
    fn answered(&self, question: Question<'w>) -> Explained {
        let mut organisations: Vec<Under> = Vec::new();
        if !question.withheld {
            let cases = question.cases.iter();
            organisations.extend(cases.filter_map(|(name, value)| under(&question, name, *value)));
        }
        let used: BTreeSet<&str> = organisations
            .iter()
            .flat_map(|row| row.levels.iter().flat_map(|level| &level.answers).chain(&row.answers))
            .map(|cell| cell.source.as_str())
            .collect();
        let sources = self
            .tables
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
            id: question.id,
            table: question.table,
            column: question.column,
            rule: question.rule,
            formula: question.rule.formula(),
            value: question.value,
            items: question.norms.iter().cloned().chain(options).collect(),
            withheld: question.withheld,
            again: if question.withheld {
                None
            } else {
                again(question.rule, &organisations)
            },
            organisations,
            sources,
            number: question.number,
            parts: Vec::new(),
        }
    }

    /// The error of an id that no row has, with ids that are like it.
    fn unknown(&self, id: &str) -> Untraced {
        let analysed = self.tables.analysed;
        let all = analysed.estimates.iter().map(|row| row.id.clone());
        let all = all.chain(analysed.choices.iter().map(|row| row.id.clone()));
        let all = all.chain(analysed.attention.iter().map(|row| EstimateId::of(row).to_string()));
        let parts: Vec<&str> = id.split('/').collect();
        let alike = |other: &String| other.split('/').zip(&parts).filter(|(a, b)| a == *b).count();
        let mut near: Vec<(usize, String)> = all.map(|other| (alike(&other), other)).collect();
        near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let near: Vec<String> = near.into_iter().take(NEAR).map(|(_, id)| format!("`{id}`")).collect();
        Untraced::Unknown {
            id: id.to_owned(),
            near: near.join(", "),
        }
    }
}

/// An organisation with its levels and answers; absent when it is not in the table of organisations.
fn under(question: &Question<'_>, name: &str, value: f64) -> Option<Under> {
    let wave = question.wave;
    let organisation = wave.organisations.get(name)?;
    let levels = question.norms.iter().flat_map(|norm| {
        let answers = wave
            .answers
            .get(&(name, norm.as_str(), ""))
            .map_or(&[][..], Vec::as_slice);
        let levels = wave.levels.get(&(name, norm.as_str())).into_iter().flatten();
        let shown = levels.filter(|level| match &question.assessors {
            Some(assessors) => assessors.contains(&level.assessor),
            None => level.used,
        });
        shown.map(|level| levelled(level, answers)).collect::<Vec<_>>()
    });
    let answers = question.options.iter().flat_map(|(code, option)| {
        let given = wave.answers.get(&(name, code.as_str(), option.as_str()));
        given.into_iter().flatten().map(|answer| cell(answer))
    });
    Some(Under {
        organisation: name.to_owned(),
        stratum: organisation.stratum.clone(),
        population: organisation.population,
        design_weight: organisation.design_weight,
        weight: organisation.weight.or(organisation.design_weight),
        pupils: organisation.pupils,
        value,
        levels: levels.collect(),
        answers: answers.collect(),
    })
}

/// The rule by which a kind of number is made per base.
fn rule_of(measure: Measure, base: Base) -> Rule {
    match (measure, base) {
        (Measure::Median, _) => Rule::Median,
        (_, Base::Organisations) => Rule::Mean,
        (_, Base::Pupils) => Rule::Ratio,
    }
}

/// The members of a group that have a value, and pupils where the base asks for them.
fn cases(sample: &Sample, member: &[bool], base: Base, values: &[Option<f64>]) -> Vec<(String, f64)> {
    let case = |(row, name): (usize, &String)| {
        let counted = base == Base::Organisations || sample.pupils[row].is_some_and(|pupils| pupils > 0.0);
        values[row]
            .filter(|_| counted && member[row])
            .map(|value| (name.clone(), value))
    };
    sample.organisations.iter().enumerate().filter_map(case).collect()
}

/// The id of a row, its table, and its columns as JSON.
fn named<R: Published>(row: &R) -> (String, &'static str, Map<String, Value>) {
    (EstimateId::of(row).to_string(), R::TABLE, row_json(row))
}

/// A row as JSON, column by column.
fn row_json<R: Record>(row: &R) -> Map<String, Value> {
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
