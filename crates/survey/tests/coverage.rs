//! The default interval for a share covers the truth at least 93 % of the time, whatever the truth is.
//!
//! The small part of the study in examples/coverage.rs, whose functions it uses: 15 of 1,000, every p.

#[allow(dead_code, reason = "the example prints more than is checked here")]
#[path = "../examples/coverage.rs"]
mod coverage;

use coverage::{Score, Spread, of_simple, of_stratified};
use nulmeting_survey::IntervalMethod;

fn check(score: Score, what: &str) {
    assert!(score.least >= 0.93, "{what}: covers {} at {}", score.least, score.at);
    assert!(!score.outside && !score.empty, "{what}");
    assert!(score.width > 0.0 && score.mean <= 1.0 + 1e-9, "{what}");
}

#[test]
fn the_default_interval_covers() {
    let method = IntervalMethod::default();
    check(of_simple(15, method), "simple");
    for spread in [Spread::Even, Spread::LargestFirst, Spread::SmallestFirst] {
        check(of_stratified(15, method, spread), &format!("{spread:?}"));
    }
}

#[test]
fn the_measure_can_tell_a_bad_interval() {
    let wald = of_simple(15, IntervalMethod::Mean);
    assert!(wald.least < 0.1 && wald.outside && wald.empty);
    let capped = of_stratified(15, IntervalMethod::KornGraubard, Spread::LargestFirst);
    assert!(capped.least < 0.9);
}
