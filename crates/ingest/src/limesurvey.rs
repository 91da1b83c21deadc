//! LimeSurvey responses as CSV: headings by code, by code and text, or by text.
//!
//! Never read as answers: the columns about the response itself, the participant's token, name and address,
//! and the timings. Comment and "other" columns hold free text and are withheld.

mod headings;

use self::headings::{Column, columns};
use crate::delimited::{Delimited, Field};
use crate::files::{Content, File};
use crate::heading;
use crate::reader::{Cell, Delivery, Question, Reader, Recognition, Submission};
use nulmeting_study::study_file::SourceEntry;
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::BTreeSet;

/// Reader of LimeSurvey CSV.
#[derive(Debug, Clone, Copy)]
pub struct LimeSurvey;

/// The record of the headings.
const HEADING: i64 = 1;

impl Reader for LimeSurvey {
    fn name(&self) -> &'static str {
        "limesurvey"
    }

    fn recognises(&self, file: &File) -> Recognition {
        let Content::Text { table, .. } = &file.content else {
            return Recognition::No;
        };
        let columns = columns(table);
        let has = |code: &str| columns.iter().any(|column| column.meta == Some(code));
        let telling = ["submitdate", "lastpage", "startlanguage", "seed"];
        match (has("id"), telling.iter().filter(|code| has(code)).count()) {
            (true, 1..) => Recognition::Certain,
            (false, 2..) => Recognition::Likely,
            (true, 0) if columns.iter().any(|column| !column.option.is_empty()) => Recognition::Likely,
            _ => Recognition::No,
        }
    }

    fn read(&self, file: &File, entry: &SourceEntry) -> Result<Delivery, Error> {
        let Content::Text { table, .. } = &file.content else {
            return Err(Error::new(
                &file.path,
                "a workbook",
                "a LimeSurvey export as CSV",
                "export the responses as CSV, or correct `format` in the study file",
            ));
        };
        Ok(Reading::new(file, table, entry).delivery())
    }
}

