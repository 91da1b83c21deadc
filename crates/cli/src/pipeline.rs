//! The pipeline: the stages in their order, what does the work of each, and the tables that pass between them.

use crate::exit::Failure;
use crate::lineage::step::{Stage, Step};
use crate::lineage::work::Work;
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use crate::stages::{self, Extent};
use nulmeting_report::Input;
use nulmeting_study::{Analysed, Ingested, Normalized};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Does the work of a stage, of those of its steps that are due.
pub(crate) type Maker = fn(&Tables<'_>, &Work<'_>, &[Step]) -> Result<Made, Failure>;

/// Every stage, and what does its work.
pub(crate) const STAGES: [(Stage, Maker); 5] = [
    (Stage::Ingest, ingest),
    (Stage::Normalize, normalize),
    (Stage::Analyze, analyze),
    (Stage::Report, report),
    (Stage::Public, report),
];

/// What the work of a stage came to, beside its tables.
#[derive(Default)]
pub(crate) struct Made {
    /// A hash of what each of its steps gives to later ones, where that is less than its files.
    pub(crate) gives: BTreeMap<String, String>,
    /// Its documents.
    pub(crate) outputs: Outputs,
}

fn ingest(tables: &Tables<'_>, work: &Work<'_>, due: &[Step]) -> Result<Made, Failure> {
    let waves: BTreeSet<String> = due.iter().filter_map(|step| step.wave.clone()).collect();
    let ingested = once(&tables.ingested, || stages::ingest_waves(tables.loaded, &waves))?;
    work.check_read(&ingested.inputs)?;
    let waves = tables.loaded.study.waves.par_iter();
    let gives = waves.map(|wave| (Step::ingest(&wave.id).name(), stages::hash_of_wave(ingested, &wave.id)));
    Ok(Made {
        gives: gives.collect(),
        ..Made::default()
    })
}

fn normalize(tables: &Tables<'_>, _: &Work<'_>, _: &[Step]) -> Result<Made, Failure> {
    let ingested = tables.ingested()?;
    let normalized = once(&tables.normalized, || stages::normalize(tables.loaded, ingested))?;
    let hash = stages::hash_for_analysis(normalized, &ingested.history);
    Ok(Made {
        gives: BTreeMap::from([(Step::of(Stage::Normalize).name(), hash)]),
        ..Made::default()
    })
}

fn analyze(tables: &Tables<'_>, _: &Work<'_>, _: &[Step]) -> Result<Made, Failure> {
    let (ingested, normalized) = (tables.ingested()?, tables.normalized()?);
    once(&tables.analysed, || {
        stages::analyze(tables.loaded, &ingested.history, normalized)
    })?;
    Ok(Made::default())
}

/// The documents of one profile: inside or public.
fn report(tables: &Tables<'_>, _: &Work<'_>, due: &[Step]) -> Result<Made, Failure> {
    let mut made = Made::default();
    let input = Input {
        study: &tables.loaded.study,
        ingested: tables.ingested()?,
        normalized: tables.normalized()?,
        analysed: tables.analysed()?,
    };
    for step in due {
        stages::documents(tables.loaded, step.stage, &input, &mut made.outputs)?;
    }
    Ok(made)
}

/// The tables that pass between the stages: made by this run, or read back when a later stage first asks for them.
pub(crate) struct Tables<'a> {
    loaded: &'a Loaded,
    /// Which of their rows are still needed.
    extent: Extent,
    ingested: OnceLock<Ingested>,
    normalized: OnceLock<Normalized>,
    analysed: OnceLock<Analysed>,
}

impl<'a> Tables<'a> {
    pub(crate) fn new(loaded: &'a Loaded) -> Self {
        Self {
            loaded,
            extent: Extent::Everything,
            ingested: OnceLock::new(),
            normalized: OnceLock::new(),
            analysed: OnceLock::new(),
        }
    }

    fn ingested(&self) -> Result<&Ingested, Failure> {
        once(&self.ingested, || stages::load_ingested(self.loaded, self.extent))
    }

    pub(crate) fn normalized(&self) -> Result<&Normalized, Failure> {
        once(&self.normalized, || stages::load_normalized(self.loaded, self.extent))
    }

    fn analysed(&self) -> Result<&Analysed, Failure> {
        once(&self.analysed, || stages::load_analysed(self.loaded))
    }

    /// Lets go of responses and answers: no document shows them, and drawing needs the memory.
    pub(crate) fn keep_what_documents_show(&mut self) {
        self.extent = Extent::Documents;
        if let Some(ingested) = self.ingested.get_mut() {
            ingested.responses = Vec::new();
        }
        if let Some(normalized) = self.normalized.get_mut() {
            normalized.answers = Vec::new();
        }
    }

    /// The tables that a stage made in this run, as files.
    pub(crate) fn packed(&self, stage: Option<Stage>) -> Result<Outputs, Failure> {
        let mut packed = Outputs::default();
        match stage {
            Some(Stage::Ingest) => {
                let waves = self.loaded.study.waves.iter();
                packed.made_by(&waves.map(|wave| Step::ingest(&wave.id)).collect::<Vec<_>>());
                packed.bundle(self.ingested()?)?;
            }
            Some(Stage::Normalize) => {
                packed.made_by([&Step::of(Stage::Normalize)]);
                packed.bundle(self.normalized()?)?;
            }
            Some(Stage::Analyze) => {
                packed.made_by([&Step::of(Stage::Analyze)]);
                packed.bundle(self.analysed()?)?;
            }
            Some(Stage::Report | Stage::Public) | None => {}
        }
        Ok(packed)
    }
}

/// The value of a cell, made when it is first asked for.
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T, Failure>) -> Result<&T, Failure> {
    match cell.get() {
        Some(value) => Ok(value),
        None => make().map(|value| cell.get_or_init(|| value)),
    }
}
