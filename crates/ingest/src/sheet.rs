//! Sheets of a workbook as texts with addresses.
//!
//! Hidden sheets are read like others; formulas give the value that was saved with them. Cells are kept
//! sparse, so that one cell in the last row of a sheet costs one cell. No meaning is read into a value here.

use crate::limits;
use calamine::{Data, DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx};
use nulmeting_study::Error;
use std::collections::BTreeMap;
use std::io::Cursor;

/// A row: column, counted from 0, to text.
pub type Row = BTreeMap<u32, String>;

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    pub hidden: bool,
    /// Row, counted from 1, to its filled cells. Blank cells are left out.
    pub rows: BTreeMap<i64, Row>,
}

impl Sheet {
    /// The text of a cell; absent when it is blank.
    pub fn cell(&self, row: i64, column: u32) -> Option<&str> {
        self.rows.get(&row)?.get(&column).map(String::as_str)
    }
}

/// Reads the sheets of a workbook in their order.
///
/// Errors: a file that is not a workbook, is damaged, is locked with a password, or is over a limit.
pub fn sheets(bytes: &[u8], place: &str) -> Result<Vec<Sheet>, Error> {
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Error::new(
            place,
            "a workbook of the old kind, or one locked with a password",
            "an XLSX workbook without password",
            "open it, remove the password and save it as XLSX",
        ));
    }
    limits::check_unpacked(bytes, place)?;
    // The library may panic on a file made to break it; to the study that is one more damaged file.
    std::panic::catch_unwind(|| read(bytes, place))
        .unwrap_or_else(|_| Err(damaged(place, "its parts contradict each other")))
}

fn damaged(place: &str, cause: impl std::fmt::Display) -> Error {
    Error::new(
        place,
        format!("a file that cannot be opened as a workbook ({cause})"),
        "an XLSX workbook",
        "open it in a spreadsheet program and save it again as XLSX, or ask the sender for a whole copy",
    )
}

fn read(bytes: &[u8], place: &str) -> Result<Vec<Sheet>, Error> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|cause| damaged(place, cause))?;
    let listed = book.sheets_metadata().to_vec();
    let mut total = 0;
    let mut sheets = Vec::new();
    for meta in listed.into_iter().filter(|meta| meta.typ == SheetType::WorkSheet) {
        let mut rows: BTreeMap<i64, Row> = BTreeMap::new();
        let mut cells = book
            .worksheet_cells_reader(&meta.name)
            .map_err(|cause| damaged(place, cause))?;
        while let Some(cell) = cells.next_cell().map_err(|cause| damaged(place, cause))? {
            let (row, column) = cell.get_position();
            let Some(text) = text(cell.get_value()) else { continue };
            total += 1;
            if total > limits::CELLS {
                return Err(Error::new(
                    place,
                    format!("a workbook of more than {} filled cells", limits::CELLS),
                    "an export or a self-assessment",
                    "keep the sheets with answers and save it again",
                ));
            }
            rows.entry(i64::from(row) + 1).or_default().insert(column, text);
        }
        sheets.push(Sheet {
            name: meta.name,
            hidden: meta.visible != SheetVisible::Visible,
            rows,
        });
    }
    Ok(sheets)
}

/// What a cell shows; absent when it is blank.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::DateTime(moment) if moment.is_datetime() => written(moment),
        DataRef::DateTimeIso(text) => text.replace('T', " "),
        other => Data::from(other.clone()).to_string(),
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A moment as year-month-day hour:minute:second, rounded to the second, or the day alone when it has no time.
fn written(moment: &ExcelDateTime) -> String {
    // Serial numbers hold binary fractions of a day: a whole second arrives as 59.999.
    let seconds = (moment.as_f64() * 86_400.0).round();
    let whole = ExcelDateTime::new(
        (seconds + 0.25) / 86_400.0,
        calamine::ExcelDateTimeType::DateTime,
        false,
    );
    let (year, month, day, hour, minute, second, _) = whole.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// The letters of a column that is counted from 0.
pub fn letters(column: u32) -> String {
    let mut number = column + 1;
    let mut letters = Vec::new();
    while number > 0 {
        let digit = (number - 1) % 26;
        letters.push(char::from(
            b'A' + u8::try_from(digit).expect("a remainder of 26 fits a byte"),
        ));
        number = (number - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::{letters, sheets};
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    #[test]
    fn letters_run_on_after_z() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn hidden_sheet_date_and_whole_number_are_read_as_shown() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("Blad").unwrap();
        sheet.write(0, 0, 3.0).unwrap();
        let moment = ExcelDateTime::parse_from_str("2024-05-01 13:04:59").unwrap();
        sheet
            .write_datetime_with_format(0, 1, &moment, &Format::new().set_num_format("m/d/yy h:mm:ss"))
            .unwrap();
        sheet.write(1_048_575, 16_383, "far away").unwrap();
        book.add_worksheet()
            .set_name("Lijsten")
            .unwrap()
            .set_hidden(true)
            .write(0, 0, "x")
            .unwrap();
        let read = sheets(&book.save_to_buffer().unwrap(), "x.xlsx").unwrap();
        assert_eq!(read[0].cell(1, 0), Some("3"));
        assert_eq!(read[0].cell(1, 1), Some("2024-05-01 13:04:59"));
        assert_eq!(read[0].cell(1_048_576, 16_383), Some("far away"));
        assert!(read[1].hidden && read[1].cell(1, 0) == Some("x"));
    }

    #[test]
    fn workbook_that_is_not_a_workbook_says_so() {
        let error = sheets(b"PK\x03\x04 and then nothing", "x.xlsx").unwrap_err();
        assert!(error.found.contains("cannot be opened"), "{error}");
        let error = sheets(&[0xd0, 0xcf, 0x11, 0xe0, 1], "x.xlsx").unwrap_err();
        assert!(error.found.contains("password"), "{error}");
    }
}
