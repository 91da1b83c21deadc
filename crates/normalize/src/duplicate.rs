//! Several responses for one organisation: which of them counts.
//!
//! Two responses compete when they put at least one question in common; a list of questions in one export
//! and a workbook of levels in another complete each other and both count. The rule sees who finished and
//! when, never what was answered, except where the study asks for the lowest, highest or middle level.

use crate::answer::Delivered;
use nulmeting_counts::Counted;
use nulmeting_study::study_file::Wave;
use nulmeting_study::tables::Answer;
use nulmeting_study::words::{AnswerKind, Assessor, Respondents, Severity, Status};
use nulmeting_study::{Finding, Place, Rule};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// One respondent's answers within one source, as far as it decides whether they count.
#[derive(Debug, Clone)]
pub(crate) struct Responded {
    organisation: Arc<str>,
    assessor: Assessor,
    source: Arc<str>,
    respondent: Arc<str>,
    /// The questions it was asked, as numbers in order; responses to the same questions share the list.
    items: Arc<[u32]>,
    /// Whether anything was answered, and whether a norm was.
    usable: bool,
    usable_norm: bool,
    complete: bool,
    /// Place among the responses of the wave in order of submission.
    pub(crate) sequence: i64,
    place: Place,
}

impl Responded {
    /// The organisation; a response that names none is not kept.
    pub(crate) fn organisation(&self) -> &str {
        &self.organisation
    }

    /// Whether it gives a usable answer when that much of it counts.
    fn is_usable(&self, counted: Counted) -> bool {
        match counted {
            Counted::All => self.usable,
            Counted::Norms => self.usable_norm,
            Counted::Nothing => false,
        }
    }

    /// Whether both put a question in common.
    fn meets(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.items, &other.items) && !self.items.is_empty()
            || self.items.iter().any(|item| other.items.binary_search(item).is_ok())
    }
}

/// Texts and lists of questions that were met before, so that a million responses hold each once.
#[derive(Debug, Default)]
pub(crate) struct Known {
    items: HashMap<String, u32>,
    lists: HashSet<Arc<[u32]>>,
    texts: HashSet<Arc<str>>,
}

impl Known {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let own: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&own));
        own
    }

    fn items<'a>(&mut self, items: impl Iterator<Item = &'a str>) -> Arc<[u32]> {
        let mut list: Vec<u32> = Vec::new();
        for item in items {
            let next = self.items.len() as u32;
            let code = match self.items.get(item) {
                Some(code) => *code,
                None => *self.items.entry(item.to_owned()).or_insert(next),
            };
            list.push(code);
        }
        list.sort_unstable();
        list.dedup();
        if let Some(known) = self.lists.get(&list[..]) {
            return Arc::clone(known);
        }
        let own: Arc<[u32]> = list.into();
        self.lists.insert(Arc::clone(&own));
        own
    }
}

/// What was decided of the responses of a wave.
#[derive(Debug)]
pub(crate) struct Settled {
    /// What counts of each response.
    pub(crate) counted: Vec<Counted>,
    /// Organisations with a usable answer that counts, each with the first place where one stands.
    pub(crate) answered: BTreeMap<String, Place>,
    /// Responses that do not count because of another.
    pub(crate) findings: Vec<Finding>,
}

/// Marks which answers count, and tells of the responses that do not.
///
/// Shape: answers by their key; responses are found in one pass over them.
pub(crate) fn settle(wave: &Wave, delivered: &mut [Delivered], rule: Respondents) -> Settled {
    let (responses, rows): (Vec<Responded>, Vec<Vec<usize>>) =
        responses(delivered, &mut Known::default()).into_iter().unzip();
    let settled = decide(wave, &responses, rule);
    for (counted, rows) in settled.counted.iter().zip(&rows) {
        for row in rows {
            let answer = &mut delivered[*row].answer;
            answer.counts = counted.has(answer.kind);
        }
        once(delivered, rows);
    }
    settled
}

