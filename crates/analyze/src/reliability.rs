//! How far a published number can be relied on.

use nulmeting_study::words::Reliability;

/// Fewer organisations than this under a number make it unreliable whatever its interval.
const FEW: usize = 10;
/// Fewer effective organisations than this call for caution.
const EFFECTIVE: f64 = 30.0;
/// A share whose interval is narrower than this is shown without a word.
const NARROW: f64 = 0.05;
/// A share whose interval is wider than this says little.
const WIDE: f64 = 0.30;
/// An interval this many times the share itself says little.
const RELATIVE: f64 = 1.30;
/// Fewer degrees of freedom than this call for caution.
const FREEDOM: f64 = 8.0;

/// Judges a share by its interval.
///
/// Method: the presentation standards of the US National Center for Health Statistics for proportions: effective
/// n under 30, an interval wider than 0.30, or wider than 1.3 times the share, and fewer than 8 degrees of
/// freedom. There each of the first three suppresses the number. A wave of 15 organisations fails the first
/// whatever it finds, and silence would help nobody, so here the number stays and is marked: `unreliable` under 10
/// organisations or when interval and effective n both fail, `caution` when one rule fails.
/// Source: NCHS Series 2 No. 175 (2017).
pub fn of_share(share: f64, width: Option<f64>, n: usize, n_eff: Option<f64>, df: f64) -> Reliability {
    let Some(width) = width else {
        return Reliability::Unreliable;
    };
    if n < FEW {
        return Reliability::Unreliable;
    }
    if width <= NARROW && df >= FREEDOM {
        return Reliability::Ok;
    }
    let few = n_eff.unwrap_or(n as f64).min(n as f64) < EFFECTIVE;
    let wide = width >= WIDE || width > RELATIVE * share;
    match (few, wide) {
        (true, true) => Reliability::Unreliable,
        (false, false) if df >= FREEDOM && width <= RELATIVE * (1.0 - share) => Reliability::Ok,
        _ => Reliability::Caution,
    }
}

/// Judges a mean on a scale by the share of the scale that its interval covers, by the same bounds.
pub fn of_mean(width: Option<f64>, range: f64, n: usize, n_eff: Option<f64>, df: f64) -> Reliability {
    let Some(width) = width else {
        return Reliability::Unreliable;
    };
    let few = n_eff.unwrap_or(n as f64).min(n as f64) < EFFECTIVE || df < FREEDOM;
    let wide = width / range >= WIDE;
    match (n < FEW, few, wide) {
        (true, _, _) | (_, true, true) => Reliability::Unreliable,
        (_, false, false) => Reliability::Ok,
        _ => Reliability::Caution,
    }
}

#[cfg(test)]
mod tests {
    use super::{of_mean, of_share};
    use nulmeting_study::words::Reliability;

    #[test]
    fn fifteen_boards_are_marked_and_not_silenced() {
        assert_eq!(
            of_share(0.33, Some(0.52), 15, Some(15.0), 14.0),
            Reliability::Unreliable
        );
        assert_eq!(of_mean(Some(0.5), 4.0, 15, Some(15.0), 14.0), Reliability::Caution);
    }

    #[test]
    fn a_sure_share_is_ok_and_a_rare_one_is_not() {
        assert_eq!(of_share(0.5, Some(0.16), 120, Some(118.0), 110.0), Reliability::Ok);
        assert_eq!(
            of_share(0.02, Some(0.06), 120, Some(118.0), 110.0),
            Reliability::Caution
        );
        assert_eq!(of_share(0.5, Some(0.16), 120, Some(118.0), 5.0), Reliability::Caution);
    }
}
