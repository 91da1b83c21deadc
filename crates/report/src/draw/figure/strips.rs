//! Do boards differ? A strip per domain: where the boards lie, the middle half of them, and the middle one.
//!
//! Inside the house every board is a dot, or one of a bar where so many have one score that dots do not fit. Outside there is no
//! mark per board: only the middle half, and only where it holds enough boards. The quartiles are those of the bands
//! in the boards' own reports: of who took part, unweighted, and rounded outwards so that none is the score of a board.

use super::intervals::two_lines;
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::{Anchor, Canvas};
use crate::draw::scale::Scale;
use crate::draw::theme::Shape;
use crate::view::View;
use minijinja::context;
use nulmeting_study::tables::{ALL, Band};
use nulmeting_study::words::Scope;
use std::collections::BTreeMap;

/// Boards with one score up to which each is a dot of its own: more do not fit above each other.
const STACK: usize = 6;
/// Domains that a title names together.
const FEW: usize = 3;
/// Steps of the whole axis: ten to a level of five.
const STEPS: f64 = 40.0;

struct Strip<'a> {
    id: String,
    label: String,
    band: Option<&'a Band>,
    /// Score per board, from low to high; empty outside the house.
    boards: Vec<(&'a str, f64)>,
    n: i64,
}

impl Strip<'_> {
    fn range(&self) -> Option<(f64, f64, f64)> {
        let band = self.band?;
        Some((band.low?, band.middle?, band.high?))
    }
}

/// Draws the figure; nothing for a wave without bands.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let strips = strips(view);
    if strips.is_empty() {
        return Ok(None);
    }
    let marks = strips.iter().any(|strip| !strip.boards.is_empty());
    let words = words(view, &strips, marks)?;
    let mut file = Data::new(&["domain", "what", "organisation", "value", "n"]);
    for strip in &strips {
        let n = strip.range().map(|_| strip.n.to_string()).unwrap_or_default();
        let (low, middle, high) = strip.range().map_or((None, None, None), |(low, middle, high)| {
            (Some(low), Some(middle), Some(high))
        });
        for (what, value) in [("quartile_low", low), ("median", middle), ("quartile_high", high)] {
            file.row([
                strip.label.clone(),
                what.into(),
                String::new(),
                data::value(value),
                n.clone(),
            ]);
        }
        for (board, value) in &strip.boards {
            file.row([
                strip.label.clone(),
                "board".into(),
                (*board).to_owned(),
                data::value(Some(*value)),
                String::new(),
            ]);
        }
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = rows(view, &mut sheet, &strips)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

/// A strip per domain, the lowest first in a wave with levels.
fn strips<'a>(view: &View<'a>) -> Vec<Strip<'a>> {
    let minimum = view.input.study.disclosure.minimum;
    let mut bands: BTreeMap<&str, &'a Band> = BTreeMap::new();
    for band in &view.input.analysed.bands {
        if band.wave == view.wave.id && band.by == ALL && band.scope == Scope::Domain {
            bands.insert(&band.item, band);
        }
    }
    let mut scores: BTreeMap<&str, Vec<(&'a str, f64)>> = BTreeMap::new();
    let own = view.input.analysed.scores.iter().filter(|row| row.wave == view.wave.id);
    for row in own.filter(|_| !view.options.public) {
        let value = if view.has_levels() {
            row.mean_level
        } else {
            row.share_meeting
        };
        if let Some(value) = value {
            scores.entry(&row.domain).or_default().push((&row.organisation, value));
        }
    }
    let statistic = if view.has_levels() {
        "mean_level"
    } else {
        "share_meeting"
    };
    let mut strips: Vec<(f64, Strip<'a>)> = view
        .parts()
        .iter()
        .flat_map(|(part, _)| view.domains(&part.code))
        .filter_map(|domain| {
            let band = bands.get(domain.code.as_str()).copied()?;
            let number = view.number(Scope::Domain, &domain.code, statistic)?;
            let mut boards = scores.remove(domain.code.as_str()).unwrap_or_default();
            boards.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(b.0)));
            // Outside, the middle half itself must hold as many as the study asks.
            let told = !band.suppressed && !number.suppressed && (!view.options.public || band.n >= 2 * minimum);
            let strip = Strip {
                id: number.id.to_owned(),
                label: view.domain_name(domain),
                band: told.then_some(band),
                boards,
                n: band.n,
            };
            Some((number.value.unwrap_or(f64::MAX), strip))
        })
        .collect();
    strips.sort_by(|a, b| a.0.total_cmp(&b.0));
    strips.into_iter().map(|(_, strip)| strip).collect()
}

