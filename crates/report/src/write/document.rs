//! A document before it has a format: what stands at its front, its sections, its figures.
//!
//! The page, the PDF and the Word document are made from this one value, by templates that choose how it looks and
//! nothing of what it says.

use crate::Error;
use crate::draw::figure::Figure;
use crate::draw::theme::Theme;
use crate::section::{Block, Section, Table};
use crate::view::{View, number_format};
use minijinja::context;
use nulmeting_study::printable::printable;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Figures by name.
pub(crate) type Figures<'a> = BTreeMap<&'a str, &'a Figure>;

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
            kicker: format!("{} · {}", word("report")?, wave_words(view)?),
            profile: word(if view.options.public { "public" } else { "inside" })?,
            colophon: view.texts.say(
                "page.colophon",
                context! { version => view.options.version.clone(), seed => study.seed, date => date(view)? },
            )?,
            contents: true,
        })
    }
}

/// The date of the study as it is read aloud: the one date of every document.
pub(crate) fn date(view: &View<'_>) -> Result<String, Error> {
    Ok(number_format::date(
        &view.input.study.study.date,
        view.texts.list("word.months")?,
    ))
}

/// The name of a wave with its date, where the study file gives one.
pub(crate) fn wave_words(view: &View<'_>) -> Result<String, Error> {
    let word = view.texts.word("page.wave")?;
    Ok(match &view.wave.date {
        Some(day) => format!(
            "{word} {} ({})",
            view.wave.id,
            number_format::date(day, view.texts.list("word.months")?)
        ),
        None => format!("{word} {}", view.wave.id),
    })
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
        let sections: Vec<Section> = sections
            .iter()
            .map(|section| Section {
                blocks: section
                    .blocks
                    .iter()
                    .filter_map(|block| laid_out(block, figures, &mut shown))
                    .collect(),
                ..section.clone()
            })
            .collect();
        let mut head: String = front.title.chars().take(HEAD).collect();
        if head.len() < front.title.len() {
            head.push('…');
        }
        let day = view.input.study.study.date.as_str();
        let parts: Vec<u32> = day.split('-').filter_map(|part| part.parse().ok()).collect();
        let mut value = json!({
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
            "skip": view.texts.word("page.skip")?,
            "in_words": view.texts.word("page.in_words")?,
            "colours": {
                "text": theme.page.text.hex(), "quiet": theme.page.quiet.hex(), "grid": theme.page.grid.hex(),
                "link": theme.page.link.hex(), "band": theme.marks.band.hex(),
            },
            "sections": sections,
        });
        make_printable(&mut value);
        Ok(Self { value, figures: shown })
    }
}

/// Makes every text printable: some come from the data, such as reasons for corrections and names of files.
fn make_printable(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(printable) = printable(text) {
                *text = printable;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_printable),
        Value::Object(fields) => fields.values_mut().for_each(make_printable),
        _ => {}
    }
}

/// A block with what its place in a document adds: a figure's words, a table's widths. A figure that the wave does not
/// have is left out.
fn laid_out<'a>(block: &Block, figures: &Figures<'a>, shown: &mut BTreeMap<&'a str, &'a Figure>) -> Option<Block> {
    Some(match block {
        Block::Figure { name, .. } => {
            let (name, figure) = figures.get_key_value(name.as_str())?;
            shown.insert(name, figure);
            Block::Figure {
                name: figure.name.clone(),
                alt: figure.alt.clone(),
            }
        }
        Block::Table(table) => Block::Table(Table {
            widths: widths(table),
            right: (0..table.headings.len())
                .map(|column| is_of_numbers(table, column))
                .collect(),
            ..table.clone()
        }),
        other => other.clone(),
    })
}

/// Whether a column stands at the right: most of its cells have no letter.
fn is_of_numbers(table: &Table, column: usize) -> bool {
    let cells: Vec<&String> = table.rows.iter().filter_map(|row| row.cells.get(column)).collect();
    let plain = cells
        .iter()
        .filter(|cell| !cell.chars().any(char::is_alphabetic))
        .count();
    column > 0 && 2 * plain >= cells.len()
}

/// How wide each column should be with regard to the others, from the letters in it.
///
/// Unit: thousandths of the table.
fn widths(table: &Table) -> Vec<usize> {
    /// Letters past which a cell is broken rather than its column widened.
    const WIDE: usize = 44;
    let letters = |text: &str| text.chars().count();
    let wanted: Vec<usize> = (0..table.headings.len())
        .map(|column| {
            let cells = table.rows.iter().filter_map(|row| row.cells.get(column));
            let longest = cells.map(|cell| letters(cell)).max().unwrap_or(0).min(WIDE);
            let heading = table.headings[column].split(' ').map(letters).max().unwrap_or(0);
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
        let mut table = Table::new(String::new(), vec!["Domein".into(), "n".into()]);
        table.push("", vec!["Bedrijfscontinuïteit".into(), "15".into()]);
        assert_eq!(widths(&table), [785, 214]);
        assert!(!is_of_numbers(&table, 0) && is_of_numbers(&table, 1));
    }
}
