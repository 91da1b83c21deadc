//! ODS: all sheets in one XML part, equal rows and cells written once with a count.
//!
//! Not read with calamine: it lays all sheets out whole while it opens the file, repeated cells included, and passes
//! over the ranges of merged cells.

use super::{Area, Sheet, WorkbookBuilder};
use crate::container::limits;
use crate::container::package::{Package, Xml, append, attribute, damaged, locked};
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeSet;

/// Most rows of a sheet.
const ROWS: i64 = 1_048_576;

/// A cell as it stands in a row, with how often.
struct Repeated {
    column: u32,
    times: u32,
    text: String,
    uncomputed: bool,
    /// Rows and columns over which it is merged.
    span: (i64, u32),
}

pub(super) fn read(package: &mut Package<'_>, limits: &Limits, place: &str) -> Result<Vec<Sheet>, Error> {
    if package
        .text("META-INF/manifest.xml")?
        .is_some_and(|text| text.contains("encryption-data"))
    {
        return Err(locked(place));
    }
    let xml = package.xml("content.xml")?;
    let mut xml = xml.ok_or_else(|| damaged(place, "no part with the sheets"))?;
    let mut builder = WorkbookBuilder::new(limits, place);
    let mut hidden_styles = BTreeSet::new();
    let mut style = String::new();
    let mut row = 1;
    while let Some(event) = xml.event()? {
        let Event::Start(element) = &event else { continue };
        let value = |name: &str| attribute(element, name).map(|text| text.into_owned());
        match element.local_name().as_ref() {
            "style" => style = value("name").unwrap_or_default(),
            "table-properties" if value("display").as_deref() == Some("false") => {
                builder.style()?;
                hidden_styles.insert(style.clone());
            }
            "table" => {
                let hidden = value("style-name").is_some_and(|style| hidden_styles.contains(&style));
                builder.sheet(value("name").unwrap_or_default(), hidden)?;
                row = 1;
            }
            "table-row" => row += self::row(element, &mut xml, &mut builder, row)?,
            _ => {}
        }
    }
    Ok(builder.sheets)
}

fn times(element: &BytesStart<'_>, name: &str) -> u32 {
    attribute(element, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
        .max(1)
}

/// A row that was just opened, up to its end; gives the number of rows that it stands for.
fn row(element: &BytesStart<'_>, xml: &mut Xml<'_>, builder: &mut WorkbookBuilder<'_>, row: i64) -> Result<i64, Error> {
    let repeat = i64::from(times(element, "number-rows-repeated"));
    let outside = xml.depth() - 1;
    let mut cells: Vec<Repeated> = Vec::new();
    let mut column: u32 = 0;
    let mut text = 0;
    while xml.depth() > outside {
        let Some(event) = xml.event()? else { break };
        let Event::Start(element) = &event else { continue };
        if !matches!(element.local_name().as_ref(), "table-cell" | "covered-table-cell") {
            continue;
        }
        let times = times(element, "number-columns-repeated");
        let cell = cell(element, xml, column, times, builder)?;
        column = column.saturating_add(times);
        if cell.uncomputed || cell.span != (1, 1) || !cell.text.trim().is_empty() {
            limits::columns(
                u64::from(cell.column) + u64::from(cell.times),
                builder.limits,
                builder.place,
            )?;
            text += cell.text.len() as u64;
            builder.may_hold(text)?;
            cells.push(cell);
        }
    }
    if cells.is_empty() {
        return Ok(repeat);
    }
    if row + repeat - 1 > ROWS {
        return Err(damaged(builder.place, "a row that no sheet has"));
    }
    for row in row..row + repeat {
        for cell in &cells {
            if cell.span != (1, 1) {
                builder.merge(Area {
                    top: row,
                    bottom: row.saturating_add(cell.span.0 - 1),
                    left: cell.column,
                    right: cell.column.saturating_add(cell.span.1 - 1),
                })?;
            }
            for column in cell.column..cell.column + cell.times {
                if cell.uncomputed {
                    builder.uncomputed(row, column)?;
                } else {
                    builder.put(row, column, cell.text.clone())?;
                }
            }
        }
    }
    Ok(repeat)
}

/// A cell that was just opened, up to its end.
fn cell(
    element: &BytesStart<'_>,
    xml: &mut Xml<'_>,
    column: u32,
    times: u32,
    builder: &WorkbookBuilder<'_>,
) -> Result<Repeated, Error> {
    let value = |name: &str| attribute(element, name).map(|text| text.into_owned());
    let written = written(xml, builder)?;
    let text = match value("value-type").as_deref() {
        Some("float" | "percentage" | "currency") => value("value").map(|value| match value.parse::<f64>() {
            Ok(number) => number.to_string(),
            Err(_) => value,
        }),
        Some("date") => value("date-value").map(|text| text.replace('T', " ")),
        Some("boolean") => value("boolean-value"),
        Some("string") => value("string-value"),
        _ => None,
    };
    let text = text.unwrap_or(written);
    Ok(Repeated {
        column,
        times,
        uncomputed: value("formula").is_some() && value("value-type").is_none() && text.is_empty(),
        text,
        span: (
            i64::from(self::times(element, "number-rows-spanned")),
            self::times(element, "number-columns-spanned"),
        ),
    })
}

/// The paragraphs of a cell, comments of readers left out.
fn written(xml: &mut Xml<'_>, builder: &WorkbookBuilder<'_>) -> Result<String, Error> {
    let outside = xml.depth() - 1;
    let (mut text, mut paragraphs, mut within) = (String::new(), 0, 0);
    let mut aside = None;
    while xml.depth() > outside {
        let Some(event) = xml.event()? else { break };
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "annotation" if aside.is_none() => aside = Some(xml.depth()),
                _ if aside.is_some() => {}
                "p" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    within = xml.depth();
                }
                "s" => text.extend(std::iter::repeat_n(' ', self::times(element, "c").min(1_000) as usize)),
                "tab" => text.push('\t'),
                "line-break" => text.push('\n'),
                _ => {}
            },
            Event::End(_) => {
                if aside.is_some_and(|depth| xml.depth() < depth) {
                    aside = None;
                }
                if xml.depth() < within {
                    within = 0;
                }
            }
            other if within > 0 && aside.is_none() => append(&mut text, other),
            _ => {}
        }
        builder.may_hold(text.len() as u64)?;
    }
    Ok(text)
}
