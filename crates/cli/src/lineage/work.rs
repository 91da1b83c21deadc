//! A command at work in an output folder: what it found there, and what it puts in its place.

use super::folder::{self, Lock, Staging};
use super::manifest::{FILE, Manifest, Record};
use super::present::Present;
use super::step::{self, Stage, Step};
use crate::exit::Failure;
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// An output folder that is ours while we work in it.
pub(crate) struct Work<'a> {
    pub(crate) loaded: &'a Loaded,
    /// What stands on disk now.
    pub(crate) present: Present,
    /// What the command before wrote down.
    pub(crate) before: Manifest,
    /// Which of its outputs are no longer as they were written.
    pub(crate) damage: BTreeMap<String, &'static str>,
    // Cleared before the lock is given up: fields are dropped in this order.
    staging: Option<Staging>,
    _lock: Lock,
}

/// What publishing came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Published {
    /// Files that were written.
    pub(crate) written: BTreeSet<String>,
    /// Files that stay as they were, byte for byte.
    pub(crate) kept: usize,
    /// Files that are no longer made.
    pub(crate) removed: BTreeSet<String>,
}

/// How much of the outputs a command makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All: what it does not make or keep is removed.
    Whole,
    /// Those of the first stage, out of the data as they are now.
    Data,
    /// Those of a later stage, out of the tables that are there.
    Tables,
}

impl<'a> Work<'a> {
    /// Takes the output folder, clears what a broken-off command left, and looks at inputs and outputs.
    pub(crate) fn begin(loaded: &'a Loaded) -> Result<Self, Failure> {
        let lock = Lock::take(&loaded.out)?;
        let before = Manifest::read(&loaded.out);
        folder::recover(&loaded.out, &before)?;
        let (present, damage) = rayon::join(|| Present::look(loaded), || before.damage(&loaded.out));
        Ok(Self {
            loaded,
            present: present?,
            before,
            damage,
            staging: None,
            _lock: lock,
        })
    }

    /// The staging area, opened when it is first needed.
    pub(crate) fn staging(&mut self) -> Result<&Staging, Failure> {
        if self.staging.is_none() {
            self.staging = Some(Staging::open(&self.loaded.out)?);
        }
        Ok(self.staging.as_ref().expect("it was opened just now"))
    }

    /// Refuses data that changed between being looked at and being read.
    pub(crate) fn check_read(&self, read: &BTreeMap<String, String>) -> Result<(), Failure> {
        for (path, hash) in read {
            match self.present.inputs.get(path) {
                Some(seen) if seen == hash => {}
                Some(_) => {
                    return Err(Failure::data(format!(
                        "the file changed while it was being read; expected it to stay as it is\n  at   {path}\n  hint run again when nothing writes to it"
                    )));
                }
                None if self.present.data.values().any(|files| files.contains(path)) => {}
                None => {
                    return Err(Failure::unexpected(format!(
                        "a file was read that no step declares; expected one of `nulmeting_ingest::files_of`\n  at   {path}\n  hint report this fault of the program"
                    )));
                }
            }
        }
        Ok(())
    }

