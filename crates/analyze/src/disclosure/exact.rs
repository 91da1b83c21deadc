//! How closely a number can be bounded by all sums at once: linear programming, for the few small tables of counts.
//!
//! A count that crosses two classifications can follow from sums that each leave several terms unknown, which bounds
//! pushed through one sum at a time do not see. Of shares and levels there are too many to solve each by itself.

use super::bounds::{Equation, Variable};
use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
use std::collections::{BTreeMap, BTreeSet};

/// What a sum may lack: the solver works in doubles.
const SLACK: f64 = 1e-6;

/// The sums that tie a closed variable to others, in order, by way of closed variables only.
pub(super) fn tied(
    variables: &[Variable],
    equations: &[Equation],
    of_variable: &[Vec<usize>],
    closed: &[bool],
    variable: usize,
) -> BTreeSet<usize> {
    let (mut sums, mut seen, mut next) = (BTreeSet::new(), BTreeSet::from([variable]), vec![variable]);
    while let Some(own) = next.pop() {
        for place in &of_variable[own] {
            if sums.insert(*place) {
                let others = equations[*place].terms.iter().map(|(other, _)| *other);
                next.extend(others.filter(|other| closed[variables[*other].unit] && seen.insert(*other)));
            }
        }
    }
    sums
}

/// How far a variable stays open given these sums, as a share of what it could be.
///
/// Missing: where the solver finds nothing the variable counts as open, as far as its own bounds go.
pub(super) fn openness(
    variables: &[Variable],
    equations: &[Equation],
    sums: &BTreeSet<usize>,
    closed: &[bool],
    variable: usize,
) -> f64 {
    let end = |direction| {
        let mut problem = Problem::new(direction);
        let mut columns = BTreeMap::new();
        for (own, _) in sums.iter().flat_map(|place| &equations[*place].terms) {
            columns.entry(*own).or_insert_with(|| {
                let Variable {
                    value,
                    least,
                    most,
                    unit,
                } = variables[*own];
                let bounds = if closed[unit] { (least, most) } else { (value, value) };
                problem.add_var(if *own == variable { 1.0 } else { 0.0 }, bounds)
            });
        }
        for sum in sums.iter().map(|place| &equations[*place]) {
            let terms = || {
                sum.terms
                    .iter()
                    .map(|(own, times)| (columns[own], *times))
                    .collect::<LinearExpr>()
            };
            problem.add_constraint(terms(), ComparisonOp::Ge, sum.low - SLACK);
            problem.add_constraint(terms(), ComparisonOp::Le, sum.high + SLACK);
        }
        Some(problem.solve().ok()?.into_solution().ok()?.objective())
    };
    let Variable { least, most, .. } = variables[variable];
    let low = end(OptimizationDirection::Minimize).unwrap_or(least);
    let high = end(OptimizationDirection::Maximize).unwrap_or(most);
    if most > 0.0 { (high - low) / most } else { 1.0 }
}
