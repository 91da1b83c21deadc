//! The kept inputs of every fuzz target, read once more: what fuzzing found stays found.

#[path = "../../../fuzz/src/targets.rs"]
#[expect(
    unreachable_pub,
    reason = "a module of the crate of fuzz targets, which hands them on"
)]
mod targets;

use std::path::{Path, PathBuf};

/// The most that all kept inputs may take in the repository, and one of them.
/// Unit: bytes.
const ALL: u64 = 1 << 20;
const ONE: u64 = 64 << 10;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

#[test]
fn kept_inputs_of_every_fuzz_target_are_read() {
    let mut all = 0;
    for (name, target) in targets::TARGETS {
        let inputs = std::fs::read_dir(folder().join(name)).unwrap();
        let inputs: Vec<PathBuf> = inputs.map(|own| own.unwrap().path()).collect();
        assert!(!inputs.is_empty(), "`{name}` has no inputs");
        for path in inputs {
            let bytes = std::fs::read(&path).unwrap();
            assert!(bytes.len() as u64 <= ONE, "{} is too large to keep", path.display());
            all += bytes.len() as u64;
            target(&bytes);
        }
    }
    assert!(all <= ALL, "{all} bytes of inputs: minimise them");
}

#[test]
fn every_folder_of_inputs_has_a_target() {
    for own in std::fs::read_dir(folder()).unwrap() {
        let name = own.unwrap().file_name().into_string().unwrap();
        assert!(
            targets::TARGETS.iter().any(|(own, _)| *own == name),
            "no target `{name}`"
        );
        targets::run(&name, b"");
    }
}
