//! What was chosen for a file before any answer was read, and how sure that is.

use nulmeting_study::tables::Source;
use std::fmt;

/// How a choice is overruled.
pub(super) const OVERRULE: &str =
    "what was chosen can be overruled per source in the study file, by `format`, `encoding` and `delimiter`";

/// A choice, in words.
pub(super) struct Chosen {
    pub(super) value: String,
    /// How sure it is: stated, marked, certain or likely; empty when nobody knows.
    pub(super) sure: String,
}

impl Chosen {
    /// Whether something else may have been meant.
    pub(super) fn is_doubtful(&self) -> bool {
        self.sure == "likely"
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sure.as_str() {
            "" => write!(f, "{}", self.value),
            sure => write!(f, "{} ({sure})", self.value),
        }
    }
}

/// The choices for a file: its format, and the encoding and delimiter of a text.
pub(super) fn chosen(source: &Source) -> Vec<Chosen> {
    let format = Some((source.format.clone(), Some(source.recognised.clone())));
    let encoding = source
        .encoding
        .clone()
        .map(|own| (own, source.encoding_recognised.clone()));
    let delimiter = source
        .delimiter
        .as_deref()
        .map(|own| (named(own), source.delimiter_recognised.clone()));
    let choices = [format, encoding, delimiter].into_iter().flatten();
    choices
        .map(|(value, sure)| Chosen {
            value,
            sure: sure.unwrap_or_default(),
        })
        .collect()
}

/// A delimiter as people can see it.
fn named(delimiter: &str) -> String {
    match delimiter {
        "," => "comma".to_owned(),
        ";" => "semicolon".to_owned(),
        "\t" => "tab".to_owned(),
        other => format!("delimiter `{other}`"),
    }
}
