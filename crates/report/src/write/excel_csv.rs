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
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let names = table.schema.columns.iter().map(|column| column.name);
    let rows = (0..table.rows()).map(|row| table.columns.iter().map(move |values| cell(values, row)));
    writer
        .write_record(names)
        .and_then(|()| rows.into_iter().try_for_each(|cells| writer.write_record(cells)))
        .expect("every row of a table has a cell per column, and memory takes every byte");
    writer.into_inner().expect("memory takes every byte")
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
        let heading = file.strip_prefix('\u{feff}').expect("a byte order mark").lines().next();
        let names: Vec<&str> = Finding::schema().columns.iter().map(|column| column.name).collect();
        assert_eq!(heading, Some(names.join(";").as_str()));
        assert!(file.contains("'=1+1") && !file.contains(";=1+1"));
        assert_eq!(file.matches("\r\n").count(), made.normalized.findings.len() + 1);
        assert!(file.ends_with("\r\n"));
    }
}