/// A file on its way to a delivery.
struct Reading<'a> {
    path: &'a str,
    rows: Vec<(i64, &'a [Field])>,
    columns: Vec<Column>,
    organisation: Option<usize>,
    tells_not_shown: bool,
    findings: Vec<Finding>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a File, table: &'a Delimited, entry: &SourceEntry) -> Self {
        let columns = columns(table);
        let stated = entry.organisation.as_deref();
        // The study file may name any column, a participant attribute too; by itself only questions are looked at.
        let names: Vec<&str> = columns
            .iter()
            .map(|column| {
                if column.meta.is_some() && stated.is_none() {
                    ""
                } else {
                    column.name.as_str()
                }
            })
            .collect();
        let texts = || {
            columns.iter().map(|column| {
                if column.meta.is_some() {
                    ""
                } else {
                    column.question.as_str()
                }
            })
        };
        let organisation =
            heading::organisation(names.iter().copied(), stated).or_else(|| heading::organisation(texts(), stated));
        let mut findings = Vec::new();
        let mut rows = Vec::new();
        for (row, record) in (HEADING..).zip(&table.records).skip(1) {
            let extra = record.get(columns.len()..).unwrap_or_default();
            if record.iter().all(|field| field.text.trim().is_empty()) {
                // An empty survey is delivered as its heading and one empty record.
                continue;
            }
            if record.len() < columns.len() || extra.iter().any(|field| !field.text.is_empty()) {
                findings.push(
                    Finding::new(
                        Severity::Error,
                        Rule::UnreadableFile,
                        format!(
                            "the row has {} fields, and the heading {}; the row is not read",
                            record.len(),
                            columns.len()
                        ),
                        "export the file again; a row may have been cut or joined by hand",
                    )
                    .at(&Place::cell(&file.path, "", row, "")),
                );
                continue;
            }
            rows.push((row, &record[..columns.len()]));
        }
        let empty = |quoted: bool| {
            rows.iter().any(|(_, record)| {
                record
                    .iter()
                    .any(|field| field.text.is_empty() && field.quoted == quoted)
            })
        };
        Self {
            path: &file.path,
            tells_not_shown: empty(true) && empty(false),
            rows,
            columns,
            organisation,
            findings,
        }
    }

    fn delivery(mut self) -> Delivery {
        let answers: Vec<usize> = (0..self.columns.len())
            .filter(|index| self.columns[*index].meta.is_none() && Some(*index) != self.organisation)
            .collect();
        let questions = answers
            .iter()
            .map(|index| {
                let column = &self.columns[*index];
                Question {
                    question: column.question.clone(),
                    option: column.option.clone(),
                    place: self.column_place(*index),
                    free_text: column.free_text,
                    ..Question::default()
                }
            })
            .collect();
        let mut taken = BTreeSet::new();
        let mut submissions = Vec::new();
        for (row, record) in std::mem::take(&mut self.rows) {
            let respondent = self.respondent(row, record, &mut taken);
            submissions.push(self.submission(row, record, respondent, &answers));
        }
        Delivery {
            questions,
            submissions,
            organisation: self.organisation.map(|index| self.column_place(index)),
            headings: self.columns.iter().map(|column| column.name.clone()).collect(),
            findings: self.findings,
        }
    }

    fn column_place(&self, index: usize) -> Place {
        Place::cell(self.path, "", HEADING, &self.columns[index].name)
    }

    /// The key of a response; one that was used before gets its row added.
    fn respondent(&mut self, row: i64, record: &[Field], taken: &mut BTreeSet<String>) -> String {
        let key = match self.meta(record, "id") {
            "" => format!("row {row}"),
            id => id.to_owned(),
        };
        if taken.insert(key.clone()) {
            return key;
        }
        self.findings.push(
            Finding::new(
                Severity::Warning,
                Rule::DuplicateResponse,
                format!("response `{key}` stands more than once in this file; both rows are kept"),
                "check whether exports were joined by hand, and remove the row that does not belong",
            )
            .at(&Place::cell(self.path, "", row, "id")),
        );
        let own = format!("{key} row {row}");
        taken.insert(own.clone());
        own
    }

    fn meta<'r>(&self, record: &'r [Field], code: &str) -> &'r str {
        let index = self.columns.iter().position(|column| column.meta == Some(code));
        index.map_or("", |index| record[index].text.trim())
    }

    fn submission(&self, row: i64, record: &[Field], respondent: String, answers: &[usize]) -> Submission {
        let has_submitdate = self.columns.iter().any(|column| column.meta == Some("submitdate"));
        let submitdate = self.meta(record, "submitdate");
        // This day says "submitted" in a survey that keeps no dates.
        let dated = [
            submitdate,
            self.meta(record, "datestamp"),
            self.meta(record, "startdate"),
        ]
        .into_iter()
        .filter(|text| !text.starts_with("1980-01-01"))
        .find_map(heading::moment);
        let place = |index: usize| Place::cell(self.path, "", row, &self.columns[index].name);
        let cells = answers
            .iter()
            .enumerate()
            .map(|(question, index)| {
                let field = &record[*index];
                let filled = !field.text.trim().is_empty();
                let state = match (filled, self.tells_not_shown, field.quoted) {
                    (true, _, _) => CellState::Filled,
                    (false, true, false) => CellState::NotShown,
                    (false, true, true) => CellState::Empty,
                    (false, false, _) => CellState::Unknown,
                };
                Cell {
                    question,
                    value: filled.then(|| field.text.clone()),
                    raw: None,
                    state,
                    place: place(*index),
                }
            })
            .collect();
        let typed = self.organisation.map(|index| record[index].text.trim().to_owned());
        Submission {
            respondent,
            organisation: typed.filter(|text| !text.is_empty()),
            organisation_place: match self.organisation {
                Some(index) => place(index),
                None => Place::cell(self.path, "", row, ""),
            },
            complete: has_submitdate.then_some(!submitdate.is_empty()),
            submitted: dated,
            token: None,
            test: false,
            untouched: false,
            place: Place::cell(self.path, "", row, ""),
            cells,
        }
    }
}
