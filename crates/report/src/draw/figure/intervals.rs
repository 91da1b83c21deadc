//! Rows with a dot or bar each, and the interval around it: the form that most figures take.

use super::Sheet;
use super::sheet::LegendKey;
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::font;
use crate::draw::scale::{Axis, Scale};
use crate::draw::theme::{Colour, Shape};
use crate::view::{Number, View};
use nulmeting_study::words::Reliability;

/// A row of the figure.
pub(crate) struct Row<'a> {
    pub(crate) label: String,
    /// Absent for a heading.
    pub(crate) number: Option<Number<'a>>,
    /// What the number says to who points at it.
    pub(crate) words: String,
    /// Texts at the right, one per column.
    pub(crate) columns: Vec<String>,
    /// Values of the groups behind the whole.
    pub(crate) faint: Vec<f64>,
    /// Why there is no number, where that is not because it is withheld.
    pub(crate) reason: Option<String>,
}

/// The number of a group that nobody is in.
pub(crate) const NOTHING: Number<'static> = Number {
    id: "",
    value: None,
    low: None,
    high: None,
    n: 0,
    reliability: Reliability::Unreliable,
    suppressed: true,
};

impl Row<'_> {
    /// A row that names the rows under it.
    pub(crate) fn heading(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            number: None,
            words: String::new(),
            columns: Vec::new(),
            faint: Vec::new(),
            reason: None,
        }
    }

    /// A named row without a number, and why.
    pub(crate) fn empty(label: String, reason: String, columns: usize) -> Self {
        Self {
            words: format!("{label}: {reason}"),
            label,
            number: Some(NOTHING),
            columns: vec!["–".to_owned(); columns],
            faint: Vec::new(),
            reason: Some(reason),
        }
    }
}

/// Axis and form.
pub(crate) struct Chart {
    pub(crate) axis: Axis,
    /// A dashed line with its name.
    pub(crate) line: Option<(f64, String)>,
    /// Bars from the low end instead of dots.
    pub(crate) bars: bool,
    /// Headings of the columns at the right.
    pub(crate) columns: Vec<String>,
    /// What the small dots behind are; absent when there are none.
    pub(crate) faint: Option<String>,
}

impl Chart {
    /// An axis for shares.
    pub(crate) fn shares(bars: bool, columns: Vec<String>) -> Self {
        Self {
            axis: Axis::shares(4),
            line: None,
            bars,
            columns,
            faint: None,
        }
    }
}

