//! The report as one page that needs nothing beside it: fonts, figures and style are inside.

use crate::Error;
use crate::draw::font;
use crate::draw::theme::Theme;
use crate::section::{self, Section};
use crate::view::View;
use crate::view::wording::Texts;
use crate::write::document::Document;
use crate::write::explorer;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Serde, merge_maps};
use minijinja::{Value, context};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../../../../reports/templates/report.html");
const BOARD: &str = include_str!("../../../../reports/templates/board.html");
const STYLE: &str = include_str!("../../../../reports/templates/report.css");
/// What lets a reader pick, sort and download; the page is whole without it.
const SCRIPT: &str = include_str!("../../../../reports/templates/report.js");

/// The sections of a report: the latest wave first, then the earlier ones, then how the numbers were made.
pub(crate) fn sections(latest: &View<'_>, earlier: &[View<'_>]) -> Result<Vec<Section>, Error> {
    let mut sections = vec![section::summary::summary(latest, earlier)?];
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

/// Renders the report as a page, with the table that a reader makes.
pub(crate) fn render(view: &View<'_>, document: &Document<'_>, theme: &Theme) -> Result<String, Error> {
    let explorer = context! { explorer => explorer(view)? };
    fill("report.html", TEMPLATE, document, (theme, view.texts), explorer)
}

/// Renders a document of one board: no list of contents, nothing to choose.
pub(crate) fn simple(document: &Document<'_>, theme: &Theme, texts: &Texts) -> Result<String, Error> {
    fill("board.html", BOARD, document, (theme, texts), context! {})
}

/// A page template, filled in with the document, its drawings, the style and the fonts.
fn fill(
    name: &'static str,
    template: &str,
    document: &Document<'_>,
    (theme, texts): (&Theme, &Texts),
    more: Value,
) -> Result<String, Error> {
    let drawings: BTreeMap<String, Value> = document
        .figures
        .iter()
        .map(|(name, figure)| ((*name).to_owned(), Value::from_safe_string(figure.svg.clone())))
        .collect();
    texts.page(
        name,
        template,
        context! {
            css => style(theme, texts)?, fonts => fonts(), drawings => drawings,
            ..merge_maps([more, Value::from(Serde(&document.value))])
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
