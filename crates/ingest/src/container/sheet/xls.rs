//! XLS of Excel 5 to 2003: a stream of records.
//!
//! Not read with calamine: it lays every sheet out whole, from its first cell to its last, and takes that memory from
//! the stated dimensions; one cell in the last row would cost sixteen million. It has no reader cell by cell for XLS.

use super::cell::{Shown, number, shown_by};
use super::{Area, Sheet, WorkbookBuilder, compound};
use crate::container::limits;
use crate::container::package::{damaged, locked};
use encoding_rs::{Encoding, WINDOWS_1252};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::collections::BTreeMap;

/// Kinds of records, as the specification of the format ([MS-XLS]) names them.
mod record {
    /// Start of a stream of the workbook or of a sheet.
    pub(super) const BOF: u16 = 0x0809;
    /// End of such a stream.
    pub(super) const EOF: u16 = 0x000a;
    /// The rest is encrypted.
    pub(super) const FILE_PASS: u16 = 0x002f;
    /// Whether days count from 1904.
    pub(super) const DATE_1904: u16 = 0x0022;
    /// Code page of texts in bytes.
    pub(super) const CODE_PAGE: u16 = 0x0042;
    /// A sheet: where it starts, its state, kind and name.
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    /// A number format.
    pub(super) const FORMAT: u16 = 0x041e;
    /// A cell format.
    pub(super) const XF: u16 = 0x00e0;
    /// Shared strings.
    pub(super) const SST: u16 = 0x00fc;
    /// More of the record before.
    pub(super) const CONTINUE: u16 = 0x003c;
    /// A cell with a shared string.
    pub(super) const LABEL_SST: u16 = 0x00fd;
    /// A cell with a number.
    pub(super) const NUMBER: u16 = 0x0203;
    /// A cell with a packed number.
    pub(super) const RK: u16 = 0x027e;
    /// Cells of one row with packed numbers.
    pub(super) const MUL_RK: u16 = 0x00bd;
    /// A cell with a text.
    pub(super) const LABEL: u16 = 0x0204;
    /// A cell with a text of several fonts.
    pub(super) const R_STRING: u16 = 0x00d6;
    /// A cell with a truth or an error value.
    pub(super) const BOOL_ERR: u16 = 0x0205;
    /// A cell with a formula and its saved value.
    pub(super) const FORMULA: u16 = 0x0006;
    /// The same in Excel 3.
    pub(super) const FORMULA_3: u16 = 0x0206;
    /// The same in Excel 4.
    pub(super) const FORMULA_4: u16 = 0x0406;
    /// The saved text of the formula before.
    pub(super) const STRING: u16 = 0x0207;
    /// Merged cells.
    pub(super) const MERGE_CELLS: u16 = 0x00e5;
}

/// Versions that a workbook can have: Excel 97 and later, and Excel 5 and 95.
const BIFF_8: u16 = 0x0600;
const BIFF_5: u16 = 0x0500;

/// What the sheets of a workbook share.
struct Shared {
    strings: Vec<String>,
    /// Number format of each cell format.
    formats: Vec<u32>,
    codes: BTreeMap<u32, Shown>,
    from_1904: bool,
    encoding: &'static Encoding,
    /// Whether texts are in the form of Excel 97 and later.
    wide: bool,
}

/// A sheet by name, whether it is hidden, and where it starts.
type Listed = (String, bool, usize);

/// Records one after another: kind, content.
struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.bytes.get(self.at..self.at + 4)?;
        let (kind, length) = (half(head, 0)?, usize::from(half(head, 2)?));
        let content = self.bytes.get(self.at + 4..self.at + 4 + length)?;
        self.at += 4 + length;
        Some((kind, content))
    }
}

pub(super) fn read(bytes: &[u8], limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    let stream = compound::workbook(bytes, place)?;
    let (shared, listed) = globals(&stream, limits, place)?;
    let mut builder = WorkbookBuilder::new(limits, place);
    for (name, hidden, at) in listed {
        builder.sheet(name, hidden)?;
        sheet(&stream, at, &shared, &mut builder)?;
    }
    Ok(builder.sheets)
}

