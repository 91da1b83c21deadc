//! A report per board: a page and a PDF each, with that board's data and no other's.

use crate::draw::figure::{self, Size, Style};
use crate::draw::theme::Theme;
use crate::view::View;
use crate::view::board_view::{Bands, Board};
use crate::view::wording::Texts;
use crate::write::document::{Document, Figures, Front};
use crate::write::html;
use crate::{Error, Input, Options, printed, section};
use minijinja::context;
use nulmeting_study::tables::{Level, OrganisationType, Score};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Reports that are made before what was kept for them is forgotten.
const AT_ONCE: usize = 32;
/// Letters of a name that a file name keeps.
const FILE_NAME: usize = 80;

/// Renders the report of every board that answered in the latest wave.
///
/// Shape: files as (path, bytes) under `boards/`, a page and (with the feature `pdf`) a PDF per board, named after the
/// organisation as the tables name it. `names` gives the name of an organisation where the study may show it.
/// Missing: a board whose levels were all lost still gets its report, which says so by what it lacks.
/// Errors: as `render`.
pub fn boards(
    input: &Input<'_>,
    options: &Options,
    names: &BTreeMap<String, String>,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let theme = Theme::of(&options.style)?;
    let texts = Texts::of(&options.style, options.language)?;
    let views = input
        .study
        .series()
        .map(|wave| View::new(input, options, &texts, wave))
        .collect::<Result<Vec<_>, _>>()?;
    let Some((latest, earlier)) = views.split_last() else {
        return Err(Error::NoFramework { wave: String::new() });
    };
    let own_bands: Bands<'_> = input
        .analysed
        .bands
        .iter()
        .filter(|band| band.wave == latest.wave.id)
        .map(|band| {
            (
                (band.by.as_str(), band.group.as_str(), band.scope, band.item.as_str()),
                band,
            )
        })
        .collect();
    let mut levels: BTreeMap<(&str, &str), BTreeMap<&str, &Level>> = BTreeMap::new();
    for row in input.normalized.levels.iter().filter(|row| row.used) {
        let own = levels.entry((&row.organisation, &row.wave)).or_default();
        own.insert(&row.norm, row);
    }
    let mut scores: BTreeMap<&str, BTreeMap<&str, &Score>> = BTreeMap::new();
    for row in input.analysed.scores.iter().filter(|row| row.wave == latest.wave.id) {
        scores.entry(&row.organisation).or_default().insert(&row.domain, row);
    }
    let kinds: BTreeMap<&str, &OrganisationType> = input
        .analysed
        .types
        .iter()
        .filter(|row| row.wave == latest.wave.id)
        .map(|row| (row.organisation.as_str(), row))
        .collect();
    let mut all: Vec<Board<'_>> = Vec::new();
    for row in input
        .normalized
        .organisations
        .iter()
        .filter(|row| row.wave == latest.wave.id && row.responded)
    {
        let organisation = row.organisation.as_str();
        let own = |wave: &str| levels.get(&(organisation, wave)).cloned();
        let mut board = Board::new(
            latest,
            row,
            names
                .get(organisation)
                .cloned()
                .unwrap_or_else(|| organisation.to_owned()),
            scores.get(organisation).cloned().unwrap_or_default(),
            own(&latest.wave.id).unwrap_or_default(),
            &own_bands,
        );
        board.kind = kinds.get(organisation).copied();
        board.before = earlier.iter().rev().find_map(|view| Some((view, own(&view.wave.id)?)));
        all.push(board);
    }
    all.sort_by(|a, b| a.organisation.organisation.cmp(&b.organisation.organisation));
    let organisations: Vec<&str> = all
        .iter()
        .map(|board| board.organisation.organisation.as_str())
        .collect();
    let file_names = file_names(&organisations);
    let mut files = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let made = some
            .par_iter()
            .map(|board| {
                one(
                    board,
                    &file_names[board.organisation.organisation.as_str()],
                    &theme,
                    &texts,
                )
            })
            .collect::<Result<Vec<_>, Error>>()?;
        files.extend(made.into_iter().flatten());
        crate::forget();
    }
    Ok(files)
}

/// The files of one board.
fn one(board: &Board<'_>, name: &str, theme: &Theme, texts: &Texts) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let drawn = figure::board_band::draw(board, &Style::new(theme, Size::Column))?;
    let figures: Figures<'_> = drawn.iter().map(|figure| (figure.name.as_str(), figure)).collect();
    let sections = section::board(board)?;
    let document = Document::new(board.view, theme, front(board)?, &sections, &figures)?;
    let mut files = vec![(
        format!("boards/{name}.html"),
        html::simple(&document, theme, texts)?.into_bytes(),
    )];
    if let Some(printed) = printed(&format!("boards/{name}"), &document)? {
        files.push((format!("boards/{name}.pdf"), printed));
    }
    Ok(files)
}

