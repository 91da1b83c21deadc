//! `nulmeting run`: every step that has to be done, and no other.

use super::status::because;
use crate::args::{Global, RunArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::manifest::Record;
use crate::lineage::step::{self, Stage, Step};
use crate::lineage::work::{Extent, Published, Work};
use crate::loaded::Loaded;
use crate::log::Log;
use crate::outputs::Outputs;
use crate::pipeline::{STAGES, Tables};
use nulmeting_study::Finding;
use nulmeting_study::words::Severity;
use serde_json::{Value, json};
use std::collections::BTreeMap;

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

/// A run as it goes from stage to stage.
struct Run<'a> {
    loaded: &'a Loaded,
    force: bool,
    outputs: Outputs,
    records: BTreeMap<String, Record>,
    /// Every step with why it was done; no reasons when it was not.
    steps: Vec<(Step, Vec<String>)>,
    tables: Tables<'a>,
}

impl<'a> Run<'a> {
    fn new(loaded: &'a Loaded, force: bool) -> Self {
        Self {
            loaded,
            force,
            outputs: Outputs::default(),
            records: BTreeMap::new(),
            steps: Vec::new(),
            tables: Tables::new(loaded),
        }
    }

    fn all(&mut self, work: &mut Work<'_>, log: &mut Log, console: &Console) -> Result<Exit, Failure> {
        // The stage whose tables are not among the outputs yet: they are packed while the next one works.
        let mut unpacked = None;
        for (stage, make) in STAGES {
            if stage >= Stage::Report {
                // Whether documents are due depends on the files of all tables.
                self.outputs.extend(self.tables.packed(unpacked.take())?);
                self.tables.keep_what_documents_show();
            }
            let Some(due) = self.due(stage, work, log)? else {
                continue;
            };
            let (tables, before) = (&self.tables, unpacked.replace(stage));
            let (made, packed) = log.step(stage.word(), || {
                let (made, packed) = rayon::join(|| make(tables, work, &due), || tables.packed(before));
                Ok((made?, packed?))
            })?;
            self.outputs.extend(packed);
            self.outputs.extend(made.outputs);
            for (step, gives) in made.gives {
                self.records.entry(step).or_default().gives = Some(gives);
            }
        }
        self.end(work, log, console)
    }

    /// The steps of a stage that have to be done; absent when the stage has no work.
    fn due(&mut self, stage: Stage, work: &mut Work<'_>, log: &mut Log) -> Result<Option<Vec<Step>>, Failure> {
        let mut due = Vec::new();
        for step in step::steps(self.loaded).into_iter().filter(|step| step.stage == stage) {
            if self.is_due(&step, work, log)? {
                due.push(step);
            }
        }
        let lost_a_wave = stage == Stage::Ingest && self.lost_a_wave(work);
        Ok((!due.is_empty() || lost_a_wave).then_some(due))
    }

    /// Whether a wave left the study file since the tables were written.
    fn lost_a_wave(&self, work: &Work<'_>) -> bool {
        let names = work.before.steps.keys();
        names
            .filter(|name| name.starts_with("ingest/"))
            .any(|name| !self.records.contains_key(name))
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

    /// Puts the outputs in place, and says what was done.
    fn end(&mut self, work: &mut Work<'_>, log: &mut Log, console: &Console) -> Result<Exit, Failure> {
        let (outputs, records) = (std::mem::take(&mut self.outputs), std::mem::take(&mut self.records));
        let published = log.step("write", || work.publish(outputs, records, Extent::Whole))?;
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
        self.say(&published, console)?;
        Ok(Exit::Done)
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
    fn say(&self, published: &Published, console: &Console) -> Result<(), Failure> {
        let findings = &self.tables.normalized()?.findings;
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
        console.note(&findings_line(findings));
        console.note(&format!("report: {}", self.loaded.report().display()));
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            console.note(&format!("next: nulmeting check {}", self.loaded.files.path.display()));
        }
        if console.is_json() {
            console.json(&self.json(published, Some(findings)))?;
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
