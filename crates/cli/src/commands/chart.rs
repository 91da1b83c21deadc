//! `nulmeting chart`: one figure, to a file or to stdout.

use crate::args::{ChartArgs, Global, ImageKind, Width};
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::loaded::Loaded;
use crate::stages;
use nulmeting_report::Input;
use std::io::{IsTerminal, Write, stdout};

/// The kind of image: as asked, else as the ending of the file says, else SVG.
fn image_of(args: &ChartArgs) -> Result<ImageKind, Failure> {
    let ending = args
        .to
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let of_file = match ending.as_deref() {
        Some("png") => Some(ImageKind::Png),
        Some("svg") => Some(ImageKind::Svg),
        _ => None,
    };
    match (args.image, of_file) {
        (Some(asked), Some(named)) if asked != named => Err(Failure::usage(format!(
            "`--to {}` ends in another kind of image than `--image` asks for\n  hint leave `--image` out: the ending decides",
            args.to.display()
        ))),
        (asked, named) => Ok(asked.or(named).unwrap_or(ImageKind::Svg)),
    }
}

/// Draws a figure from the tables of an earlier run; where there are none, from the exports.
pub(crate) fn chart(args: &ChartArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let to_stdout = args.to.as_os_str() == "-";
    let image = image_of(args)?;
    if to_stdout && image == ImageKind::Png && stdout().is_terminal() {
        return Err(Failure::usage(
            "an image cannot be shown on a terminal; expected a file or a pipe\n  hint add `--to FILE.png`",
        ));
    }
    let loaded = Loaded::load(&args.study, global)?;
    let (ingested, normalized, analysed) = if loaded.out.join("tables/attention.parquet").is_file() {
        let ingested = stages::load_ingested(&loaded, stages::Extent::Documents)?;
        let normalized = stages::load_normalized(&loaded, stages::Extent::Documents)?;
        (ingested, normalized, stages::load_analysed(&loaded)?)
    } else {
        let ingested = stages::ingest(&loaded)?;
        let normalized = stages::normalize(&loaded, &ingested)?;
        let analysed = stages::analyze(&loaded, &ingested.history, &normalized)?;
        (ingested, normalized, analysed)
    };
    let input = Input {
        study: &loaded.study,
        ingested: &ingested,
        normalized: &normalized,
        analysed: &analysed,
    };
    let asked = nulmeting_report::Chart {
        name: args.name.clone(),
        wave: args.wave.clone(),
        by: args.by.clone(),
        slide: args.size == Width::Slide,
        pixels: image == ImageKind::Png,
    };
    let bytes = stages::chart(&loaded, &input, &asked)?;
    if to_stdout {
        // A reader that closes the pipe early has had what it wanted.
        let _ = stdout().lock().write_all(&bytes);
    } else {
        std::fs::write(&args.to, bytes).map_err(|cause| {
            Failure::usage(format!(
                "cannot write `{}`: {cause}\n  hint name another file with `--to`",
                args.to.display()
            ))
        })?;
        console.note(&format!("figure: {}", args.to.display()));
    }
    Ok(Exit::Done)
}
