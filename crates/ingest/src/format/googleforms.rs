//! Google Forms responses as CSV, from Forms itself or from its sheet: a time, then the full texts of questions.
//!
//! Never read as answers: the address of the respondent and the score of a quiz. The format has no key, no
//! drop-outs and no codes; an option text with a comma cannot be told from two options without the codebook's list,
//! so a cell with several choices stays one cell.

use crate::dates::{DateOrder, moment};
use crate::files::File;
use crate::format::grid::{About, Column, Export, Grid, Line, Role, Said};
use crate::format::heading::{self, alike};
use crate::format::reader::{Delivery, Reader, Recognition, Request};
use nulmeting_study::words::Severity;
use nulmeting_study::{Error, Finding, Place, Rule};

/// Reader of Google Forms CSV and the workbook of its sheet.
#[derive(Debug, Clone, Copy)]
pub struct GoogleForms;

const TIME: &[&str] = &["Timestamp", "Tijdstempel"];
const META: &[&str] = &[
    "Email Address",
    "E-mailadres",
    "Email",
    "Username",
    "Gebruikersnaam",
    "Score",
];

impl Reader for GoogleForms {
    fn name(&self) -> &'static str {
        "googleforms"
    }

    fn recognises(&self, file: &File) -> Recognition {
        match form(file) {
            Some((_, true)) => Recognition::Certain,
            Some((_, false)) => Recognition::Likely,
            None => Recognition::No,
        }
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let Some((grid, headed)) = form(file) else {
            return Err(Error::new(
                &file.path,
                "no first column with times",
                "a Google Forms export as CSV or its sheet",
                "download the responses again, or correct `format` in the study file",
            ));
        };
        Ok(delivery(&grid, headed, request))
    }
}

/// The grid of a form, and whether it has headings: someone may have removed them.
fn form(file: &File) -> Option<(Grid<'_>, bool)> {
    Grid::all(file).into_iter().find_map(|grid| {
        let first = *grid.texts(0).first()?;
        if TIME.iter().any(|name| alike(name, first)) {
            return Some((grid, true));
        }
        // A time of day in the first cell of a file stands in no export with headings.
        (first.contains(':') && first.contains('/') && moment(first, Some(DateOrder::MonthFirst)).is_some())
            .then_some((grid, false))
    })
}

fn delivery(grid: &Grid<'_>, headed: bool, request: &Request<'_>) -> Delivery {
    let texts = grid.texts(0);
    let columns = (1..).zip(&texts).map(|(place, text): (usize, &&str)| {
        if !headed {
            let name = format!("column {place}");
            return Column {
                question: name.clone(),
                option: String::new(),
                text: String::new(),
                role: if place == 1 { Role::Meta } else { Role::Answer },
                name,
            };
        }
        let name = heading::readable(text);
        let (question, option) = match name.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) {
            Some((question, row)) => (question.to_owned(), row.to_owned()),
            None => (name.clone(), String::new()),
        };
        let meta = place == 1 || META.iter().any(|own| alike(own, &name));
        Column {
            question,
            option,
            text: name.clone(),
            role: if meta { Role::Meta } else { Role::Answer },
            name,
        }
    });
    let order = grid.date_order(Some(0), None);
    let export = Export {
        grid,
        columns: Column::apart(columns.collect()),
        heading: 1,
        first: usize::from(headed),
        key: None,
    };
    let about = |line: Line<'_>| About {
        complete: Some(true),
        submitted: moment(line.slot(0).text, order),
        ..About::default()
    };
    let mut delivery = export.deliver(request, &about, &|_, _, slot| Said::plain(slot));
    if !headed {
        delivery.findings.push(
            Finding::new(
                Severity::Warning,
                Rule::NoHeading,
                "the first row is a response: the headings were removed, and columns stand as `column 2` and so on",
                "put the row of headings back, or name the columns so in the item map",
            )
            .at(&Place::cell(grid.path, grid.sheet, 1, "")),
        );
    }
    delivery
}
