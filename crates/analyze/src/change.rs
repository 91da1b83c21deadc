//! Change between waves: panel and cross-section in one estimate, and the returning organisations by themselves.
//!
//! Waves are compared on what both versions of the framework share; what does not compare is a break. An
//! organisation that merged, split or got another number is one primary unit with its predecessors. The change of
//! a volunteers' wave is that of its participants: the rows say so, and no method here makes it more.

mod boards;
pub(crate) mod number;
pub(crate) mod pair;
mod parted;

use crate::disclosure::Evidence;
use crate::sample::{Group, Sample};
use crate::types::Classified;
use boards::Boards as Lineage;
use nulmeting_study::tables::{Change, Level, Organisation, Succession};
use nulmeting_study::words::{Base, Boards, Comparability, Scope, Selection, SpeaksFor};
use nulmeting_study::{EstimateId, Framework, Study};
use nulmeting_survey::{benjamini_hochberg, holm};
use number::{Moved, across, of_returning};
use pair::{Both, Pair, Side};
pub(crate) use parted::{cell_of_pair, pair_of};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What was made of a wave, as far as change needs it.
#[derive(Debug, Clone, Default)]
pub struct Waves {
    /// Sample by wave.
    pub samples: BTreeMap<String, Sample>,
    /// Types by wave, in the order of the sample.
    pub classified: BTreeMap<String, Vec<Classified>>,
}

/// The changes of a pair of waves, with what decides whether they may be told.
pub struct Moving {
    /// The changes.
    pub rows: Vec<Change>,
    /// The evidence of the numbers of those who are in both waves and of the others.
    pub evidence: Vec<Evidence>,
}

/// The changes between consecutive waves and between the first and the last, and the breaks that bridge groups show.
///
/// Shape: pairs in order of time, then the bridges; within a pair in the order of the items, then boards, groups and
/// bases; the same with any number of threads.
/// Missing: a wave in which nobody answered is in no pair.
pub fn changes(
    study: &Study,
    frameworks: &BTreeMap<String, Framework>,
    organisations: &[Organisation],
    levels: &[Level],
    history: &[Succession],
    waves: &Waves,
) -> Vec<Moving> {
    let series: Vec<&str> = study
        .series()
        .map(|wave| wave.id.as_str())
        .filter(|wave| waves.samples.contains_key(*wave))
        .collect();
    let mut pairs: Vec<(&str, &str)> = series.windows(2).map(|two| (two[0], two[1])).collect();
    if let (true, [first, .., last]) = (series.len() > 2, series.as_slice()) {
        pairs.push((first, last));
    }
    let bridges = study
        .waves
        .iter()
        .filter_map(|wave| Some((wave.id.as_str(), wave.bridge.as_deref()?)))
        .filter(|(from, to)| waves.samples.contains_key(*from) && waves.samples.contains_key(*to));
    let all = pairs
        .into_iter()
        .map(|pair| (pair, false))
        .chain(bridges.map(|pair| (pair, true)));
    let mut moving = Vec::new();
    for ((from, to), bridge) in all {
        let side = |wave: &str| {
            Some(Side {
                sample: waves.samples.get(wave)?,
                framework: frameworks.get(wave)?,
                classified: waves.classified.get(wave)?,
            })
        };
        if let (Some(from), Some(to)) = (side(from), side(to)) {
            moving.push(of_pair(study, organisations, levels, history, [from, to], bridge));
        }
    }
    moving
}

fn of_pair(
    study: &Study,
    organisations: &[Organisation],
    levels: &[Level],
    history: &[Succession],
    sides: [Side<'_>; 2],
    bridge: bool,
) -> Moving {
    let pair = paired(organisations, history, sides);
    let groups = groups(&pair);
    let views: &[Boards] = if bridge {
        &[Boards::Bridge]
    } else {
        &[Boards::All, Boards::Returning]
    };
    let statistics = pair.statistics(study, levels);
    let mut rows: Vec<Change> = statistics
        .par_iter()
        .map(|both| {
            let mut rows = Vec::new();
            for boards in views {
                for group in &groups {
                    for base in Base::ALL {
                        rows.extend(row(study, &pair, both, *boards, group, *base));
                    }
                }
            }
            rows
        })
        .collect::<Vec<_>>()
        .concat();
    adjust(&mut rows);
    let rules = &study.disclosure;
    let scale = sides[1].framework.scale();
    let evidence = statistics
        .par_iter()
        .map(|both| {
            let each = groups
                .iter()
                .flat_map(|group| Base::ALL.iter().map(move |base| (group, base)));
            each.flat_map(|(group, base)| parted::parted(rules, &pair, both, group, *base, scale))
                .collect::<Vec<_>>()
        })
        .collect::<Vec<_>>()
        .concat();
    Moving { rows, evidence }
}

/// Two waves side by side.
pub(crate) fn paired<'a>(organisations: &[Organisation], history: &[Succession], sides: [Side<'a>; 2]) -> Pair<'a> {
    let registers = sides.map(|side| {
        let rows = organisations.iter().filter(|row| row.wave == side.sample.wave);
        rows.collect::<Vec<_>>()
    });
    let lineage = Lineage::between(&registers[0], &registers[1], history);
    Pair::new(sides, [&registers[0], &registers[1]], &lineage)
}

