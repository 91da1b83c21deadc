//! Answers that somebody delivers as Parquet: they say what the same table says as CSV.

use nulmeting_study::study_file::Limits;
use nulmeting_study::tables::Response;
use nulmeting_tests::{replace, run, run_well};
use std::path::{Path, PathBuf};

nulmeting_study::table! {
    /// An answer as an analyst would keep it: numbers and booleans where they fit.
    pub struct Kept, "kept", one row per "answer", key [] {
        /// Key of the response.
        respondent: i64;
        /// Number of the organisation.
        organisation: String;
        /// When it was sent.
        submitted: String;
        /// Whether it is finished.
        complete: bool;
        /// Item.
        item: String;
        /// Option.
        option: Option<String>;
        /// Answer.
        value: Option<String>;
        /// State of the answer.
        state: String;
    }
}

fn made(folder: &Path) -> PathBuf {
    let out = folder.to_str().unwrap();
    run_well(&["synth", "--organisations", "60", "--export", "tidy", "--out", out, "-q"]);
    folder.join("nulmeting.toml")
}

/// Puts a Parquet file in the place of each CSV of answers.
fn columnar(folder: &Path) -> Vec<PathBuf> {
    let mut written = Vec::new();
    let study = folder.join("nulmeting.toml");
    let text = std::fs::read_to_string(&study).unwrap();
    let paths = text.lines().filter_map(|line| line.strip_prefix("path = \""));
    for path in paths.map(|rest| rest.trim_end_matches('"')) {
        let mut reader = csv::Reader::from_path(folder.join(path)).unwrap();
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            let filled = |place: usize| Some(row[place].to_owned()).filter(|text| !text.is_empty());
            Kept {
                respondent: row[0].parse().unwrap(),
                organisation: row[1].to_owned(),
                submitted: row[2].to_owned(),
                complete: &row[3] == "true",
                item: row[4].to_owned(),
                option: filled(5),
                value: filled(6),
                state: row[7].to_owned(),
            }
        });
        let rows: Vec<Kept> = rows.collect();
        let new = path.replace(".csv", ".parquet");
        std::fs::write(folder.join(&new), nulmeting_tables::write(&rows).unwrap()).unwrap();
        std::fs::remove_file(folder.join(path)).unwrap();
        replace(&study, path, &new);
        written.push(folder.join(new));
    }
    written
}

fn table(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(format!("out/tables/{name}.parquet"))).unwrap()
}

#[test]
fn parquet_gives_the_tables_that_the_same_answers_give_as_csv() {
    let made_in = tempfile::tempdir().unwrap();
    let (as_csv, as_parquet) = (made_in.path().join("csv"), made_in.path().join("parquet"));
    for folder in [&as_csv, &as_parquet] {
        made(folder);
    }
    assert!(!columnar(&as_parquet).is_empty());
    for folder in [&as_csv, &as_parquet] {
        let study = folder.join("nulmeting.toml");
        for stage in ["ingest", "normalize", "analyze"] {
            run_well(&[stage, study.to_str().unwrap(), "-q"]);
        }
    }
    for name in ["levels", "scores", "estimates", "choices"] {
        assert!(table(&as_csv, name) == table(&as_parquet, name), "{name}");
    }
    // Cell by cell the same, with the same place: only the name of the file differs.
    let rows = |folder: &Path| -> Vec<Response> {
        let rows = nulmeting_tables::read::<Response>(table(folder, "responses"), "responses").unwrap();
        let renamed = rows.into_iter().map(|row| Response {
            source: row.source.replace(".parquet", ".csv").into(),
            ..row
        });
        renamed.collect()
    };
    let (csv, parquet) = (rows(&as_csv), rows(&as_parquet));
    assert!(csv.len() > 1000);
    assert!(csv == parquet);
}

#[test]
fn damaged_parquet_is_a_finding_and_nothing_of_the_library_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let study = made(folder.path());
    let first = columnar(folder.path()).swap_remove(0);
    let own = |item: &str| Kept {
        respondent: 1,
        organisation: "40001".to_owned(),
        submitted: "2024-05-01".to_owned(),
        complete: true,
        item: item.to_owned(),
        option: None,
        value: Some("3".to_owned()),
        state: "answered".to_owned(),
    };
    let whole = nulmeting_tables::write(&[own("GO.01"), own("GO.02")]).unwrap();
    let damaged = (4..whole.len()).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        bytes
    });
    // Those that the library holds for true until it panics.
    let believed = damaged.filter(|bytes| {
        let read = nulmeting_tables::read_delivered(bytes, &Limits::default(), "own.parquet");
        read.is_err_and(|error| error.found.contains("contradicts itself"))
    });
    let believed: Vec<_> = believed.take(3).collect();
    assert!(!believed.is_empty());
    for bytes in believed {
        std::fs::write(&first, bytes).unwrap();
        let output = run(&["check", study.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("contradicts itself"), "{said}");
        let aside = String::from_utf8_lossy(&output.stderr);
        assert!(!aside.contains("panicked"), "{aside}");
    }
}
