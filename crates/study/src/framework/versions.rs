//! What two versions of a framework share, and so what two waves can be compared on.
//!
//! The later codebook says what became of each norm. Where it says nothing of a norm, the same code means the
//! same norm, rescaled where one version tests and the other levels.

use super::{Framework, LinkKind, Test};
use crate::words::Comparability;
use std::collections::{BTreeMap, BTreeSet};

/// A codebook made from another by reading the official list has the other's name with this behind it.
const OFFICIAL: &str = "-official";

/// A norm that both versions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Code in the earlier version.
    pub from: String,
    /// Code in the later version.
    pub to: String,
    /// Same, renamed or rescaled.
    pub kind: LinkKind,
}

/// Two versions of a framework side by side.
#[derive(Debug, Clone)]
pub struct Versions<'a> {
    from: &'a Framework,
    to: &'a Framework,
    shared: BTreeMap<String, Shared>,
}

impl<'a> Versions<'a> {
    /// Puts an earlier and a later version side by side.
    pub fn between(from: &'a Framework, to: &'a Framework) -> Self {
        let plain = |id: &'a str| id.strip_suffix(OFFICIAL).unwrap_or(id);
        let links: Vec<_> = to
            .versions
            .iter()
            .filter(|link| plain(&link.version) == plain(&from.id))
            .collect();
        let rescaled = from.test != to.test || from.levels.len() != to.levels.len();
        let told: BTreeSet<&str> = links
            .iter()
            .flat_map(|link| [link.from.as_str(), link.to.as_str()])
            .collect();
        let mut shared = BTreeMap::new();
        for link in &links {
            let lasting = matches!(link.kind, LinkKind::Same | LinkKind::Renamed | LinkKind::Rescaled);
            if lasting && from.norm(&link.from).is_some() && to.norm(&link.to).is_some() {
                let kind = if rescaled { LinkKind::Rescaled } else { link.kind };
                let own = Shared {
                    from: link.from.clone(),
                    to: link.to.clone(),
                    kind,
                };
                shared.insert(link.to.clone(), own);
            }
        }
        for norm in &to.norms {
            if !told.contains(norm.code.as_str()) && from.norm(&norm.code).is_some() {
                let own = Shared {
                    from: norm.code.clone(),
                    to: norm.code.clone(),
                    kind: if rescaled { LinkKind::Rescaled } else { LinkKind::Same },
                };
                shared.insert(norm.code.clone(), own);
            }
        }
        Self { from, to, shared }
    }

    /// The earlier version.
    pub fn from(&self) -> &'a Framework {
        self.from
    }

    /// The later version.
    pub fn to(&self) -> &'a Framework {
        self.to
    }

    /// The shared norm with that code in the later version; absent when the earlier one has no such norm.
    pub fn norm(&self, to: &str) -> Option<&Shared> {
        self.shared.get(to)
    }

    /// The norms that a set of the earlier and a set of the later version share, in the order of the later.
    pub fn shared(&self, from: &[String], to: &[String]) -> Vec<&Shared> {
        to.iter()
            .filter_map(|code| self.norm(code))
            .filter(|shared| from.contains(&shared.from))
            .collect()
    }

    /// Whether a statistic over two sets of norms compares, on the norms that both sets share.
    ///
    /// Method: a mean level compares on one scale only; the share at or above the level that equals an old test
    /// compares across scales; meeting the target and complying compare where every shared norm asks for the same
    /// level in both versions, a test counting as the level that it equals.
    pub fn comparability(&self, from: &[String], to: &[String], statistic: &str) -> Comparability {
        let shared = self.shared(from, to);
        let rescaled = shared.iter().any(|own| own.kind == LinkKind::Rescaled);
        let fits = match statistic {
            "mean_level" => !rescaled && self.from.test == Test::Levels && self.to.test == Test::Levels,
            "share_meeting" | "share_compliant" => shared.iter().all(|own| self.asks_the_same(own)),
            _ if statistic.starts_with("share_level_") => {
                !rescaled || (self.from.pass_level.is_some() && self.to.pass_level.is_some())
            }
            _ => !rescaled && self.from.test == self.to.test,
        };
        if shared.is_empty() || !fits {
            return Comparability::Break;
        }
        let whole = shared.len() == from.len() && shared.len() == to.len();
        let same = shared.iter().all(|own| own.kind == LinkKind::Same);
        if whole && same {
            Comparability::Same
        } else {
            Comparability::Mapped
        }
    }

    /// Whether a shared norm is met at the same level in both versions.
    fn asks_the_same(&self, own: &Shared) -> bool {
        let asked = |framework: &Framework, code: &str| match framework.test {
            Test::Levels => framework.norm(code).and_then(|norm| norm.target),
            Test::PassFail => framework.pass_level,
        };
        let both_levels = self.from.test == Test::Levels && self.to.test == Test::Levels;
        let both_tests = self.from.test == Test::PassFail && self.to.test == Test::PassFail;
        let level = asked(self.from, &own.from);
        // Between two scales of levels the same number is another level.
        both_tests
            || (level.is_some() && level == asked(self.to, &own.to) && !(both_levels && own.kind == LinkKind::Rescaled))
    }
}

