//! Texts that respondents wrote and that may not reach a table.
//!
//! Of a closed item a text is kept when every word of it is the codebook's or the lexicon's, and so says
//! nothing about a person. Of a text that was not understood only what cannot be a name, an address or a
//! number of somebody is kept: that is enough to correct a slip of the pen.

use nulmeting_study::lexicon::fold;

/// Longest text, not understood, that may be kept.
const LONGEST: usize = 40;
/// Most digits of such a text: a telephone number has more.
const DIGITS: usize = 6;
/// Most letters in a row of such a text: a name has more.
const LETTERS: usize = 2;
/// Longer words that tools and scales use and people are not called.
const PLAIN: &[&str] = &["level", "niveau", "volwassenheidsniveau", "maturity", "oth", "other"];

/// The delivered text as far as it may be kept.
pub(crate) fn kept(text: &str, understood: bool) -> Option<String> {
    (understood || is_plain(text)).then(|| text.trim().to_owned())
}

/// Whether a text that was not understood is somebody's own writing, which calls for a finding of its own.
pub(crate) fn is_writing(text: &str) -> bool {
    text.contains('@') || text.chars().count() > LONGEST
}

fn is_plain(text: &str) -> bool {
    let text = fold(text);
    let plain_word = |word: &str| word.chars().count() <= LETTERS || PLAIN.contains(&word);
    !is_writing(&text)
        && text.chars().filter(char::is_ascii_digit).count() <= DIGITS
        && text.split(|letter: char| !letter.is_alphabetic()).all(plain_word)
}

#[cfg(test)]
mod tests {
    use super::{is_writing, kept};

    #[test]
    fn slips_of_the_pen_are_kept() {
        for text in ["9", "2,5", "0+", "-oth-", "Niveau 9", "3 - 4", "?"] {
            assert_eq!(kept(text, false).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_may_be_about_somebody_is_not() {
        for text in ["Jansen", "vraag Jan de Vries", "j@b.nl", "06-12345678", "zie ons plan"] {
            assert_eq!(kept(text, false), None, "{text}");
        }
        assert!(is_writing("j@b.nl"));
        assert!(is_writing(&"x".repeat(41)));
        assert!(!is_writing("zie ons plan"));
    }

    #[test]
    fn understood_texts_are_the_codebooks_own_words() {
        assert_eq!(kept(" 3 - Bepaald ", true).as_deref(), Some("3 - Bepaald"));
    }
}
