//! The made-up study held against itself: what it claims about its files must be true of the files.

use calamine::{Data, Reader, Xlsx};
use nulmeting_study::{Framework, ItemMap, Study};
use nulmeting_synth::{Options, study};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::OnceLock;

type Files = BTreeMap<String, Vec<u8>>;

fn example() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| study(&Options::default()).unwrap().into_iter().collect())
}

fn small(seed: u64, waves: usize) -> Files {
    let options = Options {
        organisations: 60,
        waves,
        seed,
        ..Options::default()
    };
    study(&options).unwrap().into_iter().collect()
}

fn text<'a>(files: &'a Files, path: &str) -> &'a str {
    std::str::from_utf8(&files[path])
        .unwrap()
        .trim_start_matches('\u{feff}')
}

/// The records of a file in separated values, heading included.
fn records(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The rows of a table of the truth.
fn truth(files: &Files, table: &str) -> Vec<BTreeMap<String, String>> {
    let rows = records(text(files, &format!("truth/{table}.csv")), b',');
    rows[1..]
        .iter()
        .map(|row| rows[0].iter().cloned().zip(row.iter().cloned()).collect())
        .collect()
}

/// An edition of the register: sector and pupils by number.
fn register(files: &Files, path: &str, delimiter: u8) -> BTreeMap<String, (String, Option<i64>)> {
    // Windows-1252 and Unicode number the letters that occur alike.
    let letters: String = match std::str::from_utf8(&files[path]) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => files[path].iter().map(|byte| char::from(*byte)).collect(),
    };
    let rows = records(&letters, delimiter);
    rows[1..]
        .iter()
        .map(|row| (row[0].clone(), (row[4].clone(), row[5].parse().ok())))
        .collect()
}

fn framework(files: &Files, folder: &str) -> Framework {
    let prefix = format!("{folder}/");
    let codebook = files.iter().filter_map(|(path, bytes)| {
        Some((
            path.strip_prefix(&prefix)?.to_owned(),
            String::from_utf8(bytes.clone()).unwrap(),
        ))
    });
    Framework::parse(&codebook.collect(), folder).unwrap()
}

fn organisations(rows: &[BTreeMap<String, String>], wave: &str) -> BTreeSet<String> {
    rows.iter()
        .filter(|row| row["wave"] == wave)
        .map(|row| row["organisation"].clone())
        .collect()
}

#[test]
fn same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let first = small(1, 2);
    assert!(first == small(1, 2));
    let other = small(2, 2);
    assert_ne!(first["raw/2024/limesurvey.csv"], other["raw/2024/limesurvey.csv"]);
    assert_ne!(first["keys/pseudonym.key"], other["keys/pseudonym.key"]);
}

#[test]
fn fewer_and_more_waves_keep_the_answers_of_the_wave_they_share() {
    let (one, three) = (small(1, 1), small(1, 3));
    assert_eq!(one["raw/2024/limesurvey.csv"], three["raw/2024/limesurvey.csv"]);
    let waves = |files: &Files| {
        Study::parse(text(files, "nulmeting.toml"), "nulmeting.toml")
            .unwrap()
            .waves
            .len()
    };
    assert_eq!((waves(&one), waves(&three)), (1, 3));
    assert!(three.contains_key("raw/2025/forms-nl.xlsx"));
}

#[test]
fn too_few_boards_is_an_error_that_says_so() {
    let options = Options {
        organisations: 10,
        ..Options::default()
    };
    assert_eq!(
        study(&options).unwrap_err().to_string(),
        "10 organisations; expected 60 to 90000"
    );
}

#[test]
fn everything_that_the_study_file_names_is_there_and_parses() {
    let files = example();
    let study = Study::parse(text(files, "nulmeting.toml"), "nulmeting.toml").unwrap();
    assert!(files.contains_key(study.study.pseudonym_key.as_ref().unwrap()));
    for wave in &study.waves {
        framework(files, study.framework_of(wave));
        assert!(files.contains_key(study.register_of(wave)));
        if let Some(asked) = &wave.asked {
            assert!(files.contains_key(asked));
        }
        for entry in &wave.sources {
            assert!(files.keys().any(|path| entry.fits(path)), "{}", entry.path);
            if let Some(map) = &entry.items {
                ItemMap::parse(text(files, map), map).unwrap();
            }
        }
    }
}

