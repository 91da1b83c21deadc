//! What a board's own report says: where it stands, what is strong and weak, what changed, and what helps.

use super::{Section, Sentence, Table};
use crate::Error;
use crate::view::board_view::Board;
use crate::view::number_format;
use minijinja::{Value, context};
use nulmeting_study::EstimateId;
use nulmeting_study::framework::SupportFor;
use nulmeting_study::tables::Level;
use nulmeting_study::words::{Scope, Status};

/// Norms that are named as furthest from and furthest past their target.
const NORMS: usize = 5;
/// Share of the trials from which a type is called sure, and below which it is called unsure.
const SURE: [f64; 2] = [0.7, 0.9];

/// The sections of a board's report.
pub(crate) fn board(board: &Board<'_>) -> Result<Vec<Section>, Error> {
    // What can be done stands before what was measured: a board member may stop after the first page.
    let mut sections = vec![summary(board)?, norms(board)?];
    sections.extend(change(board)?);
    sections.extend([support(board)?, domains(board)?]);
    sections.push(all_norms(board)?);
    sections.push(reading(board)?);
    Ok(sections)
}

fn open(board: &Board<'_>, id: &str) -> Result<Section, Error> {
    Ok(Section {
        id: id.to_owned(),
        title: board.view.texts.word(&format!("board.section.{id}"))?,
        blocks: Vec::new(),
    })
}

fn say(board: &Board<'_>, key: &str, facts: Value) -> Result<Sentence, Error> {
    Sentence::plain(board.view, &format!("board.{key}"), facts)
}

/// The page for readers with five minutes.
fn summary(board: &Board<'_>) -> Result<Section, Error> {
    let view = board.view;
    let mut section = open(board, "summary")?;
    let sector = board.organisation.sector.as_deref().unwrap_or_default();
    let mut first = vec![say(
        board,
        "who",
        context! {
            name => board.name.clone(), wave => view.wave.id.clone(), sector => view.group_name("sector", sector),
            pupils => board.organisation.pupils.map(|pupils| view.count(pupils)),
        },
    )?];
    first.push(match &board.group {
        Some(group) => say(
            board,
            "beside",
            context! { n => view.count(group.n), group => board.group_words()? },
        )?,
        None => say(board, "alone", context! {})?,
    });
    section.paragraph(first);
    let mut points = Vec::new();
    for part in &view.framework.parts {
        let item = view.framework.part_item(&part.code);
        let Some(value) = board.score(item) else { continue };
        let band = board.band(Scope::All, item);
        let key = if view.has_levels() { "level" } else { "passed" };
        let sentence = say(
            board,
            key,
            context! { part => view.of(&part.name), level => board.said(Some(value)), target => view.target(None) },
        )?;
        points.push(match band {
            Some(band) => {
                let case = Board::against(value, band);
                let facts = context! { range => board.range(Some(band))? };
                sentence.followed_by(&view.texts.say(&format!("board.against.{case}"), facts)?)
            }
            None => sentence,
        });
    }
    let (answered, met) = board.met();
    points.push(say(board, "met", context! { answered => answered, met => met })?);
    for (key, places) in [("strongest", board.strongest()), ("weakest", board.weakest())] {
        if !places.is_empty() {
            points.push(say(board, key, context! { names => board.named(&places)? })?);
        }
    }
    points.push(kind(board)?);
    points.push(say(
        board,
        &format!("unsure.{}", view.input.study.scores.assessor),
        context! {},
    )?);
    section.list(points);
    Ok(section)
}

/// Its type, as sure as it is.
fn kind(board: &Board<'_>) -> Result<Sentence, Error> {
    let view = board.view;
    let code = board.kind.and_then(|kind| kind.r#type.as_deref());
    let Some(named) = code.and_then(|code| view.framework.types.iter().find(|kind| kind.code == code)) else {
        return say(board, "type.none", context! {});
    };
    let certainty = board.kind.and_then(|kind| kind.type_certainty);
    let case = match certainty {
        Some(share) if share >= SURE[1] => "sure",
        Some(share) if share >= SURE[0] => "likely",
        Some(_) => "unsure",
        None => "unknown",
    };
    say(
        board,
        &format!("type.{case}"),
        context! {
            name => view.of(&named.name), about => view.of(&named.about),
            certainty => certainty.map(|share| view.percent(share, 1)),
        },
    )
}

fn domains(board: &Board<'_>) -> Result<Section, Error> {
    let view = board.view;
    let mut section = open(board, "domains")?;
    section.figure(view, "board");
    let word = |key: &str| view.texts.word(&format!("board.table.{key}"));
    let caption = view
        .texts
        .say("board.table.domains", context! { wave => view.wave.id.clone() })?;
    let headings = vec![
        view.texts.word("table.domain")?,
        word("own")?,
        word("met")?,
        word("range")?,
    ];
    let mut table = Table::new(caption, headings);
    for (_, places) in board.domains() {
        for place in places {
            let (answered, met) = counted(board.levels.values().copied().filter(|row| row.domain == place.code));
            let met = view
                .texts
                .say("board.table.of", context! { met => met, answered => answered })?;
            let cells = vec![
                place.label.clone(),
                board.said(place.value),
                met,
                board.range(place.band)?,
            ];
            table.push(&place.id, cells);
        }
    }
    section.table(table);
    Ok(section)
}

fn counted<'a>(levels: impl Iterator<Item = &'a Level>) -> (usize, usize) {
    let met: Vec<bool> = levels
        .filter(|row| row.status == Status::Answered)
        .filter_map(|row| row.meets_target)
        .collect();
    (met.len(), met.iter().filter(|met| **met).count())
}

