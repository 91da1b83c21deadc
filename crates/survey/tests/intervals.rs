//! Intervals of shares with published or hand-made answers, down to nobody and everybody.

mod survey_data;

use nulmeting_survey::{Error, Interval, IntervalMethod, Proportion, normal_quantile};
use survey_data::{close, design, simple};

/// The interval of a simple random sample from a population without end, with the normal factor.
fn binomial(yes: usize, n: usize, method: IntervalMethod) -> (f64, f64) {
    let p = yes as f64 / n as f64;
    let se = (p * (1.0 - p) / n as f64).sqrt();
    let ci = Proportion {
        p,
        se,
        n,
        kish: n as f64,
        level: 0.95,
        factor: normal_quantile(0.975),
    }
    .interval(method);
    (ci.low, ci.high)
}

#[test]
fn plain_binomial_intervals() {
    for (yes, n, low, high) in [
        (3, 15, 0.070_475_49, 0.451_854_49),
        (0, 15, 0.0, 0.203_883_30),
        (15, 15, 0.796_116_70, 1.0),
        (8, 15, 0.301_169_80, 0.751_904_65),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let found = binomial(yes, n, IntervalMethod::Wilson);
        let tolerance = if n == 15 { 1e-8 } else { 5e-5 };
        assert!(
            (found.0 - low).abs() < tolerance && (found.1 - high).abs() < tolerance,
            "{yes}/{n}: {found:?}"
        );
    }
    // With the t factor of n − 1 on both sides the beta interval is Clopper and Pearson's.
    for (yes, low, high) in [
        (3, 0.043_312_01, 0.480_891_13),
        (0, 0.0, 0.218_019_36),
        (15, 0.781_980_64, 1.0),
        (8, 0.265_861_35, 0.787_333_27),
    ] {
        let p = f64::from(yes) / 15.0;
        let se = (p * (1.0 - p) / 15.0).sqrt();
        let factor = nulmeting_survey::t_factor(0.95, 14.0);
        let ci = Proportion {
            p,
            se,
            n: 15,
            kish: 15.0,
            level: 0.95,
            factor,
        }
        .interval(IntervalMethod::KornGraubard);
        assert!(
            (ci.low - low).abs() < 1e-8 && (ci.high - high).abs() < 1e-8,
            "{yes}/15: {ci:?}"
        );
    }
}

#[test]
fn exact_hypergeometric_intervals() {
    for (found, sample, population, low, high) in [
        (3, 15, 1000, 0.045, 0.479),
        (3, 15, 100, 0.06, 0.46),
        (3, 15, 20, 0.15, 0.35),
        (0, 15, 1000, 0.0, 0.216),
        (108, 152, 1000, 0.638, 0.775),
    ] {
        let ci = Interval::hypergeometric(found, sample, population, 0.95);
        assert_eq!((ci.low, ci.high), (low, high), "{found}/{sample} of {population}");
    }
    let all = Interval::hypergeometric(4, 15, 15, 0.95);
    close(all.low, 4.0 / 15.0, 1e-15, "census");
    close(all.high, 4.0 / 15.0, 1e-15, "census");
}

#[test]
fn hypergeometric_is_for_simple_random_samples() {
    let design = simple(15, 1000.0 / 15.0, Some(1000.0));
    let yes: Vec<f64> = (0..15).map(|i| f64::from(u8::from(i < 3))).collect();
    let share = design
        .share(&yes, &design.everyone(), IntervalMethod::Hypergeometric)
        .unwrap();
    assert_eq!((share.ci.unwrap().low, share.ci.unwrap().high), (0.045, 0.479));
    let part = design.domain_where(|row| row < 10);
    assert!(matches!(
        design.share(&yes, &part, IntervalMethod::Hypergeometric),
        Err(Error::NotSimpleRandom { .. })
    ));
}

#[test]
fn nobody_and_everybody_have_intervals_of_some_width() {
    let (table, design) = design("apiclus1");
    let high_schools = table.equal(&design, "stype", "H");
    let great: Vec<f64> = table
        .number("api00")
        .iter()
        .map(|api| f64::from(u8::from(*api >= 800.0)))
        .collect();
    let none = design.share(&great, &high_schools, IntervalMethod::default()).unwrap();
    assert_eq!((none.estimate, none.n, none.n_eff), (0.0, 14, Some(14.0)));
    for method in IntervalMethod::FOR_SHARES {
        if matches!(method, IntervalMethod::Mean | IntervalMethod::Hypergeometric) {
            continue;
        }
        let ci = design.share(&great, &high_schools, method).unwrap().ci.unwrap();
        assert!(
            ci.low == 0.0 && ci.high > 0.1 && ci.high < 0.5,
            "{}: {ci:?}",
            method.name()
        );
        let all: Vec<f64> = great.iter().map(|yes| 1.0 - yes).collect();
        let mirrored = design.share(&all, &high_schools, method).unwrap().ci.unwrap();
        assert!(
            mirrored.high == 1.0 && (mirrored.low - (1.0 - ci.high)).abs() < 1e-9,
            "{}",
            method.name()
        );
    }
}

#[test]
fn rare_share_under_stress() {
    let (table, design) = design("apiclus1");
    let none: Vec<f64> = table
        .number("ell")
        .iter()
        .map(|ell| f64::from(u8::from(*ell == 0.0)))
        .collect();
    for (method, low, high) in [
        (IntervalMethod::Mean, -0.026_662_41, 0.070_378_25),
        (IntervalMethod::Logit, 0.002_304_69, 0.177_747_77),
        (IntervalMethod::Beta, 0.000_216_15, 0.137_507_76),
    ] {
        let share = design.share(&none, &design.everyone(), method).unwrap();
        close(share.estimate, 0.021_857_923_5, 1e-9, "share");
        let ci = share.ci.unwrap();
        assert!(
            (ci.low - low).abs() < 1e-8 && (ci.high - high).abs() < 1e-8,
            "{}: {ci:?}",
            method.name()
        );
    }
}

#[test]
fn wilson_and_korn_graubard_on_the_api_samples() {
    for (name, wilson, capped) in [
        ("apistrat", (0.105_438_85, 0.218_487_35), (0.101_242_80, 0.219_518_42)),
        ("apiclus1", (0.030_200_36, 0.180_576_39), (0.021_548_23, 0.183_221_23)),
    ] {
        let (table, design) = design(name);
        let great: Vec<f64> = table
            .number("api00")
            .iter()
            .map(|api| f64::from(u8::from(*api >= 800.0)))
            .collect();
        for (method, expected) in [(IntervalMethod::Wilson, wilson), (IntervalMethod::KornGraubard, capped)] {
            let ci = design.share(&great, &design.everyone(), method).unwrap().ci.unwrap();
            assert!(
                (ci.low - expected.0).abs() < 1e-8 && (ci.high - expected.1).abs() < 1e-8,
                "{name}: {ci:?}"
            );
        }
    }
}
