//! Weights: how many organisations of the register each respondent stands for.
//!
//! Calibration itself is not computed here: the caller's closure gets the task and returns the weights.

use crate::stratum::{Member, Stratum, categories};
use nulmeting_study::study_file::{Population, Variable, Wave};
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Rule};

/// What is to be calibrated.
///
/// Shape: `design_weights` and the `member` of each margin run over the same respondents in the same order.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Organisations of the register that each respondent stands for by design.
    pub design_weights: Vec<f64>,
    /// Margins in the order of the study file.
    pub margins: Vec<Margin>,
}

/// A variable whose totals are known from the register.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Name of the variable: `sector` or `size`.
    pub variable: String,
    /// Labels of its categories, those without respondent joined to their neighbours.
    pub categories: Vec<String>,
    /// Category of each respondent, as its place among `categories`.
    pub member: Vec<usize>,
    /// Organisations of the register in each category.
    pub totals: Vec<f64>,
}

/// The weights of the respondents, in the order of the register.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub(crate) design: Vec<f64>,
    pub(crate) calibrated: Vec<f64>,
    pub(crate) findings: Vec<Finding>,
}

/// Weighs the respondents of a wave.
///
/// Method: by design, the stratum's organisations over its respondents, after joining thin strata; then the
/// closure's calibration to the margins that the study names.
/// Missing: where calibration is not possible the design weights stand, and a finding says why.
pub(crate) fn weigh(
    population: &Population,
    wave: &Wave,
    members: &[Member],
    strata: &[Stratum],
    calibrate: &dyn Fn(&Task) -> Result<Vec<f64>, String>,
) -> Weights {
    let mut by_member = vec![None; members.len()];
    for stratum in strata.iter().filter(|stratum| stratum.responded > 0) {
        // Organisation counts are far below 2^53, so the doubles are exact.
        let weight = stratum.population() as f64 / stratum.responded as f64;
        for index in &stratum.members {
            by_member[*index] = members[*index].responded.then_some(weight);
        }
    }
    let design: Vec<f64> = by_member.into_iter().flatten().collect();
    let outcome = match population.calibrate.is_empty() || design.is_empty() {
        true => Ok(design.clone()),
        false => task(population, members, &design).and_then(|task| checked(calibrate(&task)?, design.len())),
    };
    let (calibrated, findings) = match outcome {
        Ok(weights) => (weights, Vec::new()),
        Err(cause) => (design.clone(), vec![refused(wave, &cause)]),
    };
    Weights {
        design,
        calibrated,
        findings,
    }
}

fn task(population: &Population, members: &[Member], design: &[f64]) -> Result<Task, String> {
    let margins: Result<Vec<Margin>, String> = population
        .calibrate
        .iter()
        .map(|variable| margin(population, *variable, members))
        .collect();
    Ok(Task {
        design_weights: design.to_vec(),
        margins: margins?,
    })
}

fn margin(population: &Population, variable: Variable, members: &[Member]) -> Result<Margin, String> {
    let groups = categories(population, variable, members);
    if let Some(empty) = groups.iter().find(|group| group.responded == 0) {
        return Err(format!("`{}` of {variable} has no respondent", empty.label));
    }
    let mut of = vec![0; members.len()];
    for (place, group) in groups.iter().enumerate() {
        for index in &group.members {
            of[*index] = place;
        }
    }
    let member = members
        .iter()
        .zip(of)
        .filter(|(member, _)| member.responded)
        .map(|(_, place)| place);
    Ok(Margin {
        variable: variable.to_string(),
        member: member.collect(),
        totals: groups.iter().map(|group| group.population() as f64).collect(),
        categories: groups.into_iter().map(|group| group.label).collect(),
    })
}

/// A weight is a finite number above zero, one per respondent, whoever computed it.
fn checked(weights: Vec<f64>, respondents: usize) -> Result<Vec<f64>, String> {
    if weights.len() != respondents {
        return Err(format!("{} weights for {respondents} respondents", weights.len()));
    }
    match weights.iter().find(|weight| !(weight.is_finite() && **weight > 0.0)) {
        Some(weight) => Err(format!("a weight of {weight}")),
        None => Ok(weights),
    }
}

fn refused(wave: &Wave, cause: &str) -> Finding {
    Finding::new(
        Severity::Error,
        Rule::Calibration,
        format!(
            "weights of wave `{}` could not be calibrated: {cause}; the design weights stand",
            wave.id
        ),
        "leave the variable out of `population.calibrate`, or ask for answers from the missing group",
    )
    .wave(&wave.id)
}
