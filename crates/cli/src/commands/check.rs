//! `nulmeting check`: the researcher's first hour with what was ingested.

mod chosen;
mod page;

use self::chosen::{OVERRULE, chosen};
use crate::args::{CheckArgs, Global};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::stages;
use nulmeting_study::Finding;
use nulmeting_study::tables::Source;
use nulmeting_study::words::Severity;
use serde_json::{Value, json};

/// Places that are named for a fault that occurs many times.
const PLACES: usize = 3;

/// Reads everything, writes nothing, and prints what is wrong and where.
pub(crate) fn check(args: &CheckArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut loaded = Loaded::load(&args.study, global)?;
    // A check shows everything that is wrong; only a run stops at the share of answers that cannot be read.
    loaded.study.responses.unreadable = 1.0;
    let ingested = stages::ingest(&loaded)?;
    let normalized = stages::normalize(&loaded, &ingested)?;
    let groups = groups(&normalized.findings);
    if console.is_json() {
        console.json(&json!({
            "sources": ingested.sources.iter().map(source_json).collect::<Vec<_>>(),
            "findings": normalized.findings.iter().map(finding_json).collect::<Vec<_>>(),
        }))?;
    } else if args.html {
        console.data(&page::page(&loaded.study.study.title, &ingested.sources, &groups));
    } else {
        console.data(&sources_text(&ingested.sources));
        console.data(&findings_text(&groups));
    }
    let wrong = normalized
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    Ok(if wrong { Exit::Data } else { Exit::Done })
}

/// Findings of one rule, worst first.
fn groups(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match groups.last_mut() {
            Some(group) if group[0].severity == finding.severity && group[0].rule == finding.rule => {
                group.push(finding)
            }
            _ => groups.push(vec![finding]),
        }
    }
    groups
}

fn sources_text(sources: &[Source]) -> String {
    let mut text = format!("{} files read\n", sources.len());
    for source in sources {
        let chosen: Vec<String> = chosen(source).iter().map(ToString::to_string).collect();
        text.push_str(&format!(
            "  {} (wave {}): {}; {} responses, {} organisations, {} of {} columns mapped\n",
            source.source,
            source.wave,
            chosen.join(", "),
            source.rows,
            source.organisations,
            source.mapped,
            source.columns,
        ));
    }
    text.push_str(&format!("  {OVERRULE}\n"));
    text
}

fn findings_text(groups: &[Vec<&Finding>]) -> String {
    if groups.is_empty() {
        return "nothing found wrong".to_owned();
    }
    let mut text = String::new();
    for group in groups {
        let first = group[0];
        let times = if group.len() > 1 {
            format!(" ({} times)", group.len())
        } else {
            String::new()
        };
        text.push_str(&format!(
            "\n{} {}{times}: {}\n",
            first.severity, first.rule, first.message
        ));
        for finding in group.iter().take(PLACES) {
            let place = finding.place().to_string();
            // The same rule may have another cause elsewhere.
            let cause = Some(&finding.message).filter(|own| **own != first.message);
            let cause = cause.map(|own| format!(": {own}")).unwrap_or_default();
            if !place.is_empty() {
                text.push_str(&format!("  at   {place}{cause}\n"));
            }
        }
        if group.len() > PLACES {
            text.push_str(&format!("  and  {} more places\n", group.len() - PLACES));
        }
        text.push_str(&format!("  hint {}\n", first.hint));
    }
    text
}

fn source_json(source: &Source) -> Value {
    json!({
        "wave": source.wave, "source": source.source, "format": source.format, "recognised": source.recognised,
        "encoding": source.encoding, "encoding_recognised": source.encoding_recognised,
        "delimiter": source.delimiter, "delimiter_recognised": source.delimiter_recognised, "rows": source.rows, "columns": source.columns,
        "mapped": source.mapped, "organisations": source.organisations, "sha256": source.sha256,
    })
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.word(), "stage": finding.stage.word(), "rule": finding.rule.word(), "wave": finding.wave,
        "source": finding.source, "sheet": finding.sheet, "row": finding.row, "column": finding.column,
        "organisation": finding.organisation, "item": finding.item, "message": finding.message, "hint": finding.hint,
    })
}
