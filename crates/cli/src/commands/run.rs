//! `nulmeting run`: every step that has to be done, and no other.

use super::status::because;
use crate::args::{Global, RunArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::manifest::Record;
use crate::lineage::step::{Stage, Step};
use crate::lineage::work::{Extent, Published, Work};
use crate::loaded::Loaded;
use crate::log::Log;
use crate::outputs::Outputs;
use crate::stages;
use nulmeting_report::Input;
use nulmeting_study::words::Severity;
use nulmeting_study::{Analysed, Finding, Ingested, Normalized};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Does everything that is out of date.
pub(crate) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    make(&loaded, args.force, console)
}

/// Makes what is out of date of a study; everything when `force`.
pub(crate) fn make(loaded: &Loaded, force: bool, console: &Console) -> Result<Exit, Failure> {
    let mut log = Log::start(console);
    let mut work = Work::begin(loaded)?;
    let mut run = Run::new(loaded, force);
    let done = run.all(&mut work, &mut log, console);
    if let Err(failure) = &done {
        drop(work);
        log.write_failure(loaded, failure);
    }
    done
}

/// A run as it goes from step to step.
struct Run<'a> {
    loaded: &'a Loaded,
    force: bool,
    outputs: Outputs,
    records: BTreeMap<String, Record>,
    /// Every step with why it was done; no reasons when it was not.
    steps: Vec<(Step, Vec<String>)>,
    ingested: Option<Ingested>,
    normalized: Option<Normalized>,
    analysed: Option<Analysed>,
    /// Of which stages tables were made that are not among the outputs yet.
    unpacked: BTreeSet<Stage>,
}

impl<'a> Run<'a> {
    fn new(loaded: &'a Loaded, force: bool) -> Self {
        Self {
            loaded,
            force,
            outputs: Outputs::default(),
            records: BTreeMap::new(),
            steps: Vec::new(),
            ingested: None,
            normalized: None,
            analysed: None,
            unpacked: BTreeSet::new(),
        }
    }

    fn all(&mut self, work: &mut Work<'_>, log: &mut Log, console: &Console) -> Result<Exit, Failure> {
        self.ingest(work, log)?;
        self.normalize(work, log)?;
        self.analyze(work, log)?;
        self.report(Stage::Report, work, log)?;
        if self.loaded.public {
            self.report(Stage::Public, work, log)?;
        }
        let published = log.step("write", || {
            work.publish(
                std::mem::take(&mut self.outputs),
                std::mem::take(&mut self.records),
                Extent::Whole,
            )
        })?;
        if !self.did_something() && published.written.is_empty() && published.removed.is_empty() {
            return self.nothing(console);
        }
        log.line(&format!(
            "{} files written, {} as they were, {} removed",
            published.written.len(),
            published.kept,
            published.removed.len()
        ));
        if let Err(failure) = log.write(self.loaded, work.staging()?) {
            // Everything that is published stands: a log that cannot be written takes nothing away.
            console.note(&format!("the log was not written: {}", failure.message));
        }
        self.tell(&published, console)?;
        Ok(Exit::Done)
    }

    /// Whether a step has to be done; what it wrote down before is taken over when it has not.
    fn is_due(&mut self, step: &Step, work: &mut Work<'_>, log: &mut Log) -> Result<bool, Failure> {
        let key = work.key(step, &self.records, &mut self.outputs);
        let key = key.ok_or_else(|| {
            Failure::unexpected(format!("step {} has no key: an earlier step gave nothing", step.name()))
        })?;
        let mut reasons = step.reasons(&key, &work.present, &work.before, &work.damage);
        if reasons.is_empty() && self.force {
            reasons.push("asked for with --force".to_owned());
        }
        let due = !reasons.is_empty();
        let record = match work.before.steps.get(&step.name()) {
            Some(record) if !due => record.clone(),
            _ => Record {
                key,
                ..Record::default()
            },
        };
        self.records.insert(step.name(), record);
        log.line(&match due {
            true => format!("{}: {}", step.name(), because(&reasons)),
            false => format!("{}: up to date", step.name()),
        });
        if due {
            // A folder that cannot be written to is better known now than after the work.
            work.staging()?;
        }
        self.steps.push((step.clone(), reasons));
        Ok(due)
    }

