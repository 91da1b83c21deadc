//! The register's history: which number became which, and under which one an organisation stands in a register.
//!
//! It holds mergers, splits and new numbers with their day. Nothing is guessed from names: what the history
//! does not say did not happen.

use super::columns::Table;
use super::register::Listed;
use crate::dates;
use crate::files::File;
use crate::format::heading::alike;
use crate::frame::board_number::Numbers;
use nulmeting_study::item_map::tidy;
use nulmeting_study::tables::Succession;
use nulmeting_study::words::{Severity, SuccessionKind};
use nulmeting_study::{Error, Finding, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// Headings by column, in the languages in which such lists are kept.
const HEADINGS: [(&str, &[&str]); 4] = [
    ("date", &["date", "datum", "ingangsdatum"]),
    ("from", &["from", "van", "oud nummer"]),
    ("to", &["to", "naar", "nieuw nummer"]),
    ("kind", &["kind", "soort", "reden"]),
];

/// Words by kind.
const KINDS: [(SuccessionKind, &[&str]); 3] = [
    (SuccessionKind::Merger, &["merger", "fusie", "samenvoeging"]),
    (SuccessionKind::Split, &["split", "splitsing"]),
    (
        SuccessionKind::Renumbering,
        &["renumbering", "omnummering", "nummerwijziging"],
    ),
];

/// One step: a number that became another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    row: i64,
    date: String,
    from: String,
    to: String,
    kind: SuccessionKind,
}

/// The steps of a study, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    path: String,
    steps: Vec<Step>,
}

impl History {
    /// Reads the list; rows that cannot be used are findings.
    ///
    /// Errors: a missing column.
    pub(crate) fn read(file: &File, numbers: &Numbers) -> Result<(Self, Vec<Finding>), Error> {
        let sheets = file.sheets();
        let table = Table::find(file, &sheets)?;
        let mut columns = [0; 4];
        for (place, (name, spellings)) in HEADINGS.iter().enumerate() {
            let found = table
                .heading
                .iter()
                .find(|(_, text)| spellings.iter().any(|own| alike(own, text)));
            columns[place] = *found.map(|(column, _)| column).ok_or_else(|| {
                Error::new(
                    &file.path,
                    format!("no column `{name}`"),
                    "the columns `date`, `from`, `to` and `kind`",
                    format!("add a column `{name}`"),
                )
            })?;
        }
        let (mut history, mut findings) = (Self::default(), Vec::new());
        history.path.clone_from(&file.path);
        for (row, cells) in table.rows() {
            let cell = |column: usize| cells.get(&columns[column]).map(|text| tidy(text)).unwrap_or_default();
            let number = |column: usize| numbers.canonical(&cell(column)).number;
            let kind = KINDS
                .iter()
                .find(|(_, words)| words.iter().any(|own| alike(own, &cell(3))));
            let (from, to) = (number(1), number(2));
            match (dates::day(&cell(0)), kind) {
                (Some(date), Some((kind, _))) if !from.is_empty() && !to.is_empty() && from != to => {
                    history.steps.push(Step {
                        row,
                        date,
                        from,
                        to,
                        kind: *kind,
                    });
                }
                _ => findings.push(
                    Finding::new(
                        Severity::Warning,
                        Rule::HistoryConflict,
                        "a row without a date, without two different numbers, or of an unknown kind; it is left out",
                        "write a date (year-month-day), both numbers, and merger, split or renumbering",
                    )
                    .at(&Place::cell(&file.path, "", row, "")),
                ),
            }
        }
        Ok((history, findings))
    }

    /// The number under which an organisation went on in a register; absent when it did not, or in more than one.
    pub(crate) fn successor(&self, number: &str, register: &BTreeMap<String, Listed>) -> Option<String> {
        let (mut open, mut seen) = (vec![number], BTreeSet::from([number]));
        let mut ends = BTreeSet::new();
        while let Some(current) = open.pop() {
            for step in self.steps.iter().filter(|step| step.from == current) {
                if register.contains_key(&step.to) {
                    ends.insert(step.to.as_str());
                } else if seen.insert(&step.to) {
                    open.push(&step.to);
                }
            }
        }
        let mut ends = ends.into_iter();
        ends.next().filter(|_| ends.next().is_none()).map(str::to_owned)
    }

    /// The table, under the names that tables use, in order.
    pub(crate) fn rows(&self, name: &dyn Fn(&str) -> String) -> Vec<Succession> {
        let mut rows: Vec<Succession> = self
            .steps
            .iter()
            .map(|step| Succession {
                date: step.date.clone(),
                predecessor: name(&step.from),
                successor: name(&step.to),
                kind: step.kind,
            })
            .collect();
        rows.sort_by(|a, b| (&a.date, &a.predecessor, &a.successor).cmp(&(&b.date, &b.predecessor, &b.successor)));
        rows.dedup();
        rows
    }

    /// Lists each step under the wave in whose register it shows first, and those that no register bears out.
    ///
    /// Shape: the registers of the waves in order of time.
    pub(crate) fn findings(
        &self,
        registers: &[(&str, &BTreeMap<String, Listed>)],
        name: &dyn Fn(&str) -> String,
    ) -> Vec<Finding> {
        let place = |step: &Step| Place::cell(&self.path, "", step.row, "");
        self.steps
            .iter()
            .map(|step| {
                let shows = |earlier: &BTreeMap<String, Listed>, later: &BTreeMap<String, Listed>| match step.kind {
                    SuccessionKind::Split => !earlier.contains_key(&step.to) && later.contains_key(&step.to),
                    _ => earlier.contains_key(&step.from) && !later.contains_key(&step.from),
                };
                let wave = registers
                    .windows(2)
                    .find(|two| shows(two[0].1, two[1].1))
                    .map(|two| two[1].0);
                let known = registers
                    .iter()
                    .any(|(_, register)| register.contains_key(&step.from) || register.contains_key(&step.to));
                let (from, to) = (name(&step.from), name(&step.to));
                let said = match step.kind {
                    SuccessionKind::Merger => format!("`{from}` became part of `{to}` on {}", step.date),
                    SuccessionKind::Split => format!("`{to}` came out of `{from}` on {}", step.date),
                    SuccessionKind::Renumbering => format!("`{from}` goes on as `{to}` from {}", step.date),
                };
                match wave {
                    Some(wave) => Finding::new(
                        Severity::Note,
                        Rule::Succession,
                        format!("{said}; between waves they count as one organisation"),
                        "none needed; check it if the change of these organisations surprises",
                    )
                    .wave(wave),
                    None if known => Finding::new(
                        Severity::Note,
                        Rule::Succession,
                        format!("{said}; no two registers of the study lie around that day"),
                        "none needed",
                    ),
                    None => Finding::new(
                        Severity::Warning,
                        Rule::HistoryConflict,
                        "neither number of the row is in a register of the study",
                        "correct the numbers, or take the row out",
                    ),
                }
                .at(&place(step))
                .organisation(&to)
            })
            .collect()
    }
}
