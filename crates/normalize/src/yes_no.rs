//! Numbers that stand for yes and no: which of the conventions of the survey tools a question follows.
//!
//! One tool writes yes as 1 and no as 2, another no as 0, and a box that was not ticked may be 0, empty or absent.
//! "Anything but zero is yes" would turn every no of the first tool into a yes, so what a question of a source holds
//! as a whole decides, and where it holds both 0 and 2 nobody can say and neither is read.
//!
//! The same holds for words where an option is called "No" itself: in its box, "No" is that option where a tool repeats
//! what was chosen, and "not chosen" where a tool writes yes or no in every box.

use crate::item::{Target, option_named};
use nulmeting_study::framework::{QuestionKind, Test};
use nulmeting_study::lexicon::{Lexicon, Meaning};
use nulmeting_study::tables::Response;
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Framework, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// What numbers mean in the answers to a question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Convention {
    /// Nothing but words, or numbers of which no two say yes and no.
    #[default]
    None,
    /// 1 is yes; nothing says what a no looks like.
    One,
    /// 1 is yes, 0 is no.
    OneZero,
    /// 1 is yes, 2 is no.
    OneTwo,
}

impl Convention {
    fn of(numbers: &BTreeSet<&str>) -> Self {
        let has = |number: &str| numbers.contains(number);
        let only = numbers.iter().all(|number| ["0", "1", "2"].contains(number));
        match (only && !numbers.is_empty(), has("0"), has("2")) {
            (false, _, _) | (true, true, true) => Self::None,
            (true, true, false) => Self::OneZero,
            (true, false, true) => Self::OneTwo,
            (true, false, false) => Self::One,
        }
    }

    /// Whether a number says yes or no; absent when it says neither.
    pub(crate) fn holds(self, text: &str) -> Option<bool> {
        match (self, text.trim()) {
            (Self::One | Self::OneZero | Self::OneTwo, "1") => Some(true),
            (Self::OneZero, "0") | (Self::OneTwo, "2") => Some(false),
            _ => None,
        }
    }
}

/// The conventions of a wave, by source and question; tests of norms stand together under an empty code.
#[derive(Debug, Default)]
pub(crate) struct Conventions<'a> {
    found: BTreeMap<(&'a str, String), Convention>,
    /// Questions with a yes or no in the box of an option that is not called so, or in two boxes of one response.
    words: BTreeSet<(&'a str, String)>,
}

impl<'a> Conventions<'a> {
    /// Learns them from all cells of a wave.
    pub(crate) fn learn<'b>(
        framework: &Framework,
        lexicon: &Lexicon,
        cells: impl Iterator<Item = (&'a Response, &'b Target)>,
    ) -> Self {
        let mut numbers: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
        let mut worded: BTreeSet<&str> = BTreeSet::new();
        let mut words = BTreeSet::new();
        let mut boxes = BTreeMap::new();
        for (cell, target) in cells {
            let test = matches!(target, Target::Norm(_)) && framework.test == Test::PassFail;
            let code = match target {
                Target::Norm(_) if test => String::new(),
                Target::Option { question, .. } => question.clone(),
                _ => continue,
            };
            let text = cell.value.as_deref().unwrap_or_default().trim();
            if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
                numbers.entry((&*cell.source, code)).or_default().insert(text);
            } else if test && matches!(lexicon.meaning(text), Some(Meaning::Yes | Meaning::No)) {
                worded.insert(&cell.source);
            } else if let Target::Option { option, .. } = target
                && matches!(lexicon.meaning(text), Some(Meaning::Yes | Meaning::No))
                && let Some(question) = framework.question(&code)
            {
                // Nobody chose two options of a question with one answer.
                let one = question.kind == QuestionKind::Single;
                let box_of = (&cell.source, &cell.respondent, code.clone());
                let second = boxes.insert(box_of, option).is_some_and(|first| first != option);
                if option_named(question, text) != Some(option) || (one && second) {
                    words.insert((&*cell.source, code));
                }
            }
        }
        let found = numbers.into_iter().map(|((source, code), numbers)| {
            let convention = match Convention::of(&numbers) {
                // Among tests that were answered in words, or with nothing but 1, a 1 may be a level.
                _ if code.is_empty() && worded.contains(source) => Convention::None,
                Convention::One if code.is_empty() => Convention::None,
                convention => convention,
            };
            ((source, code), convention)
        });
        let found = found.collect();
        Self { found, words }
    }

    pub(crate) fn of(&self, source: &str, code: &str) -> Convention {
        self.found.get(&(source, code.to_owned())).copied().unwrap_or_default()
    }

    /// Whether a yes or no in a box says if its option was chosen, whatever the option is called.
    pub(crate) fn in_words(&self, source: &str, code: &str) -> bool {
        self.words.contains(&(source, code.to_owned()))
    }

    /// A note on every source in which 2 was read as no, which is the reading that could surprise.
    pub(crate) fn findings(&self, wave: &str) -> Vec<Finding> {
        let told = self
            .found
            .iter()
            .filter(|(_, convention)| **convention == Convention::OneTwo);
        told.map(|((source, code), _)| {
            let finding = Finding::new(
                Severity::Note,
                Rule::YesNoNumbers,
                "the answers are numbers: 1 was read as yes and 2 as no, because no answer is 0",
                "none needed, unless the tool was set to write something else",
            );
            let finding = finding.wave(wave).at(&Place::file(*source));
            if code.is_empty() { finding } else { finding.item(code) }
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Convention;

    fn of(numbers: &[&str]) -> Convention {
        Convention::of(&numbers.iter().copied().collect())
    }

    #[test]
    fn three_conventions_for_yes_and_no_are_told_apart() {
        assert_eq!(of(&["1", "2"]).holds("2"), Some(false));
        assert_eq!(of(&["0", "1"]).holds("0"), Some(false));
        assert_eq!(of(&["1"]).holds("1"), Some(true));
        assert_eq!(of(&["1"]).holds("2"), None);
        assert_eq!(of(&["0", "1", "2"]).holds("1"), None);
        assert_eq!(of(&["1", "3"]).holds("1"), None);
    }
}
