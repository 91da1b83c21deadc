//! Time for all estimates of a large wave, and for a bootstrap of its means.
//!
//! The wave: 1,000 boards in eight strata, 94 norms with two in a hundred not applicable; every norm, 20 domains
//! and the whole; the mean level and the share at level 3, for all boards, by sector and by size class.

use criterion::{Criterion, criterion_group, criterion_main};
use nulmeting_survey::{Design, Estimate, IntervalMethod, Replicates, Sampling};
use rayon::prelude::*;
use std::hint::black_box;

const BOARDS: usize = 1000;
const NORMS: usize = 94;
const DOMAINS: usize = 20;

/// A number from 0 to 1 that looks like chance and is always the same.
fn noise(index: u64) -> f64 {
    let mut state = index.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((state ^ (state >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn design() -> Design {
    let stratum = |board: usize| format!("{}", board % 8);
    Design::new(&Sampling {
        rows: BOARDS,
        strata: Some((0..BOARDS).map(|board| Some(stratum(board))).collect()),
        weights: Some((0..BOARDS).map(|board| Some(1.0 + 0.05 * (board % 8) as f64)).collect()),
        populations: vec![
            (0..BOARDS)
                .map(|board| Some(125.0 * (1.0 + 0.05 * (board % 8) as f64)))
                .collect(),
        ],
        ..Sampling::default()
    })
    .expect("eight strata of 125 boards")
}

/// One column per norm, domain and the whole; nothing where a board has no value.
fn columns() -> Vec<Vec<Option<f64>>> {
    (0..NORMS + DOMAINS + 1)
        .map(|item| {
            (0..BOARDS)
                .map(|board| {
                    let chance = noise((item * BOARDS + board) as u64);
                    (chance > 0.02 || item >= NORMS).then(|| libm::floor(1.0 + 4.99 * chance))
                })
                .collect()
        })
        .collect()
}

fn wave(design: &Design, columns: &[Vec<Option<f64>>]) -> Vec<Estimate> {
    columns
        .par_iter()
        .map(|column| {
            let domain = design.domain_where(|board| column[board].is_some());
            let levels: Vec<f64> = column.iter().map(|level| level.unwrap_or(0.0)).collect();
            let reached: Vec<f64> = levels.iter().map(|level| f64::from(u8::from(*level >= 3.0))).collect();
            let mut found = Vec::new();
            // All boards, three sectors, four size classes.
            for (groups, of_board) in [(1, 1), (3, 3), (4, 7)] {
                for group in 0..groups {
                    let part = design.within(&domain, |board| board % of_board % groups == group);
                    found.push(design.mean(&levels, &part).expect("a board in every group"));
                    found.push(
                        design
                            .share(&reached, &part, IntervalMethod::default())
                            .expect("0 and 1"),
                    );
                }
            }
            found
        })
        .collect::<Vec<_>>()
        .concat()
}

fn estimates_of_a_wave(criterion: &mut Criterion) {
    let (design, columns) = (design(), columns());
    criterion.bench_function(
        "estimates of 1000 boards x 94 norms, domains and all, 3 groupings",
        |bencher| {
            bencher.iter(|| black_box(wave(&design, &columns)));
        },
    );
}

fn bootstrap_of_the_means(criterion: &mut Criterion) {
    let design = design();
    let pairs: Vec<(Vec<f64>, Vec<f64>)> = columns()
        .into_iter()
        .take(NORMS)
        .map(|column| {
            column
                .into_iter()
                .map(|level| (level.unwrap_or(0.0), f64::from(u8::from(level.is_some()))))
                .unzip()
        })
        .collect();
    criterion.bench_function("1000 bootstrap replicates of 94 means", |bencher| {
        bencher.iter(|| {
            let replicates = Replicates::bootstrap(&design, 1000, 20_230_911).expect("a thousand replicates");
            black_box(replicates.ratios(&design, &pairs))
        });
    });
}

criterion_group! {
    name = survey;
    config = Criterion::default().sample_size(20).without_plots();
    targets = estimates_of_a_wave, bootstrap_of_the_means
}
criterion_main!(survey);
