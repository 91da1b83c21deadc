//! The text files that a study names beside its data, each read once: what is hashed is what was parsed.

use crate::exit::Failure;
use crate::lineage::manifest::sha256;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Texts by path.
///
/// A file that was read twice could change in between, and outputs of the one text would stand under the hash of the
/// other.
#[derive(Debug, Default)]
pub(crate) struct ReadTexts(BTreeMap<PathBuf, String>);

impl ReadTexts {
    /// The text of a file, from disk the first time.
    ///
    /// Errors: a file that cannot be read, or is no UTF-8.
    pub(crate) fn text(&mut self, path: &Path) -> Result<String, Failure> {
        if let Some(text) = self.0.get(path) {
            return Ok(text.clone());
        }
        let text = std::fs::read_to_string(path).map_err(|cause| Failure::reading(path, &cause))?;
        self.0.insert(path.to_owned(), text.clone());
        Ok(text)
    }

    /// The hash of each file as it was read.
    pub(crate) fn hashes(&self) -> BTreeMap<PathBuf, String> {
        let texts = self.0.iter();
        texts
            .map(|(path, text)| (path.clone(), sha256(text.as_bytes())))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::ReadTexts;
    use crate::lineage::manifest::sha256;

    #[test]
    fn a_file_that_changes_after_it_was_read_keeps_the_text_and_the_hash_of_its_first_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("norms.csv");
        let mut read = ReadTexts::default();
        std::fs::write(&path, "old").unwrap();
        assert_eq!(read.text(&path).unwrap(), "old");
        std::fs::write(&path, "new").unwrap();
        assert_eq!(read.text(&path).unwrap(), "old");
        assert_eq!(read.hashes()[&path], sha256(b"old"));
    }
}
