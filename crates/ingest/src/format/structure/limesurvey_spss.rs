//! The syntax that LimeSurvey writes beside its data for SPSS: columns by their place, labels, and their names.
//!
//! The data have no heading. Their columns are `V1`, `V2` and so on in the order in which `GET DATA` lists them;
//! what they are called in the questionnaire is said last, by `RENAME VARIABLE`. Everything else is passed over:
//! nothing is computed and no file that the syntax names is opened.

use super::{Asked, Structure};
use crate::container::limits;
use crate::format::limesurvey::expression;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::collections::BTreeMap;

/// Whether a text is such a syntax.
pub(super) fn is(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    text.contains("GET DATA") && text.contains("/VARIABLES")
}

/// A part of a syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    /// `=`, `(`, `)`, `/` or `+`.
    Mark(char),
    /// The point that ends a command.
    End,
}

/// Reads a syntax.
///
/// Errors: more columns or labels than the study allows.
pub(super) fn parse(text: &str, limits: &Limits, place: &str) -> Result<Structure, Error> {
    let mut variables: Vec<String> = Vec::new();
    let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut labels = 0;
    for command in tokens(text).split(|token| *token == Token::End) {
        let starts = |words: &[&str]| {
            words.len() <= command.len()
                && words
                    .iter()
                    .zip(command)
                    .all(|(word, token)| matches!(token, Token::Word(own) if own.eq_ignore_ascii_case(word)))
        };
        if starts(&["GET", "DATA"]) {
            let list = command
                .iter()
                .skip_while(|token| !matches!(token, Token::Word(own) if own.eq_ignore_ascii_case("VARIABLES")));
            variables = list.filter_map(variable).collect();
            limits::columns(variables.len() as u64, limits, place)?;
        } else if starts(&["VARIABLE", "LABELS"]) {
            let mut own = None;
            for token in command {
                match token {
                    Token::Text(text) => {
                        if let Some(name) = own.take() {
                            asked.entry(name).or_default().text.clone_from(text);
                        }
                    }
                    other => own = variable(other).or(own),
                }
            }
        } else if starts(&["VALUE", "LABELS"]) {
            let (mut own, mut code) = (None, None);
            for token in command.iter().skip(2) {
                match (token, code.take()) {
                    (Token::Mark('/'), _) => own = None,
                    (token, _) if own.is_none() => own = variable(token),
                    (Token::Text(label), Some(code)) => {
                        labels += 1;
                        limits::cells(labels, limits.cells, place)?;
                        if let Some(name) = &own {
                            let asked = asked.entry(String::clone(name)).or_default();
                            asked.labels.push((code, label.clone()));
                        }
                    }
                    (Token::Text(text) | Token::Word(text), _) => code = Some(text.clone()),
                    _ => {}
                }
            }
        } else if starts(&["RENAME", "VARIABLE"]) || starts(&["RENAME", "VARIABLES"]) {
            for pair in command.windows(3) {
                if let [own, Token::Mark('='), Token::Word(name)] = pair
                    && let Some(own) = variable(own)
                {
                    names.insert(own, name.clone());
                }
            }
        }
    }
    let mut found = Structure {
        bare: true,
        ..Structure::default()
    };
    for (index, own) in variables.iter().enumerate() {
        // Of two scales the first is 0, in the way of the tool's expressions.
        let name = names.get(own).unwrap_or(own).replace('#', "_");
        if let Some(asked) = asked.remove(own) {
            let key = expression(&name).unwrap_or_else(|| (name.clone(), String::new()));
            found.asked.insert(key, boxes(asked));
        }
        found.names.insert(index, name);
    }
    Ok(found)
}

/// Labels of 1 and then 0 are those of a box, in the language of the export: that it was ticked or not. The answers
/// of a list stand in the order of their codes.
fn boxes(mut asked: Asked) -> Asked {
    if asked.labels.iter().map(|(code, _)| code.as_str()).eq(["1", "0"]) {
        for (code, label) in &mut asked.labels {
            (if code == "1" { "yes" } else { "no" }).clone_into(label);
        }
    }
    asked
}

