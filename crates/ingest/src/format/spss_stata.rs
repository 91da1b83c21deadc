//! Responses in data files of SPSS and Stata.
//!
//! A variable is a question. Where a code has a label, the label is what was answered and the code stays beside
//! it. What a file declares missing is never an answer; its label says why there is none. Variables about the
//! response itself, the participant's token, name and address are not read as answers.

mod about;

use self::about::{About, is_aside};
use crate::container::dataset::{Code, Dataset, Datum, Kind, Program, Variable};
use crate::dates;
use crate::files::{Content, File};
use crate::format::heading::{self, alike, plain};
use crate::format::reader::{Cell, Delivery, Question, Reader, Recognition, Request, Submission};
use crate::format::string_interner::Shelf;
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::BTreeSet;

/// Reader of SPSS data files.
#[derive(Debug, Clone, Copy)]
pub struct Sav;

/// Reader of Stata data files.
#[derive(Debug, Clone, Copy)]
pub struct Dta;

/// The row of the first response: the names of the variables stand above it in every view of such a file.
const FIRST: i64 = 2;

impl Reader for Sav {
    fn name(&self) -> &'static str {
        "sav"
    }

    fn recognises(&self, file: &File) -> Recognition {
        recognises(file, Program::Spss)
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        read(file, request, Program::Spss)
    }
}

impl Reader for Dta {
    fn name(&self) -> &'static str {
        "dta"
    }

    fn recognises(&self, file: &File) -> Recognition {
        recognises(file, Program::Stata)
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        read(file, request, Program::Stata)
    }
}

fn recognises(file: &File, program: Program) -> Recognition {
    match &file.content {
        Content::Dataset(dataset) if dataset.program == program => Recognition::Certain,
        _ => Recognition::No,
    }
}

fn read(file: &File, request: &Request<'_>, program: Program) -> Result<Delivery, Error> {
    match &file.content {
        Content::Dataset(dataset) if dataset.program == program => Ok(Reading::new(file, dataset, request).delivery()),
        _ => Err(Error::new(
            &file.path,
            "a file of another kind",
            match program {
                Program::Spss => "an SPSS data file",
                Program::Stata => "a Stata data file",
            },
            "correct `format` in the study file, or leave it out",
        )),
    }
}

/// A file on its way to a delivery.
struct Reading<'a> {
    path: &'a str,
    dataset: &'a Dataset,
    organisation: Option<usize>,
    questions: Vec<usize>,
    about: About,
}

impl<'a> Reading<'a> {
    fn new(file: &'a File, dataset: &'a Dataset, request: &Request<'_>) -> Self {
        let stated = request.organisation;
        let names = dataset.variables.iter().map(|own| own.name.as_str());
        let labels = dataset.variables.iter().map(|own| own.label.as_str());
        let organisation = heading::organisation(names, stated).or_else(|| heading::organisation(labels, stated));
        let is_asked = |variable: &Variable| {
            let (question, option) = named(variable);
            request.asks(&question, &option) || request.asks(&variable.name, "") || !is_aside(&variable.name)
        };
        let questions = (0..dataset.variables.len())
            .filter(|index| Some(*index) != organisation && is_asked(&dataset.variables[*index]))
            .collect();
        Self {
            path: &file.path,
            dataset,
            organisation,
            questions,
            about: About::of(dataset),
        }
    }

    fn place(&self, row: i64, variable: usize) -> Place {
        Place::cell(self.path, "", row, &self.dataset.variables[variable].name)
    }

    fn delivery(&self) -> Delivery {
        let questions = self.questions.iter().map(|index| {
            let variable = &self.dataset.variables[*index];
            let (question, option) = named(variable);
            Question {
                question,
                option,
                place: self.place(1, *index),
                free_text: is_free_text(variable),
                text: variable.label.clone(),
                labels: labels(variable),
            }
        });
        let mut findings: Vec<Finding> = self.dataset.doubts.iter().map(|doubt| self.doubt(doubt)).collect();
        let mut taken = BTreeSet::new();
        let (mut submissions, mut shelf) = (Vec::new(), Shelf::default());
        for (row, values) in (FIRST..).zip(&self.dataset.rows) {
            let submission = self.submission(row, values, &mut shelf);
            let respondent = self.distinct(submission.respondent.clone(), row, &mut taken, &mut findings);
            submissions.push(Submission {
                respondent,
                ..submission
            });
        }
        findings.extend(self.undeclared());
        Delivery {
            questions: questions.collect(),
            submissions,
            organisation: self.organisation.map(|index| self.place(1, index)),
            headings: self.dataset.variables.iter().map(|own| own.name.clone()).collect(),
            findings,
        }
    }

    fn doubt(&self, doubt: &str) -> Finding {
        let hint = "state the `encoding` in the study file if letters look wrong, or save the file again";
        Finding::new(Severity::Warning, Rule::UnreadableFile, doubt, hint).at(&Place::file(self.path))
    }

    /// The key of a response; one that was used before gets its row added.
    fn distinct(&self, key: String, row: i64, taken: &mut BTreeSet<String>, findings: &mut Vec<Finding>) -> String {
        if taken.insert(key.clone()) {
            return key;
        }
        findings.push(
            Finding::new(
                Severity::Warning,
                Rule::DuplicateResponse,
                format!("response `{key}` stands more than once in this file; both rows are kept"),
                "check whether files were joined by hand, and remove the row that does not belong",
            )
            .at(&Place::cell(self.path, "", row, "")),
        );
        let own = format!("{key} row {row}");
        taken.insert(own.clone());
        own
    }

