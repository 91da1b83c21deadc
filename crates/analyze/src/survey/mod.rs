//! The survey engine.
