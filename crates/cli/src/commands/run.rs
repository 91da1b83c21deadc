//! `nulmeting run` and the four stages.

use crate::args::{Global, RunArgs, StudyArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::outputs::{self, Outputs};
use crate::stages::{self, Delivered, Normal};
use indicatif::{ProgressBar, ProgressStyle};
use nulmeting_analyze::Analysed;
use nulmeting_study::tables::{Attention, Choice, Correction, Estimate, Source};
use nulmeting_study::words::Severity;
use nulmeting_study::{Finding, Record};
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

/// Does everything.
pub(crate) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let mut log = Log::start(console);
    let delivered = log.step("ingest", || stages::ingest(&loaded))?;
    let inputs = outputs::inputs(&loaded, &delivered.inputs)?;
    if !args.force && is_current(&loaded, &inputs) {
        console.note(&format!(
            "nothing changed: {} is up to date (`--force` makes it again)",
            loaded.out.display()
        ));
        return Ok(Exit::Done);
    }
    let normal = log.step("normalize", || stages::normalize(&loaded, &delivered))?;
    let analysed = log.step("analyze", || stages::analyze(&loaded, &normal))?;
    let mut outputs = Outputs::default();
    log.step("report", || {
        let read = (delivered.sources.as_slice(), delivered.corrections.as_slice());
        documents(&loaded, read, &normal, &analysed, &mut outputs)
    })?;
    log.step("write", || {
        delivered.save(&mut outputs)?;
        normal.save(&mut outputs)?;
        stages::save_analysed(&analysed, &mut outputs)?;
        outputs.describe_all(&loaded.study.study.title)?;
        console.detail(&format!("{} files", outputs.len()));
        outputs.write(&loaded, &inputs, true)
    })?;
    log.write(&loaded)?;
    console.note(&findings_line(&normal.findings));
    console.note(&format!("report: {}", loaded.out.join("report/report.html").display()));
    if normal
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        console.note(&format!("next: nulmeting check {}", loaded.path.display()));
    }
    Ok(Exit::Done)
}

/// Reads the register and the exports.
pub(crate) fn ingest(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let delivered = stages::ingest(&loaded)?;
    let inputs = outputs::inputs(&loaded, &delivered.inputs)?;
    let mut outputs = Outputs::default();
    delivered.save(&mut outputs)?;
    finish(outputs, &loaded, &inputs, console, &delivered.findings, "normalize")
}

/// Turns what was read into answers, levels and weights.
pub(crate) fn normalize(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let normal = stages::normalize(&loaded, &Delivered::load(&loaded)?)?;
    let mut outputs = Outputs::default();
    normal.save(&mut outputs)?;
    finish(outputs, &loaded, &BTreeMap::new(), console, &normal.findings, "analyze")
}

/// Turns levels into estimates.
pub(crate) fn analyze(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let normal = Normal::load(&loaded)?;
    let analysed = stages::analyze(&loaded, &normal)?;
    let mut outputs = Outputs::default();
    stages::save_analysed(&analysed, &mut outputs)?;
    finish(outputs, &loaded, &BTreeMap::new(), console, &normal.findings, "report")
}

/// Turns estimates into figures, a report and a workbook.
pub(crate) fn report(args: &StudyArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let normal = Normal::load(&loaded)?;
    let analysed = stages::load_analysed(&loaded)?;
    let sources: Vec<Source> = stages::table(&loaded)?;
    let corrections: Vec<Correction> = stages::table(&loaded)?;
    let mut outputs = Outputs::default();
    documents(&loaded, (&sources, &corrections), &normal, &analysed, &mut outputs)?;
    outputs.write(&loaded, &BTreeMap::new(), false)?;
    console.note(&format!("report: {}", loaded.out.join("report/report.html").display()));
    Ok(Exit::Done)
}

