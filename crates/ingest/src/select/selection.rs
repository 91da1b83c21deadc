//! The answers among the cells of a file, as rows of the table.
//!
//! The rows of a large file are the most that the stage holds: they are made where they stay, by all processors, and
//! share their texts.

use super::Against;
use super::questions::Use;
use crate::files::Facts;
use crate::format::reader::{Cell, Question};
use nulmeting_study::tables::Response;
use nulmeting_study::words::Assessor;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// From how many cells a file is worth a second processor.
const MANY: usize = 10_000;

/// What a response has given, and under which names.
pub(super) struct Given {
    pub(super) organisation: Option<Arc<str>>,
    pub(super) respondent: Arc<str>,
    pub(super) complete: Option<bool>,
    /// Its cells; once selected, those that are answers, in the order of the table.
    pub(super) cells: Vec<Cell>,
}

/// The answers of a file, in the order of the table: by sheet, row and column.
pub(super) struct Selection<'a> {
    questions: &'a [Question],
    uses: &'a [Use],
    /// Where each question comes among those of its file, by sheet and by column.
    ranks: Vec<(usize, usize)>,
    wave: &'a str,
    source: &'a str,
    assessor: Assessor,
}

impl<'a> Selection<'a> {
    pub(super) fn of(questions: &'a [Question], uses: &'a [Use], file: &'a Facts, against: &'a Against<'a>) -> Self {
        let rank = |name: fn(&Question) -> &str| {
            let names: BTreeSet<&str> = questions.iter().map(name).collect();
            let places: BTreeMap<&str, usize> = names.into_iter().zip(0..).collect();
            questions
                .iter()
                .map(move |own| places[name(own)])
                .collect::<Vec<usize>>()
        };
        let sheets = rank(|own| &own.place.sheet);
        let columns = rank(|own| &own.place.column);
        Self {
            questions,
            uses,
            ranks: sheets.into_iter().zip(columns).collect(),
            wave: against.wave,
            source: &file.path,
            assessor: against.entry.assessor,
        }
    }

    /// The rows of all responses, one after another, with a sequence of zero.
    ///
    /// Shape: a row for each cell that `given` has left.
    pub(super) fn responses(&self, given: &mut [Given]) -> Vec<Response> {
        let (uses, ranks) = (self.uses, &self.ranks);
        let select = |own: &mut Given| {
            let is_answer = |cell: &Cell| matches!(uses.get(cell.question), Some(Use::Answer { .. }));
            own.cells.retain(is_answer);
            own.cells.sort_by_key(|cell| {
                let (sheet, column) = ranks[cell.question];
                (sheet, cell.row, column)
            });
            own.cells.shrink_to_fit();
        };
        let names = || Names::of(self);
        let row = |names: &mut Names, (own, cell): (&Given, &Cell)| names.row(own, cell);
        if given.iter().map(|own| own.cells.len()).sum::<usize>() < MANY {
            given.iter_mut().for_each(select);
            let mut names = names();
            return places(given).map(|place| row(&mut names, place)).collect();
        }
        given.par_iter_mut().for_each(select);
        let (places, mut responses) = (places(given).collect::<Vec<_>>(), Vec::new());
        places
            .into_par_iter()
            .map_init(names, row)
            .collect_into_vec(&mut responses);
        responses
    }
}

/// The cells of all responses, each with its own.
fn places(given: &[Given]) -> impl Iterator<Item = (&Given, &Cell)> {
    given
        .iter()
        .flat_map(|own| own.cells.iter().map(move |cell| (own, cell)))
}

/// Texts that the rows share. Each thread has its own: counting who holds a text is slow where two do it.
struct Names {
    assessor: Assessor,
    wave: Arc<str>,
    source: Arc<str>,
    asked: Vec<Asked>,
}

/// A question that is answered; the others have empty texts.
#[derive(Default)]
struct Asked {
    question: Arc<str>,
    option: Arc<str>,
    sheet: Arc<str>,
    column: Arc<str>,
}

impl Names {
    fn of(selection: &Selection<'_>) -> Self {
        let asked = |(question, own): (&Question, &Use)| match own {
            Use::Answer { question: name, option } => Asked {
                question: name.as_str().into(),
                option: option.as_str().into(),
                sheet: question.place.sheet.as_str().into(),
                column: question.place.column.as_str().into(),
            },
            Use::Withheld | Use::None => Asked::default(),
        };
        Self {
            assessor: selection.assessor,
            wave: selection.wave.into(),
            source: selection.source.into(),
            asked: selection.questions.iter().zip(selection.uses).map(asked).collect(),
        }
    }

    /// The row of a cell.
    fn row(&self, own: &Given, cell: &Cell) -> Response {
        let asked = &self.asked[cell.question];
        Response {
            wave: Arc::clone(&self.wave),
            organisation: own.organisation.clone(),
            respondent: Arc::clone(&own.respondent),
            question: Arc::clone(&asked.question),
            option: Arc::clone(&asked.option),
            value: cell.value.clone(),
            raw: cell.raw.clone(),
            state: cell.state,
            complete: own.complete,
            sequence: 0,
            assessor: self.assessor,
            source: Arc::clone(&self.source),
            sheet: Arc::clone(&asked.sheet),
            row: cell.row,
            column: match &cell.column {
                Some(column) => (**column).into(),
                None => Arc::clone(&asked.column),
            },
        }
    }
}
