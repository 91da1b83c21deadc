//! The typeface of every figure and page, shipped with the program.
//!
//! No font of the machine is ever used: the same figure is the same image everywhere.

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use resvg::usvg::fontdb;
use std::sync::{Arc, LazyLock};

/// The name of the typeface.
pub(crate) const FAMILY: &str = "Open Sans";

/// The regular weight, as shipped.
pub(crate) const REGULAR: &[u8] = include_bytes!("../../../../reports/theme/fonts/OpenSans-Regular.ttf");
/// The semibold weight, as shipped.
pub(crate) const SEMIBOLD: &[u8] = include_bytes!("../../../../reports/theme/fonts/OpenSans-Semibold.ttf");

/// The same fonts packed for a page.
pub(crate) const REGULAR_PACKED: &[u8] = include_bytes!("../../../../reports/theme/fonts/OpenSans-Regular.woff2");
/// The semibold packed for a page.
pub(crate) const SEMIBOLD_PACKED: &[u8] = include_bytes!("../../../../reports/theme/fonts/OpenSans-Semibold.woff2");

/// Height of a line of the typeface in ems (ascender less descender): plotters' font backend scales by this.
const HEIGHT: f64 = (2189.0 + 600.0) / 2048.0;

static REGISTERED: LazyLock<()> = LazyLock::new(|| {
    for (style, bytes) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, SEMIBOLD)] {
        if register_font(FAMILY, style, bytes).is_err() {
            unreachable!("the shipped fonts are checked by a test");
        }
    }
});

/// The fonts as the image renderer wants them.
pub(crate) fn database() -> Arc<fontdb::Database> {
    static DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut database = fontdb::Database::new();
        database.load_font_data(REGULAR.to_vec());
        database.load_font_data(SEMIBOLD.to_vec());
        database.set_sans_serif_family(FAMILY);
        Arc::new(database)
    });
    DATABASE.clone()
}

/// Width of a text.
///
/// Unit: pixels, as `size`; kerning is not counted, which errs on the wide side by less than a letter.
pub(crate) fn width(text: &str, size: f64, bold: bool) -> f64 {
    LazyLock::force(&REGISTERED);
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    // plotters answers in whole units: measured a hundred times larger.
    let font = FontDesc::new(FontFamily::Name(FAMILY), size * HEIGHT * 100.0, style);
    font.layout_box(text)
        .map_or(0.0, |(_, (width, _))| f64::from(width) / 100.0)
}

/// The text broken into lines that fit; a word that is wider than a line stands alone on its line.
pub(crate) fn wrap(text: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if width(&longer, size, bold) <= room {
                *line = longer;
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines
}

/// The text cut to a width, with three dots where something was cut.
pub(crate) fn fit(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        let longer = format!("{kept}{letter}…");
        if width(&longer, size, bold) > room {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dutch_letters_have_a_width_and_digits_have_one_width() {
        for letter in ["ë", "ï", "é", "€", "≥", "–", "’"] {
            assert!(width(letter, 12.0, false) > 1.0, "{letter}");
        }
        assert_eq!(width("1111", 12.0, false), width("8888", 12.0, false));
        // 1171 of 2048 units per digit, from the font's own table.
        assert!((width("0", 2048.0, false) - 1171.0).abs() < 1.0);
    }

    #[test]
    fn a_long_name_is_broken_and_cut_within_its_room() {
        let text = "Bedrijfscontinuïteitsmanagement en Identity- en accessmanagement";
        for line in wrap(text, 12.0, false, 220.0) {
            assert!(width(&line, 12.0, false) <= 220.0, "{line}");
        }
        let cut = fit(text, 12.0, false, 100.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0, false) <= 100.0, "{cut}");
    }

    #[test]
    fn the_image_renderer_finds_both_weights() {
        assert_eq!(database().len(), 2);
        assert!(
            database()
                .faces()
                .all(|face| face.families.iter().any(|(name, _)| name == FAMILY))
        );
    }
}
