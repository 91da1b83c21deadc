//! The sections of the report: sentences, figures and tables in reading order.
//!
//! Which sentence is written follows from the numbers; how it reads stands in the files of texts.

mod board_report;
mod change;
mod method;
mod results;
mod summary;
mod typology;

pub(crate) use board_report::board;
pub(crate) use change::change;
pub(crate) use method::{definitions, doubt, gathered, method};
pub(crate) use results::{earlier, results};
#[cfg(test)]
pub(crate) use summary::differences as group_sentences;
pub(crate) use summary::summary;

use crate::Error;
use crate::view::{Number, View};
use minijinja::{Value, context};

/// A sentence with the id of the number that it rests on; empty when it rests on none.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Sentence {
    /// The text of a key, filled in, about a number.
    pub(crate) fn about(view: &View<'_>, number: &Number<'_>, key: &str, facts: Value) -> Result<Self, Error> {
        Ok(Self {
            id: number.id.to_owned(),
            text: view.texts.say(key, facts)?,
        })
    }

    /// The text of a key, filled in, about no single number.
    pub(crate) fn plain(view: &View<'_>, key: &str, facts: Value) -> Result<Self, Error> {
        Ok(Self {
            id: String::new(),
            text: view.texts.say(key, facts)?,
        })
    }
}

/// A table for readers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) headings: Vec<String>,
    /// Rows with the id of their main number.
    pub(crate) rows: Vec<(String, Vec<String>)>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    Heading(String),
    Paragraph(Vec<Sentence>),
    List(Vec<Sentence>),
    /// A kind of figure of some wave.
    Figure {
        kind: &'static str,
        wave: String,
    },
    Table(Table),
    /// Terms with what they mean.
    Definitions(Vec<(String, String)>),
}

/// A section of the report.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Anchor within the page.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

impl Section {
    fn new(view: &View<'_>, id: &str) -> Result<Self, Error> {
        Ok(Self {
            id: id.to_owned(),
            title: view.texts.word(&format!("section.{id}"))?,
            blocks: Vec::new(),
        })
    }

    fn figure(&mut self, view: &View<'_>, kind: &'static str) {
        self.blocks.push(Block::Figure {
            kind,
            wave: view.wave.id.clone(),
        });
    }

    fn paragraph(&mut self, sentences: Vec<Sentence>) {
        if !sentences.is_empty() {
            self.blocks.push(Block::Paragraph(sentences));
        }
    }
}

/// How sentences name the boards: all of them, or those who took part.
fn who(view: &View<'_>) -> Result<String, Error> {
    view.texts.word(&format!("who.{}", view.selection()))
}

/// A share with its interval and n, as the texts expect them.
fn share_facts(view: &View<'_>, number: &Number<'_>) -> Result<Value, Error> {
    Ok(context! {
        who => who(view)?,
        share => number.value.map(|value| view.percent(value, number.n)).unwrap_or_default(),
        interval => view.share_interval(number),
        high => number.high.map(|high| view.percent(high, number.n)).unwrap_or_default(),
        n => number.n,
        boards => view.count(number.n),
    })
}

/// A level with its interval and n, as the texts expect them.
fn level_facts(view: &View<'_>, number: &Number<'_>) -> Result<Value, Error> {
    Ok(context! {
        who => who(view)?,
        level => number.value.map(|value| view.level(value, number.n)).unwrap_or_default(),
        interval => view.level_interval(number),
        n => number.n,
        boards => view.count(number.n),
    })
}
