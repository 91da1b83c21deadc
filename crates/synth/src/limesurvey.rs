//! The export of LimeSurvey: semicolons, every answer quoted, what was not shown bare empty, an empty line at
//! the end, and columns of the tool's own on both sides.

use crate::Error;
use crate::choice::Chosen;
use crate::delivery::{Response, counting};
use crate::export::{Batch, Writer, Written, key};
use crate::map;
use crate::maturity::Given;
use crate::moment::Moment;
use crate::register::Board;
use nulmeting_study::framework::{Norm, QuestionKind, Test};
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Framework, Place, Rule};

/// The question that names the board.
const ORGANISATION: &str = "bestuursnummer";
/// A question that was added late and is in no map.
const UNMAPPED: &str = "G12Q01";
const META: [&str; 9] = [
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
];
/// Seconds that everyone takes, so that order of beginning is order of submission.
const DURATION: i64 = 2_115;
const REMARKS: [&str; 4] = [
    "Ingevuld samen met de \"ICT'er\"; cijfers zijn een schatting.",
    "Wij zijn net gefuseerd.\nEen deel van het beleid is nog van de oude besturen.",
    "Geen",
    "Zie ook ons jaarverslag; hoofdstuk 4",
];

/// The code of a question beside the norms in the survey.
pub(crate) fn question_code(code: &str) -> &'static str {
    match code {
        "OBSTACLES" => "KNELP",
        "SUPPORT" => "STEUN",
        "SUPPLIER_ASKED" => "EIS",
        "SUPPLIER_DELIVERED" => "LEVER",
        _ => "GETEK",
    }
}

/// The code of a norm or option within its question.
pub(crate) fn part_code(norm: &Norm) -> String {
    norm.code.replace('.', "")
}

/// The code of an option, by its place.
pub(crate) fn option_code(option: usize) -> String {
    format!("SQ{:03}", option + 1)
}

/// The writer of LimeSurvey CSV.
pub(crate) struct Csv;

impl Writer for Csv {
    fn write(&self, batch: &Batch<'_>) -> Result<Written, Error> {
        let text = survey(batch.framework, batch.responses, batch.opening);
        Ok(Written {
            files: vec![
                (batch.path(".csv"), text.into_bytes()),
                (batch.map(), map::limesurvey(batch.framework)),
            ],
            path: batch.path(".csv"),
            organisation: ORGANISATION.to_owned(),
            items: Some(batch.map()),
            structure: None,
        })
    }
}

/// The text of an export.
fn survey(framework: &Framework, responses: &[Response], opening: Moment) -> String {
    let sampled = framework.test == Test::Levels;
    let headings = headings(framework, sampled);
    let mut text = "\u{feff}".to_owned();
    line(&mut text, headings.iter().map(|heading| Some(heading.clone())));
    let spacing = (50 * 86_400 / responses.len().max(1) as i64).min(3 * 3_600);
    for (index, response) in responses.iter().enumerate() {
        let start = opening.later(index as i64 * spacing + (index as i64 * 977) % spacing.max(1) / 2);
        line(&mut text, cells(framework, response, index, start, sampled).into_iter());
    }
    // The export function of the tool ends with an empty line.
    text += "\r\n";
    text
}

/// Writes the export and lists what is odd in it.
pub(crate) fn export(
    framework: &Framework,
    boards: &[Board],
    responses: &[Response],
    opening: Moment,
    path: &str,
    wave: &str,
    findings: &mut Vec<Finding>,
) -> Vec<u8> {
    let sampled = framework.test == Test::Levels;
    let text = survey(framework, responses, opening);
    let chosen = counting(responses.iter());
    let finding = |severity, rule, row: usize, column: &str| {
        Finding::new(severity, rule, "", "")
            .at(&Place::cell(path, "", row as i64, column))
            .wave(wave)
    };
    if sampled {
        findings.push(finding(Severity::Note, Rule::UnmappedQuestion, 1, UNMAPPED).item(UNMAPPED));
    }
    for (index, response) in responses.iter().enumerate() {
        let row = index + 2;
        let Some(board) = response.board else {
            let found = |rule| finding(Severity::Error, rule, row, ORGANISATION);
            findings.push(match response.number.as_str() {
                "" => found(Rule::NoOrganisation),
                // It is under the number that was typed that the tables know it.
                typed => found(Rule::UnknownOrganisation).organisation(typed),
            });
            continue;
        };
        let number = &boards[board].number;
        if *number != response.number {
            findings.push(finding(Severity::Note, Rule::RepairedNumber, row, ORGANISATION).organisation(number));
        }
        if !response.complete {
            findings.push(finding(Severity::Warning, Rule::IncompleteResponse, row, "").organisation(number));
        }
        if chosen
            .get(&board)
            .is_some_and(|counts| !std::ptr::eq(*counts, response))
        {
            findings.push(finding(Severity::Warning, Rule::DuplicateResponse, row, "").organisation(number));
        }
        for (norm, given) in framework.norms.iter().zip(&response.given) {
            if let Given::Invalid(_) = given {
                let column = norm_heading(norm);
                findings.push(
                    finding(Severity::Error, Rule::InvalidAnswer, row, &column)
                        .organisation(number)
                        .item(&norm.code),
                );
            }
        }
    }
    text.into_bytes()
}

