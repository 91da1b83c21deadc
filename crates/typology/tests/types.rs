//! Types by rule and by data: what must hold whatever the answers are.

use std::collections::BTreeMap;

use nulmeting_typology::latent::{self, latent_classes};
use nulmeting_typology::number_of_clusters::{Settings, Verdict, choose};
use nulmeting_typology::rule::{self, Axes, Quadrant, classify};
use nulmeting_typology::waves::{Wave, match_clusters, moves};
use nulmeting_typology::{
    ClaraSamples, Dissimilarity, Distance, Error, Linkage, Matrix, adjusted_rand, agglomerate, assign, clara, gap,
    naming, pam, silhouette,
};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("{i:04}")).collect()
}

/// Boards of some types: two blocks of domains, each in order or not.
fn boards(n: usize, types: usize, apart: f64, seed: u64) -> (Matrix, Vec<usize>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut noise = || {
        (0..6)
            .map(|_| f64::from(random.next_u32()) / f64::from(u32::MAX) - 0.5)
            .sum::<f64>()
    };
    let truth: Vec<usize> = (0..n).map(|i| i % types).collect();
    let rows: Vec<Vec<f64>> = truth
        .iter()
        .map(|t| {
            (0..8)
                .map(|j| 2.0 + apart * f64::from(u8::from(t & (1 << (j % 2)) > 0)) + 0.4 * noise())
                .collect()
        })
        .collect();
    (Matrix::complete(&rows).unwrap(), truth)
}

fn quick() -> Settings {
    Settings {
        bootstraps: 20,
        references: 10,
        continua: 39,
        ..Settings::default()
    }
}

/// Boards on one continuum that answer every norm within half a level of where they stand, in whole levels.
fn whole_levels(n: usize, seed: u64) -> Matrix {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = || f64::from(random.next_u32()) / f64::from(u32::MAX);
    let rows: Vec<Vec<f64>> = (0..n)
        .map(|_| {
            let place = 1.4 + uniform() + uniform();
            let mut domain = || (0..4).map(|_| libm::round(place + uniform() - 0.5)).sum::<f64>() / 4.0;
            (0..15).map(|_| domain()).collect()
        })
        .collect();
    Matrix::complete(&rows).unwrap()
}

#[test]
fn lumps_of_whole_levels_are_no_types() {
    let (mut lumps, mut types) = (0, 0);
    for seed in 0..10 {
        let matrix = whole_levels(150, seed);
        let verdict = |grain: Vec<f64>| {
            let settings = Settings { grain, ..quick() };
            choose(&matrix, &names(150), &Distance::Manhattan, None, &settings)
                .unwrap()
                .verdict
        };
        lumps += u32::from(verdict(Vec::new()) != Verdict::Continuum);
        types += u32::from(verdict(vec![1.0 / 48.0_f64.sqrt(); 15]) != Verdict::Continuum);
    }
    assert!(
        lumps >= 5,
        "whole levels look tighter than a continuum in {lumps} of 10"
    );
    assert_eq!(types, 0, "spread over their levels they do not");
}

#[test]
fn planted_types_are_found() {
    let (matrix, truth) = boards(80, 4, 1.5, 1);
    let choice = choose(&matrix, &names(80), &Distance::Manhattan, None, &quick()).unwrap();
    assert_eq!(choice.verdict, Verdict::Types(4));
    let found = choice.chosen().unwrap();
    assert_eq!(adjusted_rand(&found.pam.clustering, &truth).unwrap(), Some(1.0));
    assert!(found.jaccard.iter().all(|jaccard| *jaccard >= 0.85));
    assert_eq!(found.rand_ward, Some(1.0));
    assert_eq!(choice.gap_tibshirani, 4);
}

#[test]
fn two_halves_of_a_continuum_are_stable_and_no_types() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut uniform = || f64::from(random.next_u32()) / f64::from(u32::MAX);
    let rows: Vec<Vec<f64>> = (0..120)
        .map(|_| {
            let place = 1.0 + 3.0 * uniform();
            (0..10).map(|_| place + 0.3 * (uniform() - 0.5)).collect()
        })
        .collect();
    let matrix = Matrix::complete(&rows).unwrap();
    let choice = choose(&matrix, &names(120), &Distance::Manhattan, None, &quick()).unwrap();
    assert!(
        choice.table[0].jaccard.iter().all(|j| *j > 0.85),
        "two halves come back"
    );
    assert_eq!(choice.verdict, Verdict::Continuum);
}

