//! The example study against the truth that its maker wrote down.

use nulmeting_normalize::Pseudonyms;
use nulmeting_study::tables::{
    Attention, Change, Choice, Estimate, Level, Organisation, OrganisationType, Precision, Response, Score,
};
use nulmeting_study::{Finding, Record};
use nulmeting_tests::{example, root, run_well};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

/// The example's outputs, made once.
pub(crate) fn out() -> &'static Path {
    static OUT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = OUT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_string_lossy().into_owned();
        run_well(&["run", example().to_str().unwrap(), "--out", &out, "--public"]);
        folder
    });
    folder.path()
}

fn table<R: Record>() -> Vec<R> {
    let path = out().join("tables").join(format!("{}.parquet", R::schema().name));
    nulmeting_tables::read(std::fs::read(&path).unwrap(), "table").unwrap()
}

fn truth(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = root().join("data/example/truth").join(name);
    csv::Reader::from_path(path)
        .unwrap()
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

/// Real number to the name in the tables.
fn names() -> Pseudonyms {
    Pseudonyms::new(
        &std::fs::read_to_string(root().join("data/example/keys/pseudonym.key")).unwrap(),
        true,
    )
    .unwrap()
}

fn named(row: &BTreeMap<String, String>) -> String {
    names().of(&row["organisation"])
}

fn number(text: &str) -> Option<f64> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// Whether two numbers that may be missing are the same to what a file keeps.
fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9,
        (a, b) => a.is_none() && b.is_none(),
    }
}

