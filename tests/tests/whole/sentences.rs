//! Every sentence of the report with a number against the tables: the number itself, its sign, and every claim of a
//! difference. A sentence names the numbers that it states by their ids.

use crate::example::out;
use nulmeting_study::Record;
use nulmeting_study::tables::{Attention, Change, Choice, Comparison, Estimate, TypeProfile};
use nulmeting_study::words::{Scope, TestKind};
use nulmeting_tests::run_well;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Adjusted p-value below which a difference is clear.
const CLEAR: f64 = 0.05;
/// Sections whose sentences state results.
const RESULTS: [&str; 9] = [
    "summary",
    "everything",
    "domains",
    "attention",
    "obstacles",
    "suppliers",
    "types",
    "groups",
    "change",
];

/// What a sentence may state of a number.
#[derive(Default)]
struct Stated {
    values: Vec<f64>,
    differences: Vec<f64>,
    counts: Vec<i64>,
}

/// The tables of a run.
struct Tables {
    numbers: BTreeMap<String, Stated>,
    estimates: BTreeMap<String, Estimate>,
    choices: BTreeMap<String, Choice>,
    changes: BTreeMap<String, Change>,
    comparisons: Vec<Comparison>,
}

fn table<R: Record>(folder: &Path) -> Vec<R> {
    let path = folder.join(format!("{}.parquet", R::schema().name));
    nulmeting_tables::read(std::fs::read(&path).unwrap(), "table").unwrap()
}

impl Tables {
    fn read(folder: &Path) -> Self {
        let mut numbers: BTreeMap<String, Stated> = BTreeMap::new();
        let mut add = |id: String, values: &[Option<f64>], differences: &[Option<f64>], counts: &[Option<i64>]| {
            let stated = numbers.entry(id).or_default();
            stated.values.extend(values.iter().flatten());
            stated.differences.extend(differences.iter().flatten());
            stated.counts.extend(counts.iter().flatten());
        };
        let estimates = table::<Estimate>(folder);
        for row in &estimates {
            add(row.id.clone(), &[row.estimate, row.ci_low, row.ci_high], &[], &[row.n]);
        }
        let choices = table::<Choice>(folder);
        for row in &choices {
            let numbers = [row.estimate, row.ci_low, row.ci_high];
            let (values, differences) = if row.statistic == "gap" {
                (&[][..], &numbers[..])
            } else {
                (&numbers[..], &[][..])
            };
            add(row.id.clone(), values, differences, &[row.n]);
        }
        for row in table::<TypeProfile>(folder) {
            add(row.id.clone(), &[row.estimate], &[], &[row.n]);
        }
        for row in table::<Attention>(folder) {
            let met = row.share_below_target.map(|share| 1.0 - share);
            for id in [
                format!("{}/{}/{}/attention", row.wave, row.scope, row.item),
                format!("{}/attention/{}/{}", row.wave, row.scope, row.item),
            ] {
                add(id, &[row.share_below_target, met], &[], &[row.n]);
            }
        }
        let changes = table::<Change>(folder);
        for row in &changes {
            add(
                row.id.clone(),
                &[row.from_estimate, row.to_estimate],
                &[row.change, row.ci_low, row.ci_high],
                &[row.n_from, row.n_to, row.returning, row.came, row.went],
            );
        }
        Self {
            numbers,
            estimates: estimates.into_iter().map(|row| (row.id.clone(), row)).collect(),
            choices: choices.into_iter().map(|row| (row.id.clone(), row)).collect(),
            changes: changes.into_iter().map(|row| (row.id.clone(), row)).collect(),
            comparisons: table(folder),
        }
    }
}

/// A sentence of the page.
struct Sentence {
    section: String,
    ids: Vec<String>,
    text: String,
}

/// The sentences of a page: what stands in a `span` of a paragraph or in an item of a list.
fn sentences(page: &str) -> Vec<Sentence> {
    let unescaped = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'");
        text.replace("&quot;", "\"")
            .replace("&#x2f;", "/")
            .replace("&amp;", "&")
    };
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(unescaped(&tag[start..start + tag[start..].find('"')?]))
    };
    let mut sentences = Vec::new();
    for section in page.split("<section id=\"").skip(1) {
        let name = section[..section.find('"').unwrap()].to_owned();
        // Figures have words of their own.
        let mut text = String::new();
        for (position, piece) in section.split("<figure").enumerate() {
            let after = if position == 0 {
                0
            } else {
                piece.find("</figure>").unwrap()
            };
            text.push_str(&piece[after..]);
        }
        for (open, close) in [("<span", "</span>"), ("<li", "</li>")] {
            for piece in text.split(open).skip(1) {
                let end = piece.find('>').unwrap();
                let (tag, rest) = piece.split_at(end);
                let ids = attribute(tag, "data-ids").or_else(|| attribute(tag, "data-id"));
                sentences.push(Sentence {
                    section: name.clone(),
                    ids: ids
                        .map(|ids| ids.split('|').map(str::to_owned).collect())
                        .unwrap_or_default(),
                    text: unescaped(&rest[1..rest.find(close).unwrap()]),
                });
            }
        }
    }
    sentences
}

