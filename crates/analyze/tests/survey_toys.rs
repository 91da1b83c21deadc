//! Small cases with published or hand-made answers: lonely strata, fifteen boards, exact intervals, families of
//! tests, weighting, replication and planning.

mod survey_data;

use nulmeting_analyze::survey::{
    Allocation, Auxiliary, Design, Distance, Error, Interval, IntervalMethod, Lonely, Margin, Proportion, Registered,
    Replicates, Sampling, StratumSpread, adjust_for_nonresponse, allocate, benjamini_hochberg, holm, normal_quantile,
    plan, representation,
};
use survey_data::{Table, close, design, simple, stratified};

const STRATA: [&str; 5] = ["1", "1", "2", "2", "3"];
const WEIGHTS: [f64; 5] = [10.5, 10.5, 20.0, 20.0, 15.0];
const AGES: [f64; 5] = [30.5, 40.5, 35.0, 52.0, 44.0];

fn variance_of_total(lonely: Lonely) -> f64 {
    let design = stratified(&STRATA, &WEIGHTS, lonely).unwrap();
    let se = design.total(&AGES, &design.everyone()).unwrap().se.unwrap();
    se * se
}

#[test]
fn lonely_stratum_by_each_policy() {
    let error = stratified(&STRATA, &WEIGHTS, Lonely::Fail).unwrap_err();
    assert_eq!(
        error,
        Error::Lonely {
            group: "stratum `3`".into(),
            stage: 1
        }
    );
    close(variance_of_total(Lonely::Remove), 126_625.0, 1e-12, "remove");
    close(variance_of_total(Lonely::Certainty), 126_625.0, 1e-12, "certainty");
    close(variance_of_total(Lonely::Average), 189_937.5, 1e-12, "average");
    // 126625 and the squared distance of 15 × 44 from the mean of the five weighted ages, 629.1.
    close(
        variance_of_total(Lonely::Adjust),
        126_625.0 + (660.0_f64 - 629.1).powi(2),
        1e-12,
        "adjust",
    );
    // Strata 2 and 3 together: 700, 1040 and 660 about 800, times 3/2; and stratum 1 as before, 105².
    let joined = 1.5 * (100.0_f64.powi(2) + 240.0_f64.powi(2) + 140.0_f64.powi(2));
    close(
        variance_of_total(Lonely::Collapse),
        joined + 105.0 * 105.0,
        1e-12,
        "collapse",
    );
}

#[test]
fn collapsing_passes_over_a_census_and_needs_a_neighbour() {
    let sampling = |strata: &[&str], sizes: &[f64]| Sampling {
        rows: strata.len(),
        strata: Some(strata.iter().map(|label| Some((*label).to_owned())).collect()),
        populations: vec![sizes.iter().copied().map(Some).collect()],
        lonely: Lonely::Collapse,
        ..Sampling::default()
    };
    // `a` is alone, `b` fully taken, `c` has two: a joins c, and the rows find their units again.
    let design = Design::new(&sampling(&["c", "a", "b", "c", "b"], &[8.0, 4.0, 2.0, 8.0, 2.0])).unwrap();
    let strata: Vec<(String, usize, Option<f64>)> = design
        .strata()
        .map(|(label, sampled, size)| (label.to_owned(), sampled, size))
        .collect();
    assert_eq!(
        strata,
        [("a + c".to_owned(), 3, Some(12.0)), ("b".to_owned(), 2, Some(2.0))]
    );
    assert_eq!(design.weights(), [4.0, 4.0, 1.0, 4.0, 1.0]);
    let values = [1.0, 2.0, 50.0, 6.0, 90.0];
    let total = design.total(&values, &design.everyone()).unwrap();
    close(total.estimate, 4.0 * 9.0 + 140.0, 1e-14, "total");
    // Three units of mean 3 with squares 4, 1, 9, weights 4: 16 · 14 · (3/2) · (9/12).
    close(total.se.unwrap().powi(2), 16.0 * 14.0 * 1.5 * 0.75, 1e-12, "variance");
    let alone = Design::new(&sampling(&["a", "b", "b"], &[4.0, 2.0, 2.0])).unwrap_err();
    assert_eq!(
        alone,
        Error::Lonely {
            group: "stratum `a`".into(),
            stage: 1
        }
    );
}