/// Draws the rows and gives the bottom of the drawing.
pub(crate) fn draw(view: &View<'_>, sheet: &mut Sheet<'_>, rows: &[Row<'_>], chart: &Chart) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let doubtful = rows.iter().any(|row| {
        row.number
            .is_some_and(|n| n.value.is_some() && n.reliability != Reliability::Ok)
    });
    let intervals = rows
        .iter()
        .any(|row| row.number.is_some_and(|n| n.interval().is_some()));
    let mut keys = Vec::new();
    if intervals {
        let dot = if chart.bars { None } else { Some(theme.marks.main) };
        let key = LegendKey::Interval(dot.unwrap_or(theme.marks.interval), theme.marks.interval);
        keys.push((view.texts.word("figure.key.interval")?, key));
    }
    if doubtful {
        keys.push((
            view.texts.word("figure.key.doubtful")?,
            LegendKey::Ring(theme.marks.doubtful),
        ));
    }
    if let Some(faint) = &chart.faint {
        keys.push((faint.clone(), LegendKey::Faint(theme.marks.faint)));
    }
    if let Some((_, name)) = &chart.line {
        keys.push((name.clone(), LegendKey::Dashed(theme.marks.target)));
    }
    sheet.legend(&keys);

    let face = style.text();
    let small = style.small();
    // Widths: the labels as wide as they need up to two fifths, the columns as wide as their texts.
    let gap = style.px(10.0);
    let limit = (sheet.right() - sheet.left()) * 0.42;
    let widest = rows
        .iter()
        .filter(|row| row.number.is_some())
        .map(|row| face.width(&row.label))
        .fold(0.0, f64::max);
    let label_width = widest.min(limit);
    let widths: Vec<f64> = (0..chart.columns.len())
        .map(|place| {
            let texts = rows
                .iter()
                .filter_map(|row| row.columns.get(place))
                .map(|text| face.width(text));
            let heading = chart.columns[place]
                .split('\n')
                .map(|line| small.width(line))
                .fold(0.0, f64::max);
            texts.fold(heading, f64::max)
        })
        .collect();
    let from = sheet.left() + label_width + gap;
    let to = sheet.right() - widths.iter().map(|width| width + gap).sum::<f64>() - style.px(6.0);
    let scale = Scale::of(&chart.axis, from, to);
    let x = |value: f64| scale.at(value);

    // Headings of the columns.
    let heading_lines = chart
        .columns
        .iter()
        .map(|text| text.split('\n').count())
        .max()
        .unwrap_or(0);
    let line_height = small.size * 1.2;
    let mut right = sheet.right();
    let mut ends = vec![0.0; widths.len()];
    for place in (0..widths.len()).rev() {
        ends[place] = right;
        right -= widths[place] + gap;
    }
    for (place, text) in chart.columns.iter().enumerate() {
        let lines: Vec<&str> = text.split('\n').collect();
        for (at, line) in lines.iter().enumerate() {
            let y = sheet.top + line_height * ((heading_lines - lines.len() + at) as f64 + 0.5);
            sheet.canvas.text(ends[place], y, line, small.at(Anchor::End));
        }
    }
    let top = sheet.top + line_height * heading_lines as f64 + style.px(4.0);
    let axis_height = style.px(20.0);
    let height = sheet.row_height(rows.len(), top - sheet.top + axis_height);
    let bottom = top + height * rows.len() as f64;

    // A pale band under the doubtful rows, then the grid, then the marks.
    for (place, row) in rows.iter().enumerate() {
        if row
            .number
            .is_some_and(|number| number.value.is_some() && number.reliability != Reliability::Ok)
        {
            let y = top + height * place as f64;
            sheet
                .canvas
                .rectangle(from, y + 1.0, to - from, height - 2.0, theme.marks.band);
        }
    }
    sheet.grid(&scale, top, bottom, axis_height * 0.55);
    // One unit along the second scale is a row.
    let rows_scale = Scale::new(0.0..rows.len() as f64, top, bottom);
    let plot = sheet.canvas.plot(&scale, &rows_scale);
    for (place, row) in rows.iter().enumerate() {
        let middle = top + height * (place as f64 + 0.5);
        let Some(number) = row.number else {
            // A heading stands low in its row, nearer to what it names.
            let text = font::fit(&row.label, face.size, true, sheet.right() - sheet.left());
            let ground = face.width(&text) * 1.08;
            sheet.canvas.rectangle(
                sheet.left(),
                top + height * place as f64,
                ground,
                height,
                theme.page.paper,
            );
            sheet
                .canvas
                .text(sheet.left(), middle + height * 0.12, &text, face.bold());
            continue;
        };
        let too_few = view.texts.word("absent.withheld")?;
        let (left, right_edge) = (sheet.left(), sheet.left() + label_width);
        sheet.canvas.group(number.id, &row.words, |canvas| {
            let lines = two_lines(&row.label, face.size, right_edge - left, height);
            let line = face.size * 1.12;
            for (at, text) in lines.iter().enumerate() {
                let y = middle + line * (at as f64 - (lines.len() as f64 - 1.0) / 2.0);
                canvas.text(left, y, text, face);
            }
            for (place, text) in row.columns.iter().enumerate() {
                canvas.text(ends[place], middle, text, face.at(Anchor::End));
            }
            let Some(value) = number.value else {
                if number.suppressed {
                    let reason = row.reason.as_ref().unwrap_or(&too_few);
                    canvas.text(from + style.px(6.0), middle, reason, small);
                }
                return;
            };
            for value in &row.faint {
                canvas.mark(Shape::Circle, x(*value), middle, style.px(2.5), theme.marks.faint, 0.7);
            }
            let sound = number.reliability == Reliability::Ok;
            let colour: Colour = if sound { theme.marks.main } else { theme.marks.doubtful };
            if chart.bars {
                let thick = (height * 0.58).min(style.px(24.0));
                canvas.rectangle_faint(
                    from,
                    middle - thick / 2.0,
                    (x(value) - from).max(0.5),
                    thick,
                    colour,
                    0.55,
                );
            }
            if let Some((low, high)) = number.interval() {
                let line = (theme.marks.interval, style.px(1.4));
                plot.interval(place as f64 + 0.5, (low, value, high), style.px(6.0), line);
            }
            if sound {
                canvas.mark(
                    Shape::Circle,
                    x(value),
                    middle,
                    style.px(if chart.bars { 3.2 } else { 4.8 }),
                    if chart.bars { theme.marks.interval } else { colour },
                    1.0,
                );
            } else {
                canvas.ring(x(value), middle, style.px(5.0), colour, theme.page.paper);
            }
        });
    }
    if let Some((value, _)) = &chart.line {
        sheet.target_line(x(*value), top, bottom);
    }
    Ok(bottom + axis_height)
}

/// A label on one line, or on two where the row is high enough; what does not fit ends in three dots.
pub(crate) fn two_lines(text: &str, size: f64, room: f64, height: f64) -> Vec<String> {
    let lines = font::wrap(text, size, false, room);
    if lines.len() <= 1 || height < size * 2.0 {
        return vec![font::fit(text, size, false, room)];
    }
    let rest = lines[1..].join(" ");
    vec![
        font::fit(&lines[0], size, false, room),
        font::fit(&rest, size, false, room),
    ]
}
