//! What changed since the wave before, for whom, and what that may be called.

use super::{Section, Sentence, Table, summary};
use crate::Error;
use crate::view::absence::Absence;
use crate::view::wave_change::{self, Course, Movement};
use crate::view::{View, number_format};
use minijinja::{Value, context};
use nulmeting_study::tables::Change;
use nulmeting_study::words::{Boards, Comparability, Scope};

/// The section; none in the first wave.
pub(crate) fn change(view: &View<'_>, earlier: &[View<'_>]) -> Result<Option<Section>, Error> {
    let Some(movement) = Movement::of(view) else {
        return Ok(None);
    };
    let mut section = Section::new(view, "change")?;
    let mut start = Vec::new();
    start.extend(who(view, &movement)?);
    if let Some(before) = earlier.iter().find(|view| view.wave.id == movement.from.id) {
        start.push(summary::comparison(before, view)?);
    }
    if movement.is_of_participants() {
        start.push(Sentence::plain(view, "change.participants", waves(view, &movement))?);
    }
    section.paragraph(start);
    section.paragraph(headline(view, &movement)?);
    section.paragraph(domains(view, &movement)?);
    section.figure(view, "change");
    section.paragraph(returning(view, &movement)?);
    section.paragraph(bridge(view)?);
    section.paragraph(successions(view, &movement)?);
    section.table(table(view, &movement)?);
    section.table(lineage(view)?);
    Ok(Some(section))
}

/// One sentence for the summary: the whole of the first part.
pub(crate) fn in_short(view: &View<'_>) -> Result<Option<Sentence>, Error> {
    let Some(movement) = Movement::of(view) else {
        return Ok(None);
    };
    Ok(headline(view, &movement)?.into_iter().next())
}

fn waves(view: &View<'_>, movement: &Movement<'_>) -> Value {
    context! { from => movement.from.id.clone(), to => view.wave.id.clone() }
}

/// How many took part in both, came and went.
fn who(view: &View<'_>, movement: &Movement<'_>) -> Result<Option<Sentence>, Error> {
    let Some(statistic) = movement.statistic(view) else {
        return Ok(None);
    };
    let whole = view
        .parts()
        .first()
        .and_then(|(_, item)| movement.find(Boards::All, Scope::All, item, &statistic));
    let Some(row) = whole else { return Ok(None) };
    let facts = context! {
        returning => wave_change::count(view, row.returning), came => wave_change::count(view, row.came), went => wave_change::count(view, row.went),
        before => wave_change::count(view, row.n_from), after => wave_change::count(view, row.n_to), ..waves(view, movement)
    };
    Ok(Some(sentence(view, row, "change.who", facts)?))
}

fn sentence(view: &View<'_>, row: &Change, key: &str, facts: Value) -> Result<Sentence, Error> {
    Ok(Sentence::plain(view, key, facts)?.with([row.id.as_str()]))
}

fn facts(view: &View<'_>, movement: &Movement<'_>, row: &Change) -> Result<Value, Error> {
    let n = wave_change::under(row);
    Ok(context! {
        measure => wave_change::measure(view, &row.statistic)?,
        before => wave_change::value(view, &row.statistic, row.from_estimate, row.n_from),
        after => wave_change::value(view, &row.statistic, row.to_estimate, row.n_to),
        change => row.change.map(|change| wave_change::shift(view, &row.statistic, change, n)).unwrap_or_default(),
        interval => wave_change::interval(view, row),
        unit => view.texts.word(if row.statistic == "mean_level" { "change.unit.level" } else { "change.unit.share" })?,
        n => wave_change::count(view, row.returning),
        ..waves(view, movement)
    })
}

/// How the whole of each part moved.
fn headline(view: &View<'_>, movement: &Movement<'_>) -> Result<Vec<Sentence>, Error> {
    let Some(statistic) = movement.statistic(view) else {
        return Ok(vec![Sentence::plain(view, "change.nothing", waves(view, movement))?]);
    };
    let mut sentences = Vec::new();
    for (part, item) in view.parts() {
        let Some(row) = movement.find(Boards::All, Scope::All, item, &statistic) else {
            continue;
        };
        let facts = context! { part => view.of(&part.name), ..facts(view, movement, row)? };
        let key = match Course::of(row) {
            Course::Untold if row.comparability == Comparability::Break => "change.whole.break".to_owned(),
            Course::Untold => "change.whole.suppressed".to_owned(),
            course if movement.is_of_participants() => format!("change.whole.participants.{}", course.word()),
            course => format!("change.whole.{}", course.word()),
        };
        sentences.push(sentence(view, row, &key, facts)?);
    }
    Ok(sentences)
}

