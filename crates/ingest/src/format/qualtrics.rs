//! Qualtrics responses as CSV: one to three heading rows, answers as recode values or as texts.
//!
//! Row one holds export tags and row three import ids; neither depends on the language of the account, so columns
//! are known by those. Never read as answers: who the respondent is, where, and with what device; timings, orders
//! of display and topics that the tool gave to texts.

use crate::dates::moment;
use crate::files::File;
use crate::format::grid::{About, Column, Export, Grid, Line, Role, Said};
use crate::format::heading;
use crate::format::reader::{Delivery, Reader, Recognition, Request};
use nulmeting_study::Error;
use nulmeting_study::words::CellState;
use std::collections::BTreeMap;

/// Reader of Qualtrics CSV.
#[derive(Debug, Clone, Copy)]
pub struct Qualtrics;

/// Columns about the response, by tag or import id in lower case without blanks.
const META: &[&str] = &[
    "startdate",
    "enddate",
    "status",
    "ipaddress",
    "progress",
    "duration",
    "durationinseconds",
    "finished",
    "recordeddate",
    "responseid",
    "recordid",
    "responseset",
    "recipientlastname",
    "recipientfirstname",
    "recipientemail",
    "externalreference",
    "externaldatareference",
    "locationlatitude",
    "locationlongitude",
    "locationaccuracy",
    "distributionchannel",
    "userlanguage",
    "name",
    "emailaddress",
];
/// Ends of tags of what the tool records beside an answer.
const BESIDE: &[&str] = &[
    "_First Click",
    "_Last Click",
    "_Page Submit",
    "_Click Count",
    "_Browser",
    "_Version",
    "_Operating System",
    "_Resolution",
    "_BROWSER",
    "_OS",
    " - Topics",
    " - Parent Topics",
    " - Sentiment",
    "_DO",
];
/// Status of previews, tests and spam; the others are responses.
const TESTS: &[&str] = &[
    "1",
    "2",
    "8",
    "9",
    "survey preview",
    "survey test",
    "spam",
    "offline survey preview",
];
/// What the tool writes, when asked to, for a question that was seen and not answered.
const SEEN: &str = "-99";

/// The heading rows of an export.
struct Headings<'a> {
    tags: Vec<&'a str>,
    texts: Vec<String>,
    imports: Vec<Option<String>>,
    rows: usize,
}

impl Reader for Qualtrics {
    fn name(&self) -> &'static str {
        "qualtrics"
    }

    fn recognises(&self, file: &File) -> Recognition {
        let grids = Grid::all(file);
        let Some(grid) = grids.first() else {
            return Recognition::No;
        };
        let found = headings(grid);
        let has = |name: &str| (0..found.tags.len()).any(|column| found.about(column, name));
        match (found.rows, has("responseid") || has("recordid")) {
            (3, _) => Recognition::Certain,
            (_, true) if has("finished") && (has("startdate") || has("ipaddress")) => Recognition::Certain,
            _ => Recognition::No,
        }
    }

    fn read(&self, file: &File, request: &Request<'_>) -> Result<Delivery, Error> {
        let grids = Grid::all(file);
        let Some(grid) = grids.first().filter(|grid| !grid.lines.is_empty()) else {
            return Err(Error::new(
                &file.path,
                "no row of headings",
                "a Qualtrics export as CSV",
                "export the responses again, or correct `format` in the study file",
            ));
        };
        Ok(delivery(grid, &headings(grid), request))
    }
}

impl Headings<'_> {
    /// Whether a column is the one about the response of that name, by its tag or its import id.
    fn about(&self, column: usize, name: &str) -> bool {
        let known = |text: &str| heading::plain(text) == name;
        // Old exports hold the names in their second row, above tags of their own.
        known(self.tags[column])
            || self.imports[column].as_deref().is_some_and(known)
            || (self.rows > 1 && self.tags[column].starts_with('V') && known(&self.texts[column]))
    }
}

fn headings<'a>(grid: &Grid<'a>) -> Headings<'a> {
    let tags = grid.texts(0);
    let ids = (1..3).find(|line| grid.texts(*line).iter().any(|text| import(text).is_some()));
    let second = grid.texts(1);
    // Without import ids, a second heading row names the columns about the response as the first does, or in words.
    let named = |text: &&str| heading::plain(text) == "responseid";
    let rows = match ids {
        Some(line) => line + 1,
        None if second.iter().any(named) => 2,
        None if tags.iter().any(named) && !second.iter().any(|text| text.trim().starts_with("R_")) => 2,
        None => 1,
    };
    let at = |texts: &[&str], column: usize| texts.get(column).copied().unwrap_or_default().to_owned();
    let imports = ids.map(|line| grid.texts(line)).unwrap_or_default();
    Headings {
        texts: (0..tags.len())
            .map(|column| {
                if rows > 1 && ids != Some(1) {
                    heading::readable(&at(&second, column))
                } else {
                    String::new()
                }
            })
            .collect(),
        imports: (0..tags.len()).map(|column| import(imports.get(column)?)).collect(),
        rows,
        tags,
    }
}

