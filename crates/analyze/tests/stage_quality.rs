//! What stands beside the estimates: tests between groups, who is missing, and how organisations rate themselves.

use nulmeting_analyze::comparisons::{adjust, against_rest};
use nulmeting_analyze::disclosure::{Guarded, Withheld, decide, relations, release};
use nulmeting_analyze::next_wave::spreads;
use nulmeting_analyze::representation::represented;
use nulmeting_analyze::sample::{Group, Sample};
use nulmeting_analyze::validation::validated;
use nulmeting_analyze::variable::{Measure, Variable};
use nulmeting_study::tables::{Estimate, Level, Organisation, Validation};
use nulmeting_study::words::{Assessor, Base, Reliability, Scope, Status};
use nulmeting_study::{Framework, Study, shipped};
use nulmeting_survey::{Design, Sampling};

const STUDY: &str = r#"
[study]
title = "Test"
framework = "normenkader-ibp-fo-2024"
seed = 1
date = 2024-06-01
identified = true
[population]
register = "register.csv"
columns = { id = "ID", sector = "SECTOR", pupils = "LEERLINGEN" }
[[wave]]
id = "2024"
selection = "random"
[[wave.source]]
path = "a.csv"
[disclosure]
minimum = 3
"#;

/// Twelve boards in two strata of 20 and 30; the first half of each stratum is in sector po.
fn sample() -> Sample {
    let strata: Vec<String> = (0..12).map(|i| if i < 6 { "a".into() } else { "b".into() }).collect();
    let size = |i: usize| if i < 6 { 20.0 } else { 30.0 };
    let design = Design::new(&Sampling {
        rows: 12,
        strata: Some(strata.iter().cloned().map(Some).collect()),
        weights: Some((0..12).map(|i| Some(size(i) / 6.0)).collect()),
        populations: vec![(0..12).map(|i| Some(size(i))).collect()],
        ..Sampling::default()
    })
    .unwrap();
    Sample {
        wave: "2024".into(),
        organisations: (0..12).map(|i| format!("{i:02}")).collect(),
        pupils: (0..12)
            .map(|i| (i != 5).then_some(100.0 + 50.0 * f64::from(i)))
            .collect(),
        sector: (0..12)
            .map(|i| if i % 6 < 3 { "po".into() } else { "vo".into() })
            .collect(),
        size: vec![None; 12],
        design,
        strata,
    }
}

const LEVELS: [f64; 12] = [2.0, 3.0, 2.5, 1.0, 1.5, 2.0, 3.0, 3.5, 2.5, 2.0, 1.0, 2.5];

fn values() -> Vec<Option<f64>> {
    LEVELS.into_iter().map(Some).collect()
}

fn po(sample: &Sample) -> Group {
    let groups = sample.groups();
    groups
        .into_iter()
        .find(|group| group.by == "sector" && group.name == "po")
        .unwrap()
}

/// R 4.2.2, survey 4.1-1:
/// `d <- svydesign(~1, strata = ~h, weights = ~w, fpc = ~N, data = data.frame(h = rep(c("a","b"), each = 6), w =
/// rep(c(20,30)/6, each = 6), N = rep(c(20,30), each = 6), y = c(2,3,2.5,1,1.5,2,3,3.5,2.5,2,1,2.5), g =
/// rep(c(0,0,0,1,1,1), 2), m = 100 + 50 * (0:11))); svyttest(y ~ g, d)$p.value`; per pupil from
/// `svycontrast(svyby(~I(y*m), ~g, denominator = ~m, subset(d, m != 350), svyratio, covmat = TRUE), c(1, -1))`.
#[test]
fn a_group_against_the_rest_is_the_t_test_of_r() {
    let sample = sample();
    let p = |base| against_rest(&sample, &po(&sample), &values(), Measure::Level, base, 3).unwrap();
    let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-8, "{found} is not {expected}");
    near(p(Base::Organisations), 0.005_335_742_138_198_35);
    near(p(Base::Pupils), 0.014_854_816_894_526_9);
}

