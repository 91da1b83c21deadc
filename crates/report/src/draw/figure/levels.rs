//! Levels per domain: stacked bars that part at the target, with the shares that reach it at the right.

use super::intervals::two_lines;
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::view::absence::Absence;
use crate::view::claims::First;
use crate::view::{Number, View};
use minijinja::context;
use nulmeting_study::framework::Domain;
use nulmeting_study::words::Scope;

/// A domain with its shares per level.
struct Row<'a> {
    label: String,
    /// As the title calls it: a domain without its number.
    name: String,
    shares: Vec<Number<'a>>,
    /// Share of norms at the level that parts the bars, or higher: what the right side of the bar shows. Where the
    /// tables lack it, the share of norms on their own target.
    reach: Number<'a>,
    compliant: Option<Number<'a>>,
}

impl<'a> Row<'a> {
    /// All norms of a part in a group.
    fn of_group(view: &View<'a>, item: &str, by: &str, group: &str) -> Option<Self> {
        let target = view.target(None)?;
        let number = |statistic: &str| view.grouped(Scope::All, item, by, group, statistic);
        let levels = view.framework.levels.iter();
        let shares: Option<Vec<Number<'_>>> = levels
            .map(|level| number(&format!("share_level_{}", level.number)))
            .collect();
        Some(Row {
            label: view.group_name(by, group),
            name: view.group_name(by, group),
            shares: shares?,
            reach: number(&format!("share_level_{target}_plus")).or_else(|| number("share_meeting"))?,
            compliant: number("share_compliant"),
        })
    }

    fn of(view: &View<'a>, domain: &Domain) -> Option<Self> {
        let target = view.target(None)?;
        let number = |statistic: &str| view.number(Scope::Domain, &domain.code, statistic);
        let share = |level: i64| number(&format!("share_level_{level}"));
        let shares: Option<Vec<Number<'_>>> = view.framework.levels.iter().map(|level| share(level.number)).collect();
        Some(Row {
            label: view.domain_name(domain),
            name: view.of(&domain.name).to_owned(),
            shares: shares?,
            reach: number(&format!("share_level_{target}_plus")).or_else(|| number("share_meeting"))?,
            compliant: number("share_compliant"),
        })
    }
}

/// Draws the figure; nothing in a pass/fail wave.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let Some(target) = view.target(None).filter(|_| view.has_levels()) else {
        return Ok(None);
    };
    let mut parts: Vec<(&str, Vec<Row<'_>>)> = Vec::new();
    for (part, item) in view.parts() {
        let mut rows: Vec<Row<'_>> = match &view.by {
            Some(by) => {
                let groups = view.groups(by).into_iter();
                groups
                    .filter_map(|group| Row::of_group(view, item, by, group))
                    .collect()
            }
            None => view
                .domains(&part.code)
                .into_iter()
                .filter_map(|d| Row::of(view, d))
                .collect(),
        };
        // The weakest first: it is what the title speaks of. Groups keep their own order.
        if view.by.is_none() {
            rows.sort_by(|a, b| a.reach.value.unwrap_or(2.0).total_cmp(&b.reach.value.unwrap_or(2.0)));
        }
        parts.push((view.of(&part.name), rows));
    }
    parts.retain(|(_, rows)| !rows.is_empty());
    let all: Vec<&Row<'_>> = parts.iter().flat_map(|(_, rows)| rows).collect();
    let Some(title) = title(view, &all)? else {
        return Ok(None);
    };
    let split = view
        .framework
        .levels
        .iter()
        .filter(|level| level.number < target)
        .count();
    let (alt, csv) = (alt(view, &parts, &title)?, csv(view, &parts));
    let words = Words {
        kind: "levels",
        title,
        subtitle: match &view.by {
            Some(by) => view.texts.say(
                "figure.levels.subtitle_by",
                context! { target => target, by => view.texts.word(&format!("word.group.{by}"))? },
            )?,
            None => view
                .texts
                .say("figure.levels.subtitle", context! { target => target })?,
        },
        alt,
        method: String::new(),
    };
    let mut sheet = Sheet::open(view, style, words)?;
    let count = view.framework.levels.len();
    let keys: Vec<(String, LegendKey)> = view
        .framework
        .levels
        .iter()
        .enumerate()
        .map(|(place, level)| {
            let colour = style.theme.level(place, split, count);
            (
                format!("{} {}", level.number, view.of(&level.name)),
                LegendKey::Box(colour),
            )
        })
        .collect();
    sheet.legend(&keys);
    let bottom = bars(view, &mut sheet, &parts, split)?;
    Ok(Some(sheet.close(bottom, csv)))
}

