//! The organisations of a wave: who is in the register, who was asked, who answered, and what each counts for.

use crate::stratum::{Member, size_class, size_label, strata};
use crate::weight::weigh;
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::{Organisation, RegisterEntry};
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Place, Rule, Study};
use std::collections::{BTreeMap, BTreeSet};

/// The organisations of a wave with what was found about them.
#[derive(Debug)]
pub(crate) struct Described {
    /// Those of the register and those that only the answers name, by name.
    pub(crate) organisations: Vec<Organisation>,
    /// Empty strata, answers of organisations that were not asked, calibration that failed.
    pub(crate) findings: Vec<Finding>,
}

/// Describes the organisations of a wave, given which have a usable answer that counts, each with the first place of
/// one, and which the answers name at all.
///
/// Missing: an organisation outside the register has no sector, stratum or weight. One that answered without
/// having been asked keeps its weight, and a finding tells of it.
/// Method: an organisation responded when a response that counts holds at least one usable answer.
pub(crate) fn describe(
    study: &Study,
    wave: &Wave,
    entries: &BTreeMap<&str, &RegisterEntry>,
    answered: &BTreeMap<String, Place>,
    named: &BTreeSet<&str>,
) -> Described {
    let population = &study.population;
    let members: Vec<Member> = entries
        .values()
        .map(|entry| {
            let responded = answered.contains_key(&entry.organisation);
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
    let weights = weigh(population, wave, &members, &strata);

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
            && let Some(place) = answered.get(member.organisation)
        {
            findings.push(not_asked(wave, member.organisation, place));
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
    let outside = named
        .iter()
        .filter(|organisation| !entries.contains_key(**organisation));
    organisations.extend(outside.map(|organisation| {
        let responded = answered.contains_key(*organisation);
        Organisation {
            wave: wave.id.clone(),
            organisation: (*organisation).to_owned(),
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

fn empty(wave: &Wave, stratum: &str, population: i64) -> Finding {
    Finding::new(
        Severity::Warning,
        Rule::EmptyStratum,
        format!("stratum `{stratum}` has no respondent; its {population} organisations are represented by no one"),
        "name a variable under `population.collapse`, or say in the report whom the numbers leave out",
    )
    .wave(&wave.id)
}

fn not_asked(wave: &Wave, organisation: &str, place: &Place) -> Finding {
    Finding::new(
        Severity::Warning,
        Rule::NotAsked,
        format!("`{organisation}` answered and is not on the list of who was asked; it is kept"),
        "correct the list under `asked`, or take the response out of the export",
    )
    .wave(&wave.id)
    .at(place)
    .organisation(organisation)
}
