//! Fuzzing of everything that reads what strangers send: the containers, and the formats of survey tools.

pub mod targets;
