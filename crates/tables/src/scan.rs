//! Tables that are too large to hold: a Parquet file read a row group at a time, its columns as codes.

use crate::Error;
use nulmeting_counts::Coded;
use nulmeting_study::{Kind, Values};
use polars::prelude::{DataType, FileMetadataRef, ParallelStrategy, ParquetReader, SerReader, Series, StringChunked};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that are read at once, at most: a row group of another engine may hold many millions.
const MOST_ROWS: usize = 1 << 20;

/// A Parquet file of which only the footer was read.
pub struct Scan {
    path: PathBuf,
    metadata: FileMetadataRef,
    columns: Vec<(String, Kind)>,
    /// Row group, first row and number of rows of each part.
    parts: Vec<(usize, usize, usize)>,
}

impl Scan {
    /// Opens a file for those of the columns that it has.
    ///
    /// Errors: not a Parquet file.
    pub fn open(path: &Path, wanted: &[&str]) -> Result<Self, Error> {
        let file = File::open(path).map_err(|cause| unreadable(path, cause.to_string()))?;
        let mut reader = ParquetReader::new(file);
        let schema = reader.schema().map_err(|cause| unreadable(path, cause.to_string()))?;
        let metadata = reader
            .get_metadata()
            .map_err(|cause| unreadable(path, cause.to_string()))?
            .clone();
        let mut columns = Vec::new();
        for name in wanted {
            let Some(field) = schema.get(name) else { continue };
            let kind = DataType::from_arrow_field(field);
            let known = kind_of(&kind).ok_or_else(|| unreadable(path, format!("column `{name}` of type {kind}")))?;
            columns.push(((*name).to_owned(), known));
        }
        let mut parts = Vec::new();
        let mut start = 0;
        for (number, group) in metadata.row_groups.iter().enumerate() {
            let end = start + group.num_rows();
            while start < end {
                let rows = MOST_ROWS.min(end - start);
                parts.push((number, start, rows));
                start += rows;
            }
        }
        Ok(Self {
            path: path.to_owned(),
            columns,
            metadata,
            parts,
        })
    }

    /// The number of parts that the file is read in.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Reads a part: its number of rows and its columns by name.
    ///
    /// Errors: a file that is damaged, a column that is no text, whole number or yes or no.
    pub fn part(&self, part: usize) -> Result<(usize, BTreeMap<String, Coded>), Error> {
        let fault = |cause: String| unreadable(&self.path, cause);
        let (group, start, rows) = self.parts[part];
        let mut columns = BTreeMap::new();
        let mut asked = Vec::new();
        for (name, kind) in &self.columns {
            match self.only_value(group, name, *kind) {
                Some(values) => {
                    let codes = Vec::new();
                    columns.insert(name.clone(), Coded { codes, values });
                }
                None => asked.push(name.clone()),
            }
        }
        if asked.is_empty() {
            return Ok((rows, columns));
        }
        let file = File::open(&self.path).map_err(|cause| fault(cause.to_string()))?;
        let mut reader = ParquetReader::new(file);
        reader.set_metadata(Arc::clone(&self.metadata));
        let frame = reader
            .with_columns(Some(asked))
            .with_slice(Some((start, rows)))
            // Parts are read side by side; within one, columns one after another.
            .read_parallel(ParallelStrategy::None)
            .finish()
            .map_err(|cause| fault(cause.to_string()))?;
        for column in frame.columns() {
            let name = column.name().to_string();
            let coded = coded(column.as_materialized_series())
                .ok_or_else(|| fault(format!("column `{name}` of type {}", column.dtype())))?;
            columns.insert(name, coded);
        }
        Ok((rows, columns))
    }

    /// The one value that a column has in a row group, when the footer says so: such a column is not read.
    ///
    /// Absent: several values, or a text so long that a writer may have cut it short in the footer.
    fn only_value(&self, group: usize, name: &str, kind: Kind) -> Option<Values> {
        /// Bytes below which no writer cuts.
        const WHOLE: usize = 32;
        let group = &self.metadata.row_groups[group];
        let mut chunks = group.columns_under_root_iter(name)?;
        let chunk = chunks.next()?;
        let statistics = chunk.statistics(&self.metadata.footer_buf)?.ok()?;
        let missing = statistics.null_count()?;
        if usize::try_from(missing) == Ok(group.num_rows()) {
            return Some(match kind {
                Kind::Text => Values::Text(vec![None]),
                Kind::Integer => Values::Integer(vec![None]),
                Kind::Double => Values::Double(vec![None]),
                Kind::Boolean => Values::Boolean(vec![None]),
            });
        }
        if missing != 0 {
            return None;
        }
        match kind {
            Kind::Text => {
                let found = statistics.as_binary()?;
                let text = found
                    .min_value
                    .as_ref()
                    .filter(|text| found.max_value.as_ref() == Some(*text))?;
                let text = String::from_utf8(text.clone()).ok().filter(|text| text.len() < WHOLE)?;
                Some(Values::Text(vec![Some(text)]))
            }
            Kind::Integer => {
                let found = statistics.as_int64()?;
                let only = found.min_value.filter(|_| found.max_value == found.min_value)?;
                Some(Values::Integer(vec![Some(only)]))
            }
            Kind::Boolean => {
                let found = statistics.as_boolean()?;
                let only = found.min_value.filter(|_| found.max_value == found.min_value)?;
                Some(Values::Boolean(vec![Some(only)]))
            }
            Kind::Double => None,
        }
    }
}

