//! XLSX: sheets, shared strings and number formats in XML parts.

use super::cell::{Shown, address, number, shown_by};
use super::{Area, Making, Sheet};
use crate::container::limits;
use crate::container::package::{Package, Xml, append, attribute, damaged};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    relation: String,
}

/// What the sheets of a workbook share.
struct Shared {
    strings: Vec<String>,
    formats: Vec<Shown>,
    from_1904: bool,
}

pub(super) fn read(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    let relations = relations(package, "_rels/.rels", "", limits, place)?;
    let main = relations
        .values()
        .find(|(kind, _)| kind.ends_with("/officeDocument"))
        .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, target)| target.clone());
    let text = package
        .text(&main)?
        .ok_or_else(|| damaged(place, "no part with the workbook"))?;
    let (listed, from_1904) = workbook(&text, limits, place)?;
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
    let list = if folder.is_empty() {
        format!("_rels/{file}.rels")
    } else {
        format!("{folder}/_rels/{file}.rels")
    };
    let relations = self::relations(package, &list, folder, limits, place)?;
    let of_kind = |kind: &str| {
        let found = relations.values().find(|(own, _)| own.ends_with(kind));
        found.map(|(_, target)| target.clone())
    };
    let mut shared = Shared {
        strings: Vec::new(),
        formats: Vec::new(),
        from_1904,
    };
    if let Some(text) = of_kind("/sharedStrings")
        .map(|part| package.text(&part))
        .transpose()?
        .flatten()
    {
        shared.strings = strings(&text, limits, place)?;
    }
    if let Some(text) = of_kind("/styles")
        .map(|part| package.text(&part))
        .transpose()?
        .flatten()
    {
        shared.formats = formats(&text, limits, place)?;
    }
    let mut making = Making::new(limits, place);
    for own in listed {
        let Some((kind, target)) = relations.get(&own.relation) else {
            return Err(damaged(place, format_args!("sheet `{}` is not in the file", own.name)));
        };
        // Charts and macros have a place among the sheets and hold no cells.
        if !kind.ends_with("/worksheet") {
            continue;
        }
        let text = package.text(target)?;
        let text = text.ok_or_else(|| damaged(place, format_args!("sheet `{}` is not in the file", own.name)))?;
        making.sheet(own.name, own.hidden)?;
        cells(&text, &shared, &mut making)?;
    }
    Ok(making.sheets)
}

/// Relations of a part: key to kind and target within the package. What lies outside it is left out.
fn relations(
    package: &mut Package<'_>,
    part: &str,
    folder: &str,
    limits: &Limits,
    place: &str,
) -> Result<BTreeMap<String, (String, String)>, Error> {
    let mut relations = BTreeMap::new();
    let Some(text) = package.text(part)? else {
        return Ok(relations);
    };
    let mut xml = Xml::new(&text, limits, place);
    while let Some(event) = xml.event()? {
        let Event::Start(element) = event else { continue };
        let own = |name: &str| attribute(&element, name).map(|text| text.into_owned());
        if element.local_name().as_ref() != "Relationship" || own("TargetMode").as_deref() == Some("External") {
            continue;
        }
        if let (Some(id), Some(kind), Some(target)) = (own("Id"), own("Type"), own("Target")) {
            relations.insert(id, (kind, within(folder, &target)));
        }
    }
    Ok(relations)
}

/// A target as the name of a part; steps out of the package end at its root.
fn within(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            own => parts.push(own),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

fn workbook(text: &str, limits: &Limits, place: &str) -> Result<(Vec<Listed>, bool), Error> {
    let mut xml = Xml::new(text, limits, place);
    let (mut listed, mut from_1904) = (Vec::new(), false);
    while let Some(event) = xml.event()? {
        let Event::Start(element) = event else { continue };
        let own = |name: &str| attribute(&element, name).map(|text| text.into_owned());
        match element.local_name().as_ref() {
            // An extension of newer versions has the same name and says nothing of dates.
            "workbookPr" => from_1904 |= own("date1904").is_some_and(|text| text == "1" || text == "true"),
            "sheet" => {
                limits::sheets(listed.len() as u64 + 1, limits, place)?;
                listed.push(Listed {
                    name: own("name").unwrap_or_default(),
                    hidden: own("state").is_some_and(|state| state != "visible"),
                    relation: own("id").unwrap_or_default(),
                });
            }
            _ => {}
        }
    }
    Ok((listed, from_1904))
}

/// The shared strings, without the readings that stand above them in some scripts.
fn strings(text: &str, limits: &Limits, place: &str) -> Result<Vec<String>, Error> {
    let mut xml = Xml::new(text, limits, place);
    let mut strings = Vec::new();
    while let Some(event) = xml.event()? {
        if let Event::Start(element) = &event
            && element.local_name().as_ref() == "si"
        {
            strings.push(rich(&mut xml)?);
            limits::cells(strings.len() as u64, limits.cells, place)?;
        }
    }
    strings.shrink_to_fit();
    Ok(strings)
}

/// The text within an element that was just opened, up to its end.
fn rich(xml: &mut Xml<'_>) -> Result<String, Error> {
    let outside = xml.depth() - 1;
    let (mut text, mut taking, mut aside) = (String::new(), false, None);
    while xml.depth() > outside {
        let Some(event) = xml.event()? else { break };
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => taking = true,
                "rPh" if aside.is_none() => aside = Some(xml.depth()),
                _ => {}
            },
            Event::End(_) => {
                taking = false;
                if aside.is_some_and(|depth| xml.depth() < depth) {
                    aside = None;
                }
            }
            other if taking && aside.is_none() => append(&mut text, other),
            _ => {}
        }
    }
    text.shrink_to_fit();
    Ok(unescaped(text))
}

