//! The answers to the questions beside the norms: obstacles, support, and what suppliers deliver.

use crate::maturity::Maturity;
use crate::random::{Draws, Purpose};
use nulmeting_study::Framework;
use nulmeting_study::framework::Question;
use std::collections::BTreeSet;

/// What became of a question beside the norms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// Never shown.
    NotShown,
    /// The options chosen, by place in the codebook; none is an answer too.
    Options(BTreeSet<usize>),
}

/// The answers of a respondent, in the framework's order of questions.
///
/// Whether the board signed although something was missing is asked only when something was.
pub(crate) fn answers(seed: u64, framework: &Framework, own: Maturity, year: i64, subject: usize) -> Vec<Chosen> {
    let mut draws = Draws::of_year(seed, Purpose::Choice, year, subject);
    let mut asked = BTreeSet::new();
    let mut delivered = BTreeSet::new();
    framework
        .questions
        .iter()
        .map(|question| {
            let mut chosen: BTreeSet<usize> = (0..question.options.len())
                .filter(|option| draws.chance(probability(question, *option, own)))
                .collect();
            match question.code.as_str() {
                // Nobody is without an obstacle.
                "OBSTACLES" if chosen.is_empty() => {
                    chosen.insert(draws.below(question.options.len()));
                }
                "SUPPLIER_ASKED" => asked = chosen.clone(),
                "SUPPLIER_DELIVERED" => delivered = chosen.clone(),
                "SUPPLIER_SIGNED" => {
                    if asked.is_subset(&delivered) {
                        return Chosen::NotShown;
                    }
                    chosen = BTreeSet::from([usize::from(!draws.chance(0.78))]);
                }
                _ => {}
            }
            Chosen::Options(chosen)
        })
        .collect()
}

/// How likely a board is to choose an option: by what it lacks.
fn probability(question: &Question, option: usize, own: Maturity) -> f64 {
    let lacks_policy = (3.0 - own.policy).clamp(0.0, 1.5) / 1.5;
    let lacks_practice = (3.0 - own.practice).clamp(0.0, 1.5) / 1.5;
    let base = match (question.code.as_str(), question.options[option].code.as_str()) {
        ("OBSTACLES", "awareness") => 0.25 + 0.45 * lacks_policy,
        ("OBSTACLES", "knowledge") => 0.25 + 0.40 * lacks_practice,
        ("OBSTACLES", _) => 0.45 + 0.30 * lacks_practice,
        ("SUPPORT", "examples" | "training") => 0.30 + 0.40 * lacks_policy,
        ("SUPPORT", _) => 0.25 + 0.40 * lacks_practice,
        ("SUPPLIER_ASKED", "agreement") => 0.92,
        ("SUPPLIER_ASKED", _) => 0.70 - 0.35 * lacks_policy,
        ("SUPPLIER_DELIVERED", "agreement") => 0.88,
        ("SUPPLIER_DELIVERED", "logging" | "restore") => 0.22,
        ("SUPPLIER_DELIVERED", _) => 0.45,
        _ => 0.5,
    };
    base.clamp(0.02, 0.98)
}
