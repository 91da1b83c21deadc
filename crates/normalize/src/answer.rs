//! The answers of a wave: every delivered cell of a known question, read on its scale.

use crate::Error;
use crate::choice::{listed, ticked};
use crate::doubt::Doubts;
use crate::item::{Target, option_named, target};
use crate::scale::{Reading, Scale, declared, unfilled};
use crate::yes_no::Conventions;
use nulmeting_study::framework::{Framework, Question};
use nulmeting_study::lexicon::Lexicon;
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{Answer, Response};
use nulmeting_study::words::{AnswerKind, Assessor, Status};
use nulmeting_study::{Finding, Instruments, ItemMap};
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

/// Cells of one question with a cell per option, by respondent.
type OptionCells<'a> = BTreeMap<(&'a str, &'a str, Assessor, &'a str), Vec<(&'a str, &'a Response)>>;

/// Reads the cells of a wave.
///
/// Missing: a question whose option cells are all empty was answered with none chosen when the format says
/// that it was shown, and skipped when the format cannot say.
/// Errors: a file that no source of the study file fits.
pub(crate) fn read(
    wave: &Wave,
    framework: &Framework,
    instruments: &Instruments,
    lexicon: &Lexicon,
    responses: &[&Response],
) -> Result<Read, Error> {
    let rows = by_respondent(responses.to_vec());
    let cells = Cells::find(wave, framework, instruments, &rows)?;
    let reader = Reader::new(wave, framework, lexicon, &cells);
    let mut doubts = Doubts::of(&wave.id);
    let mut delivered = Vec::with_capacity(rows.len());
    for (read, doubtful) in reader.pieces(&pieces(&rows, PIECE)) {
        delivered.extend(read);
        doubts.extend(doubtful);
    }
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
}

impl<'a> Reader<'a> {
    pub(crate) fn new(wave: &'a Wave, framework: &'a Framework, lexicon: &'a Lexicon, cells: &'a Cells<'a>) -> Self {
        Self {
            wave,
            framework,
            scale: Scale::new(framework, lexicon),
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
        self.conventions.findings(&self.wave.id)
    }
}

/// One pass over cells of respondents, each respondent's together.
struct Pass<'r, 'a> {
    reader: &'r Reader<'a>,
    delivered: Vec<Delivered>,
    doubts: Doubts<'a>,
}

impl Pass<'_, '_> {
    fn cells(&mut self, cells: Range<usize>) {
        let found = self.reader.cells;
        let mut by_option: OptionCells = BTreeMap::new();
        for (response, place) in &found.cells[cells] {
            match &found.targets[*place] {
                Target::Norm(code) => self.norm(code, response),
                Target::Question(code) => self.listed(code, &found.maps[&*response.source], response),
                Target::Option { question, option } => by_option
                    .entry((&response.source, &response.respondent, response.assessor, question))
                    .or_default()
                    .push((option, response)),
                Target::Beside(code) => self.beside(code, response),
                Target::Foreign(code) => self.foreign(code, response),
                // The reading of files has told of questions that nobody knows.
                Target::Unknown | Target::Unused => {}
            }
        }
        for ((_, _, _, question), cells) in &by_option {
            self.ticked(question, cells);
        }
    }

    /// Why a cell holds no answer; absent when it holds one.
    fn unfilled(&self, response: &Response) -> Option<Status> {
        declared(response.state, response.value.as_deref(), self.reader.lexicon)
            .or_else(|| unfilled(response.state, response.value.as_deref()))
    }

    fn norm(&mut self, code: &str, response: &Response) {
        let text = response.value.as_deref().unwrap_or_default();
        let reading = match self.unfilled(response) {
            Some(status) => Reading::none(status),
            None => self
                .reader
                .scale
                .read(text, self.reader.conventions.of(&response.source, "")),
        };
        let value = self.doubts.kept(code, response, reading.status != Status::Invalid);
        if reading.status == Status::Invalid {
            self.doubts.invalid(
                code,
                response,
                value.as_deref(),
                &format!("its scale {}", self.reader.scale.bounds()),
            );
        }
        self.push(response, (code, ""), self.reader.scale.kind(), value, reading);
    }

