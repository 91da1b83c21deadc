//! The numbers behind the table that a reader makes on the page: published ones only, as JSON.
//!
//! Nothing is computed here or on the page: every value, and how it reads, comes from the tables.

use crate::Error;
use crate::view::number_format;
use crate::view::{Number, View};
use nulmeting_study::framework::Test;
use nulmeting_study::numbers::round12;
use nulmeting_study::tables::{ALL, Estimate};
use nulmeting_study::words::{Base, Reliability, Scope};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What can be picked, in the order of the page.
const MEASURES: [&str; 3] = ["mean_level", "share_meeting", "share_compliant"];

/// The JSON for the page, fit to stand inside a script element; absent when there is no number at all.
///
/// Shape: the waves, measures, groups and items to pick from, and one row per wave, measure, group and item.
pub(crate) fn data(view: &View<'_>) -> Result<Option<String>, Error> {
    let word = |key: &str| view.texts.word(&format!("explorer.{key}"));
    let shown = |row: &&Estimate| {
        matches!(row.scope, Scope::Domain | Scope::All)
            && row.base == Base::Organisations
            && MEASURES.contains(&row.statistic.as_str())
            && matches!(row.by.as_str(), ALL | "sector" | "size")
            // A pass/fail wave has no levels: a measure that it cannot have is not one that is withheld.
            && (row.statistic != "mean_level" || test(view, &row.wave) == Some(Test::Levels))
    };
    let rows: Vec<&Estimate> = view.input.analysed.estimates.iter().filter(shown).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let used: BTreeSet<&str> = rows.iter().map(|row| row.item.as_str()).collect();
    let mut items = Vec::new();
    for part in &view.framework.parts {
        let domains = view.framework.domains.iter().filter(|domain| domain.part == part.code);
        for domain in domains.filter(|domain| used.contains(domain.code.as_str())) {
            items.push(json!({ "value": domain.code, "name": view.domain_name(domain), "under": view.of(&part.name) }));
        }
        let whole = view.framework.part_item(&part.code);
        if used.contains(whole) {
            let name = view
                .texts
                .say("table.whole", minijinja::context! { part => view.of(&part.name) })?;
            items.push(json!({ "value": whole, "name": name, "under": view.of(&part.name) }));
        }
    }
    let mut groups = vec![json!({ "value": "all/all", "name": view.texts.word("word.all_boards")? })];
    for by in ["sector", "size"] {
        let under = view.texts.word(&format!("word.by.{by}"))?;
        // Every wave's groups, in the order that the report has.
        let mut names: Vec<&str> = view.groups(by);
        for row in rows.iter().filter(|row| row.by == by) {
            if !names.contains(&row.group.as_str()) {
                names.push(&row.group);
            }
        }
        for group in names {
            groups
                .push(json!({ "value": format!("{by}/{group}"), "name": view.group_name(by, group), "under": under }));
        }
    }
    let scale = view
        .input
        .normalized
        .frameworks
        .values()
        .find_map(nulmeting_study::Framework::scale)
        .unwrap_or((1, 5));
    let mut measures = Vec::new();
    for measure in MEASURES {
        let level = measure == "mean_level";
        measures.push(json!({
            "value": measure, "name": word(measure)?,
            "range": if level { [scale.0, scale.1] } else { [0, 1] },
            "target": if level { view.target(None) } else { None },
        }));
    }
    let waves: Vec<&str> = view
        .input
        .study
        .waves
        .iter()
        .map(|wave| wave.id.as_str())
        .filter(|wave| rows.iter().any(|row| row.wave == *wave))
        .collect();
    let wave = if waves.contains(&view.wave.id.as_str()) {
        view.wave.id.as_str()
    } else {
        waves[waves.len() - 1]
    };
    let mut words = serde_json::Map::new();
    for key in [
        "every", "domain", "group", "value", "interval", "n", "chart", "wave", "rows", "low", "high",
    ] {
        words.insert(key.to_owned(), json!(word(key)?));
    }
    words.insert("withheld".to_owned(), json!(view.texts.word("absent.withheld")?));
    let found = json!({
        "language": view.language().word(),
        "wave": wave,
        "waves": waves,
        "measures": measures,
        "groups": groups,
        "items": items,
        "words": words,
        "rows": rows.iter().map(|row| entry(view, row)).collect::<Vec<_>>(),
    });
    // Nothing in the data can end the script element that holds it.
    Ok(Some(found.to_string().replace('<', "\\u003c")))
}

fn test(view: &View<'_>, wave: &str) -> Option<Test> {
    let own = view.input.study.wave(wave)?;
    let frameworks = &view.input.normalized.frameworks;
    let framework = frameworks
        .get(wave)
        .or_else(|| frameworks.get(view.input.study.framework_of(own)))?;
    Some(framework.test)
}

/// A number with how it reads: value, limits, n, text, interval in words, and whether it is sure.
fn entry(view: &View<'_>, row: &Estimate) -> Value {
    let found = Number::from(row);
    let level = row.statistic == "mean_level";
    let text = found.value.map(|value| {
        if level {
            number_format::level(value, found.n, view.language())
        } else {
            number_format::percent(value, found.n, view.language())
        }
    });
    let interval = if level {
        view.level_interval(&found)
    } else {
        view.share_interval(&found)
    };
    json!({
        "id": row.id, "w": row.wave, "m": row.statistic, "g": format!("{}/{}", row.by, row.group), "d": row.item,
        "v": row.estimate.map(round12), "l": found.interval().map(|own| round12(own.0)),
        "h": found.interval().map(|own| round12(own.1)), "n": row.n, "t": text, "i": interval,
        "s": row.reliability == Reliability::Ok,
    })
}
