//! The study file: which waves, which exports, which population, and every choice that a number rests on.

mod limits;

pub use self::limits::Limits;

use crate::Error;
use crate::suggestion::nearest;
use crate::words::{Assessor, Handling, Language, Lonely, Respondents, SameToken, Selection};
use serde::Deserialize;
use std::collections::BTreeSet;

/// A study as its file describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// What the study is.
    pub study: About,
    /// Who could have been asked.
    pub population: Population,
    /// The waves, in order of time.
    #[serde(rename = "wave")]
    pub waves: Vec<Wave>,
    /// Which responses are read at all.
    #[serde(default)]
    pub responses: Policies,
    /// How types are made.
    #[serde(default)]
    pub typology: Typology,
    /// How scores are made.
    #[serde(default)]
    pub scores: Scores,
    /// What may be published.
    #[serde(default)]
    pub disclosure: Disclosure,
    /// How it looks and reads.
    #[serde(default)]
    pub report: Publication,
    /// How much a delivered file may hold.
    #[serde(default)]
    pub limits: Limits,
}

/// What the study is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Title on every document.
    pub title: String,
    /// Framework: a shipped codebook or a path to one, relative to the study file.
    pub framework: String,
    /// Seed from which the seed of every step is derived.
    pub seed: u64,
    /// Date printed in documents: year-month-day, as a TOML date or a text.
    #[serde(deserialize_with = "date")]
    pub date: String,
    /// Whether organisations appear under their own number and name.
    #[serde(default)]
    pub identified: bool,
    /// File with the key of the pseudonyms, relative to the study file; needed unless `identified`.
    pub pseudonym_key: Option<String>,
    /// CSV of corrections to what was delivered, relative to the study file.
    pub corrections: Option<String>,
}

/// A date as the file may write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Date {
    Toml(toml::value::Datetime),
    Text(String),
}

impl Date {
    fn text(self) -> String {
        match self {
            Date::Toml(date) => date.to_string(),
            Date::Text(text) => text,
        }
    }
}

fn date<'de, D: serde::Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    Date::deserialize(source).map(Date::text)
}

fn optional_date<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    Option::<Date>::deserialize(source).map(|date| date.map(Date::text))
}

/// The frame: every organisation that could have been asked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// The register, relative to the study file.
    pub register: String,
    /// Which columns of the register hold what.
    pub columns: RegisterColumns,
    /// The register's history: mergers, splits and new numbers, relative to the study file.
    pub history: Option<String>,
    /// Variables that together make a stratum: `sector`, `size`.
    #[serde(default)]
    pub strata: Vec<Variable>,
    /// Limits of the size classes.
    /// Unit: pupils; an organisation at a limit is in the higher class.
    #[serde(default)]
    pub size: Vec<i64>,
    /// Variables over which strata with fewer than two respondents are joined to the next class.
    #[serde(default)]
    pub collapse: Vec<Variable>,
    /// What is done with a stratum in which one organisation answered, after collapsing.
    #[serde(default = "lonely")]
    pub lonely: Lonely,
    /// Variables whose classes are taken to answer alike: within each, those who answered stand for all who were
    /// asked. Empty: those who answered stand for their stratum.
    #[serde(default)]
    pub nonresponse: Vec<Variable>,
    /// Margins to which the weights are raked; empty: design weights only.
    #[serde(default)]
    pub calibrate: Vec<Variable>,
}

fn lonely() -> Lonely {
    Lonely::Fail
}

/// Which columns of the register hold what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterColumns {
    /// Number of the organisation.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Sector.
    pub sector: String,
    /// Pupils; summed when the register has several rows for an organisation.
    pub pupils: String,
}

