//! How many answers could not be read, by source and by text: what stops a run before its numbers mislead.
//!
//! A label that the codebook does not know makes every answer to one level or option unreadable, and the mean of the
//! others looks like a result. A text that several cells of a source hold is a label, not somebody's own words, so it
//! is shown with its count and the line that says what it means.

use crate::Error;
use crate::doubt::place;
use crate::withheld;
use nulmeting_study::lexicon::fold;
use nulmeting_study::tables::Response;
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// From how many respondents with the same text it is a label.
const LABEL: usize = 3;
/// Most digits of a label.
const DIGITS: usize = 6;
/// Longest label.
/// Unit: letters.
const LONGEST: usize = 200;
/// From how many answers a loss is looked at as a share.
const FEW: u64 = 3;
/// How much of the allowed share one text may take.
const ONE_TEXT: f64 = 0.2;
/// Texts that an error names.
const NAMED: usize = 12;
/// Places that a finding names beside its own.
const PLACES: usize = 2;

/// What could not be read, by source.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    sources: BTreeMap<String, Source>,
}

#[derive(Debug, Default)]
struct Source {
    answers: u64,
    lost: u64,
    /// By question (empty for answers on a scale) and folded text.
    texts: BTreeMap<(String, String), Label>,
}

/// A text that could not be read.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// Whether the file itself has it as the label of a code.
    coded: bool,
    /// The question whose list holds it; empty for an answer on a scale.
    question: String,
    text: String,
    item: String,
    count: u64,
    respondents: BTreeSet<String>,
    places: BTreeSet<Place>,
}

impl Unread {
    pub(crate) fn answered(&mut self, source: &str) {
        match self.sources.get_mut(source) {
            Some(source) => source.answers += 1,
            None => self.source(source).answers = 1,
        }
    }

    fn source(&mut self, source: &str) -> &mut Source {
        self.sources.entry(source.to_owned()).or_default()
    }

    /// Counts a text that could not be read; a `piece` of a list is counted as an answer only where it is a label.
    pub(crate) fn lost(&mut self, cell: &Response, question: &str, text: &str, item: &str, piece: bool) {
        let source = self.source(&cell.source);
        source.lost += u64::from(!piece);
        // An address or a telephone number is nobody's label.
        if text.contains('@') || text.chars().filter(char::is_ascii_digit).count() > DIGITS {
            return;
        }
        let label = source
            .texts
            .entry((question.to_owned(), fold(text)))
            .or_insert_with(|| Label {
                coded: false,
                question: question.to_owned(),
                text: text.trim().to_owned(),
                item: item.to_owned(),
                count: 0,
                respondents: BTreeSet::new(),
                places: BTreeSet::new(),
            });
        label.count += 1;
        // The least of them, so that the order of the cells changes nothing.
        label.name(item, text.trim());
        label.coded |= cell.raw.is_some();
        if label.respondents.len() < LABEL {
            label.respondents.insert(cell.respondent.to_string());
        }
        label.places.insert(place(cell));
        if label.places.len() > PLACES + 1 {
            label.places.pop_last();
        }
    }

    pub(crate) fn extend(&mut self, other: Self) {
        for (path, theirs) in other.sources {
            let source = self.source(&path);
            source.answers += theirs.answers;
            source.lost += theirs.lost;
            for (key, label) in theirs.texts {
                match source.texts.get_mut(&key) {
                    None => {
                        source.texts.insert(key, label);
                    }
                    Some(known) => known.join(label),
                }
            }
        }
    }

    /// The labels that could not be read, by source, question and text.
    pub(crate) fn labels(&self) -> Vec<&Label> {
        let texts = self.sources.values().flat_map(|source| source.texts.values());
        texts.filter(|label| label.is_label()).collect()
    }

