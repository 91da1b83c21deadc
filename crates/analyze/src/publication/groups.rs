//! The groups of every wave with the grid of each, from public facts alone: weights, and pupils of the register.

use super::grid::Grid;
use nulmeting_study::tables::{ALL, Organisation, OrganisationType, Precision};
use nulmeting_study::words::{Base, Selection};
use nulmeting_study::{Framework, Study};
use std::collections::{BTreeMap, HashMap};

/// Fewest organisations under a number per pupil: with fewer, pupils are so unlike that a rounded share still says who
/// answered what (docs/disclosure.md).
const FEWEST_PER_PUPIL: usize = 50;
/// Organisations from which a number per pupil stands on the finest grid.
const MANY_PER_PUPIL: usize = 100;
/// The largest organisations that an end of the scale hides together, per pupil.
const HIDDEN_PER_PUPIL: usize = 2;

/// What a number is about, as far as its precision is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group<'a> {
    pub(super) wave: &'a str,
    pub(super) by: &'a str,
    pub(super) name: &'a str,
    pub(super) base: Base,
}

/// The grids of all groups, and the scales of all waves.
pub(super) struct Groups {
    grids: BTreeMap<(String, String, String, Base), Option<Grid>>,
    scales: BTreeMap<String, (f64, f64)>,
    /// What the organisations of a group carry, the lightest first: its weight, per pupil times its pupils.
    parts: BTreeMap<(String, String, String, Base), Vec<f64>>,
}

