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
    /// Method: a number that a spreadsheet wrote in another way (`41.234`, `41 234`, `41234.0`, `4.1234E4`) is taken as
    /// that number; then the number itself, or the same with other leading zeros. In a text with words only a group of
    /// digits of the full length of a number is taken: a postcode, a year or a part of a grouped number is shorter.
    /// Failing those, the text, with zeros if it is a short number.
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
        let groups: Vec<&str> = stripped.split(|c: char| !c.is_ascii_digit()).collect();
        let full = |group: &&&str| match self.width {
            Some(width) => group.len() == width,
            None => self.known.contains(**group),
        };
        // Of two numbers in one text no one can say which was meant.
        let mut full = groups.iter().filter(full);
        match (full.next(), full.next()) {
            (Some(only), None) => self.by_digits(only),
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

/// A number without blanks around it, and as plain digits where a spreadsheet wrote it as a number.
fn strip(text: &str) -> String {
    let text = tidy(text);
    let text = text.trim_start_matches('\'');
    plain_digits(text).unwrap_or_else(|| text.to_owned())
}

/// The digits of a number with a zero fraction, in groups of three, or with an exponent; absent for other texts.
fn plain_digits(text: &str) -> Option<String> {
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
        let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        let exponent: usize = exponent.trim_start_matches('+').parse().ok()?;
        let digits = format!("{whole}{fraction}");
        let shift = exponent.checked_sub(fraction.len()).filter(|shift| *shift <= 12)?;
        return (whole.len() == 1 && is_digits(&digits)).then(|| format!("{digits}{:0<shift$}", ""));
    }
    let whole = |whole: &str| {
        let separator = whole.chars().find(|c| !c.is_ascii_digit())?;
        let groups: Vec<&str> = whole.split(separator).collect();
        let (first, rest) = groups.split_first()?;
        let grouped = matches!(separator, '.' | ',' | ' ' | '\'' | '\u{2019}')
            && (1..=3).contains(&first.len())
            && groups.iter().all(|group| is_digits(group))
            && rest.iter().all(|group| group.len() == 3);
        grouped.then(|| groups.concat())
    };
    // A fraction of one or two zeros; three digits behind a mark are a group.
    let cut = text.rsplit_once(['.', ',']);
    match cut.filter(|(_, zeros)| matches!(*zeros, "0" | "00")) {
        Some((number, _)) if is_digits(number) => Some(number.to_owned()),
        Some((number, _)) => whole(number),
        None => whole(text),
    }
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
    fn number_that_a_spreadsheet_wrote_is_never_that_of_another_organisation() {
        let numbers = Numbers::learn(["41234", "00234", "01042", "02019", "41235", "01235"].into_iter());
        for typed in [
            "41.234",
            "41 234",
            "41,234",
            "41\u{a0}234",
            "41'234",
            "41234,00",
            "41.234,0",
            "4.1234E4",
            "4,1234e+4",
        ] {
            assert_eq!(numbers.canonical(typed).number, "41234", "{typed}");
        }
        assert_eq!(numbers.canonical("4.1235E4").number, "41235");
        // A postcode, a year, a group that is too short, a negative exponent.
        for typed in [
            "Stichting De Brug, 1042 AB",
            "De Brug (fusie 2019)",
            "41.23",
            "4.1E-4",
            "nr. 234",
        ] {
            assert_eq!(numbers.canonical(typed).number, typed, "{typed}");
        }
        // Groups of a number that the register does not have are no number of the register either.
        assert_eq!(numbers.canonical("99.234").number, "99234");
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
