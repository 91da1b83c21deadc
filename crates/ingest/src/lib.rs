//! The first stage: survey exports as delivered to responses with positions.
//!
//! It reads the registers, the lists of who was asked, and every export that the study file names, and hands
//! on one row per cell that was delivered for a known question, each with its file, sheet, row and column.
//! It decides what stands where and who it is from; what an answer means is decided by the next stage.
//! It never hands on names, addresses or free text of respondents, and it writes nothing.
//!
//! In reading order: files and their limits, encodings, delimited texts, data files of statistics
//! programs and workbooks; headings and numbers of
//! organisations; the trait of a reader and the readers of the formats; the register; the responses; the stage.

pub mod files;
pub mod limits;
pub mod text;

pub mod dataset;
pub mod delimited;
pub mod package;
pub mod sheet;

mod grid;
pub mod heading;
mod moment;
pub mod number;
mod shelf;

pub mod googleforms;
pub mod limesurvey;
pub mod msforms;
pub mod qualtrics;
pub mod reader;
pub mod statistics;
pub mod surveymonkey;
pub mod tidy;
pub mod workbook;

pub mod norm_list;
pub mod register;

mod correction;
pub mod instrument;
mod responses;
mod stage;
pub mod structure;

pub use files::Folder;
pub use norm_list::{ListedNorm, codebook_list};
pub use nulmeting_study::Error;
pub use reader::{Reader, readers};
pub use stage::{Handed, Ingested, files_of, ingest, ingest_into, ingest_waves, questions};
