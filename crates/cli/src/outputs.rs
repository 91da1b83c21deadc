//! What is written: gathered whole, put under a temporary name, then moved into place.

use crate::dictionary;
use crate::exit::Failure;
use crate::loaded::Loaded;
use nulmeting_study::{Record, Schema, tables};
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a command, by path within the output folder.
#[derive(Default)]
pub(crate) struct Outputs {
    files: BTreeMap<String, Vec<u8>>,
}

impl Outputs {
    /// Adds a file.
    pub(crate) fn file(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        self.files.insert(path.into(), bytes);
    }

    /// Adds a table as Parquet; a later stage's version of the same table takes its place.
    pub(crate) fn table<R: Record>(&mut self, rows: &[R]) -> Result<(), Failure> {
        self.table_in("tables", rows)
    }

    /// Adds a table to a folder.
    pub(crate) fn table_in<R: Record>(&mut self, folder: &str, rows: &[R]) -> Result<(), Failure> {
        let bytes = nulmeting_tables::write(rows).map_err(Failure::unexpected)?;
        self.file(format!("{folder}/{}.parquet", R::schema().name), bytes);
        Ok(())
    }

    /// Adds the description of the tables.
    pub(crate) fn describe(&mut self, folder: &str, title: &str, schemas: &[Schema]) -> Result<(), Failure> {
        let text =
            serde_json::to_string_pretty(&dictionary::datapackage(title, schemas)).map_err(Failure::unexpected)?;
        self.file(format!("{folder}/datapackage.json"), (text + "\n").into_bytes());
        Ok(())
    }

    /// Adds the description of all tables that stand in the output folder when this command ends.
    pub(crate) fn describe_all(&mut self, title: &str) -> Result<(), Failure> {
        self.describe("tables", title, &tables::all())
    }

    /// Number of files.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Writes everything, with the manifest last.
    ///
    /// Method: all files go to a folder of their own first; only when every one is whole are they renamed into
    /// place. A command that is broken off before that leaves the earlier outputs as they were. Files that an
    /// earlier run made and this one does not are removed when `complete`.
    pub(crate) fn write(
        mut self,
        loaded: &Loaded,
        inputs: &BTreeMap<String, String>,
        complete: bool,
    ) -> Result<(), Failure> {
        let out = &loaded.out;
        let before = read_manifest(out);
        let mut hashes: BTreeMap<String, String> = BTreeMap::new();
        if !complete {
            hashes.extend(before.outputs.clone());
        }
        let made: Vec<(String, String)> = self
            .files
            .par_iter()
            .map(|(path, bytes)| (path.clone(), sha256(bytes)))
            .collect();
        hashes.extend(made);
        let known: BTreeMap<String, String> = if complete {
            inputs.clone()
        } else {
            before.inputs.into_iter().chain(inputs.clone()).collect()
        };
        let manifest = manifest(loaded, &known, &hashes);
        let text = serde_json::to_string_pretty(&manifest).map_err(Failure::unexpected)? + "\n";
        self.file("manifest.json", text.into_bytes());

        fs::create_dir_all(out).map_err(|cause| Failure::writing(out, &cause))?;
        let staging = tempfile::Builder::new()
            .prefix(".nulmeting-")
            .tempdir_in(out)
            .map_err(|cause| Failure::writing(out, &cause))?;
        for (path, bytes) in &self.files {
            put(&staging.path().join(path), bytes)?;
        }
        // The manifest goes last: while it is the old one, the outputs are not taken for the new ones.
        let (last, files): (Vec<_>, Vec<_>) = self.files.keys().partition(|path| *path == "manifest.json");
        for path in files.into_iter().chain(last) {
            let target = out.join(path);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(|cause| Failure::writing(parent, &cause))?;
            }
            fs::rename(staging.path().join(path), &target).map_err(|cause| Failure::writing(&target, &cause))?;
        }
        if complete {
            for path in before
                .outputs
                .keys()
                .filter(|path| !self.files.contains_key(*path) && is_inner(path))
            {
                // What is gone already needs no removing.
                let _ = fs::remove_file(out.join(path));
            }
        }
        Ok(())
    }
}

/// Whether a path of a manifest stays within the output folder.
fn is_inner(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|cause| Failure::writing(parent, &cause))?;
    }
    fs::write(path, bytes).map_err(|cause| Failure::writing(path, &cause))
}

/// What an earlier run wrote down; nothing when there was none, or when it cannot be read.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Manifest {
    /// Hash by input path.
    pub(crate) inputs: BTreeMap<String, String>,
    /// Hash by output path.
    pub(crate) outputs: BTreeMap<String, String>,
    /// Version of the program.
    pub(crate) version: String,
    /// Settings that outputs depend on.
    pub(crate) settings: Value,
}

/// Reads the manifest of an output folder.
pub(crate) fn read_manifest(out: &Path) -> Manifest {
    fs::read(out.join("manifest.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// The settings that outputs depend on and no input file holds.
pub(crate) fn settings(loaded: &Loaded) -> Value {
    json!({
        "language": loaded.language.word(),
        "public": loaded.public,
        "seed": loaded.study.study.seed,
    })
}

fn manifest(loaded: &Loaded, inputs: &BTreeMap<String, String>, outputs: &BTreeMap<String, String>) -> Value {
    let map = |hashes: &BTreeMap<String, String>| {
        Value::Object(
            hashes
                .iter()
                .map(|(path, hash)| (path.clone(), json!(hash)))
                .collect::<Map<_, _>>(),
        )
    };
    json!({
        "program": "nulmeting",
        "version": env!("CARGO_PKG_VERSION"),
        "study": loaded.study.study.title,
        "settings": settings(loaded),
        "inputs": map(inputs),
        "outputs": map(outputs),
    })
}

/// The hashes of the study file, codebooks and maps, beside those of the data.
pub(crate) fn inputs(loaded: &Loaded, data: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Failure> {
    let mut inputs = data.clone();
    for path in &loaded.paths {
        let bytes = fs::read(path).map_err(|cause| Failure::reading(path, &cause))?;
        inputs.insert(loaded.relative(path), sha256(&bytes));
    }
    Ok(inputs)
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a file of the output folder is as the manifest says.
pub(crate) fn is_whole(out: &Path, path: &str, hash: &str) -> bool {
    let path: PathBuf = out.join(path);
    fs::read(path).is_ok_and(|bytes| sha256(&bytes) == hash)
}
