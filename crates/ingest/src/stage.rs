//! The stage as a whole: from the study file to its four tables.

use crate::correction::Corrections;
use crate::files::{self, File, Folder, Opening, hash};
use crate::instrument::AskedQuestion;
use crate::number::Numbers;
use crate::reader::{names, recognise, stated_reader, unreadable};
use crate::register::{History, Listed, RegisterRows, asked};
use crate::responses::{Against, Collected, Moment, collect};
use crate::structure::Structure;
use crate::workbook::{Layout, laid_out};
use nulmeting_study::study_file::{SourceEntry, Wave};
use nulmeting_study::tables::{Correction, RegisterEntry, Response, Source, Succession};
use nulmeting_study::words::Severity;
use nulmeting_study::{Error, Finding, Instruments, Place, Rule, Study};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was delivered, in tables sorted by their key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ingested {
    /// The files that were read.
    pub sources: Vec<Source>,
    /// The register of every wave.
    pub register: Vec<RegisterEntry>,
    /// The register's history.
    pub history: Vec<Succession>,
    /// The cells that were delivered for known questions.
    pub responses: Vec<Response>,
    /// What was found wrong or doubtful.
    pub findings: Vec<Finding>,
    /// The corrections that were applied.
    pub corrections: Vec<Correction>,
    /// The questions of every source, in file order.
    pub questions: Vec<AskedQuestion>,
    /// SHA-256 of every file that was opened, by its path relative to the study file.
    pub inputs: BTreeMap<String, String>,
}

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
    name: &dyn Fn(&str) -> String,
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
    name: &dyn Fn(&str) -> String,
) -> Result<Vec<AskedQuestion>, Error> {
    let done = ingest_waves(study, instruments, folder, name, &|_| true)?;
    if done.questions.is_empty() {
        return Err(nothing(study, &done));
    }
    Ok(done.questions)
}

/// The files that a wave's part of the stage opens, relative to the study file: the registers of all waves, since
/// numbers of organisations are learnt from all of them, their history, the list of who was asked, corrections,
/// structures of questionnaires, and the exports that are there.
pub fn files_of(study: &Study, wave: &Wave, root: &Path) -> BTreeSet<String> {
    let registers = study.waves.iter().map(|own| study.register_of(own).to_owned());
    let exports = wave.sources.iter().flat_map(|entry| files::list(root, entry));
    let structures = wave.sources.iter().filter_map(|entry| entry.structure.clone());
    let lists = [&wave.asked, &study.study.corrections, &study.population.history];
    registers
        .chain(lists.into_iter().flatten().cloned())
        .chain(structures)
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
    name: &dyn Fn(&str) -> String,
    wanted: &dyn Fn(&str) -> bool,
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
        done: Ingested::default(),
    };
    stage.layouts()?;
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
        stage.wave(wave, register, &numbers, &history)?;
    }
    let unmet = stage.corrections.unmet(study, wanted);
    let mut done = stage.done;
    done.findings.extend(unmet);
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
    done.responses.sort_by(|a, b| {
        (&a.wave, &a.source, &a.sheet, a.row, &a.column).cmp(&(&b.wave, &b.source, &b.sheet, b.row, &b.column))
    });
    Finding::sort(&mut done.findings);
    done.findings.dedup();
    Ok(done)
}

struct Stage<'a> {
    study: &'a Study,
    instruments: &'a Instruments,
    folder: Folder<'a>,
    name: &'a dyn Fn(&str) -> String,
    /// Layouts of workbooks, by path.
    layouts: BTreeMap<&'a str, Layout>,
    corrections: Corrections,
    done: Ingested,
}

impl<'a> Stage<'a> {
    /// Reads the layouts of workbooks that the study file names.
    fn layouts(&mut self) -> Result<(), Error> {
        let study = self.study;
        for path in study
            .waves
            .iter()
            .flat_map(|wave| &wave.sources)
            .filter_map(|entry| entry.layout.as_deref())
        {
            let bytes = files::read(self.folder.path, path, &study.limits)?;
            self.done.inputs.insert(path.to_owned(), hash(&bytes));
            let text = crate::text::decode(&bytes, None, path)?;
            self.layouts.insert(path, Layout::parse(&text.content, path)?);
        }
        Ok(())
    }

    /// Opens a file and keeps its hash.
    fn open(&mut self, path: &str, entry: Option<&SourceEntry>) -> Result<File, Error> {
        self.open_quoted(path, entry, None)
    }

    /// Opens a file whose fields may be quoted by another mark.
    fn open_quoted(&mut self, path: &str, entry: Option<&SourceEntry>, quote: Option<char>) -> Result<File, Error> {
        let limits = &self.study.limits;
        let bytes = files::read(self.folder.path, path, limits)?;
        self.done.inputs.insert(path.to_owned(), hash(&bytes));
        let opening = Opening {
            encoding: entry.and_then(|entry| entry.encoding.as_deref()),
            delimiter: entry.and_then(|entry| entry.delimiter),
            columnar: self.folder.columnar,
            quote,
            limits,
        };
        File::open_within(path, &bytes, &opening)
    }

