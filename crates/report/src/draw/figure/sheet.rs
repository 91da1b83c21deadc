//! The sheet that every figure is drawn on: the finding above, what is drawn under it, the source at the foot.

use crate::Error;
use crate::draw::canvas::{Anchor, Canvas, Face};
use crate::draw::font;
use crate::draw::scale::Scale;
use crate::draw::svg_backend::Labels;
use crate::draw::theme::{Colour, Theme};
use crate::view::View;
use crate::view::number_format;
use minijinja::context;
use nulmeting_study::words::Selection;

/// For which width a figure is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    /// The column of a page.
    Column,
    /// A slide of 16 to 9.
    Slide,
}

impl Size {
    pub(crate) const ALL: [Size; 2] = [Size::Column, Size::Slide];

    /// Pixels of the image per pixel of the figure.
    pub(crate) fn image_scale(self, theme: &Theme) -> f64 {
        match self {
            Size::Column => theme.size.image_scale,
            Size::Slide => theme.size.slide_image_scale,
        }
    }

    /// As file names have it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Size::Column => "column",
            Size::Slide => "slide",
        }
    }
}

/// The theme at a size.
#[derive(Clone, Copy)]
pub(crate) struct Style<'a> {
    pub(crate) theme: &'a Theme,
    pub(crate) size: Size,
    /// Times the text of a column.
    pub(crate) scale: f64,
}

impl<'a> Style<'a> {
    pub(crate) fn new(theme: &'a Theme, size: Size) -> Self {
        let scale = match size {
            Size::Column => 1.0,
            Size::Slide => theme.size.slide_scale,
        };
        Self { theme, size, scale }
    }

    /// A length of the column figure at this size.
    /// Unit: pixels.
    pub(crate) fn px(&self, pixels: f64) -> f64 {
        pixels * self.scale
    }

    pub(crate) fn width(&self) -> f64 {
        match self.size {
            Size::Column => self.theme.size.column_width,
            Size::Slide => self.theme.size.slide_width,
        }
    }

    fn face(&self, size: f64, colour: Colour) -> Face {
        Face {
            size: self.px(size),
            bold: false,
            colour,
            anchor: Anchor::Start,
        }
    }

    pub(crate) fn text(&self) -> Face {
        self.face(self.theme.size.text, self.theme.page.text)
    }

    /// Small text: axes, column headings, notes.
    pub(crate) fn small(&self) -> Face {
        self.face(self.theme.size.source, self.theme.page.quiet)
    }

    fn title(&self) -> Face {
        self.face(self.theme.size.title, self.theme.page.text).bold()
    }

    fn subtitle(&self) -> Face {
        self.face(self.theme.size.subtitle, self.theme.page.quiet)
    }
}

/// What a figure says in words.
pub(crate) struct Words {
    /// What it shows, as in `levels`.
    pub(crate) kind: &'static str,
    /// The finding.
    pub(crate) title: String,
    /// What is drawn: measure and units.
    pub(crate) subtitle: String,
    /// What one would say over the telephone.
    pub(crate) alt: String,
    /// How the intervals came about; empty when none is drawn.
    pub(crate) method: String,
}

/// A sheet with its words, ready for marks.
pub(crate) struct Sheet<'a> {
    pub(crate) style: Style<'a>,
    pub(crate) canvas: Canvas,
    /// Where the marks may begin.
    /// Unit: pixels.
    pub(crate) top: f64,
    name: String,
    words: Words,
    source: Vec<String>,
    language: &'static str,
}

/// White around a figure.
const MARGIN: f64 = 8.0;

impl<'a> Sheet<'a> {
    /// Writes title and subtitle.
    pub(crate) fn open(view: &View<'_>, style: &Style<'a>, words: Words) -> Result<Self, Error> {
        let source = source_line(view, &words.method)?;
        Ok(Self::with_source(view, style, words, &source))
    }

