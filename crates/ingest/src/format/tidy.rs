//! Plain tables as analysts keep them: a row per response with a column per item, or a row per answer.
//!
//! A row per answer has the columns `organisation`, `item` and `value`, and may have `respondent`, `submitted`,
//! `complete`, `option` and `state`; with `state` such a table can say everything that the tables of a study say. A
//! row per response has a column that names the organisation; the others go by their headings, `item` or
//! `item[option]`.

use crate::dates::moment;
use crate::files::File;
use crate::format::grid::{About, Column, Export, Grid, Line, Role, Said, Slot};
use crate::format::heading;
use crate::format::reader::{Delivery, Question, Reader, Recognition, Request, Submission};
use crate::format::string_interner::Shelf;
use nulmeting_study::words::{CellState, Severity, Status};
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::BTreeMap;

/// Reader of plain tables.
#[derive(Debug, Clone, Copy)]
pub struct Tidy;

const ORGANISATION: &[&str] = &["organisation", "organization", "organisatie"];
const KEY: &[&str] = &["respondent", "respondentid", "id"];
const SUBMITTED: &[&str] = &["submitted", "submitdate", "date", "datum"];
const COMPLETE: &[&str] = &["complete", "finished"];

impl Reader for Tidy {
    fn name(&self) -> &'static str {
        "tidy"
    }

    fn recognises(&self, file: &File) -> Recognition {
        let Some(grid) = table(file) else {
            return Recognition::No;
        };
        match Long::of(&grid.texts(0), None) {
            Some(_) if grid.sheet.is_empty() => Recognition::Certain,
            _ => Recognition::Likely,
        }
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let stated = || Grid::all(file).into_iter().find(|grid| !grid.lines.is_empty());
        let Some(grid) = table(file).or_else(stated) else {
            return Err(Error::new(
                &file.path,
                "no row of headings",
                "a table with a row per response or per answer",
                "write a first row with the names of the columns",
            ));
        };
        Ok(match Long::of(&grid.texts(0), request.organisation) {
            Some(long) => long.delivery(&grid),
            None => wide(&grid, request),
        })
    }
}

/// The text or the first sheet whose first row names the organisation.
///
/// In a sheet the row must look like headings, words above at least one row: a cover sheet has a value beside a label.
fn table(file: &File) -> Option<Grid<'_>> {
    let named =
        |text: &&str| heading::names_organisation(text) || ORGANISATION.contains(&heading::plain(text).as_str());
    Grid::all(file).into_iter().find(|grid| {
        let texts = grid.texts(0);
        let worded = |text: &&str| text.trim().is_empty() || text.contains(char::is_alphabetic);
        let headed = grid.sheet.is_empty() || (grid.lines.len() > 1 && texts.len() > 1 && texts.iter().all(worded));
        headed && texts.iter().any(&named)
    })
}

/// The place of a column by its names.
fn column(texts: &[&str], names: &[&str]) -> Option<usize> {
    texts
        .iter()
        .position(|text| names.contains(&heading::plain(text).as_str()))
}

fn wide(grid: &Grid<'_>, request: &Request<'_>) -> Delivery {
    let texts = grid.texts(0);
    let [key, submitted, complete] = [KEY, SUBMITTED, COMPLETE].map(|names| column(&texts, names));
    let columns = texts.iter().enumerate().map(|(index, text)| {
        let name = heading::readable(text);
        let (question, option) = match name.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
            Some((question, option)) => (question.trim().to_owned(), option.to_owned()),
            None => (name.clone(), String::new()),
        };
        let meta = [key, submitted, complete].contains(&Some(index));
        Column {
            question,
            option,
            text: name.clone(),
            role: if meta { Role::Meta } else { Role::Answer },
            name,
        }
    });
    let own = texts
        .iter()
        .find(|text| ORGANISATION.contains(&heading::plain(text).as_str()));
    let request = Request {
        organisation: request.organisation.or(own.copied()),
        ..*request
    };
    let export = Export {
        grid,
        columns: Column::apart(columns.collect()),
        heading: grid.lines.first().map_or(1, |(row, _)| *row),
        first: 1,
        key,
    };
    let about = |line: Line<'_>| About {
        key: text(line, key).map(str::to_owned),
        complete: truth(text(line, complete)),
        submitted: text(line, submitted).and_then(|text| moment(text, None)),
        ..About::default()
    };
    export.deliver(&request, &about, &|_, _, slot| Said::plain(slot))
}

fn text(line: Line<'_>, column: Option<usize>) -> Option<&str> {
    let text = line.slot(column?).text.trim();
    (!text.is_empty()).then_some(text)
}

