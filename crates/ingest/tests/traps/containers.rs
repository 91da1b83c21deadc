//! The same invented workbook as XLSX, XLS and ODS, saved by LibreOffice; see workbooks/make.py.

use crate::case::{Case, cells, of};
use nulmeting_ingest::container::sheet::Sheet;
use nulmeting_ingest::files::{Content, File};
use nulmeting_study::Rule;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/traps/workbooks")
            .join(name),
    )
    .unwrap()
}

fn sheets(name: &str) -> Vec<Sheet> {
    match File::open(name, &fixture(name), None, None).unwrap().content {
        Content::Workbook(sheets) => sheets,
        other => panic!("{other:?}"),
    }
}

#[test]
fn xls_and_ods_hold_the_same_as_xlsx() {
    let expected = sheets("book.xlsx");
    assert_eq!(expected[1].cell(2, 1), Some("Frysl\u{e2}n \u{20ac}"));
    assert_eq!(expected[1].cell(5, 2), Some("4"));
    assert_eq!(expected[1].cell(6, 2), Some("4 - Beheerst"));
    assert_eq!(expected[1].cell(7, 2), Some("true"));
    assert_eq!(expected[0].cell(4, 2), Some("2024-05-01 13:04:59"));
    assert_eq!(expected[3].cell(65_536, 255), Some("ver weg"));
    assert_eq!(sheets("book.xls"), expected);
    let mut ods = sheets("book.ods");
    // LibreOffice writes a truth that has no format of its own as the number one.
    let truth = ods[1].rows.get_mut(&7).unwrap().insert(2, "true".to_owned());
    assert_eq!(truth.as_deref(), Some("1"));
    assert_eq!(ods, expected);
}

#[test]
fn xls_with_wrong_counts_and_capital_names_is_read() {
    let whole = fixture("book.xls");
    let expected = sheets("book.xlsx");
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let find = |part: &[u8]| whole.windows(part.len()).position(|window| window == part).unwrap();
    // The header of the container counts its tables of sectors; the workbook counts its shared strings, 252 in its records.
    let container = [40, 44, 64, 72].map(|at| (at, 4));
    let strings = whole.windows(4).enumerate().position(|(at, head)| {
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let counts = whole.get(at + 4..at + 12).map(|counts| (counts[0], counts[4]));
        head[..2] == [0xfc, 0] && length > 16 && counts.is_some_and(|(all, unique)| all >= unique && unique > 5)
    });
    let strings = strings.expect("the workbook has shared strings") + 4;
    for (at, length) in container.into_iter().chain([(strings, 4), (strings + 4, 4)]) {
        for wrong in [0_u8, 1, 200] {
            let mut bytes = whole.clone();
            bytes[at..at + length].fill(0);
            bytes[at] = wrong;
            let read = File::open("x.xls", &bytes, None, None);
            let read = read.unwrap_or_else(|error| panic!("{wrong} at {at}: {error}"));
            assert!(read.content == Content::Workbook(expected.clone()), "{wrong} at {at}");
        }
    }
    let mut capital = whole.clone();
    let at = find(&wide("Workbook"));
    capital[at..at + 16].copy_from_slice(&wide("WORKBOOK"));
    assert!(File::open("x.xls", &capital, None, None).unwrap().content == Content::Workbook(expected.clone()));
    let mut longer = whole.clone();
    longer.extend([0; 100]);
    assert!(File::open("x.xls", &longer, None, None).unwrap().content == Content::Workbook(expected));
}

#[test]
fn names_of_parts_with_backslashes_and_in_other_case_are_those_parts() {
    let mut own = zip::ZipArchive::new(std::io::Cursor::new(fixture("book.xlsx"))).unwrap();
    let mut other = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..own.len() {
        let mut part = own.by_index(index).unwrap();
        let name = part.name().unwrap().replace('/', "\\").to_lowercase();
        other
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::copy(&mut part, &mut other).unwrap();
    }
    let bytes = other.finish().unwrap().into_inner();
    let Content::Workbook(read) = File::open("x.xlsx", &bytes, None, None).unwrap().content else {
        panic!("a workbook");
    };
    assert_eq!(read, sheets("book.xlsx"));
}

