//! Types in sentences: what each is like, which clusters the data show, and who changed type.

use super::{Section, Sentence};
use crate::Error;
use crate::view::{View, number_format, typology_view};
use minijinja::context;
use nulmeting_study::tables::{TypeProfile, Typing, Verdict};

/// From so many boards on the simulation of docs/typology.md found types 1.5 levels apart more often than not.
const SOME: i64 = 60;
/// From so many it found types 1.5 levels apart nearly always.
const MANY: i64 = 300;
/// Domains named of a group.
const DOMAINS: usize = 3;
/// A domain sets a group apart from this many standard deviations on.
const APART: f64 = 0.5;

/// How many boards lie between two types.
pub(super) fn between(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let boards = typology_view::organisations(view)
        .iter()
        .filter(|row| row.r#type.is_some())
        .count();
    let between = typology_view::organisations(view)
        .iter()
        .filter(|row| row.type_between.is_some())
        .count() as i64;
    if boards == 0 || !typology_view::may_tell(view, between) {
        return Ok(Vec::new());
    }
    let facts = context! { count => between, boards => boards };
    let key = if between == 0 {
        "typology.sure"
    } else {
        "typology.between"
    };
    Ok(vec![Sentence::plain(view, key, facts)?])
}

/// What the boards of a type are like, as far as it is published.
pub(super) fn portrait(view: &View<'_>, code: &str) -> Result<Vec<Sentence>, Error> {
    let numbers = typology_view::numbers(view, Typing::Rule, code);
    let and = view.texts.word("word.and")?;
    let mut sentences = Vec::new();
    sentences.extend(domains(view, code)?);
    for (topic, key) in [
        ("obstacle", "typology.portrait.obstacle"),
        ("support", "typology.portrait.support"),
    ] {
        let Some(question) = view.question(topic) else { continue };
        let options: Vec<_> = question
            .options
            .iter()
            .filter_map(|option| {
                let item = format!("{}.{}", question.code, option.code);
                let row = numbers.iter().find(|row| row.scope == "question" && row.item == item)?;
                Some((view.of(&option.name).to_owned(), *row, row.estimate?))
            })
            .collect();
        let largest = options.iter().map(|option| option.2).fold(0.0, f64::max);
        let most: Vec<_> = options.iter().filter(|option| option.2 == largest).collect();
        match most.first() {
            Some((_, row, share)) if *share > 0.0 => {
                let names: Vec<String> = most.iter().map(|option| option.0.clone()).collect();
                let facts = context! {
                    count => names.len(), names => number_format::list(&names, &and),
                    share => view.percent(*share, row.n.unwrap_or(0)), n => row.n,
                };
                sentences
                    .push(about(view, row, key, facts)?.with(most.iter().skip(1).map(|option| option.1.id.as_str())));
            }
            _ => sentences.push(Sentence::plain(view, &format!("{key}_absent"), context! {})?),
        }
    }
    let sectors = numbers.iter().filter(|row| row.scope == "sector");
    let most = sectors
        .filter_map(|row| Some((*row, row.estimate?)))
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    let pupils = numbers.iter().find(|row| row.scope == "pupils");
    if let (Some((row, share)), Some(pupils)) = (most, pupils.and_then(|row| row.estimate)) {
        // To hundreds: more digits than a mean of few boards has.
        let pupils = libm::round(pupils / 100.0) as i64 * 100;
        let facts = context! {
            pupils => view.count(pupils), share => view.percent(share, row.n.unwrap_or(0)), sector => view.group_name("sector", &row.item),
        };
        sentences.push(about(view, row, "typology.portrait.pupils", facts)?);
    }
    Ok(sentences)
}

fn about(view: &View<'_>, row: &TypeProfile, key: &str, facts: minijinja::Value) -> Result<Sentence, Error> {
    Ok(Sentence::plain(view, key, facts)?.with([row.id.as_str()]))
}

/// The highest and lowest domain of a type, of those that do not define the types: being high on an axis is what makes
/// a type, so that it is no finding.
fn domains(view: &View<'_>, code: &str) -> Result<Option<Sentence>, Error> {
    let Some((part, _)) = view.parts().into_iter().next() else {
        return Ok(None);
    };
    let rows: Vec<(&str, &TypeProfile, f64)> = view
        .domains(&part.code)
        .into_iter()
        .filter(|domain| !typology_view::defines_types(view, domain))
        .filter_map(|domain| {
            let row = typology_view::domain(view, Typing::Rule, code, &domain.code)?;
            Some((view.of(&domain.name), row, row.estimate?))
        })
        .collect();
    let high = rows.iter().copied().reduce(|a, b| if b.2 > a.2 { b } else { a });
    let low = rows.iter().copied().reduce(|a, b| if b.2 < a.2 { b } else { a });
    let (Some(high), Some(low)) = (high, low) else {
        return Ok(None);
    };
    if high.2 == low.2 {
        return Ok(None);
    }
    let value = |row: (&str, &TypeProfile, f64)| view.measure(row.2, row.1.n.unwrap_or(0));
    let facts = context! {
        high => high.0, high_level => value(high), low => low.0, low_level => value(low), n => high.1.n,
    };
    let sentence = about(view, high.1, "typology.portrait.domains", facts)?;
    Ok(Some(sentence.with([low.1.id.as_str()])))
}

/// The clusters that the data show by themselves: the verdict, how far to trust it, and what sets each apart.
pub(super) fn clusters(view: &View<'_>, section: &mut Section) -> Result<(), Error> {
    let Some(verdict) = typology_view::verdict(view) else {
        return Ok(());
    };
    section.heading(view.texts.word("typology.heading")?);
    let facts = context! { k => verdict.k, boards => verdict.boards };
    let mut sentences = vec![Sentence::plain(
        view,
        &format!("typology.verdict.{}", verdict.verdict),
        facts,
    )?];
    let sought = matches!(verdict.verdict, Verdict::Types | Verdict::Continuum | Verdict::Unstable);
    if sought {
        let trust = match verdict.boards {
            ..SOME => "few",
            SOME..MANY => "some",
            _ => "many",
        };
        // A verdict of types needs no word about types that such a sample misses.
        if verdict.verdict != Verdict::Types || trust != "few" {
            sentences.push(Sentence::plain(view, &format!("typology.trust.{trust}"), context! {})?);
        }
    }
    if let (Some(k), Some(share)) = (verdict.k_shown, verdict.agreement_rule) {
        let facts = context! { k => k, share => view.percent(share, verdict.boards) };
        sentences.push(Sentence::plain(view, "typology.agreement", facts)?);
    }
    // Readers of every number learn how many organisations are not under it.
    if verdict.left_out > 0 {
        let facts = context! { count => verdict.left_out };
        sentences.push(Sentence::plain(view, "typology.left_out", facts)?);
    }
    section.paragraph(sentences);
    if let Some(k) = verdict.k_shown {
        let mut groups = Vec::new();
        for cluster in typology_view::clusters(view, k) {
            if !view.options.public || !cluster.inside {
                let name = typology_view::cluster_name(view, cluster)?;
                groups.push(group(view, &cluster.cluster.to_string(), name, cluster.size)?);
            }
        }
        section.list(groups);
    }
    for kind in ["stability", "silhouette", "dendrogram"] {
        section.figure(view, kind);
    }
    Ok(())
}

/// A group by what sets it apart.
fn group(view: &View<'_>, code: &str, name: String, n: i64) -> Result<Sentence, Error> {
    let numbers = typology_view::numbers(view, Typing::Cluster, code);
    let mut apart: Vec<(&TypeProfile, f64)> = numbers
        .into_iter()
        .filter(|row| row.scope == "domain")
        .filter_map(|row| Some((row, row.difference?)))
        .filter(|(_, difference)| difference.abs() >= APART)
        .collect();
    apart.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.item.cmp(&b.0.item)));
    // A domain stands in the table once per statistic.
    let mut seen = std::collections::BTreeSet::new();
    apart.retain(|(row, _)| seen.insert(row.item.as_str()));
    let and = view.texts.word("word.and")?;
    let list = |up: bool| {
        let rows = apart.iter().filter(|(_, difference)| (*difference > 0.0) == up);
        let names: Vec<String> = rows
            .take(DOMAINS)
            .map(|(row, _)| view.item_name("domain", &row.item))
            .collect();
        number_format::list(&names, &and)
    };
    let (higher, lower) = (list(true), list(false));
    let key = if apart.is_empty() {
        "typology.group_plain"
    } else {
        "typology.group"
    };
    if apart.is_empty() {
        return Sentence::plain(view, key, context! { name => name, n => n });
    }
    Sentence::plain(
        view,
        key,
        context! { name => name, n => n, higher => higher, lower => lower },
    )
}

/// Who moved between types since the wave before.
pub(super) fn moves(view: &View<'_>, section: &mut Section) -> Result<(), Error> {
    let moves = typology_view::moves(view);
    let Some(first) = moves.first() else {
        return Ok(());
    };
    if !typology_view::may_tell(view, first.returning) {
        return Ok(());
    }
    section.heading(view.texts.word("typology.moves_heading")?);
    let stayed: Option<i64> = moves.iter().filter(|row| row.stays).map(|row| row.boards).sum();
    let facts = context! {
        returning => first.returning, stayed => stayed, from => first.from_wave.clone(), to => first.to_wave.clone(),
    };
    let key = if stayed.is_some() {
        "typology.moves.told"
    } else {
        "typology.moves.withheld"
    };
    let mut sentences = vec![Sentence::plain(view, key, facts)?];
    if !first.comparable {
        sentences.push(Sentence::plain(view, "typology.moves.break", context! {})?);
    }
    section.paragraph(sentences);
    section.figure(view, "moves");
    Ok(())
}
