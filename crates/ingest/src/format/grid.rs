//! Exports with a response per row: what the formats of all survey tools have in common.
//!
//! A format says what its columns are and what its cells mean; here stands how rows become responses: rows that
//! were cut, keys that occur twice, the column that names the organisation, the place of every cell. A column is
//! known by its place, never by its heading: equal headings are usual.

use crate::container::delimited::{Delimited, Record};
use crate::container::limits;
use crate::container::sheet::{Row, Sheet, letters};
use crate::dates::DateOrder;
use crate::files::{Content, File};
use crate::format::heading;
use crate::format::reader::{Cell, Delivery, Question, Request, Submission, unreadable};
use crate::format::string_interner::Shelf;
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Finding, Place, Rule};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Rows that are read together.
const PIECE: usize = 256;

/// A text of records or a sheet of rows, seen alike.
pub(crate) struct Grid<'a> {
    pub(crate) path: &'a str,
    /// Name of the sheet; empty for a text.
    pub(crate) sheet: &'a str,
    /// The most cells that its responses may have, blank ones too.
    pub(crate) most: u64,
    /// Row as people count it, and its cells; blank lines are left out.
    pub(crate) lines: Vec<(i64, Line<'a>)>,
    /// Cells of a sheet with a formula whose value was not saved.
    uncomputed: Option<&'a BTreeSet<(i64, u32)>>,
}

/// The cells of a row.
#[derive(Clone, Copy)]
pub(crate) enum Line<'a> {
    Record(Record<'a>),
    Row(&'a Row),
}

/// A cell: its text, and whether it was written in quotes.
pub(crate) use crate::container::delimited::Field as Slot;

impl<'a> Line<'a> {
    pub(crate) fn slot(self, column: usize) -> Slot<'a> {
        match self {
            Line::Record(record) => record.get(column).unwrap_or_default(),
            Line::Row(row) => {
                let text = u32::try_from(column).ok().and_then(|column| row.get(&column));
                Slot {
                    text: text.map_or("", String::as_str),
                    quoted: false,
                }
            }
        }
    }

    /// How many cells it has, up to the last that is filled in a sheet.
    pub(crate) fn width(self) -> usize {
        match self {
            Line::Record(record) => record.len(),
            Line::Row(row) => row.keys().next_back().map_or(0, |last| *last as usize + 1),
        }
    }

    pub(crate) fn slots(self) -> impl Iterator<Item = Slot<'a>> {
        (0..self.width()).map(move |column| self.slot(column))
    }

    fn is_blank(self) -> bool {
        match self {
            Line::Record(record) => record.fields().all(Slot::is_blank),
            Line::Row(row) => row.is_empty(),
        }
    }
}

impl<'a> Grid<'a> {
    /// The grids of a file: its one text, or each of its sheets.
    pub(crate) fn all(file: &'a File) -> Vec<Self> {
        match &file.content {
            Content::Text { table, .. } => vec![Self::of_records(file, table)],
            Content::Workbook(sheets) => sheets.iter().map(|sheet| Self::of_sheet(file, sheet)).collect(),
            Content::Dataset(_) => Vec::new(),
        }
    }

    fn of_records(file: &'a File, table: &'a Delimited) -> Self {
        let lines = (table.first..).zip(table.records.iter().map(Line::Record));
        Self {
            path: &file.path,
            sheet: "",
            most: file.cells,
            lines: lines.collect(),
            uncomputed: None,
        }
    }

    fn of_sheet(file: &'a File, sheet: &'a Sheet) -> Self {
        Self {
            path: &file.path,
            sheet: &sheet.name,
            most: file.cells,
            lines: sheet.rows.iter().map(|(row, cells)| (*row, Line::Row(cells))).collect(),
            uncomputed: Some(&sheet.uncomputed),
        }
    }

