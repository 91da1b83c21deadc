//! The shape of a table: one declaration per table, from which come the struct of a row, the columns in
//! Parquet, the check on writing and reading, the data dictionary and `datapackage.json`.

use crate::numbers::round12;
use std::cmp::Ordering;
use std::sync::Arc;

/// The type of a column, as it stands in Parquet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A UTF-8 string.
    Text,
    /// A 64-bit integer.
    Integer,
    /// A 64-bit float, rounded to 12 significant digits when written.
    Double,
    /// True or false.
    Boolean,
}

impl Kind {
    /// The name that the data dictionary prints; also the Data Package type.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Text => "string",
            Kind::Integer => "integer",
            Kind::Double => "number",
            Kind::Boolean => "boolean",
        }
    }
}

/// One allowed word of a column and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// As it stands in the file.
    pub word: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// The declaration of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in every file.
    pub name: &'static str,
    /// Type in Parquet.
    pub kind: Kind,
    /// Whether a value may be missing.
    pub nullable: bool,
    /// Unit of a number; empty for text.
    pub unit: &'static str,
    /// What it holds.
    pub meaning: &'static str,
    /// Allowed words; empty when the column is open.
    pub words: &'static [Word],
}

/// The declaration of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// File name without its ending.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// Columns that together name one row; empty when rows may repeat.
    pub key: &'static [&'static str],
    /// Columns in file order.
    pub columns: Vec<Column>,
}

impl Schema {
    /// The declared column of that name.
    pub fn column(&self, name: &str) -> Option<(usize, &Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Strings.
    Text(Vec<Option<String>>),
    /// Integers.
    Integer(Vec<Option<i64>>),
    /// Doubles.
    Double(Vec<Option<f64>>),
    /// Booleans.
    Boolean(Vec<Option<bool>>),
}

impl Values {
    /// An empty column of that kind.
    pub fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Double => Values::Double(Vec::new()),
            Kind::Boolean => Values::Boolean(Vec::new()),
        }
    }

    /// The kind of the column.
    pub fn kind(&self) -> Kind {
        match self {
            Values::Text(_) => Kind::Text,
            Values::Integer(_) => Kind::Integer,
            Values::Double(_) => Kind::Double,
            Values::Boolean(_) => Kind::Boolean,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Values::Text(values) => values.len(),
            Values::Integer(values) => values.len(),
            Values::Double(values) => values.len(),
            Values::Boolean(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text at a row; absent when missing or when the column holds no text.
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            Values::Text(values) => values.get(row)?.as_deref(),
            _ => None,
        }
    }

    /// The number at a row, an integer or boolean widened; absent when missing or not a number.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Values::Double(values) => *values.get(row)?,
            Values::Integer(values) => values.get(row)?.map(|v| v as f64),
            Values::Boolean(values) => values.get(row)?.map(|v| f64::from(u8::from(v))),
            Values::Text(_) => None,
        }
    }

    /// Whether the value at a row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Values::Text(values) => values[row].is_none(),
            Values::Integer(values) => values[row].is_none(),
            Values::Double(values) => values[row].is_none(),
            Values::Boolean(values) => values[row].is_none(),
        }
    }

    /// The value at a row as a reader would write it; empty when missing.
    pub fn display(&self, row: usize) -> String {
        match self {
            Values::Text(values) => values[row].clone().unwrap_or_default(),
            Values::Integer(values) => values[row].map(|v| v.to_string()).unwrap_or_default(),
            Values::Double(values) => values[row].map(|v| v.to_string()).unwrap_or_default(),
            Values::Boolean(values) => values[row].map(|v| v.to_string()).unwrap_or_default(),
        }
    }

    /// The order of the values at two rows, a missing one first.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Values::Text(values) => values[a].cmp(&values[b]),
            Values::Integer(values) => values[a].cmp(&values[b]),
            Values::Double(values) => match (values[a], values[b]) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            },
            Values::Boolean(values) => values[a].cmp(&values[b]),
        }
    }

    /// Adds a text; for the code that [`words!`](crate::words) writes.
    #[doc(hidden)]
    pub fn push_text(&mut self, value: Option<&str>) {
        if let Values::Text(values) = self {
            values.push(value.map(str::to_owned));
        }
    }
}