#[test]
fn census_has_no_sampling_error_and_says_so() {
    let design = simple(51, 1.0, Some(51.0));
    let values: Vec<f64> = (0..51).map(|i| f64::from(i % 5)).collect();
    let mean = design.mean(&values, &design.everyone()).unwrap();
    assert!(mean.census);
    assert_eq!(mean.se, Some(0.0));
    assert_eq!(mean.ci.unwrap().method, IntervalMethod::Census);
    let yes: Vec<f64> = values.iter().map(|value| f64::from(u8::from(*value > 2.0))).collect();
    let share = design
        .share(&yes, &design.everyone(), IntervalMethod::default())
        .unwrap();
    assert_eq!(share.ci.unwrap().width(), 0.0);
    let one = Design::new(&Sampling {
        rows: 1,
        populations: vec![vec![Some(1.0)]],
        ..Sampling::default()
    });
    assert!(
        one.unwrap()
            .mean(&[3.0], &simple(1, 1.0, Some(1.0)).everyone())
            .unwrap()
            .census
    );
}

const FIFTEEN: [f64; 15] = [
    2.1, 1.8, 2.5, 2.2, 1.6, 3.0, 2.4, 1.9, 2.0, 2.7, 2.3, 1.5, 2.8, 2.6, 1.7,
];

#[test]
fn fifteen_boards_of_a_thousand() {
    let design = simple(15, 1000.0 / 15.0, Some(1000.0));
    let everyone = design.everyone();
    let mean = design.mean(&FIFTEEN, &everyone).unwrap();
    close(mean.estimate, 2.206_666_666_7, 1e-10, "mean");
    close(mean.se.unwrap(), 0.117_617_081_1, 1e-9, "se");
    let ci = mean.ci.unwrap();
    assert_eq!(
        (format!("{:.7}", ci.low), format!("{:.7}", ci.high)),
        ("1.9544031".into(), "2.4589302".into())
    );
    let open = simple(15, 1.0, None);
    let mean = open.mean(&FIFTEEN, &open.everyone()).unwrap();
    close(mean.se.unwrap(), 0.118_509_258_9, 1e-9, "se without a population");
    let high: Vec<f64> = FIFTEEN.iter().map(|value| f64::from(u8::from(*value >= 2.5))).collect();
    for (method, low, up) in [
        (IntervalMethod::Mean, 0.065_149_90, 0.601_516_77),
        (IntervalMethod::Logit, 0.130_111_57, 0.625_668_35),
        (IntervalMethod::Beta, 0.113_682_25, 0.624_333_33),
    ] {
        let ci = design.share(&high, &everyone, method).unwrap().ci.unwrap();
        close(ci.low, low, 1e-7, method.name());
        close(ci.high, up, 1e-7, method.name());
    }
}

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
        let factor = nulmeting_analyze::survey::t_factor(0.95, 14.0);
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

#[test]
fn families_of_tests() {
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ];
    let bh = [
        0.0015,
        0.003,
        0.0095,
        0.035_625,
        0.0603,
        0.063_857_1,
        0.063_857_1,
        0.0645,
        0.0765,
        0.486,
        0.581_181_8,
        0.714_875,
        0.753_230_8,
        0.813_214_3,
        1.0,
    ];
    let stepped = [
        0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278, 0.3213, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0,
    ];
    // The families are given out of order, as estimates are.
    let order: Vec<usize> = (0..15).map(|i| (i * 7) % 15).collect();
    let shuffled: Vec<f64> = order.iter().map(|&i| p[i]).collect();
    for (found, expected) in [(benjamini_hochberg(&shuffled), bh), (holm(&shuffled), stepped)] {
        for (place, &i) in order.iter().enumerate() {
            assert!(
                (found[place] - expected[i]).abs() < 1e-7,
                "p {}: {}",
                p[i],
                found[place]
            );
        }
    }
    assert!(holm(&[]).is_empty());
}

