use crate::case::{Case, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"l.csv\"";

#[test]
fn bom_semicolons_crlf_and_blank_line_at_the_end() {
    let text = "\u{feff}\"id\";\"submitdate\";\"lastpage\";\"startlanguage\";\"seed\";\"bestuursnummer\";\"GO.01\"\r\n\
                \"7\";\"2024-05-01 10:00:00\";\"3\";\"nl\";\"99\";\"40001\";\"3\"\r\n\r\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(cells(&read), [("40001", "GO.01", Some("3"), CellState::Filled)]);
    let response = &read.responses[0];
    assert_eq!(
        (&*response.respondent, response.row, &*response.column),
        ("7", 2, "GO.01")
    );
    assert_eq!(response.complete, Some(true));
    let source = &read.sources[0];
    assert_eq!(
        (source.format.as_str(), source.recognised.as_str()),
        ("limesurvey", "certain")
    );
    assert_eq!(
        (source.encoding.as_deref(), source.delimiter.as_deref()),
        (Some("UTF-8"), Some(";"))
    );
    assert_eq!(
        (source.rows, source.columns, source.mapped, source.organisations),
        (1, 1, 1, 1)
    );
    assert_eq!(places(&read), []);
    assert_eq!(read.inputs.keys().collect::<Vec<_>>(), ["l.csv", "register.csv"]);
}

#[test]
fn not_shown_and_left_empty_differ_when_the_file_has_both() {
    let text = "id,submitdate,bestuursnummer,GO.01,GO.02\n\"1\",\"2024-05-01\",\"40001\",,\"\"\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    let states: Vec<_> = read.responses.iter().map(|own| own.state).collect();
    assert_eq!(states, [CellState::NotShown, CellState::Empty]);
}

#[test]
fn empty_is_unknown_when_the_file_quotes_all_or_nothing() {
    for text in [
        "id,submitdate,bestuursnummer,GO.01,GO.02\n1,2024-05-01,40001,3,\n",
        "\"id\",\"submitdate\",\"bestuursnummer\",\"GO.01\",\"GO.02\"\n\"1\",\"2024-05-01\",\"40001\",\"3\",\"\"\n",
    ] {
        let read = Case::new(SOURCE).file("l.csv", text).read();
        assert_eq!(read.responses[1].state, CellState::Unknown);
    }
}

#[test]
fn array_questions_and_code_with_text_headings_reach_their_norm_by_the_map() {
    let text = "\"id. Response ID\",\"submitdate. Date submitted\",\"bestuursnummer. Wat is uw nummer?\",\
                \"GO[GO01]. Welk niveau? [Strategie.]\",\"GO[opm]. Opmerkingen\"\n1,2024-05-01,40001,4,geheim\n";
    let read = Case::new(SOURCE)
        .file("l.csv", text)
        .map("GO,GO01,GO.01,\nGO,opm,,\n")
        .read();
    assert_eq!(cells(&read), [("40001", "GO", Some("4"), CellState::Filled)]);
    assert_eq!(&*read.responses[0].option, "GO01");
    assert_eq!(&*read.responses[0].column, "GO[GO01]");
    assert_eq!(places(&read), []);
}

#[test]
fn full_headings_name_statement_in_brackets() {
    let text = "Response ID,Date submitted,Last page,Seed,Wat is uw bestuursnummer?,Uw niveau? [GO.01],Uw niveau? [GO.02 Opmerking]\n\
                1,2024-05-01 10:00:00,4,12,40001,2,geheim\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(cells(&read), [("40001", "Uw niveau?", Some("2"), CellState::Filled)]);
    assert_eq!(&*read.responses[0].option, "GO.01");
    // A text that starts with a norm's code may be a remark on it: it is not read without a row in the map.
    let finding = of(&read, Rule::UnmappedQuestion)[0];
    assert!(finding.hint.contains("`GO.02`"), "{}", finding.hint);
}

#[test]
fn respondent_who_did_not_finish_is_a_finding_at_its_row_and_stays() {
    let text = "id,submitdate,lastpage,bestuursnummer,GO.01\n1,,2,40001,3\n2,1980-01-01 00:00:00,9,40002,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(places(&read), [(Rule::IncompleteResponse, "l.csv, row 2".to_owned())]);
    let complete: Vec<_> = read.responses.iter().map(|own| own.complete).collect();
    assert_eq!(complete, [Some(false), Some(true)]);
}

#[test]
fn names_addresses_and_free_text_never_reach_a_table_or_message() {
    let text = "id,submitdate,token,firstname,email,ipaddr,bestuursnummer,GO.01,OBSTACLES[awareness],\
                OBSTACLES[other],REMARK,GO01Time\n\
                1,2024-05-01,tok,Jan,jan@x.nl,10.0.0.1,40001,3,Y,liefst anders,mijn geheim,12.5\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    let all = format!("{:?}", (&read.responses, &read.findings));
    for secret in ["Jan", "jan@x.nl", "10.0.0.1", "tok", "liefst", "geheim", "12.5"] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert_eq!(
        places(&read),
        [
            (Rule::UnmappedQuestion, "l.csv, row 1, column `REMARK`".to_owned()),
            (Rule::WithheldText, "l.csv, row 1, column `OBSTACLES[other]`".to_owned()),
        ]
    );
}

#[test]
fn unknown_code_of_a_known_prefix_is_kept_as_a_finding() {
    let text = "id,submitdate,bestuursnummer,GO.77\n1,2024-05-01,40001,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(read.responses.len(), 1);
    assert_eq!(of(&read, Rule::UnknownNorm)[0].item.as_deref(), Some("GO.77"));
}

#[test]
fn equal_headings_stay_apart_and_the_second_is_asked_about() {
    let text = "id,submitdate,bestuursnummer,GO.01,GO.01\n1,2024-05-01,40001,3,5\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(cells(&read), [("40001", "GO.01", Some("3"), CellState::Filled)]);
    assert_eq!(
        places(&read),
        [(Rule::SecondColumn, "l.csv, row 1, column `GO.01 (2)`".to_owned())]
    );
}

#[test]
fn response_number_that_occurs_twice_keeps_both_rows() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n1,2024-05-02,40002,4\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    let keys: Vec<_> = read.responses.iter().map(|own| &*own.respondent).collect();
    assert_eq!(keys, ["1", "1 row 3"]);
    assert_eq!(
        places(&read),
        [(Rule::DuplicateResponse, "l.csv, row 3, column `id`".to_owned())]
    );
}