/// Puts the documents among the outputs, and those for outside when asked for.
fn documents(
    loaded: &Loaded,
    read: (&[Source], &[Correction]),
    normal: &Normal,
    analysed: &Analysed,
    outputs: &mut Outputs,
) -> Result<(), Failure> {
    for (path, bytes) in stages::report(loaded, read, normal, analysed, false)? {
        outputs.file(path, bytes);
    }
    if loaded.public {
        for (path, bytes) in stages::report(loaded, read, normal, analysed, true)? {
            outputs.file(format!("public/{path}"), bytes);
        }
        outputs.table_in("public/tables", &analysed.estimates)?;
        outputs.table_in("public/tables", &analysed.choices)?;
        outputs.table_in("public/tables", &analysed.attention)?;
        let schemas = [Estimate::schema(), Choice::schema(), Attention::schema()];
        outputs.describe("public/tables", &loaded.study.study.title, &schemas)?;
    }
    Ok(())
}

/// Writes the outputs of one stage and says what comes next.
fn finish(
    mut outputs: Outputs,
    loaded: &Loaded,
    inputs: &BTreeMap<String, String>,
    console: &Console,
    findings: &[Finding],
    next: &str,
) -> Result<Exit, Failure> {
    outputs.describe_all(&loaded.study.study.title)?;
    outputs.write(loaded, inputs, false)?;
    console.note(&findings_line(findings));
    console.note(&format!(
        "tables: {}; next: nulmeting {next} {}",
        loaded.out.join("tables").display(),
        loaded.path.display()
    ));
    Ok(Exit::Done)
}

fn findings_line(findings: &[Finding]) -> String {
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    format!(
        "findings: {} errors, {} warnings, {} notes",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note)
    )
}

/// Whether the outputs are those of these inputs, settings and version, and whole.
fn is_current(loaded: &Loaded, inputs: &BTreeMap<String, String>) -> bool {
    let before = outputs::read_manifest(&loaded.out);
    before.version == env!("CARGO_PKG_VERSION")
        && before.settings == outputs::settings(loaded)
        && before.inputs == *inputs
        && before.outputs.contains_key("report/report.html")
        && before
            .outputs
            .iter()
            .all(|(path, hash)| outputs::is_whole(&loaded.out, path, hash))
}

/// What took how long: for the eye while it runs, and for `run.log` after.
struct Log {
    bar: Option<ProgressBar>,
    console: Console,
    started: SystemTime,
    lines: Vec<String>,
}

impl Log {
    #[expect(clippy::disallowed_methods, reason = "the log is the one output that says when")]
    fn start(console: &Console) -> Self {
        let bar = console.may_draw().then(|| {
            let bar = ProgressBar::new(5);
            if let Ok(style) = ProgressStyle::with_template("{bar:20} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            console: *console,
            started: SystemTime::now(),
            lines: Vec::new(),
        }
    }

    fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        let began = Instant::now();
        if let Some(bar) = &self.bar {
            bar.set_message(name.to_owned());
            // Short steps draw nothing: a bar that flashes tells nobody anything.
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        let result = work();
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
        let line = format!(
            "{name} {:.3} s{}",
            began.elapsed().as_secs_f64(),
            if result.is_ok() { "" } else { " failed" }
        );
        self.console.detail(&line);
        self.lines.push(line);
        result
    }

    fn write(&self, loaded: &Loaded) -> Result<(), Failure> {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let since = self
            .started
            .duration_since(SystemTime::UNIX_EPOCH)
            .map(|since| since.as_secs())
            .unwrap_or_default();
        let text = format!(
            "nulmeting {}\nstudy {}\nout {}\nstarted {since} seconds after 1970-01-01 UTC\n{}\n",
            env!("CARGO_PKG_VERSION"),
            loaded.path.display(),
            loaded.out.display(),
            self.lines.join("\n")
        );
        let path = loaded.out.join("run.log");
        std::fs::write(&path, text).map_err(|cause| Failure::writing(&path, &cause))
    }
}
