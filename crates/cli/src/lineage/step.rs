//! The steps: what each reads, the key that this makes, and whether what it made still stands.

use super::manifest::{Manifest, Record, hex};
use super::present::Present;
use crate::loaded::Loaded;
use nulmeting_study::{Record as Row, Values};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A stage of the pipeline; `ingest` has a step per wave, the others have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Ingest,
    Normalize,
    Analyze,
    Report,
    Public,
}

impl Stage {
    /// Its name, in the manifest and in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Stage::Ingest => "ingest",
            Stage::Normalize => "normalize",
            Stage::Analyze => "analyze",
            Stage::Report => "report",
            Stage::Public => "public",
        }
    }

    /// Fingerprint of its code.
    fn code(self) -> &'static str {
        match self {
            Stage::Ingest => env!("NULMETING_CODE_INGEST"),
            Stage::Normalize => env!("NULMETING_CODE_NORMALIZE"),
            Stage::Analyze => env!("NULMETING_CODE_ANALYZE"),
            Stage::Report | Stage::Public => env!("NULMETING_CODE_REPORT"),
        }
    }

    /// Whether a key of the study file is none of its business.
    ///
    /// What is named here changes nothing in the stage; every other key does, or may once the program knows it.
    fn passes_over(self, key: &str) -> bool {
        let documents = ["study.title", "study.date", "report."];
        let analysis = ["study.seed", "typology.", "disclosure."];
        let levels = [
            "scores.",
            "population.size",
            "population.collapse",
            "population.lonely",
            "population.calibrate",
            "population.strata",
        ];
        let starts = |names: &[&str]| names.iter().any(|name| key.starts_with(name));
        match self {
            Stage::Ingest => starts(&documents) || starts(&analysis) || starts(&levels),
            Stage::Normalize => starts(&documents) || starts(&analysis),
            Stage::Analyze => starts(&documents),
            Stage::Report | Stage::Public => false,
        }
    }
}

/// The fingerprints of all stages, for the manifest.
pub(crate) fn codes() -> BTreeMap<String, String> {
    [Stage::Ingest, Stage::Normalize, Stage::Analyze, Stage::Report]
        .iter()
        .map(|stage| (stage.word().to_owned(), stage.code().to_owned()))
        .collect()
}

/// One step: a stage, or a stage for a wave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) stage: Stage,
    pub(crate) wave: Option<String>,
}

impl Step {
    /// A step of one of the stages that have one.
    pub(crate) fn of(stage: Stage) -> Self {
        Self { stage, wave: None }
    }

    /// Reading one wave.
    pub(crate) fn ingest(wave: &str) -> Self {
        Self {
            stage: Stage::Ingest,
            wave: Some(wave.to_owned()),
        }
    }

    /// Name in the manifest and in messages.
    pub(crate) fn name(&self) -> String {
        match &self.wave {
            Some(wave) => format!("{}/{wave}", self.stage.word()),
            None => self.stage.word().to_owned(),
        }
    }

    /// The input files that it reads.
    fn files(&self, present: &Present) -> BTreeSet<String> {
        let all = |by: &BTreeMap<String, BTreeSet<String>>| by.values().flatten().cloned().collect::<BTreeSet<_>>();
        match &self.wave {
            Some(wave) => {
                let of = |by: &BTreeMap<String, BTreeSet<String>>| by.get(wave).cloned().unwrap_or_default();
                of(&present.data).union(&of(&present.instruments)).cloned().collect()
            }
            None if self.stage >= Stage::Report => all(&present.instruments).union(&present.style).cloned().collect(),
            None => all(&present.instruments),
        }
    }

    /// Whether it reads a key of the study file.
    fn reads(&self, key: &str) -> bool {
        let other = self.wave.as_ref().is_some_and(|wave| {
            // Registers and dates of all waves say how numbers are written and who came after whom; exports do not.
            let own = key.strip_prefix("wave.").and_then(|rest| rest.split_once(".source."));
            own.is_some_and(|(id, _)| id != wave)
        });
        !other && !self.stage.passes_over(key)
    }

