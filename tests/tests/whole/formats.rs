//! The same study written wholly in each format: what comes out must not depend on the tool.

use nulmeting_study::Record;
use nulmeting_study::tables::{Answer, Estimate};
use nulmeting_study::words::{AnswerKind, Scope, Status};
use nulmeting_tests::{run, run_well};
use std::collections::BTreeSet;
use std::path::Path;

const FORMATS: [&str; 9] = [
    "limesurvey",
    "qualtrics",
    "msforms",
    "googleforms",
    "surveymonkey",
    "workbook",
    "tidy",
    "sav",
    "dta",
];

fn made(folder: &Path, format: &str) -> std::path::PathBuf {
    let out = folder.join(format);
    let out_text = out.to_str().unwrap();
    run_well(&[
        "synth",
        "--organisations",
        "60",
        "--export",
        format,
        "--out",
        out_text,
        "-q",
    ]);
    let study = out.join("nulmeting.toml");
    for stage in ["ingest", "normalize", "analyze"] {
        run_well(&[stage, study.to_str().unwrap(), "-q"]);
    }
    out
}

fn bytes(study: &Path, table: &str) -> Vec<u8> {
    std::fs::read(study.join(format!("out/tables/{table}.parquet"))).unwrap()
}

fn rows<R: Record>(study: &Path) -> Vec<R> {
    nulmeting_tables::read(bytes(study, R::schema().name), "table").unwrap()
}

/// Answers without position, key of the tool and value as delivered; of options only those that were chosen,
/// because most tools write one that was not chosen like one that was not shown.
fn said(study: &Path, choices: bool) -> BTreeSet<String> {
    let kept = |row: &Answer| match row.kind {
        AnswerKind::Choice => choices && row.holds == Some(true),
        _ => true,
    };
    let rows: Vec<Answer> = rows(study);
    let mut counted = std::collections::BTreeMap::new();
    for row in rows.into_iter().filter(kept) {
        let own = format!(
            "{:?}",
            (
                row.wave,
                row.organisation,
                row.item,
                row.option,
                row.level,
                row.holds,
                row.status,
                row.assessor,
                row.counts
            )
        );
        *counted.entry(own).or_insert(0) += 1;
    }
    counted
        .into_iter()
        .map(|(own, count)| format!("{own} {count}"))
        .collect()
}

#[test]
fn levels_scores_and_estimates_are_the_same_bytes_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let studies: Vec<_> = FORMATS.iter().map(|format| made(folder.path(), format)).collect();
    let first = &studies[0];
    let estimates = |study: &Path| -> Vec<String> {
        let rows: Vec<Estimate> = rows(study);
        let norms = rows.into_iter().filter(|row| row.scope == Scope::Norm);
        norms.map(|row| format!("{row:?}")).collect()
    };
    assert!(estimates(first).len() > 1000);
    for (format, study) in FORMATS.iter().zip(&studies).skip(1) {
        let key = |study: &Path| std::fs::read(study.join("keys/pseudonym.key")).unwrap();
        assert_eq!(key(study), key(first), "{format}");
        for table in ["levels", "scores"] {
            assert!(bytes(study, table) == bytes(first, table), "{format}: {table}");
        }
        assert_eq!(estimates(study), estimates(first), "{format}");
        // A workbook asks for the norms only.
        let choices = *format != "workbook";
        let (own, other) = (said(study, choices), said(first, choices));
        assert_eq!(
            own.symmetric_difference(&other).collect::<Vec<_>>(),
            [] as [&String; 0],
            "{format}"
        );
    }
    // The two formats that can say every state say the same of every option too.
    let all = |study: &Path| {
        let rows: Vec<Answer> = rows(study);
        let of = |row: Answer| {
            format!(
                "{:?}",
                (
                    row.wave,
                    row.respondent,
                    row.organisation,
                    row.item,
                    row.option,
                    row.status,
                    row.holds
                )
            )
        };
        rows.into_iter().map(of).collect::<BTreeSet<_>>()
    };
    let tidy = all(&studies[6]);
    assert_eq!(
        all(first).symmetric_difference(&tidy).collect::<Vec<_>>(),
        [] as [&String; 0]
    );
    let reasons: BTreeSet<Status> = rows::<Answer>(first).into_iter().map(|row| row.status).collect();
    assert!(reasons.len() >= 6, "{reasons:?}");
}

#[test]
fn draft_of_a_map_reads_back_as_a_map_and_finds_the_norms_by_their_texts() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    run_well(&[
        "synth",
        "--organisations",
        "60",
        "--waves",
        "1",
        "--export",
        "surveymonkey",
        "--out",
        out,
        "-q",
    ]);
    let study = folder.path().join("nulmeting.toml");
    let map = std::fs::read_to_string(folder.path().join("maps/2024.csv")).unwrap();
    let text = std::fs::read_to_string(&study).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("items =")).collect();
    std::fs::write(&study, without.join("\n")).unwrap();
    let output = run_well(&["items", study.to_str().unwrap(), "-q"]);
    let draft = String::from_utf8(output.stdout).unwrap();
    let read = |text: &str| -> BTreeSet<(String, String, String)> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().map(Result::unwrap);
        rows.map(|row| (row[0].to_owned(), row[1].to_owned(), row[2].to_owned()))
            .collect()
    };
    let (draft, map) = (read(&draft), read(&map));
    let right = map.iter().filter(|row| draft.contains(*row)).count();
    assert!(right * 100 >= map.len() * 95, "{right} of {}", map.len());
    nulmeting_study::ItemMap::parse(
        &String::from_utf8_lossy(&run_well(&["items", study.to_str().unwrap(), "-q"]).stdout),
        "draft",
    )
    .unwrap();
}

