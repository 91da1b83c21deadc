//! Part of a table of answers, or of counts of answers, as an engine or a scan hands it on.

use super::{Outcome, Question};
use crate::coded::{Coded, combine};
use std::collections::BTreeMap;

/// Part of a table of answers or counts, its rows as places in the lists beside them.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub(super) units: Vec<(String, String)>,
    pub(super) questions: Vec<Question>,
    pub(super) outcomes: Vec<Outcome>,
    pub(super) rows: Vec<(u32, u32, u32)>,
    /// How many answers each row stands for; empty when each is one answer.
    pub(super) times: Vec<u32>,
}

impl Block {
    /// Reads the meaning of columns, found by name; `wave` is the one of a folder that holds a single wave.
    ///
    /// Absent: rows that do not count for their organisation.
    /// Errors: a column that is missing, of another type or with a word that is not on its list.
    pub fn read(rows: usize, columns: &BTreeMap<String, Coded>, wave: Option<&str>) -> Result<Self, String> {
        let column = |name: &str| columns.get(name).ok_or_else(|| format!("no column `{name}`"));
        let text = |coded: &Coded, name: &str, at: u32| -> Result<String, String> {
            let found = coded.values.text(at as usize);
            found
                .map(str::to_owned)
                .ok_or_else(|| format!("column `{name}` without a text"))
        };
        let (organisation, item, option) = (column("organisation")?, column("item")?, column("option")?);
        let (assessor, kind, status) = (column("assessor")?, column("kind")?, column("status")?);
        let (level, holds) = (column("level")?, column("holds")?);

        let mut block = Self::default();
        let unit = match (columns.get("wave"), wave) {
            (_, Some(wave)) => {
                for at in 0..organisation.values.len() {
                    block
                        .units
                        .push((wave.to_owned(), text(organisation, "organisation", at as u32)?));
                }
                organisation.codes.clone()
            }
            (Some(waves), None) => {
                let (codes, pairs) = combine(waves, organisation);
                for (a, b) in pairs {
                    block
                        .units
                        .push((text(waves, "wave", a)?, text(organisation, "organisation", b)?));
                }
                codes
            }
            (None, None) => return Err("no column `wave`, and no folder that names one".to_owned()),
        };
        let (what, whats) = combine(item, option);
        let (who, whos) = combine(assessor, kind);
        let (question, pairs) = combine(&Coded::of(what, whats.len()), &Coded::of(who, whos.len()));
        for (a, b) in pairs {
            let ((own, part), (from, made)) = (whats[a as usize], whos[b as usize]);
            block.questions.push(Question {
                item: text(item, "item", own)?,
                option: text(option, "option", part)?,
                assessor: text(assessor, "assessor", from)?.parse()?,
                kind: text(kind, "kind", made)?.parse()?,
            });
        }
        let (on, ons) = combine(status, level);
        let (outcome, pairs) = combine(&Coded::of(on, ons.len()), holds);
        for (a, yes) in pairs {
            let (said, step) = ons[a as usize];
            block.outcomes.push(Outcome {
                status: text(status, "status", said)?.parse()?,
                level: level.integer(step).map_err(|fault| format!("column `level` {fault}"))?,
                holds: holds.boolean(yes).map_err(|fault| format!("column `holds` {fault}"))?,
            });
        }
        let kept = match columns.get("counts") {
            Some(counts) => {
                let read = |at| {
                    counts
                        .boolean(at as u32)
                        .map_err(|fault| format!("column `counts` {fault}"))
                };
                let known: Vec<Option<bool>> = (0..counts.values.len()).map(read).collect::<Result<_, _>>()?;
                Some((counts, known))
            }
            None => None,
        };
        let times = match columns.get("answers") {
            Some(answers) => {
                let read = |at: usize| {
                    let found = answers
                        .integer(at as u32)
                        .map_err(|fault| format!("column `answers` {fault}"))?;
                    let count = found.and_then(|count| u32::try_from(count).ok());
                    count.ok_or_else(|| format!("column `answers` holds {found:?}, which is no count of answers"))
                };
                let known: Vec<u32> = (0..answers.values.len()).map(read).collect::<Result<_, _>>()?;
                Some((answers, known))
            }
            None => None,
        };
        let at = |codes: &[u32], row: usize| if codes.is_empty() { 0 } else { codes[row] };
        block.rows.reserve_exact(rows);
        for row in 0..rows {
            if let Some((counts, known)) = &kept
                && known[at(&counts.codes, row) as usize] != Some(true)
            {
                continue;
            }
            block.rows.push((at(&unit, row), at(&question, row), at(&outcome, row)));
            if let Some((answers, known)) = &times {
                block.times.push(known[at(&answers.codes, row) as usize]);
            }
        }
        Ok(block)
    }
}