    /// Writes title and subtitle of a figure whose numbers come from elsewhere than the wave's estimates.
    pub(crate) fn with_source(view: &View<'_>, style: &Style<'a>, words: Words, source: &str) -> Self {
        let style = *style;
        let mut canvas = Canvas::new(style.width());
        let room = style.width() - 2.0 * style.px(MARGIN);
        let mut top = style.px(MARGIN);
        for (text, face, after) in [
            (&words.title, style.title(), 2.0),
            (&words.subtitle, style.subtitle(), 10.0),
        ] {
            for line in font::wrap(text, face.size, face.bold, room) {
                let height = face.size * 1.32;
                canvas.text(style.px(MARGIN), top + height / 2.0, &line, face);
                top += height;
            }
            top += style.px(after);
        }
        let face = style.small();
        Self {
            source: font::wrap(source, face.size, false, room),
            name: super::name(words.kind, &view.wave.id),
            language: view.language().word(),
            style,
            canvas,
            top,
            words,
        }
    }

    pub(crate) fn left(&self) -> f64 {
        self.style.px(MARGIN)
    }

    pub(crate) fn right(&self) -> f64 {
        self.style.width() - self.style.px(MARGIN)
    }

    fn source_height(&self) -> f64 {
        self.source.len() as f64 * self.style.small().size * 1.35 + self.style.px(MARGIN)
    }

    /// Height of each of so many rows, when `beside` pixels are needed for other things.
    ///
    /// A column grows with its rows; a slide shares out what it has.
    pub(crate) fn row_height(&self, rows: usize, beside: f64) -> f64 {
        let usual = self.style.px(self.style.theme.size.row);
        match self.style.size {
            Size::Column => usual,
            Size::Slide => (self.room(beside) / rows.max(1) as f64).min(usual * 2.0),
        }
    }

    /// Height that a slide has left for marks, when `beside` pixels are needed for other things.
    pub(crate) fn room(&self, beside: f64) -> f64 {
        let height = self.style.theme.size.slide_height;
        (height - self.top - beside - self.source_height() - self.style.px(12.0)).max(1.0)
    }

    /// Upright grid lines at the ticks of a scale, from top to bottom, with the numbers under them.
    pub(crate) fn grid(&mut self, x: &Scale, top: f64, bottom: f64, below: f64) {
        let style = self.style;
        let plot = self.canvas.plot(x, &Scale::new(0.0..1.0, bottom, top));
        plot.mesh(style.theme.page.grid, style.px(1.0));
        for (value, text) in &x.ticks {
            let face = style.small().at(Anchor::Middle);
            self.canvas.text(x.at(*value), bottom + below, text, face);
        }
    }

    /// An upright dashed line: the target.
    pub(crate) fn target_line(&mut self, x: f64, top: f64, bottom: f64) {
        let (colour, thickness) = (self.style.theme.marks.target, self.style.px(1.3));
        self.canvas.dashed((x, top), (x, bottom), colour, thickness);
    }

    /// A row of keys to what the colours and shapes mean; breaks where the line is full.
    ///
    /// `draw` puts the key in a box of 12 by 12 pixels (of a column) whose corner it is given.
    pub(crate) fn legend(&mut self, keys: &[(String, LegendKey)]) {
        if keys.is_empty() {
            return;
        }
        let style = self.style;
        let face = style.small().in_colour(style.theme.page.text);
        let (box_size, gap, height) = (style.px(12.0), style.px(5.0), style.px(18.0));
        let mut x = self.left();
        for (label, key) in keys {
            let width = key.width() * style.scale + gap + face.width(label);
            if x > self.left() && x + width > self.right() {
                x = self.left();
                self.top += height;
            }
            key.draw(
                &mut self.canvas,
                &style,
                x,
                self.top + (height - box_size) / 2.0,
                box_size,
            );
            self.canvas.text(
                x + key.width() * style.scale + gap,
                self.top + height / 2.0,
                label,
                face,
            );
            x += width + style.px(14.0);
        }
        self.top += height + style.px(6.0);
    }