fn said(view: &View<'_>, value: f64) -> String {
    if view.has_levels() {
        // Quarters of a level need two decimals.
        crate::view::number_format::decimal(value, 2, view.language())
    } else {
        view.percent(value, 1)
    }
}

/// What the widest middle halves say; the quartiles are coarse, so that several may be widest together.
fn words(view: &View<'_>, strips: &[Strip<'_>], marks: bool) -> Result<Words, Error> {
    let widths: Vec<(&Strip<'_>, f64)> = strips
        .iter()
        .filter_map(|strip| strip.range().map(|(low, _, high)| (strip, high - low)))
        .collect();
    let most = widths.iter().map(|own| own.1).fold(0.0, f64::max);
    let widest: Vec<String> = widths
        .iter()
        .filter(|own| own.1 > most - 1e-9)
        .map(|own| own.0.label.clone())
        .collect();
    let (low, high) = view
        .framework
        .scale()
        .map_or((0.0, 1.0), |(low, high)| (low as f64, high as f64));
    let kind = match widest.len() {
        _ if most < (high - low) / 8.0 => "alike",
        1 => "one",
        count if count <= FEW && count < widths.len() => "few",
        _ => "plain",
    };
    let and = view.texts.word("word.and")?;
    let names = crate::view::number_format::list(&widest, &and);
    let title = view
        .texts
        .say(&format!("figure.strips.title.{kind}"), context! { names => names })?;
    let range = |strip: &Strip<'_>| match strip.range() {
        Some((low, _, high)) => view.texts.say(
            "figure.strips.range",
            context! { low => said(view, low), high => said(view, high) },
        ),
        None => Ok(String::new()),
    };
    let measure = if view.has_levels() { "levels" } else { "met" };
    Ok(Words {
        kind: "strips",
        subtitle: view.texts.say(
            &format!("figure.strips.subtitle.{measure}"),
            context! { marks => marks },
        )?,
        alt: match (widths.first(), widths.last()) {
            (Some((first, _)), Some((last, _))) => view.texts.say(
                "figure.strips.alt",
                context! {
                    title => title.clone(), domains => strips.len(), marks => marks,
                    low => first.label.clone(), low_range => range(first)?,
                    high => last.label.clone(), high_range => range(last)?,
                },
            )?,
            _ => view.texts.word("figure.strips.alt_empty")?,
        },
        title,
        method: String::new(),
    })
}

