//! Drawing: a canvas with the theme's colours and the shipped typeface, the figures on it, and their images.

pub(crate) mod canvas;
pub(crate) mod chart;
pub(crate) mod figure;
pub(crate) mod font;
pub(crate) mod image;
pub(crate) mod scale;
pub(crate) mod svg_backend;
pub(crate) mod theme;
