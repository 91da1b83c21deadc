//! Types by rule: policy and practice, each in order or not, with how sure the type of each organisation is.
//!
//! The names of the types belong to the codebook; here they are the four quadrants.

use crate::Error;
use crate::matrix::mean;
use crate::random::{Draws, Purpose};

/// Where an organisation stands on the two axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quadrant {
    /// Policy and practice are in order.
    Both,
    /// Practice is in order, policy is not.
    PracticeOnly,
    /// Policy is in order, practice is not.
    PolicyOnly,
    /// Neither is in order.
    Neither,
}

impl Quadrant {
    /// All four, in the order in which tables show them.
    pub const ALL: [Self; 4] = [Self::Both, Self::PracticeOnly, Self::PolicyOnly, Self::Neither];

    /// The quadrant of two scores; a score on its threshold is in order.
    pub fn of(scores: Axes<f64>, thresholds: Axes<f64>) -> Self {
        let policy = scores.policy >= thresholds.policy;
        match (policy, scores.practice >= thresholds.practice) {
            (true, true) => Self::Both,
            (false, true) => Self::PracticeOnly,
            (true, false) => Self::PolicyOnly,
            (false, false) => Self::Neither,
        }
    }

    /// The place in [`Quadrant::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// One thing for each of the two axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Axes<T> {
    /// Policy.
    pub policy: T,
    /// Practice.
    pub practice: T,
}

/// The levels of one organisation on the norms of each axis.
///
/// Unit: levels of the codebook's scale.
/// Missing: a norm that applies and was not answered; a norm that does not apply is left out altogether.
pub type Norms<'a> = Axes<&'a [Option<f64>]>;

/// How types are given and tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The level from which an axis is in order.
    pub thresholds: Axes<f64>,
    /// Lowest and highest level of the scale: the worst and the best that a missing answer could have been.
    pub scale: (f64, f64),
    /// How far thresholds are moved, in levels.
    pub step: f64,
    /// How many times norms are resampled.
    pub resamples: u32,
    /// The seed of the resampling.
    pub seed: u64,
}

impl Settings {
    /// A quarter level of doubt about thresholds and 1,000 resamples, on a scale of 1 to 5.
    pub fn new(thresholds: Axes<f64>, seed: u64) -> Self {
        Self {
            thresholds,
            scale: (1.0, 5.0),
            step: 0.25,
            resamples: 1_000,
            seed,
        }
    }
}

/// An organisation is shown as lying between two types when its certainty is below this.
pub const BETWEEN: f64 = 0.6;

/// The type of one organisation, and how sure it is.
///
/// Unit: certainties are shares from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// The score on each axis: the mean of the answered norms.
    pub scores: Axes<f64>,
    /// The type.
    pub quadrant: Quadrant,
    /// The lowest of the three shares below: a type is as sure as its weakest trial.
    pub certainty: f64,
    /// The share of resamples of the norms of each axis in which the type stays.
    pub resampled: f64,
    /// The share of the eight ways to move one or both thresholds in which the type stays.
    pub moved: f64,
    /// The share of the four ways to fill missing norms, worst or best per axis, in which the type stays; 1 when none is missing.
    pub filled: f64,
    /// How often each type came up over all trials, each of the three kinds weighing the same; in the order of [`Quadrant::ALL`].
    pub shares: [f64; 4],
    /// The other type that came up most, when the certainty is below [`BETWEEN`].
    pub between: Option<Quadrant>,
}

