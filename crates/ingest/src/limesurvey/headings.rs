//! What a heading of a LimeSurvey export says: which question, which row of it, or something about the response.

use crate::delimited::Delimited;
use crate::heading;
use nulmeting_study::item_map::tidy;

/// Columns about the response: the code, and the heading in words.
const META: &[(&str, &str)] = &[
    ("id", "Response ID"),
    ("submitdate", "Date submitted"),
    ("lastpage", "Last page"),
    ("startlanguage", "Start language"),
    ("seed", "Seed"),
    ("token", "Token"),
    ("startdate", "Date started"),
    ("datestamp", "Date last action"),
    ("ipaddr", "IP address"),
    ("refurl", "Referrer URL"),
    ("firstname", "First name"),
    ("lastname", "Last name"),
    ("email", "Email address"),
    ("interviewtime", "Total time"),
];

/// A column as its heading describes it.
pub(super) struct Column {
    /// Name in the tables: the code, or the whole heading when it has none.
    pub(super) name: String,
    pub(super) question: String,
    pub(super) option: String,
    pub(super) free_text: bool,
    pub(super) meta: Option<&'static str>,
}

/// The columns of a file by its heading.
pub(super) fn columns(table: &Delimited) -> Vec<Column> {
    let Some(record) = table.records.first() else {
        return Vec::new();
    };
    let described: Vec<Column> = record.iter().map(|field| describe(&field.text)).collect();
    let names: Vec<String> = described.iter().map(|column| column.name.clone()).collect();
    let mut columns = described;
    for (column, name) in columns.iter_mut().zip(heading::distinct(&names)) {
        if name != column.name {
            // A second column of the same heading is another question until a map says which.
            column.question.clone_from(&name);
            column.option.clear();
            column.name = name;
        }
    }
    columns
}

fn describe(text: &str) -> Column {
    let text = tidy(text);
    if let Some((code, _)) = coded(&text) {
        let (question, option) = split(code);
        let about = META
            .iter()
            .find(|(own, words)| *own == code || words.eq_ignore_ascii_case(code))
            .map(|(own, _)| *own);
        let timing = option.is_empty() && (code.ends_with("Time") || code.starts_with("groupTime"));
        let attribute = code
            .strip_prefix("attribute_")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
        return Column {
            name: code.to_owned(),
            free_text: option == "other" || option.ends_with("comment"),
            question,
            option,
            meta: about.or((timing || attribute).then_some("other")),
        };
    }
    let about = META
        .iter()
        .find(|(_, words)| text.eq_ignore_ascii_case(words))
        .map(|(code, _)| *code);
    let timing = ["Group time:", "Question time:"]
        .iter()
        .any(|start| text.starts_with(start));
    let (question, option) = match text.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) {
        Some((question, option)) => (question.to_owned(), option.to_owned()),
        None => (text.clone(), String::new()),
    };
    Column {
        name: text,
        free_text: ["Other", "Anders", "Comment", "Opmerking"].contains(&option.as_str()),
        question,
        option,
        meta: about.or(timing.then_some("other")),
    }
}

/// The code of a heading, alone or before `. ` and the text of the question.
fn coded(heading: &str) -> Option<(&str, &str)> {
    let (code, text) = heading.split_once(". ").unwrap_or((heading, ""));
    let (stem, rest) = code.split_at(code.find('[').unwrap_or(code.len()));
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let mut brackets = rest;
    while let Some((inside, after)) = brackets.strip_prefix('[').and_then(|open| open.split_once(']')) {
        if !word(inside) {
            return None;
        }
        brackets = after;
    }
    (brackets.is_empty() && word(stem)).then_some((code, text))
}

/// Question and sub-question of a code; the two scales of a dual scale as `SQ001#1`.
fn split(code: &str) -> (String, String) {
    match code.split_once('[') {
        None => (code.to_owned(), String::new()),
        Some((question, rest)) => (question.to_owned(), rest.trim_end_matches(']').replace("][", "#")),
    }
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn headings_by_code_by_code_and_text_and_by_text() {
        let own = |text: &str| {
            let column = describe(text);
            (column.name, column.question, column.option)
        };
        let all = |name: &str, question: &str, option: &str| (name.to_owned(), question.to_owned(), option.to_owned());
        assert_eq!(own("GO[GO01]"), all("GO[GO01]", "GO", "GO01"));
        assert_eq!(
            own("G2Q5[SQ001]. What is it? [I am a parent.]"),
            all("G2Q5[SQ001]", "G2Q5", "SQ001")
        );
        assert_eq!(own("A[SQ001][2]"), all("A[SQ001][2]", "A", "SQ001#2"));
        assert_eq!(
            own("Wat is uw niveau? [GO.01 Strategie]"),
            all(
                "Wat is uw niveau? [GO.01 Strategie]",
                "Wat is uw niveau?",
                "GO.01 Strategie"
            )
        );
    }

    #[test]
    fn columns_about_the_respondent_are_never_questions() {
        for text in [
            "id",
            "token",
            "email",
            "attribute_1",
            "ipaddr",
            "GOTime",
            "groupTime12",
            "interviewtime",
            "id. Response ID",
            "IP address",
            "Group time: Bestuur",
        ] {
            assert!(describe(text).meta.is_some(), "{text}");
        }
        assert!(describe("GO[GO01]").meta.is_none());
        assert!(describe("OBSTACLES[other]").free_text);
        assert!(describe("OBSTACLES[SQ001comment]").free_text);
    }
}