fn title(view: &View<'_>, rows: &[&Row<'_>]) -> Result<Option<String>, Error> {
    if rows.is_empty() {
        return Ok(None);
    }
    if let Some(by) = &view.by {
        let by = view.texts.word(&format!("word.group.{by}"))?;
        return view
            .texts
            .say("figure.levels.title.by", context! { by => by })
            .map(Some);
    }
    match First::lowest(view, rows.iter().map(|row| (row.name.clone(), row.reach))) {
        Some(first) => first.say(view, "figure.levels.title").map(Some),
        None => view.texts.word("figure.levels.title.plain").map(Some),
    }
}

fn bars(view: &View<'_>, sheet: &mut Sheet<'_>, parts: &[(&str, Vec<Row<'_>>)], split: usize) -> Result<f64, Error> {
    let target = view.target(None).unwrap_or_default();
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let all: Vec<&Row<'_>> = parts.iter().flat_map(|(_, rows)| rows).collect();
    let headings = parts.len() > 1;
    let gap = style.px(10.0);

    // The columns at the right: share of norms that the right side of the bar shows, boards that comply, n.
    let mut columns: [(String, Vec<String>); 3] = [
        (
            match all.iter().any(|row| row.reach.id.contains("share_meeting")) {
                true => view.texts.word("figure.column.meeting")?,
                false => view.texts.say("figure.column.reach", context! { target => target })?,
            },
            Vec::new(),
        ),
        (view.texts.word("figure.column.compliant")?, Vec::new()),
        ("n".to_owned(), Vec::new()),
    ];
    for row in &all {
        let shown = |number: Option<Number<'_>>| match number.and_then(|number| Some((number.value?, number.n))) {
            Some((value, n)) => view.percent(value, n),
            None => "–".to_owned(),
        };
        columns[0].1.push(shown(Some(row.reach)));
        columns[1].1.push(shown(row.compliant));
        columns[2].1.push(view.organisations(&row.reach));
    }
    let widths = columns.each_ref().map(|(heading, texts)| {
        let heading = heading.split('\n').map(|line| small.width(line)).fold(0.0, f64::max);
        texts.iter().map(|text| face.width(text)).fold(heading, f64::max)
    });
    let mut ends = [0.0; 3];
    let mut edge = sheet.right();
    for place in (0..3).rev() {
        ends[place] = edge;
        edge -= widths[place] + gap;
    }
    let widest = all.iter().map(|row| face.width(&row.label)).fold(0.0, f64::max);
    let label_width = widest.min((sheet.right() - sheet.left()) * 0.36);
    let from = sheet.left() + label_width + gap;
    let to = edge - style.px(4.0);

    // One scale for all rows, with the target where the widest left and the widest right side meet.
    let side = |row: &Row<'_>, right: bool| -> f64 {
        row.shares
            .iter()
            .enumerate()
            .filter(|(place, _)| (*place >= split) == right)
            .filter_map(|(_, n)| n.value)
            .sum()
    };
    let left_most = all.iter().map(|row| side(row, false)).fold(0.0, f64::max);
    let right_most = all.iter().map(|row| side(row, true)).fold(0.0, f64::max);
    let per_share = (to - from) / (left_most + right_most).max(0.01);
    let axis = from + left_most * per_share;

    let line_height = small.size * 1.2;
    let heading_lines = columns
        .iter()
        .map(|(heading, _)| heading.split('\n').count())
        .max()
        .unwrap_or(1);
    for (place, (heading, _)) in columns.iter().enumerate() {
        let lines: Vec<&str> = heading.split('\n').collect();
        for (at, line) in lines.iter().enumerate() {
            let y = sheet.top + line_height * ((heading_lines - lines.len() + at) as f64 + 0.5);
            sheet.canvas.text(ends[place], y, line, small.at(Anchor::End));
        }
    }
    let note = sheet.top + line_height * (heading_lines as f64 - 0.5);
    let (below, above) = (
        view.texts.say("figure.levels.below", context! { target => target })?,
        view.texts.say("figure.levels.above", context! { target => target })?,
    );
    if axis - from > small.width(&below) {
        sheet
            .canvas
            .text(axis - style.px(6.0), note, &below, small.at(Anchor::End));
    }
    if to - axis > small.width(&above) {
        sheet.canvas.text(axis + style.px(6.0), note, &above, small);
    }
    let top = sheet.top + line_height * heading_lines as f64 + style.px(4.0);
    let rows = all.len() + if headings { parts.len() } else { 0 };
    let height = sheet.row_height(rows, top - sheet.top);
    let thick = (height * 0.74).min(style.px(24.0));
    let too_few = Absence::Withheld.words(view)?;
    let mut y = top;
    let mut place = 0;
    for (name, rows) in parts {
        if headings {
            sheet.canvas.text(sheet.left(), y + height * 0.6, name, face.bold());
            y += height;
        }
        let part_top = y;
        for row in rows {
            let middle = y + height / 2.0;
            let words = format!("{}: {}", row.label, columns[0].1[place]);
            let left = sheet.left();
            sheet.canvas.group(row.reach.id, &words, |canvas| {
                let lines = two_lines(&row.label, face.size, label_width, height);
                for (at, text) in lines.iter().enumerate() {
                    let offset = face.size * 1.12 * (at as f64 - (lines.len() as f64 - 1.0) / 2.0);
                    canvas.text(left, middle + offset, text, face);
                }
                for (column, end) in columns.iter().zip(ends) {
                    canvas.text(end, middle, &column.1[place], face.at(Anchor::End));
                }
                if row.reach.suppressed {
                    canvas.text(from, middle, &too_few, small);
                    return;
                }
                let mut x = axis - side(row, false) * per_share;
                for (level, number) in row.shares.iter().enumerate() {
                    let Some(share) = number.value else { continue };
                    let width = share * per_share;
                    let colour = theme.level(level, split, row.shares.len());
                    // A white gap between neighbours, so that colour is not all that parts them.
                    let white = style.px(0.75).min(width / 4.0);
                    canvas.rectangle(x + white, middle - thick / 2.0, width - 2.0 * white, thick, colour);
                    let label = view.percent(share, number.n);
                    if width > small.width(&label) + style.px(6.0) {
                        let ink = colour.readable(theme.page.text, theme.page.paper);
                        canvas.text(x + width / 2.0, middle, &label, small.in_colour(ink).at(Anchor::Middle));
                    }
                    x += width;
                }
            });
            y += height;
            place += 1;
        }
        sheet.canvas.dashed(
            (axis, part_top - style.px(3.0)),
            (axis, y),
            theme.marks.target,
            style.px(1.3),
        );
    }
    Ok(y)
}

