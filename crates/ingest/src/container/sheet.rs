//! Sheets of a workbook as texts with addresses.
//!
//! Hidden sheets, rows and columns are read like others; formulas give the value that was saved with them.
//! Cells are kept sparse, so that one cell in the last row of a sheet costs one cell. No meaning is read into
//! a value here.
//!
//! The cells of XLSX and XLSB come from calamine's readers cell by cell, from a checked copy of the parts (`parts`);
//! XLS and ODS have readers of their own, because calamine lays those out whole. Why is said at the head of each.

mod cell;
mod compound;
mod ods;
mod parts;
mod xls;
mod xlsb;
mod xlsx;

pub(crate) use self::cell::address;
pub use self::cell::letters;

use crate::container::limits;
use crate::container::package::{Package, damaged, locked};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::collections::{BTreeMap, BTreeSet};

/// A row: column, counted from 0, to text.
pub type Row = BTreeMap<u32, String>;

/// A sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Row, counted from 1, to its filled cells. Blank cells are left out.
    pub rows: BTreeMap<i64, Row>,
    /// Cells that were merged into one; the text stands in the first.
    pub merged: Vec<Area>,
    /// Cells with a formula whose value was not saved with it.
    pub uncomputed: BTreeSet<(i64, u32)>,
}

/// A rectangle of cells, both corners within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// First row, counted from 1.
    pub top: i64,
    /// Last row.
    pub bottom: i64,
    /// First column, counted from 0.
    pub left: u32,
    /// Last column.
    pub right: u32,
}

impl Sheet {
    /// The text of a cell; absent when it is blank.
    pub fn cell(&self, row: i64, column: u32) -> Option<&str> {
        self.rows.get(&row)?.get(&column).map(String::as_str)
    }

    /// The text of a cell or of the merged cells that it is part of; absent when they are blank.
    pub fn shown(&self, row: i64, column: u32) -> Option<&str> {
        self.cell(row, column).or_else(|| {
            let within =
                |area: &&Area| (area.top..=area.bottom).contains(&row) && (area.left..=area.right).contains(&column);
            let area = self.merged.iter().find(within)?;
            self.cell(area.top, area.left)
        })
    }
}

/// Reads the sheets of a workbook in their order: XLSX, XLSB, XLS or ODS.
///
/// Errors: a file that is not a workbook, is damaged, is locked with a password, or is over a limit.
pub fn sheets(bytes: &[u8], limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    if bytes.starts_with(compound::MARK) {
        return xls::read(bytes, limits, place);
    }
    let mut package = Package::open(bytes, limits, place)?;
    if package.has("content.xml") {
        return ods::read(&mut package, limits, place);
    }
    if package.has("EncryptedPackage") {
        return Err(locked(place));
    }
    if package.has("xl/workbook.bin") {
        return xlsb::read(&mut package, limits, place);
    }
    xlsx::read(&mut package, limits, place)
}

/// Sheets in the making, within the limits of the study.
struct WorkbookBuilder<'a> {
    limits: &'a Limits,
    place: &'a str,
    cells: u64,
    text: u64,
    sheets: Vec<Sheet>,
}

impl<'a> WorkbookBuilder<'a> {
    fn new(limits: &'a Limits, place: &'a str) -> Self {
        Self {
            limits,
            place,
            cells: 0,
            text: 0,
            sheets: Vec::new(),
        }
    }

    fn sheet(&mut self, name: String, hidden: bool) -> Result<(), Error> {
        limits::sheets(self.sheets.len() as u64 + 1, self.limits, self.place)?;
        self.sheets.push(Sheet {
            name,
            hidden,
            ..Sheet::default()
        });
        Ok(())
    }

    fn last(&mut self) -> Result<&mut Sheet, Error> {
        let place = self.place;
        self.sheets
            .last_mut()
            .ok_or_else(|| damaged(place, "a cell outside every sheet"))
    }

    /// Puts a text into the last sheet; blank ones are left out.
    fn put(&mut self, row: i64, column: u32, text: String) -> Result<(), Error> {
        if text.trim().is_empty() {
            return Ok(());
        }
        limits::columns(u64::from(column) + 1, self.limits, self.place)?;
        self.cells += 1;
        self.text += text.len() as u64;
        limits::unpacked(self.text, self.limits, self.place)?;
        let rows = &mut self.last()?.rows;
        let fresh = !rows.contains_key(&row);
        rows.entry(row).or_default().insert(column, text);
        self.cells += if fresh { limits::ROW } else { 0 };
        limits::cells(self.cells, self.limits.cells, self.place)
    }

    /// Whether so much more text may be held, before it is put into cells.
    fn may_hold(&self, text: u64) -> Result<(), Error> {
        limits::unpacked(self.text + text, self.limits, self.place)
    }

    /// Counts a style that is remembered.
    fn style(&mut self) -> Result<(), Error> {
        self.cells += limits::ROW;
        limits::cells(self.cells, self.limits.cells, self.place)
    }

    /// Notes a formula without a value.
    fn uncomputed(&mut self, row: i64, column: u32) -> Result<(), Error> {
        self.cells += 1;
        limits::cells(self.cells, self.limits.cells, self.place)?;
        self.last()?.uncomputed.insert((row, column));
        Ok(())
    }

    fn merge(&mut self, area: Area) -> Result<(), Error> {
        self.cells += 1;
        limits::cells(self.cells, self.limits.cells, self.place)?;
        if (area.top, area.left) != (area.bottom, area.right) {
            self.last()?.merged.push(area);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
