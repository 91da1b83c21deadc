//! Answers packed into four bytes each, until it is known whether they count.
//!
//! Which of several responses of an organisation counts is known when all have been seen. Holding them as rows until
//! then is what a large study has no memory for; their question and outcome as one code is all that is ever counted.

use super::{Outcome, Tally, WaveTally};
use nulmeting_study::tables::Answer;
use nulmeting_study::words::AnswerKind;

/// Bits of a code that hold the outcome; the others hold the question.
const OUTCOME: u32 = 10;

/// The answers of a wave, response after response.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    /// The questions and outcomes that occur; it counts nothing yet.
    known: WaveTally,
    codes: Vec<u32>,
    /// Where each response ends.
    ends: Vec<usize>,
}

/// What counts of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Every answer.
    All,
    /// The answers about norms, not those to the questions beside them.
    Norms,
    /// None.
    Nothing,
}

impl Counted {
    /// Whether an answer of that kind counts.
    pub fn has(self, kind: AnswerKind) -> bool {
        match self {
            Counted::All => true,
            Counted::Norms => kind != AnswerKind::Choice,
            Counted::Nothing => false,
        }
    }
}

impl Packed {
    /// Adds the answers of a response.
    ///
    /// Errors: more different questions or outcomes than a code has room for.
    pub fn add<'a>(&mut self, answers: impl IntoIterator<Item = &'a Answer>) -> Result<(), String> {
        for answer in answers {
            let question = self
                .known
                .question_code(&answer.item, &answer.option, answer.assessor, answer.kind);
            let outcome = self.known.outcomes.code(&Outcome {
                status: answer.status,
                level: answer.level,
                holds: answer.holds,
            });
            if outcome >= 1 << OUTCOME || question >= 1 << (u32::BITS - OUTCOME) {
                return Err("more than 1,024 outcomes or 4,194,304 questions in a wave".to_owned());
            }
            self.codes.push(question << OUTCOME | outcome);
        }
        self.ends.push(self.codes.len());
        Ok(())
    }

    /// Counts the answers of the responses that count: per response its organisation and what of it counts.
    pub fn tally<'a>(self, wave: &str, responses: impl IntoIterator<Item = (&'a str, Counted)>) -> Tally {
        let mut counts = self.known;
        let mut start = 0;
        for ((organisation, counted), end) in responses.into_iter().zip(self.ends) {
            let own = &self.codes[start..end];
            start = end;
            if counted == Counted::Nothing {
                continue;
            }
            let organisation = counts.organisation_code(organisation);
            counts.make_room();
            for code in own {
                let (question, outcome) = (code >> OUTCOME, code & ((1 << OUTCOME) - 1));
                if counted.has(counts.questions[question as usize].kind) {
                    let cell = counts.cell(organisation, question, outcome);
                    counts.cells[cell] += 1;
                }
            }
        }
        let mut tally = Tally::default();
        tally.waves.insert(wave.to_owned(), counts);
        tally
    }
}
