use super::Study;

pub(super) const SMALL: &str = r#"
[study]
title = "Small"
framework = "normenkader-ibp-fo-2024"
seed = 1
date = "2024-06-01"
identified = true

[population]
register = "register.csv"
columns = { id = "ID", sector = "SECTOR", pupils = "PUPILS" }
strata = ["sector"]

[[wave]]
id = "2024"
selection = "random"
[[wave.source]]
path = "raw/*.csv"
"#;

#[test]
fn defaults_are_those_of_the_contract() {
    let study = Study::parse(SMALL, "small.toml").unwrap();
    assert_eq!(study.disclosure.minimum, 5);
    assert_eq!(study.disclosure.protect, 3);
    assert_eq!(study.scores.minimum_answered, 0.5);
}

#[test]
fn toml_dates_are_read_as_well_as_texts() {
    let text = SMALL.replace("\"2024-06-01\"", "2024-06-01");
    assert_eq!(Study::parse(&text, "small.toml").unwrap().study.date, "2024-06-01");
}

#[test]
fn misspelt_key_names_line_and_the_right_key() {
    let text = SMALL.replace("strata =", "stratta =");
    let error = Study::parse(&text, "small.toml").unwrap_err();
    assert_eq!(error.place, "small.toml, line 12");
    assert_eq!(error.found, "unknown key `stratta`");
    assert_eq!(error.hint, "did you mean `strata`?");
}

#[test]
fn pseudonyms_need_a_key() {
    let text = SMALL.replace("identified = true", "");
    assert!(
        Study::parse(&text, "small.toml")
            .unwrap_err()
            .place
            .contains("pseudonym_key")
    );
}

#[test]
fn a_value_of_another_type_names_line_key_and_both_types() {
    let error = Study::parse(&SMALL.replace("title = \"Small\"", "title = 5"), "small.toml").unwrap_err();
    assert_eq!(error.place, "small.toml, line 3, key `title`");
    assert_eq!(
        (error.found.as_str(), error.expected.as_str()),
        ("integer `5`", "a string")
    );
}

#[test]
fn out_of_bounds_values_are_named() {
    let long = format!("id = \"{}\"", "w".repeat(300));
    let classes: Vec<String> = (1..=10_000).map(|limit| limit.to_string()).collect();
    let classes = format!("strata = [\"size\"]\nsize = [{}]", classes.join(", "));
    let second = "date = 2024-01-01\nid = \"2024\"\nselection = \"random\"\n[[wave.source]]\npath = \"a\"\n[[wave]]\ndate = 2023-01-01\nid = \"2025\"";
    for (from, to, key) in [
        ("2024-06-01", "1 June", "study.date"),
        ("2024-06-01", "2024-02-31", "study.date"),
        ("2024-06-01", "2023-02-29", "study.date"),
        (
            "id = \"2024\"\nselection = \"random\"",
            &format!("{second}\nselection = \"random\""),
            "wave.date",
        ),
        ("id = \"2024\"", "id = \"..\"", "wave.id"),
        ("id = \"2024\"", "id = \"20\\n24\"", "wave.id"),
        ("id = \"2024\"", "id = \"20\\u000024\"", "wave.id"),
        ("id = \"2024\"", &long, "wave.id"),
        ("strata = [\"sector\"]", &classes, "population.size"),
        (
            "[population]",
            "[typology]\nthreshold = nan\n[population]",
            "typology.threshold",
        ),
        (
            "[population]",
            "[typology]\nthreshold = -5\n[population]",
            "typology.threshold",
        ),
        (
            "[population]",
            "[limits]\nfile_mib = 9223372036854775807\n[population]",
            "limits",
        ),
        (
            "identified = true",
            "identified = true\n[disclosure]\nminimum = 0",
            "disclosure",
        ),
        ("strata = [\"sector\"]", "strata = [\"size\"]", "population.size"),
        (
            "strata = [\"sector\"]",
            "collapse = [\"sector\"]",
            "population.collapse",
        ),
    ] {
        let error = Study::parse(&SMALL.replace(from, to), "small.toml").unwrap_err();
        assert!(error.place.contains(key), "{to}: {error}");
    }
}

#[test]
fn pattern_fits_within_a_folder_only() {
    let study = Study::parse(SMALL, "small.toml").unwrap();
    let wave = &study.waves[0];
    assert!(wave.entry_of("raw/a.csv").is_some());
    assert!(wave.entry_of("raw/deep/a.csv").is_none());
    assert!(wave.entry_of("raw/a.xlsx").is_none());
}
