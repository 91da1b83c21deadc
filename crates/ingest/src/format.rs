//! Formats: what each survey tool means by the rows and columns of its exports.
//!
//! To add a format: write a module with a [`Reader`], and add it to [`readers`]. What the tools have in common is in
//! `reader` (what a format delivers), `grid` (a response per row) and `heading` (how headings are compared);
//! [`structure`] reads the questionnaires that can be delivered beside an export.

pub(crate) mod grid;
pub mod heading;
pub mod reader;
mod string_interner;

pub mod googleforms;
pub mod limesurvey;
pub mod msforms;
pub mod qualtrics;
pub mod self_assessment;
pub mod spss_stata;
pub mod surveymonkey;
pub mod tidy;

pub mod norm_list;
pub mod structure;

pub use reader::{Delivery, Reader, Request, readers};
