use super::sheets;
use nulmeting_study::study_file::Limits;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

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
        .write(0, 0, "x & <y> \u{1} _x000D_")
        .unwrap();
    let read = sheets(&book.save_to_buffer().unwrap(), &Limits::default(), "x.xlsx").unwrap();
    assert_eq!(read[0].cell(1, 0), Some("3"));
    assert_eq!(read[0].cell(1, 1), Some("2024-05-01 13:04:59"));
    assert_eq!(read[0].cell(1_048_576, 16_383), Some("far away"));
    assert!(read[1].hidden);
    assert_eq!(read[1].cell(1, 0), Some("x & <y> \u{1} _x000D_"));
}

#[test]
fn merged_cells_show_the_text_of_the_first() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet
        .merge_range(1, 0, 3, 1, "GV.OC-03.1: Legal", &Format::new())
        .unwrap();
    let read = sheets(&book.save_to_buffer().unwrap(), &Limits::default(), "x.xlsx").unwrap();
    assert_eq!(read[0].shown(4, 1), Some("GV.OC-03.1: Legal"));
    assert_eq!(read[0].shown(5, 1), None);
}

#[test]
fn workbook_that_is_not_a_workbook_says_so() {
    let limits = Limits::default();
    let error = sheets(b"PK\x03\x04 and then nothing", &limits, "x.xlsx").unwrap_err();
    assert!(error.found.contains("cannot be opened"), "{error}");
    let error = sheets(&[0xd0, 0xcf, 0x11, 0xe0, 1], &limits, "x.xlsx").unwrap_err();
    assert!(error.found.contains("cannot be opened"), "{error}");
}
