use super::{Listed, SourceNames, listed, ticked};
use crate::scale::Reading;
use crate::yes_no::Convention;
use nulmeting_study::framework::{Choice, Question, QuestionKind, Text};
use nulmeting_study::lexicon::fold;
use nulmeting_study::shipped;
use nulmeting_study::tables::Response;
use nulmeting_study::words::{Assessor, CellState, Status};

fn question(kind: QuestionKind, options: &[(&str, &str, &str)]) -> Question {
    Question {
        code: "Q".into(),
        topic: "obstacle".into(),
        kind,
        name: Text::default(),
        against: None,
        options: options
            .iter()
            .map(|(code, nl, en)| Choice {
                code: (*code).into(),
                name: Text {
                    nl: (*nl).into(),
                    en: (*en).into(),
                },
            })
            .collect(),
    }
}

fn obstacles() -> Question {
    question(
        QuestionKind::Multiple,
        &[
            ("money", "Geld", "Money"),
            ("both", "Geld; tijd, en mensen", "Money; time, and people"),
            ("time", "Tijd", "Time"),
        ],
    )
}

fn signed() -> Question {
    question(QuestionKind::Single, &[("yes", "Ja", "Yes"), ("no", "Nee", "No")])
}

fn named(
    question: &Question,
    text: &str,
    name: &dyn Fn(&str) -> Option<String>,
    labels: &[(&str, &'static str)],
) -> Listed {
    let labels = || labels.iter().map(|(label, code)| (fold(label), *code)).collect();
    let source = SourceNames { name, labels: &labels };
    listed(question, text, &shipped::lexicon(), &source)
}

fn list(question: &Question, text: &str) -> Listed {
    named(question, text, &|_| None, &[])
}

fn chosen(text: &str) -> Vec<String> {
    list(&obstacles(), text).chosen
}

#[test]
fn list_with_a_separator_at_its_end() {
    assert_eq!(chosen("Geld;Tijd;"), ["money", "time"]);
    assert_eq!(chosen("Money, Time"), ["money", "time"]);
    assert_eq!(chosen("Tijd\nGeld"), ["time", "money"]);
    assert_eq!(chosen("money time"), ["money", "time"]);
}

#[test]
fn label_that_holds_the_separator_is_one_option() {
    assert_eq!(chosen("Geld; tijd, en mensen;Tijd;"), ["both", "time"]);
    assert_eq!(chosen("Geld;Geld; tijd, en mensen;"), ["money", "both"]);
}

#[test]
fn other_text_is_kept_apart_from_the_options() {
    let answer = list(&obstacles(), "Tijd;Onze directeur wil niet;");
    assert_eq!((answer.chosen, answer.unknown.len()), (vec!["time".to_owned()], 1));
    let only = list(&obstacles(), "Onze directeur wil niet;");
    assert_eq!(
        (only.status, only.chosen.len(), only.unknown.len()),
        (Status::Answered, 0, 1)
    );
    assert!(
        !list(&obstacles(), "Tijdgebrek;").unknown.is_empty(),
        "a label within a word is no option"
    );
}

#[test]
fn code_that_no_map_explains_loses_the_cell() {
    assert_eq!(list(&obstacles(), "Tijd;7;").status, Status::Invalid);
    let mapped = named(
        &obstacles(),
        "1;3;",
        &|code| match code {
            "1" => Some("money".into()),
            "3" => Some("time".into()),
            _ => None,
        },
        &[],
    );
    assert_eq!(mapped.chosen, ["money", "time"]);
    let labels = [("Kennis, en cultuur", "money"), ("Tijd; ook van anderen", "time")];
    let mapped = named(
        &obstacles(),
        "kennis, en cultuur, Tijd; ook van anderen",
        &|_| None,
        &labels,
    );
    assert_eq!(
        (mapped.chosen, mapped.unknown.len()),
        (vec!["money".to_owned(), "time".to_owned()], 0)
    );
}

#[test]
fn single_answers_by_label_code_and_yes() {
    for text in ["Ja", "yes", "Y"] {
        assert_eq!(list(&signed(), text).chosen, ["yes"], "{text}");
    }
    assert_eq!(list(&signed(), "N").chosen, ["no"]);
    assert_eq!(list(&signed(), "weet niet").status, Status::DontKnow);
    assert_eq!(list(&signed(), "2").status, Status::Invalid);
}

#[test]
fn oth_is_an_answer_to_none_of_the_options() {
    let answer = list(&signed(), "-oth-");
    assert_eq!(
        (answer.status, answer.chosen.len(), answer.unknown.len()),
        (Status::Answered, 0, 0)
    );
}

fn boxed(text: &str) -> Response {
    Response {
        wave: "".into(),
        organisation: None,
        respondent: "".into(),
        question: "Q".into(),
        option: "Tijd genoeg".into(),
        value: Some(text.into()),
        raw: None,
        state: CellState::Filled,
        complete: None,
        sequence: 1,
        assessor: Assessor::Own,
        source: "".into(),
        sheet: "".into(),
        row: 2,
        column: "".into(),
    }
}

#[test]
fn cell_per_option() {
    let tick = |text: &str| {
        let cell = boxed(text);
        ticked(
            &obstacles(),
            "time",
            &cell,
            &shipped::lexicon(),
            Convention::OneZero,
            false,
        )
    };
    for text in ["Y", "Ja", "1", "Tijd", "time", "Tijd genoeg"] {
        assert_eq!(tick(text), Reading::of(true), "{text}");
    }
    for text in ["N", "No", "0"] {
        assert_eq!(tick(text), Reading::of(false), "{text}");
    }
    assert_eq!(
        tick("N/A"),
        Reading::none(Status::NotAsked),
        "how a tool writes a box that was not shown"
    );
    for text in ["2", "Geld", "soms"] {
        assert_eq!(tick(text), Reading::none(Status::Invalid), "{text}");
    }
}

#[test]
fn no_in_the_box_of_an_option_called_no_is_that_option_or_not_chosen() {
    let cell = |option: &str, text: &str| Response {
        option: option.into(),
        ..boxed(text)
    };
    let tick = |option: &str, text: &str, in_words| {
        let (question, lexicon) = (signed(), shipped::lexicon());
        ticked(
            &question,
            option,
            &cell(option, text),
            &lexicon,
            Convention::None,
            in_words,
        )
    };
    assert_eq!(
        tick("no", "Nee", false),
        Reading::of(true),
        "what was chosen is repeated"
    );
    assert_eq!(tick("no", "Nee", true), Reading::of(false), "every box says yes or no");
    assert_eq!(tick("no", "Ja", true), Reading::of(true));
    assert_eq!(tick("yes", "Ja", true), Reading::of(true));
}
