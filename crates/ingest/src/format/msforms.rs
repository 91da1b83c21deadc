//! Microsoft Forms responses as XLSX or CSV: a first row that holds the full texts of the questions.
//!
//! Never read: address and name of the respondent, and what a quiz adds. A cell with several choices stays one
//! cell; the format has no drop-outs, so every response is complete.

use crate::dates::moment;
use crate::files::File;
use crate::format::grid::{About, Column, Export, Grid, Line, Role, Said};
use crate::format::heading::{self, alike};
use crate::format::reader::{Delivery, Reader, Recognition, Request};
use nulmeting_study::Error;

/// Reader of Microsoft Forms workbooks and the CSV that is saved from them.
#[derive(Debug, Clone, Copy)]
pub struct MsForms;

const ID: &[&str] = &["ID"];
/// In English, Dutch and German: the language is that of whoever downloaded the responses.
const START: &[&str] = &["Start time", "Begintijd", "Startzeit"];
const COMPLETION: &[&str] = &[
    "Completion time",
    "Tijd van voltooien",
    "Voltooiingstijd",
    "Fertigstellungszeit",
];
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
        match form(file) {
            Some(_) => Recognition::Certain,
            None => Recognition::No,
        }
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let Some(grid) = form(file) else {
            return Err(Error::new(
                &file.path,
                "no sheet that starts with ID, start time and completion time",
                "a Microsoft Forms export as XLSX or CSV",
                "download the responses from Forms again, or correct `format` in the study file",
            ));
        };
        Ok(delivery(&grid, request))
    }
}

/// The grid of a form, by its fixed columns.
fn form(file: &File) -> Option<Grid<'_>> {
    Grid::all(file).into_iter().find(|grid| {
        let texts = grid.texts(0);
        [ID, START, COMPLETION]
            .iter()
            .all(|names| column(&texts, names).is_some())
    })
}

fn column(texts: &[&str], names: &[&str]) -> Option<usize> {
    texts.iter().position(|text| names.iter().any(|name| alike(name, text)))
}

fn is_fixed(text: &str) -> bool {
    let named = [ID, START, COMPLETION, FIXED]
        .concat()
        .iter()
        .any(|name| alike(name, text));
    named || QUIZ.iter().any(|start| text.trim_start().starts_with(start))
}

fn delivery(grid: &Grid<'_>, request: &Request<'_>) -> Delivery {
    let texts = grid.texts(0);
    let described = texts.iter().map(|text| {
        let name = heading::readable(text);
        Column {
            // A heading without a text belongs to no question.
            role: if name.is_empty() || is_fixed(text) {
                Role::Meta
            } else {
                Role::Answer
            },
            question: name.clone(),
            option: String::new(),
            text: name.clone(),
            name,
        }
    });
    let id = column(&texts, ID);
    let times = [column(&texts, COMPLETION), column(&texts, START)];
    let export = Export {
        grid,
        columns: Column::apart(described.collect()),
        heading: grid.lines.first().map_or(1, |(row, _)| *row),
        first: 1,
        key: None,
    };
    let order = grid.date_order(times[0].or(times[1]), None);
    let about = |line: Line<'_>| {
        let text = |column: usize| Some(line.slot(column).text.trim()).filter(|text| !text.is_empty());
        About {
            key: id.and_then(text).map(str::to_owned),
            complete: Some(true),
            submitted: times.iter().flatten().find_map(|column| moment(text(*column)?, order)),
            ..About::default()
        }
    };
    // A form with branches leaves the same blank for "not shown" and "left empty".
    export.deliver(request, &about, &|_, _, slot| Said::plain(slot))
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
