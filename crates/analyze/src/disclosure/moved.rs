//! Changes between waves: what a cell withholds in one wave, the other wave and the change must not tell.

use super::{Cell, NO_METHOD, Released, Withheld};
use nulmeting_study::tables::{ALL, Change};
use std::collections::BTreeMap;

/// Gives the changes that may be published.
///
/// Method: a change is withheld when its cell is closed in either wave, since from, change and to make each other
/// known; the number of a wave whose cell is closed goes with it. Where one group of a partition alone is without a
/// change, the smallest other one loses its too, or it would be the total less the rest.
/// Missing: groups that `estimates` does not have, such as types, have no cell: they are withheld by their own count.
pub fn moved(mut rows: Vec<Change>, withheld: &Withheld) -> Released<Change> {
    for row in &mut rows {
        let closed = [&row.from_wave, &row.to_wave].map(|wave| withheld.is_closed(&cell(row, wave)));
        if closed[0] {
            row.from_estimate = None;
        }
        if closed[1] {
            row.to_estimate = None;
        }
        if closed[0] || closed[1] {
            close(row);
        }
    }
    let mut partitions: BTreeMap<[String; 8], Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.by != ALL) {
        let key = [
            row.from_wave.clone(),
            row.to_wave.clone(),
            row.boards.to_string(),
            row.scope.to_string(),
            row.item.clone(),
            row.by.clone(),
            row.statistic.clone(),
            row.base.to_string(),
        ];
        partitions.entry(key).or_default().push(place);
    }
    for places in partitions.into_values() {
        let alone = places.iter().filter(|place| rows[**place].suppressed).count() == 1;
        let next = places
            .into_iter()
            .filter(|place| !rows[*place].suppressed)
            .min_by_key(|place| (rows[*place].n, *place));
        if let (true, Some(next)) = (alone, next) {
            let row = &mut rows[next];
            // The numbers of the waves stand in `estimates` for all boards; for the returning ones nowhere else.
            if !withheld.is_open(&cell(row, &row.from_wave)) || row.boards != nulmeting_study::words::Boards::All {
                row.from_estimate = None;
                row.to_estimate = None;
            }
            close(row);
        }
    }
    Released(rows)
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

fn close(row: &mut Change) {
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
