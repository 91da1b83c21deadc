//! Writing: the blocks of a document, and each format that they are written in.

pub(crate) mod board_reports;
pub(crate) mod document;
pub(crate) mod docx;
pub(crate) mod erratum;
pub(crate) mod excel_csv;
pub(crate) mod explorer;
pub(crate) mod html;
#[cfg(feature = "pdf")]
pub(crate) mod pdf;
pub(crate) mod xlsx;
