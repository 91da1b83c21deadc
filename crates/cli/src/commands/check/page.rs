//! The findings as a page of its own: no script, nothing fetched, every text escaped.

use super::PLACES;
use super::chosen::{Chosen, OVERRULE, chosen};
use nulmeting_study::Finding;
use nulmeting_study::tables::Source;
use nulmeting_study::words::Severity;

/// Files up to which their list stands open.
const LONG: usize = 12;
const STYLE: &str = include_str!("page.css");

/// Writes the page.
pub(super) fn page(title: &str, sources: &[Source], groups: &[Vec<&Finding>]) -> String {
    let title = escaped(title);
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Check: {title}</title><style>{STYLE}</style></head><body><main>\n<h1>Check: {title}</h1>\n"
    );
    text += &summary(sources, groups);
    text += "<h2 id=\"files\">Files read</h2>\n";
    text += &files(sources);
    text += "<h2 id=\"findings\">Findings</h2>\n";
    if groups.is_empty() {
        text += "<p>Nothing found wrong.</p>\n";
    }
    for group in groups {
        text += &section(group);
    }
    text + "</main></body></html>"
}

/// What there is, in numbers: files and what they hold, then findings by how bad they are.
fn summary(sources: &[Source], groups: &[Vec<&Finding>]) -> String {
    let count = |severity: Severity| -> usize {
        let own = groups.iter().filter(|group| group[0].severity == severity);
        own.map(|group| group.len()).sum()
    };
    let rows: i64 = sources.iter().map(|source| source.rows).sum();
    let numbers = [
        ("files", sources.len().to_string(), ""),
        ("responses", rows.to_string(), ""),
        ("errors", count(Severity::Error).to_string(), "error"),
        ("warnings", count(Severity::Warning).to_string(), "warning"),
        ("notes", count(Severity::Note).to_string(), "note"),
    ];
    let item = |(name, number, class): &(&str, String, &str)| {
        let part = if class.is_empty() { "files" } else { "findings" };
        format!("<li class=\"{class}\"><a href=\"#{part}\"><strong>{number}</strong> {name}</a></li>")
    };
    format!(
        "<ul class=\"summary\">{}</ul>\n",
        numbers.iter().map(item).collect::<String>()
    )
}

fn files(sources: &[Source]) -> String {
    let heads = [
        "File",
        "Wave",
        "Read as",
        "Responses",
        "Organisations",
        "Questions mapped",
        "Not mapped",
    ];
    let head: String = heads
        .iter()
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .collect();
    let doubtful = sources
        .iter()
        .filter(|source| chosen(source).iter().any(Chosen::is_doubtful));
    let doubtful: Vec<String> = doubtful
        .map(|source| format!("<code>{}</code>", escaped(&source.source)))
        .collect();
    let mut text = String::new();
    if !doubtful.is_empty() {
        text += &format!(
            "<p>To look at, since something else may have been meant: {}.</p>\n",
            doubtful.join(", ")
        );
    }
    // Hundreds of workbooks would stand between the reader and the findings.
    let open = if sources.len() <= LONG { " open" } else { "" };
    text += &format!(
        "<details{open}><summary>{} files, each with what it was read as</summary>\n",
        sources.len()
    );
    text += &format!("<table><thead><tr>{head}</tr></thead><tbody>\n");
    for source in sources {
        let read_as = chosen(source).into_iter().map(|own| match own.is_doubtful() {
            true => format!("<span class=\"doubt\">{}</span>", escaped(&own.to_string())),
            false => escaped(&own.to_string()),
        });
        let read_as: Vec<String> = read_as.collect();
        let cells = [
            escaped(&source.source),
            escaped(&source.wave),
            read_as.join(", "),
            source.rows.to_string(),
            source.organisations.to_string(),
            source.mapped.to_string(),
            (source.columns - source.mapped).to_string(),
        ];
        // On a narrow screen a row is a card, and each cell bears its heading.
        let cells = cells
            .iter()
            .zip(heads)
            .enumerate()
            .map(|(index, (cell, head))| match index {
                0 => format!("<th scope=\"row\">{cell}</th>"),
                1 | 2 => format!("<td data-head=\"{head}\">{cell}</td>"),
                _ => format!("<td class=\"number\" data-head=\"{head}\">{cell}</td>"),
            });
        text += &format!("<tr>{}</tr>\n", cells.collect::<String>());
    }
    text + &format!("</tbody></table></details>\n<p>{}.</p>\n", sentence(OVERRULE))
}

/// The findings of one rule; those that say the same of several places say it once.
fn section(group: &[&Finding]) -> String {
    let first = group[0];
    let mut text = format!(
        "<section class=\"{0}\"><h3><span class=\"severity\">{0}</span> {1} <span class=\"count\">{2}</span></h3>\n",
        first.severity,
        first.rule,
        match group.len() {
            1 => "once".to_owned(),
            count => format!("{count} times"),
        }
    );
    text += &format!(
        "<p>{}</p>\n<p><strong>What to do:</strong> {}</p>\n",
        sentence(&first.message),
        sentence(&first.hint)
    );
    text += &format!(
        "<details{}><summary>{}</summary><ul>\n",
        if group.len() <= PLACES { " open" } else { "" },
        if group.len() == 1 { "Where" } else { "Where, each" }
    );
    for finding in group {
        text += &format!(
            "<li><span class=\"place\">{}</span>",
            code(&finding.place().to_string())
        );
        if finding.message != first.message {
            text += &format!("<br>{}", code(&finding.message));
        }
        if finding.hint != first.hint {
            text += &format!("<br><strong>What to do:</strong> {}", code(&finding.hint));
        }
        text += "</li>\n";
    }
    text + "</ul></details></section>\n"
}

/// A fragment as a sentence of its own, its names set as code.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    code(&format!("{first}{}", letters.as_str()))
}

/// A sentence whose names in backticks are set as code; an odd backtick stays as it is.
fn code(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let part = |(index, part): (usize, &&str)| match (index % 2, index < last) {
        (0, _) => escaped(part),
        (_, true) => format!("<code>{}</code>", escaped(part)),
        (_, false) => format!("`{}", escaped(part)),
    };
    parts.iter().enumerate().map(part).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{code, page};
    use nulmeting_study::words::Severity;
    use nulmeting_study::{Finding, Rule};

    #[test]
    fn texts_of_files_cannot_become_markup() {
        let finding = Finding::new(Severity::Error, Rule::UnmappedQuestion, "`<script>`", "a & b");
        let text = page("T <i>", &[], &[vec![&finding]]);
        assert!(!text.contains("<script>") && !text.contains("<i>"), "{text}");
        assert!(text.contains("&lt;script&gt;") && text.contains("A &amp; b"));
    }

    #[test]
    fn names_in_backticks_are_code_and_an_odd_backtick_stays() {
        assert_eq!(code("state `a<b` or `c"), "state <code>a&lt;b</code> or `c");
        assert_eq!(code("plain"), "plain");
    }
}