fn kind_of(kind: &DataType) -> Option<Kind> {
    match kind {
        DataType::String => Some(Kind::Text),
        DataType::Boolean => Some(Kind::Boolean),
        kind if kind.is_integer() => Some(Kind::Integer),
        _ => None,
    }
}

fn unreadable(path: &Path, found: String) -> Error {
    Error::Unreadable {
        place: path.display().to_string(),
        found,
        expected: "a Parquet file whose columns are text, whole numbers or yes and no".to_owned(),
        hint: "check the file, or write it again".to_owned(),
    }
}

/// A column as codes; absent when it is of no type that is scanned.
fn coded(series: &Series) -> Option<Coded> {
    let rows = series.len();
    let (codes, values) = match series.dtype() {
        DataType::String => texts(series.str().ok()?),
        DataType::Boolean => {
            let mut coder = Coder::new(rows);
            let mut values = Vec::new();
            for value in series.bool().ok()?.iter() {
                coder.push(value.map_or(MISSING, u128::from), || values.push(value));
            }
            (coder.codes, Values::Boolean(values))
        }
        kind if kind.is_integer() => {
            let whole = series.cast(&DataType::Int64).ok()?;
            let mut coder = Coder::new(rows);
            let mut values = Vec::new();
            for value in whole.i64().ok()?.iter() {
                coder.push(value.map_or(MISSING, |value| u128::from(value as u64)), || {
                    values.push(value)
                });
            }
            (coder.codes, Values::Integer(values))
        }
        _ => return None,
    };
    let codes = if values.len() == 1 { Vec::new() } else { codes };
    Some(Coded { codes, values })
}

/// The key of a missing value: no text of at most 12 bytes has it, and no number.
const MISSING: u128 = u128::MAX;

fn texts(column: &StringChunked) -> (Vec<u32>, Values) {
    let mut coder = Coder::new(column.len());
    let mut values: Vec<Option<String>> = Vec::new();
    // Texts that are too long to stand in their own key; the same text may lie in several places.
    let mut long: HashMap<String, u32> = HashMap::new();
    for array in column.downcast_iter() {
        coder.forget_places();
        let whole = column.null_count() == 0;
        for (row, (view, value)) in array.views().iter().zip(array.iter()).enumerate() {
            if !whole && value.is_none() {
                coder.push(MISSING, || values.push(None));
            } else if view.is_inline() {
                coder.push(view.as_u128(), || values.push(Some(array.value(row).to_owned())));
            } else {
                coder.push_place(view.as_u128(), |next| match long.get(array.value(row)) {
                    Some(code) => *code,
                    None => {
                        let text = array.value(row).to_owned();
                        long.insert(text.clone(), next);
                        values.push(Some(text));
                        next
                    }
                });
            }
        }
    }
    (coder.codes, Values::Text(values))
}

/// Numbers values as they come, by a key that tells them apart.
struct Coder {
    codes: Vec<u32>,
    known: HashMap<u128, u32>,
    /// Keys that are places of texts, which mean something else in the next array.
    places: HashMap<u128, u32>,
    recent: Vec<(u128, u32)>,
    /// The key of the row before: answers of one respondent stand together.
    last: Option<(u128, u32)>,
    next: u32,
}

/// Keys that are remembered by their hash alone.
const RECENT: usize = 1 << 12;

impl Coder {
    fn new(rows: usize) -> Self {
        Self {
            codes: Vec::with_capacity(rows),
            known: HashMap::new(),
            places: HashMap::new(),
            recent: vec![(0, u32::MAX); RECENT],
            last: None,
            next: 0,
        }
    }

