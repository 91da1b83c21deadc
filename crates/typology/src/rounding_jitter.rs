//! Answers in whole levels, spread over all that each may stand for.
//!
//! On a continuum, boards near a whole level give the same answer on every norm and boards halfway between two do not.
//! The first then lie close together without being of a kind. Spread evenly over their level, as a histogram is spread
//! over its classes, answers lose these lumps and keep what sets types apart.

use rayon::prelude::*;

use crate::null_model::silhouettes_of;
use crate::number_of_clusters::Settings;
use crate::random::{Draws, Purpose};
use crate::{Distance, Error, Matrix};

/// How often values are spread: the silhouettes are averaged, so that no one spreading decides.
const SPREADS: u32 = 9;

/// The table with its values spread by the grain, several times; nothing where values are exact.
pub(super) fn jittered(table: &Matrix, settings: &Settings) -> Vec<Matrix> {
    if settings.grain.is_empty() {
        return Vec::new();
    }
    let spread = |time| {
        let mut draws = Draws::new(settings.seed, Purpose::RoundingJitter, time);
        let values = (0..table.rows()).flat_map(|i| table.raw(i).iter().zip(&settings.grain));
        // A gap draws as well: which values are missing moves no other.
        let values = values.map(|(value, grain)| value + grain * draws.normal()).collect();
        Matrix::from_parts(table.rows(), table.columns(), values)
    };
    (0..SPREADS).map(spread).collect()
}

/// The mean silhouette for each number of clusters, over several tables.
pub(super) fn mean_silhouettes(
    tables: &[Matrix],
    distance: &Distance,
    ks: &[usize],
    weights: &[f64],
) -> Result<Vec<f64>, Error> {
    let each: Vec<Vec<f64>> = tables
        .par_iter()
        .map(|table| silhouettes_of(table, distance, ks, weights))
        .collect::<Result<_, Error>>()?;
    let mean = |k: usize| each.iter().map(|own| own[k]).sum::<f64>() / each.len() as f64;
    Ok((0..ks.len()).map(mean).collect())
}
