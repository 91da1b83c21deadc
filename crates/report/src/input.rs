//! What a report is made of: the tables of a study, and how it is to be published.

use crate::Error;
use crate::draw::theme::Theme;
use crate::view::wording::Texts;
use nulmeting_study::tables::{
    Attention, Band, Change, Choice, Cluster, Comparison, Correction, Division, Estimate, Finding, Joining, Level,
    Move, Organisation, OrganisationType, Representation, Score, Source, Succession, TypeAgreement, TypeProfile,
    Typology, Validation,
};
use nulmeting_study::words::Language;
use nulmeting_study::{Framework, Study};
use std::collections::BTreeMap;

/// The values that a report is made of; nothing else is read.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The study file.
    pub study: &'a Study,
    /// Framework by wave; one under the framework's own name serves every wave that refers to it.
    pub frameworks: &'a BTreeMap<String, Framework>,
    /// Who could have answered and who did.
    pub organisations: &'a [Organisation],
    /// Level per organisation, norm and assessor.
    pub levels: &'a [Level],
    /// Score per organisation and domain.
    pub scores: &'a [Score],
    /// Where the middle half of each group of boards lies.
    pub bands: &'a [Band],
    /// The register's history.
    pub history: &'a [Succession],
    /// Estimates about norms, domains, axes and parts.
    pub estimates: &'a [Estimate],
    /// Tests between groups.
    pub comparisons: &'a [Comparison],
    /// Self-assessment against validation.
    pub validation: &'a [Validation],
    /// Who is missing.
    pub representation: &'a [Representation],
    /// Estimates about the questions beside the norms.
    pub choices: &'a [Choice],
    /// What moved between waves.
    pub changes: &'a [Change],
    /// Type per organisation.
    pub types: &'a [OrganisationType],
    /// Clusters of organisations.
    pub clusters: &'a [Cluster],
    /// Divisions that were tried, with every measure.
    pub divisions: &'a [Division],
    /// What may be said of them.
    pub typology: &'a [Typology],
    /// Clusters beside types by rule.
    pub type_agreement: &'a [TypeAgreement],
    /// What the organisations of a type are like.
    pub type_profiles: &'a [TypeProfile],
    /// Moves between types of returning organisations.
    pub moves: &'a [Move],
    /// Trees of organisations.
    pub joinings: &'a [Joining],
    /// What needs attention first.
    pub attention: &'a [Attention],
    /// What was found wrong or doubtful.
    pub findings: &'a [Finding],
    /// The files that were read.
    pub sources: &'a [Source],
    /// Corrections to what was delivered.
    pub corrections: &'a [Correction],
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
