//! A figure as an image, drawn with the shipped fonts alone.

use crate::Error;
use crate::draw::font;
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
    pack(&image).map_err(|error| fault(error.to_string()))
}

/// Colours that a palette can hold.
const PALETTE: usize = 256;

/// Packs an image that lets nothing through: a byte a pixel where there are few colours, else three.
///
/// Fast rather than tight: flat colours pack well anyway.
fn pack(image: &tiny_skia::Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width(), image.height());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    encoder.set_filter(png::Filter::NoFilter);
    let pixels = image.data().as_chunks::<4>().0;
    let bytes = match indexed(pixels) {
        Some((palette, places)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette);
            places
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            pixels.iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    Ok(file)
}

/// The colours of an image in the order in which they occur, and the place of each pixel's among them.
///
/// Absent: an image with more colours than a palette holds.
fn indexed(pixels: &[[u8; 4]]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut known = Known::new();
    let (mut palette, mut places) = (Vec::new(), vec![0; pixels.len()]);
    // Most pixels have the colour of their neighbour.
    let mut last = (*pixels.first()?, None);
    for (pixel, at) in pixels.iter().zip(&mut places) {
        let place = match last {
            (colour, Some(place)) if colour == *pixel => place,
            _ => known.place(*pixel, &mut palette)?,
        };
        last = (*pixel, Some(place));
        *at = place;
    }
    Some((palette, places))
}

/// Slots for colours: four for each that a palette holds, so that most are where they are looked for first.
const SLOTS: usize = 4 * PALETTE;

/// The colours that were met, each in the slot that its bits point to or the next free one.
struct Known {
    slots: Vec<Option<([u8; 4], u8)>>,
}

impl Known {
    fn new() -> Self {
        Self {
            slots: vec![None; SLOTS],
        }
    }

    /// The place of a colour in the palette, which it joins when it is new; nothing when the palette is full.
    fn place(&mut self, colour: [u8; 4], palette: &mut Vec<u8>) -> Option<u8> {
        // Fibonacci hashing (Knuth, volume 3, 6.4): the upper bits of a product depend on all bits of the colour.
        let mut slot = (u32::from_le_bytes(colour).wrapping_mul(0x9E37_79B1) >> 22) as usize;
        loop {
            match self.slots[slot] {
                Some((own, place)) if own == colour => return Some(place),
                Some(_) => slot = (slot + 1) % SLOTS,
                None => {
                    let place = u8::try_from(palette.len() / 3).ok()?;
                    palette.extend_from_slice(&colour[..3]);
                    self.slots[slot] = Some((colour, place));
                    return Some(place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::indexed;

    #[test]
    fn few_colours_become_a_palette_and_many_do_not() {
        let (red, blue) = ([255, 0, 0, 255], [0, 0, 255, 255]);
        let (palette, places) = indexed(&[red, red, blue, red]).expect("two colours");
        assert_eq!(palette, [255, 0, 0, 0, 0, 255]);
        assert_eq!(places, [0, 0, 1, 0]);
        let many: Vec<[u8; 4]> = (0..=256u16)
            .map(|n| [(n % 256) as u8, (n / 256) as u8, 0, 255])
            .collect();
        assert!(indexed(&many).is_none());
        assert!(indexed(&many[..256]).is_some());
    }
}
