//! A surface on which figures are drawn: marks by plotters, gathered in groups that name the number they show.
//!
//! plotters draws in whole units; a unit here is a tenth of a pixel, so that a thin line and a small difference
//! survive. What plotters writes is kept as it is, less the spaces around texts.

use crate::draw::font;
use crate::draw::theme::{Colour, Shape};
use plotters::prelude::{Circle, IntoDrawingArea, PathElement, Polygon, RGBAColor, Rectangle, SVGBackend, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};

/// Plotters divides the size of a text by this before it writes it.
const PLOTTERS_EM: f64 = 1.24;
/// Units per pixel.
const UNIT: f64 = 10.0;

/// Where a text stands with regard to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Face {
    /// Pixels.
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
    pub(crate) anchor: Anchor,
}

impl Face {
    /// The same, in semibold.
    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same, with another anchor.
    pub(crate) fn at(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same, in another colour.
    pub(crate) fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// Width of a text.
    /// Unit: pixels.
    pub(crate) fn width(&self, text: &str) -> f64 {
        font::width(text, self.size, self.bold)
    }
}

/// Something drawn, in units.
enum Mark {
    Area(Vec<(i32, i32)>, RGBAColor),
    Rectangle([(i32, i32); 2], ShapeStyle),
    Line(Vec<(i32, i32)>, ShapeStyle),
    Disc((i32, i32), i32, ShapeStyle),
    Text((i32, i32), String, Face),
}

/// A surface of some size.
pub(crate) struct Canvas {
    width: f64,
    marks: Vec<Mark>,
    body: String,
}

impl Canvas {
    /// An empty surface.
    /// Unit: pixels.
    pub(crate) fn new(width: f64) -> Self {
        Self {
            width,
            marks: Vec::new(),
            body: String::new(),
        }
    }

    /// Draws what follows in a group that carries the id of the number it shows, and its words for who points at it.
    pub(crate) fn group(&mut self, id: &str, words: &str, draw: impl FnOnce(&mut Self)) {
        self.flush();
        self.body.push_str(&format!("<g data-id=\"{}\">", escape(id)));
        if !words.is_empty() {
            self.body.push_str(&format!("<title>{}</title>", escape(words)));
        }
        self.body.push('\n');
        draw(self);
        self.flush();
        self.body.push_str("</g>\n");
    }

    pub(crate) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, fill: Colour) {
        self.rectangle_faint(x, y, width, height, fill, 1.0);
    }

    pub(crate) fn rectangle_faint(&mut self, x: f64, y: f64, width: f64, height: f64, fill: Colour, opacity: f64) {
        let style = ShapeStyle {
            color: fill.rgb().mix(opacity),
            filled: true,
            stroke_width: 0,
        };
        self.marks
            .push(Mark::Rectangle([point(x, y), point(x + width, y + height)], style));
    }

    /// An empty frame.
    pub(crate) fn frame(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Colour) {
        let corners = vec![
            point(x, y),
            point(x + width, y),
            point(x + width, y + height),
            point(x, y + height),
            point(x, y),
        ];
        self.marks.push(Mark::Line(corners, stroke(colour, 0.8, 1.0)));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: f64) {
        self.marks.push(Mark::Line(
            vec![point(from.0, from.1), point(to.0, to.1)],
            stroke(colour, thickness, 1.0),
        ));
    }

