//! Stata data files, versions 113 to 115 (Stata 8 to 12) and 117 to 119 (Stata 13 and later).
//!
//! The crate `dta` 0.6 reads the same versions and was tried by its source. It refuses a whole file for one text that
//! does not fit the encoding (`string_decoding.rs`), where this reader marks the letter and reports the text; it takes
//! buffers by the counts of the header before it sees the bytes (`reader_state.rs`); and it cannot read once more in
//! another encoding, which older files without a declared one need. A check before it would repeat half of this reader.

mod layout;
mod values;

use self::layout::Layout;
use super::bytes::{Broken, Budget, Cursor, Texts};
use super::{Dataset, Program};
use encoding_rs::UTF_8;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;

/// What a file of the newer kind starts with.
const MARK: &[u8] = b"<stata_dta>";

/// Whether bytes are a Stata file of any version.
pub fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK) || matches!(bytes, [102..=115, 1 | 2, 1, 0, ..])
}

/// Reads a file.
///
/// Missing: `.` is the system's missing value; `.a` to `.z` stay apart, each with its label.
/// Errors: a version that is not read, a file that contradicts itself, ends early, or is over a limit.
pub fn read(bytes: &[u8], stated: Option<&str>, limits: &Limits, place: &str) -> Result<Dataset, Error> {
    let broken = |fault: Broken| fault.error("a Stata file", place);
    let layout = if bytes.starts_with(MARK) {
        newer(bytes, place)?
    } else {
        older(bytes, place)?
    };
    Budget::new(limits, place).variables(layout.variables)?;
    let raw = layout.read(bytes).map_err(broken)?;
    let declared = (layout.version >= 118).then_some(UTF_8);
    let texts = Texts::choose(stated, declared, &raw.sample(), place)?;
    let ((variables, rows), texts) = texts.fitted(|texts| {
        let mut budget = Budget::new(limits, place);
        let variables = raw.variables(texts, &mut budget)?;
        let rows = values::rows(bytes, &layout, &raw, texts, budget, place)?;
        Ok((variables, rows))
    })?;
    Ok(Dataset {
        program: Program::Stata,
        encoding: texts.encoding.name(),
        sure: texts.sure,
        variables,
        rows,
        doubts: texts.doubts(),
    })
}

fn version(found: impl std::fmt::Display, place: &str) -> Error {
    Error::new(
        place,
        format!("a Stata file of version {found}"),
        "version 113, 114, 115, 117, 118 or 119",
        "save it from Stata with `saveold`, or as CSV",
    )
}

fn older(bytes: &[u8], place: &str) -> Result<Layout, Error> {
    let broken = |fault: Broken| fault.error("a Stata file", place);
    let number = bytes[0];
    if !(113..=115).contains(&number) {
        return Err(version(number, place));
    }
    let mut cursor = Cursor::new(bytes, 4, bytes[1] == 1);
    let variables = cursor.u16("the number of variables").map_err(broken)?;
    let rows = cursor.count("the number of rows").map_err(broken)?;
    cursor.take(81 + 18, "the header").map_err(broken)?;
    Ok(Layout {
        version: u16::from(number),
        big: cursor.big,
        variables: usize::from(variables),
        rows: rows as u64,
        start: cursor.at(),
    })
}

fn newer(bytes: &[u8], place: &str) -> Result<Layout, Error> {
    let broken = |fault: Broken| fault.error("a Stata file", place);
    let mut cursor = Cursor::new(bytes, MARK.len(), false);
    let mut head = || {
        cursor.expect("<header><release>")?;
        let digits = cursor.take(3, "the version")?;
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|text| text.parse::<u16>().ok());
        cursor.expect("</release><byteorder>")?;
        cursor.big = cursor.take(3, "the byte order")? == b"MSF";
        cursor.expect("</byteorder><K>")?;
        Ok(number)
    };
    let number = head().map_err(broken)?.unwrap_or_default();
    if !(117..=119).contains(&number) {
        return Err(version(number, place));
    }
    let mut counts = || {
        let variables = match number {
            119 => cursor.u32("the number of variables")? as usize,
            _ => usize::from(cursor.u16("the number of variables")?),
        };
        cursor.expect("</K><N>")?;
        let rows = match number {
            117 => u64::from(cursor.u32("the number of rows")?),
            _ => cursor.u64("the number of rows")?,
        };
        cursor.expect("</N><label>")?;
        let length = match number {
            117 => usize::from(cursor.u8("the label")?),
            _ => usize::from(cursor.u16("the label")?),
        };
        cursor.take(length, "the label")?;
        cursor.expect("</label><timestamp>")?;
        let length = usize::from(cursor.u8("the time")?);
        cursor.take(length, "the time")?;
        cursor.expect("</timestamp></header>")?;
        Ok((variables, rows))
    };
    let (variables, rows) = counts().map_err(broken)?;
    Ok(Layout {
        version: number,
        big: cursor.big,
        variables,
        rows,
        start: cursor.at(),
    })
}
