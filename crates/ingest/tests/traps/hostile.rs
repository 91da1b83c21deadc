//! Files that are made to break a reader: each is a finding or harmless, and takes little memory and time.

use crate::case::{Case, of};
use nulmeting_ingest::files::{Content, File, Opening};
use nulmeting_study::study_file::Limits;
use nulmeting_study::{Error, Rule};
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

const ANSWERS: &str = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n";
const MAIN: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of one sheet, with more parts or other ones in their place.
fn workbook(sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let relations = format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{MAIN}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"r2\" Type=\"{MAIN}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let own: [(&str, &[u8]); 3] = [
        (
            "xl/workbook.xml",
            b"<workbook><sheets><sheet name=\"Blad\" r:id=\"r1\"/></sheets></workbook>",
        ),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    let replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
    let parts: Vec<(&str, &[u8])> = own
        .into_iter()
        .filter(|(name, _)| !replaced(name))
        .chain(more.iter().copied())
        .collect();
    packed(&parts)
}

fn cells(inner: &str) -> String {
    format!("<worksheet><sheetData>{inner}</sheetData></worksheet>")
}

fn refused(name: &str, bytes: &[u8], part_of_found: &str) -> Error {
    let error = File::open(name, bytes, None, None).unwrap_err();
    assert!(error.found.contains(part_of_found), "{error}");
    for part in [&error.place, &error.expected, &error.hint] {
        assert!(!part.trim().is_empty());
    }
    error
}

#[test]
fn zip_bomb_is_refused_by_its_ratio() {
    let sheet = cells(&" ".repeat(8 << 20));
    let error = refused("bomb.xlsx", &workbook(&sheet, &[]), "larger unpacked than packed");
    assert!(error.hint.contains("limits.ratio"));
}

#[test]
fn zip_bomb_with_sizes_that_lie_is_refused() {
    let sheet = cells(&" ".repeat(8 << 20));
    let mut bytes = workbook(&sheet, &[]);
    // Every entry of the directory states a size of ten bytes.
    let starts: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..].starts_with(b"PK\x01\x02"))
        .collect();
    for at in starts {
        bytes[at + 24..at + 28].copy_from_slice(&10u32.to_le_bytes());
    }
    assert!(File::open("bomb.xlsx", &bytes, None, None).is_err());
}

#[test]
fn zip_within_a_zip_stays_packed() {
    let inner = packed(&[("bomb", &vec![0; 8 << 20])]);
    let bytes = workbook(
        &cells("<row r=\"1\"><c r=\"A1\"><v>3</v></c></row>"),
        &[("xl/embedded.zip", &inner)],
    );
    assert!(File::open("x.xlsx", &bytes, None, None).is_ok());
}

#[test]
fn content_beyond_the_limit_is_refused_and_the_study_file_can_raise_it() {
    let limits = |mib| Limits {
        unpacked_mib: mib,
        ratio: u64::MAX,
        ..Limits::default()
    };
    let bytes = workbook(&cells(&" ".repeat(3 << 20)), &[]);
    let open = |limits: &Limits| {
        let opening = Opening {
            encoding: None,
            delimiter: None,
            columnar: None,
            quote: None,
            limits,
        };
        File::open_within("x.xlsx", &bytes, &opening)
    };
    assert!(open(&limits(2)).unwrap_err().hint.contains("limits.unpacked_mib"));
    assert!(open(&limits(4)).is_ok());
}

#[test]
fn one_cell_in_xfd1048576_costs_one_cell() {
    let bytes = workbook(&cells("<row r=\"1048576\"><c r=\"XFD1048576\"><v>3</v></c></row>"), &[]);
    let Content::Workbook(sheets) = File::open("x.xlsx", &bytes, None, None).unwrap().content else {
        panic!()
    };
    assert_eq!(sheets[0].cell(1_048_576, 16_383), Some("3"));
    refused(
        "x.xlsx",
        &workbook(&cells("<row r=\"1\"><c r=\"XFE1\"><v>3</v></c></row>"), &[]),
        "no sheet has",
    );
}

#[test]
fn workbook_of_ten_thousand_sheets_is_refused() {
    let names: Vec<String> = (0..10_000)
        .map(|index| format!("xl/worksheets/sheet{index}.xml"))
        .collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"<worksheet/>"[..])).collect();
    refused("x.xlsx", &packed(&parts), "10000 parts");
    let sheets = "<sheet name=\"a\" r:id=\"r1\"/>".repeat(10_000);
    let list = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    refused(
        "x.xlsx",
        &workbook("", &[("xl/workbook.xml", list.as_bytes())]),
        "sheets",
    );
}