fn front(board: &Board<'_>) -> Result<Front, Error> {
    let view = board.view;
    let study = &view.input.study.study;
    Ok(Front {
        title: view.texts.say("board.title", context! { name => board.name.clone() })?,
        kicker: view.texts.say(
            "board.kicker",
            context! { study => study.title.clone(), wave => view.wave.id.clone() },
        )?,
        profile: view.texts.word("board.profile")?,
        colophon: view.texts.say(
            "board.colophon",
            context! { version => view.options.version.clone(), seed => study.seed, date => crate::write::document::date(view)? },
        )?,
        contents: false,
    })
}

/// The names of organisations as file names that stay in their folder, on every file system.
///
/// What was changed or cut, and what differs from another in case only, gets a number from the whole name, so that two
/// names never become one.
fn file_names<'a>(organisations: &[&'a str]) -> BTreeMap<&'a str, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let short = |organisation: &str| -> String {
        organisation
            .chars()
            .take(FILE_NAME)
            .map(|c| if plain(c) { c } else { '-' })
            .collect()
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for organisation in organisations {
        *counts.entry(short(organisation).to_lowercase()).or_default() += 1;
    }
    let names = organisations.iter().map(|organisation| {
        let mut name = short(organisation);
        let small = name.to_lowercase();
        // Names of devices, which some systems give no file.
        let device = ["con", "prn", "aux", "nul"].contains(&small.as_str())
            || (small.len() == 4 && ["com", "lpt"].contains(&&small[..3]));
        if name != *organisation || counts[&small] > 1 || device || name.is_empty() {
            let number = organisation.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            name.push_str(&format!("-{number:016x}"));
        }
        (*organisation, name)
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Documents, HouseStyle, made};
    use nulmeting_study::tables::Band;
    use nulmeting_study::words::{Language, Scope};

    #[test]
    fn no_name_leaves_the_folder_or_meets_another() {
        let (long, longer) = ("x".repeat(300), "x".repeat(301));
        let names = [
            "B-0123",
            "../../etc/passwd",
            "a/b",
            "a-b",
            "..",
            ".",
            "",
            "a\\b",
            "C:\\x",
            "<b>é</b>",
            &long,
            &longer,
            "nul",
            "Com1",
            "A",
            "a",
        ];
        let files = file_names(&names);
        assert_eq!(files["B-0123"], "B-0123");
        let mut seen = std::collections::BTreeSet::new();
        for (name, file) in &files {
            assert!(!file.is_empty() && file.len() < 120, "{file}");
            assert!(
                file.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'),
                "{file}"
            );
            assert!(seen.insert(file.to_lowercase()), "{name} meets another");
            assert!(!["nul", "com1"].contains(&file.to_lowercase().as_str()));
        }
    }

    /// The study with bands as `analyze` would lay them, three boards of which are looked at.
    fn files(made: &mut made::Made, language: Language) -> Vec<(String, Vec<u8>)> {
        let options = Options {
            language,
            public: false,
            csv: false,
            documents: Documents::ALL,
            style: HouseStyle::default(),
            version: "0.1.0".into(),
        };
        let band = |scope: Scope, item: &str, suppressed: bool| Band {
            wave: "2024".into(),
            by: "all".into(),
            group: "all".into(),
            scope,
            item: item.into(),
            statistic: "mean_level".into(),
            low: (!suppressed).then_some(1.75),
            middle: (!suppressed).then_some(2.0),
            high: (!suppressed).then_some(2.5),
            n: 15,
            suppressed,
        };
        let domains = &made.normalized.frameworks["2024"].domains;
        let mut bands = vec![
            band(Scope::All, "all", false),
            band(Scope::Domain, &domains[0].code, false),
        ];
        bands.push(band(Scope::Domain, &domains[1].code, true));
        let names = BTreeMap::from([(
            "bestuur-001".to_owned(),
            format!("<script>alert(1)</script> #panic() $x$ *a* {}", "lang".repeat(75)),
        )]);
        made.analysed.bands = bands;
        boards(&made.input(), &options, &names).unwrap()
    }

    #[test]
    fn a_report_holds_its_own_board_and_no_other() {
        let mut made = made::study(15, "random");
        let all: Vec<String> = made
            .normalized
            .organisations
            .iter()
            .filter(|row| row.wave == "2024" && row.responded)
            .map(|row| row.organisation.clone())
            .collect();
        let kept: Vec<String> = all.iter().take(2).cloned().collect();
        // The others stay in the tables, and get no report.
        for row in &mut made.normalized.organisations {
            if row.wave == "2024" && !kept.contains(&row.organisation) {
                row.responded = false;
            }
        }
        let files = files(&mut made, Language::Nl);
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths.len(), 4, "{paths:?}");
        for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
            let page = String::from_utf8_lossy(bytes);
            for other in all.iter().filter(|name| !path.contains(name.as_str())) {
                assert!(!page.contains(other.as_str()), "{path} names {other}");
            }
            assert!(
                page.contains("1,75–2,5") && page.contains("niet gepubliceerd"),
                "{path}"
            );
            assert!(!page.contains("<script>"), "{path}");
        }
        for (_, bytes) in files.iter().filter(|(path, _)| path.ends_with(".pdf")) {
            assert!(bytes.starts_with(b"%PDF-"));
        }
    }
}
