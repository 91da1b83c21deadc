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
    // Decimal formatting rounds exactly, which scaling by a power of ten does not.
    format!("{value:.11e}").parse().expect("a formatted double parses")
}

#[cfg(test)]
mod tests {
    use super::round12;

    #[test]
    fn keeps_twelve_digits() {
        assert_eq!(round12(0.1 + 0.2), 0.3);
        assert_eq!(round12(123456.7890123456), 123456.789012);
        assert_eq!(round12(-0.0).to_bits(), 0.0f64.to_bits());
    }
}