/// The first substream: sheets by name with where they start, strings, formats.
fn globals(stream: &[u8], limits: &Limits, place: &str) -> Result<(Shared, Vec<Listed>), Error> {
    let mut shared = Shared {
        strings: Vec::new(),
        formats: Vec::new(),
        codes: BTreeMap::new(),
        from_1904: false,
        encoding: WINDOWS_1252,
        wide: true,
    };
    let mut listed = Vec::new();
    let mut strings: Vec<&[u8]> = Vec::new();
    let mut in_strings = false;
    let mut ended = false;
    for (index, (kind, content)) in (Records { bytes: stream, at: 0 }).enumerate() {
        if index == 0 {
            match (kind, half(content, 0)) {
                (record::BOF, Some(BIFF_8)) => {}
                (record::BOF, Some(BIFF_5)) => shared.wide = false,
                _ => return Err(damaged(place, "a version older than Excel 5")),
            }
            continue;
        }
        in_strings = matches!(kind, record::SST) || (kind == record::CONTINUE && in_strings);
        match kind {
            record::EOF => {
                ended = true;
                break;
            }
            record::FILE_PASS => return Err(locked(place)),
            record::DATE_1904 => shared.from_1904 = half(content, 0) == Some(1),
            record::CODE_PAGE => shared.encoding = code_page(half(content, 0).unwrap_or_default()),
            record::BOUND_SHEET => {
                let (Some(at), Some(&[state, sort])) = (
                    word(content, 0),
                    content.get(4..6).and_then(|bytes| bytes.first_chunk()),
                ) else {
                    return Err(damaged(place, "a sheet without a place"));
                };
                limits::sheets(listed.len() as u64 + 1, limits, place)?;
                let name = short_text(&content[6..], &shared);
                // Charts and macros have a place among the sheets and hold no cells.
                if sort == 0 {
                    listed.push((name, state & 3 != 0, at as usize));
                }
            }
            record::FORMAT => {
                if let (Some(id), Some(rest)) = (half(content, 0), content.get(2..)) {
                    let code = if shared.wide {
                        long_text(rest)
                    } else {
                        short_text(rest, &shared)
                    };
                    shared.codes.insert(u32::from(id), shown_by(u32::from(id), Some(&code)));
                }
            }
            record::XF => shared.formats.push(u32::from(half(content, 2).unwrap_or_default())),
            record::SST | record::CONTINUE if in_strings => strings.push(content),
            _ => {}
        }
    }
    if !ended {
        return Err(damaged(place, "it was cut off"));
    }
    shared.strings = Pieces::new(strings).strings(limits, place)?;
    Ok((shared, listed))
}

