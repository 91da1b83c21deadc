//! Which responses a study reads at all.

use crate::words::{Handling, SameToken};
use serde::Deserialize;

/// Which responses are read at all; whatever a policy does to a response is a finding.
///
/// Several responses of one organisation are another matter: see [`Scores::respondents`](super::Scores::respondents).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// Responses that the tool or the respondent marks as a test or preview.
    pub test: Handling,
    /// Responses of those who did not finish.
    pub incomplete: Handling,
    /// Several responses under one token of the tool, within one file.
    pub same_token: SameToken,
    /// Largest share of the answers of a source that may be unreadable. Above it the run stops, as it does where one
    /// text that cannot be read stands for more than a fifth of it: then answers to one level or option are lost.
    /// Unit: a proportion from 0 to 1; 1 lets the run go on whatever is lost.
    pub unreadable: f64,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            test: Handling::Drop,
            incomplete: Handling::Keep,
            same_token: SameToken::Last,
            unreadable: 0.05,
        }
    }
}
