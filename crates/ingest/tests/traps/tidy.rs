use crate::case::{Case, cells, of, places};
use nulmeting_study::Rule;
use nulmeting_study::words::CellState;

const SOURCE: &str = "path = \"t.csv\"";

#[test]
fn row_per_answer_says_every_state() {
    let text = "respondent,organisation,item,option,value,state\n1,40001,GO.01,,3,answered\n1,40001,GO.02,,,not_applicable\n\
                1,40001,GO.03,,,dont_know\n1,40001,GO.04,,,refused\n1,40001,GO.05,,,skipped\n1,40001,OR.01,,,not_asked\n\
                1,40001,OR.02,,9,invalid\n1,40001,OBSTACLES,awareness,yes,answered\n";
    let read = Case::new(SOURCE).file("t.csv", text).read();
    let own: Vec<_> = read
        .responses
        .iter()
        .map(|own| (own.value.as_deref(), own.raw.as_deref(), own.state))
        .collect();
    assert_eq!(
        own,
        [
            (Some("3"), None, CellState::Filled),
            (Some("not applicable"), Some("not_applicable"), CellState::Filled),
            (Some("don't know"), Some("dont_know"), CellState::Filled),
            (Some("refused"), Some("refused"), CellState::Filled),
            (None, Some("skipped"), CellState::Empty),
            (None, Some("not_asked"), CellState::NotShown),
            (Some("9"), None, CellState::Filled),
            (Some("yes"), None, CellState::Filled),
        ]
    );
    assert_eq!((read.sources[0].format.as_str(), read.sources[0].rows), ("tidy", 1));
    assert_eq!(places(&read), []);
}

#[test]
fn state_that_nobody_knows_is_a_finding() {
    let text = "organisation,item,value,state\n40001,GO.01,3,maybe\n";
    let read = Case::new(SOURCE).file("t.csv", text).read();
    assert_eq!(of(&read, Rule::InvalidAnswer).len(), 1);
    assert_eq!(cells(&read)[0].2, Some("3"));
}

#[test]
fn row_per_response_with_a_column_per_item() {
    let text = "respondent;organisatie;GO.01;OBSTACLES[awareness]\n7;1234;3;ja\n";
    let read = Case::new(SOURCE).file("t.csv", text).read();
    assert_eq!(cells(&read)[0], ("01234", "GO.01", Some("3"), CellState::Filled));
    assert_eq!(
        (&*read.responses[1].option, &*read.responses[1].respondent),
        ("awareness", "7")
    );
    assert_eq!(
        (read.sources[0].format.as_str(), read.sources[0].recognised.as_str()),
        ("tidy", "likely")
    );
}
