//! Where outputs come from: which step made them, out of what, and whether that still holds.
//!
//! In reading order: the output folder with its lock and its staging area, the manifest of what an earlier command
//! made, what stands on disk now, the steps with their keys, and a command at work; then what people ask of them: what
//! two runs differ in, and an
//! archive of a run. Nothing here trusts a file's date or size:
//! inputs and outputs are known by the hash of their bytes.

pub(crate) mod folder;
pub(crate) mod manifest;
pub(crate) mod present;
pub(crate) mod step;
pub(crate) mod work;

pub(crate) mod archive;
pub(crate) mod compare;
