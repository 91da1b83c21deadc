//! Studies whose answers are counted and not held: from their exports, or from what an engine counted.

use super::{findings, folder, table, with_frameworks};
use crate::exit::Failure;
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use crate::scanned;
use nulmeting_counts::Tally;
use nulmeting_ingest::Handed;
use nulmeting_normalize::Counter;
use nulmeting_study::bundle::{Bundle, TableReader};
use nulmeting_study::tables::{Answer, Organisation, Response};
use nulmeting_study::{Ingested, Normalized, Record, shipped};
use std::collections::BTreeMap;
use std::path::Path;

/// A study whose exports were counted.
pub(crate) struct CountedExports {
    /// The answers that count.
    pub(crate) tally: Tally,
    pub(crate) organisations: Vec<Organisation>,
    /// What was read, without the responses; its findings are those of both stages.
    pub(crate) ingested: Ingested,
}

/// Reads and normalizes the exports file after file, and keeps no more of an answer than what is counted.
pub(crate) fn count_exports(loaded: &Loaded) -> Result<CountedExports, Failure> {
    let lexicon = shipped::lexicon();
    let mut counters = BTreeMap::new();
    for wave in &loaded.study.waves {
        let counter = Counter::new(&loaded.study, &loaded.instruments, &lexicon, wave).map_err(Failure::data)?;
        counters.insert(wave.id.as_str(), counter);
    }
    let mut orders = BTreeMap::new();
    let mut fault = None;
    let name = |organisation: &str| loaded.name(organisation);
    let mut take = |handed: Handed<'_>| match handed {
        Handed::File(rows) => {
            let counter = rows.first().and_then(|row| counters.get_mut(&*row.wave));
            if let (Some(counter), None) = (counter, &fault) {
                fault = counter.add(&rows).err();
            }
        }
        Handed::Order(wave, order) => {
            orders.insert(wave.to_owned(), order);
        }
    };
    let ingested = nulmeting_ingest::ingest_into(
        &loaded.study,
        &loaded.instruments,
        folder(loaded),
        &name,
        &|_| true,
        &mut take,
    );
    let mut ingested = ingested.map_err(Failure::data)?;
    if let Some(fault) = fault {
        return Err(Failure::data(fault));
    }
    if orders.values().all(Vec::is_empty) {
        return Err(Failure::data(format!(
            "no answer could be read from any source; expected at least one export with responses\n  at   {}\n  hint nulmeting check {} says what is wrong with each",
            loaded.files.path.display(),
            loaded.files.path.display()
        )));
    }
    let (mut tally, mut organisations, mut found) = (Tally::default(), Vec::new(), Vec::new());
    for wave in &loaded.study.waves {
        let (Some(counter), Some(order)) = (counters.remove(wave.id.as_str()), orders.get(&wave.id)) else {
            continue;
        };
        let counted = counter.end(order, &ingested.register).map_err(Failure::data)?;
        tally.extend(counted.tally);
        organisations.extend(counted.organisations);
        found.extend(counted.findings);
    }
    organisations.sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    ingested.findings = findings(&ingested.findings, found);
    organisations.iter_mut().for_each(Record::settle);
    Ok(CountedExports {
        tally,
        organisations,
        ingested,
    })
}

/// What stands in for the answers of a study: the counts of an engine, and the tables beside them.
pub(crate) struct Sufficient {
    pub(crate) tally: Tally,
    pub(crate) ingested: Ingested,
    pub(crate) normalized: Normalized,
}

impl Sufficient {
    /// Reads the folder of an engine. Tables that it does not have are the study's own where those are there.
    ///
    /// Absent: the answers themselves.
    pub(crate) fn read(loaded: &Loaded, folder: &Path) -> Result<Self, Failure> {
        let tables = EngineTables { loaded, folder };
        let tally = scanned::tally(&scanned::part_of(folder, "answer_counts")?)?;
        let organisations = scanned::organisations(loaded, folder)?;
        let levels = nulmeting_normalize::levels(&loaded.study, &loaded.instruments, &organisations, &tally);
        let normalized = Normalized {
            organisations,
            levels,
            findings: tables.read()?,
            ..Normalized::default()
        };
        Ok(Self {
            tally,
            ingested: Ingested::load(&tables)?,
            normalized: with_frameworks(loaded, normalized.settled()),
        })
    }

    /// Puts what stands for the tables of the earlier stages among the outputs, so that a report can be made of them.
    pub(crate) fn save(&self, outputs: &mut Outputs) -> Result<(), Failure> {
        let mut tables = [self.ingested.tables(), self.normalized.tables()].concat();
        let counted = [Response::schema().name, Answer::schema().name];
        tables.retain(|rows| !counted.contains(&rows.schema().name));
        outputs.tables(&tables)
    }
}

/// The tables in an engine's folder, else those in the output folder; no rows of a table that is in neither.
///
/// Responses are not read: what is counted takes their place.
struct EngineTables<'a> {
    loaded: &'a Loaded,
    folder: &'a Path,
}

impl TableReader for EngineTables<'_> {
    type Error = Failure;

    fn read<R: Record>(&self) -> Result<Vec<R>, Failure> {
        let name = R::schema().name;
        let file = format!("{name}.parquet");
        let of_engine = self.folder.join(&file);
        if name == Response::schema().name {
            Ok(Vec::new())
        } else if of_engine.is_file() {
            scanned::read(&of_engine)
        } else if self.loaded.out.join("tables").join(&file).exists() {
            table(self.loaded)
        } else {
            Ok(Vec::new())
        }
    }
}
