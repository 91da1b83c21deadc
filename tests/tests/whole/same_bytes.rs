//! Same input, same bytes: another folder, another number of threads, stage by stage.

use nulmeting_tests::{example, example_copy, files, run_well};

fn assert_same(a: &std::path::Path, b: &std::path::Path) {
    let (a, b) = (files(a), files(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (path, bytes) in &a {
        assert!(bytes == &b[path], "{path} differs");
    }
    assert!(a.len() > 20);
}

#[test]
fn another_folder_and_other_threads_change_no_byte() {
    let (one, two) = (tempfile::tempdir().unwrap(), example_copy());
    run_well(&[
        "run",
        example().to_str().unwrap(),
        "--threads",
        "1",
        "--out",
        one.path().to_str().unwrap(),
    ]);
    let study = two.path().join("nulmeting.toml");
    run_well(&["run", study.to_str().unwrap(), "--threads", "2"]);
    assert_same(one.path(), &two.path().join("out"));
}

#[test]
fn the_four_stages_give_what_run_gives() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let study = example();
    let study = study.to_str().unwrap();
    run_well(&["run", study, "--out", one.path().to_str().unwrap()]);
    for stage in ["ingest", "normalize", "analyze", "report"] {
        run_well(&[stage, study, "--out", two.path().to_str().unwrap()]);
    }
    assert_same(one.path(), two.path());
}

#[test]
fn a_second_run_touches_nothing() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    run_well(&["run", study.to_str().unwrap()]);
    let manifest = copy.path().join("out/manifest.json");
    let before = std::fs::metadata(&manifest).unwrap().modified().unwrap();
    let output = run_well(&["run", study.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing changed"));
    assert_eq!(std::fs::metadata(&manifest).unwrap().modified().unwrap(), before);
}

#[test]
fn a_damaged_output_is_made_again() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    run_well(&["run", study.to_str().unwrap()]);
    let report = copy.path().join("out/report/report.html");
    let whole = std::fs::read(&report).unwrap();
    std::fs::write(&report, &whole[..whole.len() / 2]).unwrap();
    run_well(&["run", study.to_str().unwrap()]);
    assert!(std::fs::read(&report).unwrap() == whole);
}
