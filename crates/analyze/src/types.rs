//! Types by rule: where an organisation stands on the two axes, and how sure that is.

use crate::sample::Sample;
use crate::score::{Profile, axis_norms, profiles, summary};
use nulmeting_study::framework::Test;
use nulmeting_study::study_file::{Threshold, ThresholdRule};
use nulmeting_study::tables::{Level, OrganisationType};
use nulmeting_study::words::Status;
use nulmeting_study::{Framework, Study};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How often the norms of each axis are drawn anew to see whether the type stays.
const RESAMPLES: u32 = 200;
/// How far the threshold is moved to see whether the type stays, on a scale of levels.
const QUARTER_LEVEL: f64 = 0.25;

/// An organisation on the two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    /// Score per axis, policy and practice; absent when too little was answered.
    pub axes: [Option<f64>; 2],
    /// Type by rule; absent when an axis has no score.
    pub code: Option<String>,
    /// Share of the trials in which the type stayed; absent without a type.
    pub certainty: Option<f64>,
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
/// pass/fail wave), the median of the sample, or the score that the study states. Certainty is the share of
/// trials in which the type stays: the axis's norms drawn anew with replacement, the threshold moved a quarter
/// level either way (an eighth of the tests in a pass/fail wave), and missing norms filled at their worst and best.
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
    scores
        .iter()
        .zip(&rows)
        .enumerate()
        .map(|(index, (axes, profile))| {
            let code = type_code(framework, *axes, limits);
            let certainty = code.as_ref().map(|code| {
                let own = [answers(profile, 0), answers(profile, 1)];
                certainty(framework, code, *axes, &own, limits, seed, index as u64)
            });
            Classified {
                axes: *axes,
                code,
                certainty,
            }
        })
        .collect()
}

/// The rows of the table, without clusters.
pub fn rows(sample: &Sample, classified: &[Classified]) -> Vec<OrganisationType> {
    sample
        .organisations
        .iter()
        .zip(classified)
        .map(|(organisation, own)| OrganisationType {
            wave: sample.wave.clone(),
            organisation: organisation.clone(),
            policy: own.axes[0],
            practice: own.axes[1],
            r#type: own.code.clone(),
            type_certainty: own.certainty,
            cluster: None,
            silhouette: None,
        })
        .collect()
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
    let (policy, practice) = (axes[0]? >= limits[0], axes[1]? >= limits[1]);
    let own = framework
        .types
        .iter()
        .find(|own| own.policy == policy && own.practice == practice)?;
    Some(own.code.clone())
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

/// The mean of the answered; the caller made sure that there is one.
fn mean(answers: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in answers {
        sum += value;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

fn certainty(
    framework: &Framework,
    code: &str,
    axes: [Option<f64>; 2],
    answers: &[Answers; 2],
    limits: [f64; 2],
    seed: u64,
    stream: u64,
) -> f64 {
    let stays =
        |axes: [Option<f64>; 2], limits: [f64; 2]| type_code(framework, axes, limits).is_some_and(|own| own == code);
    let mut trials = 0_u32;
    let mut kept = 0_u32;
    let mut count = |stays: bool| {
        trials += 1;
        kept += u32::from(stays);
    };
    // Pass shares run over 0 to 1, a quarter of the five levels' range being four times as wide as an eighth of theirs.
    let (step, low, high) = match framework.scale() {
        Some((low, high)) => (QUARTER_LEVEL, low as f64, high as f64),
        None => (0.5 * QUARTER_LEVEL, 0.0, 1.0),
    };
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    draws.set_stream(stream);
    let given = [0, 1].map(|axis| answers[axis].iter().copied().flatten().collect::<Vec<f64>>());
    for _ in 0..RESAMPLES {
        let drawn = [0, 1].map(|axis| {
            let own: &Vec<f64> = &given[axis];
            mean((0..own.len()).map(|_| own[below(&mut draws, own.len())]))
        });
        count(stays(drawn, limits));
    }
    for policy in [-step, 0.0, step] {
        for practice in [-step, 0.0, step] {
            count(stays(axes, [limits[0] + policy, limits[1] + practice]));
        }
    }
    for fill in [low, high] {
        count(stays(
            [0, 1].map(|axis| mean(answers[axis].iter().map(|value| value.unwrap_or(fill)))),
            limits,
        ));
    }
    f64::from(kept) / f64::from(trials)
}

/// A whole number below a bound, each as likely.
///
/// Method: the high half of a 64-bit product; the bias is below the bound over 2^32.
pub(crate) fn below(draws: &mut ChaCha8Rng, bound: usize) -> usize {
    ((u64::from(draws.next_u32()) * bound as u64) >> 32) as usize
}
