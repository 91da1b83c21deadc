//! The names under which organisations appear when the study does not identify them.
//!
//! Keyed and one-way: whoever holds the key finds an organisation back by trying the register, nobody else
//! does. The same key gives the same name in every wave, which is what lets years be compared.

use crate::Error;
use crate::key::Key;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;

/// Characters of a pseudonym after its prefix: 50 bits, so that a million boards meet by chance once in 2,000 keys.
const LENGTH: usize = 10;
/// Letters and digits that nobody mistakes for one another when a name is read aloud (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Gives organisations their pseudonyms.
#[derive(Clone)]
pub struct Pseudonyms {
    mac: Hmac<Sha256>,
}

impl Pseudonyms {
    /// Takes the text of the key file: one line, beside empty lines and comments that start with `#`.
    ///
    /// Shape: `made_up` says that all data of the study are made up, so that a public key gives nobody away.
    /// Errors: a key that is public, or that could be guessed.
    pub fn new(key: &str, made_up: bool) -> Result<Self, Error> {
        let key = Key::parse(key, made_up)?;
        let mac = Hmac::new_from_slice(key.bytes()).expect("HMAC takes a key of any length");
        Ok(Self { mac })
    }

    /// The pseudonym of an organisation: `B-` and ten letters and digits, the same in every wave.
    ///
    /// Method: the first 50 bits of HMAC-SHA256 over the organisation's number, in Crockford's base 32.
    pub fn of(&self, organisation: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(organisation.as_bytes());
        let digest = mac.finalize().into_bytes();
        let bits = digest[..8].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letters = (0..LENGTH).map(|place| {
            let five = (bits >> (59 - 5 * place)) & 31;
            char::from(ALPHABET[usize::try_from(five).expect("five bits fit")])
        });
        format!("B-{}", letters.collect::<String>())
    }

    /// Refuses a register in which two organisations would share a pseudonym.
    pub fn check<'a>(&self, organisations: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
        let mut taken = BTreeMap::new();
        for organisation in organisations {
            let pseudonym = self.of(organisation);
            match taken.get(&pseudonym) {
                Some(other) if *other != organisation => return Err(Error::SharedPseudonym { pseudonym }),
                _ => taken.insert(pseudonym, organisation),
            };
        }
        Ok(())
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key must not reach a log by way of a debug print.
        f.write_str("Pseudonyms")
    }
}

#[cfg(test)]
mod tests {
    use super::Pseudonyms;

    /// Drawn once for these tests.
    const KEY: &str = "q3Zt0Wm5yJ8fXb2KcVnR7uHdLs9pGe1TiAo4BvNxYkE=";

    #[test]
    fn stable_over_waves_and_blind_to_blanks_around_the_key() {
        let names = Pseudonyms::new(KEY, false).unwrap();
        assert_eq!(
            names.of("40001"),
            Pseudonyms::new(&format!(" {KEY}\r\n"), false).unwrap().of("40001")
        );
        assert_ne!(names.of("40001"), names.of("40002"));
        assert_ne!(
            names.of("40001"),
            Pseudonyms::new("9f86d081884c7d659a2feaa0c55ad015", false)
                .unwrap()
                .of("40001")
        );
    }

    #[test]
    fn equals_the_hmac_of_another_implementation() {
        // Python 3: hmac.new(key, b"40001", hashlib.sha256).digest(), its first 50 bits in base 32.
        let name = Pseudonyms::new(KEY, false).unwrap().of("40001");
        assert_eq!(name, "B-5HFT6HRCTC");
    }

    #[test]
    fn register_without_collision_passes_and_the_same_number_twice_is_none() {
        let names = Pseudonyms::new(KEY, false).unwrap();
        let register: Vec<String> = (0..20_000).map(|number| format!("{number:05}")).collect();
        names.check(register.iter().map(String::as_str)).unwrap();
        names.check(["40001", "40001"]).unwrap();
    }

    #[test]
    fn debug_print_shows_no_key() {
        assert_eq!(format!("{:?}", Pseudonyms::new(KEY, false).unwrap()), "Pseudonyms");
    }
}