#[test]
fn no_test_without_enough_on_both_sides_or_without_spread() {
    let sample = sample();
    let group = po(&sample);
    let test = |values: &[Option<f64>], measure, minimum| {
        against_rest(&sample, &group, values, measure, Base::Organisations, minimum)
    };
    assert!(test(&values(), Measure::Level, 6).is_some());
    assert_eq!(test(&values(), Measure::Level, 7), None, "seven are asked of six");
    assert_eq!(test(&values(), Measure::Median, 3), None);
    let apart: Vec<Option<f64>> = group.member.iter().map(|own| Some(f64::from(u8::from(*own)))).collect();
    assert_eq!(
        test(&apart, Measure::Share, 3),
        None,
        "all against none has no standard error, and no p of 0"
    );
    let everyone = &sample.groups()[0];
    assert_eq!(
        against_rest(&sample, everyone, &values(), Measure::Level, Base::Organisations, 3),
        None
    );
}

fn estimate(by: &str, group: &str, item: &str, p: Option<f64>) -> Estimate {
    Estimate {
        id: String::new(),
        wave: "2024".into(),
        scope: Scope::Domain,
        item: item.into(),
        by: by.into(),
        group: group.into(),
        statistic: "mean_level".into(),
        base: Base::Organisations,
        estimate: None,
        se: None,
        ci_low: None,
        ci_high: None,
        ci_method: "t".into(),
        df: None,
        deff: None,
        n: Some(9),
        n_eff: None,
        population: None,
        reliability: Reliability::Ok,
        suppressed: false,
        p,
        p_adjusted: None,
        p_fdr: None,
    }
}

#[test]
fn families_are_adjusted_apart_and_what_was_not_tested_does_not_count() {
    let mut rows = [
        estimate("all", "all", "GO", None),
        estimate("sector", "po", "GO", Some(0.01)),
        estimate("sector", "vo", "GO", Some(0.04)),
        estimate("sector", "so", "GO", None),
        estimate("sector", "po", "RM", Some(0.03)),
        estimate("size", "<1000", "GO", Some(0.04)),
    ];
    adjust(&mut rows);
    let holm: Vec<Option<f64>> = rows.iter().map(|row| row.p_adjusted).collect();
    let bh: Vec<Option<f64>> = rows.iter().map(|row| row.p_fdr).collect();
    // p.adjust(c(.01, .04, .03), "holm") and "BH"; a family of one is left as it is.
    assert_eq!(holm, [None, Some(0.03), Some(0.06), None, Some(0.06), Some(0.04)]);
    assert_eq!(bh, [None, Some(0.03), Some(0.04), None, Some(0.04), Some(0.04)]);
}

fn organisation(name: &str, sector: &str, sampled: bool, weights: Option<(f64, f64)>) -> Organisation {
    Organisation {
        wave: "2024".into(),
        organisation: name.into(),
        sector: Some(sector.into()),
        size: None,
        pupils: None,
        stratum: Some("all".into()),
        population: Some(5),
        sampled,
        responded: weights.is_some(),
        design_weight: weights.map(|weights| weights.0),
        weight: weights.map(|weights| weights.1),
    }
}

#[test]
fn who_is_missing_before_and_after_weighting() {
    let register = [
        organisation("a", "po", true, Some((2.5, 3.0))),
        organisation("b", "po", true, None),
        organisation("c", "po", false, None),
        organisation("d", "vo", true, Some((2.5, 2.0))),
        organisation("e", "vo", false, None),
    ];
    let rows = represented(&register);
    let names: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row.variable.as_str(), row.class.as_str()))
        .collect();
    assert_eq!(names, [("stratum", "all"), ("sector", "po"), ("sector", "vo")]);
    let po = &rows[1];
    assert_eq!(
        (po.population, po.sampled, po.responded, po.response),
        (3, 2, 1, Some(0.5))
    );
    let shares = (
        po.share_register,
        po.share_respondents,
        po.share_design,
        po.share_weighted,
    );
    assert_eq!(shares, (0.6, Some(0.5), Some(0.5), Some(0.6)));
}

