//! Types by rule: where an organisation stands on the two axes, and how sure that is.

use crate::clusters::Shown;
use crate::sample::Sample;
use crate::score::{Profile, axis_norms, profiles, summary};
use nulmeting_study::framework::Test;
use nulmeting_study::study_file::{Threshold, ThresholdRule};
use nulmeting_study::tables::{Level, OrganisationType};
use nulmeting_study::words::Status;
use nulmeting_study::{Framework, Study};
use nulmeting_typology::rule::{self, Axes, Norms, Quadrant, Settings, Typed};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use rayon::prelude::*;

/// How often the norms of each axis are drawn anew to see whether the type stays: shares to within 0.035 or so.
const RESAMPLES: u32 = 200;
/// How far the threshold is moved to see whether the type stays, on a scale of levels.
const QUARTER_LEVEL: f64 = 0.25;

/// An organisation on the two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    /// Score per axis, policy and practice; absent when too little was answered.
    pub axes: [Option<f64>; 2],
    /// Score per axis from which it counts as in order: the same for every organisation of the wave.
    pub thresholds: [Option<f64>; 2],
    /// Type by rule; absent when an axis has no score.
    pub code: Option<String>,
    /// How sure the type is, with the trials that led to it; absent without a type.
    pub typed: Option<Typed>,
}

/// One answered norm of an axis, or one that applies and was not answered.
type Answers = Vec<Option<f64>>;

/// The axes, in the order of [`Classified::axes`].
const AXES: [&str; 2] = ["policy", "practice"];

/// Places every organisation of the sample on the two axes and names its type.
///
/// Unit: axis scores are levels, or shares of tests passed in a pass/fail wave.
/// Missing: an axis has no score when fewer than the study's share of its applicable norms were answered.
/// Method: an axis is in order at or above its threshold: the mean target of its norms (half of the tests in a
/// pass/fail wave), the median of the sample, or the score that the study states. Certainty is the lowest of three
/// shares of trials in which the type stays: the axis's norms drawn anew with replacement, the thresholds moved a
/// quarter level either way (an eighth of the tests in a pass/fail wave), and missing norms at their worst and best.
pub fn classify(study: &Study, framework: &Framework, sample: &Sample, levels: &[Level], seed: u64) -> Vec<Classified> {
    let known = profiles(levels);
    let empty = Profile::new();
    let norms = AXES.map(|axis| axis_norms(study, framework, axis));
    let rows: Vec<&Profile<'_>> = sample
        .organisations
        .iter()
        .map(|name| known.get(&(sample.wave.as_str(), name.as_str())).unwrap_or(&empty))
        .collect();
    let score = |profile: &Profile<'_>, axis: usize| {
        let found = summary(profile, norms[axis].iter().map(String::as_str));
        let value = match framework.test {
            Test::Levels => found.mean_level,
            Test::PassFail => found.share_meeting,
        };
        value.filter(|_| found.is_enough(study.scores.minimum_answered))
    };
    let scores: Vec<[Option<f64>; 2]> = rows
        .iter()
        .map(|profile| [score(profile, 0), score(profile, 1)])
        .collect();
    let limits = [0, 1].map(|axis| {
        let own: Vec<f64> = scores.iter().filter_map(|axes| axes[axis]).collect();
        threshold(study, framework, &norms[axis], own)
    });
    let answers = |profile: &Profile<'_>, axis: usize| -> Answers {
        norms[axis].iter().filter_map(|norm| answer(profile, norm)).collect()
    };
    // Pass shares run over 0 to 1: an eighth of the tests is about what a quarter level is on a scale of five.
    let (step, scale) = match framework.scale() {
        Some((low, high)) => (QUARTER_LEVEL, (low as f64, high as f64)),
        None => (0.5 * QUARTER_LEVEL, (0.0, 1.0)),
    };
    let settings = Settings {
        scale,
        step,
        resamples: RESAMPLES,
        ..Settings::new(
            Axes {
                policy: limits[0],
                practice: limits[1],
            },
            seed,
        )
    };
    scores
        .par_iter()
        .zip(&rows)
        .zip(&sample.organisations)
        .map(|((axes, profile), name)| {
            let code = type_code(framework, *axes, limits);
            let (policy, practice) = (answers(profile, 0), answers(profile, 1));
            let own = Norms {
                policy: &policy,
                practice: &practice,
            };
            // Levels were held against the scale when they were read; one that is off it all the same has no certainty.
            let typed = code
                .as_ref()
                .and_then(|_| rule::classify(name, own, &settings).ok().flatten());
            Classified {
                axes: *axes,
                thresholds: limits.map(Some),
                code,
                typed,
            }
        })
        .collect()
}

