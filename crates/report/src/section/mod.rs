//! The sections of the report: sentences, figures and tables in reading order.
//!
//! Which sentence is written follows from the numbers; how it reads stands in the files of texts.

mod board_report;
mod change;
mod method;
mod results;
pub(crate) mod summary;
mod typology;

pub(crate) use board_report::board;
pub(crate) use change::change;
pub(crate) use method::{definitions, doubt, gathered, method};
pub(crate) use results::{earlier, results};
#[cfg(test)]
pub(crate) use summary::differences as group_sentences;

use crate::Error;
use crate::draw::figure;
use crate::view::{Number, View};
use minijinja::{Value, context};
use serde::Serialize;

/// A sentence with the ids of the numbers that it states; empty when it states none.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sentence {
    pub(crate) ids: Vec<String>,
    pub(crate) text: String,
}

impl Sentence {
    /// The text of a key, filled in, about a number.
    pub(crate) fn about(view: &View<'_>, number: &Number<'_>, key: &str, facts: Value) -> Result<Self, Error> {
        Ok(Self::plain(view, key, facts)?.with([number.id]))
    }

    /// The text of a key, filled in, about no number of the tables.
    pub(crate) fn plain(view: &View<'_>, key: &str, facts: Value) -> Result<Self, Error> {
        Ok(Self {
            ids: Vec::new(),
            text: view.texts.say(key, facts)?,
        })
    }

    /// The same sentence, with the ids of further numbers that it states.
    pub(crate) fn with<'i>(mut self, ids: impl IntoIterator<Item = &'i str>) -> Self {
        self.ids.extend(ids.into_iter().map(str::to_owned));
        self
    }

    /// The same sentence with another after it.
    pub(crate) fn followed_by(mut self, text: &str) -> Self {
        self.text.push(' ');
        self.text.push_str(text);
        self
    }
}

/// A table for readers.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// Width of each column, in thousandths of the table; the document sets it.
    pub(crate) widths: Vec<usize>,
    /// Whether each column stands at the right; the document sets it.
    pub(crate) right: Vec<bool>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(caption: String, headings: Vec<String>) -> Self {
        Self {
            caption,
            headings,
            ..Self::default()
        }
    }

    /// Adds a row with the id of its main number; empty when it has none.
    pub(crate) fn push(&mut self, id: &str, cells: Vec<String>) {
        self.rows.push(Row {
            id: id.to_owned(),
            cells,
        });
    }
}

/// A row of a table.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// Id of its main number; empty when it has none.
    pub(crate) id: String,
    pub(crate) cells: Vec<String>,
}

/// A term with what it means.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Definition {
    pub(crate) term: String,
    pub(crate) text: String,
}

/// A piece of a section.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Block {
    Heading {
        text: String,
    },
    Paragraph {
        sentences: Vec<Sentence>,
    },
    List {
        sentences: Vec<Sentence>,
    },
    Figure {
        /// Name of the figure: its kind and its wave.
        name: String,
        /// The text alternative; the document sets it.
        alt: String,
    },
    Table(Table),
    Definitions {
        definitions: Vec<Definition>,
    },
}

/// A section of the report.
#[derive(Debug, Clone, Serialize)]
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

    fn heading(&mut self, text: String) {
        self.blocks.push(Block::Heading { text });
    }

    fn figure(&mut self, view: &View<'_>, kind: &str) {
        self.blocks.push(Block::Figure {
            name: figure::name(kind, &view.wave.id),
            alt: String::new(),
        });
    }

    fn paragraph(&mut self, sentences: Vec<Sentence>) {
        if !sentences.is_empty() {
            self.blocks.push(Block::Paragraph { sentences });
        }
    }

    fn list(&mut self, sentences: Vec<Sentence>) {
        if !sentences.is_empty() {
            self.blocks.push(Block::List { sentences });
        }
    }

    fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table));
        }
    }
}

/// How sentences name the boards: all of them, or those who took part.
fn who(view: &View<'_>) -> Result<String, Error> {
    view.texts.word(&format!("who.{}", view.selection()))
}

/// The pupils that numbers by pupils speak of.
fn whose_pupils(view: &View<'_>) -> Result<String, Error> {
    view.texts.word(&format!("pupils.{}", view.selection()))
}

/// A share with its interval and n, as the texts expect them.
fn share_facts(view: &View<'_>, number: &Number<'_>) -> Result<Value, Error> {
    Ok(context! {
        who => who(view)?,
        population => view.count(view.population()),
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
