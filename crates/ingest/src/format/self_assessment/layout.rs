//! Layout files: where codes, levels, notes and the organisation stand in a workbook of somebody's own design.
//!
//! A layout is a TOML file that the study file names for a source. It says where to look, and what the words of
//! the template stand for; it cannot say what an organisation answered.

use super::Line;
use crate::container::sheet::{Row, Sheet};
use crate::format::heading::{self, alike};
use nulmeting_study::Error;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The layout of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Where the number of the organisation stands.
    pub(super) organisation: Option<Spot>,
    /// Where the day stands on which the workbook was filled in.
    pub(super) submitted: Option<Spot>,
    /// The tables with a norm per row.
    #[serde(rename = "table")]
    pub(super) tables: Vec<Table>,
    /// What the words of the template stand for: text of a cell to a level or a word of the lexicon.
    #[serde(default)]
    pub(super) answers: BTreeMap<String, String>,
}

/// A place in a workbook: a cell by its address, or the cell beside a label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spot {
    /// Sheet; any when left out.
    pub(super) sheet: Option<String>,
    /// Address, as `C4`.
    pub(super) cell: Option<String>,
    /// Text of the label to its left.
    pub(super) label: Option<String>,
}

/// A table, or several of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Sheets by name; `*` and `?` stand for any text and any letter. All sheets when left out.
    #[serde(default)]
    sheets: Vec<String>,
    /// Column of the code: its heading, or its letters as `B:B`.
    code: String,
    /// Column of the level: its heading, or its letters as `B:B`.
    level: String,
    /// Column of the note: its heading, or its letters as `B:B`.
    note: Option<String>,
    /// Option that the levels are about, where one norm has several.
    #[serde(default)]
    option: String,
    /// What a level holds before anybody filled it in.
    prefilled: Option<String>,
    /// First row that may hold a norm, where no heading says where a table starts.
    #[serde(default = "first_row")]
    first_row: i64,
    /// Text in the first filled cell of a row with which a table ends.
    end: Option<String>,
}

fn first_row() -> i64 {
    1
}

/// The columns of a table, once they are known.
#[derive(Debug, Clone, Copy)]
struct Columns {
    code: u32,
    level: u32,
    note: Option<u32>,
}

impl Layout {
    /// Reads a layout.
    ///
    /// Errors: a key that is misspelt or missing, a table or place that says nothing.
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let hint = "a layout has `[organisation]` with `cell` or `label`, and a `[[table]]` with `code` and `level`";
        let layout: Self = toml::from_str(text)
            .map_err(|cause| Error::new(place, cause.message().to_owned(), "the layout of a workbook", hint))?;
        let spots = [&layout.organisation, &layout.submitted];
        let empty = |spot: &&Spot| match (&spot.cell, &spot.label) {
            (Some(cell), None) => crate::container::sheet::address(cell).is_none(),
            (None, Some(label)) => label.trim().is_empty(),
            _ => true,
        };
        if layout.tables.is_empty() {
            return Err(Error::new(place, "no `[[table]]`", "at least one table", hint));
        }
        if spots.into_iter().flatten().any(|spot| empty(&spot)) {
            let found = "a place with neither `cell` nor `label`, or with both, or with no address";
            return Err(Error::new(place, found, "one of the two, as `cell = \"C4\"`", hint));
        }
        Ok(layout)
    }

    /// What a text of the template stands for; absent when the layout says nothing about it.
    pub(super) fn answer(&self, text: &str) -> Option<&str> {
        let text = nulmeting_study::item_map::tidy(text);
        let own = self
            .answers
            .iter()
            .find(|(own, _)| nulmeting_study::item_map::tidy(own) == text);
        own.map(|(_, answer)| answer.as_str())
    }

    /// What a level holds before anybody filled it in; absent when no table says so.
    pub(super) fn prefilled(&self) -> Option<&str> {
        self.tables.iter().find_map(|table| table.prefilled.as_deref())
    }

    /// The norms of all tables, in order of table, sheet and row.
    pub(super) fn lines<'a>(&'a self, sheets: &'a [Sheet]) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        for table in &self.tables {
            for sheet in sheets.iter().filter(|sheet| table.is_on(&sheet.name)) {
                table.lines(sheet, &mut lines);
            }
        }
        lines
    }
}

