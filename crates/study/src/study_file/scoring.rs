//! How levels become scores and types.

use crate::words::{Assessor, Respondents};
use serde::Deserialize;

/// How types are made.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typology {
    /// Norms or domains of the policy axis; the codebook's when left out.
    pub policy: Option<Vec<String>>,
    /// Norms or domains of the practice axis; the codebook's when left out.
    pub practice: Option<Vec<String>>,
    /// Where an axis counts as in order.
    #[serde(default)]
    pub threshold: Threshold,
}

crate::words! {
    /// Where an axis counts as in order.
    pub enum ThresholdRule {
        /// At the mean target of the axis's norms; in a pass/fail wave at half of the tests.
        Target = "target",
        /// At the median of the organisations that answered.
        Median = "median",
    }
}

/// Where an axis counts as in order: by a rule, or at a stated score.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Threshold {
    /// By rule.
    Rule(ThresholdRule),
    /// At that score on both axes.
    Score(f64),
}

impl Default for Threshold {
    fn default() -> Self {
        Self::Rule(ThresholdRule::Target)
    }
}

/// How scores are made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scores {
    /// Share of the applicable norms of a domain that must be answered for a domain score.
    pub minimum_answered: f64,
    /// Which assessment the headline uses, for all organisations alike.
    pub assessor: Assessor,
    /// Which answer counts when several respondents answered for one organisation.
    pub respondents: Respondents,
}

impl Default for Scores {
    fn default() -> Self {
        Self {
            minimum_answered: 0.5,
            assessor: Assessor::Own,
            respondents: Respondents::Last,
        }
    }
}