/// A table with its declaration: what the stages hand on.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The declaration.
    pub schema: Schema,
    /// One entry per declared column, all of one length.
    pub columns: Vec<Values>,
}

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Values::len)
    }

    /// Holds the table against its declaration.
    ///
    /// Absent: nothing when every column has its kind, no required value is missing, closed lists hold only
    /// their words, doubles are finite, and no two rows share a key; otherwise the first fault.
    pub fn check(&self) -> Result<(), String> {
        self.check_values()?;
        self.check_key()
    }

    /// The same but for keys: for a table in pieces, whose maker keeps them apart.
    pub fn check_values(&self) -> Result<(), String> {
        for (column, values) in self.schema.columns.iter().zip(&self.columns) {
            let name = column.name;
            if values.kind() != column.kind || values.len() != self.rows() {
                return Err(format!("column `{name}` is not of its declared type or length"));
            }
            for row in 0..values.len() {
                if values.is_missing(row) {
                    if !column.nullable {
                        return Err(format!("column `{name}` is missing in row {}", row + 1));
                    }
                    continue;
                }
                if let (Values::Double(doubles), Some(value)) = (values, values.number(row))
                    && !value.is_finite()
                {
                    return Err(format!("column `{name}` holds {:?} in row {}", doubles[row], row + 1));
                }
                if !column.words.is_empty()
                    && let Some(text) = values.text(row)
                    && !column.words.iter().any(|word| word.word == text)
                {
                    return Err(format!("column `{name}` holds `{text}`, which is not an allowed word"));
                }
            }
        }
        Ok(())
    }

    fn check_key(&self) -> Result<(), String> {
        let key: Vec<&Values> = self
            .schema
            .key
            .iter()
            .filter_map(|name| self.schema.column(name))
            .map(|(index, _)| &self.columns[index])
            .collect();
        if key.is_empty() {
            return Ok(());
        }
        let compare = |a: &usize, b: &usize| {
            let mut columns = key.iter().map(|values| values.compare(*a, *b));
            columns.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        // Most tables stand in the order of their key, which costs one look at each row.
        let mut rows: Vec<usize> = (0..self.rows()).collect();
        rows.sort_by(compare);
        match rows.windows(2).find(|pair| compare(&pair[0], &pair[1]).is_eq()) {
            Some(twice) => {
                let name: Vec<String> = key.iter().map(|values| values.display(twice[0])).collect();
                Err(format!("two rows have the key {}", name.join(" / ")))
            }
            None => Ok(()),
        }
    }
}

/// A value that can stand in a column.
pub trait Cell: Sized {
    /// Type of the column.
    const KIND: Kind;
    /// Whether it may be missing.
    const NULLABLE: bool = false;
    /// Allowed words of a closed list.
    const WORDS: &'static [Word] = &[];
    /// Adds the value to its column.
    fn put(&self, values: &mut Values);
    /// Reads the value of a row; the error says what stands there instead.
    fn take(values: &Values, row: usize) -> Result<Self, String>;
    /// Makes the value what comes back from a file: a double has 12 significant digits.
    fn settle(&mut self) {}
}

fn missing() -> String {
    "a missing value".to_owned()
}

fn other_type() -> String {
    "a column of another type".to_owned()
}

macro_rules! plain_cell {
    ($type:ty, $variant:ident, $write:expr $(, $settle:expr)?) => {
        impl Cell for $type {
            const KIND: Kind = Kind::$variant;
            fn put(&self, values: &mut Values) {
                if let Values::$variant(values) = values {
                    values.push(Some($write(self)));
                }
            }
            fn take(values: &Values, row: usize) -> Result<Self, String> {
                match values {
                    Values::$variant(values) => values[row].clone().ok_or_else(missing),
                    _ => Err(other_type()),
                }
            }
            $(fn settle(&mut self) {
                *self = $settle(*self);
            })?
        }
    };
}
plain_cell!(String, Text, String::clone);
plain_cell!(i64, Integer, |v: &i64| *v);
plain_cell!(f64, Double, |v: &f64| round12(*v), round12);
plain_cell!(bool, Boolean, |v: &bool| *v);

