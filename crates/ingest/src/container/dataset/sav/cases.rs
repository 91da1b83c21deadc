//! The values of an SPSS file.

use super::super::Datum;
use super::super::bytes::{Broken, Budget, Cursor, Texts};
use super::dictionary::{Column, Header, number};
use crate::container::limits;
use flate2::read::ZlibDecoder;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::io::{BufReader, Read};

/// Eight bytes of a row, as the packing hands them out.
enum Element {
    Bytes([u8; 8]),
    Number(f64),
    Blanks,
    System,
}

/// Why no element follows.
enum Stop {
    /// The values end.
    End,
    /// They contradict themselves.
    Broken(&'static str),
}

/// Hands out elements one after another.
struct Elements<R> {
    source: R,
    packed: bool,
    bias: f64,
    codes: [u8; 8],
    /// Next of the codes; 8 when all are used.
    next: usize,
    ended: bool,
}

impl<R: Read> Elements<R> {
    fn eight(&mut self) -> Result<[u8; 8], Stop> {
        let mut bytes = [0; 8];
        let mut filled = 0;
        while filled < 8 {
            match self.source.read(&mut bytes[filled..]) {
                Ok(0) if filled == 0 => return Err(Stop::End),
                Ok(0) => return Err(Stop::Broken("values that end within a value")),
                Ok(count) => filled += count,
                Err(_) => return Err(Stop::Broken("values that cannot be unpacked")),
            }
        }
        Ok(bytes)
    }

