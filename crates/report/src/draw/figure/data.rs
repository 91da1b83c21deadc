//! The data behind a figure, as a CSV file.

use crate::view::Number;
use nulmeting_study::formula::masked;
use nulmeting_study::numbers::round12;

/// Rows of text under headings, written as RFC 4180 says, with a line feed after each row.
pub(crate) struct Data {
    writer: csv::Writer<Vec<u8>>,
}

impl Data {
    /// Starts with the headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut data = Self { writer };
        data.row(headings.iter().map(|heading| (*heading).to_owned()));
        data
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().map(|cell| masked(&cell).into_owned());
        self.writer.write_record(cells).expect("memory takes every byte");
    }

    /// The cells of a number.
    pub(crate) fn number(number: &Number<'_>) -> [String; 6] {
        [
            number.id.to_owned(),
            value(number.value),
            value(number.low),
            value(number.high),
            n(number),
            number.suppressed.to_string(),
        ]
    }

    /// The file.
    pub(crate) fn finish(self) -> String {
        let bytes = self.writer.into_inner().expect("memory takes every byte");
        String::from_utf8(bytes).expect("rows are made of strings")
    }
}

/// A count of organisations; empty when it is withheld.
pub(crate) fn count(count: Option<i64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

/// The organisations under a number; empty when it is withheld.
pub(crate) fn n(number: &Number<'_>) -> String {
    if number.suppressed {
        String::new()
    } else {
        number.n.to_string()
    }
}

/// A number with the digits that the tables have; empty when there is none.
pub(crate) fn value(value: Option<f64>) -> String {
    value.map(|value| round12(value).to_string()).unwrap_or_default()
}
