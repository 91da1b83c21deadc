//! The numbers that are decided on together, by cell, and the sums that tie them.

use super::bounds::{Bounds, Equation, Variable};
use super::closing::{HAIR, Withheld};
use super::evidence::{Cell, Evidence};
use super::exact;
use super::relation::{RESPONSE, Relation};
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::ALL;
use nulmeting_study::words::Base;
use std::collections::{BTreeMap, BTreeSet};

/// A hair that openness may lack where a solver found it.
const SOLVED: f64 = 1e-5;

/// The numbers of a wave, by cell.
pub(super) struct Table<'a> {
    pub(super) units: BTreeMap<&'a Cell, usize>,
    numbers: Vec<BTreeMap<&'a str, (&'a Evidence, Option<usize>)>>,
    pub(super) variables: Vec<Variable>,
    /// Organisations under each cell: the most of any of its numbers.
    n: Vec<usize>,
    /// Organisations in the group of each cell: the most of any of its cells.
    group: Vec<usize>,
    /// How far each variable must stay open, where that is not the study's share.
    protect: Vec<Option<f64>>,
}

impl<'a> Table<'a> {
    pub(super) fn new(evidence: impl IntoIterator<Item = &'a Evidence>) -> Self {
        let mut sorted: BTreeMap<(&Cell, &str), &Evidence> = BTreeMap::new();
        for own in evidence {
            sorted.insert((&own.cell, &own.statistic), own);
        }
        let mut table = Self {
            units: BTreeMap::new(),
            numbers: Vec::new(),
            variables: Vec::new(),
            n: Vec::new(),
            group: Vec::new(),
            protect: Vec::new(),
        };
        for ((cell, statistic), own) in sorted {
            let next = table.units.len();
            let unit = *table.units.entry(cell).or_insert(next);
            if unit == next {
                table.numbers.push(BTreeMap::new());
                table.n.push(0);
            }
            table.n[unit] = table.n[unit].max(own.n);
            // Totals are counted from the lowest that they can be, in parts of the range.
            let variable = own.range.map(|(low, high)| {
                table.variables.push(Variable {
                    value: (own.total - low * own.weight) / (high - low),
                    least: own.least,
                    most: own.weight,
                    unit,
                });
                table.protect.push(own.protect);
                table.variables.len() - 1
            });
            table.numbers[unit].insert(statistic, (own, variable));
        }
        let mut groups: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for (cell, unit) in &table.units {
            let most = groups.entry((&cell.wave, &cell.by, &cell.group)).or_default();
            *most = table.n[*unit].max(*most);
        }
        let of_group = |cell: &Cell| groups[&(cell.wave.as_str(), cell.by.as_str(), cell.group.as_str())];
        // Cells come in their own order here, numbers of units in that of the first evidence: they are the same.
        table.group = table.units.keys().map(|cell| of_group(cell)).collect();
        table
    }

    /// How far a variable must stay open, as a share of what it could be.
    pub(super) fn needed(&self, variable: usize, rules: &Disclosure) -> f64 {
        self.protect[variable].unwrap_or(rules.protect_share)
    }

    pub(super) fn sensitive(&self, rules: &Disclosure) -> Vec<bool> {
        let few = |(unit, own): (usize, &BTreeMap<&str, (&Evidence, Option<usize>)>)| {
            own.values()
                .any(|(evidence, _)| evidence.is_sensitive(rules, self.group[unit]))
        };
        self.numbers.iter().enumerate().map(few).collect()
    }

    /// What is closed per organisation is closed per pupil.
    pub(super) fn close_per_pupil(&self, closed: &mut [bool]) {
        for (cell, unit) in &self.units {
            if closed[*unit] && cell.base == Base::Organisations {
                let other = Cell {
                    base: Base::Pupils,
                    ..(*cell).clone()
                };
                if let Some(other) = self.units.get(&other) {
                    closed[*other] = true;
                }
            }
        }
    }

