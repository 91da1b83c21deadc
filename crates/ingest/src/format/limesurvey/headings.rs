//! What a heading of a LimeSurvey export says: which question, which row of it, or something about the response.

use crate::format::grid::Column;
use crate::format::heading;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Columns about the response: the code, and the heading in words, in English, Dutch and German: full headings follow
/// the language of the export, and the Dutch ones changed over the years. The English and German ones are those of
/// scripts that read such exports; no public text has the Dutch ones, so that several wordings are taken.
const META: &[(&str, &[&str])] = &[
    (
        "id",
        &["Response ID", "Antwoord-ID", "Reactie-ID", "Respons-ID", "Antwort ID"],
    ),
    (
        "submitdate",
        &[
            "Date submitted",
            "Datum ingediend",
            "Datum verzonden",
            "Datum verstuurd",
            "Verzenddatum",
            "Datum Abgeschickt",
        ],
    ),
    ("lastpage", &["Last page", "Laatste pagina", "Letzte Seite"]),
    (
        "startlanguage",
        &["Start language", "Starttaal", "Begintaal", "Start-Sprache"],
    ),
    ("seed", &["Seed", "Zufallsstartwert", "Zufallsgeneratorstartwert"]),
    ("token", &["Token", "Access code", "Toegangscode", "Zugangscode"]),
    (
        "startdate",
        &[
            "Date started",
            "Datum gestart",
            "Begindatum",
            "Startdatum",
            "Datum gestartet",
        ],
    ),
    (
        "datestamp",
        &[
            "Date last action",
            "Datum laatste actie",
            "Datum laatste activiteit",
            "Datum letzte Aktivität",
        ],
    ),
    ("ipaddr", &["IP address", "IP-adres", "IP-Adresse"]),
    (
        "refurl",
        &[
            "Referrer URL",
            "Verwijzende URL",
            "Verwijzings-URL",
            "Weiterleitungs-URL",
        ],
    ),
    ("firstname", &["First name", "Voornaam", "Vorname"]),
    ("lastname", &["Last name", "Achternaam", "Nachname"]),
    ("email", &["Email address", "E-mailadres", "E-Mail-Adresse"]),
    ("interviewtime", &["Total time", "Totale tijd", "Gesamtzeit"]),
];

/// The codes of columns about the response by their headings in plain words.
static ABOUT: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
    let mut about = HashMap::new();
    for (code, words) in META {
        for own in *words {
            about.entry(heading::plain(own)).or_insert(*code);
        }
    }
    about
});

/// The code of a column about the response by its heading in words.
fn about(heading: &str) -> Option<&'static str> {
    ABOUT.get(&heading::plain(heading)).copied()
}

/// A heading as it is understood.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    pub(super) column: Column,
    /// Code of the column when it is about the response.
    pub(super) meta: Option<&'static str>,
}

/// The columns of a file by its headings; `texts` are those of a line of texts above a line of codes.
///
/// The tool can also write codes for its expressions, `Q_SQ001` for `Q[SQ001]`: its own codes hold no underscore, so
/// where no heading has brackets the first underscore divides. It can write underscores for the blanks of texts too.
pub(super) fn columns(headings: &[&str], texts: Option<&[&str]>) -> Vec<Heading> {
    let underscored = headings
        .iter()
        .any(|own| ["Response_ID", "Date_submitted"].contains(own));
    let mut described: Vec<Heading> = headings
        .iter()
        .map(|own| {
            describe(&if underscored {
                own.replace('_', " ")
            } else {
                (*own).to_owned()
            })
        })
        .collect();
    let named = |code: &str| described.iter().any(|own| own.meta == Some(code));
    if named("id") && !headings.iter().any(|own| own.contains(['[', ' '])) {
        for own in described.iter_mut().filter(|own| own.meta.is_none()) {
            if let Some((question, option)) = expression(&own.column.name) {
                own.column.role = super::role(option == "other" || option.ends_with("comment"), false);
                (own.column.question, own.column.option) = (question, option);
            }
        }
    }
    for (own, text) in described.iter_mut().zip(texts.unwrap_or_default()) {
        own.column.text = heading::readable(text);
    }
    described
}

/// Question and option of a code for expressions; its scales count from 0, those in brackets from 1.
pub(crate) fn expression(code: &str) -> Option<(String, String)> {
    let (question, rest) = code.split_once('_')?;
    let scale = rest
        .rsplit_once('_')
        .and_then(|(option, scale)| Some((option, scale.parse::<u32>().ok()?)));
    let option = match scale {
        Some((option, scale)) => format!("{option}#{}", scale + 1),
        None => rest.to_owned(),
    };
    (!question.is_empty() && !option.is_empty()).then(|| (question.to_owned(), option))
}

fn describe(text: &str) -> Heading {
    let text = heading::readable(text);
    if let Some((code, words)) = coded(&text) {
        let (question, option) = split(code);
        let own = META.iter().find(|(own, _)| *own == code).map(|(own, _)| *own);
        let about = own.or_else(|| about(code));
        let timing = option.is_empty() && (code.ends_with("Time") || code.starts_with("groupTime"));
        let attribute = code
            .strip_prefix("attribute_")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
        let meta = about.or((timing || attribute).then_some("other"));
        return Heading {
            column: Column {
                name: code.to_owned(),
                role: super::role(option == "other" || option.ends_with("comment"), meta.is_some()),
                question,
                option,
                text: words.to_owned(),
            },
            meta,
        };
    }
    let about = about(&text);
    let timing = ["Group time:", "Question time:", "Groepstijd:", "Vraagtijd:"]
        .iter()
        .any(|start| text.starts_with(start));
    let (question, option) = match text.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) {
        Some((question, option)) => (question.to_owned(), option.to_owned()),
        None => (text.clone(), String::new()),
    };
    let meta = about.or(timing.then_some("other"));
    let free_text = ["Other", "Anders", "Comment", "Opmerking"].contains(&option.as_str());
    Heading {
        column: Column {
            name: text.clone(),
            role: super::role(free_text, meta.is_some()),
            question,
            option,
            text,
        },
        meta,
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
    use crate::format::grid::Role;

    #[test]
    fn headings_by_code_by_code_and_text_and_by_text() {
        let own = |text: &str| {
            let column = describe(text).column;
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
            "Zufallsgeneratorstartwert",
            "Datum Abgeschickt",
        ] {
            assert!(describe(text).meta.is_some(), "{text}");
        }
        assert!(describe("GO[GO01]").meta.is_none());
        assert_eq!(describe("OBSTACLES[other]").column.role, Role::FreeText);
        assert_eq!(describe("OBSTACLES[SQ001comment]").column.role, Role::FreeText);
    }
}
