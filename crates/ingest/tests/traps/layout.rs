//! Workbooks of somebody's own design, described by a layout file.

use crate::case::{Case, book, cells, of, places};
use nulmeting_study::Ingested;
use nulmeting_study::Rule;
use nulmeting_study::words::CellState::{Empty, Filled, Untouched};
use rust_xlsxwriter::{Format, Workbook};

const SOURCE: &str = "path = \"w/*.xlsx\"\nlayout = \"layout.toml\"";

fn read(layout: &str, workbook: Vec<u8>) -> Ingested {
    Case::new(SOURCE)
        .file("layout.toml", layout)
        .file("w/a.xlsx", workbook)
        .read()
}

const PLACE: &str = "[organisation]\nsheet = \"Intro\"\ncell = \"C2\"\n";
const INTRO: &[&[&str]] = &[&["Zelfevaluatie"], &["", "Organisatie:", "40001"]];

fn levels(read: &Ingested) -> Vec<(&str, Option<&str>)> {
    cells(read).into_iter().map(|own| (own.1, own.2)).collect()
}

#[test]
fn code_in_a_hidden_column_and_header_row_that_comes_back() {
    let layout =
        format!("{PLACE}[[table]]\nsheets = [\"Vragen\"]\ncode = \"A:A\"\nlevel = \"Antwoord\"\nnote = \"Notitie\"\n");
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Intro")
        .unwrap()
        .write(1, 2, "40001")
        .unwrap();
    let sheet = book.add_worksheet().set_name("Vragen").unwrap();
    sheet.set_column_hidden(0).unwrap();
    for (row, own) in [
        ["", "Stroom", "", "Antwoord", "Notitie"],
        ["GO.01", "a", "", "3", ""],
        ["", "uitleg bij de vraag", "", "", ""],
        ["GO.02\t", "b", "", "2", "omdat"],
        ["", "Stroom", "Antwoord", "", "Notitie"],
        ["GO.03", "c", "4", "", ""],
    ]
    .iter()
    .enumerate()
    {
        for (column, text) in own.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write(row as u32 + 3, column as u16, *text).unwrap();
        }
    }
    let read = read(&layout, book.save_to_buffer().unwrap());
    assert_eq!(
        levels(&read),
        [("GO.01", Some("3")), ("GO.02", Some("2")), ("GO.03", Some("4"))]
    );
    assert_eq!(&*read.responses[2].column, "C");
    assert_eq!(read.responses[0].organisation.as_deref(), Some("40001"));
    assert_eq!(
        (read.sources[0].format.as_str(), read.sources[0].recognised.as_str()),
        ("workbook", "stated")
    );
    assert!(read.inputs.contains_key("layout.toml"));
}

#[test]
fn code_that_shares_a_merged_cell_with_text_holds_for_each_of_its_rows() {
    let layout = format!(
        "{PLACE}[[table]]\nsheets = [\"GOV*\"]\ncode = \"Subcategory\"\nlevel = \"Documentation Score\"\noption = \"documentation\"\n\
         [[table]]\nsheets = [\"GOV*\"]\ncode = \"Subcategory\"\nlevel = \"Implementation Score\"\noption = \"implementation\"\n"
    );
    let mut book = Workbook::new();
    book.add_worksheet()
        .set_name("Intro")
        .unwrap()
        .write(1, 2, "40001")
        .unwrap();
    let sheet = book.add_worksheet().set_name("GOVERN").unwrap();
    for (column, text) in [
        "Subcategory",
        "Requirement",
        "Documentation Score",
        "Implementation Score",
    ]
    .iter()
    .enumerate()
    {
        sheet.write(1, column as u16, *text).unwrap();
    }
    sheet
        .merge_range(2, 0, 3, 0, "GO.01: Beleid is vastgesteld", &Format::new())
        .unwrap();
    sheet.write(2, 2, 3).unwrap().write(2, 3, 2).unwrap();
    sheet.write(3, 2, 4).unwrap().write(3, 3, "N/A").unwrap();
    let case = Case::new(SOURCE)
        .file("layout.toml", layout)
        .file("w/a.xlsx", book.save_to_buffer().unwrap())
        .map("GO.01,documentation,GO.01,\nGO.01,implementation,GO.02,\n");
    let read = case.read();
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (&*own.option, own.row, own.value.as_deref()))
        .collect();
    assert_eq!(
        own,
        [
            ("documentation", 3, Some("3")),
            ("implementation", 3, Some("2")),
            ("documentation", 4, Some("4")),
            // The template counts it as 3 in its averages; the organisation said that it does not apply.
            ("implementation", 4, Some("N/A")),
        ]
    );
}

