use crate::case::{Case, book, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"s.csv\"";
const HEAD: &str = "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Wat is uw bestuursnummer?,Welk niveau?,,OBSTACLES,,\n\
    ,,,,,,,Open-Ended Response,GO.01,GO.02,awareness,capacity,Other (please specify)\n";

#[test]
fn text_of_a_question_stands_above_its_first_column_only() {
    let text = format!(
        "{HEAD}11,1,05/01/2024 10:00:00,05/01/2024 10:10:00,192.0.2.1,jan@x.nl,Jan,40001,3,2,awareness,,liefst anders\n"
    );
    let read = Case::new(SOURCE).file("s.csv", text).read();
    assert_eq!(read.sources[0].format, "surveymonkey");
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (&*own.question, &*own.option, own.value.as_deref()))
        .collect();
    assert_eq!(
        own,
        [
            ("OBSTACLES", "awareness", Some("awareness")),
            ("OBSTACLES", "capacity", None),
            ("Welk niveau?", "GO.01", Some("3")),
            ("Welk niveau?", "GO.02", Some("2")),
        ]
    );
    assert_eq!((&*read.responses[0].respondent, read.responses[0].row), ("11", 3));
    assert_eq!(
        places(&read).iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
        [Rule::WithheldText]
    );
    let all = format!("{:?}", (&read.responses, &read.findings));
    for secret in ["Jan", "jan@x.nl", "192.0.2.1", "liefst"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn condensed_export_has_one_column_per_question() {
    let text = "RespondentID,bestuursnummer,GO.01\n,Response,Response\n11,40001,3\n";
    let read = Case::new(SOURCE).file("s.csv", text).read();
    assert_eq!(cells(&read), [("40001", "GO.01", Some("3"), CellState::Filled)]);
}

#[test]
fn mac_roman_no_break_space_in_a_stated_encoding_and_html_in_headings() {
    let mut text = b"RespondentID,bestuursnummer,\"Welk<br>niveau".to_vec();
    text.push(0xca);
    text.extend(b"nu?\"\n,Response,Response\n11,40001,3\n");
    let read = Case::new("path = \"s.csv\"\nencoding = \"macintosh\"")
        .file("s.csv", text)
        .map("Welk niveau nu?,,GO.01,\n")
        .read();
    assert_eq!(cells(&read)[0].2, Some("3"));
    assert_eq!(read.sources[0].encoding.as_deref(), Some("macintosh"));
}

#[test]
fn dash_is_no_answer_and_its_mark_stays() {
    let text = "RespondentID,bestuursnummer,GO.01,GO.02\n,Response,Response,Response\n11,40001,-,N/A\n";
    let read = Case::new(SOURCE).file("s.csv", text).read();
    let own = &read.responses;
    assert_eq!(
        (own[0].value.as_deref(), own[0].raw.as_deref(), own[0].state),
        (None, Some("-"), CellState::Unknown)
    );
    assert_eq!(own[1].value.as_deref(), Some("N/A"), "a real answer beside the levels");
}

#[test]
fn screened_out_respondent_is_a_key_with_nothing_behind_it() {
    let text = "RespondentID,bestuursnummer,GO.01\n,Response,Response\n11,40001,3\n12,,\n";
    let read = Case::new(SOURCE).file("s.csv", text).read();
    assert_eq!(of(&read, Rule::IncompleteResponse).len(), 1);
    assert_eq!(read.responses[1].complete, Some(false));
}

#[test]
fn month_stands_first_unless_the_column_says_otherwise() {
    for (first, second, order) in [
        ("05/09/2024 10:00:00", "06/01/2024 10:00:00", [1, 2]),
        ("13/09/2024 10:00:00", "06/10/2024 10:00:00", [1, 2]),
        ("05/09/2024 1:00:00", "04/10/2024 1:00:00", [2, 1]),
    ] {
        let text = format!(
            "Respondent ID,End Date,bestuursnummer,GO.01\n,,Response,Response\n1,{first},40001,3\n2,{second},40002,3\n"
        );
        let read = Case::new(SOURCE).file("s.csv", text).read();
        assert_eq!(
            read.responses.iter().map(|own| own.sequence).collect::<Vec<_>>(),
            order,
            "{first}"
        );
    }
}

#[test]
fn flattened_single_heading_with_blank_names_is_likely_and_loses_nothing() {
    let text = "RespondentID,bestuursnummer,GO.01,\n11,40001,3,x\n";
    let read = Case::new(SOURCE).file("s.csv", text).read();
    assert_eq!(read.sources[0].recognised, "likely");
    assert_eq!(cells(&read)[0].2, Some("3"));
    assert_eq!(
        of(&read, Rule::SecondColumn).len(),
        1,
        "the column without a name is asked about"
    );
}

#[test]
fn workbook_with_two_heading_rows() {
    let rows: &[&[&str]] = &[
        &["Respondent ID", "End Date", "bestuursnummer", "Welk niveau?", ""],
        &["", "", "Open-Ended Response", "GO.01", "GO.02"],
        &["11", "05/01/2024", "40001", "3", "2"],
    ];
    let read = Case::new("path = \"s.xlsx\"")
        .file("s.xlsx", book(&[("Sheet", rows)]))
        .read();
    assert_eq!(
        (read.sources[0].format.as_str(), read.responses.len()),
        ("surveymonkey", 2)
    );
    assert_eq!((&*read.responses[1].option, &*read.responses[1].column), ("GO.02", "E"));
}

#[test]
fn account_in_dutch_has_its_own_words_about_the_response() {
    let text = "Respondent-ID,Collector-ID,Begindatum,Einddatum,IP-adres,E-mailadres,Voornaam,Achternaam,Wat is uw bestuursnummer?,Welk niveau?\n\
        ,,,,,,,,Open antwoord,GO.01\n11,1,13/05/2024 10:00:00,13/05/2024 10:10:00,192.0.2.1,jan@x.nl,Jan,Jansen,40001,3\n";
    let read = Case::new(SOURCE).file("s.csv", text).read();
    assert_eq!(read.sources[0].recognised, "certain");
    let questions: Vec<&str> = read.questions.iter().map(|own| own.question.as_str()).collect();
    assert_eq!(questions, ["Welk niveau?"]);
    assert_eq!(cells(&read), [("40001", "Welk niveau?", Some("3"), CellState::Filled)]);
}
