//! The findings as a page of its own: no script, nothing fetched, every text escaped.

use super::PLACES;
use nulmeting_study::Finding;
use nulmeting_study::tables::Source;

/// Writes the page.
pub(super) fn page(title: &str, sources: &[Source], groups: &[Vec<&Finding>]) -> String {
    let mut text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Check: {0}</title><style>\
         body{{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}\
         table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #767676;\
         vertical-align:top}}section{{border-left:.4rem solid #767676;padding-left:1rem;margin:1.5rem 0}}\
         section.error{{border-color:#a00000}}section.warning{{border-color:#8a5a00}}</style></head><body>\
         <h1>Check: {0}</h1>\n<h2>Files read</h2>\n<table><thead><tr><th scope=\"col\">File</th><th scope=\"col\">Wave</th>\
         <th scope=\"col\">Format</th><th scope=\"col\">Encoding</th><th scope=\"col\">Delimiter</th><th scope=\"col\">Responses</th>\
         <th scope=\"col\">Organisations</th><th scope=\"col\">Questions mapped</th><th scope=\"col\">Not mapped</th></tr></thead><tbody>\n",
        escaped(title)
    );
    for source in sources {
        let cells = [
            source.source.clone(),
            source.wave.clone(),
            format!("{} ({})", source.format, source.recognised),
            source.encoding.clone().unwrap_or_default(),
            super::delimiter(source).to_owned(),
            source.rows.to_string(),
            source.organisations.to_string(),
            source.mapped.to_string(),
            (source.columns - source.mapped).to_string(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        text += &format!("<tr>{}</tr>\n", cells.concat());
    }
    text += "</tbody></table>\n<h2>Findings</h2>\n";
    if groups.is_empty() {
        text += "<p>Nothing found wrong.</p>\n";
    }
    for group in groups {
        let first = group[0];
        text += &format!(
            "<section class=\"{0}\"><h3>{0}: {1} ({2})</h3>\n<p>{3}</p>\n<p><strong>What to do:</strong> {4}</p>\n<details{5}><summary>Places</summary><ul>\n",
            first.severity,
            first.rule,
            group.len(),
            escaped(&first.message),
            escaped(&first.hint),
            if group.len() <= PLACES { " open" } else { "" }
        );
        for finding in group {
            text += &format!(
                "<li>{}: {}</li>\n",
                escaped(&finding.place().to_string()),
                escaped(&finding.message)
            );
        }
        text += "</ul></details></section>\n";
    }
    text + "</body></html>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::page;
    use nulmeting_study::words::Severity;
    use nulmeting_study::{Finding, Rule};

    #[test]
    fn texts_of_files_cannot_become_markup() {
        let finding = Finding::new(Severity::Error, Rule::UnmappedQuestion, "`<script>`", "a & b");
        let text = page("T <i>", &[], &[vec![&finding]]);
        assert!(!text.contains("<script>") && !text.contains("<i>"), "{text}");
        assert!(text.contains("&lt;script&gt;") && text.contains("a &amp; b"));
    }
}