/// A study of two waves whose question Q1 asks for something else in the second.
fn reused(folder: &Path, second_map: &str) -> std::path::PathBuf {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "register.csv",
        "\"NR\",\"SECTOR\",\"PUPILS\"\n\"40001\",\"PO\",\"900\"\n",
    );
    write(
        "a.csv",
        "\"id. ID\",submitdate,bestuursnummer,Q1. Is het beleid vastgesteld door het bestuur?,Q2. Zijn taken belegd?\n1,2023-05-01,40001,3,3\n",
    );
    write(
        "b.csv",
        "\"id. ID\",submitdate,bestuursnummer,Q1. Worden back-ups jaarlijks teruggezet?,Q3. Nieuw\n1,2024-05-01,40001,3,3\n",
    );
    write("map.csv", "question,item\nQ1,GO.01\nQ2,GO.02\nQ3,GO.03\n");
    write("other.csv", "question,item\nQ1,GO.04\nQ3,GO.03\n");
    write(
        "study.toml",
        &format!(
            "[study]\ntitle = \"T\"\nframework = \"normenkader-ibp-fo-2024\"\nseed = 1\ndate = 2024-06-01\nidentified = true\n\
             [population]\nregister = \"register.csv\"\ncolumns = {{ id = \"NR\", sector = \"SECTOR\", pupils = \"PUPILS\" }}\n\
             [[wave]]\nid = \"2023\"\nselection = \"volunteer\"\n[[wave.source]]\npath = \"a.csv\"\nitems = \"map.csv\"\n\
             [[wave]]\nid = \"2024\"\nselection = \"volunteer\"\n[[wave.source]]\npath = \"b.csv\"\nitems = \"{second_map}\"\n"
        ),
    );
    folder.join("study.toml")
}

#[test]
fn code_that_asks_for_something_else_is_an_error_until_the_map_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let study = reused(folder.path(), "map.csv");
    let output = run(&["items", "diff", study.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for line in ["error code-reused Q1", "reworded GO.01", "dropped GO.02", "added GO.03"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let study = reused(folder.path(), "other.csv");
    let output = run_well(&["items", "diff", study.to_str().unwrap()]);
    assert!(!String::from_utf8(output.stdout).unwrap().contains("code-reused"));
}

#[test]
fn check_prints_a_page_that_fetches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let study = reused(folder.path(), "other.csv");
    let output = run(&["check", study.to_str().unwrap(), "--html"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"),
        "{page}"
    );
    assert!(page.contains("<th scope=\"row\">a.csv</th>") && !page.contains("http") && !page.contains("<script"));
}

#[test]
fn workbooks_under_a_layout_run_from_end_to_end_and_are_stale_once_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let size = ["--organisations", "60", "--waves", "1"];
    run_well(&[&["synth", "--export", "workbook", "--out", out, "-q"], &size[..]].concat());
    let study = folder.path().join("nulmeting.toml");
    let path = study.to_str().unwrap();
    let stages = || {
        for stage in ["ingest", "normalize"] {
            run_well(&[stage, path, "-q"]);
        }
    };
    // The workbooks of a round are of several designs; a layout is for one.
    for (from, to) in [
        ("antwoorden/*.xlsx", "antwoorden/antwoord-00001.xlsx"),
        ("toetsing/*.xlsx", "antwoorden/antwoord-00004.xlsx"),
    ] {
        nulmeting_tests::replace(&study, from, to);
    }
    stages();
    let recognised = bytes(folder.path(), "levels");
    let layout = "[organisation]\nsheet = \"Voorblad\"\nlabel = \"Bestuursnummer\"\n\
        [[table]]\ncode = \"Code\"\nlevel = \"Niveau\"\nnote = \"Toelichting\"\n";
    std::fs::write(folder.path().join("layout.toml"), layout).unwrap();
    let text = std::fs::read_to_string(&study).unwrap();
    let stated = "layout = \"layout.toml\"";
    std::fs::write(&study, text.replace("organisation = \"Bestuursnummer\"", stated)).unwrap();
    stages();
    assert!(bytes(folder.path(), "levels") == recognised);
    let status = || String::from_utf8(run(&["status", path]).stdout).unwrap();
    assert!(!status().contains("layout.toml"), "{}", status());
    std::fs::write(
        folder.path().join("layout.toml"),
        layout.replace("Toelichting", "Notitie"),
    )
    .unwrap();
    assert!(status().contains("layout.toml"), "{}", status());
}
