use crate::case::{Case, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"q.csv\"\norganisation = \"Q1\"";
const TAGS: &str =
    "StartDate,EndDate,Status,IPAddress,Progress,Finished,RecordedDate,ResponseId,RecipientEmail,Q1,Q2_1,Q2_2";
/// Meta names in a German account, a line break within a heading.
const TEXTS: &str = "Anfangsdatum,Enddatum,Antworttyp,IP-Adresse,Fortschritt,Beendet,Aufzeichnungsdatum,Antwort-ID,E-Mail,\
    Uw nummer?,\"Welk\nniveau? - Beleid\",Welk niveau? - Taken";
const MAP: &str = "Q2,1,GO.01,\nQ2_2,,GO.02,\n";

fn imports(quote: char) -> String {
    let id = |name: &str| match quote {
        '"' => format!("\"{{\"\"ImportId\"\":\"\"{name}\"\"}}\""),
        _ => format!("{{'ImportId': '{name}'}}"),
    };
    let names = [
        "startDate",
        "endDate",
        "status",
        "ipAddress",
        "progress",
        "finished",
        "recordedDate",
        "_recordId",
        "recipientEmail",
        "QID1_TEXT",
        "QID2_1",
        "QID2_2",
    ];
    names.map(id).join(",")
}

fn row(status: &str, finished: &str, key: &str, answers: &str) -> String {
    format!(
        "2024-05-01 12:00:00,2024-05-01 12:06:52,{status},192.0.2.1,100,{finished},2024-05-01 12:06:52,{key},jan@x.nl,{answers}"
    )
}

fn three(rows: &[String]) -> String {
    format!("{TAGS}\n{TEXTS}\n{}\n{}\n", imports('"'), rows.join("\n"))
}

#[test]
fn third_heading_row_is_known_by_its_import_ids_whatever_the_language_of_the_second() {
    for quote in ['"', '\''] {
        let text = format!(
            "{TAGS}\n{TEXTS}\n{}\n{}\n",
            imports(quote),
            row("0", "1", "R_a", "40001,3,2")
        );
        let read = Case::new(SOURCE).file("q.csv", text).map(MAP).read();
        let own = cells(&read);
        assert_eq!(own[0], ("40001", "Q2", Some("3"), CellState::Filled));
        assert_eq!(own[1].2, Some("2"), "a map may name the whole tag");
        assert_eq!(
            (read.sources[0].format.as_str(), read.sources[0].rows),
            ("qualtrics", 1)
        );
        // A line break within a heading makes no row.
        assert_eq!((read.responses[0].row, &*read.responses[0].respondent), (4, "R_a"));
        assert_eq!(places(&read), []);
        assert!(!format!("{read:?}").contains("jan@x.nl"));
    }
}

#[test]
fn previews_are_left_out_by_code_and_by_label_and_kept_when_the_study_says_so() {
    let text = three(&[
        row("1", "1", "R_p", "40001,1,1"),
        row("Survey Preview", "1", "R_q", "40001,1,1"),
        row("IP Address", "1", "R_a", "40001,3,3"),
    ]);
    let case = Case::new(SOURCE).file("q.csv", text).map(MAP);
    let read = case.read();
    assert_eq!(read.responses.len(), 2);
    assert_eq!(of(&read, Rule::TestResponse).len(), 2);
    let read = case.toml(|toml| format!("{toml}[responses]\ntest = \"keep\"\n")).read();
    assert_eq!(read.responses.len(), 6);
    assert_eq!(of(&read, Rule::TestResponse).len(), 2);
}

#[test]
fn finished_is_read_by_name_as_number_and_word_and_incomplete_can_be_dropped() {
    let text = three(&[row("0", "True", "R_a", "40001,3,3"), row("0", "0", "R_b", "40002,3,")]);
    let case = Case::new(SOURCE).file("q.csv", text).map(MAP);
    let complete: Vec<_> = case.read().responses.iter().map(|own| own.complete).collect();
    assert_eq!(complete, [Some(true), Some(true), Some(false), Some(false)]);
    let read = case
        .toml(|toml| format!("{toml}[responses]\nincomplete = \"drop\"\n"))
        .read();
    assert_eq!(read.responses.len(), 2);
    let found = of(&read, Rule::IncompleteResponse);
    assert!(found.len() == 1 && found[0].message.contains("left out"), "{found:?}");
}

#[test]
fn minus_99_is_seen_and_left_empty_and_makes_blank_not_shown() {
    let text = three(&[row("0", "1", "R_a", "40001,-99,"), row("0", "1", "R_b", "40002,-1,3")]);
    let read = Case::new(SOURCE).file("q.csv", text).map(MAP).read();
    let states: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.state, own.raw.as_deref(), own.value.as_deref()))
        .collect();
    assert_eq!(states[0], (CellState::Empty, Some("-99"), None));
    assert_eq!(states[1], (CellState::NotShown, None, None));
    // Another negative number is a code of the survey.
    assert_eq!(states[2], (CellState::Filled, None, Some("-1")));
}

