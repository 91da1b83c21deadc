//! What strangers wrote ends in files that people open: none of it becomes a formula, markup or a path.

use nulmeting_tests::run;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Names and numbers of boards, answers, headings and sectors that were made to do harm.
fn evil() -> Vec<String> {
    let mut evil: Vec<String> = [
        "=1+cmd|' /C calc'!A0",
        "+1+cmd",
        "-1+cmd",
        "@SUM(cmd)",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "../../../escaped",
        "/tmp/escaped-by-nulmeting",
        "..\\..\\escaped",
    ]
    .map(str::to_owned)
    .to_vec();
    evil.push("x".repeat(300));
    evil
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A study, deep enough in a folder that a path that climbs would be seen.
fn study(folder: &Path) -> PathBuf {
    let folder = folder.join("a/b/c/study");
    std::fs::create_dir_all(&folder).unwrap();
    let evil = evil();
    let mut register = "NUMMER,NAAM,SECTOR,LEERLINGEN\n".to_owned();
    let mut answers =
        "id,submitdate,bestuursnummer,GO.01,GO.02,=1+cmd,<img src=x onerror=alert(1)>,\"\tcmd\"\n".to_owned();
    for (row, text) in evil.iter().enumerate() {
        // Each is a number once and a name once.
        register.push_str(&format!(
            "{},{},=cmd PO,900\n",
            quoted(text),
            quoted(&format!("{text} naam"))
        ));
        register.push_str(&format!("{},{},<b>VO</b>,1900\n", 40_001 + row, quoted(text)));
        answers.push_str(&format!("{row}1,2024-05-01,{0},{0},3,{0},{0},x\n", quoted(text)));
        answers.push_str(&format!(
            "{row}2,2024-05-01,{1},2,{0},x,x,{0}\n",
            quoted(text),
            40_001 + row
        ));
    }
    std::fs::write(folder.join("register.csv"), register).unwrap();
    std::fs::write(folder.join("=cmd.csv"), answers).unwrap();
    let path = folder.join("nulmeting.toml");
    let text = "[study]\ntitle = \"<script>alert(1)</script>\"\nframework = \"normenkader-ibp-fo-2024\"\nseed = 1\n\
        date = 2024-06-01\nidentified = true\n[population]\nregister = \"register.csv\"\n\
        columns = { id = \"NUMMER\", name = \"NAAM\", sector = \"SECTOR\", pupils = \"LEERLINGEN\" }\n\
        [responses]\nunreadable = 1.0\n\
        [[wave]]\nid = \"2024\"\nselection = \"volunteer\"\n[[wave.source]]\npath = \"=cmd.csv\"\n";
    std::fs::write(&path, text).unwrap();
    path
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for own in std::fs::read_dir(folder).unwrap() {
        let path = own.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else {
            all.push(path);
        }
    }
}

fn starts_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.replace(',', ".").parse::<f64>().is_err()
}

fn check_csv(bytes: &[u8], place: &str) {
    let delimiter = if place.contains("/csv/") { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    for record in reader.records() {
        for field in &record.unwrap() {
            let field = field.trim_start_matches('\u{feff}');
            assert!(!starts_a_formula(field), "{place}: {field}");
        }
    }
}

fn check_workbook(bytes: Vec<u8>, place: &str) {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut text = String::new();
        if part.read_to_string(&mut text).is_ok() {
            let formula = text.contains("<f>") || text.contains("<f ") || text.contains("ddeLink");
            assert!(!formula, "{place} holds a formula");
            assert!(!text.contains("TargetMode=\"External\""), "{place} fetches something");
        }
    }
}

fn check_markup(text: &str, place: &str) {
    for markup in ["<script>alert", "<img src=x", "<b>VO"] {
        assert!(!text.contains(markup), "{place}: {markup}");
    }
}

#[test]
fn no_text_of_a_stranger_becomes_a_formula_markup_or_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let study = study(folder.path());
    let before = {
        let mut all = Vec::new();
        files(folder.path(), &mut all);
        all.len()
    };
    let path = study.to_str().unwrap();
    let (mut masked, mut escaped) = (0, 0);
    for command in [&["run", path][..], &["report", path, "--boards", "--csv", "--public"]] {
        let output = run(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{command:?}: {said}");
    }
    let out = study.parent().unwrap().join("out");
    let mut written = Vec::new();
    files(&out, &mut written);
    let mut all = Vec::new();
    files(folder.path(), &mut all);
    assert_eq!(
        all.len(),
        before + written.len(),
        "a file was written outside the folder for outputs"
    );
    assert!(!Path::new("/tmp/escaped-by-nulmeting").exists());
    for own in &written {
        let name = own.file_name().unwrap().to_str().unwrap();
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        assert!(name.len() < 200 && name.chars().all(plain), "{name}");
        let bytes = std::fs::read(own).unwrap();
        let place = own.display().to_string();
        match own.extension().and_then(|own| own.to_str()).unwrap_or_default() {
            "csv" => {
                masked += usize::from(String::from_utf8_lossy(&bytes).contains("'=cmd"));
                check_csv(&bytes, &place);
            }
            "xlsx" => check_workbook(bytes, &place),
            "html" | "svg" => {
                let text = String::from_utf8(bytes).unwrap();
                escaped += usize::from(text.contains("&lt;script&gt;alert"));
                check_markup(&text, &place);
            }
            _ => {}
        }
    }
    assert!(
        masked > 0 && escaped > 0,
        "the texts reach the outputs: {masked} masked, {escaped} escaped"
    );
    let boards = written.iter().filter(|own| own.starts_with(out.join("boards"))).count();
    assert!(boards >= 20, "a report for each board that answered: {boards}");
    let page = String::from_utf8(run(&["check", path, "--html"]).stdout).unwrap();
    check_markup(&page, "check --html");
    assert!(page.contains("&lt;script&gt;alert"));
    let map = run(&["items", path]).stdout;
    check_csv(&map, "items");
    assert!(String::from_utf8(map).unwrap().contains("'=1+cmd"));
}

#[test]
fn title_of_an_official_list_is_masked_in_the_codebook_and_read_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("=lijst.csv");
    let base = "normenkader-ibp-fo-2024";
    let shipped = nulmeting_study::shipped::codebook(base).unwrap().unwrap();
    let mut text = "Code,Titel,Niveau\nGO.01,=cmd|' /C calc'!A0,3\n".to_owned();
    for norm in shipped.norms.iter().skip(1) {
        text.push_str(&format!("{},Titel,3\n", norm.code));
    }
    std::fs::write(&list, text).unwrap();
    let out = folder.path().join("codebook");
    let (list, out_text) = (list.to_str().unwrap(), out.to_str().unwrap());
    let output = run(&["codebook", "import", list, "--base", base, "--out", out_text]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    check_csv(&std::fs::read(out.join("norms.csv")).unwrap(), "norms.csv");
    let names = std::fs::read_dir(&out).unwrap().map(|own| own.unwrap().file_name());
    let texts = names.map(|name| {
        let text = std::fs::read_to_string(out.join(&name)).unwrap();
        (name.into_string().unwrap(), text)
    });
    let made = nulmeting_study::Framework::parse(&texts.collect(), "made").unwrap();
    let norm = made.norm("GO.01").unwrap();
    assert_eq!(norm.title.nl, "=cmd|' /C calc'!A0");
}
