//! Strata: the groups of the register from which organisations were drawn, thin ones joined.
//!
//! Joining looks at how many answered and never at what they answered, so that no outcome can steer it.

use nulmeting_study::study_file::{Population, Variable};
use std::collections::BTreeSet;

/// Fewest respondents of a stratum: with one, its variance cannot be estimated.
const FEWEST: i64 = 2;

/// The size class of an organisation, counted from the lowest.
///
/// Unit: pupils; an organisation at a limit is in the higher class.
/// Missing: a register masks small counts only, so a masked count is in the lowest class.
pub fn size_class(limits: &[i64], pupils: Option<i64>) -> usize {
    pupils.map_or(0, |pupils| limits.iter().filter(|limit| pupils >= **limit).count())
}

/// The label of a range of size classes: `<1000`, `1000-4999`, `>=20000`, or `all sizes`.
pub fn size_label(limits: &[i64], lowest: usize, highest: usize) -> String {
    let from = lowest.checked_sub(1).and_then(|index| limits.get(index));
    match (from, limits.get(highest)) {
        (Some(from), Some(to)) => format!("{from}-{}", to - 1),
        (None, Some(to)) => format!("<{to}"),
        (Some(from), None) => format!(">={from}"),
        (None, None) => "all sizes".to_owned(),
    }
}

/// An organisation of the register as strata see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    pub(crate) organisation: &'a str,
    pub(crate) sector: &'a str,
    pub(crate) pupils: Option<i64>,
    pub(crate) sampled: bool,
    pub(crate) responded: bool,
}

/// A group of the register's organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stratum {
    pub(crate) label: String,
    /// Places in the list of members.
    pub(crate) members: Vec<usize>,
    pub(crate) responded: i64,
}

impl Stratum {
    /// Organisations of the register in the stratum.
    pub(crate) fn population(&self) -> i64 {
        i64::try_from(self.members.len()).expect("a register fits")
    }
}

/// Puts the organisations of the register into strata and joins the thin ones.
///
/// Method: over each variable of `collapse` in turn, the lowest stratum with fewer than two respondents joins
/// the next class up, or the next lower when it is the highest, until none is thin or one class is left.
/// Sectors have no order of their own; they join in alphabetical order when the study asks for it.
pub(crate) fn strata(population: &Population, members: &[Member]) -> Vec<Stratum> {
    let mut cells = cells(population, &population.strata, members);
    for variable in &population.collapse {
        if let Some(place) = population.strata.iter().position(|own| own == variable) {
            collapse(&mut cells, place, FEWEST);
        }
    }
    labelled(population, &population.strata, members, cells)
}

/// The categories of one variable, those without respondent joined as strata are.
pub(crate) fn categories(population: &Population, variable: Variable, members: &[Member]) -> Vec<Stratum> {
    let mut cells = cells(population, &[variable], members);
    // Sectors stay apart: raking one to the count of another would say nothing.
    if variable == Variable::Size {
        collapse(&mut cells, 0, 1);
    }
    labelled(population, &[variable], members, cells)
}

/// The classes of several variables crossed, none joined.
pub(crate) fn crossing(population: &Population, variables: &[Variable], members: &[Member]) -> Vec<Stratum> {
    labelled(population, variables, members, cells(population, variables, members))
}

/// A cell of the crossing: the classes that it spans, per variable.
struct Cell {
    spans: Vec<BTreeSet<usize>>,
    members: Vec<usize>,
    responded: i64,
}

fn sectors<'a>(members: &[Member<'a>]) -> Vec<&'a str> {
    let sectors: BTreeSet<&str> = members.iter().map(|member| member.sector).collect();
    sectors.into_iter().collect()
}

fn cells(population: &Population, variables: &[Variable], members: &[Member]) -> Vec<Cell> {
    let sectors = sectors(members);
    let class = |member: &Member, variable: &Variable| match variable {
        Variable::Sector => sectors.partition_point(|sector| *sector < member.sector),
        Variable::Size => size_class(&population.size, member.pupils),
    };
    let mut cells: std::collections::BTreeMap<Vec<usize>, Cell> = std::collections::BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let classes: Vec<usize> = variables.iter().map(|variable| class(member, variable)).collect();
        let cell = cells.entry(classes.clone()).or_insert_with(|| Cell {
            spans: classes.into_iter().map(|class| BTreeSet::from([class])).collect(),
            members: Vec::new(),
            responded: 0,
        });
        cell.members.push(index);
        cell.responded += i64::from(member.responded);
    }
    cells.into_values().collect()
}

fn collapse(cells: &mut Vec<Cell>, variable: usize, fewest: i64) {
    while let Some((thin, other)) = (0..cells.len())
        .filter(|index| cells[*index].responded < fewest)
        .find_map(|index| Some((index, neighbour(cells, index, variable)?)))
    {
        let joining = cells.remove(thin.max(other));
        let cell = &mut cells[thin.min(other)];
        cell.spans[variable].extend(&joining.spans[variable]);
        cell.members.extend(joining.members);
        cell.members.sort_unstable();
        cell.responded += joining.responded;
        cells.sort_by(|a, b| a.spans.cmp(&b.spans));
    }
}

/// The next class up among the cells that differ in this variable only; failing that the next lower.
fn neighbour(cells: &[Cell], index: usize, variable: usize) -> Option<usize> {
    let own = &cells[index].spans;
    let line = cells.iter().enumerate().filter(|(other, cell)| {
        let same = |place: usize| place == variable || cell.spans[place] == own[place];
        *other != index && (0..own.len()).all(same)
    });
    let (up, down): (Vec<_>, Vec<_>) = line
        .map(|(other, cell)| (cell.spans[variable].first(), other))
        .partition(|(first, _)| *first > own[variable].first());
    up.into_iter()
        .min()
        .or_else(|| down.into_iter().max())
        .map(|(_, other)| other)
}

fn labelled(population: &Population, variables: &[Variable], members: &[Member], cells: Vec<Cell>) -> Vec<Stratum> {
    let sectors = sectors(members);
    let label = |variable: &Variable, span: &BTreeSet<usize>| match (variable, span.first(), span.last()) {
        (Variable::Size, Some(low), Some(high)) => size_label(&population.size, *low, *high),
        _ => span.iter().map(|class| sectors[*class]).collect::<Vec<_>>().join("+"),
    };
    let name = |cell: &Cell| {
        let parts: Vec<String> = variables
            .iter()
            .zip(&cell.spans)
            .map(|(variable, span)| label(variable, span))
            .collect();
        if parts.is_empty() {
            "all".to_owned()
        } else {
            parts.join(" / ")
        }
    };
    cells
        .into_iter()
        .map(|cell| Stratum {
            label: name(&cell),
            responded: cell.responded,
            members: cell.members,
        })
        .collect()
}

#[cfg(test)]
mod tests;
