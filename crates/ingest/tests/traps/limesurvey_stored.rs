//! LimeSurvey as it stores responses: the archive of a survey, and the pair for SPSS.

use crate::case::{Case, of, places};
use nulmeting_ingest::files::File;
use nulmeting_ingest::format::structure::Structure;
use nulmeting_study::Rule;
use nulmeting_study::study_file::Limits;
use nulmeting_study::words::CellState;
use std::io::Write;

/// An array, boxes with a comment and another answer, a dual scale, a ranking, and a question of one number.
const LSS: &str = "<document><DBVersion>261</DBVersion><answers><rows>\
    <row><qid>26</qid><code>A3</code><answer><![CDATA[Niveau 3]]></answer><scale_id>0</scale_id></row>\
    <row><qid>5</qid><code>A1</code><answer>Eerst</answer><scale_id>0</scale_id></row></rows></answers>\
    <questions><rows>\
    <row><sid>84</sid><gid>3</gid><qid>2</qid><parent_qid>0</parent_qid><type>S</type><title>bestuursnummer</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>26</qid><parent_qid>0</parent_qid><type>F</type><title>GO</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>27</qid><parent_qid>26</parent_qid><title>GO01</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>3</qid><parent_qid>0</parent_qid><type>P</type><title>KNELP</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>31</qid><parent_qid>3</parent_qid><title>SQ001</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>4</qid><parent_qid>0</parent_qid><type>1</type><title>DU</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>41</qid><parent_qid>4</parent_qid><title>a</title></row>\
    <row><sid>84</sid><gid>3</gid><qid>5</qid><parent_qid>0</parent_qid><type>R</type><title>RANG</title></row>\
    </rows></questions></document>";
const LSR: &str = "<?xml version=\"1.0\"?><document><LimeSurveyDocType>Responses</LimeSurveyDocType>\
    <responses><fields><fieldname>id</fieldname><fieldname>submitdate</fieldname><fieldname>84X3X2</fieldname>\
    <fieldname>84X3X26GO01</fieldname><fieldname>84X3X3SQ001</fieldname><fieldname>84X3X3SQ001comment</fieldname>\
    <fieldname>84X3X3other</fieldname><fieldname>84X3X4a-0</fieldname><fieldname>84X3X4a-1</fieldname>\
    <fieldname>84X3X51</fieldname></fields>\
    <rows><row><id><![CDATA[1]]></id><submitdate><![CDATA[1980-01-01 00:00:00]]></submitdate><_84X3X2>40001</_84X3X2>\
    <_84X3X26GO01><![CDATA[A3]]></_84X3X26GO01><_84X3X3SQ001/><_84X3X3SQ001comment>geheim</_84X3X3SQ001comment>\
    <_84X3X4a-0>1</_84X3X4a-0><_84X3X51>A1</_84X3X51></row>\
    <row><id>2</id><_84X3X2>40002</_84X3X2></row></rows></responses></document>";

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(*name, options).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn whole() -> Vec<u8> {
    archive(&[
        ("survey_84.lss", LSS),
        ("survey_84_responses.lsr", LSR),
        ("survey_84_tokens.lst", "<tokens>never read"),
    ])
}

#[test]
fn responses_within_an_archive_are_read_under_the_codes_of_its_structure() {
    let read = Case::new("path = \"survey_84.lsa\"")
        .file("survey_84.lsa", whole())
        .map("GO,GO01,GO.01,\nKNELP,SQ001,OBSTACLES,awareness\nDU,a#1,GO.02,\nRANG,1,GO.03,\n")
        .read();
    assert_eq!(
        (read.sources[0].format.as_str(), read.sources[0].delimiter.as_deref()),
        ("limesurvey", None)
    );
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.row, &*own.column, own.value.as_deref(), own.state))
        .collect();
    assert_eq!(
        own[..4],
        [
            (2, "DU[a][1]", Some("1"), CellState::Filled),
            (2, "GO[GO01]", Some("Niveau 3"), CellState::Filled),
            (2, "KNELP[SQ001]", None, CellState::Empty),
            (2, "RANG[1]", Some("Eerst"), CellState::Filled),
        ]
    );
    // An element that is not there was not shown.
    assert!(
        own[4..]
            .iter()
            .all(|(row, _, _, state)| *row == 3 && *state == CellState::NotShown)
    );
    assert_eq!(read.responses[0].complete, Some(true), "submitted, and no date kept");
    assert_eq!(of(&read, Rule::IncompleteResponse).len(), 1);
    assert!(!format!("{read:?}").contains("geheim"), "remarks never leave the stage");
}

#[test]
fn number_of_a_question_that_starts_another_number_is_not_taken_for_it() {
    // 84X3X26GO01 is question 26 and row GO01, and not question 2 with row 6GO01.
    let file = File::open("x.lsa", &whole(), None, None).unwrap();
    let sheet = &file.sheets()[0];
    let headings: Vec<&str> = sheet.rows[&1].values().map(String::as_str).collect();
    assert_eq!(
        headings,
        [
            "id",
            "submitdate",
            "bestuursnummer",
            "GO[GO01]",
            "KNELP[SQ001]",
            "KNELP[SQ001comment]",
            "KNELP[other]",
            "DU[a][1]",
            "DU[a][2]",
            "RANG[1]"
        ]
    );
}

