//! XLSB: an invented workbook, record by record, as Excel writes one; no other program here can write it.

use nulmeting_ingest::container::sheet::{Area, Sheet};
use nulmeting_ingest::files::{Content, File};
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

fn record(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    match u8::try_from(kind) {
        Ok(kind) if kind < 0x80 => bytes.push(kind),
        _ => bytes.extend([(kind & 0x7f) as u8 | 0x80, (kind >> 7) as u8]),
    }
    let mut length = content.len();
    while length > 0x7f {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(content);
    bytes
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u32::try_from(units.len()).unwrap().to_le_bytes();
    length
        .into_iter()
        .chain(units.into_iter().flat_map(u16::to_le_bytes))
        .collect()
}

/// A cell in a column, in the format of that place.
fn cell(kind: u16, column: u32, format: u32, value: &[u8]) -> Vec<u8> {
    record(kind, &[&column.to_le_bytes(), &format.to_le_bytes(), value].concat())
}

/// A row: a row header and its cells.
fn row(row: u32, cells: &[Vec<u8>]) -> Vec<u8> {
    [record(0, &[&row.to_le_bytes()[..], &[0; 13]].concat()), cells.concat()].concat()
}

fn sheet(rows: &[u8], merged: &[u8]) -> Vec<u8> {
    [
        record(0x81, &[]),
        record(0x94, &[0xff; 16]),
        record(0x91, &[]),
        rows.to_vec(),
        record(0x92, &[]),
        merged.to_vec(),
        record(0x82, &[]),
    ]
    .concat()
}

/// The parts of a workbook of two sheets, the second hidden.
fn parts(first: Vec<u8>, second: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let listed = |state: u32, id: u32, relation: &str, name: &str| {
        let fixed = [state.to_le_bytes(), id.to_le_bytes()].concat();
        record(0x9c, &[fixed, wide(relation), wide(name)].concat())
    };
    let workbook = [
        record(0x83, &[]),
        record(0x99, &[0; 8]),
        record(0x8f, &[]),
        listed(0, 1, "rId1", "Vragen"),
        listed(1, 2, "rId2", "Lijsten"),
        record(0x90, &[]),
        record(0x84, &[]),
    ];
    let strings = [
        record(0x9f, &[2, 0, 0, 0, 2, 0, 0, 0]),
        record(0x13, &[&[0][..], &wide("Fryslân €")].concat()),
        // A text of two fonts.
        record(0x13, &[&[1][..], &wide("GO.01"), &[1, 0, 0, 0, 2, 0, 1, 0]].concat()),
        record(0xa0, &[]),
    ];
    let format = |id: u8| record(0x2f, &[&[0, 0, id, 0][..], &[0; 12]].concat());
    let styles = [
        record(0x116, &[]),
        record(0x267, &[1, 0, 0, 0]),
        record(0x2c, &[&[164, 0][..], &wide("dd-mm-yyyy hh:mm")].concat()),
        record(0x268, &[]),
        // Fonts whose bytes look like the start of the cell formats.
        record(0x2b, &[0xe9, 0x04, 0x00, 0xe7, 0x04, 0x00]),
        record(0x269, &[3, 0, 0, 0]),
        format(0),
        format(14),
        format(164),
        record(0x26a, &[]),
        record(0x117, &[]),
    ];
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\" Target=\"{target}\"/>"
        )
    };
    let relations = [
        relation("rId1", "worksheet", "worksheets/sheet1.bin"),
        relation("rId2", "worksheet", "worksheets/sheet2.bin"),
        relation("rId3", "sharedStrings", "sharedStrings.bin"),
        relation("rId4", "styles", "styles.bin"),
    ];
    let list = |relations: &str| format!("<Relationships>{relations}</Relationships>").into_bytes();
    vec![
        (
            "_rels/.rels",
            list(&relation("rId1", "officeDocument", "xl/workbook.bin")),
        ),
        ("xl/workbook.bin", workbook.concat()),
        ("xl/_rels/workbook.bin.rels", list(&relations.concat())),
        ("xl/sharedStrings.bin", strings.concat()),
        ("xl/styles.bin", styles.concat()),
        ("xl/worksheets/sheet1.bin", first),
        ("xl/worksheets/sheet2.bin", second),
    ]
}

