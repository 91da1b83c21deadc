//! Texts that come back in many cells, held once.
//!
//! Most answers of an export are one of a few labels. A copy of each for every cell takes more memory than the export.

use std::collections::HashSet;
use std::sync::Arc;

/// Longest text that is looked up.
/// Unit: bytes; longer ones are remarks, and hardly ever come back.
const LONGEST: usize = 64;
/// Most texts that are kept for looking up.
const MOST: usize = 4_096;

/// Texts that were seen before.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    // Its hashes are seeded: a file cannot be written so that all of its texts fall together.
    seen: HashSet<Arc<str>>,
}

impl Shelf {
    /// The text, shared with the cells before that have the same.
    pub(crate) fn keep(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST {
            return text.into();
        }
        if let Some(seen) = self.seen.get(text) {
            return Arc::clone(seen);
        }
        let own: Arc<str> = text.into();
        if self.seen.len() < MOST {
            self.seen.insert(Arc::clone(&own));
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;
    use std::sync::Arc;

    #[test]
    fn equal_labels_are_one_text_and_long_remarks_are_not_looked_up() {
        let mut shelf = Shelf::default();
        let (first, second) = (shelf.keep("Niveau 3"), shelf.keep("Niveau 3"));
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(&*shelf.keep("Niveau 4"), "Niveau 4");
        let long = "x".repeat(super::LONGEST + 1);
        assert!(!Arc::ptr_eq(&shelf.keep(&long), &shelf.keep(&long)));
    }
}
