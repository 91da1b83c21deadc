use crate::case::{Case, of, places};
use nulmeting_study::Rule;

const SOURCE: &str = "path = \"l.csv\"";
const ANSWERS: &str = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n";

/// DUO's older edition: semicolons, windows-1252, padded fields, CRLF.
fn older(rows: &str) -> Vec<u8> {
    let text = format!("BEVOEGD GEZAG NUMMER ;BEVOEGD GEZAG NAAM  ;PLAATSNAAM;SECTOR ;AANTAL LEERLINGEN\r\n{rows}");
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn register(read: &nulmeting_study::Ingested) -> Vec<(&str, &str, Option<i64>)> {
    read.register
        .iter()
        .map(|own| (own.organisation.as_str(), own.sector.as_str(), own.pupils))
        .collect()
}

#[test]
fn older_edition_of_the_register_is_read_with_its_padding_and_accents() {
    let rows = "40001     ;\"Stichting \"\"Frysl\u{e2}n\"\"\"  ;Sneek    ;PO   ;900   \r\n01234;C   ;Ede;VO;6000\r\n";
    let read = Case::new(SOURCE)
        .file("l.csv", ANSWERS)
        .file("register.csv", older(rows))
        .read();
    assert_eq!(
        register(&read),
        [("01234", "VO", Some(6000)), ("40001", "PO", Some(900))]
    );
    assert_eq!(read.register[1].name.as_deref(), Some("Stichting \"Fryslân\""));
    assert_eq!(places(&read), []);
}

#[test]
fn newer_edition_of_the_register_is_read_and_names_stay_out_of_a_pseudonymous_study() {
    let case = Case::new(SOURCE).file("l.csv", ANSWERS);
    assert_eq!(case.read().register[0].name.as_deref(), Some("Stichting C"));
    let read = case
        .toml(|text| text.replace("identified = true", "identified = false\npseudonym_key = \"k\""))
        .read();
    assert!(read.register.iter().all(|own| own.name.is_none()));
}

#[test]
fn masked_counts_are_absent_with_a_finding_per_row() {
    let rows = "40001;A;X;PO;<5\r\n40002;B;X;PO;x\r\n01234;C;X;VO;70\r\n01234;C;Y;VO;30\r\n01234;C;Z;VO;<5\r\n";
    let read = Case::new(SOURCE)
        .file("l.csv", ANSWERS)
        .file("register.csv", older(rows))
        .read();
    assert_eq!(
        register(&read),
        [("01234", "VO", Some(100)), ("40001", "PO", None), ("40002", "PO", None)]
    );
    let at: Vec<_> = of(&read, Rule::MaskedCount)
        .iter()
        .map(|finding| finding.place().to_string())
        .collect();
    let expected = [2, 3, 6].map(|row| format!("register.csv, row {row}, column `AANTAL LEERLINGEN`"));
    assert_eq!(at, expected);
}

#[test]
fn board_in_two_sectors_keeps_the_first() {
    let rows = "40001;A;X;PO;100\r\n40001;A;X;SO;50\r\n40002;B;X;PO;1\r\n40002;B;X;PO;1\r\n";
    let read = Case::new(SOURCE)
        .file("l.csv", ANSWERS)
        .file("register.csv", older(rows))
        .read();
    assert_eq!(register(&read), [("40001", "PO", Some(150)), ("40002", "PO", Some(1))]);
    assert_eq!(
        places(&read),
        [
            (
                Rule::RegisterConflict,
                "register.csv, row 3, column `SECTOR`".to_owned()
            ),
            (
                Rule::RegisterConflict,
                "register.csv, row 5, column `BEVOEGD GEZAG NUMMER`".to_owned()
            ),
        ]
    );
}

#[test]
fn register_without_the_number_says_which_column_is_near() {
    let text = "BEVOEGD GEZAG NUMER,BEVOEGD GEZAG NAAM,SECTOR,AANTAL LEERLINGEN\n40001,A,PO,9\n";
    let error = Case::new(SOURCE)
        .file("l.csv", ANSWERS)
        .file("register.csv", text)
        .try_read()
        .unwrap_err();
    assert_eq!(error.place, "register.csv, row 1");
    assert_eq!(error.found, "no column `BEVOEGD GEZAG NUMMER`");
    assert!(error.hint.contains("`BEVOEGD GEZAG NUMER`"), "{error}");
}

#[test]
fn register_column_of_another_edition_is_found_by_its_alias() {
    let text = "BESTUURSNUMMER,NAAM BEVOEGD GEZAG,SECTOR,LEERLINGEN\n40001,A,PO,9\n";
    let read = Case::new(SOURCE)
        .file("l.csv", ANSWERS)
        .file("register.csv", text)
        .read();
    assert_eq!(register(&read), [("40001", "PO", Some(9))]);
}

#[test]
fn lost_zeros_decimals_and_blanks_around_a_number() {
    let text =
        "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,1234,3\n2,2024-05-01,40001.0,3\n3,2024-05-01,\" 40002 \",3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    let whose: Vec<_> = read
        .responses
        .iter()
        .filter_map(|own| own.organisation.as_deref())
        .collect();
    assert_eq!(whose, ["01234", "40001", "40002"]);
    assert_eq!(
        places(&read),
        [2, 3].map(|row| (
            Rule::RepairedNumber,
            format!("l.csv, row {row}, column `bestuursnummer`")
        ))
    );
}

#[test]
fn response_without_number_and_number_outside_the_register_are_findings() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,,3\n2,2024-05-01,49999,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    let whose: Vec<_> = read.responses.iter().map(|own| own.organisation.as_deref()).collect();
    assert_eq!(whose, [None, Some("49999")]);
    assert_eq!(
        places(&read),
        [
            (Rule::NoOrganisation, "l.csv, row 2, column `bestuursnummer`".to_owned()),
            (
                Rule::UnknownOrganisation,
                "l.csv, row 3, column `bestuursnummer`".to_owned()
            ),
        ]
    );
}

