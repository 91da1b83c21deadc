//! The values of a Stata file, and how each way of storing numbers writes `.` and `.a` to `.z`.

use super::super::Datum;
use super::super::bytes::{Broken, Budget, Cursor, Texts};
use super::layout::{Layout, Raw, Stored};
use nulmeting_study::Error;

/// Largest numbers that are no missing values.
const BYTE: i8 = 100;
const INT: i16 = 32_740;
pub(super) const LONG: i32 = 2_147_483_620;

/// The letter of a missing value that stands so far beyond the largest number; absent for `.`, which is the first.
fn letter(beyond: u64) -> Option<char> {
    let index = u8::try_from(beyond.checked_sub(1)?).ok()?;
    (index < 26).then(|| char::from(b'a' + index))
}

fn missing(beyond: u64) -> Datum {
    letter(beyond).map_or(Datum::Missing, Datum::Tagged)
}

/// The letter of a missing value among value labels.
pub(super) fn tag_long(value: i32) -> Option<char> {
    letter(u64::try_from(value - LONG - 1).ok()?)
}

pub(super) fn rows(
    bytes: &[u8],
    layout: &Layout,
    raw: &Raw<'_>,
    texts: &mut Texts,
    mut budget: Budget<'_>,
    place: &str,
) -> Result<Vec<Vec<Datum>>, Error> {
    let mut cursor = Cursor::new(bytes, raw.values, layout.big);
    let mut rows = Vec::new();
    for _ in 0..layout.rows {
        let mut row = Vec::with_capacity(raw.stored.len());
        for stored in &raw.stored {
            let value = datum(&mut cursor, *stored, layout, raw, texts);
            let value = value.map_err(|fault| fault.error("a Stata file", place))?;
            if let Datum::Text(text) = &value {
                budget.text(text.len())?;
            }
            row.push(value);
        }
        budget.row(row.len())?;
        rows.push(row);
    }
    Ok(rows)
}

fn datum(
    cursor: &mut Cursor<'_>,
    stored: Stored,
    layout: &Layout,
    raw: &Raw<'_>,
    texts: &mut Texts,
) -> Result<Datum, Broken> {
    let what = "a value";
    let text = |text: String| {
        if text.is_empty() {
            Datum::Missing
        } else {
            Datum::Text(text.into())
        }
    };
    Ok(match stored {
        Stored::Byte => {
            let value = i8::from_le_bytes(cursor.array(what)?);
            if value > BYTE {
                missing(u64::from(value.abs_diff(BYTE + 1)))
            } else {
                Datum::Number(f64::from(value))
            }
        }
        Stored::Int => {
            let value = cursor.u16(what)?.cast_signed();
            if value > INT {
                missing(u64::from(value.abs_diff(INT + 1)))
            } else {
                Datum::Number(f64::from(value))
            }
        }
        Stored::Long => {
            let value = cursor.i32(what)?;
            if value > LONG {
                missing(u64::from(value.abs_diff(LONG + 1)))
            } else {
                Datum::Number(f64::from(value))
            }
        }
        Stored::Float => {
            let bits = cursor.u32(what)?;
            match bits {
                0x7f00_0000..0x8000_0000 => missing(u64::from((bits - 0x7f00_0000) >> 11)),
                _ => Datum::Number(shortest(f32::from_bits(bits))),
            }
        }
        Stored::Double => {
            let bits = cursor.u64(what)?;
            match bits {
                0x7fe0_0000_0000_0000..0x8000_0000_0000_0000 => missing((bits - 0x7fe0_0000_0000_0000) >> 40),
                _ => Datum::Number(f64::from_bits(bits)),
            }
        }
        Stored::Text(bytes) => text(texts.text(cursor.take(bytes, what)?)),
        Stored::Elsewhere => {
            let key = elsewhere(cursor, layout.version)?;
            text(
                raw.elsewhere
                    .get(&key)
                    .map(|bytes| texts.text(bytes))
                    .unwrap_or_default(),
            )
        }
    })
}

/// A number of single precision as it was typed: 0.1 is not 0.10000000149.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// The two numbers that name a text that stands elsewhere.
fn elsewhere(cursor: &mut Cursor<'_>, version: u16) -> Result<(u64, u64), Broken> {
    let what = "the place of a long text";
    if version == 117 {
        return Ok((u64::from(cursor.u32(what)?), u64::from(cursor.u32(what)?)));
    }
    // Two or three bytes for the variable, the rest for the row, in the byte order of the file.
    let whole = cursor.u64(what)?;
    let bits = if version == 119 { 24 } else { 16 };
    Ok(if cursor.big {
        (whole >> (64 - bits), whole & (u64::MAX >> bits))
    } else {
        (whole & ((1 << bits) - 1), whole >> bits)
    })
}
