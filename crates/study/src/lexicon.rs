//! The words by which respondents and tools say yes, no, or nothing.

use crate::Error;
use crate::item_map::tidy;
use std::collections::BTreeMap;

crate::words! {
    /// What a word says, whatever the question.
    pub enum Meaning {
        /// Yes: the test is passed, the option chosen.
        Yes = "yes",
        /// No.
        No = "no",
        /// It does not apply.
        NotApplicable = "not_applicable",
        /// The respondent does not know.
        DontKnow = "dont_know",
        /// The respondent declined.
        Refused = "refused",
    }
}

/// The words and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lexicon {
    words: BTreeMap<String, Meaning>,
}

impl Lexicon {
    /// Reads a lexicon: a CSV with the columns `word` and `meaning`.
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let fault = |found: String| Error::new(place, found, "rows of a word and its meaning", "correct the row");
        let mut words = BTreeMap::new();
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            let record = record.map_err(|cause| fault(cause.to_string()))?;
            let meaning = record.get(1).unwrap_or_default().parse().map_err(fault)?;
            words.insert(fold(record.get(0).unwrap_or_default()), meaning);
        }
        Ok(Self { words })
    }

    /// What a text says; absent when the lexicon does not know it.
    pub fn meaning(&self, text: &str) -> Option<Meaning> {
        self.words.get(&fold(text)).copied()
    }
}

/// A word as it is compared: tidy and in lower case, with a straight apostrophe.
pub fn fold(text: &str) -> String {
    tidy(text).to_lowercase().replace('\u{2019}', "'")
}
