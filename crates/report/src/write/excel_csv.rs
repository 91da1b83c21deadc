//! The tables as CSV for a Dutch Excel, which opens them with a double click: semicolons, decimal commas, a byte order
//! mark, and no cell that can become a formula.
//!
//! For programs there are the Parquet tables; these files are for eyes.

use nulmeting_study::formula::masked;
use nulmeting_study::table::{Table, Values};

/// Writes a table.
///
/// Shape: a row of column names, then a row per row; lines end as Excel ends them.
/// Missing: an empty cell. Truth is WAAR or ONWAAR, as a Dutch Excel reads it.
pub(crate) fn write(table: &Table) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    let names = table.schema.columns.iter().map(|column| column.name.to_owned());
    line(&mut text, names);
    for row in 0..table.rows() {
        line(&mut text, table.columns.iter().map(|values| cell(values, row)));
    }
    text.into_bytes()
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(';');
        }
        if cell.contains([';', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

fn cell(values: &Values, row: usize) -> String {
    match values {
        Values::Text(texts) => texts[row]
            .as_deref()
            .map(|text| masked(text).into_owned())
            .unwrap_or_default(),
        Values::Integer(numbers) => numbers[row].map(|number| number.to_string()).unwrap_or_default(),
        Values::Double(numbers) => match numbers[row].filter(|number| number.is_finite()) {
            Some(number) => number.to_string().replace('.', ","),
            None => String::new(),
        },
        Values::Boolean(truths) => match truths[row] {
            Some(true) => "WAAR".to_owned(),
            Some(false) => "ONWAAR".to_owned(),
            None => String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made;
    use nulmeting_study::Record;
    use nulmeting_study::tables::Finding;

    #[test]
    fn a_dutch_excel_reads_numbers_as_numbers_and_formulas_as_text() {
        let values = Values::Double(vec![Some(-0.125), None]);
        assert_eq!(
            (cell(&values, 0), cell(&values, 1)),
            ("-0,125".to_owned(), String::new())
        );
        let made = made::study(15, "census");
        let file = String::from_utf8(write(&Finding::table(&made.normalized.findings))).unwrap();
        assert!(file.starts_with("\u{feff}severity;") || file.starts_with("\u{feff}"));
        assert!(file.contains("'=1+1") && !file.contains(";=1+1"));
        let width = file.lines().next().unwrap().matches(';').count();
        assert!(width > 5 && file.ends_with("\r\n"));
    }
}
