//! `nulmeting explain`: from a published number back to the answers.

use crate::args::{ExplainArgs, Global};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::lineage::explain::{Cell, Evidence, Explained, explain};
use crate::loaded::Loaded;
use crate::stages;
use nulmeting_analyze::sample::samples;
use nulmeting_study::tables::Source;

/// Explains numbers from the tables of the last run.
pub(crate) fn run(args: &ExplainArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let normalized = stages::load_normalized(&loaded)?;
    let analysed = stages::load_analysed(&loaded)?;
    let sources: Vec<Source> = stages::table(&loaded)?;
    let samples = samples(&loaded.study, &normalized.organisations).map_err(Failure::data)?;
    let evidence = Evidence {
        study: &loaded.study,
        frameworks: &normalized.frameworks,
        samples: &samples,
        sources: &sources,
        organisations: &normalized.organisations,
        answers: &normalized.answers,
        levels: &normalized.levels,
        types: &analysed.types,
        estimates: &analysed.estimates,
        choices: &analysed.choices,
        attention: &analysed.attention,
        changes: &analysed.changes,
    };
    let explained = args
        .ids
        .iter()
        .map(|id| explain(&evidence, id))
        .collect::<Result<Vec<_>, _>>()?;
    if !console.is_json() {
        for own in &explained {
            console.data(&text(own));
        }
    } else if let [only] = explained.as_slice() {
        console.json(only)?;
    } else {
        console.json(&explained)?;
    }
    Ok(Exit::Done)
}

fn text(own: &Explained) -> String {
    let mut text = format!("{}\n", own.id);
    for column in [
        own.column,
        "se",
        "ci_low",
        "ci_high",
        "ci_method",
        "n",
        "population",
        "reliability",
    ] {
        if let Some(value) = own.number.get(column).filter(|value| !value.is_null()) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.push_str(&format!("  {column:<18} {value}\n"));
        }
    }
    if own.withheld {
        text.push_str("  withheld: too few organisations are under it, and what is under it is not shown either\n");
        return text;
    }
    text.push_str(&format!("  made as            {}\n", own.formula));
    text.push_str(&format!("  value              {}\n", own.value));
    text.push_str(&format!("  about              {}\n", own.items.join(", ")));
    if let Some(again) = own.again {
        text.push_str(&format!("  made again         {again}\n"));
    }
    for part in &own.parts {
        text.push_str(&format!("\n{}", self::text(part)));
    }
    if !own.parts.is_empty() {
        return text;
    }
    for (source, hash) in &own.sources {
        text.push_str(&format!("  source             {source} (sha256 {hash})\n"));
    }
    for under in &own.organisations {
        text.push_str(&format!(
            "\n  {}  weight {}, pupils {}, value {}\n",
            under.organisation,
            under.weight,
            under
                .pupils
                .map_or_else(|| "not known".to_owned(), |pupils| pupils.to_string()),
            under.value
        ));
        for level in &under.levels {
            let what = match (level.level, level.meets_target) {
                (Some(level), _) => format!("level {level}"),
                (None, Some(true)) => "passed".to_owned(),
                (None, Some(false)) => "not passed".to_owned(),
                (None, None) => level.status.replace('_', " "),
            };
            text.push_str(&format!("    {} {what}\n", level.norm));
            for cell in &level.answers {
                text.push_str(&place(cell));
            }
        }
        for cell in &under.answers {
            text.push_str(&format!("    {}.{}\n", cell.item, cell.option));
            text.push_str(&place(cell));
        }
    }
    text
}

fn place(cell: &Cell) -> String {
    let sheet = match cell.sheet.as_str() {
        "" => String::new(),
        sheet => format!(", sheet `{sheet}`"),
    };
    format!(
        "      {}{sheet}, row {}, column `{}`: {}\n",
        cell.source,
        cell.row,
        cell.column,
        cell.value
            .as_deref()
            .map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
    )
}
