//! Questions beside the norms: obstacles, support needs, and what is asked of suppliers against what they deliver.

use crate::disclosure::{Evidence, Guarded, question_item};
use crate::estimates::{Number, number};
use crate::sample::{Group, Sample};
use crate::variable::Measure;
use nulmeting_counts::Tally;
use nulmeting_study::framework::Question;
use nulmeting_study::tables::Choice;
use nulmeting_study::words::{AnswerKind, Base, Status};
use nulmeting_study::{EstimateId, Framework, Study};
use std::collections::{BTreeMap, BTreeSet};

/// Estimates the share of every option of every question, and the gap to the question it is compared with.
///
/// Missing: an organisation that did not answer the question leaves its base.
/// Method: the gap is the mean over the organisations that answered both of the difference between the two, so
/// that its standard error knows that they are the same organisations.
pub fn choices(study: &Study, framework: &Framework, sample: &Sample, tally: &Tally) -> Vec<Guarded<Choice>> {
    let chosen = chosen(study, sample, tally);
    let groups = sample.groups();
    let mut rows = Vec::new();
    // A question that nobody was asked in this wave has nothing to say.
    let asked: BTreeSet<&str> = chosen.keys().map(|(_, question, _)| *question).collect();
    for question in framework
        .questions
        .iter()
        .filter(|own| asked.contains(own.code.as_str()))
    {
        let item = question_item(framework, &question.code);
        for option in &question.options {
            let own = values(sample, &chosen, &question.code, &option.code);
            let gap = question.against.as_ref().map(|against| {
                let other = values(sample, &chosen, against, &option.code);
                own.iter()
                    .zip(&other)
                    .map(|(a, b)| Some((*a)? - (*b)?))
                    .collect::<Vec<_>>()
            });
            for group in &groups {
                for base in Base::ALL {
                    let mut push = |statistic: &str, values: &[Option<f64>], measure, scale| {
                        let number = number(sample, group, values, measure, *base, scale);
                        let evidence = Evidence::gather(
                            &study.disclosure,
                            sample,
                            group,
                            &item,
                            &format!("{}.{}/{statistic}", question.code, option.code),
                            values,
                            measure,
                            *base,
                            scale,
                        );
                        let row = row(sample, question, &option.code, group, statistic, *base, number);
                        rows.push(Guarded::new(row, evidence));
                    };
                    push("share", &own, Measure::Share, None);
                    if let Some(gap) = &gap {
                        push("gap", gap, Measure::Level, Some((-1, 1)));
                    }
                }
            }
        }
    }
    rows
}

/// Who chose each option of each question of some topics.
///
/// Shape: question, option, and one entry per organisation of the sample; absent where the question was not answered.
pub fn chosen_options(
    study: &Study,
    framework: &Framework,
    sample: &Sample,
    tally: &Tally,
    topics: &[&str],
) -> Vec<(String, String, Vec<Option<f64>>)> {
    let chosen = chosen(study, sample, tally);
    let asked = framework
        .questions
        .iter()
        .filter(|question| topics.contains(&question.topic.as_str()));
    asked
        .flat_map(|question| {
            question.options.iter().map(|option| {
                let values = values(sample, &chosen, &question.code, &option.code);
                (question.code.clone(), option.code.clone(), values)
            })
        })
        .filter(|(_, _, values)| values.iter().any(Option::is_some))
        .collect()
}

/// Whether an organisation chose an option, by organisation, question and option.
type Chosen<'a> = BTreeMap<(&'a str, &'a str, &'a str), bool>;

/// Of several answers to the same option the one that the study's rule for several respondents takes, no being lower
/// than yes.
fn chosen<'a>(study: &Study, sample: &'a Sample, tally: &'a Tally) -> Chosen<'a> {
    let mut chosen = Chosen::new();
    let Some(wave) = tally.wave(&sample.wave) else {
        return chosen;
    };
    let mut options: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, question) in wave.questions() {
        if question.kind == AnswerKind::Choice {
            options
                .entry((&question.item, &question.option))
                .or_default()
                .push(place);
        }
    }
    for organisation in &sample.organisations {
        let Some(unit) = wave.place(organisation) else { continue };
        for ((question, option), places) in &options {
            let (mut no, mut yes) = (0, 0);
            for (outcome, times) in places.iter().flat_map(|place| wave.outcomes(unit, *place)) {
                match (outcome.status, outcome.holds) {
                    (Status::Answered, Some(true)) => yes += u64::from(times),
                    (Status::Answered, Some(false)) => no += u64::from(times),
                    _ => {}
                }
            }
            if no + yes > 0 {
                let holds = study.scores.respondents.place(no + yes) >= no;
                chosen.insert((organisation, question, option), holds);
            }
        }
    }
    chosen
}

fn values(sample: &Sample, chosen: &Chosen<'_>, question: &str, option: &str) -> Vec<Option<f64>> {
    let value = |organisation: &String| {
        chosen
            .get(&(organisation.as_str(), question, option))
            .map(|holds| f64::from(u8::from(*holds)))
    };
    sample.organisations.iter().map(value).collect()
}

fn row(
    sample: &Sample,
    question: &Question,
    option: &str,
    group: &Group,
    statistic: &str,
    base: Base,
    number: Number,
) -> Choice {
    let (wave, code) = (&sample.wave, &question.code);
    Choice {
        id: EstimateId::of_key::<Choice>(&[wave, code, option, &group.by, &group.name, statistic, base.word()])
            .to_string(),
        wave: wave.clone(),
        question: code.clone(),
        option: option.to_owned(),
        by: group.by.clone(),
        group: group.name.clone(),
        statistic: statistic.to_owned(),
        base,
        estimate: number.estimate,
        se: number.se,
        ci_low: number.ci.map(|ci| ci.0),
        ci_high: number.ci.map(|ci| ci.1),
        ci_method: number.ci_method.to_owned(),
        df: number.df,
        deff: number.deff,
        n: Some(number.n as i64),
        n_eff: number.n_eff,
        population: number.population,
        reliability: number.reliability,
        suppressed: number.estimate.is_none(),
    }
}
