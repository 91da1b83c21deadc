//! How long types of 1,000 boards on 94 norms take: distances and medoids.

use criterion::{Criterion, criterion_group, criterion_main};
use nulmeting_typology::{Dissimilarity, Distance, Matrix, pam_series, silhouette};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::hint::black_box;

/// Levels 1 to 5 of boards of four kinds, one answer in twenty missing.
fn boards(rows: usize, norms: usize) -> Matrix {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut below = |bound: u32| random.next_u32() % bound;
    let rows: Vec<Vec<Option<f64>>> = (0..rows)
        .map(|i| {
            (0..norms)
                .map(|j| {
                    let high = u32::from((i % 4) & (1 + j % 2) > 0);
                    let level = (1 + high + below(3)).clamp(1, 5);
                    (below(20) > 0).then_some(f64::from(level))
                })
                .collect()
        })
        .collect();
    Matrix::new(&rows).expect("every norm is answered by someone")
}

fn types(criterion: &mut Criterion) {
    let matrix = boards(1_000, 94);
    let ks: Vec<usize> = (2..=8).collect();
    let mut group = criterion.benchmark_group("1000 boards, 94 norms");
    group.sample_size(10);
    group.bench_function("distances", |b| {
        b.iter(|| Dissimilarity::new(black_box(&matrix), &Distance::Manhattan));
    });
    group.bench_function("distances, medoids and silhouettes for k = 2 to 8", |b| {
        b.iter(|| {
            let d = Dissimilarity::new(black_box(&matrix), &Distance::Manhattan).expect("rows share norms");
            let found = pam_series(&d, &ks, None).expect("fewer clusters than rows");
            let widths: Vec<_> = found.iter().map(|p| silhouette(&d, &p.clustering)).collect();
            widths
        });
    });
    group.finish();
}

criterion_group!(benches, types);
criterion_main!(benches);
