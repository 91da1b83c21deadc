//! Published numbers: a value with its interval, the organisations under it, and whether it is withheld.

use nulmeting_study::tables::{Choice, Estimate};
use nulmeting_study::words::Reliability;

/// A published number, whatever table it stands in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'a> {
    pub(crate) id: &'a str,
    /// Absent when withheld.
    pub(crate) value: Option<f64>,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    /// Organisations under it; 0 when withheld, and then `View::organisations` gives a dash.
    pub(crate) n: i64,
    pub(crate) reliability: Reliability,
    pub(crate) suppressed: bool,
}

impl<'a> From<&'a Estimate> for Number<'a> {
    fn from(row: &'a Estimate) -> Self {
        Self {
            id: &row.id,
            value: row.estimate,
            low: row.ci_low,
            high: row.ci_high,
            n: row.n.unwrap_or_default(),
            reliability: row.reliability,
            suppressed: row.suppressed,
        }
    }
}

impl<'a> From<&'a Choice> for Number<'a> {
    fn from(row: &'a Choice) -> Self {
        Self {
            id: &row.id,
            value: row.estimate,
            low: row.ci_low,
            high: row.ci_high,
            n: row.n.unwrap_or_default(),
            reliability: row.reliability,
            suppressed: row.suppressed,
        }
    }
}

/// How two numbers stand to each other, as far as their intervals carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Lower,
    Higher,
    /// The intervals overlap: nothing can be said.
    Open,
}

impl Number<'_> {
    /// The interval; absent when there is none or when it has no width.
    pub(crate) fn interval(&self) -> Option<(f64, f64)> {
        self.low.zip(self.high).filter(|(low, high)| low < high)
    }

    /// How it stands to another: lower or higher only when the intervals do not touch.
    ///
    /// Missing: a number without an interval is compared with nothing.
    pub(crate) fn against(&self, other: &Number<'_>) -> Comparison {
        match (self.low, self.high, other.low, other.high) {
            (Some(_), Some(high), Some(low), Some(_)) if high < low => Comparison::Lower,
            (Some(low), Some(_), Some(_), Some(high)) if low > high => Comparison::Higher,
            _ => Comparison::Open,
        }
    }
}
