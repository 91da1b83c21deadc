//! The report as a whole: what is in it, what is not, and that it is the same each time.

mod made;

use nulmeting_report::{Documents, HouseStyle, Options, render};
use nulmeting_study::Released;
use nulmeting_study::framework::{LevelName, Text};
use nulmeting_study::words::Language;
use std::collections::BTreeMap;

type Files = BTreeMap<String, Vec<u8>>;

fn options(language: Language, public: bool) -> Options {
    Options {
        language,
        public,
        csv: false,
        documents: Documents::ALL,
        style: HouseStyle::default(),
        version: "0.1.0".into(),
    }
}

/// Writes everything to a folder to look at: `LOOK=/some/folder cargo test --test report look -- --ignored`;
/// `BOARDS=15` one size only, `LONG=1` with names as long as names get.
#[test]
#[ignore = "writes files to look at"]
fn look() {
    let Ok(folder) = std::env::var("LOOK") else { return };
    let only = std::env::var("BOARDS").unwrap_or_default();
    for (boards, selection) in [(15, "volunteer"), (150, "random"), (1000, "census")] {
        if !only.is_empty() && only != boards.to_string() {
            continue;
        }
        let mut made = made::study(boards, selection);
        made.test_sectors(&[("PO", "VO", 0.001), ("PO", "SO", 0.03), ("SO", "VO", 0.4)]);
        if std::env::var("LONG").is_ok() {
            made.name_at_length();
        }
        for public in [false, true] {
            for language in [Language::Nl, Language::En] {
                let start = std::time::Instant::now();
                let files = render(&made.input(), &options(language, public)).expect("the report is made");
                let time = format!(
                    "{boards} {public} {language}: {} files in {:?}\n",
                    files.len(),
                    start.elapsed()
                );
                std::fs::create_dir_all(&folder).expect("the folder is made");
                let mut times = std::fs::read_to_string(format!("{folder}/times")).unwrap_or_default();
                times.push_str(&time);
                std::fs::write(format!("{folder}/times"), times).expect("the file is written");
                for (path, bytes) in files {
                    let path = format!(
                        "{folder}/{boards}-{}-{language}/{path}",
                        if public { "public" } else { "inside" }
                    );
                    let path = std::path::Path::new(&path);
                    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
                    std::fs::write(path, bytes).expect("the file is written");
                }
            }
        }
    }
}

fn files(made: &made::Made, language: Language, public: bool) -> Files {
    render(&made.input(), &options(language, public))
        .expect("the report is made")
        .into_iter()
        .collect()
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    let bytes = files.get(path).unwrap_or_else(|| panic!("no file `{path}`"));
    std::str::from_utf8(bytes).expect("a text")
}

/// The words of a section of the page, a sentence a line.
fn words(page: &str, section: &str) -> String {
    let start = page
        .find(&format!("<section id=\"{section}\""))
        .expect("the section is there");
    let part = &page[start..];
    let part = &part[..part.find("</section>").expect("the section ends")];
    let mut words = String::new();
    let mut inside = false;
    for letter in part.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => words.push(letter),
            _ => {}
        }
    }
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[test]
fn one_thread_or_two_give_the_same_bytes() {
    let made = made::study(15, "volunteer");
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| files(&made, Language::Nl, false))
    };
    let (one, two) = (with(1), with(2));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(*bytes == two[path], "{path} differs");
    }

    // The same files say that a group is too small, and keep a title that is markup as text.
    let groups = text(&one, "figures/groups-2024-column.svg");
    assert!(groups.contains("Speciaal onderwijs (so)") && groups.contains("niet gepubliceerd"));
    for (path, bytes) in one
        .iter()
        .filter(|(path, _)| path.ends_with(".svg") || path.ends_with(".html"))
    {
        let file = String::from_utf8_lossy(bytes);
        assert!(!file.contains("<Normenkader>"), "{path}");
        assert!(
            // Where too few boards moved, the figure of moves holds no number that may be named.
            file.contains("data-id=\"2024/") || path.contains("2023") || path.contains("moves"),
            "{path} names no number"
        );
    }
    assert!(one["report/report.docx"].starts_with(b"PK"));
    for name in [
        "levels-2024",
        "means-2024",
        "heatmap-2024",
        "types-2024",
        "profiles-2024",
        "stability-2024",
        "silhouette-2024",
        "dendrogram-2024",
        "moves-2024",
        "met-2023",
    ] {
        for ending in ["-column.svg", "-column.png", "-slide.svg", "-slide.png", ".csv", ".txt"] {
            assert!(one.contains_key(&format!("figures/{name}{ending}")), "{name}{ending}");
        }
    }
    insta::assert_snapshot!(
        "summary-volunteer-nl",
        words(text(&one, "report/report.html"), "summary")
    );
}

#[test]
fn nothing_per_board_goes_outside() {
    let files = files(&made::study(30, "random"), Language::En, true);
    for kind in ["heatmap", "silhouette", "dendrogram"] {
        assert!(!files.keys().any(|path| path.contains(kind)), "{kind}");
    }
    assert!(files.contains_key("figures/profiles-2024.csv") && files.contains_key("figures/stability-2024.csv"));
    for (path, bytes) in files
        .iter()
        .filter(|(path, _)| !path.ends_with(".png") && !path.ends_with(".xlsx"))
    {
        assert!(
            !String::from_utf8_lossy(bytes).contains("bestuur-0"),
            "{path} names a board"
        );
    }
    insta::assert_snapshot!(
        "summary-random-en",
        words(text(&files, "report/report.html"), "summary")
    );
}

#[test]
fn a_study_without_numbers_and_a_scale_from_0_still_give_a_page() {
    let mut made = made::study(15, "census");
    made.analysed.estimates = Released::default();
    made.analysed.choices = Released::default();
    made.analysed.attention = Released::default();
    made.analysed.types.clear();
    made.analysed.scores.clear();
    made.analysed.typology.clear();
    made.analysed.divisions.clear();
    made.analysed.type_profiles = Released::default();
    made.analysed.moves = Released::default();
    let empty = files(&made, Language::Nl, false);
    assert_eq!(
        empty.keys().collect::<Vec<_>>(),
        [
            "report/report.docx",
            "report/report.html",
            "report/report.pdf",
            "report/tables.xlsx"
        ]
    );

    let mut made = made::study(15, "census");
    let of_2024 = made.analysed.estimates.iter().filter(|row| row.wave == "2024");
    made.analysed.estimates = made::released(of_2024.cloned().collect());
    let framework = made.normalized.frameworks.get_mut("2024").expect("made above");
    framework.levels.insert(
        0,
        LevelName {
            number: 0,
            name: Text {
                nl: "Niets".into(),
                en: String::new(),
            },
        },
    );
    let files = files(&made, Language::Nl, false);
    assert!(text(&files, "figures/means-2024-column.svg").contains(">0</text>"));
}
