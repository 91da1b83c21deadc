//! Compound files: the container of XLS and of workbooks that are locked with a password.

use crate::container::package::{damaged, locked};
use cfb::CompoundFile;
use nulmeting_study::Error;
use nulmeting_study::panic::caught;
use std::io::{Cursor, Read};

/// What a compound file starts with.
pub(super) const MARK: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// The stream with the workbook, whatever the case of its name.
///
/// Errors: a file that is locked with a password, or is no workbook.
pub(super) fn workbook(bytes: &[u8], place: &str) -> Result<Vec<u8>, Error> {
    caught(|| read(bytes, place)).unwrap_or_else(|| Err(damaged(place, "its parts contradict each other")))
}

fn read(bytes: &[u8], place: &str) -> Result<Vec<u8>, Error> {
    // Looked for in the bytes: the password is what to tell, also where the rest of the file is damaged.
    let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memchr::memmem::find(bytes, &package).is_some() {
        return Err(locked(place));
    }
    let mut compound = CompoundFile::open(Cursor::new(bytes)).map_err(|cause| damaged(place, cause))?;
    let name = ["Workbook", "Book"].into_iter().find(|name| compound.is_stream(name));
    let name = name.ok_or_else(|| damaged(place, "no part with the workbook"))?;
    let stream = compound.open_stream(name).map_err(|cause| damaged(place, cause))?;
    let mut whole = Vec::new();
    // A stream states its own length; it cannot hold more than the file does.
    let stream = stream.take(bytes.len() as u64).read_to_end(&mut whole);
    match stream {
        Ok(_) => Ok(whole),
        Err(cause) if whole.is_empty() => Err(damaged(place, cause)),
        // What is missing at the end is missed when the records are read.
        Err(_) => Ok(whole),
    }
}
