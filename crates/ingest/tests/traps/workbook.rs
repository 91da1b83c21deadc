use crate::case::{Case, book, cells, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"w/*.xlsx\"";
const COVER: &[&[&str]] = &[
    &["", "Zelfevaluatie"],
    &[],
    &["", "Bestuursnummer", "40001"],
    &["", "Naam", "Stichting A"],
    &["", "Ingevuld door", "Jan Jansen"],
    &["", "Datum", "1-5-2024"],
];

fn domain(levels: [&'static str; 3], note: &'static str) -> Vec<Vec<&'static str>> {
    let mut rows = vec![
        vec!["Bestuur"],
        vec!["Kies per norm een niveau"],
        vec!["Code", "Norm", "Niveau", "Toelichting"],
    ];
    for (code, level) in ["GO.01", "GO.02\t", "GO.03"].into_iter().zip(levels) {
        rows.push(vec![code, "titel", level, note]);
    }
    rows.push(vec!["Totaal", "", "9"]);
    rows
}

fn workbook(cover: &[&[&str]], rows: &[Vec<&str>]) -> Vec<u8> {
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    book(&[
        ("Voorblad", cover),
        ("Bestuur", &rows),
        ("Lijsten", &[&["Niveau"], &["1 - Ad hoc"]]),
    ])
}

#[test]
fn every_norm_row_is_a_cell_with_its_address() {
    let read = Case::new(SOURCE)
        .file(
            "w/a.xlsx",
            workbook(COVER, &domain(["3 - Bepaald", "n.v.t.", ""], "omdat")),
        )
        .read();
    assert_eq!(
        cells(&read),
        [
            ("40001", "GO.01", Some("3 - Bepaald"), CellState::Filled),
            ("40001", "GO.02", Some("n.v.t."), CellState::Filled),
            ("40001", "GO.03", None, CellState::Empty),
        ]
    );
    let own = &read.responses[0];
    assert_eq!((&*own.sheet, own.row, &*own.column), ("Bestuur", 4, "C"));
    assert_eq!(
        (read.sources[0].format.as_str(), read.sources[0].recognised.as_str()),
        ("workbook", "certain")
    );
    assert_eq!(places(&read), []);
    let all = format!("{read:?}");
    assert!(!all.contains("Jansen") && !all.contains("omdat"));
}

#[test]
fn untouched_workbook_is_a_finding_and_no_level_one() {
    let read = Case::new(SOURCE)
        .file("w/a.xlsx", workbook(COVER, &domain(["1 - Ad hoc"; 3], "")))
        .read();
    assert_eq!(places(&read), [(Rule::UntouchedWorkbook, "w/a.xlsx".to_owned())]);
    assert!(read.responses.iter().all(|own| own.state == CellState::Untouched));
}

#[test]
fn level_one_everywhere_with_a_note_is_an_answer() {
    let read = Case::new(SOURCE)
        .file("w/a.xlsx", workbook(COVER, &domain(["1 - Ad hoc"; 3], "besproken")))
        .read();
    assert_eq!(places(&read), []);
    let same = Case::new(SOURCE)
        .file("w/a.xlsx", workbook(COVER, &domain(["3"; 3], "")))
        .read();
    assert_eq!(same.responses[0].state, CellState::Filled);
}

#[test]
fn cover_without_a_number_is_a_finding_at_its_cell() {
    let cover: &[&[&str]] = &[&["", "Bestuursnummer"], &["", "Naam", "Stichting A"]];
    let read = Case::new(SOURCE)
        .file("w/a.xlsx", workbook(cover, &domain(["3"; 3], "")))
        .read();
    assert_eq!(
        places(&read),
        [(
            Rule::NoOrganisation,
            "w/a.xlsx, sheet `Voorblad`, row 1, column `C`".to_owned()
        )]
    );
    assert_eq!(read.responses[0].organisation, None);
}

#[test]
fn lock_file_of_an_open_workbook_is_no_delivery() {
    let read = Case::new(SOURCE)
        .file("w/a.xlsx", workbook(COVER, &domain(["3"; 3], "")))
        .file("w/~$a.xlsx", "lock")
        .read();
    assert_eq!(read.sources.len(), 1);
    assert_eq!(places(&read), []);
}

#[test]
fn overview_that_repeats_the_norms_is_not_read_twice() {
    let rows = domain(["3", "2", "4"], "");
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let bytes = book(&[("Voorblad", COVER), ("Bestuur", &rows), ("Overzicht", &rows)]);
    assert_eq!(Case::new(SOURCE).file("w/a.xlsx", bytes).read().responses.len(), 3);
}

#[test]
fn heading_row_that_comes_back_starts_no_norm() {
    let mut rows = domain(["3", "2", "4"], "");
    rows.extend([vec!["Code", "Norm", "Level", "Note"], vec!["GO.04", "titel", "2"]]);
    let read = Case::new(SOURCE).file("w/a.xlsx", workbook(COVER, &rows)).read();
    assert_eq!(read.responses.len(), 4);
}