/// The groups of both waves: all, each sector, each size class, and each type where both waves make them alike.
pub(crate) fn groups(pair: &Pair<'_>) -> Vec<[Group; 2]> {
    let own = [0, 1].map(|wave| {
        let side = pair.sides[wave];
        let mut groups = side.sample.groups();
        if pair.sides[0].framework.test == pair.sides[1].framework.test {
            groups.extend(side.framework.types.iter().map(|kind| {
                Group {
                    by: "type".to_owned(),
                    name: kind.code.clone(),
                    member: side
                        .classified
                        .iter()
                        .map(|own| own.code.as_deref() == Some(kind.code.as_str()))
                        .collect(),
                }
            }));
        }
        groups
    });
    let order = ["sector", "size", "type"];
    let place = |by: &str| order.iter().position(|own| *own == by).map_or(0, |place| place + 1);
    let names: BTreeSet<(usize, &str, &str)> = own
        .iter()
        .flatten()
        .map(|group| (place(&group.by), group.by.as_str(), group.name.as_str()))
        .collect();
    names
        .into_iter()
        .map(|(_, by, name)| {
            [0, 1].map(|wave| {
                let found = own[wave].iter().find(|group| group.by == by && group.name == name);
                found.cloned().unwrap_or_else(|| Group {
                    by: by.to_owned(),
                    name: name.to_owned(),
                    member: vec![false; pair.sides[wave].sample.len()],
                })
            })
        })
        .collect()
}

/// The item of the shares of types: of a type they say nothing.
const TYPES: &str = "types";

/// One row; none for a norm by type, of which no wave tells anything, none where nobody of the group is in either wave,
/// and none of returning boards where nothing compares.
fn row(study: &Study, pair: &Pair<'_>, both: &Both, boards: Boards, group: &[Group; 2], base: Base) -> Option<Change> {
    if group[0].by == "type" && (both.item == TYPES || both.scope == Scope::Norm) {
        return None;
    }
    let broken = both.comparability == Comparability::Break;
    let scale = pair.sides[1].framework.scale();
    let moved = match boards {
        Boards::All => across(pair, both, group, base, scale),
        _ if broken && boards == Boards::Returning => return None,
        _ => of_returning(pair, both, group, base),
    };
    if moved.n() == 0 {
        return None;
    }
    let Moved {
        sides,
        found,
        method,
        ci,
        counts,
    } = moved;
    let minimum = study.disclosure.minimum;
    let few = |count: usize| (count as i64) < minimum;
    let sides_shown = [0, 1].map(|wave| sides[wave].filter(|_| !few(counts.of[wave])));
    // The number of those who returned is under the second view, those of either wave under the first.
    let under = match boards {
        Boards::All => counts.of[0].min(counts.of[1]),
        _ => counts.returning,
    };
    let told = found.filter(|_| !few(under) && (!broken || boards == Boards::Bridge));
    let selection = |wave: usize| study.wave(&pair.sides[wave].sample.wave).map(|wave| wave.selection);
    let volunteers = (0..2).any(|wave| selection(wave) == Some(Selection::Volunteer));
    let (from_wave, to_wave) = (&pair.sides[0].sample.wave, &pair.sides[1].sample.wave);
    let p = told.as_ref().and_then(|found| found.p);
    let count = |count: usize| Some(count as i64);
    Some(Change {
        id: EstimateId::of_key::<Change>(&[
            from_wave,
            to_wave,
            boards.word(),
            both.scope.word(),
            &both.item,
            &group[0].by,
            &group[0].name,
            &both.statistic,
            base.word(),
        ])
        .to_string(),
        from_wave: from_wave.clone(),
        to_wave: to_wave.clone(),
        boards,
        scope: both.scope,
        item: both.item.clone(),
        by: group[0].by.clone(),
        group: group[0].name.clone(),
        statistic: both.statistic.clone(),
        base,
        from_estimate: sides_shown[0],
        to_estimate: sides_shown[1],
        change: told.as_ref().map(|found| found.change),
        se: told.as_ref().and_then(|found| found.se),
        ci_low: told.as_ref().and(ci).map(|ci| ci.0),
        ci_high: told.as_ref().and(ci).map(|ci| ci.1),
        ci_method: if told.is_some() { method } else { "none" }.to_owned(),
        df: told.as_ref().map(|found| found.df as f64),
        p,
        p_adjusted: None,
        p_fdr: None,
        n: count(counts.n()),
        n_from: count(counts.of[0]),
        n_to: count(counts.of[1]),
        returning: count(counts.returning),
        came: count(counts.came()),
        went: count(counts.went()),
        comparability: both.comparability,
        speaks_for: if volunteers {
            SpeaksFor::Participants
        } else {
            SpeaksFor::Register
        },
        suppressed: under > 0 && few(under),
    })
}

/// Fills in the adjusted p-values, family by family.
fn adjust(rows: &mut [Change]) {
    let mut families: BTreeMap<(Boards, String, String, String, Base), Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        if row.p.is_some() {
            let key = (
                row.boards,
                row.scope.to_string(),
                row.by.clone(),
                row.statistic.clone(),
                row.base,
            );
            families.entry(key).or_default().push(place);
        }
    }
    for places in families.into_values() {
        let p: Vec<f64> = places.iter().filter_map(|place| rows[*place].p).collect();
        for ((place, strict), mild) in places.iter().zip(holm(&p)).zip(benjamini_hochberg(&p)) {
            rows[*place].p_adjusted = Some(strict);
            rows[*place].p_fdr = Some(mild);
        }
    }
}
