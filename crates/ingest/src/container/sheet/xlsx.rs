//! XLSX: calamine reads the cells, from a copy of the parts that it needs.
//!
//! calamine believes what a file says about itself: it takes memory for the stated number of shared strings, copies a
//! font for every cell format, keeps every open element, and stops at an error value newer than the seven of Excel
//! 2003. The copy therefore holds the list of sheets and the number formats as this module read them, and the shared
//! strings and sheets as delivered, each within the limits of the study. Which format shows a date is decided here for
//! XLSX, XLSB and XLS alike.

use super::cell::{Shown, number, shown_by};
use super::parts::{Copy, Listed, Relations, main, relations};
use super::{Area, Sheet, WorkbookBuilder};
use crate::container::limits;
use crate::container::package::{Package, Xml, attribute, damaged};
use calamine::{DataRef, Dimensions, Reader, Xlsx, XlsxError};
use memchr::memmem;
use nulmeting_study::Error;
use nulmeting_study::panic::caught;
use nulmeting_study::study_file::Limits;
use quick_xml::events::Event;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Rows and columns of a sheet.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// What calamine keeps of a cell format beside its number format, in cells.
const FORMAT: u64 = 32;

/// The longest entity of XML itself, such as `&#x10FFFF;`.
/// Unit: bytes.
const LONGEST_ENTITY: usize = 12;

/// The most that stands in the element of a cell before its kind: its address and its format.
/// Unit: bytes.
const LONGEST_ADDRESS: usize = 100;

/// A sheet of the copy.
struct Copied {
    name: String,
    hidden: bool,
    /// Whether it has rows; a sheet without any is not read, because calamine refuses it.
    has_rows: bool,
    has_merged_cells: bool,
}

pub(super) fn read(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    let (copy, sheets) = copied(package, limits, place)?;
    // Addresses that no sheet has overflow in calamine, which panics where overflow is checked.
    let read = caught(|| cells(&copy, sheets, limits, place));
    read.unwrap_or_else(|| Err(damaged(place, "a cell that no sheet has")))
}

/// The cells of every sheet of the copy.
fn cells(copy: &[u8], sheets: Vec<Copied>, limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    let fault = |cause: XlsxError| match cause {
        XlsxError::Unexpected(text) if text.contains("shared strings") => {
            damaged(place, "a cell whose text is missing")
        }
        cause => damaged(place, cause),
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(copy)).map_err(fault)?;
    let from_1904 = book.has_1904_epoch();
    let mut builder = WorkbookBuilder::new(limits, place);
    for (index, sheet) in sheets.into_iter().enumerate() {
        builder.sheet(sheet.name, sheet.hidden)?;
        if !sheet.has_rows {
            continue;
        }
        let mut cells = book.worksheet_cells_reader(&index.to_string()).map_err(fault)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault)? {
            let (row, column) = position(cell.pos, place)?;
            if cell.formula.is_some() && cell.value == DataRef::Empty {
                builder.uncomputed(row, column)?;
            } else {
                builder.put(row, column, shown(cell.value, from_1904))?;
            }
        }
        drop(cells);
        if sheet.has_merged_cells {
            for area in book.merge_cells_by_sheet_name(&index.to_string()).map_err(fault)? {
                builder.merge(area_of(area, place)?)?;
            }
        }
    }
    Ok(builder.sheets)
}

/// Row, counted from 1, and column, counted from 0.
pub(super) fn position((row, column): (u32, u32), place: &str) -> Result<(i64, u32), Error> {
    if row >= ROWS || column >= COLUMNS {
        return Err(damaged(place, "a cell that no sheet has"));
    }
    Ok((i64::from(row) + 1, column))
}

fn area_of(area: Dimensions, place: &str) -> Result<Area, Error> {
    let ((top, left), (bottom, right)) = (position(area.start, place)?, position(area.end, place)?);
    Ok(Area {
        top,
        bottom,
        left,
        right,
    })
}

