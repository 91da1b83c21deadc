//! Answers counted instead of held: what levels, choices and sums are all made from.
//!
//! A study of a school sector fits in memory as rows. A study a thousand times larger does not, so its answers are
//! counted while they are read, per organisation and question. In reading order: texts as small codes, the tally of
//! a wave, blocks of coded answers, and the sums per primary unit that `data/sql` writes down for other engines.
//! This crate reads no file, and it decides nothing: which answer counts is decided by `normalize`.

mod coded;
mod sums;
mod tally;

pub use coded::Coded;
pub use sums::{TooLarge, level_counts, unit_sums};
pub use tally::{Block, COUNTED, Counted, Outcome, Packed, Question, Tally, WaveTally};
