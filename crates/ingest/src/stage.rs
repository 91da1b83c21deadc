//! The stage as a whole: from the study file to its four tables.

mod exports;
mod registers;

use crate::files::{self, File, Folder, Opening, hash};
use crate::format::reader::stated_reader;
use crate::format::self_assessment::Layout;
use crate::frame::board_number::Numbers;
use crate::frame::register::RegisterRows;
use crate::select::correction::Corrections;
use nulmeting_study::printable::REPLACEMENT;
use nulmeting_study::study_file::{SourceEntry, Wave};
use nulmeting_study::tables::Response;
use nulmeting_study::words::Severity;
use nulmeting_study::{AskedQuestion, Error, Finding, Ingested, Instruments, Rule, Study};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Reads everything that a study names.
///
/// `folder` is that of the study file. `name` gives the name under which a number of the register stands in
/// tables: a pseudonym, or the number itself in an identified study.
/// Errors: a register or list of who was asked that cannot be read, a format that no reader has, a study in
/// which no response could be read. Whatever is wrong with one export is a finding.
pub fn ingest<'a>(
    study: &Study,
    instruments: &Instruments,
    folder: impl Into<Folder<'a>>,
    name: &(dyn Fn(&str) -> String + Sync),
) -> Result<Ingested, Error> {
    let done = ingest_waves(study, instruments, folder, name, &|_| true)?;
    if done.responses.is_empty() {
        return Err(nothing(study, &done));
    }
    Ok(done)
}

/// The questions of every source, whether or not a map or codebook knows any of them.
///
/// Errors: as [`ingest`], but for a study in which no response could be read: that is where a map is drafted.
pub fn questions<'a>(
    study: &Study,
    instruments: &Instruments,
    folder: impl Into<Folder<'a>>,
    name: &(dyn Fn(&str) -> String + Sync),
) -> Result<Vec<AskedQuestion>, Error> {
    let done = ingest_waves(study, instruments, folder, name, &|_| true)?;
    if done.questions.is_empty() {
        return Err(nothing(study, &done));
    }
    Ok(done.questions)
}

/// The files that a wave's part of the stage opens, relative to the study file: the registers of all waves, since
/// numbers of organisations are learnt from all of them, their history, the list of who was asked, corrections,
/// structures of questionnaires, layouts of workbooks, and the exports that are there.
pub fn files_of(study: &Study, wave: &Wave, root: &Path) -> BTreeSet<String> {
    let registers = study.waves.iter().map(|own| study.register_of(own).to_owned());
    let exports = wave.sources.iter().flat_map(|entry| files::list(root, entry));
    let beside = wave.sources.iter().flat_map(|entry| [&entry.structure, &entry.layout]);
    let lists = [&wave.asked, &study.study.corrections, &study.population.history];
    registers
        .chain(lists.into_iter().flatten().cloned())
        .chain(beside.flatten().cloned())
        .chain(exports)
        .collect()
}

/// Reads the waves that are wanted, as [`ingest`] reads all of them: a wave's rows do not depend on which others
/// are read with it. Findings on a register that several waves use bear no wave and come every time.
///
/// Errors: as [`ingest`], but waves in which no response could be read are no error.
pub fn ingest_waves<'a>(
    study: &Study,
    instruments: &Instruments,
    folder: impl Into<Folder<'a>>,
    name: &(dyn Fn(&str) -> String + Sync),
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Ingested, Error> {
    let mut responses: Vec<Response> = Vec::new();
    let mut start = 0;
    let mut done = ingest_into(
        study,
        instruments,
        folder,
        name,
        wanted,
        &mut |delivered| match delivered {
            Handed::File(rows) if responses.is_empty() => responses = rows,
            Handed::File(rows) => responses.extend(rows),
            Handed::Order(_, order) => {
                for own in &mut responses[start..] {
                    own.sequence = order[own.sequence as usize - 1];
                }
                start = responses.len();
            }
        },
    )?;
    responses.sort_by(|a, b| {
        by_text(&a.wave, &b.wave)
            .then_with(|| by_text(&a.source, &b.source))
            .then_with(|| by_text(&a.sheet, &b.sheet))
            .then_with(|| a.row.cmp(&b.row))
            .then_with(|| by_text(&a.column, &b.column))
    });
    done.responses = responses;
    Ok(done)
}

/// What is handed on while a study is read.
#[derive(Debug)]
pub enum Handed<'a> {
    /// The rows of one file of a wave. Their `sequence` numbers the responses of the wave from 1 in the order in which
    /// they are read, those of one file in order of submission.
    File(Vec<Response>),
    /// A wave is read: its name, and per number of a response its place in the order of submission of the wave.
    Order(&'a str, Vec<i64>),
}

