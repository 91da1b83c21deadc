//! Self-assessment workbooks, one per organisation: a cover sheet and a table of norms per domain.
//!
//! Tables are found by their headings, wherever they stand; the number of the organisation by its label. The
//! notes are looked at only to see whether anything was written: they are never read out, nor is who filled
//! the workbook in.

mod layout;

pub use self::layout::Layout;

use self::layout::Spot;
use crate::container::sheet::{Row, Sheet, letters};
use crate::dates;
use crate::files::{Content, File};
use crate::format::heading::{self, alike, plain};
use crate::format::reader::{Cell, Delivery, Question, Reader, Recognition, Request, Submission};
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::BTreeMap;

/// Reader of self-assessment workbooks.
#[derive(Debug, Clone, Copy)]
pub struct SelfAssessment;

/// Headings of the column with the norm's code.
const CODE: &[&str] = &["Code", "Normcode", "Norm code", "Norm-ID", "Nummer", "Nr", "Norm nr"];
/// Headings of the column with the level.
const LEVEL: &[&str] = &[
    "Niveau",
    "Level",
    "Maturity",
    "Maturity level",
    "Volwassenheidsniveau",
    "Volwassenheid",
    "Score",
];
/// Headings of the column with a note.
const NOTE: &[&str] = &[
    "Toelichting",
    "Note",
    "Notes",
    "Opmerking",
    "Opmerkingen",
    "Comment",
    "Comments",
    "Remarks",
];
/// Labels of the cell with the day on which the workbook was filled in.
const DATE: &[&str] = &["Datum", "Date", "Datum ingevuld", "Completion date"];
/// How far to the right of its label a value may stand: merged cells leave blanks between.
const REACH: u32 = 4;

/// A norm of a table, with its cells.
struct Line<'a> {
    sheet: &'a Sheet,
    row: i64,
    code: String,
    option: &'a str,
    code_column: u32,
    level_column: u32,
    level: Option<&'a str>,
    /// A second column of levels, in which something is written too.
    second: Option<u32>,
    noted: bool,
}

impl Reader for SelfAssessment {
    fn name(&self) -> &'static str {
        "workbook"
    }

    fn recognises(&self, file: &File) -> Recognition {
        let Content::Workbook(sheets) = &file.content else {
            return Recognition::No;
        };
        if lines(sheets).is_empty() {
            return Recognition::No;
        }
        match label(sheets, &heading::names_organisation) {
            Some(_) => Recognition::Certain,
            None => Recognition::Likely,
        }
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let Content::Workbook(sheets) = &file.content else {
            return Err(Error::new(
                &file.path,
                "a text file",
                "a self-assessment workbook as XLSX",
                "save the workbook as XLSX, or correct `format` in the study file",
            ));
        };
        let lines = lines(sheets);
        if lines.is_empty() {
            return Err(no_table(
                file,
                "a self-assessment workbook with the headings `Code` and `Niveau`",
            ));
        }
        Ok(delivery(file, sheets, &once(lines), request, None))
    }
}

/// What a workbook holds by its layout.
///
/// Errors: a file that is no workbook; a workbook in which the layout finds no norm.
pub fn laid_out(file: &File, layout: &Layout, request: &Request<'_>) -> Result<Delivery, Error> {
    let Content::Workbook(sheets) = &file.content else {
        return Err(Error::new(
            &file.path,
            "a file that is no workbook",
            "a workbook, because the study file names a `layout` for it",
            "take `layout` out of the study file, or correct the path",
        ));
    };
    let lines = layout.lines(sheets);
    if lines.is_empty() {
        return Err(no_table(file, "the tables that the layout of the source describes"));
    }
    Ok(delivery(file, sheets, &once(lines), request, Some(layout)))
}

fn no_table(file: &File, expected: &str) -> Error {
    Error::new(
        &file.path,
        "no table with a column for the code and one for the level",
        expected,
        "put the headings back as the template has them, or describe the workbook in a `layout`",
    )
}

