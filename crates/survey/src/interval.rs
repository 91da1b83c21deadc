//! Intervals for shares, and the default among them.
//!
//! All of them use t with the design's degrees of freedom and none of them assumes more of the sample than the
//! standard error says, but for the hypergeometric one, which is exact for a simple random sample only.
//! The default is Korn and Graubard's with its effective n capped at Kish's: it is defined at 0 and at 1, stays in
//! 0 to 1, has width whenever not everyone was asked, and it alone never covered less than 93 % in the study of
//! coverage (examples/coverage.rs; docs/coverage.md says what it showed). The usual cap, n itself, promises too
//! much where weights differ and few or none say yes: 0 of 15 with weights of 6 : 1 is less than 0 of 15.

use libm::{asin, exp, log, log1p, sin, sqrt};

use crate::distribution::{beta_quantile, hypergeometric, t_factor};

/// An interval and how it was made.
///
/// Unit: that of the estimate; `level` from 0 to 1.
/// Absent: a limit of a quantile is not a number where the sample cannot say how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
    /// The level of confidence.
    pub level: f64,
    /// How it was made.
    pub method: IntervalMethod,
}

/// The ways to make an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IntervalMethod {
    /// Estimate plus and minus t standard errors, for means, totals and ratios.
    T,
    /// The same for a share (Wald); may leave 0 to 1.
    Mean,
    /// Wald on the log-odds scale.
    Logit,
    /// The same by the delta method, as `svyciprop` names it; both agree to rounding.
    Xlogit,
    /// The values that a scaled likelihood ratio does not reject.
    Likelihood,
    /// Wald on the arcsine-square-root scale.
    Asin,
    /// Clopper-Pearson at the effective n adjusted for degrees of freedom, not capped.
    Beta,
    /// The same with the effective n capped at n.
    KornGraubard,
    /// The same with the effective n also capped at Kish's, (Σw)²/Σw²: the default.
    #[default]
    KornGraubardKish,
    /// Wilson's score interval at the effective n, with t.
    Wilson,
    /// Both tails of the exact distribution, for a simple random sample from a known population.
    Hypergeometric,
    /// Woodruff's: the values at the limits of the interval for the share below, for quantiles.
    Woodruff,
    /// A census: no sampling error, so no width.
    Census,
}

impl IntervalMethod {
    /// Gives the name that requests and tables use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::T => "t",
            Self::Mean => "mean",
            Self::Logit => "logit",
            Self::Xlogit => "xlogit",
            Self::Likelihood => "likelihood",
            Self::Asin => "asin",
            Self::Beta => "beta",
            Self::KornGraubard => "korn-graubard",
            Self::KornGraubardKish => "korn-graubard-kish",
            Self::Wilson => "wilson",
            Self::Hypergeometric => "hypergeometric",
            Self::Woodruff => "woodruff",
            Self::Census => "census",
        }
    }

    /// The methods that can be asked for a share.
    pub const FOR_SHARES: [Self; 10] = [
        Self::Mean,
        Self::Logit,
        Self::Xlogit,
        Self::Likelihood,
        Self::Asin,
        Self::Beta,
        Self::KornGraubard,
        Self::KornGraubardKish,
        Self::Wilson,
        Self::Hypergeometric,
    ];

    /// Finds the method of a share by its name.
    #[must_use]
    pub fn for_share(name: &str) -> Option<Self> {
        Self::FOR_SHARES.into_iter().find(|method| method.name() == name)
    }
}

/// What an interval for a share is made from.
#[derive(Debug, Clone, Copy)]
pub struct Proportion {
    /// The estimated share.
    pub p: f64,
    /// Its standard error.
    pub se: f64,
    /// Rows in the base.
    pub n: usize,
    /// Kish's effective number of rows, (Σw)²/Σw²: n when weights are equal.
    pub kish: f64,
    /// The level of confidence.
    pub level: f64,
    /// The t factor of the design at that level.
    pub factor: f64,
}

impl Interval {
    /// An interval without width.
    #[must_use]
    pub fn point(value: f64, level: f64, method: IntervalMethod) -> Self {
        Self {
            low: value,
            high: value,
            level,
            method,
        }
    }

    /// The difference between the limits.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The exact interval for `found` of `sample` from a population, by inverting both tails.
    ///
    /// Method: all counts in the population under which neither tail of the hypergeometric distribution is
    /// at or below half the error; the limits are the smallest and the largest of these, over the population.
    /// Source: the known-population analogue of Clopper and Pearson (1934); reference values in the tests.
    #[must_use]
    pub fn hypergeometric(found: u64, sample: u64, population: u64, level: f64) -> Self {
        let population = population.max(sample);
        let half = 0.5 * (1.0 - level);
        let (least, most) = (found, population - (sample - found));
        let upper_tail = |marked: u64| -> f64 {
            (found..=sample)
                .map(|x| hypergeometric(x, population, marked, sample))
                .sum()
        };
        let lower_tail =
            |marked: u64| -> f64 { (0..=found).map(|x| hypergeometric(x, population, marked, sample)).sum() };
        // Both tails are monotone in the marked count, so the limits are found by halving.
        let low = first_true(least, most, |marked| upper_tail(marked) > half);
        let high = most - first_true(0, most - least, |less| lower_tail(most - less) > half);
        let size = population as f64;
        Self {
            low: low as f64 / size,
            high: high as f64 / size,
            level,
            method: IntervalMethod::Hypergeometric,
        }
    }
}

