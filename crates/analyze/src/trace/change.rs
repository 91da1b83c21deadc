//! What a change between two waves is made of: the numbers of both waves, and for panel members the difference of each.

use super::meaning::{meaning, norms};
use super::wave::Wave;
use super::{Explained, Question, Rule, Trace, cases, named, rule_of};
use crate::change::number::{Differences, differences};
use crate::change::pair::{Both, Pair, Side};
use crate::change::{groups, paired};
use crate::sample::Group;
use nulmeting_study::framework::Versions;
use nulmeting_study::tables::Change;
use nulmeting_study::words::{Boards, Comparability, Scope};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Two waves side by side with every statistic of both.
type Compared<'w> = Rc<(Pair<'w>, Vec<Both>)>;
/// Pairs of waves that were needed, made once.
pub(super) type Pairs<'w> = RefCell<BTreeMap<(String, String), Compared<'w>>>;

impl<'w> Trace<'w> {
    /// Explains a change; absent when the tables are not of one run.
    pub(super) fn change(&self, row: &Change) -> Option<Explained> {
        let waves = [
            self.waves.get(row.from_wave.as_str())?,
            self.waves.get(row.to_wave.as_str())?,
        ];
        let compared = self.compared(row, waves)?;
        let (pair, statistics) = &*compared;
        let both = statistics
            .iter()
            .find(|both| both.scope == row.scope && both.item == row.item && both.statistic == row.statistic)?;
        let groups = groups(pair);
        let group = groups
            .iter()
            .find(|group| group[0].by == row.by && group[0].name == row.group)?;
        let panel = (row.boards != Boards::All)
            .then(|| differences(pair, both, group, row.base))
            .flatten();
        let stated = [row.from_estimate, row.to_estimate];
        let question = |wave: usize, side: usize| -> Option<Question<'w>> {
            let variable = both.sides[side].as_ref()?;
            let (id, table, number) = named(row);
            Some(Question {
                id,
                table,
                number,
                column: ["from_estimate", "to_estimate"][side],
                withheld: stated[side].is_none(),
                rule: rule_of(variable.measure, row.base),
                value: meaning(&variable.statistic, row.scope),
                wave: waves[wave],
                cases: Vec::new(),
                norms: self.compared_norms(row, both, waves, wave),
                options: Vec::new(),
                assessors: None,
            })
        };
        if let Some(Differences { before, difference }) = panel {
            let everyone = waves[1].everyone();
            let of = |values: &[Option<f64>]| cases(pair.sides[1].sample, &everyone, row.base, values);
            let members: Vec<Option<f64>> = difference
                .iter()
                .zip(&before)
                .map(|(here, value)| here.and(*value))
                .collect();
            let then = Question {
                cases: of(&members),
                value: "the value in the earlier wave".to_owned(),
                ..question(1, 0)?
            };
            let change = Question {
                column: "change",
                withheld: row.change.is_none(),
                cases: of(&difference),
                value: "the value in the later wave less that in the earlier wave".to_owned(),
                ..question(1, 1)?
            };
            let mut explained = self.answered(change);
            // The levels of the earlier wave are those of the organisations as they were then.
            if !then.withheld && row.change.is_some() {
                explained.parts =
                    vec![
                        self.answered(Question {
                            cases: self.members_before(pair, both, group, &difference),
                            value: "the value in the earlier wave, from which that of a merged organisation is made"
                                .to_owned(),
                            rule: Rule::Method,
                            ..question(0, 0)?
                        }),
                    ];
            }
            return Some(explained);
        }
        let mut parts = Vec::new();
        for side in 0..2 {
            let (Some(variable), Some(_)) = (&both.sides[side], stated[side]) else {
                continue;
            };
            let sample = pair.sides[side].sample;
            parts.push(self.answered(Question {
                cases: cases(sample, &group[side].member, row.base, &variable.values),
                ..question(side, side)?
            }));
        }
        let again = match parts.as_slice() {
            [from, to] => to.again.zip(from.again).map(|(to, from)| to - from),
            _ => None,
        };
        let (id, table, number) = named(row);
        Some(Explained {
            id,
            table,
            number,
            column: "change",
            rule: Rule::Difference,
            formula: Rule::Difference.formula(),
            value: "see the number of each wave".to_owned(),
            items: vec![row.item.clone()],
            withheld: row.change.is_none() && parts.is_empty(),
            again: again.filter(|_| row.change.is_some()),
            organisations: Vec::new(),
            sources: parts.iter().flat_map(|part| part.sources.clone()).collect(),
            parts,
        })
    }

    /// The organisations of the earlier wave that are panel members under a change, with their values then.
    fn members_before(
        &self,
        pair: &Pair<'_>,
        both: &Both,
        group: &[Group; 2],
        difference: &[Option<f64>],
    ) -> Vec<(String, f64)> {
        let Some(earlier) = &both.sides[0] else {
            return Vec::new();
        };
        let of_later = pair.boards[1].iter().zip(difference);
        let members: Vec<u32> = of_later
            .filter(|(_, here)| here.is_some())
            .map(|(board, _)| *board)
            .collect();
        let by_type = group[0].by == "type";
        let names = pair.sides[0].sample.organisations.iter().enumerate();
        names
            .filter(|(at, _)| members.contains(&pair.boards[0][*at]) && (!by_type || group[0].member[*at]))
            .filter_map(|(at, name)| Some((name.clone(), earlier.values[at]?)))
            .collect()
    }

    /// The norms of a wave that a change rests on: those that both versions share, or at a break all of the item.
    fn compared_norms(&self, row: &Change, both: &Both, waves: [&Wave<'_>; 2], wave: usize) -> Vec<String> {
        let versions = Versions::between(waves[0].framework, waves[1].framework);
        let before = match row.scope {
            Scope::Norm => versions
                .norm(&row.item)
                .map_or_else(|| row.item.clone(), |shared| shared.from.clone()),
            _ => row.item.clone(),
        };
        let all = [(waves[0], before), (waves[1], row.item.clone())];
        let all = all.map(|(wave, item)| norms(self.tables.study, wave.framework, row.scope, &item));
        if both.comparability == Comparability::Break {
            return all[wave].clone();
        }
        let shared = versions.shared(&all[0], &all[1]).into_iter();
        shared
            .map(|shared| {
                if wave == 0 {
                    shared.from.clone()
                } else {
                    shared.to.clone()
                }
            })
            .collect()
    }

    fn compared(&self, row: &Change, waves: [&'w Wave<'w>; 2]) -> Option<Compared<'w>> {
        let key = (row.from_wave.clone(), row.to_wave.clone());
        if let Some(compared) = self.pairs.borrow().get(&key) {
            return Some(compared.clone());
        }
        let side = |wave: &'w Wave<'w>| {
            Some(Side {
                sample: wave.sample?,
                framework: wave.framework,
                classified: &wave.classified,
            })
        };
        let sides = [side(waves[0])?, side(waves[1])?];
        let pair = paired(self.tables.organisations, self.tables.history, sides);
        let statistics = pair.statistics(self.tables.study, self.tables.levels);
        let compared = Rc::new((pair, statistics));
        self.pairs.borrow_mut().insert(key, compared.clone());
        Some(compared)
    }
}
