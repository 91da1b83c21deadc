//! From what a file holds to rows of `responses`: whose a response is, and which of its cells are answers.

pub(crate) mod correction;
mod policy;
mod questions;
mod selection;

use self::questions::{Use, short, spelled, use_of};
use self::selection::{Given, Selection};
use crate::container::text::Sure;
use crate::files::Facts;
use crate::format::heading;
use crate::format::reader::{Delivery, Question, Request, Submission};
use crate::frame::board_number::Numbers;
use crate::frame::history::History;
use crate::frame::register::Listed;
use crate::select::correction::Applied;
use nulmeting_study::AskedQuestion;
use nulmeting_study::study_file::{Policies, SourceEntry};
use nulmeting_study::suggestion::nearest;
use nulmeting_study::tables::{Response, Source};
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Framework, ItemMap, Place, Rule, item_map};
use std::collections::{BTreeMap, BTreeSet};

/// What the responses of a file are held against.
#[derive(Clone, Copy)]
pub(crate) struct Against<'a> {
    pub(crate) wave: &'a str,
    pub(crate) entry: &'a SourceEntry,
    pub(crate) framework: &'a Framework,
    pub(crate) map: &'a ItemMap,
    pub(crate) numbers: &'a Numbers,
    pub(crate) register: &'a BTreeMap<String, Listed>,
    pub(crate) history: &'a History,
    pub(crate) name: &'a (dyn Fn(&str) -> String + Sync),
    pub(crate) policies: &'a Policies,
    /// Place of the entry among those of the wave.
    pub(crate) index: usize,
}

impl<'a> Against<'a> {
    /// What a reader is told of the source.
    pub(crate) fn request(&self) -> Request<'a> {
        Request {
            map: Some(self.map),
            framework: Some(self.framework),
            ..Request::of(self.entry)
        }
    }
}

/// The responses of a file.
pub(crate) struct Collected {
    /// Questions and options of the map that the file has, as the map spells them.
    pub(crate) met: BTreeSet<(String, String)>,
    pub(crate) source: Source,
    /// One entry per response: when and where it was submitted, and how many rows it has.
    pub(crate) submissions: Vec<(Moment, usize)>,
    /// The rows of all of them, one after another, with a sequence of zero.
    pub(crate) responses: Vec<Response>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) asked: Vec<AskedQuestion>,
    pub(crate) corrections: Applied,
}

/// The order of submission: dated ones first, then by file and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    undated: bool,
    submitted: Option<String>,
    place: Place,
}

/// Selects the answers of a file.
pub(crate) fn collect(
    file: &Facts,
    format: &str,
    recognised: &str,
    delivery: Delivery,
    against: &Against<'_>,
) -> Collected {
    let mut findings = delivery.findings.clone();
    let written = written(&delivery);
    let uses: Vec<Use> = delivery
        .questions
        .iter()
        .zip(&written)
        .map(|(question, written)| use_of(question, *written, against, &mut findings))
        .collect();
    withheld(&delivery, &uses, &written, &mut findings);
    findings.extend(nothing_mapped(file, &delivery, &uses));
    findings.extend(guessed(file));
    if delivery.submissions.is_empty() {
        findings.push(
            Finding::new(
                Severity::Error,
                Rule::EmptyExport,
                "the export holds no response",
                "export again with all responses, or take the file out of the study file",
            )
            .at(&Place::file(&file.path)),
        );
    } else if delivery.organisation.is_none() {
        findings.push(no_place_for_organisation(file, &delivery, against.entry));
    }
    let mut organisations = BTreeSet::new();
    let rows = delivery.submissions.len();
    let met = names(&delivery);
    let read = policy::settle(&delivery, against.policies, &mut findings);
    let Delivery {
        questions,
        organisation: place,
        ..
    } = delivery;
    let (mut moments, mut given) = (Vec::new(), Vec::new());
    for (submission, _) in delivery.submissions.into_iter().zip(read).filter(|(_, read)| *read) {
        let organisation = identify(&submission, place.is_some(), against, &mut findings);
        doubts(&submission, organisation.as_deref(), &mut findings);
        organisations.extend(organisation.clone());
        moments.push(Moment {
            undated: submission.submitted.is_none(),
            submitted: submission.submitted,
            place: Place {
                source: file.path.clone(),
                ..submission.place
            },
        });
        given.push(Given {
            organisation: organisation.map(Into::into),
            respondent: submission.respondent.into(),
            complete: submission.complete,
            cells: submission.cells,
        });
    }
    let responses = Selection::of(&questions, &uses, file, against).responses(&mut given);
    let submissions = moments.into_iter().zip(given.iter().map(|own| own.cells.len()));
    let submissions = submissions.collect();
    for finding in &mut findings {
        finding.wave = Some(against.wave.to_owned());
    }
    let count = |number: usize| i64::try_from(number).expect("no file holds that many rows or columns");
    Collected {
        met,
        source: Source {
            wave: against.wave.to_owned(),
            source: file.path.clone(),
            format: format.to_owned(),
            recognised: recognised.to_owned(),
            encoding: file.encoding.map(str::to_owned),
            encoding_recognised: file.sure.map(|sure| sure.word().to_owned()),
            delimiter: file.delimiter.map(String::from),
            delimiter_recognised: file.delimiter_sure.map(|sure| sure.word().to_owned()),
            rows: count(rows),
            columns: count(questions.len()),
            mapped: count(uses.iter().filter(|own| matches!(own, Use::Answer { .. })).count()),
            organisations: count(organisations.len()),
            sha256: file.sha256.clone(),
        },
        submissions,
        responses,
        findings,
        asked: questions.iter().map(|question| asked(question, against)).collect(),
        corrections: Applied::default(),
    }
}