/// Undoes `_x000D_`, by which letters are written that XML cannot hold.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest[at + 6..].starts_with('_'));
        match code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32)
        {
            Some(letter) => {
                plain.push(letter);
                rest = &rest[at + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// How each cell format shows a number.
fn formats(text: &str, limits: &Limits, place: &str) -> Result<Vec<Shown>, Error> {
    let mut xml = Xml::new(text, limits, place);
    let mut codes: BTreeMap<u32, Shown> = BTreeMap::new();
    let (mut formats, mut in_cells) = (Vec::new(), false);
    while let Some(event) = xml.event()? {
        match &event {
            Event::Start(element) => {
                let id = || attribute(element, "numFmtId").and_then(|text| text.parse::<u32>().ok());
                match element.local_name().as_ref() {
                    "cellXfs" => in_cells = true,
                    "numFmt" => {
                        if let (Some(id), Some(code)) = (id(), attribute(element, "formatCode")) {
                            codes.insert(id, shown_by(id, Some(&code)));
                        }
                    }
                    "xf" if in_cells => {
                        let id = id().unwrap_or(0);
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| shown_by(id, None)));
                    }
                    _ => {}
                }
            }
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
    Ok(formats)
}

fn cells(text: &str, shared: &Shared, making: &mut Making<'_>) -> Result<(), Error> {
    let (limits, place) = (making.limits, making.place);
    let mut xml = Xml::new(text, limits, place);
    let (mut row, mut column) = (0, 0);
    while let Some(event) = xml.event()? {
        let Event::Start(element) = &event else { continue };
        match element.local_name().as_ref() {
            "row" => {
                row = match attribute(element, "r") {
                    Some(text) => text
                        .parse()
                        .ok()
                        .filter(|row| (1..=1_048_576).contains(row))
                        .ok_or_else(|| damaged(place, "a row that no sheet has"))?,
                    None => row + 1,
                };
                column = 0;
            }
            "c" => {
                if let Some(text) = attribute(element, "r") {
                    (row, column) = address(&text).ok_or_else(|| damaged(place, "a cell that no sheet has"))?;
                }
                cell(element, &mut xml, shared, making, (row, column))?;
                column += 1;
            }
            "mergeCell" => {
                let area = attribute(element, "ref").and_then(|text| {
                    let (first, last) = text.split_once(':').unwrap_or((&text, &text));
                    let ((top, left), (bottom, right)) = (address(first)?, address(last)?);
                    Some(Area {
                        top,
                        bottom,
                        left,
                        right,
                    })
                });
                if let Some(area) = area {
                    making.merge(area)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A cell that was just opened, up to its end.
fn cell(
    element: &BytesStart<'_>,
    xml: &mut Xml<'_>,
    shared: &Shared,
    making: &mut Making<'_>,
    (row, column): (i64, u32),
) -> Result<(), Error> {
    let kind = attribute(element, "t");
    let kind = kind.as_deref().unwrap_or("n");
    let format = attribute(element, "s").and_then(|text| text.parse::<usize>().ok());
    let outside = xml.depth() - 1;
    let (mut value, mut inline, mut formula, mut taking) = (String::new(), None, false, false);
    while xml.depth() > outside {
        let Some(event) = xml.event()? else { break };
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "v" => taking = true,
                "f" => formula = true,
                "is" => inline = Some(rich(xml)?),
                _ => {}
            },
            Event::End(_) => taking = false,
            other if taking => append(&mut value, other),
            _ => {}
        }
    }
    if formula && value.is_empty() && kind != "str" {
        return making.uncomputed(row, column);
    }
    let text = match kind {
        _ if value.is_empty() => inline.unwrap_or_default(),
        "s" => {
            let string = value
                .trim()
                .parse::<usize>()
                .ok()
                .and_then(|index| shared.strings.get(index));
            string
                .cloned()
                .ok_or_else(|| damaged(making.place, "a cell whose text is missing"))?
        }
        "b" => if value.trim() == "1" { "true" } else { "false" }.to_owned(),
        "str" | "e" => unescaped(value),
        "d" => value.replace('T', " "),
        _ => match value.trim().parse::<f64>() {
            Ok(own) => {
                let shown = format.and_then(|format| shared.formats.get(format).copied());
                number(own, shown.unwrap_or(Shown::Number), shared.from_1904)
            }
            Err(_) => value,
        },
    };
    making.put(row, column, text)
}
