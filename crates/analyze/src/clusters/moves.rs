//! Types over the years: which cluster goes on from which, and how many returning organisations moved.

use super::Shown;
use crate::change::pair_of;
use crate::disclosure::{Cell, Evidence, Guarded};
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::{Cluster, Move, Organisation, OrganisationType, Typing};
use nulmeting_study::words::Base;
use nulmeting_study::{Framework, Study};
use nulmeting_typology::waves::{self, Wave, match_clusters};
use nulmeting_typology::{Distance, Matrix};
use std::collections::BTreeMap;

/// The statistic of a count of organisations that moved.
const COUNT: &str = "boards";

/// The moves between each wave and the next, by rule and between clusters; notes in `clusters` what each goes on from.
///
/// Missing: an organisation without a type in one of the two waves takes no part.
/// Absent: moves between clusters of waves that measure in different ways, whose clusters cannot be matched.
/// Method: a count is one cell; how many were of a type in the earlier wave, and how many are in the later one, outsiders
/// are taken to know.
pub fn moves(
    study: &Study,
    frameworks: &BTreeMap<String, Framework>,
    organisations: &[Organisation],
    types: &[OrganisationType],
    shown: &BTreeMap<String, Shown>,
    clusters: &mut [Cluster],
) -> Vec<Guarded<Move>> {
    let mut rows = Vec::new();
    for pair in study.waves.windows(2) {
        let (from, to) = (pair[0].id.as_str(), pair[1].id.as_str());
        let test = |wave: &str| frameworks.get(wave).map(|framework| framework.test);
        let comparable = test(from).is_some() && test(from) == test(to);
        let pupils: BTreeMap<String, f64> = organisations
            .iter()
            .filter(|row| row.wave == to)
            .filter_map(|row| Some((row.organisation.clone(), row.pupils? as f64)))
            .collect();
        let frame = Frame {
            from,
            to,
            comparable,
            pupils: &pupils,
            rules: &study.disclosure,
        };
        let by_rule = |wave: &str| -> BTreeMap<String, String> {
            let own = types.iter().filter(|row| row.wave == wave);
            own.filter_map(|row| Some((row.organisation.clone(), row.r#type.clone()?)))
                .collect()
        };
        frame.count(Typing::Rule, &by_rule(from), &by_rule(to), |a, b| a == b, &mut rows);
        let (Some(earlier), Some(later)) = (shown.get(from), shown.get(to)) else {
            continue;
        };
        // Levels and tests that are passed or not have no distance between them.
        let Some(goes_on) = (test(from) == test(to))
            .then(|| matched(earlier, later, frameworks.get(to)))
            .flatten()
        else {
            continue;
        };
        for row in clusters.iter_mut() {
            if row.wave == to && row.method == super::headline::METHOD && row.k == later.k as i64 {
                row.continues = goes_on
                    .iter()
                    .find(|(_, own)| **own as i64 + 1 == row.cluster)
                    .map(|(old, _)| *old as i64 + 1);
            }
        }
        let stays = |a: &usize, b: &usize| goes_on.get(&(a - 1)) == Some(&(b - 1));
        frame.count(Typing::Cluster, &numbers(earlier), &numbers(later), stays, &mut rows);
    }
    rows
}

/// Clusters from 1, by organisation.
fn numbers(shown: &Shown) -> BTreeMap<String, usize> {
    shown
        .places
        .iter()
        .map(|(name, place)| (name.clone(), place.cluster + 1))
        .collect()
}

/// The later cluster of each earlier one, from 0; nothing when the medoids have no domain in common.
fn matched(earlier: &Shown, later: &Shown, framework: Option<&Framework>) -> Option<BTreeMap<usize, usize>> {
    let common: Vec<&String> = earlier
        .columns
        .iter()
        .filter(|code| later.columns.contains(code))
        .collect();
    let (low, high) = framework.and_then(Framework::scale).unwrap_or((0, 1));
    let middle = f64::midpoint(low as f64, high as f64);
    let medoids = |own: &Shown| {
        let rows: Vec<Vec<Option<f64>>> = own
            .medoids
            .iter()
            .map(|values| {
                let value = |code: &&String| values[own.columns.iter().position(|column| column == *code)?];
                // A medoid without any of the common domains says nothing: it stands in the middle of the scale.
                let row: Vec<Option<f64>> = common.iter().map(value).collect();
                if row.iter().all(Option::is_none) {
                    vec![Some(middle); row.len()]
                } else {
                    row
                }
            })
            .collect();
        Matrix::new(&rows).ok()
    };
    let (a, b) = (medoids(earlier)?, medoids(later)?);
    let places = |own: &Shown| -> BTreeMap<String, usize> {
        own.places
            .iter()
            .map(|(name, place)| (name.clone(), place.cluster))
            .collect()
    };
    let (before, after) = (places(earlier), places(later));
    let found = match_clusters(
        Wave {
            medoids: &a,
            clusters: &before,
        },
        Wave {
            medoids: &b,
            clusters: &after,
        },
        &Distance::Manhattan,
    )
    .ok()?;
    Some(found.into_iter().filter_map(|own| Some((own.from, own.to?))).collect())
}

/// A pair of waves.
struct Frame<'a> {
    from: &'a str,
    to: &'a str,
    comparable: bool,
    pupils: &'a BTreeMap<String, f64>,
    rules: &'a Disclosure,
}

impl Frame<'_> {
    fn count<T: Ord + Clone + ToString>(
        &self,
        typing: Typing,
        earlier: &BTreeMap<String, T>,
        later: &BTreeMap<String, T>,
        stays: impl Fn(&T, &T) -> bool,
        rows: &mut Vec<Guarded<Move>>,
    ) {
        let found = waves::moves(earlier, later, self.pupils);
        let returning: usize = found.iter().map(|own| own.boards).sum();
        let of = |count: &dyn Fn(&T) -> bool, from: bool| -> usize {
            let own = found.iter().filter(|own| count(if from { &own.from } else { &own.to }));
            own.map(|own| own.boards).sum()
        };
        for own in &found {
            let (from, to) = (own.from.to_string(), own.to.to_string());
            let sides = [of(&|kind| *kind == own.from, true), of(&|kind| *kind == own.to, false)];
            let most = sides[0].min(sides[1]);
            let evidence = Evidence::count(
                self.rules,
                self.cell(typing, &format!("{from} to {to}")),
                COUNT,
                own.boards,
                // A move that nobody made has no row.
                (1, most),
            )
            .within(self.cell(typing, &format!("from {from}")), COUNT)
            .within(self.cell(typing, &format!("to {to}")), COUNT);
            let row = Move {
                from_wave: self.from.to_owned(),
                to_wave: self.to.to_owned(),
                typing,
                from,
                to,
                stays: stays(&own.from, &own.to),
                boards: Some(own.boards as i64),
                pupils: own.pupils,
                returning: returning as i64,
                comparable: self.comparable,
                suppressed: false,
            };
            rows.push(Guarded::new(row, evidence));
        }
    }

    fn cell(&self, typing: Typing, group: &str) -> Cell {
        Cell {
            wave: pair_of(self.from, self.to),
            item: format!("moves/{typing}"),
            base: Base::Organisations,
            by: "moves".to_owned(),
            group: group.to_owned(),
        }
    }
}

/// How many of each type came back: what the moves from it, or to it, add up to.
pub(crate) fn margins(rows: &[Guarded<Move>]) -> Vec<Evidence> {
    let mut sums: BTreeMap<&Cell, (usize, &Evidence)> = BTreeMap::new();
    for own in rows.iter().filter_map(Guarded::evidence) {
        for (parent, _) in &own.part_of {
            let sum = sums.entry(parent).or_insert((0, own));
            sum.0 += own.n;
        }
    }
    sums.into_iter()
        .map(|(cell, (count, like))| Evidence {
            cell: cell.clone(),
            // How many are of a type is told as a share of everyone, whatever it is.
            n: i64::MAX as usize,
            weight: count as f64,
            total: count as f64,
            part_of: Vec::new(),
            ..like.clone()
        })
        .collect()
}