fn alt(view: &View<'_>, parts: &[(&str, Vec<Row<'_>>)], title: &str) -> Result<String, Error> {
    let (Some(low), Some(high)) = (
        parts
            .iter()
            .flat_map(|(_, rows)| rows)
            .filter(|row| row.reach.value.is_some())
            .min_by(by_reach),
        parts
            .iter()
            .flat_map(|(_, rows)| rows)
            .filter(|row| row.reach.value.is_some())
            .max_by(by_reach),
    ) else {
        return view.texts.word("figure.levels.alt_empty");
    };
    let share = |row: &Row<'_>| {
        row.reach
            .value
            .map(|value| view.percent(value, row.reach.n))
            .unwrap_or_default()
    };
    view.texts.say(
        "figure.levels.alt",
        context! {
            title => title,
            domains => parts.iter().map(|(_, rows)| rows.len()).sum::<usize>(),
            target => view.target(None),
            low => low.label.clone(), low_share => share(low),
            high => high.label.clone(), high_share => share(high),
        },
    )
}

fn by_reach(a: &&Row<'_>, b: &&Row<'_>) -> std::cmp::Ordering {
    a.reach.value.unwrap_or(0.0).total_cmp(&b.reach.value.unwrap_or(0.0))
}

fn csv(view: &View<'_>, parts: &[(&str, Vec<Row<'_>>)]) -> String {
    let mut headings = vec!["part".to_owned(), "domain".to_owned()];
    headings.extend(
        view.framework
            .levels
            .iter()
            .map(|level| format!("share_level_{}", level.number)),
    );
    headings.extend(["share_reach", "share_compliant", "n", "suppressed", "id"].map(str::to_owned));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut file = Data::new(&headings);
    for (part, rows) in parts {
        for row in rows {
            let mut cells = vec![(*part).to_owned(), row.label.clone()];
            cells.extend(row.shares.iter().map(|number| data::value(number.value)));
            cells.push(data::value(row.reach.value));
            cells.push(data::value(row.compliant.and_then(|number| number.value)));
            cells.push(data::n(&row.reach));
            cells.push(row.reach.suppressed.to_string());
            cells.push(row.reach.id.to_owned());
            file.row(cells);
        }
    }
    file.finish()
}