/// Which domains moved clearly, and which cannot be compared.
fn domains(view: &View<'_>, movement: &Movement<'_>) -> Result<Vec<Sentence>, Error> {
    let Some(statistic) = movement.statistic(view) else {
        return Ok(Vec::new());
    };
    let (mut up, mut down, mut broken, mut compared) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (part, _) in view.parts() {
        for domain in view.domains(&part.code) {
            let Some(row) = movement.find(Boards::All, Scope::Domain, &domain.code, &statistic) else {
                continue;
            };
            let name = view.of(&domain.name).to_owned();
            let with = |row: &Change| {
                let change = row.change.unwrap_or_default();
                format!(
                    "{name} ({})",
                    wave_change::shift(view, &statistic, change, wave_change::under(row))
                )
            };
            compared += usize::from(row.change.is_some());
            match Course::of(row) {
                Course::Higher => up.push((with(row), row.id.as_str())),
                Course::Lower => down.push((with(row), row.id.as_str())),
                _ if row.comparability == Comparability::Break => broken.push(name),
                _ => {}
            }
        }
    }
    let and = view.texts.word("word.and")?;
    let mut sentences = Vec::new();
    let group = if movement.is_of_participants() {
        "participants"
    } else {
        "sector"
    };
    let facts = |names: &[String]| {
        context! {
            count => names.len(), names => number_format::list(names, &and), compared => compared,
            measure => wave_change::measure(view, &statistic).unwrap_or_default(), ..waves(view, movement)
        }
    };
    for (names, case) in [(&up, "higher"), (&down, "lower")] {
        if !names.is_empty() {
            let words: Vec<String> = names.iter().map(|(words, _)| words.clone()).collect();
            let sentence = Sentence::plain(view, &format!("change.domains.{group}.{case}"), facts(&words))?;
            sentences.push(sentence.with(names.iter().map(|(_, id)| *id)));
        }
    }
    if up.is_empty() && down.is_empty() && compared > 0 {
        sentences.push(Sentence::plain(view, "change.domains.none", facts(&[]))?);
    }
    if compared > 0 {
        sentences.push(Sentence::plain(view, "change.family", facts(&[]))?);
    }
    if !broken.is_empty() {
        sentences.push(Sentence::plain(view, "change.domains.break", facts(&broken))?);
    }
    Ok(sentences)
}

/// The boards that took part both times, by themselves.
fn returning(view: &View<'_>, movement: &Movement<'_>) -> Result<Vec<Sentence>, Error> {
    let Some(statistic) = movement.statistic(view) else {
        return Ok(Vec::new());
    };
    let mut sentences = Vec::new();
    for (part, item) in view.parts() {
        let Some(row) = movement.find(Boards::Returning, Scope::All, item, &statistic) else {
            continue;
        };
        let facts = context! { part => view.of(&part.name), ..facts(view, movement, row)? };
        let key = match Course::of(row) {
            Course::Untold => "change.returning.suppressed".to_owned(),
            course => format!("change.returning.{}", course.word()),
        };
        sentences.push(sentence(view, row, &key, facts)?);
    }
    Ok(sentences)
}

/// How large the break itself is, where some boards answered both versions.
fn bridge(view: &View<'_>) -> Result<Vec<Sentence>, Error> {
    let share = view
        .framework
        .pass_level
        .map(|level| format!("share_level_{level}_plus"));
    let mut sentences = Vec::new();
    for statistic in ["share_meeting".to_owned()].into_iter().chain(share) {
        let rows = Movement::bridged(view).into_iter();
        let mut whole = rows.filter(|row| {
            row.scope == Scope::All
                && row.statistic == statistic
                && row.by == "all"
                && row.base.word() == "organisations"
        });
        let Some(row) = whole.find(|row| row.change.is_some()) else {
            continue;
        };
        let n = row.returning.unwrap_or_default();
        let facts = context! {
            measure => wave_change::measure(view, &statistic)?, n => wave_change::count(view, row.returning),
            change => wave_change::shift(view, &statistic, row.change.unwrap_or_default(), n),
            interval => wave_change::interval(view, row), to => view.wave.id.clone(),
        };
        sentences.push(sentence(view, row, "change.bridge", facts)?);
    }
    Ok(sentences)
}

