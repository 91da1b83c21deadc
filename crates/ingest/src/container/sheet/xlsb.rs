//! XLSB: calamine reads the cells, from a copy of the records that it needs.
//!
//! calamine panics at a record that is shorter than its kind, takes the bodies of styles for records, and passes over
//! formulas with an error value, cells with a text of several fonts, and merged cells. The copy therefore holds only
//! whole records of the kinds below, with those cells as plain error values and texts; merged cells are read here.

use super::cell::{Shown, shown_by};
use super::parts::{Copy, Listed, main, relations};
use super::xlsx::{position, shown};
use super::{Area, Sheet, WorkbookBuilder};
use crate::container::limits;
use crate::container::package::{Package, damaged};
use calamine::{Reader, Xlsb, XlsbError};
use encoding_rs::UTF_16LE;
use nulmeting_study::Error;
use nulmeting_study::panic::caught;
use nulmeting_study::study_file::Limits;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Kinds of records, as the specification of the format ([MS-XLSB]) names them.
mod record {
    pub(super) const ROW_HEADER: u16 = 0x00;
    pub(super) const CELL_RK: u16 = 0x02;
    pub(super) const CELL_ERROR: u16 = 0x03;
    pub(super) const CELL_BOOL: u16 = 0x04;
    pub(super) const CELL_REAL: u16 = 0x05;
    pub(super) const CELL_STRING: u16 = 0x06;
    pub(super) const CELL_SHARED_STRING: u16 = 0x07;
    pub(super) const FORMULA_STRING: u16 = 0x08;
    pub(super) const FORMULA_NUMBER: u16 = 0x09;
    pub(super) const FORMULA_BOOL: u16 = 0x0a;
    pub(super) const FORMULA_ERROR: u16 = 0x0b;
    pub(super) const SHARED_STRING: u16 = 0x13;
    pub(super) const FORMAT: u16 = 0x2c;
    pub(super) const CELL_FORMAT: u16 = 0x2f;
    pub(super) const CELL_RICH_STRING: u16 = 0x3e;
    pub(super) const END_SHEETS: u16 = 0x90;
    pub(super) const BEGIN_SHEET_DATA: u16 = 0x91;
    pub(super) const END_SHEET_DATA: u16 = 0x92;
    pub(super) const DIMENSIONS: u16 = 0x94;
    pub(super) const WORKBOOK_PROPERTIES: u16 = 0x99;
    pub(super) const SHEET: u16 = 0x9c;
    pub(super) const CALCULATION: u16 = 0x9d;
    pub(super) const BEGIN_SHARED_STRINGS: u16 = 0x9f;
    pub(super) const MERGED_CELLS: u16 = 0xb0;
    pub(super) const BEGIN_CELL_FORMATS: u16 = 0x269;
    pub(super) const END_CELL_FORMATS: u16 = 0x26a;
}

/// Column and format of a cell, which stand before its value.
/// Unit: bytes.
const CELL: usize = 8;
/// Error values of Excel 2003, which are all that calamine knows, and the one that stands for any other.
const ERRORS: &[u8] = &[0x00, 0x07, 0x0f, 0x17, 0x1d, 0x24, 0x2a, 0x2b];
const NOT_AVAILABLE: u8 = 0x2a;

/// A sheet of the copy.
struct Copied {
    listed: Listed,
    merged: Vec<Area>,
}

pub(super) fn read(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    let (copy, sheets) = copied(package, limits, place)?;
    let read = caught(|| cells(&copy, sheets, limits, place));
    read.unwrap_or_else(|| Err(damaged(place, "a record that contradicts itself")))
}

