//! Numbers that count time, as days and moments.

use super::{Clock, Kind};

/// Days from 14 October 1582 to 1 January 1970.
const SPSS_DAYS: i64 = 141_428;
/// Days from 1 January 1960 to 1 January 1970.
const STATA_DAYS: i64 = 3_653;
const DAY: i64 = 86_400;

/// A number that counts time as year-month-day, with the time of day for a moment.
///
/// Absent: for other kinds, and outside the years 1 to 9999.
pub(super) fn shown(kind: Kind, number: f64) -> Option<String> {
    let seconds = match kind {
        Kind::Day(clock) | Kind::Moment(clock) => seconds(clock, number)?,
        Kind::Number | Kind::Text => return None,
    };
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    if !(1..=9999).contains(&year) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    let rest = seconds.rem_euclid(DAY);
    Some(match kind {
        Kind::Moment(_) => format!("{date} {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60),
        _ => date,
    })
}

/// Seconds since 1970.
fn seconds(clock: Clock, number: f64) -> Option<i64> {
    // Far beyond the year 9999 in any unit, and far within what the sums below can hold.
    if number.is_nan() || number.abs() >= 1e15 {
        return None;
    }
    let whole = number.floor() as i64;
    Some(match clock {
        Clock::Spss => whole - SPSS_DAYS * DAY,
        Clock::StataDays => (whole.abs() < 10_000_000).then(|| (whole - STATA_DAYS) * DAY)?,
        Clock::StataMilliseconds => whole.div_euclid(1000) - STATA_DAYS * DAY,
    })
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
    use super::{Clock, Kind, shown};

    #[test]
    fn clocks_start_where_their_programs_say() {
        assert_eq!(shown(Kind::Day(Clock::Spss), 0.0).as_deref(), Some("1582-10-14"));
        assert_eq!(shown(Kind::Day(Clock::StataDays), 0.0).as_deref(), Some("1960-01-01"));
        assert_eq!(
            shown(Kind::Moment(Clock::StataMilliseconds), -1000.0).as_deref(),
            Some("1959-12-31 23:59:59")
        );
        // 29 February 2024, 13:04:59.
        assert_eq!(
            shown(Kind::Moment(Clock::Spss), 13_928_591_099.0).as_deref(),
            Some("2024-02-29 13:04:59")
        );
    }

    #[test]
    fn value_outside_the_calendar_is_no_day() {
        for number in [1e300, -1e300, f64::NAN, 4e11, 9e14] {
            assert_eq!(shown(Kind::Day(Clock::Spss), number), None);
            assert_eq!(shown(Kind::Day(Clock::StataDays), number), None);
        }
    }
}
