//! Sectors and size classes beside each other; a group that is too small to publish is named and left empty.

use super::intervals::{self, Chart, Row};
use super::{Data, Figure, Sheet, Style, Words};
use crate::Error;
use crate::view::absence::Absence;
use crate::view::claims::{GroupComparison, headline_item};
use crate::view::{Number, View, number_format};
use minijinja::context;
use nulmeting_study::tables::ALL;
use nulmeting_study::words::{Scope, Selection};

/// The statistic by which groups are compared: the mean level, or the share of tests passed in a pass/fail wave.
pub(crate) fn statistic(view: &View<'_>) -> &'static str {
    if view.has_levels() {
        "mean_level"
    } else {
        "share_meeting"
    }
}

/// Draws the figure; nothing when there are no groups.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let (item, statistic) = (headline_item(view), statistic(view));
    let said = |number: &Number<'_>| match number.value {
        None => "–".to_owned(),
        Some(value) if view.has_levels() => view.level(value, number.n),
        Some(value) => view.percent(value, number.n),
    };
    let row = |label: String, number| -> Row<'_> { row(view, label, number, &said) };
    let mut rows = Vec::new();
    let mut file = Data::new(&["by", "group", "id", "estimate", "ci_low", "ci_high", "n", "suppressed"]);
    let mut note = |by: &str, group: &str, number: &Number<'_>| {
        file.row(
            [by.to_owned(), group.to_owned()]
                .into_iter()
                .chain(Data::number(number)),
        );
    };
    if let Some(number) = view.grouped(Scope::All, item, ALL, ALL, statistic) {
        note(ALL, ALL, &number);
        rows.push(row(view.texts.word("word.all_boards")?, number));
    }
    let mut comparisons = Vec::new();
    for by in ["sector", "size"] {
        if view.by.as_deref().is_some_and(|only| only != by) {
            continue;
        }
        let groups = view.classes(by);
        if groups.is_empty() {
            continue;
        }
        rows.push(Row::heading(&view.texts.word(&format!("word.by.{by}"))?));
        for (group, absence) in groups {
            let number = view.grouped(Scope::All, item, by, group, statistic);
            note(by, group, &number.unwrap_or(intervals::NOTHING));
            let name = view.group_name(by, group);
            match number.filter(|number| number.value.is_some()) {
                Some(number) => rows.push(row(name, number)),
                None => {
                    let absence = absence.unwrap_or_else(|| Absence::of_group(view, by, group));
                    rows.push(Row::empty(name, absence.words(view)?, 2));
                }
            }
        }
        comparisons.extend(GroupComparison::of(view, item, by, statistic));
    }
    if rows.len() < 3 {
        return Ok(None);
    }
    let title = title(view, &comparisons)?;
    let kind = if view.has_levels() { "levels" } else { "met" };
    let whole = rows[0].columns[0].clone();
    let words = Words {
        kind: "groups",
        subtitle: view.texts.word(&format!("figure.groups.subtitle.{kind}"))?,
        alt: view
            .texts
            .say("figure.groups.alt", context! { title => title.clone(), whole => whole })?,
        title,
        method: view.texts.word(if view.has_levels() {
            "figure.method.mean"
        } else {
            "figure.method.share"
        })?,
    };
    let mut sheet = Sheet::open(view, style, words)?;
    let chart = match view.has_levels() {
        true => Chart {
            axis: super::axis(view),
            line: match view.target(None) {
                Some(target) => Some((
                    target as f64,
                    view.texts.say("figure.key.target", context! { target => target })?,
                )),
                None => None,
            },
            bars: false,
            columns: vec![view.texts.word("figure.column.mean")?, "n".to_owned()],
            faint: None,
        },
        false => Chart::shares(false, vec![view.texts.word("figure.column.passed")?, "n".to_owned()]),
    };
    let bottom = intervals::draw(view, &mut sheet, &rows, &chart)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

/// Names the surest difference; where there is none, only the kinds of groups that were compared.
fn title(view: &View<'_>, comparisons: &[GroupComparison<'_>]) -> Result<String, Error> {
    let surest = comparisons
        .iter()
        .find_map(|comparison| Some((comparison.by, comparison.pairs.first()?)));
    if let Some((by, pair)) = surest {
        let facts = context! { low => view.group_words(by, pair.low)?, high => view.group_words(by, pair.high)? };
        let census = view.selection() == Selection::Census;
        let key = if census { "higher" } else { "clear" };
        return view.texts.say(&format!("figure.groups.title.{key}"), facts);
    }
    let compared: Vec<String> = comparisons
        .iter()
        .filter(|comparison| comparison.compared > 0)
        .map(|comparison| view.texts.word(&format!("word.groups.{}", comparison.by)))
        .collect::<Result<_, _>>()?;
    if compared.is_empty() {
        return view.texts.word("figure.groups.title.plain");
    }
    let groups = number_format::list(&compared, &view.texts.word("word.and")?);
    view.texts
        .say("figure.groups.title.open", context! { groups => groups })
}

/// A group with its number in words; nothing but its name and its n when it is withheld.
fn row<'a>(view: &View<'_>, label: String, number: Number<'a>, said: &dyn Fn(&Number<'_>) -> String) -> Row<'a> {
    let interval = if view.has_levels() {
        view.level_interval(&number)
    } else {
        view.share_interval(&number)
    };
    let words = if number.suppressed {
        label.clone()
    } else {
        format!("{label}: {} ({interval})", said(&number))
    };
    // The n of a withheld group stands in the organisation table, not here: it would tell how few they are.
    let n = if number.suppressed {
        "–".to_owned()
    } else {
        view.count(number.n)
    };
    Row {
        words,
        columns: vec![said(&number), n],
        label,
        faint: Vec::new(),
        reason: None,
        number: Some(number),
    }
}
