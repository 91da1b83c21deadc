//! How a number came about, as far as it decides whether the number may be published.

use crate::sample::{Group, Sample};
use crate::variable::Measure;
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::words::Base;

/// What is open or closed as a whole: everything about one item in one group, per organisation or per pupil.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Wave.
    pub wave: String,
    /// What it is about, as `domain/SM` or `question/obstacle`.
    pub item: String,
    /// Which units count.
    pub base: Base,
    /// Grouping variable; `all` without grouping.
    pub by: String,
    /// Group; `all` without grouping.
    pub group: String,
}

/// Between which bounds a number lies whatever the organisations answered.
///
/// Absent for a number that does not add up over groups, such as a median.
pub type Range = Option<(f64, f64)>;

/// How a number came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Where it belongs.
    pub cell: Cell,
    /// Which number of the cell it is.
    pub statistic: String,
    /// Between which bounds it lies.
    pub range: Range,
    /// Organisations under it.
    pub n: usize,
    /// What they stand for: the sum of the weights, per pupil each times its pupils.
    pub weight: f64,
    /// The number times that.
    pub total: f64,
    /// Organisations for which it holds; absent unless it holds or not for each.
    pub count: Option<f64>,
    /// Whether a few organisations carry it.
    pub dominated: bool,
    /// The least that outsiders know its total to be, beside the range.
    pub least: f64,
    /// Numbers that this is a part of, by cell and statistic, beside the whole of its grouping.
    pub part_of: Vec<(Cell, String)>,
    /// How far it must stay open, as a share of its range; absent for the study's own.
    pub protect: Option<f64>,
}

impl Evidence {
    /// Gathers the evidence of the mean of a value over a group.
    ///
    /// Shape: one value per organisation of the sample; those without a value are not under the number.
    #[expect(clippy::too_many_arguments, reason = "each is one part of the number's name or base")]
    pub fn gather(
        rules: &Disclosure,
        sample: &Sample,
        group: &Group,
        item: &str,
        statistic: &str,
        values: &[Option<f64>],
        measure: Measure,
        base: Base,
        scale: Option<(i64, i64)>,
    ) -> Self {
        let weights = sample.design.weights();
        let (mut n, mut weight, mut total, mut count, mut whole) = (0, 0.0, 0.0, 0.0, true);
        let mut parts = Vec::new();
        for (row, value) in values.iter().enumerate() {
            let (Some(value), true) = (value, group.member[row]) else {
                continue;
            };
            let size = match base {
                Base::Organisations => 1.0,
                Base::Pupils => match sample.pupils[row].filter(|pupils| *pupils > 0.0) {
                    Some(pupils) => pupils,
                    None => continue,
                },
            };
            let part = weights[row] * size;
            n += 1;
            weight += part;
            total += part * value;
            count += value;
            whole &= *value == 0.0 || *value == 1.0;
            parts.push(part);
        }
        let range = match measure {
            Measure::Share => Some((0.0, 1.0)),
            Measure::Level => scale.map(|(low, high)| (low as f64, high as f64)),
            Measure::Median => None,
        };
        Self {
            cell: Cell {
                wave: sample.wave.clone(),
                item: item.to_owned(),
                base,
                by: group.by.clone(),
                group: group.name.clone(),
            },
            statistic: statistic.to_owned(),
            range,
            n,
            weight,
            total,
            count: (whole && measure == Measure::Share && base == Base::Organisations).then_some(count),
            dominated: base == Base::Pupils && is_dominated(&rules.dominance, &parts),
            least: 0.0,
            part_of: Vec::new(),
            protect: None,
        }
    }

    /// A count of organisations that outsiders know to lie between the least and the most that it can be.
    ///
    /// Method: it must stay open by the study's `protect`, or by all that it can be where that is less.
    pub fn count(rules: &Disclosure, cell: Cell, statistic: &str, count: usize, (least, most): (usize, usize)) -> Self {
        let most = most.max(count).max(1) as f64;
        Self {
            cell,
            statistic: statistic.to_owned(),
            range: Some((0.0, 1.0)),
            n: count,
            weight: most,
            total: count as f64,
            count: None,
            dominated: false,
            least: least.min(count) as f64,
            part_of: Vec::new(),
            protect: Some((rules.protect as f64 / most).min(1.0)),
        }
    }

    /// The same number as a part of another.
    #[must_use]
    pub fn within(mut self, cell: Cell, statistic: &str) -> Self {
        self.part_of.push((cell, statistic.to_owned()));
        self
    }

    /// Whether the number may not be published for its own sake, given how many organisations are in its group.
    ///
    /// That nobody is in a group at all is no secret: it has no number. That nobody of a group has a value is one.
    pub(crate) fn is_sensitive(&self, rules: &Disclosure, group: usize) -> bool {
        ((self.n as i64) < rules.minimum && group > 0) || self.dominated
    }
}

/// Whether a few organisations carry a number: the k largest parts together are more than the k-th limit of the whole.
///
/// Shape: one part per organisation, its weight times its pupils.
pub fn is_dominated(limits: &[f64], parts: &[f64]) -> bool {
    let mut parts = parts.to_vec();
    parts.sort_by(|a, b| b.total_cmp(a));
    let whole: f64 = parts.iter().sum();
    let mut largest = 0.0;
    limits.iter().zip(&parts).any(|(limit, part)| {
        largest += part;
        largest > limit * whole
    })
}

#[cfg(test)]
mod tests {
    use super::is_dominated;

    #[test]
    fn one_large_board_dominates_and_two_together_do() {
        assert!(is_dominated(&[0.5, 0.75], &[1.0, 51.0, 10.0, 10.0, 10.0, 10.0]));
        assert!(is_dominated(&[0.5, 0.75], &[40.0, 40.0, 10.0, 5.0, 5.0]));
        assert!(!is_dominated(&[0.5, 0.75], &[20.0, 20.0, 20.0, 20.0, 20.0]));
        assert!(!is_dominated(&[], &[100.0]), "no limits, no rule");
    }
}
