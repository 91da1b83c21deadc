//! One board's domains: its own mark on the band of the middle half of its group, and no other board to be made out.

use super::intervals::two_lines;
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::scale::Scale;
use crate::draw::theme::Shape;
use crate::view::board_view::{Board, Place};
use minijinja::context;

/// Draws the figure; nothing for a board without a score.
pub(crate) fn draw(board: &Board<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let view = board.view;
    let rows: Vec<Place<'_>> = board.domains().into_iter().flat_map(|(_, places)| places).collect();
    if !rows.iter().any(|row| row.value.is_some()) {
        return Ok(None);
    }
    let target = view.target(None).filter(|_| view.has_levels());
    let bands = rows.iter().any(|row| row.band.is_some());
    let kind = if view.has_levels() { "levels" } else { "met" };
    let title = board.title()?;
    let facts = context! { title => title.clone(), domains => rows.len(), target => target, bands => bands };
    let words = Words {
        kind: "board",
        subtitle: view.texts.say(&format!("board.figure.subtitle.{kind}"), facts.clone())?,
        alt: view.texts.say(
            "board.figure.alt",
            context! { weakest => board.named(&board.weakest())?, strongest => board.named(&board.strongest())?, ..facts },
        )?,
        title,
        method: if bands { view.texts.word("board.figure.method")? } else { String::new() },
    };
    let mut file = Data::new(&["domain", "own", "group_low", "group_middle", "group_high"]);
    for row in &rows {
        let band = row
            .band
            .map(|band| [Some(band.low), Some(band.middle), Some(band.high)])
            .unwrap_or_default();
        file.row(std::iter::once(row.label.clone()).chain(std::iter::once(row.value).chain(band).map(data::value)));
    }
    let source = view.texts.say(
        "board.figure.source",
        context! {
            study => view.input.study.study.title.clone(), wave => view.wave.id.clone(), method => words.method.clone(),
        },
    )?;
    let mut sheet = Sheet::with_source(view, style, words, &source);
    let theme = style.theme;
    let mut keys = vec![(
        view.texts.word("board.figure.own")?,
        LegendKey::Mark(Shape::Circle, theme.marks.main),
    )];
    if bands {
        keys.push((
            view.texts.word("board.figure.band")?,
            LegendKey::Box(theme.marks.middle),
        ));
    }
    if let Some(target) = target {
        let name = view.texts.say("figure.key.target", context! { target => target })?;
        keys.push((name, LegendKey::Dashed(theme.marks.target)));
    }
    sheet.legend(&keys);

    let face = style.text();
    let gap = style.px(10.0);
    let limit = (sheet.right() - sheet.left()) * 0.42;
    let label_width = rows
        .iter()
        .map(|row| face.width(&row.label))
        .fold(0.0, f64::max)
        .min(limit);
    let columns = rows
        .iter()
        .map(|row| face.width(&board.said(row.value)))
        .fold(0.0, f64::max);
    let from = sheet.left() + label_width + gap;
    let to = sheet.right() - columns - gap - style.px(6.0);
    let scale = Scale::of(&super::axis(view), from, to);
    let x = |value: f64| scale.at(value);
    let top = sheet.top + style.px(4.0);
    let axis_height = style.px(20.0);
    let height = sheet
        .row_height(rows.len(), axis_height + style.px(4.0))
        .min(style.px(22.0));
    let bottom = top + height * rows.len() as f64;
    sheet.grid(&scale, top, bottom, axis_height * 0.55);
    for (at, row) in rows.iter().enumerate() {
        let middle = top + height * (at as f64 + 0.5);
        let (left, right) = (sheet.left(), sheet.right());
        let thick = height * 0.5;
        sheet.canvas.group(&row.id, &board.words(row)?, |canvas| {
            let lines = two_lines(&row.label, face.size, label_width, height);
            let line = face.size * 1.12;
            for (at, text) in lines.iter().enumerate() {
                let y = middle + line * (at as f64 - (lines.len() as f64 - 1.0) / 2.0);
                canvas.text(left, y, text, face);
            }
            canvas.text(right, middle, &board.said(row.value), face.at(Anchor::End));
            if let Some(band) = row.band {
                let width = (x(band.high) - x(band.low)).max(style.px(3.0));
                canvas.rectangle(x(band.low), middle - thick / 2.0, width, thick, theme.marks.middle);
                let tick = (x(band.middle), middle - thick / 2.0);
                canvas.line(tick, (tick.0, middle + thick / 2.0), theme.page.paper, style.px(2.0));
            }
            if let Some(value) = row.value {
                canvas.mark(Shape::Circle, x(value), middle, style.px(5.2), theme.page.paper, 1.0);
                canvas.mark(Shape::Circle, x(value), middle, style.px(4.4), theme.marks.main, 1.0);
            }
        });
    }
    if let Some(target) = target {
        sheet.target_line(x(target as f64), top, bottom);
    }
    Ok(Some(sheet.close(bottom + axis_height, file.finish())))
}
