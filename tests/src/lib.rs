//! Runs the program as its users do: as a process, on folders of files.

pub mod pdf;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the workspace")
        .to_owned()
}

/// The study file of the shipped example.
pub fn example() -> PathBuf {
    root().join("data/example/nulmeting.toml")
}

/// The program, built once for all tests.
///
/// Cargo builds a binary for the tests of its own package only; this package is another one, so it asks. It names
/// a test beside the program, so that cargo unites features as it did for `cargo test --workspace`: any other
/// selection would compile the Parquet library a second time.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args([
                "build",
                "--quiet",
                "--workspace",
                "--bin",
                "nulmeting",
                "--test",
                "whole",
            ])
            .current_dir(root())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "the program builds");
        let test = std::env::current_exe().expect("a test knows itself");
        let folder = test
            .parent()
            .and_then(Path::parent)
            .expect("a test stands in target/debug/deps");
        folder.join("nulmeting")
    })
}

/// Runs the program and gives what it said.
pub fn run(arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts")
}

/// Runs the program and requires that it ends well.
pub fn run_well(arguments: &[&str]) -> Output {
    let output = run(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Every file below a folder with its bytes, by relative path, but for the log.
pub fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().is_some_and(|name| name != "run.log") {
                let name = path
                    .strip_prefix(folder)
                    .expect("it lies below")
                    .to_string_lossy()
                    .into_owned();
                found.insert(name, std::fs::read(&path).expect("a file can be read"));
            }
        }
    }
    found
}

/// A copy of the example study to break, without its truth and outputs.
pub fn example_copy() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder for the copy");
    for (path, bytes) in files(&root().join("data/example")) {
        if path.starts_with("out/") || path.starts_with("truth/") {
            continue;
        }
        let target = copy.path().join(path);
        std::fs::create_dir_all(target.parent().expect("a file has a folder")).expect("it can be made");
        std::fs::write(target, bytes).expect("it can be written");
    }
    copy
}

/// Replaces a text in a file of a copy, and requires that it was there.
pub fn replace(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    assert!(text.contains(from), "`{from}` stands in {}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).expect("it can be written");
}
