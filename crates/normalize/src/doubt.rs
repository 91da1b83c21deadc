//! What is doubtful about an answer, and where: the findings of reading cells.
//!
//! Questions that no map and no codebook knows are reported where files are read; this module is about
//! answers. No message holds a respondent's words.

use crate::Error;
use crate::unread::Unread;
use crate::withheld;
use nulmeting_study::tables::Response;
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Place, Rule};
use std::collections::BTreeMap;

/// The findings of a wave's cells.
pub(crate) struct Doubts<'a> {
    wave: &'a str,
    findings: Vec<Finding>,
    unread: Unread,
    /// Doubts about a column rather than an answer: told once per source, at the first place.
    once: BTreeMap<(String, String), (Place, Finding)>,
}

impl<'a> Doubts<'a> {
    pub(crate) fn of(wave: &'a str) -> Self {
        Self {
            wave,
            findings: Vec::new(),
            unread: Unread::default(),
            once: BTreeMap::new(),
        }
    }

    /// An answer that was given, read or not.
    pub(crate) fn answered(&mut self, cell: &Response) {
        self.unread.answered(&cell.source);
    }

    /// Pieces of a list that are no option of the question: labels that the map does not know, or a respondent's words.
    pub(crate) fn unknown_pieces(&mut self, item: &str, cell: &Response, pieces: Vec<String>) {
        for piece in &pieces {
            self.unread.lost(cell, &cell.question, piece, item, true);
        }
        self.withheld(item, cell);
    }

    /// An answer that is not on its scale; `value` is the delivered text as far as it may be shown.
    pub(crate) fn invalid(&mut self, item: &str, cell: &Response, value: Option<&str>, scale: &str) {
        self.unread
            .lost(cell, "", cell.value.as_deref().unwrap_or_default(), item, false);
        let message = match value {
            Some(value) => format!("`{item}` holds `{value}`, outside {scale}"),
            None => format!("`{item}` holds a text, outside {scale}"),
        };
        let hint = "correct the source, or say under `answers` of the source in the study file what it means";
        let finding = self.at(Severity::Error, Rule::InvalidAnswer, message, hint, item, cell);
        self.findings.push(finding);
    }

    /// A text of somebody's own, which no table gets.
    pub(crate) fn withheld(&mut self, item: &str, cell: &Response) {
        let length = cell.value.as_deref().unwrap_or_default().trim().chars().count();
        let message = format!("a text of {length} characters was withheld");
        let hint = "none needed; read it in the source if it is needed";
        let finding = self.at(Severity::Note, Rule::WithheldText, message, hint, item, cell);
        self.findings.push(finding);
    }

    /// A question whose options in the source are not those of the codebook; its cells are no answers.
    pub(crate) fn no_such_option(&mut self, item: &str, cell: &Response) {
        let message = format!("`{item}` has no option `{}` in the codebook", cell.option);
        let hint = "name the codebook's option under `item_option` in the item map";
        let place = place(cell);
        let mut finding = self.at(Severity::Error, Rule::InvalidAnswer, message, hint, item, cell);
        finding.organisation = None;
        let first = self
            .once
            .entry((cell.source.to_string(), cell.column.to_string()))
            .or_insert_with(|| (place.clone(), finding.clone()));
        if place < first.0 {
            *first = (place, finding);
        }
    }

    /// Adds the doubts about other cells of the wave.
    pub(crate) fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.unread.extend(other.unread);
        for (column, own) in other.once {
            match self.once.get(&column) {
                Some(first) if first.0 <= own.0 => {}
                _ => {
                    self.once.insert(column, own);
                }
            }
        }
    }

    /// The delivered text as far as it may be kept, with a finding when it is somebody's own writing.
    pub(crate) fn kept(&mut self, item: &str, cell: &Response, understood: bool) -> Option<String> {
        let text = cell.value.as_deref()?;
        if !understood && withheld::is_writing(text) {
            self.withheld(item, cell);
        }
        withheld::kept(text, understood).filter(|text| !text.is_empty())
    }

    /// Whether so many answers could be read that the numbers of the wave mean something.
    ///
    /// Errors: a source that lost more than the share `most` of its answers, or the answers to one label.
    pub(crate) fn check(&self, most: f64) -> Result<(), Error> {
        self.unread.check(self.wave, most)
    }

    /// The findings: one for each answer, and one for each label with its count and the line that says what it means.
    pub(crate) fn findings(self) -> Vec<Finding> {
        let once = self.once.into_values().map(|(_, finding)| finding);
        let mut findings: Vec<Finding> = self.findings.into_iter().chain(once).collect();
        let labels = self.unread.labels();
        findings.extend(labels.iter().map(|label| label.finding(self.wave)));
        findings
    }

    fn at(&self, severity: Severity, rule: Rule, message: String, hint: &str, item: &str, cell: &Response) -> Finding {
        let mut finding = Finding::new(severity, rule, message, hint)
            .wave(self.wave)
            .at(&place(cell))
            .item(item);
        finding.organisation = cell.organisation.as_deref().map(str::to_owned);
        finding
    }
}

pub(crate) fn place(cell: &Response) -> Place {
    Place::cell(&*cell.source, &*cell.sheet, cell.row, &*cell.column)
}
