//! The part of a sample that an estimate is about, while the rest stays in the design.
//!
//! Dropping the other rows would take clusters and strata out of the design and with them part of the
//! variance; a domain keeps them, as units that add zero.

use crate::design::Design;
use crate::error::Error;
use crate::sum;

/// The rows of a design that an estimate is about.
///
/// Missing: rows without a value are left out of the domain by the caller ([`Design::domain_where`]).
/// Method: degrees of freedom are the primary units with a member less the strata with a member.
/// Source: R `survey`, `degf(subset(design, …))`.
#[derive(Debug, Clone)]
pub struct Domain {
    /// Rows in the order of their units.
    pub(crate) rows: Vec<u32>,
    /// The units that hold a member, ascending.
    pub(crate) units: Vec<u32>,
    /// The place in `units` of each row; empty when every unit holds exactly one member.
    pub(crate) place: Vec<u32>,
    pub(crate) weights: Vec<f64>,
    pub(crate) population: f64,
    pub(crate) df: i64,
    pub(crate) census: bool,
}

impl Domain {
    /// Says whether every unit of the strata with a member was observed, so that there is no sampling error.
    pub fn is_census(&self) -> bool {
        self.census
    }

    /// Gives the number of rows in the domain.
    #[must_use]
    pub fn n(&self) -> usize {
        self.rows.len()
    }

    /// Gives the weighted number of units of the population in the domain.
    #[must_use]
    pub fn population(&self) -> f64 {
        self.population
    }

    /// Gives the degrees of freedom of estimates for the domain.
    #[must_use]
    pub fn df(&self) -> i64 {
        self.df
    }

    /// Gives Kish's effective number of rows, (Σw)²/Σw², each weight times the size of its row where one is given.
    ///
    /// Shape: one size per row of the design. Equal weights give the number of rows.
    #[must_use]
    pub fn kish(&self, size: Option<&[f64]>) -> f64 {
        let weights: Vec<f64> = match size {
            None => self.weights.clone(),
            Some(size) => self
                .rows
                .iter()
                .zip(&self.weights)
                .map(|(&row, w)| w * size[row as usize])
                .collect(),
        };
        let squares = sum::sum_of_products(&weights, &weights);
        let total = sum::sum(&weights);
        if squares > 0.0 { total * total / squares } else { 0.0 }
    }

    /// Gives the rows (0-based) of the domain, in the order of the design.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().map(|&row| row as usize)
    }

    /// Uses other degrees of freedom, such as those of the whole design for its groups.
    #[must_use]
    pub fn with_df(mut self, df: i64) -> Self {
        self.df = df;
        self
    }

    /// Whether every unit holds exactly one member, so that rows and units are one list.
    pub(crate) fn is_unit_per_row(&self) -> bool {
        self.place.is_empty()
    }

    /// Adds a value per row within units.
    pub(crate) fn by_unit(&self, values: Vec<f64>) -> Vec<f64> {
        if self.is_unit_per_row() {
            values
        } else {
            sum::sum_by(&values, &self.place, self.units.len())
        }
    }

    /// Picks a column's values for the rows of the domain, and refuses one that is not a finite number.
    pub(crate) fn pick(&self, column: &[f64]) -> Result<Vec<f64>, Error> {
        let values: Vec<f64> = self.rows.iter().map(|&row| column[row as usize]).collect();
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(place) => Err(Error::Value {
                row: self.rows[place] as usize + 1,
                found: values[place].to_string(),
            }),
        }
    }
}

/// Puts rows in the order of their units, those of one unit as they come (a counting sort).
pub(crate) fn by_unit(rows: impl Iterator<Item = u32>, row_unit: &[u32], units: usize) -> Vec<u32> {
    let rows: Vec<u32> = rows.collect();
    let mut next = vec![0; units + 1];
    for &row in &rows {
        next[row_unit[row as usize] as usize + 1] += 1;
    }
    for unit in 1..=units {
        next[unit] += next[unit - 1];
    }
    let mut ordered = vec![0; rows.len()];
    for row in rows {
        let place = &mut next[row_unit[row as usize] as usize];
        ordered[*place] = row;
        *place += 1;
    }
    ordered
}

impl Design {
    /// Makes the domain of all rows.
    #[must_use]
    pub fn everyone(&self) -> Domain {
        self.domain_from(self.row_order.clone())
    }

    /// Makes the domain of the rows marked true.
    ///
    /// # Errors
    /// When the marks are not one per row.
    pub fn domain(&self, member: &[bool]) -> Result<Domain, Error> {
        self.same_length("domain", member.len())?;
        Ok(self.domain_where(|row| member[row]))
    }

    /// Makes the domain of the rows for which the test holds; rows count from 0.
    pub fn domain_where(&self, test: impl Fn(usize) -> bool) -> Domain {
        // Asked for in the order of the rows, which is how the answers lie in memory.
        let members = (0..self.rows() as u32).filter(|&row| test(row as usize));
        self.domain_from(by_unit(members, &self.row_unit, self.structure.units()))
    }

    /// Makes the part of a domain for which the test holds; rows count from 0.
    pub fn within(&self, domain: &Domain, test: impl Fn(usize) -> bool) -> Domain {
        self.domain_from(domain.rows.iter().copied().filter(|&row| test(row as usize)).collect())
    }

    fn domain_from(&self, rows: Vec<u32>) -> Domain {
        let mut units: Vec<u32> = Vec::with_capacity(rows.len());
        let mut place = Vec::with_capacity(rows.len());
        for &row in &rows {
            let unit = self.row_unit[row as usize];
            if units.last() != Some(&unit) {
                units.push(unit);
            }
            place.push(units.len() as u32 - 1);
        }
        if units.len() == rows.len() {
            place = Vec::new();
        }
        let weights: Vec<f64> = rows.iter().map(|&row| self.weights[row as usize]).collect();
        let mut census = true;
        let mut last = usize::MAX;
        for &unit in &units {
            let stratum = self.structure.stratum_of_unit(unit as usize);
            if stratum != last {
                census &= self.structure.is_census_stratum(stratum);
                last = stratum;
            }
        }
        Domain {
            population: sum::sum(&weights),
            df: self.structure.df_of_units(&units),
            census: census && !units.is_empty(),
            rows,
            units,
            place,
            weights,
        }
    }

    pub(crate) fn same_length(&self, what: &str, found: usize) -> Result<(), Error> {
        if found == self.rows() {
            Ok(())
        } else {
            Err(Error::Length {
                what: what.into(),
                found,
                expected: self.rows(),
            })
        }
    }
}
