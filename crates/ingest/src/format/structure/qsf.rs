//! QSF: the structure of a Qualtrics survey, as JSON.

use super::{Asked, Kind, Structure, unknown};
use crate::format::heading;
use nulmeting_study::Error;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn parse(text: &str, place: &str) -> Result<Structure, Error> {
    let survey: Value =
        serde_json::from_str(text).map_err(|cause| unknown(place, &format!("JSON that is damaged ({cause})")))?;
    let elements = survey
        .get("SurveyElements")
        .and_then(Value::as_array)
        .ok_or_else(|| unknown(place, "JSON without `SurveyElements`"))?;
    let trash = trash(elements);
    let mut found = Structure::default();
    for element in elements.iter().filter(|own| text_of(own, "Element") == "SQ") {
        if let Some(payload) = element.get("Payload")
            && !trash.contains(text_of(payload, "QuestionID"))
        {
            question(payload, &mut found);
        }
    }
    Ok(found)
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The questions that were thrown away: they stay in the file, in a block of their own.
fn trash(elements: &[Value]) -> BTreeSet<&str> {
    let blocks = elements.iter().filter(|own| text_of(own, "Element") == "BL");
    let blocks = blocks.flat_map(|own| members(own.get("Payload")));
    let thrown = blocks.filter(|(_, block)| text_of(block, "Type") == "Trash");
    thrown
        .flat_map(|(_, block)| members(block.get("BlockElements")))
        .map(|(_, own)| text_of(own, "QuestionID"))
        .collect()
}

/// The members of an object or array, in file order: the tool writes lists as either.
fn members(value: Option<&Value>) -> Vec<(String, &Value)> {
    match value {
        Some(Value::Object(own)) => own.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Some(Value::Array(own)) => own
            .iter()
            .enumerate()
            .map(|(key, value)| (key.to_string(), value))
            .collect(),
        _ => Vec::new(),
    }
}

/// Ids of choices or answers with the value in the export and the text.
fn choices(payload: &Value, name: &str, recoded: bool) -> Vec<(String, String, String)> {
    let recodes = members(payload.get("RecodeValues"));
    let own = members(payload.get(name)).into_iter();
    own.map(|(id, choice)| {
        let code = recodes
            .iter()
            .find(|(own, _)| *own == id && recoded)
            .map(|(_, value)| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        (
            id.clone(),
            code.unwrap_or(id),
            heading::readable(text_of(choice, "Display")),
        )
    })
    .collect()
}

fn question(payload: &Value, found: &mut Structure) {
    let tag = text_of(payload, "DataExportTag").to_owned();
    let text = heading::readable(text_of(payload, "QuestionText"));
    let several = matches!(text_of(payload, "Selector"), "MAVR" | "MAHR" | "MACOL" | "MSB")
        || text_of(payload, "SubSelector") == "MultipleAnswer";
    let pairs = |list: &[(String, String, String)]| -> Vec<(String, String)> {
        list.iter()
            .map(|(_, code, label)| (code.clone(), label.clone()))
            .collect()
    };
    let mut add = |question: &str, option: &str, text: String, kind: Kind, labels: Vec<(String, String)>| {
        found
            .asked
            .insert((question.to_owned(), option.to_owned()), Asked { text, kind, labels });
    };
    let tick = |id: &str, code: &str, label: &str| {
        vec![
            ("1".to_owned(), label.to_owned()),
            (id.to_owned(), label.to_owned()),
            (code.to_owned(), label.to_owned()),
        ]
    };
    match text_of(payload, "QuestionType") {
        "Matrix" => {
            let answers = choices(payload, "Answers", true);
            for (row, _, label) in choices(payload, "Choices", false) {
                let text = format!("{text} - {label}");
                if several {
                    for (id, code, answer) in &answers {
                        let text = format!("{text} - {answer}");
                        add(&format!("{tag}_{row}"), id, text, Kind::Tick, tick(id, code, answer));
                    }
                } else {
                    add(&tag, &row, text, Kind::One, pairs(&answers));
                }
            }
        }
        "MC" => {
            let list = choices(payload, "Choices", true);
            for (id, code, label) in list.iter().filter(|_| several) {
                for option in BTreeSet::from([id, code]) {
                    add(
                        &tag,
                        option,
                        format!("{text} - {label}"),
                        Kind::Tick,
                        tick(id, code, label),
                    );
                }
            }
            add(
                &tag,
                "",
                text,
                if several { Kind::Several } else { Kind::One },
                pairs(&list),
            );
        }
        _ => add(&tag, "", text, Kind::One, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    const SURVEY: &str = r#"{"SurveyEntry":{},"SurveyElements":[
      {"Element":"BL","Payload":[{"Type":"Trash","BlockElements":[{"Type":"Question","QuestionID":"QID9"}]}]},
      {"Element":"SQ","Payload":{"QuestionID":"QID9","DataExportTag":"Q9","QuestionType":"TE","QuestionText":"Weg"}},
      {"Element":"SQ","Payload":{"QuestionID":"QID1","DataExportTag":"Q1","QuestionType":"Matrix","Selector":"Likert",
        "QuestionText":"Welk <b>niveau</b>?","Choices":{"1":{"Display":"Beleid"}},
        "Answers":{"1":{"Display":"Ad hoc"},"2":{"Display":"N.v.t."}},"RecodeValues":{"1":"5","2":"-1"}}},
      {"Element":"SQ","Payload":{"QuestionID":"QID2","DataExportTag":"Q2","QuestionType":"MC","Selector":"MAVR",
        "QuestionText":"Wat?","Choices":[{"Display":"Geld"},{"Display":"Tijd"}]}}]}"#;

    #[test]
    fn recode_values_are_what_the_export_holds_and_thrown_questions_are_gone() {
        let found = parse(SURVEY, "x.qsf").unwrap();
        let own = &found.asked[&("Q1".to_owned(), "1".to_owned())];
        assert_eq!(own.text, "Welk niveau ? - Beleid");
        assert_eq!(
            own.labels,
            [("5".into(), "Ad hoc".into()), ("-1".into(), "N.v.t.".into())]
        );
        assert!(found.asked.keys().all(|(question, _)| question != "Q9"));
        assert!(found.asked.contains_key(&("Q2".to_owned(), "1".to_owned())));
        assert!(
            parse("{\"a\":1}", "x.qsf")
                .unwrap_err()
                .found
                .contains("SurveyElements")
        );
    }
}
