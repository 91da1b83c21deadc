//! Containers: how the bytes of a file become texts, tables, sheets and data sets, within the limits of the study.
//!
//! No meaning is read into a value here, and no survey tool is recognised.

pub mod limits;
pub(crate) mod sniffed;
pub mod text;

pub mod delimited;

pub mod package;
pub mod sheet;

pub mod dataset;
