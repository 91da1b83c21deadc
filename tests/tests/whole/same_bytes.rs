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