crate::words! {
    /// A variable of the register that may group or stratify.
    pub enum Variable {
        /// Sector of education.
        Sector = "sector",
        /// Size class by pupils.
        Size = "size",
    }
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wave {
    /// Name of the wave in every table.
    pub id: String,
    /// Framework of this wave, where it differs from the study's.
    pub framework: Option<String>,
    /// Register of this wave, where it differs from the study's.
    pub register: Option<String>,
    /// Date of this wave, where documents should print it.
    #[serde(default, deserialize_with = "optional_date")]
    pub date: Option<String>,
    /// How the organisations came to be asked.
    pub selection: Selection,
    /// File that lists who was asked; left out: those who answered.
    pub asked: Option<String>,
    /// Wave whose boards answered this version of the framework beside their own: a bridge over a break in the series.
    pub bridge: Option<String>,
    /// The exports.
    #[serde(rename = "source")]
    pub sources: Vec<SourceEntry>,
}

/// An export, or several of one kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceEntry {
    /// Path relative to the study file; `*` and `?` stand for any text and any letter within a file name.
    pub path: String,
    /// Format; recognised from the content when left out.
    pub format: Option<String>,
    /// Question or label of the cell that names the organisation; found by the usual names when left out.
    pub organisation: Option<String>,
    /// Map from questions to items, where question codes are not norm codes.
    pub items: Option<String>,
    /// Who gave the levels.
    #[serde(default = "own")]
    pub assessor: Assessor,
    /// File with the structure of the questionnaire, as the tool exports it: codes, texts and answer labels.
    pub structure: Option<String>,
    /// Encoding, when the recognised one is wrong.
    pub encoding: Option<String>,
    /// Delimiter, when the recognised one is wrong.
    pub delimiter: Option<char>,
    /// File that says where codes, levels and the organisation stand in a workbook, relative to the study file.
    pub layout: Option<String>,
}

fn own() -> Assessor {
    Assessor::Own
}

/// Which responses are read at all; whatever a policy does to a response is a finding.
///
/// Several responses of one organisation are another matter: see [`Scores::respondents`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// Responses that the tool or the respondent marks as a test or preview.
    pub test: Handling,
    /// Responses of those who did not finish.
    pub incomplete: Handling,
    /// Several responses under one token of the tool, within one file.
    pub same_token: SameToken,
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            test: Handling::Drop,
            incomplete: Handling::Keep,
            same_token: SameToken::Last,
        }
    }
}

/// How types are made.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typology {
    /// Norms or domains of the policy axis; the codebook's when left out.
    pub policy: Option<Vec<String>>,
    /// Norms or domains of the practice axis; the codebook's when left out.
    pub practice: Option<Vec<String>>,
    /// Where an axis counts as in order.
    #[serde(default)]
    pub threshold: Threshold,
}

crate::words! {
    /// Where an axis counts as in order.
    pub enum ThresholdRule {
        /// At the mean target of the axis's norms; in a pass/fail wave at half of the tests.
        Target = "target",
        /// At the median of the organisations that answered.
        Median = "median",
    }
}

/// Where an axis counts as in order: by a rule, or at a stated score.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Threshold {
    /// By rule.
    Rule(ThresholdRule),
    /// At that score on both axes.
    Score(f64),
}

impl Default for Threshold {
    fn default() -> Self {
        Self::Rule(ThresholdRule::Target)
    }
}

/// How scores are made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scores {
    /// Share of the applicable norms of a domain that must be answered for a domain score.
    pub minimum_answered: f64,
    /// Which assessment the headline uses, for all organisations alike.
    pub assessor: Assessor,
    /// Which answer counts when several respondents answered for one organisation.
    pub respondents: Respondents,
}

impl Default for Scores {
    fn default() -> Self {
        Self {
            minimum_answered: 0.5,
            assessor: Assessor::Own,
            respondents: Respondents::Last,
        }
    }
}

/// What may be published.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Disclosure {
    /// Organisations that must be under any published number.
    pub minimum: i64,
    /// How closely a suppressed count may be bounded by all that is published together.
    pub protect: i64,
    /// How closely a suppressed share may be bounded, from 0 to 1; of a level, as a share of the scale.
    pub protect_share: f64,
    /// Per pupil, how much of a number its largest organisations may carry: the first limit is for the largest, the
    /// second for the two largest together, and so on. Each from 0 to 1; empty: no limit.
    pub dominance: Vec<f64>,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            minimum: 5,
            protect: 3,
            protect_share: 0.2,
            dominance: vec![0.5, 0.75],
        }
    }
}

