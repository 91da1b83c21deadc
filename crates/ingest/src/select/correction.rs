//! Corrections as data: where, old, new, why, who and when, applied while an export is read.
//!
//! A correction is guarded: it applies only while the cell holds what the correction says it holds. Once the source
//! has changed, the correction is an error until somebody looks at it, and the cell is read as delivered.

use crate::files::File;
use crate::format::grid::Grid;
use crate::format::heading;
use crate::format::reader::Delivery;
use nulmeting_study::item_map::tidy;
use nulmeting_study::tables::Correction;
use nulmeting_study::words::{CellState, Severity};
use nulmeting_study::{Error, Finding, Place, Rule, Study};
use std::collections::BTreeSet;

/// The columns of the list; `sheet` may be left out.
const COLUMNS: [&str; 9] = ["source", "sheet", "row", "column", "old", "new", "why", "who", "when"];

/// A correction as its list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    /// Row of the list.
    row: i64,
    at: Place,
    old: String,
    new: String,
    why: String,
    who: String,
    when: String,
}

/// The corrections of a study.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Corrections {
    path: String,
    listed: Vec<Listed>,
    /// Corrections whose cell was found, whether or not it still held the old value.
    met: BTreeSet<usize>,
}

/// What corrections did to a file.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Those that were applied.
    pub(crate) rows: Vec<Correction>,
    /// The places in the list of those whose cell was found.
    pub(crate) met: Vec<usize>,
}

impl Corrections {
    /// Reads the list.
    ///
    /// Errors: a missing column, a row that is no number, a reason or a name left out, a cell corrected twice.
    pub(crate) fn read(file: &File) -> Result<Self, Error> {
        let grids = Grid::all(file);
        let fault = |place: String, found: String, hint: &str| {
            Error::new(
                place,
                found,
                "a table with the columns source, row, column, old, new, why, who, when",
                hint,
            )
        };
        let Some(grid) = grids.first().filter(|grid| !grid.lines.is_empty()) else {
            return Ok(Self::default());
        };
        let texts = grid.texts(0);
        let column = |name: &str| texts.iter().position(|text| heading::plain(text) == name);
        for name in COLUMNS.into_iter().filter(|name| *name != "sheet") {
            if column(name).is_none() {
                return Err(fault(
                    file.path.clone(),
                    format!("no column `{name}`"),
                    "add the column",
                ));
            }
        }
        let places = COLUMNS.map(column);
        let mut all = Self {
            path: file.path.clone(),
            ..Self::default()
        };
        let mut cells = BTreeSet::new();
        for (row, line) in grid.lines.iter().skip(1) {
            let [source, sheet, number, name, old, new, why, who, when] =
                places.map(|place| place.map_or_else(String::new, |place| line.slot(place).text.trim().to_owned()));
            let place = format!("{}, row {row}", file.path);
            let Ok(number) = number.parse::<i64>() else {
                return Err(fault(
                    place,
                    format!("row `{number}`"),
                    "write the row of the cell as a number, the first row being 1",
                ));
            };
            if why.is_empty() || who.is_empty() || when.is_empty() {
                return Err(fault(
                    place,
                    "a correction without why, who or when".to_owned(),
                    "fill them in: nobody can check it otherwise",
                ));
            }
            let at = Place::cell(source, sheet, number, name);
            if !cells.insert(at.clone()) {
                return Err(fault(
                    place,
                    format!("a second correction of {at}"),
                    "keep one of the two",
                ));
            }
            all.listed.push(Listed {
                row: *row,
                at,
                old,
                new,
                why,
                who,
                when,
            });
        }
        Ok(all)
    }

    /// Applies the corrections of a file; what no longer fits are findings of the delivery.
    pub(crate) fn apply(&self, path: &str, wave: &str, delivery: &mut Delivery) -> Applied {
        let mut applied = Applied::default();
        for (index, own) in self.listed.iter().enumerate().filter(|(_, own)| own.at.source == path) {
            let Some((holds, organisation)) = correct(delivery, own) else {
                continue;
            };
            applied.met.push(index);
            if !holds {
                delivery.findings.push(
                    Finding::new(
                        Severity::Error,
                        Rule::StaleCorrection,
                        format!(
                            "the cell does not hold what the correction in {}, row {} says it holds; it is read as delivered",
                            self.path, own.row
                        ),
                        "look at the source again, then change the correction or remove it",
                    )
                    .at(&own.at),
                );
                continue;
            }
            delivery.findings.push(
                Finding::new(
                    Severity::Note,
                    Rule::Corrected,
                    format!("a correction was applied ({}, row {}): {}", self.path, own.row, own.why),
                    "none needed",
                )
                .at(&own.at),
            );
            let shown = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty() && !organisation);
            applied.rows.push(Correction {
                wave: wave.to_owned(),
                source: path.to_owned(),
                sheet: own.at.sheet.clone(),
                row: own.at.row.unwrap_or_default(),
                column: own.at.column.clone(),
                old: shown(&own.old),
                new: shown(&own.new),
                why: own.why.clone(),
                who: own.who.clone(),
                when: own.when.clone(),
            });
        }
        applied
    }

    /// Remembers the corrections whose cell was found in a file.
    pub(crate) fn meet(&mut self, met: Vec<usize>) {
        self.met.extend(met);
    }

    /// The corrections whose cell is nowhere in the waves that were read.
    ///
    /// A correction of a file of a wave bears that wave; one of a file that no wave has bears none.
    pub(crate) fn unmet(&self, study: &Study, wanted: &dyn Fn(&str) -> bool) -> Vec<Finding> {
        let wave = |own: &Listed| study.waves.iter().find(|wave| wave.entry_of(&own.at.source).is_some());
        let unmet = self
            .listed
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.met.contains(index));
        unmet
            .filter(|(_, own)| wave(own).is_none_or(|wave| wanted(&wave.id)))
            .map(|(_, own)| {
                let finding = Finding::new(
                    Severity::Error,
                    Rule::StaleCorrection,
                    format!(
                        "the correction is of {}, and no answer or number of an organisation is read there",
                        own.at
                    ),
                    "write the place as findings do: path, sheet, row, and the heading or the letters of the column",
                )
                .at(&Place::cell(&self.path, "", own.row, ""));
                match wave(own) {
                    Some(wave) => finding.wave(&wave.id),
                    None => finding,
                }
            })
            .collect()
    }
}

/// Corrects one cell: whether it held the old value, and whether it names the organisation; absent when there is none.
fn correct(delivery: &mut Delivery, own: &Listed) -> Option<(bool, bool)> {
    let same = |text: Option<&str>| tidy(text.unwrap_or_default()) == tidy(&own.old);
    let new = Some(own.new.clone()).filter(|text| !text.is_empty());
    let Delivery {
        questions, submissions, ..
    } = delivery;
    for submission in submissions {
        if submission.organisation_place == own.at {
            let holds = same(submission.organisation.as_deref());
            if holds {
                submission.organisation = new;
            }
            return Some((holds, true));
        }
        if let Some(cell) = submission
            .cells
            .iter_mut()
            .find(|cell| cell.is_at(&own.at, &questions[cell.question]))
        {
            let holds = same(cell.value.as_deref()) || (cell.raw.is_some() && same(cell.raw.as_deref()));
            if holds {
                cell.state = if new.is_some() {
                    CellState::Filled
                } else {
                    CellState::Empty
                };
                cell.value = new.map(Into::into);
                cell.raw = None;
            }
            return Some((holds, false));
        }
    }
    None
}
