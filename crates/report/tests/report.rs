//! The report as a whole: what is in it, what is not, and that it is the same each time.

mod made;

use nulmeting_report::{Options, render};
use nulmeting_study::words::Language;

fn options(language: Language, public: bool) -> Options {
    Options { language, public, version: "0.1.0".into() }
}

/// Writes everything to a folder for who wants to look: `LOOK=/some/folder cargo test -p nulmeting-report look -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn look() {
    let Ok(folder) = std::env::var("LOOK") else { return };
    let only = std::env::var("BOARDS").unwrap_or_default();
    for (boards, selection) in [(15, "volunteer"), (150, "random"), (1000, "census")] {
        if !only.is_empty() && only != boards.to_string() {
            continue;
        }
        let made = made::study(boards, selection);
        for public in [false, true] {
            for language in [Language::Nl, Language::En] {
                let start = std::time::Instant::now();
                let files = render(&made.input(), &options(language, public)).expect("the report is made");
                eprintln!("{boards} {public} {language}: {} files in {:?}", files.len(), start.elapsed());
                for (path, bytes) in files {
                    let path = format!("{folder}/{boards}-{}-{language}/{path}", if public { "public" } else { "inside" });
                    let path = std::path::Path::new(&path);
                    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
                    std::fs::write(path, bytes).expect("the file is written");
                }
            }
        }
    }
}