#[cfg(test)]
mod tests {
    use super::Versions;
    use crate::framework::{LinkKind, NormLink};
    use crate::shipped;
    use crate::words::Comparability;

    #[test]
    fn tests_and_levels_compare_at_the_level_that_equals_the_test() {
        let from = shipped::codebook("normenkader-ibp-fo-2023").unwrap().unwrap();
        let mut to = shipped::codebook("normenkader-ibp-fo-2024").unwrap().unwrap();
        let go = |framework: &crate::Framework| framework.norms_of("GO").map(|n| n.code.clone()).collect::<Vec<_>>();
        {
            let versions = Versions::between(&from, &to);
            let word = |statistic| versions.comparability(&go(&from), &go(&to), statistic);
            assert_eq!(word("share_level_3_plus"), Comparability::Mapped);
            assert_eq!(word("share_meeting"), Comparability::Mapped);
            assert_eq!(word("mean_level"), Comparability::Break);
            let privacy: Vec<String> = to.norms_of("PR").map(|norm| norm.code.clone()).collect();
            assert_eq!(
                versions.comparability(&[], &privacy, "share_level_3_plus"),
                Comparability::Break
            );
        }
        // A norm with another target is met at another level than the old test.
        to.norms.iter_mut().find(|norm| norm.domain == "GO").unwrap().target = Some(4);
        let versions = Versions::between(&from, &to);
        assert_eq!(
            versions.comparability(&go(&from), &go(&to), "share_meeting"),
            Comparability::Break
        );
        assert_eq!(
            versions.comparability(&go(&from), &go(&to), "share_level_3_plus"),
            Comparability::Mapped
        );
    }

    #[test]
    fn split_and_merged_norms_leave_what_is_shared() {
        let from = shipped::codebook("normenkader-ibp-fo-2024").unwrap().unwrap();
        let mut to = from.clone();
        to.id = "next".into();
        let codes: Vec<String> = from.norms_of("GO").map(|norm| norm.code.clone()).collect();
        let same = Versions::between(&from, &to).comparability(&codes, &codes, "mean_level");
        assert_eq!(same, Comparability::Same);
        let link = |from_code: &str, to_code: &str, kind| NormLink {
            version: from.id.clone(),
            from: from_code.into(),
            to: to_code.into(),
            kind,
        };
        to.versions = vec![
            link(&codes[0], &codes[0], LinkKind::Split),
            link(&codes[0], &codes[1], LinkKind::Split),
            link(&codes[1], &codes[2], LinkKind::Renamed),
        ];
        let versions = Versions::between(&from, &to);
        assert!(versions.norm(&codes[0]).is_none() && versions.norm(&codes[1]).is_none());
        assert_eq!(
            versions.norm(&codes[2]).map(|own| own.from.as_str()),
            Some(codes[1].as_str())
        );
        assert_eq!(
            versions.comparability(&codes, &codes, "mean_level"),
            Comparability::Mapped
        );
    }
}
