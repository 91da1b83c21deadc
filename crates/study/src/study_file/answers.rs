//! What answers mean that no codebook knows: texts or codes of a source, and the level or status that each stands for.

use crate::lexicon::fold;
use crate::words::Status;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the study says that an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Stated")]
pub enum AnswerMeaning {
    /// A level of the scale.
    Level(i64),
    /// A test that is passed or not, an option that is chosen or not.
    Holds(bool),
    /// No answer, and why.
    None(Status),
}

/// The value as it stands in the study file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stated {
    Level(i64),
    Word(String),
}

impl TryFrom<Stated> for AnswerMeaning {
    type Error = String;

    fn try_from(stated: Stated) -> Result<Self, String> {
        match stated {
            Stated::Level(level) => Ok(Self::Level(level)),
            Stated::Word(word) => match (word.as_str(), word.parse::<Status>()) {
                ("yes", _) => Ok(Self::Holds(true)),
                ("no", _) => Ok(Self::Holds(false)),
                (_, Ok(status)) if status != Status::Answered => Ok(Self::None(status)),
                _ => Err(format!(
                    "`{word}` under `answers`; expected the number of a level, `yes`, `no`, `not_applicable`, \
                     `dont_know`, `refused`, `skipped` or `not_asked`"
                )),
            },
        }
    }
}

/// The meanings of answers, by text or code without regard to case and blanks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<String, AnswerMeaning>")]
pub struct Answers(BTreeMap<String, AnswerMeaning>);

impl From<BTreeMap<String, AnswerMeaning>> for Answers {
    fn from(stated: BTreeMap<String, AnswerMeaning>) -> Self {
        Self(
            stated
                .into_iter()
                .map(|(text, meaning)| (fold(&text), meaning))
                .collect(),
        )
    }
}

impl Answers {
    /// What a text or code means; absent when the study does not say.
    pub fn meaning(&self, text: &str) -> Option<AnswerMeaning> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&fold(text)).copied()
    }

    /// Adds what `others` say of texts that these do not name.
    pub(super) fn complete(&mut self, others: &Self) {
        for (text, meaning) in &others.0 {
            self.0.entry(text.clone()).or_insert(*meaning);
        }
    }
}
