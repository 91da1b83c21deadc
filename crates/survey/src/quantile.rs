//! Quantiles of a column, with Woodruff intervals.
//!
//! Works from the weighted count per value, which any scan can deliver, and from the standard error of the
//! share at or below the quantile.

use crate::design::Design;
use crate::domain::Domain;
use crate::error::Error;
use crate::estimate::Estimate;
use crate::interval::{Interval, IntervalMethod};
use crate::sum;
use rustc_hash::FxHashMap;

/// The weighted count at or below each value that occurs, in the order of the values.
pub(crate) struct Ladder {
    values: Vec<f64>,
    at_or_below: Vec<f64>,
}

impl Ladder {
    pub(crate) fn new(column: &[f64], weights: &[f64]) -> Self {
        let (values, step) = few_values(column).unwrap_or_else(|| any_values(column));
        let mut at_or_below = sum::sum_by(weights, &step, values.len());
        for place in 1..at_or_below.len() {
            at_or_below[place] += at_or_below[place - 1];
        }
        Self { values, at_or_below }
    }

    /// The weighted count below a value that occurs, plus half the count at it.
    pub(crate) fn middle_of(&self, value: f64) -> f64 {
        let place = self.values.partition_point(|&known| known < value);
        let below = if place == 0 { 0.0 } else { self.at_or_below[place - 1] };
        0.5 * (below + self.at_or_below[place.min(self.at_or_below.len() - 1)])
    }

    /// The values at the limits of the interval of a share; not a number where that runs below 0 or above 1.
    pub(crate) fn limits(&self, reached: f64, half: f64) -> (f64, f64) {
        let (low, high) = (reached - half, reached + half);
        (
            if low < 0.0 { f64::NAN } else { self.value_at(low) },
            if high > 1.0 { f64::NAN } else { self.value_at(high) },
        )
    }

    /// The smallest value at which the weighted share reaches `share`.
    pub(crate) fn value_at(&self, share: f64) -> f64 {
        let total = self.at_or_below[self.at_or_below.len() - 1];
        // A share that is reached but for rounding is reached: with equal weights the median must not
        // depend on the last digit of the weight.
        let wanted = total * (share - 1e-12);
        let place = self.at_or_below.partition_point(|&reached| reached < wanted);
        self.values[place.min(self.values.len() - 1)]
    }
}

/// Above this many different values they are sorted rather than told apart one by one.
const FEW: usize = 4_096;

/// The values that occur, in order, and the place of each entry among them; nothing when there are too many.
fn few_values(column: &[f64]) -> Option<(Vec<f64>, Vec<u32>)> {
    let mut met: Vec<f64> = Vec::new();
    let mut places: FxHashMap<u64, u32> = FxHashMap::default();
    let mut step = Vec::with_capacity(column.len());
    for value in column {
        // Zero is one value, whatever its sign.
        let value = value + 0.0;
        let place = *places.entry(value.to_bits()).or_insert_with(|| {
            met.push(value);
            met.len() as u32 - 1
        });
        if met.len() > FEW {
            return None;
        }
        step.push(place);
    }
    let mut order: Vec<u32> = (0..met.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| met[a as usize].total_cmp(&met[b as usize]));
    let mut place = vec![0; met.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old as usize] = new as u32;
    }
    for step in &mut step {
        *step = place[*step as usize];
    }
    Some((order.into_iter().map(|old| met[old as usize]).collect(), step))
}

/// The same for any number of values.
fn any_values(column: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut order: Vec<u32> = (0..column.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| column[a as usize].total_cmp(&column[b as usize]));
    let mut values: Vec<f64> = Vec::new();
    let mut step = vec![0_u32; column.len()];
    for &row in &order {
        let value = column[row as usize];
        if values.last() != Some(&value) {
            values.push(value);
        }
        step[row as usize] = values.len() as u32 - 1;
    }
    (values, step)
}

impl Design {
    /// Estimates the value below which a share of the domain lies.
    ///
    /// Unit: that of the column; `share` from 0 to 1.
    /// Absent: a limit is not a number where the interval of the share runs below 0 or above 1: the sample then
    /// cannot say how far the quantile may lie. The standard error is absent with it.
    /// Method: the smallest value at which the weighted share reaches `share`; Woodruff's interval reads the same
    /// rule at the limits of the t interval for the share at or below that value, and the standard error is its
    /// width over 2 t.
    /// Source: R `survey` `svyquantile` with its defaults (`qrule = "math"`, `interval.type = "mean"`); its version 4.1
    /// passes over the smallest value when the share is below that value's own, which later versions mended.
    ///
    /// # Errors
    /// As [`Design::mean`], and a share outside 0 to 1.
    pub fn quantile(&self, column: &[f64], domain: &Domain, share: f64) -> Result<Estimate, Error> {
        self.woodruff(column, domain, share, |_| None)
    }

    /// Makes the quantile with Woodruff's interval, from another standard error of the share where one is given.
    ///
    /// Shape: `spread` gets the quantile and gives the standard error of the share at or below it, for designs whose
    /// variance comes from replicates; replicates of the quantile itself would mislead, as a jackknife of them does.
    pub(crate) fn woodruff(
        &self,
        column: &[f64],
        domain: &Domain,
        share: f64,
        spread: impl FnOnce(f64) -> Option<f64>,
    ) -> Result<Estimate, Error> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::Range {
                what: "share of a quantile".into(),
                found: share.to_string(),
                expected: "a number from 0 to 1",
            });
        }
        self.same_length("column", column.len())?;
        if domain.n() == 0 {
            return Err(Error::EmptyDomain);
        }
        let values = domain.pick(column)?;
        let ladder = Ladder::new(&values, &domain.weights);
        let quantile = ladder.value_at(share);
        let below = values.iter().map(|&value| f64::from(u8::from(value <= quantile)));
        let deviations = Self::deviations_of(below.collect(), domain)?;
        let mut estimate = self.judge(domain, &deviations);
        let reached = estimate.estimate;
        let se = spread(quantile).or(estimate.se).unwrap_or(f64::NAN);
        estimate.estimate = quantile;
        (estimate.deff, estimate.deff_replace) = (None, None);
        if estimate.census {
            estimate.ci = Some(Interval::point(quantile, self.level(), IntervalMethod::Census));
            return Ok(estimate);
        }
        estimate.se = None;
        let Some(factor) = self.factor(domain.df) else {
            return Ok(estimate);
        };
        let (low, high) = ladder.limits(reached, factor * se);
        let width = high - low;
        estimate.se = (!width.is_nan()).then(|| width / (2.0 * factor));
        estimate.ci = Some(Interval {
            low,
            high,
            level: self.level(),
            method: IntervalMethod::Woodruff,
        });
        Ok(estimate)
    }
}

#[cfg(test)]
mod tests {
    use super::{any_values, few_values};

    #[test]
    fn values_are_the_same_whether_told_apart_or_sorted() {
        let column = [2.0, -1.5, 0.0, 2.0, -0.0, 7.25, -1.5];
        let few = few_values(&column).expect("fewer values than are many");
        assert_eq!(few.0, [-1.5, 0.0, 2.0, 7.25]);
        assert_eq!(few.1, [2, 0, 1, 2, 1, 3, 0]);
        assert_eq!(few, any_values(&column));
        let many: Vec<f64> = (0..5_000).map(f64::from).collect();
        assert!(few_values(&many).is_none());
    }
}