    fn submission(&self, row: i64, values: &[Datum], shelf: &mut Shelf) -> Submission {
        let about = &self.about;
        let shown = |variable: Option<usize>| {
            let index = variable?;
            self.dataset.variables[index].shown(&values[index])
        };
        let submitdate = about.submitdate.map(|index| values[index] != Datum::Missing);
        let finished = shown(about.finished).map(|text| text == "1" || text.eq_ignore_ascii_case("true"));
        let dated = about.dated.iter().filter_map(|variable| shown(Some(*variable)));
        // This day says "submitted" in a survey that keeps no dates.
        let submitted = dated
            .filter(|text| !text.starts_with("1980-01-01"))
            .find_map(|text| dates::iso_moment(&text));
        let marked = shown(about.status);
        let place = |index: usize| self.place(row, index);
        let cells = self.questions.iter().enumerate();
        Submission {
            respondent: shown(about.key).unwrap_or_else(|| format!("row {row}")),
            organisation: self.organisation.and_then(|index| {
                let variable = &self.dataset.variables[index];
                // A list of boards has their numbers as codes or as labels; a number that is typed has neither.
                let text = variable
                    .shown(&values[index])
                    .filter(|_| !variable.declares_missing(&values[index]))?;
                Some(text.trim().to_owned()).filter(|text| !text.is_empty())
            }),
            organisation_place: match self.organisation {
                Some(index) => place(index),
                None => Place::cell(self.path, "", row, ""),
            },
            complete: submitdate.or(finished),
            submitted,
            token: shown(about.token),
            test: marked.is_some_and(|text| text == "1" || text == "2"),
            untouched: false,
            place: Place::cell(self.path, "", row, ""),
            cells: cells
                .map(|(question, index)| cell(question, &self.dataset.variables[*index], &values[*index], row, shelf))
                .collect(),
        }
    }

    /// Codes that a file declares missing without saying why, once per variable.
    fn undeclared(&self) -> Vec<Finding> {
        let silent = |index: &usize| {
            let variable = &self.dataset.variables[*index];
            let mut values = self.dataset.rows.iter().map(|row| &row[*index]);
            let row =
                values.position(|value| variable.declares_missing(value) && variable.label_of(value).is_none())?;
            let code = variable.shown(&self.dataset.rows[row][*index])?;
            Some(
                Finding::new(
                    Severity::Note,
                    Rule::DeclaredMissing,
                    format!(
                        "the file declares `{code}` missing and has no label that says why; it is read as left empty"
                    ),
                    "give the code a label in the file, as `weet niet` or `n.v.t.`, if it says more than that",
                )
                .at(&self.place(FIRST + i64::try_from(row).unwrap_or_default(), *index))
                .item(&variable.name),
            )
        };
        self.questions.iter().filter_map(silent).collect()
    }
}

/// The question and option that a variable stands for.
///
/// Programs allow few letters in a name: `GO.01` becomes `GO_01`, `OB[a]` becomes `OB_a`. Where the label starts
/// with a code that differs from the name in such letters only, that code is the name that the questionnaire had.
fn named(variable: &Variable) -> (String, String) {
    let word = variable.label.split_whitespace().next().unwrap_or_default();
    let word = word.trim_end_matches([':', '.']);
    if word != variable.name
        && word.chars().any(|letter| letter.is_ascii_digit() || letter == '[')
        && alike(word, &variable.name)
    {
        return match word.strip_suffix(']').and_then(|word| word.split_once('[')) {
            Some((question, option)) => (question.to_owned(), option.to_owned()),
            None => (word.to_owned(), String::new()),
        };
    }
    (variable.name.clone(), String::new())
}

/// Whether a variable holds what was typed beside a choice.
fn is_free_text(variable: &Variable) -> bool {
    let name = plain(&variable.name);
    variable.kind == Kind::Text && ["other", "comment", "text"].iter().any(|end| name.ends_with(end))
}

/// The answers that a variable offers, without those that are declared missing.
fn labels(variable: &Variable) -> Vec<(String, String)> {
    let own = variable.labels.iter().filter_map(|(code, label)| {
        let value = match code {
            Code::Number(bits) => Datum::Number(f64::from_bits(*bits)),
            Code::Text(text) => Datum::Text(text.as_str().into()),
            Code::Tagged(_) => return None,
        };
        Some((variable.shown(&value)?, label.clone())).filter(|_| !variable.declares_missing(&value))
    });
    own.collect()
}

fn cell(question: usize, variable: &Variable, value: &Datum, row: i64, shelf: &mut Shelf) -> Cell {
    let shown = variable.shown(value);
    let label = variable.label_of(value).filter(|label| !label.trim().is_empty());
    let state = match (&shown, variable.declares_missing(value)) {
        // The file cannot say whether the question was shown.
        (None, _) => CellState::Unknown,
        (Some(_), true) => CellState::Declared,
        (Some(_), false) => CellState::Filled,
    };
    Cell {
        question,
        raw: shown
            .as_deref()
            .filter(|shown| label.is_some_and(|label| label != *shown))
            .map(|shown| shelf.keep(shown)),
        value: label.or(shown.as_deref()).map(|text| shelf.keep(text)),
        state,
        row,
        column: None,
    }
}
