//! Ids of published numbers: how a row of a table is named in the tables, in documents and by `explain`.
//!
//! Every id is made and read here. It is the key of the row, its parts joined by slashes, and says which table the row
//! stands in. Two rows never share an id: a slash within a part is written `%2F`, a percent sign `%25`.

use crate::table::{Column, Kind, Record, Schema, Table, Values};
use crate::words::Scope;
use std::fmt;
use std::str::FromStr;

/// How the ids of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The key alone; its second part is one of these words, by which the table is known.
    Key(&'static [&'static str]),
    /// Wave, `question`, question and option joined by a dot, and the rest of the key.
    Question,
    /// `change`, then the key.
    Change,
    /// The first part of the key, the name of the table, and the rest of the key.
    Named,
}

/// Whether the table has the id in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IdColumn {
    /// A field of the row, filled by the stage.
    Field,
    /// The first column, made from the key when the table is written.
    Made,
    /// None: a row is named by its id, but the table has one row per organisation and more, and would grow by a third.
    None,
}

/// The words that the second part of an id of `type_profiles` can be.
const TYPINGS: &[&str] = &["rule", "cluster"];
/// The word for the table `choices`.
const QUESTION: &str = "question";
/// The first part of an id of a change.
const CHANGE: &str = "change";
/// Parts of an id of a change.
const CHANGE_PARTS: usize = 10;

/// The tables whose rows have an id.
const TABLES: &[(&str, Form, IdColumn)] = &[
    ("levels", Form::Named, IdColumn::None),
    ("scores", Form::Named, IdColumn::None),
    ("representation", Form::Named, IdColumn::Made),
    ("bands", Form::Named, IdColumn::Made),
    ("estimates", Form::Key(&[]), IdColumn::Field),
    ("comparisons", Form::Named, IdColumn::Made),
    ("validation", Form::Named, IdColumn::Made),
    ("choices", Form::Question, IdColumn::Field),
    ("changes", Form::Change, IdColumn::Field),
    ("types", Form::Named, IdColumn::Made),
    ("clusters", Form::Named, IdColumn::Made),
    ("divisions", Form::Named, IdColumn::Made),
    ("typology", Form::Named, IdColumn::Made),
    ("type_agreement", Form::Named, IdColumn::Made),
    ("type_profiles", Form::Key(TYPINGS), IdColumn::Field),
    ("moves", Form::Named, IdColumn::Made),
    ("joinings", Form::Named, IdColumn::Made),
    ("attention", Form::Named, IdColumn::Made),
];

/// A row of a table whose rows have an id.
pub trait Published: Record {
    /// Name of the table.
    const TABLE: &'static str;
}

macro_rules! published {
    ($($row:ident: $table:literal),+ $(,)?) => {
        $(impl Published for crate::tables::$row {
            const TABLE: &'static str = $table;
        })+
    };
}
published! {
    Level: "levels",
    Score: "scores",
    Representation: "representation",
    Band: "bands",
    Estimate: "estimates",
    Comparison: "comparisons",
    Validation: "validation",
    Choice: "choices",
    Change: "changes",
    OrganisationType: "types",
    Cluster: "clusters",
    Division: "divisions",
    Typology: "typology",
    TypeAgreement: "type_agreement",
    TypeProfile: "type_profiles",
    Move: "moves",
    Joining: "joinings",
    Attention: "attention",
}

/// The id of a published number, and the table that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EstimateId {
    table: &'static str,
    text: String,
}

impl EstimateId {
    /// The id of the row of a table with a key.
    ///
    /// Shape: the values of the key's columns, in the order of the declaration.
    /// Absent: the rows of the table have no id.
    pub fn new(table: &str, key: &[&str]) -> Option<Self> {
        let (table, form, _) = TABLES.iter().find(|(name, ..)| *name == table)?;
        let part = |part: &&str| part.replace('%', "%25").replace('/', "%2F");
        let key: Vec<String> = key.iter().map(part).collect();
        let (wave, rest) = key.split_first()?;
        let text = match form {
            Form::Key(_) => key.join("/"),
            Form::Change => format!("{CHANGE}/{}", key.join("/")),
            Form::Named => format!("{wave}/{table}/{}", rest.join("/")),
            Form::Question => {
                let (item, rest) = rest.split_at_checked(2)?;
                format!("{wave}/{QUESTION}/{}/{}", item.join("."), rest.join("/"))
            }
        };
        Some(Self { table, text })
    }

    /// The id of the row of a table with a key, as [`EstimateId::new`].
    pub fn of_key<R: Published>(key: &[&str]) -> Self {
        Self::new(R::TABLE, key).expect("every published table is listed, and a key has three parts or more")
    }

    /// The id of a row.
    pub fn of<R: Published>(row: &R) -> Self {
        let table = R::table(std::slice::from_ref(row));
        of_row(&table.schema, &table.columns, 0).expect("every published table is listed, and a row has its key")
    }

    /// The table that the number stands in.
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The names of the tables whose rows have an id, in the order of the data's path.
    pub fn tables() -> impl Iterator<Item = &'static str> {
        TABLES.iter().map(|(name, ..)| *name)
    }
}

impl fmt::Display for EstimateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for EstimateId {
    type Err = String;

