//! What stands on disk now: the inputs by their hashes, and the settings.

use super::manifest::sha256;
use crate::exit::Failure;
use crate::loaded::Loaded;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The inputs and settings of a study, looked at without reading meaning into any of them.
pub(crate) struct Present {
    /// Hash by path relative to the study file; a file that is not there has no entry.
    pub(crate) inputs: BTreeMap<String, String>,
    /// Every key of the study file with its value, the seed being the one in force.
    pub(crate) study_file: BTreeMap<String, Value>,
    /// What ingest opens for each wave.
    pub(crate) data: BTreeMap<String, BTreeSet<String>>,
    /// Codebook and map files of each wave.
    pub(crate) instruments: BTreeMap<String, BTreeSet<String>>,
    /// Theme and texts of the study's own.
    pub(crate) style: BTreeSet<String>,
    /// The study file's own path.
    pub(crate) own: String,
    /// Where each input lies.
    places: BTreeMap<String, PathBuf>,
    /// What the key of pseudonyms makes of a number that no organisation has: it tells keys apart and gives none away.
    pub(crate) pseudonym: String,
}

impl Present {
    /// Looks at a study.
    pub(crate) fn look(loaded: &Loaded) -> Result<Self, Failure> {
        let mut places: BTreeMap<String, PathBuf> = BTreeMap::new();
        let own = loaded.relative(&loaded.files.path);
        places.insert(own.clone(), loaded.files.path.clone());
        let mut data = BTreeMap::new();
        let mut instruments = BTreeMap::new();
        for wave in &loaded.study.waves {
            let files = nulmeting_ingest::files_of(&loaded.study, wave, &loaded.files.root);
            places.extend(files.iter().map(|path| (path.clone(), loaded.files.root.join(path))));
            data.insert(wave.id.clone(), files);
            let mut names = BTreeSet::new();
            for path in loaded.files.instruments.get(&wave.id).into_iter().flatten() {
                places.insert(loaded.relative(path), path.clone());
                names.insert(loaded.relative(path));
            }
            instruments.insert(wave.id.clone(), names);
        }
        let style: BTreeSet<String> = loaded.files.style.iter().map(|path| loaded.relative(path)).collect();
        places.extend(
            loaded
                .files
                .style
                .iter()
                .map(|path| (loaded.relative(path), path.clone())),
        );
        // A file that cannot be read, or is larger than the study allows and never read, has no entry here: the
        // stage that needs it says what is wrong with it.
        let most = loaded.study.limits.file_mib.saturating_mul(1 << 20);
        let fits = |path: &PathBuf| {
            loaded.files.hashes.contains_key(path) || fs::metadata(path).is_ok_and(|file| file.len() <= most)
        };
        let inputs = places
            .par_iter()
            .filter(|(_, path)| fits(path))
            .filter_map(|(name, path)| {
                // What was parsed already is not read again: it may be another text by now.
                let parsed = loaded.files.hashes.get(path).cloned();
                Some((name.clone(), parsed.or_else(|| Some(sha256(&fs::read(path).ok()?)))?))
            })
            .collect();
        let mut study_file = BTreeMap::new();
        flatten("", &json!(loaded.files.written), &mut study_file);
        study_file.remove("study.pseudonym_key");
        study_file.insert("study.seed".into(), json!(loaded.study.study.seed));
        Ok(Self {
            inputs,
            study_file,
            data,
            instruments,
            style,
            own,
            places,
            pseudonym: loaded.name(""),
        })
    }

    /// Where each input lies, by its name.
    pub(crate) fn places(&self) -> &BTreeMap<String, PathBuf> {
        &self.places
    }
}

/// Gives every value of the study file a name: keys joined by dots, entries of a list by their `id` or number.
fn flatten(name: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
    let under = |part: &str| match name {
        "" => part.to_owned(),
        _ => format!("{name}.{part}"),
    };
    match value {
        // A date of TOML comes as a table with one odd key.
        Value::Object(table) if table.len() == 1 && table.keys().all(|key| key.starts_with('$')) => {
            into.insert(name.to_owned(), table.values().next().cloned().unwrap_or_default());
        }
        Value::Object(table) => {
            for (key, value) in table {
                flatten(&under(key), value, into);
            }
        }
        Value::Array(entries) if entries.iter().any(Value::is_object) => {
            for (number, entry) in (1..).zip(entries) {
                let id = entry.get("id").and_then(Value::as_str).map(str::to_owned);
                flatten(&under(&id.unwrap_or_else(|| format!("{number}"))), entry, into);
            }
        }
        _ => {
            into.insert(name.to_owned(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::flatten;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn every_value_of_a_study_file_has_a_name() {
        let file: toml::Table = toml::from_str(
            "[study]\ndate = 2024-06-01\nsize = [1, 2]\n[[wave]]\nid = \"2023\"\n[[wave.source]]\npath = \"a.csv\"\n",
        )
        .unwrap();
        let mut found = BTreeMap::new();
        flatten("", &json!(file), &mut found);
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["study.date", "study.size", "wave.2023.id", "wave.2023.source.1.path"]
        );
        assert_eq!(found["study.date"], json!("2024-06-01"));
        assert_eq!(found["study.size"], json!([1, 2]));
    }
}