/// Reads the waves that are wanted as [`ingest_waves`] does, and hands on the rows of each file instead of keeping them.
///
/// Errors: as [`ingest`], but for a study in which no response could be read.
pub fn ingest_into<'a>(
    study: &Study,
    instruments: &Instruments,
    folder: impl Into<Folder<'a>>,
    name: &(dyn Fn(&str) -> String + Sync),
    wanted: &dyn Fn(&str) -> bool,
    hand_on: &mut dyn FnMut(Handed<'_>),
) -> Result<Ingested, Error> {
    for wave in &study.waves {
        for entry in &wave.sources {
            stated_reader(entry)?;
        }
    }
    let mut stage = Stage {
        study,
        instruments,
        folder: folder.into(),
        name,
        layouts: BTreeMap::new(),
        corrections: Corrections::default(),
        met: BTreeMap::new(),
        done: Ingested::default(),
    };
    stage.layouts(wanted)?;
    if let Some(path) = &study.study.corrections {
        let file = stage.open(path, None)?;
        stage.corrections = Corrections::read(&file)?;
    }
    let rows = stage.registers()?;
    let numbers = Numbers::learn(rows.values().flat_map(RegisterRows::numbers));
    let registers = stage.organisations(&rows, &numbers);
    let history = stage.history(&registers, &numbers)?;
    for wave in study.waves.iter().filter(|wave| wanted(&wave.id)) {
        let register = &registers[study.register_of(wave)];
        stage.list(wave, register, &numbers, &history)?;
        let order = stage.wave(wave, register, &numbers, &history, &mut |rows| {
            hand_on(Handed::File(rows))
        })?;
        hand_on(Handed::Order(&wave.id, order));
    }
    let unmet = stage.corrections.unmet(study, wanted);
    let mut done = stage.done;
    done.findings.extend(unmet);
    done.findings.extend(unprintable(study, instruments));
    let unread = |finding: &&Finding| {
        finding.rule == Rule::UnreadableFile && finding.severity == Severity::Error && finding.row.is_none()
    };
    if let Some(finding) = done.findings.iter().find(unread).filter(|_| !study.limits.skip) {
        return Err(Error::new(
            finding.place().to_string(),
            finding.message.clone(),
            "sources that can be read, because the study says `limits.skip = false`",
            finding.hint.clone(),
        ));
    }
    done.corrections
        .sort_by(|a, b| (&a.source, &a.sheet, a.row, &a.column).cmp(&(&b.source, &b.sheet, b.row, &b.column)));
    done.sources
        .sort_by(|a, b| (&a.wave, &a.source).cmp(&(&b.wave, &b.source)));
    done.register
        .sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    Finding::sort(&mut done.findings);
    done.findings.dedup();
    Ok(done)
}

/// A finding per file of the study whose texts held a character that no document can print.
fn unprintable(study: &Study, instruments: &Instruments) -> Vec<Finding> {
    let mut files = Vec::new();
    if study.study.title.contains(REPLACEMENT) {
        files.push("study.title of the study file".to_owned());
    }
    let mut frameworks: Vec<_> = instruments.frameworks.values().collect();
    frameworks.sort_by(|a, b| a.id.cmp(&b.id));
    frameworks.dedup_by(|a, b| a.id == b.id);
    for framework in frameworks {
        if framework
            .texts()
            .any(|text| [&text.nl, &text.en].iter().any(|text| text.contains(REPLACEMENT)))
        {
            files.push(format!("the codebook `{}`", framework.id));
        }
    }
    let finding = |file: &String| {
        Finding::new(
            Severity::Warning,
            Rule::UnprintableText,
            format!("a text in {file} holds a character that no document can print; it was replaced"),
            "type the text again, or save the file in UTF-8",
        )
    };
    files.iter().map(finding).collect()
}

/// The order of two texts; most rows that are compared share theirs.
fn by_text(a: &Arc<str>, b: &Arc<str>) -> Ordering {
    match Arc::ptr_eq(a, b) {
        true => Ordering::Equal,
        false => a.cmp(b),
    }
}

struct Stage<'a> {
    study: &'a Study,
    instruments: &'a Instruments,
    folder: Folder<'a>,
    name: &'a (dyn Fn(&str) -> String + Sync),
    /// Layouts of workbooks, by path.
    layouts: BTreeMap<&'a str, Layout>,
    corrections: Corrections,
    /// Questions and options that the files of the wave have, by the path of their item map.
    met: BTreeMap<String, BTreeSet<(String, String)>>,
    done: Ingested,
}

impl<'a> Stage<'a> {
    /// Opens a file and keeps its hash.
    fn open(&mut self, path: &str, entry: Option<&SourceEntry>) -> Result<File, Error> {
        let (hash, opened) = self.look_into(path, entry, None)?;
        self.done.inputs.insert(path.to_owned(), hash);
        opened
    }

    /// The hash of a file, and the file opened; its fields may be quoted by another mark.
    ///
    /// Errors: a file that cannot be read at all.
    fn look_into(
        &self,
        path: &str,
        entry: Option<&SourceEntry>,
        quote: Option<char>,
    ) -> Result<(String, Result<File, Error>), Error> {
        let limits = &self.study.limits;
        let bytes = files::read(self.folder.path, path, limits)?;
        let opening = Opening {
            encoding: entry.and_then(|entry| entry.encoding.as_deref()),
            delimiter: entry.and_then(|entry| entry.delimiter),
            columnar: self.folder.columnar,
            quote,
            limits,
        };
        let opened = File::open_within(path, &bytes, &opening);
        let hash = opened
            .as_ref()
            .map_or_else(|_| hash(&bytes), |file| file.sha256.clone());
        Ok((hash, opened))
    }
}

/// The error of a study in which no response could be read, with the first cause.
fn nothing(study: &Study, done: &Ingested) -> Error {
    let worst = done.findings.iter().find(|finding| finding.severity == Severity::Error);
    let place = worst.map_or_else(
        || {
            study
                .waves
                .iter()
                .flat_map(|wave| &wave.sources)
                .map(|entry| entry.path.clone())
                .collect::<Vec<_>>()
                .join(", ")
        },
        |finding| finding.place().to_string(),
    );
    let found = match worst {
        Some(finding) => format!(
            "no answer could be read from any source; the first cause: {}",
            finding.message
        ),
        None => "no answer could be read from any source".to_owned(),
    };
    let hint = worst.map_or_else(
        || "check the item maps: no question of the exports is in them or in the codebook".to_owned(),
        |finding| finding.hint.clone(),
    );
    Error::new(
        place,
        found,
        "at least one export with a response to a known question",
        hint,
    )
}
