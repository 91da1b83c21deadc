//! The figures: each a picture that says one finding, with its data and what one would say of it over the telephone.
//!
//! No figure computes a statistic: it draws estimates that stand in the tables, with their intervals.

pub(crate) mod attention;
pub(crate) mod board_band;
mod change;
pub(crate) mod choices;
mod data;
mod dendrogram;
pub(crate) mod groups;
mod heatmap;
mod intervals;
mod levels;
mod means;
mod moves;
mod profiles;
mod radar;
mod sheet;
mod silhouette;
mod stability;
mod strips;
pub(crate) mod suppliers;
pub(crate) mod types;

pub(crate) use data::Data;
pub(crate) use sheet::{Sheet, Size, Style, Words};

#[cfg(test)]
mod tests;

use crate::Error;
use crate::draw::theme::Theme;
use crate::view::View;

/// A figure of one wave in one size.
pub(crate) struct Figure {
    /// What it shows and of which wave, as in `levels-2024`.
    pub(crate) name: String,
    pub(crate) size: Size,
    pub(crate) svg: String,
    pub(crate) csv: String,
    /// The text alternative.
    pub(crate) alt: String,
}

impl Figure {
    /// File name without its ending.
    pub(crate) fn file(&self) -> String {
        format!("{}-{}", self.name, self.size.word())
    }
}

/// The name of a figure of a wave, fit for a file and for an anchor on a page.
pub(crate) fn name(kind: &str, wave: &str) -> String {
    let wave: String = wave
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("{kind}-{wave}")
}

/// A kind of figure: gives nothing when the wave has no numbers for it.
pub(crate) type Draw = fn(&View<'_>, &Style<'_>) -> Result<Option<Figure>, Error>;

/// Every kind of figure, in the order of the report.
pub(crate) const KINDS: &[Draw] = &[
    levels::draw,
    means::draw,
    strips::draw,
    attention::points,
    attention::norms,
    choices::obstacles,
    choices::support,
    suppliers::draw,
    types::draw,
    profiles::draw,
    stability::draw,
    silhouette::draw,
    dendrogram::draw,
    moves::draw,
    groups::draw,
    change::draw,
    heatmap::draw,
];

/// Kinds that no report has, for who asks for them by name.
pub(crate) const ASKED: &[Draw] = &[radar::draw];

/// The axis of what boards reach: the framework's levels, or in a pass/fail wave shares; its ends and its ticks.
pub(crate) fn axis(view: &View<'_>) -> (f64, f64, Vec<(f64, String)>) {
    match view.framework.scale().filter(|_| view.has_levels()) {
        Some((low, high)) => {
            let levels = view.framework.levels.iter();
            let ticks = levels.map(|level| (level.number as f64, level.number.to_string()));
            (low as f64, high as f64, ticks.collect())
        }
        None => {
            let ticks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (share, format!("{:.0}%", share * 100.0)));
            (0.0, 1.0, ticks.to_vec())
        }
    }
}

/// Draws one kind of figure of one wave in one size.
pub(crate) fn draw(view: &View<'_>, theme: &Theme, kind: Draw, size: Size) -> Result<Option<Figure>, Error> {
    kind(view, &Style::new(theme, size))
}
