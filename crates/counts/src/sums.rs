//! Sums over answers, per primary unit and per group: the plan that `data/sql` writes down for other engines.
//!
//! Counts are whole, and weights are taken as whole multiples of 10⁻¹², so that sums are exact and the order of adding,
//! the number of threads or the engine's blocks cannot show in them. Weights are published with 12 significant digits:
//! from 1 organisation up they are such multiples as they stand, smaller ones are rounded to the nearest.

use crate::tally::{Outcome, Question, WaveTally};
use nulmeting_study::tables::{ALL, LevelCount, Organisation, UnitSum};
use nulmeting_study::words::Status;
use std::collections::BTreeMap;

/// How many units of the fixed-point scale make 1.
const ONE: i128 = 1_000_000_000_000;

/// A sum that came out of the range of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a weighted sum passed 10^26; expected weights in organisations\n  hint check the column `weight` of `organisations`"
)]
pub struct TooLarge;

/// A number on the scale of 10⁻¹².
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Fixed(i128);

impl Fixed {
    /// The nearest number on the scale, halves away from zero.
    fn new(value: f64) -> Result<Self, TooLarge> {
        let scaled = libm::round(value * ONE as f64);
        if scaled.abs() < 1e30 {
            Ok(Self(scaled as i128))
        } else {
            Err(TooLarge)
        }
    }

    fn add(&mut self, times: i128, of: Self) -> Result<(), TooLarge> {
        let sum = of.0.checked_mul(times).and_then(|term| self.0.checked_add(term));
        self.0 = sum.ok_or(TooLarge)?;
        Ok(())
    }

    /// The nearest double; files keep 12 of its digits.
    fn value(self) -> f64 {
        self.0 as f64 / ONE as f64
    }
}

/// An organisation that carries weight in the estimates, with the powers of its weight.
struct Unit<'a> {
    row: &'a Organisation,
    stratum: &'a str,
    place: usize,
    w: Fixed,
    ww: Fixed,
}

fn unit<'a>(tally: &WaveTally, row: &'a Organisation) -> Result<Option<Unit<'a>>, TooLarge> {
    let (Some(stratum), Some(weight), Some(place)) = (&row.stratum, row.weight, tally.place(&row.organisation)) else {
        return Ok(None);
    };
    Ok(Some(Unit {
        row,
        stratum,
        place,
        w: Fixed::new(weight)?,
        ww: Fixed::new(weight * weight)?,
    }))
}

/// The value of an outcome in sums; absent when it has none.
fn measure(outcome: &Outcome) -> Option<i128> {
    match (outcome.status, outcome.level, outcome.holds) {
        (Status::Answered, Some(level), _) => Some(i128::from(level)),
        (Status::Answered, None, Some(holds)) => Some(i128::from(holds)),
        _ => None,
    }
}

/// Sums over the answers of each of the organisations to each question.
///
/// Shape: by organisation in the order given, then by question.
/// Absent: organisations without a stratum or weight, and questions that an organisation did not answer.
/// Errors: weights too large for the scale.
pub fn unit_sums(wave: &str, tally: &WaveTally, organisations: &[Organisation]) -> Result<Vec<UnitSum>, TooLarge> {
    let questions = tally.questions();
    let mut rows = Vec::new();
    for row in organisations.iter().filter(|row| row.wave == wave) {
        let Some(unit) = unit(tally, row)? else { continue };
        for (place, question) in &questions {
            let mut n = 0;
            let (mut w, mut ww, mut wx, mut wxx) = <(Fixed, Fixed, Fixed, Fixed)>::default();
            for (outcome, times) in tally.outcomes(unit.place, *place) {
                let Some(x) = measure(&outcome) else { continue };
                let times = i128::from(times);
                n += times;
                w.add(times, unit.w)?;
                ww.add(times, unit.ww)?;
                wx.add(times * x, unit.w)?;
                wxx.add(times * x * x, unit.w)?;
            }
            if n > 0 {
                rows.push(UnitSum {
                    wave: wave.to_owned(),
                    stratum: unit.stratum.to_owned(),
                    organisation: unit.row.organisation.clone(),
                    sector: unit.row.sector.clone(),
                    size: unit.row.size.clone(),
                    item: question.item.clone(),
                    option: question.option.clone(),
                    assessor: question.assessor,
                    kind: question.kind,
                    n: n as i64,
                    w: w.value(),
                    ww: ww.value(),
                    wx: wx.value(),
                    wxx: wxx.value(),
                });
            }
        }
    }
    Ok(rows)
}

