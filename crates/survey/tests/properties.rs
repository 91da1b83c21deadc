//! What must hold for any design and any answers.

use nulmeting_survey::{
    Cell, Columns, Design, Estimate, EstimateRequest, IntervalMethod, Lonely, Sampling, Statistic, Variance, estimate,
};
use proptest::prelude::*;

/// A row of a random survey.
#[derive(Debug, Clone)]
struct Row {
    stratum: u8,
    cluster: u8,
    weight: f64,
    level: u8,
    group: u8,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row =
        (0..3_u8, 0..5_u8, 0.1..50.0_f64, 1..6_u8, 0..3_u8).prop_map(|(stratum, cluster, weight, level, group)| Row {
            stratum,
            cluster,
            weight,
            level,
            group,
        });
    // Two clusters in every stratum from the start, so that no design is refused for a lonely one.
    proptest::collection::vec(row, 6..60).prop_map(|mut rows| {
        for (place, row) in rows.iter_mut().take(6).enumerate() {
            row.stratum = (place / 2) as u8;
            row.cluster = (place % 2) as u8;
        }
        rows
    })
}

fn design(rows: &[Row], clusters: bool, population: bool) -> Design {
    Design::new(&Sampling {
        rows: rows.len(),
        strata: Some(rows.iter().map(|row| Some(row.stratum.to_string())).collect()),
        clusters: if clusters {
            vec![rows.iter().map(|row| Some(row.cluster.to_string())).collect()]
        } else {
            vec![]
        },
        nest: true,
        weights: Some(rows.iter().map(|row| Some(row.weight)).collect()),
        populations: if population {
            vec![vec![Some(100.0); rows.len()]]
        } else {
            vec![]
        },
        ..Sampling::default()
    })
    .unwrap()
}

fn levels(rows: &[Row]) -> Vec<f64> {
    rows.iter().map(|row| f64::from(row.level)).collect()
}

/// Every number of an estimate, bit by bit.
fn bits(estimate: &Estimate) -> Vec<u64> {
    let ci = estimate.ci.map_or((0.0, 0.0), |ci| (ci.low, ci.high));
    [
        estimate.estimate,
        estimate.se.unwrap_or(-1.0),
        estimate.deff.unwrap_or(-1.0),
        estimate.deff_replace.unwrap_or(-1.0),
        estimate.n_eff.unwrap_or(-1.0),
        ci.0,
        ci.1,
        estimate.population,
        estimate.df as f64,
    ]
    .map(f64::to_bits)
    .to_vec()
}

fn everything(rows: &[Row], clusters: bool) -> Vec<Vec<u64>> {
    let design = design(rows, clusters, true);
    let (everyone, levels) = (design.everyone(), levels(rows));
    let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.cluster) + 1.5).collect();
    let domain = design.domain_where(|row| rows[row].group == 0);
    let high: Vec<f64> = levels.iter().map(|level| f64::from(u8::from(*level >= 3.0))).collect();
    let mut all = vec![
        bits(&design.mean(&levels, &everyone).unwrap()),
        bits(&design.total(&levels, &everyone).unwrap()),
        bits(&design.ratio(&levels, &weights, &everyone).unwrap()),
        bits(&design.quantile(&levels, &everyone, 0.5).unwrap()),
        bits(&design.share(&high, &everyone, IntervalMethod::default()).unwrap()),
    ];
    if domain.n() > 0 {
        all.push(bits(&design.mean(&levels, &domain).unwrap()));
        all.push(bits(&design.difference(&levels, &everyone, &domain).unwrap()));
        all.push(bits(&design.rank_test(&levels, &everyone, &domain).map_or_else(
            |_| design.mean(&levels, &everyone).unwrap(),
            |test| Estimate {
                estimate: test.difference,
                se: Some(test.se),
                ..design.mean(&levels, &everyone).unwrap()
            },
        )));
    }
    all
}

struct Survey<'a>(&'a [Row]);

impl Columns for Survey<'_> {
    fn rows(&self) -> usize {
        self.0.len()
    }

    fn names(&self) -> Vec<String> {
        ["stratum", "cluster", "weight", "level", "group"]
            .map(str::to_owned)
            .to_vec()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        let row = &self.0[row];
        Cell::Number(match column {
            "stratum" => f64::from(row.stratum),
            "cluster" => f64::from(row.cluster),
            "weight" => row.weight,
            "level" => f64::from(row.level),
            "group" => f64::from(row.group),
            _ => return Cell::Missing,
        })
    }
}

