//! Two samples of one population taken together: the change of a statistic with what returning units know of it.
//!
//! The samples are stacked into one design. Its primary unit is the unit of the population (a board with all its
//! rows of both samples), its strata are common to both. Every statistic brings the deviations that its own
//! sample gave, so weights and calibrations stay those of the sample. A unit in both samples has one total, the
//! later less the earlier, and so the covariance of returning units is in the variance without being named.
//!
//! Populations: R `survey` takes one correction for the whole stack, with the units of both samples counted as one
//! draw; that is right for a panel and too small for two samples that overlap in part. Here the variance without
//! correction is lowered, stratum by stratum, by what knowing the populations is worth:
//! N₁s₁² + N₂s₂² − 2N₁₂s₁₂, s being the spread of the deviations per unit of the population and N₁₂ at most the
//! smaller population. For a panel this is R's correction exactly; for two complete counts nothing is left; without
//! populations it is R's stacked design. The covariance s₁₂ is that of the returning units; with too few of
//! them it is taken as high as it can be, which errs towards the wider interval.
//! Source: R `survey` `svycontrast` on `svyby(~y, ~wave, …, covmat = TRUE)`; Tam (1984) for the covariance of
//! overlapping samples; golden numbers in data/reference/change/.

use crate::design::{Design, Sampling};
use crate::error::Error;
use crate::estimate::{Estimate, Linearised};
use crate::interval::{Interval, IntervalMethod};
use crate::sampling_units::Lonely;
use crate::sum;
use std::collections::BTreeMap;

/// Returning units from which a correlation is believed.
const ENOUGH: usize = 10;

/// How one of the two samples sits in the stack.
#[derive(Debug, Clone)]
pub struct Sampled<'a> {
    /// The sample's own design: every row a primary unit of its own.
    pub design: &'a Design,
    /// The unit of the population of each row.
    pub units: &'a [String],
    /// The common stratum of each row.
    pub strata: &'a [String],
    /// Units of the population per common stratum; a stratum that is left out has no known population.
    pub populations: &'a BTreeMap<String, f64>,
}

/// A stratum of the stack: its units in each sample and their populations.
#[derive(Debug, Clone, Default)]
struct Cell {
    units: Vec<u32>,
    sampled: [usize; 2],
    population: [Option<f64>; 2],
}

impl Cell {
    fn is_census(&self) -> bool {
        (0..2).all(|wave| self.population[wave].is_some_and(|size| size <= self.sampled[wave] as f64 * (1.0 + 1e-9)))
    }
}

/// Two samples stacked into one design.
#[derive(Debug, Clone)]
pub struct Stacked {
    design: Design,
    /// Per sample the unit of the stack of each unit of the sample's own design.
    places: [Vec<u32>; 2],
    /// Per sample whether a unit of the stack is in it.
    present: [Vec<bool>; 2],
    cells: Vec<Cell>,
}

