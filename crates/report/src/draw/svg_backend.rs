//! The drawing backend of figures: what plotters draws, written as SVG in groups that name the number they show.
//!
//! plotters hands over whole numbers. One unit here is a tenth of a pixel, so that thin lines and small differences
//! survive; the SVG has the same units in its `viewBox`.

use super::font;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use std::convert::Infallible;
use std::fmt::{Display, Write};

/// Units per pixel.
const UNITS_PER_PIXEL: f64 = 10.0;

/// A length in units.
pub(crate) fn units(pixels: f64) -> i32 {
    libm::round(pixels * UNITS_PER_PIXEL) as i32
}

/// A length in pixels.
pub(crate) fn pixels(units: i32) -> f64 {
    f64::from(units) / UNITS_PER_PIXEL
}

/// The words that screen readers and search find in a figure.
pub(crate) struct Labels<'a> {
    /// Unique in the page; titles and descriptions are referred to by it.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) language: &'a str,
}

/// An SVG that grows element by element.
pub(crate) struct SvgBackend {
    width: u32,
    body: String,
}

impl SvgBackend {
    /// Unit: pixels.
    pub(crate) fn new(width: f64) -> Self {
        Self {
            width: units(width).unsigned_abs(),
            body: String::new(),
        }
    }

    /// Opens a group that carries the id of a number and its words as a tooltip.
    pub(crate) fn open_group(&mut self, id: &str, words: &str) {
        self.put(format_args!("<g data-id=\"{}\">", escape(id)));
        if !words.is_empty() {
            self.put(format_args!("<title>{}</title>", escape(words)));
        }
        self.body.push('\n');
    }

    pub(crate) fn close_group(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The whole figure on a ground of one colour.
    /// Unit: `height` in pixels.
    pub(crate) fn document(&self, height: f64, ground: &str, labels: &Labels<'_>) -> String {
        let Labels {
            id,
            title,
            description,
            language,
        } = labels;
        let (width, height) = (self.width as i32, units(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-labelledby=\"{id}-t {id}-d\" xml:lang=\"{language}\" lang=\"{language}\">\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>\n{}</svg>\n",
            pixels(width),
            pixels(height),
            escape(title),
            escape(description),
            self.body,
        )
    }

    fn put(&mut self, text: impl Display) {
        write!(self.body, "{text}").expect("a string takes all that is written");
    }

    /// Writes the opacity where something shines through.
    fn put_opacity(&mut self, colour: BackendColor) {
        if colour.alpha < 1.0 {
            self.put(format_args!(" opacity=\"{}\"", colour.alpha));
        }
    }

    fn put_points(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        self.body.push_str(" points=\"");
        for (place, (x, y)) in points.into_iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            self.put(format_args!("{space}{x},{y}"));
        }
        self.body.push_str("\"/>\n");
    }
}

/// What drawing gives: a string takes everything.
type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for SvgBackend {
    type ErrorType = Infallible;

    /// The height is open until the figure ends.
    fn get_size(&self) -> (u32, u32) {
        (self.width, i32::MAX.unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Drawn {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let (width, height) = ((to.0 - from.0).abs(), (to.1 - from.1).abs());
        self.put(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""
        ));
        self.put_opacity(style.color());
        self.put(format_args!("{}/>\n", Paint { style, fill }));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.body.push_str("<polyline");
        self.put_opacity(style.color());
        self.put(Paint { style, fill: false });
        self.put_points(path);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, (x, y): BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        self.put(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\""));
        self.put_opacity(style.color());
        self.put(format_args!("{}/>\n", Paint { style, fill }));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.body.push_str("<polygon");
        self.put_opacity(style.color());
        self.put(Paint { style, fill: true });
        self.put_points(path);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let shift = match style.anchor().v_pos {
            VPos::Top => "0.76em",
            VPos::Center => "0.5ex",
            VPos::Bottom => "-0.5ex",
        };
        let weight = match style.style() {
            FontStyle::Bold => " font-weight=\"600\"",
            _ => "",
        };
        // Where the typeface is not installed, a common one without serifs takes its place.
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{y}\" dy=\"{shift}\" text-anchor=\"{anchor}\" font-family=\"{}, Arial, sans-serif\" \
             font-size=\"{}\"",
            font::FAMILY,
            style.size(),
        ));
        self.put_opacity(style.color());
        self.put(format_args!(
            " fill=\"{}\"{weight}>{}</text>\n",
            hex(style.color()),
            escape(text)
        ));
        Ok(())
    }
}

/// The attributes of an area in one colour, or of its outline.
struct Paint<'a, S> {
    style: &'a S,
    fill: bool,
}

impl<S: BackendStyle> Display for Paint<'_, S> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let colour = hex(self.style.color());
        if self.fill {
            write!(out, " fill=\"{colour}\"")
        } else {
            let width = self.style.stroke_width();
            write!(out, " fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"")
        }
    }
}

fn hex(colour: BackendColor) -> String {
    let (red, green, blue) = colour.rgb;
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// A text as XML and HTML allow it.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML allows no other control characters.
            letter if letter.is_control() && letter != '\n' && letter != '\t' => {}
            letter => safe.push(letter),
        }
    }
    safe
}
