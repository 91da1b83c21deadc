//! A surface on which figures are drawn in pixels: lines, areas, marks and texts as elements of plotters.

use super::font;
use super::scale::Scale;
use super::svg_backend::{Labels, SvgBackend, units};
use super::theme::{Colour, Shape};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, DashedPathElement, ErrorBar, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};
use std::cell::RefCell;
use std::rc::Rc;

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

/// A surface of a fixed width; the height follows from what is drawn.
pub(crate) struct Canvas {
    backend: Rc<RefCell<SvgBackend>>,
    area: DrawingArea<SvgBackend, Shift>,
}

impl Canvas {
    /// An empty surface.
    /// Unit: pixels.
    pub(crate) fn new(width: f64) -> Self {
        let backend = Rc::new(RefCell::new(SvgBackend::new(width)));
        Self {
            area: DrawingArea::from(&backend),
            backend,
        }
    }

    /// Draws a group that carries the id of the number it shows, and its words as a tooltip.
    pub(crate) fn group(&mut self, id: &str, words: &str, draw: impl FnOnce(&mut Self)) {
        self.backend.borrow_mut().open_group(id, words);
        draw(self);
        self.backend.borrow_mut().close_group();
    }

    pub(crate) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, fill: Colour) {
        self.rectangle_faint(x, y, width, height, fill, 1.0);
    }

    pub(crate) fn rectangle_faint(&mut self, x: f64, y: f64, width: f64, height: f64, fill: Colour, opacity: f64) {
        let corners = [point(x, y), point(x + width, y + height)];
        self.draw(&Rectangle::new(corners, filled(fill, opacity)));
    }

    /// An empty frame.
    pub(crate) fn frame(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Colour) {
        let (right, bottom) = (x + width, y + height);
        let corners = [(x, y), (right, y), (right, bottom), (x, bottom), (x, y)].map(|(x, y)| point(x, y));
        self.draw(&PathElement::new(corners, stroke(colour, 0.8)));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: f64) {
        let ends = [point(from.0, from.1), point(to.0, to.1)];
        self.draw(&PathElement::new(ends, stroke(colour, thickness)));
    }

    /// A dashed line, upright or level: slanted ones would be cut by a square root that varies by platform.
    pub(crate) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, thickness: f64) {
        const DASH: f64 = 4.0;
        const GAP: f64 = 3.0;
        debug_assert!(from.0 == to.0 || from.1 == to.1, "the line is upright or level");
        let ends = [point(from.0, from.1), point(to.0, to.1)];
        let style = stroke(colour, thickness);
        self.draw(&DashedPathElement::new(ends, units(DASH), units(GAP), style));
    }

    /// The area between two scales, on which plotters draws by value.
    pub(crate) fn plot(&self, x: &Scale, y: &Scale) -> Plot {
        let limits = (x.limits(), y.limits());
        let spec = Cartesian2d::new(x.clone(), y.clone(), (limits.0.0..limits.0.1, limits.1.0..limits.1.1));
        Plot(self.area.apply_coord_spec(spec))
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

    /// A filled mark of some shape.
    pub(crate) fn mark(&mut self, shape: Shape, x: f64, y: f64, radius: f64, colour: Colour, opacity: f64) {
        let paint = filled(colour, opacity);
        // The shapes are sized so that they look as large as the circle.
        let corners: &[(f64, f64)] = match shape {
            Shape::Circle => return self.draw(&Circle::new(point(x, y), units(radius), paint)),
            Shape::Triangle => &[(0.0, -1.25), (1.15, 0.8), (-1.15, 0.8)],
            Shape::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
            Shape::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
        };
        let corners: Vec<(i32, i32)> = corners
            .iter()
            .map(|(dx, dy)| point(x + dx * radius, y + dy * radius))
            .collect();
        self.draw(&Polygon::new(corners, paint));
    }

    /// A ring filled with the colour of the paper.
    pub(crate) fn ring(&mut self, x: f64, y: f64, radius: f64, colour: Colour, paper: Colour) {
        self.mark(Shape::Circle, x, y, radius, paper, 1.0);
        let outline = Circle::new(point(x, y), units(radius - 0.9), stroke(colour, 1.8));
        self.draw(&outline);
    }

    /// A text whose small letters have their middle at `y`.
    pub(crate) fn text(&mut self, x: f64, y: f64, text: &str, face: Face) {
        if !text.is_empty() {
            self.draw(&Text::new(text, point(x, y), text_style(face)));
        }
    }

    /// The whole figure as SVG.
    /// Unit: `height` in pixels.
    pub(crate) fn finish(self, height: f64, paper: Colour, labels: &Labels<'_>) -> String {
        self.backend.borrow().document(height, &paper.hex(), labels)
    }

    fn draw<'e, E>(&self, element: &'e E)
    where
        &'e E: plotters::element::PointCollection<'e, (i32, i32)>,
        E: plotters::element::Drawable<SvgBackend>,
    {
        self.area.draw(element).expect("a string takes all that is drawn");
    }
}

/// An area with a scale along and a scale up.
pub(crate) struct Plot(DrawingArea<SvgBackend, Cartesian2d<Scale, Scale>>);

impl Plot {
    /// Grid lines at the ticks of both scales.
    pub(crate) fn mesh(&self, colour: Colour, thickness: f64) {
        let style = stroke(colour, thickness);
        self.0
            .draw_mesh(|backend, line| line.draw(backend, &style), 0, 0)
            .expect("a string takes all that is drawn");
    }

    /// An interval around a value, with upright ends.
    /// Unit: `end` in pixels.
    pub(crate) fn interval(&self, row: f64, interval: (f64, f64, f64), end: f64, style: (Colour, f64)) {
        let (low, value, high) = interval;
        let width = units(end).unsigned_abs();
        let bar = ErrorBar::new_horizontal(row, low, value, high, stroke(style.0, style.1).filled(), width);
        self.0.draw(&bar).expect("a string takes all that is drawn");
    }
}

fn text_style(face: Face) -> TextStyle<'static> {
    let style = if face.bold { FontStyle::Bold } else { FontStyle::Normal };
    let horizontal = match face.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let font = FontDesc::new(FontFamily::Name(font::FAMILY), f64::from(units(face.size)), style);
    TextStyle {
        pos: Pos::new(horizontal, VPos::Center),
        color: face.colour.rgb().to_backend_color(),
        ..TextStyle::from(font)
    }
}

fn filled(colour: Colour, opacity: f64) -> ShapeStyle {
    let color: RGBAColor = colour.rgb().mix(opacity);
    ShapeStyle {
        color,
        filled: true,
        stroke_width: 0,
    }
}

fn stroke(colour: Colour, pixels: f64) -> ShapeStyle {
    ShapeStyle {
        color: colour.rgb().mix(1.0),
        filled: false,
        stroke_width: units(pixels).unsigned_abs().max(1),
    }
}

fn point(x: f64, y: f64) -> (i32, i32) {
    (units(x), units(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: Labels<'static> = Labels {
        id: "figure",
        title: "t",
        description: "d",
        language: "nl",
    };

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
        let svg = canvas.finish(20.0, Colour(255, 255, 255), &LABELS);
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
        let svg = canvas.finish(20.0, Colour(255, 255, 255), &LABELS);
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
        assert!(
            svg.contains("font-weight=\"600\"") && svg.contains("font-size=\"125\""),
            "{svg}"
        );
        resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).expect("the figure is sound XML");
    }
}