    /// The key: a hash of all that it reads. `given` is what the steps before it hand on.
    pub(crate) fn key(&self, loaded: &Loaded, present: &Present, given: &BTreeMap<String, String>) -> String {
        let mut hash = Sha256::new();
        let mut line = |kind: &str, name: &str, value: &str| {
            for part in [kind, name, value] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        };
        line("code", self.stage.word(), self.stage.code());
        for (key, value) in present.study_file.iter().filter(|(key, _)| self.reads(key)) {
            line("setting", key, &value.to_string());
        }
        for path in self.files(present) {
            line("file", &path, present.inputs.get(&path).map_or("", String::as_str));
        }
        if self.stage == Stage::Ingest {
            line("pseudonym", "", &present.pseudonym);
        }
        if matches!(self.stage, Stage::Report | Stage::Public) {
            line("language", "", loaded.publication.language.word());
            line("csv", "", if loaded.publication.csv { "yes" } else { "no" });
            for document in &loaded.publication.documents {
                line("document", "", document.word());
            }
        }
        for (name, value) in given {
            line("given", name, value);
        }
        hex(&hash.finalize())
    }

    /// Why the step has to be done, in order of what says most; empty when what it made still stands.
    pub(crate) fn reasons(
        &self,
        key: &str,
        now: &Present,
        before: &Manifest,
        damage: &BTreeMap<String, &'static str>,
    ) -> Vec<String> {
        let Some(record) = before.steps.get(&self.name()) else {
            return vec!["it was not there yet".to_owned()];
        };
        let mut reasons: Vec<String> = record
            .writes
            .iter()
            .map(String::as_str)
            // What ingest finds wrong stands in the table of findings that `normalize` writes for both.
            .chain((self.stage == Stage::Ingest).then_some("tables/findings.parquet"))
            .filter_map(|path| Some(format!("{path} {}", damage.get(path)?)))
            .collect();
        if record.key == key {
            return reasons;
        }
        let stage = match self.stage {
            Stage::Public => Stage::Report,
            stage => stage,
        };
        if before.code.get(stage.word()).map(String::as_str) != Some(stage.code()) {
            reasons.push("the program changed".to_owned());
        }
        let files = self.files(now);
        for path in &files {
            match (before.inputs.get(path), now.inputs.get(path)) {
                (None, Some(_)) => reasons.push(format!("{path} is new")),
                (Some(_), None) => reasons.push(format!("{path} is gone")),
                (Some(a), Some(b)) if a != b => reasons.push(format!("{path} changed")),
                _ => {}
            }
        }
        let keys: BTreeSet<&String> = before.study_file.keys().chain(now.study_file.keys()).collect();
        for key in keys.into_iter().filter(|key| self.reads(key)) {
            if before.study_file.get(key) != now.study_file.get(key) {
                reasons.push(format!("`{key}` in the study file changed"));
            }
        }
        if reasons.is_empty() {
            let gone = before.inputs.keys().filter(|path| !now.inputs.contains_key(*path));
            reasons.extend(
                gone.filter(|_| self.stage == Stage::Ingest)
                    .map(|path| format!("{path} is gone")),
            );
        }
        if reasons.is_empty() {
            let word = match self.stage {
                Stage::Ingest => "what it reads, or the key of the pseudonyms, changed",
                Stage::Normalize => "what ingest gives changed",
                Stage::Analyze => "what normalize gives changed",
                Stage::Report | Stage::Public => "the tables, the language or what was asked for changed",
            };
            reasons.push(word.to_owned());
        }
        reasons
    }
}

/// All steps of a study in the order in which they are done.
pub(crate) fn steps(loaded: &Loaded) -> Vec<Step> {
    let mut steps: Vec<Step> = loaded.study.waves.iter().map(|wave| Step::ingest(&wave.id)).collect();
    steps.extend([Stage::Normalize, Stage::Analyze, Stage::Report].map(Step::of));
    if loaded.publication.public {
        steps.push(Step::of(Stage::Public));
    }
    steps
}

