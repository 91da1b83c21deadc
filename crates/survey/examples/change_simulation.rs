//! How often the interval of a change covers a planted one: panels, independent and overlapping samples.
//!
//! Run: `cargo run --release -p nulmeting-analyze --example change_simulation`, prints the table of docs/change.md.
//! A population of 400 boards in three strata with two waves of levels: what is particular to a board stays, a
//! planted change and the day are added. Samples are drawn again and again, by stratum, with a fixed seed; the truth is
//! the change over all boards. Sampled are 40 (10 %) and 160 (40 %), so that knowing the population matters.

#![expect(clippy::print_stdout, reason = "an example is a small program")]

use nulmeting_survey::{Design, Sampled, Sampling, Stacked};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::collections::BTreeMap;

/// Boards per stratum.
const STRATA: [usize; 3] = [240, 110, 50];
/// What is added to every board's level between the waves.
const PLANTED: f64 = 0.15;

/// How the later sample relates to the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlap {
    /// The same boards again.
    Panel,
    /// Drawn anew from all boards.
    Independent,
    /// Half of the boards again, the others anew from those who were not in.
    Half,
    /// Nobody twice.
    Apart,
}

/// What is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The mean level.
    Level,
    /// The share of boards at or above 2.5.
    Share,
}

/// What came of the draws.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// Share of the intervals that hold the truth.
    pub(crate) covered: f64,
    /// Mean of the estimates less the truth.
    pub(crate) bias: f64,
    /// Spread of the estimates.
    pub(crate) spread: f64,
    /// Root of the mean estimated variance.
    pub(crate) error: f64,
    /// Share of the draws in which the change is told from nought at 5 %.
    pub(crate) found: f64,
}

struct Population {
    stratum: Vec<usize>,
    levels: [Vec<f64>; 2],
}

