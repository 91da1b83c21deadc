//! What stands under a number: the organisations in its base with weight and value, their levels, and the cells of the
//! exports that these come from.

use super::{Evidence, Question};
use nulmeting_study::tables::{Answer, Level, Organisation};
use nulmeting_study::words::AnswerKind;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A number with all that is under it.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    /// Its id.
    pub(crate) id: String,
    /// The table that it stands in.
    pub(crate) table: &'static str,
    /// Its row.
    pub(crate) number: Map<String, Value>,
    /// Which of the row's columns is made again below.
    pub(crate) column: &'static str,
    /// How the values make the number: mean, ratio or median.
    pub(crate) rule: &'static str,
    /// The same as a formula.
    pub(crate) formula: &'static str,
    /// What the value of an organisation is.
    pub(crate) value: String,
    /// The norms, or the question and option, that it is about.
    pub(crate) items: Vec<String>,
    /// Whether the number is withheld; then nothing is shown under it either.
    pub(crate) withheld: bool,
    /// The number made again from the weights and values below.
    pub(crate) again: Option<f64>,
    /// The organisations in its base.
    pub(crate) organisations: Vec<Under>,
    /// Hash of every file that the answers come from.
    pub(crate) sources: BTreeMap<String, String>,
    /// Of a change: the number of either wave, explained in turn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<Explained>,
}

/// An organisation under a number.
#[derive(Debug, Serialize)]
pub(crate) struct Under {
    pub(crate) organisation: String,
    pub(crate) stratum: Option<String>,
    /// Organisations of the register in its stratum.
    pub(crate) population: Option<i64>,
    pub(crate) design_weight: Option<f64>,
    pub(crate) weight: f64,
    pub(crate) pupils: Option<i64>,
    /// What it adds to the number.
    pub(crate) value: f64,
    /// The levels that the value comes from.
    pub(crate) levels: Vec<Levelled>,
    /// The answers to questions beside the norms that it comes from.
    pub(crate) answers: Vec<Cell>,
}

/// A level with the cells that it comes from.
#[derive(Debug, Serialize)]
pub(crate) struct Levelled {
    pub(crate) norm: String,
    pub(crate) level: Option<i64>,
    pub(crate) status: &'static str,
    pub(crate) target: Option<i64>,
    pub(crate) meets_target: Option<bool>,
    pub(crate) answers: Vec<Cell>,
}

/// A cell of an export.
#[derive(Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) item: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) option: String,
    pub(crate) value: Option<String>,
    pub(crate) level: Option<i64>,
    pub(crate) holds: Option<bool>,
    pub(crate) status: &'static str,
    pub(crate) source: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) sheet: String,
    pub(crate) row: i64,
    pub(crate) column: String,
}

/// What stands under the organisations of a wave, by name.
pub(super) struct Index<'a> {
    organisations: BTreeMap<&'a str, &'a Organisation>,
    levels: BTreeMap<(&'a str, &'a str), &'a Level>,
    answers: BTreeMap<(&'a str, &'a str, &'a str), Vec<&'a Answer>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(evidence: &Evidence<'a>, question: &Question) -> Self {
        let wave = question.wave.as_str();
        let organisations = evidence.organisations.iter().filter(|row| row.wave == wave);
        let levels = evidence.levels.iter().filter(|row| row.wave == wave && row.used);
        let mut answers: BTreeMap<_, Vec<&Answer>> = BTreeMap::new();
        for answer in evidence.answers.iter().filter(|row| row.wave == wave && row.counts) {
            let option = if answer.kind == AnswerKind::Choice {
                answer.option.as_str()
            } else {
                ""
            };
            answers
                .entry((answer.organisation.as_str(), answer.item.as_str(), option))
                .or_default()
                .push(answer);
        }
        Self {
            organisations: organisations.map(|row| (row.organisation.as_str(), row)).collect(),
            levels: levels
                .map(|row| ((row.organisation.as_str(), row.norm.as_str()), row))
                .collect(),
            answers,
        }
    }

    pub(super) fn under(&self, name: &str, value: f64, question: &Question) -> Option<Under> {
        let organisation = self.organisations.get(name)?;
        let levels = question.norms.iter().filter_map(|norm| {
            let level = self.levels.get(&(name, norm.as_str()))?;
            let given = self.answers.get(&(name, norm.as_str(), "")).into_iter().flatten();
            Some(Levelled {
                norm: norm.clone(),
                level: level.level,
                status: level.status.word(),
                target: level.target,
                meets_target: level.meets_target,
                answers: given
                    .filter(|answer| answer.assessor == level.assessor)
                    .map(|answer| cell(answer))
                    .collect(),
            })
        });
        let answers = question.options.iter().flat_map(|(code, option)| {
            let given = self.answers.get(&(name, code.as_str(), option.as_str()));
            given.into_iter().flatten().map(|answer| cell(answer))
        });
        Some(Under {
            organisation: name.to_owned(),
            stratum: organisation.stratum.clone(),
            population: organisation.population,
            design_weight: organisation.design_weight,
            weight: organisation.weight.or(organisation.design_weight)?,
            pupils: organisation.pupils,
            value,
            levels: levels.collect(),
            answers: answers.collect(),
        })
    }
}

fn cell(answer: &Answer) -> Cell {
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

/// Makes the number again from what is shown, and from nothing else.
pub(super) fn again(rule: &str, organisations: &[Under]) -> Option<f64> {
    if organisations.is_empty() {
        return None;
    }
    let weight = |own: &Under| match rule {
        "ratio" => own.weight * own.pupils.unwrap_or_default() as f64,
        _ => own.weight,
    };
    let total: f64 = organisations.iter().map(weight).sum();
    if rule != "median" {
        return Some(organisations.iter().map(|own| weight(own) * own.value).sum::<f64>() / total);
    }
    let mut order: Vec<&Under> = organisations.iter().collect();
    order.sort_by(|a, b| a.value.total_cmp(&b.value));
    let mut reached = 0.0;
    order
        .iter()
        .find(|own| {
            reached += own.weight;
            // Weights stand with 12 digits: half that is reached but for rounding is reached.
            reached >= 0.5 * total * (1.0 - 1e-11)
        })
        .map(|own| own.value)
}
