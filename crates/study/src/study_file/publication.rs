//! What a study may publish, and how that looks and reads.

use crate::words::Language;
use serde::Deserialize;

/// What may be published.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Disclosure {
    /// Organisations that must be under any published number.
    pub minimum: i64,
    /// How closely a suppressed count may be bounded by all that is published together.
    pub protect: i64,
    /// How closely a suppressed share may be bounded, from 0 to 1; of a level, as a share of the scale.
    pub protect_share: f64,
    /// Per pupil, how much of a number its largest organisations may carry: the first limit is for the largest, the
    /// second for the two largest together, and so on. Each from 0 to 1; empty: no limit.
    pub dominance: Vec<f64>,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            minimum: 5,
            protect: 3,
            protect_share: 0.2,
            dominance: vec![0.5, 0.75],
        }
    }
}

/// How what is published looks and reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// Colours and sizes that differ from the shipped theme: a TOML file, relative to the study file.
    pub theme: Option<String>,
    /// Texts that differ from the shipped ones, a TOML file per language, relative to the study file.
    pub texts: OwnTexts,
}

/// Texts of a study's own, by language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnTexts {
    /// Dutch.
    pub nl: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl OwnTexts {
    /// The file for a language.
    pub fn of(&self, language: Language) -> Option<&str> {
        match language {
            Language::Nl => self.nl.as_deref(),
            Language::En => self.en.as_deref(),
        }
    }
}