    /// The texts of a line, by its place among the lines; empty when there is no such line.
    pub(crate) fn texts(&self, line: usize) -> Vec<&'a str> {
        let line = self.lines.get(line);
        line.map_or_else(Vec::new, |(_, line)| line.slots().map(|slot| slot.text).collect())
    }

    /// The order of day and month in a column of dates; `usual` where its dates leave both open.
    pub(crate) fn date_order(&self, column: Option<usize>, usual: Option<DateOrder>) -> Option<DateOrder> {
        let texts = self.lines.iter().filter_map(|(_, line)| Some(line.slot(column?).text));
        DateOrder::of(texts, usual)
    }

    fn is_text(&self) -> bool {
        self.sheet.is_empty()
    }

    /// The position of a cell: a column of a text goes by its heading, one of a sheet by its letters.
    pub(crate) fn place(&self, row: i64, column: usize, name: &str) -> Place {
        match self.is_text() {
            true => Place::cell(self.path, "", row, name),
            false => Place::cell(self.path, self.sheet, row, letters(column as u32)),
        }
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its cells may be answers.
    Answer,
    /// Free text beside a choice.
    FreeText,
    /// About the response or the respondent: never read as an answer.
    Meta,
}

/// A column as its headings describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Name in the tables, of its own among the columns.
    pub(crate) name: String,
    pub(crate) question: String,
    pub(crate) option: String,
    /// Text of question and option, as far as the headings have it.
    pub(crate) text: String,
    pub(crate) role: Role,
}

impl Column {
    /// Gives columns of equal names a name of their own each; the second is another question until a map says which.
    pub(crate) fn apart(mut columns: Vec<Self>) -> Vec<Self> {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        for (column, name) in columns.iter_mut().zip(heading::distinct(&names)) {
            if name != column.name && !column.name.is_empty() {
                column.question.clone_from(&name);
                column.option.clear();
                column.name = name;
            }
        }
        columns
    }
}

/// What a cell holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said<'a> {
    pub(crate) value: Option<Cow<'a, str>>,
    pub(crate) raw: Option<Cow<'a, str>>,
    pub(crate) state: CellState,
}

impl<'a> Said<'a> {
    /// A filled cell as it stands, or a blank of which the format cannot say whether the question was shown.
    pub(crate) fn plain(slot: Slot<'a>) -> Self {
        match slot.is_blank() {
            true => Self::default(),
            false => Self::filled(slot.text),
        }
    }

    pub(crate) fn filled(text: &'a str) -> Self {
        Self {
            value: Some(text.into()),
            raw: None,
            state: CellState::Filled,
        }
    }

    /// No answer, with the mark that says so.
    pub(crate) fn mark(state: CellState, mark: &'a str) -> Self {
        Self {
            value: None,
            raw: (!mark.is_empty()).then(|| mark.into()),
            state,
        }
    }

    /// A filled cell whose text was written otherwise.
    pub(crate) fn decoded(slot: Slot<'a>, text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        Self {
            raw: (text != slot.text).then(|| slot.text.into()),
            value: Some(text),
            state: CellState::Filled,
        }
    }

    /// The cell of a question in a row.
    pub(crate) fn cell(self, question: usize, row: i64, shelf: &mut Shelf) -> Cell {
        Cell {
            question,
            value: self.value.map(|text| shelf.keep(&text)),
            raw: self.raw.map(|text| shelf.keep(&text)),
            state: self.state,
            row,
            column: None,
        }
    }
}

/// What the columns about a response say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// Key that the tool gave; absent when there is none.
    pub(crate) key: Option<String>,
    pub(crate) complete: Option<bool>,
    pub(crate) submitted: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) test: bool,
}

/// An export whose columns are known.
pub(crate) struct Export<'a> {
    pub(crate) grid: &'a Grid<'a>,
    pub(crate) columns: Vec<Column>,
    /// Row of the headings, for the places of questions.
    pub(crate) heading: i64,
    /// Place of the first response among the lines.
    pub(crate) first: usize,
    /// Column of the key, for the finding about one that occurs twice.
    pub(crate) key: Option<usize>,
}

