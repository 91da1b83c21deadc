//! How well each board sits in its cluster: a bar per board, clusters under each other, colours by type.
//!
//! Only inside the house: every bar is a board.

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
use nulmeting_study::tables::OrganisationType;

/// Draws the figure; nothing outside the house, and nothing when the organisations were not divided.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    if view.options.public {
        return Ok(None);
    }
    let mut boards: Vec<(&OrganisationType, i64, f64)> = typology_view::organisations(view)
        .into_iter()
        .filter_map(|row| Some((row, row.cluster?, row.silhouette?)))
        .collect();
    let Some(k) = boards.iter().map(|own| own.1).max() else {
        return Ok(None);
    };
    boards.sort_by(|a, b| {
        a.1.cmp(&b.1)
            .then(b.2.total_cmp(&a.2))
            .then(a.0.organisation.cmp(&b.0.organisation))
    });
    let doubtful = boards.iter().filter(|own| own.2 < 0.0).count();
    let mean = boards.iter().map(|own| own.2).sum::<f64>() / boards.len() as f64;
    let facts = context! {
        k => k, boards => view.count(boards.len() as i64), doubtful => doubtful, mean => number_format::decimal(mean, 2, view.language()),
    };
    let key = if doubtful == 0 { "all" } else { "some" };
    let title = view
        .texts
        .say(&format!("figure.silhouette.title.{key}"), facts.clone())?;
    let words = Words {
        kind: "silhouette",
        subtitle: view.texts.say("figure.silhouette.subtitle", facts.clone())?,
        alt: view
            .texts
            .say("figure.silhouette.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: String::new(),
    };
    let mut file = Data::new(&["organisation", "cluster", "neighbour", "silhouette", "type"]);
    for (row, cluster, width) in &boards {
        file.row([
            row.organisation.clone(),
            cluster.to_string(),
            row.cluster_neighbour.map(|own| own.to_string()).unwrap_or_default(),
            data::value(Some(*width)),
            row.r#type.clone().unwrap_or_default(),
        ]);
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = bars(view, &mut sheet, &boards, k)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn bars(
    view: &View<'_>,
    sheet: &mut Sheet<'_>,
    boards: &[(&OrganisationType, i64, f64)],
    k: i64,
) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let kinds = &view.framework.types;
    let mut keys: Vec<(String, LegendKey)> = kinds
        .iter()
        .enumerate()
        .map(|(place, kind)| (view.of(&kind.name).to_owned(), LegendKey::Box(theme.types.of(place).0)))
        .collect();
    if boards.iter().any(|own| own.0.r#type.is_none()) {
        keys.push((
            view.texts.word("figure.silhouette.no_type")?,
            LegendKey::Box(theme.marks.faint),
        ));
    }
    sheet.legend(&keys);
    let (gap, foot) = (style.px(12.0), style.px(24.0));
    let room = match style.size {
        Size::Column => style.px(620.0),
        Size::Slide => sheet.room(foot),
    };
    let height = ((room - gap * k as f64) / boards.len() as f64).min(style.px(9.0));
    let clusters = typology_view::clusters(view, k);
    let names: Vec<String> = clusters
        .iter()
        .map(|own| typology_view::cluster_name(view, own))
        .collect::<Result<_, _>>()?;
    let label_width = names
        .iter()
        .map(|name| face.bold().width(name))
        .fold(style.px(70.0), f64::max);
    let left = sheet.left() + label_width + style.px(14.0);
    let lowest = boards.iter().map(|own| own.2).fold(0.0, f64::min);
    let low = libm::floor(lowest * 4.0) / 4.0;
    let right = sheet.right() - style.px(12.0);
    let scale = Scale::new(low..1.0, left, right);
    let x = |value: f64| scale.at(value);
    let top = sheet.top;
    let bottom = top + height * boards.len() as f64 + gap * k as f64;
    let mut tick = low;
    while tick <= 1.0 {
        let line = if tick == 0.0 {
            theme.marks.target
        } else {
            theme.page.grid
        };
        sheet
            .canvas
            .line((x(tick), top), (x(tick), bottom), line, style.px(1.0));
        let text = number_format::decimal(tick, 2, view.language());
        sheet
            .canvas
            .text(x(tick), bottom + style.px(10.0), &text, small.at(Anchor::Middle));
        tick += 0.25;
    }
    let mut y = top;
    let mut last = 0;
    for (row, cluster, width) in boards {
        if *cluster != last {
            y += if last == 0 { gap / 2.0 } else { gap };
            last = *cluster;
            let own: Vec<f64> = boards
                .iter()
                .filter(|other| other.1 == last)
                .map(|other| other.2)
                .collect();
            let mean = own.iter().sum::<f64>() / own.len() as f64;
            let middle = y + height * own.len() as f64 / 2.0;
            let name = usize::try_from(last - 1).ok().and_then(|place| names.get(place));
            let note = format!(
                "n\u{a0}=\u{a0}{} · {}",
                own.len(),
                number_format::decimal(mean, 2, view.language())
            );
            let sheet_left = sheet.left();
            sheet.canvas.text(
                sheet_left,
                middle - small.size * 0.7,
                name.map_or("", String::as_str),
                face.bold(),
            );
            sheet.canvas.text(sheet_left, middle + small.size * 0.7, &note, small);
        }
        let place = row
            .r#type
            .as_deref()
            .and_then(|code| kinds.iter().position(|kind| kind.code == code));
        let colour = place.map_or(theme.marks.faint, |place| theme.types.of(place).0);
        let white = if height > style.px(3.0) { style.px(0.6) } else { 0.0 };
        let (from, to) = (x(width.min(0.0)), x(width.max(0.0)));
        let id = EstimateId::of(*row).to_string();
        let words = format!(
            "{}: {}",
            row.organisation,
            number_format::decimal(*width, 2, view.language())
        );
        sheet.canvas.group(&id, &words, |canvas| {
            canvas.rectangle(from, y, (to - from).max(style.px(0.5)), height - white, colour);
        });
        y += height;
    }
    Ok(bottom + foot)
}