#[test]
fn shuffled_rows_keep_their_labels() {
    let (matrix, _) = boards(40, 3, 1.2, 9);
    let order: Vec<usize> = (0..40).map(|i| (i * 17 + 5) % 40).collect();
    let ids = names(40);
    let shuffled_ids: Vec<String> = order.iter().map(|&i| ids[i].clone()).collect();
    let a = choose(&matrix, &ids, &Distance::Euclid, None, &quick()).unwrap();
    let b = choose(&matrix.take(&order), &shuffled_ids, &Distance::Euclid, None, &quick()).unwrap();
    assert_eq!(a.verdict, b.verdict);
    for (x, y) in a.table.iter().zip(&b.table) {
        let moved: Vec<usize> = order.iter().map(|&i| x.pam.clustering[i]).collect();
        assert_eq!(moved, y.pam.clustering);
        let widths: Vec<f64> = order.iter().map(|&i| x.silhouette.widths[i]).collect();
        assert_eq!(widths, y.silhouette.widths);
        let medoids: Vec<usize> = y.pam.medoids.iter().map(|&m| order[m]).collect();
        assert_eq!(x.pam.medoids, medoids);
        assert_eq!((x.gap, x.excess, &x.jaccard), (y.gap, y.excess, &y.jaccard));
    }
}

#[test]
fn the_lowest_cluster_is_numbered_first() {
    let (matrix, _) = boards(40, 2, 2.0, 3);
    let choice = choose(&matrix, &names(40), &Distance::Euclid, None, &quick()).unwrap();
    let medoids = &choice.table[0].pam.medoids;
    assert!(matrix.row_mean(medoids[0]) < matrix.row_mean(medoids[1]));
}

#[test]
fn threads_change_nothing() {
    let (matrix, _) = boards(60, 4, 1.0, 2);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| choose(&matrix, &names(60), &Distance::Manhattan, None, &quick()).unwrap())
    };
    assert_eq!(run(1), run(4));
}

#[test]
fn fewer_rows_than_clusters_is_said() {
    let d = Dissimilarity::new(&Matrix::complete(&[vec![1.0], vec![2.0]]).unwrap(), &Distance::Euclid).unwrap();
    assert_eq!(
        pam(&d, 3, None).unwrap_err().to_string(),
        "3 clusters asked of 2 rows; expected 1 to 2"
    );
    assert!(agglomerate(&d, Linkage::Ward).unwrap().cut(3).is_err());
}

#[test]
fn equal_rows_are_said() {
    let matrix = Matrix::complete(&vec![vec![2.0, 3.0]; 12]).unwrap();
    let d = Dissimilarity::new(&matrix, &Distance::Manhattan).unwrap();
    let equal = Error::AllEqual { rows: 12 };
    assert_eq!(pam(&d, 2, None).unwrap_err(), equal);
    assert_eq!(agglomerate(&d, Linkage::Average).unwrap_err(), equal);
    assert_eq!(gap(&matrix, &Distance::Euclid, 3, 5, 1).unwrap_err(), equal);
    assert_eq!(
        choose(&matrix, &names(12), &Distance::Euclid, None, &quick()).unwrap_err(),
        equal
    );
}

#[test]
fn one_row_is_one_cluster_without_numbers_that_need_two() {
    let d = Dissimilarity::new(&Matrix::complete(&[vec![1.0, 2.0]]).unwrap(), &Distance::Euclid).unwrap();
    let found = pam(&d, 1, None).unwrap();
    assert_eq!((found.medoids, found.objective_swap), (vec![0], 0.0));
    assert_eq!(silhouette(&d, &[0]).unwrap(), None);
    assert_eq!(agglomerate(&d, Linkage::Single).unwrap().coefficient(), None);
}