fn cells(copy: &[u8], sheets: Vec<Copied>, limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    let fault = |cause: XlsbError| damaged(place, cause);
    let mut book: Xlsb<_> = Xlsb::new(Cursor::new(copy)).map_err(fault)?;
    let from_1904 = book.has_1904_epoch();
    let mut builder = WorkbookBuilder::new(limits, place);
    for (index, sheet) in sheets.into_iter().enumerate() {
        builder.sheet(sheet.listed.name, sheet.listed.hidden)?;
        let mut cells = book.worksheet_cells_reader(&index.to_string()).map_err(fault)?;
        while let Some(cell) = cells.next_cell().map_err(fault)? {
            let (row, column) = position(cell.get_position(), place)?;
            builder.put(row, column, shown(cell.get_value().clone(), from_1904))?;
        }
        for area in sheet.merged {
            builder.merge(area)?;
        }
    }
    Ok(builder.sheets)
}

/// The copy for calamine, and its sheets in their order; the name of a sheet in the copy is its place in the list.
fn copied(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<(Vec<u8>, Vec<Copied>), Error> {
    let missing = |part: &str| damaged(place, format_args!("{part} is not in the file"));
    let main = main(package, "xl/workbook.bin", limits, place)?;
    let workbook = package.bytes(&main)?.ok_or_else(|| missing("the workbook"))?;
    let related = relations(package, &main, limits, place)?;
    let (listed, from_1904) = listed(&workbook, limits, place)?;
    let mut copy = Copy::default();
    let mut strings = 0;
    if let Some(part) = related
        .of_kind("/sharedStrings")
        .map(|part| package.bytes(part))
        .transpose()?
        .flatten()
    {
        let (records, count) = shared_strings(&part, limits, place)?;
        strings = count;
        copy.put("xl/sharedStrings.bin", &records);
    }
    if let Some(part) = related
        .of_kind("/styles")
        .map(|part| package.bytes(part))
        .transpose()?
        .flatten()
    {
        copy.put("xl/styles.bin", &formats(&part, limits, place)?);
    }
    let mut sheets = Vec::new();
    let (mut workbook, mut targets) = (Vec::new(), String::new());
    append(
        &mut workbook,
        record::WORKBOOK_PROPERTIES,
        &u32::from(from_1904).to_le_bytes(),
    );
    for sheet in listed {
        // Charts and macros stand among the sheets and hold no cells.
        let Some(target) = related.worksheet(&sheet, place)? else {
            continue;
        };
        let part = package.bytes(target)?;
        let part = part.ok_or_else(|| missing(&format!("sheet `{}`", sheet.name)))?;
        let index = sheets.len();
        let (records, merged) = self::sheet(&part, strings, limits, place)?;
        copy.put(&format!("xl/worksheets/{index}.bin"), &records);
        let content = [vec![0; CELL], wide(&format!("r{index}")), wide(&index.to_string())].concat();
        append(&mut workbook, record::SHEET, &content);
        targets += &format!("<Relationship Id=\"r{index}\" Target=\"worksheets/{index}.bin\"/>");
        sheets.push(Copied { listed: sheet, merged });
    }
    append(&mut workbook, record::END_SHEETS, &[]);
    append(&mut workbook, record::CALCULATION, &[]);
    copy.put("xl/workbook.bin", &workbook);
    let targets = format!("<Relationships>{targets}</Relationships>");
    copy.put("xl/_rels/workbook.bin.rels", targets.as_bytes());
    Ok((copy.finished(), sheets))
}

/// Records one after another: kind, content.
struct Records<'a> {
    rest: &'a [u8],
    place: &'a str,
}

