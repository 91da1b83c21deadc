//! What a command writes: gathered whole, each file with the steps that it comes from.

use crate::dictionary;
use crate::exit::Failure;
use crate::lineage::manifest::sha256;
use crate::lineage::step::Step;
use nulmeting_study::bundle::Rows;
use nulmeting_study::{Bundle, Record, Schema, tables};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The files of a command, by path within the output folder.
#[derive(Default)]
pub(crate) struct Outputs {
    files: BTreeMap<String, Vec<u8>>,
    hashes: BTreeMap<String, String>,
    makers: Vec<String>,
    writes: BTreeMap<String, BTreeSet<String>>,
}

impl Outputs {
    /// Says which steps make the files that are added from here on.
    pub(crate) fn made_by<'a>(&mut self, steps: impl IntoIterator<Item = &'a Step>) {
        self.makers = steps.into_iter().map(Step::name).collect();
    }

    /// Adds a file; a later version of the same file takes its place.
    pub(crate) fn file(&mut self, path: impl Into<String>, bytes: Vec<u8>) {
        let path = path.into();
        for maker in &self.makers {
            self.writes.entry(maker.clone()).or_default().insert(path.clone());
        }
        self.hashes.remove(&path);
        self.files.insert(path, bytes);
    }

    /// Adds all files of other outputs, made by the steps that those say; a later version takes the place of a file.
    pub(crate) fn extend(&mut self, other: Self) {
        for path in other.files.keys() {
            self.hashes.remove(path);
        }
        self.files.extend(other.files);
        self.hashes.extend(other.hashes);
        for (maker, paths) in other.writes {
            self.writes.entry(maker).or_default().extend(paths);
        }
    }

    /// Adds a table as Parquet.
    pub(crate) fn table<R: Record>(&mut self, rows: &[R]) -> Result<(), Failure> {
        self.table_in("tables", rows)
    }

    /// Adds a set of tables, packed side by side.
    pub(crate) fn bundle(&mut self, bundle: &impl Bundle) -> Result<(), Failure> {
        self.tables(&bundle.tables())
    }

    /// Adds several tables, packed side by side.
    pub(crate) fn tables(&mut self, tables: &[&dyn Rows]) -> Result<(), Failure> {
        let packed: Vec<_> = tables
            .par_iter()
            .map(|rows| nulmeting_tables::write_table(&rows.table()))
            .collect();
        for (rows, bytes) in tables.iter().zip(packed) {
            let name = rows.schema().name;
            self.file(format!("tables/{name}.parquet"), bytes.map_err(Failure::unexpected)?);
        }
        Ok(())
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

    /// The bytes of a file that was added.
    pub(crate) fn bytes(&self, path: &str) -> &[u8] {
        self.files.get(path).map_or(&[], Vec::as_slice)
    }

    /// The files of each step.
    pub(crate) fn writes(&self) -> &BTreeMap<String, BTreeSet<String>> {
        &self.writes
    }

    /// The hash of every file.
    pub(crate) fn hashes(&mut self) -> &BTreeMap<String, String> {
        let new: Vec<(String, String)> = self
            .files
            .par_iter()
            .filter(|(path, _)| !self.hashes.contains_key(*path))
            .map(|(path, bytes)| (path.clone(), sha256(bytes)))
            .collect();
        self.hashes.extend(new);
        &self.hashes
    }
}