#[test]
fn a_column_without_answers_is_said() {
    let rows = [vec![Some(1.0), None], vec![Some(2.0), None]];
    assert_eq!(Matrix::new(&rows).unwrap_err(), Error::Unanswered { column: 2 });
    assert_eq!(
        Matrix::new(&[vec![Some(f64::NAN)]]).unwrap_err(),
        Error::NotFinite { row: 1, column: 1 }
    );
}

#[test]
fn rows_without_a_shared_column_are_named() {
    let rows = [vec![Some(1.0), None], vec![Some(2.0), Some(1.0)], vec![None, Some(3.0)]];
    let matrix = Matrix::new(&rows).unwrap();
    for distance in [Distance::Euclid, Distance::Manhattan] {
        let error = Dissimilarity::new(&matrix, &distance).unwrap_err();
        assert_eq!(error, Error::NothingShared { first: 1, second: 3 });
    }
}

#[test]
fn the_gap_of_ruspini_is_that_of_r() {
    let text = include_str!("../../../data/reference/typology/ruspini.csv");
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let matrix = Matrix::complete(&rows).unwrap();
    let found = gap(&matrix, &Distance::Euclid, 6, 500, 1).unwrap();
    let exact = [7.187_996_9, 6.628_498_2, 6.261_659_5, 5.692_736_4, 5.580_998_9];
    for (f, e) in found.log_within.iter().zip(exact) {
        assert!((f - e).abs() < 1e-7, "{f} is not {e}");
    }
    for (f, e) in found.gap.iter().zip([-0.050, 0.156, 0.308, 0.696, 0.656, 0.616]) {
        assert!((f - e).abs() < 0.02, "{f} is not near {e}");
    }
    assert_eq!((found.tibshirani(), found.first_within_error()), (4, 4));
    let d = Dissimilarity::new(&matrix, &Distance::Euclid).unwrap();
    let four = pam(&d, 4, None).unwrap();
    let settings = Settings { most: 4, ..quick() };
    let choice = choose(&matrix, &names(matrix.rows()), &Distance::Euclid, None, &settings).unwrap();
    let jaccard = &choice.table[2].jaccard;
    assert!(jaccard.len() == 4 && jaccard.iter().all(|j| *j > 0.99), "{jaccard:?}");
    let samples = ClaraSamples {
        samples: 5,
        rows: 48,
        seed: 1,
    };
    let sampled = clara(&matrix, &Distance::Euclid, 4, samples).unwrap();
    assert_eq!(sampled.clustering, four.clustering);
}