fn level(organisation: &str, norm: &str, assessor: Assessor, level: Option<i64>) -> Level {
    Level {
        wave: "2024".into(),
        organisation: organisation.into(),
        norm: norm.into(),
        domain: norm[..2].into(),
        assessor,
        used: assessor == Assessor::Own,
        level,
        status: if level.is_some() {
            Status::Answered
        } else {
            Status::Skipped
        },
        respondents: 1,
        target: Some(3),
        meets_target: level.map(|level| level >= 3),
    }
}

/// What is published of validation.
fn published(study: &Study, framework: &Framework, levels: &[Level]) -> Vec<Validation> {
    let rows = validated(framework, "2024", levels).unwrap();
    let evidence = rows.iter().filter_map(Guarded::evidence);
    let withheld = decide(
        &study.disclosure,
        evidence,
        &relations(study, framework),
        &Withheld::default(),
    );
    release(rows, &withheld).to_vec()
}

#[test]
fn self_assessment_against_validation_takes_norms_with_both_only() {
    let study = Study::parse(STUDY, "study.toml").unwrap();
    let framework = shipped::codebook("normenkader-ibp-fo-2024").unwrap().unwrap();
    let norms: Vec<&str> = framework.norms.iter().take(2).map(|norm| norm.code.as_str()).collect();
    let mut levels = Vec::new();
    // Differences of 1, 0, 1 and 2 levels; a fifth board was not validated.
    for (name, own, validated) in [
        ("a", 3, Some(2)),
        ("b", 2, Some(2)),
        ("c", 4, Some(3)),
        ("d", 4, Some(2)),
        ("e", 5, None),
    ] {
        levels.push(level(name, norms[0], Assessor::Own, Some(own)));
        levels.push(level(name, norms[0], Assessor::Validated, validated));
        levels.push(level(name, norms[1], Assessor::Own, Some(1)));
    }
    let rows = published(&study, &framework, &levels);
    let all = rows.iter().find(|row| row.scope == Scope::All).unwrap();
    assert_eq!((all.n, all.difference, all.df), (Some(4), Some(1.0), Some(3.0)));
    assert_eq!((all.level_self, all.level_validated), (Some(3.25), Some(2.25)));
    // R: t.test(c(1, 0, 1, 2))$conf.int
    let (low, high) = (all.ci_low.unwrap(), all.ci_high.unwrap());
    assert!(
        (low + 0.299_228_263_6).abs() < 1e-9 && (high - 2.299_228_263_6).abs() < 1e-9,
        "{low} {high}"
    );
    let few = published(&study, &framework, &levels[..6]);
    assert!(
        few.iter()
            .all(|row| row.suppressed && row.difference.is_none() && row.n.is_none()),
        "two boards are below the minimum"
    );
}

#[test]
fn strata_without_answers_or_spread_borrow_the_deviation_of_all() {
    let sample = sample();
    let mut register: Vec<Organisation> = sample
        .organisations
        .iter()
        .zip(&sample.strata)
        .map(|(name, stratum)| Organisation {
            stratum: Some(stratum.clone()),
            ..organisation(name, "po", true, Some((1.0, 1.0)))
        })
        .collect();
    register.push(Organisation {
        stratum: Some("c".into()),
        ..organisation("z", "po", false, None)
    });
    let mut values = values();
    values[..6].fill(Some(2.0));
    let variable = Variable {
        scope: Scope::All,
        item: "all".into(),
        statistic: "mean_level".into(),
        measure: Measure::Level,
        values,
    };
    let found = spreads(&sample, &variable, &register).unwrap();
    let shape: Vec<(&str, f64, usize, bool)> = found
        .iter()
        .map(|spread| {
            (
                spread.stratum.label.as_str(),
                spread.stratum.population,
                spread.n,
                spread.borrowed,
            )
        })
        .collect();
    assert_eq!(shape, [("a", 6.0, 6, true), ("b", 6.0, 6, false), ("c", 1.0, 0, true)]);
    // R: sd(c(3, 3.5, 2.5, 2, 1, 2.5))
    assert!((found[1].stratum.deviation - 0.861_200_712_2_f64).abs() < 1e-9);
    assert_eq!(found[0].stratum.deviation, found[2].stratum.deviation);
    let same = Variable {
        values: vec![Some(2.0); 12],
        ..variable
    };
    assert_eq!(spreads(&sample, &same, &register), None);
}
