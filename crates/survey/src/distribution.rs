//! The distributions that intervals and tests are read from: normal, t, F, beta and hypergeometric.
//!
//! A distribution comes from `statrs` where that agrees with R to 1e-12 on the parameters that occur, or no worse than
//! code of our own did, and is written here where it does not. Largest relative difference from R over
//! data/reference/distributions.csv (degrees of freedom of 1 to 99,999, effective sample sizes of 0.4 to 100,000),
//! measured with statrs 0.19.1:
//!
//! | function | statrs | here | taken |
//! |---|---|---|---|
//! | normal quantile | 4e-16 | | statrs |
//! | hypergeometric probability, population of at most 1,000 | 2e-12 | 2e-12 | statrs |
//! | the same, population of 100,000 | 3e-10 | 2e-10 | statrs |
//! | t quantile | 2e-5 | 1e-12 | here |
//! | t probability | 1e-9 | 2e-12 | here |
//! | F probability | 9e-12 | 5e-14 | here |
//! | beta quantile | 3e2 | 5e-13 | here |
//! | beta probability | 1e-9 | 1e-11 | here |
//!
//! Equal bytes on every machine are no reason for either: with the platform's `exp` and `log` in place of those of
//! `libm`, none of the 716 values compared differs once it is rounded to 12 digits, which is what tables hold.

use libm::{erfc, exp, fabs, lgamma, log, log1p, sqrt};
use statrs::distribution::{ContinuousCDF, Discrete, Hypergeometric, Normal};

/// ln B(a, b) without the loss of digits that large arguments would bring.
fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 20.0 {
        return lgamma(small) + lgamma(large) - lgamma(small + large);
    }
    // Stirling: lnΓ(x) = (x − ½) ln x − x + ½ ln 2π + r(x); the big parts are subtracted by hand.
    let sum = small + large;
    let ratio = small / large;
    if small >= 20.0 {
        return -(small - 0.5) * log1p(large / small) - large * log1p(ratio) - 0.5 * log(large)
            + 0.5 * log(2.0 * std::f64::consts::PI)
            + stirling(small)
            + stirling(large)
            - stirling(sum);
    }
    let gap = -(large - 0.5) * log1p(ratio) - small * log(sum) + small + stirling(large) - stirling(sum);
    lgamma(small) + gap
}

/// The remainder of Stirling's formula for lnΓ, for arguments of 20 and more.
fn stirling(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0)))) / x
}

/// P(X ≤ x) of a beta distribution and its complement, for x and y that add up to 1.
///
/// Both are arguments because the caller knows the small one to full precision: 1 − x of an x near 1 has lost digits.
pub(crate) fn beta_both(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    beta_inside(a, b, x, y, front(a, b, x, y, ln_beta(a, b)))
}

/// xᵃ yᵇ / B(a, b): the density at x, inside 0 to 1, times x y.
fn front(a: f64, b: f64, x: f64, y: f64, ln_beta: f64) -> f64 {
    let (ln_x, ln_y) = if x < y {
        (log(x), log1p(-x))
    } else {
        (log1p(-y), log(y))
    };
    exp(a * ln_x + b * ln_y - ln_beta)
}

