//! A made-up study with a known truth, in the shapes in which real exports come.
//!
//! From a seed follow the boards, who is asked, how mature each is, what it answers, through which tool, and
//! what goes wrong on the way; beside the files stands the truth that a pipeline must recover. Nothing is read
//! or written here, no clock is asked, and no real board, norm or answer is in it.

mod choice;
mod codebook;
mod datafile;
mod delivery;
mod dta;
mod export;
mod forms;
mod googleforms;
mod limesurvey;
mod map;
mod maturity;
mod moment;
mod qualtrics;
mod random;
mod register;
mod sample;
mod sav;
mod study;
mod surveymonkey;
mod tidy;
mod truth;
mod wave;
mod workbook;

pub use export::Export;
pub use study::study;

/// What to make up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Boards in the register.
    /// Unit: boards, 60 to 90,000.
    pub organisations: usize,
    /// Waves: with one, a sampled wave with levels; with two, a volunteers' wave with tests before it; with
    /// more, a sampled wave in each year that follows.
    pub waves: usize,
    /// Seed of everything: the same seed gives the same bytes.
    pub seed: u64,
    /// The one format in which all is written; left out: the mixture of tools that real fieldwork has.
    pub export: Option<Export>,
    /// How much every board moves on each axis in a year.
    /// Unit: hundredths of a level, before levels are rounded and cut off.
    pub change: i32,
    /// Kinds of boards: 1 is one continuous factor and no kinds at all.
    /// Unit: kinds, 1 to 6, without 5.
    pub kinds: usize,
    /// Boards of the first wave that have become part of another by the next, where both answered before and after.
    /// Unit: mergers, at most one for every 200 boards.
    pub mergers: usize,
    /// How much lower a level is under the framework of the last wave, which is stricter than the one before it.
    /// Unit: hundredths of a level, before levels are rounded and cut off; 0: the framework stays.
    pub stricter: i32,
    /// Boards that answer both versions of the framework in the last wave, where it is another.
    /// Unit: boards, at most those that answer.
    pub bridge: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            organisations: 1_000,
            waves: 2,
            seed: 20_230_911,
            export: None,
            change: 12,
            kinds: 4,
            mergers: 0,
            stricter: 0,
            bridge: 0,
        }
    }
}

/// Why no study can be made up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Too few or too many boards, or no wave.
    #[error("{found}; expected {expected}")]
    Options {
        /// What was asked for.
        found: String,
        /// What can be made.
        expected: &'static str,
    },
    /// The invented codebook cannot be read.
    #[error("the invented codebook cannot be read")]
    Codebook(#[from] nulmeting_study::Error),
    /// A text beside the code is not in comma-separated values.
    #[error("a text of the made-up study cannot be read")]
    Text(#[from] csv::Error),
    /// A workbook cannot be written.
    #[error("a workbook of the made-up study cannot be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}
