//! XML of a part or of a text, event by event.

use super::unpacking::Unpacking;
use super::{Fault, workbook};
use crate::container::limits;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::io::BufReader;

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

    pub(super) fn of(source: Source<'a>, limits: &'a Limits, place: &'a str, fault: Fault) -> Self {
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
pub(super) enum Source<'a> {
    Text(quick_xml::Reader<&'a [u8]>),
    /// A part that is never held as a whole, and room for one event.
    Part(Box<quick_xml::Reader<BufReader<Unpacking<'a>>>>, Vec<u8>),
}

impl<'a> Source<'a> {
    pub(super) fn part(part: Unpacking<'a>) -> Self {
        let reader = quick_xml::Reader::from_reader(BufReader::new(part));
        Self::Part(Box::new(configured(reader)), Vec::new())
    }
}

fn configured<R>(mut reader: quick_xml::Reader<R>) -> quick_xml::Reader<R> {
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    reader
}

/// Adds the text of an event to what was read before; events that hold none add nothing.
pub fn append(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(content) => text.push_str(&content.xml10_content()),
        Event::CData(content) => text.push_str(&content.xml10_content()),
        Event::GeneralRef(content) => {
            let name = content.xml10_content();
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
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let raw = attribute.value;
    if !raw.contains('&') {
        return Some(raw);
    }
    Some(match quick_xml::escape::unescape(&raw) {
        Ok(text) => Cow::Owned(text.into_owned()),
        Err(_) => raw,
    })
}
