//! What the report stage is given, and the documents that it gives: the report, a report per board, one figure.

use crate::args::Document;
use crate::exit::Failure;
use crate::lineage::step::{Stage as StepStage, Step};
use crate::loaded::Loaded;
use crate::outputs::Outputs;
use nulmeting_analyze::publication::public_profile;
use nulmeting_report::Input;
use nulmeting_study::Record;
use nulmeting_study::tables::{Attention, Choice, Estimate, Precision};
use std::collections::BTreeMap;

fn options(loaded: &Loaded, public: bool) -> nulmeting_report::Options {
    nulmeting_report::Options {
        language: loaded.publication.language,
        public,
        csv: loaded.publication.csv,
        documents: nulmeting_report::Documents {
            html: loaded.publication.documents.contains(&Document::Html),
            pdf: loaded.publication.documents.contains(&Document::Pdf),
            docx: loaded.publication.documents.contains(&Document::Docx),
            xlsx: loaded.publication.documents.contains(&Document::Xlsx),
        },
        style: loaded.publication.style.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// A report per board, with its name where the study may show it.
pub(crate) fn boards(loaded: &Loaded, input: &Input<'_>) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let register = &input.ingested.register;
    let names: BTreeMap<String, String> = register
        .iter()
        .filter_map(|row| Some((row.organisation.clone(), row.name.clone()?)))
        .collect();
    nulmeting_report::boards(input, &options(loaded, false), &names).map_err(Failure::data)
}

/// Puts the documents of one profile among the outputs: for inside, or for outside with the tables that go there.
pub(crate) fn documents(
    loaded: &Loaded,
    stage: StepStage,
    input: &Input<'_>,
    outputs: &mut Outputs,
) -> Result<(), Failure> {
    outputs.made_by([&Step::of(stage)]);
    let public = stage == StepStage::Public;
    let protected = public.then(|| public_profile(input.study, input.normalized, input.analysed));
    let input = &Input {
        analysed: protected.as_ref().unwrap_or(input.analysed),
        ..*input
    };
    for (path, bytes) in nulmeting_report::render(input, &options(loaded, public)).map_err(Failure::data)? {
        outputs.file(if public { format!("public/{path}") } else { path }, bytes);
    }
    let title = &loaded.study.study.title;
    if !public {
        return outputs.describe_all(title);
    }
    outputs.table_in("public/tables", &input.analysed.estimates)?;
    outputs.table_in("public/tables", &input.analysed.choices)?;
    outputs.table_in("public/tables", &input.analysed.attention)?;
    outputs.table_in("public/tables", &input.analysed.precision)?;
    let schemas = [
        Estimate::schema(),
        Choice::schema(),
        Attention::schema(),
        Precision::schema(),
    ];
    outputs.describe("public/tables", title, &schemas)
}

/// One figure; what was asked for under a wrong name is wrong usage.
pub(crate) fn chart(loaded: &Loaded, input: &Input<'_>, asked: &nulmeting_report::Chart) -> Result<Vec<u8>, Failure> {
    let protected = loaded
        .publication
        .public
        .then(|| public_profile(input.study, input.normalized, input.analysed));
    let input = &Input {
        analysed: protected.as_ref().unwrap_or(input.analysed),
        ..*input
    };
    nulmeting_report::chart(input, &options(loaded, loaded.publication.public), asked).map_err(|error| match error {
        nulmeting_report::Error::Unknown { .. } => Failure::usage(error),
        other => Failure::data(other),
    })
}
