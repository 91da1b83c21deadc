//! A second run: only what changed is made again, and whatever happened before, the outputs end the same.

use nulmeting_tests::{example_copy, files, program, replace, run, run_well};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// A small study that runs fast, for the cases that need many runs.
fn small_study() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    crate::other_framework::study(folder.path());
    folder
}

fn json(arguments: &[&str]) -> Value {
    let mut arguments = arguments.to_vec();
    arguments.extend(["--format", "json"]);
    serde_json::from_slice(&run_well(&arguments).stdout).unwrap()
}

/// Each step with its state.
fn states(found: &Value) -> BTreeMap<String, String> {
    let steps = found["steps"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    steps
        .iter()
        .map(|step| (text(&step["step"]), text(&step["state"])))
        .collect()
}

fn reasons(found: &Value, step: &str) -> String {
    let steps = found["steps"].as_array().unwrap();
    steps.iter().find(|own| own["step"] == step).unwrap()["because"].to_string()
}

fn written(found: &Value) -> BTreeSet<String> {
    let paths = found["written"].as_array().unwrap();
    paths.iter().map(|path| path.as_str().unwrap().to_owned()).collect()
}

/// When each file was last written.
fn times(out: &Path) -> BTreeMap<String, SystemTime> {
    let of = |path: &String| std::fs::metadata(out.join(path)).unwrap().modified().unwrap();
    files(out).keys().map(|path| (path.clone(), of(path))).collect()
}

fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, bytes) in a {
        assert!(bytes == &b[path], "{path} differs");
    }
}

#[test]
fn one_corrected_level_remakes_only_what_depends_on_it() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    let (study, out) = (study.to_str().unwrap(), copy.path().join("out"));
    run_well(&["run", study]);
    let (before, at) = (files(&out), times(&out));
    replace(
        &copy.path().join("raw/2024/limesurvey.csv"),
        "\"33533\";\"2\";\"1\";\"1\";",
        "\"33533\";\"3\";\"1\";\"1\";",
    );

    let status = json(&["status", study]);
    assert_eq!(states(&status)["ingest/2023"], "up to date");
    assert_eq!(states(&status)["ingest/2024"], "stale");
    assert_eq!(states(&status)["report"], "waiting");
    assert!(reasons(&status, "ingest/2024").contains("raw/2024/limesurvey.csv changed"));

    let found = json(&["run", study]);
    assert_eq!(states(&found)["ingest/2023"], "up to date");
    for step in ["ingest/2024", "normalize", "analyze", "report"] {
        assert_eq!(states(&found)[step], "made again", "{step}");
    }
    let (after, written) = (files(&out), written(&found));
    for (path, time) in times(&out) {
        assert_eq!(
            before.get(&path) == after.get(&path),
            at.get(&path) == Some(&time),
            "{path}: written when it differs, and only then"
        );
        assert_eq!(
            before.get(&path) != after.get(&path),
            written.contains(&path),
            "{path} is named when it was written"
        );
    }
    assert!(!written.contains("tables/register.parquet") && !written.contains("figures/levels-2023.csv"));
    assert!(written.contains("tables/levels.parquet") && written.contains("manifest.json"));

    let fresh = tempfile::tempdir().unwrap();
    run_well(&["run", study, "--out", fresh.path().to_str().unwrap()]);
    assert_same(&files(fresh.path()), &after);

    // A file more or less than a pattern stood for is noticed too.
    let workbooks = copy.path().join("raw/2024/workbooks");
    let one = std::fs::read_dir(&workbooks).unwrap().next().unwrap().unwrap().path();
    let aside = copy.path().join("aside.xlsx");
    std::fs::rename(&one, &aside).unwrap();
    assert!(reasons(&json(&["status", study]), "ingest/2024").contains("is gone"));
    std::fs::copy(&aside, &one).unwrap();
    assert_eq!(
        json(&["status", study])["current"],
        true,
        "the same bytes under the same name"
    );
    std::fs::copy(&aside, workbooks.join("zz-another.xlsx")).unwrap();
    assert!(reasons(&json(&["status", study]), "ingest/2024").contains("zz-another.xlsx is new"));
    std::fs::remove_file(workbooks.join("zz-another.xlsx")).unwrap();

    // Without its first wave the study has that wave's rows in no table.
    let file = copy.path().join("nulmeting.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (first, second) = (text.find("[[wave]]").unwrap(), text.rfind("[[wave]]").unwrap());
    std::fs::write(&file, format!("{}{}", &text[..first], &text[second..])).unwrap();
    run_well(&["run", study]);
    run_well(&["run", study, "--out", fresh.path().to_str().unwrap(), "--force"]);
    assert_same(&files(fresh.path()), &files(&out));
}

