use crate::case::{Case, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::{CellState, Severity};

const EXPORT: &str = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,9\n2,2024-05-02,Stichting B,4\n";
const HEAD: &str = "source,sheet,row,column,old,new,why,who,when\n";

fn case(rows: &str) -> Case {
    Case::new("path = \"l.csv\"")
        .file("l.csv", EXPORT)
        .file("corrections.csv", format!("{HEAD}{rows}"))
        .toml(|toml| toml.replace("[population]", "corrections = \"corrections.csv\"\n[population]"))
}

#[test]
fn correction_is_applied_while_reading_and_is_on_record() {
    let read = case("l.csv,,2,GO.01,9,4,typing error,AB,2024-06-01\n").read();
    assert_eq!(cells(&read)[0], ("40001", "GO.01", Some("4"), CellState::Filled));
    let own = &read.corrections[0];
    assert_eq!(
        (own.old.as_deref(), own.new.as_deref(), own.who.as_str()),
        (Some("9"), Some("4"), "AB")
    );
    let found = of(&read, Rule::Corrected);
    assert_eq!(
        (found.len(), found[0].place().to_string().as_str()),
        (1, "l.csv, row 2, column `GO.01`")
    );
    assert!(read.inputs.contains_key("corrections.csv"));
}

#[test]
fn correction_to_nothing_empties_the_cell() {
    let read = case("l.csv,,2,GO.01,9,,typing error,AB,2024-06-01\n").read();
    assert_eq!(cells(&read)[0], ("40001", "GO.01", None, CellState::Empty));
}

#[test]
fn source_that_no_longer_holds_the_old_value_is_an_error_and_is_read_as_delivered() {
    let read = case("l.csv,,2,GO.01,8,4,typing error,AB,2024-06-01\n").read();
    assert_eq!(cells(&read)[0].2, Some("9"));
    let found = of(&read, Rule::StaleCorrection);
    assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    assert_eq!(read.corrections, []);
}

#[test]
fn correction_of_a_place_that_is_nowhere_is_an_error_at_its_row() {
    let read = case("l.csv,,9,GO.01,8,4,typing error,AB,2024-06-01\nm.csv,,2,GO.01,1,2,x,AB,2024-06-01\n").read();
    let own: Vec<_> = places(&read)
        .into_iter()
        .filter(|(rule, _)| *rule == Rule::StaleCorrection)
        .collect();
    assert_eq!(own.len(), 2);
    // The correction of a file that no wave has comes first: it bears no wave.
    assert_eq!(own[0].1, "corrections.csv, row 3");
    assert_eq!(own[1].1, "corrections.csv, row 2");
}

#[test]
fn corrected_organisation_is_matched_and_its_number_stays_out_of_the_record() {
    let read = case("l.csv,,3,bestuursnummer,Stichting B,40002,number asked for,AB,2024-06-01\n").read();
    assert_eq!(read.responses[1].organisation.as_deref(), Some("40002"));
    assert_eq!(
        (read.corrections[0].old.as_deref(), read.corrections[0].new.as_deref()),
        (None, None)
    );
    assert_eq!(of(&read, Rule::UnknownOrganisation).len(), 0);
}

#[test]
fn name_of_an_organisation_is_only_ever_a_suggestion() {
    let read = Case::new("path = \"l.csv\"").file("l.csv", EXPORT).read();
    let found = of(&read, Rule::UnknownOrganisation);
    assert_eq!(found.len(), 1);
    assert!(found[0].hint.contains("`40002`"), "{}", found[0].hint);
    assert_ne!(read.responses[1].organisation.as_deref(), Some("40002"));
    assert!(!found[0].message.contains("Stichting"));
}

#[test]
fn correction_without_a_reason_or_twice_of_one_cell_is_refused() {
    let error = case("l.csv,,2,GO.01,9,4,,AB,2024-06-01\n").try_read().unwrap_err();
    assert!(
        error.place == "corrections.csv, row 2" && error.found.contains("without why"),
        "{error}"
    );
    let twice = "l.csv,,2,GO.01,9,4,x,AB,2024-06-01\n".repeat(2);
    assert!(case(&twice).try_read().unwrap_err().found.contains("second correction"));
}