impl<'a> Export<'a> {
    /// The lines with a response, and what is wrong with the others.
    ///
    /// A record that is shorter than the headings, or longer with something in it, was cut or joined: it is reported
    /// and not shifted into other columns. In a sheet a row simply ends at its last filled cell.
    pub(crate) fn lines(&self) -> (Vec<(i64, Line<'a>)>, Vec<Finding>) {
        let width = self.columns.len();
        // A line of headings may end in a delimiter, and the records then do not.
        let named = self.columns.iter().rposition(|column| !column.name.is_empty());
        let least = named.map_or(width, |last| last + 1);
        let (mut lines, mut findings) = (Vec::new(), Vec::new());
        for (row, line) in self.grid.lines.iter().skip(self.first) {
            if line.is_blank() {
                // An empty survey is delivered as its heading and one empty record.
                continue;
            }
            if let Line::Record(record) = line {
                let mut extra = record.fields().skip(width);
                if record.len() < least || extra.any(|field| !field.text.is_empty()) {
                    findings.push(
                        Finding::new(
                            Severity::Error,
                            Rule::UnreadableFile,
                            format!(
                                "the row has {} fields, and the heading {width}; the row is not read",
                                record.len()
                            ),
                            "export the file again; a row may have been cut or joined by hand",
                        )
                        .at(&Place::cell(self.grid.path, "", *row, "")),
                    );
                    continue;
                }
            }
            lines.push((*row, *line));
        }
        (lines, findings)
    }

    /// Takes every column that the study asks for by name as an answer, whatever the format takes it for.
    fn read_what_is_asked_for(&mut self, request: &Request<'_>) {
        for column in self.columns.iter_mut().filter(|column| column.role == Role::Meta) {
            let named = |name: &str, option: &str| !name.is_empty() && request.asks(name, option);
            if named(&column.question, &column.option) || named(&column.name, "") {
                column.role = Role::Answer;
            }
        }
    }

    /// Names the columns without heading by their position, where something is written in them. A sheet may have
    /// values to the right of its last heading.
    fn name_unnamed(&mut self, lines: &[(i64, Line<'_>)]) {
        let width = self.columns.len();
        let mut beyond = BTreeSet::new();
        for (_, line) in lines {
            if let Line::Row(row) = line {
                beyond.extend(
                    row.range(u32::try_from(width).unwrap_or(u32::MAX)..)
                        .map(|(column, _)| *column as usize),
                );
            }
        }
        for index in width..beyond.last().map_or(width, |last| last + 1) {
            self.columns.push(Column {
                name: String::new(),
                question: String::new(),
                option: String::new(),
                text: String::new(),
                role: if beyond.contains(&index) {
                    Role::Answer
                } else {
                    Role::Meta
                },
            });
        }
        for (index, column) in self.columns.iter_mut().enumerate() {
            if !column.name.is_empty() || column.role == Role::Meta {
                continue;
            }
            if lines.iter().all(|(_, line)| line.slot(index).is_blank()) {
                column.role = Role::Meta;
                continue;
            }
            column.name = format!("column {}", index + 1);
            column.question.clone_from(&column.name);
        }
    }

    /// The formulas without a value among the answers: what they would give is lost.
    fn uncomputed(&self, answers: &[usize]) -> Vec<Finding> {
        let cells = self
            .grid
            .uncomputed
            .into_iter()
            .flatten()
            .filter(|(row, _)| *row > self.heading);
        let answers: BTreeSet<usize> = answers.iter().copied().collect();
        let lost = cells.filter(|(_, column)| answers.contains(&(*column as usize)));
        lost.map(|(row, column)| {
            let index = *column as usize;
            Finding::new(
                Severity::Error,
                Rule::UncomputedFormula,
                "the answer is a formula whose value was not saved with it; it is not read",
                "open the workbook in a spreadsheet program and save it, or export the responses as CSV",
            )
            .at(&self.grid.place(*row, index, &self.columns[index].name))
        })
        .collect()
    }

    /// The column that names the organisation.
    ///
    /// The study file may name any column, one about the respondent too; by itself only questions are looked at.
    fn organisation(&self, stated: Option<&str>) -> Option<usize> {
        let texts = |of: fn(&Column) -> &str| -> Vec<String> {
            let own = |column: &Column| match column.role == Role::Meta && stated.is_none() {
                true => String::new(),
                false => of(column).to_owned(),
            };
            self.columns.iter().map(own).collect()
        };
        let find = |texts: Vec<String>| heading::organisation(texts.iter().map(String::as_str), stated);
        find(texts(|column| &column.name))
            .or_else(|| find(texts(|column| &column.question)))
            .or_else(|| find(texts(|column| &column.text)))
    }

    /// What the export holds, by what its format says of each response and each cell.
    pub(crate) fn deliver(
        mut self,
        request: &Request<'_>,
        about: &(dyn Fn(Line<'_>) -> About + Sync),
        said: &(dyn for<'s> Fn(usize, &Column, Slot<'s>) -> Said<'s> + Sync),
    ) -> Delivery {
        let organisation = self.organisation(request.organisation);
        self.read_what_is_asked_for(request);
        let (lines, mut findings) = self.lines();
        self.name_unnamed(&lines);
        let answers: Vec<usize> = (0..self.columns.len())
            .filter(|index| self.columns[*index].role != Role::Meta && Some(*index) != organisation)
            .collect();
        let place = |row: i64, index: usize| self.grid.place(row, index, &self.columns[index].name);
        let questions = answers.iter().map(|index| {
            let column = &self.columns[*index];
            Question {
                question: column.question.clone(),
                option: column.option.clone(),
                place: place(self.heading, *index),
                free_text: column.role == Role::FreeText,
                text: column.text.clone(),
                labels: Vec::new(),
            }
        });
        let questions: Vec<Question> = questions.collect();
        findings.extend(self.uncomputed(&answers));
        let dense = lines.len() as u64 * answers.len() as u64;
        if let Err(cause) = limits::cells(dense, self.grid.most, self.grid.path) {
            // A sheet is stored sparse, and one far cell in its headings makes every row as wide.
            return Delivery {
                findings: vec![(*unreadable(cause)).at(&Place::file(self.grid.path))],
                ..Delivery::default()
            };
        }
        let columns = &self.columns;
        let read = |piece: &[(i64, Line<'_>)]| -> Vec<(About, Vec<Cell>)> {
            let mut shelf = Shelf::default();
            let mut one = |(row, line): &(i64, Line<'_>)| {
                let cells = answers.iter().enumerate().map(|(question, index)| {
                    let said = said(*index, &columns[*index], line.slot(*index));
                    said.cell(question, *row, &mut shelf)
                });
                let cells = cells.collect();
                (about(*line), cells)
            };
            piece.iter().map(&mut one).collect()
        };
        let read: Vec<(About, Vec<Cell>)> = match lines.len() > PIECE {
            true => lines.par_chunks(PIECE).flat_map_iter(read).collect(),
            false => read(&lines),
        };
        let mut taken = BTreeSet::new();
        let mut submissions = Vec::new();
        for ((row, line), (facts, cells)) in lines.into_iter().zip(read) {
            let typed = organisation.map(|index| line.slot(index).text.trim());
            let whole = Place::cell(self.grid.path, self.grid.sheet, row, "");
            let typed = typed.filter(|text| !text.is_empty());
            if !self.grid.is_text()
                && facts.key.is_none()
                && typed.is_none()
                && cells.iter().all(|cell| cell.value.is_none())
            {
                // A sheet may hold more rows than its table, as below one that was shortened.
                continue;
            }
            let mut respondent = facts.key.unwrap_or_else(|| format!("row {row}"));
            if !taken.insert(respondent.clone()) {
                let at = self.key.map_or_else(|| whole.clone(), |index| place(row, index));
                findings.push(
                    Finding::new(
                        Severity::Warning,
                        Rule::DuplicateResponse,
                        format!("response `{respondent}` stands more than once in this file; both rows are kept"),
                        "check whether exports were joined by hand, and remove the row that does not belong",
                    )
                    .at(&at),
                );
                respondent = format!("{respondent} row {row}");
                taken.insert(respondent.clone());
            }
            submissions.push(Submission {
                respondent,
                organisation: typed.map(str::to_owned),
                organisation_place: organisation.map_or_else(|| whole.clone(), |index| place(row, index)),
                complete: facts.complete,
                submitted: facts.submitted,
                token: facts.token,
                test: facts.test,
                untouched: false,
                place: whole,
                cells,
            });
        }
        Delivery {
            questions,
            submissions,
            organisation: organisation.map(|index| place(self.heading, index)),
            headings: self.columns.iter().map(|column| column.name.clone()).collect(),
            findings,
        }
    }
}
