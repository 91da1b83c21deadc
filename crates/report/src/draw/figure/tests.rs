//! Every figure, at every size of a study that there may be: nothing runs off the sheet, no text runs over another,
//! and every text and mark can be seen on what is under it.

use super::{Figure, KINDS, Size, draw};
use crate::draw::font;
use crate::draw::theme::{Colour, Theme};
use crate::view::View;
use crate::view::wording::Texts;
use crate::{Documents, HouseStyle, Options, made};
use nulmeting_study::words::Language;

/// Pixels by which boxes may touch: they are measured with some air.
const AIR: f64 = 1.0;

/// Draws every figure of both waves, each in both sizes.
fn all(made: &made::Made, language: Language, public: bool) -> Vec<Figure> {
    let options = Options {
        language,
        public,
        csv: false,
        documents: Documents::ALL,
        style: HouseStyle::default(),
        version: "0.1.0".into(),
    };
    let (theme, texts) = (Theme::shipped().unwrap(), Texts::shipped(language).unwrap());
    let input = made.input();
    let mut figures = Vec::new();
    for wave in &made.study.waves {
        let view = View::new(&input, &options, &texts, wave).unwrap();
        for kind in KINDS {
            for size in Size::ALL {
                figures.extend(draw(&view, &theme, *kind, size).unwrap());
            }
        }
    }
    assert!(figures.len() > 20);
    figures
}

/// A text or mark of a figure, in pixels, in the order in which they are drawn.
#[derive(Debug, Clone)]
struct Drawn {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    colour: Colour,
    opacity: f64,
    text: Option<String>,
}

impl Drawn {
    fn covers(&self, x: f64, y: f64) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }

    fn overlap(&self, other: &Self) -> f64 {
        let wide = self.right.min(other.right) - self.left.max(other.left);
        let tall = self.bottom.min(other.bottom) - self.top.max(other.top);
        wide.min(tall)
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = &tag[tag.find(&format!(" {name}=\""))? + name.len() + 3..];
    rest.split('"').next()
}

fn drawn(svg: &str) -> Vec<Drawn> {
    let mut found = Vec::new();
    for tag in svg.split('<').skip(1) {
        let name = tag.split([' ', '>']).next().unwrap_or_default();
        let number = |key: &str| {
            attribute(tag, key)
                .and_then(|text| text.parse::<f64>().ok())
                .unwrap_or(0.0)
                / 10.0
        };
        let colour = attribute(tag, "fill").filter(|fill| *fill != "none").map(|fill| {
            let part = |at: usize| u8::from_str_radix(&fill[at..at + 2], 16).unwrap();
            Colour(part(1), part(3), part(5))
        });
        let Some(colour) = colour else { continue };
        let opacity = attribute(tag, "opacity").map_or(1.0, |text| text.parse().unwrap());
        let (x, y) = (number("x"), number("y"));
        let (left, right, top, bottom, text) = match name {
            "text" => {
                let text = tag.split_once('>').unwrap().1.to_owned();
                let text = text
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&#39;", "'")
                    .replace("&amp;", "&");
                let size = number("font-size");
                let wide = font::width(&text, size, attribute(tag, "font-weight").is_some());
                let left = match attribute(tag, "text-anchor") {
                    Some("end") => x - wide,
                    Some("middle") => x - wide / 2.0,
                    _ => x,
                };
                (left, left + wide, y - size * 0.5, y + size * 0.5, Some(text))
            }
            "rect" => (x, x + number("width"), y, y + number("height"), None),
            "circle" => {
                let (x, y, r) = (number("cx"), number("cy"), number("r"));
                (x - r, x + r, y - r, y + r, None)
            }
            _ => continue,
        };
        found.push(Drawn {
            left,
            right,
            top,
            bottom,
            colour,
            opacity,
            text,
        });
    }
    found
}

/// What a mark that lets some of the paper through looks like.
fn on_paper(mark: &Drawn, paper: Colour) -> Colour {
    let mix = |own: u8, under: u8| (f64::from(own) * mark.opacity + f64::from(under) * (1.0 - mark.opacity)) as u8;
    Colour(
        mix(mark.colour.0, paper.0),
        mix(mark.colour.1, paper.1),
        mix(mark.colour.2, paper.2),
    )
}