#[test]
fn part_in_the_encoding_that_it_declares_is_read_in_that() {
    let text = |sheet: &[u8]| {
        let parts: [(&str, &[u8]); 3] = [
            (
                "xl/workbook.xml",
                b"<workbook><sheets><sheet name=\"B\" r:id=\"r\"/></sheets></workbook>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                b"<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>",
            ),
            ("xl/s.xml", sheet),
        ];
        let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            book.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut book, bytes).unwrap();
        }
        let bytes = book.finish().unwrap().into_inner();
        match File::open("x.xlsx", &bytes, None, None)?.content {
            Content::Workbook(sheets) => Ok(sheets[0].cell(1, 0).map(str::to_owned)),
            other => panic!("{other:?}"),
        }
    };
    let sheet = |declared: &str, name: &[u8]| {
        let mut bytes =
            format!("<?xml version=\"1.0\"{declared}?><worksheet><sheetData><row r=\"1\"><c t=\"inlineStr\"><is><t>")
                .into_bytes();
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(b"</t></is></c></row></sheetData></worksheet>");
        bytes
    };
    let latin = sheet(" encoding='ISO-8859-1' standalone='yes'", b"Frysl\xe2n");
    assert_eq!(text(&latin).unwrap().as_deref(), Some("Frysl\u{e2}n"));
    let plain = sheet(" encoding=\"UTF-8\"", "Frysl\u{e2}n".as_bytes());
    assert_eq!(text(&plain).unwrap().as_deref(), Some("Frysl\u{e2}n"));
    let wrong: Result<_, nulmeting_ingest::Error> = text(&sheet("", b"Frysl\xe2n"));
    assert!(wrong.unwrap_err().found.contains("not UTF-8"));
}

#[test]
fn self_assessment_is_read_from_each_container() {
    for name in ["book.xlsx", "book.xls", "book.ods"] {
        let read = Case::new(&format!("path = \"{name}\""))
            .file(name, fixture(name))
            .read();
        let own: Vec<_> = cells(&read).into_iter().map(|own| (own.0, own.1, own.2)).collect();
        assert_eq!(
            own,
            [
                ("01234", "GO.01", Some("3")),
                ("01234", "GO.02", Some("n.v.t.")),
                ("01234", "GO.03", Some("2.5")),
                ("01234", "GO.04", Some("4")),
                ("01234", "GO.05", Some("4 - Beheerst")),
                ("01234", "GO.06", Some(if name == "book.ods" { "1" } else { "true" })),
                // On a hidden sheet, in a hidden column.
                ("01234", "GO.07", Some("5")),
            ],
            "{name}"
        );
    }
}

#[test]
fn formula_without_a_saved_value_is_a_finding_at_its_cell() {
    let read = Case::new("path = \"u.xlsx\"")
        .file("u.xlsx", fixture("uncomputed.xlsx"))
        .read();
    let found: Vec<_> = of(&read, Rule::UncomputedFormula)
        .iter()
        .map(|own| (own.sheet.as_deref(), own.row, own.column.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            (Some("Bestuur"), Some(5), Some("C")),
            (Some("Bestuur"), Some(6), Some("C"))
        ]
    );
    let empty: Vec<_> = cells(&read)
        .into_iter()
        .filter(|own| own.2.is_none())
        .map(|own| own.1)
        .collect();
    assert_eq!(empty, ["GO.04", "GO.05"]);
}

#[test]
fn workbooks_that_were_cut_off_never_panic() {
    for name in ["book.xlsx", "book.xls", "book.ods"] {
        let bytes = fixture(name);
        for end in (0..bytes.len()).step_by(97) {
            let _ = File::open(name, &bytes[..end], None, None);
        }
    }
}
