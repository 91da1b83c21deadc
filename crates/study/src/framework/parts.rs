//! The rows of a codebook.

use crate::words::Language;
use crate::words::Standing;

/// A text for readers in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Dutch.
    #[serde(deserialize_with = "crate::printable::deserialize")]
    pub nl: String,
    /// English; empty when nobody translated it, and then the Dutch stands.
    #[serde(default, deserialize_with = "crate::printable::deserialize")]
    pub en: String,
}

impl Text {
    /// The text in that language, the Dutch where no English is known.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En if !self.en.is_empty() => &self.en,
            _ => &self.nl,
        }
    }
}

crate::words! {
    /// How a norm is answered.
    pub enum Test {
        /// One test per norm, passed or not.
        PassFail = "pass_fail",
        /// A maturity level per norm.
        Levels = "levels",
    }
}

crate::words! {
    /// How many options of a question may be chosen.
    pub enum QuestionKind {
        /// Exactly one.
        Single = "single",
        /// Any number.
        Multiple = "multiple",
    }
}

crate::words! {
    /// What a kind of support helps with.
    pub enum SupportFor {
        /// A type of organisation.
        Type = "type",
        /// A domain.
        Domain = "domain",
    }
}

crate::words! {
    /// What became of a norm from one version of the framework to the next.
    pub enum LinkKind {
        /// The same norm under the same code.
        Same = "same",
        /// The same norm under another code.
        Renamed = "renamed",
        /// One norm became several.
        Split = "split",
        /// Several norms became one.
        Merged = "merged",
        /// The same norm, answered on another scale.
        Rescaled = "rescaled",
        /// In the later version only.
        New = "new",
        /// In the earlier version only.
        Gone = "gone",
    }
}

/// One level of the scale.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelName {
    /// Number on the scale.
    pub number: i64,
    /// Name for readers.
    pub name: Text,
}

/// A part of the framework.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Code in the tables.
    pub code: String,
    /// Name for readers.
    pub name: Text,
    /// Norms that the framework is known to have; absent when not known.
    pub norms_known_to_exist: Option<usize>,
}

/// An axis of the typology.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Code: `policy` or `practice`.
    pub code: String,
    /// Name for readers.
    pub name: Text,
}

/// A type of organisation by rule: one quadrant of the two axes.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeName {
    /// Code in the tables.
    pub code: String,
    /// Whether policy is in order.
    pub policy: bool,
    /// Whether practice is in order.
    pub practice: bool,
    /// Name for readers.
    pub name: Text,
    /// What such an organisation is like.
    pub about: Text,
    /// What helps it.
    pub needs: Text,
    /// How sure the name is.
    pub standing: Standing,
}

/// A point of attention: a named group of norms.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Code in the tables.
    pub code: String,
    /// Name for readers.
    pub name: Text,
    /// Norm codes and domain codes.
    pub norms: Vec<String>,
    /// How sure the choice of norms is.
    pub standing: Standing,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Code: the prefix of its norms.
    pub code: String,
    /// Part that it belongs to.
    pub part: String,
    /// Number within its part.
    pub number: i64,
    /// Name for readers.
    pub name: Text,
    /// How sure code and name are.
    pub standing: Standing,
}

/// A norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Norm {
    /// Code.
    pub code: String,
    /// Code of its domain.
    pub domain: String,
    /// Title for readers; empty when no public page shows one.
    pub title: Text,
    /// Level that it should have; absent in a pass/fail version.
    pub target: Option<i64>,
    /// Axes of the typology that it feeds by default.
    pub axes: Vec<String>,
    /// How sure code and title are.
    pub standing: Standing,
    /// Where code and title were read.
    pub source: String,
}

/// What became of a norm of an earlier version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormLink {
    /// The earlier version: the id of its codebook.
    pub version: String,
    /// Code there; empty for a new norm.
    pub from: String,
    /// Code here; empty for a norm that is gone.
    pub to: String,
    /// What happened.
    pub kind: LinkKind,
}

/// A question beside the norms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Code in the tables.
    pub code: String,
    /// Subject: obstacle, support, supplier, or another word that the report's texts know.
    pub topic: String,
    /// How many options may be chosen.
    pub kind: QuestionKind,
    /// The question for readers.
    pub name: Text,
    /// Question whose shares this one's are compared with, option by option.
    pub against: Option<String>,
    /// Options in order.
    pub options: Vec<Choice>,
}

/// An option of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Code in the tables.
    pub code: String,
    /// Label for readers, and as respondents saw it.
    pub name: Text,
}

/// Support on offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// What it helps with.
    pub for_: SupportFor,
    /// Code of the type or domain.
    pub key: String,
    /// Name of the service.
    pub name: Text,
    /// What it gives.
    pub about: Text,
    /// Where to find it; empty when not known.
    pub link: String,
    /// How sure it is that this service fits.
    pub standing: Standing,
}
