//! The page for readers with five minutes: one sentence per question, each as sure as its number allows.

use super::{Section, Sentence, level_facts, share_facts};
use crate::Error;
use crate::draw::figure::{attention as ranking_figure, choices, groups, suppliers, types};
use crate::view::claims::{First, GroupComparison, Lead, case_of, headline_item};
use crate::view::{Number, View, number_format};
use minijinja::{Value, context};
use nulmeting_study::words::{Reliability, Scope, Selection};
use std::collections::BTreeMap;

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
    section.list(points);
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
            sentence = sentence.followed_by(&view.texts.say(&format!("compliance.inference.{case}"), facts)?);
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
        let same = view
            .framework
            .norms
            .iter()
            .all(|norm| norm.target.is_none_or(|own| own == target));
        let facts = context! { part => name, target => target, same => same, ..level_facts(view, &number)? };
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
    let rows: Vec<_> = ranking
        .iter()
        .filter(|row| row.share_below_target.is_some())
        .take(3)
        .collect();
    let names: Vec<String> = rows
        .iter()
        .map(|row| {
            let met = 1.0 - row.share_below_target.unwrap_or_default();
            let share = view.percent(met, row.n.unwrap_or_default());
            format!("{} ({share})", view.item_name(&row.scope, &row.item))
        })
        .collect();
    let facts = context! { count => names.len(), names => number_format::list(&names, &and) };
    let ids: Vec<String> = rows.iter().map(|row| ranking_figure::id(row)).collect();
    let sentence = Sentence::plain(view, "lowest.names", facts)?
        .followed_by(&first.say(view, "lowest.order")?)
        .with(ids.iter().map(String::as_str));
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
    let point = view.framework.points.iter().find(|point| point.code == row.item);
    let norms = point.map_or_else(Vec::new, |point| view.framework.select(&point.norms));
    // A point with one norm is a share of boards, and not a mean share of norms.
    let (key, norm) = match norms.as_slice() {
        [only] => ("attention.share_one", view.item_name("norm", &only.code)),
        _ => ("attention.share", String::new()),
    };
    let facts = context! {
        who => super::who(view)?, name => view.item_name(&row.scope, &row.item), norms => norms.len(), norm => norm,
        share => view.percent(share, row.n.unwrap_or_default()),
    };
    let id = ranking_figure::id(row);
    let sentence = Sentence::plain(view, key, facts)?.with([id.as_str()]);
    Ok(vec![Sentence {
        text: format!("{} {}", first.say(view, "attention.first")?, sentence.text),
        ..sentence
    }])
}

/// The largest type and what the codebook says of it, as far as the type is ahead of the next.
pub(crate) fn kinds(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let types = types::ordered(view);
    let Some((kind, number)) = types.iter().find(|(_, number)| number.value.is_some()) else {
        return Ok(Vec::new());
    };
    let options: Vec<(String, Number<'_>)> = types
        .iter()
        .map(|(kind, number)| (view.of(&kind.name).to_owned(), *number))
        .collect();
    let facts = context! { needs => view.of(&kind.needs), ..lead_facts(view, &options)? };
    let key = format!("types.largest.{}", lead(view, &options).word());
    Ok(vec![
        Sentence::about(view, number, &key, facts)?.with(second_id(&options)),
    ])
}

/// The most named obstacle, as far as it is ahead of the next.
pub(crate) fn obstacles(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    topic(view, "obstacle", "obstacles")
}

/// One sentence about a question that is not about a norm.
pub(crate) fn topic(view: &View<'_>, topic: &str, key: &str) -> Result<Vec<Sentence>, Error> {
    let Some(question) = view.question(topic) else {
        return Ok(Vec::new());
    };
    let options = choices::ordered(view, question);
    let Some((_, number)) = options.iter().find(|(_, number)| number.value.is_some()) else {
        return Ok(Vec::new());
    };
    let key = format!("{key}.{}", lead(view, &options).word());
    let sentence = Sentence::about(view, number, &key, lead_facts(view, &options)?)?;
    Ok(vec![sentence.with(second_id(&options))])
}

/// How the first of some shares stands to the next.
pub(crate) fn lead(view: &View<'_>, options: &[(String, Number<'_>)]) -> Lead {
    let numbers: Vec<Number<'_>> = options.iter().map(|(_, number)| *number).collect();
    Lead::of(view, &numbers)
}

/// The first and the second of some shares, with all that tie with the first, as texts expect them.
pub(crate) fn lead_facts(view: &View<'_>, options: &[(String, Number<'_>)]) -> Result<Value, Error> {
    let published: Vec<&(String, Number<'_>)> = options.iter().filter(|(_, number)| number.value.is_some()).collect();
    let Some((name, number)) = published.first() else {
        return Ok(context! {});
    };
    let tied: Vec<String> = published
        .iter()
        .filter(|(_, other)| other.value == number.value)
        .map(|(name, _)| name.clone())
        .collect();
    let second = published.get(1);
    Ok(context! {
        first => name.clone(),
        names => number_format::list(&tied, &view.texts.word("word.and")?),
        second => second.map(|(name, _)| name.clone()).unwrap_or_default(),
        second_share => second.map(|(_, number)| view.share(number)).unwrap_or_default(),
        ..share_facts(view, number)?
    })
}

/// The id of the second of some shares, whose number a sentence states beside the first.
fn second_id<'i>(options: &[(String, Number<'i>)]) -> Option<&'i str> {
    let mut published = options.iter().filter(|(_, number)| number.value.is_some());
    published.nth(1).map(|(_, number)| number.id)
}