#[test]
fn archive_whose_responses_were_cut_off_says_so() {
    let bytes = archive(&[("survey_84.lss", LSS), ("survey_84_responses.lsr", &LSR[..600])]);
    let error = File::open("x.lsa", &bytes, None, None).unwrap_err();
    assert!(error.found.contains("damaged"), "{error}");
    let bytes = archive(&[("survey_84_responses.lsr", LSR)]);
    assert!(
        File::open("x.lsa", &bytes, None, None)
            .unwrap_err()
            .found
            .contains("without an `.lss`")
    );
}

const SPS: &str = "\u{feff}*$Rev: 121017 $\nSET UNICODE=ON.\nSET LOCALE='en_UK'.\nGET DATA\n /TYPE=TXT\n /FILE='survey_84_SPSS_data_file.dat'\n\
    /DELCASE=LINE\n /DELIMITERS=\",\"\n /QUALIFIER=\"'\"\n /ARRANGEMENT=DELIMITED\n /FIRSTCASE=1\n /IMPORTCASE=ALL\n /VARIABLES=\n\
    V1 F4.0\n V2 DATETIME23.2\n V3 A6\n V4 A2\n V5 F1.0\n V6 F1.0.\nCACHE.\nEXECUTE.\n\
    *Define Variable Properties.\nVARIABLE LABELS V1 \"Response ID\".\nVARIABLE LABELS V4 \"[Koers]\"+\n\" Welk niveau?\".\n\
    *Define Value labels.\nVALUE LABELS V4\n\"A3\" \"Niveau 3\"\n\"A4\" \"\"\n\"A9\" \"Weet niet\".\nVALUE LABELS V5\n1 \"Gekozen\"\n0 \"Niet gekozen\".\n\
    VALUE LABELS V6\n1 \"Ja\"\n2 \"Nee\".\nRENAME VARIABLE ( V1 = id ).\nRENAME VARIABLE ( V2 = submitdate ).\n\
    RENAME VARIABLE ( V3 = bestuursnummer ).\nRENAME VARIABLE ( V4 = GO_GO01 ).\nRENAME VARIABLE ( V5 = KNELP_SQ001 ).\nRENAME VARIABLE ( V6 = JN ).\n";

fn pair(data: &str) -> Case {
    Case::new("path = \"s.dat\"\nstructure = \"s.sps\"")
        .file("s.sps", SPS)
        .file("s.dat", data)
        .map("GO,GO01,GO.01,\nKNELP,SQ001,OBSTACLES,awareness\nJN,,GO.02,\n")
}

#[test]
fn spss_pair_gets_its_headings_from_the_syntax_and_its_rows_keep_their_numbers() {
    let read = pair("1,01-05-2024 10:00:00,'40001','A3',1,2,\n2,,'40002','',0,,\n").read();
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.row, &*own.column, own.value.as_deref(), own.raw.as_deref()))
        .collect();
    assert_eq!(
        own,
        [
            (1, "GO_GO01", Some("Niveau 3"), Some("A3")),
            (1, "JN", Some("Nee"), Some("2")),
            (1, "KNELP_SQ001", Some("yes"), Some("1")),
            (2, "GO_GO01", None, None),
            (2, "JN", None, None),
            (2, "KNELP_SQ001", Some("no"), Some("0")),
        ]
    );
    // Blanks of texts are quoted and those of numbers are not: it says nothing about what was shown.
    assert!(read.responses.iter().all(|own| own.state != CellState::NotShown));
    assert_eq!(of(&read, Rule::IncompleteResponse).len(), 1);
}

#[test]
fn answer_whose_label_has_no_text_keeps_its_code() {
    let read = pair("1,01-05-2024 10:00:00,'40001','A4',1,2\n").read();
    assert_eq!(
        (read.responses[0].value.as_deref(), read.responses[0].raw.as_deref()),
        (Some("A4"), None)
    );
}

#[test]
fn apostrophes_within_a_text_of_the_spss_pair_are_doubled() {
    let read = pair("1,01-05-2024 10:00:00,'40001','zo''n, \"x\"',1,2\n").read();
    assert_eq!(read.responses[0].value.as_deref(), Some("zo'n, \"x\""));
}

#[test]
fn row_that_an_unescaped_apostrophe_breaks_is_reported_and_not_shifted() {
    let read =
        pair("1,01-05-2024 10:00:00,'40001','A3',1,2\n2,01-05-2024 10:00:00,'40002','zo'n, ja','A3',1,2\n").read();
    assert_eq!(places(&read), [(Rule::UnreadableFile, "s.dat, row 2".to_owned())]);
    assert!(read.responses.iter().all(|own| own.row == 1));
}

#[test]
fn syntax_that_names_no_column_is_no_structure() {
    let error = Structure::parse(b"GET DATA /VARIABLES= x.", &Limits::default(), "s.sps").unwrap_err();
    assert!(error.found.contains("names no column"), "{error}");
}
