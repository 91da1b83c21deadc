//! What moved since the wave before: two marks per domain, and the change with its interval beside them.
//!
//! Where versions of the framework differ the two marks are joined by a broken line; at a break in the series they
//! are not joined at all, and the row says why.

use super::intervals::two_lines;
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::scale::{Axis, Scale};
use crate::draw::theme::Shape;
use crate::view::View;
use crate::view::number_format;
use crate::view::wave_change::{self, Course, Movement};
use minijinja::context;
use nulmeting_study::tables::Change;
use nulmeting_study::words::{Boards, Comparability, Scope};

/// A domain with its change.
struct Row<'a> {
    label: String,
    change: &'a Change,
    course: Course,
}

/// Draws the figure; nothing in the first wave and where nothing compares.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let Some(movement) = Movement::of(view) else {
        return Ok(None);
    };
    let Some(statistic) = movement.statistic(view) else {
        return Ok(None);
    };
    let mut rows = Vec::new();
    for (part, _) in view.parts() {
        for domain in view.domains(&part.code) {
            if let Some(change) = movement.find(Boards::All, Scope::Domain, &domain.code, &statistic) {
                rows.push(Row {
                    label: view.domain_name(domain),
                    change,
                    course: Course::of(change),
                });
            }
        }
    }
    if rows.iter().all(|row| row.change.change.is_none()) {
        return Ok(None);
    }
    let count = |course: Course| rows.iter().filter(|row| row.course == course).count();
    let (up, down) = (count(Course::Higher), count(Course::Lower));
    let compared = rows.iter().filter(|row| row.change.change.is_some()).count();
    let broken = rows
        .iter()
        .filter(|row| row.change.comparability == Comparability::Break)
        .count();
    let facts = context! {
        from => movement.from.id.clone(), to => view.wave.id.clone(), up => up, down => down, domains => compared,
        broken => broken, before => most(&rows, |row| row.n_from), after => most(&rows, |row| row.n_to),
        measure => wave_change::measure(view, &statistic)?,
    };
    let case = match (movement.is_of_participants(), up, down) {
        (true, _, _) => "participants",
        (_, 0, 0) => "none",
        (_, _, 0) => "up",
        (_, 0, _) => "down",
        _ => "both",
    };
    let title = view.texts.say(&format!("figure.change.title.{case}"), facts.clone())?;
    let words = Words {
        kind: "change",
        subtitle: view.texts.say("figure.change.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.change.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: view.texts.word("figure.change.method")?,
    };
    let mut file = Data::new(&[
        "domain",
        "from_wave",
        "from",
        "to_wave",
        "to",
        "change",
        "low",
        "high",
        "p_adjusted",
        "n_from",
        "n_to",
        "returning",
        "comparability",
        "suppressed",
        "id",
    ]);
    for row in &rows {
        let own = row.change;
        file.row([
            row.label.clone(),
            own.from_wave.clone(),
            data::value(own.from_estimate),
            own.to_wave.clone(),
            data::value(own.to_estimate),
            data::value(own.change),
            data::value(own.ci_low),
            data::value(own.ci_high),
            data::value(own.p_adjusted),
            data::count(own.n_from),
            data::count(own.n_to),
            data::count(own.returning),
            own.comparability.to_string(),
            own.suppressed.to_string(),
            own.id.clone(),
        ]);
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = Panels::draw(view, &mut sheet, &rows, &statistic)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

/// The two panels: the estimates of both waves, and the change between them.
struct Panels {
    estimates: Scale,
    changes: Scale,
}

impl Panels {
    fn draw(view: &View<'_>, sheet: &mut Sheet<'_>, rows: &[Row<'_>], statistic: &str) -> Result<f64, Error> {
        let style = sheet.style;
        let theme = style.theme;
        let (face, small) = (style.text(), style.small());
        let from = &rows[0].change.from_wave;
        let to = &rows[0].change.to_wave;
        let link = rows.iter().any(|row| row.change.comparability == Comparability::Mapped);
        let mut keys = vec![
            (from.clone(), LegendKey::Ring(theme.marks.second)),
            (to.clone(), LegendKey::Mark(Shape::Circle, theme.marks.main)),
            (
                view.texts.word("figure.change.key")?,
                LegendKey::Interval(theme.marks.main, theme.marks.interval),
            ),
        ];
        if link {
            keys.push((
                view.texts.word("figure.change.mapped")?,
                LegendKey::Dashed(theme.marks.faint),
            ));
        }
        sheet.legend(&keys);
        let told: Vec<(String, String)> = rows.iter().map(|row| told(view, row.change)).collect();
        let gap = style.px(10.0);
        let widest = rows.iter().map(|row| face.width(&row.label)).fold(0.0, f64::max);
        let label_width = widest.min((sheet.right() - sheet.left()) * 0.36);
        let interval_width = told
            .iter()
            .map(|(_, interval)| small.width(interval))
            .fold(0.0, f64::max);
        let is_told = |place: &usize| rows[*place].change.change.is_some();
        let change_width = (0..rows.len())
            .filter(is_told)
            .map(|place| face.width(&told[place].0))
            .fold(0.0, f64::max);
        let note_width = (0..rows.len())
            .filter(|place| !is_told(place))
            .map(|place| small.width(&told[place].0))
            .fold(0.0, f64::max);
        let column = (change_width + interval_width + gap * 0.7).max(note_width);
        let start = sheet.left() + label_width + gap * 1.6;
        let end = sheet.right() - column - gap * 1.4;
        let middle = start + (end - start) * 0.56;
        let axis = match (statistic, view.framework.scale()) {
            ("mean_level", Some((low, high))) => Axis::levels(low, high),
            _ => Axis::shares(2),
        };
        let (estimates_end, changes_start) = (middle - gap * 1.6, middle + gap * 1.8);
        let panels = Self {
            estimates: Scale::of(&axis, start, estimates_end),
            changes: Scale::of(&change_axis(view, rows, statistic), changes_start, end),
        };
        let line = small.size * 1.2;
        for (x, key) in [(start, "figure.change.stand"), (changes_start, "figure.change.moved")] {
            sheet
                .canvas
                .text(x, sheet.top + line * 0.5, &view.texts.word(key)?, small);
        }
        let top = sheet.top + line + style.px(4.0);
        let below = style.px(20.0);
        let height = sheet.row_height(rows.len(), top - sheet.top + below);
        let bottom = top + height * rows.len() as f64;
        sheet.grid(&panels.estimates, top, bottom, below * 0.55);
        sheet.grid(&panels.changes, top, bottom, below * 0.55);
        let none = panels.changes.at(0.0);
        sheet
            .canvas
            .line((none, top), (none, bottom), theme.marks.target, style.px(1.0));
        for (place, row) in rows.iter().enumerate() {
            let y = top + height * (place as f64 + 0.5);
            let words = format!(
                "{}: {} → {}; {}",
                row.label,
                shown(view, row.change, 0),
                shown(view, row.change, 1),
                told[place].0
            );
            let (left, right) = (sheet.left(), sheet.right());
            sheet.canvas.group(&row.change.id, &words, |canvas| {
                let texts = two_lines(&row.label, face.size, label_width, height);
                for (at, text) in texts.iter().enumerate() {
                    let offset = face.size * 1.12 * (at as f64 - (texts.len() as f64 - 1.0) / 2.0);
                    canvas.text(left, y + offset, text, face);
                }
                panels.marks(canvas, &style, row, y);
                if row.change.change.is_none() {
                    canvas.text(right, y, &told[place].0, small.at(Anchor::End));
                    return;
                }
                let ink = if row.course == Course::Open { face } else { face.bold() };
                canvas.text(right, y, &told[place].1, small.at(Anchor::End));
                canvas.text(
                    right - interval_width - gap * 0.7,
                    y,
                    &told[place].0,
                    ink.at(Anchor::End),
                );
            });
        }
        Ok(bottom + below)
    }

    fn marks(&self, canvas: &mut crate::draw::canvas::Canvas, style: &Style<'_>, row: &Row<'_>, y: f64) {
        let theme = style.theme;
        let own = row.change;
        if let (Some(before), Some(after)) = (own.from_estimate, own.to_estimate) {
            let ends = ((self.estimates.at(before), y), (self.estimates.at(after), y));
            match own.comparability {
                Comparability::Same => canvas.line(ends.0, ends.1, theme.marks.faint, style.px(3.0)),
                Comparability::Mapped => canvas.dashed(ends.0, ends.1, theme.marks.faint, style.px(2.0)),
                // A break: what is not one series is not joined.
                Comparability::Break => {}
            }
        }
        if let Some(after) = own.to_estimate {
            canvas.mark(
                Shape::Circle,
                self.estimates.at(after),
                y,
                style.px(5.0),
                theme.marks.main,
                1.0,
            );
        }
        if let Some(before) = own.from_estimate {
            canvas.ring(
                self.estimates.at(before),
                y,
                style.px(5.0),
                theme.marks.second,
                theme.page.paper,
            );
        }
        let Some(change) = own.change else { return };
        if let (Some(low), Some(high)) = (own.ci_low, own.ci_high) {
            canvas.line(
                (self.changes.at(low), y),
                (self.changes.at(high), y),
                theme.marks.interval,
                style.px(1.3),
            );
        }
        canvas.mark(
            Shape::Circle,
            self.changes.at(change),
            y,
            style.px(4.5),
            theme.marks.main,
            1.0,
        );
    }
}

/// The most boards under a row.
fn most(rows: &[Row<'_>], count: impl Fn(&Change) -> Option<i64>) -> i64 {
    rows.iter()
        .filter_map(|row| count(row.change))
        .max()
        .unwrap_or_default()
}

/// The axis of the changes, as far to the left of nought as to the right.
fn change_axis(view: &View<'_>, rows: &[Row<'_>], statistic: &str) -> Axis {
    let reach = reach(rows);
    let label = |change: f64| {
        let text = if statistic == "mean_level" {
            number_format::decimal(change, 1, view.language())
        } else {
            number_format::decimal(change * 100.0, 0, view.language())
        };
        if change > 0.0 { format!("+{text}") } else { text }
    };
    Axis {
        low: -reach,
        high: reach,
        ticks: [-reach, 0.0, reach].map(|change| (change, label(change))).to_vec(),
    }
}

/// How far the second panel must reach on either side.
fn reach(rows: &[Row<'_>]) -> f64 {
    let ends = rows
        .iter()
        .flat_map(|row| [row.change.ci_low, row.change.ci_high, row.change.change]);
    let widest = ends.flatten().map(f64::abs).fold(0.0, f64::max);
    let steps = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0];
    steps.into_iter().find(|step| *step >= widest).unwrap_or(4.0)
}

/// The number of one side in words.
fn shown(view: &View<'_>, row: &Change, side: usize) -> String {
    let (value, n) = if side == 0 {
        (row.from_estimate, row.n_from)
    } else {
        (row.to_estimate, row.n_to)
    };
    wave_change::value(view, &row.statistic, value, n)
}

/// The change and its interval in words, or why there is none.
fn told(view: &View<'_>, row: &Change) -> (String, String) {
    let word = |key: &str| view.texts.known(key).unwrap_or_default().to_owned();
    match row.change {
        Some(change) => (
            wave_change::shift(view, &row.statistic, change, wave_change::under(row)),
            wave_change::interval(view, row),
        ),
        None if row.comparability == Comparability::Break && row.from_estimate.is_none() => {
            (word("figure.change.new"), String::new())
        }
        None if row.comparability == Comparability::Break => (word("figure.change.break"), String::new()),
        None => (word("absent.withheld"), String::new()),
    }
}
