//! Numbers that count time, as statistics programs and spreadsheets store them, as days and moments.

/// Days from 14 October 1582 to 1 January 1970.
const SPSS_DAYS: i64 = 141_428;
/// Days from 1 January 1960 to 1 January 1970.
const STATA_DAYS: i64 = 3_653;
const DAY: i64 = 86_400;

/// From when and in what unit a program counts time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Seconds since 14 October 1582.
    Spss,
    /// Days since 1 January 1960.
    StataDays,
    /// Milliseconds since 1 January 1960.
    StataMilliseconds,
}

impl Clock {
    /// A number that counts time as year-month-day; absent outside the years 1 to 9999.
    pub(crate) fn day(self, number: f64) -> Option<String> {
        let (year, month, day) = civil(self.seconds(number)?.div_euclid(DAY));
        (1..=9999)
            .contains(&year)
            .then(|| format!("{year:04}-{month:02}-{day:02}"))
    }

    /// The same with the time of day.
    pub(crate) fn moment(self, number: f64) -> Option<String> {
        let day = self.day(number)?;
        let second = self.seconds(number)?.rem_euclid(DAY);
        Some(format!(
            "{day} {:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        ))
    }

    /// Seconds since 1970.
    fn seconds(self, number: f64) -> Option<i64> {
        // Far beyond the year 9999 in any unit, and far within what the sums below can hold.
        if number.is_nan() || number.abs() >= 1e15 {
            return None;
        }
        let whole = number.floor() as i64;
        Some(match self {
            Self::Spss => whole - SPSS_DAYS * DAY,
            Self::StataDays => (whole.abs() < 10_000_000).then(|| (whole - STATA_DAYS) * DAY)?,
            Self::StataMilliseconds => whole.div_euclid(1000) - STATA_DAYS * DAY,
        })
    }
}

/// Year, month and day of a day counted from 1 January 1970, by Howard Hinnant's method.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn clocks_start_where_their_programs_say() {
        assert_eq!(Clock::Spss.day(0.0).as_deref(), Some("1582-10-14"));
        assert_eq!(Clock::StataDays.day(0.0).as_deref(), Some("1960-01-01"));
        assert_eq!(
            Clock::StataMilliseconds.moment(-1000.0).as_deref(),
            Some("1959-12-31 23:59:59")
        );
        // 29 February 2024, 13:04:59.
        assert_eq!(
            Clock::Spss.moment(13_928_591_099.0).as_deref(),
            Some("2024-02-29 13:04:59")
        );
    }

    #[test]
    fn value_outside_the_calendar_is_no_day() {
        for number in [1e300, -1e300, f64::NAN, 4e11, 9e14] {
            assert_eq!(Clock::Spss.day(number), None);
            assert_eq!(Clock::StataDays.day(number), None);
        }
    }
}