    /// Does the work of a stage while the tables of earlier ones are packed.
    fn beside<T: Send>(
        &mut self,
        name: &str,
        log: &mut Log,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send,
    ) -> Result<T, Failure> {
        let run = &*self;
        let (made, packed) = log.step(name, || {
            let (made, packed) = rayon::join(|| work(run), || run.packed());
            Ok((made?, packed?))
        })?;
        self.outputs.extend(packed);
        self.unpacked.clear();
        Ok(made)
    }

    /// The tables that were made and are not among the outputs yet, as files.
    fn packed(&self) -> Result<Outputs, Failure> {
        let mut packed = Outputs::default();
        for stage in &self.unpacked {
            match (stage, &self.ingested, &self.normalized, &self.analysed) {
                (Stage::Ingest, Some(ingested), ..) => {
                    let waves = self.loaded.study.waves.iter();
                    packed.made_by(&waves.map(|wave| Step::ingest(&wave.id)).collect::<Vec<_>>());
                    packed.bundle(ingested)?;
                }
                (Stage::Normalize, _, Some(normalized), _) => {
                    packed.made_by([&Step::of(*stage)]);
                    packed.bundle(normalized)?;
                }
                (Stage::Analyze, .., Some(analysed)) => {
                    packed.made_by([&Step::of(*stage)]);
                    packed.bundle(analysed)?;
                }
                _ => {}
            }
        }
        Ok(packed)
    }

    /// Puts the tables that were made among the outputs.
    fn pack(&mut self) -> Result<(), Failure> {
        let packed = self.packed()?;
        self.outputs.extend(packed);
        self.unpacked.clear();
        Ok(())
    }

    fn gives(&mut self, step: &Step, gives: String) {
        self.records.entry(step.name()).or_default().gives = Some(gives);
    }

    fn ingest(&mut self, work: &mut Work<'_>, log: &mut Log) -> Result<(), Failure> {
        let mut due = BTreeSet::new();
        for wave in &self.loaded.study.waves {
            if self.is_due(&Step::ingest(&wave.id), work, log)? {
                due.insert(wave.id.clone());
            }
        }
        if due.is_empty() && self.has_the_same_waves(work) {
            return Ok(());
        }
        let ingested = log.step("ingest", || stages::ingest_waves(self.loaded, &due))?;
        work.check_read(&ingested.inputs)?;
        let waves = &self.loaded.study.waves;
        let given: Vec<String> = waves
            .par_iter()
            .map(|wave| stages::hash_of_wave(&ingested, &wave.id))
            .collect();
        for (wave, gives) in waves.iter().zip(given) {
            self.gives(&Step::ingest(&wave.id), gives);
        }
        self.ingested = Some(ingested);
        self.unpacked.insert(Stage::Ingest);
        Ok(())
    }

    /// Whether no wave left the study file since the tables were written.
    fn has_the_same_waves(&self, work: &Work<'_>) -> bool {
        let is_ingest = |name: &&String| name.starts_with("ingest/");
        work.before
            .steps
            .keys()
            .filter(is_ingest)
            .all(|name| self.records.contains_key(name))
    }

    fn normalize(&mut self, work: &mut Work<'_>, log: &mut Log) -> Result<(), Failure> {
        let step = Step::of(Stage::Normalize);
        if self.is_due(&step, work, log)? {
            self.need_ingested()?;
            let (normalized, gives) = self.beside("normalize", log, |run| {
                let ingested = run.ingested.as_ref().expect("it was asked for");
                let normalized = stages::normalize(run.loaded, ingested)?;
                let gives = stages::hash_for_analysis(&normalized, &ingested.history);
                Ok((normalized, gives))
            })?;
            self.gives(&step, gives);
            self.normalized = Some(normalized);
            self.unpacked.insert(Stage::Normalize);
        }
        Ok(())
    }

