//! The declared tables for readers and programs: the data dictionary and `datapackage.json`.

use nulmeting_study::{Kind, Schema};
use serde_json::{Value, json};

/// The `datapackage.json` of a folder with those tables (Data Package 2).
pub(crate) fn datapackage(title: &str, schemas: &[Schema]) -> Value {
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "nulmeting",
        "title": title,
        "resources": schemas.iter().map(resource).collect::<Vec<_>>(),
    })
}

/// One table as a Data Package resource.
pub(crate) fn resource(schema: &Schema) -> Value {
    let fields: Vec<Value> = schema
        .columns
        .iter()
        .map(|column| {
            let mut field = json!({
                "name": column.name,
                "type": column.kind.word(),
                "description": column.meaning.trim(),
                "constraints": { "required": !column.nullable },
            });
            if !column.unit.is_empty() {
                field["unit"] = json!(column.unit);
            }
            if !column.words.is_empty() {
                let words: Vec<Value> = column
                    .words
                    .iter()
                    .map(|word| json!({ "value": word.word, "label": word.meaning.trim() }))
                    .collect();
                field["categories"] = json!(words);
            }
            field
        })
        .collect();
    json!({
        "name": schema.name,
        "path": format!("{}.parquet", schema.name),
        "format": "parquet",
        "description": format!("One row per {}.", schema.row),
        "schema": { "fields": fields, "primaryKey": schema.key },
    })
}

/// The data dictionary as Markdown: also what `nulmeting tables` prints.
pub(crate) fn markdown(schemas: &[Schema]) -> String {
    let mut text = String::from(
        "# Tables\n\nOne row each per what is named under the heading. `?` after a type: a value may be missing.\n",
    );
    for schema in schemas {
        text.push_str(&format!(
            "\n## {}\n\nOne row per {}.\n\n| column | type | unit | meaning |\n|---|---|---|---|\n",
            schema.name, schema.row
        ));
        for column in &schema.columns {
            let kind = match column.kind {
                Kind::Text => "text",
                Kind::Integer => "integer",
                Kind::Double => "double",
                Kind::Boolean => "boolean",
            };
            let missing = if column.nullable { "?" } else { "" };
            let mut meaning = column.meaning.trim().to_owned();
            if !column.words.is_empty() {
                let words: Vec<String> = column.words.iter().map(|word| format!("`{}`", word.word)).collect();
                meaning.push_str(&format!(" One of {}.", words.join(", ")));
            }
            text.push_str(&format!(
                "| `{}` | {kind}{missing} | {} | {meaning} |\n",
                column.name, column.unit
            ));
        }
    }
    text
}
