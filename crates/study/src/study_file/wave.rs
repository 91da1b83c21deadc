//! The measurements of a study, with the exports of each.

use super::about::optional_date;
use super::answers::Answers;
use crate::words::{Assessor, Selection};
use serde::Deserialize;

/// One measurement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Name of the wave in every table.
    pub id: String,
    /// Framework of this wave, where it differs from the study's.
    pub framework: Option<String>,
    /// Register of this wave, where it differs from the study's.
    pub register: Option<String>,
    /// Date of this wave, where documents should print it.
    #[serde(default, deserialize_with = "optional_date")]
    pub date: Option<String>,
    /// How the organisations came to be asked.
    pub selection: Selection,
    /// File that lists who was asked; left out: those who answered.
    pub asked: Option<String>,
    /// Wave whose boards answered this version of the framework beside their own: a bridge over a break in the series.
    pub bridge: Option<String>,
    /// The exports.
    #[serde(rename = "source")]
    pub sources: Vec<SourceEntry>,
}

/// An export, or several of one kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// Path relative to the study file; `*` and `?` stand for any text and any letter within a file name.
    pub path: String,
    /// Format; recognised from the content when left out.
    pub format: Option<String>,
    /// Question or label of the cell that names the organisation; found by the usual names when left out.
    pub organisation: Option<String>,
    /// Map from questions to items, where question codes are not norm codes.
    pub items: Option<String>,
    /// What texts or codes mean that the codebook does not know: `"1 - Laag" = 1`, `"n.n.b." = "dont_know"`.
    #[serde(default)]
    pub answers: Answers,
    /// Who gave the levels.
    #[serde(default = "own")]
    pub assessor: Assessor,
    /// File with the structure of the questionnaire, as the tool exports it: codes, texts and answer labels.
    pub structure: Option<String>,
    /// Encoding, when the recognised one is wrong.
    pub encoding: Option<String>,
    /// Delimiter, when the recognised one is wrong.
    pub delimiter: Option<char>,
    /// File that says where codes, levels and the organisation stand in a workbook, relative to the study file.
    pub layout: Option<String>,
}

fn own() -> Assessor {
    Assessor::Own
}

impl Wave {
    /// The entry that a delivered file belongs to, with its place in the list: the first whose path fits.
    pub fn entry_of(&self, source: &str) -> Option<(usize, &SourceEntry)> {
        self.sources.iter().enumerate().find(|(_, entry)| entry.fits(source))
    }
}

impl SourceEntry {
    /// Whether a path, relative to the study file, fits the entry's path or pattern.
    pub fn fits(&self, path: &str) -> bool {
        let pattern: Vec<&str> = self.path.split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        pattern.len() == path.len()
            && pattern
                .iter()
                .zip(&path)
                .all(|(pattern, name)| name_fits(pattern.as_bytes(), name.as_bytes()))
    }

    /// Whether the entry stands for several files.
    pub fn is_pattern(&self) -> bool {
        self.path.contains(['*', '?'])
    }
}

/// Whether a file name fits a pattern in which `*` is any text and `?` any letter.
fn name_fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            name_fits(rest, name) || name.split_first().is_some_and(|(_, tail)| name_fits(pattern, tail))
        }
        (Some((b'?', rest)), Some((_, tail))) => name_fits(rest, tail),
        (Some((letter, rest)), Some((own, tail))) => letter == own && name_fits(rest, tail),
        _ => false,
    }
}
