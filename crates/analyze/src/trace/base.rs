//! The base of a number: the organisations under it with weight and value, their levels, and the cells of the exports
//! that the levels come from.

use nulmeting_study::tables::{Answer, Level};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How the values of organisations make a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The weighted mean.
    Mean,
    /// The weighted mean per pupil.
    Ratio,
    /// The weighted median.
    Median,
    /// The mean of organisations that all count alike.
    PlainMean,
    /// The middle of unweighted values, rounded to steps.
    Middle,
    /// How many organisations there are.
    Count,
    /// One number less another.
    Difference,
    /// The mean rank of one group less that of the other.
    RankDifference,
    /// By a method that takes all organisations together: the definitions say how.
    Method,
}

impl Rule {
    /// The rule as a formula.
    pub fn formula(self) -> &'static str {
        match self {
            Rule::Mean => "sum of weight * value / sum of weight",
            Rule::Ratio => "sum of weight * pupils * value / sum of weight * pupils",
            Rule::Median => "the lowest value at which the sum of weights reaches half of all weights",
            Rule::PlainMean => "sum of value / number of organisations",
            Rule::Middle => "the middle value, rounded to the steps of the band",
            Rule::Count => "number of organisations",
            Rule::Difference => "the second number less the first",
            Rule::RankDifference => {
                "the mean rank of the second group less that of the first, as shares of the sum of weights"
            }
            Rule::Method => "by the method that the definitions describe, from all organisations together",
        }
    }
}

/// A number with all that is under it.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// Its id.
    pub id: String,
    /// The table that it stands in.
    pub table: &'static str,
    /// Its row.
    pub number: Map<String, Value>,
    /// Which of the row's columns is made again below.
    pub column: &'static str,
    /// How the values make the number.
    pub rule: Rule,
    /// The same as a formula.
    pub formula: &'static str,
    /// What the value of an organisation is.
    pub value: String,
    /// The norms, or the question and option, that it is about.
    pub items: Vec<String>,
    /// Whether the number is withheld; then nothing is shown under it either.
    pub withheld: bool,
    /// The number made again from what is shown below; absent where no rule but the method itself makes it.
    pub again: Option<f64>,
    /// The organisations in its base.
    pub organisations: Vec<Under>,
    /// Hash of every file that the answers come from.
    pub sources: BTreeMap<String, String>,
    /// Of a number that is made of two others: these, explained in turn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Explained>,
}

/// An organisation under a number.
#[derive(Debug, Clone, Serialize)]
pub struct Under {
    /// Its name or pseudonym.
    pub organisation: String,
    /// Its stratum.
    pub stratum: Option<String>,
    /// Organisations of the register in its stratum.
    pub population: Option<i64>,
    /// What it counts for by design.
    pub design_weight: Option<f64>,
    /// What it counts for in estimates; absent outside the register.
    pub weight: Option<f64>,
    /// Its pupils.
    pub pupils: Option<i64>,
    /// What it adds to the number.
    pub value: f64,
    /// The levels that the value comes from.
    pub levels: Vec<Levelled>,
    /// The answers to questions beside the norms that the value comes from.
    pub answers: Vec<Cell>,
}

/// A level with the cells that it comes from.
#[derive(Debug, Clone, Serialize)]
pub struct Levelled {
    /// Norm.
    pub norm: String,
    /// Who gave the level.
    pub assessor: &'static str,
    /// Level; absent in a pass/fail wave and when not answered.
    pub level: Option<i64>,
    /// Whether the norm was answered, or why not.
    pub status: &'static str,
    /// The norm's target.
    pub target: Option<i64>,
    /// Whether the target is met or the test passed.
    pub meets_target: Option<bool>,
    /// The cells.
    pub answers: Vec<Cell>,
}

/// A cell of an export.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    /// Norm or question.
    pub item: String,
    /// Option of the question.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub option: String,
    /// Value as delivered.
    pub value: Option<String>,
    /// Level that the value was read as.
    pub level: Option<i64>,
    /// Whether the option was chosen or the test passed.
    pub holds: Option<bool>,
    /// Whether it was answered, or why not.
    pub status: &'static str,
    /// File.
    pub source: String,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sheet: String,
    /// Row.
    pub row: i64,
    /// Column.
    pub column: String,
}

/// A level with its cells.
pub(super) fn levelled(level: &Level, answers: &[&Answer]) -> Levelled {
    Levelled {
        norm: level.norm.clone(),
        assessor: level.assessor.word(),
        level: level.level,
        status: level.status.word(),
        target: level.target,
        meets_target: level.meets_target,
        answers: answers
            .iter()
            .filter(|answer| answer.assessor == level.assessor)
            .map(|answer| cell(answer))
            .collect(),
    }
}

/// The cell that an answer was read from.
pub(super) fn cell(answer: &Answer) -> Cell {
    Cell {
        item: answer.item.clone(),
        option: answer.option.clone(),
        value: answer.value.clone(),
        level: answer.level,
        holds: answer.holds,
        status: answer.status.word(),
        source: answer.source.clone(),
        sheet: answer.sheet.clone(),
        row: answer.row,
        column: answer.column.clone(),
    }
}

/// Makes a number again from the organisations that are shown, and from nothing else.
///
/// Absent: nobody is under it, or the rule takes more than these.
pub(super) fn again(rule: Rule, organisations: &[Under]) -> Option<f64> {
    if organisations.is_empty() && rule != Rule::Count {
        return None;
    }
    let weight = |row: &Under| match rule {
        Rule::Ratio => row.weight.unwrap_or_default() * row.pupils.unwrap_or_default() as f64,
        Rule::PlainMean => 1.0,
        _ => row.weight.unwrap_or_default(),
    };
    let total: f64 = organisations.iter().map(weight).sum();
    match rule {
        Rule::Mean | Rule::Ratio | Rule::PlainMean => {
            Some(organisations.iter().map(|row| weight(row) * row.value).sum::<f64>() / total)
        }
        Rule::Count => Some(organisations.len() as f64),
        Rule::Median => {
            let mut order: Vec<&Under> = organisations.iter().collect();
            order.sort_by(|a, b| a.value.total_cmp(&b.value));
            let mut reached = 0.0;
            let middle = order.iter().find(|row| {
                reached += weight(row);
                // Weights have 12 digits: half that is reached but for rounding is reached.
                reached >= 0.5 * total * (1.0 - 1e-11)
            });
            middle.map(|row| row.value)
        }
        Rule::Middle | Rule::Difference | Rule::RankDifference | Rule::Method => None,
    }
}

/// The mean rank of the second group less that of the first, made from what is shown.
///
/// Method: the rank of an organisation is the weight below it and half of the weight at its value, as a share of all.
pub(super) fn rank_difference(first: &[Under], second: &[Under]) -> Option<f64> {
    let weight = |row: &Under| row.weight.unwrap_or_default();
    let everyone: Vec<&Under> = first.iter().chain(second).collect();
    let total: f64 = everyone.iter().map(|row| weight(row)).sum();
    let rank = |value: f64| {
        let share = |row: &Under| match row.value.total_cmp(&value) {
            std::cmp::Ordering::Less => weight(row),
            std::cmp::Ordering::Equal => 0.5 * weight(row),
            std::cmp::Ordering::Greater => 0.0,
        };
        everyone.iter().map(|row| share(row)).sum::<f64>() / total
    };
    let mean = |rows: &[Under]| {
        let sum: f64 = rows.iter().map(weight).sum();
        (sum > 0.0).then(|| rows.iter().map(|row| weight(row) * rank(row.value)).sum::<f64>() / sum)
    };
    Some(mean(second)? - mean(first)?)
}
