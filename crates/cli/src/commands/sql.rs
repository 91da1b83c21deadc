//! `nulmeting sql`: the queries that make the sums on another engine.

use crate::console::Console;
use crate::exit::{Exit, Failure};
use serde_json::json;

/// The queries by the table that each makes, in the order in which they are run.
const QUERIES: [(&str, &str); 3] = [
    ("answer_counts", include_str!("../../../../data/sql/answer_counts.sql")),
    ("unit_sums", include_str!("../../../../data/sql/unit_sums.sql")),
    ("level_counts", include_str!("../../../../data/sql/level_counts.sql")),
];

/// Prints a query, or which there are.
pub(crate) fn sql(name: Option<&str>, console: &Console) -> Result<Exit, Failure> {
    let Some(name) = name else {
        if console.is_json() {
            console.json(&json!(
                QUERIES.map(|(name, text)| json!({ "table": name, "sql": text }))
            ))?;
        } else {
            for (name, text) in QUERIES {
                let about = text.lines().next().unwrap_or_default().trim_start_matches("-- ");
                console.data(&format!("{name}: {about}\n"));
            }
        }
        return Ok(Exit::Done);
    };
    let names = QUERIES.map(|(name, _)| name).join(", ");
    let found = QUERIES.iter().find(|(own, _)| *own == name).ok_or_else(|| {
        Failure::usage(format!(
            "no query `{name}`; expected one of {names}\n  hint `nulmeting sql` lists what each is for"
        ))
    })?;
    console.data(found.1);
    Ok(Exit::Done)
}