fn rows(view: &View<'_>, sheet: &mut Sheet<'_>, strips: &[Strip<'_>]) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let axis = super::axis(view);
    let (low, high) = (axis.low, axis.high);
    let stacks = |strip: &Strip<'_>| bars(strip, low, high).into_iter().map(|bar| bar.1).max().unwrap_or(0);
    let most = strips.iter().map(stacks).max().unwrap_or(0);
    let mut keys = vec![(
        view.texts.word("figure.strips.middle")?,
        LegendKey::Box(theme.marks.middle),
    )];
    if most > STACK {
        keys.push((
            view.texts.word("figure.strips.boards")?,
            LegendKey::Box(theme.marks.main),
        ));
    } else if most > 0 {
        keys.push((
            view.texts.word("figure.strips.board")?,
            LegendKey::Mark(Shape::Circle, theme.marks.main),
        ));
    }
    let target = view.target(None).filter(|_| view.has_levels());
    if let Some(target) = target {
        let name = view.texts.say("figure.key.target", context! { target => target })?;
        keys.push((name, LegendKey::Dashed(theme.marks.target)));
    }
    sheet.legend(&keys);
    let gap = style.px(10.0);
    let widest = strips.iter().map(|strip| face.width(&strip.label)).fold(0.0, f64::max);
    let label_width = widest.min((sheet.right() - sheet.left()) * 0.42);
    let from = sheet.left() + label_width + gap;
    let counts = strips
        .iter()
        .map(|strip| face.width(&view.count(strip.n)))
        .fold(0.0, f64::max);
    let to = sheet.right() - counts - gap - style.px(6.0);
    let scale = Scale::of(&axis, from, to);
    let x = |value: f64| scale.at(value);
    sheet
        .canvas
        .text(sheet.right(), sheet.top + small.size * 0.6, "n", small.at(Anchor::End));
    let top = sheet.top + small.size * 1.2 + style.px(4.0);
    let axis_height = style.px(20.0);
    let taller = if style.size == super::Size::Column && most > 0 {
        1.25
    } else {
        1.0
    };
    let height = sheet.row_height(strips.len(), top - sheet.top + axis_height) * taller;
    let bottom = top + height * strips.len() as f64;
    sheet.grid(&scale, top, bottom, axis_height * 0.55);
    if let Some(target) = target {
        sheet.target_line(x(target as f64), top, bottom);
    }
    for (place, strip) in strips.iter().enumerate() {
        let middle = top + height * (place as f64 + 0.5);
        let (left, right) = (sheet.left(), sheet.right());
        let too_few = view.texts.word("absent.withheld")?;
        let words = match strip.range() {
            Some((low, middle, high)) => view.texts.say(
                "figure.strips.words",
                context! {
                    name => strip.label.clone(), low => said(view, low), middle => said(view, middle),
                    high => said(view, high), n => strip.n,
                },
            )?,
            None => format!("{}: {too_few}", strip.label),
        };
        let n = if strip.band.is_some() {
            view.count(strip.n)
        } else {
            "–".to_owned()
        };
        sheet.canvas.group(&strip.id, &words, |canvas| {
            let lines = two_lines(&strip.label, face.size, label_width, height);
            for (at, text) in lines.iter().enumerate() {
                let y = middle + face.size * 1.12 * (at as f64 - (lines.len() as f64 - 1.0) / 2.0);
                canvas.text(left, y, text, face);
            }
            canvas.text(right, middle, &n, face.at(Anchor::End));
            let thick = height * 0.78;
            if let Some((low, _, high)) = strip.range() {
                let width = (x(high) - x(low)).max(style.px(3.0));
                canvas.rectangle(x(low), middle - thick / 2.0, width, thick, theme.marks.middle);
            } else if strip.boards.is_empty() {
                canvas.text(from + style.px(6.0), middle, &too_few, small);
            }
            if most > STACK {
                // Every strip has its own measure: a domain of one norm would leave the others nothing to see.
                let tallest = stacks(strip).max(1) as f64;
                let wide = ((to - from) / STEPS * 0.8).max(style.px(1.0));
                for (value, count) in bars(strip, low, high) {
                    let tall = (height * 0.78 * count as f64 / tallest).max(style.px(1.0));
                    canvas.rectangle(x(value) - wide / 2.0, middle - tall / 2.0, wide, tall, theme.marks.main);
                }
            } else {
                dots(canvas, style, strip, middle, height, &x);
            }
            if let Some((_, at, _)) = strip.range() {
                let tick = |half: f64, colour, wide| ((x(at), middle - half), (x(at), middle + half), colour, wide);
                for (a, b, colour, wide) in [
                    tick(height * 0.45, theme.page.text, style.px(4.0)),
                    tick(height * 0.45 - style.px(1.0), theme.page.paper, style.px(2.0)),
                ] {
                    canvas.line(a, b, colour, wide);
                }
            }
        });
    }
    Ok(bottom + axis_height)
}

/// How many boards there are at each step of the axis; empty where there are none.
fn bars(strip: &Strip<'_>, low: f64, high: f64) -> Vec<(f64, usize)> {
    let step = (high - low) / STEPS;
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for (_, value) in &strip.boards {
        *counts.entry(libm::round((value - low) / step) as i64).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(place, count)| (low + place as f64 * step, count))
        .collect()
}

/// Boards of about one score above each other.
fn dots(canvas: &mut Canvas, style: Style<'_>, strip: &Strip<'_>, middle: f64, height: f64, x: &dyn Fn(f64) -> f64) {
    let radius = (height / (2.0 * STACK as f64)).min(style.px(2.6));
    let mut stacks: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (_, value) in &strip.boards {
        let at = x(*value);
        stacks
            .entry(libm::round(at / (2.0 * radius)) as i64)
            .or_default()
            .push(at);
    }
    for stack in stacks.values() {
        for (place, at) in stack.iter().enumerate() {
            let y = middle + 2.0 * radius * (place as f64 - (stack.len() as f64 - 1.0) / 2.0);
            canvas.mark(Shape::Circle, *at, y, radius, style.theme.page.paper, 1.0);
            canvas.mark(
                Shape::Circle,
                *at,
                y,
                radius - style.px(0.5),
                style.theme.marks.main,
                1.0,
            );
        }
    }
}
