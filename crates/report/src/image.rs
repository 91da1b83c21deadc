//! A figure as an image, drawn with the shipped fonts alone.

use crate::{Error, font};
use resvg::{tiny_skia, usvg};

/// Renders a figure, so many pixels of the image per pixel of the figure.
///
/// Errors: a figure that is no sound SVG or has no size.
pub(crate) fn render(name: &str, svg: &str, scale: f64) -> Result<Vec<u8>, Error> {
    let fault = |reason: String| Error::Figure {
        figure: name.to_owned(),
        reason,
    };
    let options = usvg::Options {
        font_family: font::FAMILY.to_owned(),
        fontdb: font::database(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| fault(error.to_string()))?;
    let size = tree.size();
    let scale = scale as f32;
    let (width, height) = (
        (size.width() * scale).ceil() as u32,
        (size.height() * scale).ceil() as u32,
    );
    let mut image =
        tiny_skia::Pixmap::new(width, height).ok_or_else(|| fault(format!("{width} by {height} pixels")))?;
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut image.as_mut(),
    );
    image.encode_png().map_err(|error| fault(error.to_string()))
}
