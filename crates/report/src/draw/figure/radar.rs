//! The domains around a wheel, for who asks for it. No report has it.
//!
//! Its faults are said in the figure: shape and area depend on the order of the axes, and mean nothing; lengths around
//! a wheel are harder to compare than lengths beside each other.

use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Size, Style, Words};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::font;
use crate::draw::theme::Shape;
use crate::view::{Number, View};
use minijinja::context;
use nulmeting_study::words::Scope;
use std::f64::consts::TAU;

/// Axes under which there is no wheel.
const FEWEST: usize = 3;

/// Draws the figure; nothing in a pass/fail wave or with fewer than three domains.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let (Some((low, high)), Some(target)) = (view.framework.scale(), view.target(None)) else {
        return Ok(None);
    };
    let axes: Vec<(String, Number<'_>)> = view
        .parts()
        .iter()
        .flat_map(|(part, _)| view.domains(&part.code))
        .filter_map(|domain| {
            let number = view.number(Scope::Domain, &domain.code, "mean_level")?;
            Some((view.domain_name(domain), number))
        })
        .collect();
    let by_value = |a: &&(String, Number<'_>), b: &&(String, Number<'_>)| a.1.value.partial_cmp(&b.1.value);
    let told = || axes.iter().filter(|own| own.1.value.is_some());
    let order =
        |a: &&(String, Number<'_>), b: &&(String, Number<'_>)| by_value(a, b).unwrap_or(std::cmp::Ordering::Equal);
    let (Some(least), Some(most), true) = (told().min_by(order), told().max_by(order), axes.len() >= FEWEST) else {
        return Ok(None);
    };
    let level = |own: &(String, Number<'_>)| own.1.value.map(|value| view.level(value, own.1.n)).unwrap_or_default();
    let below = told()
        .filter(|own| own.1.high.or(own.1.value).is_some_and(|high| high < target as f64))
        .count();
    let facts = context! {
        below => below, domains => axes.len(), target => target,
        low => least.0.clone(), low_level => level(least), high => most.0.clone(), high_level => level(most),
    };
    let case = match below {
        0 => "none_below",
        count if count == axes.len() => "all_below",
        _ => "some_below",
    };
    let title = view.texts.say(&format!("figure.means.title.{case}"), facts.clone())?;
    let words = Words {
        kind: "radar",
        subtitle: view.texts.say("figure.radar.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.radar.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: view.texts.word("figure.method.mean")?,
    };
    let mut file = Data::new(&["domain", "id", "estimate", "ci_low", "ci_high", "n", "suppressed"]);
    for (label, number) in &axes {
        file.row(std::iter::once(label.clone()).chain(Data::number(number)));
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = wheel(view, &mut sheet, &axes, (low, high), target)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn wheel(
    view: &View<'_>,
    sheet: &mut Sheet<'_>,
    axes: &[(String, Number<'_>)],
    (low, high): (i64, i64),
    target: i64,
) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    sheet.legend(&[
        (
            view.texts.word("figure.key.interval")?,
            LegendKey::Interval(theme.marks.main, theme.marks.interval),
        ),
        (
            view.texts.say("figure.key.target", context! { target => target })?,
            LegendKey::Dashed(theme.marks.target),
        ),
    ]);
    let line = face.size * 1.15;
    // Names stand above, below and beside the wheel.
    let beside = (sheet.right() - sheet.left()) * 0.27;
    let above = line * 4.4;
    let radius = match style.size {
        Size::Column => (sheet.right() - sheet.left()) / 2.0 - beside,
        Size::Slide => sheet.room(2.0 * above) / 2.0,
    };
    let centre = ((sheet.left() + sheet.right()) / 2.0, sheet.top + above + radius);
    let at = |place: usize, share: f64| {
        let angle = TAU * place as f64 / axes.len() as f64;
        let (x, y) = (libm::sin(angle), -libm::cos(angle));
        (centre.0 + x * share * radius, centre.1 + y * share * radius)
    };
    // The lowest level is the first ring and not the middle: a board at level 1 is somewhere.
    let rings = (high - low + 1) as f64;
    let share = |value: f64| (value.clamp(low as f64, high as f64) - low as f64 + 1.0) / rings;
    for level in low..=high {
        for place in 0..axes.len() {
            let next = (place + 1) % axes.len();
            let (a, b) = (at(place, share(level as f64)), at(next, share(level as f64)));
            if level == target {
                sheet.canvas.dashed(a, b, theme.marks.target, style.px(1.3));
            } else {
                sheet.canvas.line(a, b, theme.page.grid, style.px(1.0));
            }
        }
    }
    for place in 0..axes.len() {
        sheet
            .canvas
            .line(centre, at(place, 1.0), theme.page.grid, style.px(1.0));
    }
    for place in 0..axes.len() {
        let next = (place + 1) % axes.len();
        if let (Some(a), Some(b)) = (axes[place].1.value, axes[next].1.value) {
            let (a, b) = (at(place, share(a)), at(next, share(b)));
            sheet.canvas.line(a, b, theme.marks.main, style.px(1.6));
        }
    }
    // Between the first two axes, where no mark stands.
    for level in low..=high {
        let angle = TAU * 0.5 / axes.len() as f64;
        let reach = share(level as f64) * radius * libm::cos(angle);
        let (x, y) = (centre.0 + libm::sin(angle) * reach, centre.1 - libm::cos(angle) * reach);
        let text = level.to_string();
        let wide = small.width(&text) + style.px(3.0);
        sheet.canvas.rectangle(
            x - wide / 2.0,
            y - small.size * 0.6,
            wide,
            small.size * 1.2,
            theme.page.paper,
        );
        sheet.canvas.text(x, y, &text, small.at(Anchor::Middle));
    }
    let names = names(view, &style, axes, &at, centre.0, (sheet.left(), sheet.right()))?;
    for ((label, number), name) in axes.iter().zip(&names) {
        let words = format!(
            "{label}: {} ({}), n = {}",
            name.said,
            view.level_interval(number),
            view.organisations(number)
        );
        let place = name.place;
        let mark = number.value.map(|value| at(place, share(value)));
        let ends = number
            .interval()
            .map(|(low, high)| (at(place, share(low)), at(place, share(high))));
        sheet.canvas.group(number.id, &words, |canvas| {
            for (row, text) in name.lines.iter().enumerate() {
                canvas.text(name.x, name.top + line * (row as f64 + 0.5), text, face.at(name.anchor));
            }
            if let Some((low, high)) = ends {
                canvas.line(low, high, theme.marks.interval, style.px(1.4));
            }
            if let Some(mark) = mark {
                canvas.mark(Shape::Circle, mark.0, mark.1, style.px(4.4), theme.marks.main, 1.0);
            }
        });
    }
    Ok(centre.1 + radius + above)
}

/// Lines of a name: what stands above the wheel has room for no more.
const MOST_LINES: usize = 3;

/// The name of an axis with its value, where it stands.
struct Name {
    place: usize,
    said: String,
    lines: Vec<String>,
    x: f64,
    top: f64,
    anchor: Anchor,
}

/// Names beside the ends of their axes, whole as far as three lines go, pushed apart where they would run over each other.
fn names(
    view: &View<'_>,
    style: &Style<'_>,
    axes: &[(String, Number<'_>)],
    at: &dyn Fn(usize, f64) -> (f64, f64),
    centre: f64,
    (left, right): (f64, f64),
) -> Result<Vec<Name>, Error> {
    let face = style.text();
    let line = face.size * 1.15;
    let mut names = Vec::new();
    for (place, (label, number)) in axes.iter().enumerate() {
        let said = match number.value {
            Some(value) => view.level(value, number.n),
            None => view.texts.word("absent.withheld")?,
        };
        let (end, beyond) = (at(place, 1.0), at(place, 1.06));
        let turn = end.0 - centre;
        let (anchor, room) = if turn.abs() < style.px(8.0) {
            (Anchor::Middle, (right - left) * 0.4)
        } else if turn > 0.0 {
            (Anchor::Start, right - beyond.0)
        } else {
            (Anchor::End, beyond.0 - left)
        };
        let mut lines = font::hyphenate(&format!("{label} {said}"), face.size, false, room, view.language());
        if lines.len() > MOST_LINES {
            // The value stays, whatever is cut of a name that no framework should have.
            let value = format!(" {said}");
            let rest = font::fit(
                &lines[MOST_LINES - 1..].join(" "),
                face.size,
                false,
                room - face.width(&value),
            );
            lines.truncate(MOST_LINES - 1);
            lines.push(format!("{rest}{value}"));
        }
        let tall = line * lines.len() as f64;
        let rise = beyond.1 - end.1;
        // Above the wheel a name stands on its point, below it hangs from it, beside it is level with it.
        let top = match anchor {
            Anchor::Middle if rise < 0.0 => beyond.1 - tall,
            Anchor::Middle => beyond.1,
            _ => beyond.1 - tall / 2.0,
        };
        names.push(Name {
            place,
            said,
            lines,
            x: beyond.0,
            top,
            anchor,
        });
    }
    for side in [Anchor::Start, Anchor::End] {
        let mut own: Vec<&mut Name> = names.iter_mut().filter(|name| name.anchor == side).collect();
        own.sort_by(|a, b| a.top.total_cmp(&b.top));
        let tall = |name: &Name| line * name.lines.len() as f64;
        // Half of the push goes up and half down: first from the middle to the foot, then from the middle to the head.
        let middle = own.len() / 2;
        for place in middle + 1..own.len() {
            let least = own[place - 1].top + tall(own[place - 1]);
            own[place].top = own[place].top.max(least);
        }
        for place in (0..middle).rev() {
            let most = own[place + 1].top - tall(own[place]);
            own[place].top = own[place].top.min(most);
        }
    }
    // Names on the very top and foot keep clear of all beside them.
    let tall = |name: &Name| line * name.lines.len() as f64;
    let (mut head, mut foot) = (f64::MAX, f64::MIN);
    for name in names.iter().filter(|name| name.anchor != Anchor::Middle) {
        head = head.min(name.top);
        foot = foot.max(name.top + tall(name));
    }
    let middle = at(0, 0.0).1;
    for name in names.iter_mut().filter(|name| name.anchor == Anchor::Middle) {
        name.top = if name.top < middle {
            name.top.min(head - line * name.lines.len() as f64)
        } else {
            name.top.max(foot)
        };
    }
    Ok(names)
}
