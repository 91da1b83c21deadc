//! LSS: the structure of a LimeSurvey questionnaire, as XML.
//!
//! Two generations of schema: texts beside their question, a row per language; and texts in tables of their own.
//! Questions of fixed scales have no rows of answers: their codes are built in. No entity but the five of XML is
//! resolved, and nothing outside the file is read.

use super::{Asked, Kind, Stored, Structure, unknown};
use crate::container::limits;
use crate::container::package::{Xml, append};
use crate::format::heading;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use quick_xml::events::Event;
use std::collections::BTreeMap;

type Row = BTreeMap<String, String>;

/// An XML part that cannot be read.
pub(super) fn damaged(place: &str, cause: &dyn std::fmt::Display) -> Error {
    unknown(place, &format!("a file that is damaged ({cause})"))
}

/// Reads a structure.
pub(super) fn parse(text: &str, limits: &Limits, place: &str) -> Result<Structure, Error> {
    let sections = sections(text, limits, place)?;
    let none = Vec::new();
    let rows = |name: &str| sections.get(name).unwrap_or(&none);
    if rows("questions").is_empty() {
        return Err(unknown(place, "XML without questions"));
    }
    let get = |row: &Row, name: &str| row.get(name).cloned().unwrap_or_default();
    // Rows come in the order of their languages' names; texts are those of the survey's own language where it has them.
    let language = rows("surveys")
        .first()
        .map(|row| get(row, "language"))
        .unwrap_or_default();
    let is_own = |row: &&Row| {
        row.get("language")
            .is_none_or(|own| language.is_empty() || *own == language)
    };
    let rows_of = |name: &str| -> Vec<&Row> {
        let (own, others): (Vec<&Row>, Vec<&Row>) = rows(name).iter().partition(is_own);
        own.into_iter().chain(others).collect()
    };
    let texts = |section: &str, key: &str, value: &str| {
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for row in rows_of(section) {
            found
                .entry(get(row, key))
                .or_insert_with(|| heading::readable(&get(row, value)));
        }
        found
    };
    let (question_texts, answer_texts) = (
        texts("question_l10ns", "qid", "question"),
        texts("answer_l10ns", "aid", "answer"),
    );
    let text_of = |row: &Row| match question_texts.get(&get(row, "qid")) {
        Some(text) => text.clone(),
        None => heading::readable(&get(row, "question")),
    };
    // A row per language: the first is kept.
    let mut answers: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    for row in rows_of("answers") {
        let own = answers.entry((get(row, "qid"), get(row, "scale_id"))).or_default();
        let code = get(row, "code");
        if !own.iter().any(|(known, _)| *known == code) {
            let label = answer_texts.get(&get(row, "aid")).cloned();
            own.push((code, label.unwrap_or_else(|| heading::readable(&get(row, "answer")))));
        }
    }
    let mut parts: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let child = |row: &&Row| !matches!(get(row, "parent_qid").as_str(), "" | "0");
    for row in rows_of("questions")
        .into_iter()
        .chain(rows_of("subquestions"))
        .filter(child)
    {
        let own = parts.entry(get(row, "parent_qid")).or_default();
        let code = get(row, "title");
        if !own.iter().any(|(known, _)| *known == code) {
            own.push((code, text_of(row)));
        }
    }
    let mut found = Structure {
        columns: columns(rows("questions").iter().filter(|row| !child(row)), &parts),
        ..Structure::default()
    };
    for row in rows_of("questions").into_iter().filter(|row| !child(row)) {
        let (qid, code, text) = (get(row, "qid"), get(row, "title"), text_of(row));
        let labels = |scale: &str| {
            let own = answers
                .get(&(qid.clone(), scale.to_owned()))
                .or_else(|| answers.get(&(qid.clone(), String::new())));
            own.cloned().unwrap_or_default()
        };
        let mut add = |option: &str, text: &str, kind: Kind, labels: Vec<(String, String)>| {
            let asked = Asked {
                text: text.to_owned(),
                kind,
                labels,
            };
            found.asked.entry((code.clone(), option.to_owned())).or_insert(asked);
        };
        let kind = get(row, "type");
        for (part, own) in parts.get(&qid).into_iter().flatten() {
            let text = format!("{text} [{own}]");
            match kind.as_str() {
                "M" | "P" => add(part, &text, Kind::Tick, vec![("Y".to_owned(), own.clone())]),
                "1" => {
                    add(&format!("{part}#1"), &text, Kind::One, labels("0"));
                    add(&format!("{part}#2"), &text, Kind::One, labels("1"));
                }
                "F" | "H" => add(part, &text, Kind::One, labels("0")),
                fixed => add(part, &text, Kind::One, built_in(fixed)),
            }
        }
        if kind == "R" {
            // The first column of a ranking holds the answer that was put first.
            let ranked = labels("0");
            for rank in 1..=ranked.len() {
                add(&rank.to_string(), &text, Kind::One, ranked.clone());
            }
        }
        let kind_of_answer = if matches!(kind.as_str(), "Y" | "G") {
            Kind::YesNo
        } else {
            Kind::One
        };
        let own = match kind.as_str() {
            "L" | "!" | "O" => labels("0"),
            fixed => built_in(fixed),
        };
        add("", &text, kind_of_answer, own);
    }
    Ok(found)
}