/// What the steps before a step give it, by name, out of what they wrote down; absent when one of them wrote nothing.
pub(crate) fn given(
    step: &Step,
    loaded: &Loaded,
    records: &BTreeMap<String, Record>,
    outputs: &BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let gives = |name: String| Some((name.clone(), records.get(&name)?.gives.clone()?));
    match step.stage {
        Stage::Ingest => Some(BTreeMap::new()),
        Stage::Normalize => {
            let waves = loaded.study.waves.iter();
            waves.map(|wave| gives(Step::ingest(&wave.id).name())).collect()
        }
        Stage::Analyze => [gives(Stage::Normalize.word().to_owned())].into_iter().collect(),
        Stage::Report | Stage::Public => {
            let made = |record: &Record| {
                record
                    .writes
                    .iter()
                    .filter(|path| path.starts_with("tables/"))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            let mut tables = BTreeMap::new();
            for earlier in steps(loaded).iter().filter(|own| own.stage < Stage::Report) {
                for path in made(records.get(&earlier.name())?) {
                    tables.insert(path.clone(), outputs.get(&path)?.clone());
                }
            }
            Some(tables)
        }
    }
}

/// How a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// What it made still stands.
    Current,
    /// It has to be done, because of these.
    Stale(Vec<String>),
    /// Whether it has to be done depends on what this earlier step will give.
    Waiting(String),
}

/// How every step stands, without doing any.
pub(crate) fn survey(
    loaded: &Loaded,
    present: &Present,
    before: &Manifest,
    damage: &BTreeMap<String, &'static str>,
) -> Vec<(Step, State)> {
    let mut found: Vec<(Step, State)> = Vec::new();
    for step in steps(loaded) {
        let earlier = found
            .iter()
            .find(|(own, state)| own.stage < step.stage.min(Stage::Report) && *state != State::Current);
        let given = given(&step, loaded, &before.steps, &before.outputs);
        let state = match given {
            // Damage and other reasons of its own are certain, whatever the steps before it will give.
            Some(given) => {
                let key = step.key(loaded, present, &given);
                let reasons = step.reasons(&key, present, before, damage);
                match (reasons.is_empty(), earlier) {
                    (false, _) => State::Stale(reasons),
                    (true, Some((own, _))) => State::Waiting(own.name()),
                    (true, None) => State::Current,
                }
            }
            None => State::Stale(vec!["it was not there yet".to_owned()]),
        };
        found.push((step, state));
    }
    found
}

/// A hash of rows, as the file would hold them.
#[derive(Default)]
pub(crate) struct RowsHash(Sha256);

impl RowsHash {
    /// Adds the rows of a table.
    pub(crate) fn add<R: Row>(&mut self, rows: &[R]) {
        let table = R::table(rows);
        self.0.update(table.schema.name);
        self.0.update((table.rows() as u64).to_le_bytes());
        for (column, values) in table.schema.columns.iter().zip(&table.columns) {
            self.0.update(column.name);
            self.column(values);
        }
    }

    fn column(&mut self, values: &Values) {
        for row in 0..values.len() {
            if values.is_missing(row) {
                self.0.update([0]);
                continue;
            }
            self.0.update([1]);
            match values {
                Values::Text(values) => {
                    let text = values[row].as_deref().unwrap_or_default();
                    self.0.update((text.len() as u64).to_le_bytes());
                    self.0.update(text);
                }
                Values::Integer(values) => self.0.update(values[row].unwrap_or_default().to_le_bytes()),
                Values::Double(values) => self.0.update(values[row].unwrap_or_default().to_bits().to_le_bytes()),
                Values::Boolean(values) => self.0.update([u8::from(values[row].unwrap_or_default())]),
            }
        }
    }

    /// The hash.
    pub(crate) fn end(self) -> String {
        hex(&self.0.finalize())
    }
}

/// How a step stands, for `--format json`.
pub(crate) fn json(step: &Step, state: &State) -> serde_json::Value {
    let (word, because) = match state {
        State::Current => ("up to date", Vec::new()),
        State::Stale(reasons) => ("stale", reasons.clone()),
        State::Waiting(step) => ("waiting", vec![format!("depends on what {step} gives")]),
    };
    json!({ "step": step.name(), "state": word, "because": because })
}
