//! Which cells are closed: those that are sensitive themselves, and those that protect them.

use super::bounds::Bounds;
use super::cells::Table;
use super::evidence::{Cell, Evidence};
use super::relation::Relation;
use nulmeting_study::study_file::Disclosure;
use std::collections::BTreeSet;

/// A hair that openness may lack: bounds are computed in doubles.
pub(super) const HAIR: f64 = 1e-9;
/// The same against bounds that were pushed through other sums.
const WHOLE_HAIR: f64 = 1e-3;

/// What is decided of every cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Withheld {
    open: BTreeSet<Cell>,
    closed: BTreeSet<Cell>,
}

impl Withheld {
    /// Whether a cell's numbers may be published; a cell that nobody decided on may not.
    pub fn is_open(&self, cell: &Cell) -> bool {
        self.open.contains(cell) && !self.closed.contains(cell)
    }

    /// Whether it was decided that a cell's numbers may not be published.
    pub fn is_closed(&self, cell: &Cell) -> bool {
        self.closed.contains(cell)
    }

    /// The cells whose numbers may not be published.
    pub fn closed(&self) -> impl Iterator<Item = &Cell> {
        self.closed.iter()
    }

    /// Adds what was decided of other cells, such as those of another wave; closed once is closed.
    pub fn extend(&mut self, other: Self) {
        self.open.extend(other.open);
        self.closed.extend(other.closed);
    }
}

/// Decides which cells of a wave, or of a pair of waves, are closed.
///
/// Method: a cell is sensitive when one of its numbers has fewer organisations under it than the minimum, or when a
/// few carry it; sensitive per organisation is sensitive per pupil. The bounds of every sensitive number are computed
/// from all that stays open. While one is closer than `protect_share`, or a count of organisations closer than
/// `protect`, the smallest open cell of the sum that bounds it most is closed too. Totals over groups, and the whole of
/// a [`Relation::Mean`], are not closed to protect a part: what they tell of it alone is published on purpose, and
/// no cell is closed to hide it. A part of a closed cell is closed with it, and so is everything of a group whose number
/// of respondents is closed. `given` holds cells that were decided on before and stay as they are. A cell that is closed to protect another may itself be bounded more closely: it
/// could have been published. The outcome depends on the numbers and on nothing else.
pub fn decide<'a>(
    rules: &Disclosure,
    evidence: impl IntoIterator<Item = &'a Evidence>,
    relations: &[Relation],
    given: &Withheld,
) -> Withheld {
    let table = Table::new(evidence);
    let equations = table.equations(relations);
    let mut of_variable: Vec<Vec<usize>> = vec![Vec::new(); table.variables.len()];
    for (place, sum) in equations.iter().enumerate() {
        for (variable, _) in &sum.terms {
            of_variable[*variable].push(place);
        }
    }
    let mut sensitive = table.sensitive(rules);
    table.close_per_pupil(&mut sensitive);
    let mut closed = sensitive.clone();
    table.close_given(given, &mut closed);
    // What wholes tell by themselves: nothing that is closed beside them can take it back.
    let wholes = closed.contains(&true).then(|| {
        let mut parts = sensitive.clone();
        for unit in equations.iter().flat_map(|sum| &sum.candidates) {
            parts[*unit] = true;
        }
        Bounds::find(&table.variables, &equations, &parts)
    });
    while let Some(wholes) = &wholes {
        table.close_following(&mut closed);
        let mut more: BTreeSet<usize> = BTreeSet::new();
        let bounds = Bounds::find(&table.variables, &equations, &closed);
        for (variable, own) in table.variables.iter().enumerate() {
            let possible = wholes.openness(&table.variables, variable);
            let needed = table.needed(variable, rules).min(possible - WHOLE_HAIR);
            if sensitive[own.unit] && bounds.openness(&table.variables, variable) < needed - HAIR {
                more.extend(table.protector(variable, &equations, &of_variable[variable], &bounds, &closed));
            }
        }
        table.protect_counts(rules, &sensitive, &closed, &mut more);
        if more.is_empty() {
            more = table.protect_crossings(rules, &equations, &of_variable, &sensitive, &closed);
        }
        if more.is_empty() {
            break;
        }
        for unit in more {
            closed[unit] = true;
        }
    }
    let mut withheld = Withheld::default();
    for (cell, closed) in table.cells.iter().zip(closed) {
        let set = if closed {
            &mut withheld.closed
        } else {
            &mut withheld.open
        };
        set.insert(Cell::clone(cell));
    }
    withheld
}