#[test]
fn every_question_of_an_instrument_is_mapped_but_the_planted_one() {
    let files = example();
    for (export, map, folder, planted) in [
        (
            "raw/2023/limesurvey.csv",
            "maps/limesurvey-2023.csv",
            "codebook/2023",
            None,
        ),
        (
            "raw/2024/limesurvey.csv",
            "maps/limesurvey.csv",
            "codebook/2024",
            Some("G12Q01"),
        ),
    ] {
        let (framework, map) = (framework(files, folder), ItemMap::parse(text(files, map), map).unwrap());
        let heading = records(text(files, export), b';').remove(0);
        let asked = &heading[10..heading.len() - 2];
        let unmapped: Vec<&str> = asked
            .iter()
            .filter(|code| {
                let (question, rest) = code.split_once('[').unwrap_or((code, ""));
                map.item(&framework, question, rest.trim_end_matches(']')).is_none()
            })
            .map(String::as_str)
            .collect();
        assert_eq!(unmapped, planted.into_iter().collect::<Vec<_>>());
    }
    for language in ["nl", "en"] {
        let path = format!("maps/forms-{language}.csv");
        let (framework, map) = (
            framework(files, "codebook/2024"),
            ItemMap::parse(text(files, &path), &path).unwrap(),
        );
        let mut workbook = Xlsx::new(Cursor::new(&files[&format!("raw/2024/forms-{language}.xlsx")])).unwrap();
        let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
        let meta = if language == "nl" { 7 } else { 6 };
        for heading in sheet.rows().next().unwrap().iter().skip(meta) {
            assert!(map.item(&framework, &heading.to_string(), "").is_some(), "{heading}");
        }
    }
}

#[test]
fn baseline_has_fifteen_boards_with_about_eighty_thousand_pupils() {
    let files = example();
    let register = register(files, "register/besturen-2023.csv", b';');
    let boards = organisations(&truth(files, "levels"), "2023");
    let pupils: i64 = boards.iter().map(|board| register[board].1.unwrap()).sum();
    assert_eq!(boards.len(), 15);
    assert!((75_000..=85_000).contains(&pupils), "{pupils}");
}

#[test]
fn sample_covers_every_stratum_that_has_boards_enough() {
    let files = example();
    let register = register(files, "register/besturen.csv", b',');
    assert!((980..=1_000).contains(&register.len()));
    let stratum = |number: &str| {
        let (sector, pupils) = &register[number];
        pupils.map(|pupils| {
            (
                sector.clone(),
                [1_000, 5_000, 20_000].iter().filter(|limit| pupils >= **limit).count(),
            )
        })
    };
    let mut population: BTreeMap<_, usize> = BTreeMap::new();
    let mut answered: BTreeMap<_, usize> = BTreeMap::new();
    for number in register.keys() {
        if let Some(stratum) = stratum(number) {
            *population.entry(stratum).or_default() += 1;
        }
    }
    let boards = organisations(&truth(files, "levels"), "2024");
    let asked: BTreeSet<String> = records(text(files, "register/gevraagd-2024.csv"), b',')
        .into_iter()
        .skip(1)
        .flatten()
        .collect();
    assert!(boards.is_subset(&asked));
    for number in &boards {
        *answered.entry(stratum(number).unwrap()).or_default() += 1;
    }
    for (stratum, count) in population {
        assert!(answered[&stratum] >= count.min(2), "{stratum:?}");
    }
    assert!((110..=130).contains(&boards.len()) && (190..=215).contains(&asked.len()));
}

