//! How types differ: a panel per type, domains in one order, the other types faint behind.

use super::intervals::two_lines;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::font;
use crate::draw::scale::{Axis, Scale};
use crate::view::View;
use crate::view::typology_view;
use minijinja::context;
use nulmeting_study::framework::Domain;
use nulmeting_study::tables::{TypeProfile, Typing};

/// Draws the figure; nothing when no type has a number that is published.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let kinds = &view.framework.types;
    let Some((part, _)) = view.parts().into_iter().next() else {
        return Ok(None);
    };
    let domains: Vec<&Domain> = view.domains(&part.code);
    let found: Vec<Vec<Option<&TypeProfile>>> = kinds
        .iter()
        .map(|kind| {
            let of = |domain: &&Domain| typology_view::domain(view, Typing::Rule, &kind.code, &domain.code);
            domains.iter().map(of).collect()
        })
        .collect();
    let mut file = Data::new(&[
        "type",
        "name",
        "domain",
        "id",
        "estimate",
        "ci_low",
        "ci_high",
        "n",
        "difference",
        "suppressed",
    ]);
    // The domain on which a type stands out most, up or down, of those that do not define the types.
    let mut most: Option<(usize, usize, f64)> = None;
    for (kind, own) in found.iter().enumerate() {
        for (place, row) in own.iter().enumerate() {
            let Some(row) = row else { continue };
            file.row([
                kinds[kind].code.clone(),
                view.of(&kinds[kind].name).to_owned(),
                domains[place].code.clone(),
                row.id.clone(),
                data::value(row.estimate),
                data::value(row.ci_low),
                data::value(row.ci_high),
                row.n.map(|n| n.to_string()).unwrap_or_default(),
                data::value(row.difference),
                row.suppressed.to_string(),
            ]);
            if let Some(difference) = row.difference
                && !typology_view::defines_types(view, domains[place])
                && most.is_none_or(|most| difference.abs() > most.2.abs())
            {
                most = Some((kind, place, difference));
            }
        }
    }
    let told = found
        .iter()
        .filter(|own| own.iter().flatten().any(|row| row.estimate.is_some()))
        .count();
    if told == 0 {
        return Ok(None);
    }
    let facts = context! { types => told, domains => domains.len() };
    let title = match most {
        Some((kind, place, difference)) => {
            let level = found[kind][place].and_then(|row| Some(said(view, row.estimate?, row.n?)));
            let direction = if difference > 0.0 { "above" } else { "below" };
            view.texts.say(
                &format!("figure.profiles.title.{direction}"),
                context! {
                    name => view.of(&kinds[kind].name), domain => view.of(&domains[place].name),
                    level => level.unwrap_or_default(),
                },
            )?
        }
        None => view.texts.word("figure.profiles.title.plain")?,
    };
    let measure = if view.has_levels() { "levels" } else { "met" };
    let words = Words {
        kind: "profiles",
        subtitle: view.texts.word(&format!("figure.profiles.subtitle.{measure}"))?,
        alt: view
            .texts
            .say("figure.profiles.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: String::new(),
    };
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = panels(view, &mut sheet, &domains, &found)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn said(view: &View<'_>, value: f64, n: i64) -> String {
    if view.has_levels() {
        view.level(value, n)
    } else {
        view.percent(value, n)
    }
}

fn panels(
    view: &View<'_>,
    sheet: &mut Sheet<'_>,
    domains: &[&Domain],
    found: &[Vec<Option<&TypeProfile>>],
) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let labels: Vec<String> = domains.iter().map(|domain| view.domain_name(domain)).collect();
    let label_width = labels
        .iter()
        .map(|label| face.width(label))
        .fold(0.0, f64::max)
        .min((sheet.right() - sheet.left()) * 0.38);
    let gap = style.px(14.0);
    let kinds = &view.framework.types;
    let from = sheet.left() + label_width + gap;
    let width = (sheet.right() - from - gap * (kinds.len() as f64 - 1.0)) / kinds.len() as f64;
    let (head, foot) = (style.px(36.0), style.px(22.0));
    let height =
        sheet.row_height(domains.len(), head + foot) * if style.size == super::Size::Column { 0.8 } else { 1.0 };
    let top = sheet.top + head;
    let bottom = top + height * domains.len() as f64;
    let axis = match super::axis(view) {
        axis if view.has_levels() => axis,
        // Half as many ticks as in other figures: the panels are narrow.
        _ => Axis::shares(2),
    };
    for (place, label) in labels.iter().enumerate() {
        let lines = two_lines(label, face.size, label_width, height);
        for (at, text) in lines.iter().enumerate() {
            let offset = face.size * 1.05 * (at as f64 - (lines.len() as f64 - 1.0) / 2.0);
            let y = top + height * (place as f64 + 0.5) + offset;
            sheet.canvas.text(sheet.left(), y, text, face);
        }
    }
    for (kind, own) in found.iter().enumerate() {
        let left = from + (width + gap) * kind as f64;
        let inset = style.px(6.0);
        let scale = Scale::of(&axis, left + inset, left + width - inset);
        let x = |value: f64| scale.at(value);
        let y = |place: usize| top + height * (place as f64 + 0.5);
        let (colour, shape) = theme.types.of(kind);
        let told = own.iter().flatten().any(|row| row.estimate.is_some());
        // Where nothing is told there is nothing to read off, and words would stand among lines.
        if told {
            sheet.grid(&scale, top, bottom, style.px(10.0));
        }
        if let Some(target) = view.target(None).filter(|_| told && view.has_levels()) {
            let at = x(target as f64);
            sheet
                .canvas
                .dashed((at, top), (at, bottom), theme.marks.target, style.px(1.0));
        }
        let n = own.iter().flatten().filter_map(|row| row.n).max().unwrap_or(0);
        let name = font::fit(view.of(&kinds[kind].name), face.size, true, width - style.px(14.0));
        sheet.canvas.mark(
            shape,
            left + style.px(5.0),
            sheet.top + style.px(8.0),
            style.px(4.5),
            colour,
            1.0,
        );
        sheet
            .canvas
            .text(left + style.px(14.0), sheet.top + style.px(8.0), &name, face.bold());
        if !told {
            for (at, line) in font::wrap(&view.texts.word("absent.withheld")?, small.size, false, width)
                .iter()
                .enumerate()
            {
                let offset = small.size * 1.3 * at as f64;
                sheet.canvas.text(left + inset, top + height + offset, line, small);
            }
            continue;
        }
        sheet.canvas.text(
            left,
            sheet.top + style.px(25.0),
            &format!("n\u{a0}=\u{a0}{}", view.count(n)),
            small,
        );
        for (_, rows) in found.iter().enumerate().filter(|(other, _)| *other != kind) {
            for (place, row) in rows.iter().enumerate() {
                if let Some(value) = row.and_then(|row| row.estimate) {
                    sheet.canvas.mark(
                        crate::draw::theme::Shape::Circle,
                        x(value),
                        y(place),
                        style.px(2.2),
                        theme.marks.faint,
                        0.45,
                    );
                }
            }
        }
        let mut before: Option<(f64, f64)> = None;
        for (place, row) in own.iter().enumerate() {
            let Some((row, value)) = row.and_then(|row| Some((row, row.estimate?))) else {
                before = None;
                // Withheld, and named as such in the data behind the figure.
                sheet.canvas.text(left + width, y(place), "–", small.at(Anchor::End));
                continue;
            };
            let at = (x(value), y(place));
            if let Some(before) = before {
                sheet.canvas.line(before, at, colour, style.px(1.2));
            }
            before = Some(at);
            let words = format!(
                "{}, {}: {}, n = {}",
                name,
                labels[place],
                said(view, value, row.n.unwrap_or(0)),
                row.n.unwrap_or(0)
            );
            sheet.canvas.group(&row.id, &words, |canvas| {
                canvas.mark(shape, at.0, at.1, style.px(4.0), colour, 1.0);
            });
        }
    }
    Ok(bottom + foot)
}
