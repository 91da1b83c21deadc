//! Points of attention: what most organisations fall short of, and how sure the order is.

use crate::disclosure::{Cell, Evidence, Guarded};
use crate::estimates::number;
use crate::sample::Sample;
use crate::score::{profiles, summary};
use crate::types::below;
use crate::variable::{Measure, Variable};
use nulmeting_study::framework::Test;
use nulmeting_study::numbers::round12;
use nulmeting_study::tables::{Attention, Level};
use nulmeting_study::words::{Base, Scope};
use nulmeting_study::{Framework, Released, Study};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How often the organisations are drawn anew for the interval of a rank.
const RESAMPLES: usize = 1000;
/// The share of resamples left out on either side of a rank interval.
const TAIL: f64 = 0.025;

/// Something that is ranked: one value per organisation.
struct Candidate {
    item: String,
    shortfall: Vec<Option<f64>>,
    level: Vec<Option<f64>>,
    target: Option<f64>,
}

/// Ranks norms, domains and the codebook's points of attention by the share of organisations below target.
///
/// Method: the share below target is one less the share that meets it, weighted; equal shares have the same rank.
/// The interval of a rank is the middle 95 % over resamples of the organisations, drawn with replacement within
/// strata, one fewer than answered (Rao and Wu 1988).
/// Missing: an item that is withheld has no share and comes last, with every place open.
pub fn attention(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    variables: &[Variable],
    levels: &[Level],
    seed: u64,
) -> Vec<Guarded<Attention>> {
    let everyone = &sample.groups()[0];
    let mut rows = Vec::new();
    let sets = [
        ("norm", scoped(framework, variables, Scope::Norm)),
        ("domain", scoped(framework, variables, Scope::Domain)),
        ("point", points(framework, sample, levels)),
    ];
    for (scope, candidates) in sets {
        let ranks = rank_intervals(sample, &candidates, seed);
        let found = candidates.iter().zip(ranks).map(|(candidate, (rank_low, rank_high))| {
            let share = number(
                sample,
                everyone,
                &candidate.shortfall,
                Measure::Share,
                Base::Organisations,
                None,
            );
            let level = number(
                sample,
                everyone,
                &candidate.level,
                Measure::Level,
                Base::Organisations,
                framework.scale(),
            );
            let row = Attention {
                wave: sample.wave.clone(),
                rank: 0,
                rank_low,
                rank_high,
                scope: scope.to_owned(),
                item: candidate.item.clone(),
                share_below_target: share.estimate,
                ci_low: share.ci.map(|ci| ci.0),
                ci_high: share.ci.map(|ci| ci.1),
                mean_level: level.estimate,
                gap: candidate
                    .target
                    .zip(level.estimate)
                    .map(|(target, level)| target - level),
                n: Some(share.n as i64),
            };
            if scope == "point" {
                let met: Vec<Option<f64>> = candidate.shortfall.iter().map(|own| own.map(|own| 1.0 - own)).collect();
                let evidence = Evidence::gather(
                    &study.disclosure,
                    sample,
                    everyone,
                    &format!("point/{}", candidate.item),
                    "share_meeting",
                    &met,
                    Measure::Share,
                    Base::Organisations,
                    None,
                );
                return Guarded::new(row, evidence);
            }
            let cell = Cell {
                wave: sample.wave.clone(),
                item: format!("{scope}/{}", candidate.item),
                base: Base::Organisations,
                by: everyone.by.clone(),
                group: everyone.name.clone(),
            };
            Guarded::following(row, vec![cell])
        });
        rows.extend(found);
    }
    rows
}

/// Puts released rows in order and gives each its rank.
///
/// Missing: what is withheld comes last, and nothing is said about its place.
pub(crate) fn ranked(rows: Released<Attention>) -> Released<Attention> {
    rows.completed(|rows| {
        for found in rows.chunk_by_mut(|a, b| (&a.wave, &a.scope) == (&b.wave, &b.scope)) {
            rank(found);
        }
    })
}

fn rank(found: &mut [Attention]) {
    let last = found.len() as i64;
    found.sort_by(|a, b| {
        let share = |row: &Attention| row.share_below_target.unwrap_or(-1.0);
        share(b).total_cmp(&share(a)).then_with(|| a.item.cmp(&b.item))
    });
    let mut rank = 1;
    let mut previous = None;
    for (position, row) in found.iter_mut().enumerate() {
        let share = row.share_below_target.map(round12);
        if position == 0 || share != previous {
            rank = position as i64 + 1;
        }
        previous = share;
        row.rank = rank;
        // The order by estimate can lie at the edge of the resampled ones where shares are nearly equal.
        row.rank_low = row.rank_low.min(row.rank);
        row.rank_high = row.rank_high.max(row.rank);
        if row.share_below_target.is_none() {
            (row.rank_low, row.rank_high) = (1, last);
        }
    }
}

