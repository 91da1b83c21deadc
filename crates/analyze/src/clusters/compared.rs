//! The same organisations by other methods: design weights, trees, norms instead of domains, latent classes.
//!
//! Nothing is claimed by any of these; they show how much of the headline depends on how it was made.

use super::answers::Answers;
use super::labels::labels;
use super::{Clustered, none, verdict_of};
use crate::sample::Sample;
use nulmeting_study::Framework;
use nulmeting_study::tables::{Cluster, Division, Joining, Verdict};
use nulmeting_typology::latent::{self, latent_classes};
use nulmeting_typology::number_of_clusters::Choice;
use nulmeting_typology::{
    Dissimilarity, Distance, Error, Linkage, Matrix, adjusted_rand, agglomerate, pam_series, silhouette, sizes,
};

/// Random starts of the latent classes: the share that comes to the best likelihood shows whether they suffice.
const STARTS: u32 = 6;
/// The most steps of a start.
const STEPS: u32 = 200;
/// The most latent classes that are tried.
const CLASSES: usize = 6;
/// Above this many organisations trees and other comparisons are left out: their work grows with the square.
const MOST_COMPARED: usize = 2_000;

/// A division by one method, its organisations in canonical order.
struct Found<'a> {
    method: &'a str,
    clustering: Vec<usize>,
    medoids: Option<Vec<usize>>,
    coefficient: Option<f64>,
}

/// A table in canonical order, with the names and the distances of its rows.
struct Ordered {
    order: Vec<usize>,
    matrix: Matrix,
    names: Vec<String>,
    distances: Dissimilarity,
}

impl Ordered {
    fn new(answers: &Answers) -> Result<Self, Error> {
        let matrix = answers.matrix()?;
        let order = matrix.canonical_order(&answers.names)?;
        let matrix = matrix.take(&order);
        Ok(Self {
            distances: Dissimilarity::new(&matrix, &Distance::Manhattan)?,
            names: order.iter().map(|&row| answers.names[row].clone()).collect(),
            matrix,
            order,
        })
    }
}

/// Medoids with the design weights: what a few boards that stand for many would change.
pub(super) fn weighted(sample: &Sample, answers: &Answers, choice: &Choice, found: &mut Clustered) {
    const METHOD: &str = "pam_weighted";
    let weights: Vec<f64> = answers.rows.iter().map(|&row| sample.design.weights()[row]).collect();
    let even = weights.iter().all(|weight| *weight == weights[0]);
    if even || answers.rows.len() > MOST_COMPARED {
        let reason = if even {
            "all organisations have the same weight"
        } else {
            "too many organisations to compare all pairs"
        };
        found
            .typology
            .push(none(sample, METHOD, answers, Verdict::Refused, reason.to_owned()));
        return;
    }
    let divided = Ordered::new(answers).and_then(|table| {
        let weights: Vec<f64> = table.order.iter().map(|&row| weights[row]).collect();
        let ks: Vec<usize> = choice.table.iter().map(|measures| measures.k).collect();
        Ok((pam_series(&table.distances, &ks, Some(&weights))?, table))
    });
    match divided {
        Ok((series, table)) => {
            for pam in series {
                let own = Found {
                    method: METHOD,
                    clustering: pam.clustering,
                    medoids: Some(pam.medoids),
                    coefficient: None,
                };
                add(sample, answers, answers, &table, own, choice, found);
            }
            compared(sample, METHOD, answers, found);
        }
        Err(error) => found
            .typology
            .push(none(sample, METHOD, answers, verdict_of(&error), error.to_string())),
    }
}

