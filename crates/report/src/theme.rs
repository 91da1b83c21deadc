//! Colours and sizes of figures and pages, read from the theme file.

use crate::Error;
use plotters::style::RGBColor;
use serde::Deserialize;

/// The shipped theme file.
const FILE: &str = include_str!("../../../reports/theme/theme.toml");

/// A colour as the theme file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl Colour {
    /// The colour of a text such as `#12436D`; absent when it is none.
    fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
        let part = |from: usize| u8::from_str_radix(&hex[from..from + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// As plotters wants it.
    pub(crate) fn rgb(self) -> RGBColor {
        RGBColor(self.0, self.1, self.2)
    }

    /// As a style sheet wants it.
    pub(crate) fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }

    /// Relative luminance, from 0 for black to 1 for white.
    /// Source: WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                libm::pow((part + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast with another colour, from 1 to 21.
    /// Source: WCAG 2.2.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Of two colours the one that reads better on this ground.
    pub(crate) fn readable(self, dark: Self, light: Self) -> Self {
        if self.contrast(dark) >= self.contrast(light) {
            dark
        } else {
            light
        }
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        Colour::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no colour such as `#12436D`")))
    }
}

/// The shape of a mark, which says the same as its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    Circle,
    Triangle,
    Square,
    Diamond,
}

/// The theme.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Theme {
    levels: LevelColours,
    pub(crate) types: TypeMarks,
    pub(crate) marks: Marks,
    pub(crate) page: Page,
    pub(crate) size: Sizes,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LevelColours {
    below: Vec<Colour>,
    at_or_above: Vec<Colour>,
    not_applicable: Colour,
}

/// Colours and shapes of the types.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeMarks {
    colours: Vec<Colour>,
    shapes: Vec<Shape>,
}

impl TypeMarks {
    /// Colour and shape of the type at that place in the codebook; they repeat when there are more types.
    pub(crate) fn of(&self, place: usize) -> (Colour, Shape) {
        (
            self.colours[place % self.colours.len()],
            self.shapes[place % self.shapes.len()],
        )
    }
}

/// Colours of marks, lines and bands.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marks {
    pub(crate) main: Colour,
    pub(crate) second: Colour,
    pub(crate) doubtful: Colour,
    pub(crate) target: Colour,
    pub(crate) interval: Colour,
    pub(crate) faint: Colour,
    pub(crate) band: Colour,
    /// The middle half of a group.
    pub(crate) middle: Colour,
}

/// Colours of text and paper.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) text: Colour,
    pub(crate) quiet: Colour,
    pub(crate) grid: Colour,
    pub(crate) paper: Colour,
    pub(crate) link: Colour,
}

/// Sizes in pixels.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sizes {
    pub(crate) column_width: f64,
    pub(crate) slide_width: f64,
    pub(crate) slide_height: f64,
    pub(crate) text: f64,
    pub(crate) title: f64,
    pub(crate) subtitle: f64,
    pub(crate) source: f64,
    pub(crate) row: f64,
    pub(crate) slide_scale: f64,
    pub(crate) image_scale: f64,
    pub(crate) slide_image_scale: f64,
}

impl Theme {
    /// The shipped theme.
    ///
    /// Errors: a file that is not of the expected shape, and a text colour that cannot be read on the paper.
    pub(crate) fn shipped() -> Result<Self, Error> {
        Self::parse(FILE)
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let theme: Theme = toml::from_str(text).map_err(|cause| Error::File {
            file: "theme/theme.toml",
            cause: Box::new(cause),
        })?;
        let fault = |found: String, expected| Err(Error::Theme { found, expected });
        for (name, colour) in [
            ("text", theme.page.text),
            ("quiet", theme.page.quiet),
            ("link", theme.page.link),
        ] {
            let contrast = colour.contrast(theme.page.paper);
            if contrast < 4.5 {
                return fault(
                    format!("contrast {contrast:.1}:1 of `page.{name}` on the paper"),
                    "at least 4.5:1",
                );
            }
        }
        for (name, colour) in [
            ("main", theme.marks.main),
            ("second", theme.marks.second),
            ("doubtful", theme.marks.doubtful),
            ("middle", theme.marks.middle),
        ] {
            let contrast = colour.contrast(theme.page.paper);
            if contrast < 3.0 {
                return fault(
                    format!("contrast {contrast:.1}:1 of `marks.{name}` on the paper"),
                    "at least 3:1",
                );
            }
        }
        if theme.levels.below.is_empty() || theme.levels.at_or_above.is_empty() {
            return fault(
                "an empty list of level colours".into(),
                "at least one below and one above the target",
            );
        }
        if theme.types.colours.is_empty() || theme.types.shapes.is_empty() {
            return fault("an empty list of type colours or shapes".into(), "at least one of each");
        }
        Ok(theme)
    }

    /// The colour of a level: below the target from dark to light, from the target on from light to dark.
    ///
    /// Shape: `place` counts the levels from the lowest, `split` of them lie below the target, `count` in all.
    pub(crate) fn level(&self, place: usize, split: usize, count: usize) -> Colour {
        let pick = |colours: &[Colour], place: usize, of: usize| {
            // A scale with more levels than colours shares them out; the outermost keep the outermost.
            let last = colours.len() - 1;
            if of <= 1 {
                colours[last.min(place)]
            } else {
                colours[(place * last + (of - 1) / 2) / (of - 1)]
            }
        };
        if place < split {
            pick(&self.levels.below, place, split)
        } else {
            pick(&self.levels.at_or_above, place - split, count - split)
        }
    }

    /// The colour of what does not apply.
    pub(crate) fn not_applicable(&self) -> Colour {
        self.levels.not_applicable
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE, Theme};

    #[test]
    fn texts_on_levels_can_be_read() {
        let theme = Theme::shipped().expect("the shipped theme is sound");
        for place in 0..5 {
            let ground = theme.level(place, 2, 5);
            let text = ground.readable(theme.page.text, theme.page.paper);
            assert!(ground.contrast(text) >= 4.5, "level {place}: {}", ground.contrast(text));
        }
    }

    #[test]
    fn an_unreadable_text_colour_is_refused() {
        let pale = FILE.replace("text = \"#1A1A1A\"", "text = \"#CCCCCC\"");
        assert!(Theme::parse(&pale).is_err());
    }

    #[test]
    fn a_scale_from_0_to_5_has_a_colour_for_each_level() {
        let theme = Theme::shipped().expect("the shipped theme is sound");
        for split in 0..=6 {
            for place in 0..6 {
                theme.level(place, split, 6);
            }
        }
    }
}
