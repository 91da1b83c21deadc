//! Which responses of a file are read at all, by the policies of the study file.

use super::is_test;
use crate::format::reader::{Delivery, Submission};
use nulmeting_study::study_file::Policies;
use nulmeting_study::words::{Handling, SameToken, Severity};
use nulmeting_study::{Finding, Rule};
use std::collections::BTreeMap;

/// For each response whether it is read; every case in which a policy decided is a finding.
pub(super) fn settle(delivery: &Delivery, policies: &Policies, findings: &mut Vec<Finding>) -> Vec<bool> {
    let mut find = |submission: &Submission, severity, rule, message: &str, hint: &str| {
        findings.push(Finding::new(severity, rule, message, hint).at(&submission.place));
    };
    let mut read: Vec<bool> = Vec::new();
    for submission in &delivery.submissions {
        let test = submission.test || submission.organisation.as_deref().is_some_and(is_test);
        let cut = submission.complete == Some(false);
        read.push(match (test, cut) {
            (true, _) if policies.test == Handling::Drop => {
                let hint = "none needed, unless it is a real response";
                find(
                    submission,
                    Severity::Note,
                    Rule::TestResponse,
                    "a test or preview; it is left out",
                    hint,
                );
                false
            }
            (true, _) => {
                let message = "a test or preview; it is read, because the study keeps them (`responses.test`)";
                find(
                    submission,
                    Severity::Warning,
                    Rule::TestResponse,
                    message,
                    "drop them before publishing",
                );
                true
            }
            (false, true) if policies.incomplete == Handling::Drop => {
                let message = "the respondent did not finish; the response is left out (`responses.incomplete`)";
                let hint = "ask the organisation to finish, or keep such responses";
                find(submission, Severity::Warning, Rule::IncompleteResponse, message, hint);
                false
            }
            (false, _) => true,
        });
    }
    if policies.same_token != SameToken::Keep {
        let mut under: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, submission) in delivery
            .submissions
            .iter()
            .enumerate()
            .filter(|(index, _)| read[*index])
        {
            if let Some(token) = &submission.token {
                under.entry(token).or_default().push(index);
            }
        }
        for list in under.values().filter(|list| list.len() > 1) {
            let rank = |index: &usize| {
                let own = &delivery.submissions[*index];
                (own.submitted.clone(), *index)
            };
            let finished: Vec<usize> = list
                .iter()
                .copied()
                .filter(|index| delivery.submissions[*index].complete != Some(false))
                .collect();
            let pool = if finished.is_empty() { list } else { &finished };
            let kept = match policies.same_token {
                SameToken::First => pool.iter().min_by_key(|index| rank(index)),
                SameToken::Last | SameToken::Keep => pool.iter().max_by_key(|index| rank(index)),
            };
            for index in list.iter().filter(|index| Some(*index) != kept) {
                read[*index] = false;
                let message = "another response under the same token is read instead (`responses.same_token`)";
                let hint = "choose another rule in the study file, or remove one of the responses";
                find(
                    &delivery.submissions[*index],
                    Severity::Warning,
                    Rule::DuplicateResponse,
                    message,
                    hint,
                );
            }
        }
    }
    read
}