/// Trees by four methods, cut at every number of clusters.
pub(super) fn trees(sample: &Sample, answers: &Answers, choice: &Choice, found: &mut Clustered) {
    let methods = [
        ("single", Linkage::Single),
        ("complete", Linkage::Complete),
        ("average", Linkage::Average),
        ("ward", Linkage::Ward),
    ];
    let table = if answers.rows.len() > MOST_COMPARED {
        Err(Error::TooManyRows {
            rows: answers.rows.len(),
            maximum: MOST_COMPARED,
        })
    } else {
        Ordered::new(answers)
    };
    for (method, linkage) in methods {
        let tree = table
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|table| Ok((agglomerate(&table.distances, linkage)?, table)));
        let (tree, table) = match tree {
            Ok(tree) => tree,
            Err(error) => {
                let reason = none(sample, method, answers, verdict_of(&error), error.to_string());
                found.typology.push(reason);
                continue;
            }
        };
        for measures in &choice.table {
            let Ok(clustering) = tree.cut(measures.k) else { continue };
            let own = Found {
                method,
                clustering,
                medoids: None,
                coefficient: tree.coefficient(),
            };
            add(sample, answers, answers, table, own, choice, found);
        }
        compared(sample, method, answers, found);
        for (step, merge) in tree.merges().iter().enumerate() {
            found.joinings.push(Joining {
                wave: sample.wave.clone(),
                method: method.to_owned(),
                step: step as i64 + 1,
                first: table.names[merge.first].clone(),
                second: table.names[merge.second].clone(),
                height: merge.height,
                size: merge.size as i64,
            });
        }
    }
}

/// Medoids on norms instead of domain means: domains with many norms then weigh more.
pub(super) fn norms(sample: &Sample, norms: &Answers, domains: &Answers, choice: &Choice, found: &mut Clustered) {
    const METHOD: &str = "pam_norms";
    let divided = if norms.rows.len() > MOST_COMPARED {
        Err(Error::TooManyRows {
            rows: norms.rows.len(),
            maximum: MOST_COMPARED,
        })
    } else {
        Ordered::new(norms).and_then(|table| {
            let tried = choice.table.iter().map(|measures| measures.k);
            let ks: Vec<usize> = tried.filter(|k| *k < norms.rows.len()).collect();
            Ok((pam_series(&table.distances, &ks, None)?, table))
        })
    };
    match divided {
        Ok((series, table)) => {
            for pam in series {
                let own = Found {
                    method: METHOD,
                    clustering: pam.clustering,
                    medoids: Some(pam.medoids),
                    coefficient: None,
                };
                add(sample, norms, domains, &table, own, choice, found);
            }
            compared(sample, METHOD, norms, found);
        }
        Err(error) => found
            .typology
            .push(none(sample, METHOD, norms, verdict_of(&error), error.to_string())),
    }
}

/// Latent classes of the norms; refused with the reason below the fewest organisations.
pub(super) fn latent(
    framework: &Framework,
    sample: &Sample,
    norms: &Answers,
    domains: &Answers,
    choice: &Choice,
    seed: u64,
    found: &mut Clustered,
) {
    const METHOD: &str = "latent";
    let n = norms.rows.len();
    let low_high = framework.scale().unwrap_or((0, 1));
    let settings = latent::Settings {
        scale: (low_high.0 as u8, low_high.1 as u8),
        starts: STARTS,
        steps: STEPS,
        ..latent::Settings::new(seed)
    };
    let levels: Vec<Vec<Option<u8>>> = norms
        .values
        .iter()
        .map(|row| row.iter().map(|value| value.map(|level| level as u8)).collect())
        .collect();
    let ks: Vec<usize> = (1..=CLASSES.min(n / 10)).collect();
    let classes = if n > MOST_COMPARED {
        Err(Error::TooManyRows {
            rows: n,
            maximum: MOST_COMPARED,
        })
    } else {
        latent_classes(&levels, &ks, &settings)
    };
    let classes = match classes {
        Ok(classes) => classes,
        Err(error) => {
            found
                .typology
                .push(none(sample, METHOD, norms, verdict_of(&error), error.to_string()));
            return;
        }
    };
    for (k, own) in ks.iter().zip(&classes) {
        let counts: Vec<i64> = (0..*k)
            .map(|class| own.classes.iter().filter(|c| **c == class).count() as i64)
            .collect();
        for (class, size) in counts.iter().enumerate() {
            found.clusters.push(Cluster {
                wave: sample.wave.clone(),
                method: METHOD.into(),
                k: *k as i64,
                chosen: false,
                cluster: class as i64 + 1,
                label: String::new(),
                size: *size,
                medoid: None,
                silhouette: None,
                jaccard: None,
                continues: None,
                inside: true,
            });
        }
        found.divisions.push(Division {
            aic: Some(own.aic),
            bic: Some(own.bic),
            entropy: own.entropy,
            agreement: agreement(norms, &own.classes, domains, choice, *k),
            ..division(sample, METHOD, *k, n)
        });
    }
    let best = ks
        .iter()
        .zip(&classes)
        .reduce(|a, b| if b.1.bic < a.1.bic { b } else { a });
    let k = best.map(|(k, _)| *k as i64);
    found.typology.push(nulmeting_study::tables::Typology {
        k,
        ..none(
            sample,
            METHOD,
            norms,
            Verdict::Compared,
            format!(
                "the Bayesian criterion is lowest at {} latent classes; classes also follow degrees of one continuum, so this is no claim",
                k.unwrap_or(1)
            ),
        )
    });
}

