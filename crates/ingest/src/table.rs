//! A delivered file as named columns: what `estimate` and `cluster` read, whoever made the table.
//!
//! The file is opened by the same readers as an export, so every encoding, delimiter and container that a study
//! reads is read here too. The first row holds the names; every row below it is a case. A text stays as it was
//! written, because a code such as `0114` is no number; only a column of decimal commas gets decimal points.

use crate::container::dataset::{Dataset, Datum, Kind, Variable};
use crate::container::delimited::Delimited;
use crate::container::sheet::{Row, Sheet};
use crate::files::{Content, File};
use nulmeting_study::{Error, Values};
use std::collections::BTreeSet;

/// The word by which R, and many analysts with it, write that a value is missing.
pub const MISSING: &str = "NA";

/// Named columns of one length.
///
/// Missing: blank cells, the word `NA`, and values that a data file declares missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names in file order, each once.
    pub names: Vec<String>,
    /// Values in the same order.
    pub values: Vec<Values>,
    /// The sheet that was read, where the workbook has others that are left out.
    pub chosen_sheet: Option<String>,
}

impl Table {
    /// The columns of a file.
    ///
    /// Shape: of a workbook the first sheet with anything below its first row.
    /// Errors: nothing below the names, a row of a text that is longer than the row of names.
    pub fn of(file: &File) -> Result<Self, Error> {
        let (cells, chosen_sheet) = match &file.content {
            Content::Dataset(dataset) => return Ok(of_dataset(dataset)),
            Content::Text { table, .. } => (of_text(table, &file.path)?, None),
            Content::Workbook(sheets) => {
                let tables: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.rows.len() > 1).collect();
                let first = tables.first().ok_or_else(|| no_rows(&file.path))?;
                (of_sheet(first), (tables.len() > 1).then(|| first.name.clone()))
            }
        };
        let (names, columns) = cells;
        let comma_delimited = file.delimiter() == Some(',');
        let values = columns.into_iter().map(|mut column| {
            decimal_points(&mut column, comma_delimited);
            Values::Text(column)
        });
        Ok(Self {
            values: values.collect(),
            names: distinct(names),
            chosen_sheet,
        })
    }
}

/// Names, and the cells below each.
type Cells = (Vec<String>, Vec<Vec<Option<String>>>);

fn no_rows(place: &str) -> Error {
    Error::new(
        place,
        "no rows below a row of names",
        "a table whose first row names its columns",
        "check that it is the table that was meant",
    )
}

/// A cell without the blanks around it; absent when it is missing.
fn value(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text != MISSING).then(|| text.to_owned())
}

fn of_text(table: &Delimited, place: &str) -> Result<Cells, Error> {
    let heading = table.records.get(0).ok_or_else(|| no_rows(place))?;
    let names: Vec<String> = heading.fields().map(|field| field.text.trim().to_owned()).collect();
    let mut columns = vec![Vec::with_capacity(table.records.len() - 1); names.len()];
    for (record, row) in table.records.iter().zip(table.first..).skip(1) {
        let beyond = record
            .fields()
            .skip(names.len())
            .find(|field| !field.text.trim().is_empty());
        if beyond.is_some() {
            return Err(Error::new(
                format!("{place}, row {row}"),
                format!("{} values", record.len()),
                format!("at most {}, as the first row has names", names.len()),
                "put quotes around values that hold the delimiter",
            ));
        }
        for (index, column) in columns.iter_mut().enumerate() {
            column.push(record.get(index).and_then(|field| value(field.text)));
        }
    }
    Ok((names, columns))
}

/// The cells of a sheet; rows in which nothing stands are no cases, and a column without a name has its place as name.
fn of_sheet(sheet: &Sheet) -> Cells {
    let filled = |row: &Row| row.keys().copied().collect::<Vec<u32>>();
    let positions: BTreeSet<u32> = sheet.rows.values().flat_map(filled).collect();
    let (heading, _) = sheet.rows.first_key_value().expect("a sheet that was chosen has rows");
    let name = |column: &u32| {
        let written = sheet.cell(*heading, *column).map(|text| text.trim().to_owned());
        written.unwrap_or_else(|| format!("column {}", column + 1))
    };
    let cells = |column: &u32| {
        let rows = sheet.rows.values().skip(1);
        rows.map(|row| row.get(column).and_then(|text| value(text))).collect()
    };
    (
        positions.iter().map(name).collect(),
        positions.iter().map(cells).collect(),
    )
}

