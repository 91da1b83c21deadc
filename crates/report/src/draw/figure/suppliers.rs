//! What boards ask of suppliers against what suppliers deliver: two marks per demand and the gap between them.

use super::intervals::two_lines;
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::scale::{Axis, Scale};
use crate::draw::theme::Shape;
use crate::view::claims::is_apart_from_nought;
use crate::view::{Number, View};
use minijinja::context;

/// A demand with the share that asks it, the share that gets it and the gap.
pub(crate) struct Demand<'a> {
    pub(crate) label: String,
    pub(crate) asked: Number<'a>,
    pub(crate) delivered: Number<'a>,
    pub(crate) gap: Option<Number<'a>>,
}

impl Demand<'_> {
    /// The gap for sorting: of the table, or below everything.
    fn width(&self) -> f64 {
        self.gap.and_then(|gap| gap.value).unwrap_or(f64::MIN)
    }

    /// Whether the gap is clear, in either direction.
    pub(crate) fn is_clear(&self) -> bool {
        self.gap.is_some_and(|gap| is_apart_from_nought(&gap))
    }
}

/// What the gaps show: how many are clear in each direction, and the demand that a sentence names.
pub(crate) struct Claim<'d, 'a> {
    /// Demands on which suppliers deliver less than boards ask.
    short: usize,
    /// Demands on which suppliers deliver more.
    surplus: usize,
    demands: usize,
    /// The widest clear gap, of those that fall short where there are any; the widest gap where none is clear.
    pub(crate) demand: &'d Demand<'a>,
}

impl<'d, 'a> Claim<'d, 'a> {
    /// Reads the demands, the widest gap first; absent when no demand has published shares.
    pub(crate) fn of(demands: &'d [Demand<'a>]) -> Option<Self> {
        let published = demands
            .iter()
            .filter(|demand| demand.asked.value.is_some() && demand.delivered.value.is_some());
        let published: Vec<&Demand<'_>> = published.collect();
        let clear: Vec<&&Demand<'_>> = published.iter().filter(|demand| demand.is_clear()).collect();
        let short = clear.iter().filter(|demand| demand.width() > 0.0).count();
        let widest = |a: &&&Demand<'_>, b: &&&Demand<'_>| a.width().abs().total_cmp(&b.width().abs());
        let compared = published
            .iter()
            .filter(|demand| demand.gap.is_some_and(|gap| gap.value.is_some()));
        let demand = match (short, clear.last()) {
            (0, Some(last)) => **last,
            (0, None) => *compared.max_by(widest).or(published.first())?,
            _ => **clear.first()?,
        };
        Some(Self {
            short,
            surplus: clear.len() - short,
            demands: published.len(),
            demand,
        })
    }

    /// As keys of texts have it.
    pub(crate) fn word(&self) -> &'static str {
        match (self.short, self.surplus) {
            (0, 0) => "open",
            (_, 0) => "short",
            (0, _) => "surplus",
            _ => "both",
        }
    }

    /// What the texts state.
    pub(crate) fn facts(&self, view: &View<'_>) -> minijinja::Value {
        context! {
            demand => self.demand.label.clone(),
            asked => view.share(&self.demand.asked),
            delivered => view.share(&self.demand.delivered),
            gap => points(view, self.demand.gap).0,
            short => self.short, surplus => self.surplus, demands => self.demands,
            n => view.count(self.demand.asked.n),
        }
    }
}

/// The demands of the wave, the widest gap first; empty when the wave does not compare.
pub(crate) fn demands<'a>(view: &View<'a>) -> Vec<Demand<'a>> {
    let Some((asked, delivered)) = view.compared() else {
        return Vec::new();
    };
    let mut demands: Vec<Demand<'_>> = asked
        .options
        .iter()
        .filter_map(|option| {
            Some(Demand {
                label: view.of(&option.name).to_owned(),
                asked: view.choice(&asked.code, &option.code, "share")?,
                delivered: view.choice(&delivered.code, &option.code, "share")?,
                gap: view.choice(&asked.code, &option.code, "gap"),
            })
        })
        .collect();
    demands.sort_by(|a, b| b.width().total_cmp(&a.width()));
    demands
}

/// A gap in words: percentage points with sign and interval.
pub(crate) fn points(view: &View<'_>, gap: Option<Number<'_>>) -> (String, String) {
    let write = |value: f64| view.points(value);
    let Some(gap) = gap else {
        return ("–".into(), String::new());
    };
    let value = gap.value.map_or_else(|| "–".to_owned(), write);
    let interval = gap
        .interval()
        .map(|(low, high)| format!("{} … {}", write(low), write(high)))
        .unwrap_or_default();
    (value, interval)
}