fn uniform(draws: &mut ChaCha8Rng) -> f64 {
    (draws.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

fn normal(draws: &mut ChaCha8Rng) -> f64 {
    let (a, b) = (1.0 - uniform(draws), uniform(draws));
    libm::sqrt(-2.0 * libm::log(a)) * libm::cos(2.0 * std::f64::consts::PI * b)
}

fn population(draws: &mut ChaCha8Rng) -> Population {
    let mut made = Population {
        stratum: Vec::new(),
        levels: [Vec::new(), Vec::new()],
    };
    for (stratum, size) in STRATA.into_iter().enumerate() {
        for _ in 0..size {
            let own = 2.0 + 0.3 * stratum as f64 + 0.5 * normal(draws);
            made.stratum.push(stratum);
            made.levels[0].push(own + 0.2 * normal(draws));
            made.levels[1].push(own + PLANTED + 0.2 * normal(draws));
        }
    }
    made
}

/// So many of the given, each set as likely.
fn drawn(draws: &mut ChaCha8Rng, mut of: Vec<usize>, count: usize) -> Vec<usize> {
    let last = of.len();
    for place in 0..count {
        let other = place + (uniform(draws) * (last - place) as f64) as usize;
        of.swap(place, other);
    }
    of.truncate(count);
    of
}

fn pair(draws: &mut ChaCha8Rng, made: &Population, fraction: f64, overlap: Overlap) -> [Vec<usize>; 2] {
    let mut samples = [Vec::new(), Vec::new()];
    for (stratum, size) in STRATA.into_iter().enumerate() {
        let all: Vec<usize> = (0..made.stratum.len())
            .filter(|board| made.stratum[*board] == stratum)
            .collect();
        let count = (size as f64 * fraction) as usize;
        let first = drawn(draws, all.clone(), count);
        let fresh: Vec<usize> = all.iter().copied().filter(|board| !first.contains(board)).collect();
        let second = match overlap {
            Overlap::Panel => first.clone(),
            Overlap::Independent => drawn(draws, all, count),
            Overlap::Apart => drawn(draws, fresh, count),
            Overlap::Half => {
                let mut kept = drawn(draws, first.clone(), count / 2);
                kept.extend(drawn(draws, fresh, count - count / 2));
                kept
            }
        };
        samples[0].extend(first);
        samples[1].extend(second);
    }
    samples
}

fn value(subject: Subject, level: f64) -> f64 {
    match subject {
        Subject::Level => level,
        Subject::Share => f64::from(u8::from(level >= 2.5)),
    }
}

/// Draws both samples again and again and sees how often the interval holds the truth.
pub(crate) fn simulate(fraction: f64, overlap: Overlap, subject: Subject, times: usize) -> Outcome {
    let mut draws = ChaCha8Rng::seed_from_u64(20_230_911);
    let made = population(&mut draws);
    let mean = |wave: usize| {
        let levels = &made.levels[wave];
        levels.iter().map(|level| value(subject, *level)).sum::<f64>() / levels.len() as f64
    };
    let truth = mean(1) - mean(0);
    let (mut covered, mut found) = (0, 0);
    let (mut estimates, mut variances) = (Vec::new(), 0.0);
    for _ in 0..times {
        let samples = pair(&mut draws, &made, fraction, overlap);
        let label = |board: &usize| made.stratum[*board].to_string();
        let sizes: BTreeMap<String, f64> = (0..3).map(|own| (own.to_string(), STRATA[own] as f64)).collect();
        let units = samples
            .each_ref()
            .map(|rows| rows.iter().map(|board| format!("{board:04}")).collect::<Vec<_>>());
        let strata = samples
            .each_ref()
            .map(|rows| rows.iter().map(label).collect::<Vec<_>>());
        let designs = [0, 1].map(|wave| {
            let population = samples[wave]
                .iter()
                .map(|board| Some(STRATA[made.stratum[*board]] as f64))
                .collect();
            Design::new(&Sampling {
                rows: samples[wave].len(),
                strata: Some(strata[wave].iter().cloned().map(Some).collect()),
                populations: vec![population],
                ..Sampling::default()
            })
            .expect("every stratum has two boards or more")
        });
        let sampled = |wave: usize| Sampled {
            design: &designs[wave],
            units: &units[wave],
            strata: &strata[wave],
            populations: &sizes,
        };
        let stacked = Stacked::new(&sampled(0), &sampled(1)).expect("there is more than one board");
        let parts = [0, 1].map(|wave| {
            let column: Vec<f64> = samples[wave]
                .iter()
                .map(|board| value(subject, made.levels[wave][*board]))
                .collect();
            designs[wave]
                .linear_mean(&column, &designs[wave].everyone())
                .expect("the values are finite")
        });
        let change = stacked.change(&parts[0], &parts[1]);
        let ci = change.ci.expect("there are degrees of freedom");
        covered += usize::from(ci.low <= truth && truth <= ci.high);
        found += usize::from(ci.low > 0.0 || ci.high < 0.0);
        variances += change.se.map_or(0.0, |se| se * se);
        estimates.push(change.estimate);
    }
    let n = times as f64;
    let centre = estimates.iter().sum::<f64>() / n;
    let spread = estimates.iter().map(|own| (own - centre) * (own - centre)).sum::<f64>() / (n - 1.0);
    Outcome {
        covered: f64::from(u32::try_from(covered).expect("it fits")) / n,
        bias: centre - truth,
        spread: libm::sqrt(spread),
        error: libm::sqrt(variances / n),
        found: f64::from(u32::try_from(found).expect("it fits")) / n,
    }
}

fn main() {
    println!(
        "| sampled | samples | statistic | covered | bias | spread of the estimates | mean standard error | told from nought |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for fraction in [0.1, 0.4] {
        for overlap in [Overlap::Panel, Overlap::Half, Overlap::Independent, Overlap::Apart] {
            for subject in [Subject::Level, Subject::Share] {
                let own = simulate(fraction, overlap, subject, 4000);
                println!(
                    "| {:.0} % | {overlap:?} | {subject:?} | {:.1} % | {:.4} | {:.4} | {:.4} | {:.0} % |",
                    fraction * 100.0,
                    own.covered * 100.0,
                    own.bias,
                    own.spread,
                    own.error,
                    own.found * 100.0
                );
            }
        }
    }
}
