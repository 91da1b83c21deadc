//! The one place where a double is rounded before it is written.

/// Rounds to 12 significant digits, so that the last bits of a sum never reach a file.
///
/// Unit: that of the argument. Missing: a number that is not finite is returned as it is, for the check
/// on writing to refuse.
pub fn round12(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        // Minus zero and zero print alike to a reader and must be one value.
        return if value == 0.0 { 0.0 } else { value };
    }
    scaled(value).unwrap_or_else(|| spelled(value))
}

/// Powers of ten that are doubles exactly.
const EXACT: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// How near to a half the part after the last digit must not come: scaling is off by less than 2e-4 of that digit.
const DOUBT: f64 = 1e-3;

/// Decimal formatting rounds exactly, which scaling by a power of ten does not; it is slow.
fn spelled(value: f64) -> f64 {
    format!("{value:.11e}").parse().expect("a formatted double parses")
}

/// The same by scaling, where that is certain to give it: twelve digits as a whole number, which a double holds, over
/// a power of ten that a double holds. The quotient (or product) is then the double nearest to the decimal number.
///
/// Absent: a number too large or small for such a power, and one so near to a half that scaling may round it wrongly.
fn scaled(value: f64) -> Option<f64> {
    // Floor of the exponent times log10(2), one too low at most: 1233 / 4096 is that logarithm to four digits.
    let exponent = (value.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    let mut places = 11 - ((exponent * 1233) >> 12);
    let mut whole = times(value, places)?;
    if whole.abs() < 1e11 {
        places += 1;
        whole = times(value, places)?;
    } else if whole.abs() >= 1e12 {
        places -= 1;
        whole = times(value, places)?;
    }
    let digits = whole.round();
    if ((whole - digits).abs() - 0.5).abs() < DOUBT {
        return None;
    }
    times(digits, -places)
}

/// A number times a power of ten, rounded once.
fn times(value: f64, places: i32) -> Option<f64> {
    let power = EXACT.get(places.unsigned_abs() as usize)?;
    Some(if places < 0 { value / power } else { value * power })
}

#[cfg(test)]
mod tests {
    use super::{round12, scaled, spelled};

    #[test]
    fn keeps_twelve_digits() {
        assert_eq!(round12(0.1 + 0.2), 0.3);
        assert_eq!(round12(123456.7890123456), 123456.789012);
        assert_eq!(round12(-0.0).to_bits(), 0.0f64.to_bits());
    }

    /// Doubles of every size and of few digits, in an order that repeats.
    fn doubles() -> impl Iterator<Item = f64> {
        let mut state = 20_230_911u64;
        std::iter::repeat_with(move || {
            // SplitMix64 (Steele, Lea and Flood 2014).
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        })
        .flat_map(|bits| {
            let small = (bits >> 11) as f64 / 9_007_199_254_740_992.0;
            let halves = (bits % 1_000_000_000_000) as f64 / 1e6 + 0.000_000_5;
            [
                f64::from_bits(bits),
                small,
                small * 1e5,
                halves,
                (bits % 1000) as f64 / 100.0,
            ]
        })
    }

    #[test]
    fn scaling_gives_what_spelling_gives() {
        let mut scaled_some = 0;
        for value in doubles().filter(|value| value.is_normal()).take(200_000) {
            if let Some(short) = scaled(value) {
                scaled_some += 1;
                assert_eq!(short.to_bits(), spelled(value).to_bits(), "{value:e}");
            }
            assert_eq!(round12(value).to_bits(), round12(round12(value)).to_bits(), "{value:e}");
        }
        assert!(scaled_some > 100_000, "{scaled_some} of 200,000");
    }

    #[test]
    fn powers_of_ten_and_their_neighbours_keep_their_digits() {
        for exponent in -300..300 {
            let power: f64 = format!("1e{exponent}").parse().unwrap();
            for value in [power.next_down(), power, power.next_up(), -power] {
                assert_eq!(round12(value).to_bits(), spelled(value).to_bits(), "{value:e}");
            }
        }
    }
}