/// The percentages, decimal numbers and signed numbers of an English text, as written.
fn numbers(text: &str) -> Vec<String> {
    let text = text
        .replace("95% interval", "")
        // A number before a bracket is a year or a count, and no end of a range.
        .replace('(', " ( ")
        .replace(['\u{a0}', ')', ';', ':'], " ")
        .replace('–', " ");
    let mut found = Vec::new();
    let mut range = None;
    for word in text.split_whitespace() {
        let word = word.trim_end_matches(['.', ',']);
        let digits = word.trim_start_matches(['+', '−', '<', '>']).trim_end_matches('%');
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !is_number {
            range = None;
            continue;
        }
        // `18–29%`: the sign of the second belongs to the first too.
        if word.ends_with('%') {
            if let Some(first) = range.take() {
                found.push(format!("{first}%"));
            }
            found.push(word.to_owned());
        } else if word.starts_with(['+', '−']) || digits.contains('.') {
            range = None;
            found.push(word.to_owned());
        } else {
            range = Some(word.to_owned());
        }
    }
    found
}

/// Whether a written number is one of those that the sentence's ids stand for.
fn is_stated(written: &str, stated: &[&Stated]) -> bool {
    let values = || stated.iter().flat_map(|stated| stated.values.iter().copied());
    let differences = || stated.iter().flat_map(|stated| stated.differences.iter().copied());
    let digits = written.trim_start_matches(['+', '−', '<', '>']).trim_end_matches('%');
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if let Some(limit) = written.strip_prefix('<') {
        let limit: f64 = limit.trim_end_matches('%').parse().unwrap();
        return values().any(|value| value > 0.0 && value * 100.0 < limit);
    }
    if let Some(limit) = written.strip_prefix('>') {
        let limit: f64 = limit.trim_end_matches('%').parse().unwrap();
        return values().any(|value| value < 1.0 && value * 100.0 > limit);
    }
    if written.ends_with('%') {
        return values().any(|value| format!("{:.decimals$}", value * 100.0) == digits);
    }
    if written.starts_with(['+', '−']) {
        let negative = written.starts_with('−');
        return differences().any(|value| {
            let points = [
                format!("{:.decimals$}", value.abs() * 100.0),
                format!("{:.decimals$}", value.abs()),
            ];
            (value < 0.0) == negative && points.iter().any(|text| text == digits)
        });
    }
    let mut all = values().chain(differences());
    all.any(|value| format!("{value:.decimals$}") == digits || format!("{:.decimals$}", value * 100.0) == digits)
}

/// The faults of a page: sentences that say otherwise than the tables.
fn faults(page: &str, tables: &Tables) -> (usize, Vec<String>) {
    let (mut checked, mut faults) = (0, Vec::new());
    for sentence in sentences(page) {
        if !RESULTS.contains(&sentence.section.as_str()) && !sentence.section.starts_with("wave-") {
            continue;
        }
        let text = &sentence.text;
        let mut stated = Vec::new();
        for id in &sentence.ids {
            match tables.numbers.get(id) {
                Some(number) => stated.push(number),
                None => faults.push(format!("no number `{id}`: {text}")),
            }
        }
        for written in numbers(text) {
            checked += 1;
            // How far the clusters agree with the types is no published estimate and has no id.
            let agreement = text.starts_with("The best-fitting division");
            if !is_stated(&written, &stated) && !agreement {
                faults.push(format!("{written} is none of {:?}: {text}", sentence.ids));
            }
        }
        claims(&sentence, tables, &mut faults);
    }
    (checked, faults)
}

