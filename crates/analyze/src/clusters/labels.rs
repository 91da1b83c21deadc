//! What clusters are called: numbers by mean level, and labels from the rule or from what sets them apart.

use crate::types::{Classified, code_of};
use nulmeting_study::Framework;
use nulmeting_typology::naming::{self, Naming};
use nulmeting_typology::rule::Quadrant;
use nulmeting_typology::{Matrix, sizes};

/// Domains in the label of a cluster that carries no type's name.
const DOMAINS: usize = 3;
/// A domain sets a cluster apart from this many standard deviations on: what is usually called a medium difference.
const APART: f64 = 0.5;

/// Clusters beside the types by rule, for the organisations that have both; nothing when none has.
pub(super) fn beside_rule(rows: &[usize], clustering: &[usize], classified: &[Classified]) -> Option<Naming> {
    let both: Vec<(usize, Quadrant)> = rows
        .iter()
        .zip(clustering)
        .filter_map(|(&row, &cluster)| Some((cluster, classified[row].typed.as_ref()?.quadrant)))
        .collect();
    let (clusters, quadrants): (Vec<usize>, Vec<Quadrant>) = both.into_iter().unzip();
    if clusters.is_empty() {
        return None;
    }
    naming::name(&clusters, &quadrants).ok()
}

/// The names of types that clusters may carry, one entry per cluster.
pub(super) fn names(framework: &Framework, naming: Option<&Naming>) -> Vec<Option<String>> {
    let named = naming.map(|naming| naming.named.as_slice()).unwrap_or_default();
    named.iter().map(|quadrant| code_of(framework, (*quadrant)?)).collect()
}

/// The label of every cluster: its name where it carries one, otherwise what sets it apart.
pub(super) fn labels(
    columns: &[String],
    matrix: &Matrix,
    clustering: &[usize],
    names: &[Option<String>],
) -> Vec<String> {
    let Ok(differences) = naming::differences(matrix, clustering) else {
        return vec![String::new(); sizes(clustering).len()];
    };
    differences
        .iter()
        .enumerate()
        .map(|(cluster, found)| {
            if let Some(Some(code)) = names.get(cluster) {
                return code.clone();
            }
            let apart = found.iter().filter(|own| own.standardised.abs() >= APART).take(DOMAINS);
            let words: Vec<String> = apart
                .map(|own| {
                    format!(
                        "{}{}",
                        columns[own.column],
                        if own.standardised > 0.0 { "+" } else { "-" }
                    )
                })
                .collect();
            words.join(" ")
        })
        .collect()
}
