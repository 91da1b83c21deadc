//! Differences on their grids: between waves, between groups, and between two assessments of the same boards.

use super::grid::Grid;
use super::groups::{Group, Groups};
use super::{rounded_up, significant};
use crate::disclosure::{Withhold, withhold_change};
use nulmeting_study::Released;
use nulmeting_study::tables::{Change, Comparison, Validation};
use nulmeting_study::words::{Base, TestKind};

/// Fewest panel members under a change of theirs: their weights are those of a part of the wave, and few of them leave
/// few whole-number answers.
const FEWEST_PANEL_MEMBERS: i64 = 20;
/// Step of a mean over boards that were assessed twice, in levels.
const VALIDATION_STEP: f64 = 0.1;
/// Fewest boards that were assessed twice.
const FEWEST_VALIDATED: i64 = 10;

fn side<'a>(row: &'a Change, wave: &'a str) -> Group<'a> {
    Group {
        wave,
        by: &row.by,
        name: &row.group,
        base: row.base,
    }
}

/// The change between waves on the coarser grid of both, or withheld where one of them has none.
pub(super) fn changes(groups: &Groups, rows: &Released<Change>) -> Released<Change> {
    rows.clone().completed(|rows| {
        for row in rows {
            let grids = groups
                .grid_under(side(row, &row.from_wave), row.n_from.or(row.n))
                .zip(groups.grid_under(side(row, &row.to_wave), row.n_to.or(row.n)));
            let enough = row.n.is_none_or(|n| n >= FEWEST_PANEL_MEMBERS);
            let Some(grid) = grids.map(|(from, to)| from.coarser(to)).filter(|_| enough) else {
                (row.from_estimate, row.to_estimate) = (None, None);
                withhold_change(row);
                continue;
            };
            let value = |wave: &str, estimate: Option<f64>| {
                let (low, high) = groups.range(wave, &row.statistic);
                estimate.map(|estimate| grid.window(estimate, low, high).middle())
            };
            let (from, to) = (
                value(&row.from_wave, row.from_estimate),
                value(&row.to_wave, row.to_estimate),
            );
            let moved = row.change.map(|change| grid.window_of_difference(change));
            (row.from_estimate, row.to_estimate) = (from, to);
            row.change = moved.map(|window| window.middle());
            row.se = row.se.map(|se| significant(se, 1));
            let step = grid.step();
            row.ci_low = row.ci_low.map(|low| (low / step + 1e-9).floor() * step);
            row.ci_high = row.ci_high.map(|high| (high / step - 1e-9).ceil() * step);
            for p in [&mut row.p, &mut row.p_adjusted, &mut row.p_fdr] {
                *p = p.map(rounded_up);
            }
        }
    })
}

/// Self-assessment against validated level, in tenths of a level.
pub(super) fn validation(rows: &Released<Validation>) -> Released<Validation> {
    let rounded = |value: Option<f64>| value.map(|value| (value / VALIDATION_STEP).round() * VALIDATION_STEP);
    rows.clone().completed(|rows| {
        for row in rows {
            if row.n.is_none_or(|n| n < FEWEST_VALIDATED) {
                row.withhold();
                continue;
            }
            row.level_self = rounded(row.level_self);
            row.level_validated = rounded(row.level_validated);
            row.difference = rounded(row.difference);
            row.se = row.se.map(|se| significant(se, 1));
            row.ci_low = row.ci_low.map(|low| (low / VALIDATION_STEP).floor() * VALIDATION_STEP);
            row.ci_high = row
                .ci_high
                .map(|high| (high / VALIDATION_STEP).ceil() * VALIDATION_STEP);
        }
    })
}

/// Tests between groups that have a grid; the statistic of a test gives way to its p.
pub(super) fn comparisons(groups: &Groups, rows: &[Comparison]) -> Vec<Comparison> {
    let grid = |row: &Comparison, name: &str| -> Option<Grid> {
        groups.grid(Group {
            wave: &row.wave,
            by: &row.by,
            name,
            base: Base::Organisations,
        })
    };
    rows.iter()
        .filter(|row| row.test == TestKind::RaoScott || row.group.is_empty() || grid(row, &row.group).is_some())
        .filter(|row| row.test != TestKind::Pair || grid(row, &row.against).is_some())
        .cloned()
        .map(|mut row| {
            let step = grid(&row, &row.group).map_or(0.2, Grid::step);
            row.difference = row.difference.map(|difference| (difference / step).round() * step);
            row.se = row.se.map(|se| significant(se, 1));
            row.statistic = significant(row.statistic, 1);
            row.df = significant(row.df, 2);
            row.df_denominator = row.df_denominator.map(|df| significant(df, 2));
            (row.p, row.p_adjusted, row.p_fdr) = (rounded_up(row.p), rounded_up(row.p_adjusted), rounded_up(row.p_fdr));
            row
        })
        .collect()
}
