//! The numbers that are decided on together, by cell, and the sums that tie them.

use super::bounds::{Bounds, Equation, Variable};
use super::closing::{HAIR, Withheld};
use super::evidence::{Cell, Evidence};
use super::exact;
use super::relation::{RESPONSE, Relation};
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::ALL;
use nulmeting_study::words::Base;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A hair that openness may lack where a solver found it.
const SOLVED: f64 = 1e-5;

/// A cell by what its parts say, so that one can be looked up without being made.
type Name<'a> = (&'a str, &'a str, Base, &'a str, &'a str);

/// The numbers of a cell by statistic, each with its variable where it has bounds.
type Numbers<'a> = BTreeMap<&'a str, (&'a Evidence, Option<usize>)>;

impl Cell {
    fn name(&self) -> Name<'_> {
        (&self.wave, &self.item, self.base, &self.by, &self.group)
    }
}

/// The numbers of a wave, by cell.
pub(super) struct Table<'a> {
    /// The cells in their order; what is known of a cell stands at its place.
    pub(super) cells: Vec<&'a Cell>,
    places: HashMap<Name<'a>, usize>,
    /// The groups of each item and base, by grouping variable, after the place of all together.
    partitions: Vec<(usize, Vec<usize>)>,
    /// The cells that a cell is a part of.
    parents: Vec<Vec<usize>>,
    /// Cells per organisation, each with the same per pupil.
    per_pupil: Vec<(usize, usize)>,
    numbers: Vec<Numbers<'a>>,
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
        let mut sorted: Vec<&Evidence> = evidence.into_iter().collect();
        // The same number twice is the later one: sorting leaves equals as they are, and of those the first is kept.
        sorted.reverse();
        sorted.par_sort_by(|a, b| (&a.cell, &a.statistic).cmp(&(&b.cell, &b.statistic)));
        sorted.dedup_by(|a, b| a.cell == b.cell && a.statistic == b.statistic);
        let mut table = Self {
            cells: Vec::new(),
            places: HashMap::new(),
            partitions: Vec::new(),
            parents: Vec::new(),
            per_pupil: Vec::new(),
            numbers: Vec::new(),
            variables: Vec::new(),
            n: Vec::new(),
            group: Vec::new(),
            protect: Vec::new(),
        };
        for own in sorted {
            if table.cells.last().is_none_or(|last| **last != own.cell) {
                table.places.insert(own.cell.name(), table.cells.len());
                table.cells.push(&own.cell);
                table.numbers.push(BTreeMap::new());
                table.n.push(0);
            }
            let unit = table.cells.len() - 1;
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
            table.numbers[unit].insert(&own.statistic, (own, variable));
        }
        table.group = table.largest_of_group();
        table.partitions = table.partitioned();
        table.parents = table.parents();
        table.per_pupil = table.per_pupil();
        table
    }

    /// Organisations in the group of each cell: the most of any of its cells.
    fn largest_of_group(&self) -> Vec<usize> {
        let of = |cell: &'a Cell| (cell.wave.as_str(), cell.by.as_str(), cell.group.as_str());
        let mut groups: HashMap<_, usize> = HashMap::new();
        for (cell, n) in self.cells.iter().zip(&self.n) {
            let most = groups.entry(of(cell)).or_default();
            *most = (*most).max(*n);
        }
        self.cells.iter().map(|cell| groups[&of(cell)]).collect()
    }

    /// The groups of each item and base, by grouping variable, with the cell of all together.
    fn partitioned(&self) -> Vec<(usize, Vec<usize>)> {
        let mut partitions: BTreeMap<(&str, &str, Base, &str), Vec<usize>> = BTreeMap::new();
        for (unit, cell) in self.cells.iter().enumerate() {
            if cell.by != ALL {
                partitions
                    .entry((&cell.wave, &cell.item, cell.base, &cell.by))
                    .or_default()
                    .push(unit);
            }
        }
        partitions
            .into_iter()
            .filter_map(|((wave, item, base, _), groups)| {
                let whole = self.places.get(&(wave, item, base, ALL, ALL))?;
                Some((*whole, groups))
            })
            .collect()
    }

    fn parents(&self) -> Vec<Vec<usize>> {
        let of = |numbers: &Numbers<'a>| {
            let parents = numbers.values().flat_map(|(own, _)| &own.part_of);
            parents
                .filter_map(|(parent, _)| self.places.get(&parent.name()).copied())
                .collect()
        };
        self.numbers.iter().map(of).collect()
    }

    fn per_pupil(&self) -> Vec<(usize, usize)> {
        let same = |(unit, cell): (usize, &&'a Cell)| {
            let (wave, item, _, by, group) = cell.name();
            Some((unit, *self.places.get(&(wave, item, Base::Pupils, by, group))?))
        };
        let per_organisation = |(_, cell): &(usize, &&Cell)| cell.base == Base::Organisations;
        let cells = self.cells.iter().enumerate();
        cells.filter(per_organisation).filter_map(same).collect()
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
        for (unit, other) in &self.per_pupil {
            closed[*other] |= closed[*unit];
        }
    }

    /// What was decided before stays closed.
    pub(super) fn close_given(&self, given: &Withheld, closed: &mut [bool]) {
        for (cell, closed) in self.cells.iter().zip(closed) {
            *closed |= given.is_closed(cell);
        }
    }

    /// What goes with closed cells: the same per pupil, their parts, and all of a group whose respondents are not told.
    pub(super) fn close_following(&self, closed: &mut [bool]) {
        let of = |cell: &'a Cell| (cell.wave.as_str(), cell.by.as_str(), cell.group.as_str());
        let untold = |(cell, closed): &(&&Cell, &bool)| **closed && cell.item == RESPONSE && cell.by != ALL;
        let groups: HashSet<_> = self
            .cells
            .iter()
            .zip(&*closed)
            .filter(untold)
            .map(|(cell, _)| of(cell))
            .collect();
        if !groups.is_empty() {
            for (cell, closed) in self.cells.iter().zip(&mut *closed) {
                *closed |= groups.contains(&of(cell));
            }
        }
        for (unit, parents) in self.parents.iter().enumerate() {
            closed[unit] |= parents.iter().any(|parent| closed[*parent]);
        }
        self.close_per_pupil(closed);
    }

    pub(super) fn equations(&self, relations: &[Relation]) -> Vec<Equation> {
        let mut equations = Vec::new();
        for (whole, groups) in &self.partitions {
            for (statistic, (_, variable)) in &self.numbers[*whole] {
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
        let mut about: HashMap<&str, Vec<&Relation>> = HashMap::new();
        for relation in relations {
            about.entry(relation.item()).or_default().push(relation);
        }
        for (unit, cell) in self.cells.iter().enumerate() {
            for relation in about.get(cell.item.as_str()).into_iter().flatten() {
                match relation {
                    Relation::Mean { parts, .. } => {
                        // Of a group some of whose parts have no number at all, the mean says nothing of the others.
                        let parts: Option<Vec<(usize, f64)>> = parts
                            .iter()
                            .map(|(item, times)| {
                                let (wave, _, base, by, group) = cell.name();
                                Some((*self.places.get(&(wave, item, base, by, group))?, *times))
                            })
                            .collect();
                        self.means(unit, &parts.unwrap_or_default(), &mut equations);
                    }
                    Relation::Sum { terms, constant, .. } => equations.extend(self.sum(unit, terms, *constant)),
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
        let whole =
            |(parent, statistic): &(&Cell, &str)| self.numbers[*self.places.get(&parent.name())?].get(*statistic)?.1;
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
        for (whole, groups) in &self.partitions {
            let whole = *whole;
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
                more.extend(self.smallest(groups.iter().copied(), closed));
            }
        }
    }
}
