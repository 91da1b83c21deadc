//! Scores: what the levels of an organisation say per domain, per part of the framework and per axis.

use nulmeting_study::framework::Test;
use nulmeting_study::tables::{Level, Score};
use nulmeting_study::words::Status;
use nulmeting_study::{Framework, Study};
use std::collections::BTreeMap;

/// The levels that feed the scores of one organisation, by norm.
pub type Profile<'a> = BTreeMap<&'a str, &'a Level>;

/// The levels that feed the scores, per wave and organisation.
pub fn profiles(levels: &[Level]) -> BTreeMap<(&str, &str), Profile<'_>> {
    let mut profiles: BTreeMap<(&str, &str), Profile<'_>> = BTreeMap::new();
    for level in levels.iter().filter(|level| level.used) {
        let profile = profiles.entry((&level.wave, &level.organisation)).or_default();
        profile.insert(&level.norm, level);
    }
    profiles
}

/// What a set of norms says of one organisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Norms in the set.
    pub norms: usize,
    /// Norms that apply.
    pub applicable: usize,
    /// Applicable norms that were answered.
    pub answered: usize,
    /// Mean level over the answered norms; absent in a pass/fail wave and when nothing was answered.
    pub mean_level: Option<f64>,
    /// Share of the answered norms at or above target; absent when nothing was answered.
    pub share_meeting: Option<f64>,
}

/// Sums up the levels of an organisation over a set of norms.
///
/// Missing: what does not apply leaves the base; what applies and has no answer counts as applicable only.
pub fn summary<'a>(profile: &Profile<'_>, norms: impl Iterator<Item = &'a str>) -> Summary {
    summary_of(norms.map(|norm| profile.get(norm).copied()))
}

/// Sums up what an organisation has on each norm of a set; absent: no level at all.
pub(crate) fn summary_of<'a>(levels: impl Iterator<Item = Option<&'a Level>>) -> Summary {
    let (mut total, mut applicable, mut answered) = (0, 0, 0);
    let (mut sum, mut levelled, mut met) = (0_i64, 0, 0);
    for level in levels {
        total += 1;
        let Some(level) = level else {
            applicable += 1;
            continue;
        };
        if level.status == Status::NotApplicable {
            continue;
        }
        applicable += 1;
        if level.status == Status::Answered {
            answered += 1;
            met += i64::from(level.meets_target == Some(true));
            if let Some(value) = level.level {
                sum += value;
                levelled += 1;
            }
        }
    }
    let over = |value: i64, count: i32| (count > 0).then(|| value as f64 / f64::from(count));
    Summary {
        norms: total,
        applicable,
        answered,
        mean_level: over(sum, levelled),
        share_meeting: over(met, i32::try_from(answered).unwrap_or(i32::MAX)),
    }
}

impl Summary {
    /// Whether enough of the applicable norms were answered for a score.
    pub fn is_enough(&self, minimum_answered: f64) -> bool {
        self.answered > 0 && self.answered as f64 >= minimum_answered * self.applicable as f64
    }

    /// Whether every applicable norm is answered and at or above target; absent when no norm applies.
    pub fn compliant(&self) -> Option<bool> {
        (self.applicable > 0).then(|| self.answered == self.applicable && self.share_meeting == Some(1.0))
    }
}

/// Scores every responding organisation on every domain and every part of the framework.
///
/// Shape: one row per wave, organisation and domain, parts included, in that order.
/// Missing: no mean and no share where fewer than the study's share of the applicable norms were answered.
pub fn scores(study: &Study, frameworks: &BTreeMap<String, Framework>, levels: &[Level]) -> Vec<Score> {
    let mut scores = Vec::new();
    for ((wave, organisation), profile) in profiles(levels) {
        let Some(framework) = frameworks.get(wave) else {
            continue;
        };
        for (item, norms) in items(framework) {
            let found = summary(&profile, norms.iter().map(String::as_str));
            let enough = found.is_enough(study.scores.minimum_answered);
            scores.push(Score {
                wave: wave.to_owned(),
                organisation: organisation.to_owned(),
                domain: item,
                norms: found.norms as i64,
                applicable: found.applicable as i64,
                answered: found.answered as i64,
                mean_level: found.mean_level.filter(|_| enough && framework.test == Test::Levels),
                share_meeting: found.share_meeting.filter(|_| enough),
                compliant: found.compliant(),
                complete: found.answered == found.applicable,
            });
        }
    }
    scores.sort_by(|a, b| (&a.wave, &a.organisation, &a.domain).cmp(&(&b.wave, &b.organisation, &b.domain)));
    scores
}

/// The items that are scored, each with its norms: the domains in order, then the parts.
pub fn items(framework: &Framework) -> Vec<(String, Vec<String>)> {
    let codes = |domain: &str| {
        framework
            .norms_of(domain)
            .map(|norm| norm.code.clone())
            .collect::<Vec<_>>()
    };
    let domains = framework
        .domains
        .iter()
        .map(|domain| (domain.code.clone(), codes(&domain.code)));
    let parts = framework.parts.iter().map(|part| {
        let norms = framework.domains.iter().filter(|domain| domain.part == part.code);
        (
            framework.part_item(&part.code).to_owned(),
            norms.flat_map(|domain| codes(&domain.code)).collect(),
        )
    });
    domains
        .chain(parts)
        .filter(|(_, norms): &(String, Vec<String>)| !norms.is_empty())
        .collect()
}

/// The norms of an axis: those that the study names, else those of the codebook.
pub fn axis_norms(study: &Study, framework: &Framework, axis: &str) -> Vec<String> {
    let own = match axis {
        "policy" => study.typology.policy.as_ref(),
        "practice" => study.typology.practice.as_ref(),
        _ => None,
    };
    match own {
        Some(codes) => framework.select(codes).iter().map(|norm| norm.code.clone()).collect(),
        None => framework.axis_norms(axis),
    }
}
