//! Types and clusters of an invented study: enough for every figure about them.

use super::{Made, released};
use nulmeting_study::Framework;
use nulmeting_study::tables::*;
use nulmeting_study::words::Base;

/// Adds clusters, their measures, profiles, moves and a tree for the organisations of a wave.
pub(super) fn fill(made: &mut Made, wave: &str, framework: &Framework) {
    let mut names = Vec::new();
    for (place, row) in made
        .analysed
        .types
        .iter_mut()
        .filter(|row| row.wave == wave)
        .enumerate()
    {
        row.cluster = Some(1 + place as i64 % 2);
        row.cluster_neighbour = Some(2 - place as i64 % 2);
        row.silhouette = Some(0.6 - (place % 8) as f64 / 10.0);
        row.type_between = (place % 7 == 3).then(|| framework.types[0].code.clone());
        names.push(row.organisation.clone());
    }
    let boards = names.len() as i64;
    for k in 2..=4 {
        made.analysed.divisions.push(Division {
            wave: wave.into(),
            method: "pam".into(),
            k,
            chosen: false,
            shown: k == 2,
            boards,
            silhouette: Some(0.5 - k as f64 / 20.0),
            silhouette_spread: Some(0.5 - k as f64 / 20.0),
            silhouette_continuum: Some(0.48 - k as f64 / 20.0),
            excess: Some(0.5),
            gap: Some(0.1),
            gap_error: Some(0.02),
            calinski_harabasz: Some(20.0),
            jaccard_lowest: Some(0.5),
            agreement: Some(1.0),
            coefficient: None,
            aic: None,
            bic: None,
            entropy: None,
        });
        for cluster in 1..=k {
            made.analysed.clusters.push(Cluster {
                wave: wave.into(),
                method: "pam".into(),
                k,
                chosen: false,
                cluster,
                label: if cluster == 1 {
                    framework.types[3].code.clone()
                } else {
                    "GO+".into()
                },
                size: boards / k,
                medoid: names.first().cloned(),
                silhouette: Some(0.3),
                jaccard: Some(1.0 - cluster as f64 / 8.0),
                continues: None,
                inside: false,
            });
        }
    }
    made.analysed.typology.push(Typology {
        wave: wave.into(),
        method: "pam".into(),
        verdict: Verdict::Continuum,
        k: None,
        k_shown: Some(2),
        boards,
        left_out: 1,
        columns: 15,
        columns_left_out: String::new(),
        sampled: None,
        p: Some(0.4),
        k_gap: Some(1),
        agreement_rule: Some(0.6),
        statement: "no structure beyond the rule-based types".into(),
    });
    for (step, name) in names.iter().enumerate().skip(1) {
        made.analysed.joinings.push(Joining {
            wave: wave.into(),
            method: "average".into(),
            step: step as i64,
            first: names[0].clone(),
            second: name.clone(),
            height: step as f64,
            size: step as i64 + 1,
        });
    }
    let codes = framework.types.iter().map(|kind| (Typing::Rule, kind.code.clone()));
    let numbers = (1..=2).map(|cluster: i64| (Typing::Cluster, cluster.to_string()));
    for (kind, (typing, code)) in codes.chain(numbers).enumerate() {
        for (place, domain) in framework.domains.iter().enumerate() {
            // The second type is too small.
            let suppressed = kind == 1;
            let estimate = Some(1.5 + ((kind * 5 + place * 3) % 20) as f64 / 10.0).filter(|_| !suppressed);
            made.analysed.type_profiles.extend(released(vec![TypeProfile {
                id: format!("{wave}/{typing}/{code}/domain/{}/mean_level/organisations", domain.code),
                wave: wave.into(),
                typing,
                r#type: code.clone(),
                scope: "domain".into(),
                item: domain.code.clone(),
                statistic: "mean_level".into(),
                base: Base::Organisations,
                estimate,
                ci_low: estimate.map(|own| own - 0.2),
                ci_high: estimate.map(|own| own + 0.2),
                ci_method: "t".into(),
                n: (!suppressed).then_some(9),
                difference: estimate.map(|own| own - 2.4),
                suppressed,
            }]));
        }
    }
    for from in &framework.types {
        for (place, to) in framework.types.iter().enumerate() {
            let suppressed = place == 1;
            made.analysed.moves.extend(released(vec![Move {
                from_wave: "2023".into(),
                to_wave: wave.into(),
                typing: Typing::Rule,
                from: from.code.clone(),
                to: to.code.clone(),
                stays: from.code == to.code,
                boards: (!suppressed).then_some(5 + place as i64),
                pupils: None,
                returning: 80,
                comparable: false,
                suppressed,
            }]));
        }
    }
}
