//! What can be wrong with a text that the vocabulary parses.

/// A study file, codebook or map that cannot be used as it is.
///
/// Every error says where, what was found, what was expected, and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{found}; expected {expected}\n  at   {place}\n  hint {hint}")]
pub struct Error {
    /// File, and row or key where it is known.
    pub place: String,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
    /// What to do about it.
    pub hint: String,
}

impl Error {
    /// Builds an error from its four parts.
    pub fn new(
        place: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            found: found.into(),
            expected: expected.into(),
            hint: hint.into(),
        }
    }
}
