//! How much a delivered file may hold: what keeps a broken or hostile file from taking the memory.

use serde::Deserialize;

/// The most that is read of one delivered file.
///
/// The defaults are far above any survey, and a file within all of them is read in less than 512 MiB of memory.
/// A file over a limit is never read in part: half an export looks like a smaller one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest file.
    /// Unit: MiB.
    pub file_mib: u64,
    /// Largest content of a packed file once it is unpacked, and the most text in its cells.
    /// Unit: MiB.
    pub unpacked_mib: u64,
    /// How many times larger than packed a part may become; parts below a mebibyte may become any size.
    pub ratio: u64,
    /// Most parts of a packed file.
    pub parts: u64,
    /// Most sheets of a workbook.
    pub sheets: u64,
    /// Most cells of a file; a row counts for eight cells more.
    pub cells: u64,
    /// Most columns of a text, variables of a data file, or cells of a row.
    pub columns: u64,
    /// How deep elements may lie within each other.
    pub nesting: u64,
    /// Whether the run goes on, with a finding, without a source that is over a limit or cannot be read;
    /// otherwise that stops the run.
    pub skip: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_mib: 128,
            unpacked_mib: 128,
            ratio: 400,
            parts: 2_000,
            sheets: 200,
            cells: 4_000_000,
            columns: 16_384,
            nesting: 100,
            skip: true,
        }
    }
}
