//! The files of a codebook: `framework.toml` and five tables in CSV.

use super::{
    Axis, Choice, Domain, Framework, LevelName, Norm, NormLink, Part, Point, Question, Support, Test, Text, TypeName,
    validity,
};
use crate::Error;
use crate::formula::unmasked;
use crate::printable::printable;
use crate::suggestion::nearest;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The files of a codebook; the last three may be left out.
pub const FILES: &[&str] = &[
    "framework.toml",
    "domains.csv",
    "norms.csv",
    "questions.csv",
    "support.csv",
    "versions.csv",
];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    title: Text,
    origin: Text,
    test: Test,
    pass_level: Option<i64>,
    #[serde(default)]
    level: Vec<LevelName>,
    part: Vec<Part>,
    #[serde(default)]
    axis: Vec<Axis>,
    #[serde(default, rename = "type")]
    types: Vec<TypeName>,
    #[serde(default)]
    point: Vec<Point>,
}

pub(super) fn parse(files: &BTreeMap<String, String>, place: &str) -> Result<Framework, Error> {
    let file = |name: &str| {
        files.get(name).map(String::as_str).ok_or_else(|| {
            Error::new(
                format!("{place}/{name}"),
                "no such file",
                "a codebook with `framework.toml`, `domains.csv` and `norms.csv`",
                "copy a shipped codebook and edit it",
            )
        })
    };
    let head: Head = toml::from_str(file("framework.toml")?).map_err(|cause| {
        Error::new(
            format!("{place}/framework.toml"),
            cause.to_string().trim_end().to_owned(),
            "the keys of a codebook",
            "the shipped codebooks under data/frameworks show every key",
        )
    })?;
    let mut framework = Framework {
        id: head.id,
        title: head.title,
        origin: head.origin,
        test: head.test,
        pass_level: head.pass_level,
        levels: head.level,
        parts: head.part,
        axes: head.axis,
        types: head.types,
        points: head.point,
        domains: Vec::new(),
        norms: Vec::new(),
        questions: Vec::new(),
        support: Vec::new(),
        versions: Vec::new(),
    };
    framework.domains = domains(&Sheet::parse(place, "domains.csv", file("domains.csv")?)?)?;
    framework.norms = norms(&Sheet::parse(place, "norms.csv", file("norms.csv")?)?, &framework)?;
    if let Some(text) = files.get("questions.csv") {
        framework.questions = questions(&Sheet::parse(place, "questions.csv", text)?)?;
    }
    if let Some(text) = files.get("support.csv") {
        framework.support = support(&Sheet::parse(place, "support.csv", text)?)?;
    }
    if let Some(text) = files.get("versions.csv") {
        framework.versions = versions(&Sheet::parse(place, "versions.csv", text)?)?;
    }
    validity::check(&framework, place)?;
    Ok(framework)
}

/// A CSV file of the codebook, with its place for errors.
struct Sheet {
    place: String,
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn parse(place: &str, name: &str, text: &str) -> Result<Self, Error> {
        let place = format!("{place}/{name}");
        let fault = |cause: csv::Error| {
            Error::new(
                &place,
                cause.to_string(),
                "comma-separated rows of equal length",
                "quote fields that hold a comma",
            )
        };
        let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let heading = reader
            .headers()
            .map_err(fault)?
            .iter()
            .map(|h| h.trim().to_owned())
            .collect();
        let rows = reader
            .records()
            .map(|record| {
                Ok(record
                    .map_err(fault)?
                    .iter()
                    .map(|cell| printable(unmasked(cell.trim())).into_owned())
                    .collect())
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { place, heading, rows })
    }

    fn column(&self, name: &str) -> Result<usize, Error> {
        self.heading.iter().position(|heading| heading == name).ok_or_else(|| {
            let hint = match nearest(name, self.heading.iter().map(String::as_str)) {
                Some(near) => format!("rename `{near}` to `{name}`"),
                None => format!("add a column `{name}`"),
            };
            Error::new(
                &self.place,
                format!("no column `{name}`"),
                "the columns of the shipped codebooks",
                hint,
            )
        })
    }

    fn text(&self, row: usize, name: &str) -> Result<&str, Error> {
        Ok(&self.rows[row][self.column(name)?])
    }

    fn both(&self, row: usize, name: &str) -> Result<Text, Error> {
        Ok(Text {
            nl: self.text(row, &format!("{name}_nl"))?.to_owned(),
            en: self.text(row, &format!("{name}_en"))?.to_owned(),
        })
    }

    fn parsed<T: FromStr>(&self, row: usize, name: &str) -> Result<T, Error>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(row, name)?;
        text.parse().map_err(|cause: T::Err| {
            Error::new(
                format!("{}, row {}, column `{name}`", self.place, row + 2),
                format!("`{text}`: {cause}"),
                "a value of this column",
                "correct the cell",
            )
        })
    }
}

