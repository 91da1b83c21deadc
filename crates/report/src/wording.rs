//! The texts for readers: files with one text per key, filled in with what the data say.
//!
//! Which text is used is decided where the numbers are known; the wording is a file that an editor can change.

use crate::Error;
use minijinja::{Environment, UndefinedBehavior, Value};
use nulmeting_study::words::Language;
use std::collections::BTreeMap;

const NL: &str = include_str!("../../../reports/texts/nl.toml");
const EN: &str = include_str!("../../../reports/texts/en.toml");

/// The texts of one language.
pub(crate) struct Texts {
    language: Language,
    texts: BTreeMap<String, String>,
    lists: BTreeMap<String, Vec<String>>,
    engine: Environment<'static>,
}

impl Texts {
    /// The shipped texts of a language.
    pub(crate) fn shipped(language: Language) -> Result<Self, Error> {
        let (file, source) = match language {
            Language::Nl => ("texts/nl.toml", NL),
            Language::En => ("texts/en.toml", EN),
        };
        let table: toml::Table = toml::from_str(source).map_err(|cause| Error::File {
            file,
            cause: Box::new(cause),
        })?;
        let (mut texts, mut lists) = (BTreeMap::new(), BTreeMap::new());
        flatten("", &table, &mut texts, &mut lists);
        let mut engine = Environment::new();
        // A placeholder that the report does not know is a fault of the file, not an empty place.
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        Ok(Self {
            language,
            texts,
            lists,
            engine,
        })
    }

    /// The text of a key, filled in.
    ///
    /// Errors: no such key, or a placeholder that the context does not hold.
    pub(crate) fn say(&self, key: &str, context: impl Into<Value>) -> Result<String, Error> {
        let source = self.texts.get(key).ok_or_else(|| self.lacks(key))?;
        let text = self
            .engine
            .render_named_str(key, source, context)
            .map_err(|cause| Error::Text {
                key: key.to_owned(),
                cause,
            })?;
        Ok(text.trim().to_owned())
    }

    /// The text of a key that has no placeholders.
    pub(crate) fn word(&self, key: &str) -> Result<String, Error> {
        self.say(key, minijinja::context! {})
    }

    /// The text of a key where there is one; what is not translated stands as it is.
    pub(crate) fn known(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The list of a key.
    pub(crate) fn list(&self, key: &str) -> Result<&[String], Error> {
        self.lists.get(key).map(Vec::as_slice).ok_or_else(|| self.lacks(key))
    }

    /// A template page, filled in; texts are escaped as HTML.
    pub(crate) fn page(&self, name: &'static str, source: &str, context: impl Into<Value>) -> Result<String, Error> {
        self.engine
            .render_named_str(name, source, context)
            .map_err(|cause| Error::Text {
                key: name.to_owned(),
                cause,
            })
    }

    fn lacks(&self, key: &str) -> Error {
        Error::NoText {
            key: key.to_owned(),
            language: self.language.to_string(),
        }
    }
}

fn flatten(
    prefix: &str,
    table: &toml::Table,
    texts: &mut BTreeMap<String, String>,
    lists: &mut BTreeMap<String, Vec<String>>,
) {
    for (key, value) in table {
        let key = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, texts, lists),
            toml::Value::String(text) => {
                texts.insert(key, text.clone());
            }
            toml::Value::Array(items) => {
                let items = items
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect();
                lists.insert(key, items);
            }
            other => {
                texts.insert(key, other.to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_placeholders() {
        let nl = Texts::shipped(Language::Nl).expect("the Dutch texts are sound");
        let en = Texts::shipped(Language::En).expect("the English texts are sound");
        let keys = |texts: &Texts| {
            texts
                .texts
                .keys()
                .chain(texts.lists.keys())
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&nl), keys(&en));
        for (key, text) in &nl.texts {
            let names = |text: &str| {
                let template = nl
                    .engine
                    .template_from_str(text)
                    .unwrap_or_else(|error| panic!("{key}: {error}"));
                let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
                names.sort();
                names
            };
            assert_eq!(names(text), names(&en.texts[key]), "{key}");
        }
    }

    #[test]
    fn an_unknown_placeholder_is_an_error_that_names_the_text() {
        let mut texts = Texts::shipped(Language::Nl).expect("the Dutch texts are sound");
        texts.texts.insert("test".into(), "{{ nobody_knows_this }}".into());
        let error = texts
            .say("test", minijinja::context! { n => 1 })
            .expect_err("the placeholder is unknown");
        assert!(error.to_string().contains("`test`"), "{error}");
    }
}
