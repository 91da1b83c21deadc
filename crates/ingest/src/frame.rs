//! The frame: the registers of organisations, their history, and how the number of an organisation is written.

pub mod board_number;
mod columns;
pub mod history;
pub mod register;