/// Boards that merged, split or were renumbered between both waves.
fn successions(view: &View<'_>, movement: &Movement<'_>) -> Result<Vec<Sentence>, Error> {
    let count = view
        .input
        .normalized
        .findings
        .iter()
        .filter(|finding| {
            finding.rule == nulmeting_study::Rule::Succession && finding.wave.as_deref() == Some(&view.wave.id)
        })
        .count();
    if count == 0 {
        return Ok(Vec::new());
    }
    let facts = context! { count => count, ..waves(view, movement) };
    Ok(vec![Sentence::plain(view, "change.successions", facts)?])
}

/// Parts and domains with both numbers and the change.
fn table(view: &View<'_>, movement: &Movement<'_>) -> Result<Table, Error> {
    let Some(statistic) = movement.statistic(view) else {
        return Ok(Table::default());
    };
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let caption = view.texts.say(
        "table.change",
        context! { measure => wave_change::measure(view, &statistic)?, ..waves(view, movement) },
    )?;
    let headings = vec![
        word("domain")?,
        movement.from.id.clone(),
        view.wave.id.clone(),
        word("change_interval")?,
        word("change_returning")?,
        word("change_n")?,
    ];
    let mut table = Table::new(caption, headings);
    for (part, item) in view.parts() {
        let domains = view.domains(&part.code);
        let lines = domains
            .iter()
            .map(|domain| (Scope::Domain, domain.code.as_str(), view.domain_name(domain)));
        let whole = view
            .texts
            .say("table.whole", context! { part => view.of(&part.name) })?;
        for (scope, code, label) in lines.chain([(Scope::All, item, whole)]) {
            if let Some(row) = movement.find(Boards::All, scope, code, &statistic) {
                let back = movement.find(Boards::Returning, scope, code, &statistic);
                table.push(&row.id, line(view, row, back, label)?);
            }
        }
    }
    Ok(table)
}

fn line(view: &View<'_>, row: &Change, back: Option<&Change>, label: String) -> Result<Vec<String>, Error> {
    let cell = |row: &Change| -> Result<String, Error> {
        Ok(match row.change {
            Some(change) => {
                let change = wave_change::shift(view, &row.statistic, change, wave_change::under(row));
                let interval = wave_change::interval(view, row);
                let sure = if Course::of(row) == Course::Open { "" } else { "*" };
                if interval.is_empty() {
                    change
                } else {
                    format!("{change}{sure} ({interval})")
                }
            }
            None if row.comparability == Comparability::Break => view.texts.word("change.break")?,
            None => Absence::Withheld.words(view)?,
        })
    };
    let back = match back {
        Some(row) => cell(row)?,
        None => "–".to_owned(),
    };
    Ok(vec![
        label,
        wave_change::value(view, &row.statistic, row.from_estimate, row.n_from),
        wave_change::value(view, &row.statistic, row.to_estimate, row.n_to),
        cell(row)?,
        back,
        format!(
            "{} / {} / {}",
            wave_change::count(view, row.n_from),
            wave_change::count(view, row.n_to),
            wave_change::count(view, row.returning)
        ),
    ])
}

/// Each merger, split and new number; the public profile has no row about a board.
fn lineage(view: &View<'_>) -> Result<Table, Error> {
    if view.options.public || view.input.ingested.history.is_empty() {
        return Ok(Table::default());
    }
    let word = |key: &str| view.texts.word(&format!("table.{key}"));
    let headings = vec![
        word("predecessor")?,
        word("successor")?,
        word("rule")?,
        word("from_day")?,
    ];
    let mut table = Table::new(word("history")?, headings);
    for step in &view.input.ingested.history {
        let kind = view.texts.word(&format!("succession.{}", step.kind))?;
        let date = number_format::date(&step.date, view.texts.list("word.months")?);
        table.push("", vec![step.predecessor.clone(), step.successor.clone(), kind, date]);
    }
    Ok(table)
}
