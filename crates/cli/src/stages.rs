//! The stages over their tables: the only place that knows them all.

mod counted;
mod documents;

pub(crate) use counted::{Sufficient, count_exports};
pub(crate) use documents::{Read, boards, chart, documents};

use crate::exit::Failure;
use crate::lineage::step::Rows;
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use nulmeting_analyze::Analysed;
use nulmeting_analyze::disclosure::Released;
use nulmeting_analyze::sample::raked_weights;
use nulmeting_counts::Tally;
use nulmeting_ingest::AskedQuestion;
use nulmeting_ingest::Folder;
use nulmeting_normalize::Task;
use nulmeting_study::tables::{
    Answer, Attention, Band, Change, Choice, Cluster, Comparison, Correction, Estimate, Level, Organisation,
    OrganisationType, RegisterEntry, Representation, Response, Score, Source, Stage, Succession, Validation,
};
use nulmeting_study::words::AnswerKind;
use nulmeting_study::{Finding, Framework, Record, shipped};
use nulmeting_survey::Margin;
use std::collections::{BTreeMap, BTreeSet};

/// What the ingest stage hands on.
pub(crate) struct Delivered {
    pub(crate) sources: Vec<Source>,
    pub(crate) register: Vec<RegisterEntry>,
    pub(crate) history: Vec<Succession>,
    pub(crate) responses: Vec<Response>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) corrections: Vec<Correction>,
    /// SHA-256 of every file of data, by path relative to the study file.
    pub(crate) inputs: BTreeMap<String, String>,
}

/// What the normalize stage hands on.
pub(crate) struct Normal {
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) history: Vec<Succession>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) levels: Vec<Level>,
    pub(crate) findings: Vec<Finding>,
}

/// The folder of the study, in which Parquet is read too.
fn folder(loaded: &Loaded) -> Folder<'_> {
    Folder::from(&loaded.root).with_columnar(nulmeting_tables::read_delivered)
}

/// Reads the register and the exports.
pub(crate) fn ingest(loaded: &Loaded) -> Result<Delivered, Failure> {
    let name = |organisation: &str| loaded.name(organisation);
    let read =
        nulmeting_ingest::ingest(&loaded.study, &loaded.instruments, folder(loaded), &name).map_err(Failure::data)?;
    Ok(Delivered::new(read))
}

/// Reads the waves that are wanted, and takes the others from the tables of the run before.
pub(crate) fn ingest_waves(loaded: &Loaded, wanted: &BTreeSet<String>) -> Result<Delivered, Failure> {
    if loaded.study.waves.iter().all(|wave| wanted.contains(&wave.id)) {
        return ingest(loaded);
    }
    let name = |organisation: &str| loaded.name(organisation);
    let read = nulmeting_ingest::ingest_waves(&loaded.study, &loaded.instruments, folder(loaded), &name, &|wave| {
        wanted.contains(wave)
    })
    .map_err(Failure::data)?;
    let mut all = Delivered::new(read);
    let before = Delivered::load(loaded)?;
    let kept = |wave: &str| !wanted.contains(wave) && loaded.study.wave(wave).is_some();
    all.sources
        .extend(before.sources.into_iter().filter(|row| kept(&row.wave)));
    all.register
        .extend(before.register.into_iter().filter(|row| kept(&row.wave)));
    all.responses
        .extend(before.responses.into_iter().filter(|row| kept(&row.wave)));
    all.corrections
        .extend(before.corrections.into_iter().filter(|row| kept(&row.wave)));
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
    let own = |finding: &Finding| finding.stage == Stage::Ingest && finding.wave.as_deref().is_some_and(kept);
    all.findings.extend(before.findings.into_iter().filter(own));
    Finding::sort(&mut all.findings);
    all.findings.dedup();
    Ok(all)
}

impl Delivered {
    fn new(read: nulmeting_ingest::Ingested) -> Self {
        Self {
            sources: read.sources,
            register: read.register,
            history: read.history,
            responses: read.responses,
            findings: read.findings,
            corrections: read.corrections,
            inputs: read.inputs,
        }
    }

