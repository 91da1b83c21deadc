//! Changes between waves: what a cell withholds in one wave, the other wave and the change must not tell.

use super::{Cell, NO_METHOD, Withheld};
use crate::change::cell_of_pair;
use nulmeting_study::Released;
use nulmeting_study::tables::{ALL, Change};
use nulmeting_study::words::Boards;

/// Gives the changes that may be published.
///
/// Method: a change is withheld when its cell is closed in either wave, since from, change and to make each other
/// known; the number of a wave whose cell is closed goes with it. Of those who are in both waves, and for how many came
/// and went, the cell of the pair decides too. A cell that nobody decided on is closed.
/// Missing: of a type, how many came back to it stands in `moves`, and how many came and went follows from it.
#[expect(clippy::disallowed_methods, reason = "this is where disclosure control decides")]
pub fn moved(mut rows: Vec<Change>, withheld: &Withheld) -> Released<Change> {
    for row in &mut rows {
        let open = [(&row.from_wave, row.n_from), (&row.to_wave, row.n_to)]
            .map(|(wave, n)| (cell(row, wave), n))
            // A wave without such a number decided nothing of it.
            .map(|(cell, n)| withheld.is_open(&cell) || (n == Some(0) && !withheld.is_closed(&cell)));
        let pair = withheld.is_open(&cell_of_pair(cell(row, ""), &row.from_wave, &row.to_wave));
        let everyone = row.boards == Boards::All;
        // The numbers of the waves stand in `estimates` for everyone; for those in both waves nowhere else.
        let told = open.map(|open| open && (everyone || pair));
        if !told[0] {
            row.from_estimate = None;
        }
        if !told[1] {
            row.to_estimate = None;
        }
        if !told[0] || !told[1] || row.suppressed {
            withhold_change(row);
        }
        let of_type = row.by == "type";
        row.n_from = row.n_from.filter(|_| told[0] && (everyone || !of_type));
        row.n_to = row.n_to.filter(|_| told[1] && (everyone || !of_type));
        // How many of all came and went is told as how many took part is: whatever it is.
        if of_type || (row.by != ALL && (!pair || !told[0] || !told[1])) {
            (row.n, row.returning, row.came, row.went) = (None, None, None, None);
        }
    }
    Released::after_control(rows)
}

fn cell(row: &Change, wave: &str) -> Cell {
    let item = format!("{}/{}", row.scope, row.item);
    Cell {
        wave: wave.to_owned(),
        item: if row.statistic == "share_compliant" {
            format!("{item}/compliant")
        } else {
            item
        },
        base: row.base,
        by: row.by.clone(),
        group: row.group.clone(),
    }
}

/// Takes the change out of a row, with all that comes with it.
pub(crate) fn withhold_change(row: &mut Change) {
    row.change = None;
    row.se = None;
    row.ci_low = None;
    row.ci_high = None;
    row.ci_method = NO_METHOD.to_owned();
    row.df = None;
    row.p = None;
    row.p_adjusted = None;
    row.p_fdr = None;
    row.suppressed = true;
}