/// The first whole number from `low` to `high` for which the test holds, given that it then keeps holding.
fn first_true(mut low: u64, mut high: u64, test: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

impl Proportion {
    /// Makes the interval by the method.
    ///
    /// Method: at a share of 0 or 1 the effective n is 0/0: n takes its place and one limit is the share itself,
    /// while the other stays that of a two-sided interval. `T`, `Woodruff` and the like give the Wald interval.
    /// Source: R `survey` `svyciprop`; Korn and Graubard (1998); Wilson as in survey 4.5; the likelihood interval
    /// solves 2·n_eff·KL(p̂‖p) = t²·n/(n − 1) to machine precision where R interpolates a profile.
    #[must_use]
    pub fn interval(&self, method: IntervalMethod) -> Interval {
        let Self {
            p, se, factor, level, ..
        } = *self;
        let edge = self.is_edge();
        let (low, high) = match method {
            IntervalMethod::Logit | IntervalMethod::Xlogit if !edge => {
                let (odds, half) = (log(p / (1.0 - p)), factor * se / (p * (1.0 - p)));
                (expit(odds - half), expit(odds + half))
            }
            IntervalMethod::Asin if !edge => {
                let (angle, half) = (asin(sqrt(p)), factor * se / (2.0 * sqrt(p * (1.0 - p))));
                let quarter = std::f64::consts::FRAC_PI_2;
                let back = |angle: f64| sin(angle.clamp(0.0, quarter)) * sin(angle.clamp(0.0, quarter));
                (back(angle - half), back(angle + half))
            }
            IntervalMethod::Logit | IntervalMethod::Xlogit | IntervalMethod::Asin | IntervalMethod::Likelihood => {
                self.likelihood()
            }
            IntervalMethod::Beta => self.beta(f64::INFINITY),
            IntervalMethod::KornGraubard => self.beta(self.n as f64),
            IntervalMethod::KornGraubardKish => self.beta(self.kish.min(self.n as f64)),
            IntervalMethod::Wilson => self.wilson(),
            _ => (p - factor * se, p + factor * se),
        };
        Interval {
            low,
            high,
            level,
            method,
        }
    }

    /// Whether nobody or everybody says yes; the share is then exactly 0 or 1.
    fn is_edge(&self) -> bool {
        self.p <= 0.0 || self.p >= 1.0
    }

    /// p(1 − p)/SE²; n at 0 and 1; infinite where the sample shows no spread though the share is between.
    fn n_eff(&self) -> f64 {
        if self.is_edge() {
            self.n as f64
        } else {
            self.p * (1.0 - self.p) / (self.se * self.se)
        }
    }

    fn beta(&self, most: f64) -> (f64, f64) {
        let p = self.p;
        let n = self.n as f64;
        let half = 0.5 * (1.0 - self.level);
        let ratio = if self.n > 1 {
            t_factor(self.level, n - 1.0) / self.factor
        } else {
            1.0
        };
        let n_star = (self.n_eff() * ratio * ratio).min(most);
        if n_star.is_infinite() {
            return (self.p, self.p);
        }
        let (yes, no) = (n_star * self.p, n_star * (1.0 - self.p));
        let low = if p <= 0.0 {
            0.0
        } else {
            beta_quantile(yes, no + 1.0, half)
        };
        let high = if p >= 1.0 {
            1.0
        } else {
            beta_quantile(yes + 1.0, no, 1.0 - half)
        };
        (low, high)
    }

    fn wilson(&self) -> (f64, f64) {
        let p = self.p;
        let square = self.factor * self.factor / self.n_eff();
        let centre = (self.p + 0.5 * square) / (1.0 + square);
        let half = sqrt(square * (self.p * (1.0 - self.p) + 0.25 * square)) / (1.0 + square);
        let low = if p <= 0.0 { 0.0 } else { (centre - half).max(0.0) };
        let high = if p >= 1.0 { 1.0 } else { (centre + half).min(1.0) };
        (low, high)
    }

    fn likelihood(&self) -> (f64, f64) {
        let n_eff = self.n_eff();
        if n_eff.is_infinite() {
            return (self.p, self.p);
        }
        let p = self.p;
        // R's quasi-likelihood divides by the spread of the residuals, which for a share is n/(n − 1).
        let dispersion = if self.n > 1 {
            self.n as f64 / (self.n as f64 - 1.0)
        } else {
            1.0
        };
        let bound = dispersion * self.factor * self.factor / (2.0 * n_eff);
        let part = |share: f64, ratio: f64| if share > 0.0 { share * ratio } else { 0.0 };
        let distance = |q: f64| part(p, log(p / q)) + part(1.0 - p, log((1.0 - p) / (1.0 - q)));
        let low = if p <= 0.0 {
            0.0
        } else {
            halve(p, 0.0, |q| distance(q) < bound)
        };
        let high = if p >= 1.0 {
            1.0
        } else {
            halve(p, 1.0, |q| distance(q) < bound)
        };
        (low, high)
    }
}

/// The point between `inside`, where the test holds, and `outside`, where it does not, at which it stops holding.
fn halve(mut inside: f64, mut outside: f64, test: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (inside + outside);
        if middle == inside || middle == outside {
            break;
        }
        if test(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    inside
}

/// The inverse of the log-odds, without overflow.
fn expit(odds: f64) -> f64 {
    if odds >= 0.0 {
        1.0 / (1.0 + exp(-odds))
    } else {
        exp(odds - log1p(exp(odds)))
    }
}
