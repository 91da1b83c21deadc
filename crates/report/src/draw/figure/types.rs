//! Which types there are: boards on the axes of policy and practice, or outside the house only their shares.

use super::intervals::{self, Chart, Row};
use super::sheet::LegendKey;
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::draw::scale::Scale;
use crate::section::summary;
use crate::view::{Number, View};
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::framework::TypeName;
use nulmeting_study::tables::OrganisationType;
use nulmeting_study::words::Scope;

/// The estimated share of a type.
pub(crate) fn share<'a>(view: &View<'a>, kind: &TypeName) -> Option<Number<'a>> {
    view.number(Scope::Axis, "types", &format!("share_type_{}", kind.code))
}

/// The types that have an estimate, from the largest share to the smallest.
pub(crate) fn ordered<'a>(view: &View<'a>) -> Vec<(&'a TypeName, Number<'a>)> {
    let framework = view.framework;
    let mut types: Vec<(&TypeName, Number<'_>)> = framework
        .types
        .iter()
        .filter_map(|kind| Some((kind, share(view, kind)?)))
        .collect();
    types.sort_by(|a, b| b.1.value.unwrap_or(-1.0).total_cmp(&a.1.value.unwrap_or(-1.0)));
    types
}

/// The thresholds of both axes by which the rule made the types.
fn thresholds(rows: &[&OrganisationType]) -> Option<(f64, f64)> {
    let row = rows.first()?;
    row.policy_threshold.zip(row.practice_threshold)
}

/// The organisations of the wave that have a place on both axes.
fn placed<'a>(view: &View<'a>) -> Vec<&'a OrganisationType> {
    let input = view.input;
    input
        .analysed
        .types
        .iter()
        .filter(|row| row.wave == view.wave.id && row.policy.is_some() && row.practice.is_some())
        .collect()
}

/// Draws the figure: marks per board inside the house, shares per type outside.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let types = ordered(view);
    if types.iter().all(|(_, number)| number.value.is_none()) {
        return Ok(None);
    }
    let marks = !view.options.public && !placed(view).is_empty();
    let options: Vec<(String, Number<'_>)> = types
        .iter()
        .map(|(kind, number)| (view.of(&kind.name).to_owned(), *number))
        .collect();
    let facts = context! { types => types.len(), ..summary::lead_facts(view, &options)? };
    let lead = summary::lead(view, &options).word();
    let title = view.texts.say(&format!("figure.types.title.{lead}"), facts.clone())?;
    let form = if marks { "marks" } else { "shares" };
    let words = Words {
        kind: "types",
        subtitle: view.texts.word(&format!("figure.types.subtitle.{form}"))?,
        alt: view.texts.say(
            &format!("figure.types.alt.{form}"),
            context! { title => title.clone(), ..facts },
        )?,
        title,
        method: if marks {
            String::new()
        } else {
            view.texts.word("figure.method.share")?
        },
    };
    if marks {
        scatter(view, style, words)
    } else {
        shares(view, style, words, &types)
    }
}

