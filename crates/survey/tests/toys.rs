//! Small cases with published or hand-made answers: lonely strata, fifteen boards, families of tests, and planning.

mod survey_data;

use nulmeting_survey::{
    Allocation, Design, Error, IntervalMethod, Lonely, Sampling, StratumSpread, allocate, benjamini_hochberg, holm,
    plan,
};
use survey_data::{close, design, simple, stratified};

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