/// Norms furthest from their target, and those that stand out above it.
fn norms(board: &Board<'_>) -> Result<Section, Error> {
    let view = board.view;
    let mut section = open(board, "norms")?;
    let middle = |row: &Level| board.band(Scope::Norm, &row.norm).map_or(0.0, |band| band.middle);
    let gap = |row: &Level| match (row.level, row.target) {
        (Some(level), Some(target)) => level - target,
        _ => {
            if row.meets_target == Some(true) {
                0
            } else {
                -1
            }
        }
    };
    let mut answered: Vec<&Level> = board
        .levels
        .values()
        .copied()
        .filter(|row| row.status == Status::Answered && row.meets_target.is_some())
        .collect();
    // Equals: first where the group is furthest ahead, then in the order of the codes.
    answered.sort_by(|a, b| {
        gap(a)
            .cmp(&gap(b))
            .then(middle(b).total_cmp(&middle(a)))
            .then(a.norm.cmp(&b.norm))
    });
    let below: Vec<&Level> = answered
        .iter()
        .copied()
        .filter(|row| row.meets_target == Some(false))
        .take(NORMS)
        .collect();
    let above: Vec<&Level> = answered
        .iter()
        .rev()
        .copied()
        .filter(|row| row.meets_target == Some(true))
        .take(NORMS)
        .collect();
    for (key, rows) in [("below", below), ("above", above)] {
        if rows.is_empty() {
            section.paragraph(vec![say(board, &format!("norms.no_{key}"), context! {})?]);
            continue;
        }
        section.paragraph(vec![say(board, &format!("norms.{key}"), context! {})?]);
        let items = rows
            .into_iter()
            .map(|row| {
                let band = board.band(Scope::Norm, &row.norm);
                let facts = context! {
                    norm => view.item_name("norm", &row.norm), level => row.level, target => row.target,
                    range => band.map(|_| board.range(band)).transpose()?,
                };
                say(
                    board,
                    if view.has_levels() {
                        "norms.one"
                    } else {
                        "norms.one_passed"
                    },
                    facts,
                )
            })
            .collect::<Result<Vec<_>, Error>>()?;
        section.list(items);
    }
    Ok(section)
}

/// What changed since the last wave in which it took part; absent when it did not.
fn change(board: &Board<'_>) -> Result<Option<Section>, Error> {
    let Some((before, old)) = &board.before else {
        return Ok(None);
    };
    let view = board.view;
    let mut section = open(board, "change")?;
    let both_levels = before.has_levels() && view.has_levels();
    // What a norm was and is, in the words that both waves have.
    let now_level = view.framework.pass_level.unwrap_or_default();
    let met = |row: &Level, level_of_pass: i64, levels: bool| match (levels, row.level) {
        (true, Some(level)) => Some(level >= level_of_pass),
        (true, None) => None,
        (false, _) => row.meets_target,
    };
    if !both_levels && before.has_levels() != view.has_levels() && view.framework.pass_level.is_none() {
        section.paragraph(vec![say(
            board,
            "change.none",
            context! { wave => before.wave.id.clone() },
        )?]);
        return Ok(Some(section));
    }
    let (mut shared, mut then, mut now) = (0, 0, 0);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for (norm, row) in &board.levels {
        let Some(was) = old
            .get(norm)
            .filter(|was| was.status == Status::Answered && row.status == Status::Answered)
        else {
            continue;
        };
        let (rise, pair) = if both_levels {
            let (Some(a), Some(b)) = (was.level, row.level) else {
                continue;
            };
            (b - a, (was.meets_target == Some(true), row.meets_target == Some(true)))
        } else {
            let a = met(
                was,
                before.framework.pass_level.unwrap_or(now_level),
                before.has_levels(),
            );
            let b = met(row, now_level, view.has_levels());
            let (Some(a), Some(b)) = (a, b) else { continue };
            (i64::from(b) - i64::from(a), (a, b))
        };
        shared += 1;
        then += usize::from(pair.0);
        now += usize::from(pair.1);
        let name = view.item_name("norm", norm);
        let name = if both_levels {
            format!(
                "{name} ({} → {})",
                was.level.unwrap_or_default(),
                row.level.unwrap_or_default()
            )
        } else {
            name
        };
        if rise > 0 {
            up.push((rise, name));
        } else if rise < 0 {
            down.push((-rise, name));
        }
    }
    if shared == 0 {
        section.paragraph(vec![say(
            board,
            "change.none",
            context! { wave => before.wave.id.clone() },
        )?]);
        return Ok(Some(section));
    }
    let facts = context! {
        wave => before.wave.id.clone(), shared => shared, then => then, now => now, up => up.len(), down => down.len(),
        level => view.framework.pass_level,
    };
    let key = if both_levels { "change.levels" } else { "change.passed" };
    section.paragraph(vec![
        say(board, key, facts.clone())?,
        say(board, "change.moved", facts)?,
    ]);
    for (key, mut moved) in [("up", up), ("down", down)] {
        if moved.is_empty() {
            continue;
        }
        moved.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let names: Vec<String> = moved.into_iter().take(NORMS).map(|(_, name)| name).collect();
        let names = number_format::list(&names, &view.texts.word("word.and")?);
        section.paragraph(vec![say(board, &format!("change.{key}"), context! { names => names })?]);
    }
    Ok(Some(section))
}

