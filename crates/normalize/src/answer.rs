//! The answers of a wave: every delivered cell of a known question, read on its scale.

mod pass;

use crate::Error;
use crate::answer_code::AnswerCodes;
use crate::doubt::Doubts;
use crate::item::{Target, target};
use crate::scale::Scale;
use crate::yes_no::Conventions;
use nulmeting_study::framework::Framework;
use nulmeting_study::lexicon::Lexicon;
use nulmeting_study::study_file::{Answers, Wave};
use nulmeting_study::tables::{Answer, Response};
use nulmeting_study::words::{AnswerKind, Assessor};
use nulmeting_study::{Finding, Instruments, ItemMap, Study};
use pass::Pass;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// An answer with what decides whether it counts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivered {
    /// The row of the table; `counts` is settled later.
    pub(crate) answer: Answer,
    /// Place of its response among those of the wave.
    pub(crate) sequence: i64,
    /// Whether the respondent finished; formats that cannot say deliver only what was handed in.
    pub(crate) complete: bool,
}

/// What a wave's cells say.
#[derive(Debug)]
pub(crate) struct Read {
    /// Answers by respondent and place.
    pub(crate) delivered: Vec<Delivered>,
    /// What could not be read.
    pub(crate) findings: Vec<Finding>,
    /// The framework with the norms that only the exports name.
    pub(crate) framework: Framework,
}

/// The columns that name a row of the table of answers.
#[expect(
    clippy::type_complexity,
    reason = "a sort key is read in one place and named nowhere"
)]
pub(crate) fn key(row: &Answer) -> (&str, &str, &str, &str, &str, Assessor, (&str, &str, i64, &str)) {
    (
        &row.wave,
        &row.organisation,
        &row.respondent,
        &row.item,
        &row.option,
        row.assessor,
        (&row.source, &row.sheet, row.row, &row.column),
    )
}

/// Reads the cells of a wave.
///
/// Missing: a question whose option cells are all empty was answered with none chosen when the format says
/// that it was shown, and skipped when the format cannot say.
/// Errors: a wave without framework, a file that no source of the study file fits, a source that lost more answers
/// than the study allows.
pub(crate) fn read(
    study: &Study,
    wave: &Wave,
    instruments: &Instruments,
    lexicon: &Lexicon,
    responses: &[&Response],
) -> Result<Read, Error> {
    let framework = instruments
        .frameworks
        .get(&wave.id)
        .ok_or_else(|| Error::NoFramework { wave: wave.id.clone() })?;
    let rows = by_respondent(responses.to_vec());
    let cells = Cells::find(wave, framework, instruments, &rows)?;
    let reader = Reader::new(wave, framework, lexicon, &cells);
    let mut doubts = Doubts::of(&wave.id);
    let mut delivered = Vec::with_capacity(rows.len());
    for (read, doubtful) in reader.pieces(&pieces(&rows, PIECE)) {
        delivered.extend(read);
        doubts.extend(doubtful);
    }
    doubts.check(study.responses.unreadable)?;
    delivered.sort_by(|a, b| key(&a.answer).cmp(&key(&b.answer)));
    let norms = delivered.iter().map(|row| &row.answer);
    let norms = norms.filter(|answer| answer.kind != AnswerKind::Choice);
    let mut findings = doubts.findings();
    findings.extend(reader.notes());
    Ok(Read {
        framework: framework.admitting(norms.map(|answer| answer.item.as_str())),
        findings,
        delivered,
    })
}

/// Cells that are read at a time.
const PIECE: usize = 2_000;

/// Cells by respondent, whose cells are most often together already.
pub(crate) fn by_respondent(mut rows: Vec<&Response>) -> Vec<&Response> {
    rows.sort_by(|a, b| (&a.source, &a.respondent).cmp(&(&b.source, &b.respondent)));
    rows
}

/// Cuts cells by respondent into pieces of so many, with all cells of a respondent in one.
pub(crate) fn pieces(rows: &[&Response], size: usize) -> Vec<Range<usize>> {
    let together = |a: &Response, b: &Response| a.respondent == b.respondent && a.source == b.source;
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let mut end = start.saturating_add(size.max(1)).min(rows.len());
        while end < rows.len() && together(rows[end - 1], rows[end]) {
            end += 1;
        }
        pieces.push(start..end);
        start = end;
    }
    pieces
}

