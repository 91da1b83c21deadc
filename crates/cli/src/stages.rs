//! The stages over their tables: the only place that knows them all.

mod counted;
mod documents;

pub(crate) use counted::{Sufficient, count_exports};
pub(crate) use documents::{boards, chart, documents};

use crate::exit::Failure;
use crate::lineage::step::RowsHash;
use crate::loaded::Loaded;
use nulmeting_counts::Tally;
use nulmeting_ingest::Folder;
use nulmeting_study::bundle::TableReader;
use nulmeting_study::tables::{Answer, Level, Response, Stage, Succession};
use nulmeting_study::words::AnswerKind;
use nulmeting_study::{Analysed, AskedQuestion, Bundle, Finding, Framework, Ingested, Normalized, Record, shipped};
use std::collections::{BTreeMap, BTreeSet};

/// The folder of the study, in which Parquet is read too.
fn folder(loaded: &Loaded) -> Folder<'_> {
    Folder::from(&loaded.files.root).with_columnar(nulmeting_tables::read_delivered)
}

/// Reads the register and the exports.
pub(crate) fn ingest(loaded: &Loaded) -> Result<Ingested, Failure> {
    let name = |organisation: &str| loaded.name(organisation);
    nulmeting_ingest::ingest(&loaded.study, &loaded.instruments, folder(loaded), &name).map_err(Failure::data)
}

/// Reads the waves that are wanted, and takes the others from the tables of the run before.
pub(crate) fn ingest_waves(loaded: &Loaded, wanted: &BTreeSet<String>) -> Result<Ingested, Failure> {
    if loaded.study.waves.iter().all(|wave| wanted.contains(&wave.id)) {
        return ingest(loaded);
    }
    let name = |organisation: &str| loaded.name(organisation);
    let mut all = nulmeting_ingest::ingest_waves(&loaded.study, &loaded.instruments, folder(loaded), &name, &|wave| {
        wanted.contains(wave)
    })
    .map_err(Failure::data)?;
    let mut before = load_ingested(loaded, Extent::Everything)?;
    let stays = |wave: &str| !wanted.contains(wave) && loaded.study.wave(wave).is_some();
    before.sources.retain(|row| stays(&row.wave));
    before.register.retain(|row| stays(&row.wave));
    before.responses.retain(|row| stays(&row.wave));
    before.corrections.retain(|row| stays(&row.wave));
    // The history is that of all waves, and was read.
    before.history.clear();
    before
        .findings
        .retain(|finding| finding.stage == Stage::Ingest && finding.wave.as_deref().is_some_and(stays));
    all.extend(before);
    if all.responses.is_empty() {
        // Nothing is left of any wave: reading all of them says what is wrong.
        return ingest(loaded);
    }
    // Rows of a wave are in order already, and come from one side only.
    all.sources.sort_by(|a, b| a.wave.cmp(&b.wave));
    all.register.sort_by(|a, b| a.wave.cmp(&b.wave));
    all.responses.sort_by(|a, b| a.wave.cmp(&b.wave));
    all.corrections
        .sort_by(|a, b| (&a.source, &a.sheet, a.row, &a.column).cmp(&(&b.source, &b.sheet, b.row, &b.column)));
    Finding::sort(&mut all.findings);
    all.findings.dedup();
    Ok(all)
}

/// A hash of what the ingest stage hands on of a wave; which file it came from does not matter to what follows.
pub(crate) fn hash_of_wave(ingested: &Ingested, wave: &str) -> String {
    let mut hash = RowsHash::default();
    hash.add(of_wave(&ingested.register, wave, |row| &row.wave));
    hash.add(of_wave(&ingested.responses, wave, |row| &row.wave));
    hash.add(&ingested.history);
    let findings = ingested.findings.iter().filter(|finding| {
        finding.stage == Stage::Ingest && finding.wave.as_deref().is_none_or(|of_finding| of_finding == wave)
    });
    hash.add(&findings.cloned().collect::<Vec<_>>());
    hash.end()
}

/// The rows of a wave, of rows that stand in the order of waves.
fn of_wave<'a, R>(rows: &'a [R], wave: &str, wave_of: impl Fn(&R) -> &str) -> &'a [R] {
    let start = rows.partition_point(|row| wave_of(row) < wave);
    let end = rows.partition_point(|row| wave_of(row) <= wave);
    &rows[start..end]
}

/// A hash of what the analyze stage reads.
pub(crate) fn hash_for_analysis(normalized: &Normalized, history: &[Succession]) -> String {
    let mut hash = RowsHash::default();
    hash.add(&normalized.organisations);
    hash.add(&normalized.answers);
    hash.add(&normalized.levels);
    hash.add(history);
    hash.end()
}

/// The questions of every source.
pub(crate) fn questions(loaded: &Loaded) -> Result<Vec<AskedQuestion>, Failure> {
    let name = |organisation: &str| loaded.name(organisation);
    nulmeting_ingest::questions(&loaded.study, &loaded.instruments, folder(loaded), &name).map_err(Failure::data)
}

