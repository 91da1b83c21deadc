//! Weights: how many organisations of the register each respondent stands for.

use crate::stratum::{Member, Stratum, categories, crossing};
use nulmeting_study::study_file::{Population, Variable, Wave};
use nulmeting_study::words::{Selection, Severity};
use nulmeting_study::{Finding, Rule};
use nulmeting_survey::{Margin, raked_weights};

/// The weights of the respondents, in the order of the register.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub(crate) design: Vec<f64>,
    pub(crate) calibrated: Vec<f64>,
    pub(crate) findings: Vec<Finding>,
}

/// Weighs the respondents of a wave.
///
/// Method: by design, the stratum's organisations over its respondents, after joining thin strata, or over those asked
/// and then raised within classes of non-response; then raking to the margins that the study names.
/// Volunteers stand for themselves only: each weighs 1, so that a number about them is a number of these organisations.
/// Missing: where calibration is not possible the design weights stand, and a finding says why.
pub(crate) fn weigh(population: &Population, wave: &Wave, members: &[Member], strata: &[Stratum]) -> Weights {
    if wave.selection == Selection::Volunteer {
        let respondents = members.iter().filter(|member| member.responded).count();
        return Weights {
            design: vec![1.0; respondents],
            calibrated: vec![1.0; respondents],
            findings: Vec::new(),
        };
    }
    let (design, mut findings) = match by_design(population, members, strata) {
        Ok(design) => (design, Vec::new()),
        Err(cause) => (
            by_stratum(members, strata, &|member| member.responded),
            vec![refused(wave, &cause)],
        ),
    };
    let design: Vec<f64> = members
        .iter()
        .zip(design)
        .filter_map(|(member, weight)| weight.filter(|_| member.responded))
        .collect();
    let calibrated = match population.calibrate.is_empty() || design.is_empty() {
        true => Ok(design.clone()),
        false => calibrated(population, members, &design),
    };
    let calibrated = calibrated.unwrap_or_else(|cause| {
        findings.push(refused(wave, &cause));
        design.clone()
    });
    Weights {
        design,
        calibrated,
        findings,
    }
}

/// One weight per member that counts, so that those of a stratum add up to its organisations of the register.
fn by_stratum(members: &[Member], strata: &[Stratum], counts: &dyn Fn(&Member) -> bool) -> Vec<Option<f64>> {
    let mut weights = vec![None; members.len()];
    for stratum in strata {
        let counted = stratum.members.iter().filter(|index| counts(&members[**index])).count();
        // Organisation counts are far below 2^53, so the doubles are exact.
        let weight = stratum.population() as f64 / counted as f64;
        for index in &stratum.members {
            weights[*index] = counts(&members[*index]).then_some(weight);
        }
    }
    weights
}

/// The weights before calibration: those who answered stand for their stratum, or where the study names classes of
/// non-response, for those who were asked in their class.
///
/// Method: weight of the asked by stratum, times the weight of the asked over that of those who answered, within the
/// class (the crossing of the variables).
fn by_design(population: &Population, members: &[Member], strata: &[Stratum]) -> Result<Vec<Option<f64>>, String> {
    if population.nonresponse.is_empty() {
        return Ok(by_stratum(members, strata, &|member| member.responded));
    }
    let mut weights = by_stratum(members, strata, &|member| member.sampled);
    for class in crossing(population, &population.nonresponse, members) {
        let sum = |answered: bool| -> f64 {
            let counted = class
                .members
                .iter()
                .filter(|index| members[**index].responded || !answered);
            counted.filter_map(|index| weights[*index]).sum()
        };
        let (asked, given) = (sum(false), sum(true));
        if asked > 0.0 && given <= 0.0 {
            return Err(format!("nobody answered in class `{}` of non-response", class.label));
        }
        for index in &class.members {
            weights[*index] = weights[*index]
                .filter(|_| members[*index].responded)
                .map(|weight| weight * (asked / given));
        }
    }
    Ok(weights)
}

/// The design weights of the respondents, raked to the totals of the register.
fn calibrated(population: &Population, members: &[Member], design: &[f64]) -> Result<Vec<f64>, String> {
    let margins: Result<Vec<Margin>, String> = population
        .calibrate
        .iter()
        .map(|variable| margin(population, *variable, members))
        .collect();
    raked_weights(design, &margins?).map_err(|cause| cause.to_string())
}

/// A variable whose totals are known from the register, the class of each respondent as the register has it; classes
/// without respondent are joined to their neighbours.
fn margin(population: &Population, variable: Variable, members: &[Member]) -> Result<Margin, String> {
    let groups = categories(population, variable, members);
    if let Some(empty) = groups.iter().find(|group| group.responded == 0) {
        return Err(format!("`{}` of {variable} has no respondent", empty.label));
    }
    let mut labels = vec![""; members.len()];
    for group in &groups {
        for index in &group.members {
            labels[*index] = &group.label;
        }
    }
    let respondents = members.iter().zip(labels).filter(|(member, _)| member.responded);
    Ok(Margin {
        name: variable.to_string(),
        classes: respondents.map(|(_, label)| label.to_owned()).collect(),
        // Organisation counts are far below 2^53, so the doubles are exact.
        totals: groups
            .iter()
            .map(|group| (group.label.clone(), group.population() as f64))
            .collect(),
    })
}

fn refused(wave: &Wave, cause: &str) -> Finding {
    Finding::new(
        Severity::Error,
        Rule::Calibration,
        format!(
            "weights of wave `{}` could not be calibrated: {cause}; the design weights stand",
            wave.id
        ),
        "leave the variable out of `population.calibrate` or `population.nonresponse`, or ask for answers from the missing group",
    )
    .wave(&wave.id)
}
