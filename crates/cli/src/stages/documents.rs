//! What the report stage is given, and the documents that it gives: the report, a report per board, one figure.

use super::{Normal, frameworks};
use crate::args::Document;
use crate::exit::Failure;
use crate::lineage::step::{Stage as StepStage, Step};
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use nulmeting_analyze::Analysed;
use nulmeting_study::tables::{Attention, Choice, Correction, Estimate, RegisterEntry, Source};
use nulmeting_study::{Framework, Record};
use std::collections::BTreeMap;

/// What was read, as the documents list it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Read<'a> {
    pub(crate) sources: &'a [Source],
    pub(crate) corrections: &'a [Correction],
}

/// What the documents are made of, with the frameworks that the exports extend.
struct Reported<'a> {
    loaded: &'a Loaded,
    frameworks: BTreeMap<String, Framework>,
    read: Read<'a>,
    normal: &'a Normal,
    analysed: &'a Analysed,
}

impl<'a> Reported<'a> {
    fn new(loaded: &'a Loaded, read: Read<'a>, normal: &'a Normal, analysed: &'a Analysed) -> Self {
        Self {
            loaded,
            frameworks: frameworks(loaded, &normal.levels),
            read,
            normal,
            analysed,
        }
    }

    fn input(&self) -> nulmeting_report::Input<'_> {
        let (normal, analysed) = (self.normal, self.analysed);
        nulmeting_report::Input {
            study: &self.loaded.study,
            frameworks: &self.frameworks,
            organisations: &normal.organisations,
            levels: &normal.levels,
            scores: &analysed.scores,
            bands: &analysed.bands,
            history: &normal.history,
            estimates: &analysed.estimates,
            comparisons: &analysed.comparisons,
            validation: &analysed.validation,
            representation: &analysed.representation,
            choices: &analysed.choices,
            changes: &analysed.changes,
            types: &analysed.types,
            clusters: &analysed.clusters,
            divisions: &analysed.divisions,
            typology: &analysed.typology,
            type_agreement: &analysed.type_agreement,
            type_profiles: &analysed.type_profiles,
            moves: &analysed.moves,
            joinings: &analysed.joinings,
            attention: &analysed.attention,
            findings: &normal.findings,
            sources: self.read.sources,
            corrections: self.read.corrections,
        }
    }
}

fn options(loaded: &Loaded, public: bool) -> nulmeting_report::Options {
    nulmeting_report::Options {
        language: loaded.language,
        public,
        csv: loaded.csv,
        documents: nulmeting_report::Documents {
            html: loaded.documents.contains(&Document::Html),
            pdf: loaded.documents.contains(&Document::Pdf),
            docx: loaded.documents.contains(&Document::Docx),
            xlsx: loaded.documents.contains(&Document::Xlsx),
        },
        style: loaded.style.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Turns estimates into documents: the files of one profile, by path.
fn report(
    loaded: &Loaded,
    read: Read<'_>,
    normal: &Normal,
    analysed: &Analysed,
    public: bool,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let reported = Reported::new(loaded, read, normal, analysed);
    nulmeting_report::render(&reported.input(), &options(loaded, public)).map_err(Failure::data)
}

/// A report per board, with its name where the study may show it.
pub(crate) fn boards(
    loaded: &Loaded,
    register: &[RegisterEntry],
    read: Read<'_>,
    normal: &Normal,
    analysed: &Analysed,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let names: BTreeMap<String, String> = register
        .iter()
        .filter_map(|row| Some((row.organisation.clone(), row.name.clone()?)))
        .collect();
    let reported = Reported::new(loaded, read, normal, analysed);
    nulmeting_report::boards(&reported.input(), &options(loaded, false), &analysed.bands, &names).map_err(Failure::data)
}

/// Puts the documents of one profile among the outputs: for inside, or for outside with the tables that go there.
pub(crate) fn documents(
    loaded: &Loaded,
    stage: StepStage,
    read: Read<'_>,
    normal: &Normal,
    analysed: &Analysed,
    outputs: &mut Outputs,
) -> Result<(), Failure> {
    outputs.made_by([&Step::of(stage)]);
    let public = stage == StepStage::Public;
    for (path, bytes) in report(loaded, read, normal, analysed, public)? {
        outputs.file(if public { format!("public/{path}") } else { path }, bytes);
    }
    let title = &loaded.study.study.title;
    if !public {
        return outputs.describe_all(title);
    }
    outputs.table_in("public/tables", &analysed.estimates)?;
    outputs.table_in("public/tables", &analysed.choices)?;
    outputs.table_in("public/tables", &analysed.attention)?;
    let schemas = [Estimate::schema(), Choice::schema(), Attention::schema()];
    outputs.describe("public/tables", title, &schemas)
}

/// One figure; what was asked for under a wrong name is wrong usage.
pub(crate) fn chart(
    loaded: &Loaded,
    normal: &Normal,
    analysed: &Analysed,
    asked: &nulmeting_report::Chart,
) -> Result<Vec<u8>, Failure> {
    let reported = Reported::new(loaded, Read::default(), normal, analysed);
    nulmeting_report::chart(&reported.input(), &options(loaded, loaded.public), asked).map_err(|error| match error {
        nulmeting_report::Error::Unknown { .. } => Failure::usage(error),
        other => Failure::data(other),
    })
}
