//! A study on another framework works from its codebook alone: 4 themes, 93 controls, levels 0 to 5.

use nulmeting_study::tables::{Estimate, Level, Score};
use nulmeting_tests::run_well;
use std::fmt::Write as _;
use std::path::Path;

/// Controls per theme, as ISO/IEC 27002:2022 numbers them.
const THEMES: [(&str, usize); 4] = [("5", 37), ("6", 8), ("7", 14), ("8", 34)];
const BOARDS: usize = 12;

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn controls() -> Vec<String> {
    THEMES
        .iter()
        .flat_map(|(theme, count)| (1..=*count).map(move |number| format!("{theme}.{number}")))
        .collect()
}

/// A level from 0 to 5 for a board and a control.
fn level(board: usize, control: usize) -> usize {
    (board * 7 + control * 3) % 6
}

pub(crate) fn study(folder: &Path) {
    let mut head = String::from(
        "id = \"controls\"\ntitle = { nl = \"Beheersmaatregelen\" }\norigin = { nl = \"Verzonnen\" }\ntest = \"levels\"\n",
    );
    for number in 0..=5 {
        write!(
            head,
            "[[level]]\nnumber = {number}\nname = {{ nl = \"Niveau {number}\" }}\n"
        )
        .unwrap();
    }
    head.push_str("[[part]]\ncode = \"controls\"\nname = { nl = \"Maatregelen\" }\n");
    write(&folder.join("codebook/framework.toml"), &head);
    let mut domains = String::from("code,part,number,name_nl,name_en,standing\n");
    let mut norms = String::from("code,domain,title_nl,title_en,target,axis,standing,source\n");
    for (theme, count) in THEMES {
        writeln!(domains, "{theme},controls,{theme},Thema {theme},,working-title").unwrap();
        for number in 1..=count {
            writeln!(norms, "{theme}.{number},{theme},,,3,,working-title,").unwrap();
        }
    }
    write(&folder.join("codebook/domains.csv"), &domains);
    write(&folder.join("codebook/norms.csv"), &norms);
    let mut register = String::from("ID,SECTOR,PUPILS\n");
    let mut export = String::from("\"id\";\"submitdate\";\"lastpage\";\"startlanguage\";\"board\"");
    let mut map = String::from("question,item\n");
    for (index, code) in controls().iter().enumerate() {
        write!(export, ";\"c{index}\"").unwrap();
        writeln!(map, "c{index},{code}").unwrap();
    }
    export.push('\n');
    for board in 1..=40 {
        writeln!(register, "{board:05},po,{}", board * 100).unwrap();
    }
    for board in 1..=BOARDS {
        write!(
            export,
            "\"{board}\";\"2024-05-01 10:00:00\";\"5\";\"nl\";\"{board:05}\""
        )
        .unwrap();
        for control in 0..controls().len() {
            write!(export, ";\"{}\"", level(board, control)).unwrap();
        }
        export.push('\n');
    }
    write(&folder.join("register.csv"), &register);
    write(&folder.join("export.csv"), &export);
    write(&folder.join("map.csv"), &map);
    write(
        &folder.join("study.toml"),
        r#"
[study]
title = "Another framework"
framework = "codebook"
seed = 1
date = 2024-06-01
identified = true
[population]
register = "register.csv"
columns = { id = "ID", sector = "SECTOR", pupils = "PUPILS" }
strata = ["sector"]
[[wave]]
id = "2024"
selection = "random"
[[wave.source]]
path = "export.csv"
organisation = "board"
items = "map.csv"
"#,
    );
}

#[test]
fn four_themes_ninety_three_controls_levels_from_zero() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path());
    run_well(&["run", folder.path().join("study.toml").to_str().unwrap()]);
    let tables = folder.path().join("out/tables");
    let read = |name: &str| std::fs::read(tables.join(name)).unwrap();
    let levels: Vec<Level> = nulmeting_tables::read(read("levels.parquet"), "levels").unwrap();
    assert_eq!(levels.len(), BOARDS * 93);
    assert!(levels.iter().any(|row| row.level == Some(0)) && levels.iter().any(|row| row.level == Some(5)));
    let scores: Vec<Score> = nulmeting_tables::read(read("scores.parquet"), "scores").unwrap();
    assert_eq!(scores.len(), BOARDS * (4 + 1));
    let estimates: Vec<Estimate> = nulmeting_tables::read(read("estimates.parquet"), "estimates").unwrap();
    let find = |item: &str, statistic: &str| {
        estimates
            .iter()
            .find(|row| row.item == item && row.statistic == statistic && row.id.ends_with("/organisations"))
            .and_then(|row| row.estimate)
            .unwrap()
    };
    // Equal weights: the estimate is the plain mean.
    let by_hand = (1..=BOARDS).map(|board| level(board, 0) as f64).sum::<f64>() / BOARDS as f64;
    assert!((find("5.1", "mean_level") - by_hand).abs() < 1e-9);
    assert!(find("5.1", "share_level_0") >= 0.0);
}