impl Stacked {
    /// Stacks an earlier and a later sample.
    ///
    /// Method: a unit in both samples has the stratum that the later one gives it; strata of one unit are joined
    /// with the next by label, before any answer is seen.
    ///
    /// # Errors
    /// Rows and labels of different length; a stack of a single unit.
    pub fn new(earlier: &Sampled<'_>, later: &Sampled<'_>) -> Result<Self, Error> {
        let mut homes: BTreeMap<&str, &str> = BTreeMap::new();
        for sample in [earlier, later] {
            sample.design.same_length("units", sample.units.len())?;
            sample.design.same_length("strata", sample.strata.len())?;
            let own: BTreeMap<&str, &str> = sample
                .units
                .iter()
                .map(String::as_str)
                .zip(sample.strata.iter().map(String::as_str))
                .collect();
            homes.extend(own);
        }
        let design = Design::new(&Sampling {
            rows: homes.len(),
            strata: Some(homes.values().map(|stratum| Some((*stratum).to_owned())).collect()),
            weights: Some(vec![Some(1.0); homes.len()]),
            lonely: Lonely::Collapse,
            ..Sampling::default()
        })?
        .with_level(later.design.level())?;
        let rows: BTreeMap<&str, usize> = homes.keys().enumerate().map(|(row, unit)| (*unit, row)).collect();
        let mut places = [Vec::new(), Vec::new()];
        let mut present = [vec![false; homes.len()], vec![false; homes.len()]];
        for (wave, sample) in [earlier, later].into_iter().enumerate() {
            let mut of_unit = vec![0; sample.design.structure.units()];
            for (row, unit) in sample.units.iter().enumerate() {
                let place = design.row_unit[rows[unit.as_str()]];
                of_unit[sample.design.row_unit[row] as usize] = place;
                present[wave][place as usize] = true;
            }
            places[wave] = of_unit;
        }
        let mut cells = vec![Cell::default(); design.structure.strata.len()];
        let mut of_label: BTreeMap<&str, usize> = BTreeMap::new();
        for unit in 0..homes.len() {
            let cell = &mut cells[design.structure.stratum_of_unit(unit)];
            cell.units.push(unit as u32);
            for (count, present) in cell.sampled.iter_mut().zip(&present) {
                *count += usize::from(present[unit]);
            }
        }
        for (unit, stratum) in &homes {
            let place = design.row_unit[rows[unit]] as usize;
            of_label.insert(stratum, design.structure.stratum_of_unit(place));
        }
        for (wave, sample) in [earlier, later].into_iter().enumerate() {
            for (label, cell) in &of_label {
                if let Some(size) = sample.populations.get(*label) {
                    *cells[*cell].population[wave].get_or_insert(0.0) += size;
                }
            }
        }
        Ok(Self {
            design,
            places,
            present,
            cells,
        })
    }

    /// Estimates by how much a statistic of the later sample exceeds that of the earlier one.
    ///
    /// Shape: each statistic from its sample's own design.
    /// Method: variance of the differences of totals per unit; degrees of freedom are units less strata among those
    /// with a member in either domain; t interval.
    /// Absent: no interval without a degree of freedom, no effective n and no design effect.
    #[must_use]
    pub fn change(&self, earlier: &Linearised, later: &Linearised) -> Estimate {
        let own = [self.totals(0, earlier), self.totals(1, later)];
        let pooled = self.correlation(&own);
        let parts: Vec<f64> = self
            .cells
            .iter()
            .map(|cell| self.variance(cell, &own, pooled))
            .collect();
        let mut touched = vec![false; self.present[0].len()];
        for (wave, part) in [earlier, later].into_iter().enumerate() {
            for &unit in &part.units {
                touched[self.places[wave][unit as usize] as usize] = true;
            }
        }
        let members: Vec<u32> = (0..touched.len() as u32)
            .filter(|&unit| touched[unit as usize])
            .collect();
        let census = earlier.census && later.census;
        let se = if census { 0.0 } else { libm::sqrt(sum::sum(&parts)) };
        let df = self.design.structure.df_of_units(&members);
        let estimate = later.estimate - earlier.estimate;
        let ci = if census {
            Some(Interval::point(estimate, self.design.level(), IntervalMethod::Census))
        } else {
            self.design.factor(df).map(|factor| Interval {
                low: estimate - factor * se,
                high: estimate + factor * se,
                level: self.design.level(),
                method: IntervalMethod::T,
            })
        };
        Estimate {
            estimate,
            se: Some(se),
            df,
            n: members.len(),
            population: later.population,
            n_eff: None,
            deff: None,
            deff_replace: None,
            census,
            ci,
        }
    }

    fn totals(&self, wave: usize, part: &Linearised) -> Vec<f64> {
        sum::sum_by(&part.totals, &self.places[wave], self.present[wave].len())
    }

