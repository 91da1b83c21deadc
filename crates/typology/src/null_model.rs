//! Whether divisions of the data are tighter than divisions of a continuum would be.

use rayon::prelude::*;

use crate::continuum::Continuum;
use crate::number_of_clusters::Settings;
use crate::pam::series_of;
use crate::random::{Draws, Purpose};
use crate::silhouette::silhouette_of;
use crate::{Dissimilarity, Distance, Error, Matrix};

/// How the silhouettes compare with those of the fitted continuum.
pub(super) struct NullModel {
    /// The mean silhouette of the continuum for each k.
    pub(super) means: Vec<f64>,
    /// How far the data lie above that, in standard deviations.
    pub(super) excess: Vec<f64>,
    /// The excess that the continuum itself passes for some k with a chance of the level.
    pub(super) critical: f64,
    /// The share of tables that look at least as clustered, the data among them.
    pub(super) p: f64,
}

/// The mean silhouettes of a table's own medoid divisions.
pub(super) fn silhouettes_of(
    table: &Matrix,
    distance: &Distance,
    ks: &[usize],
    weights: &[f64],
) -> Result<Vec<f64>, Error> {
    let square = Dissimilarity::compare(table, distance)?.square();
    let partitions = series_of(&square, ks, weights);
    Ok(partitions
        .iter()
        .map(|p| silhouette_of(&square, &p.clustering).mean)
        .collect())
}

/// Compares mean silhouettes with those of tables drawn from the continuum that fits the data.
pub(super) fn compare_with_continuum(
    sorted: &Matrix,
    distance: &Distance,
    ks: &[usize],
    weights: &[f64],
    found: &[f64],
    settings: &Settings,
) -> Result<NullModel, Error> {
    let continuum = Continuum::fit(sorted);
    let mut silhouettes: Vec<Vec<f64>> = (0..settings.continua)
        .into_par_iter()
        .map(|r| {
            let table = continuum.draw(&mut Draws::new(settings.seed, Purpose::Continuum, r));
            silhouettes_of(&table, distance, ks, weights)
        })
        .collect::<Result<_, Error>>()?;
    let b = silhouettes.len() as f64;
    let means: Vec<f64> = (0..ks.len())
        .map(|k| silhouettes.iter().map(|t| t[k]).sum::<f64>() / b)
        .collect();
    // The data stand among the drawn tables when these are put on one scale, so that under a continuum all are alike.
    silhouettes.push(found.to_vec());
    let n = silhouettes.len() as f64;
    let scales: Vec<(f64, f64)> = (0..ks.len())
        .map(|k| {
            let mean = silhouettes.iter().map(|t| t[k]).sum::<f64>() / n;
            let squares: f64 = silhouettes.iter().map(|t| (t[k] - mean) * (t[k] - mean)).sum();
            (mean, (squares / (n - 1.0)).sqrt().max(1e-12))
        })
        .collect();
    let excess_of = |t: &[f64]| -> Vec<f64> { t.iter().zip(&scales).map(|(s, (mean, sd))| (s - mean) / sd).collect() };
    let highest = |t: &[f64]| excess_of(t).into_iter().fold(f64::NEG_INFINITY, f64::max);
    let excess = excess_of(found);
    let own = highest(found);
    let mut drawn: Vec<f64> = silhouettes[..silhouettes.len() - 1]
        .iter()
        .map(|t| highest(t))
        .collect();
    drawn.sort_by(f64::total_cmp);
    let as_high = drawn.iter().filter(|h| **h >= own).count();
    let at = libm::ceil((1.0 - settings.level) * b) as usize;
    Ok(NullModel {
        means,
        excess,
        critical: drawn[at.clamp(1, drawn.len()) - 1],
        p: (as_high as f64 + 1.0) / n,
    })
}
