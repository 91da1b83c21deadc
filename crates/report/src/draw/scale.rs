//! The scale of figures: values to pixels, with the ticks at which grid lines and numbers stand.

use super::svg_backend::{pixels, units};
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;
use std::ops::Range;

/// A linear scale along one direction of a figure.
///
/// The coordinates are those of plotters; a value beyond an end of the scale is drawn at that end.
#[derive(Clone)]
pub(crate) struct Scale {
    values: RangedCoordf64,
    from: f64,
    to: f64,
    /// Where the grid lines stand, and the numbers at them.
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Scale {
    /// A scale without ticks.
    /// Unit: `from` and `to` in pixels.
    pub(crate) fn new(values: Range<f64>, from: f64, to: f64) -> Self {
        Self {
            values: values.into(),
            from,
            to,
            ticks: Vec::new(),
        }
    }

    /// A scale whose ends and ticks are those of an axis.
    /// Unit: `from` and `to` in pixels.
    pub(crate) fn of(axis: &Axis, from: f64, to: f64) -> Self {
        Self {
            ticks: axis.ticks.clone(),
            ..Self::new(axis.low..axis.high, from, to)
        }
    }

    /// Where a value stands.
    /// Unit: pixels.
    pub(crate) fn at(&self, value: f64) -> f64 {
        pixels(self.map(&value, self.limits()))
    }

    /// Both ends.
    /// Unit: units of the backend.
    pub(crate) fn limits(&self) -> (i32, i32) {
        (units(self.from), units(self.to))
    }
}

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limits: (i32, i32)) -> i32 {
        let Range { start, end } = self.values.range();
        self.values.map(&value.clamp(start, end), limits)
    }

    /// The ticks, however many plotters would have.
    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|(value, _)| *value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.values.range()
    }
}

/// What a scale measures: its ends and the ticks between them.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis for shares with a tick at every so many parts.
    pub(crate) fn shares(parts: u32) -> Self {
        let share = |part: u32| f64::from(part) / f64::from(parts);
        Self {
            low: 0.0,
            high: 1.0,
            ticks: (0..=parts)
                .map(|part| (share(part), format!("{:.0}%", share(part) * 100.0)))
                .collect(),
        }
    }

    /// An axis for whole levels.
    pub(crate) fn levels(low: i64, high: i64) -> Self {
        Self {
            low: low as f64,
            high: high as f64,
            ticks: (low..=high).map(|level| (level as f64, level.to_string())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_between_the_ends_and_none_beyond_them() {
        let right = Scale::of(&Axis::levels(1, 5), 100.0, 500.0);
        assert_eq!(
            [0.0, 1.0, 2.5, 5.0, 9.0].map(|level| right.at(level)),
            [100.0, 100.0, 250.0, 500.0, 500.0]
        );
        let up = Scale::of(&Axis::shares(4), 300.0, 100.0);
        assert_eq!([0.0, 0.25, 1.0].map(|share| up.at(share)), [300.0, 250.0, 100.0]);
        assert_eq!(up.ticks[1], (0.25, "25%".to_owned()));
    }
}