/// What is on offer for its type and for its weakest domains.
fn support(board: &Board<'_>) -> Result<Section, Error> {
    let view = board.view;
    let mut section = open(board, "support")?;
    let kind = board.kind.and_then(|kind| kind.r#type.as_deref());
    if let Some(named) = view
        .framework
        .types
        .iter()
        .find(|named| Some(named.code.as_str()) == kind)
    {
        section.paragraph(vec![say(
            board,
            "support.type",
            context! { name => view.of(&named.name), needs => view.of(&named.needs) },
        )?]);
    }
    let weak = board.weakest();
    let fits = |offer: &nulmeting_study::framework::Support| match offer.for_ {
        SupportFor::Type => Some(offer.key.as_str()) == kind,
        SupportFor::Domain => weak.iter().any(|place| place.code == offer.key),
    };
    let offers = view
        .framework
        .support
        .iter()
        .filter(|offer| fits(offer))
        .map(|offer| {
            let domain = weak
                .iter()
                .find(|place| offer.for_ == SupportFor::Domain && place.code == offer.key);
            let facts = context! {
                name => view.of(&offer.name), about => view.of(&offer.about), link => offer.link.clone(),
                standing => view.texts.word(&format!("standing.{}", offer.standing))?,
                domain => domain.map(|place| place.label.clone()),
            };
            say(board, "support.one", facts)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    if offers.is_empty() {
        section.paragraph(vec![say(board, "support.none", context! {})?]);
    } else {
        section.list(offers);
    }
    Ok(section)
}

/// Every norm with its level.
fn all_norms(board: &Board<'_>) -> Result<Section, Error> {
    let view = board.view;
    let mut section = open(board, "all")?;
    let word = |key: &str| view.texts.word(&format!("board.table.{key}"));
    let mut headings = vec![view.texts.word("table.norm")?, word("own_norm")?];
    if view.has_levels() {
        headings.extend([word("target")?, word("range")?]);
    }
    let caption = view
        .texts
        .say("board.table.norms", context! { wave => view.wave.id.clone() })?;
    let mut table = Table::new(caption, headings);
    for norm in &view.framework.norms {
        let Some(row) = board.levels.get(norm.code.as_str()) else {
            continue;
        };
        let level = match (row.status, row.level, row.meets_target) {
            (Status::Answered, Some(level), _) => level.to_string(),
            (Status::Answered, None, Some(true)) => word("yes")?,
            (Status::Answered, None, Some(false)) => word("no")?,
            (status, ..) => {
                let key = format!("board.status.{status}");
                view.texts.known(&key).unwrap_or("–").to_owned()
            }
        };
        let mut cells = vec![view.item_name("norm", &norm.code), level];
        if view.has_levels() {
            cells.push(row.target.map(|target| target.to_string()).unwrap_or_default());
            cells.push(board.range(board.band(Scope::Norm, &norm.code))?);
        }
        table.push(&EstimateId::of(*row).to_string(), cells);
    }
    section.table(table);
    Ok(section)
}

/// How to read it, and what it does not give away.
fn reading(board: &Board<'_>) -> Result<Section, Error> {
    let minimum = board.view.input.study.disclosure.minimum;
    let mut section = open(board, "reading")?;
    let points = ["own", "band", "closed"]
        .iter()
        .map(|key| say(board, &format!("reading.{key}"), context! { minimum => minimum }))
        .collect::<Result<Vec<_>, Error>>()?;
    section.list(points);
    Ok(section)
}
