//! How many types the data show, if any: one table with every measure per number of clusters, and one verdict.
//!
//! A division is called types only when it is tighter than divisions of a continuum fitted to the same data, and
//! its clusters come back in bootstrap samples. Without the first, two halves of one continuum would pass: they are
//! stable, and they are not types.

use std::borrow::Cow;

use crate::null_model::{NullModel, compare_with_continuum};
use crate::pam::{Pam, check_weights, series_of};
use crate::partition::{adjusted_rand, calinski_harabasz, number_by_level, sizes};
use crate::random::{Draws, Purpose};
use crate::rounding_jitter;
use crate::silhouette::{Silhouette, silhouette_of};
use crate::stability::stability;
use crate::{Dissimilarity, Distance, Error, Linkage, Matrix, agglomerate, clara_assignment, gap};

/// How the number of clusters is sought.
///
/// `grain` is what answering in whole levels hides: for each column the standard deviation of the places that a value
/// may stand for, empty where values are exact. Boards at a whole level look alike, and those halfway between two do
/// not; values are spread by so much before they are held against a continuum, so that this does not look like types.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The most clusters that are tried; never more than a third of the rows.
    pub most: usize,
    /// Bootstrap samples for the stability of clusters.
    pub bootstraps: u32,
    /// Reference tables for the gap statistic.
    pub references: u32,
    /// Tables drawn from the fitted continuum.
    pub continua: u32,
    /// Above this many rows gap and continuum are judged on a sample of this many: their work grows with the square.
    pub measured: usize,
    /// Standard deviation per column that answers in whole levels stand for; empty for none.
    pub grain: Vec<f64>,
    /// The chance of claiming types where there is one continuum.
    pub level: f64,
    /// The seed of all draws.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            most: 8,
            bootstraps: 100,
            references: 100,
            continua: 199,
            measured: SAMPLE,
            grain: Vec::new(),
            level: 0.05,
            seed: 1,
        }
    }
}

/// Fewer rows than this are never divided by the data.
pub const FEWEST_ROWS: usize = 9;

/// Above this many rows the measures rest on a sample, and all rows join the nearest medoid.
pub const SAMPLED_ABOVE: usize = 2_000;

/// Rows in that sample.
const SAMPLE: usize = 1_000;

/// The mean Jaccard similarity that every cluster of a claimed division has at least.
pub const STABLE_ENOUGH: f64 = 0.6;

/// Every measure of one number of clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// The number of clusters.
    pub k: usize,
    /// The medoid clusters: rows in the order given, clusters numbered by mean level, lowest first.
    pub pam: Pam,
    /// Silhouettes of the rows and clusters.
    pub silhouette: Silhouette,
    /// The mean silhouette once values are spread over what they stand for, over several spreadings.
    pub silhouette_spread: f64,
    /// The mean silhouette that the continuum fitted to the spread values gives with as many clusters.
    pub silhouette_continuum: f64,
    /// How far the silhouette of the spread values lies above that, in standard deviations of the continuum.
    pub excess: f64,
    /// Gap statistic and its standard error.
    pub gap: f64,
    /// Standard error of the gap.
    pub gap_error: f64,
    /// Spread between clusters over spread within them.
    pub calinski_harabasz: Option<f64>,
    /// Mean Jaccard similarity per cluster.
    pub jaccard: Vec<f64>,
    /// Agreement with the tree of mean distances, cut at the same number.
    pub rand_average: Option<f64>,
    /// Agreement with Ward's tree, cut at the same number.
    pub rand_ward: Option<f64>,
}

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The data show this many types.
    Types(usize),
    /// One continuum explains the data as well: no structure beyond the rule-based types.
    Continuum,
    /// Tighter than a continuum, but the clusters do not come back: no structure beyond the rule-based types.
    Unstable,
}

/// The number of types, with all that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// One entry per number of clusters, from 2.
    pub table: Vec<Measures>,
    /// What may be said.
    pub verdict: Verdict,
    /// The share of tables from the continuum that look at least as clustered as the data.
    pub p: f64,
    /// The number that the gap statistic takes (Tibshirani's rule); 1 is no division.
    pub gap_tibshirani: usize,
    /// The number that the gap statistic takes (within one error of its first peak).
    pub gap_first: usize,
    /// How many rows gap, continuum and, above [`SAMPLED_ABOVE`] rows, all measures rest on; nothing when they rest on all.
    pub sampled: Option<usize>,
}