#[test]
fn words_of_the_template_stand_for_levels_and_stay_beside_them() {
    let layout = format!(
        "{PLACE}[[table]]\nsheets = [\"T\"]\ncode = \"B:B\"\nlevel = \"C:C\"\nfirst_row = 2\n[answers]\n\"In Progress\" = \"2\"\n\"0+\" = \"1\"\n"
    );
    let rows: &[&[&str]] = &[
        &["", "GO.09", "9"],
        &["", "GO.01", "In Progress\t"],
        &["", "GO.02", "0+"],
        &["", "GO.03", "Absent"],
    ];
    let read = read(&layout, book(&[("Intro", INTRO), ("T", rows)]));
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.value.as_deref(), own.raw.as_deref()))
        .collect();
    assert_eq!(
        own,
        [
            (Some("2"), Some("In Progress\t")),
            (Some("1"), Some("0+")),
            (Some("Absent"), None)
        ]
    );
}

#[test]
fn prefilled_defaults_that_nobody_touched_are_no_answers() {
    let layout = format!(
        "{PLACE}[[table]]\nsheets = [\"T\"]\ncode = \"Code\"\nlevel = \"Score\"\nnote = \"Note\"\nprefilled = \"3\"\n"
    );
    let all: &[&[&str]] = &[&["Code", "Score", "Note"], &["GO.01", "3"], &["GO.02", "3"]];
    let untouched = read(&layout, book(&[("Intro", INTRO), ("T", all)]));
    assert!(untouched.responses.iter().all(|own| own.state == Untouched));
    let some: &[&[&str]] = &[
        &["Code", "Score", "Note"],
        &["GO.01", "3"],
        &["GO.02", "4"],
        &["GO.03", ""],
    ];
    let touched = read(&layout, book(&[("Intro", INTRO), ("T", some)]));
    let states: Vec<_> = touched.responses.iter().map(|own| own.state).collect();
    assert_eq!(states, [Filled, Filled, Empty]);
    let found = of(&touched, Rule::UntouchedWorkbook);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.starts_with("1 of 3 levels"), "{}", found[0].message);
}

#[test]
fn general_block_that_stands_on_every_tab_is_read_once() {
    let layout = format!(
        "{PLACE}[[table]]\nsheets = [\"A\", \"B\"]\ncode = \"ID\"\nlevel = \"Answer\"\nend = \"End Table Data\"\n"
    );
    let first: &[&[&str]] = &[
        &["ID", "Answer"],
        &["GO.01", "3"],
        &["GO.02", "2"],
        &["End Table Data"],
        &["GO.03", "5"],
    ];
    let second: &[&[&str]] = &[&["ID", "Answer"], &["GO.01", "3"], &["GO.04", "1"], &["End Table Data"]];
    let read = read(&layout, book(&[("Intro", INTRO), ("A", first), ("B", second)]));
    assert_eq!(
        levels(&read),
        [("GO.01", Some("3")), ("GO.02", Some("2")), ("GO.04", Some("1"))]
    );
}

#[test]
fn workbook_without_what_the_layout_describes_is_a_finding() {
    let layout = "[[table]]\nsheets = [\"Elders\"]\ncode = \"Code\"\nlevel = \"Score\"\n";
    let read = Case::new(&format!("path = \"l.csv\"\n[[wave.source]]\n{SOURCE}"))
        .file("l.csv", "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n")
        .file("layout.toml", layout)
        .file("w/a.xlsx", book(&[("Intro", INTRO)]))
        .read();
    assert_eq!(places(&read), [(Rule::UnreadableFile, "w/a.xlsx".to_owned())]);
}

#[test]
fn layout_that_cannot_be_read_stops_the_run() {
    let error = Case::new(SOURCE)
        .file("layout.toml", "[[table]]\ncode = \"A:A\"\n")
        .try_read()
        .unwrap_err();
    assert_eq!(error.place, "layout.toml");
    assert!(error.found.contains("level"), "{error}");
}
