//! Delivered files: finding them by path or pattern, reading them once, and the hash by which a manifest
//! knows them again.

use crate::delimited::{Delimited, Field};
use crate::sheet::{Row, Sheet, sheets};
use crate::{limits, text};
use nulmeting_study::Error;
use nulmeting_study::study_file::SourceEntry;
use sha2::{Digest, Sha256};
use std::path::Path;

/// A delivered file, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path relative to the study file, with `/`.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// What it holds.
    pub content: Content,
}

/// What a file holds before any format is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A delimited text.
    Text {
        /// Name of its encoding.
        encoding: &'static str,
        /// Its records.
        table: Delimited,
    },
    /// A workbook.
    Workbook(Vec<Sheet>),
}

impl File {
    /// Opens a file from its bytes.
    ///
    /// Errors: bytes that are neither a text nor a workbook; an encoding that does not fit; a size over a limit.
    pub fn open(path: &str, bytes: &[u8], encoding: Option<&str>, delimiter: Option<char>) -> Result<Self, Error> {
        limits::check_size(bytes.len() as u64, path)?;
        let named_workbook = std::path::Path::new(path).extension().is_some_and(|own| {
            ["xlsx", "xlsm", "xls"]
                .iter()
                .any(|known| own.eq_ignore_ascii_case(known))
        });
        // Both kinds of workbook open with letters that no text starts with; the name says what was meant.
        let packed = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
        let content = if packed || (named_workbook && !bytes.is_empty()) {
            Content::Workbook(sheets(bytes, path)?)
        } else {
            let text = text::decode(bytes, encoding, path)?;
            Content::Text {
                encoding: text.encoding,
                table: Delimited::parse(&text.content, delimiter, path)?,
            }
        };
        Ok(Self {
            path: path.to_owned(),
            sha256: hash(bytes),
            content,
        })
    }

    /// Name of the encoding; absent for workbooks.
    pub fn encoding(&self) -> Option<&'static str> {
        match &self.content {
            Content::Text { encoding, .. } => Some(encoding),
            Content::Workbook(_) => None,
        }
    }

    /// The delimiter; absent for workbooks.
    pub fn delimiter(&self) -> Option<char> {
        match &self.content {
            Content::Text { table, .. } => Some(table.delimiter),
            Content::Workbook(_) => None,
        }
    }

    /// Whether nothing at all is written in it.
    pub fn is_blank(&self) -> bool {
        match &self.content {
            Content::Text { table, .. } => table.records.is_empty(),
            Content::Workbook(sheets) => sheets.iter().all(|sheet| sheet.rows.is_empty()),
        }
    }

    /// Its sheets; a text is one sheet without a name whose rows are its records.
    pub fn sheets(&self) -> std::borrow::Cow<'_, [Sheet]> {
        match &self.content {
            Content::Workbook(sheets) => std::borrow::Cow::Borrowed(sheets),
            Content::Text { table, .. } => {
                let row = |record: &Vec<Field>| -> Row {
                    let filled = record
                        .iter()
                        .zip(0..)
                        .filter(|(field, _)| !field.text.trim().is_empty());
                    filled.map(|(field, column)| (column, field.text.clone())).collect()
                };
                std::borrow::Cow::Owned(vec![Sheet {
                    name: String::new(),
                    hidden: false,
                    rows: (1..).zip(table.records.iter().map(row)).collect(),
                }])
            }
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file's bytes.
///
/// Errors: a file that is not there, cannot be read, or is over the limit.
pub fn read(root: &Path, path: &str) -> Result<Vec<u8>, Error> {
    let fault = |cause: std::io::Error| {
        let found = match cause.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => format!("a file that cannot be read ({cause})"),
        };
        Error::new(
            path,
            found,
            "a file at this path, relative to the study file",
            "correct the path in the study file, or put the file there",
        )
    };
    let full = root.join(path);
    limits::check_size(std::fs::metadata(&full).map_err(fault)?.len(), path)?;
    std::fs::read(&full).map_err(fault)
}

/// The files that an entry of the study file stands for, in order of their path.
///
/// A path without pattern is listed only when it is there. Files whose name starts with a dot or `~$` are what
/// spreadsheet programs leave behind while a workbook is open, and are no deliveries.
pub fn list(root: &Path, entry: &SourceEntry) -> Vec<String> {
    if !entry.is_pattern() {
        return if root.join(&entry.path).is_file() {
            vec![entry.path.clone()]
        } else {
            Vec::new()
        };
    }
    let mut found = vec![String::new()];
    for part in entry.path.split('/') {
        let pattern = part.contains(['*', '?']);
        let mut next = Vec::new();
        for folder in &found {
            let under = |name: &str| match folder.as_str() {
                "" => name.to_owned(),
                _ => format!("{folder}/{name}"),
            };
            if !pattern {
                next.push(under(part));
                continue;
            }
            let Ok(names) = std::fs::read_dir(root.join(folder)) else {
                continue;
            };
            let names = names.filter_map(|name| name.ok()?.file_name().into_string().ok());
            let kept = names.filter(|name| !name.starts_with('.') && !name.starts_with("~$"));
            next.extend(kept.map(|name| under(&name)));
        }
        found = next;
    }
    found.retain(|path| entry.fits(path) && root.join(path).is_file());
    found.sort();
    found.dedup();
    found
}
