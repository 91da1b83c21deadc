//! Studies whose answers are counted and not held: from their exports, or from what an engine counted.

use super::{Delivered, Normal, as_written, calibrate, findings, folder, table};
use crate::exit::Failure;
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use crate::scanned;
use nulmeting_counts::Tally;
use nulmeting_ingest::Handed;
use nulmeting_normalize::Counter;
use nulmeting_study::tables::{Correction, Organisation, RegisterEntry, Source};
use nulmeting_study::{Record, shipped};
use std::collections::BTreeMap;
use std::path::Path;

/// A study whose exports were counted.
pub(crate) struct CountedExports {
    /// The answers that count.
    pub(crate) tally: Tally,
    pub(crate) organisations: Vec<Organisation>,
    /// What was read, without the responses; its findings are those of both stages.
    pub(crate) read: Delivered,
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
    let read = nulmeting_ingest::ingest_into(
        &loaded.study,
        &loaded.instruments,
        folder(loaded),
        &name,
        &|_| true,
        &mut take,
    );
    let mut read = Delivered::new(read.map_err(Failure::data)?);
    if let Some(fault) = fault {
        return Err(Failure::data(fault));
    }
    if orders.values().all(Vec::is_empty) {
        return Err(Failure::data(format!(
            "no answer could be read from any source; expected at least one export with responses\n  at   {}\n  hint nulmeting check {} says what is wrong with each",
            loaded.path.display(),
            loaded.path.display()
        )));
    }
    let (mut tally, mut organisations, mut found) = (Tally::default(), Vec::new(), Vec::new());
    for wave in &loaded.study.waves {
        let (Some(counter), Some(order)) = (counters.remove(wave.id.as_str()), orders.get(&wave.id)) else {
            continue;
        };
        let counted = counter.end(order, &read.register, &calibrate).map_err(Failure::data)?;
        tally.extend(counted.tally);
        organisations.extend(counted.organisations);
        found.extend(counted.findings);
    }
    organisations.sort_by(|a, b| (&a.wave, &a.organisation).cmp(&(&b.wave, &b.organisation)));
    read.findings = findings(&read.findings, found);
    Ok(CountedExports {
        tally,
        organisations: as_written(organisations),
        read,
    })
}

/// What stands in for the answers of a study: the counts of an engine, and the tables beside them.
pub(crate) struct Sufficient {
    pub(crate) tally: Tally,
    pub(crate) normal: Normal,
    register: Vec<RegisterEntry>,
    sources: Vec<Source>,
    corrections: Vec<Correction>,
}

impl Sufficient {
    /// Reads the folder of an engine. Tables that it does not have are the study's own where those are there.
    ///
    /// Absent: the answers themselves.
    pub(crate) fn read(loaded: &Loaded, folder: &Path) -> Result<Self, Failure> {
        let tally = scanned::tally(&scanned::part_of(folder, "answer_counts")?)?;
        let organisations = scanned::organisations(loaded, folder)?;
        let levels = nulmeting_normalize::levels(&loaded.study, &loaded.instruments, &organisations, &tally);
        Ok(Self {
            tally,
            normal: Normal {
                organisations: as_written(organisations),
                history: beside(loaded, folder)?,
                answers: Vec::new(),
                levels,
                findings: beside(loaded, folder)?,
            },
            register: beside(loaded, folder)?,
            sources: beside(loaded, folder)?,
            corrections: beside(loaded, folder)?,
        })
    }

    /// Puts what stands for the tables of the earlier stages among the outputs, so that a report can be made of them.
    pub(crate) fn save(&self, outputs: &mut Outputs) -> Result<(), Failure> {
        outputs.tables(&[
            &&self.normal.organisations[..],
            &&self.normal.levels[..],
            &&self.normal.history[..],
            &&self.normal.findings[..],
            &&self.register[..],
            &&self.sources[..],
            &&self.corrections[..],
        ])
    }
}

/// Reads a table from an engine's folder, else from the output folder; no rows when it is in neither.
fn beside<R: Record>(loaded: &Loaded, folder: &Path) -> Result<Vec<R>, Failure> {
    let file = format!("{}.parquet", R::schema().name);
    let own = folder.join(&file);
    if own.is_file() {
        scanned::read(&own)
    } else if loaded.out.join("tables").join(&file).exists() {
        table(loaded)
    } else {
        Ok(Vec::new())
    }
}