    /// Puts outputs in place: all of them whole under another name first, then renamed, the manifest last.
    ///
    /// Method: a command that is broken off before the renaming leaves the earlier outputs as they were. One that is
    /// broken off during it leaves whole files of either kind, and a manifest whose hashes tell which are which.
    /// A file whose bytes would not change is not touched.
    pub(crate) fn publish(
        &mut self,
        mut outputs: Outputs,
        mut records: BTreeMap<String, Record>,
        extent: Extent,
    ) -> Result<Published, Failure> {
        for (step, writes) in outputs.writes() {
            records.entry(step.clone()).or_default().writes = writes.clone();
        }
        let hashes = outputs.hashes().clone();
        let mut whole = self.before.outputs.clone();
        if extent == Extent::Whole {
            let kept: BTreeSet<&String> = records.values().flat_map(|record| &record.writes).collect();
            whole.retain(|path, _| kept.contains(path));
        }
        if !records.contains_key(&Step::of(Stage::Public).name()) {
            // What an earlier command published of other tables is not left for readers outside.
            whole.retain(|path, _| !path.starts_with("public/"));
        }
        whole.extend(hashes.clone());
        let manifest = self.manifest(records, whole, extent);
        let differs = |path: &String, hash: &String| {
            self.before.outputs.get(path) != Some(hash) || self.damage.contains_key(path)
        };
        let changed: BTreeSet<&str> = hashes
            .iter()
            .filter(|(path, hash)| differs(path, hash))
            .map(|(path, _)| path.as_str())
            .collect();
        let removed: BTreeSet<String> = self
            .before
            .outputs
            .keys()
            .filter(|path| !manifest.outputs.contains_key(*path))
            .cloned()
            .collect();
        self.check_kept(&changed, &removed)?;
        let kept = manifest.outputs.len() - changed.len();
        let renewed = manifest != self.before;
        if !changed.is_empty() || !removed.is_empty() || renewed {
            let out = self.loaded.out.clone();
            let bytes = manifest.bytes()?;
            let staging = self.staging()?;
            for path in &changed {
                staging.put(path, outputs.bytes(path))?;
            }
            staging.put(FILE, &bytes)?;
            staging.announce(&changed)?;
            for path in &changed {
                staging.publish(path)?;
            }
            for path in &removed {
                folder::remove(&out, path);
            }
            // The manifest goes last: while it is the old one, the outputs are not taken for the new ones.
            staging.publish(FILE)?;
        }
        let mut written: BTreeSet<String> = changed.into_iter().map(str::to_owned).collect();
        if renewed {
            written.insert(FILE.to_owned());
        }
        Ok(Published { written, kept, removed })
    }

    /// Refuses outputs that somebody else removed or overwrote while the command was at work: it counted on them.
    fn check_kept(&self, changed: &BTreeSet<&str>, removed: &BTreeSet<String>) -> Result<(), Failure> {
        let now = self.before.damage(&self.loaded.out);
        let new = now.iter().find(|(path, _)| {
            !self.damage.contains_key(*path) && !changed.contains(path.as_str()) && !removed.contains(*path)
        });
        match new {
            None => Ok(()),
            Some((path, fault)) => Err(Failure::data(format!(
                "an output {fault}, and stood there whole when the command began; expected that nothing else writes there\n  at   {}\n  hint run again: it is made anew",
                self.loaded.out.join(path).display()
            ))),
        }
    }

    fn manifest(&self, steps: BTreeMap<String, Record>, outputs: BTreeMap<String, String>, extent: Extent) -> Manifest {
        let loaded = self.loaded;
        let mut inputs = match extent {
            Extent::Whole | Extent::Data => self.present.inputs.clone(),
            // The data are those that the tables were made from, whatever stands there now.
            Extent::Tables => self.before.inputs.clone(),
        };
        let instruments = self.present.instruments.values().flatten().chain([&self.present.own]);
        for path in instruments {
            if let Some(hash) = self.present.inputs.get(path) {
                inputs.insert(path.clone(), hash.clone());
            }
        }
        Manifest {
            program: "nulmeting".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            code: step::codes(),
            study: loaded.study.study.title.clone(),
            settings: BTreeMap::from([
                ("language".into(), json!(loaded.publication.language.word())),
                ("public".into(), json!(loaded.publication.public)),
                ("csv".into(), json!(loaded.publication.csv)),
                (
                    "documents".into(),
                    loaded
                        .publication
                        .documents
                        .iter()
                        .map(|document| document.word())
                        .collect(),
                ),
                ("seed".into(), json!(loaded.study.study.seed)),
            ]),
            study_file: self.present.study_file.clone(),
            inputs,
            steps,
            outputs,
        }
    }

    /// The key of a step whose earlier steps wrote these down; absent when one of them is missing.
    pub(crate) fn key(&self, step: &Step, records: &BTreeMap<String, Record>, outputs: &mut Outputs) -> Option<String> {
        let mut known = self.before.outputs.clone();
        known.extend(outputs.hashes().clone());
        let mut records = records.clone();
        for (name, writes) in outputs.writes() {
            records.entry(name.clone()).or_default().writes = writes.clone();
        }
        let given = step::given(step, self.loaded, &records, &known)?;
        Some(step.key(self.loaded, &self.present, &given))
    }
}
