//! The distributions that intervals and tests are read from, against the crate statrs.

use nulmeting_survey::{beta_quantile, hypergeometric, normal_quantile, t_factor, t_two_sided};
use statrs::distribution::{Beta, ContinuousCDF, Discrete, Hypergeometric, Normal, StudentsT};

fn near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (found - expected).abs() <= tolerance * expected.abs().max(1e-12),
        "{what}: {found} is not {expected}"
    );
}

#[test]
fn t_at_all_degrees_of_freedom_that_waves_have() {
    for df in [1.0, 2.0, 3.0, 7.0, 14.0, 29.0, 149.0, 999.0] {
        let theirs = StudentsT::new(0.0, 1.0, df).unwrap();
        for x in [-6.0_f64, -2.5, -1.0, -0.1, 0.0, 0.3, 1.7, 4.0] {
            let both = 2.0 * theirs.cdf(-x.abs());
            near(t_two_sided(x, df), both, 1e-9, &format!("two tails of t({df}) at {x}"));
        }
        for level in [0.8, 0.9, 0.95, 0.99] {
            let reached = theirs.cdf(t_factor(level, df));
            near(
                reached,
                0.5 + 0.5 * level,
                1e-10,
                &format!("factor of t({df}) at {level}"),
            );
        }
    }
}

#[test]
fn quantiles_of_beta_and_normal_give_back_their_probability() {
    for (a, b) in [
        (0.4, 3.6),
        (1.0, 15.0),
        (3.2, 12.8),
        (16.0, 1.0),
        (51.5, 98.5),
        (480.0, 520.0),
    ] {
        let theirs = Beta::new(a, b).unwrap();
        for probability in [0.005, 0.025, 0.1, 0.5, 0.9, 0.975, 0.995] {
            let reached = theirs.cdf(beta_quantile(a, b, probability));
            near(reached, probability, 1e-9, &format!("beta({a}, {b}) at {probability}"));
        }
    }
    let theirs = Normal::new(0.0, 1.0).unwrap();
    for probability in [1e-6, 0.01, 0.025, 0.3, 0.5, 0.975, 0.9999] {
        let reached = theirs.cdf(normal_quantile(probability));
        near(reached, probability, 1e-9, &format!("normal at {probability}"));
    }
}

#[test]
fn counts_of_a_sample_from_a_known_population() {
    for (population, marked, sample) in [(20, 3, 15), (100, 46, 15), (1000, 45, 15), (1000, 700, 152)] {
        let theirs = Hypergeometric::new(population, marked, sample).unwrap();
        for found in 0..=sample.min(marked) {
            let expected = theirs.pmf(found);
            if expected > 1e-200 {
                let what = format!("{found} of {sample}, {marked} of {population}");
                near(hypergeometric(found, population, marked, sample), expected, 1e-8, &what);
            }
        }
    }
}