#[test]
fn tests_between_groups() {
    let (table, design) = design("apiclus1");
    let (no, yes) = (
        table.equal(&design, "comp.imp", "No"),
        table.equal(&design, "comp.imp", "Yes"),
    );
    let api00 = table.number("api00");
    let t = design.t_test(&api00, &no, &yes).unwrap();
    close(t.t, 0.925_067_24, 1e-7, "t");
    close(t.difference, 15.506_015_04, 1e-9, "difference");
    close(t.p.unwrap(), 0.371_784_8, 1e-6, "p");
    assert_eq!(t.df, 13);
    let rank = design.rank_test(&api00, &no, &yes).unwrap();
    close(rank.t, 0.792_677_11, 1e-7, "rank t");
    close(rank.p.unwrap(), 0.442_192_5, 1e-6, "rank p");
}

fn school_types(table: &Table) -> Margin {
    Margin {
        name: "stype".into(),
        classes: table.text("stype").to_vec(),
        totals: [("E", 4421.0), ("H", 755.0), ("M", 1018.0)]
            .map(|(class, n)| (class.to_owned(), n))
            .to_vec(),
    }
}

fn school_wide(table: &Table) -> Margin {
    Margin {
        name: "sch.wide".into(),
        classes: table.text("sch.wide").to_vec(),
        totals: [("No", 1072.0), ("Yes", 5122.0)]
            .map(|(class, n)| (class.to_owned(), n))
            .to_vec(),
    }
}

#[test]
fn post_stratified_and_raked_weights() {
    let (table, design) = design("apiclus1");
    let post = design.post_stratified(&school_types(&table)).unwrap();
    let weight_of = |design: &Design, stype: &str, wide: &str| {
        let row = (0..table.rows)
            .find(|&row| table.text("stype")[row] == stype && (wide.is_empty() || table.text("sch.wide")[row] == wide));
        design.weights()[row.unwrap()]
    };
    for (stype, weight) in [("E", 30.701_388_89), ("H", 53.928_571_43), ("M", 40.72)] {
        close(weight_of(&post, stype, ""), weight, 1e-9, stype);
    }
    let raked = design.raked(&[school_types(&table), school_wide(&table)]).unwrap();
    for (stype, no, yes) in [
        ("E", 39.839_236_25, 29.870_675_49),
        ("H", 67.125_529_24, 50.329_401_12),
        ("M", 49.069_072_16, 36.791_024_86),
    ] {
        close(weight_of(&raked, stype, "No"), no, 1e-8, stype);
        close(weight_of(&raked, stype, "Yes"), yes, 1e-8, stype);
    }
    let ratios = raked.weight_ratios();
    close(
        ratios.iter().copied().fold(f64::INFINITY, f64::min),
        0.882_520_718_3,
        1e-9,
        "least",
    );
    close(
        ratios.iter().copied().fold(0.0, f64::max),
        1.983_204_909_3,
        1e-9,
        "most",
    );
    assert!(
        raked
            .weights()
            .iter()
            .zip(design.weights())
            .all(|(after, before)| *after > 0.0 && *before > 0.0)
    );
}

#[test]
fn post_stratification_is_calibration_and_raking_is_too() {
    let (table, design) = design("apistrat");
    let wide = school_wide(&table);
    let auxiliaries: Vec<Auxiliary> = wide
        .totals
        .iter()
        .map(|(class, total)| Auxiliary {
            name: class.clone(),
            values: wide
                .classes
                .iter()
                .map(|of_row| f64::from(u8::from(of_row == class)))
                .collect(),
            total: *total,
        })
        .collect();
    let enroll = table.number("enroll");
    let expected = design.post_stratified(&wide).unwrap();
    let expected = expected.total(&enroll, &expected.everyone()).unwrap();
    for distance in [
        Distance::Linear,
        Distance::Raking,
        Distance::Logit { low: 0.2, high: 4.0 },
    ] {
        let weighted = design.calibrated(&auxiliaries, distance).unwrap();
        let total = weighted.total(&enroll, &weighted.everyone()).unwrap();
        close(total.estimate, expected.estimate, 1e-9, "total");
        close(total.se.unwrap(), expected.se.unwrap(), 1e-9, "se");
        // The totals that the weights were made for have no error left.
        let known = weighted.total(&auxiliaries[0].values, &weighted.everyone()).unwrap();
        close(known.estimate, 1072.0, 1e-9, "known total");
        assert!(known.se.unwrap() < 1e-6);
    }
    // Iterative proportional fitting, done by hand, ends at the raked weights.
    let raked = design.raked(&[school_types(&table), school_wide(&table)]).unwrap();
    let mut fitted = design.weights().to_vec();
    for _ in 0..500 {
        for margin in [school_types(&table), school_wide(&table)] {
            for (class, total) in &margin.totals {
                let rows: Vec<usize> = (0..fitted.len()).filter(|&row| margin.classes[row] == *class).collect();
                let factor = total / rows.iter().map(|&row| fitted[row]).sum::<f64>();
                rows.iter().for_each(|&row| fitted[row] *= factor);
            }
        }
    }
    for (found, expected) in raked.weights().iter().zip(fitted) {
        close(*found, expected, 1e-8, "raked weight");
    }
}

