//! The vocabulary that every stage shares: what is measured, who was asked, what they answered, and the
//! tables in which the stages hand these on.
//!
//! In reading order: the words of closed lists, the shape of a table and of a set of tables, rows that may be
//! published, the tables and the sets of tables that the stages hand on, the framework
//! (codebook), the study file, the map from questions to items, the lexicon of answer words, and findings.
//! This crate reads no file and prints nothing: it parses texts that it is given and checks them.

#[macro_use]
pub mod words;
#[macro_use]
pub mod table;
#[macro_use]
pub mod bundle;
pub mod released;
pub mod tables;

pub mod asked_question;
pub mod estimate_id;
pub mod formula;
pub mod framework;
pub mod item_map;
pub mod lexicon;
pub mod numbers;
pub mod printable;
pub mod shipped;
pub mod study_file;
pub mod suggestion;

mod error;
pub mod panic;

pub use asked_question::AskedQuestion;
pub use bundle::Bundle;
pub use error::Error;
pub use estimate_id::EstimateId;
pub use framework::Framework;
pub use item_map::{Instruments, ItemMap};
pub use released::Released;
pub use study_file::Study;
pub use table::{Column, Kind, Record, Schema, Table, Values};
pub use tables::{Analysed, Finding, Ingested, Normalized, Place, Rule};
