//! The little language of `estimate`: sums of columns, and comparisons joined by `and`, `or`, `not`.
//!
//! It refuses arithmetic beyond plus and minus, functions and regular expressions: what needs more belongs in a
//! column of the table. A missing cell makes a comparison missing, not false, so that `not` cannot turn a
//! missing answer into a yes; `and` and `or` follow Kleene, as R does.

use crate::error::Error;

/// One cell of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing there.
    Missing,
    /// A number.
    Number(f64),
    /// A text, which may spell a number.
    Text(&'a str),
}

/// A table by columns, wherever it came from.
pub trait Columns {
    /// Gives the number of rows.
    fn rows(&self) -> usize;
    /// Gives the names of the columns, in the order of the table.
    fn names(&self) -> Vec<String>;
    /// Gives a cell; rows count from 0. A column that is not there reads as missing.
    fn cell(&self, column: &str, row: usize) -> Cell<'_>;
}

/// Finds a column, or says which there are.
pub(crate) fn known(table: &dyn Columns, name: &str) -> Result<(), Error> {
    let names = table.names();
    if names.iter().any(|own| own == name) {
        Ok(())
    } else {
        Err(Error::NoColumn {
            name: name.to_owned(),
            known: names,
        })
    }
}

/// Reads a cell as a number; a text `NA` is missing, another text that spells no number is an error.
pub(crate) fn number(table: &dyn Columns, name: &str, row: usize) -> Result<Option<f64>, Error> {
    match table.cell(name, row) {
        Cell::Missing => Ok(None),
        Cell::Number(value) => Ok((!value.is_nan()).then_some(value)),
        Cell::Text(text) => match text.trim() {
            "" | "NA" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Error::NotANumber {
                name: name.to_owned(),
                row: row + 1,
            }),
        },
    }
}

/// Reads a cell as a label; a whole number is written without decimals.
pub(crate) fn label(table: &dyn Columns, name: &str, row: usize) -> Option<String> {
    match table.cell(name, row) {
        Cell::Missing => None,
        Cell::Number(value) => (!value.is_nan()).then(|| value.to_string()),
        Cell::Text(text) => (!text.trim().is_empty()).then(|| text.to_owned()),
    }
}

/// A column, or a sum or difference of columns and numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    terms: Vec<(f64, Term)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    Column(String),
    Number(f64),
}