#[test]
fn regression_estimator_by_three_distances() {
    let (table, design) = design("apiclus1");
    let is = |class: &str| -> Vec<f64> {
        table
            .text("stype")
            .iter()
            .map(|label| f64::from(u8::from(label == class)))
            .collect()
    };
    let auxiliary = |name: &str, values: Vec<f64>, total: f64| Auxiliary {
        name: name.into(),
        values,
        total,
    };
    let auxiliaries = [
        auxiliary("schools", vec![1.0; table.rows], 6194.0),
        auxiliary("H", is("H"), 755.0),
        auxiliary("M", is("M"), 1018.0),
        auxiliary("api99", table.number("api99"), 3_914_069.0),
    ];
    let api00 = table.number("api00");
    for (distance, mean, se) in [
        (Distance::Linear, 665.309_071_166, 3.441_753_116),
        (Distance::Raking, 665.393_795_995, 3.437_753_539),
        (Distance::Logit { low: 0.4, high: 3.0 }, 665.415_121_396, 3.434_454_194),
    ] {
        let weighted = design.calibrated(&auxiliaries, distance).unwrap();
        let found = weighted.mean(&api00, &weighted.everyone()).unwrap();
        close(found.estimate, mean, 1e-9, "mean");
        // The published error is that of weights iterated to 1e-7 only; the linear one is solved at once.
        close(
            found.se.unwrap(),
            se,
            if distance == Distance::Linear { 1e-9 } else { 1e-6 },
            "se",
        );
        let ratios = weighted.weight_ratios();
        let (least, most) = (
            ratios.iter().copied().fold(9.0, f64::min),
            ratios.iter().copied().fold(0.0, f64::max),
        );
        if distance == Distance::Linear {
            close(least, 0.418_592_462_2, 1e-9, "least");
            close(most, 1.833_294_883_2, 1e-9, "most");
            let domain = table.equal(&weighted, "comp.imp", "Yes");
            let found = weighted.mean(&api00, &domain).unwrap();
            close(found.estimate, 672.049, 1e-6, "domain mean");
            close(found.se.unwrap(), 6.518_153, 1e-6, "domain se");
        } else {
            assert!(least > 0.0);
        }
        if let Distance::Logit { low, high } = distance {
            assert!(least > low && most < high);
        }
    }
}

#[test]
fn margins_that_cannot_be_met_are_named() {
    let (table, design) = design("apiclus1");
    let tight = Distance::Logit { low: 0.99, high: 1.01 };
    let enroll = Auxiliary {
        name: "enroll".into(),
        values: table.number("enroll"),
        total: 3_811_472.0,
    };
    let Err(Error::NotConverged { margins, .. }) = design.calibrated(&[enroll], tight) else {
        panic!("bounds this tight cannot hold");
    };
    assert!(
        margins.len() == 1 && margins[0].starts_with("enroll reached"),
        "{margins:?}"
    );
    // Two margins that count different numbers of schools contradict each other.
    let mut wide = school_wide(&table);
    wide.totals[0].1 += 500.0;
    assert!(matches!(
        design.raked(&[school_types(&table), wide]),
        Err(Error::NotConverged { .. })
    ));
    let mut types = school_types(&table);
    types.totals.remove(1);
    assert!(matches!(design.post_stratified(&types), Err(Error::Margin { .. })));
    let mut types = school_types(&table);
    types.totals[2].1 = 0.0;
    let error = design.post_stratified(&types).unwrap_err();
    assert!(error.to_string().contains("not above zero"), "{error}");
}

