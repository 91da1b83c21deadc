//! Something wrong with the input: place, found, expected, hint, and nothing half-written.

use nulmeting_tests::{example_copy, replace, run, run_well};
use std::path::Path;

/// Runs a broken copy of the example; gives the exit code and what was said, without the folder's own name.
fn broken(command: &str, breaking: impl FnOnce(&Path)) -> (Option<i32>, String) {
    let copy = example_copy();
    breaking(copy.path());
    let study = copy.path().join("nulmeting.toml");
    let output = run(&[command, study.to_str().unwrap(), "--color", "never"]);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let out = copy.path().join("out");
    if command == "check" || !output.status.success() {
        assert!(
            !out.exists() || std::fs::read_dir(&out).unwrap().next().is_none(),
            "nothing half-written is left"
        );
    }
    (
        output.status.code(),
        said.replace(&*copy.path().to_string_lossy(), "STUDY"),
    )
}

#[test]
fn misspelt_key() {
    let (code, said) = broken("run", |study| {
        replace(&study.join("nulmeting.toml"), "strata =", "stratta =")
    });
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(said);
}

#[test]
fn missing_register() {
    let (code, said) = broken("run", |study| {
        std::fs::remove_file(study.join("register/besturen.csv")).unwrap()
    });
    assert_eq!(code, Some(1), "{said}");
    insta::assert_snapshot!(said);
}

#[test]
fn register_without_the_id_column() {
    let (code, said) = broken("run", |study| {
        replace(
            &study.join("register/besturen.csv"),
            "BEVOEGD GEZAG NUMMER",
            "BEVOEGD GEZAG",
        );
    });
    assert_eq!(code, Some(1), "{said}");
    insta::assert_snapshot!(said);
}

#[test]
fn unknown_codebook() {
    let (code, said) = broken("run", |study| {
        replace(&study.join("nulmeting.toml"), "codebook/2024", "codebook/2042")
    });
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(said);
}

#[test]
fn missing_pseudonym_key() {
    let (code, said) = broken("run", |study| {
        std::fs::remove_file(study.join("keys/pseudonym.key")).unwrap()
    });
    assert_eq!(code, Some(2));
    assert!(said.contains("hint make one with"), "{said}");
}

#[test]
fn missing_export_is_a_finding_and_the_run_goes_on() {
    let breaking = |study: &Path| std::fs::remove_file(study.join("raw/2024/forms-en.xlsx")).unwrap();
    let (code, said) = broken("check", breaking);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("error missing-file") && said.contains("raw/2024/forms-en.xlsx"),
        "{said}"
    );
    assert_eq!(broken("run", breaking).0, Some(0));
}

#[test]
fn workbook_that_is_none_and_empty_export_are_findings() {
    let (code, said) = broken("check", |study| {
        std::fs::write(study.join("raw/2024/forms-nl.xlsx"), "no workbook").unwrap();
        std::fs::write(study.join("raw/2023/limesurvey.csv"), "").unwrap();
    });
    assert_eq!(code, Some(1));
    assert!(
        said.contains("raw/2024/forms-nl.xlsx") && said.contains("raw/2023/limesurvey.csv"),
        "{said}"
    );
}

#[test]
fn file_over_the_limit_is_never_read_and_the_run_goes_on() {
    let copy = example_copy();
    let path = copy.path().join("raw/2024/workbooks/zelfevaluatie-99.xlsx");
    // Sparse: it takes no room on disk, and would take as much memory as it says.
    std::fs::File::create(path).unwrap().set_len(200 << 20).unwrap();
    let study = copy.path().join("nulmeting.toml");
    let output = run(&["run", study.to_str().unwrap(), "--color", "never"]);
    assert_eq!(output.status.code(), Some(0));
    let manifest = std::fs::read_to_string(copy.path().join("out/manifest.json")).unwrap();
    assert!(manifest.contains("zelfevaluatie-01.xlsx") && !manifest.contains("zelfevaluatie-99.xlsx"));
    let said = String::from_utf8(run(&["check", study.to_str().unwrap()]).stdout).unwrap();
    assert!(
        said.contains("a file of 200 MiB") && said.contains("zelfevaluatie-99.xlsx"),
        "{said}"
    );
}

#[test]
fn a_failed_run_leaves_the_earlier_outputs_as_they_were() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    run_well(&["run", study.to_str().unwrap()]);
    let before = nulmeting_tests::files(&copy.path().join("out"));
    std::fs::remove_file(copy.path().join("register/besturen.csv")).unwrap();
    assert!(!run(&["run", study.to_str().unwrap()]).status.success());
    assert!(before == nulmeting_tests::files(&copy.path().join("out")));
}

