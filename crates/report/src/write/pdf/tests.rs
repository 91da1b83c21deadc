//! Every sentence of the page is in the PDF, figures have words, and the bytes do not change.

use super::*;
use crate::draw::figure::Figure;
use crate::draw::theme::Theme;
use crate::view::View;
use crate::view::wording::Texts;
use crate::write::document::{Figures, Front};
use crate::write::html;
use crate::{Documents, HouseStyle, Options, made};
use nulmeting_study::words::Language;
use serde_json::Value;
use typst::layout::{Frame, FrameItem};

/// The text of a frame in the order in which it is set, white space and hyphens left out: lines are broken there.
fn text_of(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => text_of(&group.frame, text),
            FrameItem::Text(run) => text.push_str(&plain(&run.text)),
            _ => {}
        }
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '\u{ad}' | '\u{2010}'))
        .collect()
}

/// Every text of the sections.
fn texts_of(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts_of(item, texts)),
        Value::Object(fields) => {
            for (key, value) in fields {
                if !matches!(key.as_str(), "kind" | "id" | "ids" | "name" | "alt") {
                    texts_of(value, texts);
                }
            }
        }
        _ => {}
    }
}

fn with_report<T>(made: &made::Made, language: Language, work: impl FnOnce(&Document<'_>, &str) -> T) -> T {
    let options = Options {
        language,
        public: false,
        csv: false,
        documents: Documents::ALL,
        style: HouseStyle::default(),
        version: "0.1.0".into(),
    };
    let (theme, texts) = (Theme::shipped().unwrap(), Texts::shipped(language).unwrap());
    let input = made.input();
    let mut views: Vec<View<'_>> = input
        .study
        .waves
        .iter()
        .map(|wave| View::new(&input, &options, &texts, wave).unwrap())
        .collect();
    let latest = views.pop().unwrap();
    let drawn: Vec<Figure> = crate::KINDS
        .iter()
        .take(3)
        .filter_map(|kind| crate::draw::figure::draw(&latest, &theme, *kind, crate::Size::Column).unwrap())
        .collect();
    let figures: Figures<'_> = drawn.iter().map(|figure| (figure.name.as_str(), figure)).collect();
    let sections = html::sections(&latest, &views).unwrap();
    let front = Front::of_report(&latest).unwrap();
    let document = Document::new(&latest, &theme, front, &sections, &figures).unwrap();
    let html = html::render(&latest, &document, &theme).unwrap();
    work(&document, &html)
}

#[test]
fn every_sentence_and_cell_is_on_the_page_and_in_the_pdf() {
    with_report(&made::study(15, "random"), Language::Nl, |document, html| {
        let pages = set(document, false).unwrap();
        let mut printed = String::new();
        for page in pages.pages() {
            let mut text = String::new();
            text_of(&page.frame, &mut text);
            // What stands at the head and the foot of a page would break a sentence that runs on.
            for words in ["head", "kicker", "profile"] {
                text = text.replacen(&plain(document.value[words].as_str().unwrap()), "", 1);
            }
            let foot = text.rfind("Pagina").unwrap();
            text.truncate(foot);
            printed.push_str(&text);
        }
        let mut texts = Vec::new();
        texts_of(&document.value["sections"], &mut texts);
        assert!(texts.len() > 200, "{}", texts.len());
        assert!(!printed.contains(&plain("Deze zin staat nergens.")));
        let html = html
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#x27;", "'")
            .replace("&quot;", "\"")
            .replace("&#x2f;", "/")
            .replace("</span> <span", "</span><span");
        let mut shown = String::new();
        let mut inside = false;
        for letter in html.replace("<Normenkader>", "").chars() {
            match letter {
                '<' if !shown.ends_with('(') => inside = true,
                '>' if inside => inside = false,
                letter if !inside => shown.push(letter),
                _ => {}
            }
        }
        let shown = plain(&shown);
        for text in texts {
            assert!(printed.contains(&plain(&text)), "not in the PDF: {text}");
            if !text.contains('<') {
                assert!(shown.contains(&plain(&text)), "not on the page: {text}");
            }
        }
    });
}

#[test]
fn the_file_is_tagged_and_the_same_each_time() {
    with_report(&made::study(15, "random"), Language::En, |document, _| {
        let one = render("report", document).unwrap();
        typst::comemo::evict(0);
        assert!(one == render("report", document).unwrap());
        let file = String::from_utf8_lossy(&one);
        for part in [
            "/StructTreeRoot",
            "/Lang(en)",
            "/DisplayDocTitle true",
            "/Figure",
            "/Alt",
            "/TH",
        ] {
            assert!(
                file.contains(part) || file.contains(&part.replace('(', " (")),
                "no {part}"
            );
        }
    });
}

#[test]
fn a_letter_that_the_typeface_lacks_and_markup_do_no_harm() {
    let mut made = made::study(15, "volunteer");
    made.study.study.title = format!(
        "#panic[*x*] <b> {} 字 \u{1f600} {}",
        "lang ".repeat(50),
        "x".repeat(300)
    );
    with_report(&made, Language::Nl, |document, _| {
        assert!(render("report", document).unwrap().starts_with(b"%PDF-"));
    });
}
