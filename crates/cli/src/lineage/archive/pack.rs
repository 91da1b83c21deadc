//! Packing: which files of a study may go into its archive, and the archive's bytes.

use super::{CONTENTS, Contents, FORMAT, INPUTS, Packed};
use crate::exit::Failure;
use crate::lineage::manifest::{FILE, Manifest, sha256};
use crate::lineage::step::{Stage, State, survey};
use crate::lineage::work::Work;
use crate::stages;
use nulmeting_study::tables::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs the outputs of a study and what they were made from; the same outputs give the same bytes.
///
/// Errors: outputs that are not those of the study as it is now.
pub(crate) fn pack(work: &Work<'_>, with_responses: bool) -> Result<Vec<u8>, Failure> {
    check_current(work)?;
    let packed: BTreeSet<&String> = match with_responses {
        true => work.before.inputs.keys().collect(),
        false => impersonal_inputs(work)?,
    };
    let paths = work.present.places();
    let (mut inputs, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (name, hash) in &work.before.inputs {
        match paths.get(name).filter(|_| packed.contains(name)) {
            Some(path) => {
                files.insert(format!("{INPUTS}/{name}"), read(path)?);
                inputs.insert(name.clone(), hash.clone());
            }
            None => {
                elsewhere.insert(hash.clone(), kind(work, name));
            }
        }
    }
    let may_go = |path: &str| match with_responses {
        true => path.starts_with("tables/") || path.starts_with("public/"),
        false => path.starts_with("public/"),
    };
    for path in work.before.outputs.keys().filter(|path| may_go(path)) {
        files.insert(path.clone(), read(&work.loaded.out.join(path))?);
    }
    let manifest = match with_responses {
        true => work.before.clone(),
        false => without_names(&work.before, &packed),
    };
    files.insert(FILE.to_owned(), manifest.bytes()?);
    let contents = Contents {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        study_file: work.present.own.clone(),
        inputs,
        elsewhere,
        files: files
            .iter()
            .map(|(path, bytes)| (path.clone(), described(bytes)))
            .collect(),
    };
    let text = serde_json::to_string_pretty(&contents).map_err(Failure::unexpected)? + "\n";
    zip(&text, &files).map_err(Failure::unexpected)
}

fn described(bytes: &[u8]) -> Packed {
    Packed {
        sha256: sha256(bytes),
        bytes: bytes.len() as u64,
    }
}

/// Refuses outputs that another study file, key, program or data would make otherwise.
fn check_current(work: &Work<'_>) -> Result<(), Failure> {
    let (before, present) = (&work.before, &work.present);
    let is_stale = |(step, state): &(_, State)| -> bool {
        let step: &crate::lineage::step::Step = step;
        step.stage < Stage::Report && *state != State::Current
    };
    let stale = before.program.is_empty()
        || before.inputs != present.inputs
        || before.study_file != present.study_file
        || !work.damage.is_empty()
        || survey(work.loaded, present, before, &work.damage).iter().any(is_stale);
    match stale {
        false => Ok(()),
        true => Err(Failure::data(format!(
            "the outputs are not those of the study as it is now; expected a run that is up to date\n  at   {}\n  hint see `nulmeting status`, then `nulmeting run {}`",
            work.loaded.out.display(),
            work.loaded.files.path.display()
        ))),
    }
}

/// The inputs that say nothing about a respondent or an organisation.
///
/// Method: exports, registers, corrections, and structures of questionnaires (a LimeSurvey archive holds responses, and
/// any structure its owner's address) stay out. So does whatever belongs to an export of a single organisation, and the
/// study file too when it names such an export: that name is likely to be the board's.
fn impersonal_inputs<'a>(work: &'a Work<'_>) -> Result<BTreeSet<&'a String>, Failure> {
    let sources: Vec<Source> = stages::table(work.loaded)?;
    let single: BTreeSet<&str> = sources
        .iter()
        .filter(|source| source.organisations <= 1)
        .map(|source| source.source.as_str())
        .collect();
    let waves = &work.loaded.study.waves;
    let entries = || waves.iter().flat_map(|wave| &wave.sources);
    let names_a_board = |path: &str| single.contains(path);
    let of_single: BTreeSet<&str> = entries()
        .filter(|entry| names_a_board(&entry.path))
        .flat_map(|entry| [&entry.items, &entry.layout])
        .flatten()
        .map(String::as_str)
        .collect();
    let mut packed: BTreeSet<&String> = work.present.instruments.values().flatten().collect();
    packed.extend(&work.present.style);
    packed.retain(|name| !of_single.contains(name.as_str()));
    if !entries().any(|entry| names_a_board(&entry.path)) {
        packed.insert(&work.present.own);
    }
    Ok(packed)
}

/// What an input is, for readers who look for it without its name.
fn kind(work: &Work<'_>, name: &str) -> String {
    let study = &work.loaded.study;
    if name == work.present.own {
        return "the study file".to_owned();
    }
    for wave in &study.waves {
        if study.register_of(wave) == name {
            return format!("the register of wave `{}`", wave.id);
        }
        if wave.entry_of(name).is_some() {
            return format!("an export of wave `{}`", wave.id);
        }
        if work
            .present
            .data
            .get(&wave.id)
            .is_some_and(|files| files.contains(name))
        {
            return format!("a file of wave `{}`", wave.id);
        }
    }
    "a file of the study".to_owned()
}

/// The manifest without names of inputs that stay out, settings that hold such a name, and reports of boards.
fn without_names(manifest: &Manifest, packed: &BTreeSet<&String>) -> Manifest {
    let is_of_board = |path: &str| path.starts_with("boards/");
    let mut manifest = manifest.clone();
    let hidden: BTreeSet<String> = manifest
        .inputs
        .keys()
        .filter(|name| !packed.contains(name))
        .cloned()
        .collect();
    manifest.inputs.retain(|name, _| !hidden.contains(name));
    manifest
        .study_file
        .retain(|_, value| value.as_str().is_none_or(|text| !hidden.contains(text)));
    manifest.outputs.retain(|path, _| !is_of_board(path));
    for record in manifest.steps.values_mut() {
        record.writes.retain(|path| !is_of_board(path));
    }
    manifest
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|cause| Failure::reading(path, &cause))
}

/// The archive's bytes: files in order of name, without times, owners or rights.
fn zip(contents: &str, files: &BTreeMap<String, Vec<u8>>) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    writer.start_file(CONTENTS, options)?;
    writer.write_all(contents.as_bytes())?;
    for (path, bytes) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
