//! Estimates, choices, profiles of types and points of attention on the grids of their groups.

use super::groups::{Group, Groups, is_level};
use super::spread::{Observed, Spreads};
use super::{rounded_up, significant};
use crate::disclosure::Withhold;
use nulmeting_study::Released;
use nulmeting_study::tables::{ALL, Attention, Choice, Estimate, TypeProfile};
use nulmeting_study::words::{Base, Scope};
use std::collections::HashSet;

/// What names a number in all groups alike: scope or question, wave, item or option, statistic, base.
type Subject<'a> = (&'a str, &'a str, &'a str, &'a str, Base);

/// Numbers that are at an end of their scale for all organisations together: no organisation of a group differs.
struct Unanimous<'a>(HashSet<(Subject<'a>, bool)>);

impl<'a> Unanimous<'a> {
    fn of(groups: &Groups, totals: impl Iterator<Item = (Subject<'a>, Option<f64>)>) -> Self {
        let end = |(subject, value): (Subject<'a>, Option<f64>)| {
            let (low, high) = groups.range(subject.1, subject.3);
            let is_end = |end: f64| value.is_some_and(|value| (value - end).abs() < 1e-9);
            (is_end(low) || is_end(high)).then(|| (subject, is_end(high)))
        };
        Self(totals.filter_map(end).collect())
    }

    /// Whether the national number says what every organisation answered, so that a group's number adds nothing.
    fn says(&self, groups: &Groups, subject: Subject<'_>, value: f64) -> bool {
        let (low, high) = groups.range(subject.1, subject.3);
        let at = |end: f64| (value - end).abs() < 1e-9;
        (at(low) && self.0.contains(&(subject, false))) || (at(high) && self.0.contains(&(subject, true)))
    }
}

/// A number as it is published.
struct Protected {
    estimate: f64,
    low: Option<f64>,
    high: Option<f64>,
    se: Option<f64>,
    n_eff: Option<f64>,
}

/// What every number of a table is held against.
struct Context<'a> {
    groups: &'a Groups,
    spreads: Spreads,
    unanimous: Unanimous<'a>,
}

impl Context<'_> {
    /// The number on the grid of its group; absent when it may not be published.
    fn protected(&self, number: &Observed<'_>, subject: Subject<'_>) -> Option<Protected> {
        let value = number.estimate?;
        if self.unanimous.says(self.groups, subject, value) {
            return Some(Protected {
                estimate: value,
                low: number.interval.map(|(low, _)| low),
                high: number.interval.map(|(_, high)| high),
                se: number.se,
                n_eff: None,
            });
        }
        let grid = self.groups.grid_under(number.group, number.n)?;
        let range = self.groups.range(number.group.wave, number.statistic);
        let outward = |(low, high): (f64, f64)| {
            let step = grid.step();
            ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step)
        };
        if number.statistic == "gap" {
            let limits = number.interval.map(outward);
            return Some(Protected {
                estimate: grid.window_of_difference(value).middle(),
                low: limits.map(|(low, _)| low),
                high: limits.map(|(_, high)| high),
                se: number.se.map(|se| significant(se, 1)),
                n_eff: None,
            });
        }
        let window = grid.window(value, range.0, range.1);
        let uncertainty = self.spreads.uncertainty(number, window.middle(), range);
        let limits = uncertainty
            .as_ref()
            .filter(|_| number.interval.is_some())
            .map(|uncertainty| outward((uncertainty.low, uncertainty.high)))
            .map(|(low, high)| (low.min(window.low).max(range.0), high.max(window.high).min(range.1)));
        Some(Protected {
            estimate: window.middle(),
            low: limits.map(|(low, _)| low),
            high: limits.map(|(_, high)| high),
            se: uncertainty.as_ref().map(|uncertainty| uncertainty.se),
            n_eff: uncertainty.and_then(|uncertainty| uncertainty.n_eff),
        })
    }
}

/// A row of a table of estimates as a number with its spread.
macro_rules! observed {
    ($row:expr, $scope:expr) => {
        Observed {
            group: Group {
                wave: &$row.wave,
                by: &$row.by,
                name: &$row.group,
                base: $row.base,
            },
            scope: $scope,
            statistic: &$row.statistic,
            estimate: $row.estimate,
            se: $row.se,
            n: $row.n,
            df: $row.df,
            interval: $row.ci_low.zip($row.ci_high),
        }
    };
}

/// Puts what is published into a row of a table of estimates.
macro_rules! publish {
    ($row:expr, $number:expr) => {
        match $number {
            None => $row.withhold(),
            Some(number) => {
                ($row.estimate, $row.se) = (Some(number.estimate), number.se);
                ($row.ci_low, $row.ci_high) = (number.low, number.high);
                ($row.n_eff, $row.deff) = (number.n_eff, None);
                $row.population = $row.population.map(|population| significant(population, 2));
            }
        }
    };
}

