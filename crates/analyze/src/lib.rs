//! From typed tables to estimates: what the answers of the boards that took part say about all boards.
//!
//! In reading order: the survey engine (designs, estimators, intervals), the algorithms of typology, then the
//! stage itself: scores, the sample, clusters and types, the variables, disclosure control, their estimates, choices and attention. This crate
//! does no input or output, asks no clock, and draws random numbers only from a seed that it is given.

pub mod survey;
pub mod typology;

pub mod clusters;
pub mod sample;
pub mod score;
pub mod types;
pub mod variable;

pub mod disclosure;

pub mod attention;
pub mod bands;
pub mod change;
pub mod choices;
pub mod comparisons;
pub mod estimates;
pub mod next_wave;
pub mod reliability;
pub mod representation;
pub mod sums;
pub mod validation;

mod analysis;

pub use analysis::{Analysed, analyze};

/// An analysis that cannot go on because of the data.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The sample of a wave cannot be estimated from.
    #[error("wave `{wave}`: {cause}")]
    Design {
        /// Wave.
        wave: String,
        /// What is wrong with it.
        #[source]
        cause: survey::Error,
    },
}