    /// Ends the figure under the marks.
    pub(crate) fn close(mut self, bottom: f64, csv: String) -> super::Figure {
        let face = self.style.small();
        let line = face.size * 1.35;
        let mut y = match self.style.size {
            Size::Column => bottom + self.style.px(12.0),
            Size::Slide => self.style.theme.size.slide_height - self.source_height(),
        };
        for text in &self.source {
            self.canvas.text(self.style.px(MARGIN), y + line / 2.0, text, face);
            y += line;
        }
        let height = match self.style.size {
            Size::Column => (y + self.style.px(MARGIN)).ceil(),
            Size::Slide => self.style.theme.size.slide_height,
        };
        let id = format!("{}-{}", self.name, self.style.size.word());
        let labels = Labels {
            id: &id,
            title: &self.words.title,
            description: &self.words.alt,
            language: self.language,
        };
        let svg = self.canvas.finish(height, self.style.theme.page.paper, &labels);
        super::Figure {
            name: self.name,
            size: self.style.size,
            svg,
            csv,
            alt: self.words.alt,
        }
    }
}

/// A key of a legend.
#[derive(Clone, Copy)]
pub(crate) enum LegendKey {
    Box(Colour),
    Hatched(Colour, Colour),
    Mark(crate::draw::theme::Shape, Colour),
    Ring(Colour),
    Dashed(Colour),
    /// A dot with a line through it: an interval.
    Interval(Colour, Colour),
    /// A small pale dot.
    Faint(Colour),
}

impl LegendKey {
    fn width(self) -> f64 {
        match self {
            LegendKey::Interval(..) => 26.0,
            LegendKey::Dashed(_) => 18.0,
            _ => 12.0,
        }
    }

    fn draw(self, canvas: &mut Canvas, style: &Style<'_>, x: f64, y: f64, size: f64) {
        let middle = (x + size / 2.0, y + size / 2.0);
        match self {
            LegendKey::Box(colour) => canvas.rectangle(x, y, size, size, colour),
            LegendKey::Hatched(ground, lines) => {
                canvas.rectangle(x, y, size, size, ground);
                canvas.hatch(x, y, size, size, lines);
            }
            LegendKey::Mark(shape, colour) => canvas.mark(shape, middle.0, middle.1, style.px(4.5), colour, 1.0),
            LegendKey::Ring(colour) => canvas.ring(middle.0, middle.1, style.px(5.0), colour, style.theme.page.paper),
            LegendKey::Dashed(colour) => {
                canvas.dashed((x, middle.1), (x + style.px(18.0), middle.1), colour, style.px(1.3));
            }
            LegendKey::Interval(dot, line) => {
                let centre = x + style.px(13.0);
                canvas.line((x, middle.1), (x + style.px(26.0), middle.1), line, style.px(1.3));
                canvas.mark(
                    crate::draw::theme::Shape::Circle,
                    centre,
                    middle.1,
                    style.px(4.5),
                    dot,
                    1.0,
                );
            }
            LegendKey::Faint(colour) => {
                canvas.mark(
                    crate::draw::theme::Shape::Circle,
                    middle.0,
                    middle.1,
                    style.px(2.5),
                    colour,
                    0.7,
                );
            }
        }
    }
}

/// Where the numbers come from: the study, the wave, how many answered, how they were chosen, the method.
fn source_line(view: &View<'_>, method: &str) -> Result<String, Error> {
    let selection = match view.selection() {
        Selection::Random => "figure.source.random",
        Selection::Census => "figure.source.census",
        Selection::Volunteer => "figure.source.volunteer",
    };
    let n = view.respondents();
    view.texts.say(
        selection,
        context! {
            study => view.input.study.study.title.clone(),
            wave => view.wave.id.clone(),
            n => n,
            respondents => number_format::count(n, view.language()),
            population => number_format::count(view.population(), view.language()),
            method => method,
        },
    )
}