fn delivery(
    file: &File,
    sheets: &[Sheet],
    lines: &[Line<'_>],
    request: &Request<'_>,
    layout: Option<&Layout>,
) -> Delivery {
    let stated = request.organisation;
    let spot = layout.and_then(|own| own.organisation.as_ref());
    let found = match stated.or_else(|| spot?.label.as_deref()) {
        Some(stated) => label(sheets, &|text| alike(text, stated)),
        None => label(sheets, &heading::names_organisation).or_else(|| label(sheets, &heading::asks_organisation)),
    };
    let at = |sheet: &Sheet, row: i64, column: u32| Place::cell(&file.path, &sheet.name, row, letters(column));
    let beside = found.map(|(sheet, row, column)| match value(sheet, row, column) {
        Some((own, text)) => (at(sheet, row, own), Some(text)),
        None => (at(sheet, row, column + 1), None),
    });
    let stated_cell = spot.and_then(|spot| cell_of(spot, sheets));
    let named = match stated_cell {
        Some((sheet, row, column)) => Some((at(sheet, row, column), sheet.shown(row, column))),
        None => beside,
    };
    let (place, number) = named.unzip();
    let number = number.flatten();
    let day = layout.and_then(|own| own.submitted.as_ref());
    let date = match day.and_then(|spot| cell_of(spot, sheets)) {
        Some((sheet, row, column)) => sheet.shown(row, column),
        None => {
            let name = day.and_then(|spot| spot.label.as_deref());
            let fits = |text: &str| match name {
                Some(name) => alike(name, text),
                None => DATE.iter().any(|name| alike(name, text)),
            };
            let found = label(sheets, &fits).and_then(|(sheet, row, column)| value(sheet, row, column));
            found.map(|(_, text)| text)
        }
    };
    let date = date.and_then(dates::iso_moment);
    let prefilled = layout.and_then(Layout::prefilled);
    let untouched = is_untouched(lines, prefilled);
    let questions = lines.iter().map(|line| Question {
        question: line.code.clone(),
        option: line.option.to_owned(),
        place: at(line.sheet, line.row, line.code_column),
        ..Question::default()
    });
    let cells = lines.iter().enumerate().map(|(question, line)| {
        let meant = line.level.and_then(|text| layout?.answer(text));
        Cell {
            question,
            value: meant.or(line.level).map(Into::into),
            raw: meant.and(line.level).map(Into::into),
            state: match (untouched, line.level) {
                (true, _) => CellState::Untouched,
                (false, Some(_)) => CellState::Filled,
                (false, None) if line.is_uncomputed() => CellState::Unknown,
                (false, None) => CellState::Empty,
            },
            row: line.row,
            column: Some(letters(line.level_column).into()),
        }
    });
    let mut findings: Vec<Finding> = lines.iter().filter_map(|line| line.doubt(file)).collect();
    if !untouched {
        findings.extend(prefilled.and_then(|text| still_prefilled(file, lines, text)));
    }
    let submission = Submission {
        // One workbook is one response: its file is its key.
        respondent: "1".to_owned(),
        organisation: number.map(|text| text.trim().to_owned()),
        organisation_place: place.clone().unwrap_or_else(|| Place::file(&file.path)),
        complete: None,
        submitted: date,
        token: None,
        test: false,
        untouched,
        place: Place::file(&file.path),
        cells: cells.collect(),
    };
    Delivery {
        questions: questions.collect(),
        submissions: vec![submission],
        organisation: place,
        headings: labels(sheets),
        findings,
    }
}

/// The cell that a layout names by its address.
fn cell_of<'a>(spot: &Spot, sheets: &'a [Sheet]) -> Option<(&'a Sheet, i64, u32)> {
    let (row, column) = crate::container::sheet::address(spot.cell.as_deref()?)?;
    let on = |sheet: &&Sheet| spot.sheet.as_deref().is_none_or(|name| alike(name, &sheet.name));
    Some((sheets.iter().find(on)?, row, column))
}

/// How many levels still hold what the template put there; absent when none or nobody can know.
fn still_prefilled(file: &File, lines: &[Line<'_>], prefilled: &str) -> Option<Finding> {
    let same = |line: &&Line<'_>| line.level.is_some_and(|text| alike(text, prefilled));
    let count = lines.iter().filter(same).count();
    (count > 0).then(|| {
        Finding::new(
            Severity::Note,
            Rule::UntouchedWorkbook,
            format!(
                "{count} of {} levels are as the template has them, `{prefilled}`; they are read as answers",
                lines.len()
            ),
            "ask the organisation whether it looked at them, if there are many",
        )
        .at(&Place::file(&file.path))
    })
}

impl Line<'_> {
    /// Whether the level is a formula whose value was not saved.
    fn is_uncomputed(&self) -> bool {
        self.sheet.uncomputed.contains(&(self.row, self.level_column))
    }

    /// What is doubtful about the level as it stands.
    fn doubt(&self, file: &File) -> Option<Finding> {
        let at = |column: u32| Place::cell(&file.path, &self.sheet.name, self.row, letters(column));
        if let Some(second) = self.second {
            let message = "a second column has the heading of the level, and holds a value here too; it is not read";
            let hint = "leave one of the columns in the workbook, or say in a `layout` which column has the level";
            let finding = Finding::new(Severity::Error, Rule::SecondColumn, message, hint);
            return Some(finding.at(&at(second)).item(&self.code));
        }
        self.is_uncomputed().then(|| {
            Finding::new(
                Severity::Error,
                Rule::UncomputedFormula,
                "the level is a formula whose value was not saved with it; it is not read",
                "open the workbook in a spreadsheet program and save it, so that formulas are computed",
            )
            .at(&at(self.level_column))
            .item(&self.code)
        })
    }
}

/// Lines without those that repeat a norm with the same level or none: overviews and blocks that stand on every
/// sheet repeat the tables behind them.
fn once(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let mut levels: BTreeMap<(String, String), Vec<Option<&str>>> = BTreeMap::new();
    let mut kept = Vec::new();
    for line in lines {
        let known = levels.entry((line.code.clone(), line.option.to_owned())).or_default();
        if known.is_empty() || (line.level.is_some() && !known.contains(&line.level)) {
            known.push(line.level);
            kept.push(line);
        }
    }
    kept
}

