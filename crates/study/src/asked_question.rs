//! The instruments as delivered: every question with its text, what it offers, and what the map makes of it.

use crate::Place;

/// A question of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedQuestion {
    /// Wave of the measurement.
    pub wave: String,
    /// Place of its source entry among those of the wave.
    pub entry: usize,
    /// Its column or cell.
    pub place: Place,
    /// Question as the source names it, by code or by text.
    pub question: String,
    /// Row, statement or option within the question; empty when there is none.
    pub option: String,
    /// Text of question and option; empty when neither the file nor a structure has it.
    pub text: String,
    /// Code and label of the answers it offers; empty when no structure says so.
    pub labels: Vec<(String, String)>,
    /// The item that map or codebook give it; absent when neither knows it, empty when it is known and not used.
    pub item: Option<String>,
    /// The option of the item.
    pub item_option: String,
}
