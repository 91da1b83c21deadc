//! Sums by the built-in engine, and tables published from sums alone.

use nulmeting_study::Record;
use nulmeting_study::tables::{AnswerCount, Estimate, LevelCount, Organisation, UnitSum};
use nulmeting_survey::{Design, Lonely, Sampling};
use nulmeting_tests::{example, files, run, run_well};
use std::collections::BTreeMap;
use std::path::Path;

fn table<R: Record>(path: &Path) -> Vec<R> {
    nulmeting_tables::read(std::fs::read(path).unwrap(), &path.display().to_string()).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The example, run and summed once for all tests.
fn made() -> &'static tempfile::TempDir {
    static MADE: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (study, out) = (example(), folder.path().join("out"));
        for stage in ["ingest", "normalize", "analyze"] {
            run_well(&[stage, text(&study), "--out", text(&out), "--quiet"]);
        }
        run_well(&["sums", text(&study), "--out", text(&out), "--threads", "1", "--quiet"]);
        folder
    })
}

/// The tables of an output folder but for those that hold single answers.
fn published(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut tables = files(&out.join("tables"));
    tables.retain(|name, _| !["answers.parquet", "responses.parquet"].contains(&name.as_str()));
    tables
}

fn assert_same(expected: &BTreeMap<String, Vec<u8>>, found: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in expected {
        assert!(found.get(name) == Some(bytes), "{name} differs");
    }
}

#[test]
fn sums_are_the_same_bytes_with_any_number_of_threads_and_from_files_by_wave() {
    let (study, out) = (example(), made().path().join("out"));
    let other = tempfile::tempdir().unwrap();
    let organisations = out.join("tables/organisations.parquet");
    let again = other.path().join("again");
    run_well(&[
        "sums",
        text(&study),
        "--out",
        text(&out),
        "--to",
        text(&again),
        "--threads",
        "3",
        "--quiet",
    ]);
    assert_eq!(files(&again), files(&out.join("sums")));

    // The same answers in a folder per wave, in several files, backwards.
    let answers: Vec<nulmeting_study::tables::Answer> = table(&out.join("tables/answers.parquet"));
    for (number, piece) in answers.chunks(4001).rev().enumerate() {
        let mut waves: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for answer in piece.iter().rev() {
            waves.entry(&answer.wave).or_default().push(answer.clone());
        }
        for (wave, rows) in waves {
            let folder = other.path().join(format!("answers/wave={wave}"));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(
                folder.join(format!("part-{number}.parquet")),
                nulmeting_tables::write(&rows).unwrap(),
            )
            .unwrap();
        }
    }
    let parts = other.path().join("parts");
    run_well(&[
        "sums",
        text(&study),
        "--answers",
        text(&other.path().join("answers")),
        "--organisations",
        text(&organisations),
        "--to",
        text(&parts),
        "--quiet",
    ]);
    assert_eq!(files(&parts), files(&out.join("sums")));
}

#[test]
fn tables_published_from_sums_alone_are_those_published_from_the_answers() {
    let (study, out) = (example(), made().path().join("out"));
    let from = tempfile::tempdir().unwrap();
    // What does not come from answers: who could have answered, and what was found on reading.
    for name in ["register", "history", "findings", "sources", "corrections"] {
        let path = format!("tables/{name}.parquet");
        std::fs::create_dir_all(from.path().join("tables")).unwrap();
        std::fs::copy(out.join(&path), from.path().join(&path)).unwrap();
    }
    let sums = out.join("sums");
    run_well(&[
        "analyze",
        text(&study),
        "--sufficient",
        text(&sums),
        "--out",
        text(from.path()),
        "--quiet",
    ]);
    assert_same(&published(&out), &published(from.path()));
}

#[test]
fn exports_counted_file_after_file_give_the_same_sums_and_the_same_published_tables() {
    let (study, out) = (example(), made().path().join("out"));
    let other = tempfile::tempdir().unwrap();
    let (sums, fresh) = (other.path().join("sums"), other.path().join("out"));
    run_well(&[
        "sums",
        text(&study),
        "--exports",
        "--out",
        text(&fresh),
        "--to",
        text(&sums),
        "--quiet",
    ]);
    let mut held = files(&out.join("sums"));
    held.retain(|name, _| name.ends_with(".parquet"));
    assert_same(&held, &files(&sums));
    // Nothing else is needed to go on: register, history and findings lie beside the sums.
    run_well(&[
        "analyze",
        text(&study),
        "--sufficient",
        text(&sums),
        "--out",
        text(&fresh),
        "--quiet",
    ]);
    assert_same(&published(&out), &published(&fresh));
    run_well(&[
        "report",
        text(&study),
        "--out",
        text(&fresh),
        "--documents",
        "html",
        "--quiet",
    ]);
    assert!(fresh.join("report/report.html").is_file());
}

