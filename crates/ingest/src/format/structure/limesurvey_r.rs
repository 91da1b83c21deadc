//! The R script that LimeSurvey writes beside its R data: names, labels and factors by place of the column.

use super::{Asked, Structure};
use crate::format::limesurvey::expression;
use std::collections::BTreeMap;

/// Reads a script; what it does beside naming and labelling columns is passed over.
pub(super) fn parse(text: &str) -> Structure {
    let mut found = Structure::default();
    let mut asked: BTreeMap<usize, Asked> = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        let Some((target, value)) = line.split_once("<-") else {
            continue;
        };
        let Some(place) = place(target) else { continue };
        if target.starts_with("names(data)") {
            if let Some(name) = strings(value).into_iter().next() {
                // Of two scales the first is 0, in the way of the tool's expressions.
                found.names.insert(place, name.replace('#', "_"));
            }
        } else if target.contains("variable.labels") {
            asked.entry(place).or_default().text = strings(value).into_iter().next().unwrap_or_default();
        } else if let Some((levels, labels)) = value.split_once("labels") {
            let codes = strings(levels.split_once("levels").map_or("", |(_, codes)| codes));
            asked.entry(place).or_default().labels = codes.into_iter().zip(strings(labels)).collect();
        }
    }
    for (place, own) in asked {
        if let Some(name) = found.names.get(&place) {
            let key = expression(name).unwrap_or_else(|| (name.clone(), String::new()));
            found.asked.insert(key, own);
        }
    }
    found
}

/// The place, from 0, in `names(data)[3]` or `data[, 3]`.
fn place(target: &str) -> Option<usize> {
    let inside = target.rsplit_once('[')?.1.split(']').next()?;
    let number: usize = inside.trim_start_matches(',').trim().parse().ok()?;
    number.checked_sub(1)
}

/// The values of `c("A1", "A2")`, `c(1, 2)` or `"text"`, quotes undone.
fn strings(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut letters = text.chars().peekable();
    let mut bare = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                let mut value = String::new();
                while let Some(inner) = letters.next() {
                    match inner {
                        '"' => break,
                        '\\' => value.extend(letters.next()),
                        other => value.push(other),
                    }
                }
                values.push(value);
            }
            digit if digit.is_ascii_digit() || (digit == '-' && bare.is_empty()) => bare.push(digit),
            _ if bare.bytes().any(|byte| byte.is_ascii_digit()) => values.push(std::mem::take(&mut bare)),
            _ => bare.clear(),
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn names_labels_and_factors_go_by_place() {
        let script = "data <- read.csv(\"survey_1_R_data_file.csv\", quote = \"'\\\"\")\n\
            attributes(data)$variable.labels[1] <- \"Response ID\"\nnames(data)[1] <- \"id\"\n\
            data[, 2] <- factor(data[, 2], levels=c(\"A1\",\"A2\"),labels=c(\"Ad hoc\", \"Zegt \\\"ja\\\"\"))\n\
            names(data)[2] <- \"GO_GO01\"\ndata[, 3] <- factor(data[, 3], levels=c(1,2),labels=c(\"Ja\", \"Nee\"))\n\
            names(data)[3] <- \"EIS\"\n";
        let found = parse(script);
        assert_eq!(found.names[&1], "GO_GO01");
        let own = |question: &str, option: &str| &found.asked[&(question.to_owned(), option.to_owned())].labels;
        assert_eq!(own("GO", "GO01")[1], ("A2".to_owned(), "Zegt \"ja\"".to_owned()));
        assert_eq!(own("EIS", "")[1], ("2".to_owned(), "Nee".to_owned()));
    }
}
