//! XLS of Excel 5 to 2003: a stream of records.

use super::cell::{Shown, number, shown_by};
use super::{Area, Making, Sheet, compound};
use crate::container::limits;
use crate::container::package::{damaged, locked};
use encoding_rs::{Encoding, WINDOWS_1252};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::collections::BTreeMap;

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
    let mut making = Making::new(limits, place);
    for (name, hidden, at) in listed {
        making.sheet(name, hidden)?;
        sheet(&stream, at, &shared, &mut making)?;
    }
    Ok(making.sheets)
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
                (0x0809, Some(0x0600)) => {}
                (0x0809, Some(0x0500)) => shared.wide = false,
                _ => return Err(damaged(place, "a version older than Excel 5")),
            }
            continue;
        }
        in_strings = matches!(kind, 0x00fc) || (kind == 0x003c && in_strings);
        match kind {
            0x000a => {
                ended = true;
                break;
            }
            0x002f => return Err(locked(place)),
            0x0022 => shared.from_1904 = half(content, 0) == Some(1),
            0x0042 => shared.encoding = code_page(half(content, 0).unwrap_or_default()),
            0x0085 => {
                let (Some(at), Some(&[state, sort])) =
                    (word(content, 0), content.get(4..6).and_then(|own| own.first_chunk()))
                else {
                    return Err(damaged(place, "a sheet without a place"));
                };
                limits::sheets(listed.len() as u64 + 1, limits, place)?;
                let name = short_text(&content[6..], &shared);
                // Charts and macros have a place among the sheets and hold no cells.
                if sort == 0 {
                    listed.push((name, state & 3 != 0, at as usize));
                }
            }
            0x041e => {
                if let (Some(id), Some(rest)) = (half(content, 0), content.get(2..)) {
                    let code = if shared.wide {
                        long_text(rest)
                    } else {
                        short_text(rest, &shared)
                    };
                    shared.codes.insert(u32::from(id), shown_by(u32::from(id), Some(&code)));
                }
            }
            0x00e0 => shared.formats.push(u32::from(half(content, 2).unwrap_or_default())),
            0x00fc | 0x003c if in_strings => strings.push(content),
            _ => {}
        }
    }
    if !ended {
        return Err(damaged(place, "it was cut off"));
    }
    shared.strings = Pieces::new(strings).strings(limits, place)?;
    Ok((shared, listed))
}

fn sheet(stream: &[u8], at: usize, shared: &Shared, making: &mut Making<'_>) -> Result<(), Error> {
    let place = making.place;
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
            0x0809 => depth += 1,
            0x000a => {
                depth -= 1;
                if depth <= 0 {
                    return Ok(());
                }
            }
            // A chart within a sheet has records of its own.
            _ if depth > 1 => {}
            0x00fd => {
                if let (Some((row, column, _)), Some(index)) = (cell(), word(content, 6)) {
                    let text = shared.strings.get(index as usize).cloned();
                    making.put(
                        row,
                        column,
                        text.ok_or_else(|| damaged(place, "a cell whose text is missing"))?,
                    )?;
                }
            }
            0x0203 => {
                if let (Some((row, column, format)), Some(value)) = (cell(), double(content, 6)) {
                    making.put(row, column, shared.number(value, format))?;
                }
            }
            0x027e => {
                if let (Some((row, column, format)), Some(value)) = (cell(), word(content, 6)) {
                    making.put(row, column, shared.number(packed(value), format))?;
                }
            }
            0x00bd => {
                let (Some(row), Some(first)) = (half(content, 0), half(content, 2)) else {
                    continue;
                };
                let cells = content.get(4..content.len().saturating_sub(2)).unwrap_or_default();
                for (column, own) in (u32::from(first)..).zip(cells.chunks_exact(6)) {
                    if let (Some(format), Some(value)) = (half(own, 0), word(own, 2)) {
                        making.put(i64::from(row) + 1, column, shared.number(packed(value), format))?;
                    }
                }
            }
            0x0204 | 0x00d6 => {
                if let (Some((row, column, _)), Some(rest)) = (cell(), content.get(6..)) {
                    let text = if shared.wide {
                        long_text(rest)
                    } else {
                        byte_text(rest, shared)
                    };
                    making.put(row, column, text)?;
                }
            }
            0x0205 => {
                if let (Some((row, column, _)), Some(&[value, is_error])) =
                    (cell(), content.get(6..8).and_then(|own| own.first_chunk()))
                {
                    making.put(row, column, truth(value, is_error != 0))?;
                }
            }
            0x0006 | 0x0206 | 0x0406 => {
                if let (Some((row, column, format)), Some(value)) = (cell(), content.get(6..14)) {
                    awaited = formula(making, shared, (row, column), format, value)?;
                }
            }
            0x0207 => {
                if let Some((row, column)) = awaited.take() {
                    let text = if shared.wide {
                        long_text(content)
                    } else {
                        byte_text(content, shared)
                    };
                    making.put(row, column, text)?;
                }
            }
            0x00e5 => {
                for own in content.get(2..).unwrap_or_default().chunks_exact(8) {
                    let corner = |at| half(own, at).unwrap_or_default();
                    making.merge(Area {
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
    making: &mut Making<'_>,
    shared: &Shared,
    (row, column): (i64, u32),
    format: u16,
    value: &[u8],
) -> Result<Option<(i64, u32)>, Error> {
    if value[6..] != [0xff, 0xff] {
        let value = double(value, 0).unwrap_or_default();
        making.put(row, column, shared.number(value, format))?;
        return Ok(None);
    }
    match value[0] {
        0 => return Ok(Some((row, column))),
        1 => making.put(row, column, truth(value[2], false))?,
        2 => making.put(row, column, truth(value[2], true))?,
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
    let own = &rest[..usize::from(*length).min(rest.len())];
    shared.encoding.decode_without_bom_handling(own).0.into_owned()
}

/// A text of bytes with its length in two.
fn byte_text(bytes: &[u8], shared: &Shared) -> String {
    let length = usize::from(half(bytes, 0).unwrap_or_default());
    let rest = bytes.get(2..).unwrap_or_default();
    let own = &rest[..length.min(rest.len())];
    shared.encoding.decode_without_bom_handling(own).0.into_owned()
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
        return rest.iter().take(count).map(|own| char::from(*own)).collect();
    }
    let units: Vec<u16> = rest
        .chunks_exact(2)
        .take(count)
        .map(|own| u16::from_le_bytes([own[0], own[1]]))
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
        let count = self.word().unwrap_or_default();
        let mut text = 0;
        for _ in 0..count {
            let string = self
                .string()
                .ok_or_else(|| damaged(place, "shared texts that were cut off"))?;
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