    /// The variance that a stratum adds.
    fn variance(&self, cell: &Cell, own: &[Vec<f64>; 2], pooled: Option<f64>) -> f64 {
        if cell.is_census() {
            return 0.0;
        }
        let totals: Vec<f64> = cell
            .units
            .iter()
            .map(|&unit| own[1][unit as usize] - own[0][unit as usize])
            .collect();
        let plain = self.design.structure.variance(&cell.units, &totals);
        let gain = self.gain(cell, own, pooled).unwrap_or(0.0);
        (plain - gain.max(0.0)).max(0.0)
    }

    /// What knowing the populations of a stratum takes off its variance; absent when either is not known.
    fn gain(&self, cell: &Cell, own: &[Vec<f64>; 2], pooled: Option<f64>) -> Option<f64> {
        let sizes = [cell.population[0]?, cell.population[1]?];
        let spread = [0, 1].map(|wave| {
            let fraction = cell.sampled[wave] as f64 / sizes[wave];
            let of_wave = self.values(cell, wave, &own[wave]);
            libm::sqrt(variation(&of_wave)) * fraction
        });
        let (returning, [first, second]) = self.returning(cell, own);
        let panel = returning == cell.sampled[0] && returning == cell.sampled[1];
        let together = sizes[0].min(sizes[1]);
        let covariance = if panel {
            covariation(&first, &second) * (cell.sampled[0] as f64 / sizes[0]) * (cell.sampled[1] as f64 / sizes[1])
        } else {
            pooled.unwrap_or(1.0) * spread[0] * spread[1]
        };
        Some(sizes[0] * spread[0] * spread[0] + sizes[1] * spread[1] * spread[1] - 2.0 * together * covariance)
    }

    /// The totals of a sample's units in a stratum.
    fn values(&self, cell: &Cell, wave: usize, totals: &[f64]) -> Vec<f64> {
        let there = cell.units.iter().filter(|&&unit| self.present[wave][unit as usize]);
        there.map(|&unit| totals[unit as usize]).collect()
    }

    /// The units of a stratum that are in both samples: how many, and their totals in each.
    fn returning(&self, cell: &Cell, own: &[Vec<f64>; 2]) -> (usize, [Vec<f64>; 2]) {
        let both: Vec<usize> = cell
            .units
            .iter()
            .map(|&unit| unit as usize)
            .filter(|&unit| self.present[0][unit] && self.present[1][unit])
            .collect();
        let pick = |totals: &[f64]| both.iter().map(|&unit| totals[unit]).collect::<Vec<f64>>();
        (both.len(), [pick(&own[0]), pick(&own[1])])
    }

    /// The correlation of both totals over the returning units, within strata; absent with too few of them.
    ///
    /// A negative one counts as none: it would lower the variance on thin evidence.
    fn correlation(&self, own: &[Vec<f64>; 2]) -> Option<f64> {
        let (mut both, mut sums) = (0, [Vec::new(), Vec::new(), Vec::new()]);
        for cell in &self.cells {
            let (count, [first, second]) = self.returning(cell, own);
            if count > 1 {
                both += count - 1;
                let degrees = (count - 1) as f64;
                sums[0].push(degrees * variation(&first));
                sums[1].push(degrees * variation(&second));
                sums[2].push(degrees * covariation(&first, &second));
            }
        }
        let [first, second, product] = sums.map(|terms| sum::sum(&terms));
        let scale = libm::sqrt(first * second);
        (both >= ENOUGH && scale > 0.0).then(|| (product / scale).clamp(0.0, 1.0))
    }
}

fn variation(values: &[f64]) -> f64 {
    covariation(values, values)
}

/// Covariance of two columns; nought with fewer than two rows.
fn covariation(left: &[f64], right: &[f64]) -> f64 {
    let n = left.len() as f64;
    if left.len() < 2 {
        return 0.0;
    }
    let (a, b) = (sum::sum(left) / n, sum::sum(right) / n);
    let products: Vec<f64> = left.iter().zip(right).map(|(x, y)| (x - a) * (y - b)).collect();
    sum::sum(&products) / (n - 1.0)
}