/// Whether the words of a sentence follow from its numbers.
fn claims(sentence: &Sentence, tables: &Tables, faults: &mut Vec<String>) {
    let text = &sentence.text;
    let mut fault = |why: &str| faults.push(format!("{why}: {text}"));
    let estimates: Vec<&Estimate> = sentence.ids.iter().filter_map(|id| tables.estimates.get(id)).collect();
    if text.contains("the whole interval lies below") {
        let target: f64 = digits_after(text, "is level ").unwrap();
        if estimates
            .iter()
            .any(|row| row.ci_high.is_none_or(|high| high >= target))
        {
            fault("the interval reaches the target");
        }
    }
    // A sentence about groups: its claims are those of the released tests.
    let grouped = estimates.iter().find(|row| row.by != "all" && row.scope == Scope::All);
    if let Some(row) = grouped {
        let tests: Vec<&Comparison> = tables
            .comparisons
            .iter()
            .filter(|test| {
                test.test == TestKind::Pair
                    && test.scope == Scope::All
                    && (&test.wave, &test.item, &test.by) == (&row.wave, &row.item, &row.by)
            })
            .collect();
        let clear = tests.iter().filter(|test| test.p_adjusted < CLEAR).count();
        if text.contains("clearly") != (clear > 0) {
            fault(&format!("{clear} of {} tests are clear", tests.len()));
        }
        if text.contains("No difference between these groups") != (clear == 0 && !tests.is_empty()) {
            fault("whether there is a difference is not what the tests say");
        }
        if text.contains("were not compared") != tests.is_empty() {
            fault("whether groups were compared is not what the tests say");
        }
        let rest = tests.len() - clear;
        if let Some(other) = digits_after::<usize>(text, "found in the other ")
            && other != rest
        {
            fault(&format!("{rest} pairs are without a clear difference"));
        }
        let groups: BTreeSet<&str> = tests
            .iter()
            .flat_map(|test| [test.group.as_str(), test.against.as_str()])
            .collect();
        for group in groups {
            if !estimates.iter().any(|row| row.group == group) {
                fault(&format!("`{group}` was tested and is not named"));
            }
        }
    }
    for row in sentence.ids.iter().filter_map(|id| tables.changes.get(id)) {
        let clear = row.p_adjusted.is_some_and(|p| p < CLEAR);
        let change = row.change.unwrap_or_default();
        let claimed = text.contains("clearly") || text.contains(" went from ");
        if claimed && !clear {
            fault("the change is not clear");
        }
        let up = text.contains("higher") || text.contains("moved up") || text.contains("not progress");
        let down = text.contains("lower") || text.contains("moved down") || text.contains("not decline");
        if claimed && ((up && change < 0.0) || (down && change > 0.0)) {
            fault("the change has the other sign");
        }
    }
    let gaps: Vec<&Choice> = sentence
        .ids
        .iter()
        .filter_map(|id| tables.choices.get(id))
        .filter(|row| row.statistic == "gap")
        .collect();
    for row in gaps {
        let short = row.ci_low.is_some_and(|low| low > 0.0);
        let surplus = row.ci_high.is_some_and(|high| high < 0.0);
        if text.contains("clearly fall short") && !short {
            fault("the gap may be nought");
        }
        if text.contains("clearly more than boards ask") && !surplus {
            fault("the surplus may be nought");
        }
        if text.starts_with("Whether suppliers deliver") && (short || surplus) {
            fault("a gap is clear");
        }
    }
}

/// The number after some words of a text.
fn digits_after<T: std::str::FromStr>(text: &str, words: &str) -> Option<T> {
    let rest = &text[text.find(words)? + words.len()..];
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Runs a study in English and gives the faults of its page.
fn check(study: &Path, folder: &Path) -> (usize, Vec<String>) {
    let out = folder.join("english");
    run_well(&[
        "run",
        study.to_str().unwrap(),
        "--language",
        "en",
        "--documents",
        "html",
        "--out",
        out.to_str().unwrap(),
        "-q",
    ]);
    let page = std::fs::read_to_string(out.join("report/report.html")).unwrap();
    faults(&page, &Tables::read(&out.join("tables")))
}

#[test]
fn what_the_report_of_the_example_says_is_what_the_tables_say() {
    let folder = tempfile::tempdir().unwrap();
    let (checked, faults) = check(&nulmeting_tests::example(), folder.path());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(checked > 100, "{checked} numbers were checked");
}

#[test]
fn what_reports_of_few_and_many_boards_say_is_what_their_tables_say() {
    // The earlier wave of the example has 15 volunteers; the program makes up no study of fewer than 60 boards.
    for (boards, volunteers) in [(60, true), (60, false), (150, false)] {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        let count = boards.to_string();
        run_well(&[
            "synth",
            "--organisations",
            &count,
            "--out",
            made.to_str().unwrap(),
            "-q",
        ]);
        let study = made.join("nulmeting.toml");
        if volunteers {
            let text = std::fs::read_to_string(&study).unwrap();
            std::fs::write(
                &study,
                text.replace("selection = \"random\"", "selection = \"volunteer\""),
            )
            .unwrap();
        }
        let (checked, faults) = check(&study, folder.path());
        assert!(faults.is_empty(), "{boards} boards:\n{}", faults.join("\n"));
        assert!(checked > 30, "{boards} boards: {checked} numbers were checked");
    }
}

#[test]
fn a_number_or_a_claim_that_the_tables_do_not_hold_is_a_fault() {
    let tables = Tables::read(&out().join("tables"));
    let row = tables
        .estimates
        .values()
        .find(|row| row.scope == Scope::All && row.by == "all" && row.statistic == "share_meeting")
        .unwrap();
    let share = format!("{:.0}%", row.estimate.unwrap() * 100.0);
    let page = |text: &str| {
        let id = &row.id;
        format!("<section id=\"summary\"><p><span data-id=\"{id}\">{text}</span></p></section>")
    };
    assert!(faults(&page(&format!("{share} of boards.")), &tables).1.is_empty());
    for text in [
        "101% of boards.",
        "At level 7.3.",
        "It rose by +3.",
        "The target is level 0; the whole interval lies below it.",
    ] {
        assert_eq!(faults(&page(text), &tables).1.len(), 1, "{text}");
    }
}
