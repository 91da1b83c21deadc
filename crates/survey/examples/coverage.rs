//! How often each interval for a share covers the truth: the study that chose the default.
//!
//! Run: `cargo run --release -p nulmeting-analyze --example coverage`, about ten seconds, prints the table of
//! docs/coverage.md, which says what it showed. Nothing is drawn at random: every possible sample is weighed by
//! its hypergeometric probability, so there is no seed and no Monte Carlo error. Samples: 15, 50 (51 where three
//! classes must be equal) and 150 of 1,000, simple, and stratified in three classes of 600, 300 and 100 with equal numbers from each (so with weights as
//! unequal as 6 : 1) where p runs over the population's count of yes, and yes is spread evenly or piles up in the
//! largest or smallest class.

#![expect(clippy::print_stdout, reason = "an example is a small program")]

use nulmeting_survey::{Interval, IntervalMethod, Proportion, hypergeometric, t_factor};

const POPULATION: u64 = 1000;
const CLASSES: [u64; 3] = [600, 300, 100];
const LEVEL: f64 = 0.95;

/// What a method did over all p.
#[derive(Clone, Copy)]
pub(crate) struct Score {
    pub(crate) least: f64,
    pub(crate) at: f64,
    pub(crate) mean: f64,
    pub(crate) width: f64,
    pub(crate) outside: bool,
    pub(crate) empty: bool,
}

/// Where the yes of a population are, by class.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spread {
    Even,
    LargestFirst,
    SmallestFirst,
}

/// The number of yes per class when the population has `yes`.
fn placed(yes: u64, spread: Spread) -> [u64; 3] {
    match spread {
        Spread::Even => {
            // Rounded from the running total, so that no class gets more than it has.
            let first = yes * CLASSES[0] / POPULATION;
            let second = yes * (CLASSES[0] + CLASSES[1]) / POPULATION - first;
            [first, second, yes - first - second]
        }
        Spread::LargestFirst => fill(yes, [0, 1, 2]),
        Spread::SmallestFirst => fill(yes, [2, 1, 0]),
    }
}

fn fill(mut yes: u64, order: [usize; 3]) -> [u64; 3] {
    let mut placed = [0; 3];
    for class in order {
        placed[class] = yes.min(CLASSES[class]);
        yes -= placed[class];
    }
    placed
}

/// The interval of a method for one simple sample.
fn simple(found: u64, n: u64, method: IntervalMethod) -> (f64, f64) {
    if method == IntervalMethod::Hypergeometric {
        let ci = Interval::hypergeometric(found, n, POPULATION, LEVEL);
        return (ci.low, ci.high);
    }
    let p = found as f64 / n as f64;
    let open = 1.0 - n as f64 / POPULATION as f64;
    let se = libm::sqrt(open * p * (1.0 - p) / (n as f64 - 1.0));
    let ci = Proportion {
        p,
        se,
        n: n as usize,
        kish: n as f64,
        level: LEVEL,
        factor: t_factor(LEVEL, n as f64 - 1.0),
    }
    .interval(method);
    (ci.low, ci.high)
}

/// The interval of a method for one stratified sample.
fn stratified(found: [u64; 3], n: u64, method: IntervalMethod, factor: f64) -> (f64, f64) {
    let each = n as f64 / 3.0;
    let (mut p, mut variance) = (0.0, 0.0);
    for (count, class) in found.into_iter().zip(CLASSES) {
        let (share, weight) = (count as f64 / each, class as f64 / POPULATION as f64);
        p += weight * share;
        variance += weight * weight * (1.0 - each / class as f64) * share * (1.0 - share) / (each - 1.0);
    }
    let none = found.iter().sum::<u64>() == 0;
    let all = found.iter().sum::<u64>() == n;
    let p = if none {
        0.0
    } else if all {
        1.0
    } else {
        p
    };
    let ci = Proportion {
        p,
        se: libm::sqrt(variance),
        n: n as usize,
        kish: kish(n),
        level: LEVEL,
        factor,
    }
    .interval(method);
    (ci.low, ci.high)
}

