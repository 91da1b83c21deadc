//! Archives that somebody made to do harm: `verify` reads, writes and unpacks nothing outside a folder of its own.

use nulmeting_tests::{example_copy, replace, run, run_well};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The files of an archive by name.
type Files = BTreeMap<String, Vec<u8>>;

/// A small study with an archive that holds everything.
fn packed() -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    crate::other_framework::study(folder.path());
    let study = folder.path().join("study.toml").to_str().unwrap().to_owned();
    let archive = folder.path().join("whole.zip");
    run_well(&["run", &study, "--language", "en"]);
    let archive = archive.to_str().unwrap();
    run_well(&[
        "pack",
        &study,
        "--language",
        "en",
        "--with-responses",
        "--archive",
        archive,
    ]);
    let files = unpacked(Path::new(archive));
    (folder, files)
}

fn unpacked(path: &Path) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn zipped(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Puts a file in an archive, and its hash and length in the list of contents, as a forger would.
fn forge(files: &mut Files, name: &str, bytes: &[u8]) {
    files.insert(name.to_owned(), bytes.to_vec());
    let entry = json!({ "sha256": sha256(bytes), "bytes": bytes.len() });
    change_contents(files, |contents| {
        contents["files"][name] = entry;
        if let Some(input) = name.strip_prefix("study/") {
            contents["inputs"][input] = json!(sha256(bytes));
        }
    });
}

fn change_contents(files: &mut Files, change: impl FnOnce(&mut Value)) {
    let mut contents: Value = serde_json::from_slice(&files["archive.json"]).unwrap();
    change(&mut contents);
    files.insert("archive.json".to_owned(), serde_json::to_vec(&contents).unwrap());
}

/// SHA-256 by the system's own program: another hand than the one that wrote the archive.
fn sha256(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let output = std::process::Command::new("sha256sum")
        .arg(file.path())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// Verifies an archive, requires exit 1, and gives what was said.
fn refused(folder: &Path, files: &Files) -> String {
    let path = folder.join("forged.zip");
    std::fs::write(&path, zipped(files)).unwrap();
    let output = run(&["verify", path.to_str().unwrap()]);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    text
}

#[test]
fn an_archive_that_is_zipped_again_passes() {
    let (folder, files) = packed();
    let path = folder.path().join("again.zip");
    std::fs::write(&path, zipped(&files)).unwrap();
    run_well(&["verify", path.to_str().unwrap()]);
}

#[test]
fn a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_written() {
    let (folder, files) = packed();
    let victim = folder.path().join("victim");
    std::fs::write(&victim, "mine").unwrap();
    let absolute = victim.to_str().unwrap();
    for name in [
        absolute.to_owned(),
        format!("/{absolute}"),
        "../victim".to_owned(),
        "a/../../victim".to_owned(),
        "a//../../victim".to_owned(),
        "..\\victim".to_owned(),
    ] {
        let mut input = files.clone();
        forge(&mut input, &format!("study/{name}"), b"theirs");
        assert!(
            refused(folder.path(), &input).contains("leads out of its folder"),
            "{name}"
        );
        let mut listed = files.clone();
        change_contents(&mut listed, |contents| {
            contents["inputs"][&name] = json!(sha256(b"theirs"))
        });
        assert!(
            refused(folder.path(), &listed).contains("leads out of its folder"),
            "{name}"
        );
        let mut study = files.clone();
        change_contents(&mut study, |contents| contents["study_file"] = json!(name));
        let text = refused(folder.path(), &study);
        assert!(
            text.contains("leads out of its folder") && !text.contains("mine"),
            "{text}"
        );
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "mine", "{name}");
    }
}

#[test]
fn a_study_that_reads_outside_its_folder_is_not_made() {
    let (folder, files) = packed();
    let secret = folder.path().join("secret.csv");
    std::fs::write(&secret, "zeer geheim").unwrap();
    let study = String::from_utf8(files["study/study.toml"].clone()).unwrap();
    let outside = secret.to_str().unwrap();
    for path in [outside, "../secret.csv"] {
        let mut forged = files.clone();
        let study = study.replace("\"register.csv\"", &format!("\"{path}\""));
        assert!(study.contains(path));
        forge(&mut forged, "study/study.toml", study.as_bytes());
        let text = refused(folder.path(), &forged);
        assert!(
            text.contains("`population.register`") && !text.contains("geheim"),
            "{text}"
        );
    }
}

#[test]
fn an_archive_unpacks_to_what_it_says_and_within_limits() {
    let (folder, files) = packed();
    let zeros = vec![0_u8; 64 << 20];
    let mut bomb = files.clone();
    forge(&mut bomb, "study/zeros", &zeros);
    assert!(
        refused(folder.path(), &bomb).contains("unpacks to"),
        "64 MiB of zeros pack to 64 KiB"
    );
    let mut longer = files.clone();
    forge(&mut longer, "study/zeros", &zeros);
    change_contents(&mut longer, |contents| {
        contents["files"]["study/zeros"]["bytes"] = json!(10)
    });
    assert!(refused(folder.path(), &longer).contains("study/zeros is missing"));
    let mut unlisted = files.clone();
    unlisted.insert("stray".to_owned(), b"x".to_vec());
    assert!(refused(folder.path(), &unlisted).contains("`stray`"));
    let mut changed = files;
    changed.insert("study/register.csv".to_owned(), b"other".to_vec());
    assert!(refused(folder.path(), &changed).contains("study/register.csv is"));
}

#[test]
fn an_archive_without_responses_says_nothing_about_a_board() {
    let copy = example_copy();
    let at = |name: &str| copy.path().join(name);
    // One export of a single board, under the board's name.
    let board = at("raw/2024/workbooks/zelfevaluatie-01.xlsx");
    std::fs::rename(&board, at("raw/2024/workbooks/Stichting De Brug.xlsx")).unwrap();
    let study = at("nulmeting.toml");
    run_well(&["run", study.to_str().unwrap(), "--public", "--documents", "html"]);
    let pack = |name: &str| {
        let archive = at(name);
        let arguments = [
            "pack",
            study.to_str().unwrap(),
            "--public",
            "--documents",
            "html",
            "--archive",
        ];
        run_well(&[&arguments[..], &[archive.to_str().unwrap()]].concat());
        unpacked(&archive)
    };
    let files = pack("a.zip");
    assert!(
        files
            .keys()
            .all(|name| !name.starts_with("tables/") && !name.starts_with("study/raw/"))
    );
    let names = files.keys().any(|name| name.starts_with("public/tables/"));
    assert!(names, "the public profile is in it");
    let register = std::fs::read_to_string(at("register/besturen.csv")).unwrap();
    let numbers: Vec<&str> = register
        .lines()
        .skip(1)
        .filter_map(|line| line.split([',', ';']).next())
        .map(|number| number.trim_matches('"'))
        .collect();
    assert!(numbers.len() > 900 && numbers.iter().all(|number| number.len() == 5));
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("De Brug"), "{name} names the export of a board");
        if name.ends_with(".toml") || name.ends_with(".csv") || name == "manifest.json" || name == "archive.json" {
            // A length in bytes may happen to be a number of a board.
            let text: Vec<&str> = text.lines().filter(|line| !line.contains("\"bytes\"")).collect();
            let text = text.join("\n");
            let words: std::collections::BTreeSet<&str> =
                text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
            let number = numbers.iter().find(|number| words.contains(**number));
            assert_eq!(number, None, "{name} holds the number of a board");
        }
    }
    // Named in the study file, the export takes the study file with it.
    replace(
        &study,
        "raw/2024/workbooks/*.xlsx",
        "raw/2024/workbooks/Stichting De Brug.xlsx",
    );
    run_well(&["run", study.to_str().unwrap(), "--public", "--documents", "html"]);
    for (name, bytes) in pack("b.zip") {
        assert!(
            !String::from_utf8_lossy(&bytes).contains("De Brug"),
            "{name} names the export of a board"
        );
    }
}

#[test]
fn nothing_is_packed_after_the_key_changed() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    let study = study.to_str().unwrap();
    run_well(&["run", study, "--documents", "html"]);
    std::fs::write(
        copy.path().join("keys/pseudonym.key"),
        "9f86d081884c7d659a2feaa0c55ad015",
    )
    .unwrap();
    let output = run(&["pack", study, "--documents", "html"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nulmeting run"));
}