/// The name `V12` of a column; absent for anything else.
fn variable(token: &Token) -> Option<String> {
    let Token::Word(word) = token else { return None };
    let digits = word.strip_prefix(['V', 'v'])?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("V{digits}"))
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut letters = text.chars().peekable();
    let mut word = String::new();
    let close = |word: &mut String, tokens: &mut Vec<Token>| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    let mut line_starts = true;
    while let Some(letter) = letters.next() {
        let started = std::mem::replace(&mut line_starts, letter == '\n');
        match letter {
            // A line that starts with a star is a remark.
            '*' if started => while letters.next_if(|own| *own != '\n').is_some() {},
            '"' | '\'' => {
                close(&mut word, &mut tokens);
                let mut own = String::new();
                while let Some(inner) = letters.next() {
                    if inner == letter && letters.next_if_eq(&letter).is_none() {
                        break;
                    }
                    own.push(inner);
                }
                // Long texts are written in pieces with a plus between.
                match tokens.as_mut_slice() {
                    [.., Token::Text(before), Token::Mark('+')] => {
                        before.push_str(&own);
                        tokens.pop();
                    }
                    _ => tokens.push(Token::Text(own)),
                }
            }
            '.' if letters.peek().is_none_or(|own| own.is_whitespace()) => {
                close(&mut word, &mut tokens);
                tokens.push(Token::End);
            }
            '=' | '(' | ')' | '/' | '+' => {
                close(&mut word, &mut tokens);
                tokens.push(Token::Mark(letter));
            }
            blank if blank.is_whitespace() || blank == '\u{feff}' => close(&mut word, &mut tokens),
            other => word.push(other),
        }
    }
    close(&mut word, &mut tokens);
    tokens
}

#[cfg(test)]
mod tests {
    use super::parse;
    use nulmeting_study::study_file::Limits;

    #[test]
    fn columns_go_by_their_place_and_are_renamed_last() {
        let syntax = "*$Rev: 121017 $\nSET UNICODE=ON.\nGET DATA\n /TYPE=TXT\n /FILE='x.dat'\n /VARIABLES=\n V1 F4.0\n V2 DATETIME23.2\n V3 A2\n V4 F1.0\n V5 A5.\n\
            EXECUTE.\nVARIABLE LABELS V3 \"[Koers] Welk \"\"niveau\"\"\"+\n\" is het. Nu?\".\n\
            VALUE LABELS V3\n\"A1\" \"Ad hoc\"\n\"A2\" \"Vast. Echt\".\nVALUE LABELS V4\n1 'Ja'\n0 'Niet gekozen'.\n\
            RENAME VARIABLE ( V1 = id ).\nRENAME VARIABLE ( V3 = GO_GO01 ).\n* Variable name was incorrect and was changed from  to q_ .\n\
            RENAME VARIABLE ( V4 = OB_a ).\nRENAME VARIABLE ( V5 = DU_a#1 ).\nRESTORE LOCALE.\n";
        let found = parse(syntax, &Limits::default(), "x.sps").unwrap();
        let names: Vec<&str> = found.names.values().map(String::as_str).collect();
        assert_eq!(names, ["id", "V2", "GO_GO01", "OB_a", "DU_a_1"]);
        let own = &found.asked[&("GO".to_owned(), "GO01".to_owned())];
        assert_eq!(own.text, "[Koers] Welk \"niveau\" is het. Nu?");
        assert_eq!(own.labels[1], ("A2".to_owned(), "Vast. Echt".to_owned()));
        let ticked = &found.asked[&("OB".to_owned(), "a".to_owned())].labels;
        assert_eq!(ticked[1], ("0".to_owned(), "no".to_owned()));
    }
}
