//! The manifest: what was made, by which steps, out of what.

use crate::exit::Failure;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The file's name in the output folder.
pub(crate) const FILE: &str = "manifest.json";

/// What a command wrote down of its outputs; empty when there was none, or when it cannot be read.
///
/// It holds no time, machine, thread count or path outside the study, and no key of pseudonyms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Manifest {
    /// The program.
    pub(crate) program: String,
    /// Its version.
    pub(crate) version: String,
    /// Fingerprint of the code and the shipped data of each stage.
    pub(crate) code: BTreeMap<String, String>,
    /// Title of the study.
    pub(crate) study: String,
    /// Settings that come from the command line, or may.
    pub(crate) settings: BTreeMap<String, Value>,
    /// Keys of the study file with their values; the place of the key of pseudonyms is left out.
    pub(crate) study_file: BTreeMap<String, Value>,
    /// Hash by input path.
    pub(crate) inputs: BTreeMap<String, String>,
    /// The steps that the outputs come from.
    pub(crate) steps: BTreeMap<String, Record>,
    /// Hash by output path.
    pub(crate) outputs: BTreeMap<String, String>,
}

/// What a step wrote down of itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    /// Hash of all that it reads: files, settings, code, seed, and what earlier steps give.
    pub(crate) key: String,
    /// Hash of what it gives to later steps, where that is less than its files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gives: Option<String>,
    /// Files that it wrote.
    pub(crate) writes: BTreeSet<String>,
}

impl Manifest {
    /// Reads the manifest of an output folder.
    pub(crate) fn read(out: &Path) -> Self {
        fs::read(out.join(FILE))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// The bytes of the file.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        Ok((serde_json::to_string_pretty(self).map_err(Failure::unexpected)? + "\n").into_bytes())
    }

    /// The outputs that are not as the manifest says, with what is wrong.
    ///
    /// Method: every file is read and hashed; a date or size that looks right proves nothing.
    pub(crate) fn damage(&self, out: &Path) -> BTreeMap<String, &'static str> {
        self.outputs
            .par_iter()
            .filter_map(|(path, hash)| match fs::read(out.join(path)) {
                Ok(bytes) if sha256(&bytes) == *hash => None,
                Ok(_) => Some((path.clone(), "is not as it was written")),
                Err(_) => Some((path.clone(), "is missing")),
            })
            .collect()
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
