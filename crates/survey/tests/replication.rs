//! Replicate weights, those of our own and those that come with data.

mod survey_data;

use nulmeting_survey::{Design, Error, Lonely, Replicates};
use survey_data::{close, design, stratified};

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