/// Draws the figure; nothing when the wave does not compare two questions.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let demands = demands(view);
    let Some(claim) = Claim::of(&demands) else {
        return Ok(None);
    };
    let facts = claim.facts(view);
    let title = view
        .texts
        .say(&format!("figure.suppliers.title.{}", claim.word()), facts.clone())?;
    let words = Words {
        kind: "suppliers",
        subtitle: view.texts.say("figure.suppliers.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.suppliers.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: view.texts.word("figure.method.share")?,
    };
    let mut file = Data::new(&[
        "demand",
        "asked",
        "delivered",
        "gap",
        "gap_low",
        "gap_high",
        "n",
        "suppressed",
        "id",
    ]);
    for demand in &demands {
        file.row([
            demand.label.clone(),
            data::value(demand.asked.value),
            data::value(demand.delivered.value),
            data::value(demand.gap.and_then(|gap| gap.value)),
            data::value(demand.gap.and_then(|gap| gap.low)),
            data::value(demand.gap.and_then(|gap| gap.high)),
            data::n(&demand.asked),
            demand.asked.suppressed.to_string(),
            demand.gap.map_or(demand.asked.id, |gap| gap.id).to_owned(),
        ]);
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = dumbbells(view, &mut sheet, &demands)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn dumbbells(view: &View<'_>, sheet: &mut Sheet<'_>, demands: &[Demand<'_>]) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    sheet.legend(&[
        (
            view.texts.word("figure.key.asked")?,
            LegendKey::Mark(Shape::Circle, theme.marks.main),
        ),
        (
            view.texts.word("figure.key.delivered")?,
            LegendKey::Ring(theme.marks.second),
        ),
    ]);
    let heading = view.texts.word("figure.column.gap")?;
    let gaps: Vec<(String, String)> = demands.iter().map(|demand| points(view, demand.gap)).collect();
    let gap = style.px(10.0);
    let widest = demands
        .iter()
        .map(|demand| face.width(&demand.label))
        .fold(0.0, f64::max);
    let label_width = widest.min((sheet.right() - sheet.left()) * 0.38);
    let interval_width = gaps
        .iter()
        .map(|(_, interval)| small.width(interval))
        .fold(0.0, f64::max);
    let gap_width = gaps
        .iter()
        .map(|(value, _)| face.width(value))
        .fold(style.px(24.0), f64::max);
    let column =
        (gap_width + gap * 0.7 + interval_width).max(heading.split('\n').map(|l| small.width(l)).fold(0.0, f64::max));
    let from = sheet.left() + label_width + gap + style.px(30.0);
    let to = sheet.right() - column - gap - style.px(30.0);
    let scale = Scale::of(&Axis::shares(4), from, to);
    let x = |share: f64| scale.at(share);
    let line_height = small.size * 1.2;
    let lines: Vec<&str> = heading.split('\n').collect();
    for (at, line) in lines.iter().enumerate() {
        sheet.canvas.text(
            sheet.right(),
            sheet.top + line_height * (at as f64 + 0.5),
            line,
            small.at(Anchor::End),
        );
    }
    let top = sheet.top + line_height * lines.len() as f64 + style.px(4.0);
    let axis = style.px(20.0);
    let height = sheet.row_height(demands.len(), top - sheet.top + axis);
    let bottom = top + height * demands.len() as f64;
    sheet.grid(&scale, top, bottom, axis * 0.55);
    let too_few = view.texts.word("absent.withheld")?;
    for (place, demand) in demands.iter().enumerate() {
        let middle = top + height * (place as f64 + 0.5);
        let (left, right) = (sheet.left(), sheet.right());
        let id = demand.gap.map_or(demand.asked.id, |gap| gap.id);
        let words = format!("{}: {}", demand.label, gaps[place].0);
        sheet.canvas.group(id, &words, |canvas| {
            let texts = two_lines(&demand.label, face.size, label_width, height);
            for (at, text) in texts.iter().enumerate() {
                let offset = face.size * 1.12 * (at as f64 - (texts.len() as f64 - 1.0) / 2.0);
                canvas.text(left, middle + offset, text, face);
            }
            let (Some(asked), Some(delivered)) = (demand.asked.value, demand.delivered.value) else {
                canvas.text(from + style.px(6.0), middle, &too_few, small);
                return;
            };
            canvas.text(right, middle, &gaps[place].1, small.at(Anchor::End));
            let ink = if demand.is_clear() { face.bold() } else { face };
            canvas.text(
                right - interval_width - gap * 0.7,
                middle,
                &gaps[place].0,
                ink.at(Anchor::End),
            );
            canvas.line(
                (x(asked), middle),
                (x(delivered), middle),
                theme.marks.faint,
                style.px(3.0),
            );
            canvas.mark(Shape::Circle, x(asked), middle, style.px(5.5), theme.marks.main, 1.0);
            canvas.ring(
                x(delivered),
                middle,
                style.px(5.5),
                theme.marks.second,
                theme.page.paper,
            );
            // The outer side of each mark is free for its number.
            let (asked_text, delivered_text) = (
                view.percent(asked, demand.asked.n),
                view.percent(delivered, demand.delivered.n),
            );
            let aside = style.px(9.0);
            let (left_text, left_at, right_text, right_at) = if delivered <= asked {
                (delivered_text, delivered, asked_text, asked)
            } else {
                (asked_text, asked, delivered_text, delivered)
            };
            canvas.text(x(left_at) - aside, middle, &left_text, small.at(Anchor::End));
            canvas.text(x(right_at) + aside, middle, &right_text, small);
        });
    }
    Ok(bottom + axis)
}
