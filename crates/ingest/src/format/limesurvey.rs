//! LimeSurvey responses: CSV and XLSX with headings by code, by code and text, by text or by cut text, and VV.
//!
//! Never read as answers: the columns about the response itself, the participant's token, name and address,
//! and the timings. Comment and "other" columns hold free text and are withheld.

mod headings;

pub(crate) use self::headings::expression;
use self::headings::{Heading, columns};
use crate::dates;
use crate::files::File;
use crate::format::grid::{About, Column, Export, Grid, Line, Role, Said, Slot};
use crate::format::reader::{Delivery, Reader, Recognition, Request};
use nulmeting_study::Error;
use nulmeting_study::words::CellState;

/// Reader of LimeSurvey CSV, XLSX and VV.
#[derive(Debug, Clone, Copy)]
pub struct LimeSurvey;

/// What VV writes for a question that was not shown.
const NOT_SHOWN: &str = "{question_not_shown}";

/// What long answers hold, in every language, for a yes or no that was not given: it never means "not applicable".
const NO_ANSWER: &str = "N/A";

/// A grid of LimeSurvey, its headings described.
struct Found<'a> {
    grid: Grid<'a>,
    headings: Vec<Heading>,
    /// Whether it is a VV: a line of texts, then a line of codes.
    vv: bool,
    sure: Recognition,
}

impl Reader for LimeSurvey {
    fn name(&self) -> &'static str {
        "limesurvey"
    }

    fn recognises(&self, file: &File) -> Recognition {
        find(file).map_or(Recognition::No, |found| found.sure)
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let found = find(file).or_else(|| {
            let grid = Grid::all(file).into_iter().next()?;
            let headings = columns(&grid.texts(0), None);
            Some(Found {
                grid,
                headings,
                vv: false,
                sure: Recognition::No,
            })
        });
        let Some(found) = found else {
            return Err(Error::new(
                &file.path,
                "no row of headings",
                "a LimeSurvey export as CSV, XLSX or VV",
                "export the responses again, or correct `format` in the study file",
            ));
        };
        Ok(delivery(&found, request))
    }
}

fn find(file: &File) -> Option<Found<'_>> {
    let candidates = Grid::all(file).into_iter().filter(|grid| !grid.lines.is_empty());
    let judged = candidates.flat_map(|grid| {
        let one = columns(&grid.texts(0), None);
        let two = columns(&grid.texts(1), Some(&grid.texts(0)));
        let single = recognition(&one);
        // Only codes stand in the second line of a VV; a line of answers holds no code of the tool.
        let double = recognition(&two);
        if double == Recognition::Certain && two.iter().any(|own| own.column.name == "submitdate") {
            vec![Found {
                grid,
                headings: two,
                vv: true,
                sure: double,
            }]
        } else {
            vec![Found {
                grid,
                headings: one,
                vv: false,
                sure: single,
            }]
        }
    });
    judged
        .max_by_key(|found| found.sure)
        .filter(|found| found.sure != Recognition::No)
}

fn recognition(headings: &[Heading]) -> Recognition {
    let has = |code: &str| headings.iter().any(|own| own.meta == Some(code));
    let telling = ["submitdate", "lastpage", "startlanguage", "seed"];
    match (has("id"), telling.iter().filter(|code| has(code)).count()) {
        (true, 1..) => Recognition::Certain,
        (false, 2..) => Recognition::Likely,
        (true, 0) if headings.iter().any(|own| !own.column.option.is_empty()) => Recognition::Likely,
        _ => Recognition::No,
    }
}

fn delivery(found: &Found<'_>, request: &Request<'_>) -> Delivery {
    let columns: Vec<Column> = Column::apart(found.headings.iter().map(|own| own.column.clone()).collect());
    let index = |code: &str| found.headings.iter().position(|own| own.meta == Some(code));
    let first = if found.vv { 2 } else { 1 };
    let export = Export {
        grid: &found.grid,
        columns,
        heading: found.grid.lines.get(first - 1).map_or(1, |(row, _)| *row),
        first,
        key: index("id"),
    };
    let tells_not_shown = {
        let (lines, _) = export.lines();
        let width = export.columns.len();
        // In columns about the response and timings a bare blank says nothing.
        let answers: Vec<usize> = (0..width)
            .filter(|column| export.columns[*column].role != Role::Meta)
            .collect();
        let blank = |quoted: bool| {
            lines.iter().any(|(_, line)| {
                answers.iter().any(|column| {
                    let column = *column;
                    let slot = line.slot(column);
                    slot.text.is_empty() && slot.quoted == quoted
                })
            })
        };
        blank(true) && blank(false)
    };
    let [id, submitdate, datestamp, startdate, token] =
        ["id", "submitdate", "datestamp", "startdate", "token"].map(index);
    let about = |line: Line<'_>| {
        let text = |column: Option<usize>| {
            let text = column.map_or("", |column| line.slot(column).text.trim());
            if text == NOT_SHOWN { "" } else { text }
        };
        let filled = |column| Some(text(column)).filter(|text| !text.is_empty()).map(str::to_owned);
        // This day says "submitted" in a survey that keeps no dates.
        let dated = [submitdate, datestamp, startdate]
            .map(text)
            .into_iter()
            .filter(|text| !text.starts_with("1980-01-01"))
            .find_map(dates::iso_moment);
        About {
            key: filled(id),
            complete: submitdate.map(|_| !text(submitdate).is_empty()),
            submitted: dated,
            token: filled(token),
            test: false,
        }
    };
    export.deliver(request, &about, &|_, column, slot| {
        if found.vv {
            return vv(slot);
        }
        if slot.text.trim() == NO_ANSWER {
            // The boxes of a question are not shown together; a question of its own may have been shown.
            let state = if column.option.is_empty() {
                CellState::Unknown
            } else {
                CellState::NotShown
            };
            return Said::mark(state, NO_ANSWER);
        }
        match (slot.is_blank(), tells_not_shown, slot.quoted) {
            (false, _, _) => unmasked(slot),
            (true, true, false) => Said::mark(CellState::NotShown, ""),
            (true, true, true) => Said::mark(CellState::Empty, ""),
            (true, false, _) => Said::default(),
        }
    })
}

/// A value without the mark that keeps a spreadsheet from taking it for a formula.
fn unmasked(slot: Slot<'_>) -> Said<'_> {
    match slot.text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => Said::decoded(slot, rest),
        _ => Said::filled(slot.text),
    }
}

/// A cell of a VV, its escapes undone; the brace goes last, because it opens the others.
fn vv(slot: Slot<'_>) -> Said<'_> {
    if slot.text.trim() == NOT_SHOWN {
        return Said::mark(CellState::NotShown, NOT_SHOWN);
    }
    if slot.is_blank() {
        return Said::mark(CellState::Empty, "");
    }
    let text = slot
        .text
        .replace("{newline}", "\n")
        .replace("{cr}", "\r")
        .replace("{tab}", "\t")
        .replace("{quote}", "\"")
        .replace("{lbrace}", "{");
    Said::decoded(slot, text)
}

/// Whether a heading stands for free text.
fn role(free_text: bool, meta: bool) -> Role {
    match (meta, free_text) {
        (true, _) => Role::Meta,
        (false, true) => Role::FreeText,
        (false, false) => Role::Answer,
    }
}