    /// What was read, as the documents list it.
    pub(crate) fn read(&self) -> Read<'_> {
        Read {
            sources: &self.sources,
            corrections: &self.corrections,
        }
    }

    /// A hash of what the stage hands on of a wave; which file it came from does not matter to what follows.
    pub(crate) fn gives(&self, wave: &str) -> String {
        let mut rows = Rows::default();
        rows.add(of_wave(&self.register, wave, |row| &row.wave));
        rows.add(of_wave(&self.responses, wave, |row| &row.wave));
        rows.add(&self.history);
        let own = |finding: &&Finding| {
            finding.stage == Stage::Ingest && finding.wave.as_deref().is_none_or(|own| own == wave)
        };
        rows.add(&self.findings.iter().filter(own).cloned().collect::<Vec<_>>());
        rows.end()
    }
}

/// The rows of a wave, of rows that stand in the order of waves.
fn of_wave<'a, R>(rows: &'a [R], wave: &str, own: impl Fn(&R) -> &str) -> &'a [R] {
    let start = rows.partition_point(|row| own(row) < wave);
    let end = rows.partition_point(|row| own(row) <= wave);
    &rows[start..end]
}

/// The questions of every source.
pub(crate) fn questions(loaded: &Loaded) -> Result<Vec<AskedQuestion>, Failure> {
    let name = |organisation: &str| loaded.name(organisation);
    nulmeting_ingest::questions(&loaded.study, &loaded.instruments, folder(loaded), &name).map_err(Failure::data)
}

/// Weights that meet the margins of a study.
fn calibrate(task: &Task) -> Result<Vec<f64>, String> {
    let margins: Vec<Margin> = task
        .margins
        .iter()
        .map(|margin| Margin {
            name: margin.variable.clone(),
            classes: margin
                .member
                .iter()
                .map(|class| margin.categories[*class].clone())
                .collect(),
            totals: margin
                .categories
                .iter()
                .cloned()
                .zip(margin.totals.iter().copied())
                .collect(),
        })
        .collect();
    raked_weights(&task.design_weights, &margins).map_err(|cause| cause.to_string())
}

/// What both stages found, worst first.
fn findings(read: &[Finding], normalized: Vec<Finding>) -> Vec<Finding> {
    let read = read.iter().filter(|finding| finding.stage == Stage::Ingest).cloned();
    let normalized = normalized.into_iter().map(|finding| finding.stage(Stage::Normalize));
    let mut findings: Vec<Finding> = read.chain(normalized).collect();
    Finding::sort(&mut findings);
    findings
}

/// Turns what was read into answers, levels and weights.
pub(crate) fn normalize(loaded: &Loaded, delivered: &Delivered) -> Result<Normal, Failure> {
    let normal = nulmeting_normalize::normalize(
        &loaded.study,
        &loaded.instruments,
        &shipped::lexicon(),
        &delivered.register,
        &delivered.responses,
        &calibrate,
    )
    .map_err(Failure::data)?;
    Ok(Normal {
        organisations: as_written(normal.organisations),
        history: delivered.history.clone(),
        answers: normal.answers,
        levels: normal.levels,
        findings: findings(&delivered.findings, normal.findings),
    })
}

