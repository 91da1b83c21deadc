//! Colours and sizes of figures and pages, read from the theme file.

mod vision;

use crate::{Error, HouseStyle};
use plotters::style::RGBColor;
use serde::Deserialize;
pub(crate) use vision::Vision;

/// The shipped theme file.
const FILE: &str = include_str!("../../../../reports/theme/theme.toml");

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

/// A part of a colour as a share of the most light.
fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 {
        part / 12.92
    } else {
        libm::pow((part + 0.055) / 1.055, 2.4)
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

/// The shipped file, for messages.
const SHIPPED: &str = "reports/theme/theme.toml";
/// Least contrast of a text on its ground.
/// Source: WCAG 2.2, success criterion 1.4.3.
const TEXT: f64 = 4.5;
/// Least contrast of a mark that says something on its ground.
/// Source: WCAG 2.2, success criterion 1.4.11.
const MARK: f64 = 3.0;
/// How far apart colours must look that are told apart, to everyone: well beyond what is seen side by side.
const APART: f64 = 15.0;

/// Puts the values of one table in the place of those of another.
fn replace(table: &mut toml::Table, own: toml::Table) {
    for (key, value) in own {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(own)) => replace(inner, own),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

impl Sizes {
    /// Every size with its bounds: within these there is room to draw.
    fn bounds(&self) -> [(&'static str, f64, f64, f64); 11] {
        [
            ("column_width", self.column_width, 480.0, 1600.0),
            ("slide_width", self.slide_width, 960.0, 3840.0),
            ("slide_height", self.slide_height, 540.0, 2160.0),
            ("text", self.text, 8.0, 20.0),
            ("title", self.title, 10.0, 32.0),
            ("subtitle", self.subtitle, 8.0, 24.0),
            ("source", self.source, 7.0, 20.0),
            ("row", self.row, 16.0, 60.0),
            ("slide_scale", self.slide_scale, 1.0, 3.0),
            ("image_scale", self.image_scale, 0.5, 4.0),
            ("slide_image_scale", self.slide_image_scale, 0.5, 4.0),
        ]
    }
}

impl Theme {
    /// The shipped theme.
    ///
    /// Errors: as [`Theme::of`].
    #[cfg(test)]
    pub(crate) fn shipped() -> Result<Self, Error> {
        Self::of(&HouseStyle::default())
    }

    /// The shipped theme, with what the study has of its own in its place.
    ///
    /// Errors: a key that no theme has, a colour that cannot be read or seen on its ground, colours that cannot be told
    /// apart by everyone, and sizes that leave nothing to draw on.
    pub(crate) fn of(style: &HouseStyle) -> Result<Self, Error> {
        let read = |file: &str, text: &str| -> Result<toml::Table, Error> {
            toml::from_str(text).map_err(|cause| Error::File {
                file: file.to_owned(),
                cause: Box::new(cause),
            })
        };
        let mut table = read(SHIPPED, FILE)?;
        let mut file = SHIPPED;
        if let Some(own) = &style.theme {
            file = &own.path;
            replace(&mut table, read(file, &own.text)?);
        }
        let theme: Theme = table.try_into().map_err(|cause| Error::File {
            file: file.to_owned(),
            cause: Box::new(cause),
        })?;
        match theme.faults().into_iter().next() {
            Some((found, expected)) => Err(Error::Theme {
                file: file.to_owned(),
                found,
                expected,
            }),
            None => Ok(theme),
        }
    }

    /// What makes the theme unfit, as (found, expected).
    fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        for (list, name) in [
            (self.levels.below.len(), "levels.below"),
            (self.levels.at_or_above.len(), "levels.at_or_above"),
            (self.types.colours.len(), "types.colours"),
            (self.types.shapes.len(), "types.shapes"),
        ] {
            if list == 0 {
                faults.push((format!("`{name}` is empty"), "at least one".to_owned()));
            }
        }
        for (name, value, low, high) in self.size.bounds() {
            if !(low..=high).contains(&value) {
                faults.push((format!("`size.{name}` is {value}"), format!("{low} to {high}")));
            }
        }
        // Without lists or sizes nothing below has a meaning.
        if !faults.is_empty() {
            return faults;
        }
        let (page, marks) = (&self.page, &self.marks);
        let named = |list: &str, colours: &[Colour]| -> Vec<(String, Colour)> {
            let numbered = colours.iter().enumerate();
            numbered
                .map(|(place, colour)| (format!("{list}[{place}]"), *colour))
                .collect()
        };
        let mut contrast = |name: String, colour: Colour, ground: (&str, Colour), least: f64| {
            let found = colour.contrast(ground.1);
            if found < least {
                faults.push((
                    format!(
                        "contrast {found:.1}:1 of `{name}` {} on {} {}",
                        colour.hex(),
                        ground.0,
                        ground.1.hex()
                    ),
                    format!("at least {least}:1"),
                ));
            }
        };
        let paper = ("`page.paper`", page.paper);
        for (name, colour) in [("text", page.text), ("quiet", page.quiet), ("link", page.link)] {
            for ground in [paper, ("`marks.band`", marks.band)] {
                contrast(format!("page.{name}"), colour, ground, TEXT);
            }
        }
        for (name, colour) in [
            ("main", marks.main),
            ("second", marks.second),
            ("doubtful", marks.doubtful),
            ("middle", marks.middle),
            ("target", marks.target),
            ("interval", marks.interval),
            ("faint", marks.faint),
        ] {
            contrast(format!("marks.{name}"), colour, paper, MARK);
        }
        for (name, colour) in named("types.colours", &self.types.colours) {
            contrast(name, colour, paper, MARK);
        }
        let levels = [
            named("levels.below", &self.levels.below),
            named("levels.at_or_above", &self.levels.at_or_above),
            vec![("levels.not_applicable".to_owned(), self.levels.not_applicable)],
        ]
        .concat();
        for (name, colour) in &levels {
            // Its own share is written on it, in the ink that reads best there.
            let ink = colour.readable(page.text, page.paper);
            contrast("the ink".into(), ink, (name, *colour), TEXT);
        }
        let mut apart = |a: &(String, Colour), b: &(String, Colour), least: f64| {
            for vision in Vision::ALL {
                let found = vision.distance(a.1, b.1);
                if found < least {
                    faults.push((
                        format!("`{}` and `{}` look {found:.0} apart ({vision:?}, CIEDE2000)", a.0, b.0),
                        format!("at least {least}"),
                    ));
                }
            }
        };
        for pair in levels[..levels.len() - 1].windows(2) {
            apart(&pair[0], &pair[1], APART);
        }
        let kinds = named("types.colours", &self.types.colours);
        for (place, a) in kinds.iter().enumerate() {
            for b in &kinds[place + 1..] {
                apart(a, b, APART);
            }
        }
        let mark = |name: &str, colour| (format!("marks.{name}"), colour);
        apart(&mark("main", marks.main), &mark("second", marks.second), APART);
        apart(&mark("main", marks.main), &mark("middle", marks.middle), APART);
        faults
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
    use super::{Colour, Theme};
    use crate::HouseStyle;

    fn own(text: &str) -> Result<Theme, crate::Error> {
        let theme = Some(crate::OwnFile {
            path: "own.toml".into(),
            text: text.into(),
        });
        Theme::of(&HouseStyle { theme, texts: None })
    }

    #[test]
    fn the_shipped_theme_can_be_read_and_told_apart_by_everyone() {
        let theme = Theme::shipped().expect("the shipped theme is sound");
        assert_eq!(theme.faults(), []);
    }

    #[test]
    fn a_study_changes_what_it_names_and_nothing_else() {
        let theme = own("[marks]\nmain = \"#005A9C\"").expect("a darker blue can be read");
        let mut shipped = Theme::shipped().expect("the shipped theme is sound");
        assert_eq!(theme.marks.main, Colour(0x00, 0x5A, 0x9C));
        shipped.marks.main = theme.marks.main;
        assert_eq!(theme, shipped);
    }

    #[test]
    fn a_theme_that_cannot_be_read_is_refused_with_the_colour_and_its_contrast() {
        for (text, message) in [
            (
                "[page]\ntext = \"#CCCCCC\"",
                "contrast 1.6:1 of `page.text` #CCCCCC on `page.paper`",
            ),
            ("[page]\npaper = \"#1A1A1A\"", "`page.text`"),
            ("[marks]\nmain = \"#9FC5E8\"", "`marks.main` #9FC5E8"),
            ("[levels]\nbelow = [\"#777777\", \"#E08B6A\"]", "the ink"),
            ("[types]\ncolours = [\"#A54A3C\", \"#6B6B2E\"]", "opia, CIEDE2000"),
            ("[types]\ncolours = []", "`types.colours` is empty"),
            ("[size]\nrow = 0", "`size.row` is 0"),
            ("[size]\ncolumn_width = nan", "480 to 1600"),
            ("[page]\ntext = \"black\"", "cannot read `own.toml`"),
            ("[page]\ninkt = \"#000000\"", "cannot read `own.toml`"),
        ] {
            let error = own(text).expect_err(text).to_string();
            assert!(error.contains(message) && error.contains("own.toml"), "{text}: {error}");
        }
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
