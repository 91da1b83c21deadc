//! `nulmeting explain`: from a published number back to the answers.

use crate::args::{ExplainArgs, Global};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::stages;
use nulmeting_analyze::sample::samples;
use nulmeting_analyze::trace::{Cell, Explained, Tables, Under, Untraced, explain};
use nulmeting_study::tables::{Source, Succession};

/// Explains numbers from the tables of the last run.
pub(crate) fn run(args: &ExplainArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = Loaded::load(&args.study, global)?;
    let normalized = stages::load_normalized(&loaded, stages::Extent::Everything)?;
    let analysed = stages::load_analysed(&loaded)?;
    let sources: Vec<Source> = stages::table(&loaded)?;
    let history: Vec<Succession> = stages::table(&loaded)?;
    let samples = samples(&loaded.study, &normalized.organisations).map_err(Failure::data)?;
    let tables = Tables {
        study: &loaded.study,
        frameworks: &normalized.frameworks,
        samples: &samples,
        sources: &sources,
        organisations: &normalized.organisations,
        history: &history,
        answers: &normalized.answers,
        levels: &normalized.levels,
        analysed: &analysed,
    };
    let explained = explain(&tables, &args.ids).map_err(|cause| match cause {
        Untraced::Unknown { .. } => Failure::usage(cause),
        Untraced::OtherTables { .. } => Failure::data(cause),
    })?;
    if !console.is_json() {
        for number in &explained {
            console.data(&text(number));
        }
    } else if let [only] = explained.as_slice() {
        console.json(only)?;
    } else {
        console.json(&explained)?;
    }
    Ok(Exit::Done)
}

fn text(explained: &Explained) -> String {
    let mut text = format!("{}\n", explained.id);
    for column in [
        explained.column,
        "se",
        "ci_low",
        "ci_high",
        "ci_method",
        "n",
        "population",
        "reliability",
    ] {
        if let Some(value) = explained.number.get(column).filter(|value| !value.is_null()) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.push_str(&format!("  {column:<18} {value}\n"));
        }
    }
    if explained.withheld {
        text.push_str("  withheld: too few organisations are under it, or it would reveal such a number; what is under it is not shown either\n");
        return text;
    }
    text.push_str(&format!("  made as            {}\n", explained.formula));
    text.push_str(&format!("  value              {}\n", explained.value));
    text.push_str(&format!("  about              {}\n", explained.items.join(", ")));
    if let Some(again) = explained.again {
        text.push_str(&format!("  made again         {again}\n"));
    }
    if explained.parts.is_empty() {
        for (source, hash) in &explained.sources {
            text.push_str(&format!("  source             {source} (sha256 {hash})\n"));
        }
    }
    for under in &explained.organisations {
        organisation(&mut text, under);
    }
    for part in &explained.parts {
        text.push_str(&format!("\n{}", self::text(part)));
    }
    text
}

/// An organisation with its levels and answers, each with the cells that it comes from.
fn organisation(text: &mut String, under: &Under) {
    let pupils = under.pupils.map(|pupils| pupils.to_string());
    let weight = under.weight.map(|weight| weight.to_string());
    let or_not_known = |value: Option<String>| value.unwrap_or_else(|| "not known".to_owned());
    text.push_str(&format!(
        "\n  {}  weight {}, pupils {}, value {}\n",
        under.organisation,
        or_not_known(weight),
        or_not_known(pupils),
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
            text.push_str(&position(cell));
        }
    }
    for cell in &under.answers {
        text.push_str(&format!("    {}.{}\n", cell.item, cell.option));
        text.push_str(&position(cell));
    }
}

/// Where a cell stands in the exports, and what it holds.
fn position(cell: &Cell) -> String {
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