impl Table {
    fn is_on(&self, name: &str) -> bool {
        let name = name.trim();
        self.sheets.is_empty() || self.sheets.iter().any(|own| fits(own.trim(), name))
    }

    fn lines<'a>(&'a self, sheet: &'a Sheet, lines: &mut Vec<Line<'a>>) {
        let mut columns = self.by_letters();
        for (row, cells) in &sheet.rows {
            if let Some(own) = self.by_headings(cells) {
                columns = Some(own);
                continue;
            }
            let ends = |end: &str| cells.values().next().is_some_and(|text| alike(text, end));
            if self.end.as_deref().is_some_and(ends) && self.by_letters().is_none() {
                columns = None;
            }
            let Some(own) = columns.filter(|_| *row >= self.first_row) else {
                continue;
            };
            let Some(code) = sheet.shown(*row, own.code).and_then(heading::code) else {
                continue;
            };
            lines.push(Line {
                sheet,
                row: *row,
                code,
                option: &self.option,
                code_column: own.code,
                level_column: own.level,
                level: sheet.shown(*row, own.level),
                second: None,
                noted: own.note.is_some_and(|column| sheet.shown(*row, column).is_some()),
            });
        }
    }

    /// The columns, when all of them are given by letters.
    fn by_letters(&self) -> Option<Columns> {
        Some(Columns {
            code: letters(&self.code)?,
            level: letters(&self.level)?,
            note: self.note.as_deref().and_then(letters),
        })
    }

    /// The columns, when a row holds all the headings that the layout names.
    fn by_headings(&self, cells: &Row) -> Option<Columns> {
        let column = |name: &str| {
            letters(name).or_else(|| {
                cells
                    .iter()
                    .find(|(_, text)| alike(text, name))
                    .map(|(column, _)| *column)
            })
        };
        let named = letters(&self.code).is_none() || letters(&self.level).is_none();
        let own = Columns {
            code: column(&self.code)?,
            level: column(&self.level)?,
            note: self.note.as_deref().and_then(column),
        };
        named.then_some(own)
    }
}

/// A column by its letters as spreadsheets write a whole column, `B:B`, counted from 0; absent when the text is a
/// heading, which may well be `ID`.
fn letters(text: &str) -> Option<u32> {
    let (own, same) = text.split_once(':')?;
    let column = crate::container::sheet::address(&format!("{own}1")).filter(|_| own == same)?;
    Some(column.1)
}

/// Whether a name fits a pattern; both sides are short.
fn fits(pattern: &str, name: &str) -> bool {
    let mut patterns = pattern.chars();
    match patterns.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = patterns.as_str();
            (0..=name.len()).any(|at| name.is_char_boundary(at) && fits(rest, &name[at..]))
        }
        Some(own) => {
            let mut letters = name.chars();
            letters.next().is_some_and(|letter| own == '?' || own == letter)
                && fits(patterns.as_str(), letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, fits, letters};

    #[test]
    fn names_of_sheets_fit_patterns() {
        assert!(fits("GV*", "GV Beleid") && fits("?", "A") && !fits("A", "AB") && fits("*", ""));
    }

    #[test]
    fn columns_are_letters_or_headings() {
        assert_eq!(letters("A:A"), Some(0));
        assert_eq!(letters("AA:AA"), Some(26));
        for heading in ["ID", "Niveau", "XFE:XFE", "A:B", "Niveau: 1-5"] {
            assert_eq!(letters(heading), None, "{heading}");
        }
    }

    #[test]
    fn layout_says_what_is_wrong_with_it() {
        for (text, found) in [
            ("[organisation]\ncell = \"C4\"\ntable = []", "unknown field"),
            ("table = []", "no `[[table]]`"),
            (
                "[organisation]\ncell = \"somewhere\"\n[[table]]\ncode = \"A\"\nlevel = \"B\"",
                "neither `cell` nor `label`",
            ),
            ("[[table]]\ncode = \"A\"\nlevle = \"B\"", "unknown field `levle`"),
        ] {
            let error = Layout::parse(text, "layout.toml").unwrap_err();
            assert!(error.found.contains(found), "{error}");
        }
    }
}