/// The norms of all tables, in order of sheet and row.
fn lines(sheets: &[Sheet]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for sheet in sheets {
        let mut table = None;
        let merged = MergedRows::of(sheet);
        for (row, cells) in &sheet.rows {
            if let Some(columns) = header(cells) {
                table = Some(columns);
                continue;
            }
            let Some(Columns {
                code: code_column,
                level: level_column,
                second: second_column,
                note: note_column,
            }) = table
            else {
                continue;
            };
            let Some(code) = cells.get(&code_column).and_then(|text| heading::code(text)) else {
                continue;
            };
            lines.push(Line {
                sheet,
                row: *row,
                code,
                option: "",
                code_column,
                level_column,
                level: cells
                    .get(&level_column)
                    .or_else(|| merged.value(*row, level_column))
                    .map(String::as_str),
                second: second_column.filter(|column| cells.contains_key(column)),
                noted: note_column.is_some_and(|column| cells.contains_key(&column)),
            });
        }
    }
    lines
}

/// Cells of a sheet that were merged over several rows, by their last column and first row.
struct MergedRows<'a> {
    sheet: &'a Sheet,
    areas: BTreeMap<(u32, i64), i64>,
}

impl<'a> MergedRows<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        let over_rows = sheet.merged.iter().filter(|area| area.bottom > area.top);
        let of_column = over_rows.filter(|area| area.left == area.right);
        Self {
            sheet,
            areas: of_column.map(|area| ((area.left, area.top), area.bottom)).collect(),
        }
    }

    /// The text of the merged cell that covers a row of a column; it counts for each of its rows.
    fn value(&self, row: i64, column: u32) -> Option<&'a String> {
        let above = self.areas.range((column, i64::MIN)..=(column, row));
        let ((_, top), bottom) = above.last()?;
        (row <= *bottom).then(|| self.sheet.rows.get(top)?.get(&column))?
    }
}

/// The columns of a table of norms.
#[derive(Clone, Copy)]
struct Columns {
    code: u32,
    level: u32,
    /// Another column with the same heading as the level.
    second: Option<u32>,
    note: Option<u32>,
}

/// The columns of code, level and note, when a row is the heading of a table.
fn header(cells: &Row) -> Option<Columns> {
    // Most rows hold answers, and most answers are numbers, which are looked at once.
    let worded = |text: &str| text.contains(char::is_alphabetic);
    let worded: Vec<(u32, &str)> = cells
        .iter()
        .filter(|(_, text)| worded(text))
        .map(|(column, text)| (*column, text.as_str()))
        .collect();
    let find = |names: &[&str]| {
        let by_name = |name: &&str| {
            worded
                .iter()
                .find(|(_, text)| alike(name, text))
                .map(|(column, _)| *column)
        };
        names.iter().find_map(by_name)
    };
    let (code, level) = (find(CODE)?, find(LEVEL)?);
    let heading = cells.get(&level)?;
    let second = worded
        .iter()
        .find(|(column, text)| *column != level && alike(heading, text));
    (code != level).then(|| Columns {
        code,
        level,
        second: second.map(|(column, _)| *column),
        note: find(NOTE),
    })
}

/// Whether a workbook is still as the template had it: no note, and every level blank or every level the
/// same lowest one.
fn is_untouched(lines: &[Line<'_>], prefilled: Option<&str>) -> bool {
    if let Some(prefilled) = prefilled {
        let same = |line: &Line<'_>| line.level.is_none_or(|text| alike(text, prefilled)) && !line.noted;
        return lines.len() > 1 && lines.iter().all(same);
    }
    let mut levels = lines.iter().map(|line| line.level.map(str::trim));
    let first = levels.next().flatten();
    let lowest = first.is_none_or(|text| {
        let number: String = text
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        number == "0" || number == "1"
    });
    lines.len() > 1 && lowest && levels.all(|level| level == first) && lines.iter().all(|line| !line.noted)
}

/// The first cell whose text is such a label.
fn label<'a>(sheets: &'a [Sheet], fits: &dyn Fn(&str) -> bool) -> Option<(&'a Sheet, i64, u32)> {
    sheets.iter().find_map(|sheet| {
        sheet.rows.iter().find_map(|(row, cells)| {
            let (column, _) = cells.iter().find(|(_, text)| fits(text))?;
            Some((sheet, *row, *column))
        })
    })
}

/// The value that belongs to a label: the next filled cell to its right.
fn value(sheet: &Sheet, row: i64, column: u32) -> Option<(u32, &str)> {
    let (own, text) = sheet.rows.get(&row)?.range(column + 1..=column + REACH).next()?;
    Some((*own, text.as_str()))
}

/// Texts that may be labels: the first filled cell of every row of the first sheet, values left out.
fn labels(sheets: &[Sheet]) -> Vec<String> {
    let Some(cover) = sheets.iter().find(|sheet| !sheet.hidden) else {
        return Vec::new();
    };
    let firsts = cover.rows.values().filter_map(|cells| cells.values().next());
    firsts.filter(|text| !plain(text).is_empty()).cloned().collect()
}
