//! Codes of answers without their labels: which level a code such as `AO03` or the code 3 of a labelled variable is.
//!
//! A code is the place of an answer in a list that the file does not show. The list may start at level 0, begin with
//! "don't know" or run from high to low, so a code is a level only where the cells of the source prove the order: all
//! codes have one shape, the highest is the number of levels, and none is beyond it. Otherwise the study file says
//! what a code means, and until then it is unreadable.

use nulmeting_study::lexicon::fold;
use nulmeting_study::tables::Response;
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Place, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// What the cells of a wave prove about codes, by source.
#[derive(Debug, Default)]
pub(crate) struct AnswerCodes<'a> {
    /// Level of the first code of a list, where the order is proven, with the letters before its number.
    ordered: BTreeMap<&'a str, String>,
    /// Questions of which some cells hold a bare number of the scale, so that the codes beside labels are levels too.
    numbered: BTreeSet<(&'a str, &'a str, &'a str)>,
    levels: Vec<i64>,
}

impl<'a> AnswerCodes<'a> {
    /// Learns from all cells of norms of a wave.
    pub(crate) fn learn(levels: &[i64], cells: impl Iterator<Item = &'a Response>) -> Self {
        let mut codes: BTreeMap<&str, BTreeSet<(String, usize)>> = BTreeMap::new();
        let mut learnt = Self {
            levels: levels.to_vec(),
            ..Self::default()
        };
        for cell in cells {
            let Some(text) = cell.value.as_deref() else { continue };
            if let Some(code) = parts(text) {
                codes.entry(&cell.source).or_default().insert(code);
            } else if cell.raw.is_none() && on_scale(levels, text).is_some() {
                learnt.numbered.insert((&cell.source, &cell.question, &cell.option));
            }
        }
        for (source, codes) in codes {
            let letters: BTreeSet<&String> = codes.iter().map(|(letters, _)| letters).collect();
            let highest = codes.iter().map(|(_, number)| *number).max();
            let whole = highest == Some(levels.len()) && codes.iter().all(|(_, number)| *number >= 1);
            if let (true, Some(letters), 1) = (whole, letters.first(), letters.len()) {
                learnt.ordered.insert(source, (*letters).clone());
            }
        }
        learnt
    }

    /// The level of a cell that holds a code; absent when nothing proves which.
    pub(crate) fn level(&self, cell: &Response) -> Option<i64> {
        let text = cell.value.as_deref()?;
        if let Some((letters, number)) = parts(text) {
            let ordered = self.ordered.get(&*cell.source)?;
            return (*ordered == letters).then(|| self.levels.get(number.checked_sub(1)?).copied())?;
        }
        let raw = cell.raw.as_deref()?;
        let numbered = self.numbered.contains(&(&*cell.source, &*cell.question, &*cell.option));
        numbered.then(|| on_scale(&self.levels, raw))?
    }

    /// A note on every source whose codes were read in their order.
    pub(crate) fn findings(&self, wave: &str) -> Vec<Finding> {
        let note = |(source, letters): (&&str, &String)| {
            let (first, last) = (self.levels.first()?, self.levels.last()?);
            let message = format!(
                "codes such as `{}1` were read in their order as the levels {first} to {last}, because the highest is \
                 the number of levels",
                letters.to_uppercase()
            );
            let hint = "name the structure of the questionnaire, or state `answers` of the source, if the list has \
                        another order";
            let finding = Finding::new(Severity::Note, Rule::AnswerCodes, message, hint);
            Some(finding.wave(wave).at(&Place::file(*source)))
        };
        self.ordered.iter().filter_map(note).collect()
    }
}

/// Letters and number of a code such as `a3` or `ao03`; absent for other texts.
fn parts(text: &str) -> Option<(String, usize)> {
    let text = text.trim();
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let number = &text[letters..];
    let plain = (1..=3).contains(&number.len()) && number.bytes().all(|digit| digit.is_ascii_digit());
    ((1..=2).contains(&letters) && plain).then(|| Some((fold(&text[..letters]), number.parse().ok()?)))?
}

fn on_scale(levels: &[i64], text: &str) -> Option<i64> {
    let level = text.trim().parse().ok()?;
    levels.contains(&level).then_some(level)
}
