//! The organisations of a wave: who is in the register, who was asked, who answered, and what each counts for.

use crate::answer::Delivered;
use crate::duplicate::place_of;
use crate::stratum::{Member, size_class, size_label, strata};
use crate::weight::{Task, weigh};
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{Answer, Organisation, RegisterEntry};
use nulmeting_study::words::{Severity, Status};
use nulmeting_study::{Finding, Rule, Study};
use std::collections::{BTreeMap, BTreeSet};

/// The organisations of a wave with what was found about them.
#[derive(Debug)]
pub(crate) struct Described {
    /// Those of the register and those that only the answers name, by name.
    pub(crate) organisations: Vec<Organisation>,
    /// Empty strata, answers of organisations that were not asked, calibration that failed.
    pub(crate) findings: Vec<Finding>,
}

/// Describes the organisations of a wave.
///
/// Missing: an organisation outside the register has no sector, stratum or weight. One that answered without
/// having been asked keeps its weight, and a finding tells of it.
/// Method: an organisation responded when a response that counts holds at least one usable answer.
pub(crate) fn describe(
    study: &Study,
    wave: &Wave,
    entries: &BTreeMap<&str, &RegisterEntry>,
    delivered: &[Delivered],
    calibrate: &dyn Fn(&Task) -> Result<Vec<f64>, String>,
) -> Described {
    let population = &study.population;
    let answers = counting(delivered);
    let members: Vec<Member> = entries
        .values()
        .map(|entry| {
            let responded = answers.contains_key(entry.organisation.as_str());
            Member {
                organisation: &entry.organisation,
                sector: &entry.sector,
                pupils: entry.pupils,
                // Who answers without having been asked counts as asked, or its weight would have no base.
                sampled: responded || entry.asked == Some(true),
                responded,
            }
        })
        .collect();
    let strata = strata(population, &members);
    let weights = weigh(population, wave, &members, &strata, calibrate);

    let mut findings = weights.findings.clone();
    let mut organisations = Vec::new();
    let mut stratum_of = vec![None; members.len()];
    for stratum in &strata {
        for index in &stratum.members {
            stratum_of[*index] = Some(stratum);
        }
        if stratum.responded == 0 {
            findings.push(empty(wave, &stratum.label, stratum.population()));
        }
    }
    let mut weight = weights.design.iter().zip(&weights.calibrated);
    for (index, member) in members.iter().enumerate() {
        let asked = entries[member.organisation].asked;
        if asked == Some(false)
            && let Some(answers) = answers.get(member.organisation)
        {
            findings.push(not_asked(wave, member.organisation, answers));
        }
        let (design, calibrated) = if member.responded { weight.next() } else { None }.unzip();
        let class = size_class(&population.size, member.pupils);
        organisations.push(Organisation {
            wave: wave.id.clone(),
            organisation: member.organisation.to_owned(),
            sector: Some(member.sector.to_owned()),
            size: (!population.size.is_empty()).then(|| size_label(&population.size, class, class)),
            pupils: member.pupils,
            stratum: stratum_of[index].map(|stratum| stratum.label.clone()),
            population: stratum_of[index].map(|stratum| stratum.population()),
            sampled: asked.unwrap_or(member.responded),
            responded: member.responded,
            design_weight: design.copied(),
            weight: calibrated.copied(),
        });
    }
    let listed = entries.values().any(|entry| entry.asked.is_some());
    let outside: BTreeSet<&str> = delivered
        .iter()
        .map(|row| row.answer.organisation.as_str())
        .filter(|organisation| !organisation.is_empty() && !entries.contains_key(organisation))
        .collect();
    organisations.extend(outside.into_iter().map(|organisation| {
        let responded = answers.contains_key(organisation);
        Organisation {
            wave: wave.id.clone(),
            organisation: organisation.to_owned(),
            sector: None,
            size: None,
            pupils: None,
            stratum: None,
            population: None,
            sampled: responded && !listed,
            responded,
            design_weight: None,
            weight: None,
        }
    }));
    Described {
        organisations,
        findings,
    }
}

/// The counting, usable answers of each organisation.
fn counting(delivered: &[Delivered]) -> BTreeMap<&str, Vec<&Answer>> {
    let mut answers: BTreeMap<&str, Vec<&Answer>> = BTreeMap::new();
    for answer in delivered.iter().map(|row| &row.answer) {
        if answer.counts && answer.status == Status::Answered {
            answers.entry(&answer.organisation).or_default().push(answer);
        }
    }
    answers
}

fn empty(wave: &Wave, stratum: &str, population: i64) -> Finding {
    Finding::new(
        Severity::Warning,
        Rule::EmptyStratum,
        format!("stratum `{stratum}` has no respondent; its {population} organisations are represented by no one"),
        "name a variable under `population.collapse`, or say in the report whom the numbers leave out",
    )
    .wave(&wave.id)
}

fn not_asked(wave: &Wave, organisation: &str, answers: &[&Answer]) -> Finding {
    let source = &answers[0].source;
    Finding::new(
        Severity::Warning,
        Rule::NotAsked,
        format!("`{organisation}` answered and is not on the list of who was asked; it is kept"),
        "correct the list under `asked`, or take the response out of the export",
    )
    .wave(&wave.id)
    .at(&place_of(
        answers.iter().copied().filter(|answer| &answer.source == source),
    ))
    .organisation(organisation)
}
