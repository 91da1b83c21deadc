//! What was delivered in a wave: each export by the reader of its format, its structure and layout beside it.

use super::Stage;
use crate::files::{self, File, hash};
use crate::format::reader::{names, recognise, unreadable};
use crate::format::self_assessment::{Layout, laid_out};
use crate::format::structure::Structure;
use crate::frame::board_number::Numbers;
use crate::frame::history::History;
use crate::frame::register::Listed;
use crate::select::correction::Corrections;
use crate::select::{Against, Collected, Moment, collect, unmet};
use nulmeting_study::study_file::{SourceEntry, Wave};
use nulmeting_study::tables::Response;
use nulmeting_study::words::Severity;
use nulmeting_study::{Error, Finding, ItemMap, Place, Rule};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Exports that are read before their rows are handed on, and how large all but the last of them may be together.
const AT_A_TIME: usize = 64;
/// Unit: bytes.
const SIZE: u64 = 2 << 20;

impl Stage<'_> {
    /// Reads the layouts of workbooks that the study file names for the waves that are wanted.
    pub(super) fn layouts(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<(), Error> {
        let study = self.study;
        for path in study
            .waves
            .iter()
            .filter(|wave| wanted(&wave.id))
            .flat_map(|wave| &wave.sources)
            .filter_map(|entry| entry.layout.as_deref())
        {
            let bytes = files::read(self.folder.path, path, &study.limits)?;
            self.done.inputs.insert(path.to_owned(), hash(&bytes));
            let text = crate::container::text::decode(&bytes, None, path)?;
            self.layouts.insert(path, Layout::parse(&text.content, path)?);
        }
        Ok(())
    }

    /// Reads the exports of a wave and hands on the rows of each, its responses numbered from 1 on through the wave; the
    /// order of submission is known when all are read, and given then: the place in it of each number.
    pub(super) fn wave(
        &mut self,
        wave: &Wave,
        register: &BTreeMap<String, Listed>,
        numbers: &Numbers,
        history: &History,
        hand_on: &mut dyn FnMut(Vec<Response>),
    ) -> Result<Vec<i64>, Error> {
        let framework = self.instruments.frameworks.get(&wave.id).ok_or_else(|| {
            Error::new(
                format!("wave `{}`", wave.id),
                "no framework",
                "the codebook that the wave is held against",
                "name it as `framework` in the study file",
            )
        })?;
        let maps: Vec<_> = (0..wave.sources.len())
            .map(|index| self.instruments.map(&wave.id, index))
            .collect();
        let mut files = Vec::new();
        for (index, (entry, map)) in wave.sources.iter().zip(&maps).enumerate() {
            let against = Against {
                wave: &wave.id,
                entry,
                framework,
                map,
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
            // A file that an earlier entry fits too belongs to that one.
            let own = |path: &String| wave.entry_of(path).is_some_and(|(first, _)| first == index);
            files.extend(paths.into_iter().filter(own).map(|path| (path, against)));
        }
        let mut moments: Vec<Moment> = Vec::new();
        // Side by side, and put together in the order of the study file; so many at a time that rows are not held twice.
        let mut rest = &files[..];
        while !rest.is_empty() {
            let (some, others) = rest.split_at(self.at_a_time(rest));
            rest = others;
            let read: Vec<Export> = some
                .par_iter()
                .with_max_len(1)
                .map(|(path, against)| self.source(path, against))
                .collect();
            for export in read {
                self.take(export, &mut moments, hand_on);
            }
        }
        self.unmet_rows(wave, &maps);
        let mut order: Vec<usize> = (0..moments.len()).collect();
        order.sort_by(|a, b| moments[*a].cmp(&moments[*b]));
        let mut places = vec![0; moments.len()];
        for (place, own) in (1..).zip(order) {
            places[own] = place;
        }
        Ok(places)
    }

    /// Lists the rows of the wave's maps that met no question; sources can share a map.
    fn unmet_rows(&mut self, wave: &Wave, maps: &[Cow<'_, ItemMap>]) {
        let met = std::mem::take(&mut self.met);
        let mut paths = BTreeSet::new();
        for (entry, map) in wave.sources.iter().zip(maps) {
            let path = entry.items.as_deref().unwrap_or_default();
            // Of a source without any file that could be read, that is said already.
            if let Some(met) = met.get(path)
                && paths.insert(path)
            {
                let findings = unmet(map, met).into_iter().map(|finding| finding.wave(&wave.id));
                self.done.findings.extend(findings);
            }
        }
    }

    /// How many of the files to read before their rows are handed on.
    fn at_a_time(&self, files: &[(String, Against<'_>)]) -> usize {
        let mut size = 0;
        let fits = |(path, _): &&(String, Against<'_>)| {
            let fits = size < SIZE;
            size += files::size(self.folder.path, path);
            fits
        };
        files.iter().take(AT_A_TIME).take_while(fits).count().max(1)
    }

    /// Puts what was found in one export with the others, and hands on its rows.
    fn take(&mut self, export: Export, moments: &mut Vec<Moment>, hand_on: &mut dyn FnMut(Vec<Response>)) {
        self.done.inputs.extend(export.inputs);
        self.done.findings.extend(export.findings);
        let Some(mut collected) = export.collected else { return };
        self.met.entry(export.map).or_default().append(&mut collected.met);
        self.done.questions.extend(collected.asked);
        self.done.corrections.extend(collected.corrections.rows);
        self.corrections.meet(collected.corrections.met);
        self.done.sources.push(collected.source);
        self.done.findings.extend(collected.findings);
        // In the order of submission within the file, so that of a respondent who stands there twice the later is later.
        let mut order: Vec<usize> = (0..collected.submissions.len()).collect();
        order.sort_by(|a, b| collected.submissions[*a].0.cmp(&collected.submissions[*b].0));
        let mut numbers = vec![0; order.len()];
        for (number, own) in (moments.len() as i64 + 1..).zip(&order) {
            numbers[*own] = number;
        }
        let mut rows = collected.responses.iter_mut();
        for ((_, count), number) in collected.submissions.iter().zip(numbers) {
            rows.by_ref().take(*count).for_each(|row| row.sequence = number);
        }
        let mut submitted: Vec<Option<Moment>> = collected.submissions.into_iter().map(|own| Some(own.0)).collect();
        moments.extend(order.iter().filter_map(|own| submitted[*own].take()));
        hand_on(collected.responses);
    }

    /// Reads one export; what cannot be read is a finding.
    fn source(&self, path: &str, against: &Against<'_>) -> Export {
        let mut export = Export {
            map: against.entry.items.clone().unwrap_or_default(),
            ..Export::default()
        };
        let structure = self.structure(against, &mut export);
        let quote = structure.as_ref().and_then(Structure::quote);
        let opened = self
            .look_into(path, Some(against.entry), quote)
            .and_then(|(hash, opened)| {
                export.inputs.push((path.to_owned(), hash));
                opened
            })
            .map_err(unreadable);
        let layout = against.entry.layout.as_deref().and_then(|path| self.layouts.get(path));
        match opened.and_then(|file| deliver(file, structure.as_ref(), layout, &self.corrections, against)) {
            Ok(collected) => export.collected = Some(collected),
            Err(finding) => {
                let finding = finding.at(&Place::file(path)).wave(against.wave);
                export.findings.push(finding);
            }
        }
        export
    }

    /// Reads the structure that the study file names for a source; one that cannot be read is a finding.
    fn structure(&self, against: &Against<'_>, export: &mut Export) -> Option<Structure> {
        let path = against.entry.structure.as_deref()?;
        let read = files::read(self.folder.path, path, &self.study.limits).and_then(|bytes| {
            export.inputs.push((path.to_owned(), hash(&bytes)));
            Structure::parse(&bytes, &self.study.limits, path)
        });
        read.map_err(|cause| {
            let message = format!("{}; expected {}", cause.found, cause.expected);
            let finding = Finding::new(Severity::Error, Rule::Structure, message, cause.hint);
            let finding = finding.at(&Place::file(path)).wave(against.wave);
            export.findings.push(finding);
        })
        .ok()
    }
}

/// What reading one export gave.
#[derive(Default)]
struct Export {
    /// Path of the item map; empty when the source has none.
    map: String,
    /// SHA-256 of every file that was opened, with its path.
    inputs: Vec<(String, String)>,
    /// What was wrong with the export as a whole.
    findings: Vec<Finding>,
    /// Absent when it could not be read.
    collected: Option<Collected>,
}

/// The responses of a file by the reader of its format.
fn deliver(
    mut file: File,
    structure: Option<&Structure>,
    layout: Option<&Layout>,
    corrections: &Corrections,
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
        let mut delivery = laid_out(&file, layout, &against.request()).map_err(unreadable)?;
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
    let mut delivery = reader.read(&file, &against.request()).map_err(unreadable)?;
    delivery
        .findings
        .extend(file.zero_bytes.iter().map(|row| zero_byte(&facts.path, *row)));
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

/// The finding that a row held a zero byte.
fn zero_byte(path: &str, row: i64) -> Finding {
    let message = "the row holds a zero byte, which no text has; it was left out and the rest of the file was read";
    let hint = "look at the row in the tool that made the export, and export it again";
    let place = Place {
        row: Some(row),
        ..Place::file(path)
    };
    Finding::new(Severity::Warning, Rule::UnreadableFile, message, hint).at(&place)
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