fn of_dataset(dataset: &Dataset) -> Table {
    let column = |(index, variable): (usize, &Variable)| {
        let cells = dataset.rows.iter().map(|row| &row[index]);
        let cells = cells.map(|datum| (!variable.declares_missing(datum)).then_some(datum));
        if variable.kind == Kind::Number {
            let number = |datum: Option<&Datum>| match datum {
                Some(Datum::Number(number)) => Some(*number),
                _ => None,
            };
            return Values::Double(cells.map(number).collect());
        }
        let text = |datum: Option<&Datum>| value(&variable.shown(datum?)?);
        Values::Text(cells.map(text).collect())
    };
    let names = dataset.variables.iter().map(|variable| variable.name.clone());
    Table {
        names: distinct(names.collect()),
        values: dataset.variables.iter().enumerate().map(column).collect(),
        chosen_sheet: None,
    }
}

/// The names, a second one of the same text with its count behind it.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let free = names.into_iter().map(|name| {
        let numbered = (2..).map(|count| format!("{name} ({count})"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        let free = candidates.find(|candidate| taken.insert(candidate.clone()));
        free.expect("the counts never end")
    });
    free.collect()
}

/// Gives a column of numbers with decimal commas decimal points; any other column stays as it is.
///
/// In a text whose delimiter is a comma, three digits behind every comma may as well be thousands: such a column
/// stays text, and whoever asks for its mean is told that it holds no numbers.
fn decimal_points(column: &mut [Option<String>], comma_delimited: bool) {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = |text: &str| {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once(',')?;
        (digits(whole) && digits(fraction)).then_some(fraction.len())
    };
    let whole = |text: &str| digits(text.strip_prefix(['-', '+']).unwrap_or(text));
    let mut fractions = column.iter().flatten().filter_map(|text| fraction(text)).peekable();
    let has_commas = fractions.peek().is_some();
    let may_be_thousands = comma_delimited && fractions.all(|digits| digits == 3);
    let all_numbers = column
        .iter()
        .flatten()
        .all(|text| whole(text) || fraction(text).is_some());
    if has_commas && all_numbers && !may_be_thousands {
        for text in column.iter_mut().flatten() {
            *text = text.replacen(',', ".", 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::files::File;
    use nulmeting_study::Values;

    fn table(text: &[u8]) -> Table {
        Table::of(&File::open("t.csv", text, None, None).unwrap()).unwrap()
    }

    fn texts(table: &Table, column: usize) -> Vec<Option<&str>> {
        match &table.values[column] {
            Values::Text(cells) => cells.iter().map(Option::as_deref).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn decimal_commas_become_points_and_codes_keep_their_zeros() {
        let read = table(b"code;niveau;bedrag\n0114;2,5;1.250,75\n0115;3;7\n");
        assert_eq!(texts(&read, 0), [Some("0114"), Some("0115")]);
        assert_eq!(texts(&read, 1), [Some("2.5"), Some("3")]);
        assert_eq!(
            texts(&read, 2),
            [Some("1.250,75"), Some("7")],
            "two kinds of mark are no number yet"
        );
    }

    #[test]
    fn comma_before_three_digits_in_a_comma_delimited_text_stays_a_text() {
        assert_eq!(texts(&table(b"a,b\n\"1,250\",\"2,5\"\n"), 0), [Some("1,250")]);
        assert_eq!(texts(&table(b"a,b\n\"1,250\",\"2,5\"\n"), 1), [Some("2.5")]);
    }

    #[test]
    fn blanks_and_the_word_of_r_are_missing() {
        assert_eq!(texts(&table(b"a, b \nNA,1\n , NA \nx,y\n"), 0), [None, None, Some("x")]);
        assert_eq!(table(b"a, b ,a\n1,2,3\n").names, ["a", "b", "a (2)"]);
    }

    #[test]
    fn row_longer_than_the_names_says_where() {
        let file = File::open("t.csv", b"a,b\n1,2\n3,4,5\n", None, None).unwrap();
        assert_eq!(Table::of(&file).unwrap_err().place, "t.csv, row 3");
    }
}