/// How what is published looks and reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// Colours and sizes that differ from the shipped theme: a TOML file, relative to the study file.
    pub theme: Option<String>,
    /// Texts that differ from the shipped ones, a TOML file per language, relative to the study file.
    pub texts: OwnTexts,
}

/// Texts of a study's own, by language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnTexts {
    /// Dutch.
    pub nl: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl OwnTexts {
    /// The file for a language.
    pub fn of(&self, language: Language) -> Option<&str> {
        match language {
            Language::Nl => self.nl.as_deref(),
            Language::En => self.en.as_deref(),
        }
    }
}

impl Study {
    /// Reads a study file and checks what can be checked without opening another file.
    ///
    /// Errors: a misspelt or missing key, a value out of its bounds; each names the line or key.
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let study: Study = toml::from_str(text).map_err(|cause| syntax(&cause, text, place))?;
        study.check(place)?;
        Ok(study)
    }

    /// The framework of a wave, by name or path.
    pub fn framework_of<'a>(&'a self, wave: &'a Wave) -> &'a str {
        wave.framework.as_deref().unwrap_or(&self.study.framework)
    }

    /// The register of a wave.
    pub fn register_of<'a>(&'a self, wave: &'a Wave) -> &'a str {
        wave.register.as_deref().unwrap_or(&self.population.register)
    }

    /// The measurements in order of time, without the bridges beside them.
    pub fn series(&self) -> impl Iterator<Item = &Wave> {
        self.waves.iter().filter(|wave| wave.bridge.is_none())
    }

    /// The wave with that name.
    pub fn wave(&self, id: &str) -> Option<&Wave> {
        self.waves.iter().find(|wave| wave.id == id)
    }

    fn check(&self, place: &str) -> Result<(), Error> {
        let fault = |key: &str, found: String, expected: &str, hint: &str| {
            Err(Error::new(format!("{place}, key `{key}`"), found, expected, hint))
        };
        for date in std::iter::once(&self.study.date).chain(self.waves.iter().filter_map(|wave| wave.date.as_ref())) {
            if !is_date(date) {
                return fault(
                    "date",
                    format!("`{date}`"),
                    "year-month-day, as 2024-06-01",
                    "write the date that documents should print",
                );
            }
        }
        if !self.study.identified && self.study.pseudonym_key.is_none() {
            return fault(
                "study.pseudonym_key",
                "no key for the pseudonyms".into(),
                "a file with a random key, or `identified = true`",
                "make one with `head -c 32 /dev/urandom | base64 > keys/pseudonym.key` and keep it outside the outputs",
            );
        }
        if self.population.size.is_empty() && self.uses_size() {
            return fault(
                "population.size",
                "no class limits".into(),
                "limits in pupils, because `size` is used",
                "for instance `size = [1000, 5000, 20000]`",
            );
        }
        if !self.population.size.is_sorted_by(|a, b| a < b)
            || self.population.size.first().is_some_and(|first| *first <= 0)
        {
            return fault(
                "population.size",
                format!("{:?}", self.population.size),
                "limits above zero that rise",
                "order the limits",
            );
        }
        for variable in &self.population.collapse {
            if !self.population.strata.contains(variable) {
                return fault(
                    "population.collapse",
                    format!("`{variable}`"),
                    "a variable of `strata`",
                    "add it to `strata` or leave it out",
                );
            }
        }
        if self.waves.is_empty() {
            return fault(
                "wave",
                "no wave".into(),
                "at least one `[[wave]]`",
                "add the measurement with its sources",
            );
        }
        let mut ids = BTreeSet::new();
        for wave in &self.waves {
            if wave.id.is_empty() || wave.id.contains('/') || !ids.insert(&wave.id) {
                return fault(
                    "wave.id",
                    format!("`{}`", wave.id),
                    "a name of its own for each wave, without `/`",
                    "rename the wave",
                );
            }
        }
        for wave in &self.waves {
            let Some(bridge) = &wave.bridge else { continue };
            let other = self.wave(bridge);
            if *bridge == wave.id || other.is_none_or(|other| other.bridge.is_some()) {
                return fault(
                    "wave.bridge",
                    format!("`{bridge}`"),
                    "the wave whose boards answered this version too",
                    "name a wave of this study that is no bridge itself",
                );
            }
        }
        if self.waves.iter().all(|wave| wave.bridge.is_some()) {
            return fault(
                "wave.bridge",
                "nothing but bridges".into(),
                "a wave that is no bridge",
                "leave `bridge` out of a wave",
            );
        }
        if !(0.0..=1.0).contains(&self.scores.minimum_answered) {
            return fault(
                "scores.minimum_answered",
                self.scores.minimum_answered.to_string(),
                "a share from 0 to 1",
                "write 0.5 for half",
            );
        }
        if self.disclosure.minimum < 1 || self.disclosure.protect < 0 {
            return fault(
                "disclosure",
                format!(
                    "minimum {}, protect {}",
                    self.disclosure.minimum, self.disclosure.protect
                ),
                "a minimum of at least 1 and a protection of at least 0",
                "raise them",
            );
        }
        if !(0.0..=1.0).contains(&self.disclosure.protect_share) {
            return fault(
                "disclosure.protect_share",
                self.disclosure.protect_share.to_string(),
                "a share from 0 to 1",
                "write 0.2 for a fifth",
            );
        }
        let limits = &self.disclosure.dominance;
        if !limits.iter().all(|limit| *limit > 0.0 && *limit <= 1.0) || !limits.is_sorted() {
            return fault(
                "disclosure.dominance",
                format!("{limits:?}"),
                "shares above 0 to 1 that do not fall",
                "write `[0.5, 0.75]`: the largest carries at most half, the two largest three quarters",
            );
        }
        Ok(())
    }

    fn uses_size(&self) -> bool {
        let population = &self.population;
        [&population.strata, &population.collapse, &population.calibrate]
            .iter()
            .any(|list| list.contains(&Variable::Size))
    }
}