#[test]
fn counts_that_a_workbook_states_about_itself_take_no_memory() {
    let strings = "<sst uniqueCount=\"9999999999\"><si><t>3</t></si></sst>";
    let sheet = cells(
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><f t=\"shared\" si=\"4294967295\" ref=\"A1:XFD1048576\">1</f><v>0</v></c></row>",
    );
    let bytes = workbook(&sheet, &[("xl/sharedStrings.xml", strings.as_bytes())]);
    let Content::Workbook(sheets) = File::open("x.xlsx", &bytes, None, None).unwrap().content else {
        panic!()
    };
    assert_eq!(sheets[0].cell(1, 0), Some("3"));
}

#[test]
fn long_text_that_many_cells_share_is_counted_each_time() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1_000_000));
    let sheet = cells(&"<row><c t=\"s\"><v>0</v></c></row>".repeat(200));
    refused(
        "x.xlsx",
        &workbook(&sheet, &[("xl/sharedStrings.xml", strings.as_bytes())]),
        "MiB",
    );
}

#[test]
fn no_entity_is_replaced_and_no_path_is_followed() {
    let strings = "<!DOCTYPE sst [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
         <sst><si><t>1&b;&c;</t></si></sst>";
    let sheet = cells("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>");
    let bytes = workbook(&sheet, &[("xl/sharedStrings.xml", strings.as_bytes())]);
    let Content::Workbook(sheets) = File::open("x.xlsx", &bytes, None, None).unwrap().content else {
        panic!()
    };
    assert_eq!(sheets[0].cell(1, 0), Some("1&b;&c;"));
    for target in ["../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd"] {
        let list = format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{MAIN}/worksheet\" Target=\"{target}\"/></Relationships>"
        );
        refused(
            "x.xlsx",
            &workbook("", &[("xl/_rels/workbook.xml.rels", list.as_bytes())]),
            "is not in the file",
        );
    }
}

#[test]
fn signs_that_the_copy_for_the_library_changes_take_neither_time_nor_memory() {
    let limits = Limits {
        ratio: u64::MAX,
        unpacked_mib: 8,
        ..Limits::default()
    };
    let opening = Opening {
        encoding: None,
        delimiter: None,
        columnar: None,
        quote: None,
        limits: &limits,
    };
    let cell = |text: &str| format!("<row><c t=\"str\"><v>{text}</v></c></row>");
    let errors = workbook(&cells(&cell(&"t=\"e\"".repeat(1 << 20))), &[]);
    assert!(File::open_within("x.xlsx", &errors, &opening).is_ok());
    let signs = workbook(&cells(&cell(&"&".repeat(4 << 20))), &[]);
    let error = File::open_within("x.xlsx", &signs, &opening).unwrap_err();
    assert!(error.hint.contains("limits.unpacked_mib"), "{error}");
}

#[test]
fn elements_that_lie_deep_within_each_other_are_refused() {
    let deep = "<a>".repeat(100_000);
    refused("x.xlsx", &workbook(&deep, &[]), "deep within each other");
}

#[test]
fn ods_that_repeats_a_cell_a_billion_times_is_refused() {
    for repeat in [
        "<table:table-row table:number-rows-repeated=\"1000000000\"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>",
        "<table:table-row><table:table-cell table:number-columns-repeated=\"1000000000\"><text:p>x</text:p></table:table-cell></table:table-row>",
        "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16000\"><text:p>x</text:p></table:table-cell></table:table-row>",
    ] {
        let content = format!(
            "<office:document-content><table:table table:name=\"a\">{repeat}</table:table></office:document-content>"
        );
        assert!(File::open("x.ods", &packed(&[("content.xml", content.as_bytes())]), None, None).is_err());
    }
    let blank = "<office:document-content><table:table table:name=\"a\"><table:table-row table:number-rows-repeated=\"1048576\">\
         <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table></office:document-content>";
    assert!(File::open("x.ods", &packed(&[("content.xml", blank.as_bytes())]), None, None).is_ok());
}

#[test]
fn a_hundred_thousand_columns_are_refused() {
    let heading = vec!["a"; 100_000].join(",");
    let error = refused("x.csv", heading.as_bytes(), "16384 columns");
    assert!(error.hint.contains("limits.columns"));
}

#[test]
fn file_of_commas_is_refused_before_its_cells_are_made() {
    let line = format!("{}\n", ",".repeat(10_000));
    refused("x.csv", line.repeat(500).as_bytes(), "4000000 cells");
    refused("x.csv", &vec![b','; 129 << 20], "a file of 129 MiB");
}

