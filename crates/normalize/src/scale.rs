//! The scale: from what stands in a cell to a level, a test result, or the reason why there is none.
//!
//! Strict on purpose. What the study file states, a number, a level name of the codebook, both when they agree, or a
//! label that leads with its number; anything else is invalid, because a guess would be published as somebody's answer. A test result is never turned into a
//! level, nor a level into a test result.

use crate::yes_no::Convention;
use nulmeting_study::Framework;
use nulmeting_study::framework::Test;
use nulmeting_study::lexicon::{Lexicon, Meaning, fold};
use nulmeting_study::study_file::{AnswerMeaning, Answers};
use nulmeting_study::words::{AnswerKind, CellState, Status};
use std::collections::BTreeMap;

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Level, when one was answered.
    pub(crate) level: Option<i64>,
    /// Test result or choice, when one was answered.
    pub(crate) holds: Option<bool>,
    /// Whether it was answered, or why not.
    pub(crate) status: Status,
}

impl Reading {
    /// A cell that holds no answer.
    pub(crate) const fn none(status: Status) -> Self {
        Self {
            level: None,
            holds: None,
            status,
        }
    }

    /// A level.
    pub(crate) const fn level(level: i64) -> Self {
        Self {
            level: Some(level),
            holds: None,
            status: Status::Answered,
        }
    }

    /// A test result or a choice.
    pub(crate) const fn of(holds: bool) -> Self {
        Self {
            level: None,
            holds: Some(holds),
            status: Status::Answered,
        }
    }
}

/// Why an unfilled cell holds no answer; absent when something is written in it.
pub(crate) fn unfilled(state: CellState, value: Option<&str>) -> Option<Status> {
    match state {
        CellState::Filled if value.is_some_and(|text| !fold(text).is_empty()) => None,
        // A default that nobody touched is not an answer, whatever it says.
        CellState::Filled
        | CellState::Empty
        | CellState::Unknown
        | CellState::Untouched
        // Its label may yet say why; see `declared`.
        | CellState::Declared => Some(Status::Skipped),
        CellState::NotShown => Some(Status::NotAsked),
    }
}

/// The reason that a word gives for not answering; absent for yes and no.
pub(crate) fn reason(meaning: Meaning) -> Option<Status> {
    match meaning {
        Meaning::NotApplicable => Some(Status::NotApplicable),
        Meaning::DontKnow => Some(Status::DontKnow),
        Meaning::Refused => Some(Status::Refused),
        Meaning::Yes | Meaning::No => None,
    }
}

/// Why a cell that the file declares missing holds no answer: by its label, or else as if it were left empty.
///
/// Absent for every other cell. A code that is declared missing is never an answer, even where it is on the scale.
pub(crate) fn declared(state: CellState, value: Option<&str>, lexicon: &Lexicon) -> Option<Status> {
    (state == CellState::Declared).then(|| {
        let meaning = value.and_then(|text| lexicon.meaning(text));
        meaning.and_then(reason).unwrap_or(Status::Skipped)
    })
}

/// The scale of a framework, ready to read cells.
pub(crate) struct Scale<'a> {
    test: Test,
    levels: Vec<i64>,
    names: BTreeMap<String, i64>,
    lexicon: &'a Lexicon,
}

impl<'a> Scale<'a> {
    pub(crate) fn new(framework: &Framework, lexicon: &'a Lexicon) -> Self {
        let mut names = BTreeMap::new();
        for level in &framework.levels {
            for name in [&level.name.nl, &level.name.en] {
                if !name.is_empty() {
                    names.insert(fold(name), level.number);
                }
            }
        }
        Self {
            test: framework.test,
            levels: framework.levels.iter().map(|level| level.number).collect(),
            names,
            lexicon,
        }
    }

    /// What answers on this scale are made of.
    pub(crate) fn kind(&self) -> AnswerKind {
        match self.test {
            Test::PassFail => AnswerKind::Pass,
            Test::Levels => AnswerKind::Level,
        }
    }

