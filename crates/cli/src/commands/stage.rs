//! One stage at a time: `nulmeting ingest`, `normalize`, `analyze` and `report`.

use super::run::findings_line;
use crate::args::{AnalyzeArgs, Global, ReportArgs, StudyArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::manifest::Record;
use crate::lineage::step::{self, Stage, Step};
use crate::lineage::work::{Extent, Work};
use crate::loaded::Loaded;
use crate::log::Log;
use crate::outputs::Outputs;
use crate::stages::{self, Sufficient};
use nulmeting_report::Input;
use nulmeting_study::Finding;
use nulmeting_study::tables::Succession;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the register and the exports.
pub(crate) fn ingest(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let mut one = One::begin(&loaded, Stage::Ingest, console)?;
    let ingested = one.log.step("ingest", || stages::ingest(&loaded))?;
    one.work.check_read(&ingested.inputs)?;
    let steps: Vec<Step> = loaded.study.waves.iter().map(|wave| Step::ingest(&wave.id)).collect();
    one.outputs.made_by(&steps);
    one.outputs.bundle(&ingested)?;
    one.outputs.made_by([]);
    one.outputs.table(&ingested.findings)?;
    for (wave, step) in loaded.study.waves.iter().zip(&steps) {
        one.record(step, Some(stages::hash_of_wave(&ingested, &wave.id)))?;
    }
    one.end(Extent::Data, &ingested.findings, Some("normalize"))
}

/// Turns what was read into answers, levels and weights.
pub(crate) fn normalize(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let mut one = One::begin(&loaded, Stage::Normalize, console)?;
    let ingested = stages::load_ingested(&loaded, stages::Extent::Everything)?;
    let normalized = one.log.step("normalize", || stages::normalize(&loaded, &ingested))?;
    let step = Step::of(Stage::Normalize);
    one.outputs.made_by([&step]);
    one.outputs.bundle(&normalized)?;
    one.record(&step, Some(stages::hash_for_analysis(&normalized, &ingested.history)))?;
    one.end(Extent::Tables, &normalized.findings, Some("analyze"))
}

/// Turns levels into estimates.
pub(crate) fn analyze(args: &AnalyzeArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    if let Some(folder) = &args.sufficient {
        return sufficient(&loaded, folder, console);
    }
    let mut one = One::begin(&loaded, Stage::Analyze, console)?;
    let history: Vec<Succession> = stages::table(&loaded)?;
    let normalized = stages::load_normalized(&loaded, stages::Extent::Everything)?;
    let analysed = one
        .log
        .step("analyze", || stages::analyze(&loaded, &history, &normalized))?;
    let step = Step::of(Stage::Analyze);
    one.outputs.made_by([&step]);
    one.outputs.bundle(&analysed)?;
    one.record(&step, None)?;
    one.end(Extent::Tables, &normalized.findings, Some("report"))
}

/// Turns the sums of an engine into estimates.
fn sufficient(loaded: &Loaded, folder: &Path, console: &Console) -> Result<Exit, Failure> {
    let mut one = One::begin(loaded, Stage::Analyze, console)?;
    let counted = one.log.step("count", || Sufficient::read(loaded, folder))?;
    let analysed = one.log.step("analyze", || {
        stages::analyze_counted(loaded, &counted.ingested.history, &counted.normalized, &counted.tally)
    })?;
    // No step is written down: `run` knows nothing of the engine, and makes its own again.
    one.outputs.made_by([]);
    counted.save(&mut one.outputs)?;
    one.outputs.bundle(&analysed)?;
    one.records.remove(Stage::Normalize.word());
    one.end(Extent::Tables, &counted.normalized.findings, Some("report"))
}

/// Turns estimates into figures, a report and a workbook.
pub(crate) fn report(args: &ReportArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let mut one = One::begin(&loaded, Stage::Report, console)?;
    let ingested = stages::load_ingested(&loaded, stages::Extent::Documents)?;
    let normalized = stages::load_normalized(&loaded, stages::Extent::Documents)?;
    let analysed = stages::load_analysed(&loaded)?;
    let input = Input {
        study: &loaded.study,
        ingested: &ingested,
        normalized: &normalized,
        analysed: &analysed,
    };
    let profiles = [Some(Stage::Report), loaded.publication.public.then_some(Stage::Public)];
    for stage in profiles.into_iter().flatten() {
        let outputs = &mut one.outputs;
        one.log.step(stage.word(), || {
            stages::documents(&loaded, stage, &input, outputs)?;
            if args.boards && stage == Stage::Report {
                for (path, bytes) in stages::boards(&loaded, &input)? {
                    outputs.file(path, bytes);
                }
            }
            Ok(())
        })?;
        one.record(&Step::of(stage), None)?;
    }
    if args.boards {
        console.note(&format!("reports per board: {}", loaded.out.join("boards").display()));
    }
    one.end(Extent::Tables, &normalized.findings, None)
}

/// A stage on its own, from the tables that the stage before it wrote.
struct One<'a> {
    loaded: &'a Loaded,
    console: &'a Console,
    stage: Stage,
    work: Work<'a>,
    log: Log,
    outputs: Outputs,
    records: BTreeMap<String, Record>,
}

impl<'a> One<'a> {
    /// Takes the output folder; what later stages wrote down of themselves no longer holds.
    fn begin(loaded: &'a Loaded, stage: Stage, console: &'a Console) -> Result<Self, Failure> {
        let mut work = Work::begin(loaded)?;
        work.staging()?;
        let earlier: Vec<String> = step::steps(loaded)
            .into_iter()
            .filter(|step| step.stage < stage)
            .map(|step| step.name())
            .collect();
        let mut records = work.before.steps.clone();
        records.retain(|name, _| earlier.contains(name));
        Ok(Self {
            loaded,
            console,
            stage,
            work,
            log: Log::start(console),
            outputs: Outputs::default(),
            records,
        })
    }

    /// Writes down a step; without what the steps before it wrote down it stays unknown, and `run` makes it again.
    fn record(&mut self, step: &Step, gives: Option<String>) -> Result<(), Failure> {
        if let Some(key) = self.work.key(step, &self.records, &mut self.outputs) {
            let record = Record {
                key,
                gives,
                ..Record::default()
            };
            self.records.insert(step.name(), record);
        }
        Ok(())
    }

    /// Writes the outputs and says what comes next.
    fn end(mut self, extent: Extent, findings: &[Finding], next: Option<&str>) -> Result<Exit, Failure> {
        if next.is_some() {
            self.outputs.made_by([]);
            self.outputs.describe_all(&self.loaded.study.study.title)?;
        }
        let published = self.work.publish(self.outputs, self.records, extent)?;
        if let Err(failure) = self.log.write(self.loaded, self.work.staging()?) {
            self.console
                .note(&format!("the log was not written: {}", failure.message));
        }
        if published.removed.iter().any(|path| path.starts_with("public/")) {
            self.console
                .note("public/ was removed: it was made of other tables; `--public` makes it again");
        }
        self.console.note(&findings_line(findings));
        let out = &self.loaded.out;
        self.console.note(&match next {
            Some(next) => format!(
                "tables: {}; next: nulmeting {next} {}",
                out.join("tables").display(),
                self.loaded.files.path.display()
            ),
            None => format!("report: {}", self.loaded.report().display()),
        });
        if self.console.is_json() {
            self.console.json(&json!({
                "out": out.display().to_string(),
                "stage": self.stage.word(),
                "written": published.written,
            }))?;
        }
        Ok(Exit::Done)
    }
}