    fn listed(&mut self, code: &str, map: &ItemMap, response: &Response) {
        let framework = self.reader.framework;
        let Some(question) = framework.question(code) else {
            return;
        };
        let named = |piece: &str| {
            let item = map
                .item(framework, &response.question, piece)
                .filter(|item| item.code == code)?;
            option_named(question, &item.option).map(str::to_owned)
        };
        // The map may name an option by the code that stands beside its label.
        let source_name = |piece: &str| {
            named(piece).or_else(|| {
                named(
                    response
                        .raw
                        .as_deref()
                        .filter(|_| Some(piece) == response.value.as_deref())?,
                )
            })
        };
        let text = response.value.as_deref().unwrap_or_default();
        let read = match self.unfilled(response) {
            Some(status) => crate::choice::Listed {
                status,
                chosen: Vec::new(),
                beside: false,
            },
            None => listed(question, text, self.reader.lexicon, &source_name),
        };
        let value = match read.beside {
            true => None,
            false => self.doubts.kept(code, response, read.status != Status::Invalid),
        };
        if read.status == Status::Invalid {
            self.doubts.invalid(code, response, value.as_deref(), "its options");
        }
        if read.beside {
            self.doubts.withheld(code, response);
        }
        for option in &question.options {
            let reading = match read.status {
                Status::Answered => Reading::of(read.chosen.contains(&option.code)),
                status => Reading::none(status),
            };
            self.push(
                response,
                (code, &option.code),
                AnswerKind::Choice,
                value.clone(),
                reading,
            );
        }
    }

    /// Reads the option cells of one question and respondent together: what an empty one says depends on them.
    fn ticked(&mut self, code: &str, cells: &[(&str, &Response)]) {
        let framework = self.reader.framework;
        let Some(question) = framework.question(code) else {
            return;
        };
        let states: Vec<Option<Status>> = cells.iter().map(|(_, cell)| self.unfilled(cell)).collect();
        let touched = states.contains(&None);
        for ((option, cell), state) in cells.iter().zip(states) {
            self.tick(question, option, cell, state, touched);
        }
    }

    fn tick(&mut self, question: &Question, option: &str, cell: &Response, state: Option<Status>, touched: bool) {
        use nulmeting_study::words::CellState::{Empty, Unknown};
        let reading = match (state, cell.state) {
            (None, _) => ticked(
                question,
                option,
                cell,
                self.reader.lexicon,
                self.reader.conventions.of(&cell.source, &question.code),
                self.reader.conventions.in_words(&cell.source, &question.code),
            ),
            // Shown and left empty is how a tool writes an option that was not chosen.
            (Some(_), Empty) => Reading::of(false),
            (Some(_), Unknown) if touched => Reading::of(false),
            (Some(status), _) => Reading::none(status),
        };
        let value = match state {
            None => self
                .doubts
                .kept(&question.code, cell, reading.status != Status::Invalid),
            Some(_) => None,
        };
        if reading.status == Status::Invalid {
            self.doubts
                .invalid(&question.code, cell, value.as_deref(), "chosen or not chosen");
        }
        self.push(cell, (&question.code, option), AnswerKind::Choice, value, reading);
    }

    fn beside(&mut self, code: &str, response: &Response) {
        if unfilled(response.state, response.value.as_deref()).is_none() {
            self.doubts.withheld(code, response);
        }
    }

    /// A cell of an option that the codebook does not have.
    fn foreign(&mut self, code: &str, response: &Response) {
        if unfilled(response.state, response.value.as_deref()).is_none() {
            self.doubts.no_such_option(code, response);
        }
    }

    fn push(
        &mut self,
        response: &Response,
        item: (&str, &str),
        kind: AnswerKind,
        value: Option<String>,
        reading: Reading,
    ) {
        let answer = Answer {
            wave: response.wave.to_string(),
            organisation: response.organisation.as_deref().unwrap_or_default().to_owned(),
            respondent: response.respondent.to_string(),
            item: item.0.to_owned(),
            option: item.1.to_owned(),
            kind,
            value,
            level: reading.level,
            holds: reading.holds,
            status: reading.status,
            assessor: response.assessor,
            counts: false,
            source: response.source.to_string(),
            sheet: response.sheet.to_string(),
            row: response.row,
            column: response.column.to_string(),
        };
        self.delivered.push(Delivered {
            answer,
            sequence: response.sequence,
            complete: response.complete.unwrap_or(true),
        });
    }
}