#[test]
fn every_level_is_recovered() {
    let truth = truth("levels.csv");
    assert!(truth.len() > 5000);
    let rows: Vec<Level> = table();
    let found: BTreeMap<_, _> = rows
        .iter()
        .map(|row| {
            (
                (
                    row.wave.clone(),
                    row.organisation.clone(),
                    row.norm.clone(),
                    row.assessor.word().to_owned(),
                ),
                row,
            )
        })
        .collect();
    let mut wrong = Vec::new();
    for row in &truth {
        let key = (
            row["wave"].clone(),
            named(row),
            row["norm"].clone(),
            row["assessor"].clone(),
        );
        let level = row["level"].parse::<i64>().ok();
        let meets = row["meets_target"].parse::<bool>().ok();
        match found.get(&key) {
            Some(own) if own.level == level && own.status.word() == row["status"] && own.meets_target == meets => {}
            other => wrong.push(format!("{row:?}\n    found {other:?}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong, first:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n")
    );
    assert_eq!(found.len(), truth.len(), "no level that nobody gave");
}

#[test]
fn every_score_is_recovered() {
    let truth = truth("scores.csv");
    assert!(truth.len() > 1000);
    let rows: Vec<Score> = table();
    let found: BTreeMap<_, _> = rows
        .iter()
        .map(|row| ((row.wave.clone(), row.organisation.clone(), row.domain.clone()), row))
        .collect();
    for row in &truth {
        let own = found[&(row["wave"].clone(), named(row), row["domain"].clone())];
        assert!(
            same(own.mean_level, number(&row["mean_level"]))
                && same(own.share_meeting, number(&row["share_meeting"]))
                && own.compliant == row["compliant"].parse().ok()
                && own.complete.to_string() == row["complete"]
                && own.applicable.to_string() == row["applicable"]
                && own.answered.to_string() == row["answered"],
            "{row:?}\n    found {own:?}"
        );
    }
    assert_eq!(found.len(), truth.len());
}

#[test]
fn every_type_is_recovered() {
    let truth = truth("types.csv");
    let rows: Vec<OrganisationType> = table();
    let found: BTreeMap<_, _> = rows
        .iter()
        .map(|row| ((row.wave.clone(), row.organisation.clone()), row))
        .collect();
    for row in &truth {
        let own = found[&(row["wave"].clone(), named(row))];
        let expected = (!row["type"].is_empty()).then(|| row["type"].clone());
        assert!(
            own.r#type == expected
                && same(own.policy, number(&row["policy"]))
                && same(own.practice, number(&row["practice"])),
            "{row:?}\n    found {own:?}"
        );
    }
    assert_eq!(found.len(), truth.len());
}

#[test]
fn every_planted_oddity_is_found_and_nothing_else() {
    let key = |row: &BTreeMap<String, String>| {
        ["severity", "rule", "wave", "source", "sheet", "row", "column"].map(|name| row[name].clone())
    };
    let planted: BTreeSet<_> = truth("findings.csv").iter().map(key).collect();
    assert!(planted.len() >= 10);
    let found: BTreeSet<_> = table::<Finding>()
        .into_iter()
        .map(|own| {
            [
                own.severity.word().to_owned(),
                own.rule.word().to_owned(),
                own.wave.unwrap_or_default(),
                own.source.unwrap_or_default(),
                own.sheet.unwrap_or_default(),
                own.row.map(|row| row.to_string()).unwrap_or_default(),
                own.column.unwrap_or_default(),
            ]
        })
        .collect();
    let missed: Vec<_> = planted.difference(&found).collect();
    let extra: Vec<_> = found.difference(&planted).collect();
    assert!(
        missed.is_empty() && extra.is_empty(),
        "missed {missed:#?}\nextra {extra:#?}"
    );
}

#[test]
fn the_shares_over_the_levels_sum_to_one() {
    let mut sums: BTreeMap<_, f64> = BTreeMap::new();
    for row in table::<Estimate>() {
        let Some(level) = row.statistic.strip_prefix("share_level_") else {
            continue;
        };
        if let (Ok(_), Some(share)) = (level.parse::<i64>(), row.estimate) {
            *sums
                .entry((row.wave, row.scope, row.item, row.by, row.group, row.base))
                .or_default() += share;
        }
    }
    assert!(sums.len() > 100);
    for (key, sum) in sums {
        assert!((sum - 1.0).abs() < 1e-9, "{key:?} {sum}");
    }
}

#[test]
fn small_groups_are_withheld_and_stay_as_rows() {
    let rows: Vec<Estimate> = table();
    let (withheld, open): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.suppressed);
    assert!(!withheld.is_empty());
    for row in withheld {
        assert!(
            row.estimate.is_none() && row.se.is_none() && row.ci_low.is_none(),
            "{row:?}"
        );
        // How many they are says how few, and a population says how many they are.
        assert!(
            row.n.is_none() && row.population.is_none() && row.df.is_none(),
            "{row:?}"
        );
    }
    assert!(
        open.iter()
            .all(|row| row.estimate.is_some() && row.n.is_some_and(|n| n >= 5))
    );
}

#[test]
fn intervals_hold_their_estimate_and_stay_in_bounds() {
    for row in table::<Estimate>() {
        if let (Some(estimate), Some(low), Some(high)) = (row.estimate, row.ci_low, row.ci_high) {
            assert!(low <= estimate + 1e-9 && estimate <= high + 1e-9, "{row:?}");
            let bounds = if row.statistic.starts_with("share") {
                0.0..=1.0
            } else {
                1.0..=5.0
            };
            assert!(bounds.contains(&low) && bounds.contains(&high), "{row:?}");
        }
    }
}

#[test]
fn no_board_number_mail_or_address_reaches_an_output() {
    let register: BTreeSet<String> = truth("types.csv")
        .iter()
        .map(|row| row["organisation"].clone())
        .collect();
    let cells = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    for response in table::<Response>() {
        if let Some(value) = &response.value {
            assert!(!value.contains('@'), "an address in {}", response.column);
            assert!(
                cells(value).is_disjoint(&register),
                "a board number in {}",
                response.column
            );
        }
    }
    let report = std::fs::read_to_string(out().join("report/report.html")).unwrap();
    assert!(!report.contains("@example"), "an address in the report");
}

/// The texts of a file: those inside an office document too, and every cell of a table.
pub(crate) fn texts(path: &str, bytes: Vec<u8>) -> Vec<String> {
    if path.ends_with(".xlsx") || path.ends_with(".docx") {
        let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        return (0..book.len())
            .map(|place| {
                let mut text = String::new();
                let mut part = book.by_index(place).unwrap();
                std::io::Read::read_to_string(&mut part, &mut text).unwrap_or_default();
                // A sheet numbers its rows in its tags, and names its texts by their place in another part.
                if part.name().is_ok_and(|name| name.starts_with("xl/worksheets/")) {
                    let cells = text.split("<c ").filter(|cell| !cell.contains("t=\"s\""));
                    let values = cells.flat_map(|cell| cell.split('<').filter_map(|tag| tag.split_once('>')));
                    text = values.map(|(_, value)| format!("{value} ")).collect();
                }
                text
            })
            .collect();
    }
    if path.ends_with(".parquet") {
        let cells = |table: nulmeting_study::table::Table| {
            let rows = table.rows();
            table
                .columns
                .iter()
                .flat_map(|values| {
                    (0..rows)
                        .filter_map(|row| values.text(row).map(str::to_owned))
                        .collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        };
        return match path.rsplit('/').next().unwrap() {
            "estimates.parquet" => cells(Estimate::table(
                &nulmeting_tables::read::<Estimate>(bytes, path).unwrap(),
            )),
            "choices.parquet" => cells(Choice::table(&nulmeting_tables::read::<Choice>(bytes, path).unwrap())),
            "attention.parquet" => cells(Attention::table(
                &nulmeting_tables::read::<Attention>(bytes, path).unwrap(),
            )),
            "changes.parquet" => cells(Change::table(&nulmeting_tables::read::<Change>(bytes, path).unwrap())),
            "precision.parquet" => cells(Precision::table(
                &nulmeting_tables::read::<Precision>(bytes, path).unwrap(),
            )),
            other => panic!("nobody said that {other} may go outside"),
        };
    }
    if path.ends_with(".pdf") {
        return vec![nulmeting_tests::pdf::text(&bytes)];
    }
    // What is drawn in pixels has no text; it is drawn from the SVG beside it.
    if path.ends_with(".png") {
        return Vec::new();
    }
    vec![String::from_utf8(bytes).unwrap()]
}

#[test]
fn outside_profile_names_no_board() {
    let boards: Vec<Organisation> = table();
    assert!(boards.len() > 500);
    let names: BTreeSet<&str> = boards.iter().map(|row| row.organisation.as_str()).collect();
    let numbers: BTreeSet<String> = truth("types.csv")
        .iter()
        .map(|row| row["organisation"].clone())
        .collect();
    // Names stand in the register as delivered; those of one letter or number are words of any text.
    let register = std::fs::read_to_string(root().join("data/example/register/besturen.csv")).unwrap();
    let called: BTreeSet<String> = register
        .lines()
        .skip(1)
        .filter_map(|line| line.split(';').nth(1).or_else(|| line.split(',').nth(1)))
        .map(|name| name.trim_matches('"').to_owned())
        .filter(|name| name.split(' ').count() > 1)
        .collect();
    assert!(called.len() > 500, "{} names", called.len());
    let mut looked = BTreeSet::new();
    for (path, bytes) in nulmeting_tests::files(&out().join("public")) {
        for text in texts(&path, bytes) {
            assert!(text.len() < 2_000 || !path.ends_with(".pdf") || text.matches('\u{fffd}').count() == 0);
            let flat = text.replace('\n', " ");
            let name = called.iter().find(|name| flat.contains(name.as_str()));
            assert!(name.is_none(), "{name:?} in public/{path}");
            looked.insert(path.rsplit('.').next().unwrap().to_owned());
            for token in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.') {
                assert!(!names.contains(token), "a pseudonym in public/{path}");
                // In pictures and widths digits stand by themselves; elsewhere a number of five is a board.
                let coordinates = path.ends_with(".svg") || path.ends_with(".html");
                let token = token.trim_matches('.');
                assert!(
                    coordinates || !numbers.contains(token),
                    "board number {token} in public/{path}"
                );
            }
            // A file that one board filled in is a row about that board.
            assert!(
                !text.contains("workbooks/") && !text.contains("peer-review/"),
                "a source file in public/{path}"
            );
        }
    }
    for kind in ["html", "pdf", "svg", "csv", "txt", "xlsx", "docx", "parquet", "json"] {
        assert!(looked.contains(kind), "no {kind} among {looked:?}");
    }
}

#[test]
fn reports_are_tagged_as_pdf_ua_asks() {
    for path in ["report/report.pdf", "public/report/report.pdf"] {
        let bytes = std::fs::read(out().join(path)).unwrap();
        let faults = nulmeting_tests::pdf::faults(&bytes);
        assert!(faults.is_empty(), "{path}: {faults:?}");
        let text = nulmeting_tests::pdf::text(&bytes);
        assert!(text.contains("Bedrijfscontinuïteitsmanagement"), "{path} has its text");
    }
}