/// The same inside 0 to 1, where the factor before the fraction is known.
fn beta_inside(a: f64, b: f64, x: f64, y: f64, front: f64) -> (f64, f64) {
    if x <= (a + 1.0) / (a + b + 2.0) {
        let lower = front * continued_fraction(a, b, x) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = front * continued_fraction(b, a, y) / b;
        (1.0 - upper, upper)
    }
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let floor = |value: f64| if fabs(value) < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / floor(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    // The fraction converges after about the square root of the larger parameter; 100,000 steps are never reached.
    for step in 1..100_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / floor(1.0 + even * d);
        c = floor(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / floor(1.0 + odd * d);
        c = floor(1.0 + odd / c);
        fraction *= d * c;
        // Two roundings of the product are as near to one as it gets.
        if fabs(d * c - 1.0) < 5e-16 {
            break;
        }
    }
    fraction
}

/// A first guess at a beta quantile, to about three digits where both parameters are above one.
///
/// Source: Abramowitz and Stegun 26.5.22; below one, a normal distribution of the log-odds.
fn beta_start(a: f64, b: f64, probability: f64) -> f64 {
    let tail = hastings(probability.min(1.0 - probability));
    let deviate = if probability < 0.5 { -tail } else { tail };
    if a <= 1.0 || b <= 1.0 {
        let odds = log(a / b) + sqrt(1.0 / a + 1.0 / b) * deviate;
        return 1.0 / (1.0 + exp(-odds));
    }
    let (p, q) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let lambda = (deviate * deviate - 3.0) / 6.0;
    let h = 2.0 / (p + q);
    let spread = -deviate * sqrt((h + lambda).max(0.0)) / h;
    let w = spread - (q - p) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
    a / (a + b * exp(2.0 * w))
}

/// The value below which a beta variable falls with the given probability.
pub fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) || probability.is_nan() {
        return f64::NAN;
    }
    if probability <= 0.0 {
        return 0.0;
    }
    if probability >= 1.0 {
        return 1.0;
    }
    let normal = ln_beta(a, b);
    let mut x = beta_start(a, b, probability).clamp(1e-300, 1.0 - 1e-15);
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let front = front(a, b, x, 1.0 - x, normal);
        let (lower, upper) = beta_inside(a, b, x, 1.0 - x, front);
        let excess = if probability < 0.5 {
            lower - probability
        } else {
            (1.0 - probability) - upper
        };
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let density = front / (x * (1.0 - x));
        let newton = excess / density;
        // Halley's step: the curvature of the distribution function is known, so it is used.
        let curvature = newton * ((a - 1.0) / x - (b - 1.0) / (1.0 - x));
        let step = newton / (1.0 - 0.5 * curvature.min(1.0));
        let next = x - step;
        if next > low && next < high && density > 0.0 {
            x = next;
            // The error after a step is of the order of the step cubed.
            if fabs(step) <= 1e-6 * x.min(1.0 - x) {
                break;
            }
        } else if fabs(step) <= 4e-16 * x || high - low <= 2e-16 * high {
            break;
        } else {
            x = 0.5 * (low + high);
        }
    }
    x
}

/// The two-sided probability of a t at least as far from zero.
pub fn t_two_sided(x: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return erfc(fabs(x) / std::f64::consts::SQRT_2);
    }
    let sum = df + x * x;
    beta_both(0.5 * df, 0.5, df / sum, x * x / sum).0
}

/// The factor by which a standard error is multiplied for a two-sided interval at the level.
///
/// Unit: `level` from 0 to 1; `df` above zero, infinite for the normal distribution.
pub fn t_factor(level: f64, df: f64) -> f64 {
    let both_tails = 1.0 - level;
    if df.is_infinite() {
        return -normal_quantile(0.5 * both_tails);
    }
    if both_tails < 0.5 {
        let ratio = beta_quantile(0.5 * df, 0.5, both_tails);
        return sqrt(df * (1.0 - ratio) / ratio);
    }
    // Near the middle the other form of the same relation keeps its digits.
    let ratio = beta_quantile(0.5, 0.5 * df, level);
    sqrt(df * ratio / (1.0 - ratio))
}

/// The value above which a standard normal variable falls with a probability of at most a half, to two decimals.
///
/// Source: Abramowitz and Stegun 26.2.22, after Hastings.
fn hastings(tail: f64) -> f64 {
    let root = sqrt(-2.0 * log(tail));
    root - (2.30753 + 0.27061 * root) / (1.0 + root * (0.99229 + 0.04481 * root))
}

/// The value below which a standard normal variable falls with the given probability.
pub fn normal_quantile(probability: f64) -> f64 {
    if probability.is_nan() {
        return f64::NAN;
    }
    Normal::standard().inverse_cdf(probability.clamp(0.0, 1.0))
}

/// The probability that an F variable exceeds `x`; an infinite second df gives a scaled chi-square by its limit.
pub(crate) fn f_upper(x: f64, df1: f64, df2: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let sum = df2 + df1 * x;
    beta_both(0.5 * df2, 0.5 * df1, df2 / sum, df1 * x / sum).0
}

