//! The rescaling bootstrap, with the correction for finite populations where the population is known.
//!
//! Without a population size: n − 1 primary units are drawn with replacement from each stratum (Rao, Wu and Yue
//! 1992, the case m = n − 1), which has no correction. With one: ⌊n/2⌋ units are drawn without replacement and
//! rescaled so that the bootstrap variance of a total is exactly the usual one with its factor 1 − f
//! (Chipperfield and Preston 2007; Preston 2009 for the second stage). Simply multiplying the first kind by 1 − f
//! would ignore the second stage, so it is not done.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::design::Design;
use crate::error::Error;
use crate::replicate::Replicates;
use crate::sampling_units::{Stratum, Structure};

impl Replicates {
    /// Draws bootstrap replicates; the same seed gives the same ones on any number of threads.
    ///
    /// Method: one stream of the generator per replicate. A stratum of one unit and a census stratum keep factor 1.
    ///
    /// # Errors
    /// Fewer than two replicates.
    pub fn bootstrap(design: &Design, count: usize, seed: u64) -> Result<Self, Error> {
        if count < 2 {
            return Err(Error::Replication {
                method: "bootstrap",
                expected: "two or more replicates".into(),
            });
        }
        let structure = &design.structure;
        let factors = (0..count as u64)
            .into_par_iter()
            .map(|stream| {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                random.set_stream(stream);
                replicate(structure, &mut random)
            })
            .collect();
        Ok(Self {
            factors,
            of_row: design.row_unit.clone(),
            scales: vec![1.0 / (count as f64 - 1.0); count],
            about_estimate: false,
            degrees: design.df(),
        })
    }
}

/// One factor per unit at the last stage.
fn replicate(structure: &Structure, random: &mut ChaCha8Rng) -> Vec<f64> {
    let mut factors = vec![1.0; structure.units()];
    let mut counts: Vec<u32> = Vec::new();
    for stratum in &structure.strata {
        let n = stratum.sampled();
        if stratum.population.is_none_or(f64::is_infinite) {
            with_replacement(structure, stratum, random, &mut counts, &mut factors);
            continue;
        }
        let f1 = 1.0 - stratum.unsampled;
        let m1 = (n / 2).max(1);
        let still = n == 1 || stratum.is_census();
        let lambda1 = if still {
            0.0
        } else {
            libm::sqrt(m1 as f64 * (1.0 - f1) / (n - m1) as f64)
        };
        choose(n, if still { n } else { m1 }, random, &mut counts);
        let taken: Vec<u32> = counts.clone();
        let weight1 = if still { 1.0 } else { n as f64 / m1 as f64 };
        for (place, &delta1) in taken.iter().enumerate() {
            let delta1 = f64::from(delta1);
            let primary = &structure.primaries[stratum.primaries.0 + place];
            let base = 1.0 - lambda1 + lambda1 * weight1 * delta1;
            let second = primary.second.filter(|second| !second.is_census());
            let n2 = primary.units.1 - primary.units.0;
            let Some(second) = second.filter(|_| n2 > 1) else {
                factors[primary.units.0..primary.units.1].fill(base);
                continue;
            };
            let m2 = (n2 / 2).max(1);
            let lambda2 = libm::sqrt(m2 as f64 * f1 * second.unsampled / (n2 - m2) as f64);
            choose(n2, m2, random, &mut counts);
            let spread = lambda2 * libm::sqrt(weight1) * delta1;
            for (unit, &delta2) in (primary.units.0..primary.units.1).zip(&counts) {
                factors[unit] = base + spread * (n2 as f64 / m2 as f64 * f64::from(delta2) - 1.0);
            }
        }
    }
    factors
}

/// Draws n − 1 of n with replacement; factors are n/(n − 1) times how often a unit came.
fn with_replacement(
    structure: &Structure,
    stratum: &Stratum,
    random: &mut ChaCha8Rng,
    counts: &mut Vec<u32>,
    factors: &mut [f64],
) {
    let n = stratum.sampled();
    if n == 1 {
        return;
    }
    counts.clear();
    counts.resize(n, 0);
    for _ in 0..n - 1 {
        counts[below(n, random)] += 1;
    }
    for (place, &count) in counts.iter().enumerate() {
        let units = structure.primaries[stratum.primaries.0 + place].units;
        factors[units.0..units.1].fill(n as f64 / (n - 1) as f64 * f64::from(count));
    }
}

/// Marks `m` of `n` with 1, all subsets alike (selection sampling, Knuth's algorithm S).
fn choose(n: usize, m: usize, random: &mut ChaCha8Rng, marks: &mut Vec<u32>) {
    marks.clear();
    let mut wanted = m;
    for place in 0..n {
        let taken = wanted > 0 && (wanted == n - place || below(n - place, random) < wanted);
        wanted -= usize::from(taken);
        marks.push(u32::from(taken));
    }
}

/// A whole number below `n`, by multiplication; its bias is below n/2³² and no draw is thrown away.
fn below(n: usize, random: &mut ChaCha8Rng) -> usize {
    ((u64::from(random.next_u32()) * n as u64) >> 32) as usize
}
