//! How numbers read: decimals by language, and no more of them than the number of organisations allows.

use crate::Error;
use crate::view::absence::Absence;
use crate::view::{Number, View};
use nulmeting_study::words::Language;

/// Organisations from which a share may show a decimal.
const DECIMAL_FROM: i64 = 200;

/// A number of decimals, in the spelling of the language.
pub(crate) fn decimal(value: f64, decimals: usize, language: Language) -> String {
    let text = format!("{value:.decimals$}");
    // A negative number that rounds to nothing has no sign.
    let text = match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| c == '0' || c == '.') => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    };
    match language {
        Language::Nl => text.replace('.', ","),
        Language::En => text,
    }
}

/// A share as a percentage: whole per cents under 200 organisations, one decimal from there.
///
/// What is not quite none or all does not read as none or all.
pub(crate) fn percent(share: f64, n: i64, language: Language) -> String {
    let decimals = usize::from(n >= DECIMAL_FROM);
    let text = decimal(share * 100.0, decimals, language);
    let (none, all) = (decimal(0.0, decimals, language), decimal(100.0, decimals, language));
    let least = decimal(if decimals == 0 { 1.0 } else { 0.1 }, decimals, language);
    let most = decimal(if decimals == 0 { 99.0 } else { 99.9 }, decimals, language);
    if share > 0.0 && text == none {
        format!("<{least}%")
    } else if share < 1.0 && text == all {
        format!(">{most}%")
    } else {
        format!("{text}%")
    }
}

/// An interval of shares, as `18–29%`.
pub(crate) fn percent_range(low: f64, high: f64, n: i64, language: Language) -> String {
    let decimals = usize::from(n >= DECIMAL_FROM);
    let (low, high) = (
        decimal(low * 100.0, decimals, language),
        decimal(high * 100.0, decimals, language),
    );
    if low == high {
        format!("{low}%")
    } else {
        format!("{low}–{high}%")
    }
}

/// A level: one decimal under 200 organisations, two from there.
pub(crate) fn level(value: f64, n: i64, language: Language) -> String {
    decimal(value, if n >= DECIMAL_FROM { 2 } else { 1 }, language)
}

/// An interval of levels, as `1,8–2,1`.
pub(crate) fn level_range(low: f64, high: f64, n: i64, language: Language) -> String {
    format!("{}–{}", level(low, n, language), level(high, n, language))
}

/// A count, its thousands apart.
pub(crate) fn count(value: i64, language: Language) -> String {
    let digits = value.unsigned_abs().to_string();
    let apart = match language {
        Language::Nl => '.',
        Language::En => ',',
    };
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(apart);
        }
        text.push(digit);
    }
    if value < 0 { format!("−{text}") } else { text }
}

/// A list in words: `a, b en c`.
pub(crate) fn list(items: &[String], and: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// A date as it is read aloud: `1 juni 2024`; the text itself when it is no date.
pub(crate) fn date(text: &str, months: &[String]) -> String {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return text.to_owned();
    };
    let name = month
        .parse::<usize>()
        .ok()
        .and_then(|month| months.get(month.checked_sub(1)?));
    match (name, day.parse::<u32>()) {
        (Some(name), Ok(day)) => format!("{day} {name} {year}"),
        _ => text.to_owned(),
    }
}

impl View<'_> {
    pub(crate) fn percent(&self, value: f64, n: i64) -> String {
        percent(value, n, self.language())
    }

    pub(crate) fn level(&self, value: f64, n: i64) -> String {
        level(value, n, self.language())
    }

    pub(crate) fn count(&self, value: i64) -> String {
        count(value, self.language())
    }

    /// A share as a cell of a table: `23% (18–29%)`, or that it is not published.
    pub(crate) fn share_cell(&self, number: Option<Number<'_>>) -> Result<String, Error> {
        self.cell(number, |value, number| {
            (self.percent(value, number.n), self.share_interval(number))
        })
    }

    /// A level as a cell of a table.
    pub(crate) fn level_cell(&self, number: Option<Number<'_>>) -> Result<String, Error> {
        self.cell(number, |value, number| {
            (self.level(value, number.n), self.level_interval(number))
        })
    }

    fn cell(
        &self,
        number: Option<Number<'_>>,
        write: impl Fn(f64, &Number<'_>) -> (String, String),
    ) -> Result<String, Error> {
        match number {
            Some(Number { suppressed: true, .. }) => self.texts.word(Absence::Withheld.key()),
            Some(number @ Number { value: Some(value), .. }) => {
                let (estimate, interval) = write(value, &number);
                Ok(if interval.is_empty() {
                    estimate
                } else {
                    format!("{estimate} ({interval})")
                })
            }
            _ => Ok("–".to_owned()),
        }
    }

    /// The organisations under a number as text; a dash when it is withheld.
    pub(crate) fn organisations(&self, number: &Number<'_>) -> String {
        if number.suppressed {
            "–".to_owned()
        } else {
            self.count(number.n)
        }
    }

    /// An interval of shares as text; empty when there is none.
    pub(crate) fn share_interval(&self, number: &Number<'_>) -> String {
        let range = |(low, high)| percent_range(low, high, number.n, self.language());
        number.interval().map(range).unwrap_or_default()
    }

    /// An interval of levels as text; empty when there is none.
    pub(crate) fn level_interval(&self, number: &Number<'_>) -> String {
        let range = |(low, high)| level_range(low, high, number.n, self.language());
        number.interval().map(range).unwrap_or_default()
    }

    /// A value of the wave's own measure: a level, or the share of tests passed in a pass/fail wave.
    pub(crate) fn measure(&self, value: f64, n: i64) -> String {
        if self.has_levels() {
            self.level(value, n)
        } else {
            self.percent(value, n)
        }
    }

    /// A share as text; empty when it is withheld.
    pub(crate) fn share(&self, number: &Number<'_>) -> String {
        number
            .value
            .map(|value| self.percent(value, number.n))
            .unwrap_or_default()
    }

    /// A difference of shares in percentage points, with its sign.
    pub(crate) fn points(&self, difference: f64) -> String {
        signed(difference, decimal(difference * 100.0, 0, self.language()))
    }
}

/// The text of a number with a plus before it where it is above nought as printed.
pub(crate) fn signed(value: f64, text: String) -> String {
    let printed_as_nought = !text.contains(|digit| ('1'..='9').contains(&digit));
    if value > 0.0 && !printed_as_nought {
        format!("+{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_is_not_none_and_nearly_all_is_not_all() {
        assert_eq!(percent(0.0, 15, Language::Nl), "0%");
        assert_eq!(percent(0.002, 120, Language::Nl), "<1%");
        assert_eq!(percent(0.998, 120, Language::Nl), ">99%");
        assert_eq!(percent(0.1234, 1000, Language::Nl), "12,3%");
        assert_eq!(percent(0.0002, 1000, Language::En), "<0.1%");
        assert_eq!(percent_range(0.0, 0.218, 15, Language::Nl), "0–22%");
    }

    #[test]
    fn counts_and_levels_follow_the_language() {
        assert_eq!(count(80_000, Language::Nl), "80.000");
        assert_eq!(count(1_234_567, Language::En), "1,234,567");
        assert_eq!(level(1.94, 14, Language::Nl), "1,9");
        assert_eq!(level(1.94, 1000, Language::En), "1.94");
        assert_eq!(decimal(-0.001, 1, Language::Nl), "0,0");
        assert_eq!(decimal(-0.2, 1, Language::En), "−0.2");
    }
}
