//! A questionnaire as the variables of a statistics program: numbers with labels, and missing values with reasons.

use crate::choice::Chosen;
use crate::export::{Batch, key};
use crate::maturity::Given;
use nulmeting_study::framework::Test;
use std::collections::BTreeMap;

/// The variables and rows of a data file.
pub(crate) struct DataFile {
    pub(crate) variables: Vec<Variable>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// A variable.
pub(crate) struct Variable {
    /// Name as the questionnaire has it; a program may allow fewer letters.
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    /// Labels of codes.
    pub(crate) labels: BTreeMap<i64, String>,
    /// Whether it can hold the missing values with a reason.
    pub(crate) reasons: bool,
}

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Code,
    Key,
    Moment,
    /// A text of at most eight bytes.
    Text,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Number(i64),
    /// Seconds since 1970.
    Moment(i64),
    Text(String),
    Missing,
    DontKnow,
    NotApplicable,
}

/// Labels of the missing values with a reason.
pub(crate) const DONT_KNOW: &str = "weet niet";
pub(crate) const NOT_APPLICABLE: &str = "n.v.t.";

/// First code for what was answered outside the scale.
const OUTSIDE: i64 = 60;

impl DataFile {
    pub(crate) fn of(batch: &Batch<'_>) -> Self {
        let framework = batch.framework;
        let variable = |name: &str, label: &str, kind| Variable {
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            labels: BTreeMap::new(),
            reasons: false,
        };
        let mut variables = vec![
            variable("id", "", Kind::Key),
            variable("submitdate", "", Kind::Moment),
            variable("bestuursnummer", crate::export::ORGANISATION, Kind::Text),
        ];
        let scale: BTreeMap<i64, String> = match framework.test {
            Test::Levels => framework
                .levels
                .iter()
                .map(|own| (own.number, own.name.nl.clone()))
                .collect(),
            Test::PassFail => yes_and_no(),
        };
        for norm in &framework.norms {
            variables.push(Variable {
                labels: scale.clone(),
                reasons: true,
                ..variable(&norm.code, &format!("{} {}", norm.code, norm.title.nl), Kind::Code)
            });
        }
        for question in &framework.questions {
            for option in &question.options {
                let name = format!("{}_{}", question.code, option.code);
                let label = format!("{}[{}] {}", question.code, option.code, option.name.nl);
                variables.push(Variable {
                    labels: yes_and_no(),
                    ..variable(&name, &label, Kind::Code)
                });
            }
        }
        let mut own = Self {
            variables,
            rows: Vec::new(),
        };
        for index in 0..batch.responses.len() {
            let row = own.row(batch, index);
            own.rows.push(row);
        }
        own
    }

    fn row(&mut self, batch: &Batch<'_>, index: usize) -> Vec<Value> {
        let response = &batch.responses[index];
        let (_, end) = batch.moments(index);
        let mut row = vec![
            Value::Number(i64::try_from(key(index)).expect("a study has few responses")),
            Value::Moment(end.since_1970()),
            Value::Text(response.number.clone()),
        ];
        for given in &response.given {
            let value = match given {
                Given::Level(level) => Value::Number(*level),
                Given::Pass(passed) => Value::Number(i64::from(*passed)),
                Given::NotApplicable => Value::NotApplicable,
                Given::DontKnow => Value::DontKnow,
                Given::Skipped | Given::NotAsked => Value::Missing,
                Given::Invalid(text) => Value::Number(self.outside(row.len(), text)),
            };
            row.push(value);
        }
        for (question, chosen) in batch.framework.questions.iter().zip(&response.chosen) {
            for place in 0..question.options.len() {
                row.push(match chosen {
                    Chosen::NotShown => Value::Missing,
                    Chosen::Options(set) => Value::Number(i64::from(set.contains(&place))),
                });
            }
        }
        row
    }

    /// The code of an answer outside the scale: the number that it is, or one with the answer as its label.
    fn outside(&mut self, variable: usize, text: &str) -> i64 {
        if let Ok(number) = text.parse() {
            return number;
        }
        let labels = &mut self.variables[variable].labels;
        if let Some((code, _)) = labels.iter().find(|(_, label)| *label == text) {
            return *code;
        }
        let code = labels
            .last_key_value()
            .map_or(OUTSIDE, |(last, _)| OUTSIDE.max(last + 1));
        labels.insert(code, text.to_owned());
        code
    }
}

fn yes_and_no() -> BTreeMap<i64, String> {
    BTreeMap::from([(0, "Nee".to_owned()), (1, "Ja".to_owned())])
}

/// As many letters of a text as fit into that many bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
