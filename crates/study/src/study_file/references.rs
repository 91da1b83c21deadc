//! What a study file says of its frameworks: norms that they have, and scores on their scale.

use super::{Study, Threshold};
use crate::suggestion::nearest;
use crate::{Error, Framework};
use std::collections::BTreeMap;

impl Study {
    /// Holds the keys of the typology against the frameworks, by wave.
    ///
    /// Errors: a norm or domain that no framework has, or a threshold that is on no scale; each by its key.
    pub fn check_references(&self, frameworks: &BTreeMap<String, Framework>, position: &str) -> Result<(), Error> {
        let axes = [("policy", &self.typology.policy), ("practice", &self.typology.practice)];
        for (axis, codes) in axes {
            for code in codes.iter().flatten() {
                let is_known = |framework: &Framework| {
                    framework.norm(code).is_some()
                        || framework.domain(code).is_some()
                        || framework.domain_by_prefix(code).is_some()
                };
                if !frameworks.values().any(is_known) {
                    let known = frameworks.values().flat_map(|framework| &framework.domains);
                    let hint = match nearest(code, known.map(|domain| domain.code.as_str())) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "`nulmeting codebook` lists the codes of a framework".to_owned(),
                    };
                    return Err(Error::new(
                        format!("{position}, key `typology.{axis}`"),
                        format!("`{}`", code.escape_debug()),
                        "codes of norms or domains of a framework of the study",
                        hint,
                    ));
                }
            }
        }
        let Threshold::Score(score) = self.typology.threshold else {
            return Ok(());
        };
        // In a pass/fail wave the score of an axis is the share of the tests that were passed.
        let is_on = |framework: &Framework| match framework.scale() {
            Some((low, high)) => (low as f64..=high as f64).contains(&score),
            None => (0.0..=1.0).contains(&score),
        };
        match frameworks.values().any(is_on) {
            true => Ok(()),
            false => Err(Error::new(
                format!("{position}, key `typology.threshold`"),
                score.to_string(),
                "`\"target\"`, `\"median\"`, or a score on the scale of a framework of the study",
                "write for instance `threshold = 3.0`",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::SMALL;
    use crate::{Framework, Study, shipped};
    use std::collections::BTreeMap;

    #[test]
    fn codes_and_thresholds_that_no_framework_has_are_refused_by_their_key() {
        let name = "normenkader-ibp-fo-2024";
        let framework = Framework::parse(&shipped::codebook_files(name).unwrap(), name).unwrap();
        let frameworks = BTreeMap::from([("2024".to_owned(), framework)]);
        let checked = |typology: &str| {
            let text = SMALL.replace("[population]", &format!("[typology]\n{typology}\n[population]"));
            Study::parse(&text, "small.toml")
                .unwrap()
                .check_references(&frameworks, "small.toml")
        };
        for (typology, key) in [
            ("policy = [\"GO\", \"ZZ\"]", "typology.policy"),
            ("practice = [\"\"]", "typology.practice"),
            ("threshold = 99", "typology.threshold"),
            ("threshold = 0.5", "typology.threshold"),
        ] {
            let error = checked(typology).unwrap_err();
            assert!(error.place.contains(key), "{typology}: {error}");
        }
        checked("policy = [\"GO\", \"OR.01\"]\nthreshold = 2.5").unwrap();
    }
}
