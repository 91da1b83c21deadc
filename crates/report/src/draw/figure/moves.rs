//! Who moved between types: returning boards by their type in the wave before and in this one.

use super::{Data, Figure, Sheet, Style, Words, data};
use crate::Error;
use crate::draw::canvas::Anchor;
use crate::view::View;
use crate::view::typology_view;
use minijinja::context;
use nulmeting_study::EstimateId;
use nulmeting_study::tables::Move;

/// Draws the figure; nothing when no board has a type in both waves.
pub(super) fn draw(view: &View<'_>, style: &Style<'_>) -> Result<Option<Figure>, Error> {
    let moves = typology_view::moves(view);
    // A few who came back are known by the one cell that is not empty.
    let Some(first) = moves.first().filter(|own| typology_view::may_tell(view, own.returning)) else {
        return Ok(None);
    };
    if moves.iter().all(|row| row.boards.is_none()) {
        return Ok(None);
    }
    let withheld = moves.iter().any(|row| row.suppressed);
    let stayed: Option<i64> = moves.iter().filter(|row| row.stays).map(|row| row.boards).sum();
    let facts = context! {
        returning => view.count(first.returning), stayed => stayed.map(|stayed| view.count(stayed)), from => first.from_wave.clone(), to => first.to_wave.clone(),
    };
    let key = match stayed {
        Some(_) => "told",
        None => "withheld",
    };
    let title = view.texts.say(&format!("figure.moves.title.{key}"), facts.clone())?;
    let subtitle = if first.comparable { "same" } else { "break" };
    let words = Words {
        kind: "moves",
        subtitle: view
            .texts
            .say(&format!("figure.moves.subtitle.{subtitle}"), facts.clone())?,
        alt: view
            .texts
            .say("figure.moves.alt", context! { title => title.clone(), ..facts })?,
        title,
        method: String::new(),
    };
    let mut file = Data::new(&["from", "to", "boards", "pupils", "suppressed"]);
    // The file has every cell of the figure: a list of the cells with boards would tell which ones have none.
    let kinds = &view.framework.types;
    for (from, to) in kinds.iter().flat_map(|from| kinds.iter().map(move |to| (from, to))) {
        let cell = Cell::of(&moves, &from.code, &to.code, withheld);
        // Pupils of a handful of boards may be those of one of them: not for the public.
        let pupils = cell.pupils.filter(|_| !view.options.public);
        file.row([
            from.code.clone(),
            to.code.clone(),
            data::count(cell.boards),
            data::value(pupils),
            cell.boards.is_none().to_string(),
        ]);
    }
    let mut sheet = Sheet::open(view, style, words)?;
    let bottom = cells(view, &mut sheet, &moves)?;
    Ok(Some(sheet.close(bottom, file.finish())))
}

/// A cell of the figure.
struct Cell {
    /// Absent when it is withheld.
    boards: Option<i64>,
    pupils: Option<f64>,
}

impl Cell {
    /// The boards that moved from one type to another.
    ///
    /// Where any cell is withheld, an empty one is as well: zeros everywhere else would tell the withheld number.
    fn of(moves: &[&Move], from: &str, to: &str, withheld: bool) -> Self {
        match moves.iter().find(|row| row.from == from && row.to == to) {
            Some(row) => Self {
                boards: row.boards.filter(|boards| *boards > 0 || !withheld),
                pupils: row.pupils,
            },
            None => Self {
                boards: (!withheld).then_some(0),
                pupils: None,
            },
        }
    }
}

fn cells(view: &View<'_>, sheet: &mut Sheet<'_>, moves: &[&Move]) -> Result<f64, Error> {
    let style = sheet.style;
    let theme = style.theme;
    let (face, small) = (style.text(), style.small());
    let kinds = &view.framework.types;
    let names: Vec<&str> = kinds.iter().map(|kind| view.of(&kind.name)).collect();
    let label_width = names.iter().map(|name| face.width(name)).fold(style.px(60.0), f64::max);
    let from = sheet.left() + label_width + style.px(14.0);
    let width = (sheet.right() - from) / kinds.len() as f64;
    let (heading, columns) = (style.px(18.0), style.px(20.0));
    let top = sheet.top + heading + columns;
    let height = sheet.row_height(kinds.len(), heading + columns + style.px(8.0)) * 1.4;
    let (before, after) = (&moves[0].from_wave, &moves[0].to_wave);
    let over = |wave: &str| view.texts.say("figure.moves.wave", context! { wave => wave });
    sheet
        .canvas
        .text(from, sheet.top + heading / 2.0, &over(after)?, small.bold());
    let sheet_left = sheet.left();
    sheet.canvas.text(
        sheet_left,
        sheet.top + heading + columns / 2.0,
        &over(before)?,
        small.bold(),
    );
    let any_withheld = moves.iter().any(|row| row.suppressed);
    let most = moves.iter().filter_map(|row| row.boards).max().unwrap_or(1).max(1) as f64;
    for (column, name) in names.iter().enumerate() {
        let x = from + width * (column as f64 + 0.5);
        sheet
            .canvas
            .text(x, sheet.top + heading + columns / 2.0, name, face.at(Anchor::Middle));
    }
    for (line, kind) in kinds.iter().enumerate() {
        let y = top + height * line as f64;
        sheet.canvas.text(sheet_left, y + height / 2.0, names[line], face);
        for (column, to) in kinds.iter().enumerate() {
            let x = from + width * column as f64;
            let (w, h) = (width - style.px(2.0), height - style.px(2.0));
            let cell = Cell::of(moves, &kind.code, &to.code, any_withheld);
            // A withheld cell has no id, whether boards are in it or not.
            let row = moves.iter().find(|row| row.from == kind.code && row.to == to.code);
            let id = row
                .filter(|_| cell.boards.is_some())
                .map_or_else(String::new, |row| EstimateId::of(*row).to_string());
            let text = match cell.boards {
                Some(boards) => view.count(boards),
                None => view.texts.word("figure.moves.cell")?,
            };
            let share = cell.boards.unwrap_or(0) as f64 / most;
            let withheld = cell.boards.is_none();
            let ground = if share > 0.0 {
                theme.types.of(column).0
            } else {
                theme.marks.band
            };
            let face = if withheld { small } else { face.bold() };
            sheet.canvas.group(
                &id,
                &format!("{} → {}: {text}", names[line], names[column]),
                |canvas| {
                    canvas.rectangle(x, y, w, h, theme.marks.band);
                    // The share of the fullest cell, as strength of colour: the number says the same. Never so strong
                    // that dark ink cannot be read on it.
                    if share > 0.0 {
                        canvas.rectangle_faint(x, y, w, h, ground, libm::round((0.10 + 0.35 * share) * 100.0) / 100.0);
                    }
                    if line == column {
                        canvas.frame(x, y, w, h, theme.marks.target);
                    }
                    canvas.text(
                        x + w / 2.0,
                        y + h / 2.0,
                        &text,
                        face.in_colour(theme.page.text).at(Anchor::Middle),
                    );
                },
            );
        }
    }
    Ok(top + height * kinds.len() as f64 + style.px(4.0))
}