/// Estimates on their grids.
pub(super) fn estimates(groups: &Groups, rows: &Released<Estimate>) -> Released<Estimate> {
    fn subject(row: &Estimate) -> Subject<'_> {
        (row.scope.word(), &row.wave, &row.item, &row.statistic, row.base)
    }
    let totals = rows.iter().filter(|row| row.by == ALL);
    let context = Context {
        groups,
        spreads: Spreads::of(rows.iter().map(|row| observed!(row, row.scope))),
        unanimous: Unanimous::of(groups, totals.map(|row| (subject(row), row.estimate))),
    };
    let numbers: Vec<_> = rows
        .iter()
        .map(|row| context.protected(&observed!(row, row.scope), subject(row)))
        .collect();
    rows.clone().completed(|rows| {
        for (row, number) in rows.iter_mut().zip(numbers) {
            publish!(row, number);
            for p in [&mut row.p, &mut row.p_adjusted, &mut row.p_fdr] {
                *p = p.map(rounded_up);
            }
        }
    })
}

/// Shares of the questions beside the norms on their grids.
pub(super) fn choices(groups: &Groups, rows: &Released<Choice>) -> Released<Choice> {
    fn subject(row: &Choice) -> Subject<'_> {
        (&row.question, &row.wave, &row.option, &row.statistic, row.base)
    }
    // A share of organisations that chose an option is the same kind of number as one that meets a norm.
    let scope = |row: &Choice| {
        if row.statistic == "share" {
            Scope::Norm
        } else {
            Scope::All
        }
    };
    let totals = rows.iter().filter(|row| row.by == ALL && row.statistic == "share");
    let context = Context {
        groups,
        spreads: Spreads::of(rows.iter().map(|row| observed!(row, scope(row)))),
        unanimous: Unanimous::of(groups, totals.map(|row| (subject(row), row.estimate))),
    };
    let numbers: Vec<_> = rows
        .iter()
        .map(|row| context.protected(&observed!(row, scope(row)), subject(row)))
        .collect();
    rows.clone().completed(|rows| {
        for (row, number) in rows.iter_mut().zip(numbers) {
            publish!(row, number);
        }
    })
}

/// Profiles of types on the grid of the type; pupils of a type, which are a sum over known boards, to one digit.
pub(super) fn type_profiles(groups: &Groups, rows: &Released<TypeProfile>) -> Released<TypeProfile> {
    rows.clone().completed(|rows| {
        for row in rows {
            let group = Group {
                wave: &row.wave,
                by: "type",
                name: &row.r#type,
                base: row.base,
            };
            // A cluster is no group of another table, so its weights are not looked at: its numbers are not published.
            let Some((value, grid)) = row.estimate.zip(groups.grid(group)) else {
                row.withhold();
                continue;
            };
            let is_share = row.statistic.contains("share");
            let (low, high) = groups.range(&row.wave, &row.statistic);
            if is_share || is_level(&row.statistic) {
                let window = grid.window(value, low, high);
                row.estimate = Some(window.middle());
                row.ci_low = row.ci_low.map(|limit| grid.window(limit, low, high).low);
                row.ci_high = row.ci_high.map(|limit| grid.window(limit, low, high).high);
            } else {
                row.estimate = Some(significant(value, 1));
                row.ci_low = row.ci_low.map(|limit| significant(limit, 1));
                row.ci_high = row.ci_high.map(|limit| significant(limit, 1));
            }
            row.difference = row.difference.map(|difference| significant(difference, 1));
        }
    })
}

/// Points of attention on the grid of all organisations; ranks follow the published shares, and ties share theirs.
pub(super) fn attention(groups: &Groups, rows: &Released<Attention>) -> Released<Attention> {
    rows.clone().completed(|rows| {
        for row in rows.iter_mut() {
            let group = Group {
                wave: &row.wave,
                by: ALL,
                name: ALL,
                base: Base::Organisations,
            };
            let grid = groups.grid_under(group, row.n);
            let Some((share, grid)) = row.share_below_target.zip(grid) else {
                row.withhold();
                continue;
            };
            row.share_below_target = Some(grid.window(share, 0.0, 1.0).middle());
            row.ci_low = row.ci_low.map(|limit| grid.window(limit, 0.0, 1.0).low);
            row.ci_high = row.ci_high.map(|limit| grid.window(limit, 0.0, 1.0).high);
            let mean = row.mean_level;
            let target = row.gap.zip(mean).map(|(gap, mean)| gap + mean);
            row.mean_level = mean.map(|mean| {
                let (low, high) = groups.range(&row.wave, "mean_level");
                grid.window(mean, low, high).middle()
            });
            row.gap = target
                .zip(row.mean_level)
                .map(|(target, mean)| significant(target, 2) - mean);
        }
        rank(rows);
    })
}

/// Ranks by the published shares within a wave and scope.
fn rank(rows: &mut [Attention]) {
    let higher = |row: &Attention, share: f64, others: &[(String, String, Option<f64>)]| {
        let is_higher = |(wave, scope, other): &&(String, String, Option<f64>)| {
            *wave == row.wave && *scope == row.scope && other.is_some_and(|other| other > share + 1e-9)
        };
        others.iter().filter(is_higher).count() as i64
    };
    let shares: Vec<_> = rows
        .iter()
        .map(|row| (row.wave.clone(), row.scope.clone(), row.share_below_target))
        .collect();
    for row in rows.iter_mut() {
        if let Some(share) = row.share_below_target {
            row.rank = 1 + higher(row, share, &shares);
            row.rank_low = row.rank_low.min(row.rank);
            row.rank_high = row.rank_high.max(row.rank);
        }
    }
}
