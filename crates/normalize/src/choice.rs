//! Questions beside the norms: which of their options were chosen.
//!
//! Tools deliver a question with options in two shapes: a cell per option, or one cell that lists what was
//! chosen. Both become one answer per option, so that every share has the same base.

use crate::item::option_named;
use crate::scale::{Reading, reason};
use crate::yes_no::Convention;
use nulmeting_study::framework::{Question, QuestionKind};
use nulmeting_study::lexicon::{Lexicon, Meaning, fold};
use nulmeting_study::tables::Response;
use nulmeting_study::words::Status;

/// What a cell that lists chosen options says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Whether it was answered, or why not.
    pub(crate) status: Status,
    /// Codes of the options that were chosen.
    pub(crate) chosen: Vec<String>,
    /// Pieces that are no option: what was typed under "other", or labels that neither map nor codebook know.
    pub(crate) unknown: Vec<String>,
}

/// What the source calls the options of a question.
pub(crate) struct SourceNames<'a> {
    /// The option of a name as the source writes it, by its label or its code.
    pub(crate) name: &'a dyn Fn(&str) -> Option<String>,
    /// All names of the map, folded, with their options.
    pub(crate) labels: &'a dyn Fn() -> Vec<(String, &'a str)>,
}

/// What a survey tool writes for the option that is followed by a text field.
const OTHER: &str = "-oth-";

/// Reads the cell of one option.
///
/// Method: yes and no by the lexicon, or by the numbers that the question holds; the option's own code or label
/// repeated, in the codebook's words or the source's, which says that it was chosen. Where the boxes of a question hold
/// yes and no (`in_words`), the word says that much in the box of an option called "No" too.
/// Missing: a box cannot be "not applicable": that word is how a tool writes that it was not shown.
pub(crate) fn ticked(
    question: &Question,
    option: &str,
    cell: &Response,
    lexicon: &Lexicon,
    numbers: Convention,
    in_words: bool,
) -> Reading {
    let text = cell.value.as_deref().unwrap_or_default();
    let truth = in_words && matches!(lexicon.meaning(text), Some(Meaning::Yes | Meaning::No));
    let repeated = !cell.option.is_empty() && fold(&cell.option) == fold(text);
    if (!truth && option_named(question, text) == Some(option)) || (repeated && lexicon.meaning(text).is_none()) {
        return Reading::of(true);
    }
    match (lexicon.meaning(text), numbers.holds(text)) {
        (Some(Meaning::Yes), _) | (None, Some(true)) => Reading::of(true),
        (Some(Meaning::No), _) | (None, Some(false)) => Reading::of(false),
        (Some(Meaning::NotApplicable), _) => Reading::none(Status::NotAsked),
        (Some(meaning), _) => Reading::none(reason(meaning).unwrap_or(Status::Invalid)),
        (None, None) => Reading::none(Status::Invalid),
    }
}

/// Reads a cell that lists what was chosen.
///
/// Method: options are recognised by label in either language, by code, by what the map and the
/// source call them, and a yes or no by the lexicon. Labels are tried longest first, because a label may hold
/// the separator. Text that is no option is what was typed under "other" on a question with several
/// answers, and invalid on a question with one.
pub(crate) fn listed(question: &Question, text: &str, lexicon: &Lexicon, source: &SourceNames<'_>) -> Listed {
    if let Some(chosen) = whole(question, text, lexicon, source) {
        return answered(vec![chosen], Vec::new());
    }
    if let Some(status) = lexicon.meaning(text).and_then(reason) {
        return unanswered(status);
    }
    if fold(text) == OTHER {
        // The respondent chose what is on no list: an answer, to none of the options.
        return answered(Vec::new(), Vec::new());
    }
    if question.kind == QuestionKind::Single {
        return unanswered(Status::Invalid);
    }
    if let Some(codes) = spaced_codes(question, text) {
        return answered(codes, Vec::new());
    }
    split(question, text, source)
}

fn answered(chosen: Vec<String>, unknown: Vec<String>) -> Listed {
    Listed {
        status: Status::Answered,
        chosen,
        unknown,
    }
}

fn unanswered(status: Status) -> Listed {
    Listed {
        status,
        chosen: Vec::new(),
        unknown: Vec::new(),
    }
}

/// The one option that the whole text names.
fn whole(question: &Question, text: &str, lexicon: &Lexicon, source: &SourceNames<'_>) -> Option<String> {
    if let Some(code) = option_named(question, text) {
        return Some(code.to_owned());
    }
    if let Some(code) = (source.name)(text) {
        return Some(code);
    }
    let folded = fold(text);
    if let Some((_, code)) = (source.labels)().into_iter().find(|(label, _)| *label == folded) {
        return Some(code.to_owned());
    }
    // A tool's own yes-no question answers `Y` to an option that the codebook labels `Ja`.
    let meaning = lexicon.meaning(text).filter(|meaning| reason(*meaning).is_none())?;
    let mut same = question.options.iter().filter(|option| {
        [&option.name.nl, &option.name.en]
            .iter()
            .any(|name| lexicon.meaning(name) == Some(meaning))
    });
    match (same.next(), same.next()) {
        (Some(option), None) => Some(option.code.clone()),
        _ => None,
    }
}

/// Codes with blanks between them, as form tools for phones write several answers.
fn spaced_codes(question: &Question, text: &str) -> Option<Vec<String>> {
    let code = |word: &str| {
        question
            .options
            .iter()
            .find(|option| option.code == word)
            .map(|option| option.code.clone())
    };
    text.split_whitespace().map(code).collect()
}

/// Splits at `;`, `,` and line ends, but never within a label.
fn split(question: &Question, text: &str, source: &SourceNames<'_>) -> Listed {
    let mut labels: Vec<(String, &str)> = question
        .options
        .iter()
        .flat_map(|option| {
            [&option.name.nl, &option.name.en, &option.code].map(|name| (fold(name), option.code.as_str()))
        })
        .chain((source.labels)())
        .filter(|(label, _)| !label.is_empty())
        .collect();
    labels.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));

    let lines: Vec<String> = text.lines().map(fold).collect();
    let joined = lines.join(";");
    let (mut chosen, mut unknown, mut coded) = (Vec::new(), Vec::new(), false);
    let mut rest = skip(&joined);
    while !rest.is_empty() {
        if let Some((tail, code)) = labels
            .iter()
            .find_map(|(label, code)| Some((ended(rest, label)?, code)))
        {
            chosen.push((*code).to_owned());
            rest = skip(tail);
            continue;
        }
        let end = rest.find([';', ',']).unwrap_or(rest.len());
        let piece = rest[..end].trim();
        match (source.name)(piece) {
            Some(code) => chosen.push(code),
            None if is_code(piece) => coded = true,
            None => unknown.push(piece.to_owned()),
        }
        rest = skip(&rest[end..]);
    }
    // A code that no map explains is a lost answer, and the options beside it cannot be called not chosen.
    if coded {
        return unanswered(Status::Invalid);
    }
    answered(chosen, unknown)
}

/// What follows a label at the start of a text; absent when the text goes on with more than a separator.
fn ended<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let tail = text.strip_prefix(label)?;
    let next = tail.trim_start();
    (next.is_empty() || next.starts_with([';', ','])).then_some(tail)
}

fn skip(text: &str) -> &str {
    text.trim_start_matches([';', ',', ' '])
}

/// Whether a piece is a tool's code rather than something that a respondent typed.
fn is_code(piece: &str) -> bool {
    piece == OTHER
        || piece
            .bytes()
            .all(|letter| letter.is_ascii_digit() || b"-.".contains(&letter))
}

#[cfg(test)]
mod tests;
