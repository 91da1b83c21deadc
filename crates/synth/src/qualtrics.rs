//! The export of Qualtrics: three heading rows, answers as recode values, the survey's structure beside it, and a
//! preview of the makers among the responses.

use crate::Error;
use crate::choice::Chosen;
use crate::codebook::comma_separated;
use crate::delivery::Response;
use crate::export::{Batch, ORGANISATION, Writer, Written, domain_question, key};
use crate::maturity::Given;
use nulmeting_study::Framework;
use nulmeting_study::framework::{QuestionKind, Test};

/// The writer of Qualtrics CSV.
pub(crate) struct Csv;

/// Columns about the response: tag, text in a Dutch account, import id.
const META: [(&str, &str, &str); 12] = [
    ("StartDate", "Startdatum", "startDate"),
    ("EndDate", "Einddatum", "endDate"),
    ("Status", "Type antwoord", "status"),
    ("IPAddress", "IP-adres", "ipAddress"),
    ("Progress", "Voortgang", "progress"),
    ("Duration (in seconds)", "Duur (in seconden)", "duration"),
    ("Finished", "Voltooid", "finished"),
    ("RecordedDate", "Opnamedatum", "recordedDate"),
    ("ResponseId", "Antwoord-ID", "_recordId"),
    ("RecipientEmail", "E-mailadres ontvanger", "recipientEmail"),
    ("DistributionChannel", "Distributiekanaal", "distributionChannel"),
    ("UserLanguage", "Taal gebruiker", "userLanguage"),
];
/// Recode values beside the levels; a pass is 1 and a fail 2.
const NOT_APPLICABLE: i64 = 8;
const DONT_KNOW: i64 = 9;

/// A question column: tag, text, import id, item and option of the codebook.
struct Asked {
    tag: String,
    text: String,
    import: String,
    item: String,
    option: String,
}

impl Writer for Csv {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let asked = asked(batch.framework);
        let heading = |meta: fn(&(&str, &str, &str)) -> String, own: fn(&Asked) -> String| -> Vec<String> {
            META.iter().map(meta).chain(asked.iter().map(own)).collect()
        };
        let import = |id: &str| format!("{{\"ImportId\":\"{id}\"}}");
        let third: Vec<String> = META
            .iter()
            .map(|meta| match meta.0.ends_with("Date") {
                true => format!("{{\"ImportId\":\"{}\",\"timeZone\":\"Europe/Amsterdam\"}}", meta.2),
                false => import(meta.2),
            })
            .chain(asked.iter().map(|own| import(&own.import)))
            .collect();
        let mut rows = vec![
            heading(|meta| meta.0.to_owned(), |own| own.tag.clone()),
            heading(|meta| meta.1.to_owned(), |own| own.text.clone()),
            third,
        ];
        // The makers tried the questionnaire before it was opened.
        if let Some(first) = batch.responses.first() {
            rows.push(row(batch, first, 0, true));
        }
        rows.extend(
            batch
                .responses
                .iter()
                .enumerate()
                .map(|(index, response)| row(batch, response, index, false)),
        );
        let map: Vec<Vec<String>> = std::iter::once(["question", "option", "item", "item_option"].map(str::to_owned))
            .chain(
                asked
                    .iter()
                    .skip(1)
                    .map(|own| [own.tag.clone(), String::new(), own.item.clone(), own.option.clone()]),
            )
            .map(|row| row.to_vec())
            .collect();
        Ok(Written {
            files: vec![
                (batch.path(".csv"), comma_separated(&rows).into_bytes()),
                (batch.path(".qsf"), structure(batch.framework).into_bytes()),
                (batch.map(), comma_separated(&map).into_bytes()),
            ],
            path: batch.path(".csv"),
            organisation: "Q1".to_owned(),
            items: Some(batch.map()),
            structure: Some(batch.path(".qsf")),
        })
    }
}

/// The norms of a domain, in order.
fn matrices(framework: &Framework) -> impl Iterator<Item = (usize, &str)> {
    (2..).zip(framework.domains.iter().map(|domain| domain.code.as_str()))
}

fn asked(framework: &Framework) -> Vec<Asked> {
    let mut asked = vec![Asked {
        tag: "Q1".to_owned(),
        text: ORGANISATION.to_owned(),
        import: "QID1_TEXT".to_owned(),
        item: String::new(),
        option: String::new(),
    }];
    for (number, domain) in matrices(framework) {
        let norms = framework.norms.iter().filter(|norm| norm.domain == domain);
        asked.extend((1..).zip(norms).map(|(row, norm)| Asked {
            tag: format!("Q{number}_{row}"),
            text: format!("{} - {}", domain_question(framework, domain), norm.title.nl),
            import: format!("QID{number}_{row}"),
            item: norm.code.clone(),
            option: String::new(),
        }));
    }
    for (number, question) in (framework.domains.len() + 2..).zip(&framework.questions) {
        match question.kind {
            QuestionKind::Single => asked.push(Asked {
                tag: format!("Q{number}"),
                text: question.name.nl.clone(),
                import: format!("QID{number}"),
                item: question.code.clone(),
                option: String::new(),
            }),
            QuestionKind::Multiple => asked.extend((1..).zip(&question.options).map(|(place, option)| Asked {
                tag: format!("Q{number}_{place}"),
                text: format!("{} - Selected Choice - {}", question.name.nl, option.name.nl),
                import: format!("QID{number}_{place}"),
                item: question.code.clone(),
                option: option.code.clone(),
            })),
        }
    }
    asked
}

