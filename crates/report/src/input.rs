//! What a report is made of: the tables of a study, and how it is to be published.

use nulmeting_study::tables::{
    Attention, Choice, Cluster, Correction, Estimate, Finding, Level, Organisation, OrganisationType, Score, Source,
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
    /// Estimates about norms, domains, axes and parts.
    pub estimates: &'a [Estimate],
    /// Estimates about the questions beside the norms.
    pub choices: &'a [Choice],
    /// Type per organisation.
    pub types: &'a [OrganisationType],
    /// Clusters of organisations.
    pub clusters: &'a [Cluster],
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
    /// Version of the program, printed with the provenance.
    pub version: String,
}