fn compared(sample: &Sample, method: &str, answers: &Answers, found: &mut Clustered) {
    let statement =
        "for comparison with the medoids on domain means: see the agreement in the table of divisions".to_owned();
    found
        .typology
        .push(none(sample, method, answers, Verdict::Compared, statement));
}

fn division(sample: &Sample, method: &str, k: usize, boards: usize) -> Division {
    Division {
        wave: sample.wave.clone(),
        method: method.to_owned(),
        k: k as i64,
        chosen: false,
        shown: false,
        boards: boards as i64,
        silhouette: None,
        silhouette_spread: None,
        silhouette_continuum: None,
        excess: None,
        gap: None,
        gap_error: None,
        calinski_harabasz: None,
        jaccard_lowest: None,
        agreement: None,
        coefficient: None,
        aic: None,
        bic: None,
        entropy: None,
    }
}

/// How far a division agrees with the headline of the same number, over the organisations of both.
///
/// Shape: `clusters` has one entry per organisation of `answers`, in its order.
fn agreement(answers: &Answers, clusters: &[usize], headline: &Answers, choice: &Choice, k: usize) -> Option<f64> {
    let measures = choice.table.iter().find(|measures| measures.k == k)?;
    let (own, other): (Vec<usize>, Vec<usize>) = answers
        .rows
        .iter()
        .zip(clusters)
        .filter_map(|(row, cluster)| {
            let place = headline.rows.binary_search(row).ok()?;
            Some((*cluster, measures.pam.clustering[place]))
        })
        .unzip();
    adjusted_rand(&own, &other).ok().flatten()
}

/// Puts a division in the tables.
fn add(
    sample: &Sample,
    answers: &Answers,
    headline: &Answers,
    table: &Ordered,
    own: Found<'_>,
    choice: &Choice,
    found: &mut Clustered,
) {
    let numbered = nulmeting_typology::number_by_level(&own.clustering, &table.matrix);
    let k = sizes(&numbered).len();
    let widths = silhouette(&table.distances, &numbered).ok().flatten();
    let mut medoid = vec![None; k];
    for (place, &row) in own.medoids.iter().flatten().enumerate() {
        debug_assert_eq!(own.clustering[row], place);
        medoid[numbered[row]] = Some(table.names[row].clone());
    }
    // Labels name domains, so a division of norms goes without them.
    let names = if answers.columns == headline.columns {
        labels(&answers.columns, &table.matrix, &numbered, &[])
    } else {
        vec![String::new(); k]
    };
    let members = sizes(&numbered);
    for (cluster, size) in members.iter().enumerate() {
        found.clusters.push(Cluster {
            wave: sample.wave.clone(),
            method: own.method.to_owned(),
            k: k as i64,
            chosen: false,
            cluster: cluster as i64 + 1,
            label: names[cluster].clone(),
            size: *size as i64,
            medoid: medoid[cluster].clone(),
            silhouette: widths.as_ref().map(|widths| widths.clusters[cluster]),
            jaccard: None,
            continues: None,
            inside: true,
        });
    }
    let mut delivered = vec![0; numbered.len()];
    for (&cluster, &row) in numbered.iter().zip(&table.order) {
        delivered[row] = cluster;
    }
    found.divisions.push(Division {
        silhouette: widths.map(|widths| widths.mean),
        calinski_harabasz: nulmeting_typology::calinski_harabasz(&table.distances, &numbered)
            .ok()
            .flatten(),
        agreement: agreement(answers, &delivered, headline, choice, k),
        coefficient: own.coefficient,
        ..division(sample, own.method, k, answers.rows.len())
    });
}