fn domains(sheet: &Sheet) -> Result<Vec<Domain>, Error> {
    (0..sheet.rows.len())
        .map(|row| {
            Ok(Domain {
                code: sheet.text(row, "code")?.to_owned(),
                part: sheet.text(row, "part")?.to_owned(),
                number: sheet.parsed(row, "number")?,
                name: sheet.both(row, "name")?,
                standing: sheet.parsed(row, "standing")?,
            })
        })
        .collect()
}

fn norms(sheet: &Sheet, framework: &Framework) -> Result<Vec<Norm>, Error> {
    (0..sheet.rows.len())
        .map(|row| {
            let target = match framework.test {
                Test::PassFail => None,
                Test::Levels => Some(sheet.parsed(row, "target")?),
            };
            Ok(Norm {
                code: sheet.text(row, "code")?.to_owned(),
                domain: sheet.text(row, "domain")?.to_owned(),
                title: sheet.both(row, "title")?,
                target,
                axes: axes(sheet.text(row, "axis")?, framework),
                standing: sheet.parsed(row, "standing")?,
                source: sheet.text(row, "source")?.to_owned(),
            })
        })
        .collect()
}

/// The axes that a cell names: one, `both`, or none.
fn axes(cell: &str, framework: &Framework) -> Vec<String> {
    match cell {
        "" => Vec::new(),
        "both" => framework.axes.iter().map(|axis| axis.code.clone()).collect(),
        one => vec![one.to_owned()],
    }
}

/// One row per option; the rows of a question stand together.
fn questions(sheet: &Sheet) -> Result<Vec<Question>, Error> {
    let mut questions: Vec<Question> = Vec::new();
    for row in 0..sheet.rows.len() {
        let code = sheet.text(row, "question")?;
        if questions.last().is_none_or(|last| last.code != code) {
            let against = sheet.text(row, "against")?;
            questions.push(Question {
                code: code.to_owned(),
                topic: sheet.text(row, "topic")?.to_owned(),
                kind: sheet.parsed(row, "kind")?,
                name: sheet.both(row, "text")?,
                against: (!against.is_empty()).then(|| against.to_owned()),
                options: Vec::new(),
            });
        }
        let option = Choice {
            code: sheet.text(row, "option")?.to_owned(),
            name: sheet.both(row, "label")?,
        };
        questions
            .last_mut()
            .expect("a question was just made sure of")
            .options
            .push(option);
    }
    Ok(questions)
}

fn support(sheet: &Sheet) -> Result<Vec<Support>, Error> {
    (0..sheet.rows.len())
        .map(|row| {
            Ok(Support {
                for_: sheet.parsed(row, "for")?,
                key: sheet.text(row, "key")?.to_owned(),
                name: sheet.both(row, "name")?,
                about: sheet.both(row, "about")?,
                link: sheet.text(row, "link")?.to_owned(),
                standing: sheet.parsed(row, "standing")?,
            })
        })
        .collect()
}

fn versions(sheet: &Sheet) -> Result<Vec<NormLink>, Error> {
    (0..sheet.rows.len())
        .map(|row| {
            Ok(NormLink {
                version: sheet.text(row, "version")?.to_owned(),
                from: sheet.text(row, "from")?.to_owned(),
                to: sheet.text(row, "to")?.to_owned(),
                kind: sheet.parsed(row, "kind")?,
            })
        })
        .collect()
}