fn sheet(stream: &[u8], at: usize, shared: &Shared, builder: &mut WorkbookBuilder<'_>) -> Result<(), Error> {
    let place = builder.place;
    let mut awaited: Option<(i64, u32)> = None;
    let mut depth = 0;
    for (kind, content) in (Records { bytes: stream, at }) {
        let cell = || {
            Some((
                i64::from(half(content, 0)?) + 1,
                u32::from(half(content, 2)?),
                half(content, 4)?,
            ))
        };
        match kind {
            record::BOF => depth += 1,
            record::EOF => {
                depth -= 1;
                if depth <= 0 {
                    return Ok(());
                }
            }
            // A chart within a sheet has records of its own.
            _ if depth > 1 => {}
            record::LABEL_SST => {
                if let (Some((row, column, _)), Some(index)) = (cell(), word(content, 6)) {
                    let text = shared.strings.get(index as usize).cloned();
                    builder.put(
                        row,
                        column,
                        text.ok_or_else(|| damaged(place, "a cell whose text is missing"))?,
                    )?;
                }
            }
            record::NUMBER => {
                if let (Some((row, column, format)), Some(value)) = (cell(), double(content, 6)) {
                    builder.put(row, column, shared.number(value, format))?;
                }
            }
            record::RK => {
                if let (Some((row, column, format)), Some(value)) = (cell(), word(content, 6)) {
                    builder.put(row, column, shared.number(packed(value), format))?;
                }
            }
            record::MUL_RK => {
                let (Some(row), Some(first)) = (half(content, 0), half(content, 2)) else {
                    continue;
                };
                let cells = content.get(4..content.len().saturating_sub(2)).unwrap_or_default();
                for (column, bytes) in (u32::from(first)..).zip(cells.chunks_exact(6)) {
                    if let (Some(format), Some(value)) = (half(bytes, 0), word(bytes, 2)) {
                        builder.put(i64::from(row) + 1, column, shared.number(packed(value), format))?;
                    }
                }
            }
            record::LABEL | record::R_STRING => {
                if let (Some((row, column, _)), Some(rest)) = (cell(), content.get(6..)) {
                    let text = if shared.wide {
                        long_text(rest)
                    } else {
                        byte_text(rest, shared)
                    };
                    builder.put(row, column, text)?;
                }
            }
            record::BOOL_ERR => {
                if let (Some((row, column, _)), Some(&[value, is_error])) =
                    (cell(), content.get(6..8).and_then(|bytes| bytes.first_chunk()))
                {
                    builder.put(row, column, truth(value, is_error != 0))?;
                }
            }
            record::FORMULA | record::FORMULA_3 | record::FORMULA_4 => {
                if let (Some((row, column, format)), Some(value)) = (cell(), content.get(6..14)) {
                    awaited = formula(builder, shared, (row, column), format, value)?;
                }
            }
            record::STRING => {
                if let Some((row, column)) = awaited.take() {
                    let text = if shared.wide {
                        long_text(content)
                    } else {
                        byte_text(content, shared)
                    };
                    builder.put(row, column, text)?;
                }
            }
            record::MERGE_CELLS => {
                for bytes in content.get(2..).unwrap_or_default().chunks_exact(8) {
                    let corner = |at| half(bytes, at).unwrap_or_default();
                    builder.merge(Area {
                        top: i64::from(corner(0)) + 1,
                        bottom: i64::from(corner(2)) + 1,
                        left: u32::from(corner(4)),
                        right: u32::from(corner(6)),
                    })?;
                }
            }
            _ => {}
        }
    }
    Err(damaged(place, "it was cut off"))
}

/// The saved value of a formula; a text follows in a record of its own.
fn formula(
    builder: &mut WorkbookBuilder<'_>,
    shared: &Shared,
    (row, column): (i64, u32),
    format: u16,
    value: &[u8],
) -> Result<Option<(i64, u32)>, Error> {
    if value[6..] != [0xff, 0xff] {
        let value = double(value, 0).unwrap_or_default();
        builder.put(row, column, shared.number(value, format))?;
        return Ok(None);
    }
    match value[0] {
        0 => return Ok(Some((row, column))),
        1 => builder.put(row, column, truth(value[2], false))?,
        2 => builder.put(row, column, truth(value[2], true))?,
        // An empty text.
        _ => {}
    }
    Ok(None)
}

fn truth(value: u8, is_error: bool) -> String {
    match (is_error, value) {
        (false, 0) => "false",
        (false, _) => "true",
        (true, 0x00) => "#NULL!",
        (true, 0x07) => "#DIV/0!",
        (true, 0x0f) => "#VALUE!",
        (true, 0x17) => "#REF!",
        (true, 0x1d) => "#NAME?",
        (true, 0x24) => "#NUM!",
        (true, _) => "#N/A",
    }
    .to_owned()
}

/// A number in four bytes: 30 bits, and whether it is whole and in hundredths.
fn packed(value: u32) -> f64 {
    let number = if value & 2 == 0 {
        f64::from_bits(u64::from(value & !3) << 32)
    } else {
        f64::from(value.cast_signed() >> 2)
    };
    if value & 1 == 0 { number } else { number / 100.0 }
}

impl Shared {
    fn number(&self, value: f64, format: u16) -> String {
        let code = self.formats.get(usize::from(format)).copied().unwrap_or_default();
        let shown = self.codes.get(&code).copied().unwrap_or_else(|| shown_by(code, None));
        number(value, shown, self.from_1904)
    }
}

