//! What the data say when nobody names the types: one wave divided by several methods, and one verdict.
//!
//! The headline is medoids on domain means of the framework's first part, by summed difference, unweighted: it is about
//! the organisations that answered. Every other method is there to be compared with it. A division is laid beside the
//! rule-based types whatever the verdict; it is called types only when the verdict says so.

mod answers;
mod compared;
mod headline;
mod labels;
mod moves;
mod profile;

pub(crate) use moves::margins;
pub use moves::moves;
pub use profile::{beside, profiles};

use crate::sample::Sample;
use crate::types::Classified;
use answers::Answers;
use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::{Cluster, Division, Joining, Level, TypeAgreement, Typology, Verdict};
use nulmeting_study::{Framework, Study};
use nulmeting_typology::{Error, number_of_clusters};
use std::collections::BTreeMap;

/// The most clusters that are tried.
pub const MOST: usize = 8;
/// Bootstrap samples for stability: a mean Jaccard similarity to within 0.03 or so, far less than between its readings.
const BOOTSTRAPS: u32 = 100;
/// Reference tables for the gap statistic, which decides nothing here.
const REFERENCES: u32 = 20;
/// Tables from the continuum: the simulation of docs/typology.md used as many.
const CONTINUA: u32 = 99;
/// Above this many organisations the measures rest on a sample of this many, and all join the nearest medoid: the
/// simulation finds types at 300 as well as at 1,000, and work grows with the square.
const MEASURED: usize = 600;

/// The clusters of one wave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clustered {
    /// Every cluster of every division.
    pub clusters: Vec<Cluster>,
    /// Every division.
    pub divisions: Vec<Division>,
    /// What may be said, per method.
    pub typology: Vec<Typology>,
    /// Clusters beside types by rule.
    pub agreement: Vec<TypeAgreement>,
    /// Trees of organisations.
    pub joinings: Vec<Joining>,
    /// The division laid beside the rule.
    pub shown: Option<Shown>,
}

/// The division laid beside the rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Number of clusters.
    pub k: usize,
    /// Where each organisation stands, by its name.
    pub places: BTreeMap<String, Place>,
    /// Domains that were compared.
    pub columns: Vec<String>,
    /// The medoid of each cluster: its values per domain.
    pub medoids: Vec<Vec<Option<f64>>>,
}

/// Where an organisation stands in a division.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its cluster, from 0 in order of mean level.
    pub cluster: usize,
    /// The nearest other cluster.
    pub neighbour: usize,
    /// Its silhouette.
    pub silhouette: f64,
}

/// Divides the organisations of a wave.
///
/// Missing: an organisation with a score on half of the domains or fewer takes no part; a domain without any score is
/// left out; other gaps stay gaps (see [`nulmeting_typology::Dissimilarity`]). Both are counted in the verdict.
/// Method: [`number_of_clusters::choose`]; rows are put in canonical order first, so the order of delivery changes nothing.
pub fn clusters(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    levels: &[Level],
    classified: &[Classified],
    seed: u64,
) -> Clustered {
    let mut found = Clustered::default();
    let domains = Answers::of_domains(study, framework, sample, levels);
    let headline = headline::divide(framework, sample, &domains, classified, &settings(seed), &mut found);
    if let Some(choice) = headline {
        compared::weighted(sample, &domains, &choice, &mut found);
        compared::trees(sample, &domains, &choice, &mut found);
        let norms = Answers::of_norms(framework, sample, levels);
        compared::norms(sample, &norms, &domains, &choice, &mut found);
        compared::latent(framework, sample, &norms, &domains, &choice, seed, &mut found);
    }
    told(&study.disclosure, &mut found.clusters);
    found
}

/// Notes of every cluster whether it may be told outside.
///
/// Method: a division is told as a whole or not at all. Trees are cut from one another: of two divisions the sizes of the
/// clusters that one has joined tell what the other withholds.
fn told(rules: &Disclosure, clusters: &mut [Cluster]) {
    let mut smallest: BTreeMap<(String, i64), i64> = BTreeMap::new();
    for row in clusters.iter() {
        let size = smallest.entry((row.method.clone(), row.k)).or_insert(row.size);
        *size = row.size.min(*size);
    }
    for row in clusters {
        row.inside = smallest[&(row.method.clone(), row.k)] < rules.minimum;
    }
}

fn settings(seed: u64) -> number_of_clusters::Settings {
    number_of_clusters::Settings {
        most: MOST,
        bootstraps: BOOTSTRAPS,
        references: REFERENCES,
        continua: CONTINUA,
        measured: MEASURED,
        seed,
        ..number_of_clusters::Settings::default()
    }
}

/// A verdict without a division.
fn none(sample: &Sample, method: &str, answers: &Answers, verdict: Verdict, statement: String) -> Typology {
    Typology {
        wave: sample.wave.clone(),
        method: method.to_owned(),
        verdict,
        k: None,
        k_shown: None,
        boards: answers.rows.len() as i64,
        left_out: answers.left_out as i64,
        columns: answers.columns.len() as i64,
        columns_left_out: answers.columns_left_out.join(" "),
        sampled: None,
        p: None,
        k_gap: None,
        agreement_rule: None,
        statement,
    }
}

/// The verdict that an error amounts to.
fn verdict_of(error: &Error) -> Verdict {
    match error {
        Error::AllEqual { .. } => Verdict::AllEqual,
        Error::TooManyClusters { .. } | Error::Empty { .. } | Error::TooFewForClasses { .. } => Verdict::TooFew,
        _ => Verdict::Refused,
    }
}