/// What suppliers leave undelivered, and what they deliver beyond what boards ask.
pub(crate) fn supply(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let demands = suppliers::demands(view);
    let Some(claim) = suppliers::Claim::of(&demands) else {
        return Ok(Vec::new());
    };
    let number = claim.demand.gap.unwrap_or(claim.demand.asked);
    let facts = context! { who => super::who(view)?, ..claim.facts(view) };
    let sentence = Sentence::about(view, &number, &format!("suppliers.{}", claim.word()), facts)?;
    Ok(vec![sentence.with([claim.demand.asked.id, claim.demand.delivered.id])])
}

/// How sectors and size classes differ, as far as tests show it.
pub(crate) fn differences(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let (item, statistic) = (headline_item(view), groups::statistic(view));
    let mut sentences = Vec::new();
    for by in ["sector", "size"] {
        if let Some(comparison) = GroupComparison::of(view, item, by, statistic) {
            sentences.push(difference(view, &comparison)?);
        }
    }
    Ok(sentences)
}

/// The numbers of the groups of a kind, which of them differ, and why some have no number.
fn difference(view: &View<'_>, comparison: &GroupComparison<'_>) -> Result<Sentence, Error> {
    let and = view.texts.word("word.and")?;
    let by = comparison.by;
    let few = view.texts.word("word.few_boards")?;
    let values = comparison.published.iter().map(|(group, number)| {
        let value = view.measure(number.value.unwrap_or_default(), number.n);
        let phrase = view.group_phrase(by, group)?;
        Ok(match number.reliability {
            Reliability::Unreliable => format!("{value} {phrase} (n\u{a0}=\u{a0}{}: {few})", view.count(number.n)),
            _ => format!("{value} {phrase}"),
        })
    });
    let values: Vec<String> = values.collect::<Result<_, Error>>()?;
    // One sentence per higher group with all that lie below it, or the other way round where that takes fewer.
    let by_high = gathered(comparison.pairs.iter().map(|pair| (pair.high, pair.low)));
    let by_low = gathered(comparison.pairs.iter().map(|pair| (pair.low, pair.high)));
    let claims: Vec<(Vec<&str>, Vec<&str>)> = if by_high.len() <= by_low.len() {
        by_high.into_iter().map(|(high, lows)| (vec![high], lows)).collect()
    } else {
        by_low.into_iter().map(|(low, highs)| (highs, vec![low])).collect()
    };
    let phrases = |groups: &[&str]| -> Result<String, Error> {
        let phrases: Result<Vec<String>, Error> = groups.iter().map(|group| view.group_phrase(by, group)).collect();
        Ok(number_format::list(&phrases?, &and))
    };
    let claims = claims.iter().map(|(highs, lows)| {
        let facts = context! { highs => phrases(highs)?, lows => phrases(lows)? };
        let census = view.selection() == Selection::Census;
        view.texts
            .say(if census { "groups.higher" } else { "groups.clear" }, facts)
    });
    let claims: Vec<String> = claims.collect::<Result<_, Error>>()?;
    let mut reasons: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (group, absence) in &comparison.absent {
        reasons.entry(*absence).or_default().push(view.group_phrase(by, group)?);
    }
    let absent = reasons.into_iter().map(|(absence, phrases)| {
        let facts = context! { phrases => number_format::list(&phrases, &and), reason => absence.words(view)? };
        view.texts.say("groups.absent", facts)
    });
    let absent: Vec<String> = absent.collect::<Result<_, Error>>()?;
    let kind = if view.has_levels() { "levels" } else { "met" };
    let facts = context! {
        who => super::who(view)?,
        by => view.texts.word(&format!("word.group.{by}"))?,
        measure => view.texts.word(&format!("groups.measure.{kind}"))?,
        values => number_format::list(&values, &and),
        claims => claims.join(" "),
        shown => comparison.pairs.len(),
        rest => comparison.compared - comparison.pairs.len(),
        compared => comparison.compared,
        absent => absent.join(" "),
    };
    let key = if comparison.published.is_empty() {
        "groups.none"
    } else {
        "groups.values"
    };
    let sentence = Sentence::plain(view, key, facts)?;
    Ok(sentence.with(comparison.published.iter().map(|(_, number)| number.id)))
}

/// The second of each pair by the first, in the order of the pairs.
fn gathered<'g>(pairs: impl Iterator<Item = (&'g str, &'g str)>) -> Vec<(&'g str, Vec<&'g str>)> {
    let mut gathered: Vec<(&str, Vec<&str>)> = Vec::new();
    for (first, second) in pairs {
        match gathered.iter_mut().find(|(group, _)| *group == first) {
            Some((_, seconds)) => seconds.push(second),
            None => gathered.push((first, vec![second])),
        }
    }
    gathered
}
