//! Tests between groups under the design, and p-values adjusted for the size of the family.
//!
//! Source: R `survey` `svyttest`, `svyranktest` and `svychisq` (second-order Rao-Scott, F); R `p.adjust`.

use crate::design::Design;
use crate::distribution::{f_upper, t_two_sided};
use crate::domain::Domain;
use crate::error::Error;
use crate::linear_algebra;
use crate::quantile::Ladder;
use crate::sum;

/// The outcome of a test of no difference between two groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupTest {
    /// Second group less first: means for the t test, mean rank scores (0 to 1) for the rank test.
    pub difference: f64,
    /// Its standard error.
    pub se: f64,
    /// Difference over standard error.
    pub t: f64,
    /// Degrees of freedom of the domains together, less one for the second mean.
    pub df: i64,
    /// Two-sided p-value; none without a degree of freedom or without spread.
    pub p: Option<f64>,
}

/// The outcome of a test of no association between two classifications.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AssociationTest {
    /// Rao and Scott's second-order corrected statistic.
    pub f: f64,
    /// Numerator degrees of freedom; a fraction, by Satterthwaite.
    pub df_numerator: f64,
    /// Denominator degrees of freedom.
    pub df_denominator: f64,
    /// The p-value.
    pub p: f64,
}

impl Design {
    /// Tests whether two domains have the same mean.
    ///
    /// # Errors
    /// As [`Design::mean`].
    pub fn t_test(&self, column: &[f64], first: &Domain, second: &Domain) -> Result<GroupTest, Error> {
        let difference = self.difference(column, second, first)?;
        let se = difference.se.unwrap_or(f64::NAN);
        let t = difference.estimate / se;
        let df = difference.df - 1;
        let p = (df > 0 && !t.is_nan()).then(|| t_two_sided(t, df as f64));
        Ok(GroupTest {
            difference: difference.estimate,
            se,
            t,
            df,
            p,
        })
    }

    /// Tests whether values in two domains tend to be equally high (Wilcoxon, by estimated population ranks).
    ///
    /// Method: each value's rank is the weighted share below it plus half that at it. R's `svyranktest` gives ties
    /// of unequal weight a rank that depends on the order of the rows; without such ties the two agree.
    ///
    /// # Errors
    /// As [`Design::mean`].
    pub fn rank_test(&self, column: &[f64], first: &Domain, second: &Domain) -> Result<GroupTest, Error> {
        let mut group = vec![false; self.rows()];
        first.rows().chain(second.rows()).for_each(|row| group[row] = true);
        let both = self.domain(&group)?;
        let values = both.pick(column)?;
        let ladder = Ladder::new(&values, &both.weights);
        let score = |value: f64| ladder.middle_of(value) / both.population;
        let scores: Vec<f64> = column
            .iter()
            .zip(&group)
            .map(|(&value, &inside)| if inside { score(value) } else { 0.0 })
            .collect();
        self.t_test(&scores, first, second)
    }

