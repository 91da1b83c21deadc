//! From estimates to what people read: figures, a page, a PDF, a Word document and a workbook.
//!
//! Report computes no statistic and reads no file: it takes the tables as values and gives files as values.

// The invented study of the tests is one for the tests within and those beside the crate.
#[cfg(test)]
extern crate self as nulmeting_report;
#[cfg(test)]
#[path = "../tests/made/mod.rs"]
mod made;

mod draw;
mod error;
mod input;
mod section;
mod view;
mod write;

pub use draw::chart::{Chart, chart};
pub use error::Error;
pub use input::{Documents, HouseStyle, Input, Options, OwnFile};
pub use write::board_reports::boards;
pub use write::erratum::{Correction, erratum};

use draw::figure::{self, Figure, KINDS, Size};
use draw::image;
use draw::theme::Theme;
use nulmeting_study::Record;
use nulmeting_study::tables::Level;
use rayon::prelude::*;
use view::View;
use view::wording::Texts;
use write::document::{Document, Figures, Front};
#[cfg(feature = "pdf")]
use write::pdf;
use write::{docx, excel_csv, html, xlsx};

/// Renders everything that is published of a study.
///
/// Shape: files as (path, bytes): every figure as SVG and PNG in two sizes with its data (CSV) and its text
/// alternative (TXT), and of the documents those that are asked for: the report as `report/report.html`,
/// `report/report.pdf` (with the feature `pdf`) and `report/report.docx`, and the workbook `report/tables.xlsx`.
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
    let figures = figures(views.iter().chain([&latest]), &theme)?;
    let columns: Figures<'_> = figures
        .iter()
        .filter(|figure| figure.size == Size::Column)
        .map(|figure| (figure.name.as_str(), figure))
        .collect();
    let sections = html::sections(&latest, &views)?;
    let document = Document::new(&latest, &theme, Front::of_report(&latest)?, &sections, &columns)?;
    let Documents { html, pdf, docx, xlsx } = options.documents;
    // Images take most of the time, in small pieces: whoever is done with the rest helps with them.
    let (images, ((printed, book), page)) = rayon::join(
        || images(&figures, &theme),
        || {
            (
                rayon::join(
                    || pdf.then(|| printed("report", &document)).transpose(),
                    || xlsx.then(|| xlsx::build(&latest)).transpose(),
                ),
                html.then(|| html::render(&latest, &document, &theme)).transpose(),
            )
        },
    );
    let images = images?;
    let editable = docx.then(|| {
        let sized = figures.iter().zip(&images);
        let columns = sized.filter(|(figure, _)| figure.size == Size::Column);
        let named = columns.map(|(figure, image)| (figure.name.as_str(), image.as_slice()));
        docx::render(&document, &named.collect(), &texts)
    });
    let mut files = Vec::new();
    let mut add = |path: &str, bytes: Option<Vec<u8>>| files.extend(bytes.map(|bytes| (path.to_owned(), bytes)));
    add("report/report.html", page?.map(String::into_bytes));
    add("report/report.docx", editable.transpose()?);
    add("report/report.pdf", printed?.flatten());
    add("report/tables.xlsx", book?);
    for (figure, image) in figures.into_iter().zip(images) {
        let path = |ending: &str| format!("figures/{}.{ending}", figure.file());
        files.push((path("png"), image));
        files.push((path("svg"), figure.svg.into_bytes()));
        if figure.size == Size::Column {
            // Data and words are the same in every size.
            files.push((format!("figures/{}.csv", figure.name), figure.csv.into_bytes()));
            files.push((
                format!("figures/{}.txt", figure.name),
                format!("{}\n", figure.alt).into_bytes(),
            ));
        }
    }
    if options.csv {
        let mut tables = xlsx::tables(input, options.public);
        if !options.public {
            tables.push(Level::table(&input.normalized.levels));
        }
        files.extend(tables.iter().map(|table| {
            let path = format!("csv/{}.csv", table.schema.name);
            (path, excel_csv::write(table))
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

/// Draws every figure of every wave in every size, in a fixed order.
fn figures<'a>(views: impl Iterator<Item = &'a View<'a>>, theme: &Theme) -> Result<Vec<Figure>, Error> {
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
        .map(|(view, kind, size)| figure::draw(view, theme, *kind, *size))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

/// Each figure as an image.
fn images(figures: &[Figure], theme: &Theme) -> Result<Vec<Vec<u8>>, Error> {
    figures
        .par_iter()
        .with_max_len(1)
        .map(|figure| image::render(&figure.file(), &figure.svg, figure.size.image_scale(theme)))
        .collect()
}
