//! The other shapes of LimeSurvey: workbook, VV, R pair, codes for expressions, cut headings; tokens and structure.

use crate::case::{Case, book, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"l.csv\"";
const MAP: &str = "GO,GO01,GO.01,\nGO,GO02,GO.02,\n";

#[test]
fn workbook_has_the_headings_and_answers_of_the_csv() {
    let rows: &[&[&str]] = &[
        &["id", "submitdate", "bestuursnummer", "GO[GO01]"],
        &["3", "1980-01-01 00:00:00", "40001", "4"],
    ];
    let read = Case::new("path = \"l.xlsx\"")
        .file("l.xlsx", book(&[("Mijn enquete", rows)]))
        .map(MAP)
        .read();
    assert_eq!(cells(&read), [("40001", "GO", Some("4"), CellState::Filled)]);
    let own = &read.responses[0];
    assert_eq!((&*own.sheet, own.row, &*own.column), ("Mijn enquete", 2, "D"));
    assert_eq!(
        (own.complete, read.sources[0].format.as_str()),
        (Some(true), "limesurvey")
    );
}

#[test]
fn submitdate_of_1980_01_01_says_submitted_and_no_moment() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,1980-01-01 00:00:00,40001,3\n2,2024-05-01 10:00:00,40001,4\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(read.responses[0].complete, Some(true));
    // Undated responses go last: nothing says that they were first.
    assert_eq!((read.responses[0].sequence, read.responses[1].sequence), (2, 1));
}

#[test]
fn vv_has_two_heading_rows_question_not_shown_and_escapes() {
    let text = "Response ID\tDate submitted\tLast page\tUw nummer?\tWelk niveau?\tWelk niveau?\tOpmerking\n\
                id\tsubmitdate\tlastpage\tbestuursnummer\tGO_GO01\tGO_GO02\tGO.03\n\
                1\t2024-05-01 10:00:00\t3\t40001\t{question_not_shown}\t\t{quote}a{newline}b{lbrace}tab}\n\
                2\t{question_not_shown}\t1\t40002\t3\t2\t\n";
    let read = Case::new(SOURCE).file("l.csv", text).map(MAP).read();
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.state, own.value.as_deref(), own.raw.as_deref()))
        .collect();
    assert_eq!(own[1], (CellState::NotShown, None, Some("{question_not_shown}")));
    assert_eq!(own[2], (CellState::Empty, None, None));
    assert_eq!(own[0].1, Some("\"a\nb{tab}"), "the brace is undone last");
    assert_eq!((own[4].1, &*read.responses[4].option), (Some("3"), "GO01"));
    assert_eq!(
        read.responses.iter().map(|own| own.complete).collect::<Vec<_>>()[2..4],
        [Some(true), Some(false)]
    );
    assert_eq!(read.responses[0].row, 3);
}

#[test]
fn codes_for_expressions_count_scales_from_0() {
    let text = "id,submitdate,bestuursnummer,GO_GO01,A_SQ001_0,A_SQ001_1\n1,2024-05-01,40001,3,2,4\n";
    let read = Case::new(SOURCE)
        .file("l.csv", text)
        .map("GO,GO01,GO.01,\nA,SQ001#1,GO.02,\nA,SQ001#2,GO.03,\n")
        .read();
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (&*own.option, own.value.as_deref()))
        .collect();
    assert_eq!(
        own,
        [("SQ001#1", Some("2")), ("SQ001#2", Some("4")), ("GO01", Some("3"))]
    );
}

#[test]
fn cut_headings_are_equal_and_stay_apart() {
    let text = "Response ID,Date submitted,Last page,bestuursnummer,Welk niveau he.. ,Welk niveau he.. \n1,2024-05-01,3,40001,3,4\n";
    let read = Case::new(SOURCE)
        .file("l.csv", text)
        .map("Welk niveau he..,,GO.01,\nWelk niveau he.. (2),,GO.02,\n")
        .read();
    assert_eq!(
        cells(&read).iter().map(|own| own.2).collect::<Vec<_>>(),
        [Some("3"), Some("4")]
    );
}