fn shares(
    view: &View<'_>,
    style: &Style<'_>,
    words: Words,
    types: &[(&TypeName, Number<'_>)],
) -> Result<Option<Figure>, Error> {
    let mut file = Data::new(&["type", "name", "id", "estimate", "ci_low", "ci_high", "n", "suppressed"]);
    let rows: Vec<Row<'_>> = types
        .iter()
        .map(|(kind, number)| {
            let label = view.of(&kind.name).to_owned();
            let share = number
                .value
                .map_or_else(|| "–".to_owned(), |value| view.percent(value, number.n));
            file.row(
                [kind.code.clone(), label.clone()]
                    .into_iter()
                    .chain(Data::number(number)),
            );
            Row {
                words: format!("{label}: {share} ({})", view.share_interval(number)),
                label,
                columns: vec![share, view.organisations(number)],
                faint: Vec::new(),
                reason: None,
                number: Some(*number),
            }
        })
        .collect();
    let mut sheet = Sheet::open(view, style, words)?;
    let chart = Chart::shares(true, vec![view.texts.word("figure.column.boards")?, "n".to_owned()]);
    let bottom = intervals::draw(view, &mut sheet, &rows, &chart)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

fn scatter(view: &View<'_>, style: &Style<'_>, words: Words) -> Result<Option<Figure>, Error> {
    let rows = placed(view);
    let theme = style.theme;
    let place_of = |code: &str| view.framework.types.iter().position(|kind| kind.code == code);
    let mut sheet = Sheet::open(view, style, words)?;
    let keys: Vec<(String, LegendKey)> = view
        .framework
        .types
        .iter()
        .enumerate()
        .map(|(place, kind)| {
            let (colour, shape) = theme.types.of(place);
            (view.of(&kind.name).to_owned(), LegendKey::Mark(shape, colour))
        })
        .collect();
    sheet.legend(&keys);
    let (face, small) = (style.text(), style.small());
    // Under the plot the numbers and name of an axis; above and below the scale, inside the frame, the quadrants' names.
    let (axis_room, band, above) = (style.px(40.0), style.px(42.0), style.px(20.0));
    let side = match style.size {
        super::Size::Column => style.px(470.0),
        super::Size::Slide => sheet.room(axis_room + above),
    };
    let name_of = |code: &str| {
        view.framework
            .axes
            .iter()
            .find(|axis| axis.code == code)
            .map(|axis| view.of(&axis.name))
    };
    let (policy, practice) = (
        name_of("policy").unwrap_or("policy"),
        name_of("practice").unwrap_or("practice"),
    );
    let left = sheet.left() + style.px(40.0);
    let right = sheet.right() - style.px(12.0);
    let (top, bottom) = (sheet.top + above, sheet.top + above + side);
    let axis = super::axis(view);
    let along = Scale::of(&axis, left, right);
    let up = Scale::of(&axis, bottom - band, top + band);
    let (x, y) = (|value: f64| along.at(value), |value: f64| up.at(value));
    sheet.grid(&along, top, bottom, style.px(12.0));
    let upright = Scale::new(axis.low..axis.high, left, right);
    let plot = sheet.canvas.plot(&upright, &up);
    plot.mesh(theme.page.grid, style.px(1.0));
    for (value, text) in &up.ticks {
        sheet
            .canvas
            .text(left - style.px(6.0), y(*value), text, small.at(Anchor::End));
    }
    sheet
        .canvas
        .text(right, bottom + style.px(28.0), policy, face.bold().at(Anchor::End));
    sheet
        .canvas
        .text(sheet.left(), top - style.px(10.0), practice, face.bold());
    sheet
        .canvas
        .frame(left, top, right - left, bottom - top, theme.page.grid);
    if let Some((policy, practice)) = thresholds(&rows) {
        sheet.target_line(x(policy), top, bottom);
        let level = y(practice);
        sheet
            .canvas
            .dashed((left, level), (right, level), theme.marks.target, style.px(1.3));
    }
    let mut file = Data::new(&["organisation", "policy", "practice", "type", "type_certainty"]);
    let radius = style.px(if rows.len() > 300 { 3.4 } else { 4.8 });
    for row in &rows {
        let (Some(across), Some(up)) = (row.policy, row.practice) else {
            continue;
        };
        file.row([
            row.organisation.clone(),
            data::value(row.policy),
            data::value(row.practice),
            row.r#type.clone().unwrap_or_default(),
            data::value(row.type_certainty),
        ]);
        let place = row.r#type.as_deref().and_then(place_of).unwrap_or(0);
        let (colour, shape) = theme.types.of(place);
        // The least certain mark can still be seen.
        let opacity = 0.3 + 0.6 * row.type_certainty.unwrap_or(1.0).clamp(0.0, 1.0);
        let id = EstimateId::of(*row).to_string();
        sheet.canvas.group(&id, &row.organisation, |canvas| {
            canvas.mark(
                shape,
                x(across),
                y(up),
                radius,
                colour,
                libm::round(opacity * 100.0) / 100.0,
            );
        });
    }
    // Names and shares in the corners of their quadrants, beyond the ends of the scale, where no mark can be.
    for kind in &view.framework.types {
        let count = rows
            .iter()
            .filter(|row| row.r#type.as_deref() == Some(kind.code.as_str()))
            .count();
        let name = view.of(&kind.name);
        let number = share(view, kind);
        let second = match number.and_then(|number| Some((number, number.value?))) {
            Some((number, value)) => view.texts.say(
                "figure.types.corner",
                context! { count => count, share => view.percent(value, number.n), interval => view.share_interval(&number) },
            )?,
            None => view.texts.word("absent.withheld")?,
        };
        let inset = style.px(8.0);
        let width = face.bold().width(name).max(small.width(&second));
        let corner_x = if kind.policy {
            right - inset - width
        } else {
            left + inset
        };
        let corner_y = if kind.practice {
            top + style.px(4.0)
        } else {
            bottom - style.px(36.0)
        };
        let id = number.map_or_else(String::new, |number| number.id.to_owned());
        sheet.canvas.group(&id, "", |canvas| {
            canvas.text(corner_x, corner_y + style.px(8.0), name, face.bold());
            canvas.text(
                corner_x,
                corner_y + style.px(24.0),
                &second,
                small.in_colour(theme.page.text),
            );
        });
    }
    Ok(Some(sheet.close(bottom + axis_room, file.finish())))
}
