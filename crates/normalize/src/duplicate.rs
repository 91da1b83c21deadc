//! Several responses for one organisation: which of them counts.
//!
//! Two responses compete when they put at least one question in common; a list of questions in one export
//! and a workbook of levels in another complete each other and both count. The rule sees who finished and
//! when, never what was answered, except where the study asks for the lowest, highest or middle level.

use crate::answer::Delivered;
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::Answer;
use nulmeting_study::words::{AnswerKind, Assessor, Respondents, Severity, Status};
use nulmeting_study::{Finding, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// One respondent's answers within one source: places in the list of answers.
struct Responded {
    rows: Vec<usize>,
    items: BTreeSet<String>,
    usable: bool,
    complete: bool,
    sequence: i64,
    place: Place,
}

/// Marks which answers count, and tells of the responses that do not.
///
/// Missing: an answer that names no organisation counts for none. Of an organisation that gave no usable
/// answer the last response counts, so that its reasons are on record.
/// Method: the last complete response counts, failing that the last one; under the other rules all complete
/// responses count for the norms, and the last of them for the questions beside the norms.
pub(crate) fn settle(wave: &Wave, delivered: &mut [Delivered], rule: Respondents) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((organisation, _), mut responses) in responses_of(delivered) {
        // Those with an answer first, then the finished, then the latest; the sort keeps the order of sources on a tie.
        responses.sort_by(|a, b| {
            let rank = |response: &Responded| (response.usable, response.complete, response.sequence);
            rank(b).cmp(&rank(a))
        });
        let mut counting: Vec<&Responded> = Vec::new();
        for response in &responses {
            match counting.iter().find(|other| !other.items.is_disjoint(&response.items)) {
                None => {
                    mark(delivered, response, |_| true);
                    counting.push(response);
                }
                Some(other) if rule != Respondents::Last && response.usable && response.complete && other.complete => {
                    mark(delivered, response, |answer| answer.kind != AnswerKind::Choice);
                }
                Some(other) if response.usable => findings.push(duplicate(wave, &organisation, response, other)),
                Some(_) => {}
            }
        }
    }
    once(delivered);
    findings
}

/// Lets a respondent count once per question: the same norm on two tabs of a workbook counts where it is first filled
/// in, and where it is nowhere, at the first place.
fn once(delivered: &mut [Delivered]) {
    let mut first: BTreeMap<(&str, Assessor, &str, &str, &str, &str), usize> = BTreeMap::new();
    let mut passed_over = Vec::new();
    for (index, row) in delivered.iter().enumerate().filter(|(_, row)| row.answer.counts) {
        let answer = &row.answer;
        let key = (
            answer.organisation.as_str(),
            answer.assessor,
            answer.source.as_str(),
            answer.respondent.as_str(),
            answer.item.as_str(),
            answer.option.as_str(),
        );
        match first.get_mut(&key) {
            None => {
                first.insert(key, index);
            }
            Some(other) => {
                let filled = |index: usize| delivered[index].answer.status == Status::Answered;
                if !filled(*other) && filled(index) {
                    passed_over.push(std::mem::replace(other, index));
                } else {
                    passed_over.push(index);
                }
            }
        }
    }
    for index in passed_over {
        delivered[index].answer.counts = false;
    }
}

fn responses_of(delivered: &[Delivered]) -> BTreeMap<(String, Assessor), Vec<Responded>> {
    let mut units: BTreeMap<(&str, Assessor, &str, &str), Vec<usize>> = BTreeMap::new();
    for (index, row) in delivered.iter().enumerate() {
        let answer = &row.answer;
        if !answer.organisation.is_empty() {
            units
                .entry((
                    &answer.organisation,
                    answer.assessor,
                    &answer.source,
                    &answer.respondent,
                ))
                .or_default()
                .push(index);
        }
    }
    let mut responses: BTreeMap<(String, Assessor), Vec<Responded>> = BTreeMap::new();
    for ((organisation, assessor, _, _), rows) in units {
        let response = Responded {
            items: rows.iter().map(|row| delivered[*row].answer.item.clone()).collect(),
            usable: rows.iter().any(|row| delivered[*row].answer.status == Status::Answered),
            complete: rows.iter().all(|row| delivered[*row].complete),
            sequence: rows
                .iter()
                .map(|row| delivered[*row].sequence)
                .max()
                .unwrap_or_default(),
            place: place_of(rows.iter().map(|row| &delivered[*row].answer)),
            rows,
        };
        responses
            .entry((organisation.to_owned(), assessor))
            .or_default()
            .push(response);
    }
    responses
}

/// Where a response stands: its row, or the whole file when it fills one.
pub(crate) fn place_of<'a>(answers: impl Iterator<Item = &'a Answer>) -> Place {
    let places: BTreeSet<(&str, &str, i64)> = answers
        .map(|answer| (answer.source.as_str(), answer.sheet.as_str(), answer.row))
        .collect();
    match (places.len(), places.first()) {
        (1, Some((source, sheet, row))) => Place::cell(*source, *sheet, *row, ""),
        (_, Some((source, _, _))) => Place::file(*source),
        (_, None) => Place::default(),
    }
}

fn mark(delivered: &mut [Delivered], response: &Responded, counts: impl Fn(&Answer) -> bool) {
    for row in &response.rows {
        let answer = &mut delivered[*row].answer;
        answer.counts = counts(answer);
    }
}

fn duplicate(wave: &Wave, organisation: &str, response: &Responded, other: &Responded) -> Finding {
    let why = if response.complete == other.complete {
        "the later one"
    } else {
        "the finished one"
    };
    let message = format!(
        "`{organisation}` answered more than once; {why} counts ({})",
        other.place
    );
    Finding::new(
        Severity::Warning,
        Rule::DuplicateResponse,
        message,
        "choose another rule under `scores.respondents`, or remove one of the responses",
    )
    .wave(&wave.id)
    .at(&response.place)
    .organisation(organisation)
}
