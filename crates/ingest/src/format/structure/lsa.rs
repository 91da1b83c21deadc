//! LSA: an archive of a LimeSurvey survey, with its structure and the table of its responses as the tool stores it.
//!
//! The table names columns by numbers, as `841748X3X26SQ001`; the structure beside it says which question that is.
//! A value that is absent there was not shown, and one that is empty was left empty. The tokens of participants
//! and the timings are never read.

use super::lss::{self, damaged};
use super::{Stored, Structure, unknown};
use crate::container::delimited::Delimited;
use crate::container::limits;
use crate::container::package::{Package, Xml, append};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// An archive with responses.
pub(crate) struct Archive {
    pub(crate) structure: Structure,
    pub(crate) responses: Delimited,
}

/// Opens an archive; absent when the bytes are none, or one without responses.
pub(crate) fn open(bytes: &[u8], limits: &Limits, place: &str) -> Result<Option<Archive>, Error> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    // Whatever is wrong with a zip that is no archive is for the reader of workbooks to say.
    let Ok(mut package) = Package::open_as(bytes, limits, place, damaged) else {
        return Ok(None);
    };
    let Some(name) = part(&package, ".lsr") else {
        return Ok(None);
    };
    let structure = of(&mut package, limits, place)?;
    let text = package.text(&name)?.unwrap_or_default();
    let responses = responses(&text, &structure, limits, place)?;
    Ok(Some(Archive { structure, responses }))
}

/// Reads the structure that an archive holds.
pub(super) fn structure(bytes: &[u8], limits: &Limits, place: &str) -> Result<Structure, Error> {
    of(&mut Package::open_as(bytes, limits, place, damaged)?, limits, place)
}

fn of(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<Structure, Error> {
    let name = part(package, ".lss").ok_or_else(|| unknown(place, "an archive without an `.lss`"))?;
    let text = package.text(&name)?.unwrap_or_default();
    lss::parse(&text, limits, place)
}

fn part(package: &Package<'_>, end: &str) -> Option<String> {
    package.names().into_iter().filter(|name| name.ends_with(end)).min()
}

/// The table of responses under the codes of the structure.
fn responses(text: &str, structure: &Structure, limits: &Limits, place: &str) -> Result<Delimited, Error> {
    let mut xml = Xml::new_as(text, limits, place, damaged);
    let mut names: Vec<String> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    let mut cells = 0;
    let mut column = |name: &str, names: &mut Vec<String>| -> Result<usize, Error> {
        let name = name.trim_start_matches('_').replace('-', "#");
        if let Some(known) = places.get(&name) {
            return Ok(*known);
        }
        names.push(name.clone());
        limits::columns(names.len() as u64, limits, place)?;
        places.insert(name, names.len() - 1);
        Ok(names.len() - 1)
    };
    while let Some(event) = xml.event()? {
        let Event::Start(tag) = &event else { continue };
        match tag.name().as_ref() {
            "fieldname" => {
                let name = content(&mut xml)?;
                column(&name, &mut names)?;
            }
            "row" => {
                let outside = xml.depth();
                let mut row: Vec<Option<String>> = vec![None; names.len()];
                while xml.depth() >= outside {
                    let Some(event) = xml.event()? else { break };
                    let Event::Start(tag) = &event else { continue };
                    let index = column(tag.name().as_ref(), &mut names)?;
                    let value = content(&mut xml)?;
                    if row.len() <= index {
                        row.resize(index + 1, None);
                    }
                    row[index] = Some(value);
                }
                cells += row.len() as u64 + limits::ROW;
                limits::cells(cells, limits.cells, place)?;
                rows.push(row);
            }
            _ => {}
        }
    }
    let width = names.len();
    limits::cells((rows.len() * width) as u64, limits.cells, place)?;
    let headings = names.iter().map(|name| Some(structure.code_of(name)));
    let rows = rows.into_iter().map(|mut row| {
        row.resize(width, None);
        row
    });
    Ok(Delimited::of_records(std::iter::once(headings.collect()).chain(rows)))
}

/// The text of an element that was just opened, up to its end.
fn content(xml: &mut Xml<'_>) -> Result<String, Error> {
    let outside = xml.depth();
    let mut text = String::new();
    while xml.depth() >= outside {
        let Some(event) = xml.event()? else { break };
        append(&mut text, &event);
    }
    Ok(text)
}

impl Structure {
    /// The code of a column of the tool's own table; the name as it stands when no question has it.
    fn code_of(&self, name: &str) -> String {
        // A number may be the start of another: the longest whose question has what follows goes first.
        let fits = self.columns.iter().filter_map(|(key, stored)| {
            let rest = name.strip_prefix(key.as_str())?;
            Some((key.len(), stored.heading(rest)?))
        });
        fits.max().map_or_else(|| name.to_owned(), |(_, heading)| heading)
    }
}

impl Stored {
    /// The heading of a column, by what follows the number of its question; absent when nothing of it is so named.
    fn heading(&self, rest: &str) -> Option<String> {
        let code = &self.code;
        if rest.is_empty() {
            return Some(code.clone());
        }
        if let Some((part, scale)) = rest.split_once('#') {
            let scale: u32 = scale.parse().ok()?;
            return self
                .parts
                .contains(part)
                .then(|| format!("{code}[{part}][{}]", scale + 1));
        }
        let part = rest.strip_suffix("comment").unwrap_or(rest);
        let pair = || {
            part.split_once('_')
                .is_some_and(|(a, b)| self.parts.contains(a) && self.parts.contains(b))
        };
        // Ranks are counted where a question has answers and no rows.
        let rank = || self.parts.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let known = self.parts.contains(part) || matches!(part, "" | "other") || pair() || rank();
        known.then(|| format!("{code}[{rest}]"))
    }
}
