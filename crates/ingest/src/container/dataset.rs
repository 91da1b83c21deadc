//! Data files of statistics programs: SPSS `.sav` and `.zsav`, Stata `.dta`.
//!
//! Both readers are our own. A library would bring a second Arrow and be read in one piece with whatever the
//! header claims; these files come from strangers, so nothing here takes memory on the word of a header: every
//! count is held against the bytes that are there and against the limits of the study. No meaning is read into
//! a value: codes, their labels, and what the file declares missing are kept apart.

mod bytes;
pub mod dta;
pub mod sav;

pub use crate::dates::Clock;

use crate::container::text;
use nulmeting_study::Error;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A data file, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Which program's.
    pub program: Program,
    /// Name of its encoding.
    pub encoding: &'static str,
    /// How sure that is.
    pub sure: text::Sure,
    /// Its variables, in file order.
    pub variables: Vec<Variable>,
    /// Its rows, each with a value per variable.
    pub rows: Vec<Vec<Datum>>,
    /// What is doubtful about the file as a whole, as a sentence each.
    pub doubts: Vec<String>,
}

/// The program that a data file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// SPSS.
    Spss,
    /// Stata.
    Stata,
}

/// A variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its long name.
    pub name: String,
    /// Its label, mostly the text of the question; empty when it has none.
    pub label: String,
    /// How its values are shown.
    pub kind: Kind,
    /// Labels of its codes.
    pub labels: Arc<BTreeMap<Code, String>>,
    /// What the file declares missing, apart from the system's own missing value.
    pub missing: Vec<Missing>,
    /// Set of variables that together are one question with several answers, by name.
    pub set: Option<String>,
}

/// How values of a variable are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As numbers.
    Number,
    /// As days.
    Day(Clock),
    /// As moments.
    Moment(Clock),
    /// As texts.
    Text,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// A number.
    Number(f64),
    /// A text, without the blanks that fill it up.
    Text(Box<str>),
    /// The system's own missing value; an empty text is this too.
    Missing,
    /// A missing value with a letter, `.a` to `.z`.
    Tagged(char),
}

/// A value as a key of labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// A number, by its bits.
    Number(u64),
    /// A text.
    Text(String),
    /// A missing value with a letter.
    Tagged(char),
}

impl Code {
    /// The code of a number.
    pub fn number(value: f64) -> Self {
        // Minus zero is zero.
        Self::Number((value + 0.0).to_bits())
    }
}

/// Values that a file declares missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Missing {
    /// One number.
    Number(f64),
    /// All numbers from the first to the second.
    Range(f64, f64),
    /// One text.
    Text(String),
}

impl Variable {
    /// The label of a value; absent when it has none.
    pub fn label_of(&self, value: &Datum) -> Option<&str> {
        let code = match value {
            Datum::Number(number) => Code::number(*number),
            Datum::Text(text) => Code::Text(text.to_string()),
            Datum::Tagged(letter) => Code::Tagged(*letter),
            Datum::Missing => return None,
        };
        self.labels.get(&code).map(String::as_str)
    }

    /// Whether the file declares a value missing.
    pub fn declares_missing(&self, value: &Datum) -> bool {
        self.missing.iter().any(|declared| match (declared, value) {
            (Missing::Number(one), Datum::Number(number)) => one == number,
            (Missing::Range(low, high), Datum::Number(number)) => (low..=high).contains(&number),
            (Missing::Text(one), Datum::Text(text)) => one.as_str() == &**text,
            _ => false,
        }) || matches!(value, Datum::Tagged(_))
    }

    /// A value as it is shown, without its label; absent when nothing is written.
    ///
    /// A day outside the years 1 to 9999 is given as the number that stands in the file.
    pub fn shown(&self, value: &Datum) -> Option<String> {
        match value {
            Datum::Number(number) => {
                let time = match self.kind {
                    Kind::Day(clock) => clock.day(*number),
                    Kind::Moment(clock) => clock.moment(*number),
                    Kind::Number | Kind::Text => None,
                };
                Some(time.unwrap_or_else(|| number.to_string()))
            }
            Datum::Text(text) => Some(text.to_string()),
            Datum::Tagged(letter) => Some(format!(".{letter}")),
            Datum::Missing => None,
        }
    }
}

/// Opens a data file from its bytes; absent when it is none.
///
/// Errors: a damaged file, one that was cut off, one over a limit, an encoding that is not known.
pub fn open(
    bytes: &[u8],
    stated: Option<&str>,
    limits: &nulmeting_study::study_file::Limits,
    place: &str,
) -> Option<Result<Dataset, Error>> {
    let read = if bytes.starts_with(b"$FL2") || bytes.starts_with(b"$FL3") {
        sav::read(bytes, stated, limits, place)
    } else if dta::is(bytes) {
        dta::read(bytes, stated, limits, place)
    } else {
        return None;
    };
    Some(read.map(|mut dataset| {
        // Programs write no variable without a name, and other software does.
        for (index, variable) in dataset.variables.iter_mut().enumerate() {
            if variable.name.trim().is_empty() {
                variable.name = format!("column {}", index + 1);
            }
        }
        dataset
    }))
}
