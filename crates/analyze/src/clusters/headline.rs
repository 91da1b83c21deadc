//! The headline: medoids on domain means, how many there are, and what may be said of them.

use super::answers::Answers;
use super::{Clustered, Place, Shown, labels, none, verdict_of};
use crate::sample::Sample;
use crate::types::{Classified, code_of};
use nulmeting_study::Framework;
use nulmeting_study::tables::{Cluster, Division, TypeAgreement, Typology, Verdict};
use nulmeting_typology::number_of_clusters::{self, Choice, FEWEST_ROWS, Settings, choose};
use nulmeting_typology::rule::Quadrant;
use nulmeting_typology::{Distance, Matrix, sizes};

/// The name of the method in the tables.
pub(super) const METHOD: &str = "pam";

/// Divides the organisations and puts what is found in the tables; nothing when they cannot be divided.
pub(super) fn divide(
    framework: &Framework,
    sample: &Sample,
    answers: &Answers,
    classified: &[Classified],
    settings: &Settings,
    found: &mut Clustered,
) -> Option<Choice> {
    let cannot = |verdict, statement| none(sample, METHOD, answers, verdict, statement);
    if answers.rows.len() < FEWEST_ROWS {
        found.typology.push(cannot(
            Verdict::TooFew,
            format!(
                "{} organisations have a score on more than half of the domains; fewer than {FEWEST_ROWS} are not divided by the data: only the rule-based types are given",
                answers.rows.len()
            ),
        ));
        return None;
    }
    let settings = Settings {
        grain: answers.grain.clone(),
        ..settings.clone()
    };
    let divided = answers.matrix().and_then(|matrix| {
        Ok((
            choose(&matrix, &answers.names, &Distance::Manhattan, None, &settings)?,
            matrix,
        ))
    });
    let (choice, matrix) = match divided {
        Ok(divided) => divided,
        Err(error) => {
            found.typology.push(cannot(verdict_of(&error), error.to_string()));
            return None;
        }
    };
    let shown = choice.shown().k;
    for measures in &choice.table {
        let clustering = &measures.pam.clustering;
        let naming = labels::beside_rule(&answers.rows, clustering, classified);
        let names = labels::names(framework, naming.as_ref());
        let names = labels::labels(&answers.columns, &matrix, clustering, &names);
        let chosen = choice.verdict == number_of_clusters::Verdict::Types(measures.k);
        for (cluster, label) in names.into_iter().enumerate() {
            found.clusters.push(Cluster {
                wave: sample.wave.clone(),
                method: METHOD.into(),
                k: measures.k as i64,
                chosen,
                cluster: cluster as i64 + 1,
                label,
                size: measures.pam.sizes[cluster] as i64,
                medoid: Some(answers.names[measures.pam.medoids[cluster]].clone()),
                silhouette: Some(measures.silhouette.clusters[cluster]),
                jaccard: Some(measures.jaccard[cluster]),
                continues: None,
                inside: true,
            });
        }
        found.divisions.push(Division {
            wave: sample.wave.clone(),
            method: METHOD.into(),
            k: measures.k as i64,
            chosen,
            shown: measures.k == shown,
            boards: clustering.len() as i64,
            silhouette: Some(measures.silhouette.mean),
            silhouette_spread: Some(measures.silhouette_spread),
            silhouette_continuum: Some(measures.silhouette_continuum),
            excess: Some(measures.excess),
            gap: Some(measures.gap),
            gap_error: Some(measures.gap_error),
            calinski_harabasz: measures.calinski_harabasz,
            jaccard_lowest: measures.jaccard.iter().copied().reduce(f64::min),
            agreement: Some(1.0),
            coefficient: None,
            aic: None,
            bic: None,
            entropy: None,
        });
        if measures.k == shown {
            found.agreement = agreement(framework, sample, naming.as_ref());
            found
                .typology
                .push(statement(sample, answers, &choice, naming.as_ref()));
            found.shown = Some(shown_of(answers, &matrix, measures));
        }
    }
    Some(choice)
}

fn shown_of(answers: &Answers, matrix: &Matrix, measures: &number_of_clusters::Measures) -> Shown {
    let place = |row: usize| Place {
        cluster: measures.pam.clustering[row],
        neighbour: measures.silhouette.neighbours[row],
        silhouette: measures.silhouette.widths[row],
    };
    Shown {
        k: sizes(&measures.pam.clustering).len(),
        places: answers
            .names
            .iter()
            .cloned()
            .zip((0..matrix.rows()).map(place))
            .collect(),
        columns: answers.columns.clone(),
        medoids: measures.pam.medoids.iter().map(|&row| matrix.row(row)).collect(),
    }
}

fn statement(
    sample: &Sample,
    answers: &Answers,
    choice: &Choice,
    naming: Option<&nulmeting_typology::naming::Naming>,
) -> Typology {
    let (verdict, k, statement) = match choice.verdict {
        number_of_clusters::Verdict::Types(k) => (
            Verdict::Types,
            Some(k as i64),
            format!("the data show {k} types of their own: tighter than one continuum gives, and stable"),
        ),
        number_of_clusters::Verdict::Continuum => (
            Verdict::Continuum,
            None,
            "no structure beyond the rule-based types: one continuum gives divisions as tight".to_owned(),
        ),
        number_of_clusters::Verdict::Unstable => (
            Verdict::Unstable,
            None,
            "no structure beyond the rule-based types: no division comes back when other organisations are drawn"
                .to_owned(),
        ),
    };
    Typology {
        k,
        k_shown: Some(choice.shown().k as i64),
        sampled: choice.sampled.map(|rows| rows as i64),
        p: Some(choice.p),
        k_gap: Some(choice.gap_tibshirani as i64),
        agreement_rule: naming.map(|naming| naming.agreement),
        ..none(sample, METHOD, answers, verdict, statement)
    }
}

fn agreement(
    framework: &Framework,
    sample: &Sample,
    naming: Option<&nulmeting_typology::naming::Naming>,
) -> Vec<TypeAgreement> {
    let Some(naming) = naming else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for (cluster, counts) in naming.table.iter().enumerate() {
        for (quadrant, boards) in Quadrant::ALL.into_iter().zip(counts) {
            if let Some(code) = code_of(framework, quadrant) {
                rows.push(TypeAgreement {
                    wave: sample.wave.clone(),
                    cluster: cluster as i64 + 1,
                    r#type: code,
                    boards: *boards as i64,
                    paired: naming.paired[cluster] == Some(quadrant),
                    named: naming.named[cluster] == Some(quadrant),
                });
            }
        }
    }
    rows
}