#[test]
fn row_that_was_cut_is_reported_and_not_shifted_into_other_columns() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,3\n2,2024-05-01\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(read.responses.len(), 1);
    assert_eq!(places(&read), [(Rule::UnreadableFile, "l.csv, row 3".to_owned())]);
}

#[test]
fn order_of_submission_runs_over_files_and_unsubmitted_rows_use_their_last_action() {
    let one = "id,submitdate,datestamp,bestuursnummer,GO.01\n1,2024-05-03 10:00:00,,40001,3\n\
               2,,2024-05-02 09:00:00,40001,1\n";
    let two = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01 10:00:00,40002,2\n";
    let read = Case::new("path = \"raw/*.csv\"")
        .file("raw/b.csv", one)
        .file("raw/a.csv", two)
        .read();
    let order: Vec<_> = read
        .responses
        .iter()
        .map(|own| (&*own.source, own.row, own.sequence))
        .collect();
    assert_eq!(order, [("raw/a.csv", 2, 1), ("raw/b.csv", 2, 3), ("raw/b.csv", 3, 2)]);
}

#[test]
fn test_response_is_left_out() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,test,3\n2,2024-05-02,40002,4\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(read.responses.len(), 1);
    assert_eq!(places(&read), [(Rule::TestResponse, "l.csv, row 2".to_owned())]);
}

#[test]
fn map_to_a_code_that_is_nowhere_suggests_the_near_one() {
    let text = "id,submitdate,bestuursnummer,Q1,GO.02\n1,2024-05-01,40001,3,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).map("Q1,,OBSTACLE,\n").read();
    let finding = of(&read, Rule::UnmappedQuestion)[0];
    assert!(finding.hint.contains("`OBSTACLES`"), "{}", finding.hint);
}