impl Choice {
    /// The measures of the claimed division, if one is claimed.
    pub fn chosen(&self) -> Option<&Measures> {
        match self.verdict {
            Verdict::Types(k) => self.table.iter().find(|m| m.k == k),
            Verdict::Continuum | Verdict::Unstable => None,
        }
    }

    /// The division to show beside the rule: the claimed one, or else the one with the widest silhouettes, which is then no claim.
    pub fn shown(&self) -> &Measures {
        let widest = || {
            let first = &self.table[0];
            self.table[1..].iter().fold(first, |best, m| {
                if m.silhouette.mean > best.silhouette.mean {
                    m
                } else {
                    best
                }
            })
        };
        self.chosen().unwrap_or_else(widest)
    }
}

/// Seeks the number of types.
///
/// Shape: one name per row, used only to order rows with the same answers; weights, when given, one per row.
/// Missing: see [`Dissimilarity`]; tables that are drawn have the same gaps.
/// Method: rows are put in canonical order first, so delivering them in another order changes nothing.
pub fn choose(
    matrix: &Matrix,
    names: &[String],
    distance: &Distance,
    weights: Option<&[f64]>,
    settings: &Settings,
) -> Result<Choice, Error> {
    let n = matrix.rows();
    if n < FEWEST_ROWS {
        return Err(Error::TooManyClusters { k: 2, rows: n });
    }
    if matrix.all_equal() {
        return Err(Error::AllEqual { rows: n });
    }
    check_settings(settings)?;
    if !settings.grain.is_empty() && settings.grain.len() != matrix.columns() {
        return Err(Error::Setting {
            what: "the number of grains",
            found: settings.grain.len().to_string(),
            expected: "one per column, or none",
        });
    }
    let order = matrix.canonical_order(names)?;
    let weights = check_weights(weights, n)?;
    let weights: Vec<f64> = order.iter().map(|&i| weights[i]).collect();
    let sorted = matrix.take(&order);
    if n > SAMPLED_ABOVE {
        let rows = Draws::new(settings.seed, Purpose::SampledRows, 0).sample(n, SAMPLE);
        let own: Vec<f64> = rows.iter().map(|&i| weights[i]).collect();
        let mut choice = choose_in(&sorted.take(&rows), distance, &own, settings)?;
        choice.sampled = Some(choice.sampled.unwrap_or(SAMPLE));
        clara_assignment::extend(&mut choice, &sorted, &rows, distance, &weights)?;
        return Ok(delivered(choice, &order));
    }
    Ok(delivered(choose_in(&sorted, distance, &weights, settings)?, &order))
}

/// The choice for rows in canonical order.
fn choose_in(sorted: &Matrix, distance: &Distance, weights: &[f64], settings: &Settings) -> Result<Choice, Error> {
    let n = sorted.rows();
    let d = Dissimilarity::new(sorted, distance)?;
    if d.largest() == 0.0 {
        return Err(Error::AllEqual { rows: n });
    }
    let square = d.square();
    let ks: Vec<usize> = (2..=settings.most.min(n / 3)).collect();
    let partitions: Vec<Pam> = series_of(&square, &ks, weights)
        .into_iter()
        .map(|p| numbered_by_level(p, sorted))
        .collect();
    let jaccard = stability(&square, &partitions, weights, settings.bootstraps, settings.seed);
    let most = ks.last().copied().unwrap_or(2);
    // Gap and continuum draw many tables as large as the one they judge.
    let judged = (n > settings.measured)
        .then(|| Draws::new(settings.seed, Purpose::MeasuredRows, 0).sample(n, settings.measured));
    let part = judged.as_ref().map(|rows| sorted.take(rows));
    let gap = gap(
        part.as_ref().unwrap_or(sorted),
        distance,
        most,
        settings.references,
        settings.seed,
    )?;
    let average = agglomerate(&d, Linkage::Average)?;
    let ward = agglomerate(&d, Linkage::Ward)?;
    let silhouettes: Vec<Silhouette> = partitions
        .iter()
        .map(|p| silhouette_of(&square, &p.clustering))
        .collect();
    let measured = part.as_ref().unwrap_or(sorted);
    let own_weights: Cow<'_, [f64]> = match &judged {
        Some(rows) => rows.iter().map(|&i| weights[i]).collect(),
        None => Cow::Borrowed(weights),
    };
    let spread = rounding_jitter::jittered(measured, settings);
    let found = if spread.is_empty() && judged.is_none() {
        silhouettes.iter().map(|s| s.mean).collect()
    } else {
        let tables = if spread.is_empty() {
            std::slice::from_ref(measured)
        } else {
            &spread
        };
        rounding_jitter::mean_silhouettes(tables, distance, &ks, &own_weights)?
    };
    let fitted = spread.first().unwrap_or(measured);
    let against = compare_with_continuum(fitted, distance, &ks, &own_weights, &found, settings)?;
    let mut table = Vec::with_capacity(ks.len());
    for (at, ((pam, silhouette), jaccard)) in partitions.into_iter().zip(silhouettes).zip(jaccard).enumerate() {
        let k = ks[at];
        table.push(Measures {
            k,
            silhouette_spread: found[at],
            silhouette_continuum: against.means[at],
            excess: against.excess[at],
            gap: gap.gap[k - 1],
            gap_error: gap.error[k - 1],
            calinski_harabasz: calinski_harabasz(&d, &pam.clustering)?,
            jaccard,
            rand_average: adjusted_rand(&pam.clustering, &average.cut(k)?)?,
            rand_ward: adjusted_rand(&pam.clustering, &ward.cut(k)?)?,
            pam,
            silhouette,
        });
    }
    let verdict = verdict(&table, &against, settings.level);
    Ok(Choice {
        table,
        verdict,
        p: against.p,
        gap_tibshirani: gap.tibshirani(),
        gap_first: gap.first_within_error(),
        sampled: judged.map(|rows| rows.len()),
    })
}

