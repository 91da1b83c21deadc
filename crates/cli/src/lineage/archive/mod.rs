//! An archive to keep: one file with what a colleague needs, years later, to make the same outputs again, except what
//! may not leave the house.
//!
//! Unless it is asked for, an archive holds nothing about a respondent or an organisation: of the inputs the study
//! file, codebooks, maps, theme and texts; of the outputs the public profile; of everything else a hash. The key of
//! the pseudonyms is never in it. What comes out of an archive is a stranger's until it has been judged: see [`open`].

mod name;
mod open;
mod pack;

pub(crate) use name::is_inside;
pub(crate) use open::Archive;
pub(crate) use pack::pack;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first file of an archive: what is in it, and what is not.
const CONTENTS: &str = "archive.json";
/// The version of the archive's own shape.
const FORMAT: u32 = 2;
/// The folder of an archive that holds inputs, under their paths relative to the study file.
const INPUTS: &str = "study";

/// What an archive says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// Version of the archive's shape.
    pub(crate) format: u32,
    /// Version of the program that packed it.
    pub(crate) version: String,
    /// Path of the study file.
    pub(crate) study_file: String,
    /// SHA-256 by path of the inputs that are in the archive.
    pub(crate) inputs: BTreeMap<String, String>,
    /// The inputs that are kept elsewhere: what each is, by its SHA-256. Their names are left out, because the name of
    /// an export is often that of a board.
    pub(crate) elsewhere: BTreeMap<String, String>,
    /// Every other file in the archive.
    pub(crate) files: BTreeMap<String, Packed>,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Packed {
    /// Hash of its bytes, in hexadecimal.
    pub(crate) sha256: String,
    /// Length in bytes.
    pub(crate) bytes: u64,
}
