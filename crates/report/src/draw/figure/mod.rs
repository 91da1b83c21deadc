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
use crate::draw::scale::Axis;
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

/// The axis of what boards reach: the framework's levels, or shares in a pass/fail wave.
pub(crate) fn axis(view: &View<'_>) -> Axis {
    match view.framework.scale().filter(|_| view.has_levels()) {
        Some((low, high)) => Axis::levels(low, high),
        None => Axis::shares(4),
    }
}

/// Draws one kind of figure of one wave in one size.
pub(crate) fn draw(view: &View<'_>, theme: &Theme, kind: Draw, size: Size) -> Result<Option<Figure>, Error> {
    kind(view, &Style::new(theme, size))
}