#[test]
fn a_type_on_the_threshold_is_in_order_and_unsure() {
    let thresholds = Axes {
        policy: 3.0,
        practice: 3.0,
    };
    let settings = rule::Settings::new(thresholds, 7);
    let on = [Some(2.0), Some(4.0), Some(3.0)];
    let high = [Some(5.0), Some(5.0), None];
    let found = classify(
        "b1",
        Axes {
            policy: &on,
            practice: &high,
        },
        &settings,
    )
    .unwrap()
    .unwrap();
    assert_eq!(found.quadrant, Quadrant::Both);
    assert_eq!(
        found.moved,
        5.0 / 8.0,
        "three of eight moves put the policy threshold above the score"
    );
    assert_eq!(found.filled, 1.0, "the worst fill leaves practice at 11/3");
    assert!(found.resampled > 0.5 && found.resampled < 0.8);
    assert_eq!(found.certainty, found.moved.min(found.resampled));
    assert!((found.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let sure = [Some(5.0); 4];
    let found = classify(
        "b2",
        Axes {
            policy: &sure,
            practice: &sure,
        },
        &settings,
    )
    .unwrap()
    .unwrap();
    assert_eq!((found.certainty, found.between), (1.0, None));
    let nothing = [None; 2];
    assert_eq!(
        classify(
            "b3",
            Axes {
                policy: &nothing,
                practice: &sure
            },
            &settings
        )
        .unwrap(),
        None
    );
}

#[test]
fn a_board_between_two_types_is_shown_as_such() {
    let settings = rule::Settings::new(
        Axes {
            policy: 3.0,
            practice: 3.0,
        },
        7,
    );
    let split = [Some(1.0), Some(5.0), None, None];
    let low = [Some(1.0); 4];
    let found = classify(
        "b",
        Axes {
            policy: &split,
            practice: &low,
        },
        &settings,
    )
    .unwrap()
    .unwrap();
    assert_eq!(found.quadrant, Quadrant::PolicyOnly);
    assert_eq!(found.filled, 0.5);
    assert_eq!(found.between, Some(Quadrant::Neither));
}

#[test]
fn clusters_take_a_name_only_past_the_bound() {
    use Quadrant::{Both, Neither, PolicyOnly};
    let quadrants = [Both, Both, Both, Neither, Neither, Neither, PolicyOnly, Neither];
    let found = naming::name(&[1, 1, 1, 0, 0, 0, 0, 0], &quadrants).unwrap();
    assert_eq!(found.paired, [Some(Neither), Some(Both)]);
    assert_eq!(found.agreement, 7.0 / 8.0);
    assert_eq!(found.named, found.paired);
    let mixed = naming::name(&[0, 1, 0, 1, 0, 1, 0, 1], &quadrants).unwrap();
    assert!(mixed.agreement < naming::AGREEMENT);
    assert_eq!(mixed.named, [None, None]);
}

#[test]
fn a_cluster_is_described_by_what_sets_it_apart() {
    let rows = [
        vec![Some(1.0), Some(3.0)],
        vec![Some(1.2), Some(2.0)],
        vec![Some(4.0), Some(3.0)],
        vec![Some(4.2), None],
    ];
    let found = naming::differences(&Matrix::new(&rows).unwrap(), &[0, 0, 1, 1]).unwrap();
    assert_eq!(found[1][0].column, 0);
    assert!((found[1][0].standardised - 3.0 / 0.02_f64.sqrt()).abs() < 1e-9);
    assert_eq!(found[0][0].standardised, -found[1][0].standardised);
}

#[test]
fn clusters_of_two_waves_are_matched_and_moves_counted() {
    let early = Matrix::complete(&[vec![1.0, 1.0], vec![4.0, 4.0]]).unwrap();
    let late = Matrix::complete(&[vec![4.2, 4.0], vec![1.5, 1.0], vec![3.0, 1.0]]).unwrap();
    let of = |list: &[(&str, usize)]| -> BTreeMap<String, usize> {
        list.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect()
    };
    let before = of(&[("a", 0), ("b", 0), ("c", 1), ("gone", 1)]);
    let after = of(&[("a", 1), ("b", 0), ("c", 0), ("new", 2)]);
    let found = match_clusters(
        Wave {
            medoids: &early,
            clusters: &before,
        },
        Wave {
            medoids: &late,
            clusters: &after,
        },
        &Distance::Manhattan,
    )
    .unwrap();
    assert_eq!(found.iter().map(|m| m.to).collect::<Vec<_>>(), [Some(1), Some(0)]);
    assert_eq!(found[0].returning, Some(0.5));
    let pupils: BTreeMap<String, f64> = [("a".to_owned(), 100.0), ("b".to_owned(), 50.0)].into();
    let table = moves(&before, &after, &pupils);
    let row = |from, to| table.iter().find(|m| (m.from, m.to) == (from, to)).unwrap();
    assert_eq!((row(0, 1).boards, row(0, 1).pupils), (1, Some(100.0)));
    assert_eq!(row(1, 0).pupils, None, "c has no pupil count");
}

#[test]
fn latent_classes_of_two_kinds_are_found_and_small_tables_refused() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut level = |mean: f64| {
        let u = f64::from(random.next_u32()) / f64::from(u32::MAX);
        Some((mean + 1.6 * (u - 0.5)).round().clamp(1.0, 5.0) as u8)
    };
    let mut rows: Vec<Vec<Option<u8>>> = (0..120)
        .map(|i| (0..12).map(|_| level(if i % 3 == 0 { 3.6 } else { 2.0 })).collect())
        .collect();
    rows[4][2] = None;
    rows[7] = vec![None; 12];
    let settings = latent::Settings::new(1);
    let found = latent_classes(&rows, &[1, 2, 3], &settings).unwrap();
    assert!(found[1].bic < found[0].bic && found[1].bic < found[2].bic);
    assert!(found[1].entropy.unwrap() > 0.95 && found[1].starts_at_best > 1);
    let truth: Vec<usize> = (0..120).map(|i| usize::from(i % 3 == 0)).collect();
    let wrong = found[1].classes.iter().zip(&truth).filter(|(a, b)| a != b).count();
    assert_eq!(wrong, 0, "the higher class comes last");
    assert_eq!(found[1].parameters, 1 + 2 * 12);
    let message = latent_classes(&rows[..99], &[2], &settings).unwrap_err().to_string();
    assert!(message.contains("99 organisations are too few"), "{message}");
}

#[test]
fn ten_thousand_boards_work_by_samples() {
    let (matrix, truth) = boards(10_000, 4, 2.0, 8);
    assert!(matches!(
        Dissimilarity::new(&matrix, &Distance::Manhattan),
        Err(Error::TooManyRows { .. })
    ));
    let samples = ClaraSamples {
        samples: 3,
        rows: 200,
        seed: 1,
    };
    let found = clara(&matrix, &Distance::Manhattan, 4, samples).unwrap();
    assert!(adjusted_rand(&found.clustering, &truth).unwrap().unwrap() > 0.99);
}

/// The least cost over all ways to pair rows with columns.
fn by_trying(costs: &[Vec<f64>], row: usize, used: &mut Vec<bool>) -> f64 {
    if row == costs.len() {
        return 0.0;
    }
    let mut least = f64::INFINITY;
    for j in 0..used.len() {
        if !used[j] {
            used[j] = true;
            least = least.min(costs[row][j] + by_trying(costs, row + 1, used));
            used[j] = false;
        }
    }
    least
}

prop_compose! {
    /// Ordinal answers, with ties and gaps; the first column is always answered.
    fn answers()(n in 6_usize..30, p in 1_usize..5)(
        rows in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.85, 1_u8..=5), p), n),
    ) -> Vec<Vec<Option<f64>>> {
        rows.into_iter().map(|row| {
            let mut row: Vec<Option<f64>> = row.into_iter().map(|v| v.map(f64::from)).collect();
            row.push(Some(row.iter().flatten().count() as f64));
            row
        }).collect()
    }
}