#[test]
fn underscores_for_the_blanks_of_full_headings() {
    let text = "Response_ID,Date_submitted,Last_page,bestuursnummer,Uw_niveau?_[GO.01]\n1,2024-05-01,3,40001,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(&*read.responses[0].option, "GO.01");
    assert_eq!(places(&read), []);
}

#[test]
fn html_and_no_break_spaces_in_headings_are_no_part_of_the_text() {
    let text = "Response ID,Date submitted,Last page,bestuursnummer,\"<p>Uw&nbsp;niveau?</p>\u{a0} [GO.01]\"\n1,2024-05-01,3,40001,3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(cells(&read), [("40001", "Uw niveau?", Some("3"), CellState::Filled)]);
}

#[test]
fn mask_against_formulas_is_taken_off_and_kept_beside() {
    let text = "id,submitdate,bestuursnummer,GO.01\n1,2024-05-01,40001,'=3\n";
    let read = Case::new(SOURCE).file("l.csv", text).read();
    assert_eq!(
        (read.responses[0].value.as_deref(), read.responses[0].raw.as_deref()),
        (Some("=3"), Some("'=3"))
    );
}

#[test]
fn tab_and_comma_are_delimiters_of_the_same_tool() {
    for delimiter in ["\t", ",", ";"] {
        let text = ["id;submitdate;bestuursnummer;GO.01", "1;2024-05-01;40001;3"]
            .join("\n")
            .replace(';', delimiter);
        let read = Case::new(SOURCE).file("l.csv", text).read();
        assert_eq!(cells(&read)[0].2, Some("3"), "{delimiter:?}");
    }
}

#[test]
fn empty_survey_is_its_heading_and_one_empty_record() {
    let text = "id,submitdate,bestuursnummer,GO.01\n,,,\n";
    let error = Case::new(SOURCE).file("l.csv", text).try_read().unwrap_err();
    assert!(error.found.contains("holds no response"), "{error}");
}

#[test]
fn full_headings_follow_the_language_of_the_export() {
    for heading in [
        "Respons-ID,Datum verzonden,Laatste pagina,Begin taal,IP-adres",
        "Antwort ID,Datum Abgeschickt,Letzte Seite,Start-Sprache,IP-Adresse",
        "ID de la réponse,Date de soumission,Dernière page,Langue de départ,Adresse IP",
        "Respons_ID,Datum_verzonden,Laatste_pagina,Begin_taal,IP_adres",
    ] {
        let text =
            format!("{heading},Bestuursnummer,GO.01\n7,2024-05-01 10:00:00,3,nl,10.0.0.1,40001,3\n8,,1,nl,,40002,4\n");
        let read = Case::new(SOURCE).file("l.csv", text).read();
        assert_eq!(read.sources[0].recognised, "certain", "{heading}");
        let own: Vec<_> = read
            .responses
            .iter()
            .map(|own| (&*own.respondent, own.complete))
            .collect();
        assert_eq!(own, [("7", Some(true)), ("8", Some(false))]);
        assert!(!format!("{read:?}").contains("10.0.0.1"));
    }
}

#[test]
fn same_token_is_read_once_by_the_rule_of_the_study() {
    let text = "id,submitdate,token,bestuursnummer,GO.01\n1,2024-05-01 10:00:00,tok,40001,1\n2,2024-05-02 10:00:00,tok,40001,2\n\
                3,,tok,40001,3\n4,2024-05-03 10:00:00,,40002,4\n";
    let values = |rule: &str| {
        let case = Case::new(SOURCE).file("l.csv", text);
        let read = case
            .toml(|toml| format!("{toml}[responses]\nsame_token = \"{rule}\"\n"))
            .read();
        assert!(!format!("{read:?}").contains("tok\""), "no token leaves the stage");
        let values: Vec<_> = read.responses.iter().filter_map(|own| own.value.clone()).collect();
        (values.join(""), of(&read, Rule::DuplicateResponse).len())
    };
    assert_eq!(values("last"), ("24".to_owned(), 2), "the last finished one");
    assert_eq!(values("first"), ("14".to_owned(), 2));
    assert_eq!(values("keep"), ("1234".to_owned(), 0));
}