    fn next(&mut self) -> Result<Element, Stop> {
        if !self.packed {
            return self.eight().map(Element::Bytes);
        }
        if self.ended {
            return Err(Stop::End);
        }
        loop {
            if self.next == 8 {
                self.codes = self.eight()?;
                self.next = 0;
            }
            let code = self.codes[self.next];
            self.next += 1;
            return match code {
                0 => continue,
                252 => {
                    self.ended = true;
                    Err(Stop::End)
                }
                253 => match self.eight() {
                    Err(Stop::End) => Err(Stop::Broken("values that end within a row")),
                    other => other.map(Element::Bytes),
                },
                254 => Ok(Element::Blanks),
                255 => Ok(Element::System),
                small => Ok(Element::Number(f64::from(small) - self.bias)),
            };
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one file, taken together once")]
pub(super) fn read(
    body: &[u8],
    at: usize,
    header: &Header,
    columns: &[Column],
    texts: &mut Texts,
    budget: &mut Budget<'_>,
    limits: &Limits,
    place: &str,
) -> Result<Vec<Vec<Datum>>, Error> {
    if header.packing == 2 {
        let blocks = Blocks::open(body, at, header.big).map_err(|fault| fault.error("an SPSS file", place))?;
        limits::ratio(blocks.unpacked, body.len() as u64, limits, place)?;
        limits::unpacked(blocks.unpacked, limits, place)?;
        return rows(BufReader::new(blocks), header, columns, texts, budget, place);
    }
    rows(body, header, columns, texts, budget, place)
}

fn rows<R: Read>(
    source: R,
    header: &Header,
    columns: &[Column],
    texts: &mut Texts,
    budget: &mut Budget<'_>,
    place: &str,
) -> Result<Vec<Vec<Datum>>, Error> {
    let mut elements = Elements {
        source,
        packed: header.packing > 0,
        bias: header.bias,
        codes: [0; 8],
        next: 8,
        ended: false,
    };
    let damaged = |row: usize, what: &str| {
        Error::new(
            format!("{place}, row {row}"),
            format!("an SPSS file that is damaged or cut off: {what}"),
            match header.rows {
                Some(rows) => format!("{rows} rows, as its header says"),
                None => "whole rows".to_owned(),
            },
            "save the file again, or ask the sender for a whole copy",
        )
    };
    let mut rows: Vec<Vec<Datum>> = Vec::new();
    while header.rows.is_none_or(|count| rows.len() < count) {
        let mut row = Vec::with_capacity(columns.len());
        for column in columns {
            match datum(&mut elements, column, header, texts, budget) {
                Ok(datum) => row.push(datum?),
                Err(Stop::End) if row.is_empty() && header.rows.is_none() => return Ok(rows),
                Err(Stop::End) => return Err(damaged(rows.len() + 1, "its values end too early")),
                Err(Stop::Broken(what)) => return Err(damaged(rows.len() + 1, what)),
            }
        }
        budget.row(row.len())?;
        rows.push(row);
    }
    Ok(rows)
}

fn datum<R: Read>(
    elements: &mut Elements<R>,
    column: &Column,
    header: &Header,
    texts: &mut Texts,
    budget: &mut Budget<'_>,
) -> Result<Result<Datum, Error>, Stop> {
    if column.width == 0 {
        let value = match elements.next()? {
            Element::Number(value) => value,
            Element::Bytes(bytes) => number(bytes, header.big),
            Element::System => header.system,
            Element::Blanks => return Err(Stop::Broken("a text where a number should stand")),
        };
        // Other programs write what is no number where SPSS writes its missing value.
        let missing = value == header.system || value.is_nan();
        return Ok(Ok(if missing { Datum::Missing } else { Datum::Number(value) }));
    }
    let mut bytes = Vec::new();
    for (used, count) in &column.segments {
        let start = bytes.len();
        for _ in 0..*count {
            match elements.next()? {
                Element::Bytes(part) => bytes.extend(part),
                Element::Blanks => bytes.extend([b' '; 8]),
                Element::Number(_) | Element::System => {
                    return Err(Stop::Broken("a number where a text should stand"));
                }
            }
        }
        bytes.truncate(start + used);
    }
    let text = texts.text(&bytes);
    if let Err(over) = budget.text(text.len()) {
        return Ok(Err(over));
    }
    Ok(Ok(if text.is_empty() {
        Datum::Missing
    } else {
        Datum::Text(text.into())
    }))
}

/// The packed blocks of a `.zsav`, unpacked one after another.
struct Blocks<'a> {
    body: &'a [u8],
    /// Where each block starts in the body, and its packed and unpacked size.
    table: std::vec::IntoIter<(usize, usize, u64)>,
    current: Option<std::io::Take<ZlibDecoder<&'a [u8]>>>,
    /// Size of all blocks unpacked, as the trailer states it; no block may be larger than it says.
    unpacked: u64,
}

impl<'a> Blocks<'a> {
    fn open(body: &'a [u8], at: usize, big: bool) -> Result<Self, Broken> {
        let mut cursor = Cursor::new(body, 0, big);
        cursor.u64("the start of the packed values")?;
        let trailer = cursor.u64("the end of the packed values")?;
        let what = "the table of packed blocks";
        let start = usize::try_from(trailer)
            .ok()
            .and_then(|position| position.checked_sub(at));
        let mut cursor = Cursor::new(body, start.ok_or(Broken { what, at })?, big);
        cursor.take(20, what)?;
        let count = cursor.count(what)?;
        let mut table = Vec::new();
        let mut unpacked: u64 = 0;
        for _ in 0..count {
            cursor.u64(what)?;
            let from = usize::try_from(cursor.u64(what)?)
                .ok()
                .and_then(|position| position.checked_sub(at));
            let (size, packed) = (cursor.count(what)?, cursor.count(what)?);
            let from = from.ok_or_else(|| cursor.broken(what))?;
            if from.checked_add(packed).is_none_or(|end| end > body.len()) {
                return Err(cursor.broken(what));
            }
            unpacked += size as u64;
            table.push((from, packed, size as u64));
        }
        Ok(Self {
            body,
            table: table.into_iter(),
            current: None,
            unpacked,
        })
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(block) = &mut self.current {
                let count = block.read(buffer)?;
                if count > 0 {
                    return Ok(count);
                }
                if block.limit() > 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
            }
            let Some((from, packed, size)) = self.table.next() else {
                return Ok(0);
            };
            self.current = Some(ZlibDecoder::new(&self.body[from..from + packed]).take(size));
        }
    }
}