#[test]
fn jackknife_of_a_total_is_taylor() {
    for name in ["apistrat", "apiclus1", "nested"] {
        let (table, design) = design(name);
        let column = if name == "nested" { "leerlingen" } else { "enroll" };
        let values = table.number(column);
        let everyone = design.everyone();
        let taylor = design.total(&values, &everyone).unwrap();
        let replicates = Replicates::jkn(&design).unwrap();
        let thetas = replicates.statistic(&design, |weights| weights.iter().zip(&values).map(|(w, v)| w * v).sum());
        let found = design.replicated(taylor.clone(), &everyone, &thetas, &replicates);
        close(found.se.unwrap(), taylor.se.unwrap(), 1e-10, name);
        close(found.deff.unwrap(), taylor.deff.unwrap(), 1e-9, name);
    }
}

#[test]
fn jackknife_about_the_estimate() {
    let (table, design) = design("apiclus1");
    let replicates = Replicates::jk1(&design).unwrap().about_estimate();
    let api00 = table.number("api00");
    let thetas = replicates.ratios(&design, &[(api00.clone(), vec![1.0; table.rows])]);
    let mean = design.mean(&api00, &design.everyone()).unwrap();
    close(
        replicates.variance(mean.estimate, &thetas[0]).sqrt(),
        26.334_857_67,
        1e-9,
        "mse",
    );
    let (_, strata) = survey_data::design("apistrat");
    assert!(matches!(
        Replicates::jk1(&strata),
        Err(Error::Replication { method: "jk1", .. })
    ));
}

/// Ambulance data of the R package survey: two areas in each of three strata.
fn ambulances() -> (Design, Vec<f64>, Vec<f64>) {
    let design = stratified(&["1", "1", "2", "2", "3", "3"], &[1.0; 6], Lonely::Fail).unwrap();
    (
        design,
        vec![25.0, 24.0, 30.0, 49.0, 80.0, 70.0],
        vec![120.0, 78.0, 185.0, 228.0, 670.0, 530.0],
    )
}

#[test]
fn half_samples_of_the_ambulance_data() {
    let (design, alive, arrests) = ambulances();
    let taylor = design.ratio(&alive, &arrests, &design.everyone()).unwrap();
    close(taylor.estimate, 0.153_506_350_08, 1e-9, "ratio");
    close(taylor.se.unwrap(), 0.009_807_303_6, 1e-8, "taylor");
    for (replicates, se) in [
        (Replicates::brr(&design, 0.0).unwrap(), 0.009_418_400_67),
        (Replicates::brr(&design, 0.3).unwrap(), 0.009_525_187_478),
        (Replicates::jkn(&design).unwrap(), 0.009_846_457_204),
    ] {
        let thetas = replicates.ratios(&design, &[(alive.clone(), arrests.clone())]);
        close(replicates.variance(taylor.estimate, &thetas[0]).sqrt(), se, 1e-9, "se");
    }
    let (_, strata) = survey_data::design("apistrat");
    assert!(matches!(Replicates::brr(&strata, 0.0), Err(Error::Replication { .. })));
}

#[test]
fn replicate_weights_that_came_with_the_data() {
    let (design, alive, arrests) = ambulances();
    let own = Replicates::jkn(&design).unwrap();
    let rows: Vec<Vec<f64>> = (0..6)
        .map(|left_out| {
            (0..6)
                .map(|row| match (row == left_out, row / 2 == left_out / 2) {
                    (true, _) => 0.0,
                    (_, true) => 2.0,
                    _ => 1.0,
                })
                .collect()
        })
        .collect();
    let supplied = Replicates::supplied(&design, &rows, true, vec![0.5; 6], false).unwrap();
    let columns = [(alive, arrests)];
    let (a, b) = (own.ratios(&design, &columns), supplied.ratios(&design, &columns));
    close(
        own.variance(0.0, &a[0]),
        supplied.variance(0.0, &b[0]),
        1e-12,
        "variance",
    );
    assert!(matches!(
        Replicates::supplied(&design, &[vec![1.0; 6], vec![-1.0; 6]], true, vec![1.0; 2], false),
        Err(Error::Weight { row: 1, .. })
    ));
}

