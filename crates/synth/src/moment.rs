//! Moments of the made-up fieldwork, counted from the first of January 2020: nothing here asks the clock.

use rust_xlsxwriter::{ExcelDateTime, XlsxError};

/// A moment in server time without a zone, as the survey tools write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    seconds: i64,
}

impl Moment {
    /// Eight in the morning on the first of a month.
    pub(crate) fn opening(year: i64, month: i64) -> Self {
        let years = year - 2020;
        // From 2020 on every fourth year is a leap year, until 2100.
        let leap_days = (years + 3).div_euclid(4);
        let days: i64 = years * 365 + leap_days + (1..month).map(|m| days_in(year, m)).sum::<i64>();
        Self {
            seconds: days * 86_400 + 8 * 3_600,
        }
    }

    /// The moment that many seconds later.
    pub(crate) fn later(self, seconds: i64) -> Self {
        Self {
            seconds: self.seconds + seconds,
        }
    }

    /// Seconds since the first of January 1970.
    pub(crate) fn since_1970(self) -> i64 {
        self.seconds + 18_262 * 86_400
    }

    /// Year, month, day, hour, minute and second.
    pub(crate) fn parts(self) -> (i64, i64, i64, i64, i64, i64) {
        let (mut days, rest) = (self.seconds.div_euclid(86_400), self.seconds.rem_euclid(86_400));
        let mut year = 2020;
        while days >= (1..=12).map(|m| days_in(year, m)).sum() {
            days -= (1..=12).map(|m| days_in(year, m)).sum::<i64>();
            year += 1;
        }
        let mut month = 1;
        while days >= days_in(year, month) {
            days -= days_in(year, month);
            month += 1;
        }
        (year, month, days + 1, rest / 3_600, rest / 60 % 60, rest % 60)
    }

    /// As `2024-09-02 08:00:00`.
    pub(crate) fn text(self) -> String {
        let (year, month, day, hour, minute, second) = self.parts();
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }

    /// As a date cell.
    pub(crate) fn cell(self) -> Result<ExcelDateTime, XlsxError> {
        let (year, month, day, hour, minute, second) = self.parts();
        // The parts of a calendar date fit the narrow types by construction.
        ExcelDateTime::from_ymd(year as u16, month as u8, day as u8)?.and_hms(hour as u16, minute as u8, second as f64)
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn moments_follow_the_calendar() {
        assert_eq!(Moment::opening(2023, 4).text(), "2023-04-01 08:00:00");
        assert_eq!(
            Moment::opening(2024, 2).later(28 * 86_400).text(),
            "2024-02-29 08:00:00"
        );
        assert_eq!(Moment::opening(2025, 1).later(-1).text(), "2025-01-01 07:59:59");
    }
}
