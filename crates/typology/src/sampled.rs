//! Medoids of more organisations than can be compared pair by pair: a sampled variant, and named as such.

use rayon::prelude::*;

use crate::dissimilarity::{between, check_scales};
use crate::draw::Draws;
use crate::partition::sizes;
use crate::{Dissimilarity, Distance, Error, Matrix, pam};

/// Medoids found on samples of the rows, which then serve all rows.
///
/// Method: CLARA (Kaufman and Rousseeuw 1990, chapter 3): of several samples, the medoids with the least mean distance over all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// The medoid of each cluster, as a row of the whole table from 0.
    pub medoids: Vec<usize>,
    /// The cluster of each row, from 0, in the order in which clusters first come.
    pub clustering: Vec<usize>,
    /// Rows per cluster.
    pub sizes: Vec<usize>,
    /// Mean distance to the medoid over all rows.
    pub objective: f64,
    /// How many samples were drawn.
    pub samples: u32,
    /// Rows per sample.
    pub sample_size: usize,
}

/// Divides many rows over `k` medoids, from `samples` samples of `sample_size` rows.
pub fn pam_sampled(
    matrix: &Matrix,
    distance: &Distance,
    k: usize,
    samples: u32,
    sample_size: usize,
    seed: u64,
) -> Result<Sampled, Error> {
    let n = matrix.rows();
    let size = sample_size.min(n);
    if k == 0 || k > size {
        return Err(Error::TooManyClusters { k, rows: size });
    }
    if samples == 0 {
        return Err(Error::Setting {
            what: "the number of samples",
            found: samples.to_string(),
            expected: "at least 1",
        });
    }
    check_scales(matrix, distance)?;
    let found: Vec<(Vec<usize>, Serving)> = (0..samples)
        .into_par_iter()
        .map(|s| {
            let rows = Draws::new(seed, 3, s).sample(n, size);
            let d = Dissimilarity::compare(&matrix.take(&rows), distance)?;
            let found = pam(&d, k, None)?;
            let medoids: Vec<usize> = found.medoids.iter().map(|&m| rows[m]).collect();
            let serving = serve(matrix, distance, &medoids)?;
            Ok((medoids, serving))
        })
        .collect::<Result<_, Error>>()?;
    let (medoids, serving) = found
        .into_iter()
        .reduce(|a, b| if b.1.objective < a.1.objective { b } else { a })
        .expect("at least one sample was drawn");
    let clustering = crate::by_first_row(&serving.clustering);
    let mut ordered = medoids.clone();
    for (&old, &new) in serving.clustering.iter().zip(&clustering) {
        ordered[new] = medoids[old];
    }
    Ok(Sampled {
        sizes: sizes(&clustering),
        medoids: ordered,
        clustering,
        objective: serving.objective,
        samples,
        sample_size: size,
    })
}

/// Every row at its nearest medoid.
struct Serving {
    clustering: Vec<usize>,
    objective: f64,
}

fn serve(matrix: &Matrix, distance: &Distance, medoids: &[usize]) -> Result<Serving, Error> {
    let complete = matrix.is_complete();
    let (mut clustering, mut sum) = (Vec::with_capacity(matrix.rows()), 0.0);
    for i in 0..matrix.rows() {
        let (mut best, mut least) = (0, f64::INFINITY);
        for (place, &m) in medoids.iter().enumerate() {
            let d = if m == i {
                // A medoid serves itself, also where an equal row is a medoid too.
                -1.0
            } else {
                between(matrix.raw(i), matrix.raw(m), distance, complete)
            };
            if d.is_nan() {
                return Err(Error::NothingShared {
                    first: i.min(m) + 1,
                    second: i.max(m) + 1,
                });
            }
            if d < least {
                (best, least) = (place, d);
            }
        }
        clustering.push(best);
        sum += least.max(0.0);
    }
    Ok(Serving {
        clustering,
        objective: sum / matrix.rows() as f64,
    })
}
