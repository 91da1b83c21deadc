//! The data behind a figure, as a CSV file.

use crate::view::Number;
use nulmeting_study::formula::masked;
use nulmeting_study::numbers::round12;

/// Rows of text under headings, written as RFC 4180 says, with a line feed after each row.
pub(crate) struct Data {
    text: String,
}

impl Data {
    /// Starts with the headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut data = Self { text: String::new() };
        data.row(headings.iter().map(|heading| (*heading).to_owned()));
        data
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (place, cell) in cells.into_iter().enumerate() {
            let cell = masked(&cell);
            if place > 0 {
                self.text.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(&cell);
            }
        }
        self.text.push('\n');
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
        self.text
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
