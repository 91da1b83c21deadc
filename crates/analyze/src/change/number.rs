//! One change with its uncertainty, and the boards under it.

use super::pair::{Both, Pair};
use crate::estimates::number;
use crate::sample::{Group, Sample};
use crate::variable::{Measure, Variable};
use nulmeting_study::words::Base;
use nulmeting_survey::{Estimate, IntervalMethod, Linearised, t_two_sided};

/// A change before it gets its name.
pub(crate) struct Moved {
    /// Estimate of the earlier and of the later wave.
    pub(crate) sides: [Option<f64>; 2],
    pub(crate) found: Option<Found>,
    pub(crate) method: &'static str,
    pub(crate) ci: Option<(f64, f64)>,
    pub(crate) counts: Counts,
}

impl Moved {
    pub(crate) fn n(&self) -> usize {
        self.counts.n()
    }
}

/// The change itself.
pub(crate) struct Found {
    pub(crate) change: f64,
    pub(crate) se: Option<f64>,
    pub(crate) df: i64,
    pub(crate) p: Option<f64>,
}

/// Boards with a value: in each wave and in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) of: [usize; 2],
    pub(crate) returning: usize,
}

impl Counts {
    pub(crate) fn n(self) -> usize {
        self.of[0] + self.of[1] - self.returning
    }

    pub(crate) fn came(self) -> usize {
        self.of[1] - self.returning
    }

    pub(crate) fn went(self) -> usize {
        self.of[0] - self.returning
    }
}

impl From<&Estimate> for Found {
    fn from(estimate: &Estimate) -> Self {
        let se = estimate.se.filter(|se| se.is_finite());
        Self {
            change: estimate.estimate,
            se,
            df: estimate.df,
            p: se
                .filter(|se| *se > 0.0 && estimate.df > 0)
                .map(|se| t_two_sided(estimate.estimate / se, estimate.df as f64)),
        }
    }
}

/// Whether an organisation of a sample is under a number.
pub(super) fn has(sample: &Sample, group: &Group, variable: &Variable, base: Base, row: usize) -> bool {
    let counts = base == Base::Organisations || sample.pupils[row].is_some_and(|pupils| pupils > 0.0);
    group.member[row] && variable.values[row].is_some() && counts
}

/// The change of everyone: each wave's own estimate, and the variance of the stack.
///
/// Method: t interval, kept within what the scale allows; where the standard error is nought without a census, as for
/// two shares of nought, the interval is made from those of both waves (Zou 2008's MOVER, without correlation).
pub(crate) fn across(pair: &Pair<'_>, both: &Both, group: &[Group; 2], base: Base, scale: Option<(i64, i64)>) -> Moved {
    let side = |wave: usize| -> Option<Linearised> {
        let variable = both.sides[wave].as_ref()?;
        linear(pair.sides[wave].sample, &group[wave], variable, base)
    };
    let parts = [side(0), side(1)];
    let counts = counts(pair, both, group, base);
    let sides = [0, 1].map(|wave| parts[wave].as_ref().map(|part| part.estimate));
    let (Some(earlier), Some(later), Some(stacked)) = (&parts[0], &parts[1], &pair.stacked) else {
        return Moved {
            sides,
            found: None,
            method: "none",
            ci: None,
            counts,
        };
    };
    let estimate = stacked.change(earlier, later);
    let measure = both.sides[1]
        .as_ref()
        .map_or(Measure::Share, |variable| variable.measure);
    let (mut method, mut ci) = interval(&estimate, measure, scale);
    if estimate.se == Some(0.0) && !estimate.census {
        method = "mover";
        let own = [0, 1].map(|wave| {
            let variable = both.sides[wave].as_ref()?;
            let sample = pair.sides[wave].sample;
            number(sample, &group[wave], &variable.values, measure, base, scale).ci
        });
        ci = own[0].zip(own[1]).map(|((low, high), (low_after, high_after))| {
            let (a, b) = (earlier.estimate, later.estimate);
            let down = libm::hypot(b - low_after, high - a);
            let up = libm::hypot(high_after - b, a - low);
            (estimate.estimate - down, estimate.estimate + up)
        });
    }
    Moved {
        sides,
        found: Some(Found::from(&estimate)),
        method,
        ci,
        counts,
    }
}

/// The change of those who are in both waves: the mean difference of each board with itself.
///
/// Method: a difference per organisation of the later wave, whose weights and design it takes; predecessors of a merged
/// board count together, by their pupils. The group is that of the later wave, of types that of the earlier one.
pub(crate) fn of_returning(pair: &Pair<'_>, both: &Both, group: &[Group; 2], base: Base) -> Moved {
    let counts = counts(pair, both, group, base);
    let nothing = Moved {
        sides: [None; 2],
        found: None,
        method: "none",
        ci: None,
        counts,
    };
    let [Some(_), Some(later)] = &both.sides else {
        return nothing;
    };
    let sample = pair.sides[1].sample;
    let Some(Differences {
        before: own,
        difference,
    }) = differences(pair, both, group, base)
    else {
        return nothing;
    };
    let of = |values: Vec<Option<f64>>| {
        let inside: Vec<bool> = difference.iter().map(Option::is_some).collect();
        let all = Group {
            by: String::new(),
            name: String::new(),
            member: inside,
        };
        let variable = Variable {
            values,
            ..later.clone()
        };
        linear(sample, &all, &variable, base)
    };
    let sides = [of(own), of(later.values.clone())].map(|part| part.map(|part| part.estimate));
    let Some(change) = of(difference.clone()) else {
        return nothing;
    };
    let Ok(estimate) = sample.design.contrast(&[(1.0, &change)]) else {
        return nothing;
    };
    let (method, ci) = if estimate.se == Some(0.0) && !estimate.census {
        // Every board stood still: how many might have moved is not in their spread.
        ("none", None)
    } else {
        interval(&estimate, Measure::Level, None)
    };
    let returning = present(pair, 1, |row| difference[row].is_some());
    let returning = returning.into_iter().filter(|here| *here).count();
    Moved {
        sides,
        found: Some(Found::from(&estimate)),
        method,
        ci,
        counts: Counts {
            of: [returning; 2],
            returning,
        },
    }
}