#[derive(Clone, Default)]
struct Counted {
    organisations: i64,
    answers: i64,
    w: Fixed,
    ww: Fixed,
}

/// Weighted counts of answers per outcome, for all organisations, by sector and by size class.
///
/// Shape: by group, question and outcome.
/// Absent: organisations without a stratum or weight.
/// Errors: weights too large for the scale.
pub fn level_counts(
    wave: &str,
    tally: &WaveTally,
    organisations: &[Organisation],
) -> Result<Vec<LevelCount>, TooLarge> {
    let questions = tally.questions();
    let outcomes = tally.outcome_places();
    // Per group a dense array of question × outcome: with many organisations this is most of the work after the scan.
    let mut counts: BTreeMap<(&str, &str), Vec<Counted>> = BTreeMap::new();
    for row in organisations.iter().filter(|row| row.wave == wave) {
        let Some(unit) = unit(tally, row)? else { continue };
        let groups = [
            Some((ALL, ALL)),
            row.sector.as_deref().map(|class| ("sector", class)),
            row.size.as_deref().map(|class| ("size", class)),
        ];
        for group in groups.into_iter().flatten() {
            let own = counts
                .entry(group)
                .or_insert_with(|| vec![Counted::default(); questions.len() * outcomes.len()]);
            for ((place, _), own) in questions.iter().zip(own.chunks_exact_mut(outcomes.len())) {
                for (times, counted) in tally.counts(unit.place, *place).iter().zip(own) {
                    if *times > 0 {
                        counted.organisations += 1;
                        counted.answers += i64::from(*times);
                        counted.w.add(i128::from(*times), unit.w)?;
                        counted.ww.add(i128::from(*times), unit.ww)?;
                    }
                }
            }
        }
    }
    let mut rows = Vec::new();
    for ((variable, class), of_group) in &counts {
        for ((_, question), own) in questions.iter().zip(of_group.chunks_exact(outcomes.len())) {
            let given = outcomes.iter().map(|(outcome, place)| (outcome, &own[*place]));
            let given = given.filter(|(_, counted)| counted.answers > 0);
            rows.extend(given.map(|(outcome, counted)| row(wave, (variable, class), question, outcome, counted)));
        }
    }
    Ok(rows)
}

fn row(
    wave: &str,
    (variable, class): (&str, &str),
    question: &Question,
    outcome: &Outcome,
    counted: &Counted,
) -> LevelCount {
    LevelCount {
        wave: wave.to_owned(),
        variable: variable.to_owned(),
        class: class.to_owned(),
        item: question.item.clone(),
        option: question.option.clone(),
        assessor: question.assessor,
        kind: question.kind,
        status: outcome.status,
        level: outcome.level,
        holds: outcome.holds,
        organisations: counted.organisations,
        answers: counted.answers,
        w: counted.w.value(),
        ww: counted.ww.value(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fixed, TooLarge};

    #[test]
    fn a_sum_of_weights_is_exact_in_any_order() {
        let weights = [0.1, 1e5, 3.333_333_333_33, 7e-7, 123_456.789_012];
        let sum = |order: &[usize]| {
            let mut sum = Fixed::default();
            for place in order.iter().cycle().take(50_000) {
                sum.add(3, Fixed::new(weights[*place]).unwrap()).unwrap();
            }
            sum
        };
        assert_eq!(sum(&[0, 1, 2, 3, 4]), sum(&[4, 2, 0, 3, 1]));
        // Python 3, fractions: 30000 × the sum of the five.
        assert_eq!(sum(&[0, 1, 2, 3, 4]).value(), 6_703_806_670.381);
        assert_eq!(Fixed::new(1e20).unwrap_err(), TooLarge);
    }
}