/// The type of an organisation.
///
/// Shape: `name` draws this organisation's own random stream, so its certainty does not depend on who else answered.
/// Absent: nothing when no norm of one of the axes was answered.
pub fn classify(name: &str, norms: Norms<'_>, settings: &Settings) -> Result<Option<Typed>, Error> {
    check(norms, settings)?;
    let answered = Axes {
        policy: norms.policy.iter().flatten().copied().collect::<Vec<f64>>(),
        practice: norms.practice.iter().flatten().copied().collect(),
    };
    let (Some(policy), Some(practice)) = (
        mean(answered.policy.iter().copied()),
        mean(answered.practice.iter().copied()),
    ) else {
        return Ok(None);
    };
    let scores = Axes { policy, practice };
    let quadrant = Quadrant::of(scores, settings.thresholds);
    let trials = [
        resample(name, &answered, settings),
        shift(scores, settings),
        fill(norms, settings),
    ];
    let [resampled, moved, filled] = trials.map(|t| t[quadrant.index()]);
    let mut shares = [0.0; 4];
    for trial in trials {
        for (sum, share) in shares.iter_mut().zip(trial) {
            *sum += share / 3.0;
        }
    }
    let certainty = resampled.min(moved).min(filled);
    let others = Quadrant::ALL.into_iter().filter(|q| *q != quadrant);
    let runner = others.fold(None, |best: Option<Quadrant>, q| match best {
        Some(b) if shares[b.index()] >= shares[q.index()] => Some(b),
        _ => Some(q),
    });
    Ok(Some(Typed {
        scores,
        quadrant,
        certainty,
        resampled,
        moved,
        filled,
        shares,
        between: runner.filter(|_| certainty < BETWEEN),
    }))
}

fn check(norms: Norms<'_>, settings: &Settings) -> Result<(), Error> {
    let (low, high) = settings.scale;
    let finite =
        settings.thresholds.policy.is_finite() && settings.thresholds.practice.is_finite() && settings.step.is_finite();
    if !finite || settings.resamples == 0 {
        return Err(Error::Setting {
            what: "a threshold, its step or the number of resamples",
            found: "not finite, or zero resamples".into(),
            expected: "finite levels and at least one resample",
        });
    }
    for (axis, levels) in [norms.policy, norms.practice].into_iter().enumerate() {
        for (column, level) in levels.iter().enumerate() {
            if let Some(value) = level
                && !(low..=high).contains(value)
            {
                return Err(Error::OffScale {
                    row: axis + 1,
                    column: column + 1,
                    value: *value,
                    low,
                    high,
                });
            }
        }
    }
    Ok(())
}

fn resample(name: &str, answered: &Axes<Vec<f64>>, settings: &Settings) -> [f64; 4] {
    let mut draws = Draws::new(settings.seed ^ hash(name), Purpose::Norms, 0);
    let mut redraw = |levels: &[f64]| {
        let sum: f64 = (0..levels.len()).map(|_| levels[draws.below(levels.len())]).sum();
        sum / levels.len() as f64
    };
    let mut counts = [0.0; 4];
    for _ in 0..settings.resamples {
        let scores = Axes {
            policy: redraw(&answered.policy),
            practice: redraw(&answered.practice),
        };
        counts[Quadrant::of(scores, settings.thresholds).index()] += 1.0;
    }
    counts.map(|c| c / f64::from(settings.resamples))
}

fn shift(scores: Axes<f64>, settings: &Settings) -> [f64; 4] {
    let mut counts = [0.0; 4];
    let steps = [-settings.step, 0.0, settings.step];
    for (a, up) in steps.iter().enumerate() {
        for (b, right) in steps.iter().enumerate() {
            if (a, b) != (1, 1) {
                let thresholds = Axes {
                    policy: settings.thresholds.policy + up,
                    practice: settings.thresholds.practice + right,
                };
                counts[Quadrant::of(scores, thresholds).index()] += 1.0 / 8.0;
            }
        }
    }
    counts
}

fn fill(norms: Norms<'_>, settings: &Settings) -> [f64; 4] {
    let filled = |levels: &[Option<f64>], value: f64| mean(levels.iter().map(|l| l.unwrap_or(value))).unwrap_or(value);
    let ends = [settings.scale.0, settings.scale.1];
    let mut counts = [0.0; 4];
    for policy in ends {
        for practice in ends {
            let scores = Axes {
                policy: filled(norms.policy, policy),
                practice: filled(norms.practice, practice),
            };
            counts[Quadrant::of(scores, settings.thresholds).index()] += 0.25;
        }
    }
    counts
}

/// FNV-1a: the same on every platform and in every version, unlike the standard library's hash.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    })
}
