//! Answers counted: how often each outcome was given to each question within each organisation.
//!
//! This is all that is ever asked of the answers themselves: levels, choices and who took part follow from it, and
//! everything statistical from those. It grows with organisations and questions, never with answers, so that a scan may
//! be any engine's; counts are whole numbers, so that no order of adding changes them.

mod block;
mod packed;

pub use block::Block;
pub use packed::{Counted, Packed};

use crate::coded::Coding;
use nulmeting_study::tables::{Answer, AnswerCount};
use nulmeting_study::words::{AnswerKind, Assessor, Status};
use std::collections::BTreeMap;

/// What was asked, and of whom: one question, or one option of a question with several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Norm code, or code of another question.
    pub item: String,
    /// Option of a question with several; empty otherwise.
    pub option: String,
    /// Who gave the answer.
    pub assessor: Assessor,
    /// What the answer is made of.
    pub kind: AnswerKind,
}

/// What an answer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// Whether it was answered, or why not.
    pub status: Status,
    /// Maturity level; absent unless a level was answered.
    pub level: Option<i64>,
    /// Whether the test was passed or the option chosen; absent for other kinds and when not answered.
    pub holds: Option<bool>,
}

/// Counted answers of all waves.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    waves: BTreeMap<String, WaveTally>,
}

/// Counted answers of one wave, in a dense array of organisation × question × outcome.
#[derive(Debug, Clone, Default)]
pub struct WaveTally {
    organisations: Coding<String>,
    items: BTreeMap<String, Vec<u32>>,
    questions: Vec<Question>,
    outcomes: Coding<Outcome>,
    /// Places per organisation for questions, and per question for outcomes.
    room: (usize, usize),
    cells: Vec<u32>,
}

/// The columns of a table of answers that are counted, and those of a table of counts.
pub const COUNTED: [&str; 10] = [
    "wave",
    "organisation",
    "item",
    "option",
    "assessor",
    "kind",
    "status",
    "level",
    "holds",
    "counts",
];

impl Tally {
    /// Adds the waves of another, which has none of these.
    pub fn extend(&mut self, other: Self) {
        self.waves.extend(other.waves);
    }

    /// Counts those of the answers that count for their organisation.
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Self {
        let mut tally = Self::default();
        for answer in answers.into_iter().filter(|answer| answer.counts) {
            let wave = tally.wave_mut(&answer.wave);
            let organisation = wave.organisation_code(&answer.organisation);
            let question = wave.question_code(&answer.item, &answer.option, answer.assessor, answer.kind);
            let outcome = wave.outcomes.code(&Outcome {
                status: answer.status,
                level: answer.level,
                holds: answer.holds,
            });
            wave.make_room();
            let cell = wave.cell(organisation, question, outcome);
            wave.cells[cell] += 1;
        }
        tally
    }

    /// Adds the rows of a block.
    ///
    /// Errors: more than 4,294,967,295 answers of one outcome in one organisation.
    pub fn add(&mut self, block: &Block) -> Result<(), String> {
        let names: std::collections::BTreeSet<&str> = block.units.iter().map(|(wave, _)| wave.as_str()).collect();
        for name in names {
            let wave = self.wave_mut(name);
            let units: Vec<Option<u32>> = block
                .units
                .iter()
                .map(|(own, organisation)| (own == name).then(|| wave.organisation_code(organisation)))
                .collect();
            let questions: Vec<u32> = block
                .questions
                .iter()
                .map(|own| wave.question_code(&own.item, &own.option, own.assessor, own.kind))
                .collect();
            let outcomes: Vec<u32> = block.outcomes.iter().map(|own| wave.outcomes.code(own)).collect();
            wave.make_room();
            for (row, (unit, question, outcome)) in block.rows.iter().enumerate() {
                let Some(unit) = units[*unit as usize] else { continue };
                let cell = wave.cell(unit, questions[*question as usize], outcomes[*outcome as usize]);
                let times = block.times.get(row).copied().unwrap_or(1);
                let sum = wave.cells[cell].checked_add(times);
                wave.cells[cell] = sum.ok_or("more than 4,294,967,295 answers of one outcome in one organisation")?;
            }
        }
        Ok(())
    }

    /// The counts of a wave; absent when nobody answered.
    pub fn wave(&self, wave: &str) -> Option<&WaveTally> {
        self.waves.get(wave)
    }

    /// Every wave with its counts, in order.
    pub fn waves(&self) -> impl Iterator<Item = (&str, &WaveTally)> {
        self.waves.iter().map(|(name, wave)| (name.as_str(), wave))
    }

    fn wave_mut(&mut self, wave: &str) -> &mut WaveTally {
        if !self.waves.contains_key(wave) {
            self.waves.insert(wave.to_owned(), WaveTally::default());
        }
        self.waves.get_mut(wave).expect("it was put there just now")
    }
}

