//! Settings of the study that are allowed and doubtful: what they leave unprotected, or leave nothing to publish.

use nulmeting_study::study_file::Disclosure;
use nulmeting_study::tables::RegisterEntry;
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Rule, Study};
use std::collections::BTreeMap;

/// Fewest organisations under a number that statistical offices publish.
const USUAL_MINIMUM: i64 = 3;

/// Says which settings of disclosure control protect nobody, or nothing but silence.
pub(crate) fn doubts(study: &Study, register: &[RegisterEntry]) -> Vec<Finding> {
    let rules = &study.disclosure;
    let mut sizes: BTreeMap<&str, i64> = BTreeMap::new();
    for entry in register {
        *sizes.entry(&entry.wave).or_default() += 1;
    }
    let largest = sizes.values().max().copied().unwrap_or_default();
    let doubt = |severity, message: String, hint: &str| Finding::new(severity, Rule::DoubtfulSetting, message, hint);
    let mut findings = Vec::new();
    if rules.minimum < USUAL_MINIMUM || rules.protect < 1 {
        findings.push(doubt(
            Severity::Warning,
            format!(
                "`disclosure.minimum` is {} and `disclosure.protect` is {}; expected at least {USUAL_MINIMUM} and 1 for numbers that are published",
                rules.minimum, rules.protect
            ),
            "publish nothing made with these settings: single organisations can be recognised",
        ));
    }
    // A register smaller than the usual minimum is a small study, and no slip.
    if rules.minimum > largest && rules.minimum > Disclosure::default().minimum {
        findings.push(doubt(
            Severity::Warning,
            format!(
                "`disclosure.minimum` is {}; expected no more than the {largest} organisations of the register",
                rules.minimum
            ),
            "lower it: as it is, every number is withheld",
        ));
    }
    findings
}
