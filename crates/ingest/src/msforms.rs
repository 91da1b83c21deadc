//! Microsoft Forms responses as XLSX: a sheet whose first row holds the full texts of the questions.
//!
//! Never read: address and name of the respondent, and what a quiz adds. A cell with several choices stays one
//! cell; the format has no drop-outs, so every response is complete.

use crate::files::{Content, File};
use crate::heading::{self, alike};
use crate::reader::{Cell, Delivery, Question, Reader, Recognition, Submission};
use crate::sheet::{Sheet, letters};
use nulmeting_study::item_map::tidy;
use nulmeting_study::study_file::SourceEntry;
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::BTreeSet;

/// Reader of Microsoft Forms workbooks.
#[derive(Debug, Clone, Copy)]
pub struct MsForms;

/// The row of the headings; the export always starts with it.
const HEADING: i64 = 1;
const ID: &[&str] = &["ID"];
const START: &[&str] = &["Start time", "Begintijd"];
const COMPLETION: &[&str] = &["Completion time", "Tijd van voltooien", "Voltooiingstijd"];
/// The other fixed columns, in English and Dutch.
const FIXED: &[&str] = &[
    "Email",
    "E-mail",
    "Name",
    "Naam",
    "Last modified time",
    "Tijd van laatste wijziging",
    "Language",
    "Taal",
    "Total points",
    "Totaal aantal punten",
    "Quiz feedback",
    "Quizfeedback",
];
/// How the columns of a quiz start.
const QUIZ: &[&str] = &["Points - ", "Feedback - ", "Punten - "];

impl Reader for MsForms {
    fn name(&self) -> &'static str {
        "msforms"
    }

    fn recognises(&self, file: &File) -> Recognition {
        match &file.content {
            Content::Workbook(sheets) if form(sheets).is_some() => Recognition::Certain,
            _ => Recognition::No,
        }
    }

    fn read(&self, file: &File, entry: &SourceEntry) -> Result<Delivery, Error> {
        let sheet = match &file.content {
            Content::Workbook(sheets) => form(sheets),
            Content::Text { .. } => None,
        };
        let Some(sheet) = sheet else {
            return Err(Error::new(
                &file.path,
                "no sheet that starts with ID, start time and completion time",
                "a Microsoft Forms export as XLSX",
                "download the responses from Forms again, or correct `format` in the study file",
            ));
        };
        Ok(delivery(file, sheet, entry))
    }
}

/// The sheet of a form, by its fixed columns.
fn form(sheets: &[Sheet]) -> Option<&Sheet> {
    sheets.iter().find(|sheet| {
        let has = |names: &[&str]| column(sheet, names).is_some();
        has(ID) && has(START) && has(COMPLETION)
    })
}

fn column(sheet: &Sheet, names: &[&str]) -> Option<u32> {
    let row = sheet.rows.get(&HEADING)?;
    row.iter()
        .find(|(_, text)| names.iter().any(|name| alike(name, text)))
        .map(|(column, _)| *column)
}

fn is_fixed(text: &str) -> bool {
    let named = [ID, START, COMPLETION, FIXED]
        .concat()
        .iter()
        .any(|name| alike(name, text));
    named || QUIZ.iter().any(|start| text.trim_start().starts_with(start))
}

