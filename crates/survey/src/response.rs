//! Who is missing: weights adjusted for non-response by class, and the sample beside the register.
//!
//! An adjustment within classes removes bias only so far as those who answer are like those who do not, within
//! the class. Its factors are taken as fixed by variances; where the classes' population counts are known,
//! post-stratification (which variances know of) is the better choice.

use std::collections::BTreeMap;

use crate::error::Error;

/// Raises the weights of those who answered so that each class keeps the weight of all who were asked.
///
/// Shape: one class, weight and mark per unit asked; the result holds those who answered, in their order.
/// Method: factor = Σ weight of the asked / Σ weight of those who answered, within the class.
///
/// # Errors
/// Columns of different lengths; a weight that is not above zero; a class in which nobody answered.
pub fn adjust_for_nonresponse(class: &[String], weight: &[f64], responded: &[bool]) -> Result<Vec<f64>, Error> {
    for (what, found) in [("weights", weight.len()), ("response", responded.len())] {
        if found != class.len() {
            return Err(Error::Length {
                what: what.into(),
                found,
                expected: class.len(),
            });
        }
    }
    if let Some(row) = weight.iter().position(|weight| !(weight.is_finite() && *weight > 0.0)) {
        return Err(Error::Weight {
            row: row + 1,
            found: weight[row].to_string(),
        });
    }
    let mut sums: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for ((class, &weight), &answered) in class.iter().zip(weight).zip(responded) {
        let (asked, given) = sums.entry(class).or_default();
        asked.push(weight);
        if answered {
            given.push(weight);
        }
    }
    let mut factors = BTreeMap::new();
    for (class, (asked, given)) in sums {
        if given.is_empty() {
            return Err(Error::Margin {
                margin: "response class".into(),
                class: class.to_owned(),
                problem: "has nobody who answered",
            });
        }
        factors.insert(class, crate::sum::sum(&asked) / crate::sum::sum(&given));
    }
    Ok((0..class.len())
        .filter(|&row| responded[row])
        .map(|row| weight[row] * factors[class[row].as_str()])
        .collect())
}

/// One unit of the register, as the table of response sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The stratum or class it is counted under.
    pub class: String,
    /// Whether it was asked.
    pub sampled: bool,
    /// Its weights before and after adjustment, when it answered.
    pub weights: Option<(f64, f64)>,
}

/// How one class of the register is represented.
#[derive(Debug, Clone, PartialEq)]
pub struct Representation {
    /// The class.
    pub class: String,
    /// Units in the register.
    pub population: usize,
    /// Units asked.
    pub sampled: usize,
    /// Units that answered.
    pub responded: usize,
    /// Answered over asked; none when nobody was asked.
    pub response: Option<f64>,
    /// The class's share of the register.
    pub share_register: f64,
    /// Its share of the weighted sample before adjustment; none when nobody answered at all.
    pub share_before: Option<f64>,
    /// Its share after adjustment.
    pub share_after: Option<f64>,
}

/// Compares the sample with the register, class by class.
///
/// Shape: one line per class, in the order of their labels; shares from 0 to 1.
#[must_use]
pub fn representation(register: &[Registered]) -> Vec<Representation> {
    let mut classes: BTreeMap<&str, Vec<&Registered>> = BTreeMap::new();
    for unit in register {
        classes.entry(&unit.class).or_default().push(unit);
    }
    let weight = |units: &[&Registered], pick: fn((f64, f64)) -> f64| -> f64 {
        crate::sum::sum(
            &units
                .iter()
                .filter_map(|unit| unit.weights.map(pick))
                .collect::<Vec<_>>(),
        )
    };
    let everyone: Vec<&Registered> = register.iter().collect();
    let (before, after) = (weight(&everyone, |w| w.0), weight(&everyone, |w| w.1));
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    classes
        .into_iter()
        .map(|(class, units)| {
            let sampled = units.iter().filter(|unit| unit.sampled).count();
            let responded = units.iter().filter(|unit| unit.weights.is_some()).count();
            Representation {
                class: class.to_owned(),
                population: units.len(),
                sampled,
                responded,
                response: share(responded as f64, sampled as f64),
                share_register: units.len() as f64 / register.len() as f64,
                share_before: share(weight(&units, |w| w.0), before),
                share_after: share(weight(&units, |w| w.1), after),
            }
        })
        .collect()
}