/// What both stages found, worst first.
fn findings(ingested: &[Finding], normalized: Vec<Finding>) -> Vec<Finding> {
    let ingested = ingested
        .iter()
        .filter(|finding| finding.stage == Stage::Ingest)
        .cloned();
    let normalized = normalized.into_iter().map(|finding| finding.stage(Stage::Normalize));
    let mut findings: Vec<Finding> = ingested.chain(normalized).collect();
    Finding::sort(&mut findings);
    findings
}

/// Turns what was read into answers, levels and weights.
pub(crate) fn normalize(loaded: &Loaded, ingested: &Ingested) -> Result<Normalized, Failure> {
    let normalized = nulmeting_normalize::normalize(
        &loaded.study,
        &loaded.instruments,
        &shipped::lexicon(),
        &ingested.register,
        &ingested.responses,
    )
    .map_err(Failure::data)?;
    Ok(Normalized {
        findings: findings(&ingested.findings, normalized.findings),
        ..normalized
    }
    .settled())
}

/// The frameworks with the norms that the exports name and the codebooks do not.
fn frameworks(loaded: &Loaded, levels: &[Level]) -> BTreeMap<String, Framework> {
    loaded
        .instruments
        .frameworks
        .iter()
        .map(|(wave, framework)| {
            let codes = levels
                .iter()
                .filter(|level| level.wave == *wave)
                .map(|level| level.norm.as_str());
            (wave.clone(), framework.admitting(codes))
        })
        .collect()
}

/// Turns levels into estimates, and the answers to the questions beside the norms.
pub(crate) fn analyze(loaded: &Loaded, history: &[Succession], normalized: &Normalized) -> Result<Analysed, Failure> {
    let choices = normalized.answers.iter();
    let choices = choices.filter(|answer| answer.kind == AnswerKind::Choice);
    analyze_counted(loaded, history, normalized, &Tally::of(choices))
}

/// The same from answers that were counted elsewhere.
pub(crate) fn analyze_counted(
    loaded: &Loaded,
    history: &[Succession],
    normalized: &Normalized,
    tally: &Tally,
) -> Result<Analysed, Failure> {
    let analysed = nulmeting_analyze::analyze(
        &loaded.study,
        &normalized.frameworks,
        &normalized.organisations,
        tally,
        &normalized.levels,
        history,
    )
    .map_err(Failure::data)?;
    Ok(analysed.settled())
}

/// Which rows of the tables of earlier stages are read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All.
    Everything,
    /// What documents show: no response and no answer, of which there are none where answers were only counted.
    Documents,
}

/// The tables of an earlier stage in the output folder.
struct OutTables<'a> {
    loaded: &'a Loaded,
    extent: Extent,
}

impl TableReader for OutTables<'_> {
    type Error = Failure;

    fn read<R: Record>(&self) -> Result<Vec<R>, Failure> {
        let answers = [Response::schema().name, Answer::schema().name];
        match self.extent == Extent::Documents && answers.contains(&R::schema().name) {
            true => Ok(Vec::new()),
            false => table(self.loaded),
        }
    }
}

/// Reads back what the ingest stage hands on.
pub(crate) fn load_ingested(loaded: &Loaded, extent: Extent) -> Result<Ingested, Failure> {
    Ok(Ingested {
        findings: table(loaded)?,
        ..Ingested::load(&OutTables { loaded, extent })?
    })
}

/// Reads back what the normalize stage hands on.
pub(crate) fn load_normalized(loaded: &Loaded, extent: Extent) -> Result<Normalized, Failure> {
    let normalized = Normalized::load(&OutTables { loaded, extent })?;
    Ok(with_frameworks(loaded, normalized))
}

/// Reads back what the analyze stage hands on.
pub(crate) fn load_analysed(loaded: &Loaded) -> Result<Analysed, Failure> {
    let extent = Extent::Everything;
    Analysed::load(&OutTables { loaded, extent })
}

/// The frameworks stand in no table: they follow from the codebooks and the levels.
fn with_frameworks(loaded: &Loaded, normalized: Normalized) -> Normalized {
    Normalized {
        frameworks: frameworks(loaded, &normalized.levels),
        ..normalized
    }
}

/// Reads one table from the output folder.
pub(crate) fn table<R: Record>(loaded: &Loaded) -> Result<Vec<R>, Failure> {
    let path = loaded.out.join("tables").join(format!("{}.parquet", R::schema().name));
    let bytes = std::fs::read(&path).map_err(|cause| {
        Failure::data(format!(
            "cannot be read: {cause}; expected the table of an earlier stage\n  at   {}\n  hint run the earlier stages first, or `nulmeting run`",
            path.display()
        ))
    })?;
    nulmeting_tables::read(bytes, &path.display().to_string()).map_err(Failure::data)
}