fn asked(question: &Question, against: &Against<'_>) -> AskedQuestion {
    let item = spelled(question, against).map(|(_, _, item)| item);
    AskedQuestion {
        wave: against.wave.to_owned(),
        entry: against.index,
        place: question.place.clone(),
        question: question.question.clone(),
        option: question.option.clone(),
        text: question.text.clone(),
        labels: question.labels.clone(),
        item_option: item.as_ref().map(|item| item.option.clone()).unwrap_or_default(),
        item: item.map(|item| item.code),
    }
}

/// Says that an encoding was guessed, where another would have given other letters.
fn guessed(file: &Facts) -> Option<Finding> {
    let encoding = file.encoding.filter(|_| file.sure == Some(Sure::Likely))?;
    let message = format!("no mark says which letters the bytes stand for; {encoding} fits best, and is used");
    let hint = "none needed if names look right; otherwise state the `encoding` of the source in the study file";
    let finding = Finding::new(Severity::Note, Rule::GuessedEncoding, message, hint);
    Some(finding.at(&Place::file(&file.path)))
}

/// For each question whether anything is written in answer to it.
fn written(delivery: &Delivery) -> Vec<bool> {
    let mut written = vec![false; delivery.questions.len()];
    for cell in delivery.submissions.iter().flat_map(|submission| &submission.cells) {
        if let Some(written) = written.get_mut(cell.question) {
            *written |= cell.value.is_some();
        }
    }
    written
}

/// The error of a file with responses of which no question has an item.
fn nothing_mapped(file: &Facts, delivery: &Delivery, uses: &[Use]) -> Option<Finding> {
    let mapped = uses.iter().any(|used| matches!(used, Use::Answer { .. }));
    if mapped || delivery.submissions.is_empty() || delivery.questions.is_empty() {
        return None;
    }
    let message = format!(
        "none of the {} questions of the export is in an item map or the codebook; no answer of it is read",
        delivery.questions.len()
    );
    let hint = "run `nulmeting items` to draft a map, fill it in, and name it as `items` of the source";
    let finding = Finding::new(Severity::Error, Rule::NothingMapped, message, hint);
    Some(finding.at(&Place::file(&file.path)))
}

/// The names by which a row of a map can meet a question of the file.
fn names(delivery: &Delivery) -> BTreeSet<(String, String)> {
    let mut names = BTreeSet::new();
    for question in &delivery.questions {
        names.insert((
            item_map::spelled(&question.question),
            item_map::spelled(&question.option),
        ));
        names.insert((item_map::spelled(&question.place.column), String::new()));
    }
    names.extend(
        delivery
            .headings
            .iter()
            .map(|heading| (item_map::spelled(heading), String::new())),
    );
    names
}

/// The rows of a map that met no question in any file of the sources that use it.
///
/// An option that is not a column of its own may stand in a cell that lists options, so it is met by its question.
pub(crate) fn unmet(map: &ItemMap, met: &BTreeSet<(String, String)>) -> Vec<Finding> {
    let questions: BTreeSet<&str> = met.iter().map(|(question, _)| question.as_str()).collect();
    let is_met = |row: &item_map::MapRow<'_>| match row.option {
        "" => questions.contains(row.question),
        option => {
            let pair = (row.question.to_owned(), option.to_owned());
            met.contains(&pair) || met.contains(&(pair.0, String::new()))
        }
    };
    let finding = |row: item_map::MapRow<'_>| {
        let name = match row.option {
            "" => format!("`{}`", short(row.question)),
            option => format!("option `{}` of `{}`", short(option), short(row.question)),
        };
        // Of a question that is not used nothing is lost.
        let severity = if row.item.code.is_empty() {
            Severity::Note
        } else {
            Severity::Warning
        };
        let near = nearest(
            row.question,
            questions.iter().copied().filter(|name| *name != row.question),
        );
        let hint = match near {
            Some(near) => format!("write `{}` if that is meant, or take the row out", short(near)),
            None => "correct the name, or take the row out of the map".to_owned(),
        };
        let message = format!("the map names {name}, which no file of its source has");
        Finding::new(severity, Rule::UnmetMapRow, message, hint)
            .at(&Place::cell(row.path, "", row.row, "question"))
            .item(&row.item.code)
    };
    map.rows().filter(|row| !is_met(row)).map(finding).collect()
}