#[test]
fn bootstrap_agrees_with_taylor_within_its_noise() {
    for name in ["apistrat-nofpc", "apistrat", "apiclus1", "twostage", "nested"] {
        let (table, design) = design(name);
        let column = if name == "nested" { "leerlingen" } else { "enroll" };
        let values = table.number(column);
        let taylor = design.total(&values, &design.everyone()).unwrap().se.unwrap();
        let replicates = Replicates::bootstrap(&design, 2000, 20_230_911).unwrap();
        let thetas = replicates.statistic(&design, |weights| weights.iter().zip(&values).map(|(w, v)| w * v).sum());
        let found = replicates.variance(0.0, &thetas).sqrt();
        // 2,000 replicates know a standard error to about 1.6 %; three times that, and more for 15 clusters.
        close(found, taylor, 0.06, name);
    }
}

#[test]
fn bootstrap_is_the_same_on_one_and_on_eight_threads() {
    let (table, design) = design("nested");
    let values = table.number("niveau");
    let draw = |threads: usize| -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let replicates = Replicates::bootstrap(&design, 300, 7).unwrap();
            let thetas = replicates.ratios(&design, &[(values.clone(), vec![1.0; table.rows])]);
            thetas[0].iter().map(|theta| theta.to_bits()).collect()
        })
    };
    assert_eq!(draw(1), draw(8));
}

#[test]
fn response_is_adjusted_within_classes_and_shown() {
    let class = ["po", "po", "po", "vo", "vo"].map(str::to_owned);
    let weights =
        adjust_for_nonresponse(&class, &[2.0, 2.0, 4.0, 3.0, 3.0], &[true, false, true, true, false]).unwrap();
    assert_eq!(weights, [2.0 * 8.0 / 6.0, 4.0 * 8.0 / 6.0, 6.0]);
    let error = adjust_for_nonresponse(&class, &[1.0; 5], &[true, true, true, false, false]).unwrap_err();
    assert!(error.to_string().contains("`vo`"), "{error}");
    let unit = |class: &str, sampled: bool, weights: Option<(f64, f64)>| Registered {
        class: class.into(),
        sampled,
        weights,
    };
    let table = representation(&[
        unit("vo", true, Some((2.0, 1.0))),
        unit("po", true, Some((2.0, 3.0))),
        unit("po", true, None),
        unit("po", false, None),
    ]);
    assert_eq!(
        (
            table[0].class.as_str(),
            table[0].population,
            table[0].sampled,
            table[0].responded
        ),
        ("po", 3, 2, 1)
    );
    assert_eq!(
        (table[0].share_register, table[0].share_before, table[0].share_after),
        (0.75, Some(0.5), Some(0.75))
    );
    assert_eq!(table[1].response, Some(1.0));
}

#[test]
fn next_year_by_neyman_and_in_proportion() {
    let stratum = |label: &str, population: f64, deviation: f64| StratumSpread {
        label: label.into(),
        population,
        deviation,
    };
    let strata = [
        stratum("small", 700.0, 0.4),
        stratum("middle", 250.0, 0.8),
        stratum("large", 50.0, 1.5),
    ];
    assert_eq!(allocate(&strata, Allocation::Proportional, 100), [70, 25, 5]);
    // 280 : 200 : 75 of 555.
    assert_eq!(allocate(&strata, Allocation::Neyman, 111), [56, 40, 15]);
    // The large ones would be taken 1.35 times over: they are taken whole, the rest is divided 280 : 200, the odd one to the first.
    assert_eq!(allocate(&strata, Allocation::Neyman, 500), [263, 187, 50]);
    let neyman = plan(&strata, Allocation::Neyman, 0.1, 0.95).unwrap();
    let proportional = plan(&strata, Allocation::Proportional, 0.1, 0.95).unwrap();
    for found in [&neyman, &proportional] {
        assert!(found.margin <= 0.1 && found.margin > 0.098, "{found:?}");
    }
    assert!(neyman.units.iter().sum::<usize>() < proportional.units.iter().sum());
    // The promised error is the one that a sample of that make-up gives.
    let everyone = plan(&strata, Allocation::Neyman, 1e-9, 0.95).unwrap();
    assert_eq!((everyone.units, everyone.margin), (vec![700, 250, 50], 0.0));
    assert!(plan(&strata, Allocation::Neyman, 0.0, 0.95).is_err());
}
