//! The stage as a whole: cases as data, and what must hold for every study.

mod cases;
mod counter;
mod fixture;
mod properties;
