//! What every export format has in common: the trait that a format implements, and what it delivers.
//!
//! To add a format: write a module with a [`Reader`], and add it to [`readers`]. A reader says what stands
//! where. It maps no question to an item, reads no meaning into an answer, and drops nothing: what must not
//! be read at all, such as names and addresses, it leaves out by rule, in its own module.

use crate::files::File;
use crate::format::googleforms::GoogleForms;
use crate::format::limesurvey::LimeSurvey;
use crate::format::msforms::MsForms;
use crate::format::qualtrics::Qualtrics;
use crate::format::self_assessment::SelfAssessment;
use crate::format::spss_stata::{Dta, Sav};
use crate::format::surveymonkey::SurveyMonkey;
use crate::format::tidy::Tidy;
use nulmeting_study::study_file::SourceEntry;
use nulmeting_study::suggestion::nearest;
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Error, Finding, Framework, ItemMap, Place, Rule};
use std::sync::Arc;

/// How sure a reader is that a file is of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recognition {
    /// It is not.
    No,
    /// It may be; a reader that is certain goes first.
    Likely,
    /// It is.
    Certain,
}

/// A reader of one export format.
pub trait Reader: Sync {
    /// Name of the format in the study file and in the table of sources.
    fn name(&self) -> &'static str;

    /// Whether a file is of this format, by its content alone.
    fn recognises(&self, file: &File) -> Recognition;

    /// What the file holds.
    ///
    /// Errors: a file that is not of this format after all.
    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error>;
}

/// What the study knows about a source before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its entry in the study file.
    pub entry: &'a SourceEntry,
    /// Heading or label of the number of the organisation; absent when it goes by a usual name.
    pub organisation: Option<&'a str>,
    /// Its item map.
    pub map: Option<&'a ItemMap>,
    /// The framework of its wave.
    pub framework: Option<&'a Framework>,
}

impl<'a> Request<'a> {
    /// A request that knows no question by name.
    pub fn of(entry: &'a SourceEntry) -> Self {
        Self {
            entry,
            organisation: entry.organisation.as_deref(),
            map: None,
            framework: None,
        }
    }

    /// Whether the study asks for a question by this name: its map gives it an item, or the framework has the code.
    ///
    /// Such a question is read whatever it is called; no list of usual names of other columns goes before it.
    pub(crate) fn asks(&self, question: &str, option: &str) -> bool {
        let coded = |framework: &Framework| {
            [question, option]
                .iter()
                .any(|code| framework.norm(code).is_some() || framework.question(code).is_some())
        };
        self.map.is_some_and(|map| map.uses(question, option)) || self.framework.is_some_and(coded)
    }
}

/// The readers of all formats, in the order in which they are asked.
pub fn readers() -> &'static [&'static dyn Reader] {
    &[
        &LimeSurvey,
        &Qualtrics,
        &MsForms,
        &GoogleForms,
        &SurveyMonkey,
        &Sav,
        &Dta,
        &SelfAssessment,
        &Tidy,
    ]
}

/// The reader of a file, and how sure that is.
pub(crate) fn recognise(file: &File, entry: &SourceEntry) -> Option<(&'static dyn Reader, &'static str)> {
    if let Ok(Some(reader)) = stated_reader(entry) {
        return Some((reader, "stated"));
    }
    let by = |sure: Recognition| readers().iter().copied().find(|reader| reader.recognises(file) == sure);
    by(Recognition::Certain)
        .map(|reader| (reader, "certain"))
        .or_else(|| by(Recognition::Likely).map(|reader| (reader, "likely")))
}

/// The reader that the study file states; absent when it states none.
pub(crate) fn stated_reader(entry: &SourceEntry) -> Result<Option<&'static dyn Reader>, Error> {
    let Some(stated) = &entry.format else { return Ok(None) };
    let reader = readers().iter().copied().find(|reader| reader.name() == stated);
    reader.map(Some).ok_or_else(|| {
        let near = nearest(stated, names());
        Error::new(
            format!("source `{}`, key `format`", entry.path),
            format!("format `{stated}`"),
            format!("one of {}", names().join(", ")),
            near.map_or_else(
                || "leave `format` out, and it is recognised from the file".to_owned(),
                |near| format!("write `{near}`, or leave `format` out"),
            ),
        )
    })
}

/// The names of all formats.
pub(crate) fn names() -> Vec<&'static str> {
    readers().iter().map(|reader| reader.name()).collect()
}

/// An error about a file as a finding: the run can go on without it.
pub(crate) fn unreadable(cause: Error) -> Box<Finding> {
    let message = format!("{}; expected {}", cause.found, cause.expected);
    Box::new(Finding::new(Severity::Error, Rule::UnreadableFile, message, cause.hint))
}

/// What a file holds, as its format puts it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delivery {
    /// The questions, in file order; what must not be read as an answer is not among them.
    pub questions: Vec<Question>,
    /// The responses, in file order.
    pub submissions: Vec<Submission>,
    /// Where the organisation should stand; absent when the file has no such place.
    pub organisation: Option<Place>,
    /// Headings among which the organisation was sought, for the hint when it was not found.
    pub headings: Vec<String>,
    /// What is wrong with rows of the file; the wave is added by the caller.
    pub findings: Vec<Finding>,
}

/// A question of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Question as the source names it, by code or by text.
    pub question: String,
    /// Row, statement or option within the question; empty when there is none.
    pub option: String,
    /// Its column or, in a workbook with a norm per row, its cell.
    pub place: Place,
    /// Whether it takes free text beside a choice, which is withheld.
    pub free_text: bool,
    /// Text of the question and of its row or option, as far as the file or its structure has them.
    pub text: String,
    /// The answers that it offers: code and label, in their order; empty when the file does not say.
    pub labels: Vec<(String, String)>,
}

/// A response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Submission {
    /// Key that the tool gave, unique within the file.
    pub respondent: String,
    /// The organisation as typed; absent when nothing is written.
    pub organisation: Option<String>,
    /// Where that stands, or should stand.
    pub organisation_place: Place,
    /// Whether the respondent finished; absent when the format cannot say.
    pub complete: Option<bool>,
    /// When it was submitted, or last touched, in a form that sorts; absent when not known.
    pub submitted: Option<String>,
    /// Token under which the tool let the respondent in; it never leaves this stage.
    pub token: Option<String>,
    /// Whether the tool marks it as a test or preview.
    pub test: bool,
    /// Whether it is still as the template had it.
    pub untouched: bool,
    /// The row or sheet of the response.
    pub place: Place,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Place of its question in [`Delivery::questions`].
    pub question: usize,
    /// Text as delivered, or the label of the code that was; absent when nothing is written.
    pub value: Option<Arc<str>>,
    /// Token as the file has it, where it says something else than the value.
    pub raw: Option<Arc<str>>,
    /// What it holds before meaning is read into it.
    pub state: CellState,
    /// Its row; its sheet is that of its question.
    pub row: i64,
    /// Letters or heading of its column, where that is not the column of its question.
    pub column: Option<Box<str>>,
}

impl Cell {
    /// The column in which it stands.
    pub fn column<'a>(&'a self, question: &'a Question) -> &'a str {
        self.column.as_deref().unwrap_or(&question.place.column)
    }

    /// Whether it stands there; `question` is its own.
    pub(crate) fn is_at(&self, place: &Place, question: &Question) -> bool {
        place.row == Some(self.row)
            && place.source == question.place.source
            && place.sheet == question.place.sheet
            && place.column == self.column(question)
    }
}