#[test]
fn truth_has_every_board_with_every_norm_domain_and_type() {
    let files = example();
    let (levels, scores, types) = (truth(files, "levels"), truth(files, "scores"), truth(files, "types"));
    for (wave, folder, parts) in [("2023", "codebook/2023", 1), ("2024", "codebook/2024", 2)] {
        let framework = framework(files, folder);
        let boards = organisations(&levels, wave);
        let of_wave = |rows: &[BTreeMap<String, String>]| rows.iter().filter(|row| row["wave"] == wave).count();
        let own = levels
            .iter()
            .filter(|row| row["wave"] == wave && row["assessor"] == "self")
            .count();
        assert_eq!(own, boards.len() * framework.norms.len());
        assert_eq!(of_wave(&scores), boards.len() * (framework.domains.len() + parts));
        assert_eq!(of_wave(&types), boards.len());
        // Nobody meets everything.
        let all = scores
            .iter()
            .filter(|row| row["wave"] == wave && row["domain"] == "all");
        assert!(all.into_iter().all(|row| row["compliant"] == "false"));
    }
    let validated: BTreeSet<&String> = levels
        .iter()
        .filter(|row| row["assessor"] == "validated")
        .map(|row| &row["organisation"])
        .collect();
    assert_eq!(validated.len(), 12);
    let answered: Vec<f64> = levels.iter().filter_map(|row| row["level"].parse().ok()).collect();
    let mean = answered.iter().sum::<f64>() / answered.len() as f64;
    assert!((1.9..=2.3).contains(&mean), "{mean}");
    for status in [
        "answered",
        "not_applicable",
        "dont_know",
        "skipped",
        "not_asked",
        "invalid",
    ] {
        assert!(levels.iter().any(|row| row["status"] == status), "{status}");
    }
    for kind in ["leaders", "doers", "thinkers", "starters"] {
        assert!(types.iter().any(|row| row["type"] == kind), "{kind}");
    }
}

#[test]
fn planted_oddities_stand_where_the_findings_say() {
    let files = example();
    let findings = truth(files, "findings");
    let mut seen = BTreeSet::new();
    for finding in &findings {
        seen.insert(finding["rule"].clone());
        let source = &finding["source"];
        let row = finding["row"].parse::<usize>().map(|row| row - 1);
        let found = if source.ends_with(".csv") {
            let delimiter = if source == "register/besturen.csv" { b',' } else { b';' };
            let letters: String = match std::str::from_utf8(&files[source]) {
                Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
                Err(_) => files[source].iter().map(|byte| char::from(*byte)).collect(),
            };
            let table = records(&letters, delimiter);
            let column = table[0].iter().position(|heading| *heading == finding["column"]);
            // Without a column the whole response is meant: its date of submission says whether it was finished.
            table[row.unwrap()][column.unwrap_or(1)].clone()
        } else {
            match (Xlsx::new(Cursor::new(&files[source])), row) {
                (Err(_), _) => "no workbook".to_owned(),
                (Ok(_), Err(_)) => "a workbook".to_owned(),
                (Ok(mut workbook), Ok(row)) => {
                    let sheet = workbook.worksheet_range(&finding["sheet"]).unwrap();
                    let column = u32::from(finding["column"].as_bytes()[0] - b'A');
                    let cell: &Data = sheet.get_value((row as u32, column)).unwrap();
                    cell.to_string()
                }
            }
        };
        let board = finding["organisation"].as_str();
        match finding["rule"].as_str() {
            "masked-count" => assert!(found == "<5" || found == "x"),
            "unmapped-question" => assert_eq!(found, "G12Q01"),
            "repaired-number" => assert_eq!(format!("{found:0>5}"), board),
            "unknown-organisation" => assert_eq!(found, "99999"),
            "no-organisation" | "incomplete-response" => assert_eq!(found, ""),
            "invalid-answer" => assert!(found == "7" || found == "tussen 2 en 3", "{found}"),
            "unreadable-file" => assert_eq!(found, "no workbook"),
            "untouched-workbook" => assert_eq!(found, "a workbook"),
            "duplicate-response" => {}
            other => panic!("`{other}` is not checked"),
        }
    }
    assert_eq!(seen.len(), 10);
}

#[test]
fn survey_tells_not_shown_from_left_empty_and_ends_with_an_empty_line() {
    let files = example();
    for wave in ["2023", "2024"] {
        let export = text(files, &format!("raw/{wave}/limesurvey.csv"));
        assert!(export.contains(";;") || export.contains(";\r\n"));
        assert!(export.contains(";\"\";"));
        assert!(export.ends_with("\r\n\r\n"));
    }
}

#[test]
fn committed_example_is_what_is_made_today() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/example");
    for (path, bytes) in example() {
        let committed = std::fs::read(folder.join(path)).unwrap_or_default();
        assert!(
            committed == *bytes,
            "{path} differs: run the example `write` of this crate"
        );
    }
}