impl WaveTally {
    /// The organisations with counted answers, in order of their names.
    pub fn organisations(&self) -> impl Iterator<Item = &str> {
        self.organisations.sorted().map(|(name, _)| name.as_str())
    }

    /// The questions, in order; places as [`WaveTally::outcomes`] takes them.
    pub fn questions(&self) -> Vec<(usize, &Question)> {
        let mut questions: Vec<(usize, &Question)> = self.questions.iter().enumerate().collect();
        questions.sort_by_key(|(_, question)| *question);
        questions
    }

    /// The place of an organisation, as [`WaveTally::outcomes`] takes it; absent when it gave no answer that counts.
    pub fn place(&self, organisation: &str) -> Option<usize> {
        self.organisations.get(organisation).map(|code| code as usize)
    }

    /// What the answers of an organisation to a question came to, in order of outcome; nothing when it was not asked.
    pub fn outcomes(&self, organisation: usize, question: usize) -> impl Iterator<Item = (Outcome, u32)> {
        let start = self.cell(organisation as u32, question as u32, 0);
        let counts = self
            .outcomes
            .sorted()
            .map(move |(outcome, code)| (*outcome, self.cells[start + code as usize]));
        counts.filter(|(_, times)| *times > 0)
    }

    /// The outcomes that occur, in order, with their places as [`WaveTally::counts`] has them.
    pub fn outcome_places(&self) -> Vec<(Outcome, usize)> {
        let sorted = self.outcomes.sorted();
        sorted.map(|(outcome, code)| (*outcome, code as usize)).collect()
    }

    /// How often each outcome was given by an organisation to a question, by the outcome's place.
    pub fn counts(&self, organisation: usize, question: usize) -> &[u32] {
        let start = self.cell(organisation as u32, question as u32, 0);
        &self.cells[start..start + self.outcomes.len()]
    }

