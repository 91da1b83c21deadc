//! Types over the years: which cluster goes on from which, and how many returning organisations moved.

use super::Shown;
use crate::typology::waves::{self, Wave, match_clusters};
use crate::typology::{Distance, Matrix};

use nulmeting_study::tables::{Cluster, Move, Organisation, OrganisationType, Typing};
use nulmeting_study::{Framework, Study};
use std::collections::BTreeMap;

/// The moves between each wave and the next, by rule and between clusters; notes in `clusters` what each goes on from.
///
/// Missing: an organisation without a type in one of the two waves takes no part.
/// Absent: moves between clusters of waves that measure in different ways, whose clusters cannot be matched; counts of
/// few organisations (see [`waves::moves`]).
pub fn moves(
    study: &Study,
    frameworks: &BTreeMap<String, Framework>,
    organisations: &[Organisation],
    types: &[OrganisationType],
    shown: &BTreeMap<String, Shown>,
    clusters: &mut [Cluster],
) -> Vec<Move> {
    let minimum = usize::try_from(study.disclosure.minimum).unwrap_or(0);
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
            minimum,
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
    minimum: usize,
}

impl Frame<'_> {
    fn count<T: Ord + Clone + ToString>(
        &self,
        typing: Typing,
        earlier: &BTreeMap<String, T>,
        later: &BTreeMap<String, T>,
        stays: impl Fn(&T, &T) -> bool,
        rows: &mut Vec<Move>,
    ) {
        let returning = earlier.keys().filter(|name| later.contains_key(*name)).count() as i64;
        for own in waves::moves(earlier, later, self.pupils, self.minimum) {
            rows.push(Move {
                from_wave: self.from.to_owned(),
                to_wave: self.to.to_owned(),
                typing,
                from: own.from.to_string(),
                to: own.to.to_string(),
                stays: stays(&own.from, &own.to),
                boards: own.boards.map(|boards| boards as i64),
                pupils: own.pupils,
                returning,
                comparable: self.comparable,
                suppressed: own.suppressed,
            });
        }
    }
}
