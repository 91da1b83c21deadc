//! The map from the questions of an instrument to the items of the framework.
//!
//! A CSV with the columns `question` and `item`, and where needed `option` (what the source calls a row or
//! option within the question) and `item_option` (the codebook's option). An empty `item` says that the
//! question is known and not used. A question that the map does not name is looked up by its own code.

use crate::formula::unmasked;
use crate::suggestion::nearest;
use crate::{Error, Framework};
use std::collections::BTreeMap;

/// What a question of an instrument asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Norm code or question code of the codebook; empty when the question is known and not used.
    pub code: String,
    /// Option of the codebook's question; empty when the cell itself says which.
    pub option: String,
}

/// A name as it is compared: a map that went through a spreadsheet has its formulas masked.
pub fn spelled(text: &str) -> String {
    tidy(unmasked(text.trim_start_matches(' ')))
}

/// The map of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemMap {
    entries: BTreeMap<(String, String), Item>,
    /// Row of each entry in its file, the heading being row 1.
    rows: BTreeMap<(String, String), i64>,
    path: String,
}

/// A row of a map, as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapRow<'a> {
    /// Path of the map.
    pub path: &'a str,
    /// Row in the file, the heading being row 1.
    pub row: i64,
    /// Question as the source names it.
    pub question: &'a str,
    /// Option as the source names it; empty when the row is about the question as a whole.
    pub option: &'a str,
    /// What it asks for.
    pub item: &'a Item,
}

impl ItemMap {
    /// Reads a map.
    ///
    /// Errors: a missing column, a question mapped twice; each names file and row.
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let fault = |cause: csv::Error| {
            Error::new(
                place,
                cause.to_string(),
                "comma-separated rows of equal length",
                "quote fields that hold a comma",
            )
        };
        let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let heading: Vec<String> = reader.headers().map_err(fault)?.iter().map(tidy).collect();
        let column = |name: &str| heading.iter().position(|own| own == name);
        let required = |name: &str| {
            column(name).ok_or_else(|| {
                let near = nearest(name, heading.iter().map(String::as_str));
                let hint = near.map_or_else(
                    || format!("add a column `{name}`"),
                    |near| format!("rename `{near}` to `{name}`"),
                );
                Error::new(
                    place,
                    format!("no column `{name}`"),
                    "the columns `question` and `item`",
                    hint,
                )
            })
        };
        let (question, item) = (required("question")?, required("item")?);
        let (option, item_option) = (column("option"), column("item_option"));
        let (mut entries, mut rows) = (BTreeMap::new(), BTreeMap::new());
        for (row, record) in reader.records().enumerate() {
            let record = record.map_err(fault)?;
            let cell = |index: Option<usize>| {
                index
                    .and_then(|index| record.get(index))
                    .map(spelled)
                    .unwrap_or_default()
            };
            let key = (cell(Some(question)), cell(option));
            let value = Item {
                code: cell(Some(item)),
                option: cell(item_option),
            };
            rows.entry(key.clone()).or_insert(row as i64 + 2);
            if let Some(first) = entries.insert(key.clone(), value.clone())
                && first != value
            {
                return Err(Error::new(
                    format!("{place}, row {}", row + 2),
                    format!("question `{}` maps to `{}` and to `{}`", key.0, first.code, value.code),
                    "one item for one question",
                    "remove one of the rows",
                ));
            }
        }
        Ok(Self {
            entries,
            rows,
            path: place.to_owned(),
        })
    }

    /// What a question of the instrument asks for; absent when neither the map nor the framework knows it.
    ///
    /// Looked up in this order: question and option, the question alone, a question of which the map names options of
    /// one item and which comes as one cell with a list of them, the question's code in the
    /// framework, the option's code in the framework, an unknown norm code of a known prefix.
    pub fn item(&self, framework: &Framework, question: &str, option: &str) -> Option<Item> {
        let (question, option) = (spelled(question), spelled(option));
        let key = (question.clone(), option.clone());
        if let Some(item) = self.entries.get(&key) {
            return Some(item.clone());
        }
        if let Some(item) = self.entries.get(&(question.clone(), String::new())) {
            let own = if item.option.is_empty() {
                option
            } else {
                item.option.clone()
            };
            return Some(Item {
                code: item.code.clone(),
                option: own,
            });
        }
        if option.is_empty()
            && let Some(code) = self.listed(&question)
        {
            return Some(Item { code, option });
        }
        if framework.norm(&question).is_some() || framework.question(&question).is_some() {
            return Some(Item { code: question, option });
        }
        if framework.norm(&option).is_some() {
            return Some(Item {
                code: option,
                option: String::new(),
            });
        }
        framework.domain_by_prefix(&question).is_some().then_some(Item {
            code: question,
            option: String::new(),
        })
    }

    /// The item of a question of which the map names options only; absent when they are of several items.
    fn listed(&self, question: &str) -> Option<String> {
        let mut items = self
            .options(question)
            .map(|(_, item)| item)
            .filter(|item| !item.option.is_empty());
        let first = items.next()?.code.clone();
        items.all(|item| item.code == first).then_some(first)
    }

    /// Whether a row of the map gives a question of the source an item.
    pub fn uses(&self, question: &str, option: &str) -> bool {
        let (question, option) = (spelled(question), spelled(option));
        let item = self.entries.get(&(question.clone(), option));
        let item = item.or_else(|| self.entries.get(&(question, String::new())));
        item.is_some_and(|item| !item.code.is_empty())
    }

    /// The options that the map names of a question: what the source calls each, and what it stands for.
    pub fn options(&self, question: &str) -> impl Iterator<Item = (&str, &Item)> {
        let question = spelled(question);
        let from = (question.clone(), String::new());
        let rows = self.entries.range(from..);
        rows.take_while(move |((name, _), _)| *name == question)
            .filter(|((_, option), _)| !option.is_empty())
            .map(|((_, option), item)| (option.as_str(), item))
    }

    /// All rows, in the order of question and option.
    pub fn rows(&self) -> impl Iterator<Item = MapRow<'_>> {
        self.entries.iter().map(|(key, item)| MapRow {
            path: &self.path,
            row: self.rows.get(key).copied().unwrap_or_default(),
            question: &key.0,
            option: &key.1,
            item,
        })
    }

    /// The questions that the map names, for the hint about one that it does not.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(|(question, _)| question.as_str())
    }
}