#[test]
fn what_a_change_does_not_reach_is_left_alone() {
    let folder = small_study();
    let file = folder.path().join("study.toml");
    let (study, out) = (file.to_str().unwrap(), folder.path().join("out"));
    run_well(&["run", study, "--public"]);
    assert!(out.join("public/report/report.html").exists());
    let at = times(&out);
    let found = json(&["run", study, "--public"]);
    assert!(written(&found).is_empty() && states(&found).values().all(|state| state == "up to date"));
    assert_eq!(at, times(&out), "no file is touched");

    replace(&file, "[study]\n", "# A word to whoever reads this.\n[study]\n");
    let found = json(&["run", study, "--public"]);
    assert!(states(&found).values().all(|state| state == "up to date"));
    assert_eq!(written(&found), BTreeSet::from(["manifest.json".to_owned()]));

    // Another seed moves what is drawn, and nothing that is counted.
    let found = json(&["run", study, "--seed", "7"]);
    assert_eq!(states(&found)["normalize"], "up to date");
    assert!(reasons(&found, "analyze").contains("study.seed"));
    assert!(!written(&found).contains("tables/estimates.parquet"));
    assert!(!out.join("public").exists(), "what is no longer asked for is gone");

    // An export that carries nothing new changes the list of sources, and no number.
    replace(&folder.path().join("export.csv"), ";\"5\";\"nl\"", ";\"6\";\"nl\"");
    let found = json(&["run", study, "--seed", "7"]);
    assert_eq!(states(&found)["ingest/2024"], "made again");
    assert_eq!(states(&found)["normalize"], "up to date");
    assert_eq!(states(&found)["analyze"], "up to date");

    let found = json(&["run", study, "--seed", "7", "--force"]);
    assert!(states(&found).values().all(|state| state == "made again"));
    assert!(
        written(&found).is_empty(),
        "made again to the same bytes: {:?}",
        written(&found)
    );
}

#[test]
fn damaged_and_missing_outputs_are_found_and_made_again() {
    let folder = small_study();
    let study = folder.path().join("study.toml");
    let (study, out) = (study.to_str().unwrap(), folder.path().join("out"));
    run_well(&["run", study]);
    let whole = files(&out);
    for path in whole.keys() {
        let target = out.join(path);
        let size = whole[path].len();
        // One figure stands for all: they come from one step.
        if path.starts_with("figures/") && path != "figures/levels-2024.csv" {
            continue;
        }
        match size % 3 {
            0 => std::fs::remove_file(&target).unwrap(),
            1 => std::fs::write(&target, &whole[path][..size / 2]).unwrap(),
            // The same size and another byte: what a date and a size would not tell.
            _ => {
                let mut bytes = whole[path].clone();
                bytes[size / 2] ^= 1;
                std::fs::write(&target, bytes).unwrap();
            }
        }
        let status = json(&["status", study]);
        assert!(
            path == "manifest.json" || status["current"] == false,
            "{path} is damaged"
        );
        run_well(&["run", study]);
        assert_same(&files(&out), &whole);
        assert_eq!(json(&["status", study])["current"], true);
    }
}

#[test]
fn a_stage_on_its_own_leaves_nothing_stale_unseen() {
    let folder = small_study();
    let study = folder.path().join("study.toml");
    let (study, out) = (study.to_str().unwrap(), folder.path().join("out"));
    run_well(&["run", study]);
    let whole = files(&out);
    run_well(&["ingest", study]);
    assert_eq!(json(&["status", study])["current"], false);
    run_well(&["run", study]);
    assert_same(&files(&out), &whole);
}

