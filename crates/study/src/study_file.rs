//! The study file: which waves, which exports, which population, and every choice that a number rests on.

mod about;
mod answers;
mod limits;
mod policies;
mod population;
mod publication;
mod references;
mod scoring;
mod syntax;
mod validity;
mod wave;

pub use self::about::About;
pub use self::answers::{AnswerMeaning, Answers};
pub use self::limits::Limits;
pub use self::policies::Policies;
pub use self::population::{Population, RegisterColumns, Variable};
pub use self::publication::{Disclosure, OwnTexts, Publication};
pub use self::scoring::{Scores, Threshold, ThresholdRule, Typology};
pub use self::wave::{SourceEntry, Wave};

use crate::Error;
use serde::Deserialize;

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
    /// What texts or codes mean in every source; `answers` of a source goes before it.
    #[serde(default)]
    pub answers: Answers,
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

impl Study {
    /// Reads a study file and checks what can be checked without opening another file.
    ///
    /// Errors: a misspelt or missing key, a value out of its bounds; each names the line or key.
    pub fn parse(text: &str, place: &str) -> Result<Self, Error> {
        let mut study: Study = toml::from_str(text).map_err(|cause| syntax::fault(&cause, text, place))?;
        for source in study.waves.iter_mut().flat_map(|wave| &mut wave.sources) {
            source.answers.complete(&study.answers);
        }
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

    /// The key and the path of every file or folder that the study reads, except the key of the pseudonyms.
    ///
    /// Shape: paths as written, relative to the study file; a framework that is shipped stands under its name.
    pub fn paths(&self) -> Vec<(&'static str, &str)> {
        let mut paths = vec![
            ("study.framework", Some(&self.study.framework)),
            ("study.corrections", self.study.corrections.as_ref()),
            ("population.register", Some(&self.population.register)),
            ("population.history", self.population.history.as_ref()),
            ("report.theme", self.report.theme.as_ref()),
            ("report.texts.nl", self.report.texts.nl.as_ref()),
            ("report.texts.en", self.report.texts.en.as_ref()),
        ];
        for wave in &self.waves {
            paths.extend([
                ("wave.framework", wave.framework.as_ref()),
                ("wave.register", wave.register.as_ref()),
                ("wave.asked", wave.asked.as_ref()),
            ]);
            for source in &wave.sources {
                paths.extend([
                    ("wave.source.path", Some(&source.path)),
                    ("wave.source.items", source.items.as_ref()),
                    ("wave.source.structure", source.structure.as_ref()),
                    ("wave.source.layout", source.layout.as_ref()),
                ]);
            }
        }
        paths
            .into_iter()
            .filter_map(|(key, path)| Some((key, path?.as_str())))
            .collect()
    }

    /// The measurements in order of time, without the bridges beside them.
    pub fn series(&self) -> impl Iterator<Item = &Wave> {
        self.waves.iter().filter(|wave| wave.bridge.is_none())
    }

    /// The wave with that name.
    pub fn wave(&self, id: &str) -> Option<&Wave> {
        self.waves.iter().find(|wave| wave.id == id)
    }
}

#[cfg(test)]
mod tests;
