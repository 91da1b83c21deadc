//! Who is missing: weights adjusted for non-response by class, and the sample beside the register.
//!
//! An adjustment within classes removes bias only so far as those who answer are like those who do not, within
//! the class. Its factors are taken as fixed by variances; where the classes' population counts are known,
//! post-stratification (which variances know of) is the better choice.

use std::collections::BTreeMap;

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
