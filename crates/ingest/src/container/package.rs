//! Packed documents: the parts of a zip, unpacked one at a time within the limits of the study.
//!
//! The sizes that a zip states about itself are not believed: a part is unpacked until it ends or until a limit
//! is reached. No part is ever written to disk, and a zip within a zip stays packed.

mod unpacking;
mod xml;

pub use self::xml::{Xml, append, attribute};

use self::unpacking::Unpacking;
use self::xml::Source;
use crate::container::limits;
use crate::container::text::{self, Sure};
use encoding_rs::{Encoding, UTF_8};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Most bytes of the line in which an XML part declares its encoding.
const DECLARATION: usize = 200;

/// A packed document.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Places of the parts by their names as [`plain`] has them.
    parts: BTreeMap<String, usize>,
    limits: &'a Limits,
    place: &'a str,
    fault: Fault,
    unpacked: u64,
}

/// What to say, of a file at a place, about the cause why it cannot be opened.
pub type Fault = fn(&str, &dyn std::fmt::Display) -> Error;

/// A file that cannot be opened as what it seems to be.
pub(crate) fn damaged(place: &str, cause: impl std::fmt::Display) -> Error {
    workbook(place, &cause)
}

fn workbook(place: &str, cause: &dyn std::fmt::Display) -> Error {
    Error::new(
        place,
        format!("a file that cannot be opened as a workbook ({cause})"),
        "an XLSX, XLSB, XLS or ODS workbook",
        "open it in a spreadsheet program and save it again as XLSX, or ask the sender for a whole copy",
    )
}

/// A file that is locked with a password.
pub(crate) fn locked(place: &str) -> Error {
    Error::new(
        place,
        "a workbook that is locked with a password",
        "a workbook without password",
        "open it, remove the password and save it again",
    )
}

/// The name of a part as it is compared: some programs write folders with `\`, or `[content_types].xml`.
fn plain(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}

/// The encoding that the first line of an XML part declares; absent where that is UTF-8, UTF-16, which its bytes tell, or
/// none that is known.
fn declared(bytes: &[u8]) -> Option<String> {
    let line = bytes.strip_prefix(b"<?xml")?;
    let line = &line[..line.iter().take(DECLARATION).position(|byte| *byte == b'>')?];
    let line = std::str::from_utf8(line).ok()?;
    let value = line
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let label = value.split(['"', '\'']).nth(1)?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    let told = encoding == UTF_8 || !encoding.is_ascii_compatible();
    (!told && !bytes.is_ascii()).then(|| label.to_owned())
}

/// Why a part cannot be unpacked.
fn refused(place: &str, fault: Fault, cause: zip::result::ZipError) -> Error {
    match cause {
        zip::result::ZipError::UnsupportedArchive(text) if text.contains("assword") => locked(place),
        cause => fault(place, &cause),
    }
}

impl<'a> Package<'a> {
    /// Opens a workbook.
    ///
    /// Errors: bytes that are no zip, more parts than the study allows.
    pub fn open(bytes: &'a [u8], limits: &'a Limits, place: &'a str) -> Result<Self, Error> {
        Self::open_as(bytes, limits, place, workbook)
    }

    /// Opens a document of another kind; see [`Package::open`].
    ///
    /// Errors: as there, in the words of `fault`.
    pub fn open_as(bytes: &'a [u8], limits: &'a Limits, place: &'a str, fault: Fault) -> Result<Self, Error> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|cause| fault(place, &cause))?;
        limits::parts(archive.len() as u64, limits, place)?;
        let mut parts = BTreeMap::new();
        for (index, name) in archive.file_names().enumerate() {
            if let Ok(name) = name {
                parts.entry(plain(&name)).or_insert(index);
            }
        }
        Ok(Self {
            archive,
            parts,
            limits,
            place,
            fault,
            unpacked: 0,
        })
    }

    /// Whether the document has a part of that name.
    pub fn has(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    /// The place of a part; by its name as it is, or as other programs write it.
    fn index(&self, name: &str) -> Option<usize> {
        let exact = self.archive.index_for_name(name);
        exact.or_else(|| self.parts.get(&plain(name)).copied())
    }

    /// The names of the parts.
    pub fn names(&self) -> Vec<String> {
        self.archive
            .file_names()
            .filter_map(|name| Some(name.ok()?.into_owned()))
            .collect()
    }

    /// A part as it is; absent when there is none.
    ///
    /// Errors: a part that is damaged, locked, or over a limit.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(index) = self.index(name) else {
            return Ok(None);
        };
        let (place, fault) = (self.place, self.fault);
        let mut part = self
            .archive
            .by_index(index)
            .map_err(|cause| refused(place, fault, cause))?;
        let packed = part.compressed_size();
        let mut content = Vec::new();
        let mut chunk = vec![0; 64 * 1024];
        loop {
            let count = part
                .read(&mut chunk)
                .map_err(|cause| (self.fault)(self.place, &cause))?;
            if count == 0 {
                break;
            }
            content.extend_from_slice(&chunk[..count]);
            limits::unpacked(self.unpacked + content.len() as u64, self.limits, self.place)?;
            limits::ratio(content.len() as u64, packed, self.limits, self.place)?;
        }
        self.unpacked += content.len() as u64;
        Ok(Some(content))
    }

    /// The XML of a part, unpacked while it is read: it may be larger than what is held may be. Absent when there is none.
    ///
    /// Errors: as [`Package::bytes`]; while it is read, a part that is not UTF-8.
    pub fn xml(&mut self, name: &str) -> Result<Option<Xml<'_>>, Error> {
        let Some(index) = self.index(name) else {
            return Ok(None);
        };
        let (limits, place, fault) = (self.limits, self.place, self.fault);
        let part = self
            .archive
            .by_index(index)
            .map_err(|cause| refused(place, fault, cause))?;
        let packed = part.compressed_size();
        let source = Source::part(Unpacking::of(Box::new(part), packed, limits, place));
        Ok(Some(Xml::of(source, limits, place, fault)))
    }

    /// A part as text; absent when there is none.
    ///
    /// Errors: as [`Package::bytes`], and a part that is no text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        let Some(bytes) = self.bytes(name)? else {
            return Ok(None);
        };
        if let Some(label) = declared(&bytes) {
            return Ok(Some(
                text::decode(&bytes, Some(&label), self.place)?.content.into_owned(),
            ));
        }
        if !text::is_wide(&bytes) {
            let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
            return match String::from_utf8(bytes) {
                Ok(text) if start == 0 => Ok(Some(text)),
                Ok(text) => Ok(Some(text[start..].to_owned())),
                Err(_) => Err((self.fault)(self.place, &"a part that is not UTF-8")),
            };
        }
        let text = text::decode(&bytes, None, self.place)?;
        debug_assert_ne!(text.sure, Sure::Stated, "nobody states the encoding of a part");
        Ok(Some(text.content.into_owned()))
    }
}