    /// The rows of an organisation, as the table of counts holds them.
    pub fn rows<'a>(&'a self, wave: &'a str, organisation: &'a str) -> impl Iterator<Item = AnswerCount> + 'a {
        let own = self.place(organisation).into_iter();
        let asked = own.flat_map(|own| self.questions().into_iter().map(move |question| (own, question)));
        asked.flat_map(move |(own, (place, question))| {
            self.outcomes(own, place).map(move |(outcome, times)| AnswerCount {
                wave: wave.to_owned(),
                organisation: organisation.to_owned(),
                item: question.item.clone(),
                option: question.option.clone(),
                assessor: question.assessor,
                kind: question.kind,
                status: outcome.status,
                level: outcome.level,
                holds: outcome.holds,
                answers: i64::from(times),
            })
        })
    }

    fn organisation_code(&mut self, organisation: &str) -> u32 {
        match self.organisations.get(organisation) {
            Some(code) => code,
            None => self.organisations.code(&organisation.to_owned()),
        }
    }

    fn question_code(&mut self, item: &str, option: &str, assessor: Assessor, kind: AnswerKind) -> u32 {
        let known = self.items.get(item).into_iter().flatten();
        for code in known.copied() {
            let own = &self.questions[code as usize];
            if own.option == option && own.assessor == assessor && own.kind == kind {
                return code;
            }
        }
        let code = self.questions.len() as u32;
        self.questions.push(Question {
            item: item.to_owned(),
            option: option.to_owned(),
            assessor,
            kind,
        });
        self.items.entry(item.to_owned()).or_default().push(code);
        code
    }

    /// Makes the array large enough for every code that was given out.
    fn make_room(&mut self) {
        let needed = (self.questions.len(), self.outcomes.len());
        if needed.0 > self.room.0 || needed.1 > self.room.1 {
            let room = (
                needed.0.next_multiple_of(16).max(self.room.0),
                needed.1.max(self.room.1),
            );
            let mut cells = Vec::new();
            if self.room.0 > 0 {
                let rows = self.cells.chunks_exact(self.room.0 * self.room.1);
                cells.reserve_exact(rows.len() * room.0 * room.1);
                for organisation in rows {
                    for question in organisation.chunks_exact(self.room.1) {
                        cells.extend_from_slice(question);
                        cells.resize(cells.len() + room.1 - self.room.1, 0);
                    }
                    cells.resize(cells.len() + (room.0 - self.room.0) * room.1, 0);
                }
            }
            (self.room, self.cells) = (room, cells);
        }
        let size = self.organisations.len() * self.room.0 * self.room.1;
        if size > self.cells.len() {
            // A quarter more than is needed: doubling would ask for twice the memory of a large study.
            if size > self.cells.capacity() {
                self.cells.reserve_exact(size + size / 4 - self.cells.len());
            }
            self.cells.resize(size, 0);
        }
    }

    fn cell(&self, organisation: u32, question: u32, outcome: u32) -> usize {
        (organisation as usize * self.room.0 + question as usize) * self.room.1 + outcome as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Counted, Packed, Tally};
    use crate::coded::Coded;
    use nulmeting_study::tables::{Answer, AnswerCount};
    use nulmeting_study::words::{AnswerKind, Assessor, Status};
    use nulmeting_study::{Record, Values};
    use std::collections::BTreeMap;

    fn answer(organisation: &str, item: &str, respondent: usize, level: Option<i64>, counts: bool) -> Answer {
        Answer {
            wave: "2024".into(),
            organisation: organisation.into(),
            respondent: respondent.to_string(),
            item: item.into(),
            option: String::new(),
            kind: if item < "N30" {
                AnswerKind::Level
            } else {
                AnswerKind::Choice
            },
            value: None,
            level,
            holds: None,
            status: if level.is_some() {
                Status::Answered
            } else {
                Status::DontKnow
            },
            assessor: Assessor::Own,
            counts,
            source: "a.csv".into(),
            sheet: String::new(),
            row: 1,
            column: item.into(),
        }
    }

    fn answers() -> Vec<Answer> {
        // More items than the array has room for at first, organisations and outcomes in no order.
        let mut answers = Vec::new();
        for respondent in 0..3 {
            for organisation in ["b", "a", "c"] {
                for item in 0..40 {
                    let level = (item + respondent) % 6;
                    let level = (level > 0).then_some(level as i64);
                    answers.push(answer(
                        organisation,
                        &format!("N{item:02}"),
                        respondent,
                        level,
                        respondent < 2,
                    ));
                }
            }
        }
        answers
    }

    fn rows(tally: &Tally) -> Vec<AnswerCount> {
        let wave = tally.wave("2024").unwrap();
        wave.organisations()
            .flat_map(|own| wave.rows("2024", own).collect::<Vec<_>>())
            .collect()
    }

    /// The columns of rows, every value its own code: the worst that a reader may give.
    fn columns<R: Record>(rows: &[R]) -> BTreeMap<String, Coded> {
        let table = R::table(rows);
        let codes: Vec<u32> = (0..rows.len() as u32).collect();
        let coded = |values: &Values| Coded {
            codes: codes.clone(),
            values: values.clone(),
        };
        table
            .schema
            .columns
            .iter()
            .zip(&table.columns)
            .map(|(column, values)| (column.name.to_owned(), coded(values)))
            .collect()
    }

    #[test]
    fn counts_are_those_of_the_answers_that_count() {
        let rows = rows(&Tally::of(&answers()));
        assert_eq!(rows.iter().map(|row| row.answers).sum::<i64>(), 3 * 40 * 2);
        let one = |level| {
            rows.iter()
                .find(|row| row.organisation == "a" && row.item == "N05" && row.level == level)
        };
        assert_eq!((one(Some(5)).unwrap().answers, one(None).unwrap().answers), (1, 1));
        let keys: Vec<_> = rows
            .iter()
            .map(|row| (&row.organisation, &row.item, row.status, row.level))
            .collect();
        assert!(keys.is_sorted());
    }

    #[test]
    fn a_table_read_in_pieces_counts_the_same_and_so_does_a_table_of_counts() {
        let answers = answers();
        let whole = Tally::of(&answers);
        let mut pieces = Tally::default();
        for piece in answers.chunks(7).rev() {
            pieces
                .add(&Block::read(piece.len(), &columns(piece), None).unwrap())
                .unwrap();
        }
        assert_eq!(rows(&pieces), rows(&whole));
        let counts = rows(&whole);
        let mut again = Tally::default();
        for piece in counts.chunks(11) {
            again
                .add(&Block::read(piece.len(), &columns(piece), Some("2024")).unwrap())
                .unwrap();
        }
        assert_eq!(rows(&again), counts);
    }

    #[test]
    fn packed_answers_count_as_the_answers_do() {
        let mut answers = answers();
        let keys: std::collections::BTreeSet<(String, String)> = answers
            .iter()
            .map(|row| (row.organisation.clone(), row.respondent.clone()))
            .collect();
        let mut packed = Packed::default();
        for (organisation, respondent) in &keys {
            let own = |row: &&Answer| row.organisation == *organisation && row.respondent == *respondent;
            packed.add(answers.iter().filter(own)).unwrap();
        }
        let counted = |respondent: &str| match respondent {
            "0" => Counted::All,
            "1" => Counted::Norms,
            _ => Counted::Nothing,
        };
        let tally = packed.tally("2024", keys.iter().map(|(own, by)| (own.as_str(), counted(by))));
        for row in &mut answers {
            row.counts = counted(&row.respondent).has(row.kind);
        }
        assert_eq!(rows(&tally), rows(&Tally::of(&answers)));
    }

    #[test]
    fn what_cannot_be_counted_is_refused_by_column() {
        let mut columns = columns(&answers());
        columns.remove("status");
        assert_eq!(Block::read(1, &columns, None).unwrap_err(), "no column `status`");
    }
}
