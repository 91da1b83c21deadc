//! The limits of a study, held against what a delivered file turns out to hold.
//!
//! They are checked before memory is taken. A file over a limit is not read in part: it is refused whole,
//! because half an export looks like a smaller one. How much is allowed is said in the study file.

use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;

/// What a row costs beside its cells, in cells.
pub const ROW: u64 = 8;

const MIB: u64 = 1024 * 1024;

/// How many times as large as what is held a part may be that is unpacked while it is read.
const PASSING: u64 = 4;
/// The longest element or text in such a part.
/// Unit: MiB.
const PIECE: u64 = 16;

fn refuse(place: &str, found: String, expected: String, key: &str) -> Error {
    Error::new(
        place,
        found,
        expected,
        format!("check that it is the export that was meant; if it is, raise `limits.{key}` in the study file"),
    )
}

/// Refuses a file by its size on disk.
pub fn size(bytes: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if bytes <= limits.file_mib.saturating_mul(MIB) {
        return Ok(());
    }
    let found = format!("a file of {} MiB", bytes / MIB);
    Err(refuse(
        place,
        found,
        format!("at most {} MiB", limits.file_mib),
        "file_mib",
    ))
}

/// Refuses a file by the size of what it holds once it is unpacked, or by the text of its cells.
pub fn unpacked(bytes: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if bytes <= limits.unpacked_mib.saturating_mul(MIB) {
        return Ok(());
    }
    let found = format!(
        "a file that holds more than {} MiB once it is unpacked",
        limits.unpacked_mib
    );
    Err(refuse(
        place,
        found,
        format!("at most {} MiB", limits.unpacked_mib),
        "unpacked_mib",
    ))
}

/// Refuses a part that is unpacked while it is read, by its size: nothing but its cells is held, and what is counted
/// here is time.
pub fn passing(bytes: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    let most = limits.unpacked_mib.saturating_mul(PASSING);
    if bytes <= most.saturating_mul(MIB) {
        return Ok(());
    }
    let found = format!("a part that holds more than {most} MiB once it is unpacked");
    Err(refuse(place, found, format!("at most {most} MiB"), "unpacked_mib"))
}

/// Refuses an element or a text that is longer than any that somebody wrote, in a part that is unpacked while it is
/// read.
pub fn piece(bytes: u64, place: &str) -> Result<(), Error> {
    if bytes <= PIECE * MIB {
        return Ok(());
    }
    Err(Error::new(
        place,
        format!("an element or a text of more than {PIECE} MiB within a part"),
        "an export or a self-assessment",
        "check that it is the export that was meant",
    ))
}

/// Refuses a part that is packed more tightly than documents are; small parts are let through.
pub fn ratio(unpacked: u64, packed: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if unpacked <= MIB || unpacked <= packed.saturating_mul(limits.ratio) {
        return Ok(());
    }
    let found = format!(
        "a part that is more than {} times larger unpacked than packed",
        limits.ratio
    );
    Err(refuse(place, found, format!("at most {} times", limits.ratio), "ratio"))
}

/// Refuses a packed file by the number of its parts.
pub fn parts(count: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if count <= limits.parts {
        return Ok(());
    }
    let found = format!("a packed file of {count} parts");
    Err(refuse(place, found, format!("at most {} parts", limits.parts), "parts"))
}

/// Refuses a workbook by the number of its sheets.
pub fn sheets(count: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if count <= limits.sheets {
        return Ok(());
    }
    let found = format!("a workbook of {count} sheets");
    Err(refuse(
        place,
        found,
        format!("at most {} sheets", limits.sheets),
        "sheets",
    ))
}

/// Refuses a file by its cells, a row counted as [`ROW`] more.
pub fn cells(count: u64, most: u64, place: &str) -> Result<(), Error> {
    if count <= most {
        return Ok(());
    }
    let found = format!("a file of more than {most} cells");
    Err(refuse(
        place,
        found,
        "an export or a self-assessment".to_owned(),
        "cells",
    ))
}

/// Refuses a row or a file by the number of its columns.
pub fn columns(count: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if count <= limits.columns {
        return Ok(());
    }
    let found = format!("more than {} columns", limits.columns);
    Err(refuse(
        place,
        found,
        format!("at most {} columns", limits.columns),
        "columns",
    ))
}

/// Refuses elements that lie too deep within each other.
pub fn nesting(depth: u64, limits: &Limits, place: &str) -> Result<(), Error> {
    if depth <= limits.nesting {
        return Ok(());
    }
    let found = format!("elements that lie more than {} deep within each other", limits.nesting);
    Err(refuse(place, found, "a document".to_owned(), "nesting"))
}

#[cfg(test)]
mod tests {
    use super::{ratio, size, unpacked};
    use nulmeting_study::study_file::Limits;

    #[test]
    fn file_of_a_gigabyte_is_refused_with_the_key_that_allows_it() {
        let error = size(1 << 30, &Limits::default(), "big.csv").unwrap_err();
        assert!(error.hint.contains("limits.file_mib"), "{error}");
    }

    #[test]
    fn small_part_may_be_packed_tightly() {
        let limits = Limits::default();
        assert!(ratio(1_000_000, 1, &limits, "x").is_ok());
        assert!(ratio(2_000_000, 1, &limits, "x").is_err());
        assert!(unpacked(1 << 40, &limits, "x").is_err());
    }
}
