//! Whole-program cases: one binary, so that the program is linked against once.

mod again;
mod disclosure;
mod example;
mod formats;
mod lineage;
mod other_framework;
mod plan;
<<<<<<< HEAD
mod planted;
=======
mod safe_outputs;
>>>>>>> 3c0d8b8 (Parquet as delivered, what check chose and how sure it is, and texts of strangers that stay texts)
mod same_bytes;
mod sums;
mod waves;
mod wrong_input;
