//! The first stage: survey exports as delivered to responses with positions.
//!
//! It reads the registers, the lists of who was asked, and every export that the study file names, and hands
//! on one row per cell that was delivered for a known question, each with its file, sheet, row and column.
//! It decides what stands where and who it is from; what an answer means is decided by the next stage.
//! It never hands on names, addresses or free text of respondents, and it writes nothing.
//!
//! In reading order: [`container`] (bytes to texts, tables, sheets and data sets), [`files`] (what was delivered, opened
//! once), [`mod@format`] (what a survey tool means by its columns), [`frame`] (registers and numbers of organisations),
//! `select` (which responses and cells count as answers), `stage` (from the study file to the tables); [`table`] (any of
//! these files as plain columns, for commands that take a table).

mod dates;

pub mod container;
pub mod files;
pub mod format;
pub mod frame;
mod select;
mod stage;
pub mod table;

pub use files::Folder;
pub use format::norm_list::{ListedNorm, codebook_list};
pub use format::{Reader, readers};
pub use nulmeting_study::Error;
pub use stage::{Handed, files_of, ingest, ingest_into, ingest_waves, questions};
