//! CLARA: medoids for more rows than can be compared pair by pair, found on samples of the rows.

use rayon::prelude::*;

use crate::clara_assignment::{distances_to, nearest};
use crate::dissimilarity::check_scales;
use crate::partition::sizes;
use crate::random::{Draws, Purpose};
use crate::{Dissimilarity, Distance, Error, Matrix, pam};

/// Medoids found on samples of the rows, and the assignment of all rows to them.
///
/// Method: CLARA (Kaufman and Rousseeuw 1990, chapter 3): of several samples, the medoids with the least mean distance
/// over all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Clara {
    /// The medoid of each cluster, as a row of the whole table from 0.
    pub medoids: Vec<usize>,
    /// The cluster of each row, from 0, in the order in which clusters first come.
    pub clustering: Vec<usize>,
    /// Rows per cluster.
    pub sizes: Vec<usize>,
    /// Mean distance to the medoid over all rows.
    pub objective: f64,
}

/// How many samples CLARA draws, and how large they are.
///
/// Kaufman and Rousseeuw (1990) drew 5 samples of 40 + 2k rows; more and larger samples give better medoids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaraSamples {
    /// Samples drawn.
    pub samples: u32,
    /// Rows per sample; all rows where there are fewer.
    pub rows: usize,
    /// The seed of the draws.
    pub seed: u64,
}

/// Divides many rows over `k` medoids that are found on samples.
pub fn clara(matrix: &Matrix, distance: &Distance, k: usize, settings: ClaraSamples) -> Result<Clara, Error> {
    let n = matrix.rows();
    let size = settings.rows.min(n);
    if k == 0 || k > size {
        return Err(Error::TooManyClusters { k, rows: size });
    }
    if settings.samples == 0 {
        return Err(Error::Setting {
            what: "the number of samples",
            found: "0".into(),
            expected: "at least 1",
        });
    }
    check_scales(matrix, distance)?;
    let candidates: Vec<Candidate> = (0..settings.samples)
        .into_par_iter()
        .map(|replicate| {
            let rows = Draws::new(settings.seed, Purpose::Clara, replicate).sample(n, size);
            let partition = pam(&Dissimilarity::compare(&matrix.take(&rows), distance)?, k, None)?;
            Candidate::new(matrix, distance, partition.medoids.iter().map(|&m| rows[m]).collect())
        })
        .collect::<Result<_, Error>>()?;
    let best = candidates
        .into_iter()
        .reduce(|a, b| if b.objective < a.objective { b } else { a })
        .expect("at least one sample was drawn");
    let clustering = crate::by_first_row(&best.clustering);
    let mut medoids = best.medoids.clone();
    for (&old, &new) in best.clustering.iter().zip(&clustering) {
        medoids[new] = best.medoids[old];
    }
    Ok(Clara {
        sizes: sizes(&clustering),
        medoids,
        clustering,
        objective: best.objective,
    })
}

/// The medoids of one sample, with every row at its nearest medoid.
struct Candidate {
    medoids: Vec<usize>,
    clustering: Vec<usize>,
    objective: f64,
}

impl Candidate {
    fn new(matrix: &Matrix, distance: &Distance, medoids: Vec<usize>) -> Result<Self, Error> {
        let complete = matrix.is_complete();
        let (mut clustering, mut sum) = (Vec::with_capacity(matrix.rows()), 0.0);
        for row in 0..matrix.rows() {
            let distances = distances_to(matrix, row, &medoids, distance, complete)?;
            // A medoid stays in its own cluster, also where an equal row is a medoid too.
            let cluster = medoids.iter().position(|&medoid| medoid == row);
            let cluster = cluster.unwrap_or_else(|| nearest(distances.iter().copied()));
            clustering.push(cluster);
            sum += distances[cluster];
        }
        Ok(Self {
            medoids,
            clustering,
            objective: sum / matrix.rows() as f64,
        })
    }
}
