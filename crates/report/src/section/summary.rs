//! The page for who has five minutes: one sentence per question, each as sure as its interval allows.

use super::{Block, Section, Sentence, level_facts, share_facts};
use crate::Error;
use crate::draw::figure::{choices, groups, suppliers, types};
use crate::view::View;
use crate::view::claims::{First, Spread, case_of, headline_item, spread};
use crate::view::number_format;
use minijinja::{Value, context};
use nulmeting_study::words::{Scope, Selection};

/// The summary of the wave.
pub(crate) fn summary(view: &View<'_>, earlier: &[View<'_>]) -> Result<Section, Error> {
    let mut section = Section::new(view, "summary")?;
    section.paragraph(vec![who(view)?]);
    let mut points = compliance(view)?;
    points.extend(level(view)?);
    points.extend(lowest(view)?);
    points.extend(attention(view)?);
    points.extend(kinds(view)?);
    points.extend(obstacles(view)?);
    points.extend(supply(view)?);
    points.extend(differences(view)?);
    if let Some(before) = earlier.last() {
        points.push(comparison(before, view)?);
        points.extend(super::change::in_short(view)?);
    }
    points.push(chance(view)?);
    section.blocks.push(Block::List(points));
    Ok(section)
}

/// Who took part and for whom that speaks.
pub(crate) fn who(view: &View<'_>) -> Result<Sentence, Error> {
    let pupils: i64 = view
        .input
        .normalized
        .organisations
        .iter()
        .filter(|row| row.wave == view.wave.id && row.responded)
        .filter_map(|row| row.pupils)
        .sum();
    let facts = context! {
        wave => view.wave.id.clone(),
        respondents => view.count(view.respondents()),
        population => view.count(view.population()),
        pupils => view.count(pupils),
    };
    Sentence::plain(view, &format!("summary.who.{}", view.selection()), facts)
}

/// Whether an earlier wave can be set beside the latest.
pub(crate) fn comparison(view: &View<'_>, latest: &View<'_>) -> Result<Sentence, Error> {
    let facts = context! {
        wave => view.wave.id.clone(), latest => latest.wave.id.clone(), level => latest.framework.pass_level,
    };
    let key = match (view.has_levels(), latest.has_levels()) {
        (false, true) => "earlier.break",
        _ if view.framework.id != latest.framework.id => "earlier.version",
        _ => "earlier.same",
    };
    Sentence::plain(view, key, facts)
}

/// What the way of choosing the boards leaves unsure.
pub(crate) fn chance(view: &View<'_>) -> Result<Sentence, Error> {
    Sentence::plain(
        view,
        &format!("doubt.selection.{}", view.selection()),
        context! { n => view.count(view.respondents()) },
    )
}

/// How many boards meet every norm, per part.
pub(crate) fn compliance(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let mut sentences = Vec::new();
    for (part, item) in view.parts() {
        let Some(number) = view.number(Scope::All, item, "share_compliant") else {
            continue;
        };
        let Some(case) = case_of(&number) else { continue };
        let facts = context! { part => view.of(&part.name), ..share_facts(view, &number)? };
        let mut sentence = Sentence::about(view, &number, &format!("compliance.{case}"), facts.clone())?;
        // Only a random sample says something of those who were not asked.
        if view.selection() == Selection::Random && matches!(case, "none" | "all") && number.interval().is_some() {
            let facts = context! {
                low => number.low.map(|low| view.percent(low, number.n)).unwrap_or_default(),
                ..facts
            };
            sentence.text.push(' ');
            sentence
                .text
                .push_str(&view.texts.say(&format!("compliance.inference.{case}"), facts)?);
        }
        sentences.push(sentence);
    }
    Ok(sentences)
}

/// Where the whole stands with regard to the target.
pub(crate) fn level(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let mut sentences = Vec::new();
    for (part, item) in view.parts() {
        let name = view.of(&part.name);
        if !view.has_levels() {
            if let Some(number) = view
                .number(Scope::All, item, "share_meeting")
                .filter(|number| number.value.is_some())
            {
                let facts = context! { part => name, ..share_facts(view, &number)? };
                sentences.push(Sentence::about(view, &number, "level.passed", facts)?);
            }
            continue;
        }
        let (Some(number), Some(target)) = (view.number(Scope::All, item, "mean_level"), view.target(None)) else {
            continue;
        };
        let Some(value) = number.value else { continue };
        let aim = target as f64;
        let (low, high) = (number.low.unwrap_or(value), number.high.unwrap_or(value));
        let case = if high < aim {
            "below"
        } else if low >= aim {
            "above"
        } else {
            "open"
        };
        let facts = context! { part => name, target => target, ..level_facts(view, &number)? };
        sentences.push(Sentence::about(view, &number, &format!("level.{case}"), facts)?);
    }
    Ok(sentences)
}

/// The three lowest domains, and how sure their order is.
pub(crate) fn lowest(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let ranking = view.ranking("domain");
    let Some(first) = First::of(view, &ranking) else {
        return Ok(Vec::new());
    };
    let and = view.texts.word("word.and")?;
    let names: Vec<String> = ranking
        .iter()
        .filter_map(|row| {
            let share = view.percent(1.0 - row.share_below_target?, row.n.unwrap_or_default());
            Some(format!("{} ({share})", view.item_name(&row.scope, &row.item)))
        })
        .take(3)
        .collect();
    let facts = context! { count => names.len(), names => number_format::list(&names, &and) };
    let mut sentence = Sentence::plain(view, "lowest.names", facts)?;
    sentence.text.push(' ');
    sentence.text.push_str(&first.say(view, "lowest.order")?);
    if let Some(row) = ranking.first() {
        sentence.id = crate::draw::figure::attention::id(row);
    }
    Ok(vec![sentence])
}

