//! Which boards are alike: the tree of mean distances, cut where the division beside the rule has as many groups.
//!
//! Only inside the house: every leaf is a board.

use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Size, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::scale::Scale;
use crate::view::View;
use crate::view::number_format;
use crate::view::typology_view;
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::tables::{Joining, OrganisationType, Verdict};
use std::collections::BTreeMap;

/// The method of the tree that is drawn.
const METHOD: &str = "average";
/// Two divisions are called alike from this adjusted Rand index on.
const ALIKE: f64 = 0.8;
/// More boards than this are a black band.
const MOST: usize = 400;

/// Draws the figure; nothing outside the house, without a tree, or with more boards than can be told apart.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let steps: Vec<&Joining> = view
        .input
        .analysed
        .joinings
        .iter()
        .filter(|row| row.wave == view.wave.id && row.method == METHOD)
        .collect();
    let shown = typology_view::verdict(view).and_then(|verdict| verdict.k_shown);
    let Some(k) = shown.filter(|_| !view.options.public && !steps.is_empty() && steps.len() < MOST) else {
        return Ok(None);
    };
    let agreement = typology_view::divisions(view, METHOD)
        .into_iter()
        .find(|row| row.k == k)
        .and_then(|row| row.agreement);
    let facts = context! {
        k => k, boards => view.count(steps.len() as i64 + 1),
        agreement => agreement.map(|own| number_format::decimal(own, 2, view.language())).unwrap_or_default(),
    };
    // Clusters that the verdict does not carry are pieces of a tree, and no groups of boards.
    let types = typology_view::verdict(view).is_some_and(|verdict| verdict.verdict == Verdict::Types);
    let key = match (agreement.is_some_and(|agreement| agreement >= ALIKE), types) {
        (true, true) => "alike",
        (true, false) => "pieces",
        (false, _) => "other",
    };
    let title = view
        .texts
        .say(&format!("figure.dendrogram.title.{key}"), facts.clone())?;
    let words = Words {
        kind: "dendrogram",
        subtitle: view.texts.say("figure.dendrogram.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.dendrogram.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: String::new(),
    };
    let mut file = Data::new(&["step", "first", "second", "height", "size"]);
    for row in &steps {
        file.row([
            row.step.to_string(),
            row.first.clone(),
            row.second.clone(),
            data::value(Some(row.height)),
            row.size.to_string(),
        ]);
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = tree(view, &mut sheet, &steps, k)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

/// The boards in the order in which no lines cross.
fn leaves<'a>(steps: &[&'a Joining]) -> Vec<&'a str> {
    let mut blocks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut last = "";
    for step in steps {
        let second = blocks
            .remove(step.second.as_str())
            .unwrap_or_else(|| vec![&step.second]);
        blocks
            .entry(&step.first)
            .or_insert_with(|| vec![&step.first])
            .extend(second);
        last = &step.first;
    }
    blocks.remove(last).unwrap_or_default()
}

/// A step of 1, 2 or 5 times a power of ten that leaves four to eight ticks or so.
fn whole_step(highest: f64) -> f64 {
    let rough = (highest / 4.0).max(1e-9);
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let times = [5.0, 2.0]
        .into_iter()
        .find(|times| times * power <= rough)
        .unwrap_or(1.0);
    times * power
}

fn tree(view: &View<'_>, sheet: &mut Sheet<'_>, steps: &[&Joining], k: i64) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let small = style.small();
    let kinds = &view.framework.types;
    let keys: Vec<(String, LegendKey)> = kinds
        .iter()
        .enumerate()
        .map(|(place, kind)| {
            let (colour, shape) = theme.types.of(place);
            (view.of(&kind.name).to_owned(), LegendKey::Mark(shape, colour))
        })
        .collect();
    sheet.legend(&keys);
    let order = leaves(steps);
    let foot = style.px(22.0);
    let side = match style.size {
        Size::Column => style.px(300.0),
        Size::Slide => sheet.room(foot),
    };
    let (top, bottom) = (sheet.top + style.px(8.0), sheet.top + side);
    let left = sheet.left() + style.px(34.0);
    let step_width = (sheet.right() - left) / order.len() as f64;
    let highest = steps.iter().map(|step| step.height).fold(0.0, f64::max);
    let scale = Scale::new(0.0..highest, bottom, top);
    let y = |height: f64| scale.at(height);
    let step = whole_step(highest);
    for tick in 0..=libm::floor(highest / step) as u32 {
        let value = step * f64::from(tick);
        sheet.canvas.line(
            (left, y(value)),
            (sheet.right(), y(value)),
            theme.page.grid,
            style.px(1.0),
        );
        let text = number_format::decimal(value, 1, view.language());
        sheet
            .canvas
            .text(left - style.px(6.0), y(value), &text, small.at(Anchor::End));
    }
    let mut nodes: BTreeMap<&str, (f64, f64)> = order
        .iter()
        .enumerate()
        .map(|(place, name)| (*name, (left + step_width * (place as f64 + 0.5), 0.0)))
        .collect();
    for step in steps {
        let (Some(a), Some(b)) = (
            nodes.get(step.first.as_str()).copied(),
            nodes.remove(step.second.as_str()),
        ) else {
            continue;
        };
        let (ink, line) = (theme.marks.main, style.px(1.0));
        sheet.canvas.line((a.0, y(a.1)), (a.0, y(step.height)), ink, line);
        sheet.canvas.line((b.0, y(b.1)), (b.0, y(step.height)), ink, line);
        sheet
            .canvas
            .line((a.0, y(step.height)), (b.0, y(step.height)), ink, line);
        nodes.insert(&step.first, (f64::midpoint(a.0, b.0), step.height));
    }
    // Between the last join that is kept and the first that is undone.
    let cut = steps.len() + 1 - usize::try_from(k).unwrap_or(1).min(steps.len());
    if let Some(undone) = steps.get(cut) {
        let kept = cut.checked_sub(1).map_or(0.0, |place| steps[place].height);
        let at = y(f64::midpoint(kept, undone.height));
        sheet
            .canvas
            .dashed((left, at), (sheet.right(), at), theme.marks.target, style.px(1.3));
    }
    let types: BTreeMap<&str, usize> = typology_view::organisations(view)
        .into_iter()
        .filter_map(|row| {
            let code = row.r#type.as_deref()?;
            Some((
                row.organisation.as_str(),
                kinds.iter().position(|kind| kind.code == code)?,
            ))
        })
        .collect();
    let radius = (step_width * 0.45).min(style.px(4.0));
    for (place, name) in order.iter().enumerate() {
        let Some(kind) = types.get(name) else { continue };
        let (colour, shape) = theme.types.of(*kind);
        let id = EstimateId::of_key::<OrganisationType>(&[&view.wave.id, name]).to_string();
        sheet.canvas.group(&id, name, |canvas| {
            canvas.mark(
                shape,
                left + step_width * (place as f64 + 0.5),
                bottom + style.px(8.0),
                radius,
                colour,
                1.0,
            );
        });
    }
    Ok(bottom + foot)
}