    /// The rows of every register that a wave uses, by path.
    fn registers(&mut self) -> Result<BTreeMap<&'a str, RegisterRows>, Error> {
        let study = self.study;
        let mut rows = BTreeMap::new();
        for wave in &study.waves {
            let path = study.register_of(wave);
            if !rows.contains_key(path) {
                let file = self.open(path, None)?;
                rows.insert(path, RegisterRows::read(&file, &study.population.columns)?);
            }
        }
        Ok(rows)
    }

    /// The organisations of every register; a finding bears the wave when only one uses the register.
    fn organisations(
        &mut self,
        rows: &BTreeMap<&'a str, RegisterRows>,
        numbers: &Numbers,
    ) -> BTreeMap<&'a str, BTreeMap<String, Listed>> {
        let mut registers = BTreeMap::new();
        for (path, rows) in rows {
            let (organisations, mut findings) = rows.organisations(numbers, self.name);
            let users: Vec<&Wave> = self
                .study
                .waves
                .iter()
                .filter(|wave| self.study.register_of(wave) == *path)
                .collect();
            if let [only] = users.as_slice() {
                findings = findings.into_iter().map(|finding| finding.wave(&only.id)).collect();
            }
            self.done.findings.append(&mut findings);
            registers.insert(*path, organisations);
        }
        registers
    }

    /// The register's history, where the study has one, with each step as a finding.
    fn history(
        &mut self,
        registers: &BTreeMap<&'a str, BTreeMap<String, Listed>>,
        numbers: &Numbers,
    ) -> Result<History, Error> {
        let study = self.study;
        let Some(path) = &study.population.history else {
            return Ok(History::default());
        };
        let file = self.open(path, None)?;
        let (history, findings) = History::read(&file, numbers)?;
        let in_time: Vec<(&str, &BTreeMap<String, Listed>)> = study
            .series()
            .map(|wave| (wave.id.as_str(), &registers[study.register_of(wave)]))
            .collect();
        self.done.findings.extend(findings);
        self.done.findings.extend(history.findings(&in_time, self.name));
        self.done.history = history.rows(self.name);
        Ok(history)
    }

    /// Adds the register of a wave, with who was asked.
    fn list(
        &mut self,
        wave: &Wave,
        register: &BTreeMap<String, Listed>,
        numbers: &Numbers,
        history: &History,
    ) -> Result<(), Error> {
        let mut list = None;
        if let Some(path) = &wave.asked {
            let file = self.open(path, None)?;
            let mut asked_numbers = BTreeSet::new();
            for (row, typed) in asked(&file, &self.study.population.columns.id)? {
                let mut number = numbers.canonical(&typed).number;
                if !register.contains_key(&number)
                    && let Some(successor) = history.successor(&number, register)
                {
                    number = successor;
                }
                if !register.contains_key(&number) {
                    self.done.findings.push(
                        Finding::new(
                            Severity::Warning,
                            Rule::UnknownOrganisation,
                            "an organisation that was asked is not in the register of the wave",
                            "correct the number in the list, or use the register of the day on which the sample was drawn",
                        )
                        .at(&Place::cell(path, "", row, ""))
                        .wave(&wave.id)
                        .organisation(&(self.name)(&number)),
                    );
                }
                asked_numbers.insert(number);
            }
            list = Some(asked_numbers);
        }
        let identified = self.study.study.identified;
        self.done
            .register
            .extend(register.iter().map(|(number, listed)| RegisterEntry {
                wave: wave.id.clone(),
                organisation: (self.name)(number),
                name: listed.name.clone().filter(|_| identified),
                sector: listed.sector.clone(),
                pupils: listed.pupils,
                asked: list.as_ref().map(|list| list.contains(number)),
            }));
        Ok(())
    }

    /// Reads the exports of a wave and numbers their responses in order of submission.
    fn wave(
        &mut self,
        wave: &Wave,
        register: &BTreeMap<String, Listed>,
        numbers: &Numbers,
        history: &History,
    ) -> Result<(), Error> {
        let framework = self.instruments.frameworks.get(&wave.id).ok_or_else(|| {
            Error::new(
                format!("wave `{}`", wave.id),
                "no framework",
                "the codebook that the wave is held against",
                "name it as `framework` in the study file",
            )
        })?;
        let mut submissions: Vec<(Moment, Vec<Response>)> = Vec::new();
        for (index, entry) in wave.sources.iter().enumerate() {
            let map = self.instruments.map(&wave.id, index);
            let against = Against {
                wave: &wave.id,
                entry,
                framework,
                map: &map,
                numbers,
                register,
                history,
                name: self.name,
                policies: &self.study.responses,
                index,
            };
            let paths = files::list(self.folder.path, entry);
            if paths.is_empty() {
                self.done.findings.push(missing(entry).wave(&wave.id));
            }
            for path in paths {
                // A file that an earlier entry fits too belongs to that one.
                if wave.entry_of(&path).is_some_and(|(first, _)| first == index)
                    && let Some(collected) = self.source(&path, &against)
                {
                    self.done.questions.extend(collected.asked);
                    self.done.corrections.extend(collected.corrections);
                    self.done.sources.push(collected.source);
                    self.done.findings.extend(collected.findings);
                    submissions.extend(collected.submissions);
                }
            }
        }
        submissions.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (sequence, (_, responses)) in (1..).zip(&mut submissions) {
            for own in responses {
                own.sequence = sequence;
            }
        }
        // In the order of the table already, or nearly: sorting all rows is then a glance.
        submissions.sort_by(|(a, _), (b, _)| a.place().cmp(b.place()));
        let count = submissions.iter().map(|(_, own)| own.len()).sum();
        self.done.responses.reserve(count);
        for (_, responses) in submissions {
            self.done.responses.extend(responses);
        }
        Ok(())
    }

    /// Reads the structure that the study file names for a source; one that cannot be read is a finding.
    fn structure(&mut self, against: &Against<'_>) -> Option<Structure> {
        let path = against.entry.structure.as_deref()?;
        let read = files::read(self.folder.path, path, &self.study.limits).and_then(|bytes| {
            self.done.inputs.insert(path.to_owned(), hash(&bytes));
            Structure::parse(&bytes, &self.study.limits, path)
        });
        read.map_err(|cause| {
            let message = format!("{}; expected {}", cause.found, cause.expected);
            let finding = Finding::new(Severity::Error, Rule::Structure, message, cause.hint);
            let finding = finding.at(&Place::file(path)).wave(against.wave);
            self.done.findings.push(finding);
        })
        .ok()
    }

    /// Reads one export; absent, with a finding, when it cannot be read.
    fn source(&mut self, path: &str, against: &Against<'_>) -> Option<Collected> {
        let structure = self.structure(against);
        let opened = self
            .open_quoted(path, Some(against.entry), structure.as_ref().and_then(Structure::quote))
            .map_err(unreadable);
        let layout = against
            .entry
            .layout
            .as_deref()
            .and_then(|path| self.layouts.get(path))
            .cloned();
        let layout = layout.as_ref();
        match opened.and_then(|file| deliver(file, structure.as_ref(), layout, &mut self.corrections, against)) {
            Ok(collected) => Some(collected),
            Err(finding) => {
                let finding = finding.at(&Place::file(path)).wave(against.wave);
                self.done.findings.push(finding);
                None
            }
        }
    }
}

