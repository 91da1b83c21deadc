//! From estimates to what people read: figures, a page, a PDF, a Word document and a workbook.
//!
//! Report computes no statistic and reads no file: it takes the tables as values and gives files as values.

// The invented study of the tests is one for the tests within and those beside the crate.
#[cfg(test)]
extern crate self as nulmeting_report;
#[cfg(test)]
#[path = "../tests/made/mod.rs"]
mod made;

mod board;
mod boards;
mod canvas;
mod chart;
mod document;
mod erratum;
mod error;
mod explorer;
mod figure;
mod font;
mod image;
mod input;
mod movement;
mod number;
mod page;
#[cfg(feature = "pdf")]
mod pdf;
mod portrait;
mod reading;
mod section;
mod semicolons;
mod theme;
mod view;
mod word;
mod wording;
mod workbook;

pub use boards::boards;
pub use chart::{Chart, chart};
pub use erratum::{Correction, erratum};
pub use error::Error;
pub use input::{HouseStyle, Input, Options, OwnFile};

use document::{Document, Front};
use figure::{Figure, KINDS, Size};
use rayon::prelude::*;
use std::collections::BTreeMap;
use theme::Theme;
use view::View;
use wording::Texts;

/// Renders everything that is published of a study.
///
/// Shape: files as (path, bytes): every figure as SVG and PNG in two sizes with its data (CSV) and its text
/// alternative (TXT), the report as `report/report.html`, `report/report.pdf` (with the feature `pdf`) and
/// `report/report.docx`, and the workbook `report/tables.xlsx`.
/// Absent: a figure for which a wave has no numbers. Outside (`public`), every figure, table and sheet with a mark or
/// row per organisation.
/// Errors: a wave without a framework, and texts, templates or a theme that cannot be used.
pub fn render(input: &Input<'_>, options: &Options) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let theme = Theme::of(&options.style)?;
    let texts = Texts::of(&options.style, options.language)?;
    let mut views = input
        .study
        .series()
        .map(|wave| View::new(input, options, &texts, wave))
        .collect::<Result<Vec<_>, _>>()?;
    let latest = views.pop().ok_or_else(|| Error::NoFramework { wave: String::new() })?;
    let (book, figures) = rayon::join(
        || workbook::build(&latest),
        || figures(views.iter().chain([&latest]), &theme),
    );
    let figures = figures?;
    let mut files = Vec::new();
    let mut columns = page::Figures::new();
    let mut images = BTreeMap::new();
    for (figure, image) in &figures {
        let path = |ending: &str| format!("figures/{}.{ending}", figure.file());
        files.push((path("svg"), figure.svg.clone().into_bytes()));
        files.push((path("png"), image.clone()));
        if figure.size == Size::Column {
            // Data and words are the same in every size.
            columns.insert(&figure.name, figure);
            images.insert(figure.name.as_str(), image.as_slice());
            files.push((format!("figures/{}.csv", figure.name), figure.csv.clone().into_bytes()));
            files.push((
                format!("figures/{}.txt", figure.name),
                format!("{}\n", figure.alt).into_bytes(),
            ));
        }
    }
    let sections = page::sections(&latest, &views)?;
    let document = Document::new(&latest, &theme, Front::of_report(&latest)?, &sections, &columns)?;
    let (printed, (page, editable)) = rayon::join(
        || printed("report", &document),
        || {
            rayon::join(
                || page::render(&latest, &theme, &sections, &columns),
                || word::render(&document, &images, &texts),
            )
        },
    );
    files.push(("report/report.html".into(), page?.into_bytes()));
    files.push(("report/report.docx".into(), editable?));
    if let Some(printed) = printed? {
        files.push(("report/report.pdf".into(), printed));
    }
    files.push(("report/tables.xlsx".into(), book?));
    if options.csv {
        let tables = workbook::tables(input, options.public);
        files.extend(tables.iter().map(|table| {
            let path = format!("csv/{}.csv", table.schema.name);
            (path, semicolons::write(table))
        }));
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

/// A document as PDF; absent in a program that was built without the feature `pdf`.
#[cfg(feature = "pdf")]
fn printed(name: &str, document: &Document<'_>) -> Result<Option<Vec<u8>>, Error> {
    pdf::render(name, document).map(Some)
}

/// Forgets what was kept for a next document that is much the same: the memory of a thousand adds up.
fn forget() {
    #[cfg(feature = "pdf")]
    pdf::forget();
}

#[cfg(not(feature = "pdf"))]
fn printed(_: &str, _: &Document<'_>) -> Result<Option<Vec<u8>>, Error> {
    Ok(None)
}

/// Draws every figure of every wave in every size, each with its image, in a fixed order.
fn figures<'a>(views: impl Iterator<Item = &'a View<'a>>, theme: &Theme) -> Result<Vec<(Figure, Vec<u8>)>, Error> {
    let mut asked = Vec::new();
    for view in views {
        for kind in KINDS {
            for size in Size::ALL {
                asked.push((view, *kind, size));
            }
        }
    }
    let drawn = asked
        .par_iter()
        .map(|(view, kind, size)| {
            let Some(figure) = figure::draw(view, theme, *kind, *size)? else {
                return Ok(None);
            };
            let image = image::render(&figure.file(), &figure.svg, size.image_scale(theme))?;
            Ok(Some((figure, image)))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(drawn.into_iter().flatten().collect())
}
