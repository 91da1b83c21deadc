//! Who is weak where: boards beside each other, domains under each other, both ordered by their mean.
//!
//! Only inside the house: every column is a board.

use super::intervals::two_lines;
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::theme::Colour;
use crate::view::View;
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::tables::{ALL, Estimate};
use nulmeting_study::words::{Base, Scope};
use std::collections::BTreeMap;

/// Draws the figure; nothing in a pass/fail wave and nothing outside the house.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    if view.options.public || !view.has_levels() {
        return Ok(None);
    }
    let Some(target) = view.target(None) else {
        return Ok(None);
    };
    let mut means: BTreeMap<(&str, &str), Option<f64>> = BTreeMap::new();
    for row in view.input.analysed.scores.iter().filter(|row| row.wave == view.wave.id) {
        means.insert((row.organisation.as_str(), row.domain.as_str()), row.mean_level);
    }
    let pupils: BTreeMap<&str, i64> = view
        .input
        .normalized
        .organisations
        .iter()
        .filter(|row| row.wave == view.wave.id)
        .filter_map(|row| Some((row.organisation.as_str(), row.pupils?)))
        .collect();
    // Boards from the lowest to the highest mean over the first part; domains likewise by their estimate.
    let mut boards: Vec<(&str, Option<f64>)> = means
        .iter()
        .filter(|((_, domain), _)| *domain == ALL)
        .map(|((organisation, _), mean)| (*organisation, *mean))
        .collect();
    boards.sort_by(|a, b| {
        a.1.unwrap_or(f64::MAX)
            .total_cmp(&b.1.unwrap_or(f64::MAX))
            .then_with(|| a.0.cmp(b.0))
    });
    let mut domains: Vec<(String, &str, f64)> = view
        .parts()
        .iter()
        .flat_map(|(part, _)| view.domains(&part.code))
        .map(|domain| {
            let mean = view
                .number(Scope::Domain, &domain.code, "mean_level")
                .and_then(|number| number.value);
            (view.domain_name(domain), domain.code.as_str(), mean.unwrap_or(f64::MAX))
        })
        .collect();
    domains.sort_by(|a, b| a.2.total_cmp(&b.2));
    let (Some(first), Some(last)) = (boards.iter().find_map(|b| b.1), boards.iter().rev().find_map(|b| b.1)) else {
        return Ok(None);
    };
    let n = boards.len() as i64;
    let facts = context! {
        low => view.level(first, n), high => view.level(last, n), boards => view.count(n), domains => domains.len(), target => target,
    };
    let title = view.texts.say("figure.heatmap.title", facts.clone())?;
    let words = Words {
        kind: "heatmap",
        subtitle: view.texts.say("figure.heatmap.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.heatmap.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: String::new(),
    };
    let mut headings = vec!["organisation", "pupils"];
    headings.extend(domains.iter().map(|(_, code, _)| *code));
    let mut file = Data::new(&headings);
    for (organisation, _) in &boards {
        let mut cells = vec![
            (*organisation).to_owned(),
            pupils.get(organisation).map(i64::to_string).unwrap_or_default(),
        ];
        cells.extend(
            domains
                .iter()
                .map(|(_, code, _)| data::value(means.get(&(*organisation, *code)).copied().flatten())),
        );
        file.row(cells);
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = cells(view, &mut sheet, target, &boards, &domains, &means, &pupils)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn cells(
    view: &View<'_>,
    sheet: &mut Sheet<'_>,
    target: i64,
    boards: &[(&str, Option<f64>)],
    domains: &[(String, &str, f64)],
    means: &BTreeMap<(&str, &str), Option<f64>>,
    pupils: &BTreeMap<&str, i64>,
) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let levels = &view.framework.levels;
    let split = levels.iter().filter(|level| level.number < target).count();
    // A mean takes the colour of the level that it has reached: 2.9 is below a target of 3.
    let colour = |mean: f64| -> Colour {
        let place = levels
            .iter()
            .rposition(|level| mean >= level.number as f64)
            .unwrap_or(0);
        theme.level(place, split, levels.len())
    };
    let mut keys: Vec<(String, LegendKey)> = Vec::new();
    for (place, level) in levels.iter().enumerate() {
        let text = match levels.get(place + 1) {
            Some(next) => view.texts.say(
                "figure.heatmap.from_to",
                context! { from => level.number, to => next.number },
            )?,
            None => level.number.to_string(),
        };
        keys.push((text, LegendKey::Box(theme.level(place, split, levels.len()))));
    }
    let width = (sheet.right() - sheet.left()) * 0.62 / boards.len() as f64;
    let dense = width <= style.px(2.0);
    let holes = boards
        .iter()
        .any(|(board, _)| domains.iter().any(|(_, code, _)| mean_of(means, board, code).is_none()));
    if holes {
        keys.push((
            view.texts.word("figure.heatmap.no_score")?,
            // Lines finer than a column of boards would be a pattern that means nothing.
            if dense {
                LegendKey::Box(theme.not_applicable())
            } else {
                LegendKey::Hatched(theme.not_applicable(), theme.page.quiet)
            },
        ));
    }
    sheet.legend(&keys);

    let gap = style.px(10.0);
    let label_width = domains
        .iter()
        .map(|(name, _, _)| face.width(name))
        .fold(0.0, f64::max)
        .min((sheet.right() - sheet.left()) * 0.38);
    let from = sheet.left() + label_width + gap;
    let width = (sheet.right() - from) / boards.len() as f64;
    let size_height = style.px(34.0);
    let numbers_height = style.px(18.0);
    let top = sheet.top + size_height + style.px(4.0);
    let height = sheet.row_height(domains.len(), top - sheet.top + numbers_height);
    let bottom = top + height * domains.len() as f64;

    // Pupils above: a column per board, its area in proportion.
    let largest = boards
        .iter()
        .filter_map(|(board, _)| pupils.get(board))
        .max()
        .copied()
        .unwrap_or(0)
        .max(1) as f64;
    let label = view
        .texts
        .say("figure.heatmap.size", context! { most => view.count(largest as i64) })?;
    let label_lines = crate::draw::font::wrap(&label, small.size, false, label_width);
    for (at, line) in label_lines.iter().enumerate() {
        let offset = small.size * 1.2 * (at as f64 + 0.5 - label_lines.len() as f64);
        sheet
            .canvas
            .text(sheet.left(), sheet.top + size_height + offset, line, small);
    }
    let white = if width > style.px(4.0) { style.px(0.5) } else { 0.0 };
    for (place, (board, _)) in boards.iter().enumerate() {
        if let Some(count) = pupils.get(board) {
            let tall = *count as f64 / largest * size_height;
            let x = from + width * place as f64;
            sheet.canvas.rectangle(
                x + white,
                sheet.top + size_height - tall,
                width - 2.0 * white,
                tall,
                theme.marks.doubtful,
            );
        }
    }
    for (line, (name, code, _)) in domains.iter().enumerate() {
        let y = top + height * line as f64;
        let id = mean_id(view, code);
        let left = sheet.left();
        sheet.canvas.group(&id, name, |canvas| {
            let texts = two_lines(name, face.size, label_width, height);
            for (at, text) in texts.iter().enumerate() {
                let offset = face.size * 1.12 * (at as f64 - (texts.len() as f64 - 1.0) / 2.0);
                canvas.text(left, y + height / 2.0 + offset, text, face);
            }
            // Neighbours of one colour are one rectangle where cells have no white between them.
            let mut place = 0;
            while place < boards.len() {
                let mean = mean_of(means, boards[place].0, code);
                let own = mean.map(colour);
                let mut end = place + 1;
                while white == 0.0 && end < boards.len() && mean_of(means, boards[end].0, code).map(colour) == own {
                    end += 1;
                }
                let (x, wide) = (from + width * place as f64, width * (end - place) as f64);
                match own {
                    Some(fill) => {
                        canvas.rectangle(
                            x + white,
                            y + style.px(0.75),
                            wide - 2.0 * white,
                            height - style.px(1.5),
                            fill,
                        );
                        let text = mean.map(|mean| view.level(mean, 1)).unwrap_or_default();
                        if wide > small.width(&text) + style.px(4.0) && white > 0.0 {
                            let ink = fill.readable(theme.page.text, theme.page.paper);
                            canvas.text(
                                x + wide / 2.0,
                                y + height / 2.0,
                                &text,
                                small.in_colour(ink).at(Anchor::Middle),
                            );
                        }
                    }
                    None => {
                        let (x, y, wide, tall) = (
                            x + white,
                            y + style.px(0.75),
                            wide - 2.0 * white,
                            height - style.px(1.5),
                        );
                        canvas.rectangle(x, y, wide, tall, theme.not_applicable());
                        if !dense {
                            canvas.hatch(x, y, wide, tall, theme.page.quiet);
                        }
                    }
                }
                place = end;
            }
        });
    }
    let (low, high) = (
        view.texts.word("figure.heatmap.lowest")?,
        view.texts.word("figure.heatmap.highest")?,
    );
    sheet.canvas.text(from, bottom + numbers_height * 0.6, &low, small);
    sheet.canvas.text(
        sheet.right(),
        bottom + numbers_height * 0.6,
        &high,
        small.at(Anchor::End),
    );
    Ok(bottom + numbers_height)
}

/// The id of the number that is the mean of a domain's line over all organisations.
fn mean_id(view: &View<'_>, domain: &str) -> String {
    let statistic = if view.has_levels() {
        "mean_level"
    } else {
        "share_meeting"
    };
    let (scope, base) = (Scope::Domain, Base::Organisations);
    EstimateId::of_key::<Estimate>(&[&view.wave.id, scope.word(), domain, ALL, ALL, statistic, base.word()]).to_string()
}

fn mean_of(means: &BTreeMap<(&str, &str), Option<f64>>, board: &str, code: &str) -> Option<f64> {
    means.get(&(board, code)).copied().flatten()
}
