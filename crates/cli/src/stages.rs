//! The stages over their tables: the only place that knows them all.

use crate::exit::Failure;
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use nulmeting_analyze::Analysed;
use nulmeting_analyze::sample::raked_weights;
use nulmeting_analyze::survey::Margin;
use nulmeting_ingest::instrument::AskedQuestion;
use nulmeting_normalize::Task;
use nulmeting_study::tables::Correction;
use nulmeting_study::tables::{
    Answer, Attention, Change, Choice, Cluster, Estimate, Level, Organisation, OrganisationType, RegisterEntry,
    Response, Score, Source, Stage, Succession,
};
use nulmeting_study::{Finding, Framework, Record, shipped};
use std::collections::BTreeMap;

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

/// Reads the register and the exports.
pub(crate) fn ingest(loaded: &Loaded) -> Result<Delivered, Failure> {
    let name = |organisation: &str| loaded.name(organisation);
    let read =
        nulmeting_ingest::ingest(&loaded.study, &loaded.instruments, &loaded.root, &name).map_err(Failure::data)?;
    Ok(Delivered {
        sources: read.sources,
        register: read.register,
        history: read.history,
        responses: read.responses,
        findings: read.findings,
        corrections: read.corrections,
        inputs: read.inputs,
    })
}

/// The questions of every source.
pub(crate) fn questions(loaded: &Loaded) -> Result<Vec<AskedQuestion>, Failure> {
    let name = |organisation: &str| loaded.name(organisation);
    nulmeting_ingest::questions(&loaded.study, &loaded.instruments, &loaded.root, &name).map_err(Failure::data)
}

/// Turns what was read into answers, levels and weights.
pub(crate) fn normalize(loaded: &Loaded, delivered: &Delivered) -> Result<Normal, Failure> {
    let calibrate = |task: &Task| {
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
    };
    let normal = nulmeting_normalize::normalize(
        &loaded.study,
        &loaded.instruments,
        &shipped::lexicon(),
        &delivered.register,
        &delivered.responses,
        &calibrate,
    )
    .map_err(Failure::data)?;
    let mut findings: Vec<Finding> = delivered
        .findings
        .iter()
        .filter(|finding| finding.stage == Stage::Ingest)
        .cloned()
        .collect();
    findings.extend(
        normal
            .findings
            .into_iter()
            .map(|finding| finding.stage(Stage::Normalize)),
    );
    Finding::sort(&mut findings);
    Ok(Normal {
        organisations: as_written(&normal.organisations)?,
        history: delivered.history.clone(),
        answers: normal.answers,
        levels: normal.levels,
        findings,
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
fn as_written<R: Record>(rows: &[R]) -> Result<Vec<R>, Failure> {
    R::rows(&R::table(rows)).map_err(Failure::unexpected)
}

/// Turns levels into estimates.
pub(crate) fn analyze(loaded: &Loaded, normal: &Normal) -> Result<Analysed, Failure> {
    let frameworks = frameworks(loaded, &normal.levels);
    let analysed = nulmeting_analyze::analyze(
        &loaded.study,
        &frameworks,
        &normal.organisations,
        &normal.answers,
        &normal.levels,
        &normal.history,
    )
    .map_err(Failure::data)?;
    Ok(Analysed {
        scores: as_written(&analysed.scores)?,
        estimates: as_written(&analysed.estimates)?,
        choices: as_written(&analysed.choices)?,
        changes: as_written(&analysed.changes)?,
        types: as_written(&analysed.types)?,
        clusters: as_written(&analysed.clusters)?,
        attention: as_written(&analysed.attention)?,
    })
}

/// Turns estimates into documents: the files of one profile, by path.
pub(crate) fn report(
    loaded: &Loaded,
    (sources, corrections): (&[Source], &[Correction]),
    normal: &Normal,
    analysed: &Analysed,
    public: bool,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let frameworks = frameworks(loaded, &normal.levels);
    let input = nulmeting_report::Input {
        study: &loaded.study,
        frameworks: &frameworks,
        organisations: &normal.organisations,
        levels: &normal.levels,
        scores: &analysed.scores,
        estimates: &analysed.estimates,
        choices: &analysed.choices,
        types: &analysed.types,
        clusters: &analysed.clusters,
        attention: &analysed.attention,
        findings: &normal.findings,
        sources,
        corrections,
    };
    let options = nulmeting_report::Options {
        language: loaded.language,
        public,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    nulmeting_report::render(&input, &options).map_err(Failure::data)
}

impl Delivered {
    /// Puts the stage's tables among the outputs.
    pub(crate) fn save(&self, outputs: &mut Outputs) -> Result<(), Failure> {
        outputs.table(&self.sources)?;
        outputs.table(&self.register)?;
        outputs.table(&self.history)?;
        outputs.table(&self.responses)?;
        outputs.table(&self.corrections)?;
        outputs.table(&self.findings)
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
    /// Puts the stage's tables among the outputs.
    pub(crate) fn save(&self, outputs: &mut Outputs) -> Result<(), Failure> {
        outputs.table(&self.organisations)?;
        outputs.table(&self.answers)?;
        outputs.table(&self.levels)?;
        outputs.table(&self.findings)
    }

    /// Reads the stage's tables back.
    pub(crate) fn load(loaded: &Loaded) -> Result<Self, Failure> {
        Ok(Self {
            organisations: table(loaded)?,
            history: table(loaded)?,
            answers: table(loaded)?,
            levels: table(loaded)?,
            findings: table(loaded)?,
        })
    }
}

/// Puts the analyze stage's tables among the outputs.
pub(crate) fn save_analysed(analysed: &Analysed, outputs: &mut Outputs) -> Result<(), Failure> {
    outputs.table(&analysed.scores)?;
    outputs.table(&analysed.estimates)?;
    outputs.table(&analysed.choices)?;
    outputs.table(&analysed.changes)?;
    outputs.table(&analysed.types)?;
    outputs.table(&analysed.clusters)?;
    outputs.table(&analysed.attention)
}

/// Reads the analyze stage's tables back.
pub(crate) fn load_analysed(loaded: &Loaded) -> Result<Analysed, Failure> {
    Ok(Analysed {
        scores: table::<Score>(loaded)?,
        estimates: table::<Estimate>(loaded)?,
        choices: table::<Choice>(loaded)?,
        changes: table::<Change>(loaded)?,
        types: table::<OrganisationType>(loaded)?,
        clusters: table::<Cluster>(loaded)?,
        attention: table::<Attention>(loaded)?,
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