fn bootstrapped(rows: &[Row]) -> Vec<Vec<u64>> {
    let request = EstimateRequest {
        statistic: Statistic::Mean("level".into()),
        change: None,
        by: Some("group".into()),
        condition: None,
        strata: Some("stratum".into()),
        clusters: vec![],
        nest: false,
        weight: Some("weight".into()),
        populations: vec![],
        lonely: Lonely::Fail,
        method: None,
        level: 0.95,
        variance: Variance::Bootstrap {
            replicates: 50,
            seed: 3,
        },
        replicate_weights: vec![],
        scale: None,
        about_estimate: false,
    };
    estimate(&request, &Survey(rows))
        .unwrap()
        .iter()
        .map(|row| bits(&row.estimate))
        .collect()
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * left.abs().max(right.abs()).max(1e-6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn shares_of_a_question_add_up_to_one(rows in rows()) {
        let design = design(&rows, true, false);
        let levels = levels(&rows);
        let shares =
            design.distribution(&levels, &design.everyone(), &[1.0, 2.0, 3.0, 4.0, 5.0], IntervalMethod::default()).unwrap();
        let sum: f64 = shares.iter().map(|share| share.estimate).sum();
        prop_assert!((sum - 1.0).abs() < 1e-12, "{}", sum);
        for share in shares {
            let ci = share.ci.unwrap();
            prop_assert!(0.0 <= ci.low && ci.low <= share.estimate + 1e-12);
            prop_assert!(share.estimate <= ci.high + 1e-12 && ci.high <= 1.0 && ci.width() > 0.0);
        }
    }

    #[test]
    fn doubling_all_weights_changes_no_share_and_no_error_of_a_mean(rows in rows(), clusters: bool) {
        let mut doubled = rows.clone();
        doubled.iter_mut().for_each(|row| row.weight *= 2.0);
        let (one, two) = (design(&rows, clusters, true), design(&doubled, clusters, true));
        let levels = levels(&rows);
        let (a, b) = (one.mean(&levels, &one.everyone()).unwrap(), two.mean(&levels, &two.everyone()).unwrap());
        prop_assert_eq!(a.estimate, b.estimate);
        prop_assert_eq!(a.se, b.se);
        let high: Vec<f64> = levels.iter().map(|level| f64::from(u8::from(*level >= 3.0))).collect();
        let method = IntervalMethod::default();
        let (a, b) = (one.share(&high, &one.everyone(), method).unwrap(), two.share(&high, &two.everyone(), method).unwrap());
        prop_assert_eq!(a.estimate, b.estimate);
        prop_assert_eq!(a.ci, b.ci);
    }

    #[test]
    fn splitting_a_row_in_its_cluster_changes_nothing(rows in rows(), place: prop::sample::Index) {
        let place = place.index(rows.len());
        let mut split = rows.clone();
        split[place].weight *= 0.5;
        split.push(split[place].clone());
        let (whole, halves) = (design(&rows, true, true), design(&split, true, true));
        for statistic in [Design::mean, Design::total] {
            let a = statistic(&whole, &levels(&rows), &whole.everyone()).unwrap();
            let b = statistic(&halves, &levels(&split), &halves.everyone()).unwrap();
            prop_assert!(near(a.estimate, b.estimate) && near(a.se.unwrap(), b.se.unwrap()), "{a:?} {b:?}");
            prop_assert_eq!(a.df, b.df);
        }
        let a = whole.quantile(&levels(&rows), &whole.everyone(), 0.4).unwrap();
        let b = halves.quantile(&levels(&split), &halves.everyone(), 0.4).unwrap();
        prop_assert_eq!(a.estimate, b.estimate);
    }

    #[test]
    fn the_order_of_rows_changes_no_bit((rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())), clusters: bool) {
        prop_assert_eq!(everything(&rows, clusters), everything(&shuffled, clusters));
        prop_assert_eq!(bootstrapped(&rows), bootstrapped(&shuffled));
    }

    #[test]
    fn one_or_eight_threads_change_no_bit(rows in rows()) {
        let run = |threads: usize| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| bootstrapped(&rows))
        };
        prop_assert_eq!(run(1), run(8));
    }

    #[test]
    fn the_whole_is_the_sum_of_its_domains(rows in rows()) {
        let design = design(&rows, true, true);
        let levels = levels(&rows);
        let total = design.total(&levels, &design.everyone()).unwrap().estimate;
        let parts: f64 = (0..3)
            .map(|group| design.domain_where(|row| rows[row].group == group))
            .filter(|domain| domain.n() > 0)
            .map(|domain| design.total(&levels, &domain).unwrap().estimate)
            .sum();
        prop_assert!(near(total, parts));
    }
}