/// Cells with what each is about.
pub(crate) struct Cells<'a> {
    maps: BTreeMap<&'a str, std::borrow::Cow<'a, ItemMap>>,
    targets: Vec<Target>,
    /// Each cell with the place of its target.
    cells: Vec<(&'a Response, usize)>,
}

impl<'a> Cells<'a> {
    /// Finds what cells are about.
    ///
    /// Errors: a file that no source of the study file fits.
    pub(crate) fn find(
        wave: &Wave,
        framework: &Framework,
        instruments: &'a Instruments,
        responses: &[&'a Response],
    ) -> Result<Self, Error> {
        let maps = maps_of(wave, instruments, responses)?;
        let mut targets: Vec<Target> = Vec::new();
        let mut places: HashMap<(&str, &str, &str), usize> = HashMap::new();
        let mut cells = Vec::with_capacity(responses.len());
        for response in responses {
            let name = (&*response.source, &*response.question, &*response.option);
            let place = *places.entry(name).or_insert_with(|| {
                let map = &maps[&*response.source];
                targets.push(target(map, framework, &response.question, &response.option));
                targets.len() - 1
            });
            cells.push((*response, place));
        }
        Ok(Self { maps, targets, cells })
    }

    fn iter(&self) -> impl Iterator<Item = (&'a Response, &Target)> {
        self.cells.iter().map(|(cell, place)| (*cell, &self.targets[*place]))
    }
}

fn maps_of<'a>(
    wave: &Wave,
    instruments: &'a Instruments,
    responses: &[&'a Response],
) -> Result<BTreeMap<&'a str, std::borrow::Cow<'a, ItemMap>>, Error> {
    let sources: BTreeSet<&str> = responses.iter().map(|response| &*response.source).collect();
    let map = |source: &'a str| {
        let (entry, _) = wave.entry_of(source).ok_or_else(|| Error::NoSource {
            wave: wave.id.clone(),
            source_path: source.to_owned(),
        })?;
        Ok((source, instruments.map(&wave.id, entry)))
    };
    sources.into_iter().map(map).collect()
}

/// The reading of cells of whole files: what a number says is decided by a question of a file as a whole.
pub(crate) struct Reader<'a> {
    wave: &'a Wave,
    framework: &'a Framework,
    scale: Scale<'a>,
    lexicon: &'a Lexicon,
    cells: &'a Cells<'a>,
    conventions: Conventions<'a>,
    codes: AnswerCodes<'a>,
    /// What the study file says that answers mean, by source.
    answers: BTreeMap<&'a str, &'a Answers>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(wave: &'a Wave, framework: &'a Framework, lexicon: &'a Lexicon, cells: &'a Cells<'a>) -> Self {
        let scale = Scale::new(framework, lexicon);
        let norms = cells.iter().filter(|(_, target)| matches!(target, Target::Norm(_)));
        let answers = |source: &&'a str| Some((*source, &wave.entry_of(source)?.1.answers));
        Self {
            wave,
            framework,
            codes: AnswerCodes::learn(scale.numbers(), norms.map(|(cell, _)| cell)),
            answers: cells.maps.keys().filter_map(answers).collect(),
            scale,
            lexicon,
            cells,
            conventions: Conventions::learn(framework, lexicon, cells.iter()),
        }
    }

    /// Reads some of the pieces side by side: per piece the answers by their key, and what is doubtful about them.
    pub(crate) fn pieces(&self, pieces: &[Range<usize>]) -> Vec<(Vec<Delivered>, Doubts<'a>)> {
        let read = |piece: &Range<usize>| {
            let mut pass = Pass {
                reader: self,
                delivered: Vec::new(),
                doubts: Doubts::of(&self.wave.id),
            };
            pass.cells(piece.clone());
            pass.delivered.sort_by(|a, b| key(&a.answer).cmp(&key(&b.answer)));
            (pass.delivered, pass.doubts)
        };
        pieces.par_iter().with_max_len(1).map(read).collect()
    }

    /// What was read in a way that could surprise.
    pub(crate) fn notes(&self) -> Vec<Finding> {
        let mut notes = self.conventions.findings(&self.wave.id);
        notes.extend(self.codes.findings(&self.wave.id));
        notes
    }
}
