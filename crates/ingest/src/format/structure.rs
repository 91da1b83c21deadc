//! The structure of a questionnaire as its tool exports it: what each code asks, and what each answer code means.
//!
//! LimeSurvey writes LSS (XML, in two generations of schema) and LSA (a zip with an LSS in it), and a script beside
//! its data for R and for SPSS; Qualtrics writes QSF (JSON). A structure explains an export that was read: a code becomes its
//! label and stays beside it as the raw token. It maps nothing to the framework and adds no question.

mod limesurvey_r;
mod limesurvey_spss;
pub(crate) mod lsa;
mod lss;
mod qsf;

use crate::container::delimited::Field;
use crate::files::{Content, File};
use crate::format::reader::{Cell, Delivery, Question};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use nulmeting_study::words::CellState;
use std::collections::{BTreeMap, BTreeSet};

/// What the answers to a question are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    /// One of its labels, or a value of its own.
    #[default]
    One,
    /// A box that is ticked or not.
    Tick,
    /// Several of its labels in one cell.
    Several,
    /// Yes or no, of which the tool writes `N/A` for no answer.
    YesNo,
}

/// What is known of a question, or of a row or option of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    text: String,
    kind: Kind,
    /// Code and label, in the order of the questionnaire.
    labels: Vec<(String, String)>,
}

/// A question as the tool's own table has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Stored {
    code: String,
    /// Codes of its rows and options.
    parts: BTreeSet<String>,
}

/// A questionnaire.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structure {
    /// By question and by row or option.
    asked: BTreeMap<(String, String), Asked>,
    /// Code by place of the column, for scripts that go by place.
    names: BTreeMap<usize, String>,
    /// Questions by the numbers under which the tool's own table has them: survey, group and question.
    columns: BTreeMap<String, Stored>,
    /// Whether the data beside a script have no heading and apostrophes for quotes, as those for SPSS.
    bare: bool,
}

impl Structure {
    /// Reads a structure, told apart by content.
    ///
    /// Errors: a file that is none of the known kinds, is damaged, or is over a limit.
    pub fn parse(bytes: &[u8], limits: &Limits, place: &str) -> Result<Self, Error> {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        if bytes.starts_with(b"PK\x03\x04") {
            return lsa::structure(bytes, limits, place);
        }
        let text = std::str::from_utf8(start).map_err(|_| unknown(place, "bytes that are not UTF-8"))?;
        if start.starts_with(b"<") {
            lss::parse(text, limits, place)
        } else if start.starts_with(b"{") {
            qsf::parse(text, place)
        } else {
            let found = match limesurvey_spss::is(text) {
                true => limesurvey_spss::parse(text, limits, place)?,
                false => limesurvey_r::parse(text),
            };
            match found.names.is_empty() {
                true => Err(unknown(
                    place,
                    "a text that names no column, as `names(data)[1] <- …` does",
                )),
                false => Ok(found),
            }
        }
    }

    /// The mark around fields in the data beside a script, where it is not the usual one.
    pub(crate) fn quote(&self) -> Option<char> {
        self.bare.then_some('\'')
    }

    /// Gives the columns of an export the codes that the structure has for their places.
    pub fn name(&self, file: &mut File) {
        let Content::Text { table, .. } = &mut file.content else {
            return;
        };
        if self.bare && table.first == 1 {
            let width = self.names.keys().next_back().map_or(0, |last| last + 1);
            let names = (0..width).map(|column| Field {
                text: self.names.get(&column).map_or("", String::as_str),
                quoted: true,
            });
            // Whether a blank is quoted says only what type the column has, and not whether it was shown.
            table.records.quote_all();
            table.records.put_first(names);
            table.first = 0;
        } else if table.records.get(0).is_some_and(|own| own.len() == self.names.len()) {
            table.records.quote_all();
            table.records.rename_first(|column| self.names.get(&column).cloned());
        }
    }

    /// Puts texts and labels beside what was read; the number of questions that the structure knows.
    pub fn explain(&self, delivery: &mut Delivery) -> usize {
        let known: Vec<Option<&Asked>> = delivery.questions.iter().map(|question| self.find(question)).collect();
        for (question, asked) in delivery.questions.iter_mut().zip(&known) {
            if let Some(asked) = asked {
                question.text.clone_from(&asked.text);
                question.labels.clone_from(&asked.labels);
            }
        }
        for cell in delivery.submissions.iter_mut().flat_map(|own| &mut own.cells) {
            if let Some(Some(asked)) = known.get(cell.question) {
                asked.explain(cell);
            }
        }
        known.iter().flatten().count()
    }

    fn find(&self, question: &Question) -> Option<&Asked> {
        let key = (question.question.clone(), question.option.clone());
        self.asked.get(&key).or_else(|| {
            // A question of one row stands in the export under the code of both.
            let (question, option) = question
                .question
                .rsplit_once('_')
                .filter(|_| question.option.is_empty())?;
            self.asked.get(&(question.to_owned(), option.to_owned()))
        })
    }
}

impl Asked {
    fn label(&self, code: &str) -> Option<&str> {
        // A label without text, as of an answer that shows an image, explains nothing.
        let own = self
            .labels
            .iter()
            .find(|(own, label)| own == code && !label.trim().is_empty());
        own.map(|(_, label)| label.as_str())
    }

    fn explain(&self, cell: &mut Cell) {
        let Some(text) = cell.value.as_deref().map(str::trim) else {
            // A box without an answer was not shown: one that was shown is ticked or not.
            if self.kind == Kind::Tick && cell.raw.as_deref() == Some("N/A") {
                cell.state = CellState::NotShown;
            }
            return;
        };
        let none = matches!(text, "N/A" | "N.v.t." | "Nvt" | "k.A.");
        let meaning = match self.kind {
            // NULL in the tool's table: the box was not shown.
            Kind::Tick if none => return cell.unanswered(CellState::NotShown),
            Kind::YesNo if none => return cell.unanswered(CellState::Unknown),
            Kind::Tick if self.labels.iter().any(|(code, label)| code == text || label == text) => {
                Some("yes".to_owned())
            }
            Kind::Tick => None,
            Kind::One | Kind::YesNo => self.label(text).map(str::to_owned),
            Kind::Several => {
                let labels: Option<Vec<&str>> = text.split(',').map(|code| self.label(code.trim())).collect();
                labels.map(|labels| labels.join(";"))
            }
        };
        if let Some(meaning) = meaning.filter(|meaning| meaning != text) {
            let raw = cell.value.replace(meaning.into());
            cell.raw = cell.raw.take().or(raw);
        }
    }
}

impl Cell {
    /// Takes a mark of the tool for what it is: no answer.
    fn unanswered(&mut self, state: CellState) {
        self.raw = self.raw.take().or(self.value.take());
        self.value = None;
        self.state = state;
    }
}

fn unknown(place: &str, found: &str) -> Error {
    Error::new(
        place,
        found,
        "the structure of a questionnaire: LSS or LSA of LimeSurvey, its syntax for R or SPSS, or QSF of Qualtrics",
        "export the structure again, or leave `structure` out",
    )
}
