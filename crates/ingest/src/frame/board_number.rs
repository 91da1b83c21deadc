//! Numbers of organisations as they are compared: text, with the leading zeros that spreadsheets take away.

use std::collections::{BTreeMap, BTreeSet};

/// The numbers that the registers of a study hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Length of a number, when all registers write numbers of one length.
    width: Option<usize>,
    /// Number without leading zeros to the numbers that look so.
    bare: BTreeMap<String, BTreeSet<String>>,
    known: BTreeSet<String>,
}

/// A number in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// The number.
    pub number: String,
    /// Whether it was written otherwise, blanks aside.
    pub repaired: bool,
}

impl Numbers {
    /// Learns how numbers are written from those of all registers.
    ///
    /// Method: when nearly all are digits of one length and some start with a zero, that is the length of a
    /// number, and a shorter one lost its zeros.
    pub fn learn<'a>(written: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut total, mut digits, mut zero) = (0, 0, false);
        for number in written.clone().map(strip) {
            total += 1;
            if is_digits(&number) {
                digits += 1;
                *lengths.entry(number.len()).or_default() += 1;
                zero |= number.starts_with('0');
            }
        }
        let longest = lengths.last_key_value().map(|(length, count)| (*length, *count));
        let width = longest
            .filter(|(_, count)| digits == total && (*count == total || (zero && count * 10 >= total * 9)))
            .map(|(length, _)| length);
        let mut numbers = Self {
            width,
            ..Self::default()
        };
        for number in written {
            let number = numbers.padded(&strip(number));
            numbers.bare.entry(bare(&number)).or_default().insert(number.clone());
            numbers.known.insert(number);
        }
        numbers
    }

    /// A number in the form of the register.
    ///
    /// Method: blanks and a `.0` go; then the number itself, the same number with other leading zeros, or the
    /// only number of the register that stands in the text; failing those, the text, with zeros if it is short.
    pub fn canonical(&self, typed: &str) -> Canonical {
        let trimmed = tidy(typed);
        let stripped = strip(typed);
        let number = self.find(&stripped).unwrap_or_else(|| self.padded(&stripped));
        Canonical {
            repaired: number != trimmed,
            number,
        }
    }

    fn find(&self, stripped: &str) -> Option<String> {
        if self.known.contains(stripped) {
            return Some(stripped.to_owned());
        }
        if is_digits(stripped) {
            return self.by_digits(stripped);
        }
        // Of two numbers in one text no one can say which was meant.
        let groups = stripped.split(|c: char| !c.is_ascii_digit());
        let groups: Vec<&str> = groups.filter(|group| group.len() > 2).collect();
        match groups.as_slice() {
            [only] => self.by_digits(only),
            _ => None,
        }
    }

    fn by_digits(&self, digits: &str) -> Option<String> {
        let alike = self.bare.get(&bare(digits))?;
        // Two numbers that differ in zeros only are two organisations, and no one can say which was meant.
        if alike.len() == 1 { alike.first().cloned() } else { None }
    }

    fn padded(&self, number: &str) -> String {
        match self.width {
            Some(width) if is_digits(number) && number.len() < width => format!("{number:0>width$}"),
            _ => number.to_owned(),
        }
    }
}

fn tidy(text: &str) -> String {
    nulmeting_study::item_map::tidy(text)
}

/// A number without blanks around it and without the `.0` of a spreadsheet.
fn strip(text: &str) -> String {
    let text = tidy(text);
    let text = text.trim_start_matches('\'');
    let whole = text.strip_suffix(".0").or_else(|| text.strip_suffix(",0"));
    whole.filter(|whole| is_digits(whole)).unwrap_or(text).to_owned()
}

fn bare(number: &str) -> String {
    number.trim_start_matches('0').to_owned()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    fn duo() -> Numbers {
        Numbers::learn(["40123", "01234", "30055"].into_iter())
    }

    #[test]
    fn lost_zeros_blanks_and_decimals_come_back() {
        let own = |text: &str| {
            let canonical = duo().canonical(text);
            (canonical.number, canonical.repaired)
        };
        assert_eq!(own("1234"), ("01234".into(), true));
        assert_eq!(own("40123.0"), ("40123".into(), true));
        assert_eq!(own(" 40123\u{a0}"), ("40123".into(), false));
        assert_eq!(own("Bestuur 40123"), ("40123".into(), true));
        assert_eq!(own("99"), ("00099".into(), true));
        assert_eq!(own("40123 of 30055"), ("40123 of 30055".into(), false));
    }

    #[test]
    fn numbers_of_several_lengths_are_not_padded() {
        let numbers = Numbers::learn(["1", "20", "300"].into_iter());
        assert_eq!(numbers.canonical("7").number, "7");
    }

    #[test]
    fn register_that_lost_zeros_itself_gets_them_back() {
        let mut written: Vec<String> = (0..20).map(|n| format!("{:05}", 40_000 + n)).collect();
        written.push("01111".into());
        written.push("1234".into());
        let numbers = Numbers::learn(written.iter().map(String::as_str));
        assert_eq!(numbers.canonical("1234").number, "01234");
    }

    #[test]
    fn two_numbers_that_differ_in_zeros_are_not_confused() {
        let numbers = Numbers::learn(["012", "12", "7"].into_iter());
        assert_eq!(numbers.canonical("0012").number, "0012");
    }
}
