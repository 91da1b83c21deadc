//! From a number back to its answers, from two runs to what moved, and from an archive back to the same bytes.

use nulmeting_study::tables::Estimate;
use nulmeting_tests::{replace, run, run_well};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// A small study with its outputs.
fn made() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    crate::other_framework::study(folder.path());
    let study = folder.path().join("study.toml").to_str().unwrap().to_owned();
    run_well(&["run", &study, "--language", "en"]);
    (folder, study)
}

fn json(output: &[u8]) -> Value {
    serde_json::from_slice(output).unwrap()
}

/// The ids of every row of every table of a folder that has a column of them.
fn ids(tables: &Path) -> Vec<String> {
    let mut ids = Vec::new();
    for schema in nulmeting_study::tables::all() {
        if schema.column("id").is_none() {
            continue;
        }
        let bytes = std::fs::read(tables.join(format!("{}.parquet", schema.name))).unwrap();
        let columns = nulmeting_tables::read_columns(bytes, schema.name).unwrap();
        let column = columns.column("id").unwrap();
        ids.extend((0..columns.rows()).map(|row| column.text(row).unwrap().to_owned()));
    }
    ids
}

/// What `explain` says of ids: asked in one go, as many as a command line holds.
fn explained(study: &str, out: &str, ids: &[String]) -> Vec<Value> {
    let mut all = Vec::new();
    for some in ids.chunks(500) {
        let mut arguments = vec!["explain", study, "--out", out, "--format", "json"];
        arguments.extend(some.iter().map(String::as_str));
        match json(&run_well(&arguments).stdout) {
            Value::Array(rows) => all.extend(rows),
            row => all.push(row),
        }
    }
    all
}

#[test]
fn every_id_of_every_table_is_explained_and_made_again() {
    let (folder, study) = made();
    let out = folder.path().join("out");
    let ids = ids(&out.join("tables"));
    let explained = explained(&study, out.to_str().unwrap(), &ids);
    assert_eq!(ids.len(), explained.len());
    let mut tables = BTreeSet::new();
    for (id, row) in ids.iter().zip(&explained) {
        assert_eq!(row["id"], id.as_str());
        tables.insert(row["table"].as_str().unwrap().to_owned());
        let stated = row["number"][row["column"].as_str().unwrap()].as_f64();
        let again = row["again"].as_f64();
        match (stated, again) {
            (Some(stated), Some(again)) => assert!((stated - again).abs() < 1e-9, "{id}: {stated} {again}"),
            (None, None) => {}
            _ => assert_eq!(row["rule"], "method", "{id}: {stated:?} {again:?}"),
        }
    }
    assert!(tables.len() > 8, "{tables:?}");
}

#[test]
fn every_id_of_the_page_is_explained() {
    let out = crate::example::out();
    let page = std::fs::read_to_string(out.join("report/report.html")).unwrap();
    let ids: BTreeSet<String> = page
        .split("data-id=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| {
            id.replace("&#x2f;", "/")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
        })
        .filter(|id| !id.is_empty())
        .collect();
    let ids: Vec<String> = ids.into_iter().collect();
    assert!(ids.len() > 300, "{}", ids.len());
    let study = nulmeting_tests::example();
    let explained = explained(study.to_str().unwrap(), out.to_str().unwrap(), &ids);
    for (id, row) in ids.iter().zip(&explained) {
        let stated = row["number"][row["column"].as_str().unwrap()].as_f64();
        let again = row["again"].as_f64();
        let differs = stated
            .zip(again)
            .is_some_and(|(stated, again)| (stated - again).abs() > 1e-9);
        assert!(!differs, "{id}: {stated:?} {again:?}");
    }
}

fn estimates(folder: &Path) -> Vec<Estimate> {
    let bytes = std::fs::read(folder.join("out/tables/estimates.parquet")).unwrap();
    nulmeting_tables::read(bytes, "estimates").unwrap()
}