#[test]
fn r_script_names_columns_by_place_and_explains_their_codes() {
    let text = "\u{feff}\"Response ID\",\"Date submitted\",\"Uw nummer?\",\"Welk niveau? [Beleid]\"\n\"1\",\"2024-05-01 10:00:00\",\"40001\",\"A2\"\n";
    let script = "names(data)[1] <- \"id\"\nnames(data)[2] <- \"submitdate\"\nnames(data)[3] <- \"bestuursnummer\"\n\
                  attributes(data)$variable.labels[4] <- \"[Beleid] Welk niveau?\"\n\
                  data[, 4] <- factor(data[, 4], levels=c(\"A1\",\"A2\"),labels=c(\"Ad hoc\", \"Niet van toepassing\"))\nnames(data)[4] <- \"GO_GO01\"\n";
    let read = Case::new("path = \"l.csv\"\nstructure = \"l.R\"")
        .file("l.csv", text)
        .file("l.R", script)
        .map("GO,GO01,GO.01,\n")
        .read();
    let own = &read.responses[0];
    // Without the script, A2 would look like level 2.
    assert_eq!(
        (own.value.as_deref(), own.raw.as_deref()),
        (Some("Niet van toepassing"), Some("A2"))
    );
    assert_eq!((&*own.question, &*own.option), ("GO", "GO01"));
    assert_eq!(places(&read), []);
}

/// A questionnaire of the newer schema: an array with answers, boxes, and the fixed question of yes and no.
const LSS: &str = "<?xml version=\"1.0\"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>606</DBVersion>\
    <answers><rows><row><aid>1</aid><qid>1</qid><code>A3</code><scale_id>0</scale_id></row></rows></answers>\
    <answer_l10ns><rows><row><aid>1</aid><answer><![CDATA[Weet niet]]></answer></row></rows></answer_l10ns>\
    <questions><rows><row><qid>1</qid><type>F</type><title>GO</title></row><row><qid>3</qid><type>M</type><title>KNELP</title></row>\
    <row><qid>5</qid><type>Y</type><title>JN</title></row></rows></questions>\
    <subquestions><rows><row><qid>2</qid><parent_qid>1</parent_qid><title>GO01</title></row>\
    <row><qid>4</qid><parent_qid>3</parent_qid><title>SQ001</title></row></rows></subquestions></document>";

fn archive() -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("survey_1.lss", zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(LSS.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn lss_and_lsa_explain_codes_boxes_and_the_words_for_null() {
    let text = "id,submitdate,bestuursnummer,GO[GO01],KNELP[SQ001],JN\n1,2024-05-01,40001,A3,N/A,N/A\n2,2024-05-02,40002,A3,Y,Y\n";
    let map = "GO,GO01,GO.01,\nKNELP,SQ001,OBSTACLES,awareness\nJN,,GO.02,\n";
    for (name, bytes) in [("l.lss", LSS.as_bytes().to_vec()), ("l.lsa", archive())] {
        let source = format!("path = \"l.csv\"\nstructure = \"{name}\"");
        let read = Case::new(&source).file("l.csv", text).file(name, bytes).map(map).read();
        let own: Vec<_> = read
            .responses
            .iter()
            .map(|own| (own.value.as_deref(), own.raw.as_deref(), own.state))
            .collect();
        assert_eq!(own[0], (Some("Weet niet"), Some("A3"), CellState::Filled));
        assert_eq!(own[1], (None, Some("N/A"), CellState::Unknown));
        assert_eq!(own[2], (None, Some("N/A"), CellState::NotShown));
        assert_eq!(own[4], (Some("Yes"), Some("Y"), CellState::Filled));
        assert_eq!(own[5], (Some("yes"), Some("Y"), CellState::Filled));
        assert_eq!(places(&read), [], "{name}");
    }
}
