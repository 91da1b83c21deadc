//! The public profile: the released tables, each number as precise as its group allows and no more.
//!
//! Disclosure control decides which numbers are released. Released numbers with twelve digits still give single
//! organisations away, because answers are whole numbers and weights are known. Here every number is put on the grid
//! of its group ([`Grid`]), and what comes with it (standard error, interval, effective n, p) is computed from public
//! or protected numbers, so that it adds nothing. All public outputs are made from the tables that this module gives:
//! tables, pages, figures with their data, documents and sentences say the same.
//!
//! The inside profile keeps every digit. docs/disclosure.md has the adversary, the attacks and what precision costs.

mod described;
mod estimates;
mod grid;
mod groups;
mod pairs;
mod spread;

pub use grid::{Grid, Window};
pub(crate) use groups::precision;

use crate::publication::groups::Groups;
use nulmeting_study::{Analysed, Normalized, Study};

/// The tables of the public profile.
///
/// Shape: the rows of `analysed`; those that cannot be published with a grid are withheld as disclosure control
/// withholds them. Moves between types are counts of single organisations and are left out altogether.
/// Absent: with `disclosure.protect = 0` no count is protected, and every digit is published.
/// Method: estimates, choices and profiles by the grid of their group; changes by the coarser grid of both waves; p by
/// [`rounded_up`].
#[must_use]
pub fn public_profile(study: &Study, normalized: &Normalized, analysed: &Analysed) -> Analysed {
    if study.disclosure.protect == 0 {
        return analysed.clone();
    }
    let groups = Groups::of(&normalized.frameworks, &normalized.organisations, &analysed.precision);
    let mut public = analysed.clone();
    public.estimates = estimates::estimates(&groups, &analysed.estimates);
    public.choices = estimates::choices(&groups, &analysed.choices);
    public.type_profiles = estimates::type_profiles(&groups, &analysed.type_profiles);
    public.attention = estimates::attention(&groups, &analysed.attention);
    public.changes = pairs::changes(&groups, &analysed.changes);
    public.validation = pairs::validation(&analysed.validation);
    public.comparisons = pairs::comparisons(&groups, &analysed.comparisons);
    public.moves = nulmeting_study::Released::default();
    described::representation(&mut public.representation);
    described::clusters(&mut public.clusters);
    described::divisions(&mut public.divisions);
    described::typology(&mut public.typology);
    public
}

/// A chance as the public profile gives it: the next of a short list, never lower than it is.
///
/// A p with twelve digits says how the answers lie within a group; a step says whether a difference is clear. The
/// steps lie just below the levels at which differences are told, so that rounding never makes one clear.
#[must_use]
pub fn rounded_up(p: f64) -> f64 {
    const STEPS: [f64; 9] = [0.0005, 0.001, 0.005, 0.009, 0.02, 0.04, 0.1, 0.2, 0.5];
    STEPS.into_iter().find(|step| p <= *step).unwrap_or(1.0)
}

/// The median of values, rounded to `digits` significant digits; absent without values.
fn rounded_median(mut values: Vec<f64>, digits: i32) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2)?;
    Some(significant(*middle, digits))
}

/// A number with so many significant digits.
fn significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    let scale = libm::pow(10.0, f64::from(digits - 1 - magnitude));
    libm::round(value * scale) / scale
}

#[cfg(test)]
mod tests {
    use super::{rounded_up, significant};

    #[test]
    fn a_p_is_never_made_smaller_and_never_becomes_clear() {
        for p in [0.0, 1e-9, 0.0099, 0.01, 0.041, 0.049, 0.05, 0.3, 1.0] {
            let rounded = rounded_up(p);
            assert!(rounded >= p);
            assert!(p < 0.05 || rounded >= 0.05);
            assert!(p < 0.01 || rounded >= 0.01);
        }
    }

    #[test]
    fn significant_digits() {
        assert_eq!(significant(0.038_519, 1), 0.04);
        assert_eq!(significant(123.4, 2), 120.0);
        assert_eq!(significant(0.0, 2), 0.0);
    }
}
