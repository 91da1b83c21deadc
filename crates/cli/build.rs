//! Fingerprints of the code and the shipped data that each step is made with, so that a new version of a step
//! makes its outputs again and leaves those of other steps alone.

use std::fs;
use std::path::Path;

/// What every step rests on: the vocabulary, the tables, the program around the stages, and the versions of libraries.
const COMMON: &[&str] = &[
    "Cargo.lock",
    "crates/study/src",
    "crates/tables/src",
    "crates/cli/src",
    "data/frameworks",
    "data/lexicon",
];

/// What each step rests on beside that.
const STEPS: &[(&str, &[&str])] = &[
    ("INGEST", &["crates/ingest/src"]),
    (
        "NORMALIZE",
        &["crates/normalize/src", "crates/counts/src", "crates/survey/src"],
    ),
    (
        "ANALYZE",
        &[
            "crates/analyze/src",
            "crates/counts/src",
            "crates/survey/src",
            "crates/typology/src",
        ],
    ),
    (
        "REPORT",
        &["crates/report", "reports/texts", "reports/templates", "reports/theme"],
    ),
];

fn main() {
    let root = Path::new("../..");
    let pdf = std::env::var_os("CARGO_FEATURE_PDF").is_some();
    for (step, parts) in STEPS {
        let mut print = Fingerprint::default();
        for part in COMMON.iter().chain(*parts) {
            println!("cargo::rerun-if-changed={}", root.join(part).display());
            print.add_path(root, part);
        }
        if *step == "REPORT" {
            print.add(&[u8::from(pdf)]);
        }
        println!("cargo::rustc-env=NULMETING_CODE_{step}={:032x}", print.0);
    }
}

/// FNV-1a over 128 bits: it tells versions apart, and nobody relies on it against a forger.
struct Fingerprint(u128);

impl Default for Fingerprint {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Fingerprint {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    /// Adds a file, or every file below a folder in order of name, each with its path.
    fn add_path(&mut self, root: &Path, path: &str) {
        let full = root.join(path);
        if full.is_dir() {
            let mut names: Vec<String> = fs::read_dir(&full)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .collect();
            names.sort();
            for name in names
                .iter()
                .filter(|name| *name != "tests" && !name.starts_with("tests."))
            {
                self.add_path(root, &format!("{path}/{name}"));
            }
        } else if let Ok(bytes) = fs::read(&full) {
            self.add(path.as_bytes());
            self.add(&bytes);
        }
    }
}