#[test]
fn wrong_usage_ends_with_two() {
    assert_eq!(run(&["nonsense"]).status.code(), Some(2));
    assert_eq!(run(&["run", "/no/such/study.toml"]).status.code(), Some(2));
}

/// Lets the study have a file of its own, in place of the shipped one, for what is published.
fn own_style(study: &Path, key: &str, text: &str) {
    std::fs::write(study.join("own.toml"), text).unwrap();
    let table = format!("[report]\n{key} = \"own.toml\"\n\n[population]");
    replace(&study.join("nulmeting.toml"), "[population]", &table);
}

#[test]
fn theme_that_cannot_be_read_is_refused_before_anything_is_made() {
    for command in ["run", "check"] {
        let (code, said) = broken(command, |study| {
            own_style(study, "theme", "[page]\ntext = \"#B0B0B0\"\n");
        });
        assert_eq!(code, Some(2));
        for part in ["2.2:1", "`page.text` #B0B0B0", "expected at least 4.5:1", "own.toml"] {
            assert!(said.contains(part), "{command}: {said}");
        }
    }
}

#[test]
fn text_with_an_unknown_placeholder_is_refused_before_anything_is_made() {
    let (code, said) = broken("run", |study| {
        own_style(study, "texts.nl", "[lowest]\nnames = \"Achteraan: {{ namen }}.\"\n");
    });
    assert_eq!(code, Some(2));
    for part in ["`lowest.names`", "unknown placeholder `namen`", "`names`", "own.toml"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn own_theme_and_texts_are_in_what_is_published_and_a_change_makes_it_again() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    let command = ["run", study.to_str().unwrap(), "--color", "never"];
    own_style(
        copy.path(),
        "texts.nl",
        "[lowest]\nnames = \"Achteraan: {{ names }}.\"\n",
    );
    run_well(&command);
    let page = copy.path().join("out/report/report.html");
    assert!(std::fs::read_to_string(&page).unwrap().contains("Achteraan: "));
    replace(&copy.path().join("own.toml"), "Achteraan", "Onderaan");
    let output = run_well(&command);
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("own.toml changed"), "{said}");
    assert!(std::fs::read_to_string(&page).unwrap().contains("Onderaan: "));
}

#[test]
fn a_board_with_a_name_that_is_markup_or_300_letters_long_gets_a_sound_report() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    replace(&study, "identified = false", "identified = true");
    let register = copy.path().join("register/besturen.csv");
    let text = std::fs::read_to_string(&register).unwrap();
    let long = format!("Stichting {}", "Onderwijsgroep ".repeat(19))
        .trim_end()
        .to_owned();
    assert!(long.len() > 290);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (place, line) in lines.iter_mut().enumerate().skip(1) {
        let mut cells: Vec<String> = line.split("\",\"").map(str::to_owned).collect();
        cells[1] = if place % 2 == 0 {
            "<script>alert(1)</script><b>&amp; Co #let $x$ *Stichting*</b>".to_owned()
        } else {
            long.clone()
        };
        *line = cells.join("\",\"");
    }
    std::fs::write(&register, lines.join("\n")).unwrap();
    run_well(&["run", study.to_str().unwrap(), "-q"]);
    run_well(&["report", study.to_str().unwrap(), "--boards", "-q"]);
    let (mut markup, mut lengthy, mut printed) = (0, 0, 0);
    for (path, bytes) in nulmeting_tests::files(&copy.path().join("out/boards")) {
        assert!(path.rsplit('/').next().unwrap().len() < 200, "{path}");
        if path.ends_with(".pdf") {
            printed += 1;
            continue;
        }
        let page = String::from_utf8(bytes).unwrap();
        assert!(!page.contains("<script>alert") && !page.contains("<b>&amp;"), "{path}");
        markup += usize::from(page.contains("&lt;script&gt;alert"));
        lengthy += usize::from(page.contains(&long));
    }
    // One board of the example stands in no register, and so has no name.
    assert!(
        markup > 20 && lengthy > 20 && printed == markup + lengthy + 1,
        "{markup} {lengthy} {printed}"
    );
}

#[test]
fn a_study_without_a_single_published_number_gives_a_page_that_says_so() {
    let copy = example_copy();
    let study = copy.path().join("nulmeting.toml");
    replace(&study, "minimum = 5\n", "minimum = 5000\n");
    run_well(&["run", study.to_str().unwrap(), "--public", "-q"]);
    for profile in ["out/report", "out/public/report"] {
        let page = std::fs::read_to_string(copy.path().join(profile).join("report.html")).unwrap();
        assert!(page.contains("niet gepubliceerd"), "{profile}");
        for nonsense in ["NaN", "None", "undefined", "( – )", "()"] {
            let text: String = page.split("<script").next().unwrap().to_owned();
            assert!(!text.contains(nonsense), "{profile}: {nonsense}");
        }
    }
}
