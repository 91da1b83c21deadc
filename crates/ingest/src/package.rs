//! Packed documents: the parts of a zip, unpacked one at a time within the limits of the study.
//!
//! The sizes that a zip states about itself are not believed: a part is unpacked until it ends or until a limit
//! is reached. No part is ever written to disk, and a zip within a zip stays packed.

mod unpacking;

use self::unpacking::Unpacking;
use crate::limits;
use crate::text::{self, Sure};
use encoding_rs::{Encoding, UTF_8};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read};
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
        "an XLSX, XLS or ODS workbook",
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
        let reader =
            quick_xml::Reader::from_reader(BufReader::new(Unpacking::of(Box::new(part), packed, limits, place)));
        let source = Source::Part(Box::new(configured(reader)), Vec::new());
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
                Ok(own) if start == 0 => Ok(Some(own)),
                Ok(own) => Ok(Some(own[start..].to_owned())),
                Err(_) => Err((self.fault)(self.place, &"a part that is not UTF-8")),
            };
        }
        let text = text::decode(&bytes, None, self.place)?;
        debug_assert_ne!(text.sure, Sure::Stated, "nobody states the encoding of a part");
        Ok(Some(text.content.into_owned()))
    }
}

/// Walks over XML and keeps count of how deep it is.
///
/// Nothing outside the document is ever asked for, and no entity is replaced but the five that XML itself has.
pub struct Xml<'a> {
    source: Source<'a>,
    depth: u64,
    limits: &'a Limits,
    place: &'a str,
    fault: Fault,
}

impl<'a> Xml<'a> {
    /// Starts at the beginning of a part of a workbook.
    pub fn new(text: &'a str, limits: &'a Limits, place: &'a str) -> Self {
        Self::new_as(text, limits, place, workbook)
    }

    /// Starts at the beginning of a text of another kind; `fault` says what is wrong with it.
    pub fn new_as(text: &'a str, limits: &'a Limits, place: &'a str, fault: Fault) -> Self {
        let reader = configured(quick_xml::Reader::from_str(text));
        Self::of(Source::Text(reader), limits, place, fault)
    }

    fn of(source: Source<'a>, limits: &'a Limits, place: &'a str, fault: Fault) -> Self {
        Self {
            source,
            depth: 0,
            limits,
            place,
            fault,
        }
    }

    /// The next event; absent at the end.
    ///
    /// Errors: elements that do not fit into each other, or lie too deep.
    pub fn event(&mut self) -> Result<Option<Event<'a>>, Error> {
        let event = match &mut self.source {
            Source::Text(reader) => reader.read_event(),
            Source::Part(reader, buffer) => {
                buffer.clear();
                reader.get_mut().get_mut().next_event();
                let event = reader.read_event_into(buffer).map(Event::into_owned);
                if let Some(refused) = reader.get_mut().get_mut().refused() {
                    return Err(refused);
                }
                event
            }
        };
        let event = event.map_err(|cause| (self.fault)(self.place, &cause))?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                limits::nesting(self.depth, self.limits, self.place)?;
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err((self.fault)(self.place, &"a part that ends too early")),
            Event::Eof => return Ok(None),
            _ => {}
        }
        Ok(Some(event))
    }

    /// How many elements the current place lies in.
    pub fn depth(&self) -> u64 {
        self.depth
    }
}

/// Where the XML comes from.
enum Source<'a> {
    Text(quick_xml::Reader<&'a [u8]>),
    /// A part that is never held as a whole, and room for one event.
    Part(Box<quick_xml::Reader<BufReader<Unpacking<'a>>>>, Vec<u8>),
}

fn configured<R>(mut reader: quick_xml::Reader<R>) -> quick_xml::Reader<R> {
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    reader
}

/// Adds the text of an event to what was read before; events that hold none add nothing.
pub fn append(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(own) => text.push_str(&own.xml10_content()),
        Event::CData(own) => text.push_str(&own.xml10_content()),
        Event::GeneralRef(own) => {
            let name = own.xml10_content();
            match quick_xml::escape::unescape(&format!("&{name};")) {
                Ok(letter) => text.push_str(&letter),
                // An entity of the document's own: never looked up, kept as it was written.
                Err(_) => text.push_str(&format!("&{name};")),
            }
        }
        _ => {}
    }
}

/// An attribute by its name without prefix; absent when the element has none.
pub fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let attribute = element
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|own| own.key.local_name().as_ref() == name)?;
    let raw = attribute.value;
    if !raw.contains('&') {
        return Some(raw);
    }
    Some(match quick_xml::escape::unescape(&raw) {
        Ok(text) => Cow::Owned(text.into_owned()),
        Err(_) => raw,
    })
}