/// A text that many rows have is held once.
impl Cell for Arc<str> {
    const KIND: Kind = Kind::Text;
    fn put(&self, values: &mut Values) {
        values.push_text(Some(self));
    }
    fn take(values: &Values, row: usize) -> Result<Self, String> {
        match values {
            Values::Text(values) => values[row].as_deref().map(Self::from).ok_or_else(missing),
            _ => Err(other_type()),
        }
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    const WORDS: &'static [Word] = T::WORDS;
    fn put(&self, values: &mut Values) {
        match (self, values) {
            (Some(value), values) => value.put(values),
            (None, Values::Text(values)) => values.push(None),
            (None, Values::Integer(values)) => values.push(None),
            (None, Values::Double(values)) => values.push(None),
            (None, Values::Boolean(values)) => values.push(None),
        }
    }
    fn take(values: &Values, row: usize) -> Result<Self, String> {
        if values.is_missing(row) {
            Ok(None)
        } else {
            T::take(values, row).map(Some)
        }
    }
    fn settle(&mut self) {
        if let Some(value) = self {
            value.settle();
        }
    }
}

/// A row of a declared table.
pub trait Record: Sized {
    /// The declaration.
    fn schema() -> Schema;
    /// The rows as columns.
    fn table(rows: &[Self]) -> Table;
    /// The columns as rows; the error names table, column and row.
    fn rows(table: &Table) -> Result<Vec<Self>, String>;
    /// Makes the row what comes back from a file.
    fn settle(&mut self);
}

/// Declares a table: the struct of its row and its schema at once.
#[macro_export]
macro_rules! table {
    ($(#[doc = $about:literal])+ pub struct $name:ident, $file:literal, one row per $row:literal, key [$($key:literal),* $(,)?] {
        $($(#[doc = $meaning:literal])+ $field:ident: $type:ty $(, $unit:literal)?;)+
    }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[doc = $meaning])+ pub $field: $type),+ }

        impl $crate::table::Record for $name {
            fn schema() -> $crate::table::Schema {
                $crate::estimate_id::declared($crate::table::Schema {
                    name: $file,
                    row: $row,
                    key: &[$($key),*],
                    columns: vec![$($crate::table::Column {
                        name: stringify!($field).trim_start_matches("r#"),
                        kind: <$type as $crate::table::Cell>::KIND,
                        nullable: <$type as $crate::table::Cell>::NULLABLE,
                        unit: concat!($($unit)?),
                        meaning: concat!($($meaning),+),
                        words: <$type as $crate::table::Cell>::WORDS,
                    }),+],
                })
            }
            fn table(rows: &[Self]) -> $crate::table::Table {
                let schema = Self::schema();
                let columns = vec![$({
                    let mut values = $crate::table::Values::empty(<$type as $crate::table::Cell>::KIND);
                    for row in rows {
                        $crate::table::Cell::put(&row.$field, &mut values);
                    }
                    values
                }),+];
                $crate::estimate_id::with_ids($crate::table::Table { schema, columns })
            }
            fn rows(table: &$crate::table::Table) -> Result<Vec<Self>, String> {
                let mut rows = Vec::with_capacity(table.rows());
                for row in 0..table.rows() {
                    let mut next = $crate::estimate_id::columns_before($file)..;
                    rows.push($name { $($field: {
                        let column = next.next().expect("columns are counted from 0 without end");
                        <$type as $crate::table::Cell>::take(&table.columns[column], row).map_err(|found| {
                            format!("table `{}`, column `{}`, row {}: {found}", $file, stringify!($field), row + 1)
                        })?
                    }),+ });
                }
                Ok(rows)
            }
            fn settle(&mut self) {
                $($crate::table::Cell::settle(&mut self.$field);)+
            }
        }
    };
}