/// Reports the free-text columns in which something is written, once each.
fn withheld(delivery: &Delivery, uses: &[Use], written: &[bool], findings: &mut Vec<Finding>) {
    for index in (0..uses.len()).filter(|index| written[*index]) {
        if let (Some(Use::Withheld), Some(question)) = (uses.get(index), delivery.questions.get(index)) {
            findings.push(
                Finding::new(
                    Severity::Note,
                    Rule::WithheldText,
                    "the column holds free text beside the choices; it is not read",
                    "none needed; read it in the export itself if it is needed",
                )
                .at(&question.place)
                .item(&short(&question.question)),
            );
        }
    }
}

/// Whose response it is, as the tables name the organisation; absent when it names none.
fn identify(
    submission: &Submission,
    has_place: bool,
    against: &Against<'_>,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    let find = |severity, rule, message: &str, hint: &str| {
        Finding::new(severity, rule, message, hint).at(&submission.organisation_place)
    };
    let Some(typed) = submission.organisation.as_deref() else {
        if has_place {
            findings.push(find(
                Severity::Error,
                Rule::NoOrganisation,
                "the response names no organisation; its answers are kept and count for none",
                "ask the respondent, and fill in the number in the export",
            ));
        }
        return None;
    };
    let canonical = against.numbers.canonical(typed);
    let organisation = (against.name)(&canonical.number);
    if !against.register.contains_key(&canonical.number)
        && let Some(successor) = against.history.successor(&canonical.number, against.register)
    {
        let successor = (against.name)(&successor);
        findings.push(
            find(
                Severity::Note,
                Rule::SucceededNumber,
                "the number is that of an organisation that went on under another one; its successor's is used",
                "none needed; check the register's history if the organisation is not the one that was expected",
            )
            .organisation(&successor),
        );
        return Some(successor);
    }
    if !against.register.contains_key(&canonical.number) {
        // A name is typed in many ways and shared by organisations: it is told, and never used.
        let named: Vec<&String> = against
            .register
            .iter()
            .filter(|(_, listed)| listed.name.as_deref().is_some_and(|name| heading::alike(name, typed)))
            .map(|(number, _)| number)
            .collect();
        if let [only] = named.as_slice() {
            let hint = format!(
                "the register has this name once, for `{}`: if that is who answered, write its number in a correction",
                (against.name)(only)
            );
            let message = "the response names its organisation in words and not by its number; no register number fits";
            findings.push(find(Severity::Error, Rule::UnknownOrganisation, message, &hint).organisation(&organisation));
            return Some(organisation);
        }
        findings.push(
            find(
                Severity::Error,
                Rule::UnknownOrganisation,
                "the number of the organisation is not in the register of the wave",
                "correct the number in the export if it is a slip; after a merger, use the number that the register has",
            )
            .organisation(&organisation),
        );
    } else if canonical.repaired {
        findings.push(
            find(
                Severity::Note,
                Rule::RepairedNumber,
                "the number of the organisation was written without leading zeros, with decimals or within a text; the register's number is used",
                "none needed; check it if the organisation is not the one that was expected",
            )
            .organisation(&organisation),
        );
    }
    Some(organisation)
}

/// What is doubtful about a response as a whole.
fn doubts(submission: &Submission, organisation: Option<&str>, findings: &mut Vec<Finding>) {
    let mut find = |rule, message: &str, hint: &str| {
        let mut finding = Finding::new(Severity::Warning, rule, message, hint).at(&submission.place);
        finding.organisation = organisation.map(str::to_owned);
        findings.push(finding);
    };
    if submission.complete == Some(false) {
        find(
            Rule::IncompleteResponse,
            "the respondent did not finish; what was answered is kept",
            "ask the organisation to finish, or accept that a complete response goes before this one",
        );
    }
    if submission.untouched {
        find(
            Rule::UntouchedWorkbook,
            "no note is written and every level is blank or the template's lowest: the workbook looks untouched",
            "ask the organisation whether it was filled in; its levels are not used",
        );
    }
}

fn no_place_for_organisation(file: &Facts, delivery: &Delivery, entry: &SourceEntry) -> Finding {
    let message = match &entry.organisation {
        Some(stated) => format!("no question or label `{stated}`, which the study file says names the organisation"),
        None => "no question or label that usually names the organisation, as `bestuursnummer`".to_owned(),
    };
    let headings: Vec<String> = delivery.headings.iter().map(|text| short(text)).collect();
    let stated = entry.organisation.as_deref().unwrap_or("bestuursnummer");
    let hint = match nearest(stated, headings.iter().map(String::as_str)) {
        Some(near) => format!("write `organisation = \"{near}\"` in the study file if that is it"),
        None => format!(
            "state `organisation` in the study file; there are `{}`",
            headings.iter().take(6).cloned().collect::<Vec<_>>().join("`, `")
        ),
    };
    Finding::new(Severity::Error, Rule::NoOrganisation, message, hint).at(&Place::file(&file.path))
}

/// Whether what stands for the organisation says that someone tried the questionnaire.
fn is_test(typed: &str) -> bool {
    let plain = heading::plain(typed);
    ["test", "preview", "voorbeeld", "proef", "dummy"].contains(&plain.as_str())
        || plain
            .strip_prefix("test")
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}
