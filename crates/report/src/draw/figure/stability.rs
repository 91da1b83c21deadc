//! How many types the data show, if any: per number of clusters how stable they are and how tight against a continuum.

use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Size, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::scale::Scale;
use crate::draw::theme::Shape;
use crate::view::View;
use crate::view::number_format;
use crate::view::typology_view;
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::tables::{Cluster, Division};

/// The readings of a mean Jaccard similarity that are drawn as lines.
const READINGS: [f64; 3] = [0.6, 0.75, 0.85];

/// Draws the figure; nothing when the organisations were not divided.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let divisions = typology_view::headline(view);
    let Some(verdict) = typology_view::verdict(view).filter(|_| !divisions.is_empty()) else {
        return Ok(None);
    };
    let clusters: Vec<Vec<&Cluster>> = divisions
        .iter()
        .map(|row| typology_view::clusters(view, row.k))
        .collect();
    let facts = context! {
        k => verdict.k, boards => view.count(verdict.boards),
        fewest => divisions.first().map(|row| row.k), most => divisions.last().map(|row| row.k),
    };
    let title = view
        .texts
        .say(&format!("figure.stability.title.{}", verdict.verdict), facts.clone())?;
    let words = Words {
        kind: "stability",
        subtitle: view.texts.say("figure.stability.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.stability.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: view.texts.word("figure.stability.method")?,
    };
    let mut file = Data::new(&[
        "k",
        "cluster",
        "jaccard",
        "silhouette",
        "silhouette_spread",
        "silhouette_continuum",
    ]);
    for (division, own) in divisions.iter().zip(&clusters) {
        for cluster in own {
            let cells = [
                data::value(cluster.jaccard),
                data::value(division.silhouette),
                data::value(division.silhouette_spread),
                data::value(division.silhouette_continuum),
            ];
            file.row(
                [division.k.to_string(), cluster.cluster.to_string()]
                    .into_iter()
                    .chain(cells),
            );
        }
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let theme = style.theme;
    sheet.legend(&[
        (
            view.texts.word("figure.stability.cluster")?,
            LegendKey::Mark(Shape::Circle, theme.marks.main),
        ),
        (
            view.texts.word("figure.stability.data")?,
            LegendKey::Mark(Shape::Diamond, theme.marks.main),
        ),
        (
            view.texts.word("figure.stability.continuum")?,
            LegendKey::Faint(theme.marks.faint),
        ),
    ]);
    let bottom = panels(view, &mut sheet, &divisions, &clusters)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn panels(
    view: &View<'_>,
    sheet: &mut Sheet<'_>,
    divisions: &[&Division],
    clusters: &[Vec<&Cluster>],
) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let (head, foot, gap) = (style.px(24.0), style.px(44.0), style.px(84.0));
    let side = match style.size {
        Size::Column => style.px(230.0),
        Size::Slide => sheet.room(head + foot),
    };
    let bottom = sheet.top + head + side;
    let axis = style.px(32.0);
    let width = (sheet.right() - sheet.left() - gap - axis) / 2.0;
    let highest = divisions.iter().filter_map(|row| row.silhouette).fold(0.5, f64::max);
    let most = libm::ceil(highest * 10.0) / 10.0;
    for (panel, (key, high, lines)) in [
        ("figure.stability.jaccard", 1.0, READINGS.to_vec()),
        ("figure.stability.silhouette", most, Vec::new()),
    ]
    .into_iter()
    .enumerate()
    {
        let left = sheet.left() + axis + (width + gap) * panel as f64;
        let scale = Scale::new(0.0..high, bottom, bottom - side);
        let y = |value: f64| scale.at(value);
        let step = width / divisions.len() as f64;
        let x = |place: usize| left + step * (place as f64 + 0.5);
        sheet.canvas.text(
            left - axis,
            sheet.top + style.px(8.0),
            &view.texts.word(key)?,
            face.bold(),
        );
        // Quarters for shares that run to 1, tenths for silhouettes.
        let steps = if panel == 0 { 4 } else { libm::round(high * 10.0) as u32 };
        for tick in 0..=steps {
            let value = high * f64::from(tick) / f64::from(steps);
            sheet.canvas.line(
                (left, y(value)),
                (left + width, y(value)),
                theme.page.grid,
                style.px(1.0),
            );
            let text = number_format::decimal(value, 2, view.language());
            sheet
                .canvas
                .text(left - style.px(6.0), y(value), &text, small.at(Anchor::End));
        }
        for value in lines {
            sheet.canvas.dashed(
                (left, y(value)),
                (left + width, y(value)),
                theme.marks.target,
                style.px(1.0),
            );
            let text = number_format::decimal(value, 2, view.language());
            sheet.canvas.text(left + width + style.px(4.0), y(value), &text, small);
        }
        for (place, (division, own)) in divisions.iter().zip(clusters).enumerate() {
            let face = if division.chosen { small.bold() } else { small };
            sheet.canvas.text(
                x(place),
                bottom + style.px(12.0),
                &division.k.to_string(),
                face.at(Anchor::Middle),
            );
            let id = EstimateId::of(*division).to_string();
            if panel == 0 {
                // Clusters of about one stability stand beside each other.
                for (at, cluster) in own.iter().enumerate() {
                    let Some(jaccard) = cluster.jaccard else { continue };
                    let shift = (at as f64 - (own.len() as f64 - 1.0) / 2.0) * (step * 0.7 / own.len() as f64);
                    let words = format!(
                        "k = {}, {}: {}",
                        division.k,
                        cluster.cluster,
                        number_format::decimal(jaccard, 2, view.language())
                    );
                    sheet.canvas.group(&id, &words, |canvas| {
                        canvas.mark(
                            Shape::Circle,
                            x(place) + shift,
                            y(jaccard),
                            style.px(3.6),
                            theme.marks.main,
                            0.85,
                        );
                    });
                }
                continue;
            }
            if let Some(value) = division.silhouette_continuum {
                sheet
                    .canvas
                    .mark(Shape::Circle, x(place), y(value), style.px(3.2), theme.marks.faint, 0.8);
            }
            if let Some(value) = division.silhouette_spread {
                let words = format!(
                    "k = {}: {}",
                    division.k,
                    number_format::decimal(value, 2, view.language())
                );
                sheet.canvas.group(&id, &words, |canvas| {
                    canvas.mark(Shape::Diamond, x(place), y(value), style.px(4.5), theme.marks.main, 1.0);
                });
            }
        }
        let label = view.texts.word("figure.stability.k")?;
        sheet.canvas.text(
            left + width / 2.0,
            bottom + style.px(30.0),
            &label,
            small.at(Anchor::Middle),
        );
    }
    Ok(bottom + foot)
}
