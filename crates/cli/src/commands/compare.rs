//! `nulmeting compare`: which published numbers differ between two runs, by how much, and what did it.

use crate::args::{CompareArgs, Global, Language};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::compare::{Comparison, compare};
use crate::lineage::manifest::Manifest;
use nulmeting_study::words;
use serde_json::json;

/// Lines that are printed of a list; all of them stand in the JSON.
const LINES: usize = 40;

/// Compares two output folders.
pub(crate) fn run(args: &CompareArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let found = compare(&args.a, &args.b)?;
    let language = match global.language {
        Language::Nl => words::Language::Nl,
        Language::En => words::Language::En,
    };
    let title = Manifest::read(&args.a).study;
    let erratum = nulmeting_report::erratum(language, &title, &found.because.words(), &found.corrections)
        .map_err(Failure::unexpected)?;
    if console.is_json() {
        let mut value = serde_json::to_value(&found).map_err(Failure::unexpected)?;
        value["erratum"] = json!(erratum);
        console.json(&value)?;
    } else if found.same {
        console.data("no difference");
    } else {
        console.data(&text(&found));
        console.data(&format!("\nerratum\n{erratum}"));
    }
    Ok(if found.same { Exit::Done } else { Exit::Data })
}

fn text(found: &Comparison) -> String {
    let mut lines = vec!["because".to_owned()];
    let causes = found.because.words();
    if causes.is_empty() {
        lines.push(
            "  nothing that the manifests know of: an output was changed by hand, or made on another machine"
                .to_owned(),
        );
    }
    lines.extend(causes.iter().map(|cause| format!("  {cause}")));
    let count = |what: &str, number: usize| format!("\n{number} {what}");
    let numbers: std::collections::BTreeSet<&str> = found.numbers.iter().map(|own| own.id.as_str()).collect();
    lines.push(count("published numbers differ", numbers.len()));
    for own in found.numbers.iter().take(LINES) {
        let by = own.difference.map_or(String::new(), |by| format!(" ({by:+})"));
        lines.push(format!("  {} {}: {} -> {}{by}", own.id, own.column, own.a, own.b));
    }
    if found.numbers.len() > LINES {
        lines.push(format!(
            "  and {} more values; `--format json` lists all",
            found.numbers.len() - LINES
        ));
    }
    for (what, ids) in [
        ("numbers that only the first has", &found.only_a),
        ("numbers that only the second has", &found.only_b),
    ] {
        if !ids.is_empty() {
            lines.push(count(what, ids.len()));
            lines.extend(ids.iter().take(LINES).map(|id| format!("  {id}")));
        }
    }
    lines.push(count("output files differ", found.files.len()));
    lines.join("\n")
}
