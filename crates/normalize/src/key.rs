//! The key of the pseudonyms: read from the text of its file, and refused where somebody could guess it.
//!
//! A pseudonym is only as secret as its key: whoever guesses the key tries the register and has every board. A word,
//! a year or a file that lies about is guessed in seconds, so only what looks drawn at random is taken.

use crate::Error;
use sha2::{Digest, Sha256};

/// Hexadecimal digits of the shortest key: 128 bits.
const HEXADECIMAL_DIGITS: usize = 32;
/// Base64 characters of the shortest key: 32 bytes, as the hint of every message makes them.
const BASE64_CHARACTERS: usize = 43;
/// Share of the different characters that chance leads to expect: random keys have it but for one in a million.
const FEWEST_DIFFERENT: f64 = 0.6;
/// Share of neighbours of different kinds (upper case, lower case, digit): words have few, random base64 two thirds.
const FEWEST_CHANGES: f64 = 0.35;
/// The line that `nulmeting synth` writes above the keys that it makes: anybody can make them again from the seed.
const MADE_UP: &str = "made by `nulmeting synth`";
/// SHA-256 of keys that are public, in hexadecimal.
const PUBLIC: &str = include_str!("../../../data/lexicon/public-keys.txt");

/// A key that was drawn at random, or that a study of made-up data may use.
#[derive(Clone)]
pub(crate) struct Key(String);

impl Key {
    /// Takes the text of the key file; empty lines and lines that start with `#` do not belong to the key.
    ///
    /// Shape: `made_up` says that all data of the study are made up, so that a public key gives nobody away.
    /// Errors: a key that is public, or that could be guessed, with what is wrong with it and never the key.
    pub(crate) fn parse(text: &str, made_up: bool) -> Result<Self, Error> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let (comments, keys): (Vec<&str>, Vec<&str>) = lines.by_ref().partition(|line| line.starts_with('#'));
        let weak = |fault: String| Err(Error::WeakKey { fault });
        let key = match keys[..] {
            [key] => key,
            [] => return weak("is empty".to_owned()),
            _ => return weak(format!("has {} lines", keys.len())),
        };
        if !made_up && (comments.iter().any(|line| line.contains(MADE_UP)) || is_public(key)) {
            return Err(Error::PublicKey);
        }
        match fault(key) {
            Some(fault) => weak(fault),
            None => Ok(Self(key.to_owned())),
        }
    }

    /// The bytes that authenticate a number.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn is_public(key: &str) -> bool {
    let hash: String = Sha256::digest(key.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    PUBLIC.lines().any(|line| line.trim() == hash)
}

/// What makes a key guessable; absent for one that looks drawn at random.
fn fault(key: &str) -> Option<String> {
    let characters: Vec<char> = key.trim_end_matches('=').chars().collect();
    let is_hexadecimal = characters.iter().all(char::is_ascii_hexdigit);
    let is_base64 = |letter: &char| letter.is_ascii_alphanumeric() || "+/-_".contains(*letter);
    if !characters.iter().all(is_base64) {
        return Some("holds other characters than hexadecimal digits or base64".to_owned());
    }
    let (size, least, run) = match is_hexadecimal {
        true => (16.0, HEXADECIMAL_DIGITS, 8),
        false => (64.0, BASE64_CHARACTERS, 5),
    };
    let length = characters.len();
    if length < least {
        let kind = if is_hexadecimal {
            "hexadecimal digits"
        } else {
            "base64 characters"
        };
        return Some(format!("has {length} {kind} where {least} are needed"));
    }
    if repeats(&characters, run) || is_sequence(&characters) {
        return Some("repeats or counts".to_owned());
    }
    let different = characters.iter().collect::<std::collections::BTreeSet<_>>().len() as f64;
    let expected = size * (1.0 - libm::pow(1.0 - 1.0 / size, length as f64));
    if different < FEWEST_DIFFERENT * expected {
        return Some(format!("has only {different} different characters"));
    }
    let changes = characters
        .windows(2)
        .filter(|pair| kind(pair[0]) != kind(pair[1]))
        .count() as f64;
    if !is_hexadecimal && changes < FEWEST_CHANGES * (length - 1) as f64 {
        return Some("reads like words".to_owned());
    }
    None
}

/// Whether a run of characters of this length stands in the key twice.
fn repeats(characters: &[char], run: usize) -> bool {
    let runs: Vec<&[char]> = characters.windows(run).collect();
    runs.iter()
        .enumerate()
        .any(|(index, first)| runs[index + 1..].contains(first))
}

/// Whether every character is the one after, or before, its neighbour.
fn is_sequence(characters: &[char]) -> bool {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let mut steps = characters.windows(2).map(step);
    let Some(first) = steps.next() else { return true };
    first.abs() <= 1 && steps.all(|step| step == first)
}

fn kind(letter: char) -> u8 {
    match letter {
        'A'..='Z' => 0,
        'a'..='z' => 1,
        '0'..='9' => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::Error;

    const EXAMPLE: &str = include_str!("../../../data/example/keys/pseudonym.key");
    /// `head -c 32 /dev/urandom | base64`, run once for this test.
    const DRAWN: &str = "q3Zt0Wm5yJ8fXb2KcVnR7uHdLs9pGe1TiAo4BvNxYkE=";

    #[test]
    fn a_key_that_could_be_guessed_is_refused_with_the_reason() {
        for (key, reason) in [
            ("", "empty"),
            ("geheim", "base64 characters"),
            ("aaaaaaaaaaaaaaaa", "hexadecimal digits"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "repeats"),
            ("wachtwoordwachtwoord", "base64 characters"),
            ("wachtwoordwachtwoordwachtwoordwachtwoordwachtwoord", "repeats"),
            ("1234567890123456", "hexadecimal digits"),
            ("0123456789abcdef0123456789abcdef", "repeats"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstu", "other characters"),
            ("nulmeting2024nulmeting", "base64 characters"),
            ("DeNulmetingVanAlleSchoolbesturenInNederland2024", "words"),
            ("een sleutel die niemand raadt, of toch wel", "other characters"),
            ("bestuursnummer;naam\n40001;Brug\n", "lines"),
        ] {
            let Err(Error::WeakKey { fault }) = Key::parse(key, true) else {
                panic!("{key} was taken")
            };
            assert!(fault.contains(reason), "{key}: {fault}");
            assert!(key.is_empty() || !fault.contains(key), "the message gives the key away");
        }
    }

    #[test]
    fn a_random_key_is_taken_with_blanks_and_comments_around_it() {
        let key = Key::parse(&format!("# keep this\r\n\r\n {DRAWN}\r\n"), false).unwrap();
        assert_eq!(key.bytes(), DRAWN.as_bytes());
        // Python 3: secrets.token_hex(16)
        Key::parse("9f86d081884c7d659a2feaa0c55ad015", false).unwrap();
    }

    #[test]
    fn the_key_of_the_example_serves_made_up_data_only_even_without_its_comment() {
        let bare = EXAMPLE.lines().last().unwrap();
        for text in [EXAMPLE, bare] {
            assert!(matches!(Key::parse(text, false), Err(Error::PublicKey)), "{text}");
            Key::parse(text, true).unwrap();
        }
    }
}