    fn analyze(&mut self, work: &mut Work<'_>, log: &mut Log) -> Result<(), Failure> {
        let step = Step::of(Stage::Analyze);
        if self.is_due(&step, work, log)? {
            self.need_ingested()?;
            self.need_normalized()?;
            let analysed = self.beside("analyze", log, |run| {
                let ingested = run.ingested.as_ref().expect("it was asked for");
                let normalized = run.normalized.as_ref().expect("it was asked for");
                stages::analyze(run.loaded, &ingested.history, normalized)
            })?;
            self.analysed = Some(analysed);
            self.unpacked.insert(Stage::Analyze);
        }
        Ok(())
    }

    /// Makes the documents of one profile: for inside, or for outside.
    fn report(&mut self, stage: Stage, work: &mut Work<'_>, log: &mut Log) -> Result<(), Failure> {
        let step = Step::of(stage);
        // Whether it is due depends on the files of all tables.
        self.pack()?;
        if self.is_due(&step, work, log)? {
            self.need_ingested()?;
            self.need_normalized()?;
            if self.analysed.is_none() {
                self.analysed = Some(stages::load_analysed(self.loaded)?);
            }
            let (Some(ingested), Some(normalized), Some(analysed)) =
                (&mut self.ingested, &mut self.normalized, &self.analysed)
            else {
                unreachable!("all three were asked for")
            };
            // No document shows them, and figures want the memory.
            ingested.responses = Vec::new();
            normalized.answers = Vec::new();
            let (loaded, outputs) = (self.loaded, &mut self.outputs);
            log.step(stage.word(), || {
                let input = Input {
                    study: &loaded.study,
                    ingested,
                    normalized,
                    analysed,
                };
                stages::documents(loaded, stage, &input, outputs)
            })?;
        }
        Ok(())
    }

    fn need_ingested(&mut self) -> Result<(), Failure> {
        if self.ingested.is_none() {
            self.ingested = Some(stages::load_ingested(self.loaded)?);
        }
        Ok(())
    }

    fn need_normalized(&mut self) -> Result<(), Failure> {
        if self.normalized.is_none() {
            self.normalized = Some(stages::load_normalized(self.loaded)?);
        }
        Ok(())
    }

    fn did_something(&self) -> bool {
        self.steps.iter().any(|(_, reasons)| !reasons.is_empty())
    }

    fn nothing(&self, console: &Console) -> Result<Exit, Failure> {
        if console.is_json() {
            console.json(&self.json(&Published::default(), None))?;
        }
        console.note(&format!(
            "nothing changed: {} is up to date (`--force` makes it again)",
            self.loaded.out.display()
        ));
        Ok(Exit::Done)
    }

    /// Says what was done and why, what was written, and what comes next.
    fn tell(&mut self, published: &Published, console: &Console) -> Result<(), Failure> {
        let findings = match self.normalized.take() {
            Some(normalized) => normalized.findings,
            None => stages::table(self.loaded)?,
        };
        for (step, reasons) in &self.steps {
            console.note(&match reasons.is_empty() {
                true => format!("{}: up to date", step.name()),
                false => format!("{}: made, {}", step.name(), because(reasons)),
            });
        }
        console.note(&format!(
            "{} files written, {} as they were",
            published.written.len(),
            published.kept
        ));
        console.note(&findings_line(&findings));
        console.note(&format!("report: {}", self.loaded.report().display()));
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            console.note(&format!("next: nulmeting check {}", self.loaded.path.display()));
        }
        if console.is_json() {
            console.json(&self.json(published, Some(&findings)))?;
        }
        Ok(())
    }

    fn json(&self, published: &Published, findings: Option<&[Finding]>) -> Value {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|(step, reasons)| {
                let state = if reasons.is_empty() { "up to date" } else { "made again" };
                json!({ "step": step.name(), "state": state, "because": reasons })
            })
            .collect();
        json!({
            "out": self.loaded.out.display().to_string(),
            "steps": steps,
            "written": published.written,
            "removed": published.removed,
            "findings": findings.map(counts),
        })
    }
}

/// Findings by severity.
fn counts(findings: &[Finding]) -> Value {
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    json!({ "error": count(Severity::Error), "warning": count(Severity::Warning), "note": count(Severity::Note) })
}

/// Findings by severity, in words.
pub(crate) fn findings_line(findings: &[Finding]) -> String {
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    format!(
        "findings: {} errors, {} warnings, {} notes",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note)
    )
}