/// Decides what counts of each response.
///
/// Missing: an answer that names no organisation counts for none. Of an organisation that gave no usable
/// answer the last response counts, so that its reasons are on record.
/// Method: the last complete response counts, failing that the last one; under the other rules all complete
/// responses count for the norms, and the last of them for the questions beside the norms.
pub(crate) fn decide(wave: &Wave, responses: &[Responded], rule: Respondents) -> Settled {
    let mut settled = Settled {
        counted: vec![Counted::Nothing; responses.len()],
        answered: BTreeMap::new(),
        findings: Vec::new(),
    };
    // Of an organisation those with an answer first, then the finished, then the latest, then in order of sources.
    let rank = |own: &Responded| std::cmp::Reverse((own.usable, own.complete, own.sequence));
    let mut order: Vec<usize> = (0..responses.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&responses[*a], &responses[*b]);
        (&a.organisation, a.assessor, rank(a), &a.source, &a.respondent).cmp(&(
            &b.organisation,
            b.assessor,
            rank(b),
            &b.source,
            &b.respondent,
        ))
    });
    let whose = |index: &usize| (&responses[*index].organisation, responses[*index].assessor);
    for own in order.chunk_by(|a, b| whose(a) == whose(b)) {
        let mut counting: Vec<&Responded> = Vec::new();
        for index in own {
            let response = &responses[*index];
            settled.counted[*index] = match counting.iter().find(|other| other.meets(response)) {
                None => {
                    counting.push(response);
                    Counted::All
                }
                Some(other) if rule != Respondents::Last && response.usable && response.complete && other.complete => {
                    Counted::Norms
                }
                Some(other) => {
                    if response.usable {
                        settled.findings.push(duplicate(wave, response, other));
                    }
                    Counted::Nothing
                }
            };
            if response.is_usable(settled.counted[*index]) {
                match settled.answered.get_mut(response.organisation()) {
                    Some(first) if *first <= response.place => {}
                    Some(first) => first.clone_from(&response.place),
                    None => {
                        let organisation = response.organisation().to_owned();
                        settled.answered.insert(organisation, response.place.clone());
                    }
                }
            }
        }
    }
    settled
}

/// Lets a response count once per question: the same norm on two tabs of a workbook counts where it is first filled
/// in, and where it is nowhere, at the first place.
///
/// Shape: `rows` are the places of the response's answers, by item and option.
fn once(delivered: &mut [Delivered], rows: &[usize]) {
    let mut kept: Option<usize> = None;
    for &row in rows {
        if !delivered[row].answer.counts {
            continue;
        }
        let twice = kept.filter(|kept| {
            let (a, b) = (&delivered[*kept].answer, &delivered[row].answer);
            a.item == b.item && a.option == b.option
        });
        let filled = |row: usize| delivered[row].answer.status == Status::Answered;
        match twice {
            Some(other) if filled(other) || !filled(row) => delivered[row].answer.counts = false,
            Some(other) => {
                delivered[other].answer.counts = false;
                kept = Some(row);
            }
            None => kept = Some(row),
        }
    }
}

/// Lets all answers of a response count, a question that it has twice once.
pub(crate) fn all_once(delivered: &mut [Delivered], rows: &[usize]) {
    for row in rows {
        delivered[*row].answer.counts = true;
    }
    once(delivered, rows);
}

/// The responses of answers, each with the places of its answers.
///
/// Shape: answers by their key, so that a respondent's stand together, each response's by item and option.
pub(crate) fn responses(delivered: &[Delivered], known: &mut Known) -> Vec<(Responded, Vec<usize>)> {
    let mut found = Vec::new();
    let mut first = 0;
    let same = |a: &Delivered, b: &Delivered| {
        let (a, b) = (&a.answer, &b.answer);
        a.organisation == b.organisation && a.respondent == b.respondent
    };
    for own in delivered.chunk_by(same) {
        // Hardly ever more than one: the same number of a respondent in two files, or as assessor of its own.
        let mut units: Vec<(Assessor, &str, Vec<usize>)> = Vec::new();
        for (index, row) in own.iter().enumerate() {
            let answer = &row.answer;
            let same = |unit: &&mut (Assessor, &str, Vec<usize>)| unit.0 == answer.assessor && unit.1 == answer.source;
            match units.iter_mut().find(same) {
                Some(unit) => unit.2.push(first + index),
                None => units.push((answer.assessor, &answer.source, vec![first + index])),
            }
        }
        first += own.len();
        let answer = &own[0].answer;
        if !answer.organisation.is_empty() {
            for (assessor, source, rows) in units {
                let of = || rows.iter().map(|row| &delivered[*row]);
                let answered = |row: &&Delivered| row.answer.status == Status::Answered;
                let response = Responded {
                    organisation: known.text(&answer.organisation),
                    assessor,
                    source: known.text(source),
                    respondent: answer.respondent.as_str().into(),
                    items: known.items(of().map(|row| row.answer.item.as_str())),
                    usable: of().any(|row| answered(&row)),
                    usable_norm: of().any(|row| answered(&row) && row.answer.kind != AnswerKind::Choice),
                    complete: of().all(|row| row.complete),
                    sequence: of().map(|row| row.sequence).max().unwrap_or_default(),
                    place: place_of(of().map(|row| &row.answer)),
                };
                found.push((response, rows));
            }
        }
    }
    found
}

/// Where a response stands: its row, or the whole file when it fills one.
fn place_of<'a>(answers: impl Iterator<Item = &'a Answer>) -> Place {
    let mut places = answers.map(|answer| (answer.source.as_str(), answer.sheet.as_str(), answer.row));
    let Some(first) = places.next() else {
        return Place::default();
    };
    match places.all(|place| place == first) {
        true => Place::cell(first.0, first.1, first.2, ""),
        // Of one source: a response is.
        false => Place::file(first.0),
    }
}

fn duplicate(wave: &Wave, response: &Responded, other: &Responded) -> Finding {
    let organisation = response.organisation();
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
