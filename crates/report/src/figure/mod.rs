//! The figures: each a picture that says one finding, with its data and what one would say of it over the telephone.
//!
//! No figure computes a statistic: it draws estimates that stand in the tables, with their intervals.

mod attention;
mod choices;
mod data;
mod groups;
mod heatmap;
mod intervals;
mod levels;
mod means;
mod sheet;
mod suppliers;
mod types;

pub(crate) use data::Data;
pub(crate) use sheet::{Sheet, Size, Style, Words};
pub(crate) use types::thresholds;

use crate::Error;
use crate::theme::Theme;
use crate::view::View;

/// A figure of one wave in one size.
pub(crate) struct Figure {
    /// What it shows and of which wave, as in `levels-2024`.
    pub(crate) name: String,
    pub(crate) size: Size,
    /// The finding.
    pub(crate) title: String,
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

/// A kind of figure: gives nothing when the wave has no numbers for it.
pub(crate) type Draw = fn(&View<'_>, &Style<'_>) -> Result<Option<Figure>, Error>;

/// Every kind of figure, in the order of the report.
pub(crate) const KINDS: &[(&str, Draw)] = &[
    ("levels", levels::draw),
    ("means", means::draw),
    ("attention", attention::points),
    ("norms", attention::norms),
    ("obstacles", choices::obstacles),
    ("support", choices::support),
    ("suppliers", suppliers::draw),
    ("types", types::draw),
    ("groups", groups::draw),
    ("heatmap", heatmap::draw),
];

/// Draws one kind of figure of one wave in one size.
pub(crate) fn draw(view: &View<'_>, theme: &Theme, kind: Draw, size: Size) -> Result<Option<Figure>, Error> {
    kind(view, &Style::new(theme, size))
}
