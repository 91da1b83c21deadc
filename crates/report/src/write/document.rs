//! A document before it has a format: what stands at its front, its sections, its figures.
//!
//! The PDF and the Word document are made from this one value, by templates that choose how it looks and nothing of
//! what it says.

use crate::Error;
use crate::draw::figure::{self, Figure};
use crate::draw::theme::Theme;
use crate::section::{Block, Section, Sentence, Table};
use crate::view::View;
use crate::view::number_format;
use crate::write::html::Figures;
use minijinja::context;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Letters of a title that fit at the head of a page.
const HEAD: usize = 70;

/// What a template needs to set a document, but for its figures.
pub(crate) struct Document<'a> {
    /// Texts, sections and colours, as templates read them.
    pub(crate) value: Value,
    /// The figures that the sections show, by name.
    pub(crate) figures: BTreeMap<&'a str, &'a Figure>,
}

/// The words at the front of a document.
pub(crate) struct Front {
    /// Title of the document.
    pub(crate) title: String,
    /// What kind of document it is, and of which wave.
    pub(crate) kicker: String,
    /// Whether it may go outside.
    pub(crate) profile: String,
    /// How it was made.
    pub(crate) colophon: String,
    /// Whether the sections after the first get a list of contents.
    pub(crate) contents: bool,
}

impl Front {
    /// The front of the report.
    pub(crate) fn of_report(view: &View<'_>) -> Result<Self, Error> {
        let word = |key: &str| view.texts.word(&format!("page.{key}"));
        let study = &view.input.study.study;
        Ok(Self {
            title: study.title.clone(),
            kicker: format!("{} · {} {}", word("report")?, word("wave")?, view.wave.id),
            profile: word(if view.options.public { "public" } else { "inside" })?,
            colophon: view.texts.say(
                "page.colophon",
                context! { version => view.options.version.clone(), seed => study.seed, date => date(view)? },
            )?,
            contents: true,
        })
    }
}

/// The date of a wave as it is read aloud.
pub(crate) fn date(view: &View<'_>) -> Result<String, Error> {
    Ok(number_format::date(day(view), view.texts.list("word.months")?))
}

fn day<'a>(view: &View<'a>) -> &'a str {
    view.wave.date.as_deref().unwrap_or(&view.input.study.study.date)
}

impl<'a> Document<'a> {
    /// Puts a document together; a figure that the wave does not have is left out, as on the page.
    pub(crate) fn new(
        view: &View<'_>,
        theme: &Theme,
        front: Front,
        sections: &[Section],
        figures: &Figures<'a>,
    ) -> Result<Self, Error> {
        let mut shown = BTreeMap::new();
        let sections: Vec<Value> = sections
            .iter()
            .map(|section| {
                let blocks: Vec<Value> = section
                    .blocks
                    .iter()
                    .filter_map(|block| block_value(block, figures, &mut shown))
                    .collect();
                json!({ "id": section.id, "title": section.title, "blocks": blocks })
            })
            .collect();
        let mut head: String = front.title.chars().take(HEAD).collect();
        if head.len() < front.title.len() {
            head.push('…');
        }
        let day = day(view);
        let parts: Vec<u32> = day.split('-').filter_map(|part| part.parse().ok()).collect();
        let value = json!({
            "lang": view.language().word(),
            "title": front.title,
            "head": head,
            "kicker": front.kicker,
            "date": date(view)?,
            "day": match parts.as_slice() {
                [year, month, day] => json!([year, month, day]),
                _ => Value::Null,
            },
            "iso": day,
            "profile": front.profile,
            "colophon": front.colophon,
            "program": format!("nulmeting {}", view.options.version),
            "contents": front.contents.then(|| view.texts.word("page.contents")).transpose()?,
            "page": view.texts.word("page.page")?,
            "colours": {
                "text": theme.page.text.hex(), "quiet": theme.page.quiet.hex(), "grid": theme.page.grid.hex(),
                "link": theme.page.link.hex(), "band": theme.marks.band.hex(),
            },
            "sections": sections,
        });
        Ok(Self { value, figures: shown })
    }
}

fn block_value<'a>(block: &Block, figures: &Figures<'a>, shown: &mut BTreeMap<&'a str, &'a Figure>) -> Option<Value> {
    let texts =
        |sentences: &[Sentence]| -> Vec<String> { sentences.iter().map(|sentence| sentence.text.clone()).collect() };
    Some(match block {
        Block::Heading(text) => json!({ "kind": "heading", "text": text }),
        Block::Paragraph(list) => json!({ "kind": "paragraph", "text": texts(list).join(" ") }),
        Block::List(list) => json!({ "kind": "list", "items": texts(list) }),
        Block::Figure { kind, wave } => {
            let name = figure::name(kind, wave);
            let (name, figure) = figures.get_key_value(name.as_str())?;
            shown.insert(name, figure);
            json!({ "kind": "figure", "name": figure.name, "alt": figure.alt })
        }
        Block::Table(table) => table_value(table),
        Block::Definitions(pairs) => {
            let pairs: Vec<Value> = pairs
                .iter()
                .map(|(term, text)| json!({ "term": term, "text": text }))
                .collect();
            json!({ "kind": "definitions", "pairs": pairs })
        }
    })
}

fn table_value(table: &Table) -> Value {
    let rows: Vec<&Vec<String>> = table.rows.iter().map(|(_, cells)| cells).collect();
    json!({
        "kind": "table", "caption": table.caption, "headings": table.headings, "rows": rows,
        "widths": widths(table), "right": (0..table.headings.len()).map(|place| is_of_numbers(table, place)).collect::<Vec<_>>(),
    })
}

/// Whether a column stands at the right: most of its cells have no letter.
fn is_of_numbers(table: &Table, place: usize) -> bool {
    let cells: Vec<&String> = table.rows.iter().filter_map(|(_, cells)| cells.get(place)).collect();
    let plain = cells
        .iter()
        .filter(|cell| !cell.chars().any(char::is_alphabetic))
        .count();
    place > 0 && 2 * plain >= cells.len()
}

/// How wide each column should be with regard to the others, from the letters in it.
///
/// Unit: thousandths of the table.
fn widths(table: &Table) -> Vec<usize> {
    /// Letters past which a cell is broken rather than its column widened.
    const WIDE: usize = 44;
    let letters = |text: &str| text.chars().count();
    let wanted: Vec<usize> = (0..table.headings.len())
        .map(|place| {
            let cells = table.rows.iter().filter_map(|(_, cells)| cells.get(place));
            let longest = cells.map(|cell| letters(cell)).max().unwrap_or(0).min(WIDE);
            let heading = table.headings[place].split(' ').map(letters).max().unwrap_or(0);
            // Headings are semibold, which is wider.
            longest.max(heading * 9 / 8).max(4) + 2
        })
        .collect();
    let all: usize = wanted.iter().sum();
    wanted.iter().map(|letters| letters * 1000 / all.max(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_wide_as_what_stands_in_it() {
        let table = Table {
            caption: String::new(),
            headings: vec!["Domein".into(), "n".into()],
            rows: vec![(String::new(), vec!["Bedrijfscontinuïteit".into(), "15".into()])],
        };
        assert_eq!(widths(&table), [785, 214]);
        assert!(!is_of_numbers(&table, 0) && is_of_numbers(&table, 1));
    }
}