/// The responses of a file by the reader of its format.
fn deliver(
    mut file: File,
    structure: Option<&Structure>,
    layout: Option<&Layout>,
    corrections: &mut Corrections,
    against: &Against<'_>,
) -> Result<Collected, Box<Finding>> {
    if file.is_blank() {
        return Err(Box::new(Finding::new(
            Severity::Error,
            Rule::EmptyExport,
            "the file is empty",
            "export again, or take the file out of the study file",
        )));
    }
    if let Some(structure) = structure {
        structure.name(&mut file);
    }
    let facts = file.facts();
    let own = file.structure.take();
    let structure = structure.or(own.as_ref());
    if let Some(layout) = layout {
        let mut delivery = laid_out(&file, layout, against.entry).map_err(unreadable)?;
        let corrected = corrections.apply(&facts.path, against.wave, &mut delivery);
        return Ok(Collected {
            corrections: corrected,
            ..collect(&facts, "workbook", "stated", delivery, against)
        });
    }
    let (reader, recognised) = recognise(&file, against.entry).ok_or_else(|| {
        let known = names().join(", ");
        Box::new(Finding::new(
            Severity::Error,
            Rule::UnknownFormat,
            "the content is that of no known format",
            format!("state `format` in the study file: {known}"),
        ))
    })?;
    let mut delivery = reader.read(&file, against.entry).map_err(unreadable)?;
    // What was delivered stands in the delivery now: a large file is not held twice.
    drop(file);
    // Before codes become labels: a correction says what the file holds.
    let corrected = corrections.apply(&facts.path, against.wave, &mut delivery);
    if let Some(structure) = structure
        && structure.explain(&mut delivery) == 0
    {
        let message = "the structure knows none of the questions of the export";
        let hint = "name the structure that belongs to this export, or leave `structure` out";
        let finding = Finding::new(Severity::Warning, Rule::Structure, message, hint);
        delivery.findings.push(finding.at(&Place::file(&facts.path)));
    }
    Ok(Collected {
        corrections: corrected,
        ..collect(&facts, reader.name(), recognised, delivery, against)
    })
}

fn missing(entry: &SourceEntry) -> Finding {
    let message = if entry.is_pattern() {
        "no file fits the pattern"
    } else {
        "no such file"
    };
    Finding::new(
        Severity::Error,
        Rule::MissingFile,
        message,
        "correct the path in the study file, or put the file there",
    )
    .at(&Place::file(&entry.path))
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