    fn slot(key: u128) -> usize {
        let mixed = (key as u64) ^ ((key >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 52) as usize
    }

    /// Gives the row the code of the row before, when its key is the same.
    fn again(&mut self, key: u128) -> bool {
        match self.last {
            Some((last, code)) if last == key => {
                self.codes.push(code);
                true
            }
            _ => false,
        }
    }

    fn give(&mut self, key: u128, code: u32) {
        self.last = Some((key, code));
        self.codes.push(code);
    }

    fn push(&mut self, key: u128, new: impl FnOnce()) {
        if self.again(key) {
            return;
        }
        let slot = Self::slot(key);
        let (recent, code) = self.recent[slot];
        if recent == key && code != u32::MAX {
            self.give(key, code);
            return;
        }
        let code = *self.known.entry(key).or_insert_with(|| {
            new();
            self.next += 1;
            self.next - 1
        });
        self.recent[slot] = (key, code);
        self.give(key, code);
    }

    fn push_place(&mut self, key: u128, find: impl FnOnce(u32) -> u32) {
        if self.again(key) {
            return;
        }
        let slot = Self::slot(key);
        let (recent, code) = self.recent[slot];
        if recent == key && code != u32::MAX {
            self.give(key, code);
            return;
        }
        let code = match self.places.get(&key) {
            Some(code) => *code,
            None => {
                let code = find(self.next);
                self.next = self.next.max(code + 1);
                self.places.insert(key, code);
                code
            }
        };
        self.recent[slot] = (key, code);
        self.give(key, code);
    }

    fn forget_places(&mut self) {
        self.places.clear();
        self.last = None;
        self.recent.fill((0, u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::{Scan, coded};
    use nulmeting_counts::Coded;
    use nulmeting_study::{Kind, Values};
    use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, Series};

    fn back(coded: &Coded, rows: usize) -> Vec<Option<String>> {
        let Values::Text(values) = &coded.values else {
            panic!("text was expected")
        };
        let at = |row: usize| {
            if coded.codes.is_empty() {
                0
            } else {
                coded.codes[row] as usize
            }
        };
        (0..rows).map(|row| values[at(row)].clone()).collect()
    }

    #[test]
    fn texts_short_and_long_come_back_and_each_stands_once() {
        let long = |n: usize| format!("a text that is longer than twelve bytes, number {n}");
        let mut texts: Vec<Option<String>> = (0..9000).map(|n| Some(long(n % 700))).collect();
        texts.extend((0..9000).map(|n| Some(format!("k{}", n % 6000))));
        texts.extend([None, Some(String::new()), None]);
        let mut series = Series::new("a".into(), &texts);
        // A second array, in which the same places hold other texts.
        let other: Vec<Option<String>> = (0..9000).map(|n| Some(long(n % 900))).collect();
        series.append(&Series::new("a".into(), &other)).unwrap();
        texts.extend(other);
        let found = coded(&series).unwrap();
        assert_eq!(back(&found, texts.len()), texts);
        assert_eq!(found.values.len(), 900 + 6000 + 2);
    }

    #[test]
    fn a_column_of_one_value_needs_no_codes() {
        let found = coded(&Series::new("a".into(), &[true, true])).unwrap();
        assert_eq!(
            (found.codes.len(), found.values),
            (0, Values::Boolean(vec![Some(true)]))
        );
        let found = coded(&Series::new("a".into(), &[Some(3_i32), None, Some(-1)])).unwrap();
        assert_eq!(found.codes, [0, 1, 2]);
        assert_eq!(found.values, Values::Integer(vec![Some(3), None, Some(-1)]));
        assert!(coded(&Series::new("a".into(), &[0.5])).is_none());
    }

    #[test]
    fn columns_of_one_value_are_known_from_the_footer_and_the_others_are_read() {
        let columns = |rows: usize| {
            let texts: Vec<String> = (0..rows).map(|row| format!("a{}", row % 2)).collect();
            [
                Series::new("same".into(), vec!["self"; rows]),
                Series::new("long".into(), vec!["a text that a writer may have cut short"; rows]),
                Series::new("none".into(), vec![None::<i64>; rows]),
                Series::new(
                    "some".into(),
                    (0..rows).map(|row| (row > 0).then_some(3_i64)).collect::<Vec<_>>(),
                ),
                Series::new("yes".into(), vec![true; rows]),
                Series::new("texts".into(), texts),
            ]
        };
        let mut frame = DataFrame::new(6, columns(6).map(Column::from).to_vec()).unwrap();
        let path = std::env::temp_dir().join(format!("nulmeting-scan-{}.parquet", std::process::id()));
        let file = std::fs::File::create(&path).unwrap();
        ParquetWriter::new(file)
            .with_row_group_size(Some(3))
            .finish(&mut frame)
            .unwrap();
        let scan = Scan::open(&path, &["same", "long", "none", "some", "yes", "texts", "absent"]).unwrap();
        assert_eq!(scan.parts(), 2);
        let (rows, found) = scan.part(0).unwrap();
        let whole = columns(6);
        assert_eq!((rows, found.len()), (3, 6));
        for own in &whole {
            assert_eq!(
                found[own.name().as_str()],
                coded(&own.slice(0, 3)).unwrap(),
                "{}",
                own.name()
            );
        }
        let known = |name: &str, kind| scan.only_value(0, name, kind).is_some();
        assert!(known("same", Kind::Text) && known("none", Kind::Integer) && known("yes", Kind::Boolean));
        assert!(!known("long", Kind::Text) && !known("some", Kind::Integer) && !known("texts", Kind::Text));
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_is_no_parquet_is_refused_with_its_place() {
        let error = Scan::open(std::path::Path::new("Cargo.toml"), &["a"]).err().unwrap();
        assert!(error.to_string().contains("Cargo.toml"), "{error}");
    }
}