/// The norms or domains of the framework with their share below target.
fn scoped(framework: &Framework, variables: &[Variable], scope: Scope) -> Vec<Candidate> {
    let of = |item: &str, statistic: &str| {
        variables
            .iter()
            .find(|own| own.scope == scope && own.item == item && own.statistic == statistic)
            .map(|own| own.values.clone())
    };
    variables
        .iter()
        .filter(|own| own.scope == scope && own.statistic == "share_meeting")
        .map(|own| Candidate {
            item: own.item.clone(),
            shortfall: own.values.iter().map(|value| value.map(|met| 1.0 - met)).collect(),
            level: of(&own.item, "mean_level").unwrap_or_else(|| vec![None; own.values.len()]),
            target: target(framework, std::slice::from_ref(&own.item)),
        })
        .collect()
}

/// The codebook's points of attention, each over its own norms.
fn points(framework: &Framework, sample: &Sample, levels: &[Level]) -> Vec<Candidate> {
    let known = profiles(levels);
    framework
        .points
        .iter()
        .map(|point| {
            let norms = framework.select(&point.norms);
            let found: Vec<_> = sample
                .organisations
                .iter()
                .map(|name| {
                    let profile = known.get(&(sample.wave.as_str(), name.as_str()))?;
                    Some(summary(profile, norms.iter().map(|norm| norm.code.as_str())))
                })
                .collect();
            Candidate {
                item: point.code.clone(),
                shortfall: found
                    .iter()
                    .map(|own| own.and_then(|own| Some(1.0 - own.share_meeting?)))
                    .collect(),
                level: found
                    .iter()
                    .map(|own| {
                        own.and_then(|own| own.mean_level)
                            .filter(|_| framework.test == Test::Levels)
                    })
                    .collect(),
                target: target(framework, &point.norms),
            }
        })
        .collect()
}

/// The mean target of the norms behind a list of codes; absent in a pass/fail version.
fn target(framework: &Framework, codes: &[String]) -> Option<f64> {
    let targets: Vec<i64> = framework.select(codes).iter().filter_map(|norm| norm.target).collect();
    (!targets.is_empty()).then(|| targets.iter().sum::<i64>() as f64 / targets.len() as f64)
}

/// The lowest and highest rank of each candidate over the resamples.
fn rank_intervals(sample: &Sample, candidates: &[Candidate], seed: u64) -> Vec<(i64, i64)> {
    let weights = sample.design.weights();
    let mut strata: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, stratum) in sample.strata.iter().enumerate() {
        strata.entry(stratum).or_default().push(row);
    }
    let ranks: Vec<Vec<(u32, u32)>> = (0..RESAMPLES)
        .into_par_iter()
        .map(|replicate| {
            let mut draws = ChaCha8Rng::seed_from_u64(seed);
            draws.set_stream(replicate as u64);
            let mut factor = vec![0.0; weights.len()];
            for rows in strata.values() {
                let times = rows.len().saturating_sub(1).max(1);
                for _ in 0..times {
                    factor[rows[below(&mut draws, rows.len())]] += 1.0;
                }
                let scale = rows.len() as f64 / times as f64;
                for row in rows {
                    factor[*row] *= scale;
                }
            }
            let shares: Vec<f64> = candidates
                .iter()
                .map(|candidate| {
                    let (mut above, mut under) = (0.0, 0.0);
                    for (row, value) in candidate.shortfall.iter().enumerate() {
                        if let Some(value) = value {
                            above += weights[row] * factor[row] * value;
                            under += weights[row] * factor[row];
                        }
                    }
                    if under > 0.0 { round12(above / under) } else { -1.0 }
                })
                .collect();
            places(&shares)
        })
        .collect();
    let cut = (TAIL * RESAMPLES as f64) as usize;
    (0..candidates.len())
        .map(|index| {
            let mut first: Vec<u32> = ranks.iter().map(|places| places[index].0).collect();
            let mut last: Vec<u32> = ranks.iter().map(|places| places[index].1).collect();
            first.sort_unstable();
            last.sort_unstable();
            (i64::from(first[cut]), i64::from(last[RESAMPLES - 1 - cut]))
        })
        .collect()
}

/// The first and the last rank that each share can take: equal shares can change places.
fn places(shares: &[f64]) -> Vec<(u32, u32)> {
    let mut sorted = shares.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    shares
        .iter()
        .map(|share| {
            let above = sorted.partition_point(|other| other > share) as u32;
            let through = sorted.partition_point(|other| other >= share) as u32;
            (above + 1, through)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn equal_shares_can_take_each_others_rank() {
        assert_eq!(places(&[0.5, 0.9, 0.5, 0.1]), [(2, 3), (1, 1), (2, 3), (4, 4)]);
    }
}
