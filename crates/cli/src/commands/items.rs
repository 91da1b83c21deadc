//! `nulmeting items`: a draft of the map from questions to items, and what changed between two waves' instruments.
//!
//! A draft is for a human to confirm: it is printed, never used.

use crate::args::{Global, ItemsAction, ItemsArgs};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::stages;
use nulmeting_study::AskedQuestion;
use nulmeting_study::Framework;
use nulmeting_study::formula::masked;
use nulmeting_study::lexicon::fold;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Below this likeness of texts nothing is proposed.
const LEAST: f64 = 0.5;
/// Below this likeness two texts ask for different things.
const SAME: f64 = 0.5;

/// Drafts or compares.
pub(crate) fn items(args: &ItemsArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    match (&args.action, &args.study) {
        (Some(ItemsAction::Diff { study }), _) => diff(&Loaded::load(study, global)?, console),
        (None, Some(study)) => draft(&Loaded::load(study, global)?, console),
        (None, None) => Err(Failure::usage("no study file; expected `nulmeting items STUDY.toml`")),
    }
}

/// What is proposed for a question.
struct Proposal {
    item: String,
    option: String,
    confidence: f64,
    why: &'static str,
}

fn draft(loaded: &Loaded, console: &Console) -> Result<Exit, Failure> {
    let questions = stages::questions(loaded)?;
    let mut rows: Vec<(&AskedQuestion, Proposal)> = Vec::new();
    let mut seen = BTreeSet::new();
    for asked in &questions {
        // Workbooks of one entry ask the same: once is enough.
        if seen.insert((&asked.wave, asked.entry, &asked.question, &asked.option))
            && let Some(framework) = loaded.instruments.frameworks.get(&asked.wave)
        {
            rows.push((asked, propose(asked, framework)));
        }
    }
    if console.is_json() {
        let list = rows.iter().map(|(asked, own)| {
            json!({
                "wave": asked.wave, "source": asked.place.source, "question": asked.question, "option": asked.option,
                "item": own.item, "item_option": own.option, "confidence": own.confidence, "why": own.why,
                "text": asked.text,
            })
        });
        console.json(&list.collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heading = [
        "question",
        "option",
        "item",
        "item_option",
        "confidence",
        "why",
        "wave",
        "source",
        "text",
    ];
    writer.write_record(heading).map_err(Failure::unexpected)?;
    for (asked, own) in &rows {
        let confidence = format!("{:.2}", own.confidence);
        writer
            .write_record(
                [
                    &asked.question,
                    &asked.option,
                    &own.item,
                    &own.option,
                    &confidence,
                    own.why,
                    &asked.wave,
                    &asked.place.source,
                    &asked.text,
                ]
                .map(|text| masked(text).into_owned()),
            )
            .map_err(Failure::unexpected)?;
    }
    let bytes = writer.into_inner().map_err(Failure::unexpected)?;
    console.data(String::from_utf8_lossy(&bytes).trim_end());
    let doubtful = rows.iter().filter(|(_, own)| own.confidence < 0.9).count();
    console.note(&format!(
        "{} questions, {doubtful} to look at; next: keep the rows of a source in its own file and name that as `items`",
        rows.len()
    ));
    Ok(Exit::Done)
}

fn propose(asked: &AskedQuestion, framework: &Framework) -> Proposal {
    if let Some(item) = &asked.item {
        return Proposal {
            item: item.clone(),
            option: asked.item_option.clone(),
            confidence: 1.0,
            why: "map or code",
        };
    }
    let whole = [asked.option.as_str(), asked.question.as_str(), asked.text.as_str()];
    let coded = framework.norms.iter().find(|norm| {
        let code = compact(&norm.code);
        whole.iter().any(|text| {
            let first = text.split([' ', ':']).next().unwrap_or_default();
            !first.is_empty() && compact(first) == code
        })
    });
    if let Some(norm) = coded {
        return Proposal {
            item: norm.code.clone(),
            option: String::new(),
            confidence: 0.95,
            why: "code in the text",
        };
    }
    let norms = framework
        .norms
        .iter()
        .flat_map(|norm| [&norm.title.nl, &norm.title.en].map(|title| (title.as_str(), norm.code.as_str(), "")));
    let questions = framework.questions.iter().flat_map(|question| {
        let own = [&question.name.nl, &question.name.en].map(|name| (name.as_str(), question.code.as_str(), ""));
        let options = question.options.iter().flat_map(|option| {
            [&option.name.nl, &option.name.en].map(|name| (name.as_str(), question.code.as_str(), option.code.as_str()))
        });
        own.into_iter().chain(options).collect::<Vec<_>>()
    });
    let mut best = Proposal {
        item: String::new(),
        option: String::new(),
        confidence: 0.0,
        why: "nothing alike",
    };
    for (title, item, option) in norms.chain(questions).filter(|(title, _, _)| !title.is_empty()) {
        let like = whole.iter().map(|text| likeness(text, title)).fold(0.0, f64::max) * 0.9;
        if like > best.confidence && like >= LEAST * 0.9 {
            best = Proposal {
                item: item.to_owned(),
                option: option.to_owned(),
                confidence: like,
                why: "text alike",
            };
        }
    }
    best
}

/// A code without its marks, in lower case.
fn compact(code: &str) -> String {
    code.to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// How alike two texts are, from 0 to 1: twice the pairs of letters in common, over all pairs (Dice).
fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = fold(text).chars().filter(|letter| letter.is_alphanumeric()).collect();
        let mut pairs: BTreeMap<(char, char), usize> = BTreeMap::new();
        for pair in letters.windows(2) {
            *pairs.entry((pair[0], pair[1])).or_default() += 1;
        }
        pairs
    };
    let (a, b) = (pairs(a), pairs(b));
    let total = a.values().sum::<usize>() + b.values().sum::<usize>();
    let common: usize = a
        .iter()
        .map(|(pair, count)| (*count).min(b.get(pair).copied().unwrap_or_default()))
        .sum();
    if total == 0 {
        0.0
    } else {
        2.0 * common as f64 / total as f64
    }
}

/// What differs between two instruments.
struct Difference {
    waves: (String, String),
    kind: &'static str,
    what: String,
    detail: String,
    error: bool,
}

fn diff(loaded: &Loaded, console: &Console) -> Result<Exit, Failure> {
    let questions = stages::questions(loaded)?;
    let waves: Vec<&str> = loaded.study.waves.iter().map(|wave| wave.id.as_str()).collect();
    if waves.len() < 2 {
        return Err(Failure::usage("one wave; expected two or more to compare"));
    }
    let mut found = Vec::new();
    for pair in waves.windows(2) {
        compare(loaded, &questions, (pair[0], pair[1]), &mut found);
    }
    if console.is_json() {
        let list = found.iter().map(|own| {
            json!({
                "from": own.waves.0, "to": own.waves.1, "kind": own.kind, "what": own.what, "detail": own.detail,
                "error": own.error,
            })
        });
        console.json(&list.collect::<Vec<_>>())?;
    } else if found.is_empty() {
        console.data("the instruments ask the same");
    } else {
        let line = |own: &Difference| {
            let grave = if own.error { "error " } else { "" };
            format!(
                "{grave}{} {} ({} to {}){}",
                own.kind, own.what, own.waves.0, own.waves.1, own.detail
            )
        };
        console.data(&found.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    Ok(if found.iter().any(|own| own.error) {
        Exit::Data
    } else {
        Exit::Done
    })
}

/// The questions of a wave by the item they ask for.
fn by_item<'a>(asked: &'a [AskedQuestion], wave: &str) -> BTreeMap<(&'a str, &'a str), Vec<&'a AskedQuestion>> {
    let mut found: BTreeMap<(&str, &str), Vec<&AskedQuestion>> = BTreeMap::new();
    for own in asked.iter().filter(|own| own.wave == wave) {
        if let Some(item) = own.item.as_deref().filter(|item| !item.is_empty()) {
            found.entry((item, &own.item_option)).or_default().push(own);
        }
    }
    found
}

fn compare(loaded: &Loaded, asked: &[AskedQuestion], waves: (&str, &str), found: &mut Vec<Difference>) {
    let mut tell = |kind, what: String, detail: String, error| {
        found.push(Difference {
            waves: (waves.0.to_owned(), waves.1.to_owned()),
            kind,
            what,
            detail,
            error,
        });
    };
    let (before, after) = (by_item(asked, waves.0), by_item(asked, waves.1));
    let name = |key: &(&str, &str)| match key.1 {
        "" => key.0.to_owned(),
        option => format!("{}[{option}]", key.0),
    };
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        tell("dropped", name(key), String::new(), false);
    }
    for key in after.keys().filter(|key| !before.contains_key(*key)) {
        tell("added", name(key), String::new(), false);
    }
    for (key, new) in &after {
        let Some(old) = before.get(key) else { continue };
        let texts: Vec<&str> = old
            .iter()
            .map(|own| own.text.as_str())
            .filter(|text| !text.is_empty())
            .collect();
        // Of several tools in a wave, one that asks it as before is enough.
        for own in new
            .iter()
            .filter(|own| !own.text.is_empty() && !texts.is_empty())
            .take(1)
        {
            if !texts.iter().any(|text| fold(text) == fold(&own.text)) {
                let like = texts.iter().map(|text| likeness(text, &own.text)).fold(0.0, f64::max);
                tell(
                    "reworded",
                    name(key),
                    format!(": texts are alike for {like:.2}; at {}", own.place),
                    false,
                );
            }
        }
        let labelled = |list: &[&AskedQuestion]| list.iter().map(|own| own.labels.clone()).find(|own| !own.is_empty());
        if let (Some(old), Some(new)) = (labelled(old), labelled(new)) {
            let words = |list: &[(String, String)]| list.iter().map(|(_, label)| fold(label)).collect::<Vec<_>>();
            if words(&old) != words(&new) {
                tell(
                    "rescaled",
                    name(key),
                    format!(": {} answers, then {}", old.len(), new.len()),
                    false,
                );
            } else if old != new {
                tell(
                    "re-coded",
                    name(key),
                    ": the same answers under other codes".to_owned(),
                    false,
                );
            }
        }
    }
    // A code that now means something else: an error until a map of the later wave says what it means.
    let mut told = BTreeSet::new();
    for own in asked.iter().filter(|own| own.wave == waves.1 && !own.text.is_empty()) {
        let same = |other: &&AskedQuestion| {
            other.wave == waves.0
                && (&other.question, &other.option) == (&own.question, &own.option)
                && !other.text.is_empty()
                && other.text != other.question
        };
        let Some(old) = asked.iter().find(same) else { continue };
        let same_item = (&old.item, &old.item_option) == (&own.item, &own.item_option);
        if likeness(&old.text, &own.text) < SAME
            && same_item
            && own.item.as_deref().is_some_and(|item| !item.is_empty())
            && !own_map(loaded, old, own)
            && told.insert((&own.question, &own.option))
        {
            let detail = format!(
                ": its text is another one; map it in an item map of wave `{}`; at {}",
                waves.1, own.place
            );
            let what = format!("{}[{}]", own.question, own.option).replace("[]", "");
            tell("code-reused", what, detail, true);
        }
    }
}

/// Whether the later wave has a map of its own that names the question.
fn own_map(loaded: &Loaded, old: &AskedQuestion, own: &AskedQuestion) -> bool {
    let path = |asked: &AskedQuestion| {
        let wave = loaded.study.wave(&asked.wave)?;
        wave.sources.get(asked.entry)?.items.clone()
    };
    let named = loaded
        .instruments
        .map(&own.wave, own.entry)
        .questions()
        .any(|question| question == own.question);
    named && path(old) != path(own)
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn likeness_is_one_for_the_same_words_and_low_for_others() {
        assert!((likeness("Vastgesteld beleid", "vastgesteld  beleid.") - 1.0).abs() < 1e-12);
        assert!(likeness("Vastgesteld beveiligingsbeleid", "Back-ups worden getest") < 0.5);
        assert!(likeness("", "") < 1e-12);
    }
}
