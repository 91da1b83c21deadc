//! The report as a Word document that an editor can take over: headings as styles, tables as tables, figures as images.
//!
//! The parts of the file are templates under `reports/templates/word/`; this module fills them in and packs them.

use crate::Error;
use crate::view::wording::Texts;
use crate::write::document::Document;
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Parts with places to fill in.
const FILLED: [(&str, &str); 5] = [
    (
        "word/document.xml",
        include_str!("../../../../reports/templates/word/document.xml"),
    ),
    (
        "word/styles.xml",
        include_str!("../../../../reports/templates/word/styles.xml"),
    ),
    (
        "word/footer1.xml",
        include_str!("../../../../reports/templates/word/footer.xml"),
    ),
    (
        "docProps/core.xml",
        include_str!("../../../../reports/templates/word/core.xml"),
    ),
    (
        "word/_rels/document.xml.rels",
        include_str!("../../../../reports/templates/word/relations.xml"),
    ),
];
/// Parts that are the same in every document.
const FIXED: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        include_str!("../../../../reports/templates/word/types.xml"),
    ),
    (
        "_rels/.rels",
        include_str!("../../../../reports/templates/word/package.xml"),
    ),
    (
        "word/numbering.xml",
        include_str!("../../../../reports/templates/word/numbering.xml"),
    ),
    (
        "word/settings.xml",
        include_str!("../../../../reports/templates/word/settings.xml"),
    ),
    (
        "word/fontTable.xml",
        include_str!("../../../../reports/templates/word/fonts.xml"),
    ),
];

/// Width of the text: 160 mm.
/// Unit: English Metric Units, of which a millimetre has 36,000.
const WIDTH: u64 = 160 * 36_000;
/// The highest that a figure may be: a page, less its margins and a line.
const HEIGHT: u64 = 225 * 36_000;

/// Writes the document, with the image of each figure by name.
///
/// Errors: a template with a placeholder that is not known; an image without a size.
pub(crate) fn render(document: &Document<'_>, images: &BTreeMap<&str, &[u8]>, texts: &Texts) -> Result<Vec<u8>, Error> {
    let pictures = pictures(document, images)?;
    let value = context! { pictures => pictures, ..Value::from(Serde(&document.value)) };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // Nothing asks the clock: every part is as old as the format's first day.
    let packed = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut put = |name: &str, bytes: &[u8], options: SimpleFileOptions| {
        archive
            .start_file(name, options)
            .map_err(|error| Error::Word(error.to_string()))?;
        archive.write_all(bytes).map_err(|error| Error::Word(error.to_string()))
    };
    for (name, text) in FIXED {
        put(name, text.as_bytes(), packed)?;
    }
    for (name, template) in FILLED {
        put(name, texts.page(name, template, value.clone())?.as_bytes(), packed)?;
    }
    for name in document.figures.keys() {
        if let Some(image) = images.get(name) {
            // An image is packed already.
            let stored = packed.compression_method(CompressionMethod::Stored);
            put(&format!("word/media/{name}.png"), image, stored)?;
        }
    }
    let file = archive.finish().map_err(|error| Error::Word(error.to_string()))?;
    Ok(file.into_inner())
}

/// Where each figure's image lies and how large it stands on the page.
fn pictures(document: &Document<'_>, images: &BTreeMap<&str, &[u8]>) -> Result<BTreeMap<String, Value>, Error> {
    let mut pictures = BTreeMap::new();
    for (place, name) in document.figures.keys().enumerate() {
        let fault = || Error::Word(format!("no image of figure `{name}`"));
        let image = images.get(name).ok_or_else(fault)?;
        let (wide, high) = size(image).ok_or_else(fault)?;
        let (mut width, mut height) = (WIDTH, WIDTH * high / wide);
        if height > HEIGHT {
            (width, height) = (WIDTH * HEIGHT / height, HEIGHT);
        }
        pictures.insert(
            (*name).to_owned(),
            context! { place => place + 1, file => format!("media/{name}.png"), width => width, height => height },
        );
    }
    Ok(pictures)
}

/// Width and height that an image's header gives.
/// Unit: pixels.
fn size(image: &[u8]) -> Option<(u64, u64)> {
    let part = |from: usize| -> Option<u64> {
        let bytes: [u8; 4] = image.get(from..from + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_be_bytes(bytes)))
    };
    let (wide, high) = (part(16)?, part(20)?);
    (wide > 0 && high > 0).then_some((wide, high))
}