/// The point that needs attention first.
pub(crate) fn attention(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let ranking = view.ranking("point");
    let (Some(first), Some(row)) = (First::of(view, &ranking), ranking.first()) else {
        return Ok(Vec::new());
    };
    let Some(share) = row.share_below_target else {
        return Ok(Vec::new());
    };
    let mut text = first.say(view, "attention.first")?;
    text.push(' ');
    text.push_str(&view.texts.say(
        "attention.share",
        context! { name => view.item_name(&row.scope, &row.item), share => view.percent(share, row.n.unwrap_or_default()) },
    )?);
    Ok(vec![Sentence {
        id: crate::draw::figure::attention::id(row),
        text,
    }])
}

/// The largest type and what helps it.
pub(crate) fn kinds(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let types = types::ordered(view);
    let Some((kind, number)) = types.iter().find(|(_, number)| number.value.is_some()) else {
        return Ok(Vec::new());
    };
    let facts = context! { name => view.of(&kind.name), needs => view.of(&kind.needs), ..share_facts(view, number)? };
    Ok(vec![Sentence::about(view, number, "types.largest", facts)?])
}

/// The most named obstacle, as far as it stands out.
pub(crate) fn obstacles(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    topic(view, "obstacle", "obstacles")
}

/// One sentence about a question beside the norms.
pub(crate) fn topic(view: &View<'_>, topic: &str, key: &str) -> Result<Vec<Sentence>, Error> {
    let Some(question) = view.question(topic) else {
        return Ok(Vec::new());
    };
    let options = choices::ordered(view, question);
    let Some((label, number)) = options.iter().find(|(_, number)| number.value.is_some()) else {
        return Ok(Vec::new());
    };
    let facts = context! { first => label.clone(), ..share_facts(view, number)? };
    let case = choices::lead(view, &options);
    Ok(vec![Sentence::about(view, number, &format!("{key}.{case}"), facts)?])
}

/// What suppliers leave undelivered.
pub(crate) fn supply(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let demands = suppliers::demands(view);
    let Some(widest) = demands.first() else {
        return Ok(Vec::new());
    };
    let (Some(asked), Some(delivered)) = (widest.asked.value, widest.delivered.value) else {
        return Ok(Vec::new());
    };
    let positive =
        |demand: &&suppliers::Demand<'_>| demand.is_clear() && demand.gap.is_some_and(|gap| gap.value > Some(0.0));
    let clear = demands.iter().filter(positive).count();
    let number = widest.gap.unwrap_or(widest.asked);
    let facts = context! {
        who => super::who(view)?,
        demand => widest.label.clone(),
        asked => view.percent(asked, widest.asked.n),
        delivered => view.percent(delivered, widest.delivered.n),
        clear => clear,
        demands => demands.len(),
        n => widest.asked.n,
    };
    Ok(vec![Sentence::about(
        view,
        &number,
        if clear > 0 { "suppliers.clear" } else { "suppliers.open" },
        facts,
    )?])
}

/// How sectors and size classes differ, as far as it can be shown.
pub(crate) fn differences(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let (item, statistic) = (headline_item(view), groups::statistic(view));
    let mut sentences = Vec::new();
    for by in ["sector", "size"] {
        let Some(spread) = spread(view, item, by, statistic) else {
            continue;
        };
        sentences.push(Sentence::about(
            view,
            &spread.lowest.1,
            &format!("groups.{}", if spread.pairs.is_empty() { "open" } else { "shown" }),
            group_facts(view, by, item, statistic, &spread)?,
        )?);
    }
    Ok(sentences)
}

/// Pairs that one sentence names.
const PAIRS: usize = 2;

fn group_facts(view: &View<'_>, by: &str, item: &str, statistic: &str, spread: &Spread<'_>) -> Result<Value, Error> {
    let said = |group: &str| -> Result<String, Error> {
        let number = view.grouped(Scope::All, item, by, group, statistic);
        let value = number.and_then(|number| {
            let value = number.value?;
            Some(if view.has_levels() {
                view.level(value, number.n)
            } else {
                view.percent(value, number.n)
            })
        });
        Ok(format!(
            "{} ({})",
            view.group_words(by, group)?,
            value.unwrap_or_default()
        ))
    };
    let pairs = spread
        .pairs
        .iter()
        .take(PAIRS)
        .map(|pair| {
            let facts = context! { high => said(pair.high)?, low => said(pair.low)?, clear => pair.clear };
            view.texts.say("groups.pair", facts)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let kind = if view.has_levels() { "levels" } else { "met" };
    Ok(context! {
        who => super::who(view)?,
        by => view.texts.word(&format!("word.group.{by}"))?,
        measure => view.texts.word(&format!("groups.measure.{kind}"))?,
        pairs => number_format::list(&pairs, &view.texts.word("word.and")?),
        more => spread.pairs.len().saturating_sub(PAIRS),
        rest => spread.compared.saturating_sub(spread.pairs.len()),
        low => said(spread.lowest.0)?,
        high => said(spread.highest.0)?,
    })
}
