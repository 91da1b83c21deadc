//! The distributions that intervals and tests are read from: normal, t, F, beta and hypergeometric.
//!
//! Written here rather than taken from a crate because the intervals are held to nine digits against R and to
//! the same bytes on every machine: only `libm` functions are used. Quantiles are found by bisection guided by
//! Newton steps on the distribution function, so they are as exact as that function.

use libm::{erfc, exp, fabs, lgamma, log, log1p, sqrt};

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

/// P(X ≤ x) of a beta distribution, and its complement, each to full relative precision.
pub(crate) fn beta_both(a: f64, b: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x >= 1.0 {
        return (1.0, 0.0);
    }
    beta_inside(a, b, x, front(a, b, x, ln_beta(a, b)))
}

/// xᵃ (1 − x)ᵇ / B(a, b): the density at x, inside 0 to 1, times x (1 − x).
fn front(a: f64, b: f64, x: f64, ln_beta: f64) -> f64 {
    exp(a * log(x) + b * log1p(-x) - ln_beta)
}

/// The same inside 0 to 1, where the factor before the fraction is known.
fn beta_inside(a: f64, b: f64, x: f64, front: f64) -> (f64, f64) {
    if x <= (a + 1.0) / (a + b + 2.0) {
        let lower = front * continued_fraction(a, b, x) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = front * continued_fraction(b, a, 1.0 - x) / b;
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
    // The fraction settles after about the square root of the larger parameter; the bound is never the reason to stop.
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
        let front = front(a, b, x, normal);
        let (lower, upper) = beta_inside(a, b, x, front);
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
    beta_both(0.5 * df, 0.5, df / (df + x * x)).0
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
    if probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    let tail = if probability < 0.5 {
        probability
    } else {
        1.0 - probability
    };
    // Newton steps on the tail, where its logarithm is nearly a parabola.
    let mut x = hastings(tail);
    for _ in 0..20 {
        let upper = 0.5 * erfc(x / std::f64::consts::SQRT_2);
        let density = exp(-0.5 * x * x) / sqrt(2.0 * std::f64::consts::PI);
        let step = log(upper / tail) * upper / density;
        x += step;
        if fabs(step) <= 1e-16 * fabs(x) {
            break;
        }
    }
    if probability < 0.5 { -x } else { x }
}

/// The probability that an F variable exceeds `x`; an infinite second df gives a scaled chi-square by its limit.
pub(crate) fn f_upper(x: f64, df1: f64, df2: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    beta_both(0.5 * df2, 0.5 * df1, df2 / (df2 + df1 * x)).0
}

/// The logarithm of the number of ways to take `k` from `n`.
fn ln_choose(n: f64, k: f64) -> f64 {
    lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0)
}

/// The probability of `found` marked units in a sample of `sample` from `population`, of which `marked` are marked.
pub fn hypergeometric(found: u64, population: u64, marked: u64, sample: u64) -> f64 {
    if marked > population || found > marked || found > sample || sample - found > population - marked {
        return 0.0;
    }
    let (found, population, marked, sample) = (found as f64, population as f64, marked as f64, sample as f64);
    exp(ln_choose(marked, found) + ln_choose(population - marked, sample - found) - ln_choose(population, sample))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!(
            fabs(found - expected) <= tolerance * fabs(expected),
            "found {found}, expected {expected}"
        );
    }

    /// Made with R 4.2.2: `qt`, `qbeta`, `pf`, `pt`, `qnorm`, `dhyper`, printed to 17 digits.
    #[test]
    fn quantiles_agree_with_r() {
        for line in include_str!("distribution_reference.csv").lines().skip(1) {
            let cell: Vec<&str> = line.split(',').collect();
            let number = |i: usize| -> f64 { cell[i].parse().unwrap() };
            let found = match cell[0] {
                "qt" => t_factor(number(1), number(2)),
                "qbeta" => beta_quantile(number(1), number(2), number(3)),
                "pbeta" => beta_both(number(1), number(2), number(3)).0,
                "pf" => f_upper(number(1), number(2), number(3)),
                "pt" => t_two_sided(number(1), number(2)),
                "qnorm" => normal_quantile(number(1)),
                "dhyper" => {
                    let [n, k, m] = [1, 2, 3].map(|i| number(i) as u64);
                    hypergeometric(k, n, m, 15)
                }
                other => panic!("unknown function {other}"),
            };
            assert!(
                fabs(found - number(4)) <= 1e-11 * fabs(number(4)) + 1e-300,
                "{line}: found {found}"
            );
        }
    }

    #[test]
    fn infinite_df_is_the_normal_distribution() {
        close(t_factor(0.95, f64::INFINITY), 1.959_963_984_540_054, 1e-14);
        close(t_factor(0.3, 1e9), t_factor(0.3, f64::INFINITY), 1e-8);
    }
}
