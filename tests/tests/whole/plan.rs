//! `plan`: what the next wave needs, from this one.

use nulmeting_tests::{example, run, run_well};

fn plan(arguments: &[&str]) -> serde_json::Value {
    let study = example();
    let mut all = vec!["plan", study.to_str().unwrap(), "--format", "json"];
    all.extend(arguments);
    serde_json::from_slice(&run_well(&all).stdout).unwrap()
}

#[test]
fn the_smallest_sample_that_meets_the_margin() {
    let found = plan(&["--margin", "0.05"]);
    assert_eq!(found["statistic"], "share_compliant");
    let strata = found["strata"].as_array().unwrap();
    assert!(strata.len() > 5, "{strata:?}");
    for allocation in ["proportional", "neyman"] {
        let margin = found[allocation]["margin"].as_f64().unwrap();
        assert!(margin <= 0.05 && margin > 0.048, "{allocation} gives {margin}");
        let units = |row: &serde_json::Value| row[allocation].as_i64().unwrap();
        let sum: i64 = strata.iter().map(units).sum();
        assert_eq!(found[allocation]["organisations"], sum);
        for row in strata {
            let population = row["population"].as_i64().unwrap();
            assert!(units(row) <= population && units(row) >= population.min(2), "{row}");
        }
    }
    let sizes = found["sizes"].as_array().unwrap();
    let margins: Vec<f64> = sizes.iter().map(|row| row["margin_neyman"].as_f64().unwrap()).collect();
    assert!(margins.len() > 3 && margins.is_sorted_by(|a, b| a > b), "{margins:?}");
}

#[test]
fn another_number_and_wrong_questions() {
    let levels = plan(&["--margin", "0.1", "--item", "all", "--statistic", "mean_level"]);
    assert_eq!((&levels["item"], &levels["wave"]), (&"all".into(), &"2024".into()));
    let study = example();
    for (wrong, said) in [
        (["--margin", "0"], "expected a finite number above zero"),
        (["--margin", "-1"], "expected a finite number above zero"),
    ] {
        let joined = wrong.join("=");
        let output = run(&["plan", study.to_str().unwrap(), &joined]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
    let output = run(&["plan", study.to_str().unwrap(), "--margin", "0.1", "--item", "XX"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("hint"), "{output:?}");
}