/// The rows of the table: types by rule, and beside them the clusters of the division that is shown.
pub fn rows(
    framework: &Framework,
    sample: &Sample,
    classified: &[Classified],
    shown: Option<&Shown>,
) -> Vec<OrganisationType> {
    sample
        .organisations
        .iter()
        .zip(classified)
        .map(|(organisation, own)| {
            let typed = own.typed.as_ref();
            let place = shown.and_then(|shown| shown.places.get(organisation));
            let number = |cluster: usize| cluster as i64 + 1;
            OrganisationType {
                wave: sample.wave.clone(),
                organisation: organisation.clone(),
                policy: own.axes[0],
                practice: own.axes[1],
                policy_threshold: own.thresholds[0],
                practice_threshold: own.thresholds[1],
                r#type: own.code.clone(),
                type_certainty: typed.map(|typed| typed.certainty),
                type_resampled: typed.map(|typed| typed.resampled),
                type_moved: typed.map(|typed| typed.moved),
                type_filled: typed.map(|typed| typed.filled),
                type_between: typed.and_then(|typed| code_of(framework, typed.between?)),
                cluster: place.map(|place| number(place.cluster)),
                silhouette: place.map(|place| place.silhouette),
                cluster_neighbour: place.map(|place| number(place.neighbour)),
            }
        })
        .collect()
}

/// The codebook's type of a quadrant.
pub fn code_of(framework: &Framework, quadrant: Quadrant) -> Option<String> {
    let (policy, practice) = match quadrant {
        Quadrant::Both => (true, true),
        Quadrant::PracticeOnly => (false, true),
        Quadrant::PolicyOnly => (true, false),
        Quadrant::Neither => (false, false),
    };
    let own = framework
        .types
        .iter()
        .find(|own| own.policy == policy && own.practice == practice)?;
    Some(own.code.clone())
}

/// Where an axis counts as in order.
fn threshold(study: &Study, framework: &Framework, norms: &[String], mut scores: Vec<f64>) -> f64 {
    match study.typology.threshold {
        Threshold::Score(score) => score,
        Threshold::Rule(ThresholdRule::Median) if !scores.is_empty() => {
            scores.sort_by(f64::total_cmp);
            let middle = scores.len() / 2;
            if scores.len() % 2 == 1 {
                scores[middle]
            } else {
                0.5 * (scores[middle - 1] + scores[middle])
            }
        }
        Threshold::Rule(_) => match framework.test {
            Test::PassFail => 0.5,
            Test::Levels => {
                let targets: Vec<i64> = norms.iter().filter_map(|code| framework.norm(code)?.target).collect();
                targets.iter().sum::<i64>() as f64 / targets.len().max(1) as f64
            }
        },
    }
}

fn type_code(framework: &Framework, axes: [Option<f64>; 2], limits: [f64; 2]) -> Option<String> {
    let scores = Axes {
        policy: axes[0]?,
        practice: axes[1]?,
    };
    let thresholds = Axes {
        policy: limits[0],
        practice: limits[1],
    };
    code_of(framework, Quadrant::of(scores, thresholds))
}

/// An applicable norm's value: present when answered, absent when not; nothing when it does not apply.
fn answer(profile: &Profile<'_>, norm: &str) -> Option<Option<f64>> {
    let Some(level) = profile.get(norm) else {
        return Some(None);
    };
    match level.status {
        Status::NotApplicable => None,
        Status::Answered => {
            let passed = level.meets_target.map(|met| f64::from(u8::from(met)));
            Some(level.level.map(|value| value as f64).or(passed))
        }
        _ => Some(None),
    }
}

/// A whole number below a bound, each as likely.
///
/// Method: the high half of a 64-bit product; the bias is below the bound over 2^32.
pub(crate) fn below(draws: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u64::from(draws.next_u32()) * bound as u64) >> 32) as usize
}