/// A condition on a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Two measures compared.
    Numbers(Measure, Operator, Measure),
    /// A column compared with a text.
    Text {
        /// The column.
        column: String,
        /// Whether they must be equal rather than differ.
        equal: bool,
        /// The text.
        text: String,
    },
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// Either.
    Or(Box<Condition>, Box<Condition>),
    /// The opposite.
    Not(Box<Condition>),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Operator {
    Equal,
    Different,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Measure {
    /// Reads a sum or difference of columns; a text that is the name of a column is that column.
    ///
    /// # Errors
    /// What cannot be read, with its place, and columns that are not there.
    pub fn parse(text: &str, table: &dyn Columns) -> Result<Self, Error> {
        if table.names().iter().any(|name| name == text) {
            return Ok(Self {
                terms: vec![(1.0, Term::Column(text.to_owned()))],
            });
        }
        let mut reader = Reader::new(text)?;
        let measure = reader.measure()?;
        reader.finish("`+`, `-` or the end")?;
        measure.check(table)?;
        Ok(measure)
    }

    /// Gives the value in a row; missing when one of its columns is.
    ///
    /// # Errors
    /// A text that spells no number.
    pub fn value(&self, table: &dyn Columns, row: usize) -> Result<Option<f64>, Error> {
        let mut sum = 0.0;
        for (sign, term) in &self.terms {
            sum += sign
                * match term {
                    Term::Number(value) => *value,
                    Term::Column(name) => match number(table, name, row)? {
                        Some(value) => value,
                        None => return Ok(None),
                    },
                };
        }
        Ok(Some(sum))
    }

    fn check(&self, table: &dyn Columns) -> Result<(), Error> {
        self.columns().try_for_each(|name| known(table, name))
    }

    /// The columns that it reads.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|(_, term)| match term {
            Term::Column(name) => Some(name.as_str()),
            Term::Number(_) => None,
        })
    }
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// What cannot be read, with its place, and columns that are not there.
    pub fn parse(text: &str, table: &dyn Columns) -> Result<Self, Error> {
        let mut reader = Reader::new(text)?;
        let condition = reader.either()?;
        reader.finish("`and`, `or` or the end")?;
        condition
            .columns()
            .into_iter()
            .try_for_each(|name| known(table, name))?;
        Ok(condition)
    }

    /// Says whether a row meets it; none when a missing cell decides.
    ///
    /// # Errors
    /// A text that spells no number where one is compared.
    pub fn holds(&self, table: &dyn Columns, row: usize) -> Result<Option<bool>, Error> {
        Ok(match self {
            Self::Numbers(left, operator, right) => match (left.value(table, row)?, right.value(table, row)?) {
                (Some(left), Some(right)) => Some(match operator {
                    Operator::Equal => left == right,
                    Operator::Different => left != right,
                    Operator::Less => left < right,
                    Operator::AtMost => left <= right,
                    Operator::More => left > right,
                    Operator::AtLeast => left >= right,
                }),
                _ => None,
            },
            Self::Text { column, equal, text } => label(table, column, row).map(|found| (found == *text) == *equal),
            Self::And(left, right) => match (left.holds(table, row)?, right.holds(table, row)?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.holds(table, row)?, right.holds(table, row)?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Not(inner) => inner.holds(table, row)?.map(|held| !held),
        })
    }

    /// The columns that it reads.
    pub(crate) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Numbers(left, _, right) => left.columns().chain(right.columns()).collect(),
            Self::Text { column, .. } => vec![column],
            Self::And(left, right) | Self::Or(left, right) => {
                left.columns().into_iter().chain(right.columns()).collect()
            }
            Self::Not(inner) => inner.columns(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Quoted(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// Reads tokens one by one and remembers where each began.
struct Reader<'a> {
    text: &'a str,
    tokens: Vec<(usize, Token)>,
    next: usize,
}

const SIGNS: [&str; 12] = ["==", "!=", "<>", "<=", ">=", "<", ">", "=", "+", "-", "(", ")"];

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, Error> {
        let characters: Vec<char> = text.chars().collect();
        let mut tokens = Vec::new();
        let mut place = 0;
        while place < characters.len() {
            let start = place;
            let first = characters[start];
            let run = |test: &dyn Fn(char) -> bool| {
                start
                    + characters[start..]
                        .iter()
                        .take_while(|character| test(**character))
                        .count()
            };
            let token = if first.is_whitespace() {
                place += 1;
                continue;
            } else if matches!(first, '"' | '\'' | '`') {
                let length = characters[start + 1..].iter().position(|character| *character == first);
                let Some(length) = length else {
                    return Err(fault(text, start, first.to_string(), "a closing quote"));
                };
                place = start + length + 2;
                let inside: String = characters[start + 1..place - 1].iter().collect();
                if first == '`' {
                    Token::Quoted(inside)
                } else {
                    Token::Text(inside)
                }
            } else if first.is_ascii_digit() {
                // A name may begin with a digit, as in `2023_niveau`: a number is what is a number as a whole.
                place = run(&|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
                let word: String = characters[start..place].iter().collect();
                word.parse().map_or(Token::Name(word), Token::Number)
            } else if first.is_alphanumeric() || matches!(first, '.' | '_') {
                place = run(&|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
                let word: String = characters[start..place].iter().collect();
                match word.parse::<f64>() {
                    Ok(number) if first == '.' => Token::Number(number),
                    _ => Token::Name(word),
                }
            } else {
                let ahead: String = characters[start..].iter().take(2).collect();
                let Some(sign) = SIGNS.into_iter().find(|sign| ahead.starts_with(sign)) else {
                    return Err(fault(
                        text,
                        start,
                        first.to_string(),
                        "a column, a number or a quoted text",
                    ));
                };
                place += sign.len();
                Token::Sign(sign)
            };
            tokens.push((start, token));
        }
        Ok(Self { text, tokens, next: 0 })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn fault(&self, expected: &'static str) -> Error {
        let length = self.text.chars().count();
        let (place, end) = match self.tokens.get(self.next) {
            Some((start, _)) => (*start, self.tokens.get(self.next + 1).map_or(length, |(next, _)| *next)),
            None => (length, length),
        };
        let found: String = self.text.chars().skip(place).take(end - place).collect();
        fault(self.text, place, found.trim().to_owned(), expected)
    }

    fn finish(&self, expected: &'static str) -> Result<(), Error> {
        if self.next == self.tokens.len() {
            Ok(())
        } else {
            Err(self.fault(expected))
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name.eq_ignore_ascii_case(word));
        self.next += usize::from(found);
        found
    }

    fn take_sign(&mut self, wanted: &[&str]) -> Option<&'static str> {
        match self.peek() {
            Some(Token::Sign(sign)) if wanted.contains(sign) => {
                let sign = *sign;
                self.next += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn either(&mut self) -> Result<Condition, Error> {
        let mut left = self.both()?;
        while self.take_word("or") {
            left = Condition::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Condition, Error> {
        let mut left = self.simple()?;
        while self.take_word("and") {
            left = Condition::And(Box::new(left), Box::new(self.simple()?));
        }
        Ok(left)
    }

    fn simple(&mut self) -> Result<Condition, Error> {
        if self.take_word("not") {
            return Ok(Condition::Not(Box::new(self.simple()?)));
        }
        if self.take_sign(&["("]).is_some() {
            let inside = self.either()?;
            if self.take_sign(&[")"]).is_none() {
                return Err(self.fault("`)`"));
            }
            return Ok(inside);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Condition, Error> {
        if let Some(Token::Text(text)) = self.peek().cloned() {
            self.next += 1;
            let equal = self.equality()?;
            let column = self.column().ok_or_else(|| self.fault("a column"))?;
            return Ok(Condition::Text { column, equal, text });
        }
        let start = self.next;
        let left = self.measure()?;
        let sign_at = self.next;
        let Some(sign) = self.take_sign(&SIGNS[..8]) else {
            return Err(self.fault("a comparison such as `>=` or `==`"));
        };
        if let Some(Token::Text(text)) = self.peek().cloned() {
            self.next = start;
            let column = self
                .column()
                .filter(|_| self.next == sign_at)
                .ok_or_else(|| self.fault("a single column"))?;
            let equal = self.equality()?;
            self.next += 1;
            return Ok(Condition::Text { column, equal, text });
        }
        let operator = match sign {
            "==" | "=" => Operator::Equal,
            "!=" | "<>" => Operator::Different,
            "<" => Operator::Less,
            "<=" => Operator::AtMost,
            ">" => Operator::More,
            _ => Operator::AtLeast,
        };
        Ok(Condition::Numbers(left, operator, self.measure()?))
    }

    fn equality(&mut self) -> Result<bool, Error> {
        match self.take_sign(&["==", "=", "!=", "<>"]) {
            Some("==" | "=") => Ok(true),
            Some(_) => Ok(false),
            None => Err(self.fault("`==` or `!=` beside a text")),
        }
    }

    fn column(&mut self) -> Option<String> {
        let name = match self.peek() {
            Some(Token::Name(name) | Token::Quoted(name)) => name.clone(),
            _ => return None,
        };
        self.next += 1;
        Some(name)
    }

    fn measure(&mut self) -> Result<Measure, Error> {
        let mut sign = if self.take_sign(&["-"]).is_some() { -1.0 } else { 1.0 };
        let mut terms = Vec::new();
        loop {
            let term = match self.peek() {
                Some(Token::Number(value)) => {
                    let term = Term::Number(*value);
                    self.next += 1;
                    term
                }
                _ => Term::Column(self.column().ok_or_else(|| self.fault("a column or a number"))?),
            };
            terms.push((sign, term));
            sign = match self.take_sign(&["+", "-"]) {
                Some("+") => 1.0,
                Some(_) => -1.0,
                None => return Ok(Measure { terms }),
            };
        }
    }
}

fn fault(text: &str, place: usize, found: String, expected: &'static str) -> Error {
    let found = if found.is_empty() {
        "the end".to_owned()
    } else {
        format!("found `{found}`")
    };
    Error::Expression {
        text: text.to_owned(),
        position: place + 1,
        found,
        expected,
    }
}
