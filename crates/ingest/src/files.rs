//! Delivered files: finding them by path or pattern, reading them once, and the hash by which a manifest
//! knows them again.

use crate::container::dataset::{self, Dataset};
use crate::container::delimited::{Delimited, Record};
use crate::container::sheet::{Row, Sheet, sheets};
use crate::container::sniffed;
use crate::container::text::Sure;
use crate::container::{limits, text};
use crate::format::structure::{Structure, lsa};
use encoding_rs::UTF_8;
use nulmeting_study::Error;
use nulmeting_study::study_file::{Limits, SourceEntry};
use sha2::{Digest, Sha256};
use std::io::Read as _;
use std::path::Path;

/// A delivered file, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Path relative to the study file, with `/`.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// What it holds.
    pub content: Content,
    /// The structure of the questionnaire, where the file holds that too.
    pub structure: Option<Structure>,
    /// The most cells that its responses may have, blank ones too.
    pub cells: u64,
    /// Rows of a text that held a zero byte, which was left out.
    pub zero_bytes: Vec<i64>,
}

/// What is known about a file once its content was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) path: String,
    pub(crate) sha256: String,
    pub(crate) encoding: Option<&'static str>,
    pub(crate) sure: Option<Sure>,
    pub(crate) delimiter: Option<char>,
    /// How sure the delimiter is.
    pub(crate) delimiter_sure: Option<Sure>,
}

/// What a file holds before any format is recognised.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A delimited text.
    Text {
        /// Name of its encoding.
        encoding: &'static str,
        /// How sure that is.
        sure: Sure,
        /// Its records.
        table: Delimited,
    },
    /// A workbook.
    Workbook(Vec<Sheet>),
    /// A data file of a statistics program.
    Dataset(Dataset),
}

/// Reads a file of typed columns as text, the names of its columns being the first row.
///
/// Errors: a damaged file, one over a limit, a column whose type has no plain text.
pub type Columnar = fn(&[u8], &Limits, &str) -> Result<Vec<Vec<Option<String>>>, Error>;

/// What a file holds, the structure of its questionnaire, and its rows with a zero byte.
type Opened = (Content, Option<Structure>, Vec<i64>);

/// From how many bytes a file is worth a second processor.
const LARGE: usize = 1 << 20;

/// What a Parquet file starts with.
const PARQUET: &[u8] = b"PAR1";

/// The folder of a study, and what reads files in it that this crate cannot.
#[derive(Debug, Clone, Copy)]
pub struct Folder<'a> {
    pub(crate) path: &'a Path,
    pub(crate) columnar: Option<Columnar>,
}

impl<'a, P: AsRef<Path> + ?Sized> From<&'a P> for Folder<'a> {
    fn from(path: &'a P) -> Self {
        Self {
            path: path.as_ref(),
            columnar: None,
        }
    }
}

impl Folder<'_> {
    /// The folder, with a reader of Parquet.
    #[must_use]
    pub fn with_columnar(self, columnar: Columnar) -> Self {
        Self {
            columnar: Some(columnar),
            ..self
        }
    }
}

/// What is known about a file before it is opened.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// Encoding that the study file states.
    pub encoding: Option<&'a str>,
    /// Delimiter that the study file states.
    pub delimiter: Option<char>,
    /// Reader of Parquet, which this crate has none of.
    pub columnar: Option<Columnar>,
    /// Mark around fields; absent for the usual double quotes.
    pub quote: Option<char>,
    /// How much the file may hold.
    pub limits: &'a Limits,
}

impl File {
    /// Opens a file from its bytes, within the limits that hold when a study states none.
    ///
    /// Errors: as [`File::open_within`].
    pub fn open(path: &str, bytes: &[u8], encoding: Option<&str>, delimiter: Option<char>) -> Result<Self, Error> {
        let limits = Limits::default();
        let opening = Opening {
            encoding,
            delimiter,
            columnar: None,
            quote: None,
            limits: &limits,
        };
        Self::open_within(path, bytes, &opening)
    }

    /// Opens a file from its bytes.
    ///
    /// Errors: bytes that are neither a text, a workbook nor a data file; an encoding that does not fit; more
    /// than a limit allows.
    pub fn open_within(path: &str, bytes: &[u8], opening: &Opening<'_>) -> Result<Self, Error> {
        limits::size(bytes.len() as u64, opening.limits, path)?;
        // A large file is hashed while it is read.
        let (sha256, content) = match bytes.len() > LARGE {
            true => rayon::join(|| hash(bytes), || Self::content(path, bytes, opening)),
            false => (hash(bytes), Self::content(path, bytes, opening)),
        };
        let (content, structure, zero_bytes) = content?;
        Ok(Self {
            path: path.to_owned(),
            sha256,
            content,
            structure,
            cells: opening.limits.cells,
            zero_bytes,
        })
    }

