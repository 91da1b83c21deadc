use crate::case::{Case, book, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"g.csv\"";
const MAP: &str = "Welk niveau?,GO.01 Beleid,GO.01,\nWelk niveau?,GO.02 Taken,GO.02,\nOBSTACLES,,OBSTACLES,\n";

#[test]
fn own_csv_of_forms_has_zoned_times_and_a_column_per_row_of_a_grid() {
    let text = "\"Tijdstempel\",\"Wat is uw bestuursnummer?\",\"Welk niveau? [GO.01 Beleid]\",\"Welk niveau? [GO.02 Taken]\",\"OBSTACLES\"\n\
                \"2024/05/15 7:07:45 PM GMT+2\",\"40001\",\"3\",\"\",\"Gebrek aan kennis;Gebrek aan tijd\"\n\
                \"2024/05/15 9:07:45 AM GMT+2\",\"40002\",\"2\",\"4\",\"\"\n";
    let read = Case::new(SOURCE).file("g.csv", text).map(MAP).read();
    assert_eq!(read.sources[0].format, "googleforms");
    assert_eq!(cells(&read)[0].2, Some("Gebrek aan kennis;Gebrek aan tijd"));
    assert_eq!(cells(&read)[1], ("40001", "Welk niveau?", Some("3"), CellState::Filled));
    assert_eq!(cells(&read)[2].3, CellState::Unknown);
    // Evening comes after morning: a twelve-hour clock.
    assert_eq!((read.responses[0].sequence, read.responses[3].sequence), (2, 1));
    assert_eq!((&*read.responses[0].respondent, read.responses[0].row), ("row 2", 2));
    assert_eq!(places(&read), []);
}

#[test]
fn csv_of_the_sheet_has_unpadded_times_whose_order_the_column_decides() {
    let text = "Timestamp,Email Address,Score,bestuursnummer,GO.01\r\n8/17/2021 1:40:31,jan@x.nl,3 / 5,40001,3\r\n9/1/2021 1:40:31,a@x.nl,1 / 5,40002,4\r\n\
                1/2/2021 1:40:31,b@x.nl,1 / 5,01234,4\r\n";
    let read = Case::new(SOURCE).file("g.csv", text).read();
    let order: Vec<_> = read.responses.iter().map(|own| own.sequence).collect();
    assert_eq!(order, [2, 3, 1]);
    assert!(!format!("{read:?}").contains("x.nl"));
    assert_eq!(places(&read), [], "address and score are no questions");
}

#[test]
fn sheet_as_workbook_is_the_same_format() {
    let rows: &[&[&str]] = &[
        &["Tijdstempel", "Bestuursnummer", "GO.01"],
        &["2024-05-01 10:00:00", "40001", "3"],
    ];
    let read = Case::new("path = \"g.xlsx\"")
        .file("g.xlsx", book(&[("Form Responses 1", rows)]))
        .read();
    assert_eq!(read.sources[0].format, "googleforms");
    assert_eq!(
        (&*read.responses[0].sheet, &*read.responses[0].column),
        ("Form Responses 1", "C")
    );
}

#[test]
fn headings_that_were_removed_are_a_finding_and_columns_stand_by_their_place() {
    let text = "2024/05/15 7:07:45 PM GMT+2,40001,3\n2024/05/16 7:07:45 PM GMT+2,40002,4\n";
    let read = Case::new("path = \"g.csv\"\norganisation = \"column 2\"")
        .file("g.csv", text)
        .map("column 3,,GO.01,\n")
        .read();
    assert_eq!(cells(&read)[0], ("40001", "column 3", Some("3"), CellState::Filled));
    assert_eq!((read.responses.len(), of(&read, Rule::NoHeading).len()), (2, 1));
    assert_eq!(read.sources[0].recognised, "likely");
}

#[test]
fn equal_question_texts_stay_apart() {
    let text = "Timestamp,bestuursnummer,GO.01,GO.01\n2024/05/15 7:07:45 PM GMT+2,40001,3,5\n";
    let read = Case::new(SOURCE).file("g.csv", text).read();
    assert_eq!(cells(&read), [("40001", "GO.01", Some("3"), CellState::Filled)]);
    assert_eq!(of(&read, Rule::SecondColumn).len(), 1);
}