#[test]
fn blank_is_unknown_when_nothing_marks_what_was_seen() {
    let read = Case::new(SOURCE)
        .file("q.csv", three(&[row("0", "1", "R_a", "40001,3,")]))
        .map(MAP)
        .read();
    assert_eq!(read.responses[1].state, CellState::Unknown);
}

#[test]
fn legacy_export_with_two_heading_rows_and_an_empty_last_column() {
    let text = "V1,V2,V6,V8,V9,V10,Q1,Q2_1,Q2_2,\nResponseID,ResponseSet,IPAddress,StartDate,EndDate,Finished,Uw nummer?,A,B,\n\
                R_a,Default,192.0.2.1,2016-01-01 10:00:00,2016-01-01 10:05:00,1,40001,4,2,\n";
    let read = Case::new(SOURCE).file("q.csv", text).map(MAP).read();
    assert_eq!(cells(&read)[0], ("40001", "Q2", Some("4"), CellState::Filled));
    assert_eq!(&*read.responses[0].respondent, "R_a");
    assert_eq!(read.responses[0].complete, Some(true));
    assert_eq!(places(&read), []);
}

#[test]
fn one_heading_row_and_finished_before_status() {
    let text = "ResponseID,IPAddress,StartDate,EndDate,Finished,Status,Q1,Q2_1,Q2_2\n\
                R_a,192.0.2.1,2016-01-01 10:00:00,2016-01-01 10:05:00,1,0,40001,4,2\n";
    let read = Case::new(SOURCE).file("q.csv", text).map(MAP).read();
    assert_eq!(read.responses.len(), 2);
    assert_eq!(read.responses[0].row, 2);
    assert_eq!(of(&read, Rule::TestResponse), [] as [&nulmeting_study::Finding; 0]);
}

#[test]
fn text_beside_a_choice_order_of_display_timing_and_topics_are_no_answers() {
    let text = "ResponseId,IPAddress,StartDate,Finished,Q1,Q2_1,Q2_2,Q2_3_TEXT,Q2_DO_1,Q2_First Click,Q2 - Topics,LocationLatitude\n\
                R_a,192.0.2.1,2024-01-01 10:00:00,1,40001,4,2,geheim,1,3.5,iets,52.1\n";
    let read = Case::new(SOURCE).file("q.csv", text).map(MAP).read();
    assert_eq!(
        places(&read),
        [(Rule::WithheldText, "q.csv, row 1, column `Q2_3_TEXT`".to_owned())]
    );
    let all = format!("{:?}", (&read.responses, &read.findings));
    for secret in ["geheim", "52.1", "192.0.2.1"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn qsf_turns_recode_values_into_labels_and_keeps_the_code() {
    let qsf = r#"{"SurveyEntry":{},"SurveyElements":[{"Element":"SQ","Payload":{"DataExportTag":"Q2","QuestionType":"Matrix",
        "Selector":"Likert","SubSelector":"SingleAnswer","QuestionText":"Welk niveau?",
        "Choices":{"1":{"Display":"Beleid"},"2":{"Display":"Taken"}},
        "Answers":{"4":{"Display":"2 - Herhaalbaar"},"5":{"Display":"Niet van toepassing"}},
        "RecodeValues":{"4":"3","5":"-2"}}}]}"#;
    let read = Case::new(&format!("{SOURCE}\nstructure = \"q.qsf\""))
        .file("q.csv", three(&[row("0", "1", "R_a", "40001,3,-2")]))
        .file("q.qsf", qsf)
        .map(MAP)
        .read();
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.value.as_deref(), own.raw.as_deref()))
        .collect();
    // The code 3 is not level 3: order of display and value are the maker's.
    assert_eq!(
        own,
        [
            (Some("2 - Herhaalbaar"), Some("3")),
            (Some("Niet van toepassing"), Some("-2"))
        ]
    );
    assert!(read.inputs.contains_key("q.qsf"));
    assert_eq!(places(&read), []);
}

#[test]
fn structure_of_another_survey_and_one_that_is_damaged_are_findings() {
    let export = three(&[row("0", "1", "R_a", "40001,3,2")]);
    for (structure, severity) in [("{\"SurveyElements\":[]}", "warning"), ("{\"SurveyEl", "error")] {
        let read = Case::new(&format!("{SOURCE}\nstructure = \"q.qsf\""))
            .file("q.csv", &export)
            .file("q.qsf", structure)
            .map(MAP)
            .read();
        let found = of(&read, Rule::Structure);
        assert_eq!((found.len(), found[0].severity.word()), (1, severity));
        assert_eq!(read.responses.len(), 2, "the export is read as it stands");
    }
}