#[test]
fn no_number_of_a_board_stands_in_a_message() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,1234,3\n2,,49999,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    for finding in &read.findings {
        let said = format!("{} {}", finding.message, finding.hint);
        assert!(!said.contains("1234") && !said.contains("49999"), "{said}");
    }
}

#[test]
fn stated_organisation_question_that_is_not_there_is_one_finding_with_a_hint() {
    let read = Case::new("path = \"l.csv\"\norganisation = \"bestursnummer\"")
        .file("l.csv", ANSWERS)
        .read();
    let finding = of(&read, Rule::NoOrganisation)[0];
    assert_eq!(places(&read)[0].1, "l.csv");
    assert!(
        finding.hint.contains("`organisation = \"bestuursnummer\"`"),
        "{}",
        finding.hint
    );
    assert_eq!(read.responses[0].organisation, None);
}

#[test]
fn participant_attribute_may_name_the_organisation_when_stated() {
    let text = "id,submitdate,attribute_1,GO.01\n1,2024-05-01,40002,3\n";
    let read = Case::new("path = \"l.csv\"\norganisation = \"attribute_1\"")
        .file("l.csv", text)
        .read();
    assert_eq!(read.responses[0].organisation.as_deref(), Some("40002"));
}

#[test]
fn list_of_those_asked_marks_the_register_and_reports_strangers() {
    let case = Case::new(SOURCE)
        .file("l.csv", ANSWERS)
        .file("asked.csv", "BEVOEGD GEZAG NUMMER\n40001\n1234\n45678\n")
        .toml(|text| text.replace("selection =", "asked = \"asked.csv\"\nselection ="));
    let read = case.read();
    let asked: Vec<_> = read
        .register
        .iter()
        .map(|own| (own.organisation.as_str(), own.asked))
        .collect();
    assert_eq!(
        asked,
        [("01234", Some(true)), ("40001", Some(true)), ("40002", Some(false))]
    );
    assert_eq!(
        places(&read),
        [(Rule::UnknownOrganisation, "asked.csv, row 4".to_owned())]
    );
}

#[test]
fn without_a_list_nobody_is_said_to_have_been_asked() {
    let read = Case::new(SOURCE).file("l.csv", ANSWERS).read();
    assert!(read.register.iter().all(|own| own.asked.is_none()));
}
