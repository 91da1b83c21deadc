//! How far each domain is from its target, and how sure that is: mean level, or in a pass/fail wave the share of
//! tests passed.

use super::intervals::{self, Chart, Row};
use super::{Data, Figure, Sheet, Style, Words};
use crate::Error;
use crate::view::claims::First;
use crate::view::{Number, View};
use minijinja::context;
use nulmeting_study::words::Scope;

/// Draws the figure.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    if view.has_levels() {
        means(view, style)
    } else {
        met(view, style)
    }
}

/// A row per domain, under a heading per part when there are several.
fn rows<'a>(
    view: &View<'a>,
    statistic: &str,
    faint: bool,
    columns: impl Fn(&Number<'_>) -> Vec<String>,
    words: impl Fn(&Number<'_>) -> String,
) -> Vec<Row<'a>> {
    let parts = view.parts();
    let mut rows = Vec::new();
    for (part, _) in &parts {
        if parts.len() > 1 {
            rows.push(Row::heading(view.of(&part.name)));
        }
        for domain in view.domains(&part.code) {
            let Some(number) = view.number(Scope::Domain, &domain.code, statistic) else {
                continue;
            };
            let label = view.domain_name(domain);
            let sectors = if faint { view.groups("sector") } else { Vec::new() };
            rows.push(Row {
                words: format!("{label}: {}", words(&number)),
                label,
                columns: columns(&number),
                faint: sectors
                    .into_iter()
                    .filter_map(|sector| {
                        view.grouped(Scope::Domain, &domain.code, "sector", sector, statistic)?
                            .value
                    })
                    .collect(),
                number: Some(number),
                reason: None,
            });
        }
    }
    rows
}

fn numbers<'a>(rows: &[Row<'a>]) -> Vec<(String, Number<'a>)> {
    rows.iter()
        .filter_map(|row| Some((row.label.clone(), row.number?)))
        .collect()
}

fn csv(rows: &[Row<'_>]) -> String {
    let mut file = Data::new(&["domain", "id", "estimate", "ci_low", "ci_high", "n", "suppressed"]);
    for (label, number) in numbers(rows) {
        file.row(std::iter::once(label).chain(Data::number(&number)));
    }
    file.finish()
}

fn means(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let Some(target) = view.target(None) else {
        return Ok(None);
    };
    let columns = |number: &Number<'_>| {
        let value = number
            .value
            .map_or_else(|| "–".to_owned(), |value| view.level(value, number.n));
        vec![value, view.organisations(number)]
    };
    let said = |number: &Number<'_>| match number.value {
        Some(value) => format!(
            "{} ({}), n = {}",
            view.level(value, number.n),
            view.level_interval(number),
            number.n
        ),
        None => String::new(),
    };
    let rows = rows(view, "mean_level", true, columns, said);
    let shown: Vec<(String, Number<'_>)> = numbers(&rows).into_iter().filter(|(_, n)| n.value.is_some()).collect();
    let by_value = |a: &&(String, Number<'_>), b: &&(String, Number<'_>)| {
        a.1.value.unwrap_or(0.0).total_cmp(&b.1.value.unwrap_or(0.0))
    };
    let (Some(least), Some(most)) = (shown.iter().min_by(by_value), shown.iter().max_by(by_value)) else {
        return Ok(None);
    };
    let target_level = target as f64;
    let clearly_below = shown
        .iter()
        .filter(|(_, n)| n.high.or(n.value).is_some_and(|high| high < target_level))
        .count();
    let said = |item: &(String, Number<'_>)| {
        item.1
            .value
            .map(|value| view.level(value, item.1.n))
            .unwrap_or_default()
    };
    let facts = context! {
        below => clearly_below, domains => shown.len(), target => target,
        low => least.0.clone(), low_level => said(least), high => most.0.clone(), high_level => said(most),
    };
    let title = view.texts.say(
        if clearly_below == shown.len() {
            "figure.means.title.all_below"
        } else if clearly_below == 0 {
            "figure.means.title.none_below"
        } else {
            "figure.means.title.some_below"
        },
        &facts,
    )?;
    let words = Words {
        kind: "means",
        subtitle: view.texts.say("figure.means.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.means.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: view.texts.word("figure.method.mean")?,
    };
    let csv = csv(&rows);
    let mut sheet = Sheet::open(view, style, words)?;
    let chart = Chart {
        axis: super::axis(view),
        line: Some((
            target_level,
            view.texts.say("figure.key.target", context! { target => target })?,
        )),
        bars: false,
        columns: vec![view.texts.word("figure.column.mean")?, "n".to_owned()],
        faint: (view.groups("sector").len() > 1)
            .then(|| view.texts.word("figure.key.sectors"))
            .transpose()?,
    };
    let bottom = intervals::draw(view, &mut sheet, &rows, &chart)?;
    Ok(Some(sheet.close(bottom, csv)))
}

fn met(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let columns = |number: &Number<'_>| {
        let value = number
            .value
            .map_or_else(|| "–".to_owned(), |value| view.percent(value, number.n));
        vec![value, view.organisations(number)]
    };
    let said = |number: &Number<'_>| match number.value {
        Some(value) => format!(
            "{} ({}), n = {}",
            view.percent(value, number.n),
            view.share_interval(number),
            number.n
        ),
        None => String::new(),
    };
    let rows = rows(view, "share_meeting", false, columns, said);
    let shown: Vec<(String, Number<'_>)> = numbers(&rows).into_iter().filter(|(_, n)| n.value.is_some()).collect();
    let by_value = |a: &&(String, Number<'_>), b: &&(String, Number<'_>)| {
        a.1.value.unwrap_or(0.0).total_cmp(&b.1.value.unwrap_or(0.0))
    };
    let (Some(least), Some(most)) = (shown.iter().min_by(by_value), shown.iter().max_by(by_value)) else {
        return Ok(None);
    };
    let share = |item: &(String, Number<'_>)| {
        item.1
            .value
            .map(|value| view.percent(value, item.1.n))
            .unwrap_or_default()
    };
    let title = match First::of(view, &view.ranking("domain")) {
        Some(first) => first.say(view, "figure.met.title")?,
        None => view.texts.word("figure.met.title.plain")?,
    };
    let words = Words {
        kind: "met",
        subtitle: view.texts.word("figure.met.subtitle")?,
        alt: view.texts.say(
            "figure.met.alt",
            context! { title => title.clone(), domains => shown.len(), low => least.0.clone(), low_share => share(least), high => most.0.clone(), high_share => share(most) },
        )?,
        title,
        method: view.texts.word("figure.method.share")?,
    };
    let csv = csv(&rows);
    let mut sheet = Sheet::open(view, style, words)?;
    let chart = Chart::shares(true, vec![view.texts.word("figure.column.passed")?, "n".to_owned()]);
    let bottom = intervals::draw(view, &mut sheet, &rows, &chart)?;
    Ok(Some(sheet.close(bottom, csv)))
}
