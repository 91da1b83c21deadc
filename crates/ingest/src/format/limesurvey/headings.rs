//! What a heading of a LimeSurvey export says: which question, which row of it, or something about the response.

use crate::format::grid::Column;
use crate::format::heading;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Columns about the response: the code, and the heading in words in English, Dutch, German and French, formal and
/// informal, of the versions 1.92 to 6.4: full headings follow the language of the export.
const META: &[(&str, &[&str])] = &[
    (
        "id",
        &["Response ID", "Respons-ID", "Antwort ID", "ID de la r\u{e9}ponse"],
    ),
    (
        "submitdate",
        &[
            "Date submitted",
            "Datum verzonden",
            "Datum verstuurd",
            "Datum Abgeschickt",
            "Date de soumission",
        ],
    ),
    (
        "lastpage",
        &["Last page", "Laatste pagina", "Letzte Seite", "Derni\u{e8}re page"],
    ),
    (
        "startlanguage",
        &[
            "Start language",
            "Starttaal",
            "Begintaal",
            "Start-Sprache",
            "Langue de d\u{e9}part",
        ],
    ),
    (
        "seed",
        &["Seed", "Zufallswert", "Zufallsstartwert", "Zufallsgeneratorstartwert"],
    ),
    (
        "token",
        &[
            "Token",
            "Access code",
            "Toegangscode",
            "Zugangscode",
            "Zugangsschl\u{fc}ssel",
            "Schl\u{fc}sselwort",
            "Code d'acc\u{e8}s",
        ],
    ),
    (
        "startdate",
        &["Date started", "Startdatum", "Datum gestartet", "Date de lancement"],
    ),
    (
        "datestamp",
        &[
            "Date last action",
            "Datum laatste actie",
            "Datum letzte Aktivit\u{e4}t",
            "Date de la derni\u{e8}re action",
        ],
    ),
    ("ipaddr", &["IP address", "IP-adres", "IP-Adresse", "Adresse IP"]),
    (
        "refurl",
        &[
            "Referrer URL",
            "Verwijzer URL",
            "Weiterleitungs-URL",
            "URL r\u{e9}f\u{e9}rente",
        ],
    ),
    ("firstname", &["First name", "Voornaam", "Vorname", "Pr\u{e9}nom"]),
    ("lastname", &["Last name", "Achternaam", "Nachname"]),
    (
        "email",
        &["Email address", "E-mailadres", "E-Mail-Adresse", "Adresse de courriel"],
    ),
    (
        "interviewtime",
        &["Total time", "Totaaltijd", "Gesamtzeit", "Temps total"],
    ),
    ("quota_exit", &[]),
    ("completed", &[]),
    ("emailstatus", &[]),
    ("sent", &[]),
    ("remindersent", &[]),
    ("remindercount", &[]),
    ("usesleft", &[]),
];

/// Headings of columns about the response that are ordinary words too: they are so only behind another such column.
const ORDINARY: &[(&str, &[&str])] = &[
    ("seed", &["Plaats", "T\u{ea}te de s\u{e9}rie"]),
    ("token", &["Code"]),
    ("lastname", &["Nom"]),
];

/// What stands for the text beside a choice, as the last row of a question.
const FREE_TEXT: &[&str] = &[
    "Other",
    "Andere",
    "Overige",
    "Anders",
    "Sonstiges",
    "Autre",
    "Comment",
    "Opmerking",
    "Kommentar",
    "Commentaire",
    "Other comment",
    "Andere opmerkingen",
    "Anderer Kommentar",
    "Commentaire pour autre",
];

/// How the headings of timings start.
const TIMINGS: &[&str] = &[
    "Group time:",
    "Question time:",
    "Groepstijd:",
    "Groep tijd:",
    "Vraagtijd:",
    "Vraag tijd:",
    "Gruppenzeit:",
    "Fragenzeit:",
    "Dur\u{e9}e pour le groupe",
    "Dur\u{e9}e pour la question",
];

/// From how many letters the start of a cut heading is compared.
const CUT: usize = 8;

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

/// The code of a column about the response by its heading in words, whole or cut to `Datum laatste a..`.
fn about(heading: &str) -> Option<&'static str> {
    let cut = heading
        .strip_suffix("..")
        .map(heading::plain)
        .filter(|start| start.len() >= CUT);
    match cut {
        Some(start) => {
            let mut fitting = ABOUT.iter().filter(|(words, _)| words.starts_with(&start));
            let (_, code) = fitting.next()?;
            fitting.all(|(_, other)| other == code).then_some(*code)
        }
        None => ABOUT.get(&heading::plain(heading)).copied(),
    }
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
    let spaced = headings.iter().any(|heading| heading.contains(' '));
    let underscored = !spaced
        && headings
            .iter()
            .any(|heading| heading.contains('_') && about(heading).is_some());
    // Codes stand before the texts of all columns or of none: "2. Which level?" is a text that starts with a number.
    let texts_follow = headings.first().is_some_and(|heading| {
        let heading = heading::readable(heading);
        heading
            .split_once(". ")
            .is_some_and(|(code, _)| META.iter().any(|(known, _)| *known == code))
    });
    let mut described: Vec<Heading> = headings
        .iter()
        .map(|heading| match underscored {
            true => describe(&heading.replace('_', " "), texts_follow),
            false => describe(heading, texts_follow),
        })
        .collect();
    for index in 1..described.len() {
        let follows = described[index - 1].meta.is_some();
        let heading = heading::plain(&described[index].column.name);
        let ordinary = ORDINARY
            .iter()
            .find(|(_, words)| words.iter().any(|word| heading::plain(word) == heading));
        if let (true, Some((code, _))) = (follows, ordinary) {
            described[index].meta = Some(code);
            described[index].column.role = super::role(false, true);
        }
    }
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

