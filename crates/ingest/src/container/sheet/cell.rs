//! Addresses and values of cells.

use crate::dates::civil;

/// The letters of a column that is counted from 0.
pub fn letters(column: u32) -> String {
    let mut number = column + 1;
    let mut letters = Vec::new();
    while number > 0 {
        let digit = (number - 1) % 26;
        letters.push(char::from(
            b'A' + u8::try_from(digit).expect("a remainder of 26 fits a byte"),
        ));
        number = (number - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Row, from 1, and column, from 0, of an address like `AB12`; absent when it is none within a sheet.
pub(crate) fn address(text: &str) -> Option<(i64, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !(1..=3).contains(&letters) || text.len() - letters > 7 {
        return None;
    }
    let column = text[..letters].bytes().fold(0, |sum, letter| {
        sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A' + 1)
    });
    let row: i64 = text[letters..].parse().ok()?;
    ((1..=1_048_576).contains(&row) && column <= 16_384).then(|| (row, column - 1))
}

/// What a number is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Number,
    Moment,
}

/// How the number format with that code shows a number; `built_in` numbers have no code of their own.
pub(super) fn shown_by(built_in: u32, code: Option<&str>) -> Shown {
    match code {
        Some(code) if is_moment(code) => Shown::Moment,
        Some(_) => Shown::Number,
        None if matches!(built_in, 14..=22 | 27..=36 | 47 | 50..=58) => Shown::Moment,
        None => Shown::Number,
    }
}

/// Whether a format code shows a day or a time of day; hours beyond a day, as `[h]:mm`, are a length of time.
fn is_moment(code: &str) -> bool {
    let first = code.split(';').next().unwrap_or_default().to_lowercase();
    // The words for no format at all have letters in them that are no parts of a date.
    if ["general", "standaard", "standard"]
        .iter()
        .any(|word| first.contains(word))
    {
        return false;
    }
    let mut letters = first.chars();
    let mut found = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' => while letters.next().is_some_and(|letter| letter != '"') {},
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                let elapsed = !inside.is_empty() && inside.chars().all(|letter| "hms".contains(letter));
                if elapsed {
                    return false;
                }
            }
            'd' | 'y' | 'm' | 'h' | 's' => found = true,
            _ => {}
        }
    }
    found
}

/// A number as text, a moment as year-month-day with the time of day if it has one, a time of day by itself.
///
/// A moment outside the years 1 to 9999 is given as the number that it is.
pub(super) fn number(value: f64, shown: Shown, from_1904: bool) -> String {
    match shown {
        Shown::Moment => moment(value, from_1904).unwrap_or_else(|| value.to_string()),
        Shown::Number => value.to_string(),
    }
}

fn moment(serial: f64, from_1904: bool) -> Option<String> {
    const DAY: i64 = 86_400;
    if !(0.0..3_000_000.0).contains(&serial) {
        return None;
    }
    // Serial numbers hold binary fractions of a day: a whole second arrives as 59.999.
    let seconds = (serial * 86_400.0).round() as i64;
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days == 0 && rest > 0 {
        // Before the first day there is none: it is a time of day.
        return Some(time);
    }
    let days = match (from_1904, days) {
        (true, days) => days + 1_462,
        // Day 60 is 29 February 1900, which never was; the days before it count one less.
        (false, 0..60) => days + 1,
        (false, days) => days,
    };
    let (year, month, day) = civil(days - 25_569);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(match rest {
        0 => date,
        _ => format!("{date} {time}"),
    })
}

#[cfg(test)]
mod tests {
    use super::{Shown, address, letters, number, shown_by};

    #[test]
    fn letters_run_on_after_z() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn addresses_end_where_a_sheet_ends() {
        assert_eq!(address("AB12"), Some((12, 27)));
        assert_eq!(address("XFD1048576"), Some((1_048_576, 16_383)));
        for text in ["XFE1", "A0", "A1048577", "1", "A", "", "ABCD1", "A-1"] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn dates_of_both_epochs() {
        assert_eq!(number(45_413.0, Shown::Moment, false), "2024-05-01");
        assert_eq!(number(43_951.0, Shown::Moment, true), "2024-05-01");
        assert_eq!(number(1.0, Shown::Moment, false), "1900-01-01");
        assert_eq!(number(59.0, Shown::Moment, false), "1900-02-28");
        assert_eq!(number(61.0, Shown::Moment, false), "1900-03-01");
        assert_eq!(number(45_413.544_907_4, Shown::Moment, false), "2024-05-01 13:04:40");
        assert_eq!(number(-3.0, Shown::Moment, false), "-3");
        assert_eq!(number(1.5, Shown::Moment, false), "1900-01-01 12:00:00");
    }

    #[test]
    fn time_without_a_day_gets_none() {
        for from_1904 in [false, true] {
            assert_eq!(number(0.604_861_111, Shown::Moment, from_1904), "14:31:00");
        }
        assert_eq!(number(0.0, Shown::Moment, true), "1904-01-01");
    }

    #[test]
    fn format_codes_that_show_a_day() {
        for code in ["dd-mm-yyyy", "m/d/yy h:mm:ss", "[$-413]d mmmm yyyy;@", "yyyy\\-mm\\-dd"] {
            assert_eq!(shown_by(200, Some(code)), Shown::Moment, "{code}");
        }
        for code in [
            "0.00",
            "General",
            "Standaard\" dagen\"",
            "[h]:mm",
            "#,##0\\ \"m\"",
            "[Red]0",
            "@",
        ] {
            assert_eq!(shown_by(200, Some(code)), Shown::Number, "{code}");
        }
        assert_eq!(shown_by(14, None), Shown::Moment);
        assert_eq!(shown_by(2, None), Shown::Number);
    }
}
