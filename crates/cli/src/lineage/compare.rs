//! Two runs held against each other: which published numbers differ, and which input, setting or version did it.

use super::manifest::{FILE, Manifest};
use crate::exit::Failure;
use nulmeting_report::Correction;
use nulmeting_study::numbers::round12;
use nulmeting_study::{EstimateId, Kind, Schema, Values, tables};
use nulmeting_tables::{Columns, read_columns};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The tables of published numbers, each with the column that is the number itself.
const PUBLISHED: &[(&str, &str)] = &[
    ("estimates", "estimate"),
    ("choices", "estimate"),
    ("changes", "change"),
    ("attention", "share_below_target"),
];

/// What two runs differ in.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Comparison {
    /// Whether every output is the same.
    pub(crate) same: bool,
    /// Numbers that both have and that differ.
    pub(crate) numbers: Vec<Difference>,
    /// Ids of numbers that only the first has.
    pub(crate) only_a: Vec<String>,
    /// Ids of numbers that only the second has.
    pub(crate) only_b: Vec<String>,
    /// Output files that differ or that one of the two has.
    pub(crate) files: Vec<Change>,
    /// What the difference comes from.
    pub(crate) because: Because,
    /// The published values that differ, for an erratum.
    #[serde(skip)]
    pub(crate) corrections: Vec<Correction>,
}

/// One column of one number.
#[derive(Debug, Serialize)]
pub(crate) struct Difference {
    pub(crate) table: String,
    pub(crate) id: String,
    pub(crate) column: String,
    pub(crate) a: Value,
    pub(crate) b: Value,
    /// The second less the first; absent for a text, and where one of the two is missing.
    pub(crate) difference: Option<f64>,
}

/// Something that was one way and is another.
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) name: String,
    pub(crate) a: Value,
    pub(crate) b: Value,
}

/// What a difference comes from, as the manifests tell.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Because {
    /// Inputs that changed, came or went.
    pub(crate) inputs: Vec<Change>,
    /// Settings, of the study file or of the command.
    pub(crate) settings: Vec<Change>,
    /// The program's version, and the fingerprints of its stages.
    pub(crate) program: Vec<Change>,
}

impl Because {
    /// The causes in words, inputs first.
    pub(crate) fn words(&self) -> Vec<String> {
        let told = |change: &Change| match (&change.a, &change.b) {
            (Value::Null, _) => format!("{} (new)", change.name),
            (_, Value::Null) => format!("{} (gone)", change.name),
            (a, b)
                if a.as_str().is_some_and(|text| text.len() >= 32)
                    || b.as_str().is_some_and(|text| text.len() >= 32) =>
            {
                change.name.clone()
            }
            (a, b) => format!("{}: {a} -> {b}", change.name),
        };
        let all = self.inputs.iter().chain(&self.settings).chain(&self.program);
        all.map(told).collect()
    }
}

/// Compares two output folders.
///
/// Errors: a folder without a manifest, or a table that cannot be read.
pub(crate) fn compare(a: &Path, b: &Path) -> Result<Comparison, Failure> {
    let (before, after) = (manifest(a)?, manifest(b)?);
    let mut found = Comparison {
        files: changes(&before.outputs, &after.outputs, |hash| Value::from(hash.as_str())),
        because: because(&before, &after),
        ..Comparison::default()
    };
    for (table, column) in PUBLISHED {
        let (a, b) = (published(a, table)?, published(b, table)?);
        let shape = tables::all().into_iter().find(|schema| schema.name == *table);
        for (id, row) in &a.rows {
            match b.rows.get(id) {
                None => found.only_a.push(id.clone()),
                Some(other) => found
                    .numbers
                    .extend(differences(table, id, (&a, *row), (&b, *other), shape.as_ref())),
            }
            let other = b.rows.get(id).copied();
            found
                .corrections
                .extend(correction(table, column, (&a, *row), (&b, other)));
        }
        found
            .only_b
            .extend(b.rows.keys().filter(|id| !a.rows.contains_key(*id)).cloned());
    }
    found.same =
        found.files.is_empty() && found.numbers.is_empty() && found.only_a.is_empty() && found.only_b.is_empty();
    Ok(found)
}

fn manifest(out: &Path) -> Result<Manifest, Failure> {
    let path = out.join(FILE);
    if !path.is_file() {
        return Err(Failure::usage(format!(
            "no outputs of a run; expected a folder with a manifest\n  at   {}\n  hint name the folder that `--out` named, or `out` beside the study file",
            path.display()
        )));
    }
    let found = Manifest::read(out);
    if found.program.is_empty() {
        return Err(Failure::usage(format!(
            "the manifest cannot be read; expected one that a run wrote\n  at   {}\n  hint make the outputs again with `nulmeting run`",
            path.display()
        )));
    }
    Ok(found)
}

/// What two lists of names and values differ in.
fn changes<T: PartialEq>(a: &BTreeMap<String, T>, b: &BTreeMap<String, T>, show: impl Fn(&T) -> Value) -> Vec<Change> {
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names
        .into_iter()
        .filter(|name| a.get(*name) != b.get(*name))
        .map(|name| Change {
            name: name.clone(),
            a: a.get(name).map_or(Value::Null, &show),
            b: b.get(name).map_or(Value::Null, &show),
        })
        .collect()
}