    /// A dashed line, upright or level.
    pub(crate) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: f64) {
        const DASH: f64 = 4.0;
        const GAP: f64 = 3.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = libm::hypot(dx, dy);
        let mut start = 0.0;
        while start < length {
            let end = (start + DASH).min(length);
            let on = |way: f64| (from.0 + dx * way / length, from.1 + dy * way / length);
            self.line(on(start), on(end), colour, thickness);
            start += DASH + GAP;
        }
    }

    /// Slanted lines over a rectangle: the pattern of what does not apply.
    pub(crate) fn hatch(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Colour) {
        const STEP: f64 = 4.0;
        let mut offset = STEP;
        while offset < width + height {
            // The line x + y = offset, cut off at the edges.
            let from = (offset.min(width), (offset - width).max(0.0));
            let to = ((offset - height).max(0.0), offset.min(height));
            self.line((x + from.0, y + from.1), (x + to.0, y + to.1), colour, 0.7);
            offset += STEP;
        }
    }

    /// A mark of some shape; hollow marks have a thick edge and paper inside.
    pub(crate) fn mark(&mut self, shape: Shape, x: f64, y: f64, radius: f64, colour: Colour, opacity: f64) {
        let fill = colour.rgb().mix(opacity);
        let at = |dx: f64, dy: f64| point(x + dx * radius, y + dy * radius);
        match shape {
            Shape::Circle => {
                let style = ShapeStyle {
                    color: fill,
                    filled: true,
                    stroke_width: 0,
                };
                self.marks.push(Mark::Disc(point(x, y), units(radius), style));
            }
            // The shapes are sized so that they look as large as the circle.
            Shape::Triangle => {
                self.marks
                    .push(Mark::Area(vec![at(0.0, -1.25), at(1.15, 0.8), at(-1.15, 0.8)], fill));
            }
            Shape::Square => {
                self.marks.push(Mark::Area(
                    vec![at(-0.9, -0.9), at(0.9, -0.9), at(0.9, 0.9), at(-0.9, 0.9)],
                    fill,
                ));
            }
            Shape::Diamond => {
                self.marks.push(Mark::Area(
                    vec![at(0.0, -1.3), at(1.3, 0.0), at(0.0, 1.3), at(-1.3, 0.0)],
                    fill,
                ));
            }
        }
    }

    /// A ring on paper.
    pub(crate) fn ring(&mut self, x: f64, y: f64, radius: f64, colour: Colour, paper: Colour) {
        self.mark(Shape::Circle, x, y, radius, paper, 1.0);
        let style = ShapeStyle {
            color: colour.rgb().mix(1.0),
            filled: false,
            stroke_width: thickness(1.8),
        };
        self.marks.push(Mark::Disc(point(x, y), units(radius - 0.9), style));
    }

    /// A text whose middle of the small letters stands at `y`.
    pub(crate) fn text(&mut self, x: f64, y: f64, text: &str, face: Face) {
        // XML knows no control signs, and plotters writes what it is given.
        let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
        if !text.is_empty() {
            self.marks.push(Mark::Text(point(x, y), text, face));
        }
    }

    /// Ends the figure: everything drawn, with its title and what one would say of it over the telephone.
    /// Unit: `height` in pixels.
    pub(crate) fn finish(
        mut self,
        height: f64,
        paper: Colour,
        name: &str,
        title: &str,
        description: &str,
        language: &str,
    ) -> String {
        self.flush();
        let (width, height) = (units(self.width), units(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-labelledby=\"{name}-t {name}-d\" xml:lang=\"{language}\" lang=\"{language}\">\n\
             <title id=\"{name}-t\">{}</title>\n<desc id=\"{name}-d\">{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n{}</svg>\n",
            pixels(width),
            pixels(height),
            escape(title),
            escape(description),
            paper.hex(),
            // Where the typeface is not at hand, one without serifs stands in for it.
            self.body.replace(
                &format!("font-family=\"{}\"", font::FAMILY),
                &format!("font-family=\"{}, Arial, sans-serif\"", font::FAMILY)
            ),
        )
    }

    /// Lets plotters draw the marks that wait.
    fn flush(&mut self) {
        if self.marks.is_empty() {
            return;
        }
        let mut drawn = String::new();
        {
            // The size matters to nothing that is drawn here: the header is replaced.
            let area =
                SVGBackend::with_string(&mut drawn, (units(self.width).unsigned_abs(), 1_000_000)).into_drawing_area();
            for mark in self.marks.drain(..) {
                let done = match mark {
                    Mark::Area(points, colour) => area.draw(&Polygon::new(points, colour)),
                    Mark::Rectangle(corners, style) => area.draw(&Rectangle::new(corners, style)),
                    Mark::Line(points, style) => area.draw(&PathElement::new(points, style)),
                    Mark::Disc(centre, radius, style) => area.draw(&Circle::new(centre, radius, style)),
                    Mark::Text(at, text, face) => area.draw(&Text::new(text, at, text_style(face))),
                };
                debug_assert!(done.is_ok(), "a string takes all that is drawn");
            }
        }
        let inside = drawn.split_once('\n').map_or("", |(_, rest)| rest);
        let inside = inside.strip_suffix("</svg>\n").unwrap_or(inside);
        self.body.push_str(
            &whole_sizes(inside)
                .replace("opacity=\"1\" ", "")
                .replace("font-weight=\"bold\"", "font-weight=\"600\"")
                .replace(" \"/>", "\"/>")
                .replace("\n</text>", "</text>")
                .replace("\">\n", "\">"),
        );
    }
}