    /// What was decided before stays closed.
    pub(super) fn close_given(&self, given: &Withheld, closed: &mut [bool]) {
        for (cell, unit) in &self.units {
            closed[*unit] |= given.is_closed(cell);
        }
    }

    /// What goes with closed cells: the same per pupil, their parts, and all of a group whose respondents are not told.
    pub(super) fn close_following(&self, closed: &mut [bool]) {
        let groups: BTreeSet<(&str, &str, &str)> = self
            .units
            .iter()
            .filter(|(cell, unit)| cell.item == RESPONSE && cell.by != ALL && closed[**unit])
            .map(|(cell, _)| (cell.wave.as_str(), cell.by.as_str(), cell.group.as_str()))
            .collect();
        for (cell, unit) in &self.units {
            closed[*unit] |= groups.contains(&(cell.wave.as_str(), cell.by.as_str(), cell.group.as_str()));
        }
        for (unit, numbers) in self.numbers.iter().enumerate() {
            let mut parents = numbers.values().flat_map(|(own, _)| &own.part_of);
            closed[unit] |= parents.any(|(parent, _)| self.units.get(parent).is_some_and(|parent| closed[*parent]));
        }
        self.close_per_pupil(closed);
    }

    /// The groups of each item and base, by grouping variable, with the cell of all together.
    fn partitions(&self) -> Vec<(usize, Vec<usize>)> {
        let mut partitions: BTreeMap<(&str, &str, Base, &str), Vec<usize>> = BTreeMap::new();
        for (cell, unit) in &self.units {
            if cell.by != ALL {
                partitions
                    .entry((&cell.wave, &cell.item, cell.base, &cell.by))
                    .or_default()
                    .push(*unit);
            }
        }
        partitions
            .into_iter()
            .filter_map(|((wave, item, base, _), groups)| {
                let whole = self.unit(wave, item, base, ALL, ALL)?;
                Some((whole, groups))
            })
            .collect()
    }

    fn unit(&self, wave: &str, item: &str, base: Base, by: &str, group: &str) -> Option<usize> {
        let cell = Cell {
            wave: wave.to_owned(),
            item: item.to_owned(),
            base,
            by: by.to_owned(),
            group: group.to_owned(),
        };
        self.units.get(&cell).copied()
    }

    pub(super) fn equations(&self, relations: &[Relation]) -> Vec<Equation> {
        let mut equations = Vec::new();
        for (whole, groups) in self.partitions() {
            for (statistic, (_, variable)) in &self.numbers[whole] {
                let Some(variable) = variable else { continue };
                let mut terms = vec![(*variable, 1.0)];
                terms.extend(groups.iter().filter_map(|group| {
                    let (_, variable) = self.numbers[*group].get(statistic)?;
                    Some(((*variable)?, -1.0))
                }));
                equations.push(self.equation(terms, 0.0, groups.clone()));
            }
        }
        equations.extend(self.parts());
        for (cell, unit) in &self.units {
            for relation in relations {
                match relation {
                    Relation::Mean { whole, parts } if *whole == cell.item => {
                        // Of a group some of whose parts have no number at all, the mean says nothing of the others.
                        let parts: Option<Vec<(usize, f64)>> = parts
                            .iter()
                            .map(|(item, times)| {
                                Some((self.unit(&cell.wave, item, cell.base, &cell.by, &cell.group)?, *times))
                            })
                            .collect();
                        self.means(*unit, &parts.unwrap_or_default(), &mut equations);
                    }
                    Relation::Sum { item, terms, constant } if *item == cell.item => {
                        equations.extend(self.sum(*unit, terms, *constant));
                    }
                    _ => {}
                }
            }
        }
        equations
    }