    /// Reads an id; whether a row has it, only its table can say.
    ///
    /// Errors: the text has the form of no table's ids.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let second = parts.get(1).copied().unwrap_or_default();
        let is_of = |form: Form, table: &str| match form {
            Form::Change => parts[0] == CHANGE && parts.len() == CHANGE_PARTS,
            Form::Question => second == QUESTION,
            Form::Named => second == table,
            Form::Key([]) => Scope::ALL.iter().any(|scope| scope.word() == second),
            Form::Key(words) => words.contains(&second),
        };
        // A wave may be called `change`: the length decides first.
        let mut tables = TABLES.iter().filter(|(table, form, _)| is_of(*form, table));
        let change = tables.clone().find(|(_, form, _)| *form == Form::Change);
        match change.or_else(|| tables.next()) {
            Some((table, ..)) => Ok(Self {
                table,
                text: text.to_owned(),
            }),
            None => Err(format!(
                "`{text}` has the form of no id; expected wave/scope/item/by/group/statistic/base as in `estimates`, or the column `id` of another table"
            )),
        }
    }
}

/// The id of a row of any table, from the columns of its key; absent when the rows of that table have none.
pub fn of_row(schema: &Schema, columns: &[Values], row: usize) -> Option<EstimateId> {
    let value = |name: &&str| Some(columns.get(schema.column(name)?.0)?.display(row));
    let key: Vec<String> = schema.key.iter().filter_map(value).collect();
    let key: Vec<&str> = key.iter().map(String::as_str).collect();
    EstimateId::new(schema.name, &key)
}

/// Whether a table begins with a column of ids that is made from the key.
fn is_made(table: &str) -> bool {
    TABLES
        .iter()
        .any(|(name, _, column)| *name == table && *column == IdColumn::Made)
}

/// Columns of a table before the fields of its row; for the code that [`table!`](crate::table) writes.
#[doc(hidden)]
pub fn columns_before(table: &str) -> usize {
    usize::from(is_made(table))
}

/// Adds the column of ids to a declaration; for the code that [`table!`](crate::table) writes.
#[doc(hidden)]
pub fn declared(mut schema: Schema) -> Schema {
    if is_made(schema.name) {
        let id = Column {
            name: "id",
            kind: Kind::Text,
            nullable: false,
            unit: "",
            meaning: " The number's name, by which `explain` finds it: wave, table and the rest of its key, joined by slashes.",
            words: &[],
        };
        schema.columns.insert(0, id);
    }
    schema
}

/// Adds the column of ids to a table that has all others; for the code that [`table!`](crate::table) writes.
#[doc(hidden)]
pub fn with_ids(mut table: Table) -> Table {
    if is_made(table.schema.name) {
        table.columns.insert(0, Values::empty(Kind::Text));
        let rows = table.columns.last().map_or(0, Values::len);
        let ids = (0..rows).map(|row| of_row(&table.schema, &table.columns, row).map(|id| id.text));
        table.columns[0] = Values::Text(ids.collect());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables;
    use std::collections::BTreeSet;

    /// A key of a table: words where the column is a closed list, its own name elsewhere.
    fn key(schema: &Schema) -> Vec<String> {
        let value = |name: &&'static str| {
            let column = schema.column(name).expect("keys are columns").1;
            column
                .words
                .first()
                .map_or((*name).to_owned(), |word| word.word.to_owned())
        };
        schema.key.iter().map(value).collect()
    }

    #[test]
    fn every_table_with_ids_reads_back_what_it_writes_and_no_two_share_one() {
        let mut ids = BTreeSet::new();
        for name in EstimateId::tables() {
            let schema = tables::all().into_iter().find(|schema| schema.name == name).unwrap();
            let key = key(&schema);
            let key: Vec<&str> = key.iter().map(String::as_str).collect();
            let id = EstimateId::new(name, &key).unwrap();
            assert_eq!(id.to_string().parse::<EstimateId>().unwrap(), id);
            assert!(ids.insert(id.to_string()), "{id} is of two tables");
        }
    }

    #[test]
    fn every_table_with_a_column_of_ids_is_one_that_has_ids() {
        for schema in tables::all().into_iter().chain(tables::sums()) {
            let listed = TABLES.iter().find(|(name, ..)| *name == schema.name);
            let has = listed.is_some_and(|(_, _, column)| *column != IdColumn::None);
            assert_eq!(schema.column("id").is_some(), has, "{}", schema.name);
        }
    }

    #[test]
    fn ids_that_were_given_out_stay_as_they_are() {
        let id = |table: &str, key: &[&str]| EstimateId::new(table, key).unwrap().to_string();
        assert_eq!(
            id(
                "estimates",
                &["2024", "domain", "OP", "all", "all", "mean_level", "pupils"]
            ),
            "2024/domain/OP/all/all/mean_level/pupils"
        );
        assert_eq!(
            id(
                "choices",
                &["2024", "OBSTACLES", "time", "sector", "po", "share", "organisations"]
            ),
            "2024/question/OBSTACLES.time/sector/po/share/organisations"
        );
        assert_eq!(
            id(
                "changes",
                &[
                    "2023",
                    "2024",
                    "all",
                    "norm",
                    "GO.01",
                    "all",
                    "all",
                    "mean_level",
                    "organisations"
                ]
            ),
            "change/2023/2024/all/norm/GO.01/all/all/mean_level/organisations"
        );
        assert_eq!(
            id("attention", &["2024", "point", "crisis"]),
            "2024/attention/point/crisis"
        );
        assert_eq!(
            id(
                "estimates",
                &["2024", "all", "all", "sector", "po/vo", "mean_level", "pupils"]
            ),
            "2024/all/all/sector/po%2Fvo/mean_level/pupils"
        );
        assert!("2024/nothing/GO".parse::<EstimateId>().is_err());
    }
}
