//! Sums that do not depend on the order of their terms.
//!
//! A floating-point sum changes its last digits with the order of the rows. Here every term is first put on a
//! grid of 2⁻⁶² of the largest term, as an integer, and integers add up the same in any order. The grid is finer
//! than a double's own rounding, so nothing is lost against an ordinary sum. Terms must be finite: the callers
//! check that where data comes in, and an overflow comes out as infinite or not a number, never as a wrong sum.

/// Bits kept below the largest term.
const GRID_BITS: i32 = 62;

/// The grid on which a set of terms is added.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    up: f64,
    down: f64,
}

impl Grid {
    /// Chooses the grid for terms no larger in size than `largest`, which is finite and above zero.
    fn new(largest: f64) -> Self {
        let exponent = (((largest.to_bits() >> 52) & 0x7ff) as i32 - 1022).clamp(-900, 1023);
        Self {
            up: power_of_two(GRID_BITS - exponent),
            down: power_of_two(exponent - GRID_BITS),
        }
    }

    #[inline]
    fn place(self, value: f64) -> i128 {
        i128::from((value * self.up) as i64)
    }

    #[inline]
    fn value(self, sum: i128) -> f64 {
        // Most sums fit into 64 bits, which the machine converts by itself and rounds the same.
        let rounded = i64::try_from(sum).map_or(sum as f64, |small| small as f64);
        rounded * self.down
    }
}

/// Two to a whole power within the range of normal doubles.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent.clamp(-1022, 1023) + 1023) as u64) << 52)
}

/// The largest size among the terms; not a number when one of them is not.
#[inline]
fn largest(values: &[f64]) -> f64 {
    let mut largest = 0.0_f64;
    let mut poison = 0.0_f64;
    for &value in values {
        largest = if value.abs() > largest { value.abs() } else { largest };
        poison += value * 0.0;
    }
    largest + poison
}

/// Adds up the terms; the result is the same for every order of them.
pub(crate) fn sum(values: &[f64]) -> f64 {
    let largest = largest(values);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let grid = Grid::new(largest);
    let mut total = 0_i128;
    for &value in values {
        total += grid.place(value);
    }
    grid.value(total)
}

/// Adds up the products of two columns; the result is the same for every order of the rows.
pub(crate) fn sum_of_products(left: &[f64], right: &[f64]) -> f64 {
    sum_of(left.len().min(right.len()), |i| left[i] * right[i])
}

/// Adds up terms that are made twice rather than kept: a column of a million is memory that has to be found.
pub(crate) fn sum_of(terms: usize, term: impl Fn(usize) -> f64) -> f64 {
    let (mut largest, mut poison) = (0.0_f64, 0.0_f64);
    for i in 0..terms {
        let value = term(i);
        largest = if value.abs() > largest { value.abs() } else { largest };
        poison += value * 0.0;
    }
    let largest = largest + poison;
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let grid = Grid::new(largest);
    let mut total = 0_i128;
    for i in 0..terms {
        total += grid.place(term(i));
    }
    grid.value(total)
}

/// Adds up the terms within each group; each total is the same for every order of the rows.
///
/// Shape: `group[i]` is the group of `values[i]`, below `groups`.
pub(crate) fn sum_by(values: &[f64], group: &[u32], groups: usize) -> Vec<f64> {
    let largest = largest(values);
    if largest == 0.0 || !largest.is_finite() {
        return vec![largest; groups];
    }
    let grid = Grid::new(largest);
    let mut totals = vec![0_i128; groups];
    for (&value, &index) in values.iter().zip(group) {
        totals[index as usize] += grid.place(value);
    }
    totals.into_iter().map(|total| grid.value(total)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_terms_changes_no_bit() {
        let values: Vec<f64> = (0..1000)
            .map(|i| libm::sin(f64::from(i)) * libm::pow(10.0, f64::from(i % 7)))
            .collect();
        let mut turned = values.clone();
        turned.reverse();
        turned.rotate_left(317);
        assert_eq!(sum(&values).to_bits(), sum(&turned).to_bits());
        let plain: f64 = values.iter().sum();
        assert!((sum(&values) - plain).abs() < 1e-9 * plain.abs().max(1.0));
    }

    #[test]
    fn terms_that_cancel_leave_nothing() {
        assert_eq!(sum(&[1e300, 1.0, -1e300, -1.0]), 0.0);
        assert_eq!(sum(&[0.1, 0.2, -0.2, -0.1]), 0.0);
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[1e-310, 2e-310]), 0.0);
    }

    #[test]
    fn a_term_that_is_no_number_is_not_hidden() {
        assert!(sum(&[1.0, f64::NAN]).is_nan());
        assert!(!sum(&[1.0, f64::INFINITY]).is_finite());
        assert!(sum_by(&[1.0, f64::NAN], &[0, 1], 2)[0].is_nan());
    }
}
