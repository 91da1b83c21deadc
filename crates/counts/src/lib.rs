//! Answers counted instead of held as rows.
//!
//! A survey of a thousand organisations fits in memory as rows of answers. One a thousand times larger does not, so its
//! answers are counted while they are read: per organisation and question, how many gave each outcome. Everything
//! that is estimated later follows from these counts.
//!
//! ```
//! use nulmeting_counts::Tally;
//! use nulmeting_study::tables::Answer;
//! use nulmeting_study::words::{AnswerKind, Assessor, Status};
//!
//! let answer = |respondent: &str, level: i64| Answer {
//!     wave: "2024".into(),
//!     organisation: "a".into(),
//!     respondent: respondent.into(),
//!     item: "Q1".into(),
//!     option: String::new(),
//!     kind: AnswerKind::Level,
//!     value: None,
//!     level: Some(level),
//!     holds: None,
//!     status: Status::Answered,
//!     assessor: Assessor::Own,
//!     counts: true,
//!     source: "export.csv".into(),
//!     sheet: String::new(),
//!     row: 1,
//!     column: "Q1".into(),
//! };
//! let tally = Tally::of(&[answer("x", 3), answer("y", 3), answer("z", 4)]);
//! let wave = tally.wave("2024").expect("the wave has answers");
//! let counts: Vec<(Option<i64>, i64)> = wave.rows("2024", "a").map(|row| (row.level, row.answers)).collect();
//! assert_eq!(counts, [(Some(3), 2), (Some(4), 1)]);
//! ```
//!
//! This crate reads no file, and it decides nothing: which answer counts is decided by `normalize`.

// Texts as small codes, and the tally of them.
mod coded;
mod tally;

// Sums per primary unit, as `data/sql` writes them for other engines.
mod sums;

pub use coded::Coded;
pub use sums::{TooLarge, level_counts, unit_sums};
pub use tally::{Block, COUNTED, Counted, Outcome, Packed, Question, Tally, WaveTally};