    /// What the bytes hold, the structure of the questionnaire where they hold that too, and rows with a zero byte.
    fn content(path: &str, bytes: &[u8], opening: &Opening<'_>) -> Result<Opened, Error> {
        let limits = opening.limits;
        let named = |known: &[&str]| {
            let extension = std::path::Path::new(path).extension();
            extension.is_some_and(|own| known.iter().any(|known| own.eq_ignore_ascii_case(known)))
        };
        // Workbooks and data files open with letters that no text starts with; the name says what was meant.
        let packed = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
        let mut structure = None;
        let mut zero_bytes = Vec::new();
        let content = if let Some(dataset) = dataset::open(bytes, opening.encoding, limits, path) {
            Content::Dataset(dataset?)
        } else if bytes.starts_with(PARQUET) {
            let columnar = opening.columnar.ok_or_else(|| {
                let hint = "save the table as CSV";
                Error::new(path, "a Parquet file", "a program that was built to read one", hint)
            })?;
            Content::Text {
                encoding: UTF_8.name(),
                sure: Sure::Marked,
                table: Delimited::of_records(columnar(bytes, limits, path)?.into_iter()),
            }
        } else if let Some(archive) = lsa::open(bytes, limits, path)? {
            structure = Some(archive.structure);
            Content::Text {
                encoding: UTF_8.name(),
                sure: Sure::Marked,
                table: archive.responses,
            }
        } else if packed {
            Content::Workbook(sheets(bytes, limits, path)?)
        } else if let Some(kind) = sniffed::kind(bytes, named(&["xlsx", "xlsm", "xlsb", "xls", "ods"])) {
            return Err(kind.refused(path));
        } else if named(&["sav", "zsav", "dta"]) && !bytes.is_empty() {
            return Err(Error::new(
                path,
                "a file that is no data file of SPSS or Stata, whatever its name says",
                "an SPSS file, or a Stata file of version 113 to 119",
                "save the file again from the program, or as CSV",
            ));
        } else {
            let text = text::decode(bytes, opening.encoding, path)?;
            zero_bytes = text.zero_bytes;
            Content::Text {
                encoding: text.encoding,
                sure: text.sure,
                table: Delimited::parse_quoted(
                    &text.content,
                    opening.delimiter,
                    opening.quote.unwrap_or('"'),
                    limits,
                    path,
                )?,
            }
        };
        Ok((content, structure, zero_bytes))
    }

    /// What is known about it, without what it holds.
    pub(crate) fn facts(&self) -> Facts {
        Facts {
            path: self.path.clone(),
            sha256: self.sha256.clone(),
            encoding: self.encoding(),
            sure: self.sure(),
            delimiter: self.delimiter(),
            delimiter_sure: match &self.content {
                Content::Text { table, .. } => table.delimiter.map(|_| table.sure),
                Content::Workbook(_) | Content::Dataset(_) => None,
            },
        }
    }

    /// Name of the encoding; absent for workbooks.
    pub fn encoding(&self) -> Option<&'static str> {
        match &self.content {
            Content::Text { encoding, .. } => Some(encoding),
            Content::Dataset(dataset) => Some(dataset.encoding),
            Content::Workbook(_) => None,
        }
    }

    /// How sure the encoding is; absent for workbooks.
    pub fn sure(&self) -> Option<Sure> {
        match &self.content {
            Content::Text { sure, .. } => Some(*sure),
            Content::Dataset(dataset) => Some(dataset.sure),
            Content::Workbook(_) => None,
        }
    }

    /// The delimiter; absent where nothing is delimited.
    pub fn delimiter(&self) -> Option<char> {
        match &self.content {
            Content::Text { table, .. } => table.delimiter,
            Content::Workbook(_) | Content::Dataset(_) => None,
        }
    }

    /// Whether nothing at all is written in it.
    pub fn is_blank(&self) -> bool {
        match &self.content {
            Content::Text { table, .. } => table.records.is_empty(),
            Content::Workbook(sheets) => sheets.iter().all(|sheet| sheet.rows.is_empty()),
            Content::Dataset(dataset) => dataset.variables.is_empty(),
        }
    }

    /// Its sheets; a text is one sheet without a name whose rows are its records, a data file one whose first
    /// row are the names of its variables.
    pub fn sheets(&self) -> std::borrow::Cow<'_, [Sheet]> {
        match &self.content {
            Content::Workbook(sheets) => std::borrow::Cow::Borrowed(sheets),
            Content::Text { table, .. } => {
                let row = |record: Record<'_>| -> Row {
                    let filled = record
                        .fields()
                        .zip(0..)
                        .filter(|(field, _)| !field.text.trim().is_empty());
                    filled.map(|(field, column)| (column, field.text.to_owned())).collect()
                };
                std::borrow::Cow::Owned(vec![Sheet {
                    rows: (table.first..).zip(table.records.iter().map(row)).collect(),
                    ..Sheet::default()
                }])
            }
            Content::Dataset(dataset) => {
                let names = (0..)
                    .zip(dataset.variables.iter().map(|own| own.name.clone()))
                    .collect();
                let row = |values: &Vec<dataset::Datum>| -> Row {
                    let shown = dataset
                        .variables
                        .iter()
                        .zip(values)
                        .map(|(own, value)| own.shown(value));
                    (0..)
                        .zip(shown)
                        .filter_map(|(column, text)| Some((column, text?)))
                        .collect()
                };
                std::borrow::Cow::Owned(vec![Sheet {
                    rows: (1..)
                        .zip(std::iter::once(names).chain(dataset.rows.iter().map(row)))
                        .collect(),
                    ..Sheet::default()
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
pub fn read(root: &Path, path: &str, limits: &Limits) -> Result<Vec<u8>, Error> {
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
    let most = limits.file_mib.saturating_mul(1024 * 1024).saturating_add(1);
    limits::size(std::fs::metadata(&full).map_err(fault)?.len(), limits, path)?;
    // A file may grow while it is read, and what is no plain file has no size.
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&full).map_err(fault)?;
    file.take(most).read_to_end(&mut bytes).map_err(fault)?;
    limits::size(bytes.len() as u64, limits, path)?;
    Ok(bytes)
}

/// How large a file is, to plan by; 0 when nobody can say.
///
/// Unit: bytes.
pub(crate) fn size(root: &Path, path: &str) -> u64 {
    std::fs::metadata(root.join(path)).map_or(0, |metadata| metadata.len())
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
