//! Documents as PDF, set by Typst within the program: offline, tagged, with the shipped typeface embedded.
//!
//! The library is given one template, one value and the figures; it can reach no file, font, clock or network.

use crate::Error;
use crate::draw::font;
use crate::write::document::Document;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Pages from which a document without contents, such as a board's own report, is set more tightly.
const MOST_PAGES: usize = 4;

/// The template of every document.
const TEMPLATE: &str = include_str!("../../../../reports/templates/report.typ");

/// What all documents share.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    /// The letters that the typeface has.
    letters: BTreeSet<char>,
    template: Source,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = [font::REGULAR, font::SEMIBOLD]
        .into_iter()
        .flat_map(|file| Font::iter(Bytes::new(file)))
        .collect();
    let letters = fonts.first().map_or_else(BTreeSet::new, |font| {
        font.info().coverage.iter().filter_map(char::from_u32).collect()
    });
    Press {
        // With the tags for cells that head a row.
        library: LazyHash::new(
            Library::builder()
                .with_features([Feature::A11yExtras].into_iter().collect())
                .build(),
        ),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        letters,
        template: Source::new(id("/report.typ"), TEMPLATE.to_owned()),
    }
});

/// The files of one document, under names that are the same for every document: the library keeps each name for good.
struct Desk {
    files: Vec<(FileId, Bytes)>,
}

fn id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("names of figures have no dots of their own between slashes");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        PRESS.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == PRESS.template.id() {
            Ok(PRESS.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Sets a document; `name` says which in errors, and makes its identity with the version of the program.
///
/// Shape: PDF/UA-1: tagged, with language, title, and a text alternative for every figure.
/// Missing: a letter that the typeface does not have stands as a question mark.
/// Errors: a template that Typst cannot set, and a document that breaks the standard.
pub(crate) fn render(name: &str, document: &Document<'_>) -> Result<Vec<u8>, Error> {
    let fault = |errors: &[SourceDiagnostic]| Error::Pdf {
        document: name.to_owned(),
        reason: errors
            .iter()
            .map(|error| error.message.to_string())
            .collect::<Vec<_>>()
            .join("; "),
    };
    let mut pages = set(document, false).map_err(|errors| fault(&errors))?;
    if document.value["contents"].is_null() && pages.pages().len() > MOST_PAGES {
        pages = set(document, true).map_err(|errors| fault(&errors))?;
    }
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| Error::Pdf {
        document: name.to_owned(),
        reason: error.message().to_string(),
    })?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("nulmeting {name}")),
        creator: Smart::Custom(document.value["program"].as_str().map(str::to_owned)),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&pages, &options).map_err(|errors| fault(&errors))
}

/// Forgets what was kept for a next document, but for what the last two used.
pub(crate) fn forget() {
    typst::comemo::evict(2);
}

/// Sets a document; `tight` with smaller letters and margins.
fn set(document: &Document<'_>, tight: bool) -> Result<PagedDocument, Vec<SourceDiagnostic>> {
    let mut value = document.value.clone();
    value["tight"] = tight.into();
    let mut files = vec![(id("/document.json"), Bytes::from_string(readable(&value.to_string())))];
    for (name, figure) in &document.figures {
        files.push((
            id(&format!("/figures/{name}.svg")),
            Bytes::from_string(readable(&figure.svg)),
        ));
    }
    typst::compile::<PagedDocument>(&Desk { files })
        .output
        .map_err(|errors| errors.to_vec())
}

/// The text with a question mark for every letter that the typeface lacks.
///
/// A document with a hole where a letter should be is not accessible, and another typeface would differ by machine.
fn readable(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() || PRESS.letters.contains(&letter) {
                letter
            } else {
                '?'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