    /// Tests whether two classifications of a domain are independent.
    ///
    /// Shape: classes as whole numbers from 0, one per row of the design; rows outside the domain are not read.
    ///
    /// # Errors
    /// A classification with a single class, or a domain without a degree of freedom.
    pub fn association(&self, rows: &[usize], columns: &[usize], domain: &Domain) -> Result<AssociationTest, Error> {
        self.same_length("classification", rows.len())?;
        self.same_length("classification", columns.len())?;
        let (row_classes, column_classes) = (distinct(domain, rows), distinct(domain, columns));
        let (r, c) = (row_classes.len(), column_classes.len());
        if r < 2 || c < 2 || domain.df <= 0 {
            return Err(Error::Range {
                what: "number of classes or degrees of freedom".into(),
                found: format!("{r} by {c} classes, {} df", domain.df),
                expected: "at least 2 classes each and 1 degree of freedom",
            });
        }
        let mut cells = Vec::with_capacity(r * c);
        for row_class in &row_classes {
            for column_class in &column_classes {
                let at: Vec<f64> = rows
                    .iter()
                    .zip(columns)
                    .map(|(a, b)| f64::from(u8::from(a == row_class && b == column_class)))
                    .collect();
                cells.push(self.linear_mean(&at, domain)?);
            }
        }
        let shares: Vec<f64> = cells.iter().map(|cell| cell.estimate).collect();
        // Interaction contrasts (i against last) × (j against last): any basis gives the same eigenvalues.
        let contrasts: Vec<Vec<f64>> = (0..r - 1)
            .flat_map(|i| (0..c - 1).map(move |j| (i, j)))
            .map(|(i, j)| {
                let mut contrast = vec![0.0; r * c];
                contrast[i * c + j] = 1.0;
                contrast[i * c + c - 1] = -1.0;
                contrast[(r - 1) * c + j] = -1.0;
                contrast[r * c - 1] = 1.0;
                contrast
                    .iter()
                    .zip(&shares)
                    .map(|(k, share)| if *share > 0.0 { k / share } else { 0.0 })
                    .collect()
            })
            .collect();
        let units = self.structure.units();
        let combined: Vec<Vec<f64>> = contrasts
            .iter()
            .map(|contrast| {
                let mut totals = vec![0.0; units];
                for (k, cell) in contrast.iter().zip(&cells) {
                    totals
                        .iter_mut()
                        .zip(&cell.totals)
                        .for_each(|(total, part)| *total += k * part);
                }
                totals
            })
            .collect();
        let n = domain.n() as f64;
        let size = combined.len();
        let mut expected = vec![vec![0.0; size]; size];
        let mut found = vec![vec![0.0; size]; size];
        for a in 0..size {
            for b in 0..size {
                let terms: Vec<f64> = contrasts[a]
                    .iter()
                    .zip(&contrasts[b])
                    .zip(&shares)
                    .map(|((x, y), share)| x * y * share)
                    .collect();
                expected[a][b] = sum::sum(&terms) / n;
                found[a][b] = self.structure.covariance(&combined[a], &combined[b]);
            }
        }
        let delta = linear_algebra::solve(expected, found).ok_or_else(|| Error::ZeroTotal {
            what: "a combination of classes".into(),
        })?;
        let trace: f64 = (0..size).map(|i| delta[i][i]).sum();
        let squares: f64 = (0..size)
            .map(|i| (0..size).map(|j| delta[i][j] * delta[j][i]).sum::<f64>())
            .sum();
        let pearson = pearson(&shares, r, c) * n;
        let df_numerator = trace * trace / squares;
        let df_denominator = df_numerator * domain.df as f64;
        let f = pearson / trace;
        Ok(AssociationTest {
            f,
            df_numerator,
            df_denominator,
            p: f_upper(f, df_numerator, df_denominator),
        })
    }
}

fn distinct(domain: &Domain, classes: &[usize]) -> Vec<usize> {
    let mut found: Vec<usize> = domain.rows().map(|row| classes[row]).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Pearson's chi-square per row, from the shares of the cells.
fn pearson(shares: &[f64], r: usize, c: usize) -> f64 {
    let of_row = |i: usize| -> f64 { shares[i * c..(i + 1) * c].iter().sum() };
    let of_column = |j: usize| -> f64 { (0..r).map(|i| shares[i * c + j]).sum() };
    (0..r)
        .flat_map(|i| (0..c).map(move |j| (i, j)))
        .map(|(i, j)| {
            let expected = of_row(i) * of_column(j);
            let gap = shares[i * c + j] - expected;
            gap * gap / expected
        })
        .sum()
}

/// Adjusts p-values so that the chance of any false finding in the family stays at the level (Holm 1979).
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let mut floor = 0.0_f64;
    for (place, &index) in order.iter().enumerate() {
        floor = floor.max((p.len() - place) as f64 * p[index]).min(1.0);
        adjusted[index] = floor;
    }
    adjusted
}

/// Adjusts p-values so that the expected share of false findings among the findings stays at the level
/// (Benjamini and Hochberg 1995).
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = vec![0.0; p.len()];
    let mut ceiling = 1.0_f64;
    for (place, &index) in order.iter().enumerate().rev() {
        ceiling = ceiling.min(p.len() as f64 / (place + 1) as f64 * p[index]);
        adjusted[index] = ceiling;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}