fn check_settings(settings: &Settings) -> Result<(), Error> {
    let wrong = |what, found: String, expected| Err(Error::Setting { what, found, expected });
    if settings.most < 2 {
        return wrong("the most clusters to try", settings.most.to_string(), "at least 2");
    }
    if settings.measured < FEWEST_ROWS {
        return wrong(
            "the number of rows to judge on",
            settings.measured.to_string(),
            "at least 9",
        );
    }
    if settings.bootstraps == 0 {
        return wrong("the number of bootstrap samples", "0".into(), "at least 1");
    }
    if !(settings.level > 0.0 && settings.level < 1.0) {
        return wrong("the level", settings.level.to_string(), "a number between 0 and 1");
    }
    // With fewer tables no p-value can fall below the level.
    if (f64::from(settings.continua) + 1.0) * settings.level < 1.0 {
        return wrong(
            "the number of tables from the continuum",
            settings.continua.to_string(),
            "at least 1 over the level, less 1",
        );
    }
    Ok(())
}

/// Of the divisions that pass, the one that most exceeds the continuum: silhouettes alone favour few clusters, which a continuum gives too.
fn verdict(table: &[Measures], against: &NullModel, level: f64) -> Verdict {
    if against.p > level {
        return Verdict::Continuum;
    }
    let stable = table
        .iter()
        .filter(|m| m.excess >= against.critical && m.jaccard.iter().all(|j| *j >= STABLE_ENOUGH));
    let best = stable.reduce(|a, b| if b.excess > a.excess { b } else { a });
    best.map_or(Verdict::Unstable, |m| Verdict::Types(m.k))
}

/// Numbers the clusters of a partition by mean level, lowest first.
fn numbered_by_level(pam: Pam, matrix: &Matrix) -> Pam {
    let clustering = number_by_level(&pam.clustering, matrix);
    let mut medoids = pam.medoids;
    medoids.sort_by_key(|&medoid| clustering[medoid]);
    Pam {
        medoids,
        sizes: sizes(&clustering),
        clustering,
        ..pam
    }
}

/// Puts the rows of all divisions back in the order in which they were delivered.
fn delivered(mut choice: Choice, order: &[usize]) -> Choice {
    for m in &mut choice.table {
        deliver(m, order);
    }
    choice
}

fn deliver(m: &mut Measures, order: &[usize]) {
    let place = |sorted: &[usize]| {
        let mut out = vec![0; sorted.len()];
        for (&value, &row) in sorted.iter().zip(order) {
            out[row] = value;
        }
        out
    };
    m.pam.clustering = place(&m.pam.clustering);
    m.silhouette.neighbours = place(&m.silhouette.neighbours);
    let mut widths = vec![0.0; order.len()];
    for (&value, &row) in m.silhouette.widths.iter().zip(order) {
        widths[row] = value;
    }
    m.silhouette.widths = widths;
    for medoid in &mut m.pam.medoids {
        *medoid = order[*medoid];
    }
}