    /// The scale as a finding names it.
    pub(crate) fn bounds(&self) -> String {
        match (self.test, self.levels.first(), self.levels.last()) {
            (Test::Levels, Some(low), Some(high)) => format!("{low} to {high}"),
            _ => "of passed or not passed".to_owned(),
        }
    }

    /// The numbers of the levels, from low to high.
    pub(crate) fn numbers(&self) -> &[i64] {
        &self.levels
    }

    /// What the study file says that a text or code means; absent when it does not, or names no level of the scale.
    pub(crate) fn stated(&self, answers: &Answers, text: &str, raw: Option<&str>) -> Option<Reading> {
        let meaning = answers.meaning(text).or_else(|| answers.meaning(raw?))?;
        match (meaning, self.test) {
            (AnswerMeaning::Level(level), Test::Levels) if self.levels.contains(&level) => Some(Reading::level(level)),
            (AnswerMeaning::Holds(holds), Test::PassFail) => Some(Reading::of(holds)),
            (AnswerMeaning::None(status), _) => Some(Reading::none(status)),
            _ => None,
        }
    }

    /// Reads the text of a filled cell.
    pub(crate) fn read(&self, text: &str, numbers: Convention) -> Reading {
        let folded = fold(text);
        if self.test == Test::Levels
            && let Some(level) = self.level(&folded)
        {
            return Reading::level(level);
        }
        match self.lexicon.meaning(&folded) {
            Some(Meaning::Yes) if self.test == Test::PassFail => Reading::of(true),
            Some(Meaning::No) if self.test == Test::PassFail => Reading::of(false),
            Some(meaning) => Reading::none(reason(meaning).unwrap_or(Status::Invalid)),
            None => match numbers.holds(&folded) {
                Some(holds) if self.test == Test::PassFail => Reading::of(holds),
                _ => Reading::none(Status::Invalid),
            },
        }
    }

    /// The level that a folded text states; absent when it states none on the scale.
    fn level(&self, text: &str) -> Option<i64> {
        if let Some(level) = self.names.get(text) {
            return Some(*level);
        }
        // Without a word before it a dash may be a minus, and that is no level.
        let bare = ["volwassenheidsniveau", "niveau", "maturity level", "level"]
            .iter()
            .find_map(|word| text.strip_prefix(word))
            .map_or(text, |rest| rest.trim_matches(is_joint));
        let level = whole_number(bare)
            .or_else(|| self.numbered_name(bare))
            .or_else(|| self.leading_number(bare))?;
        self.levels.contains(&level).then_some(level)
    }

    /// `3 - bepaald` or `bepaald (3)`: the number, when the name beside it is that level's own.
    fn numbered_name(&self, text: &str) -> Option<i64> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, name) = if digits > 0 {
            (&text[..digits], &text[digits..])
        } else {
            let text = text.trim_end_matches(is_joint);
            let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
            (&text[text.len() - digits..], &text[..text.len() - digits])
        };
        let number = number.parse().ok()?;
        (self.names.get(name.trim_matches(is_joint)) == Some(&number)).then_some(number)
    }

    /// `1 - laag`: the number that leads a label in other words than the codebook's.
    ///
    /// Absent: where the words are the name of another level, or start with another number.
    fn leading_number(&self, text: &str) -> Option<i64> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let label = text[digits..].trim_start().strip_prefix(PARTING)?.trim_start();
        let words = label.trim_matches(is_joint);
        let names_level = self.names.contains_key(words);
        let worded = label.chars().next().is_some_and(char::is_alphabetic);
        (worded && !names_level).then(|| text[..digits].parse().ok())?
    }
}

/// Marks that part the number of a level from a label of whatever words.
const PARTING: [char; 6] = ['-', '\u{2013}', '\u{2014}', ':', '.', ')'];

/// What stands between a level's number and its name.
fn is_joint(letter: char) -> bool {
    letter == ' ' || "-\u{2013}\u{2014}:.,;()".contains(letter)
}

/// `3`, `3.0` or `3,0`: a spreadsheet may add the decimals, nobody else does.
fn whole_number(text: &str) -> Option<i64> {
    let (number, decimals) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let zeros = !decimals.is_empty() && decimals.bytes().all(|digit| digit == b'0');
    let plain = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    (plain && zeros).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
