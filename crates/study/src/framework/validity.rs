//! What the files of a codebook may say together: codes that are names, and references that lead somewhere.

use super::{Framework, LinkKind, Test};
use crate::Error;
use std::collections::BTreeSet;

/// What is wrong: the file, what was found, what was expected, and what to do.
type Fault = (&'static str, String, &'static str, &'static str);

/// Holds the parts of a codebook against each other.
///
/// Errors: the first thing that does not fit, by its file.
pub(super) fn check(framework: &Framework, position: &str) -> Result<(), Error> {
    let checks = [
        check_head,
        check_codes,
        check_norms,
        check_versions,
        check_points,
        check_questions,
    ];
    for check in checks {
        check(framework)
            .map_err(|(file, found, expected, hint)| Error::new(format!("{position}/{file}"), found, expected, hint))?;
    }
    Ok(())
}

fn check_head(framework: &Framework) -> Result<(), Fault> {
    let head = |found: &str, expected, hint| Err(("framework.toml", found.to_owned(), expected, hint));
    if framework.parts.is_empty() || framework.norms.is_empty() {
        return head(
            "no part or no norm",
            "at least one of each",
            "add `[[part]]` and rows to `norms.csv`",
        );
    }
    if framework.test == Test::Levels && framework.levels.len() < 2 {
        return head(
            "a levelled framework without a scale",
            "at least two `[[level]]`",
            "list the levels from low to high",
        );
    }
    if !framework.levels.is_sorted_by(|a, b| a.number < b.number) {
        return head(
            "levels out of order",
            "numbers that rise",
            "list the levels from low to high",
        );
    }
    let parts: BTreeSet<&str> = framework.parts.iter().map(|part| part.code.as_str()).collect();
    match framework
        .domains
        .iter()
        .find(|domain| !parts.contains(domain.part.as_str()))
    {
        None => Ok(()),
        Some(domain) => Err((
            "domains.csv",
            format!("domain `{}` of part `{}`", domain.code, domain.part),
            "a part of `framework.toml`",
            "declare the part or correct the cell",
        )),
    }
}

/// Codes become parts of the ids of numbers, which slashes divide.
fn check_codes(framework: &Framework) -> Result<(), Fault> {
    let norms = framework.norms.iter().map(|norm| ("norms.csv", &norm.code));
    let domains = framework.domains.iter().map(|domain| ("domains.csv", &domain.code));
    let mut codes = BTreeSet::new();
    for (file, code) in norms.chain(domains) {
        if !is_code(code) {
            return Err((
                file,
                format!("code `{}`", code.escape_debug()),
                "a code without `/`, line ends or other control characters",
                "write another sign for it, such as `-`",
            ));
        }
        if !codes.insert(code) {
            return Err((
                file,
                format!("code `{code}` twice"),
                "one code for one norm or domain",
                "remove one of the rows",
            ));
        }
    }
    Ok(())
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| !letter.is_control() && letter != '/')
}

fn check_norms(framework: &Framework) -> Result<(), Fault> {
    for norm in &framework.norms {
        if framework.domain(&norm.domain).is_none() {
            return Err((
                "norms.csv",
                format!("norm `{}` of domain `{}`", norm.code, norm.domain),
                "a domain of `domains.csv`",
                "add the domain or correct the cell",
            ));
        }
        if let Some(target) = norm.target.filter(|target| !framework.has_level(*target)) {
            return Err((
                "norms.csv",
                format!("norm `{}` with target {target}", norm.code),
                "a level of the scale",
                "correct the target",
            ));
        }
        // A codebook without axes has no typology, and its column `axis` says nothing.
        let is_known =
            |axis: &&String| framework.axes.is_empty() || framework.axes.iter().any(|known| known.code == **axis);
        if let Some(axis) = norm.axes.iter().find(|axis| !is_known(axis)) {
            return Err((
                "norms.csv",
                format!("norm `{}` on the axis `{axis}`", norm.code),
                "an axis of `framework.toml`, `both`, or nothing",
                "declare the axis by `[[axis]]` or correct the cell",
            ));
        }
    }
    Ok(())
}

fn check_versions(framework: &Framework) -> Result<(), Fault> {
    for link in &framework.versions {
        let fits = match link.kind {
            LinkKind::New => link.from.is_empty() && !link.to.is_empty(),
            LinkKind::Gone => !link.from.is_empty() && link.to.is_empty(),
            _ => !link.from.is_empty() && !link.to.is_empty(),
        };
        if !fits || !(link.to.is_empty() || framework.norm(&link.to).is_some()) {
            return Err((
                "versions.csv",
                format!("`{}` became `{}` ({})", link.from, link.to, link.kind),
                "a code of the earlier version under `from` (none for `new`) and a norm of this one under `to` (none for `gone`)",
                "correct the row",
            ));
        }
    }
    Ok(())
}

fn check_points(framework: &Framework) -> Result<(), Fault> {
    let is_known = |code: &&String| framework.norm(code).is_some() || framework.domain(code).is_some();
    let named = framework.points.iter().flat_map(|point| &point.norms);
    match named.into_iter().find(|code| !is_known(code)) {
        None => Ok(()),
        Some(code) => Err((
            "framework.toml",
            format!("a point of attention names `{code}`"),
            "a norm or domain code",
            "correct the code",
        )),
    }
}

/// A question is compared with one other at most, and that one with none: the difference is the second's less the first's.
fn check_questions(framework: &Framework) -> Result<(), Fault> {
    for question in &framework.questions {
        if !is_code(&question.code) || question.options.iter().any(|option| !is_code(&option.code)) {
            return Err((
                "questions.csv",
                format!("question `{}`, or one of its options", question.code.escape_debug()),
                "codes without `/`, line ends or other control characters",
                "write another sign for it, such as `-`",
            ));
        }
        let Some(against) = &question.against else { continue };
        if framework.question(against).is_none_or(|other| other.against.is_some()) {
            return Err((
                "questions.csv",
                format!("question `{}` against `{against}`", question.code),
                "another question of this file, which is itself against none",
                "correct the column `against`",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::{Framework, shipped};

    #[test]
    fn what_does_not_fit_is_refused_by_file_and_code() {
        let files = shipped::codebook_files("normenkader-ibp-fo-2024").unwrap();
        let question = "question,topic,kind,text_nl,text_en,against,option,label_nl,label_en";
        for (file, from, to, expected) in [
            ("norms.csv", "GO.01,", "GO/01,", "without `/`"),
            ("norms.csv", ",policy,", ",polici,", "axis"),
            (
                "questions.csv",
                "",
                "a,supplier,single,A,A,b,x,X,X\nb,supplier,single,B,B,a,x,X,X",
                "against none",
            ),
            ("questions.csv", "", "a,supplier,single,A,A,a,x,X,X", "against none"),
            ("questions.csv", "", "a,supplier,single,A,A,zz,x,X,X", "against none"),
            ("questions.csv", "", "a/b,supplier,single,A,A,,x,X,X", "without `/`"),
        ] {
            let mut files = files.clone();
            let text = match from {
                "" => format!("{question}\n{to}\n"),
                _ => {
                    assert!(files[file].contains(from), "{from}");
                    files[file].replacen(from, to, 1)
                }
            };
            files.insert(file.to_owned(), text);
            let error = Framework::parse(&files, "codebook").unwrap_err();
            assert!(
                error.place.contains(file) && error.to_string().contains(expected),
                "{to}: {error}"
            );
        }
    }
}