    /// Whether the loss is within what the study allows.
    ///
    /// Errors: a source that lost more than the share `most` of its answers, or one label more than a fifth of it.
    pub(crate) fn check(&self, wave: &str, most: f64) -> Result<(), Error> {
        for (path, source) in &self.sources {
            let mut shown: Vec<&Label> = source.texts.values().filter(|label| label.may_be_shown()).collect();
            shown.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.text.cmp(&b.text)));
            let labels: Vec<&Label> = shown.iter().copied().filter(|label| label.is_label()).collect();
            let pieces: u64 = labels
                .iter()
                .filter(|label| !label.question.is_empty())
                .map(|label| label.count)
                .sum();
            let lost = source.lost + pieces;
            let answers = source.answers as f64;
            let one = labels.first().map_or(0, |label| label.count);
            let over = |count: u64, share: f64| count >= FEW && count as f64 > share * answers;
            if most < 1.0 && (over(lost, most) || over(one, most * ONE_TEXT)) {
                let named: Vec<String> = shown.iter().take(NAMED).map(|label| label.named()).collect();
                let lines: Vec<String> = shown.iter().take(NAMED).map(|label| label.line()).collect();
                return Err(Error::LostAnswers {
                    wave: wave.to_owned(),
                    source_path: path.clone(),
                    found: format!(
                        "{lost} of {} answers cannot be read{}",
                        source.answers,
                        if named.is_empty() {
                            String::new()
                        } else {
                            format!(": {}", named.join(", "))
                        }
                    ),
                    most: format!("{} %", most * 100.0),
                    hint: match lines.is_empty() {
                        true => "look at them with `nulmeting check`, and correct the source".to_owned(),
                        false => format!("say what they mean: {}", lines.join("; ")),
                    },
                });
            }
        }
        Ok(())
    }
}

impl Label {
    /// Whether it is a label rather than somebody's own words: the file says so, or several respondents gave it.
    fn is_label(&self) -> bool {
        (self.coded || self.respondents.len() >= LABEL) && self.text.chars().count() <= LONGEST
    }

    /// Whether it says nothing about a person: a label, or a code.
    fn may_be_shown(&self) -> bool {
        self.is_label() || (self.question.is_empty() && withheld::kept(&self.text, false).is_some())
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.coded |= other.coded;
        self.respondents.extend(other.respondents);
        self.places.extend(other.places);
        while self.places.len() > PLACES + 1 {
            self.places.pop_last();
        }
        self.name(&other.item, &other.text);
    }

    fn name(&mut self, item: &str, text: &str) {
        if item < self.item.as_str() {
            item.clone_into(&mut self.item);
        }
        if text < self.text.as_str() {
            text.clone_into(&mut self.text);
        }
    }

    fn named(&self) -> String {
        format!("`{}` {} times", self.text, self.count)
    }

    /// The line that says what it means, to paste into the study file or the item map.
    fn line(&self) -> String {
        let quoted = self.text.replace('\\', "\\\\").replace('"', "\\\"");
        match self.question.is_empty() {
            true => format!("`\"{quoted}\" = LEVEL` under `[wave.source.answers]`"),
            false => format!(
                "the row `\"{}\",\"{}\",{},OPTION` in the item map (question, option, item, item_option)",
                self.question.replace('"', "\"\""),
                self.text.replace('"', "\"\""),
                self.item
            ),
        }
    }

    pub(crate) fn finding(&self, wave: &str) -> Finding {
        let places: Vec<String> = self
            .places
            .iter()
            .skip(1)
            .map(|place| format!("row {}", place.row.unwrap_or_default()))
            .collect();
        let more = if places.is_empty() {
            String::new()
        } else {
            format!("; also in {}", places.join(" and "))
        };
        let scale = if self.question.is_empty() {
            "is not on the scale"
        } else {
            "is no option that map or codebook know"
        };
        let message = format!("`{}` {scale}: {} answers cannot be read{more}", self.text, self.count);
        let hint = format!("add {}", self.line());
        let finding = Finding::new(Severity::Error, Rule::UnreadLabel, message, hint)
            .wave(wave)
            .item(&self.item);
        match self.places.first() {
            Some(place) => finding.at(place),
            None => finding,
        }
    }
}
