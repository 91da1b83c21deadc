//! `nulmeting sums`: answers counted by the built-in engine, in the tables that the SQL for other engines makes.

use super::run::findings_line;
use crate::args::{Global, SumTable, SumsArgs};
use crate::console::Console;
use crate::dictionary;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::scanned;
use crate::stages;
use nulmeting_counts::Tally;
use nulmeting_counts::{level_counts, unit_sums};
use nulmeting_study::tables::{self, AnswerCount, LevelCount, Organisation, Response, UnitSum};
use nulmeting_study::{Bundle, Ingested, Record, Schema};
use nulmeting_tables::Pieces;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// Rows of a piece, at least: organisations are added to it whole.
const PIECE: usize = 200_000;

/// Counts the answers and writes the sums.
pub(crate) fn sums(args: &SumsArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let (tally, organisations, ingested) = if args.exports {
        let counted = stages::count_exports(&loaded)?;
        (counted.tally, counted.organisations, Some(counted.ingested))
    } else {
        let answers = match &args.answers {
            Some(path) => path.clone(),
            None => scanned::part_of(&loaded.out.join("tables"), "answers")?,
        };
        let organisations: Vec<Organisation> = match &args.organisations {
            Some(path) => scanned::read(path)?,
            None => stages::table(&loaded)?,
        };
        (scanned::tally(&answers)?, organisations, None)
    };
    let folder = args.to.clone().unwrap_or_else(|| loaded.out.join("sums"));
    fs::create_dir_all(&folder).map_err(|cause| Failure::writing(&folder, &cause))?;
    let wanted = |table| args.only.is_empty() || args.only.contains(&table);
    let mut rows = BTreeMap::new();
    if wanted(SumTable::AnswerCounts) {
        rows.insert("answer_counts", write_counts(&folder, &tally)?);
    }
    if wanted(SumTable::UnitSums) {
        rows.insert("unit_sums", write_units(&folder, &tally, &organisations)?);
    }
    if wanted(SumTable::LevelCounts) {
        let mut written = Written::<LevelCount>::begin(&folder)?;
        for (wave, counts) in tally.waves() {
            written.add(level_counts(wave, counts, &organisations).map_err(Failure::data)?)?;
        }
        rows.insert("level_counts", written.end()?);
    }
    let mut own = Written::<Organisation>::begin(&folder)?;
    own.add(organisations)?;
    own.end()?;
    let mut schemas = tables::sums();
    schemas.retain(|schema| rows.contains_key(schema.name));
    schemas.push(Organisation::schema());
    if let Some(ingested) = ingested {
        console.note(&findings_line(&ingested.findings));
        schemas.extend(write_read(&folder, &ingested)?);
    }
    let described = dictionary::datapackage(&loaded.study.study.title, &schemas);
    let text = serde_json::to_string_pretty(&described).map_err(Failure::unexpected)?;
    let path = folder.join("datapackage.json");
    fs::write(&path, text + "\n").map_err(|cause| Failure::writing(&path, &cause))?;
    console.note(&format!(
        "sums: {}; next: nulmeting analyze {} --sufficient {}",
        folder.display(),
        args.study.display(),
        folder.display()
    ));
    if console.is_json() {
        console.json(&json!({ "sums": folder.display().to_string(), "rows": rows }))?;
    }
    Ok(Exit::Done)
}

/// Writes the tables beside the answers, for readers who go on from the sums alone.
fn write_read(folder: &Path, ingested: &Ingested) -> Result<Vec<Schema>, Failure> {
    let mut tables = ingested.tables();
    tables.retain(|rows| rows.schema().name != Response::schema().name);
    tables.push(&ingested.findings);
    for rows in &tables {
        let path = folder.join(format!("{}.parquet", rows.schema().name));
        let bytes = nulmeting_tables::write_table(&rows.table()).map_err(Failure::unexpected)?;
        let unfinished = unfinished(&path);
        fs::write(&unfinished, bytes).map_err(|cause| Failure::writing(&unfinished, &cause))?;
        fs::rename(&unfinished, &path).map_err(|cause| Failure::writing(&path, &cause))?;
    }
    Ok(tables.iter().map(|rows| rows.schema()).collect())
}

/// The name of a table of which not all rows are written yet.
fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("unfinished")
}

fn write_counts(folder: &Path, tally: &Tally) -> Result<u64, Failure> {
    let mut written = Written::<AnswerCount>::begin(folder)?;
    for (wave, counts) in tally.waves() {
        for organisation in counts.organisations() {
            written.add(counts.rows(wave, organisation))?;
        }
    }
    written.end()
}

fn write_units(folder: &Path, tally: &Tally, organisations: &[Organisation]) -> Result<u64, Failure> {
    let mut written = Written::<UnitSum>::begin(folder)?;
    for (wave, counts) in tally.waves() {
        for some in organisations.chunks(200) {
            written.add(unit_sums(wave, counts, some).map_err(Failure::data)?)?;
        }
    }
    written.end()
}

/// A table that grows under another name, and gets its own when it is whole.
struct Written<R: Record> {
    pieces: Pieces<R, BufWriter<File>>,
    waiting: Vec<R>,
    rows: u64,
    path: PathBuf,
}

impl<R: Record> Written<R> {
    fn begin(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(format!("{}.parquet", R::schema().name));
        let unfinished = unfinished(&path);
        let file = File::create(&unfinished).map_err(|cause| Failure::writing(&unfinished, &cause))?;
        Ok(Self {
            pieces: Pieces::begin(BufWriter::new(file)).map_err(Failure::unexpected)?,
            waiting: Vec::new(),
            rows: 0,
            path,
        })
    }

    fn add(&mut self, rows: impl IntoIterator<Item = R>) -> Result<(), Failure> {
        self.waiting.extend(rows);
        if self.waiting.len() >= PIECE {
            self.put()
        } else {
            Ok(())
        }
    }

    fn put(&mut self) -> Result<(), Failure> {
        self.rows += self.waiting.len() as u64;
        self.pieces.add(&self.waiting).map_err(Failure::unexpected)?;
        self.waiting.clear();
        Ok(())
    }

    fn end(mut self) -> Result<u64, Failure> {
        self.put()?;
        self.pieces.end().map_err(Failure::unexpected)?;
        fs::rename(unfinished(&self.path), &self.path).map_err(|cause| Failure::writing(&self.path, &cause))?;
        Ok(self.rows)
    }
}