fn truth(text: Option<&str>) -> Option<bool> {
    match text?.to_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// The columns of a table with a row per answer.
struct Long {
    organisation: usize,
    item: usize,
    value: usize,
    option: Option<usize>,
    state: Option<usize>,
    key: Option<usize>,
    submitted: Option<usize>,
    complete: Option<usize>,
}

impl Long {
    fn of(texts: &[&str], stated: Option<&str>) -> Option<Self> {
        let named = |names: &[&str]| column(texts, names);
        Some(Self {
            organisation: stated
                .and_then(|stated| texts.iter().position(|text| heading::alike(text, stated)))
                .or_else(|| named(ORGANISATION))
                .or_else(|| texts.iter().position(|text| heading::names_organisation(text)))?,
            item: named(&["item", "question", "norm"])?,
            value: named(&["value", "answer", "level"])?,
            option: named(&["option"]),
            state: named(&["state", "status"]),
            key: named(KEY),
            submitted: named(SUBMITTED),
            complete: named(COMPLETE),
        })
    }

    fn delivery(&self, grid: &Grid<'_>) -> Delivery {
        let mut shelf = Shelf::default();
        let head = grid.lines.first().map_or(1, |(row, _)| *row);
        let mut delivery = Delivery {
            organisation: Some(grid.place(head, self.organisation, grid.texts(0)[self.organisation])),
            headings: grid.texts(0).iter().map(|text| (*text).to_owned()).collect(),
            ..Delivery::default()
        };
        let mut questions: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut responses: BTreeMap<(String, String), usize> = BTreeMap::new();
        let heading = grid.texts(0)[self.value].trim();
        for (row, line) in grid.lines.iter().skip(1) {
            let organisation = text(*line, Some(self.organisation)).unwrap_or_default().to_owned();
            let key = text(*line, self.key).unwrap_or(&organisation).to_owned();
            let place = grid.place(*row, self.value, heading);
            let name = (
                text(*line, Some(self.item)).unwrap_or_default().to_owned(),
                text(*line, self.option).unwrap_or_default().to_owned(),
            );
            let question = *questions.entry(name.clone()).or_insert_with(|| {
                delivery.questions.push(Question {
                    question: name.0,
                    option: name.1,
                    place: place.clone(),
                    ..Question::default()
                });
                delivery.questions.len() - 1
            });
            let own = (organisation.clone(), key.clone());
            let response = *responses.entry(own).or_insert_with(|| {
                delivery.submissions.push(Submission {
                    respondent: key,
                    organisation: Some(organisation).filter(|text| !text.is_empty()),
                    organisation_place: grid.place(*row, self.organisation, grid.texts(0)[self.organisation]),
                    complete: truth(text(*line, self.complete)),
                    submitted: text(*line, self.submitted).and_then(|text| moment(text, None)),
                    place: Place::cell(grid.path, grid.sheet, *row, ""),
                    ..Submission::default()
                });
                delivery.submissions.len() - 1
            });
            let said = self
                .said(line.slot(self.value), text(*line, self.state))
                .unwrap_or_else(|| {
                    delivery.findings.push(
                        Finding::new(
                            Severity::Warning,
                            Rule::InvalidAnswer,
                            "the state of the answer is none that is known; the value is read as it stands",
                            format!(
                                "write one of {}",
                                Status::ALL.iter().map(|own| own.word()).collect::<Vec<_>>().join(", ")
                            ),
                        )
                        .at(&place),
                    );
                    Said::plain(line.slot(self.value))
                });
            let cell = said.cell(question, *row, &mut shelf);
            delivery.submissions[response].cells.push(cell);
        }
        delivery
    }

    /// A value under its state; absent when the state is none that is known.
    fn said<'s>(&self, slot: Slot<'s>, state: Option<&'s str>) -> Option<Said<'s>> {
        let Some(state) = state else {
            return Some(Said::plain(slot));
        };
        let worded = |text: &'s str| Said {
            value: Some(text.into()),
            raw: Some(state.into()),
            state: CellState::Filled,
        };
        Some(match state.parse::<Status>().ok()? {
            Status::NotAsked => Said::mark(CellState::NotShown, state),
            Status::Skipped => Said::mark(CellState::Empty, state),
            // The lexicon has the words; a table that says the reason need not say them.
            Status::NotApplicable => worded("not applicable"),
            Status::DontKnow => worded("don't know"),
            Status::Refused => worded("refused"),
            Status::Answered | Status::Invalid => Said::plain(slot),
        })
    }
}