/// Killed at random moments: nothing half-written at any of them, and the next run ends as if nothing had happened.
///
/// The study goes back and forth between two states of an export, so that every run has everything to do.
/// `NULMETING_KILLS` sets how often; the moments are drawn from a fixed seed.
#[test]
fn killed_at_any_moment_the_next_run_ends_with_the_same_bytes() {
    let kills: u64 = std::env::var("NULMETING_KILLS").map_or(10, |text| text.parse().unwrap());
    let folder = small_study();
    let study = folder.path().join("study.toml");
    let (study, out) = (study.to_str().unwrap(), folder.path().join("out"));
    let export = folder.path().join("export.csv");
    let a = std::fs::read(&export).unwrap();
    let text = String::from_utf8(a.clone()).unwrap();
    let b = text.replacen(";\"00001\";\"1\"", ";\"00001\";\"4\"", 1).into_bytes();
    assert!(a != b);
    let mut ends = Vec::new();
    let mut took = Duration::ZERO;
    for state in [&a, &b] {
        std::fs::write(&export, state).unwrap();
        let began = Instant::now();
        run_well(&["run", study, "--force"]);
        took = began.elapsed();
        ends.push(files(&out));
    }
    let mut draw: u64 = 20_230_911;
    let mut killed = 0;
    for kill in 0..kills {
        let state = usize::from(kill % 2 == 1);
        std::fs::write(&export, [&a, &b][state]).unwrap();
        let mut child = Command::new(program())
            .args(["run", study, "--force"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        draw = draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = (draw >> 33) as f64 / f64::from(1u32 << 31);
        // Every other kill aims at the writing, which is the shortest part of a run.
        let share = if kill % 4 < 2 { share } else { 0.9 + 0.1 * share };
        std::thread::sleep(took.mul_f64(share));
        killed += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        for (path, bytes) in files(&out) {
            if !path.starts_with(".nulmeting-writing/") {
                assert!(
                    ends.iter().any(|end| end.get(&path) == Some(&bytes)),
                    "kill {kill}: {path} is whole, of this run or of an earlier one"
                );
            }
        }
        if kill % 3 == 2 {
            run_well(&["run", study]);
            assert_same(&files(&out), &ends[state]);
        }
    }
    assert!(killed > 0, "at least one run was still at work when it was killed");
    std::fs::write(&export, &a).unwrap();
    run_well(&["run", study]);
    assert_same(&files(&out), &ends[0]);
}

#[test]
fn two_at_once_in_one_folder_is_refused_and_takes_nothing_away() {
    let folder = small_study();
    let study = folder.path().join("study.toml");
    let (study, out) = (study.to_str().unwrap(), folder.path().join("out"));
    run_well(&["run", study]);
    let before = files(&out);
    let other = std::fs::File::open(&out).unwrap();
    other.lock().unwrap();
    let refused = run(&["run", study, "--force"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        said.contains("another nulmeting is at work") && said.contains("hint"),
        "{said}"
    );
    assert_same(&files(&out), &before);
    drop(other);
    run_well(&["run", study, "--force"]);
}

/// The limit on a file's size stands for a full disk: both come back from the same call, and it needs no rights.
#[cfg(unix)]
#[test]
fn a_full_disk_is_a_clear_error_and_takes_nothing_away() {
    let folder = small_study();
    let study = folder.path().join("study.toml");
    let (study, out) = (study.to_str().unwrap(), folder.path().join("out"));
    run_well(&["run", study]);
    let before = files(&out);
    replace(
        &folder.path().join("export.csv"),
        ";\"00001\";\"1\"",
        ";\"00001\";\"4\"",
    );
    let full = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" run \"$1\" --color never"])
        .args([program().to_str().unwrap(), study])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot be written") && said.contains("hint"), "{said}");
    assert_same(&files(&out), &before);
    run_well(&["run", study]);
    assert!(before != files(&out));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_a_clear_error() {
    let folder = small_study();
    let study = folder.path().join("study.toml");
    let study = study.to_str().unwrap();
    std::fs::write(folder.path().join("taken"), "a file where a folder should be").unwrap();
    let refused = run(&["run", study, "--out", folder.path().join("taken/out").to_str().unwrap()]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot be written") && said.contains("--out"), "{said}");
}
