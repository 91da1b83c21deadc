//! The report as one page that needs nothing beside it: fonts, figures and style are inside.

use crate::Error;
use crate::draw::figure::{self, Figure};
use crate::draw::font;
use crate::draw::theme::Theme;
use crate::section::{self, Block, Section, Table};
use crate::view::View;
use crate::view::number_format;
use crate::view::wording::Texts;
use crate::write::document::Document;
use crate::write::explorer;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../../../reports/templates/report.html");
const BOARD: &str = include_str!("../../../../reports/templates/board.html");
const STYLE: &str = include_str!("../../../../reports/templates/report.css");
/// What lets a reader pick, sort and download; the page is whole without it.
const SCRIPT: &str = include_str!("../../../../reports/templates/report.js");

/// Figures by name.
pub(crate) type Figures<'a> = BTreeMap<&'a str, &'a Figure>;

/// The sections of a report: the latest wave first, then the earlier ones, then how the numbers were made.
pub(crate) fn sections(latest: &View<'_>, earlier: &[View<'_>]) -> Result<Vec<Section>, Error> {
    let mut sections = vec![section::summary(latest, earlier)?];
    sections.extend(section::results(latest)?);
    sections.extend(section::change(latest, earlier)?);
    for view in earlier.iter().rev() {
        sections.push(section::earlier(view, latest)?);
    }
    sections.extend([
        section::doubt(latest)?,
        section::method(latest)?,
        section::definitions(latest)?,
    ]);
    Ok(sections)
}

/// Renders the page.
pub(crate) fn render(
    view: &View<'_>,
    theme: &Theme,
    sections: &[Section],
    figures: &Figures<'_>,
) -> Result<String, Error> {
    let texts = view.texts;
    let word = |key: &str| texts.word(&format!("page.{key}"));
    let css = style(theme, texts)?;
    let study = &view.input.study.study;
    let date = number_format::date(
        view.wave.date.as_deref().unwrap_or(&study.date),
        texts.list("word.months")?,
    );
    let profile = word(if view.options.public { "public" } else { "inside" })?;
    let colophon = texts.say(
        "page.colophon",
        context! { version => view.options.version.clone(), seed => study.seed, date => date.clone() },
    )?;
    let sections: Vec<Value> = sections.iter().map(|section| value_of(section, figures)).collect();
    texts.page(
        "report.html",
        TEMPLATE,
        context! {
            lang => view.language().word(),
            title => study.title.clone(),
            wave => view.wave.id.clone(),
            version => view.options.version.clone(),
            date => date,
            profile => profile,
            colophon => colophon,
            css => css,
            fonts => fonts(),
            words => context! {
                report => word("report")?, wave => word("wave")?, skip => word("skip")?,
                contents => word("contents")?, in_words => word("in_words")?,
            },
            sections => sections,
            explorer => explorer(view)?,
        },
    )
}

/// Renders a document of one board: no list of contents, nothing to choose.
pub(crate) fn simple(document: &Document<'_>, theme: &Theme, texts: &Texts) -> Result<String, Error> {
    let drawings: BTreeMap<String, Value> = document
        .figures
        .iter()
        .map(|(name, figure)| ((*name).to_owned(), Value::from_safe_string(figure.svg.clone())))
        .collect();
    texts.page(
        "board.html",
        BOARD,
        context! {
            css => style(theme, texts)?, fonts => fonts(), drawings => drawings,
            in_words => texts.word("page.in_words")?,
            ..Value::from(Serde(&document.value))
        },
    )
}

/// The style sheet in the theme's colours.
fn style(theme: &Theme, texts: &Texts) -> Result<Value, Error> {
    let css = texts.page(
        "report.css",
        STYLE,
        context! {
            text => theme.page.text.hex(), quiet => theme.page.quiet.hex(), grid => theme.page.grid.hex(),
            paper => theme.page.paper.hex(), link => theme.page.link.hex(), band => theme.marks.band.hex(),
        },
    )?;
    Ok(Value::from_safe_string(css))
}

/// The fonts, packed into the page.
fn fonts() -> Value {
    context! {
        regular => Value::from_safe_string(STANDARD.encode(font::REGULAR_PACKED)),
        semibold => Value::from_safe_string(STANDARD.encode(font::SEMIBOLD_PACKED)),
    }
}

/// The table that a reader makes: its words, its data and its script; absent when there is no number to pick.
fn explorer(view: &View<'_>) -> Result<Option<Value>, Error> {
    let Some(data) = explorer::data(view)? else {
        return Ok(None);
    };
    let word = |key: &str| view.texts.word(&format!("explorer.{key}"));
    Ok(Some(context! {
        title => word("title")?, intro => word("intro")?, wave => word("wave")?, measure => word("measure")?,
        group => word("group")?, domain => word("domain")?, download => word("download")?, table => word("table")?,
        without => word("without")?,
        data => Value::from_safe_string(data),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    }))
}

fn value_of(section: &Section, figures: &Figures<'_>) -> Value {
    let blocks: Vec<Value> = section
        .blocks
        .iter()
        .filter_map(|block| block_value(block, figures))
        .collect();
    context! { id => section.id.clone(), title => section.title.clone(), blocks => blocks }
}

/// A block for the template; a figure that the wave does not have is left out.
fn block_value(block: &Block, figures: &Figures<'_>) -> Option<Value> {
    let sentences = |sentences: &[section::Sentence]| -> Vec<Value> {
        sentences
            .iter()
            .map(|sentence| context! { id => sentence.id.clone(), text => sentence.text.clone() })
            .collect()
    };
    Some(match block {
        Block::Heading(text) => context! { kind => "heading", text => text.clone() },
        Block::Paragraph(list) => context! { kind => "paragraph", sentences => sentences(list) },
        Block::List(list) => context! { kind => "list", sentences => sentences(list) },
        Block::Figure { kind, wave } => {
            let figure = figures.get(figure::name(kind, wave).as_str())?;
            context! {
                kind => "figure", name => figure.name.clone(), alt => figure.alt.clone(),
                svg => Value::from_safe_string(figure.svg.clone()),
            }
        }
        Block::Table(table) => table_value(table),
        Block::Definitions(pairs) => {
            let pairs: Vec<Value> = pairs
                .iter()
                .map(|(term, text)| context! { term => term.clone(), text => text.clone() })
                .collect();
            context! { kind => "definitions", pairs => pairs }
        }
    })
}

fn table_value(table: &Table) -> Value {
    let rows: Vec<Value> = table
        .rows
        .iter()
        .map(|(id, cells)| {
            let (first, rest) = cells
                .split_first()
                .map_or((String::new(), Vec::new()), |(first, rest)| {
                    (first.clone(), rest.to_vec())
                });
            context! { id => id.clone(), first => first, cells => rest }
        })
        .collect();
    context! { kind => "table", caption => table.caption.clone(), headings => table.headings.clone(), rows => rows }
}