/// The columns of the table of responses, by the numbers that name them: question and what may follow its number.
fn columns<'a>(
    questions: impl Iterator<Item = &'a Row>,
    parts: &BTreeMap<String, Vec<(String, String)>>,
) -> BTreeMap<String, Stored> {
    let get = |row: &Row, name: &str| row.get(name).cloned().unwrap_or_default();
    let own = questions.map(|row| {
        let key = format!("{}X{}X{}", get(row, "sid"), get(row, "gid"), get(row, "qid"));
        let parts = parts.get(&get(row, "qid")).into_iter().flatten();
        let stored = Stored {
            code: get(row, "title"),
            parts: parts.map(|(code, _)| code.clone()).collect(),
        };
        (key, stored)
    });
    own.collect()
}

/// The scales that the tool has built in, with its English labels; numbers stay numbers.
fn built_in(kind: &str) -> Vec<(String, String)> {
    let pairs: &[(&str, &str)] = match kind {
        "Y" => &[("Y", "Yes"), ("N", "No")],
        "G" => &[("F", "Female"), ("M", "Male")],
        "C" => &[("Y", "Yes"), ("N", "No"), ("U", "Don't know")],
        "E" => &[("I", "Increase"), ("S", "Same"), ("D", "Decrease")],
        _ => &[],
    };
    pairs
        .iter()
        .map(|(code, label)| ((*code).to_owned(), (*label).to_owned()))
        .collect()
}

/// The rows of every section.
fn sections(text: &str, limits: &Limits, place: &str) -> Result<BTreeMap<String, Vec<Row>>, Error> {
    let mut xml = Xml::new_as(text, limits, place, damaged);
    let mut path: Vec<String> = Vec::new();
    let mut sections: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut row = Row::new();
    let mut cells = 0;
    while let Some(event) = xml.event()? {
        match &event {
            Event::Start(tag) => path.push(tag.name().as_ref().to_owned()),
            Event::End(_) => {
                if let [_, section, _, own] = path.as_slice()
                    && own == "row"
                {
                    cells += row.len() as u64 + limits::ROW;
                    limits::cells(cells, limits.cells, place)?;
                    let row = std::mem::take(&mut row);
                    sections.entry(section.clone()).or_default().push(row);
                }
                path.pop();
            }
            other => {
                if let [_, _, _, own, field] = path.as_slice()
                    && own == "row"
                {
                    append(row.entry(field.clone()).or_default(), other);
                    limits::columns(row.len() as u64, limits, place)?;
                }
            }
        }
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use nulmeting_study::study_file::Limits;

    fn labels(text: &str, question: &str, option: &str) -> Vec<(String, String)> {
        let found = parse(text, &Limits::default(), "x.lss").unwrap();
        found.asked[&(question.to_owned(), option.to_owned())].labels.clone()
    }

    #[test]
    fn both_generations_of_schema_say_the_same() {
        let old = "<document><DBVersion>261</DBVersion><questions><rows>\
            <row><qid><![CDATA[1]]></qid><parent_qid><![CDATA[0]]></parent_qid><type><![CDATA[F]]></type>\
            <title><![CDATA[GO]]></title><question><![CDATA[<p>Welk niveau?</p>]]></question></row>\
            <row><qid><![CDATA[2]]></qid><parent_qid><![CDATA[1]]></parent_qid><title><![CDATA[GO01]]></title>\
            <question><![CDATA[Koers]]></question></row></rows></questions><answers><rows>\
            <row><qid><![CDATA[1]]></qid><code><![CDATA[A1]]></code><answer><![CDATA[Ad hoc]]></answer><language>nl</language></row>\
            <row><qid><![CDATA[1]]></qid><code><![CDATA[A1]]></code><answer><![CDATA[Ad hoc (en)]]></answer></row>\
            </rows></answers></document>";
        let new = "<document><DBVersion>606</DBVersion><answers><rows>\
            <row><aid>7</aid><qid>1</qid><code>A1</code><scale_id>0</scale_id></row></rows></answers>\
            <answer_l10ns><rows><row><aid>7</aid><answer><![CDATA[Ad hoc]]></answer></row></rows></answer_l10ns>\
            <questions><rows><row><qid>1</qid><parent_qid>0</parent_qid><type>F</type><title>GO</title></row></rows></questions>\
            <question_l10ns><rows><row><qid>1</qid><question>Welk niveau?</question></row>\
            <row><qid>2</qid><question>Koers</question></row></rows></question_l10ns>\
            <subquestions><rows><row><qid>2</qid><parent_qid>1</parent_qid><title>GO01</title></row></rows></subquestions></document>";
        for text in [old, new] {
            assert_eq!(labels(text, "GO", "GO01"), [("A1".to_owned(), "Ad hoc".to_owned())]);
            let found = parse(text, &Limits::default(), "x.lss").unwrap();
            assert_eq!(found.asked[&("GO".into(), "GO01".into())].text, "Welk niveau? [Koers]");
        }
    }

    #[test]
    fn file_that_was_cut_says_so() {
        let error = parse("<document><questions><rows><row>", &Limits::default(), "x.lss").unwrap_err();
        assert!(error.found.contains("damaged"), "{error}");
    }
}