/// What the answers of a study are held against: the framework of each wave and the map of each source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instruments {
    /// Framework by wave.
    pub frameworks: BTreeMap<String, Framework>,
    /// Item map by wave and place of the source entry in the wave's list.
    pub maps: BTreeMap<(String, usize), ItemMap>,
}

impl Instruments {
    /// The map of a source entry; an empty one when the study file names none.
    pub fn map(&self, wave: &str, entry: usize) -> std::borrow::Cow<'_, ItemMap> {
        match self.maps.get(&(wave.to_owned(), entry)) {
            Some(map) => std::borrow::Cow::Borrowed(map),
            None => std::borrow::Cow::Owned(ItemMap::default()),
        }
    }
}

/// A question as it is compared: no line breaks, no-break or double spaces, no blanks around it.
pub fn tidy(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c == '\u{a0}')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{ItemMap, tidy};

    #[test]
    fn no_break_and_double_spaces_do_not_make_another_question() {
        assert_eq!(tidy(" Wat\u{a0}is \r\n uw  niveau? "), "Wat is uw niveau?");
    }

    #[test]
    fn question_mapped_twice_is_an_error_with_its_row() {
        let error = ItemMap::parse("question,item\nQ1,GO.01\nQ1,GO.02\n", "map.csv").unwrap_err();
        assert_eq!(error.place, "map.csv, row 3");
    }

    #[test]
    fn missing_column_suggests_the_near_one() {
        let error = ItemMap::parse("questoin,item\nQ1,GO.01\n", "map.csv").unwrap_err();
        assert_eq!(error.hint, "rename `questoin` to `question`");
    }
}