fn row(batch: &Batch<'_>, response: &Response, index: usize, preview: bool) -> Vec<String> {
    let (start, end) = batch.moments(index);
    let (start, end) = match preview {
        true => (start.later(-90_000), end.later(-90_000)),
        false => (start, end),
    };
    let key = if preview { 1 } else { key(index) };
    let mut cells: Vec<String> = vec![
        start.text(),
        end.text(),
        if preview { "1" } else { "0" }.to_owned(),
        format!("192.0.2.{}", index % 250 + 1),
        "100".to_owned(),
        "1980".to_owned(),
        "1".to_owned(),
        end.text(),
        format!("R_{key:015}"),
        String::new(),
        if preview { "preview" } else { "anonymous" }.to_owned(),
        "NL".to_owned(),
        response.number.clone(),
    ];
    let framework = batch.framework;
    for (_, domain) in matrices(framework) {
        let norms = framework.norms.iter().zip(&response.given);
        cells.extend(
            norms
                .filter(|(norm, _)| norm.domain == domain)
                .map(|(_, given)| match given {
                    Given::Level(level) => level.to_string(),
                    Given::Pass(passed) => if *passed { "1" } else { "2" }.to_owned(),
                    Given::NotApplicable => NOT_APPLICABLE.to_string(),
                    Given::DontKnow => DONT_KNOW.to_string(),
                    Given::Invalid(text) => text.clone(),
                    Given::Skipped | Given::NotAsked => String::new(),
                }),
        );
    }
    for (question, chosen) in framework.questions.iter().zip(&response.chosen) {
        let ticked = |option: usize| matches!(chosen, Chosen::Options(set) if set.contains(&option));
        let options = 0..question.options.len();
        match question.kind {
            QuestionKind::Single => cells.push(
                options
                    .filter(|option| ticked(*option))
                    .map(|option| (option + 1).to_string())
                    .collect(),
            ),
            QuestionKind::Multiple => {
                cells.extend(options.map(|option| if ticked(option) { "1" } else { "" }.to_owned()));
            }
        }
    }
    cells
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A member per entry, in order.
fn object(entries: impl Iterator<Item = (String, String)>) -> String {
    let members: Vec<String> = entries
        .map(|(name, value)| format!("{}:{value}", quoted(&name)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn displays<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    object((1..).zip(texts).map(|(place, text): (usize, _)| {
        (
            place.to_string(),
            object(std::iter::once(("Display".to_owned(), quoted(text)))),
        )
    }))
}

/// The structure of the survey as a QSF.
fn structure(framework: &Framework) -> String {
    let scale: Vec<(i64, String)> = match framework.test {
        Test::Levels => framework
            .levels
            .iter()
            .map(|level| (level.number, format!("{} - {}", level.number, level.name.nl)))
            .collect(),
        Test::PassFail => vec![(1, "Ja".to_owned()), (2, "Nee".to_owned())],
    };
    let scale: Vec<(i64, String)> = scale
        .into_iter()
        .chain([
            (NOT_APPLICABLE, "N.v.t.".to_owned()),
            (DONT_KNOW, "Weet niet".to_owned()),
        ])
        .collect();
    let answers = displays(scale.iter().map(|(_, label)| label.as_str()));
    let recodes = object(
        (1..)
            .zip(&scale)
            .map(|(place, (value, _)): (usize, _)| (place.to_string(), quoted(&value.to_string()))),
    );
    let mut payloads = vec![(
        1,
        format!(
            "\"DataExportTag\":\"Q1\",\"QuestionText\":{},\"QuestionType\":\"TE\",\"Selector\":\"SL\"",
            quoted(ORGANISATION)
        ),
    )];
    for (number, domain) in matrices(framework) {
        let norms = framework.norms.iter().filter(|norm| norm.domain == domain);
        payloads.push((
            number,
            format!(
                "\"DataExportTag\":\"Q{number}\",\"QuestionText\":{},\"QuestionType\":\"Matrix\",\"Selector\":\"Likert\",\
                 \"SubSelector\":\"SingleAnswer\",\"Choices\":{},\"Answers\":{answers},\"RecodeValues\":{recodes}",
                quoted(&domain_question(framework, domain)),
                displays(norms.map(|norm| norm.title.nl.as_str()))
            ),
        ));
    }
    for (number, question) in (framework.domains.len() + 2..).zip(&framework.questions) {
        let selector = match question.kind {
            QuestionKind::Single => "SAVR",
            QuestionKind::Multiple => "MAVR",
        };
        payloads.push((
            number,
            format!(
                "\"DataExportTag\":\"Q{number}\",\"QuestionText\":{},\"QuestionType\":\"MC\",\"Selector\":\"{selector}\",\
                 \"Choices\":{}",
                quoted(&question.name.nl),
                displays(question.options.iter().map(|option| option.name.nl.as_str()))
            ),
        ));
    }
    let elements: Vec<String> = payloads
        .into_iter()
        .map(|(number, payload)| {
            format!(
                "{{\"SurveyID\":\"SV_0000000000000\",\"Element\":\"SQ\",\"PrimaryAttribute\":\"QID{number}\",\
                 \"Payload\":{{{payload},\"QuestionID\":\"QID{number}\"}}}}"
            )
        })
        .collect();
    format!(
        "{{\"SurveyEntry\":{{\"SurveyID\":\"SV_0000000000000\",\"SurveyName\":\"Voorbeeld\",\"SurveyLanguage\":\"NL\"}},\
         \"SurveyElements\":[{}]}}\n",
        elements.join(",")
    )
}