impl Wave {
    /// The entry that a delivered file belongs to, with its place in the list: the first whose path fits.
    pub fn entry_of(&self, source: &str) -> Option<(usize, &SourceEntry)> {
        self.sources.iter().enumerate().find(|(_, entry)| entry.fits(source))
    }
}

impl SourceEntry {
    /// Whether a path, relative to the study file, fits the entry's path or pattern.
    pub fn fits(&self, path: &str) -> bool {
        let pattern: Vec<&str> = self.path.split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        pattern.len() == path.len()
            && pattern
                .iter()
                .zip(&path)
                .all(|(pattern, name)| name_fits(pattern.as_bytes(), name.as_bytes()))
    }

    /// Whether the entry stands for several files.
    pub fn is_pattern(&self) -> bool {
        self.path.contains(['*', '?'])
    }
}

/// Whether a file name fits a pattern in which `*` is any text and `?` any letter.
fn name_fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            name_fits(rest, name) || name.split_first().is_some_and(|(_, tail)| name_fits(pattern, tail))
        }
        (Some((b'?', rest)), Some((_, tail))) => name_fits(rest, tail),
        (Some((letter, rest)), Some((own, tail))) => letter == own && name_fits(rest, tail),
        _ => false,
    }
}

/// Whether a text is a date as documents print it; the calendar is checked as far as months go.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let within = |part: &str, length: usize, low: u32, high: u32| {
        part.len() == length && part.parse::<u32>().is_ok_and(|value| (low..=high).contains(&value))
    };
    within(year, 4, 1900, 9999) && within(month, 2, 1, 12) && within(day, 2, 1, 31)
}

/// Turns what the TOML parser says into place, found, expected and hint.
fn syntax(cause: &toml::de::Error, text: &str, place: &str) -> Error {
    let line = cause
        .span()
        .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = match line {
        Some(line) => format!("{place}, line {line}"),
        None => place.to_owned(),
    };
    let message = cause.message();
    let Some(rest) = message.strip_prefix("unknown field `") else {
        return Error::new(
            place,
            message.to_owned(),
            "a study file",
            "the README lists every key of a study file",
        );
    };
    let (found, rest) = rest.split_once('`').unwrap_or((rest, ""));
    let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(found, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove the key".to_owned(),
    };
    Error::new(
        place,
        format!("unknown key `{found}`"),
        format!("one of `{}`", known.join("`, `")),
        hint,
    )
}

#[cfg(test)]
mod tests;
