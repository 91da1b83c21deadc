//! Year after year: boards that merge and change number, and a bridge group over a break in the series.

use nulmeting_study::Record;
use nulmeting_study::tables::{Change, Finding, Rule, Succession};
use nulmeting_study::words::{Base, Boards, Comparability, Scope, SpeaksFor};
use nulmeting_tests::{example_copy, replace, root, run_well};
use std::path::Path;

fn table<R: Record>(out: &Path) -> Vec<R> {
    let path = out.join("tables").join(format!("{}.parquet", R::schema().name));
    nulmeting_tables::read(std::fs::read(&path).unwrap(), "table").unwrap()
}

/// The boards that answered in a wave, by number, as the maker of the example wrote them down.
fn answered(wave: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(root().join("data/example/truth/types.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap);
    rows.filter(|row| &row[0] == wave)
        .map(|row| row[1].to_owned())
        .collect()
}

const BRIDGE: &str = r#"
[[wave]]
id = "2024-brug"
bridge = "2024"
framework = "codebook/2023"
register = "register/besturen-2023.csv"
selection = "volunteer"

[[wave.source]]
path = "raw/2023/limesurvey.csv"
organisation = "bestuursnummer"
items = "maps/limesurvey-2023.csv"

[scores]"#;

#[test]
fn mergers_new_numbers_and_a_bridge_group() {
    let copy = example_copy();
    let folder = copy.path();
    let (before, after) = (answered("2023"), answered("2024"));
    let back = before.iter().filter(|board| after.contains(board)).count();
    let mut gone = before.iter().filter(|board| !after.contains(board));
    let (merged, renumbered) = (gone.next().unwrap(), gone.next().unwrap());
    let survey = std::fs::read_to_string(folder.join("raw/2024/limesurvey.csv")).unwrap();
    let mut fresh = after.iter().filter(|board| !before.contains(board));
    let successor = fresh.next().unwrap();
    let old_number = fresh.find(|board| survey.matches(board.as_str()).count() == 1).unwrap();

    // One board became part of another; one goes on under a new number, and answered under the old one.
    let register = folder.join("register/besturen.csv");
    let text = std::fs::read_to_string(&register).unwrap();
    let kept: Vec<String> = text
        .split("\r\n")
        .filter(|line| !line.starts_with(&format!("\"{merged}\"")))
        .map(|line| line.replace(&format!("\"{renumbered}\""), "\"99998\""))
        .collect();
    std::fs::write(&register, kept.join("\r\n")).unwrap();
    replace(&folder.join("raw/2024/limesurvey.csv"), old_number, renumbered);
    let history = format!(
        "datum,van,naar,soort\r\n2024-01-01,{merged},{successor},fusie\r\n01-01-2024,{renumbered},99998,omnummering\r\n"
    );
    std::fs::write(folder.join("register/historie.csv"), history).unwrap();
    let study = folder.join("nulmeting.toml");
    replace(&study, "strata = [", "history = \"register/historie.csv\"\nstrata = [");
    replace(&study, "\n[scores]", BRIDGE);
    run_well(&["run", study.to_str().unwrap()]);

    let out = folder.join("out");
    assert_eq!(table::<Succession>(&out).len(), 2);
    let findings = table::<Finding>(&out);
    let count = |rule: Rule| findings.iter().filter(|own| own.rule == rule).count();
    assert_eq!((count(Rule::Succession), count(Rule::HistoryConflict)), (2, 0));
    assert!(count(Rule::SucceededNumber) >= 1);

    let changes = table::<Change>(&out);
    let whole = |boards: Boards| {
        let mut rows = changes.iter().filter(|row| {
            row.boards == boards
                && row.scope == Scope::All
                && (row.item.as_str(), row.by.as_str(), row.statistic.as_str()) == ("all", "all", "share_level_3_plus")
                && row.base == Base::Organisations
        });
        rows.next().unwrap()
    };
    let all = whole(Boards::All);
    assert_eq!(all.returning, i64::try_from(back + 2).ok());
    let (n_from, returning) = (all.n_from.unwrap(), all.returning.unwrap());
    assert_eq!((all.went, n_from), (Some(n_from - returning), before.len() as i64));
    assert_eq!(
        (all.comparability, all.speaks_for),
        (Comparability::Mapped, SpeaksFor::Participants)
    );
    assert!(all.se.unwrap() > 0.0 && all.ci_low.unwrap() < all.change.unwrap());
    let bridge = whole(Boards::Bridge);
    assert_eq!(
        (bridge.from_wave.as_str(), bridge.to_wave.as_str()),
        ("2024-brug", "2024")
    );
    assert_eq!(bridge.returning, all.returning);
    let size = bridge.to_estimate.unwrap() - bridge.from_estimate.unwrap();
    assert!((bridge.change.unwrap() - size).abs() < 1e-9);
    assert!(
        changes.iter().all(|row| row.change.is_none()
            || row.comparability != Comparability::Break
            || row.boards == Boards::Bridge)
    );

    let page = std::fs::read_to_string(out.join("report/report.html")).unwrap();
    assert!(page.contains("beantwoordden bij meting 2024 beide versies"));
    assert!(page.contains("2 besturen zijn tussen de metingen"));
    // Other boards took part: a difference between the waves is none of the sector.
    assert!(page.contains("tussen de deelnemers van 2023") || page.contains("betekent niet dat de sector"));
    assert!(!page.contains("De eerdere meting: 2024-brug"));
}
