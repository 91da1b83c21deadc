//! How many units to ask per stratum so that an estimate will have a wanted margin.
//!
//! Plans from this wave's spread within strata; it does not foresee who will answer, so the numbers are answers
//! to be had, not invitations to be sent.

use crate::distribution::t_factor;
use crate::error::Error;

/// What is known of a stratum beforehand.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumSpread {
    /// Its label.
    pub label: String,
    /// Units in the population.
    pub population: f64,
    /// Standard deviation of the variable among them.
    pub deviation: f64,
}

/// How a sample is divided over strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// In proportion to the population.
    Proportional,
    /// In proportion to population times standard deviation: the smallest margin for a given size (Neyman 1934).
    Neyman,
}

/// A sample size per stratum and what it will give.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Units per stratum, in the order given.
    pub units: Vec<usize>,
    /// Expected standard error of the mean.
    pub se: f64,
    /// Expected half-width of the interval.
    pub margin: f64,
}

/// Finds the smallest sample whose mean will have at most the margin.
///
/// Unit: `margin` is the half-width of the interval, in the unit of the variable; `level` from 0 to 1.
/// Method: Var = Σ (N_h/N)² S_h² (1/n_h − 1/N_h), with t on Σn_h − H degrees of freedom; at least two units per
/// stratum (or all, where there are fewer), at most all; fractions go to the strata with the largest remainders.
/// A stratum that Neyman's rule would take more than whole is taken whole and the rest divided again.
/// Source: Cochran, Sampling Techniques (1977), sections 5.5 to 5.9.
///
/// # Errors
/// No stratum, a population below one unit, a deviation that is negative or not finite, a margin or level out of range.
pub fn plan(strata: &[StratumSpread], allocation: Allocation, margin: f64, level: f64) -> Result<Plan, Error> {
    let range = |what: &str, found: f64, expected| {
        Err(Error::Range {
            what: what.into(),
            found: found.to_string(),
            expected,
        })
    };
    if strata.is_empty() {
        return Err(Error::NoRows);
    }
    if !(margin.is_finite() && margin > 0.0) {
        return range("margin", margin, "a finite number above zero");
    }
    if !(level > 0.0 && level < 1.0) {
        return range("level of confidence", level, "a number between 0 and 1");
    }
    for stratum in strata {
        if !(stratum.population.is_finite() && stratum.population >= 1.0) {
            return range(
                &format!("population of `{}`", stratum.label),
                stratum.population,
                "one unit or more",
            );
        }
        if !(stratum.deviation.is_finite() && stratum.deviation >= 0.0) {
            return range(
                &format!("standard deviation in `{}`", stratum.label),
                stratum.deviation,
                "zero or more",
            );
        }
    }
    let most: usize = strata.iter().map(whole).sum();
    let least: usize = strata.iter().map(|stratum| whole(stratum).min(2)).sum();
    let (mut low, mut high) = (least, most);
    // Precision does not fall with size, but for rounding within a stratum; the size found is checked upward.
    while low < high {
        let middle = low + (high - low) / 2;
        if expected(strata, allocate(strata, allocation, middle), level).margin <= margin {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(expected(strata, allocate(strata, allocation, low), level))
}

/// Gives the precision of a sample of a given size.
///
/// Shape: as [`plan`]; the size is raised to two per stratum and cut off at the population.
#[must_use]
pub fn precision(strata: &[StratumSpread], allocation: Allocation, size: usize, level: f64) -> Plan {
    expected(strata, allocate(strata, allocation, size), level)
}

/// Divides a sample of a given size over the strata.
#[must_use]
pub fn allocate(strata: &[StratumSpread], allocation: Allocation, size: usize) -> Vec<usize> {
    let share = |stratum: &StratumSpread| match allocation {
        Allocation::Proportional => stratum.population,
        Allocation::Neyman => stratum.population * stratum.deviation,
    };
    let mut wanted: Vec<Option<f64>> = vec![None; strata.len()];
    loop {
        let fixed: f64 = wanted.iter().flatten().sum();
        let open: f64 = (0..strata.len())
            .filter(|&i| wanted[i].is_none())
            .map(|i| share(&strata[i]))
            .sum();
        let left = (size as f64 - fixed).max(0.0);
        let part = |i: usize| {
            if open > 0.0 {
                left * share(&strata[i]) / open
            } else {
                0.0
            }
        };
        // Those that overflow are taken whole first; only then are those below two lifted.
        let over: Vec<usize> = (0..strata.len())
            .filter(|&i| wanted[i].is_none() && part(i) > whole(&strata[i]) as f64)
            .collect();
        let fixed_now = if over.is_empty() {
            (0..strata.len())
                .filter(|&i| wanted[i].is_none() && part(i) < whole(&strata[i]).min(2) as f64)
                .collect()
        } else {
            over.clone()
        };
        if fixed_now.is_empty() {
            let exact: Vec<f64> = (0..strata.len())
                .map(|i| wanted[i].unwrap_or_else(|| part(i)))
                .collect();
            return rounded(strata, &exact, size);
        }
        for i in fixed_now {
            let all = whole(&strata[i]);
            wanted[i] = Some(if over.is_empty() { all.min(2) } else { all } as f64);
        }
    }
}

/// Whole numbers that add up to the size, where the largest remainders are rounded up.
fn rounded(strata: &[StratumSpread], exact: &[f64], size: usize) -> Vec<usize> {
    let mut units: Vec<usize> = exact.iter().map(|part| libm::floor(part + 1e-9) as usize).collect();
    let mut order: Vec<usize> = (0..strata.len()).collect();
    order.sort_by(|&a, &b| (exact[b] - libm::floor(exact[b])).total_cmp(&(exact[a] - libm::floor(exact[a]))));
    let mut missing = size.saturating_sub(units.iter().sum());
    // One more round than strata: those that are whole pass their unit on to the others.
    for _ in 0..2 {
        for &i in &order {
            if missing > 0 && units[i] < whole(&strata[i]) {
                units[i] += 1;
                missing -= 1;
            }
        }
    }
    units
}

fn whole(stratum: &StratumSpread) -> usize {
    libm::floor(stratum.population) as usize
}

/// The precision that a division gives.
fn expected(strata: &[StratumSpread], units: Vec<usize>, level: f64) -> Plan {
    let population: f64 = strata.iter().map(|stratum| stratum.population).sum();
    let variance: f64 = strata
        .iter()
        .zip(&units)
        .filter(|(_, n)| **n > 0)
        .map(|(stratum, &n)| {
            let weight = stratum.population / population;
            let open = (1.0 / n as f64 - 1.0 / stratum.population).max(0.0);
            weight * weight * stratum.deviation * stratum.deviation * open
        })
        .sum();
    let df = units.iter().sum::<usize>() as f64 - strata.len() as f64;
    let se = libm::sqrt(variance);
    let factor = if df > 0.0 { t_factor(level, df) } else { f64::INFINITY };
    let margin = if se == 0.0 { 0.0 } else { factor * se };
    Plan { units, se, margin }
}