fn text_style(face: Face) -> TextStyle<'static> {
    let style = if face.bold { FontStyle::Bold } else { FontStyle::Normal };
    let horizontal = match face.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let font = FontDesc::new(
        FontFamily::Name(font::FAMILY),
        f64::from(units(face.size)) * PLOTTERS_EM,
        style,
    );

    TextStyle {
        pos: Pos::new(horizontal, VPos::Center),
        color: face.colour.rgb().to_backend_color(),
        ..TextStyle::from(font)
    }
}

/// Sizes of text as they are meant: plotters multiplies and divides them, and writes what is left of the last bits.
fn whole_sizes(drawn: &str) -> String {
    const KEY: &str = "font-size=\"";
    let mut parts = drawn.split(KEY);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (size, rest) = part.split_once('"').unwrap_or((part, ""));
        let size = size
            .parse::<f64>()
            .map_or_else(|_| size.to_owned(), |size| libm::round(size).to_string());
        text.push_str(KEY);
        text.push_str(&size);
        text.push('"');
        text.push_str(rest);
    }
    text
}

fn stroke(colour: Colour, pixels: f64, opacity: f64) -> ShapeStyle {
    ShapeStyle {
        color: colour.rgb().mix(opacity),
        filled: false,
        stroke_width: thickness(pixels),
    }
}

fn thickness(pixels: f64) -> u32 {
    units(pixels).unsigned_abs().max(1)
}

fn units(pixels: f64) -> i32 {
    libm::round(pixels * UNIT) as i32
}

fn point(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

/// Units as pixels, without a needless decimal.
fn pixels(units: i32) -> String {
    format!("{}", f64::from(units) / UNIT)
}

/// A text as it may stand in XML and HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML knows no other control signs.
            letter if letter.is_control() && letter != '\n' && letter != '\t' => {}
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_they_are_meant() {
        let mut canvas = Canvas::new(100.0);
        for tenths in 1..300 {
            let size = f64::from(tenths) / 10.0;
            let face = Face {
                size,
                bold: false,
                colour: Colour(0, 0, 0),
                anchor: Anchor::Start,
            };
            canvas.text(0.0, 0.0, "a", face);
        }
        let svg = canvas.finish(20.0, Colour(255, 255, 255), "figure", "t", "d", "nl");
        for tenths in 1..300 {
            assert!(svg.contains(&format!("font-size=\"{tenths}\"")), "{tenths}");
        }
    }

    #[test]
    fn a_name_that_is_markup_stays_text() {
        let mut canvas = Canvas::new(100.0);
        let face = Face {
            size: 12.5,
            bold: true,
            colour: Colour(0, 0, 0),
            anchor: Anchor::End,
        };
        canvas.group("a/\"b\"", "<b>&", |canvas| {
            canvas.text(50.0, 10.0, "<script>\"1\"</script>", face)
        });
        let svg = canvas.finish(20.0, Colour(255, 255, 255), "figure", "t", "d", "nl");
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
        assert!(
            svg.contains("font-weight=\"600\"") && svg.contains("font-size=\"125\""),
            "{svg}"
        );
        resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).expect("the figure is sound XML");
    }
}
