//! What a report is made of: the tables of a study, and how it is to be published.

use crate::Error;
use crate::draw::theme::Theme;
use crate::view::wording::Texts;
use nulmeting_study::words::Language;
use nulmeting_study::{Analysed, Ingested, Normalized, Study};

/// The values that a report is made of; nothing else is read.
///
/// Framework by wave: one under the framework's own name serves every wave that refers to it.
/// Absent: responses and answers, which no document shows, need not be there.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The study file.
    pub study: &'a Study,
    /// What was delivered.
    pub ingested: &'a Ingested,
    /// Organisations, levels and findings, and the frameworks.
    pub normalized: &'a Normalized,
    /// Everything that is estimated.
    pub analysed: &'a Analysed,
}

/// How a report is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Language of every text for readers.
    pub language: Language,
    /// Whether it goes outside: aggregates only, no row or mark per organisation.
    pub public: bool,
    /// Whether the tables are written as CSV for a Dutch Excel too.
    pub csv: bool,
    /// The documents that are made, beside the figures.
    pub documents: Documents,
    /// What the study has of its own in place of what is shipped.
    pub style: HouseStyle,
    /// Version of the program, printed with the provenance.
    pub version: String,
}

/// Which documents are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Documents {
    /// The page.
    pub html: bool,
    /// The PDF, where the program has its feature.
    pub pdf: bool,
    /// The Word document.
    pub docx: bool,
    /// The workbook.
    pub xlsx: bool,
}

impl Documents {
    /// Every one.
    pub const ALL: Self = Self {
        html: true,
        pdf: true,
        docx: true,
        xlsx: true,
    };
}

/// What a study has of its own in place of the shipped theme and texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HouseStyle {
    /// Colours and sizes.
    pub theme: Option<OwnFile>,
    /// Texts in the language of the report.
    pub texts: Option<OwnFile>,
}

/// A file of a study's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Its path, for messages.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl HouseStyle {
    /// Looks whether the files can be used, before any number is made.
    ///
    /// Errors: as those of a report.
    pub fn check(&self, language: Language) -> Result<(), Error> {
        Theme::of(self)?;
        Texts::of(self, language)?;
        Ok(())
    }
}
