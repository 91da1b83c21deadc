//! Characters that no document can hold: control characters, and the two code points that are no characters.
//!
//! A windows-1252 dash that was read as Latin-1, an escape sequence or a NUL in a title would make a PDF or an SVG
//! impossible after all numbers are made. Texts that readers will see are therefore made printable where they enter:
//! from the study file, the codebook and the register.

use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// What stands in place of a character that cannot be printed.
pub const REPLACEMENT: char = '\u{fffd}';

/// Whether a document can hold the character; a tab and the ends of lines are held.
fn is_printable(letter: char) -> bool {
    let control = letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
    !control && !('\u{fffe}'..='\u{ffff}').contains(&letter)
}

/// The text with [`REPLACEMENT`] for every character that no document can hold.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let letters = text.chars();
    Cow::Owned(
        letters
            .map(|letter| if is_printable(letter) { letter } else { REPLACEMENT })
            .collect(),
    )
}

/// Reads a text of a file that readers will see.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    Ok(printable(&String::deserialize(source)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_no_document_can_hold_is_replaced_and_the_rest_stays() {
        let text = "één\u{0}\u{1b}\u{96}\u{7f}\u{fffe}\u{ffff} 😀\tx\n";
        assert_eq!(
            printable(text),
            "één\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} 😀\tx\n"
        );
        assert_eq!(printable("Beleid – 2024"), "Beleid – 2024");
    }
}