fn because(a: &Manifest, b: &Manifest) -> Because {
    let hash = |hash: &String| Value::from(hash.as_str());
    let mut settings = changes(&a.study_file, &b.study_file, Value::clone);
    let command = changes(&a.settings, &b.settings, Value::clone);
    // The seed in force stands in both lists.
    settings.extend(command.into_iter().filter(|change| change.name != "seed"));
    let mut program = changes(&a.code, &b.code, hash);
    if a.version != b.version {
        program.insert(
            0,
            Change {
                name: "version".into(),
                a: a.version.as_str().into(),
                b: b.version.as_str().into(),
            },
        );
    }
    Because {
        inputs: changes(&a.inputs, &b.inputs, hash),
        settings,
        program,
    }
}

/// A table of published numbers, its rows by id.
struct Numbers {
    columns: Columns,
    rows: BTreeMap<String, usize>,
}

/// Reads a table of any version: columns are found by name. Absent tables have no rows.
fn published(out: &Path, table: &str) -> Result<Numbers, Failure> {
    let path = out.join("tables").join(format!("{table}.parquet"));
    let mut columns = Columns {
        names: Vec::new(),
        values: Vec::new(),
    };
    if path.is_file() {
        let bytes = std::fs::read(&path).map_err(|cause| Failure::reading(&path, &cause))?;
        columns = read_columns(bytes, &path.display().to_string()).map_err(Failure::data)?;
    }
    let schema = tables::all().into_iter().find(|schema| schema.name == table);
    let key = schema.map(|schema| schema.key.to_vec()).unwrap_or_default();
    let id = |row: usize| match columns.column("id").and_then(|ids| ids.text(row)) {
        Some(id) => id.to_owned(),
        None => {
            let parts = key.iter().filter_map(|name| Some(columns.column(name)?.display(row)));
            let parts: Vec<String> = parts.collect();
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            match EstimateId::new(table, &parts) {
                Some(id) => id.to_string(),
                None => format!("{table}/{row}"),
            }
        }
    };
    let rows = (0..columns.rows()).map(|row| (id(row), row)).collect();
    Ok(Numbers { columns, rows })
}

/// The columns of one number that differ.
fn differences(
    table: &str,
    id: &str,
    a: (&Numbers, usize),
    b: (&Numbers, usize),
    shape: Option<&Schema>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, values) in a.0.columns.names.iter().zip(&a.0.columns.values) {
        let Some(others) = b.0.columns.column(name) else {
            continue;
        };
        let (one, other) = (shown(values, a.1), shown(others, b.1));
        if one != other {
            let is_number = shape
                .and_then(|shape| shape.column(name))
                .is_none_or(|(_, column)| matches!(column.kind, Kind::Double | Kind::Integer));
            let difference = values
                .number(a.1)
                .zip(others.number(b.1))
                .map(|(one, other)| round12(other - one));
            found.push(Difference {
                table: table.to_owned(),
                id: id.to_owned(),
                column: name.clone(),
                a: one,
                b: other,
                difference: difference.filter(|_| is_number),
            });
        }
    }
    found
}

fn shown(values: &Values, row: usize) -> Value {
    match values {
        Values::Text(values) => Value::from(values[row].clone()),
        Values::Integer(values) => Value::from(values[row]),
        Values::Double(values) => Value::from(values[row]),
        Values::Boolean(values) => Value::from(values[row]),
    }
}

/// The correction of a number whose value differs; a number that is gone counts as withheld now.
fn correction(table: &str, column: &str, a: (&Numbers, usize), b: (&Numbers, Option<usize>)) -> Option<Correction> {
    let value =
        |numbers: &Numbers, row: usize, name: &str| numbers.columns.column(name).and_then(|values| values.number(row));
    let before = value(a.0, a.1, column);
    let after = b.1.and_then(|row| value(b.0, row, column));
    if before == after {
        return None;
    }
    let text = |name: &str| a.0.columns.column(name).map(|values| values.display(a.1));
    let wave = match (text("wave"), text("from_wave"), text("to_wave")) {
        (Some(wave), ..) => wave,
        (None, Some(from), Some(to)) => format!("{from} - {to}"),
        _ => String::new(),
    };
    let item = match (text("item"), text("question"), text("option")) {
        (Some(item), ..) => item,
        (None, Some(question), Some(option)) => format!("{question}.{option}"),
        _ => String::new(),
    };
    let all = || tables::ALL.to_owned();
    Some(Correction {
        wave,
        item,
        by: text("by").unwrap_or_else(all),
        group: text("group").unwrap_or_else(all),
        statistic: text("statistic").unwrap_or_else(|| {
            if table == "attention" {
                column.to_owned()
            } else {
                table.to_owned()
            }
        }),
        base: text("base").unwrap_or_else(|| "organisations".to_owned()),
        before,
        after,
    })
}