fn delivery(file: &File, sheet: &Sheet, entry: &SourceEntry) -> Delivery {
    let empty = Default::default();
    let heading = sheet.rows.get(&HEADING).unwrap_or(&empty);
    let open: Vec<(u32, String)> = heading
        .iter()
        .filter(|(_, text)| !is_fixed(text))
        .map(|(column, text)| (*column, tidy(text)))
        .collect();
    let names = heading::distinct(&open.iter().map(|(_, text)| text.clone()).collect::<Vec<_>>());
    let organisation = heading::organisation(names.iter().map(String::as_str), entry.organisation.as_deref());
    let column_place = |column: u32| Place::cell(&file.path, &sheet.name, HEADING, letters(column));
    let mut asked = Vec::new();
    let mut questions = Vec::new();
    for (index, ((column, _), name)) in open.iter().zip(&names).enumerate() {
        if Some(index) == organisation {
            continue;
        }
        asked.push(*column);
        questions.push(Question {
            question: name.clone(),
            option: String::new(),
            place: column_place(*column),
            text: name.clone(),
            ..Question::default()
        });
    }
    let mut reading = Reading {
        file,
        sheet,
        id: column(sheet, ID),
        times: [column(sheet, COMPLETION), column(sheet, START)],
        organisation: organisation.map(|index| open[index].0),
        asked,
        taken: BTreeSet::new(),
        findings: Vec::new(),
    };
    let responses = sheet.rows.range(HEADING + 1..).map(|(row, _)| *row);
    let submissions = responses.filter_map(|row| reading.submission(row)).collect();
    Delivery {
        questions,
        submissions,
        organisation: reading.organisation.map(column_place),
        headings: names,
        findings: reading.findings,
    }
}

/// A sheet on its way to a delivery.
struct Reading<'a> {
    file: &'a File,
    sheet: &'a Sheet,
    id: Option<u32>,
    times: [Option<u32>; 2],
    organisation: Option<u32>,
    asked: Vec<u32>,
    taken: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    /// The response of a row; absent when the row holds none, as below a table that was shortened.
    fn submission(&mut self, row: i64) -> Option<Submission> {
        let text = |column: Option<u32>| column.and_then(|column| self.sheet.cell(row, column)).map(str::trim);
        let place = |column: u32| Place::cell(&self.file.path, &self.sheet.name, row, letters(column));
        let key = text(self.id);
        let answered = self.asked.iter().any(|column| self.sheet.cell(row, *column).is_some());
        if key.is_none() && !answered && text(self.organisation).is_none() {
            return None;
        }
        let cells = self
            .asked
            .iter()
            .enumerate()
            .map(|(question, column)| {
                let value = self.sheet.cell(row, *column).map(str::to_owned);
                // A form with branches leaves the same blank for "not shown" and "left empty".
                let state = if value.is_some() {
                    CellState::Filled
                } else {
                    CellState::Unknown
                };
                Cell {
                    question,
                    value,
                    raw: None,
                    state,
                    place: place(*column),
                }
            })
            .collect();
        let row_place = Place::cell(&self.file.path, &self.sheet.name, row, "");
        let mut respondent = key.map_or_else(|| format!("row {row}"), str::to_owned);
        let submission = Submission {
            organisation: text(self.organisation).map(str::to_owned),
            organisation_place: self.organisation.map_or_else(|| row_place.clone(), place),
            complete: Some(true),
            submitted: self.times.iter().find_map(|column| heading::moment(text(*column)?)),
            token: None,
            test: false,
            untouched: false,
            place: row_place.clone(),
            cells,
            respondent: String::new(),
        };
        if !self.taken.insert(respondent.clone()) {
            self.findings.push(
                Finding::new(
                    Severity::Warning,
                    Rule::DuplicateResponse,
                    format!("response `{respondent}` stands more than once in this file; both rows are kept"),
                    "check whether exports were joined by hand, and remove the row that does not belong",
                )
                .at(&row_place),
            );
            respondent = format!("{respondent} row {row}");
            self.taken.insert(respondent.clone());
        }
        Some(Submission {
            respondent,
            ..submission
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_fixed;

    #[test]
    fn dutch_and_english_fixed_columns_are_no_questions() {
        for text in [
            "ID",
            "Id",
            "E-mail",
            "Naam",
            "Tijd van laatste wijziging",
            "Last modified time",
            "Points - Q1",
        ] {
            assert!(is_fixed(text), "{text}");
        }
        assert!(!is_fixed("Wat is de naam van uw beleid?"));
    }
}
