//! Two waves side by side: their samples stacked, and a value of each for every item that can be compared.

use super::boards::{Boards, Strata};
use crate::sample::Sample;
use crate::score::{Profile, axis_norms, items, profiles};
use crate::types::Classified;
use crate::variable::{Variable, of_item, types_of};
use nulmeting_study::framework::Versions;
use nulmeting_study::tables::{Level, Organisation};
use nulmeting_study::words::{Comparability, Scope};
use nulmeting_study::{Framework, Study};
use nulmeting_survey::{Sampled, Stacked};
use std::collections::BTreeMap;

/// A wave as one side of a pair.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) sample: &'a Sample,
    pub(crate) framework: &'a Framework,
    pub(crate) classified: &'a [Classified],
}

/// A statistic about an item in both waves.
pub(crate) struct Both {
    pub(crate) scope: Scope,
    pub(crate) item: String,
    pub(crate) statistic: String,
    pub(crate) comparability: Comparability,
    /// Earlier and later; absent where the wave has no such number.
    pub(crate) sides: [Option<Variable>; 2],
}

/// Two waves.
pub(crate) struct Pair<'a> {
    pub(crate) sides: [Side<'a>; 2],
    /// Board of each row of each sample, as a number from 0.
    pub(crate) boards: [Vec<u32>; 2],
    /// How many boards there are in both waves together.
    pub(crate) distinct: usize,
    /// Absent when the waves together hold a single board.
    pub(crate) stacked: Option<Stacked>,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(sides: [Side<'a>; 2], registers: [&[&Organisation]; 2], boards: &Boards) -> Self {
        let strata = Strata::of_later(registers[1], boards);
        let mut names: [Vec<String>; 2] = [Vec::new(), Vec::new()];
        let mut labels: [Vec<String>; 2] = [Vec::new(), Vec::new()];
        let mut populations = [BTreeMap::new(), BTreeMap::new()];
        for wave in 0..2 {
            let known: BTreeMap<&str, &Organisation> = registers[wave]
                .iter()
                .map(|row| (row.organisation.as_str(), *row))
                .collect();
            let stratum = |organisation: &str| {
                known
                    .get(organisation)
                    .map_or_else(String::new, |row| strata.of(row, boards))
            };
            let sample = sides[wave].sample;
            names[wave] = sample
                .organisations
                .iter()
                .map(|own| boards.of(own).to_owned())
                .collect();
            labels[wave] = sample.organisations.iter().map(|own| stratum(own)).collect();
            // A board of several organisations counts once, in its own stratum.
            let mut homes: BTreeMap<&str, String> = BTreeMap::new();
            for row in registers[wave].iter().filter(|row| row.stratum.is_some()) {
                homes
                    .entry(boards.of(&row.organisation))
                    .or_insert_with(|| strata.of(row, boards));
            }
            for home in homes.into_values() {
                *populations[wave].entry(home).or_insert(0.0) += 1.0;
            }
        }
        let sampled = |wave: usize| Sampled {
            design: &sides[wave].sample.design,
            units: &names[wave],
            strata: &labels[wave],
            populations: &populations[wave],
        };
        let stacked = Stacked::new(&sampled(0), &sampled(1)).ok();
        let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
        let boards = names.each_ref().map(|names| {
            let code = |name| {
                let next = codes.len() as u32;
                *codes.entry(name).or_insert(next)
            };
            names.iter().map(String::as_str).map(code).collect()
        });
        Self {
            sides,
            boards,
            distinct: codes.len(),
            stacked,
        }
    }

    /// Every statistic that is compared, norms first, then domains, parts and axes, then the types.
    ///
    /// Method: what compares is computed on the norms that both versions share; at a break each side is the wave's
    /// own number.
    pub(crate) fn statistics(&self, study: &Study, levels: &[Level]) -> Vec<Both> {
        let [from, to] = self.sides;
        let known = profiles(levels);
        let empty = Profile::new();
        let read = self.sides.map(|side| {
            let wave = side.sample.wave.as_str();
            let own = side.sample.organisations.iter();
            own.map(|name| known.get(&(wave, name.as_str())).unwrap_or(&empty))
                .collect::<Vec<_>>()
        });
        let levels = &read;
        let versions = Versions::between(from.framework, to.framework);
        let mut all = Vec::new();
        let own = |code: &str| vec![code.to_owned()];
        for norm in &to.framework.norms {
            let before = versions
                .norm(&norm.code)
                .map_or_else(Vec::new, |shared| own(&shared.from));
            self.compare(
                study,
                levels,
                &versions,
                Scope::Norm,
                &norm.code,
                &before,
                &own(&norm.code),
                &mut all,
            );
        }
        let shared_away: Vec<&str> = to
            .framework
            .norms
            .iter()
            .filter_map(|norm| versions.norm(&norm.code))
            .map(|shared| shared.from.as_str())
            .collect();
        for norm in &from.framework.norms {
            if !shared_away.contains(&norm.code.as_str()) && to.framework.norm(&norm.code).is_none() {
                self.compare(
                    study,
                    levels,
                    &versions,
                    Scope::Norm,
                    &norm.code,
                    &own(&norm.code),
                    &[],
                    &mut all,
                );
            }
        }
        let before: BTreeMap<String, Vec<String>> = items(from.framework).into_iter().collect();
        let after = items(to.framework);
        for (item, norms) in &after {
            let earlier = before.get(item).cloned().unwrap_or_default();
            self.compare(
                study,
                levels,
                &versions,
                scope_of(to.framework, item),
                item,
                &earlier,
                norms,
                &mut all,
            );
        }
        for (item, norms) in &before {
            if !after.iter().any(|(own, _)| own == item) {
                self.compare(
                    study,
                    levels,
                    &versions,
                    scope_of(from.framework, item),
                    item,
                    norms,
                    &[],
                    &mut all,
                );
            }
        }
        for axis in &to.framework.axes {
            let norms = [from, to].map(|side| axis_norms(study, side.framework, &axis.code));
            self.compare(
                study,
                levels,
                &versions,
                Scope::Axis,
                &axis.code,
                &norms[0],
                &norms[1],
                &mut all,
            );
        }
        if from.framework.test == to.framework.test {
            self.kinds(&mut all);
        }
        all
    }

    #[expect(clippy::too_many_arguments, reason = "one item of two versions is all of these")]
    fn compare(
        &self,
        study: &Study,
        levels: &[Vec<&Profile<'_>>; 2],
        versions: &Versions<'_>,
        scope: Scope,
        item: &str,
        before: &[String],
        after: &[String],
        all: &mut Vec<Both>,
    ) {
        let (shared_before, shared_after): (Vec<String>, Vec<String>) = versions
            .shared(before, after)
            .into_iter()
            .map(|shared| (shared.from.clone(), shared.to.clone()))
            .unzip();
        let values = |wave: usize, norms: &[String]| {
            of_item(study, self.sides[wave].framework, &levels[wave], scope, item, norms)
        };
        let whole = [values(0, before), values(1, after)];
        // Mostly the versions share all norms, and then there is nothing to make again.
        let other = (shared_before != before || shared_after != after)
            .then(|| [values(0, &shared_before), values(1, &shared_after)]);
        let shared = other.as_ref().unwrap_or(&whole);
        for statistic in statistics(scope, self.sides[1].framework) {
            let comparability = versions.comparability(before, after, &statistic);
            let lists = if comparability == Comparability::Break {
                &whole
            } else {
                shared
            };
            let sides = [0, 1].map(|wave| {
                let name = named(&statistic, self.sides[wave].framework);
                lists[wave].iter().find(|variable| variable.statistic == name).cloned()
            });
            if sides.iter().any(Option::is_some) {
                all.push(Both {
                    scope,
                    item: item.to_owned(),
                    statistic,
                    comparability,
                    sides,
                });
            }
        }
    }

    /// The shares of the types, where both waves make them on one scale.
    fn kinds(&self, all: &mut Vec<Both>) {
        let [from, to] = self.sides.map(|side| types_of(side.framework, side.classified));
        for later in to {
            let earlier = from.iter().find(|own| own.statistic == later.statistic).cloned();
            all.push(Both {
                scope: later.scope,
                item: later.item.clone(),
                statistic: later.statistic.clone(),
                comparability: if earlier.is_some() {
                    Comparability::Same
                } else {
                    Comparability::Break
                },
                sides: [earlier, Some(later)],
            });
        }
    }
}

fn scope_of(framework: &Framework, item: &str) -> Scope {
    if framework.domain(item).is_some() {
        Scope::Domain
    } else {
        Scope::All
    }
}

/// The statistics of a scope whose change is told.
fn statistics(scope: Scope, framework: &Framework) -> Vec<String> {
    let mut names = vec!["mean_level".to_owned(), "share_meeting".to_owned()];
    if scope != Scope::Norm {
        names.push("share_compliant".to_owned());
    }
    if let Some(level) = framework.pass_level {
        names.push(format!("share_level_{level}_plus"));
    }
    names
}

/// The name of a statistic in a wave: the level that equals the old test may have another number there.
fn named(statistic: &str, framework: &Framework) -> String {
    match framework.pass_level {
        Some(level) if statistic.starts_with("share_level_") => format!("share_level_{level}_plus"),
        _ => statistic.to_owned(),
    }
}
