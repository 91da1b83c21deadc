//! One pass over cells: what each says, on the scale or the options of what it is about.

use super::{Delivered, Reader};
use crate::choice::{SourceNames, listed, ticked};
use crate::doubt::Doubts;
use crate::item::{Target, option_named};
use crate::scale::{Reading, declared, unfilled};
use nulmeting_study::framework::Question;
use nulmeting_study::item_map::{Item, ItemMap};
use nulmeting_study::lexicon::fold;
use nulmeting_study::tables::{Answer, Response};
use nulmeting_study::words::{AnswerKind, Assessor, Status};
use std::collections::BTreeMap;
use std::ops::Range;

/// Cells of one question with a cell per option, by respondent.
type OptionCells<'a> = BTreeMap<(&'a str, &'a str, Assessor, &'a str), Vec<(&'a str, &'a Response)>>;

/// One pass over cells of respondents, each respondent's together.
pub(super) struct Pass<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) delivered: Vec<Delivered>,
    pub(super) doubts: Doubts<'a>,
}

impl Pass<'_, '_> {
    pub(super) fn cells(&mut self, cells: Range<usize>) {
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
            None => self.on_scale(response, text),
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

    /// Reads an answer on the scale: by the study file, by its text, and failing that by a code whose level is proven.
    fn on_scale(&mut self, response: &Response, text: &str) -> Reading {
        self.doubts.answered(response);
        let reader = self.reader;
        let stated = reader.answers.get(&*response.source);
        if let Some(reading) = stated.and_then(|answers| reader.scale.stated(answers, text, response.raw.as_deref())) {
            return reading;
        }
        let reading = reader.scale.read(text, reader.conventions.of(&response.source, ""));
        match reader.codes.level(response) {
            Some(level) if reading.status == Status::Invalid && reader.scale.kind() == AnswerKind::Level => {
                Reading::level(level)
            }
            _ => reading,
        }
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
                unknown: Vec::new(),
            },
            None => {
                self.doubts.answered(response);
                let labels = || {
                    let names = map.options(&response.question).filter(|(_, item)| item.code == code);
                    let named = |(name, item): (&str, &Item)| Some((fold(name), option_named(question, &item.option)?));
                    names.filter_map(named).collect()
                };
                let source = SourceNames {
                    name: &source_name,
                    labels: &labels,
                };
                listed(question, text, self.reader.lexicon, &source)
            }
        };
        let value = match !read.unknown.is_empty() {
            true => None,
            false => self.doubts.kept(code, response, read.status != Status::Invalid),
        };
        if read.status == Status::Invalid {
            self.doubts.invalid(code, response, value.as_deref(), "its options");
        }
        if !read.unknown.is_empty() {
            self.doubts.unknown_pieces(code, response, read.unknown);
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
        if state.is_none() {
            self.doubts.answered(cell);
        }
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