/// A value as it is shown.
pub(super) fn shown(value: DataRef<'_>, from_1904: bool) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DurationIso(text) => text,
        DataRef::SharedString(text) => text.to_owned(),
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => number(value, Shown::Number, from_1904),
        DataRef::DateTime(value) => number(value.as_f64(), Shown::Moment, from_1904),
        DataRef::DateTimeIso(text) => text.replace('T', " "),
        DataRef::Bool(value) => value.to_string(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// The copy for calamine, and its sheets in their order; the name of a sheet in the copy is its place in the list.
fn copied(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<(Vec<u8>, Vec<Copied>), Error> {
    let main = main(package, "xl/workbook.xml", limits, place)?;
    let text = package.text(&main)?;
    let text = text.ok_or_else(|| damaged(place, "no part with the workbook"))?;
    let (listed, from_1904) = workbook(&text, limits, place)?;
    let related = relations(package, &main, limits, place)?;
    let mut copy = Copy::default();
    copy.put("_rels/.rels", b"<Relationships><Relationship Type=\"/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    if let Some(mut text) = part(package, &related, "/sharedStrings")? {
        let strings =
            memmem::find_iter(text.as_bytes(), b"<si").count() + memmem::find_iter(text.as_bytes(), b":si").count();
        limits::cells(strings as u64, limits.cells, place)?;
        nested(&text, limits, place)?;
        // calamine takes memory for as many strings as this attribute says.
        if stated_strings(&text, limits, place)? > strings {
            text = text.replace("uniqueCount", "statedCount");
        }
        copy.put(
            "xl/sharedStrings.xml",
            without_other_entities(&text, limits, place)?.as_bytes(),
        );
    }
    if let Some(text) = part(package, &related, "/styles")? {
        let mut styles = "<styleSheet><cellXfs>".to_owned();
        for shown in formats(&text, limits, place)? {
            styles.push_str(match shown {
                Shown::Moment => "<xf numFmtId=\"14\"/>",
                Shown::Number => "<xf numFmtId=\"0\"/>",
            });
        }
        copy.put("xl/styles.xml", (styles + "</cellXfs></styleSheet>").as_bytes());
    }
    let mut sheets: Vec<Copied> = Vec::new();
    for sheet in listed {
        // Charts and macros stand among the sheets and hold no cells.
        let Some(target) = related.worksheet(&sheet, place)? else {
            continue;
        };
        let text = package.text(target)?;
        let text = text.ok_or_else(|| damaged(place, format_args!("sheet `{}` is not in the file", sheet.name)))?;
        nested(&text, limits, place)?;
        copy.put(
            &format!("xl/{}.xml", sheets.len()),
            without_other_entities(&with_errors_as_texts(&text), limits, place)?.as_bytes(),
        );
        let has = |name: &str| memmem::find(text.as_bytes(), name.as_bytes()).is_some();
        sheets.push(Copied {
            name: sheet.name,
            hidden: sheet.hidden,
            has_rows: has("sheetData"),
            has_merged_cells: has("mergeCell"),
        });
    }
    let each = |text: &dyn Fn(usize) -> String| (0..sheets.len()).map(text).collect::<String>();
    let named = each(&|index| format!("<sheet name=\"{index}\" r:id=\"r{index}\"/>"));
    copy.put(
        "xl/workbook.xml",
        format!("<workbook><workbookPr date1904=\"{from_1904}\"/><sheets>{named}</sheets></workbook>").as_bytes(),
    );
    let targets = each(&|index| format!("<Relationship Id=\"r{index}\" Type=\"/worksheet\" Target=\"{index}.xml\"/>"));
    copy.put(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships>{targets}</Relationships>").as_bytes(),
    );
    Ok((copy.finished(), sheets))
}

/// The text of the part that the workbook has of a kind.
fn part(package: &mut Package<'_>, related: &Relations, kind: &str) -> Result<Option<String>, Error> {
    match related.of_kind(kind) {
        Some(target) => package.text(target),
        None => Ok(None),
    }
}

/// How many shared strings a part says that it holds.
fn stated_strings(text: &str, limits: &Limits, place: &str) -> Result<usize, Error> {
    let mut xml = Xml::new(text, limits, place);
    while let Some(event) = xml.event()? {
        if let Event::Start(element) = &event
            && element.local_name().as_ref() == "sst"
        {
            let stated = attribute(element, "uniqueCount");
            return Ok(stated.map_or(0, |count| count.parse().unwrap_or(usize::MAX)));
        }
    }
    Ok(0)
}

/// Refuses elements that lie too deep within each other: calamine keeps the name of every open element.
fn nested(text: &str, limits: &Limits, place: &str) -> Result<(), Error> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_u64);
    while let Some(next) = memchr::memchr2(b'<', b'>', &bytes[at..]) {
        let sign = at + next;
        at = sign + 1;
        let skipped =
            |end: &str| memmem::find(&bytes[sign..], end.as_bytes()).map_or(bytes.len(), |length| sign + length);
        if bytes[sign] == b'>' {
            depth = depth.saturating_sub(u64::from(sign > 0 && bytes[sign - 1] == b'/'));
        } else if bytes[sign..].starts_with(b"<!--") {
            at = skipped("-->");
        } else if bytes[sign..].starts_with(b"<![CDATA[") {
            at = skipped("]]>");
        } else {
            match bytes.get(at) {
                Some(b'/') => depth = depth.saturating_sub(1),
                Some(b'!' | b'?') | None => {}
                Some(_) => depth += 1,
            }
            limits::nesting(depth, limits, place)?;
        }
    }
    Ok(())
}

/// The sheet with its error values as texts: calamine knows seven of them, and Excel has more by now.
fn with_errors_as_texts(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut copy = String::new();
    let mut copied = 0;
    for at in memmem::find_iter(bytes, b"t=\"e\"") {
        let before = &bytes[at.saturating_sub(LONGEST_ADDRESS)..at];
        let element = memchr::memrchr2(b'<', b'>', before).map(|start| &before[start..]);
        if element.is_some_and(|element| element.starts_with(b"<") && element.ends_with(b" ")) {
            copy.push_str(&text[copied..at]);
            copy.push_str("t=\"str\"");
            copied = at + b"t=\"e\"".len();
        }
    }
    if copied == 0 {
        return text.into();
    }
    copy.push_str(&text[copied..]);
    copy.into()
}

/// The text with every `&` that opens no entity of XML itself as the sign that it is: calamine refuses the file otherwise.
///
/// An entity of the document's own is never looked up, and stays as it was written.
fn without_other_entities<'t>(text: &'t str, limits: &Limits, place: &str) -> Result<Cow<'t, str>, Error> {
    let is_known = |at: usize| {
        let start = text.as_bytes()[at..].iter().take(LONGEST_ENTITY);
        let length = start.copied().position(|byte| byte == b';');
        length.is_some_and(|length| quick_xml::escape::unescape(&text[at..=at + length]).is_ok())
    };
    let mut copy = String::new();
    let mut copied = 0;
    for at in memchr::memchr_iter(b'&', text.as_bytes()).filter(|at| !is_known(*at)) {
        copy.push_str(&text[copied..=at]);
        copy.push_str("amp;");
        copied = at + 1;
        limits::unpacked(copy.len() as u64, limits, place)?;
    }
    if copied == 0 {
        return Ok(text.into());
    }
    copy.push_str(&text[copied..]);
    Ok(copy.into())
}