    /// Every number that others say to be parts of is their sum.
    fn parts(&self) -> Vec<Equation> {
        let mut sums: BTreeMap<(&Cell, &str), Vec<(usize, usize)>> = BTreeMap::new();
        for (unit, numbers) in self.numbers.iter().enumerate() {
            for (own, variable) in numbers.values() {
                for ((parent, statistic), variable) in own.part_of.iter().zip(std::iter::repeat(*variable)) {
                    if let Some(variable) = variable {
                        sums.entry((parent, statistic)).or_default().push((variable, unit));
                    }
                }
            }
        }
        let whole = |(parent, statistic): &(&Cell, &str)| self.numbers[*self.units.get(*parent)?].get(*statistic)?.1;
        sums.iter()
            .filter_map(|(key, parts)| {
                let terms = parts.iter().map(|(variable, _)| (*variable, -1.0));
                let terms = std::iter::once((whole(key)?, 1.0)).chain(terms).collect();
                let candidates: BTreeSet<usize> = parts.iter().map(|(_, unit)| *unit).collect();
                Some(self.equation(terms, 0.0, candidates.into_iter().collect()))
            })
            .collect()
    }

    /// A sum over the terms whose true value lies between what outsiders know it to be: it holds exactly, or within
    /// the slack of what is missing.
    fn equation(&self, terms: Vec<(usize, f64)>, slack: f64, candidates: Vec<usize>) -> Equation {
        let value: f64 = terms
            .iter()
            .map(|(variable, times)| times * self.variables[*variable].value)
            .sum();
        Equation {
            terms,
            low: value.min(0.0) - slack,
            high: value.max(0.0) + slack,
            candidates,
        }
    }

    /// The whole times its parts is the sum of the parts, for every statistic that all have.
    fn means(&self, whole: usize, parts: &[(usize, f64)], equations: &mut Vec<Equation>) {
        let count: f64 = parts.iter().map(|(_, times)| times).sum();
        for (statistic, (evidence, variable)) in &self.numbers[whole] {
            let Some(variable) = variable else { continue };
            let mut terms = vec![(*variable, count)];
            let mut slack = 0.0;
            for (unit, times) in parts {
                if let Some((part, Some(own))) = self.numbers[*unit].get(statistic) {
                    terms.push((*own, -times));
                    slack += times * (part.weight - evidence.weight).abs();
                }
            }
            if terms.len() == parts.len() + 1 && !parts.is_empty() {
                let candidates = parts.iter().map(|(unit, _)| *unit).collect();
                equations.push(self.equation(terms, slack, candidates));
            }
        }
    }

    /// A sum of statistics of one cell.
    fn sum(&self, unit: usize, terms: &[(String, f64)], constant: f64) -> Option<Equation> {
        let mut own = Vec::new();
        let (mut base, mut slack): (Option<f64>, f64) = (None, 0.0);
        let mut shift = 0.0;
        for (statistic, times) in terms {
            let (evidence, variable) = self.numbers[unit].get(statistic.as_str())?;
            let (low, high) = evidence.range?;
            let weight = *base.get_or_insert(evidence.weight);
            slack += times.abs() * (evidence.weight - weight).abs();
            shift += times * low * weight;
            own.push(((*variable)?, times * (high - low)));
        }
        let target = constant * base? - shift;
        let mut equation = self.equation(own, slack, Vec::new());
        let value: f64 = equation
            .terms
            .iter()
            .map(|(variable, times)| times * self.variables[*variable].value)
            .sum();
        equation.low = value.min(target) - slack;
        equation.high = value.max(target) + slack;
        Some(equation)
    }

    /// The cell to close so that a variable is bounded less closely: the smallest of the sum that bounds it most.
    pub(super) fn protector(
        &self,
        variable: usize,
        equations: &[Equation],
        places: &[usize],
        bounds: &Bounds,
        closed: &[bool],
    ) -> Option<usize> {
        let own = self.variables[variable].unit;
        let width = |sum: &Equation| {
            let (low, high) = bounds.implied(sum, variable);
            high.min(self.variables[variable].most) - low.max(self.variables[variable].least)
        };
        let free = |sum: &&Equation| sum.candidates.iter().any(|unit| !closed[*unit] && *unit != own);
        let tightest = places
            .iter()
            .map(|place| &equations[*place])
            .filter(free)
            .min_by(|a, b| width(a).total_cmp(&width(b)))?;
        self.smallest(tightest.candidates.iter().copied(), closed)
    }

