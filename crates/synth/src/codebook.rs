//! The invented codebooks: the texts beside the code, written out as the files of a codebook per version.

use crate::Error;
use nulmeting_study::Framework;
use nulmeting_study::framework::LinkKind;
use std::collections::BTreeMap;

/// A version of the invented framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// One pass/fail test per norm, security only.
    Tests,
    /// Levels, security and privacy.
    Levels,
    /// The same norms with stricter levels, as of a year.
    Stricter(i64),
}

impl Version {
    /// Folder of the codebook in the study.
    pub(crate) fn folder(self) -> String {
        format!("codebook/{}", self.year())
    }

    /// Year from which it holds.
    fn year(self) -> i64 {
        match self {
            Version::Tests => 2023,
            Version::Levels => 2024,
            Version::Stricter(year) => year,
        }
    }
}

/// The head of the codebook with levels.
const LEVELS: &str = include_str!("../texts/framework-2024.toml");

/// The files of a codebook, by name.
pub(crate) fn files(version: Version) -> Result<BTreeMap<String, String>, Error> {
    let (head, privacy) = match version {
        Version::Tests => (include_str!("../texts/framework-2023.toml").to_owned(), false),
        Version::Levels => (LEVELS.to_owned(), true),
        Version::Stricter(year) => (LEVELS.replace("2024", &year.to_string()), true),
    };
    let all = rows(include_str!("../texts/domains.csv"))?;
    let (domain_heading, domains) = all.split_first().expect("the texts have a heading");
    let domains: Vec<&Vec<String>> = domains.iter().filter(|row| privacy || row[1] == "security").collect();
    let norms = rows(include_str!("../texts/norms.csv"))?;
    let mut norm_rows = vec![
        [
            "code", "domain", "title_nl", "title_en", "target", "axis", "standing", "source",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for norm in norms.iter().skip(1) {
        if !domains.iter().any(|domain| domain[0] == norm[1]) {
            continue;
        }
        let mut row = norm.clone();
        if version == Version::Tests {
            row[4].clear();
        }
        row.extend(["working-title".to_owned(), String::new()]);
        norm_rows.push(row);
    }
    let mut domain_rows = vec![domain_heading.clone()];
    domain_rows.extend(domains.into_iter().cloned());
    let mut files = BTreeMap::from([
        ("framework.toml".to_owned(), head),
        ("domains.csv".to_owned(), comma_separated(&domain_rows)),
        ("norms.csv".to_owned(), comma_separated(&norm_rows)),
        (
            "questions.csv".to_owned(),
            include_str!("../texts/questions.csv").to_owned(),
        ),
        (
            "support.csv".to_owned(),
            include_str!("../texts/support.csv").to_owned(),
        ),
    ]);
    if let Version::Stricter(_) = version {
        let before = framework(Version::Levels)?;
        let mut links = vec![["version", "from", "to", "kind"].map(str::to_owned).to_vec()];
        links.extend(before.norms.iter().map(|norm| {
            let kind = LinkKind::Rescaled.word().to_owned();
            vec![before.id.clone(), norm.code.clone(), norm.code.clone(), kind]
        }));
        files.insert("versions.csv".to_owned(), comma_separated(&links));
    }
    Ok(files)
}

/// The codebook as the stages read it.
pub(crate) fn framework(version: Version) -> Result<Framework, Error> {
    Ok(Framework::parse(&files(version)?, &version.folder())?)
}

/// The rows of a text in comma-separated values, heading included.
pub(crate) fn rows(text: &str) -> Result<Vec<Vec<String>>, Error> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|record| Ok(record?.iter().map(str::to_owned).collect()))
        .collect()
}

/// Rows as comma-separated values, quoted where needed.
pub(crate) fn comma_separated(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    rows.iter()
        .map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Version, framework};
    use nulmeting_study::words::Standing;

    #[test]
    fn both_versions_parse_and_hold_the_norms_of_the_real_framework_in_number_only() {
        let tests = framework(Version::Tests).unwrap();
        let levels = framework(Version::Levels).unwrap();
        let security = |framework: &nulmeting_study::Framework| {
            let part =
                |norm: &&nulmeting_study::framework::Norm| framework.part_of(&norm.domain).unwrap().code == "security";
            framework.norms.iter().filter(part).count()
        };
        assert_eq!((tests.norms.len(), security(&tests)), (69, 69));
        assert_eq!((levels.norms.len(), security(&levels)), (94, 69));
        assert!(levels.norms.iter().all(|norm| norm.standing == Standing::WorkingTitle));
        assert!(levels.origin.en.contains("Invented") && tests.origin.nl.contains("Verzonnen"));
        let domains = levels.domains.iter().filter(|domain| domain.part == "security").count();
        assert_eq!(domains, 15);
    }
}
