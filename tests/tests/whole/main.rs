//! Whole-program cases: one binary, so that the program is linked against once.

mod example;
mod formats;
mod other_framework;
mod same_bytes;
mod wrong_input;