#[test]
fn password_protected_workbook_says_so() {
    // A compound file with one folder entry for the root and one for the encrypted package.
    let mut bytes = vec![0u8; 512 * 3];
    bytes[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    bytes[30] = 9;
    bytes[32] = 6;
    bytes[48..52].copy_from_slice(&1u32.to_le_bytes());
    bytes[56..60].copy_from_slice(&4096u32.to_le_bytes());
    for at in [60, 68] {
        bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    }
    bytes[76..512].fill(0xff);
    bytes[76..80].fill(0);
    bytes[512..1024].fill(0xff);
    bytes[516..520].copy_from_slice(&0xffff_fffeu32.to_le_bytes());
    for (entry, name) in ["Root Entry", "EncryptedPackage"].into_iter().enumerate() {
        let at = 1024 + entry * 128;
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes[at..at + units.len()].copy_from_slice(&units);
        bytes[at + 64] = u8::try_from(units.len() + 2).unwrap();
        bytes[at + 116..at + 120].fill(0xff);
    }
    let error = refused("x.xlsx", &bytes, "locked with a password");
    assert!(error.hint.contains("remove the password"));
}

#[test]
fn run_goes_on_without_a_source_over_a_limit_unless_the_study_says_otherwise() {
    let case = |skip: &str| {
        Case::new("path = \"l.csv\"\n[[wave.source]]\npath = \"big.csv\"")
            .file("l.csv", ANSWERS)
            .file("big.csv", vec![b','; 3 << 20])
            .toml(|text| text.replace("[population]", &format!("[limits]\nfile_mib = 2\n{skip}\n[population]")))
    };
    let read = case("").read();
    assert_eq!(of(&read, Rule::UnreadableFile).len(), 1);
    assert_eq!(read.responses.len(), 1);
    let error = case("skip = false").try_read().unwrap_err();
    assert_eq!(error.place, "big.csv");
}

/// A Stata file of version 118 with one value and labels that all run to the end of the same text.
fn labelled(count: u32, text: usize) -> Vec<u8> {
    let mut bytes = b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>\x01\0</K><N>".to_vec();
    bytes.extend([1, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(b"</N><label>\0\0</label><timestamp>\0</timestamp></header><map>");
    bytes.extend([0; 14 * 8]);
    bytes.extend(b"</map><variable_types>");
    bytes.extend(65_528_u16.to_le_bytes());
    let padded = |text: &str, width: usize| {
        let mut own = text.as_bytes().to_vec();
        own.resize(width, 0);
        own
    };
    for (tag, content) in [
        ("varnames", padded("x", 129)),
        ("sortlist", vec![0; 4]),
        ("formats", padded("%8.0g", 57)),
        ("value_label_names", padded("set", 129)),
        ("variable_labels", vec![0; 321]),
        ("characteristics", Vec::new()),
        ("data", 1_u32.to_le_bytes().to_vec()),
        ("strls", Vec::new()),
    ] {
        if tag == "varnames" {
            bytes.extend(b"</variable_types>");
        }
        bytes.extend(format!("<{tag}>").bytes());
        bytes.extend(content);
        bytes.extend(format!("</{tag}>").bytes());
    }
    bytes.extend(b"<value_labels><lbl>\0\0\0\0");
    bytes.extend(padded("set", 129));
    bytes.extend([0; 3]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(text).unwrap().to_le_bytes());
    bytes.extend(vec![0; count as usize * 4]);
    bytes.extend((1..=count).flat_map(u32::to_le_bytes));
    bytes.extend(vec![b'x'; text]);
    bytes.extend(b"</lbl></value_labels></stata_dta>");
    bytes
}

#[test]
fn labels_that_share_one_long_text_are_counted_each_time() {
    let Content::Dataset(read) = File::open("x.dta", &labelled(2, 3), None, None).unwrap().content else {
        panic!()
    };
    assert_eq!(read.variables[0].labels.len(), 2);
    refused("x.dta", &labelled(10_000, 1 << 20), "MiB");
}

#[test]
fn far_cell_in_the_headings_does_not_make_every_row_as_wide() {
    let heading = |column: u32| {
        let name = nulmeting_ingest::container::sheet::letters(column);
        format!("<c r=\"{name}1\" t=\"str\"><v>vraag {column}</v></c>")
    };
    let row = |row: u32| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c></row>");
    let first = "<c r=\"A1\" t=\"str\"><v>id</v></c><c r=\"B1\" t=\"str\"><v>submitdate</v></c>";
    let rows: String = (2..2_000).map(row).collect();
    let headings: String = (2..16_384).map(heading).collect();
    let sheet = cells(&format!("<row r=\"1\">{first}{headings}</row>{rows}"));
    let read = Case::new("path = \"l.csv\"\n[[wave.source]]\npath = \"wide.xlsx\"")
        .file("l.csv", ANSWERS)
        .file("wide.xlsx", workbook(&sheet, &[]))
        .read();
    let found = of(&read, Rule::UnreadableFile);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("4000000 cells"), "{}", found[0].message);
    assert!(found[0].hint.contains("limits.cells"));
    assert_eq!(read.responses.len(), 1);
}

#[test]
fn ten_thousand_equal_headings_get_a_name_each() {
    let headings = vec!["vraag"; 10_000].join(",");
    let answers = vec!["1"; 10_000].join(",");
    let text = format!("id,submitdate,bestuursnummer,{headings}\n1,2024-05-01,40001,{answers}\n");
    let read = Case::new("path = \"l.csv\"\n[[wave.source]]\npath = \"equal.csv\"")
        .file("l.csv", ANSWERS)
        .file("equal.csv", text)
        .read();
    assert!(read.questions.iter().any(|own| own.question == "vraag (10000)"));
}

#[test]
fn structure_of_a_million_rows_is_refused() {
    let rows = "<row><a>1</a></row>".repeat(500_000);
    let text = format!("<document><questions><rows>{rows}</rows></questions></document>");
    let read = Case::new("path = \"l.csv\"\nstructure = \"s.lss\"")
        .file("l.csv", ANSWERS)
        .file("s.lss", text)
        .read();
    let found = of(&read, Rule::Structure);
    assert!(found[0].message.contains("4000000 cells"), "{}", found[0].message);
}

#[test]
fn column_without_heading_is_named_by_its_place_once_something_stands_in_it() {
    let read = Case::new("path = \"l.csv\"")
        .file(
            "l.csv",
            "id,submitdate,bestuursnummer,GO.01,,\n1,2024-05-01,40001,3,x,\n",
        )
        .read();
    let names: Vec<&str> = read.questions.iter().map(|own| own.question.as_str()).collect();
    assert_eq!(names, ["GO.01", "column 5"]);
}

/// An ODS of one sheet.
fn ods(before: &str, rows: &str) -> Vec<u8> {
    let content = format!(
        "<document-content>{before}<body><spreadsheet><table name=\"Blad\">{rows}</table></spreadsheet></body>\
         </document-content>"
    );
    packed(&[("content.xml", content.as_bytes())])
}

fn open_ods(bytes: &[u8], mib: u64) -> Result<File, Error> {
    let limits = Limits {
        unpacked_mib: mib,
        ratio: u64::MAX,
        cells: 1_000,
        ..Limits::default()
    };
    let opening = Opening {
        encoding: None,
        delimiter: None,
        columnar: None,
        quote: None,
        limits: &limits,
    };
    File::open_within("x.ods", bytes, &opening)
}

#[test]
fn ods_is_limited_by_what_it_holds_and_not_by_how_it_writes_that() {
    let row = "<table-row><table-cell><p>3</p></table-cell></table-row>";
    let bytes = |mib: usize| ods("", &format!("{row}{}{row}", " ".repeat(mib << 20)));
    let Content::Workbook(sheets) = open_ods(&bytes(3), 1).unwrap().content else {
        panic!("a workbook");
    };
    assert_eq!((sheets[0].cell(1, 0), sheets[0].cell(2, 0)), (Some("3"), Some("3")));
    let error = open_ods(&bytes(5), 1).unwrap_err();
    assert!(
        error.found.contains("more than 4 MiB") && error.hint.contains("limits.unpacked_mib"),
        "{error}"
    );
}

#[test]
fn text_without_end_in_an_ods_is_refused_before_it_is_held() {
    let bytes = ods("", &" ".repeat(17 << 20));
    let error = open_ods(&bytes, 128).unwrap_err();
    assert!(error.found.contains("more than 16 MiB"), "{error}");
}

#[test]
fn blanks_that_an_ods_counts_and_cells_of_one_row_are_text_too() {
    let blanks = "<s c=\"1000\"/>".repeat(1_100);
    let one = format!("<table-row><table-cell><p>x{blanks}</p></table-cell></table-row>");
    let halves = format!("<table-cell><p>x{}</p></table-cell>", "<s c=\"1000\"/>".repeat(600));
    let two = format!("<table-row>{}</table-row>", halves.repeat(2));
    for rows in [one, two] {
        let error = open_ods(&ods("", &rows), 1).unwrap_err();
        assert!(error.found.contains("more than 1 MiB"), "{error}");
    }
}

#[test]
fn styles_that_hide_sheets_are_counted() {
    let styles: String = (0..200)
        .map(|own| format!("<style name=\"s{own}\"><table-properties display=\"false\"/></style>"))
        .collect();
    let error = open_ods(&ods(&styles, ""), 1).unwrap_err();
    assert!(error.hint.contains("limits.cells"), "{error}");
}