/// Kish's effective n of a sample with as many from each class.
fn kish(n: u64) -> f64 {
    let squares: f64 = CLASSES.iter().map(|class| (class * class) as f64).sum();
    n as f64 * (POPULATION * POPULATION) as f64 / (3.0 * squares)
}

/// Collects coverage over p from samples given as (interval, probability under each p).
fn score(truths: &[u64], samples: &[(f64, f64)], probability: impl Fn(usize, u64) -> f64) -> Score {
    let mut score = Score {
        least: 1.0,
        at: 0.0,
        mean: 0.0,
        width: 0.0,
        outside: false,
        empty: false,
    };
    for (low, high) in samples {
        score.outside |= *low < -1e-12 || *high > 1.0 + 1e-12 || low.is_nan();
        score.empty |= high - low <= 1e-12;
    }
    for &yes in truths {
        let truth = yes as f64 / POPULATION as f64;
        let (mut covered, mut width) = (0.0, 0.0);
        for (place, (low, high)) in samples.iter().enumerate() {
            let chance = probability(place, yes);
            width += chance * (high - low);
            // A hair of room, so that a truth on the limit counts as covered whatever the rounding.
            if *low - 1e-9 <= truth && truth <= *high + 1e-9 {
                covered += chance;
            }
        }
        score.mean += covered / truths.len() as f64;
        score.width += width / truths.len() as f64;
        if covered < score.least {
            (score.least, score.at) = (covered, truth);
        }
    }
    score
}

pub(crate) fn of_simple(n: u64, method: IntervalMethod) -> Score {
    let samples: Vec<(f64, f64)> = (0..=n).map(|found| simple(found, n, method)).collect();
    let truths: Vec<u64> = (0..=POPULATION).collect();
    score(&truths, &samples, |found, yes| {
        hypergeometric(found as u64, POPULATION, yes, n)
    })
}

pub(crate) fn of_stratified(n: u64, method: IntervalMethod, spread: Spread) -> Score {
    let each = n / 3;
    let factor = t_factor(LEVEL, n as f64 - 3.0);
    let side = each as usize + 1;
    let samples: Vec<(f64, f64)> = (0..side * side * side)
        .map(|place| {
            let found = [place / (side * side), place / side % side, place % side].map(|count| count as u64);
            stratified(found, each * 3, method, factor)
        })
        .collect();
    // Every second p where there are many samples; the chances of each class are looked up, not made again.
    let step = if n > 60 { 2 } else { 1 };
    let truths: Vec<u64> = (0..=POPULATION).step_by(step).collect();
    let chances: Vec<[Vec<f64>; 3]> = truths
        .iter()
        .map(|&yes| {
            let yes = placed(yes, spread);
            [0, 1, 2].map(|class| {
                (0..side as u64)
                    .map(|found| hypergeometric(found, CLASSES[class], yes[class], each))
                    .collect()
            })
        })
        .collect();
    score(&truths, &samples, |place, yes| {
        let of = &chances[(yes / step as u64) as usize];
        of[0][place / (side * side)] * of[1][place / side % side] * of[2][place % side]
    })
}

fn line(design: &str, n: u64, method: IntervalMethod, score: Score) {
    println!(
        "| {design} | {n} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {} | {} |",
        method.name(),
        score.least,
        score.at,
        score.mean,
        score.width,
        if score.outside { "yes" } else { "no" },
        if score.empty { "yes" } else { "no" },
    );
}

fn main() {
    println!(
        "| design | n | method | least coverage | at p | mean coverage | mean width | leaves 0 to 1 | zero width |"
    );
    println!("|---|--:|---|--:|--:|--:|--:|---|---|");
    for n in [15, 50, 150] {
        for method in IntervalMethod::FOR_SHARES {
            line("simple", n, method, of_simple(n, method));
        }
    }
    for (name, spread) in [
        ("stratified, even", Spread::Even),
        ("stratified, largest first", Spread::LargestFirst),
        ("stratified, smallest first", Spread::SmallestFirst),
    ] {
        for n in [15, 51, 150] {
            for method in IntervalMethod::FOR_SHARES {
                if method != IntervalMethod::Hypergeometric {
                    line(name, n, method, of_stratified(n, method, spread));
                }
            }
        }
    }
}