fn workbook(text: &str, limits: &Limits, place: &str) -> Result<(Vec<Listed>, bool), Error> {
    let mut xml = Xml::new(text, limits, place);
    let (mut listed, mut from_1904) = (Vec::new(), false);
    while let Some(event) = xml.event()? {
        let Event::Start(element) = event else { continue };
        let value = |name: &str| attribute(&element, name).map(|text| text.into_owned());
        match element.local_name().as_ref() {
            // An extension of newer versions has the same name and no date system.
            "workbookPr" => from_1904 |= value("date1904").is_some_and(|text| text == "1" || text == "true"),
            "sheet" => {
                limits::sheets(listed.len() as u64 + 1, limits, place)?;
                listed.push(Listed {
                    name: value("name").unwrap_or_default(),
                    hidden: value("state").is_some_and(|state| state != "visible"),
                    relation: value("id").unwrap_or_default(),
                });
            }
            _ => {}
        }
    }
    Ok((listed, from_1904))
}

/// How each cell format shows a number.
fn formats(text: &str, limits: &Limits, place: &str) -> Result<Vec<Shown>, Error> {
    let mut xml = Xml::new(text, limits, place);
    let mut codes: BTreeMap<u32, Shown> = BTreeMap::new();
    let (mut formats, mut in_cells) = (Vec::new(), false);
    while let Some(event) = xml.event()? {
        match &event {
            Event::Start(element) => {
                let id = || attribute(element, "numFmtId").and_then(|text| text.parse::<u32>().ok());
                match element.local_name().as_ref() {
                    "cellXfs" => in_cells = true,
                    "numFmt" => {
                        if let (Some(id), Some(code)) = (id(), attribute(element, "formatCode")) {
                            codes.insert(id, shown_by(id, Some(&code)));
                        }
                    }
                    "xf" if in_cells => {
                        let id = id().unwrap_or(0);
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| shown_by(id, None)));
                        limits::cells(formats.len() as u64 * FORMAT, limits.cells, place)?;
                    }
                    _ => {}
                }
            }
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
    Ok(formats)
}