/// A table whose columns all have answers.
fn matrix_of(rows: &[Vec<Option<f64>>]) -> Option<Matrix> {
    Matrix::new(rows).ok().filter(|m| !m.all_equal())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_swap_of_a_medoid_for_another_row_is_better(rows in answers(), k in 1_usize..6, weighted in any::<bool>()) {
        let Some(matrix) = matrix_of(&rows) else { return Ok(()) };
        let weights: Vec<f64> = (0..rows.len()).map(|i| 1.0 + (i % 3) as f64 * 0.37).collect();
        for distance in [Distance::Euclid, Distance::Manhattan] {
            let d = Dissimilarity::new(&matrix, &distance).unwrap();
            if d.largest() == 0.0 { continue }
            let weights = weighted.then_some(weights.as_slice());
            let found = pam(&d, k, weights).unwrap();
            prop_assert!(found.objective_swap <= found.objective_build + 1e-12);
            prop_assert_eq!(found.sizes.iter().sum::<usize>(), rows.len());
            let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
            let total: f64 = (0..rows.len()).map(weight).sum();
            for at in 0..k {
                for row in 0..rows.len() {
                    let mut medoids = found.medoids.clone();
                    medoids[at] = row;
                    let nearest = |i: usize| medoids.iter().map(|&m| d.get(i, m)).fold(f64::INFINITY, f64::min);
                    let objective = (0..rows.len()).map(|i| weight(i) * nearest(i)).sum::<f64>() / total;
                    prop_assert!(objective >= found.objective_swap - 1e-12, "medoid {} for row {row}", medoids[at]);
                }
            }
        }
    }

    #[test]
    fn whole_weights_are_repeated_rows(rows in answers(), k in 1_usize..4) {
        let Some(matrix) = matrix_of(&rows) else { return Ok(()) };
        let n = rows.len();
        let weights: Vec<f64> = (0..n).map(|i| 1.0 + (i % 2) as f64).collect();
        let d = Dissimilarity::new(&matrix, &Distance::Manhattan).unwrap();
        if d.largest() == 0.0 { return Ok(()) }
        let found = pam(&d, k, Some(&weights)).unwrap();
        let direct: f64 = (0..n).map(|i| {
            let near = found.medoids.iter().map(|&m| d.get(i, m)).fold(f64::INFINITY, f64::min);
            weights[i] * near
        }).sum::<f64>() / weights.iter().sum::<f64>();
        prop_assert!((found.objective_swap - direct).abs() < 1e-9);
    }

    #[test]
    fn silhouettes_stay_on_their_scale(rows in answers(), k in 2_usize..6) {
        let Some(matrix) = matrix_of(&rows) else { return Ok(()) };
        let d = Dissimilarity::new(&matrix, &Distance::Manhattan).unwrap();
        if d.largest() == 0.0 { return Ok(()) }
        let found = pam(&d, k, None).unwrap();
        let s = silhouette(&d, &found.clustering).unwrap().unwrap();
        prop_assert!(s.widths.iter().all(|w| (-1.0..=1.0).contains(w)));
        prop_assert!(s.mean.is_finite());
    }

    #[test]
    fn tree_heights_agree_with_kodama(seed in any::<u64>(), n in 3_usize..40) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // Points drawn from a square have distances without ties: with ties more than one tree is right.
        let points: Vec<Vec<f64>> = (0..n).map(|_| vec![f64::from(random.next_u32()), f64::from(random.next_u32())]).collect();
        let d = Dissimilarity::new(&Matrix::complete(&points).unwrap(), &Distance::Euclid).unwrap();
        for (own, theirs) in [
            (Linkage::Single, kodama::Method::Single),
            (Linkage::Complete, kodama::Method::Complete),
            (Linkage::Average, kodama::Method::Average),
            (Linkage::Ward, kodama::Method::Ward),
        ] {
            let mut condensed: Vec<f64> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|(i, j)| d.get(i, j)).collect();
            let tree = kodama::linkage(&mut condensed, n, theirs);
            let mut expected: Vec<f64> = tree.steps().iter().map(|s| s.dissimilarity).collect();
            expected.sort_by(f64::total_cmp);
            for (a, b) in agglomerate(&d, own).unwrap().heights().iter().zip(&expected) {
                prop_assert!((a - b).abs() <= 1e-9 * b, "{own:?}: {a} is not {b}");
            }
        }
    }

    #[test]
    fn assignment_is_the_cheapest(rows in 1_usize..6, columns in 1_usize..6, seed in any::<u64>()) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let costs: Vec<Vec<f64>> = (0..rows).map(|_| (0..columns).map(|_| f64::from(random.next_u32() % 20) - 5.0).collect()).collect();
        let given = assign(&costs).unwrap();
        let cost: f64 = given.iter().enumerate().filter_map(|(i, j)| j.map(|j| costs[i][j])).sum();
        let (narrow, width) = if rows <= columns {
            (costs.clone(), columns)
        } else {
            ((0..columns).map(|j| costs.iter().map(|r| r[j]).collect()).collect(), rows)
        };
        prop_assert_eq!(cost, by_trying(&narrow, 0, &mut vec![false; width]));
        prop_assert_eq!(given.iter().flatten().count(), rows.min(columns));
    }
}

#[test]
fn many_boards_are_divided_by_a_sample_that_is_stated() {
    let (matrix, truth) = boards(2_400, 3, 1.6, 4);
    let settings = Settings {
        most: 4,
        bootstraps: 5,
        references: 2,
        continua: 19,
        ..Settings::default()
    };
    let choice = choose(&matrix, &names(2_400), &Distance::Manhattan, None, &settings).unwrap();
    assert_eq!(choice.sampled, Some(1_000));
    assert_eq!(choice.verdict, Verdict::Types(3));
    let found = choice.chosen().unwrap();
    assert!(adjusted_rand(&found.pam.clustering, &truth).unwrap().unwrap() > 0.99);
    assert_eq!(found.silhouette.widths.len(), 2_400);
    let (medoid, cluster) = (found.pam.medoids[1], 1);
    assert_eq!(found.pam.clustering[medoid], cluster);
}
