//! From estimates to what people read: figures, a page and a workbook.
//!
//! Report computes no statistic and reads no file: it takes the tables as values and gives files as values.

mod canvas;
mod error;
mod figure;
mod font;
mod image;
mod input;
mod number;
mod reading;
mod theme;
mod view;
mod wording;

pub use error::Error;
pub use input::{Input, Options};

use figure::{Figure, KINDS, Size};
use rayon::prelude::*;
use theme::Theme;
use view::View;
use wording::Texts;

/// Renders everything that is published of a study: figures, the page and the workbook.
pub fn render(input: &Input<'_>, options: &Options) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let theme = Theme::shipped()?;
    let texts = Texts::shipped(options.language)?;
    let views =
        input.study.waves.iter().map(|wave| View::new(input, options, &texts, wave)).collect::<Result<Vec<_>, _>>()?;
    let mut asked = Vec::new();
    for view in &views {
        for (_, kind) in KINDS {
            for size in Size::ALL {
                asked.push((view, *kind, size));
            }
        }
    }
    let drawn: Vec<(Option<Figure>, Vec<u8>)> = asked
        .par_iter()
        .map(|(view, kind, size)| {
            let figure = figure::draw(view, &theme, *kind, *size)?;
            let image = figure.as_ref().map(|f| image::render(&f.name, &f.svg, theme.size.image_scale)).transpose()?;
            Ok((figure, image.unwrap_or_default()))
        })
        .collect::<Result<_, Error>>()?;
    let mut files = Vec::new();
    for (figure, image) in drawn {
        let Some(figure) = figure else { continue };
        let path = |ending: &str| format!("figures/{}.{ending}", figure.file());
        files.push((path("svg"), figure.svg.clone().into_bytes()));
        files.push((path("png"), image));
        files.push((path("csv"), figure.csv.clone().into_bytes()));
        files.push((path("txt"), format!("{}\n", figure.alt).into_bytes()));
    }
    Ok(files)
}