fn code_page(page: u16) -> &'static Encoding {
    let label = match page {
        10_000 => "macintosh".to_owned(),
        932 => "shift_jis".to_owned(),
        874 | 1250..=1258 => format!("windows-{page}"),
        _ => "windows-1252".to_owned(),
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// A text with its length in one byte.
fn short_text(bytes: &[u8], shared: &Shared) -> String {
    let Some((length, rest)) = bytes.split_first() else {
        return String::new();
    };
    if shared.wide {
        return letters(rest, usize::from(*length));
    }
    let text = &rest[..usize::from(*length).min(rest.len())];
    shared.encoding.decode_without_bom_handling(text).0.into_owned()
}

/// A text of bytes with its length in two.
fn byte_text(bytes: &[u8], shared: &Shared) -> String {
    let length = usize::from(half(bytes, 0).unwrap_or_default());
    let rest = bytes.get(2..).unwrap_or_default();
    let text = &rest[..length.min(rest.len())];
    shared.encoding.decode_without_bom_handling(text).0.into_owned()
}

/// A text of letters with its length in two bytes.
fn long_text(bytes: &[u8]) -> String {
    letters(
        bytes.get(2..).unwrap_or_default(),
        usize::from(half(bytes, 0).unwrap_or_default()),
    )
}

/// Letters after a byte that says whether each takes one byte or two.
fn letters(bytes: &[u8], count: usize) -> String {
    let Some((flags, rest)) = bytes.split_first() else {
        return String::new();
    };
    if flags & 1 == 0 {
        return rest.iter().take(count).map(|byte| char::from(*byte)).collect();
    }
    let units: Vec<u16> = rest
        .chunks_exact(2)
        .take(count)
        .map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

/// The shared strings, which run on over the ends of records.
struct Pieces<'a> {
    pieces: std::vec::IntoIter<&'a [u8]>,
    current: &'a [u8],
}

impl<'a> Pieces<'a> {
    fn new(pieces: Vec<&'a [u8]>) -> Self {
        Self {
            pieces: pieces.into_iter(),
            current: &[],
        }
    }

    fn is_at_end(&self) -> bool {
        self.current.is_empty() && self.pieces.as_slice().iter().all(|piece| piece.is_empty())
    }

    fn byte(&mut self) -> Option<u8> {
        while self.current.is_empty() {
            self.current = self.pieces.next()?;
        }
        let (first, rest) = self.current.split_first()?;
        self.current = rest;
        Some(*first)
    }

    fn half(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn word(&mut self) -> Option<u32> {
        Some(u32::from(self.half()?) | u32::from(self.half()?) << 16)
    }

    fn strings(mut self, limits: &Limits, place: &str) -> Result<Vec<String>, Error> {
        let mut strings = Vec::new();
        if self.word().is_none() {
            return Ok(strings);
        }
        // Some programs write a wrong count, so the strings end where their bytes do.
        let count = self.word().unwrap_or_default() as usize;
        let mut text = 0;
        while !self.is_at_end() {
            let Some(string) = self.string() else {
                if strings.len() >= count {
                    break;
                }
                return Err(damaged(place, "shared texts that were cut off"));
            };
            text += string.len() as u64;
            limits::unpacked(text, limits, place)?;
            strings.push(string);
            limits::cells(strings.len() as u64, limits.cells, place)?;
        }
        Ok(strings)
    }

    fn string(&mut self) -> Option<String> {
        let count = usize::from(self.half()?);
        let mut flags = self.byte()?;
        let runs = if flags & 8 != 0 { usize::from(self.half()?) } else { 0 };
        let more = if flags & 4 != 0 { self.word()? as usize } else { 0 };
        let mut units: Vec<u16> = Vec::new();
        while units.len() < count {
            if self.current.is_empty() {
                // Letters that run on in the next record start with how wide they are there.
                flags = self.byte()?;
            }
            units.push(if flags & 1 == 0 {
                u16::from(self.byte()?)
            } else {
                self.half()?
            });
        }
        for _ in 0..runs * 4 {
            self.byte()?;
        }
        for _ in 0..more {
            self.byte()?;
        }
        Some(String::from_utf16_lossy(&units))
    }
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn double(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}
