//! Placeholder.
pub use polars as p;
