//! The records of a text, kept as one text with marks where fields end.
//!
//! A large export has millions of fields. A text of its own for each would cost more than the file itself.

use std::ops::Range;

/// A field of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its text, quotes undone.
    pub text: &'a str,
    /// Whether it was written in quotes.
    pub quoted: bool,
}

impl Field<'_> {
    /// Whether nothing but blanks stands in it.
    pub(crate) fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Records of fields.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// The texts of all fields, one after another.
    text: String,
    /// Where each of them ends.
    ends: Vec<End>,
    /// The fields of each record.
    records: Vec<Range<usize>>,
}

/// Where a field ends in the text, and whether it was quoted: that is the lowest bit.
#[derive(Debug, Clone, Copy)]
struct End(usize);

impl End {
    fn of(at: usize, quoted: bool) -> Self {
        Self(at << 1 | usize::from(quoted))
    }

    fn at(self) -> usize {
        self.0 >> 1
    }

    fn is_quoted(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Records {
    /// No records yet, with room for so many bytes of text.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// The text, to which the next field is added.
    pub(super) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends a field: what was added to the text since the last one ended.
    pub(super) fn end_field(&mut self, quoted: bool) {
        self.ends.push(End::of(self.text.len(), quoted));
    }

    /// Ends a record of so many fields.
    pub(super) fn end_record(&mut self, width: usize) {
        self.records.push(self.ends.len() - width..self.ends.len());
    }

    fn put<'a>(&mut self, fields: impl Iterator<Item = Field<'a>>) -> Range<usize> {
        let first = self.ends.len();
        for field in fields {
            self.text.push_str(field.text);
            self.end_field(field.quoted);
        }
        first..self.ends.len()
    }

    /// Adds a record.
    pub(crate) fn push<'a>(&mut self, fields: impl Iterator<Item = Field<'a>>) {
        let fields = self.put(fields);
        self.records.push(fields);
    }

    /// Puts a record before all others.
    pub(crate) fn put_first<'a>(&mut self, fields: impl Iterator<Item = Field<'a>>) {
        let fields = self.put(fields);
        self.records.insert(0, fields);
    }

    /// Puts other texts into the first record; a field that gets none keeps its own.
    pub(crate) fn rename_first(&mut self, text: impl Fn(usize) -> Option<String>) {
        let Some(first) = self.get(0) else { return };
        let renamed = first.fields().zip(0..).map(|(field, column)| {
            let text = text(column).unwrap_or_else(|| field.text.to_owned());
            (text, field.quoted)
        });
        let renamed: Vec<(String, bool)> = renamed.collect();
        self.records[0] = self.put(renamed.iter().map(|(text, quoted)| Field { text, quoted: *quoted }));
    }

    /// Takes every field for one that was written in quotes.
    pub(crate) fn quote_all(&mut self) {
        for end in &mut self.ends {
            *end = End::of(end.at(), true);
        }
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record by its place; absent beyond the last.
    pub fn get(&self, record: usize) -> Option<Record<'_>> {
        self.records.get(record).map(|fields| self.record(fields))
    }

    /// The records in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.records.iter().map(|fields| self.record(fields))
    }

    fn record(&self, fields: &Range<usize>) -> Record<'_> {
        Record {
            text: &self.text,
            start: fields.start.checked_sub(1).map_or(0, |before| self.ends[before].at()),
            ends: &self.ends[fields.clone()],
        }
    }
}

/// What stands in them makes them equal, in whatever order the texts were put down.
impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(record, other)| record.fields().eq(other.fields()))
    }
}

impl Eq for Records {}

/// A record.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    text: &'a str,
    /// Where its first field starts.
    start: usize,
    ends: &'a [End],
}

impl<'a> Record<'a> {
    /// The number of its fields.
    pub fn len(self) -> usize {
        self.ends.len()
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.ends.is_empty()
    }

    /// A field by its place; absent beyond the last.
    pub fn get(self, column: usize) -> Option<Field<'a>> {
        let end = self.ends.get(column)?;
        let start = column
            .checked_sub(1)
            .map_or(self.start, |before| self.ends[before].at());
        Some(Field {
            text: &self.text[start..end.at()],
            quoted: end.is_quoted(),
        })
    }

    /// Its fields in their order.
    pub fn fields(self) -> impl ExactSizeIterator<Item = Field<'a>> {
        let mut start = self.start;
        self.ends.iter().map(move |end| {
            let text = &self.text[start..end.at()];
            start = end.at();
            Field {
                text,
                quoted: end.is_quoted(),
            }
        })
    }
}