/// The grid of every group of every wave.
///
/// Method: from the weights of those who answered, and for numbers per pupil from the pupils of the register too; from
/// no answer.
pub(crate) fn precision(study: &Study, organisations: &[Organisation], types: &[OrganisationType]) -> Vec<Precision> {
    let types: HashMap<(&str, &str), &str> = types
        .iter()
        .filter_map(|row| Some(((row.wave.as_str(), row.organisation.as_str()), row.r#type.as_deref()?)))
        .collect();
    let mut members: BTreeMap<(&str, &str, &str), Vec<&Organisation>> = BTreeMap::new();
    for row in organisations.iter().filter(|row| row.responded && row.weight.is_some()) {
        let kind = types.get(&(row.wave.as_str(), row.organisation.as_str())).copied();
        let names = [
            (ALL, Some(ALL)),
            ("sector", row.sector.as_deref()),
            ("size", row.size.as_deref()),
            ("type", kind),
        ];
        for (by, name) in names {
            if let Some(name) = name {
                members.entry((&row.wave, by, name)).or_default().push(row);
            }
        }
    }
    let protect = usize::try_from(study.disclosure.protect).unwrap_or_default();
    let mut rows = Vec::new();
    for ((wave, by, group), members) in members {
        let volunteers = study
            .wave(wave)
            .is_some_and(|wave| wave.selection == Selection::Volunteer);
        for (base, grid) in [
            (Base::Organisations, per_organisation(&members, volunteers, protect)),
            (Base::Pupils, per_pupil(&members)),
        ] {
            rows.push(Precision {
                wave: wave.to_owned(),
                by: by.to_owned(),
                group: group.to_owned(),
                base,
                step: grid.map(Grid::step),
                end: grid.map(Grid::end),
            });
        }
    }
    rows
}

impl Groups {
    pub(super) fn of(
        frameworks: &BTreeMap<String, Framework>,
        organisations: &[Organisation],
        rows: &[Precision],
    ) -> Self {
        let grid = |row: &Precision| Some(Grid::of_parts(row.step?, row.end?));
        let key = |row: &Precision| (row.wave.clone(), row.by.clone(), row.group.clone(), row.base);
        let scale = |framework: &Framework| framework.scale().map(|(low, high)| (low as f64, high as f64));
        Self {
            grids: rows.iter().map(|row| (key(row), grid(row))).collect(),
            scales: frameworks
                .iter()
                .filter_map(|(wave, framework)| Some((wave.clone(), scale(framework)?)))
                .collect(),
            parts: parts(organisations),
        }
    }

    /// The grid of a number with `n` organisations under it; absent when the number may not be published.
    ///
    /// Method: the grid of a group holds for its weights together. The step is at least the part that the heaviest
    /// organisation has among the lightest `n`, because which of them left the question open is not looked at.
    /// Organisations that are added one by one reach every interval of that width, so that each of them may have
    /// either answer whoever the others are, also where rows of several groups are held against each other.
    pub(super) fn grid_under(&self, group: Group<'_>, n: Option<i64>) -> Option<Grid> {
        let grid = self.grid(group)?;
        let key = (
            group.wave.to_owned(),
            group.by.to_owned(),
            group.name.to_owned(),
            group.base,
        );
        let Some(parts) = self.parts.get(&key) else {
            return Some(grid);
        };
        let n = n.map_or(parts.len(), |n| usize::try_from(n).unwrap_or_default().min(parts.len()));
        let heaviest = parts.last()? / parts.iter().take(n).sum::<f64>();
        grid.with_least_step(heaviest)
    }

    /// The grid of a group; absent when its numbers may not be published.
    pub(super) fn grid(&self, group: Group<'_>) -> Option<Grid> {
        let key = (
            group.wave.to_owned(),
            group.by.to_owned(),
            group.name.to_owned(),
            group.base,
        );
        self.grids.get(&key).copied().flatten()
    }

    /// The lowest and the highest value of a statistic in a wave.
    pub(super) fn range(&self, wave: &str, statistic: &str) -> (f64, f64) {
        match is_level(statistic) {
            true => self.scales.get(wave).copied().unwrap_or((0.0, 1.0)),
            false => (0.0, 1.0),
        }
    }
}

/// What every participant carries in its groups, the lightest first.
fn parts(organisations: &[Organisation]) -> BTreeMap<(String, String, String, Base), Vec<f64>> {
    let mut parts: BTreeMap<_, Vec<f64>> = BTreeMap::new();
    for row in organisations.iter().filter(|row| row.responded) {
        let groups = [
            (ALL, Some(ALL)),
            ("sector", row.sector.as_deref()),
            ("size", row.size.as_deref()),
        ];
        let pupils = row.pupils.filter(|pupils| *pupils > 0).map(|pupils| pupils as f64);
        for (base, size) in [(Base::Organisations, Some(1.0)), (Base::Pupils, pupils)] {
            let Some(part) = row.weight.zip(size).map(|(weight, size)| weight * size) else {
                continue;
            };
            for (by, name) in groups {
                let Some(name) = name else { continue };
                let key = (row.wave.clone(), by.to_owned(), name.to_owned(), base);
                parts.entry(key).or_default().push(part);
            }
        }
    }
    parts.values_mut().for_each(|parts| parts.sort_by(f64::total_cmp));
    parts
}

/// Whether a statistic is a level and no share.
pub(super) fn is_level(statistic: &str) -> bool {
    statistic.ends_with("_level")
}

/// The grid of a group of organisations, each counting by its weight.
///
/// Method: where organisations came forward themselves, a number may describe them without weights; its grid then
/// serves both readings.
fn per_organisation(rows: &[&Organisation], volunteers: bool, protect: usize) -> Option<Grid> {
    let weights: Vec<f64> = rows.iter().filter_map(|row| row.weight).collect();
    let grid = Grid::of(&weights, protect)?;
    match volunteers {
        true => Some(grid.coarser(Grid::of(&vec![1.0; weights.len()], protect)?)),
        false => Some(grid),
    }
}

/// The grid of a group of organisations, each counting by its weight times its pupils.
fn per_pupil(rows: &[&Organisation]) -> Option<Grid> {
    let mut shares: Vec<f64> = rows
        .iter()
        .filter_map(|row| Some(row.weight? * row.pupils? as f64))
        .filter(|share| *share > 0.0)
        .collect();
    if shares.len() < FEWEST_PER_PUPIL {
        return None;
    }
    let total: f64 = shares.iter().sum();
    shares.sort_by(|a, b| b.total_cmp(a));
    let largest: f64 = shares.iter().take(HIDDEN_PER_PUPIL).sum();
    let step = if shares.len() < MANY_PER_PUPIL { 0.02 } else { 0.01 };
    Grid::with_step(step, largest / total)
}
