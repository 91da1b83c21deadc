//! What a study is: its title, framework, seed, date, and under what names organisations appear.

use serde::Deserialize;

/// What the study is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Title on every document.
    #[serde(deserialize_with = "crate::printable::deserialize")]
    pub title: String,
    /// Framework: a shipped codebook or a path to one, relative to the study file.
    pub framework: String,
    /// Seed from which the seed of every step is derived.
    pub seed: u64,
    /// Date printed in documents: year-month-day, as a TOML date or a text.
    #[serde(deserialize_with = "date")]
    pub date: String,
    /// Whether organisations appear under their own number and name.
    #[serde(default)]
    pub identified: bool,
    /// Whether all data are made up, as those of `nulmeting synth`: only then a public key is taken.
    #[serde(default)]
    pub invented: bool,
    /// File with the key of the pseudonyms, relative to the study file; needed unless `identified`.
    pub pseudonym_key: Option<String>,
    /// CSV of corrections to what was delivered, relative to the study file.
    pub corrections: Option<String>,
}

/// A date as the file may write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Date {
    Toml(toml::value::Datetime),
    Text(String),
}

impl Date {
    fn text(self) -> String {
        match self {
            Date::Toml(date) => date.to_string(),
            Date::Text(text) => text,
        }
    }
}

fn date<'de, D: serde::Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    Date::deserialize(source).map(Date::text)
}

pub(super) fn optional_date<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    Option::<Date>::deserialize(source).map(|date| date.map(Date::text))
}