/// Per organisation of the later wave that was in the earlier one: its value then, and the value now less that.
pub(crate) struct Differences {
    pub(crate) before: Vec<Option<f64>>,
    pub(crate) difference: Vec<Option<f64>>,
}

/// The difference of each panel member with itself; absent when one of the waves has no such number.
pub(crate) fn differences(pair: &Pair<'_>, both: &Both, group: &[Group; 2], base: Base) -> Option<Differences> {
    let [Some(earlier), Some(later)] = &both.sides else {
        return None;
    };
    let by_type = group[0].by == "type";
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); pair.distinct];
    for row in 0..earlier.values.len() {
        let inside = !by_type || group[0].member[row];
        if inside && earlier.values[row].is_some() {
            before[pair.boards[0][row] as usize].push(row);
        }
    }
    let sample = pair.sides[1].sample;
    let before: Vec<Option<f64>> = (0..later.values.len())
        .map(|row| {
            let rows = Some(&before[pair.boards[1][row] as usize]).filter(|rows| !rows.is_empty())?;
            let counted = base == Base::Organisations || sample.pupils[row].is_some_and(|pupils| pupils > 0.0);
            let inside = (by_type || group[1].member[row]) && later.values[row].is_some() && counted;
            inside
                .then(|| together(pair.sides[0].sample, &earlier.values, rows))
                .flatten()
        })
        .collect();
    let difference = before
        .iter()
        .zip(&later.values)
        .map(|(before, after)| Some(after.as_ref()? - before.as_ref()?))
        .collect();
    Some(Differences { before, difference })
}

/// The value of several organisations that became one: their mean by pupils, plain where a count is not known.
fn together(sample: &Sample, values: &[Option<f64>], rows: &[usize]) -> Option<f64> {
    let known: Option<Vec<f64>> = rows.iter().map(|row| sample.pupils[*row]).collect();
    let weights = known
        .filter(|weights| weights.iter().sum::<f64>() > 0.0)
        .unwrap_or_else(|| vec![1.0; rows.len()]);
    let total: f64 = weights.iter().sum();
    let sum: f64 = rows
        .iter()
        .zip(&weights)
        .filter_map(|(row, weight)| Some(values[*row]? * weight))
        .sum();
    (total > 0.0).then(|| sum / total)
}

/// A mean, or a ratio by pupils, ready to be compared; absent when nobody is under it.
fn linear(sample: &Sample, group: &Group, variable: &Variable, base: Base) -> Option<Linearised> {
    let domain = sample
        .design
        .domain_where(|row| has(sample, group, variable, base, row));
    if domain.n() == 0 {
        return None;
    }
    let column: Vec<f64> = variable.values.iter().map(|value| value.unwrap_or(0.0)).collect();
    match base {
        Base::Organisations => sample.design.linear_mean(&column, &domain).ok(),
        Base::Pupils => {
            let size: Vec<f64> = sample.pupils.iter().map(|pupils| pupils.unwrap_or(0.0)).collect();
            let above: Vec<f64> = column.iter().zip(&size).map(|(value, size)| value * size).collect();
            sample.design.linear_ratio(&above, &size, &domain).ok()
        }
    }
}

fn counts(pair: &Pair<'_>, both: &Both, group: &[Group; 2], base: Base) -> Counts {
    let boards = [0, 1].map(|wave| {
        let variable = both.sides[wave].as_ref();
        let sample = pair.sides[wave].sample;
        let under = |row| variable.is_some_and(|variable| has(sample, &group[wave], variable, base, row));
        present(pair, wave, under)
    });
    let of = |wave: usize| boards[wave].iter().filter(|here| **here).count();
    Counts {
        returning: boards[0].iter().zip(&boards[1]).filter(|(a, b)| **a && **b).count(),
        of: [of(0), of(1)],
    }
}

/// Which boards have a row of a wave that fits.
fn present(pair: &Pair<'_>, wave: usize, fits: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut here = vec![false; pair.distinct];
    for (row, board) in pair.boards[wave].iter().enumerate() {
        here[*board as usize] |= fits(row);
    }
    here
}

/// The interval of a change, within what two numbers on a scale can differ.
fn interval(estimate: &Estimate, measure: Measure, scale: Option<(i64, i64)>) -> (&'static str, Option<(f64, f64)>) {
    let widest = match (measure, scale) {
        (Measure::Share, _) => 1.0,
        (_, Some((low, high))) => (high - low) as f64,
        _ => f64::MAX,
    };
    let finite = estimate.ci.filter(|ci| ci.low.is_finite() && ci.high.is_finite());
    let method = estimate.ci.map_or(IntervalMethod::T, |ci| ci.method);
    let limits = finite.map(|ci| (ci.low.max(-widest), ci.high.min(widest)));
    (if limits.is_some() { method.name() } else { "none" }, limits)
}
