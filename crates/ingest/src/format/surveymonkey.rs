//! SurveyMonkey responses as CSV or XLSX: two heading rows, the text of a question above its first column only and
//! the options or rows below it; or one row, where somebody made the two into one.
//!
//! Never read as answers: who the respondent is and where from. There is no column that says who finished.

use crate::dates::{DateOrder, moment};
use crate::files::File;
use crate::format::grid::{About, Column, Export, Grid, Line, Role, Said};
use crate::format::heading::{self, alike, plain};
use crate::format::reader::{Delivery, Reader, Recognition, Request};
use nulmeting_study::Error;
use nulmeting_study::words::CellState;

/// Reader of SurveyMonkey CSV and XLSX.
#[derive(Debug, Clone, Copy)]
pub struct SurveyMonkey;

const KEY: &str = "respondentid";
/// Columns about the response, in lower case without blanks; in Dutch too, as in an account in that language.
const META: &[&str] = &[
    KEY,
    "collectorid",
    "startdate",
    "enddate",
    "datecreated",
    "datemodified",
    "ipaddress",
    "emailaddress",
    "firstname",
    "lastname",
    "customdata",
    "customdata1",
    "begindatum",
    "einddatum",
    "ipadres",
    "emailadres",
    "voornaam",
    "achternaam",
    "aangepastegegevens1",
];
/// What stands under a question with one column.
const WHOLE: &[&str] = &["Response", "Open-Ended Response", "Antwoord", "Open antwoord"];
/// What stands under the text field beside the options.
const OTHER: &[&str] = &[
    "Other (please specify)",
    "Anders (geef nadere toelichting)",
    "Overig (geef nadere toelichting)",
];

impl Reader for SurveyMonkey {
    fn name(&self) -> &'static str {
        "surveymonkey"
    }

    fn recognises(&self, file: &File) -> Recognition {
        match survey(file) {
            Some((_, true)) => Recognition::Certain,
            Some((_, false)) => Recognition::Likely,
            None => Recognition::No,
        }
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let Some((grid, double)) = survey(file) else {
            return Err(Error::new(
                &file.path,
                "no column `Respondent ID`",
                "a SurveyMonkey export as CSV or XLSX",
                "export all responses again, or correct `format` in the study file",
            ));
        };
        Ok(delivery(&grid, double, request))
    }
}

/// The grid of a survey, and whether it has both heading rows.
fn survey(file: &File) -> Option<(Grid<'_>, bool)> {
    Grid::all(file).into_iter().find_map(|grid| {
        let first = grid.texts(0);
        let key = first.iter().position(|text| plain(text) == KEY)?;
        let second = grid.texts(1);
        let under = second.get(key).is_none_or(|text| text.trim().is_empty());
        let double = under && second.iter().any(|text| !text.trim().is_empty());
        Some((grid, double))
    })
}

fn columns(grid: &Grid<'_>, double: bool) -> Vec<Column> {
    let first = grid.texts(0);
    let second = if double { grid.texts(1) } else { Vec::new() };
    let mut over = String::new();
    let width = first.len().max(second.len());
    let own = (0..width).map(|column| {
        let text = |texts: &[&str]| heading::readable(texts.get(column).copied().unwrap_or_default());
        let (mut question, mut option) = (text(&first), text(&second));
        if question.is_empty() {
            // The text of a question stands above its first column only.
            question.clone_from(&over);
        } else {
            over.clone_from(&question);
        }
        let meta = META.contains(&plain(&question).as_str());
        let other = OTHER
            .iter()
            .any(|name| alike(name, &option) || question.ends_with(&format!(" - {name}")));
        if WHOLE.iter().any(|name| alike(name, &option)) {
            option.clear();
        }
        // A blank name that somebody's program filled in belongs to the question before it, and no one knows as what.
        let name = match (question.is_empty(), option.is_empty()) {
            (true, _) => format!("column {}", column + 1),
            (false, true) => question.clone(),
            (false, false) => format!("{question} [{option}]"),
        };
        if question.is_empty() {
            question.clone_from(&name);
        }
        Column {
            text: name.clone(),
            question,
            option,
            role: match (meta, other) {
                (true, _) => Role::Meta,
                (false, true) => Role::FreeText,
                (false, false) => Role::Answer,
            },
            name,
        }
    });
    Column::apart(own.collect())
}

fn delivery(grid: &Grid<'_>, double: bool, request: &Request<'_>) -> Delivery {
    let columns = columns(grid, double);
    let index = |name: &str| columns.iter().position(|own| plain(&own.name) == name);
    let key = index(KEY);
    let times = ["enddate", "einddatum", "datemodified", "startdate", "begindatum"].map(index);
    // The tool writes the month first unless a date of the column says otherwise.
    let order = grid.date_order(times.into_iter().flatten().next(), Some(DateOrder::MonthFirst));
    let asked: Vec<usize> = (0..columns.len())
        .filter(|index| columns[*index].role != Role::Meta)
        .collect();
    let export = Export {
        grid,
        columns,
        heading: 1,
        first: if double { 2 } else { 1 },
        key,
    };
    let about = |line: Line<'_>| {
        let text = |column: Option<usize>| column.map_or("", |column| line.slot(column).text.trim());
        About {
            key: Some(text(key)).filter(|text| !text.is_empty()).map(str::to_owned),
            // Who was screened out is delivered as a key with nothing behind it.
            complete: asked
                .iter()
                .all(|column| line.slot(*column).is_blank())
                .then_some(false),
            submitted: times.iter().find_map(|column| moment(text(*column), order)),
            ..About::default()
        }
    };
    export.deliver(request, &about, &|_, _, slot| match slot.text.trim() {
        "-" => Said::mark(CellState::Unknown, "-"),
        _ => Said::plain(slot),
    })
}
