//! One figure, for who needs just that one.

use crate::draw::figure::{self, Figure, KINDS, Size};
use crate::draw::image;
use crate::draw::theme::Theme;
use crate::view::View;
use crate::view::wording::Texts;
use crate::{Error, Input, Options};
use nulmeting_study::tables::ALL;

/// Figures that can set groups beside each other, by name.
const GROUPED: [&str; 4] = ["groups", "levels", "means", "met"];

/// Which figure, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// Name of the figure, as in `levels`.
    pub name: String,
    /// Wave; the latest one that has the figure when absent.
    pub wave: Option<String>,
    /// Grouping variable, `sector` or `size`: groups take the place of domains.
    pub by: Option<String>,
    /// For a slide of 16 to 9 instead of a column.
    pub slide: bool,
    /// An image of pixels (PNG) instead of a drawing (SVG).
    pub pixels: bool,
}

/// Renders one figure.
///
/// Shape: the bytes of an SVG or PNG file, the same as in the figures of a whole report.
/// Errors: a wave, figure or grouping that the study does not have, with those that it has.
pub fn chart(input: &Input<'_>, options: &Options, asked: &Chart) -> Result<Vec<u8>, Error> {
    let theme = Theme::of(&options.style)?;
    let texts = Texts::of(&options.style, options.language)?;
    let mut views = input
        .study
        .waves
        .iter()
        .map(|wave| View::new(input, options, &texts, wave))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(wave) = &asked.wave {
        let known: Vec<String> = views.iter().map(|view| view.wave.id.clone()).collect();
        views.retain(|view| view.wave.id == *wave);
        if views.is_empty() {
            return Err(unknown("wave", wave, known));
        }
    }
    if let Some(by) = &asked.by {
        if !GROUPED.contains(&asked.name.as_str()) {
            let names = GROUPED.map(str::to_owned).to_vec();
            return Err(unknown("figure with groups", &asked.name, names));
        }
        let mut known: Vec<String> = views.iter().flat_map(View::groupings).map(str::to_owned).collect();
        known.sort();
        known.dedup();
        if by == ALL || !known.contains(by) {
            return Err(unknown("grouping", by, known));
        }
        for view in &mut views {
            view.by = Some(by.clone());
        }
    }
    let size = if asked.slide { Size::Slide } else { Size::Column };
    // The mean of groups is the figure of groups; only levels have one of their own.
    let name = match (asked.name.as_str(), &asked.by) {
        ("means" | "met", Some(_)) => "groups",
        (name, _) => name,
    };
    let mut known = Vec::new();
    for view in views.iter().rev() {
        for kind in KINDS {
            let Some(drawn) = figure::draw(view, &theme, *kind, size)? else {
                continue;
            };
            if drawn.name == figure::name(name, &view.wave.id) {
                return file(&drawn, asked.pixels.then(|| size.image_scale(&theme)));
            }
            let ending = figure::name("", &view.wave.id);
            known.push(drawn.name.trim_end_matches(&ending).to_owned());
        }
    }
    known.sort();
    known.dedup();
    Err(unknown("figure", &asked.name, known))
}

fn file(figure: &Figure, scale: Option<f64>) -> Result<Vec<u8>, Error> {
    match scale {
        Some(scale) => image::render(&figure.file(), &figure.svg, scale),
        None => Ok(figure.svg.clone().into_bytes()),
    }
}

fn unknown(what: &'static str, asked: &str, known: Vec<String>) -> Error {
    Error::Unknown {
        what,
        asked: asked.to_owned(),
        known: known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Documents, HouseStyle, made};
    use nulmeting_study::words::Language;

    fn draw(asked: &Chart) -> Result<Vec<u8>, Error> {
        let made = made::study(15, "random");
        let options = Options {
            language: Language::En,
            public: false,
            csv: false,
            documents: Documents::ALL,
            style: HouseStyle::default(),
            version: "0.1.0".into(),
        };
        chart(&made.input(), &options, asked)
    }

    #[test]
    fn one_figure_in_every_form() {
        let asked = Chart {
            name: "levels".into(),
            ..Chart::default()
        };
        let column = String::from_utf8(draw(&asked).unwrap()).unwrap();
        assert!(column.starts_with("<svg") && column.contains("levels-2024-column"));
        let slide = draw(&Chart {
            slide: true,
            ..asked.clone()
        })
        .unwrap();
        assert!(String::from_utf8(slide).unwrap().contains("levels-2024-slide"));
        let pixels = draw(&Chart {
            pixels: true,
            ..asked.clone()
        })
        .unwrap();
        assert!(pixels.starts_with(b"\x89PNG"));
        let grouped = draw(&Chart {
            by: Some("sector".into()),
            ..asked.clone()
        })
        .unwrap();
        let grouped = String::from_utf8(grouped).unwrap();
        assert!(grouped != column && grouped.contains("(po)") && grouped.contains("not published"));
        // An earlier wave with another kind of test has another figure.
        let met = Chart {
            name: "met".into(),
            ..Chart::default()
        };
        assert!(String::from_utf8(draw(&met).unwrap()).unwrap().contains("met-2023"));
    }

    #[test]
    fn what_is_not_there_is_answered_with_what_is() {
        let asked = |name: &str, wave: Option<&str>, by: Option<&str>| {
            let asked = Chart {
                name: name.into(),
                wave: wave.map(str::to_owned),
                by: by.map(str::to_owned),
                ..Chart::default()
            };
            draw(&asked).unwrap_err().to_string()
        };
        let pie = asked("pie", None, None);
        assert!(
            pie.contains("`pie`") && pie.contains("levels") && pie.contains("heatmap"),
            "{pie}"
        );
        assert!(asked("levels", Some("1999"), None).contains("2023, 2024"));
        assert!(asked("levels", None, Some("colour")).contains("sector, size"));
        assert!(asked("types", None, Some("sector")).contains("groups, levels, means, met"));
    }
}