impl<'a> Records<'a> {
    /// A number in groups of seven bits, the lowest first; the highest bit of a byte says that another follows.
    fn number(&mut self, most: usize) -> Option<usize> {
        let mut number = 0;
        for group in 0..most {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= usize::from(first & 0x7f) << (7 * group);
            if first & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }

    fn record(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = u16::try_from(self.number(2)?).ok()?;
        let length = self.number(4)?;
        let (content, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((kind, content))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u16, &'a [u8]), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_none() {
            self.rest = &[];
        }
        Some(record.ok_or_else(|| cut_off(self.place)))
    }
}

fn cut_off(place: &str) -> Error {
    damaged(place, "a record that was cut off")
}

/// Adds a record.
fn append(records: &mut Vec<u8>, kind: u16, content: &[u8]) {
    let group = |number: usize, more: bool| (number & 0x7f) as u8 | if more { 0x80 } else { 0 };
    let kind = usize::from(kind);
    records.push(group(kind, kind > 0x7f));
    if kind > 0x7f {
        records.push(group(kind >> 7, false));
    }
    let mut length = content.len();
    loop {
        records.push(group(length, length > 0x7f));
        length >>= 7;
        if length == 0 {
            break;
        }
    }
    records.extend_from_slice(content);
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The bytes of a text with its length before it.
fn text(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let units = word(bytes, at)? as usize;
    bytes.get(at..at + 4 + units.checked_mul(2)?)
}

fn decoded(text: &[u8]) -> String {
    UTF_16LE.decode_without_bom_handling(&text[4..]).0.into_owned()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let count = u32::try_from(units.len() / 2).expect("names of the copy are short");
    [count.to_le_bytes().to_vec(), units].concat()
}

/// The sheets that the workbook lists, and whether its days count from 1904.
fn listed(part: &[u8], limits: &Limits, place: &str) -> Result<(Vec<Listed>, bool), Error> {
    let (mut listed, mut from_1904) = (Vec::new(), false);
    for record in (Records { rest: part, place }) {
        match record? {
            (record::WORKBOOK_PROPERTIES, content) => from_1904 = content.first().is_some_and(|flags| flags & 1 == 1),
            (record::SHEET, content) => {
                limits::sheets(listed.len() as u64 + 1, limits, place)?;
                let sheet = || {
                    let relation = text(content, 8)?;
                    Some(Listed {
                        name: decoded(text(content, 8 + relation.len())?),
                        hidden: word(content, 0)? != 0,
                        relation: decoded(relation),
                    })
                };
                listed.push(sheet().ok_or_else(|| cut_off(place))?);
            }
            (record::END_SHEETS, _) => break,
            _ => {}
        }
    }
    Ok((listed, from_1904))
}

/// The shared strings without their fonts, and how many there are.
fn shared_strings(part: &[u8], limits: &Limits, place: &str) -> Result<(Vec<u8>, u32), Error> {
    let mut records = Vec::with_capacity(part.len());
    append(&mut records, record::BEGIN_SHARED_STRINGS, &[0; 8]);
    let counts = records.len() - 8..records.len();
    let mut count = 0_u32;
    for record in (Records { rest: part, place }) {
        if let (record::SHARED_STRING, content) = record? {
            let text = text(content, 1).ok_or_else(|| cut_off(place))?;
            append(&mut records, record::SHARED_STRING, &[&[0], text].concat());
            count += 1;
            limits::cells(u64::from(count), limits.cells, place)?;
        }
    }
    records[counts].copy_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
    Ok((records, count))
}

/// How each cell format shows a number: as a date, for which format 14 stands in the copy, or as a number.
fn formats(part: &[u8], limits: &Limits, place: &str) -> Result<Vec<u8>, Error> {
    let half = |bytes: &[u8], at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let mut codes = BTreeMap::new();
    let (mut formats, mut count, mut in_cells) = (Vec::new(), 0_u32, false);
    for record in (Records { rest: part, place }) {
        match record? {
            (record::FORMAT, content) => {
                if let (Some(id), Some(code)) = (half(content, 0), text(content, 2)) {
                    codes.insert(id, shown_by(u32::from(id), Some(&decoded(code))));
                }
            }
            (record::BEGIN_CELL_FORMATS, _) => in_cells = true,
            (record::END_CELL_FORMATS, _) => in_cells = false,
            (record::CELL_FORMAT, content) if in_cells => {
                let id = half(content, 2).ok_or_else(|| cut_off(place))?;
                let shown = codes.get(&id).copied().unwrap_or_else(|| shown_by(u32::from(id), None));
                let id: u8 = if shown == Shown::Moment { 14 } else { 0 };
                append(&mut formats, record::CELL_FORMAT, &[0, 0, id, 0]);
                count += 1;
                limits::cells(u64::from(count), limits.cells, place)?;
            }
            _ => {}
        }
    }
    let mut records = Vec::new();
    append(&mut records, record::BEGIN_CELL_FORMATS, &count.to_le_bytes());
    records.append(&mut formats);
    Ok(records)
}

/// The rows and cells of a sheet, and its merged cells.
fn sheet(part: &[u8], strings: u32, limits: &Limits, place: &str) -> Result<(Vec<u8>, Vec<Area>), Error> {
    let (mut records, mut merged) = (Vec::new(), Vec::new());
    append(&mut records, record::DIMENSIONS, &[0; 16]);
    append(&mut records, record::BEGIN_SHEET_DATA, &[]);
    let mut in_cells = false;
    for record in (Records { rest: part, place }) {
        let (kind, content) = record?;
        match kind {
            record::BEGIN_SHEET_DATA => in_cells = true,
            record::END_SHEET_DATA => in_cells = false,
            record::MERGED_CELLS => {
                let area = || {
                    let corner = |first, second| position((word(content, first)?, word(content, second)?), place).ok();
                    let ((top, left), (bottom, right)) = (corner(0, 8)?, corner(4, 12)?);
                    Some(Area {
                        top,
                        bottom,
                        left,
                        right,
                    })
                };
                merged.push(area().ok_or_else(|| cut_off(place))?);
                limits::cells(merged.len() as u64, limits.cells, place)?;
            }
            _ if in_cells => {
                let copied = cell(kind, content, strings, place)?;
                copied
                    .into_iter()
                    .for_each(|(kind, content)| append(&mut records, kind, &content));
            }
            _ => {}
        }
    }
    append(&mut records, record::END_SHEET_DATA, &[]);
    Ok((records, merged))
}

/// A kind of record with its content.
type Kept<'a> = (u16, std::borrow::Cow<'a, [u8]>);

/// A record of a row or a cell as calamine reads it; absent for records that hold no value.
fn cell<'a>(kind: u16, content: &'a [u8], strings: u32, place: &str) -> Result<Option<Kept<'a>>, Error> {
    let of_length = |length: usize| content.get(..length).map(|content| (kind, content.into()));
    let error = |content: &[u8]| {
        let (cell, code) = (content.get(..CELL)?, *content.get(CELL)?);
        let code = if ERRORS.contains(&code) { code } else { NOT_AVAILABLE };
        Some((record::CELL_ERROR, [cell, &[code]].concat().into()))
    };
    let copied = match kind {
        record::ROW_HEADER => {
            position((word(content, 0).ok_or_else(|| cut_off(place))?, 0), place)?;
            of_length(4)
        }
        record::CELL_RK => of_length(CELL + 4),
        record::CELL_BOOL | record::FORMULA_BOOL => of_length(CELL + 1),
        record::CELL_ERROR | record::FORMULA_ERROR => error(content),
        record::CELL_REAL | record::FORMULA_NUMBER => of_length(CELL + 8),
        record::CELL_STRING | record::FORMULA_STRING => {
            text(content, CELL).and_then(|text| of_length(CELL + text.len()))
        }
        record::CELL_RICH_STRING => {
            text(content, CELL + 1).map(|text| (record::CELL_STRING, [&content[..CELL], text].concat().into()))
        }
        record::CELL_SHARED_STRING => {
            if word(content, CELL).is_some_and(|index| index >= strings) {
                return Err(damaged(place, "a cell whose text is missing"));
            }
            of_length(CELL + 4)
        }
        _ => return Ok(None),
    };
    copied.map(Some).ok_or_else(|| cut_off(place))
}
