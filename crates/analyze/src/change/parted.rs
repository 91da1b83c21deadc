//! What may be told of those who came back: with everyone's number it tells that of the few who came or went.

use super::number::has;
use super::pair::{Both, Pair};
use crate::disclosure::{Cell, Evidence};
use crate::estimates::item_of;
use crate::sample::Group;
use crate::variable::Variable;
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::words::Base;
use std::collections::BTreeSet;

/// The name under which a pair of waves stands in disclosure control, in place of a wave.
pub(crate) fn pair_of(from: &str, to: &str) -> String {
    format!("{from} to {to}")
}

/// The evidence of a number of both waves: everyone's, and as parts of it that of those who are in both waves and that
/// of the others.
///
/// Shape: none for parts that nobody is in. Those of one item and group are one cell of the pair: each is everyone's
/// number less the other.
/// Missing: of a type, those who came back are followed from the earlier wave and are no part of the later type.
pub(crate) fn parted(
    rules: &Disclosure,
    pair: &Pair<'_>,
    both: &Both,
    group: &[Group; 2],
    base: Base,
    scale: Option<(i64, i64)>,
) -> Vec<Evidence> {
    let by_type = group[0].by == "type";
    let everywhere = |wave: usize| Group {
        member: vec![true; pair.sides[wave].sample.len()],
        ..group[wave].clone()
    };
    // The group of those who are in both waves is that of the side in question; types are those of the earlier wave.
    let earlier = if by_type { group[0].clone() } else { everywhere(0) };
    let others = [
        boards(pair, both, &everywhere(1), base, 1),
        boards(pair, both, &earlier, base, 0),
    ];
    let mut found = Vec::new();
    for wave in 0..2 {
        let Some(variable) = &both.sides[wave] else { continue };
        let followed = by_type && wave == 1;
        let own = if followed { everywhere(1) } else { group[wave].clone() };
        let side = Side {
            rules,
            pair,
            variable,
            base,
            scale,
            wave,
        };
        let back: Vec<bool> = pair.boards[wave]
            .iter()
            .map(|board| others[wave].contains(board))
            .collect();
        let gone = ["went", "came"][wave];
        let parts = [("returning", true), (gone, false)];
        for (name, returning) in parts.into_iter().filter(|part| part.1 || !followed) {
            let member = own
                .member
                .iter()
                .zip(&back)
                .map(|(own, back)| *own && *back == returning);
            let part = Group {
                member: member.collect(),
                ..own.clone()
            };
            let mut evidence = side.gather(&part);
            if evidence.n > 0 {
                let parent = evidence.cell.clone();
                let whole = std::mem::replace(&mut evidence.statistic, format!("{}/{wave}/{name}", variable.statistic));
                evidence.cell.wave = pair_of(&pair.sides[0].sample.wave, &pair.sides[1].sample.wave);
                found.push(if followed {
                    evidence
                } else {
                    evidence.within(parent, &whole)
                });
            }
        }
        if !followed {
            found.push(side.gather(&own));
        }
    }
    found
}

/// The cell of a pair of waves for a cell of one of them.
pub(crate) fn cell_of_pair(cell: Cell, from: &str, to: &str) -> Cell {
    Cell {
        wave: pair_of(from, to),
        ..cell
    }
}

struct Side<'a> {
    rules: &'a Disclosure,
    pair: &'a Pair<'a>,
    variable: &'a Variable,
    base: Base,
    scale: Option<(i64, i64)>,
    wave: usize,
}

impl Side<'_> {
    fn gather(&self, group: &Group) -> Evidence {
        let variable = self.variable;
        Evidence::gather(
            self.rules,
            self.pair.sides[self.wave].sample,
            group,
            &item_of(variable),
            &variable.statistic,
            &variable.values,
            variable.measure,
            self.base,
            self.scale,
        )
    }
}

fn boards(pair: &Pair<'_>, both: &Both, group: &Group, base: Base, wave: usize) -> BTreeSet<u32> {
    let Some(variable) = &both.sides[wave] else {
        return BTreeSet::new();
    };
    let sample = pair.sides[wave].sample;
    (0..sample.len())
        .filter(|row| has(sample, group, variable, base, *row))
        .map(|row| pair.boards[wave][row])
        .collect()
}