fn norm_heading(norm: &Norm) -> String {
    format!("{}[{}]", norm.domain, part_code(norm))
}

fn headings(framework: &Framework, sampled: bool) -> Vec<String> {
    let mut headings: Vec<String> = META.map(str::to_owned).to_vec();
    headings.push(ORGANISATION.to_owned());
    headings.extend(framework.norms.iter().map(norm_heading));
    for question in &framework.questions {
        let code = question_code(&question.code);
        match question.kind {
            QuestionKind::Single => headings.push(code.to_owned()),
            QuestionKind::Multiple => {
                headings.extend((0..question.options.len()).map(|option| format!("{code}[{}]", option_code(option))));
            }
        }
        if question.code == "OBSTACLES" {
            headings.push(format!("{code}[other]"));
        }
    }
    if sampled {
        headings.push(UNMAPPED.to_owned());
    }
    headings.extend(["opm", "interviewtime", "groupTime87"].map(str::to_owned));
    headings
}

/// The cells of a response; `None` is what was never shown.
fn cells(
    framework: &Framework,
    response: &Response,
    index: usize,
    start: Moment,
    sampled: bool,
) -> Vec<Option<String>> {
    let end = start.later(DURATION).text();
    let shown = |text: String| Some(text);
    let mut cells = vec![
        shown(key(index).to_string()),
        response.complete.then(|| end.clone()),
        shown(response.last_page.to_string()),
        shown("nl".to_owned()),
        shown(((index as u64 * 7_919 + 104_729) * 15_485_863 % 2_147_483_647).to_string()),
        shown(start.text()),
        shown(end),
        // The block that is set aside for documentation: no one's address.
        shown(format!("192.0.2.{}", index % 250 + 1)),
        shown(String::new()),
        shown(response.number.clone()),
    ];
    cells.extend(response.given.iter().map(|given| match given {
        Given::Level(level) => Some(level.to_string()),
        Given::Pass(passed) => Some(if *passed { "Y" } else { "N" }.to_owned()),
        Given::NotApplicable => Some("NVT".to_owned()),
        Given::DontKnow => Some("weet niet".to_owned()),
        Given::Skipped => Some(String::new()),
        Given::NotAsked => None,
        Given::Invalid(text) => Some(text.clone()),
    }));
    for (question, chosen) in framework.questions.iter().zip(&response.chosen) {
        let options = question.options.iter().enumerate();
        match (question.kind, chosen) {
            (QuestionKind::Single, Chosen::NotShown) => cells.push(None),
            (QuestionKind::Multiple, Chosen::NotShown) => cells.extend(options.map(|_| None)),
            (QuestionKind::Single, Chosen::Options(set)) => {
                let codes = options.filter(|(option, _)| set.contains(option));
                cells.push(Some(codes.map(|(_, option)| option.code.as_str()).collect()));
            }
            (QuestionKind::Multiple, Chosen::Options(set)) => {
                cells.extend(options.map(|(option, _)| Some(if set.contains(&option) { "Y" } else { "" }.to_owned())));
            }
        }
        if question.code == "OBSTACLES" {
            let other = if index % 17 == 5 { "Te weinig tijd" } else { "" };
            cells.push((*chosen != Chosen::NotShown).then(|| other.to_owned()));
        }
    }
    if sampled {
        cells.push(response.complete.then(|| format!("A{}", index % 4 + 1)));
    }
    let remark = if index % 5 == 2 {
        REMARKS[index / 5 % REMARKS.len()]
    } else {
        ""
    };
    cells.push(response.complete.then(|| remark.to_owned()));
    cells.extend([
        Some(format!("{DURATION}.{:02}", index % 90 + 7)),
        Some("41.2".to_owned()),
    ]);
    cells
}

fn line(text: &mut String, cells: impl Iterator<Item = Option<String>>) {
    let cells: Vec<String> = cells
        .map(|cell| cell.map_or_else(String::new, |cell| format!("\"{}\"", cell.replace('"', "\"\""))))
        .collect();
    *text += &cells.join(";");
    *text += "\r\n";
}