/// The probability of `drawn` marked units in a sample of `sample` from `population`, of which `marked` are marked.
pub fn hypergeometric(drawn: u64, population: u64, marked: u64, sample: u64) -> f64 {
    let possible = marked <= population && sample <= population && drawn <= marked.min(sample);
    if !possible || sample - drawn > population - marked {
        return 0.0;
    }
    Hypergeometric::new(population, marked, sample).map_or(f64::NAN, |distribution| exp(distribution.ln_pmf(drawn)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Beta, FisherSnedecor, StudentsT};
    use std::collections::BTreeMap;

    /// The largest relative difference from R per function: of what the engine uses, and of statrs.
    fn differences_from_r() -> BTreeMap<&'static str, (f64, f64)> {
        let mut largest: BTreeMap<&'static str, (f64, f64)> = BTreeMap::new();
        for line in include_str!("../../../data/reference/distributions.csv")
            .lines()
            .skip(1)
        {
            let cell: Vec<&str> = line.split(',').collect();
            let [a, b, c, expected] = [1, 2, 3, 4].map(|at| cell[at].parse::<f64>().unwrap());
            let (name, used, statrs) = match cell[0] {
                "qt" => ("qt", t_factor(a, b), student(b).inverse_cdf(0.5 + 0.5 * a)),
                "qbeta" => ("qbeta", beta_quantile(a, b, c), Beta::new(a, b).unwrap().inverse_cdf(c)),
                "pbeta" => ("pbeta", beta_both(a, b, c, 1.0 - c).0, Beta::new(a, b).unwrap().cdf(c)),
                "pf" => ("pf", f_upper(a, b, c), FisherSnedecor::new(b, c).unwrap().sf(a)),
                "pt" => ("pt", t_two_sided(a, b), 2.0 * student(b).cdf(-fabs(a))),
                "qnorm" => ("qnorm", normal_quantile(a), normal_quantile(a)),
                sampled if sampled.starts_with("dhyper") => {
                    let size = sampled["dhyper".len()..].parse().unwrap();
                    let probability = hypergeometric(b as u64, a as u64, c as u64, size);
                    let name = if a <= 1_000.0 { "dhyper" } else { "dhyper of many" };
                    (name, probability, probability)
                }
                other => panic!("unknown function {other}"),
            };
            let difference = |value: f64| fabs(value - expected) / fabs(expected).max(f64::MIN_POSITIVE);
            let entry = largest.entry(name).or_default();
            *entry = (entry.0.max(difference(used)), entry.1.max(difference(statrs)));
        }
        largest
    }

    fn student(df: f64) -> StudentsT {
        StudentsT::new(0.0, 1.0, df).unwrap()
    }

    /// Made by data/reference/distributions.R.
    #[test]
    fn distributions_are_those_of_r() {
        let differences = differences_from_r();
        let tolerances = [
            ("dhyper", 2e-12),
            // The logarithms of factorials of 100,000 are near a million, which leaves ten digits of their difference.
            ("dhyper of many", 5e-10),
            ("pbeta", 2e-11),
            ("pf", 1e-12),
            ("pt", 2e-12),
            ("qbeta", 1e-12),
            ("qnorm", 1e-15),
            ("qt", 1e-12),
        ];
        assert!(differences.keys().copied().eq(tolerances.map(|(name, _)| name)));
        for (name, tolerance) in tolerances {
            assert!(differences[name].0 <= tolerance, "{name}: {:e}", differences[name].0);
        }
    }

    /// Once a later statrs agrees with R, the code here can go.
    #[test]
    fn statrs_leaves_r_where_the_engine_has_code_of_its_own() {
        let differences = differences_from_r();
        for name in ["pbeta", "pf", "pt", "qbeta", "qt"] {
            assert!(differences[name].1 > 1e-12, "{name}: {:e}", differences[name].1);
        }
    }

    #[test]
    fn infinite_df_is_the_normal_distribution() {
        assert!(fabs(t_factor(0.95, f64::INFINITY) - 1.959_963_984_540_054) < 1e-14);
        assert!(fabs(t_factor(0.3, 1e9) - t_factor(0.3, f64::INFINITY)) < 1e-8);
    }

    #[test]
    fn impossible_counts_have_no_probability_and_limits_of_the_normal_are_infinite() {
        assert_eq!(hypergeometric(3, 10, 2, 5), 0.0);
        assert_eq!(hypergeometric(0, 10, 8, 5), 0.0);
        assert_eq!(
            (normal_quantile(0.0), normal_quantile(1.0)),
            (f64::NEG_INFINITY, f64::INFINITY)
        );
    }
}