    /// The cells to close so that no count of a small table follows from several sums together.
    pub(super) fn protect_crossings(
        &self,
        rules: &Disclosure,
        equations: &[Equation],
        of_variable: &[Vec<usize>],
        sensitive: &[bool],
        closed: &[bool],
    ) -> BTreeSet<usize> {
        let mut more = BTreeSet::new();
        let counts = (0..self.variables.len())
            .filter(|own| self.protect[*own].is_some() && sensitive[self.variables[*own].unit]);
        for variable in counts {
            let open = |closed: &[bool]| {
                let sums = exact::tied(&self.variables, equations, of_variable, closed, variable);
                let open = exact::openness(&self.variables, equations, &sums, closed, variable);
                (sums, open)
            };
            let needed = self.needed(variable, rules);
            let (sums, own) = open(closed);
            if own >= needed - SOLVED {
                continue;
            }
            let candidates = || sums.iter().flat_map(|place| &equations[*place].candidates).copied();
            let mut parts = closed.to_vec();
            for unit in candidates() {
                parts[unit] = true;
            }
            // What stays closed when all of them are is what totals tell by themselves.
            if own < needed.min(open(&parts).1) - SOLVED {
                let near = of_variable[variable]
                    .iter()
                    .flat_map(|place| &equations[*place].candidates);
                more.extend(
                    self.smallest(near.copied(), closed)
                        .or_else(|| self.smallest(candidates(), closed)),
                );
            }
        }
        more
    }

    fn smallest(&self, units: impl Iterator<Item = usize>, closed: &[bool]) -> Option<usize> {
        units
            .filter(|unit| !closed[*unit])
            .min_by_key(|unit| (self.group[*unit], self.n[*unit], *unit))
    }

    /// Closes a further group where a count of organisations, or of those for which something holds or does not,
    /// would be bounded more closely than the study allows.
    ///
    /// Method: outsiders know how many the open groups leave to the closed ones. A closed group has none to all of
    /// those, so that is how far its count stays open.
    pub(super) fn protect_counts(
        &self,
        rules: &Disclosure,
        sensitive: &[bool],
        closed: &[bool],
        more: &mut BTreeSet<usize>,
    ) {
        for (whole, groups) in self.partitions() {
            let left: Vec<usize> = groups.iter().copied().filter(|group| closed[*group]).collect();
            let guarded = left.iter().any(|group| sensitive[*group]);
            if !guarded || left.len() == groups.len() || closed[whole] {
                continue;
            }
            // One alone is the total less the rest, whatever it holds.
            let short = left.len() == 1
                || self.numbers[whole].iter().any(|(statistic, (evidence, _))| {
                    let of = |unit: &usize| self.numbers[*unit].get(statistic).map(|(own, _)| *own);
                    // A number that no group has is told of none.
                    if !groups.iter().any(|group| of(group).is_some()) {
                        return false;
                    }
                    let n: usize = left.iter().filter_map(of).map(|own| own.n).sum();
                    let count: f64 = left.iter().filter_map(of).filter_map(|own| own.count).sum();
                    let least = rules.protect as f64;
                    let is_short = |left: f64, all: f64| left < least.min(all) - HAIR;
                    is_short(n as f64, evidence.n as f64)
                        || evidence.count.is_some_and(|all| {
                            is_short(count, all) || is_short(n as f64 - count, evidence.n as f64 - all)
                        })
                });
            if short {
                more.extend(self.smallest(groups.into_iter(), closed));
            }
        }
    }
}
