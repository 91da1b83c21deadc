//! What comes first: points of attention and norms by the share that falls short, with how sure the place is.

use super::intervals::{self, Chart, Row};
use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::view::claims::First;
use crate::view::{Number, View};
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::tables::Attention;
use nulmeting_study::words::Reliability;

/// Norms that are shown of a long list.
const NORMS: usize = 12;

/// Draws the ranking of the codebook's points of attention.
pub(super) fn points(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    ranking(view, style, "point", "attention", usize::MAX)
}

/// Draws the norms that most boards fall short of.
pub(super) fn norms(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    ranking(view, style, "norm", "norms", NORMS)
}

/// The id of a ranked number.
pub(crate) fn id(row: &Attention) -> String {
    EstimateId::of(row).to_string()
}

fn ranking(
    view: &View<'_>,
    style: &Style<'_>,
    scope: &str,
    kind: &'static str,
    most: usize,
) -> Result<Option<Figure>, Error> {
    let ranking = view.ranking(scope);
    let Some(first) = First::of(view, &ranking) else {
        return Ok(None);
    };
    let ids: Vec<String> = ranking.iter().map(|row| id(row)).collect();
    let rows: Vec<Row<'_>> = ranking
        .iter()
        .zip(&ids)
        .take(most)
        .map(|(row, id)| {
            let number = Number {
                id,
                value: row.share_below_target,
                low: row.ci_low,
                high: row.ci_high,
                n: row.n.unwrap_or_default(),
                reliability: Reliability::Ok,
                suppressed: row.share_below_target.is_none(),
            };
            let share = row.share_below_target.map_or_else(
                || "–".to_owned(),
                |share| view.percent(share, row.n.unwrap_or_default()),
            );
            let label = view.item_name(&row.scope, &row.item);
            Row {
                words: format!("{label}: {share}"),
                label,
                columns: vec![share, places(&ranking, row)],
                faint: Vec::new(),
                reason: None,
                number: Some(number),
            }
        })
        .collect();
    let mut file = Data::new(&[
        "rank",
        "rank_low",
        "rank_high",
        "item",
        "name",
        "share_below_target",
        "ci_low",
        "ci_high",
        "n",
        "id",
    ]);
    for (row, id) in ranking.iter().zip(&ids) {
        file.row([
            row.rank.to_string(),
            row.rank_low.to_string(),
            row.rank_high.to_string(),
            row.item.clone(),
            view.item_name(&row.scope, &row.item),
            data::value(row.share_below_target),
            data::value(row.ci_low),
            data::value(row.ci_high),
            row.n.map(|n| n.to_string()).unwrap_or_default(),
            id.clone(),
        ]);
    }
    let title = first.say(view, &format!("figure.{kind}.title"))?;
    let top = &rows[0];
    let words = Words {
        kind,
        subtitle: view.texts.say(&format!("figure.{kind}.subtitle"), context! { shown => rows.len(), all => ranking.len() })?,
        alt: view.texts.say(
            &format!("figure.{kind}.alt"),
            context! { title => title.clone(), shown => rows.len(), first => top.label.clone(), share => top.columns[0].clone(), places => top.columns[1].clone() },
        )?,
        title,
        method: view.texts.word("figure.method.rank")?,
    };
    let mut sheet = Sheet::open(view, style, words)?;
    let chart = Chart::shares(
        true,
        vec![
            view.texts.word("figure.column.below")?,
            view.texts.word("figure.column.place")?,
        ],
    );
    let bottom = intervals::draw(view, &mut sheet, &rows, &chart)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

/// The interval of a rank: `1–3`, or `1` when it is sure.
///
/// Items with the same share have the same interval: from the lowest rank of any of them to the highest.
pub(crate) fn places(ranking: &[&Attention], row: &Attention) -> String {
    let tied = |other: &&&Attention| {
        other.item == row.item || row.share_below_target.is_some() && other.share_below_target == row.share_below_target
    };
    let low = ranking.iter().filter(tied).map(|other| other.rank_low).min();
    let high = ranking.iter().filter(tied).map(|other| other.rank_high).max();
    match (low.unwrap_or(row.rank_low), high.unwrap_or(row.rank_high)) {
        (low, high) if low == high => low.to_string(),
        (low, high) => format!("{low}–{high}"),
    }
}
