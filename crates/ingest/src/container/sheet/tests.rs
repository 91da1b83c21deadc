use super::sheets;
use nulmeting_study::study_file::Limits;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

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

/// A workbook with another text in the place of one within a part.
fn replaced(workbook: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let name = file.name().unwrap().into_owned();
        if name == part {
            assert!(text.contains(from), "{text}");
            text = text.replacen(from, to, 1);
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn excel_dates_of_both_epochs() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let moment = ExcelDateTime::parse_from_str("2020-04-30").unwrap();
    let format = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_datetime_with_format(0, 0, &moment, &format).unwrap();
    let since_1900 = book.save_to_buffer().unwrap();
    // Newer versions of Excel add an element of the same name, which says nothing of dates.
    let since_1904 = replaced(
        &since_1900,
        "xl/workbook.xml",
        "<workbookPr ",
        "<workbookPr date1904=\"1\"/><extLst><ext><x15:workbookPr chartTrackingRefBase=\"1\"/></ext></extLst><x ",
    );
    let date = |bytes: &[u8]| {
        let read = sheets(bytes, &Limits::default(), "x.xlsx").unwrap();
        read[0].cell(1, 0).unwrap().to_owned()
    };
    assert_eq!(date(&since_1900), "2020-04-30");
    assert_eq!(date(&since_1904), "2024-05-01");
}
