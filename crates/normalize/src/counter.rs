//! The same stage for answers that are too many to hold: file after file, each forgotten once it is counted.

use crate::answer::{Cells, Delivered, Reader, by_respondent, pieces};
use crate::doubt::Doubts;
use crate::duplicate::{self, Known, Responded};
use crate::{Error, entries_of, organisation};
use nulmeting_counts::Packed;
use nulmeting_counts::Tally;
use nulmeting_study::lexicon::Lexicon;
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{Organisation, RegisterEntry, Response};
use nulmeting_study::{Finding, Framework, Instruments, Study};
use std::collections::BTreeSet;

/// Cells that are read at a time, in how many pieces side by side: what is read of them is held until it is packed.
const AT_A_TIME: usize = 4_000;
const SIDE_BY_SIDE: usize = 16;

/// The answers of a wave as they come in.
pub struct Counter<'a> {
    study: &'a Study,
    instruments: &'a Instruments,
    lexicon: &'a Lexicon,
    wave: &'a Wave,
    framework: &'a Framework,
    known: Known,
    responses: Vec<Responded>,
    packed: Packed,
    findings: Vec<Finding>,
    at_a_time: usize,
}

/// What the counted answers of a wave come to.
#[derive(Debug)]
pub struct CountedWave {
    /// Organisations of the register and of the answers, by name, as [`normalize`](crate::normalize) describes them.
    pub organisations: Vec<Organisation>,
    /// How often each outcome was given, of the answers that count.
    pub tally: Tally,
    /// What was found wrong or doubtful, in no order.
    pub findings: Vec<Finding>,
}

impl<'a> Counter<'a> {
    /// Begins a wave.
    ///
    /// Errors: a wave without framework.
    pub fn new(
        study: &'a Study,
        instruments: &'a Instruments,
        lexicon: &'a Lexicon,
        wave: &'a Wave,
    ) -> Result<Self, Error> {
        let framework = instruments.frameworks.get(&wave.id);
        Ok(Self {
            study,
            instruments,
            lexicon,
            wave,
            framework: framework.ok_or_else(|| Error::NoFramework { wave: wave.id.clone() })?,
            known: Known::default(),
            responses: Vec::new(),
            packed: Packed::default(),
            findings: Vec::new(),
            at_a_time: AT_A_TIME,
        })
    }

    /// Reads another number of cells at a time, of a respondent always all: memory is all that depends on it.
    #[must_use]
    pub fn reading(mut self, cells: usize) -> Self {
        self.at_a_time = cells.max(1);
        self
    }

    /// Counts the cells of whole files: what a number in a file means is decided by the file as a whole.
    ///
    /// Errors: a file that no source of the study file fits; a source that lost more answers than the study allows; more
    /// questions or outcomes than can be counted.
    pub fn add(&mut self, responses: &[Response]) -> Result<(), Error> {
        let rows = by_respondent(responses.iter().collect());
        let cells = Cells::find(self.wave, self.framework, self.instruments, &rows)?;
        let reader = Reader::new(self.wave, self.framework, self.lexicon, &cells);
        let mut doubts = Doubts::of(&self.wave.id);
        for some in pieces(&rows, self.at_a_time).chunks(SIDE_BY_SIDE) {
            for (mut delivered, doubtful) in reader.pieces(some) {
                doubts.extend(doubtful);
                self.pack(&mut delivered)?;
            }
        }
        doubts.check(self.study.responses.unreadable)?;
        self.findings.extend(doubts.findings());
        self.findings.extend(reader.notes());
        Ok(())
    }

    /// Keeps no more of answers than what is counted of them.
    fn pack(&mut self, delivered: &mut [Delivered]) -> Result<(), Error> {
        for (response, own) in duplicate::responses(delivered, &mut self.known) {
            duplicate::all_once(delivered, &own);
            let answers = own.iter().map(|row| &delivered[*row].answer);
            let packed = self.packed.add(answers.filter(|answer| answer.counts));
            packed.map_err(|found| Error::TooMany {
                wave: self.wave.id.clone(),
                found,
            })?;
            self.responses.push(response);
        }
        Ok(())
    }

    /// Decides which responses count, and what each organisation counts for.
    ///
    /// Shape: `order` has the place in order of submission of each response, numbered from 1 in the order in which they
    /// were added; `register` as [`normalize`](crate::normalize) takes it.
    /// Errors: an organisation twice in one register.
    pub fn end(mut self, order: &[i64], register: &[RegisterEntry]) -> Result<CountedWave, Error> {
        let entries = entries_of(self.wave, register)?;
        for response in &mut self.responses {
            // A response without a number, as of a format that knows no order, stays before all others.
            let place = usize::try_from(response.sequence - 1).ok();
            response.sequence = place.and_then(|place| order.get(place)).copied().unwrap_or_default();
        }
        let settled = duplicate::decide(self.wave, &self.responses, self.study.scores.respondents);
        let named: BTreeSet<&str> = self.responses.iter().map(Responded::organisation).collect();
        let described = organisation::describe(self.study, self.wave, &entries, &settled.answered, &named);
        let counted = self.responses.iter().map(Responded::organisation).zip(settled.counted);
        let tally = self.packed.tally(&self.wave.id, counted);
        let mut findings = self.findings;
        findings.extend(settled.findings);
        findings.extend(described.findings);
        Ok(CountedWave {
            organisations: described.organisations,
            tally,
            findings,
        })
    }
}