/// What a heading says; `texts_follow` where the headings are codes with their texts.
fn describe(text: &str, texts_follow: bool) -> Heading {
    let text = heading::readable(text);
    if let Some((code, words)) = coded(&text, texts_follow) {
        let (question, option) = split(code);
        let own = META.iter().find(|(own, _)| *own == code).map(|(own, _)| *own);
        let about = own.or_else(|| about(code));
        let timing = option.is_empty()
            && (code.ends_with("Time") || code.starts_with("groupTime") || code.ends_with("_filecount"));
        let attribute = code
            .strip_prefix("attribute_")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
        let meta = about.or((timing || attribute).then_some("other"));
        return Heading {
            column: Column {
                name: code.to_owned(),
                role: super::role(
                    option == "other" || option.ends_with("comment") || is_numbered_text(code),
                    meta.is_some(),
                ),
                question,
                option,
                text: words.to_owned(),
            },
            meta,
        };
    }
    let about = about(&text);
    let timing = TIMINGS.iter().any(|start| text.starts_with(start));
    let (question, options) = bracketed(&text);
    let option = options.join("][");
    let meta = about.or(timing.then_some("other"));
    let free_text = options.last().is_some_and(|last| FREE_TEXT.contains(last));
    let question = question.to_owned();
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

/// A text without the brackets at its end, and what stands in those: `What? [Row][Scale]`. Brackets within are kept.
fn bracketed(text: &str) -> (&str, Vec<&str>) {
    let (mut rest, mut options) = (text, Vec::new());
    while let Some(inside) = rest.strip_suffix(']') {
        let mut depth = 1;
        let opening = inside.char_indices().rev().find(|(_, letter)| {
            depth += match letter {
                ']' => 1,
                '[' => -1,
                _ => 0,
            };
            depth == 0
        });
        let Some((start, _)) = opening else { break };
        let before = &rest[..start];
        if !before.ends_with([' ', ']']) {
            break;
        }
        options.insert(0, &inside[start + 1..]);
        rest = before;
        if before.ends_with(' ') {
            return (before.trim_end(), options);
        }
    }
    (text, Vec::new())
}

/// Whether a code of the first edition of VV, `482914X4X82other`, is that of a text beside a choice.
fn is_numbered_text(code: &str) -> bool {
    let mut parts = code.splitn(3, 'X');
    let number = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    number(parts.next())
        && number(parts.next())
        && parts
            .next()
            .is_some_and(|rest| rest.ends_with("other") || rest.ends_with("comment"))
}

/// The code of a heading, alone or, where texts follow codes, before `. ` and the text of the question.
fn coded(heading: &str, texts_follow: bool) -> Option<(&str, &str)> {
    let split = heading.split_once(". ").filter(|_| texts_follow);
    let (code, text) = split.unwrap_or((heading, ""));
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
            let column = describe(text, text.contains(". ")).column;
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
    fn texts_that_start_with_a_number_or_hold_brackets_are_texts() {
        let own = |text: &str| {
            let column = describe(text, false).column;
            (column.question, column.option, column.role)
        };
        let all = |question: &str, option: &str, role| (question.to_owned(), option.to_owned(), role);
        assert_eq!(
            own("2. Welk niveau? [GO.01 Strategie]"),
            all("2. Welk niveau?", "GO.01 Strategie", Role::Answer)
        );
        assert_eq!(
            own("3. Welke [meer antwoorden]? [Tijd [personeel]]"),
            all("3. Welke [meer antwoorden]?", "Tijd [personeel]", Role::Answer)
        );
        assert_eq!(
            own("4. Welke steun? [Geld][Opmerking]"),
            all("4. Welke steun?", "Geld][Opmerking", Role::FreeText)
        );
        assert_eq!(own("Wat? [Overige]").2, Role::FreeText);
        assert_eq!(own("Twee [A][Schaal 1]"), all("Twee", "A][Schaal 1", Role::Answer));
        assert_eq!(own("482914X4X82other").2, Role::FreeText);
    }

    #[test]
    fn word_that_a_question_can_have_too_is_judged_by_its_position() {
        let roles = |headings: &[&str]| {
            let described = super::columns(headings, None);
            described.iter().map(|heading| heading.meta).collect::<Vec<_>>()
        };
        let headings = [
            "Respons-ID",
            "Begin taal",
            "Plaats",
            "Datum laatste a..",
            "In welke plaats?",
            "Plaats",
        ];
        assert_eq!(
            roles(&headings),
            [
                Some("id"),
                Some("startlanguage"),
                Some("seed"),
                Some("datestamp"),
                None,
                None
            ]
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
            assert!(describe(text, text.starts_with("id. ")).meta.is_some(), "{text}");
        }
        assert!(describe("GO[GO01]", false).meta.is_none());
        assert_eq!(describe("OBSTACLES[other]", false).column.role, Role::FreeText);
        assert_eq!(describe("OBSTACLES[SQ001comment]", false).column.role, Role::FreeText);
    }
}
