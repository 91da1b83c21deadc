//! Moments as survey tools write them, in a form that sorts by time.
//!
//! Most tools write local time without a zone, so zones are not converted: a moment orders responses, it dates
//! nothing. Where day and month can stand in either order, the whole column decides, and what no column decides is
//! read as the tool is known to write it, or not at all.

mod calendar;

pub use self::calendar::Clock;
pub(crate) use self::calendar::civil;

/// The order of day and month in dates with slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// 31/12/2024.
    DayFirst,
    /// 12/31/2024.
    MonthFirst,
}

impl DateOrder {
    /// The order that a column of dates shows; `usual` when no date of it can be only one of the two.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>, usual: Option<Self>) -> Option<Self> {
        let (mut day, mut month) = (false, false);
        for (first, second, _) in texts.filter_map(parts) {
            day |= first > 12;
            month |= second > 12;
        }
        match (day, month) {
            (true, false) => Some(Self::DayFirst),
            (false, true) => Some(Self::MonthFirst),
            (false, false) => usual,
            // A column with both was put together from two accounts, and no one can say which row is which.
            (true, true) => None,
        }
    }
}

/// The three numbers of a date with slashes that ends in its year; spreadsheets write the last two digits of it.
fn parts(text: &str) -> Option<(u32, u32, u32)> {
    let day = text.trim().split(' ').next()?;
    let own: Vec<&str> = day.split('/').collect();
    let [first, second, year] = own.as_slice() else {
        return None;
    };
    let (a, b, number) = (first.parse().ok()?, second.parse().ok()?, year.parse().ok()?);
    match (first.len(), year.len()) {
        // No survey tool is older than the century.
        (1 | 2, 2) => Some((a, b, 2000 + number)),
        _ => (number > 99).then_some((a, b, number)),
    }
}

/// A moment: year first, or day first with dashes, or with slashes in a known order; twelve-hour clocks too.
pub(crate) fn moment(text: &str, order: Option<DateOrder>) -> Option<String> {
    let text = text.trim();
    let (day, rest) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let day = match parts(text) {
        Some((a, b, year)) => {
            let (day, month) = match order? {
                DateOrder::DayFirst => (a, b),
                DateOrder::MonthFirst => (b, a),
            };
            if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
                return None;
            }
            format!("{year:04}-{month:02}-{day:02}")
        }
        None => day.replace('/', "-"),
    };
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
    let half = words.iter().find_map(|word| match word.to_ascii_uppercase().as_str() {
        "AM" | "A.M." => Some(0),
        "PM" | "P.M." => Some(12),
        _ => None,
    });
    let clock = words.first().copied().unwrap_or_default().split('.').next()?;
    let clock = clock.trim_end_matches('Z');
    let clock = match (half, clock.split_once(':')) {
        (Some(later), Some((hour, rest))) => {
            let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
            format!("{:02}:{rest}", hour % 12 + later)
        }
        _ => clock.to_owned(),
    };
    iso_moment(format!("{day} {clock}").trim())
}

/// A moment in a form that sorts by time: year-month-day, with or without hour, minute and second.
///
/// Day-month-year with dashes is Dutch and unambiguous; any other order of day and month is not guessed.
pub(crate) fn iso_moment(text: &str) -> Option<String> {
    let text = text.trim().replace('T', " ");
    let (day, time) = text.split_once(' ').unwrap_or((text.as_str(), ""));
    let digits =
        |part: &str, longest: usize| (1..=longest).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit());
    let parts: Vec<&str> = day.split('-').collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let day = match (a.len(), c.len()) {
        (4, 1 | 2) if digits(a, 4) && digits(b, 2) && digits(c, 2) => format!("{a}-{b:0>2}-{c:0>2}"),
        (1 | 2, 4) if digits(a, 2) && digits(b, 2) && digits(c, 4) => format!("{c}-{b:0>2}-{a:0>2}"),
        _ => return None,
    };
    let time: Vec<String> = time.split(':').map(|part| format!("{:0>2}", part.trim())).collect();
    let timed = time.len() >= 2 && time.iter().take(3).all(|part| digits(part, 2));
    Some(if timed {
        format!("{day} {}", time.join(":"))
    } else {
        day
    })
}

/// A day as year-month-day, from that form or from day-month-year.
pub(crate) fn day(text: &str) -> Option<String> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let (year, month, date) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let number =
        |text: &str, low: u32, high: u32| text.parse::<u32>().ok().filter(|value| (low..=high).contains(value));
    Some(format!(
        "{:04}-{:02}-{:02}",
        number(year, 1900, 9999)?,
        number(month, 1, 12)?,
        number(date, 1, 31)?
    ))
}

#[cfg(test)]
mod tests {
    use super::{DateOrder, day, iso_moment, moment};

    #[test]
    fn twelve_hour_clock_with_zone_and_unpadded_parts() {
        let own = |text: &str| moment(text, None).unwrap_or_default();
        assert_eq!(own("2018/05/15 7:07:45 PM GMT+1"), "2018-05-15 19:07:45");
        assert_eq!(own("2018/05/15 12:07:45 AM GMT+1"), "2018-05-15 00:07:45");
        assert_eq!(own("2024-05-01T10:00:00.000Z"), "2024-05-01 10:00:00");
        assert_eq!(own("8/17/2021 1:40:31"), "");
    }

    #[test]
    fn column_decides_the_order_of_day_and_month() {
        let order = |texts: &[&str]| DateOrder::of(texts.iter().copied(), None);
        assert_eq!(order(&["8/17/2021 1:40:31", "9/1/2021"]), Some(DateOrder::MonthFirst));
        assert_eq!(order(&["17/8/2021", "1/9/2021"]), Some(DateOrder::DayFirst));
        assert_eq!(order(&["1/9/2021"]), None);
        assert_eq!(order(&["17/8/2021", "8/17/2021"]), None);
        let read = moment("9/1/2021 1:40:31", Some(DateOrder::MonthFirst));
        assert_eq!(read.as_deref(), Some("2021-09-01 01:40:31"));
        assert_eq!(moment("13/13/2021", Some(DateOrder::DayFirst)), None);
    }

    #[test]
    fn year_of_two_digits_is_of_this_century() {
        let order = DateOrder::of(["7/27/26 19:06:23", "7/2/26 19:06"].into_iter(), None);
        assert_eq!(order, Some(DateOrder::MonthFirst));
        assert_eq!(moment("7/2/26 19:06", order).as_deref(), Some("2026-07-02 19:06"));
        assert_eq!(moment("7/2/6", order), None);
    }

    #[test]
    fn only_unambiguous_moments_are_read() {
        assert_eq!(iso_moment("2024-05-01 9:04:05").as_deref(), Some("2024-05-01 09:04:05"));
        assert_eq!(iso_moment("1-5-2024").as_deref(), Some("2024-05-01"));
        assert_eq!(iso_moment("1/5/2024"), None);
    }

    #[test]
    fn days_are_read_in_both_orders() {
        assert_eq!(day("2024-08-01").as_deref(), Some("2024-08-01"));
        assert_eq!(day("1-8-2024").as_deref(), Some("2024-08-01"));
        assert_eq!(day("augustus"), None);
    }
}
