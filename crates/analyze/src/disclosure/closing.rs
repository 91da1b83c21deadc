//! Which cells are closed: those that are sensitive themselves, and those that protect them.

use super::bounds::{Bounds, Equation, Variable};
use super::evidence::{Cell, Evidence};
use super::relation::Relation;
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::ALL;
use nulmeting_study::words::Base;
use std::collections::{BTreeMap, BTreeSet};

/// A hair that openness may lack: bounds are computed in doubles.
const HAIR: f64 = 1e-9;
/// The same against bounds that were pushed through other sums.
const WHOLE_HAIR: f64 = 1e-3;

/// What is decided of every cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Withheld {
    open: BTreeSet<Cell>,
    closed: BTreeSet<Cell>,
}

impl Withheld {
    /// Whether a cell's numbers may be published; a cell that nobody decided on may not.
    pub fn is_open(&self, cell: &Cell) -> bool {
        self.open.contains(cell)
    }

    /// Whether it was decided that a cell's numbers may not be published.
    pub fn is_closed(&self, cell: &Cell) -> bool {
        self.closed.contains(cell)
    }

    /// The cells whose numbers may not be published.
    pub fn closed(&self) -> impl Iterator<Item = &Cell> {
        self.closed.iter()
    }

    /// Adds what was decided of other cells, such as those of another wave.
    pub fn extend(&mut self, other: Self) {
        self.open.extend(other.open);
        self.closed.extend(other.closed);
    }
}

/// Decides which cells of a wave are closed.
///
/// Method: a cell is sensitive when one of its numbers has fewer organisations under it than the minimum, or when a
/// few carry it; sensitive per organisation is sensitive per pupil. The bounds of every sensitive number are computed
/// from all that stays open. While one is closer than `protect_share`, or a count of organisations closer than
/// `protect`, the smallest open cell of the sum that bounds it most is closed too. Totals over groups, and the whole of
/// a [`Relation::Mean`], are not closed to protect a part: what they tell of it alone is published on purpose, and
/// no cell is closed to hide it. A cell that is closed to protect another may itself be bounded more closely: it
/// could have been published. The outcome depends on the numbers and on nothing else.
pub fn decide<'a>(
    rules: &Disclosure,
    evidence: impl IntoIterator<Item = &'a Evidence>,
    relations: &[Relation],
) -> Withheld {
    let table = Table::new(evidence);
    let equations = table.equations(relations);
    let mut of_variable: Vec<Vec<usize>> = vec![Vec::new(); table.variables.len()];
    for (place, sum) in equations.iter().enumerate() {
        for (variable, _) in &sum.terms {
            of_variable[*variable].push(place);
        }
    }
    let mut sensitive = table.sensitive(rules);
    table.close_per_pupil(&mut sensitive);
    let mut closed = sensitive.clone();
    // What wholes tell by themselves: nothing that is closed beside them can take it back.
    let wholes = closed.contains(&true).then(|| {
        let mut parts = sensitive.clone();
        for unit in equations.iter().flat_map(|sum| &sum.candidates) {
            parts[*unit] = true;
        }
        Bounds::find(&table.variables, &equations, &parts)
    });
    while let Some(wholes) = &wholes {
        table.close_per_pupil(&mut closed);
        let mut more: BTreeSet<usize> = BTreeSet::new();
        let bounds = Bounds::find(&table.variables, &equations, &closed);
        for (variable, own) in table.variables.iter().enumerate() {
            let possible = wholes.openness(&table.variables, variable);
            let needed = rules.protect_share.min(possible - WHOLE_HAIR);
            if sensitive[own.unit] && bounds.openness(&table.variables, variable) < needed - HAIR {
                more.extend(table.protector(variable, &equations, &of_variable[variable], &bounds, &closed));
            }
        }
        table.protect_counts(rules, &sensitive, &closed, &mut more);
        if more.is_empty() {
            break;
        }
        for unit in more {
            closed[unit] = true;
        }
    }
    let mut withheld = Withheld::default();
    for (cell, unit) in &table.units {
        let set = if closed[*unit] {
            &mut withheld.closed
        } else {
            &mut withheld.open
        };
        set.insert((*cell).clone());
    }
    withheld
}

/// The numbers of a wave, by cell.
struct Table<'a> {
    units: BTreeMap<&'a Cell, usize>,
    numbers: Vec<BTreeMap<&'a str, (&'a Evidence, Option<usize>)>>,
    variables: Vec<Variable>,
    /// Organisations under each cell: the most of any of its numbers.
    n: Vec<usize>,
}

impl<'a> Table<'a> {
    fn new(evidence: impl IntoIterator<Item = &'a Evidence>) -> Self {
        let mut sorted: BTreeMap<(&Cell, &str), &Evidence> = BTreeMap::new();
        for own in evidence {
            sorted.insert((&own.cell, &own.statistic), own);
        }
        let mut table = Self {
            units: BTreeMap::new(),
            numbers: Vec::new(),
            variables: Vec::new(),
            n: Vec::new(),
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
                    most: own.weight,
                    unit,
                });
                table.variables.len() - 1
            });
            table.numbers[unit].insert(statistic, (own, variable));
        }
        table
    }

    fn sensitive(&self, rules: &Disclosure) -> Vec<bool> {
        self.numbers
            .iter()
            .map(|own| own.values().any(|(evidence, _)| evidence.is_sensitive(rules)))
            .collect()
    }

    /// What is closed per organisation is closed per pupil.
    fn close_per_pupil(&self, closed: &mut [bool]) {
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

    fn equations(&self, relations: &[Relation]) -> Vec<Equation> {
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
    fn protector(
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
            high.min(self.variables[variable].most) - low.max(0.0)
        };
        let free = |sum: &&Equation| sum.candidates.iter().any(|unit| !closed[*unit] && *unit != own);
        let tightest = places
            .iter()
            .map(|place| &equations[*place])
            .filter(free)
            .min_by(|a, b| width(a).total_cmp(&width(b)))?;
        self.smallest(tightest.candidates.iter().copied(), closed)
    }

    fn smallest(&self, units: impl Iterator<Item = usize>, closed: &[bool]) -> Option<usize> {
        units
            .filter(|unit| !closed[*unit])
            .min_by_key(|unit| (self.n[*unit], *unit))
    }

    /// Closes a further group where a count of organisations, or of those for which something holds or does not,
    /// would be bounded more closely than the study allows.
    ///
    /// Method: outsiders know how many the open groups leave to the closed ones. A closed group has none to all of
    /// those, so that is how far its count stays open.
    fn protect_counts(&self, rules: &Disclosure, sensitive: &[bool], closed: &[bool], more: &mut BTreeSet<usize>) {
        for (whole, groups) in self.partitions() {
            let left: Vec<usize> = groups.iter().copied().filter(|group| closed[*group]).collect();
            let guarded = left.iter().any(|group| sensitive[*group]);
            if !guarded || left.len() == groups.len() || closed[whole] {
                continue;
            }
            let short = self.numbers[whole].iter().any(|(statistic, (evidence, _))| {
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
                    || evidence
                        .count
                        .is_some_and(|all| is_short(count, all) || is_short(n as f64 - count, evidence.n as f64 - all))
            });
            if short {
                more.extend(self.smallest(groups.into_iter(), closed));
            }
        }
    }
}