/// The id in `{"ImportId":"QID2_TEXT"}`; some exports write it with single quotes.
fn import(text: &str) -> Option<String> {
    let rest = text.trim().strip_prefix('{')?.trim_start();
    let rest = rest.strip_prefix(['"', '\''])?.strip_prefix("ImportId")?;
    let value = rest.split_once(':')?.1.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(value[1..].split(quote).next()?.to_owned())
}

fn role(tag: &str, import: Option<&str>) -> Role {
    let known = |text: &str| META.contains(&heading::plain(text).as_str());
    let ordered = tag.rsplit_once("_DO_").is_some_and(|(_, rest)| !rest.is_empty());
    if tag.is_empty()
        || known(tag)
        || import.is_some_and(known)
        || ordered
        || BESIDE.iter().any(|end| tag.ends_with(end))
    {
        Role::Meta
    } else if tag.ends_with("_TEXT") {
        Role::FreeText
    } else {
        Role::Answer
    }
}

/// Question and option of a tag: `Q5_3`, `Q15_-1`, `Q10#1_2`; a tag of its own is a question as it stands.
fn parts(tag: &str, stems: &BTreeMap<&str, usize>) -> (String, String) {
    match stem(tag) {
        Some((question, option)) if stems.get(question).is_some_and(|count| *count > 1) => {
            (question.to_owned(), option.to_owned())
        }
        _ => (tag.to_owned(), String::new()),
    }
}

fn stem(tag: &str) -> Option<(&str, &str)> {
    let (question, option) = tag.rsplit_once('_')?;
    let digits = option.strip_prefix('-').unwrap_or(option);
    (!question.is_empty() && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .then_some((question, option))
}

fn delivery(grid: &Grid<'_>, found: &Headings<'_>, request: &Request<'_>) -> Delivery {
    let mut stems: BTreeMap<&str, usize> = BTreeMap::new();
    for (question, _) in found.tags.iter().filter_map(|tag| stem(tag)) {
        *stems.entry(question).or_default() += 1;
    }
    let columns = found.tags.iter().enumerate().map(|(column, tag)| {
        let tag = tag.trim();
        let text = &found.texts[column];
        // In the oldest exports a tag says nothing and the second row everything.
        let old = found.rows == 2 && tag.starts_with('V') && META.contains(&heading::plain(text).as_str());
        let (question, option) = parts(tag, &stems);
        Column {
            name: tag.to_owned(),
            question,
            option,
            text: text.clone(),
            role: if old {
                Role::Meta
            } else {
                role(tag, found.imports[column].as_deref())
            },
        }
    });
    let index = |name: &str| (0..found.tags.len()).find(|column| found.about(*column, name));
    let key = index("responseid").or_else(|| index("recordid"));
    let [status, finished] = ["status", "finished"].map(index);
    let times = [index("recordeddate"), index("enddate")];
    let order = grid.date_order(times[0].or(times[1]), None);
    let export = Export {
        grid,
        columns: Column::apart(columns.collect()),
        heading: 1,
        first: found.rows,
        key,
    };
    // Where the export marks what was seen and left empty, what is empty was not seen.
    let marks = export
        .lines()
        .0
        .iter()
        .any(|(_, line)| line.slots().any(|slot| slot.text.trim() == SEEN));
    let about = |line: Line<'_>| {
        let text = |column: Option<usize>| column.map_or("", |column| line.slot(column).text.trim());
        About {
            key: Some(text(key)).filter(|text| !text.is_empty()).map(str::to_owned),
            complete: match text(finished).to_lowercase().as_str() {
                "1" | "true" | "waar" => Some(true),
                "0" | "false" | "onwaar" => Some(false),
                _ => None,
            },
            submitted: times.iter().find_map(|column| moment(text(*column), order)),
            test: TESTS.contains(&text(status).to_lowercase().as_str()),
            token: None,
        }
    };
    export.deliver(
        request,
        &about,
        &|_, _, slot| match (slot.is_blank(), slot.text.trim() == SEEN) {
            (true, _) if marks => Said::mark(CellState::NotShown, ""),
            (_, true) => Said::mark(CellState::Empty, SEEN),
            _ => Said::plain(slot),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{Role, import, role, stem};

    #[test]
    fn import_ids_with_double_and_single_quotes() {
        let own = |text: &str| import(text).unwrap_or_default();
        assert_eq!(
            own("{\"ImportId\":\"QID2_TEXT\",\"timeZone\":\"America/Denver\"}"),
            "QID2_TEXT"
        );
        assert_eq!(own("{'ImportId': 'QID4-1-1'}"), "QID4-1-1");
        assert_eq!(own("{\"naam\":\"x\"}"), "");
    }

    #[test]
    fn tags_of_the_tool_are_no_answers_and_negative_options_are_options() {
        for tag in [
            "Q1_First Click",
            "Q2 - Topics",
            "Q3_DO_2",
            "RecipientEmail",
            "LocationLatitude",
        ] {
            assert_eq!(role(tag, None), Role::Meta, "{tag}");
        }
        assert_eq!(role("Q6_TEXT", None), Role::FreeText);
        assert_eq!(role("Q15_-1", None), Role::Answer);
        assert_eq!(stem("Q15_-1"), Some(("Q15", "-1")));
        assert_eq!(stem("Q10#1_2"), Some(("Q10#1", "2")));
        assert_eq!(stem("q5_position"), None);
    }
}
