//! From typed tables to estimates: what the answers of the boards that took part say about all boards.
//!
//! In reading order: the survey engine (designs, estimators, intervals), then typology. This crate does no
//! input or output, asks no clock, and draws random numbers only from a seed that it is given.

pub mod survey;
pub mod typology;
