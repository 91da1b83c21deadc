use crate::case::{Case, book, cells, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const SOURCE: &str = "path = \"f.xlsx\"";

#[test]
fn dutch_english_and_german_headings_are_one_format() {
    let head = |fixed: [&'static str; 5]| [fixed.as_slice(), &["Wat is uw bestuursnummer?", "GO.01"]].concat();
    let row = [
        "3",
        "2024-05-01 10:00:00",
        "2024-05-01 10:10:00",
        "anonymous",
        "Jan",
        "40001",
        "4",
    ];
    for fixed in [
        ["ID", "Begintijd", "Tijd van voltooien", "E-mail", "Naam"],
        ["Id", "Start time", "Completion time", "Email", "Name"],
        ["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name"],
    ] {
        let sheet = book(&[("Form1", &[&head(fixed), &row])]);
        let read = Case::new(SOURCE).file("f.xlsx", sheet).read();
        assert_eq!(cells(&read), [("40001", "GO.01", Some("4"), CellState::Filled)]);
        let own = &read.responses[0];
        assert_eq!(
            (&*own.respondent, &*own.sheet, own.row, &*own.column),
            ("3", "Form1", 2, "G")
        );
        assert_eq!(own.complete, Some(true));
        assert_eq!(read.sources[0].format, "msforms");
        assert_eq!(places(&read), []);
        assert!(!format!("{read:?}").contains("Jan"));
    }
}

#[test]
fn question_text_with_line_break_and_no_break_space_meets_the_map() {
    let head = [
        "ID",
        "Start time",
        "Completion time",
        "Board number",
        "Wat is\r\nuw\u{a0}niveau? ",
    ];
    let sheet = book(&[("Sheet1", &[&head, &["1", "", "", "40001", "Bepaald"]])]);
    let read = Case::new(SOURCE)
        .file("f.xlsx", sheet)
        .map("Wat is uw niveau?,,GO.03,\n")
        .read();
    assert_eq!(cells(&read)[0].2, Some("Bepaald"));
}

#[test]
fn several_choices_stay_one_cell_and_blank_is_unknown() {
    let head = [
        "ID",
        "Start time",
        "Completion time",
        "Board number",
        "OBSTACLES",
        "SUPPORT",
    ];
    let sheet = book(&[(
        "Sheet1",
        &[
            &head,
            &["1", "", "", "40001", "Lack of knowledge;Lack of capacity;", ""],
        ],
    )]);
    let read = Case::new(SOURCE).file("f.xlsx", sheet).read();
    assert_eq!(cells(&read)[0].2, Some("Lack of knowledge;Lack of capacity;"));
    assert_eq!(cells(&read)[1].3, CellState::Unknown);
}

#[test]
fn completion_time_decides_the_order_and_not_the_row() {
    let mut forms = Workbook::new();
    let sheet = forms.add_worksheet().set_name("Form1").unwrap();
    for (column, text) in (0..).zip(["ID", "Start time", "Completion time", "Bestuursnummer", "GO.01"]) {
        sheet.write(0, column, text).unwrap();
    }
    let format = Format::new().set_num_format("m/d/yy h:mm:ss");
    for (row, (day, number)) in (1..).zip([("2024-05-09 08:00:00", 40001.0), ("2024-05-02 08:00:00", 1234.0)]) {
        sheet.write(row, 0, row).unwrap();
        let moment = ExcelDateTime::parse_from_str(day).unwrap();
        sheet.write_datetime_with_format(row, 2, &moment, &format).unwrap();
        sheet.write(row, 1, "").unwrap();
        sheet.write(row, 3, number).unwrap();
        sheet.write(row, 4, 3.0).unwrap();
    }
    let read = Case::new(SOURCE).file("f.xlsx", forms.save_to_buffer().unwrap()).read();
    let order: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.row, own.sequence, own.value.as_deref()))
        .collect();
    assert_eq!(order, [(2, 2, Some("3")), (3, 1, Some("3"))]);
    // The second number was kept as a number by Excel and lost its zero.
    assert_eq!(read.responses[1].organisation.as_deref(), Some("01234"));
    assert_eq!(
        places(&read),
        [(
            Rule::RepairedNumber,
            "f.xlsx, sheet `Form1`, row 3, column `D`".to_owned()
        )]
    );
}

#[test]
fn question_without_a_map_is_reported_once_at_its_column() {
    let head = [
        "ID",
        "Start time",
        "Completion time",
        "Bestuursnummer",
        "GO.01",
        "Nog iets?",
    ];
    let rows: &[&[&str]] = &[
        &head,
        &["1", "", "", "40001", "3", "geheim"],
        &["2", "", "", "40002", "3", "ook geheim"],
    ];
    let read = Case::new(SOURCE).file("f.xlsx", book(&[("Form1", rows)])).read();
    assert_eq!(
        places(&read),
        [(
            Rule::UnmappedQuestion,
            "f.xlsx, sheet `Form1`, row 1, column `F`".to_owned()
        )]
    );
    assert!(!format!("{read:?}").contains("geheim"));
}

#[test]
fn csv_saved_from_the_workbook_has_id_in_mixed_case_and_days_first() {
    let text = "\u{feff}Id;Start time;Completion time;Email;Name;Bestuursnummer;GO.01;OBSTACLES\r\n\
                3;1/9/2024 10:00;13/9/2024 10:05;anonymous;Jan;40001;3;Lack of capacity;\r\n\
                4;1/9/2024 10:00;1/10/2024 10:05;anonymous;;40002;4;\r\n";
    // The trailing `;` of several choices is quoted by a spreadsheet program.
    let text = text.replace("Lack of capacity;", "\"Lack of capacity;\"");
    let read = Case::new("path = \"f.csv\"").file("f.csv", text).read();
    assert_eq!(read.sources[0].format, "msforms");
    assert_eq!(cells(&read)[1].2, Some("Lack of capacity;"));
    let order: Vec<_> = read.responses.iter().map(|own| own.sequence).collect();
    assert_eq!(order, [1, 1, 2, 2]);
    assert!(!format!("{read:?}").contains("Jan"));
}

#[test]
fn digit_that_the_table_appends_to_an_equal_heading_is_another_question() {
    let head = [
        "ID",
        "Start time",
        "Completion time",
        "Bestuursnummer",
        "Question 1",
        "Question 12",
    ];
    let sheet = book(&[("Form1", &[&head, &["1", "", "", "40001", "3", "4"]])]);
    let read = Case::new(SOURCE)
        .file("f.xlsx", sheet)
        .map("Question 1,,GO.01,\nQuestion 12,,GO.02,\n")
        .read();
    assert_eq!(
        cells(&read).iter().map(|own| own.2).collect::<Vec<_>>(),
        [Some("3"), Some("4")]
    );
}

#[test]
fn csv_that_a_spreadsheet_saved_has_years_of_two_digits() {
    let text = "ID,Start time,Completion time,Email,Name,bestuursnummer,GO.01\n\
                2,7/27/26 19:06:23,7/27/26 19:17:10,anonymous,,40001,3\n\
                1,7/2/26 9:06:23,7/2/26 9:17:10,anonymous,,40002,4\n";
    let read = Case::new("path = \"f.csv\"").file("f.csv", text).read();
    let order: Vec<_> = read
        .responses
        .iter()
        .map(|own| (&*own.respondent, own.sequence))
        .collect();
    assert_eq!(order, [("2", 2), ("1", 1)]);
}