fn faults(figure: &Figure) -> Vec<String> {
    let theme = Theme::shipped().unwrap();
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(format!("{}: {text}", figure.file()));
    let (width, height) = {
        let head = figure.svg.split('>').next().unwrap();
        let size = |name| attribute(head, name).unwrap().parse::<f64>().unwrap();
        (size("width"), size("height"))
    };
    let all = drawn(&figure.svg);
    let texts: Vec<(usize, &Drawn)> = all.iter().enumerate().filter(|(_, own)| own.text.is_some()).collect();
    for (place, (order, own)) in texts.iter().enumerate() {
        let words = own.text.as_deref().unwrap();
        if own.left < -AIR || own.right > width + AIR || own.top < -AIR || own.bottom > height + AIR {
            fault(format!(
                "`{words}` runs off the sheet: {:.0} to {:.0} of {width:.0}",
                own.left, own.right
            ));
        }
        for (_, other) in &texts[place + 1..] {
            if own.overlap(other) > AIR {
                fault(format!("`{words}` runs over `{}`", other.text.as_deref().unwrap()));
            }
        }
        let (x, y) = ((own.left + own.right) / 2.0, (own.top + own.bottom) / 2.0);
        let under = all[..*order]
            .iter()
            .rfind(|mark| mark.text.is_none() && mark.covers(x, y));
        let ground = under.map_or(theme.page.paper, |mark| on_paper(mark, theme.page.paper));
        if own.colour.contrast(ground) < 4.5 {
            fault(format!(
                "`{words}` in {} on {} cannot be read",
                own.colour.hex(),
                ground.hex()
            ));
        }
    }
    // What is not meant to be seen apart from its neighbours, or says the same twice: grid, bands, the paper itself,
    // levels (white between them, and their share written on them), and what stands faint behind.
    let quiet: Vec<Colour> = (0..5)
        .map(|place| theme.level(place, 2, 5))
        .chain([
            theme.page.paper,
            theme.page.grid,
            theme.marks.band,
            theme.not_applicable(),
            theme.marks.faint,
        ])
        .collect();
    for own in all.iter().filter(|own| own.text.is_none() && own.opacity == 1.0) {
        if !quiet.contains(&own.colour) && own.colour.contrast(theme.page.paper) < 3.0 {
            fault(format!("a mark in {} cannot be seen", own.colour.hex()));
        }
    }
    if figure.alt.is_empty() || figure.csv.lines().count() < 2 {
        fault("no words or no data".into());
    }
    if !figure.svg.contains("<title id=") || !figure.svg.contains("<desc id=") {
        fault("no title or description".into());
    }
    faults.dedup();
    faults
}

fn check(made: &made::Made, language: Language, public: bool) {
    let faults: Vec<String> = all(made, language, public).iter().flat_map(faults).collect();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn of_15_boards() {
    check(&made::study(15, "volunteer"), Language::Nl, false);
}

#[test]
fn of_150_boards_inside_and_outside_in_both_languages() {
    let mut made = made::study(150, "random");
    made.test_sectors(&[("PO", "VO", 0.001), ("PO", "SO", 0.03), ("SO", "VO", 0.4)]);
    check(&made, Language::Nl, false);
    check(&made, Language::En, true);
}

#[test]
fn of_1000_boards() {
    check(&made::study(1000, "census"), Language::Nl, false);
}

#[test]
fn with_names_as_long_as_names_get() {
    let mut made = made::study(15, "random");
    made.name_at_length();
    check(&made, Language::Nl, false);
}

#[test]
fn a_text_that_runs_over_another_and_one_that_cannot_be_read_are_found() {
    let mut figure = all(&made::study(15, "random"), Language::Nl, true).remove(0);
    assert_eq!(faults(&figure), [] as [String; 0]);
    let pale = "<text x=\"6000\" y=\"192\" text-anchor=\"start\" font-size=\"170\" fill=\"#CCCCCC\">Te breed</text>";
    figure.svg = figure.svg.replace("</svg>", &format!("{pale}{pale}</svg>"));
    let found = faults(&figure).join("\n");
    for message in ["runs off the sheet", "runs over", "cannot be read"] {
        assert!(found.contains(message), "{message}: {found}");
    }
}