#[test]
fn every_kind_of_estimate_is_made_again_from_what_explain_shows() {
    let (folder, study) = made();
    let rows = estimates(folder.path());
    let mut kinds = BTreeSet::new();
    let chosen: Vec<&Estimate> = rows
        .iter()
        .filter(|row| {
            kinds.insert((
                row.scope,
                row.statistic.clone(),
                row.base,
                row.by.clone(),
                row.suppressed,
            ))
        })
        .collect();
    assert!(chosen.len() > 30);
    let mut arguments = vec!["explain", &study, "--format", "json"];
    arguments.extend(chosen.iter().map(|row| row.id.as_str()));
    let found = json(&run_well(&arguments).stdout);
    for (row, own) in chosen.iter().zip(found.as_array().unwrap()) {
        assert_eq!(own["withheld"].as_bool(), Some(row.estimate.is_none()));
        match (row.estimate, own["again"].as_f64()) {
            (Some(stated), Some(again)) => assert!((stated - again).abs() < 1e-9, "{}: {stated} {again}", row.id),
            (stated, again) => assert!(stated.is_none() && again.is_none(), "{}", row.id),
        }
        let under = own["organisations"].as_array().unwrap();
        assert_eq!(under.len() as i64, row.n.unwrap_or(0), "{}", row.id);
        for level in under.iter().flat_map(|own| own["levels"].as_array().unwrap()) {
            assert!(
                level["status"] != "answered" || level["answers"][0]["source"] == "export.csv",
                "{level}"
            );
        }
    }
    let text = run_well(&["explain", &study, chosen[0].id.as_str()]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("export.csv, row "));
    let unknown = run(&["explain", &study, "2024/norm/5.1/all/all/mean/organisations"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("2024/norm/5.1/all/all/mean_level/organisations"));
}

#[test]
fn compare_names_exactly_the_numbers_that_moved() {
    let (folder, study) = made();
    let out = folder.path().join("out");
    let earlier = folder.path().join("earlier");
    run_well(&["run", &study, "--language", "en", "--out", earlier.to_str().unwrap()]);
    let before = estimates(folder.path());
    let (a, b) = (earlier.to_str().unwrap(), out.to_str().unwrap());
    assert_eq!(run(&["compare", a, b]).status.code(), Some(0));

    replace(
        &folder.path().join("export.csv"),
        ";\"00001\";\"1\"",
        ";\"00001\";\"4\"",
    );
    run_well(&["run", &study, "--language", "en"]);
    let compared = run(&["compare", a, b, "--format", "json", "--language", "en"]);
    assert_eq!(compared.status.code(), Some(1));
    let found = json(&compared.stdout);
    let moved: BTreeSet<&str> = found["numbers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|own| own["table"] == "estimates")
        .map(|own| own["id"].as_str().unwrap())
        .collect();
    let after = estimates(folder.path());
    let expected: BTreeSet<&str> = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other)
        .map(|(one, _)| one.id.as_str())
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(moved, expected);
    assert!(moved.iter().all(|id| {
        ["2024/norm/5.1/", "2024/domain/5/", "2024/all/"]
            .iter()
            .any(|part| id.starts_with(part))
    }));
    let causes = found["because"]["inputs"].as_array().unwrap();
    assert_eq!(causes.len(), 1);
    assert_eq!(causes[0]["name"], "export.csv");
    assert!(found["because"]["settings"].as_array().unwrap().is_empty());
    assert!(
        found["erratum"]
            .as_str()
            .unwrap()
            .contains("5.1, mean level (wave 2024, per board)")
    );
    let dutch = run(&["compare", a, b]);
    assert!(String::from_utf8_lossy(&dutch.stdout).contains("in plaats van"));

    // A setting is named with both its values.
    replace(Path::new(&study), "seed = 1\n", "seed = 2\n");
    run_well(&["run", &study, "--language", "en"]);
    let found = json(&run(&["compare", a, b, "--format", "json"]).stdout);
    let settings = found["because"]["settings"].as_array().unwrap();
    assert!(
        settings
            .iter()
            .any(|own| own["name"] == "study.seed" && own["a"] == 1 && own["b"] == 2),
        "{settings:?}"
    );
}

#[test]
fn an_archive_gives_the_same_bytes_or_says_what_is_missing() {
    let (folder, study) = made();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stdout).into_owned();
    run_well(&["pack", &study, "--language", "en", "--archive", &at("a.zip")]);
    run_well(&["pack", &study, "--language", "en", "--archive", &at("b.zip")]);
    let bytes = std::fs::read(at("a.zip")).unwrap();
    assert!(
        bytes == std::fs::read(at("b.zip")).unwrap(),
        "the same outputs, the same bytes"
    );
    for name in ["tables/", "export.csv", "register.csv"] {
        let holds = bytes.windows(name.len()).any(|window| window == name.as_bytes());
        assert!(!holds, "{name} is not for an archive without responses");
    }

    let alone = run(&["verify", &at("a.zip")]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(
        said(&alone).contains("an export of wave") && said(&alone).contains("the register of wave"),
        "{}",
        said(&alone)
    );
    let with = run(&["verify", &at("a.zip"), "--inputs", folder.path().to_str().unwrap()]);
    assert_eq!(with.status.code(), Some(0), "{}", said(&with));
    assert!(said(&with).contains("same bytes"), "{}", said(&with));

    run_well(&[
        "pack",
        &study,
        "--language",
        "en",
        "--archive",
        &at("all.zip"),
        "--with-responses",
    ]);
    assert_eq!(run(&["verify", &at("all.zip")]).status.code(), Some(0));

    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(at("damaged.zip"), damaged).unwrap();
    assert_eq!(run(&["verify", &at("damaged.zip")]).status.code(), Some(1));

    // What changed since is told apart from what was packed, and nothing stale is packed.
    replace(
        &folder.path().join("export.csv"),
        ";\"00001\";\"1\"",
        ";\"00001\";\"4\"",
    );
    let changed = run(&["verify", &at("a.zip"), "--inputs", folder.path().to_str().unwrap()]);
    assert_eq!(changed.status.code(), Some(1));
    assert!(said(&changed).contains("an export of wave"), "{}", said(&changed));
    let stale = run(&["pack", &study, "--language", "en", "--archive", &at("c.zip")]);
    assert_eq!(stale.status.code(), Some(1));
    assert!(!Path::new(&at("c.zip")).exists());
}

#[test]
fn documents_that_are_not_asked_for_are_not_made_and_an_archive_knows_which_were() {
    let (folder, study) = made();
    let documents = || -> BTreeSet<String> {
        let files = std::fs::read_dir(folder.path().join("out/report")).unwrap();
        files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let whole = documents();
    assert!(whole.len() >= 3, "{whole:?}");
    let narrow = [&study, "--language", "en", "--documents", "xlsx,html", "--csv"];
    run_well(&[&["run"][..], &narrow].concat());
    assert_eq!(
        documents(),
        BTreeSet::from(["report.html", "tables.xlsx"].map(str::to_owned))
    );

    let archive = folder.path().join("a.zip").to_str().unwrap().to_owned();
    run_well(&[&["pack"][..], &narrow, &["--archive", &archive, "--with-responses"]].concat());
    let verified = run(&["verify", &archive]);
    assert_eq!(
        verified.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );

    run_well(&["run", &study, "--language", "en"]);
    assert_eq!(documents(), whole);
    let unknown = run(&["run", &study, "--documents", "odt"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("html, pdf, docx, xlsx"));
}

#[test]
fn completions_and_manual_know_every_command() {
    let script = run_well(&["completions", "bash"]).stdout;
    let manual = run_well(&["man"]).stdout;
    for command in ["run", "status", "explain", "compare", "pack", "verify"] {
        assert!(
            String::from_utf8_lossy(&script).contains(command) && String::from_utf8_lossy(&manual).contains(command)
        );
    }
}
