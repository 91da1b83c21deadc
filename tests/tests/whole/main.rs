//! Whole-program cases: one binary, so that the program is linked against once.

mod again;
mod any_table;
mod archives;
mod attack;
mod board_attack;
mod disclosure;
mod example;
mod formats;
mod lineage;
mod made;
mod other_framework;
mod parquet;
mod plan;
mod planted;
mod published;
mod safe_outputs;
mod same_bytes;
mod sentences;
mod sums;
mod waves;
mod wrong_input;