/// The frameworks with the norms that the exports name and the codebooks do not.
pub(crate) fn frameworks(loaded: &Loaded, levels: &[Level]) -> BTreeMap<String, Framework> {
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

/// The rows as they come back from a file: doubles have 12 significant digits.
///
/// A stage that follows in the same run must see what it would see when it ran alone.
fn as_written<R: Record>(mut rows: Vec<R>) -> Vec<R> {
    rows.iter_mut().for_each(Record::settle);
    rows
}

/// Turns levels into estimates, and the answers to the questions beside the norms.
pub(crate) fn analyze(loaded: &Loaded, normal: &Normal) -> Result<Analysed, Failure> {
    let beside = normal.answers.iter().filter(|answer| answer.kind == AnswerKind::Choice);
    analyze_counted(loaded, normal, &Tally::of(beside))
}

/// The same from answers that were counted elsewhere.
pub(crate) fn analyze_counted(loaded: &Loaded, normal: &Normal, tally: &Tally) -> Result<Analysed, Failure> {
    let frameworks = frameworks(loaded, &normal.levels);
    let analysed = nulmeting_analyze::analyze(
        &loaded.study,
        &frameworks,
        &normal.organisations,
        tally,
        &normal.levels,
        &normal.history,
    )
    .map_err(Failure::data)?;
    Ok(analysed.settled())
}

impl Delivered {
    /// Puts the stage's tables among the outputs, but for its findings: those are the next stage's to complete.
    pub(crate) fn save(&self, outputs: &mut Outputs) -> Result<(), Failure> {
        outputs.tables(&[
            &&self.responses[..],
            &&self.register[..],
            &&self.history[..],
            &&self.sources[..],
            &&self.corrections[..],
        ])
    }

    /// Reads the stage's tables back.
    pub(crate) fn load(loaded: &Loaded) -> Result<Self, Failure> {
        Ok(Self {
            sources: table(loaded)?,
            register: table(loaded)?,
            history: table(loaded)?,
            responses: table(loaded)?,
            findings: table(loaded)?,
            corrections: table(loaded)?,
            inputs: BTreeMap::new(),
        })
    }
}

impl Normal {
    /// A hash of what the stage hands on to the next.
    pub(crate) fn gives(&self) -> String {
        let mut rows = Rows::default();
        rows.add(&self.organisations);
        rows.add(&self.answers);
        rows.add(&self.levels);
        rows.add(&self.history);
        rows.end()
    }

    /// Puts the stage's tables among the outputs.
    pub(crate) fn save(&self, outputs: &mut Outputs) -> Result<(), Failure> {
        outputs.tables(&[
            &&self.answers[..],
            &&self.levels[..],
            &&self.organisations[..],
            &&self.findings[..],
        ])
    }

    /// Reads the stage's tables back.
    pub(crate) fn load(loaded: &Loaded) -> Result<Self, Failure> {
        Ok(Self {
            answers: table(loaded)?,
            ..Self::for_documents(loaded)?
        })
    }

    /// Reads back what documents show: no answer, and where answers were only counted there are none to read.
    pub(crate) fn for_documents(loaded: &Loaded) -> Result<Self, Failure> {
        Ok(Self {
            organisations: table(loaded)?,
            history: table(loaded)?,
            answers: Vec::new(),
            levels: table(loaded)?,
            findings: table(loaded)?,
        })
    }
}

/// Puts the analyze stage's tables among the outputs.
pub(crate) fn save_analysed(analysed: &Analysed, outputs: &mut Outputs) -> Result<(), Failure> {
    outputs.tables(&[
        &&analysed.scores[..],
        &&analysed.bands[..],
        &&analysed.representation[..],
        &&analysed.estimates[..],
        &&analysed.comparisons[..],
        &&analysed.validation[..],
        &&analysed.choices[..],
        &&analysed.changes[..],
        &&analysed.types[..],
        &&analysed.clusters[..],
        &&analysed.divisions[..],
        &&analysed.typology[..],
        &&analysed.type_agreement[..],
        &&analysed.type_profiles[..],
        &&analysed.moves[..],
        &&analysed.joinings[..],
        &&analysed.attention[..],
    ])
}

/// Reads the analyze stage's tables back.
pub(crate) fn load_analysed(loaded: &Loaded) -> Result<Analysed, Failure> {
    Ok(Analysed {
        scores: table::<Score>(loaded)?,
        bands: table::<Band>(loaded)?,
        estimates: Released::published_before(table::<Estimate>(loaded)?),
        comparisons: table::<Comparison>(loaded)?,
        validation: Released::published_before(table::<Validation>(loaded)?),
        representation: table::<Representation>(loaded)?,
        choices: Released::published_before(table::<Choice>(loaded)?),
        changes: Released::published_before(table::<Change>(loaded)?),
        types: table::<OrganisationType>(loaded)?,
        clusters: table::<Cluster>(loaded)?,
        divisions: table(loaded)?,
        typology: table(loaded)?,
        type_agreement: table(loaded)?,
        type_profiles: Released::published_before(table(loaded)?),
        moves: Released::published_before(table(loaded)?),
        joinings: table(loaded)?,
        attention: Released::published_before(table::<Attention>(loaded)?),
    })
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
