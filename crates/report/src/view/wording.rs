//! The texts for readers: files with one text per key, filled in with what the data say.
//!
//! Which text is used is decided where the numbers are known; the wording is a file that an editor can change.

use crate::{Error, HouseStyle};
use minijinja::{Environment, UndefinedBehavior, Value};
use nulmeting_study::suggestion::nearest;
use nulmeting_study::words::Language;
use std::collections::{BTreeMap, BTreeSet};

const NL: &str = include_str!("../../../../reports/texts/nl.toml");
const EN: &str = include_str!("../../../../reports/texts/en.toml");

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
        let (texts, lists) = read(source, file)?;
        let mut engine = Environment::new();
        // A placeholder that the report does not know is a fault of the file, not an empty place.
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.add_filter("inline", |text: String| first_letter(&text, false));
        engine.add_filter("capitalise", |text: String| first_letter(&text, true));
        Ok(Self {
            language,
            texts,
            lists,
            engine,
        })
    }

    /// The shipped texts of a language, with those of the study in their place.
    ///
    /// Errors: a text that no report has, one that is no template, and one with a placeholder that the report does not
    /// fill in at that place.
    pub(crate) fn of(style: &HouseStyle, language: Language) -> Result<Self, Error> {
        let mut shipped = Self::shipped(language)?;
        let Some(own) = &style.texts else { return Ok(shipped) };
        let (texts, lists) = read(&own.text, &own.path)?;
        let fault = |key: &str, found: String, expected: String, hint: &str| Error::OwnText {
            file: own.path.clone(),
            key: key.to_owned(),
            found,
            expected,
            hint: hint.to_owned(),
        };
        for (key, text) in texts {
            let Some(before) = shipped.texts.get(&key) else {
                return Err(shipped.no_such(&key, &own.path));
            };
            let allowed = shipped.placeholders(before).unwrap_or_default();
            let used = shipped.placeholders(&text).map_err(|cause| {
                fault(
                    &key,
                    format!("no template: {cause}"),
                    "text with placeholders between {{ and }}".into(),
                    "compare it with the shipped text",
                )
            })?;
            if let Some(unknown) = used.difference(&allowed).next() {
                let known: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
                let expected = match known.len() {
                    0 => "no placeholder here".to_owned(),
                    _ => format!("only {}", known.join(", ")),
                };
                let hint = match nearest(unknown, allowed.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "take it out, or write what it should say".to_owned(),
                };
                return Err(fault(&key, format!("unknown placeholder `{unknown}`"), expected, &hint));
            }
            shipped.texts.insert(key, text);
        }
        for (key, list) in lists {
            let Some(before) = shipped.lists.get(&key) else {
                return Err(shipped.no_such(&key, &own.path));
            };
            if before.len() != list.len() {
                let (found, expected) = (format!("{} entries", list.len()), format!("{} entries", before.len()));
                return Err(fault(&key, found, expected, "give every entry of the shipped list"));
            }
            shipped.lists.insert(key, list);
        }
        Ok(shipped)
    }

    /// The names between `{{` and `}}` of a text, and those that its conditions ask for.
    fn placeholders(&self, text: &str) -> Result<BTreeSet<String>, minijinja::Error> {
        let template = self.engine.template_from_str(text)?;
        Ok(template.undeclared_variables(false).into_iter().collect())
    }

    fn no_such(&self, key: &str, file: &str) -> Error {
        let hint = match nearest(key, self.texts.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("reports/texts/{}.toml has them all", self.language),
        };
        Error::OwnText {
            file: file.to_owned(),
            key: key.to_owned(),
            found: "no report has it".to_owned(),
            expected: "the key of a shipped text".to_owned(),
            hint,
        }
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

/// A text with a small first letter within a sentence, or a capital at its start; an abbreviation such as `AVG` stays.
fn first_letter(text: &str, capital: bool) -> String {
    let mut letters = text.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let is_word = letters.clone().next().is_none_or(|second| !second.is_uppercase());
    let changed: String = match (capital, is_word) {
        (true, _) => first.to_uppercase().collect(),
        (false, true) => first.to_lowercase().collect(),
        (false, false) => first.to_string(),
    };
    changed + letters.as_str()
}

type Read = (BTreeMap<String, String>, BTreeMap<String, Vec<String>>);

fn read(source: &str, file: &str) -> Result<Read, Error> {
    let table: toml::Table = toml::from_str(source).map_err(|cause| Error::File {
        file: file.to_owned(),
        cause: Box::new(cause),
    })?;
    let (mut texts, mut lists) = (BTreeMap::new(), BTreeMap::new());
    flatten("", &table, &mut texts, &mut lists);
    Ok((texts, lists))
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
            let names = |text: &str| nl.placeholders(text).unwrap_or_else(|error| panic!("{key}: {error}"));
            assert_eq!(names(text), names(&en.texts[key]), "{key}");
        }
    }

    #[test]
    fn a_study_may_word_a_text_its_own_way_with_the_placeholders_that_it_has() {
        let own = |text: &str| {
            let texts = Some(crate::OwnFile {
                path: "own.toml".into(),
                text: text.into(),
            });
            let style = HouseStyle { theme: None, texts };
            Texts::of(&style, Language::En)
        };
        let texts = own("[lowest]\nnames = \"Behind: {{ names }}.\"").expect("it has these placeholders");
        let said = texts
            .say("lowest.names", minijinja::context! { names => "A" })
            .expect("filled in");
        assert_eq!(said, "Behind: A.");
        for (text, message) in [
            ("[lowest]\nnames = \"{{ nmes }}\"", "unknown placeholder `nmes`"),
            ("[lowest]\nnames = \"{{ nmes }}\"", "did you mean `names`?"),
            ("[lowest]\nnames = \"{{ names\"", "no template"),
            ("[lowest]\nname = \"x\"", "did you mean `lowest.names`?"),
            ("[word]\nmonths = [\"Jan\"]", "expected 12 entries"),
            ("[lowest", "cannot read `own.toml`"),
        ] {
            let error = own(text).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(message) && error.contains("own.toml"), "{text}: {error}");
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