#[test]
fn a_run_after_sums_of_another_engine_makes_its_own_again() {
    let (study, out) = (example(), made().path().join("out"));
    let from = tempfile::tempdir().unwrap();
    let copy = from.path().join("out");
    for (path, bytes) in files(&out) {
        std::fs::create_dir_all(copy.join(&path).parent().unwrap()).unwrap();
        std::fs::write(copy.join(&path), bytes).unwrap();
    }
    let sums = copy.join("sums");
    run_well(&[
        "analyze",
        text(&study),
        "--sufficient",
        text(&sums),
        "--out",
        text(&copy),
        "--quiet",
    ]);
    let status = run_well(&["status", text(&study), "--out", text(&copy), "--format", "json"]);
    let said = String::from_utf8(status.stdout).unwrap();
    let steps: serde_json::Value = serde_json::from_str(&said).unwrap();
    let state = |name: &str| {
        let own = steps["steps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["step"] == name);
        own.unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_ne!(state("normalize"), "up to date");
    assert_ne!(state("analyze"), "up to date");
}

#[test]
fn sums_per_unit_give_the_estimates_and_their_standard_errors() {
    // Design weights only: the variance of calibrated ones needs each row's auxiliaries, which sums do not keep.
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("nulmeting.toml");
    let own = std::fs::read_to_string(example()).unwrap();
    let without = own.replace("calibrate = [\"sector\"]", "calibrate = []");
    assert_ne!(own, without);
    std::fs::write(&study, without).unwrap();
    for name in ["codebook", "keys", "maps", "raw", "register"] {
        std::os::unix::fs::symlink(example().parent().unwrap().join(name), folder.path().join(name)).unwrap();
    }
    for stage in ["ingest", "normalize", "analyze"] {
        run_well(&[stage, text(&study), "--quiet"]);
    }
    run_well(&["sums", text(&study), "--quiet"]);
    let out = folder.path().join("out");
    let organisations: Vec<Organisation> = table(&out.join("tables/organisations.parquet"));
    let estimates: Vec<Estimate> = table(&out.join("tables/estimates.parquet"));
    let sums: Vec<UnitSum> = table(&out.join("sums/unit_sums.parquet"));
    let counts: Vec<LevelCount> = table(&out.join("sums/level_counts.parquet"));

    let sample: Vec<&Organisation> = organisations
        .iter()
        .filter(|row| row.wave == "2024" && row.design_weight.is_some())
        .collect();
    // One line per organisation, so that a total over lines is the total of what the organisations add.
    let design = Design::new(&Sampling {
        rows: sample.len(),
        weights: Some(vec![Some(1.0); sample.len()]),
        strata: Some(sample.iter().map(|row| row.stratum.clone()).collect()),
        populations: vec![
            sample
                .iter()
                .map(|row| row.population.map(|count| count as f64))
                .collect(),
        ],
        lonely: Lonely::Fail,
        ..Sampling::default()
    })
    .unwrap();
    let mut held = 0;
    for estimate in estimates.iter().filter(|row| {
        row.wave == "2024"
            && row.scope.word() == "norm"
            && row.statistic == "mean_level"
            && row.base.word() == "organisations"
            && !row.suppressed
    }) {
        let inside = |sum: &UnitSum| match estimate.by.as_str() {
            "sector" => sum.sector.as_deref() == Some(&estimate.group),
            "size" => sum.size.as_deref() == Some(&estimate.group),
            _ => true,
        };
        let of: BTreeMap<&str, &UnitSum> = sums
            .iter()
            .filter(|sum| {
                sum.wave == "2024" && sum.item == estimate.item && sum.assessor.word() == "self" && inside(sum)
            })
            .map(|sum| (sum.organisation.as_str(), sum))
            .collect();
        let weight: f64 = of.values().map(|sum| sum.w).sum();
        let mean = of.values().map(|sum| sum.wx).sum::<f64>() / weight;
        // Linearised by hand: an organisation moves the mean by its deviation over the sum of weights.
        let deviations: Vec<f64> = sample
            .iter()
            .map(|row| of.get(row.organisation.as_str()))
            .map(|sum| sum.map_or(0.0, |sum| (sum.wx - mean * sum.w) / weight))
            .collect();
        let se = design.total(&deviations, &design.everyone()).unwrap().se.unwrap();
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1e-3);
        assert!(close(mean, estimate.estimate.unwrap()), "{}", estimate.id);
        assert!(
            close(se, estimate.se.unwrap()),
            "{}: {se}, expected {:?}",
            estimate.id,
            estimate.se
        );
        // Weighted counts per level give the same mean.
        let variable = counts.iter().filter(|row| {
            row.wave == "2024"
                && row.variable == estimate.by
                && row.class == estimate.group
                && row.item == estimate.item
                && row.assessor.word() == "self"
        });
        let (above, below) = variable
            .filter_map(|row| Some((row.level? as f64 * row.w, row.w)))
            .fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
        assert!(close(above / below, estimate.estimate.unwrap()), "{}", estimate.id);
        held += 1;
    }
    assert!(held > 100, "{held} estimates were held against sums");
}

#[test]
fn what_is_not_there_or_not_a_count_is_refused_with_its_place() {
    let (study, out) = (example(), made().path().join("out"));
    let folder = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let sufficient = [
        "analyze",
        text(&study),
        "--out",
        text(&out),
        "--sufficient",
        text(folder.path()),
    ];
    let said = refused(&sufficient);
    assert!(
        said.contains("no `answer_counts`") && said.contains("nulmeting sql answer_counts"),
        "{said}"
    );
    // Counts as an engine without a cast would write them.
    let mut counts: Vec<AnswerCount> = table(&out.join("sums/answer_counts.parquet"));
    counts[0].answers = -1;
    std::fs::write(
        folder.path().join("answer_counts.parquet"),
        nulmeting_tables::write(&counts).unwrap(),
    )
    .unwrap();
    let said = refused(&sufficient);
    assert!(
        said.contains("no count of answers") && said.contains("answer_counts.parquet"),
        "{said}"
    );
    let said = refused(&[
        "sums",
        text(&study),
        "--out",
        text(&out),
        "--answers",
        text(folder.path()),
        "--organisations",
        text(&study),
    ]);
    assert!(said.contains("nulmeting.toml"), "{said}");
}

#[test]
fn the_queries_are_printed_as_they_are_shipped() {
    let printed = run_well(&["sql", "answer_counts"]).stdout;
    let shipped = std::fs::read(nulmeting_tests::root().join("data/sql/answer_counts.sql")).unwrap();
    assert_eq!(printed, shipped);
    assert_eq!(run(&["sql", "other"]).status.code(), Some(2));
}
