//! Strata of which one unit was sampled: refused by default, because one unit shows no spread.
//!
//! Collapsing happens here, once, before any answer is seen; the other policies act where variance is computed.
//! At the second stage a cluster of one sampled unit is refused too; `adjust` takes its distance from the mean of all
//! units, and every other policy lets it add nothing.

use crate::error::Error;
use crate::sampling_units::{Lonely, Structure};

/// Applies the policy and gives the new place of every unit.
pub(crate) fn settle(structure: Structure) -> Result<(Structure, Vec<u32>), Error> {
    let places = (0..structure.units() as u32).collect();
    let (structure, places) = if structure.lonely == Lonely::Collapse {
        collapse(&structure)
    } else {
        (structure, places)
    };
    let refuses = matches!(structure.lonely, Lonely::Fail | Lonely::Collapse);
    for stratum in &structure.strata {
        if refuses && stratum.sampled() == 1 && !stratum.is_census() {
            let alone = structure.strata.len() == 1;
            let group = if alone {
                "the whole sample".into()
            } else {
                format!("stratum `{}`", stratum.label)
            };
            return Err(Error::Lonely { group, stage: 1 });
        }
    }
    for primary in &structure.primaries {
        let alone = primary.units.1 - primary.units.0 == 1;
        if structure.lonely == Lonely::Fail && alone && primary.second.is_some_and(|second| !second.is_census()) {
            return Err(Error::Lonely {
                group: format!("cluster `{}`", primary.label),
                stage: 2,
            });
        }
    }
    Ok((structure, places))
}

/// Groups strata, by label, so that each group has two units or more; a census stratum stays by itself.
fn groups(structure: &Structure) -> Vec<Vec<usize>> {
    let mut joined: Vec<Vec<usize>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut censuses: Vec<Vec<usize>> = Vec::new();
    for (index, stratum) in structure.strata.iter().enumerate() {
        if stratum.is_census() {
            censuses.push(vec![index]);
            continue;
        }
        open.push(index);
        if open
            .iter()
            .map(|&member| structure.strata[member].sampled())
            .sum::<usize>()
            > 1
        {
            joined.push(std::mem::take(&mut open));
        }
    }
    if !open.is_empty() {
        match joined.last_mut() {
            Some(last) => last.append(&mut open),
            None => joined.push(open),
        }
    }
    joined.append(&mut censuses);
    joined.sort();
    joined
}

/// Joins the strata of each group and renumbers primary units and units so that a group is one run.
fn collapse(old: &Structure) -> (Structure, Vec<u32>) {
    let mut new = Structure {
        strata: Vec::new(),
        primaries: Vec::new(),
        unit_primary: Vec::new(),
        two_stage: old.two_stage,
        lonely: old.lonely,
    };
    let mut places = vec![0; old.units()];
    for members in groups(old) {
        let first = new.primaries.len();
        for &member in &members {
            let (start, end) = old.strata[member].primaries;
            for primary in &old.primaries[start..end] {
                let mut primary = primary.clone();
                let first_unit = new.unit_primary.len();
                for place in &mut places[primary.units.0..primary.units.1] {
                    *place = new.unit_primary.len() as u32;
                    new.unit_primary.push(new.primaries.len() as u32);
                }
                primary.units = (first_unit, new.unit_primary.len());
                primary.stratum = new.strata.len();
                new.primaries.push(primary);
            }
        }
        let mut stratum = old.strata[members[0]].clone();
        stratum.primaries = (first, new.primaries.len());
        if members.len() > 1 {
            stratum.label = members
                .iter()
                .map(|&i| old.strata[i].label.as_str())
                .collect::<Vec<_>>()
                .join(" + ");
            stratum.population = members.iter().map(|&i| old.strata[i].population).sum();
            let sampled = stratum.sampled() as f64;
            stratum.unsampled = stratum.population.map_or(1.0, |size| (size - sampled) / size);
        }
        new.strata.push(stratum);
    }
    (new, places)
}