fn packed(parts: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn sheets(parts: &[(&'static str, Vec<u8>)]) -> Result<Vec<Sheet>, nulmeting_ingest::Error> {
    match File::open("x.xlsb", &packed(parts), None, None)?.content {
        Content::Workbook(sheets) => Ok(sheets),
        other => panic!("{other:?}"),
    }
}

fn whole() -> Vec<(&'static str, Vec<u8>)> {
    let rows = [
        row(0, &[cell(0x07, 0, 0, &[0, 0, 0, 0]), cell(0x07, 1, 0, &[1, 0, 0, 0])]),
        row(
            1,
            &[
                cell(0x05, 0, 0, &2.5_f64.to_le_bytes()),
                // A whole number in 30 bits.
                cell(0x02, 1, 0, &((3_u32 << 2) | 2).to_le_bytes()),
                cell(0x02, 2, 1, &((45_413_u32 << 2) | 2).to_le_bytes()),
                cell(0x05, 3, 2, &45_413.544_907_4_f64.to_le_bytes()),
                cell(0x04, 4, 0, &[1]),
                cell(0x06, 5, 0, &wide("in de cel")),
            ],
        ),
        row(
            3,
            &[
                cell(0x09, 0, 0, &[&4_f64.to_le_bytes()[..], &[0; 14]].concat()),
                cell(0x08, 1, 0, &[wide("4 - Beheerst"), vec![0; 14]].concat()),
                cell(0x0a, 2, 0, &[0, 0, 0, 0]),
                // A formula and a cell with an error value, the second one newer than Excel 2003.
                cell(0x0b, 3, 0, &[0x07, 0, 0, 0]),
                cell(0x03, 4, 0, &[0x77]),
                cell(
                    0x3e,
                    5,
                    0,
                    &[&[1][..], &wide("twee fonts"), &[1, 0, 0, 0, 0, 0, 1, 0]].concat(),
                ),
                cell(0x01, 6, 0, &[]),
            ],
        ),
    ];
    let merged = record(0xb0, &[4_u32, 5, 0, 1].map(u32::to_le_bytes).concat());
    parts(
        sheet(&rows.concat(), &merged),
        sheet(&row(0, &[cell(0x06, 0, 0, &wide("verborgen"))]), &[]),
    )
}

#[test]
fn cells_of_every_kind_are_read() {
    let read = sheets(&whole()).unwrap();
    let row = |row: i64| read[0].rows[&row].values().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(row(1), ["Fryslân €", "GO.01"]);
    assert_eq!(
        row(2),
        ["2.5", "3", "2024-05-01", "2024-05-01 13:04:40", "true", "in de cel"]
    );
    assert_eq!(row(4), ["4", "4 - Beheerst", "false", "#DIV/0!", "#N/A", "twee fonts"]);
    let merged = Area {
        top: 5,
        bottom: 6,
        left: 0,
        right: 1,
    };
    assert_eq!(read[0].merged, [merged]);
    assert_eq!((read[0].name.as_str(), read[0].hidden), ("Vragen", false));
    assert_eq!((read[1].name.as_str(), read[1].hidden), ("Lijsten", true));
    assert_eq!(read[1].cell(1, 0), Some("verborgen"));
}

#[test]
fn records_that_lie_are_refused() {
    let refused = |rows: Vec<u8>, found: &str| {
        let error = sheets(&parts(sheet(&rows, &[]), sheet(&[], &[]))).unwrap_err();
        assert!(error.found.contains(found), "{error}");
    };
    refused(row(0, &[cell(0x05, 0, 0, &[1, 2])]), "cut off");
    refused(row(0, &[cell(0x07, 0, 0, &[9, 0, 0, 0])]), "text is missing");
    refused(row(0, &[cell(0x06, 0, 0, &[0xff; 6])]), "cut off");
    refused(row(2_000_000, &[]), "no sheet has");
    refused(row(0, &[cell(0x05, 20_000, 0, &[0; 8])]), "no sheet has");
    refused(record(0, &[]), "cut off");
    // A length of a quarter of a gigabyte.
    refused(vec![0x06, 0xff, 0xff, 0xff, 0x7f], "cut off");
}

#[test]
fn parts_that_were_cut_off_or_changed_never_panic() {
    let whole = whole();
    for (index, (_, content)) in whole.iter().enumerate() {
        for end in 0..content.len() {
            let mut parts = whole.clone();
            parts[index].1.truncate(end);
            let _ = sheets(&parts);
            let mut parts = whole.clone();
            parts[index].1[end] ^= 0xff;
            let _ = sheets(&parts);
        }
    }
}
