//! Bytes to text: which encoding a file is in, and how sure that is.
//!
//! Only the encodings that survey tools and registers write are recognised: UTF-8, UTF-16, windows-1252 and Mac
//! Roman, which spreadsheets on a Mac write. Anything else must be stated in the study file, because a wrong
//! guess changes names silently.

use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use nulmeting_study::Error;
use std::borrow::Cow;

/// How sure the encoding of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// The study file states it.
    Stated,
    /// The file says so itself, by a byte order mark or in its header.
    Marked,
    /// Every byte fits, and a text in another encoding would hardly do that.
    Certain,
    /// It fits best of those that are recognised.
    Likely,
}

impl Sure {
    /// The word for it in the table of sources.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Marked => "marked",
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

/// A decoded text and the encoding it was in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    /// The text, without byte order mark.
    pub content: Cow<'a, str>,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// How sure that is.
    pub sure: Sure,
    /// Lines that held a zero byte, which no text has, counted from 1.
    pub zero_bytes: Vec<i64>,
}

/// Decodes a file.
///
/// Method: the stated encoding; then a byte order mark; then UTF-16 by its zero bytes; then UTF-8 if every byte
/// fits; else windows-1252 or Mac Roman, whichever makes more of the letters beyond ASCII fit into words.
/// Errors: an unknown name of an encoding, bytes that do not fit the encoding, a file that is no text.
pub fn decode<'a>(bytes: &'a [u8], stated: Option<&str>, place: &str) -> Result<Text<'a>, Error> {
    let mark = Encoding::for_bom(bytes);
    let (encoding, sure, skip) = match (stated, mark) {
        (Some(label), mark) => {
            let encoding = named(label, place)?;
            // A mark is no part of the text, in whatever encoding somebody states.
            let skip = mark
                .filter(|(marked, _)| *marked == encoding)
                .map_or(0, |(_, length)| length);
            (encoding, Sure::Stated, skip)
        }
        (None, Some((encoding, length))) => (encoding, Sure::Marked, length),
        (None, None) => {
            let (encoding, sure) = guess(bytes);
            (encoding, sure, 0)
        }
    };
    let (content, malformed) = encoding.decode_without_bom_handling(&bytes[skip..]);
    if malformed {
        return Err(Error::new(
            place,
            format!("bytes that are not {}", encoding.name()),
            "a text in one encoding",
            "export the file again, or state its `encoding` in the study file",
        ));
    }
    let zero_bytes = lines_with_zero_bytes(&content);
    if !zero_bytes.is_empty() && !is_text_but_for_zeros(&content) {
        return Err(Error::new(
            place,
            "a file that is neither text nor a workbook",
            "an export as CSV, XLSX, SAV or DTA",
            "check that it is the export that was meant",
        ));
    }
    let content = if zero_bytes.is_empty() {
        content
    } else {
        without_zeros(&content).into()
    };
    Ok(Text {
        content,
        encoding: encoding.name(),
        sure,
        zero_bytes,
    })
}

/// The lines that hold a zero byte; a line break within quotes starts no line.
fn lines_with_zero_bytes(content: &str) -> Vec<i64> {
    let mut lines = Vec::new();
    if memchr::memchr(0, content.as_bytes()).is_none() {
        return lines;
    }
    let (mut line, mut quoted, mut before) = (1, false, ' ');
    for letter in content.chars() {
        match letter {
            '"' => quoted = !quoted,
            '\n' if !quoted && before != '\r' => line += 1,
            '\r' if !quoted => line += 1,
            '\0' if lines.last() != Some(&line) => lines.push(line),
            _ => {}
        }
        before = letter;
    }
    lines
}

/// Whether so few control characters stand in a text that it is one: a binary file has many.
fn is_text_but_for_zeros(content: &str) -> bool {
    let is_strange = |letter: &char| letter.is_ascii_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{c}');
    let strange = content.chars().filter(is_strange).count();
    strange == 1 || strange * 100 <= content.len()
}

/// The text without the zeros at an end of a field; one within a word becomes a replacement mark, because what it
/// stood for is lost.
fn without_zeros(content: &str) -> String {
    let is_edge = |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '"' | '\0');
    let mut text = String::with_capacity(content.len());
    let mut letters = content.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\0' {
            text.push(letter);
            continue;
        }
        let at_start = text.chars().next_back().is_none_or(is_edge);
        let at_end = letters.peek().is_none_or(|next| is_edge(*next));
        if !at_start && !at_end {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// The encoding of that name, as the web names it.
pub(crate) fn named(label: &str, place: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        Error::new(
            place,
            format!("encoding `{label}`"),
            "an encoding as the web names it: `utf-8`, `windows-1252`, `utf-16le`, `macintosh`",
            "correct `encoding` in the study file, or leave it out",
        )
    })
}

/// Whether bytes look like UTF-16: by a mark, or because nearly every second byte is zero.
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    let encoding = Encoding::for_bom(bytes).map_or_else(|| guess_wide(bytes), |(encoding, _)| Some(encoding));
    encoding.is_some_and(|encoding| encoding == UTF_16LE || encoding == UTF_16BE)
}

fn guess_wide(bytes: &[u8]) -> Option<&'static Encoding> {
    // A glance tells: no other text has zero bytes.
    let bytes = &bytes[..bytes.len().min(4096)];
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    // In Latin text nearly every second byte of UTF-16 is zero, and no byte of any other text is.
    let enough = bytes.len() / 4;
    if bytes.len() >= 4 && zeros(1) > enough && zeros(0) == 0 {
        Some(UTF_16LE)
    } else if bytes.len() >= 4 && zeros(0) > enough && zeros(1) == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding that fits best, by the bytes alone.
pub(crate) fn guess(bytes: &[u8]) -> (&'static Encoding, Sure) {
    if let Some(wide) = guess_wide(bytes) {
        return (wide, Sure::Likely);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, Sure::Certain);
    }
    let best = if fit(bytes, MACINTOSH) > fit(bytes, WINDOWS_1252) {
        MACINTOSH
    } else {
        WINDOWS_1252
    };
    (best, Sure::Likely)
}

/// How well the letters beyond ASCII fit between their neighbours, if the text is in that encoding.
///
/// Unit: points; a lower-case letter within a word speaks for the encoding, a sign within a word, a capital
/// behind a small letter or a letter on its own against it.
fn fit(bytes: &[u8], encoding: &'static Encoding) -> i64 {
    let letter = |byte: u8| {
        let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
        text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    let table: Vec<char> = (0..=255).map(letter).collect();
    let at = |index: Option<usize>| {
        index
            .and_then(|index| bytes.get(index))
            .map_or(' ', |byte| table[usize::from(*byte)])
    };
    let letters = bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii());
    letters
        .map(|(index, byte)| {
            let letter = table[usize::from(*byte)];
            // In windows-1252 these bytes are signs, and letters that western languages hardly use; in Mac Roman they
            // are the accented letters.
            let rare = encoding == WINDOWS_1252 && (0x80..0xa0).contains(byte) && letter.is_alphabetic();
            points(at(index.checked_sub(1)), letter, at(Some(index + 1))) - i64::from(rare)
        })
        .sum()
}

fn points(before: char, letter: char, after: char) -> i64 {
    // A neighbour that depends on the encoding itself is no evidence.
    let within = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
    let between = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
    match letter {
        '\u{80}'..='\u{9f}' | char::REPLACEMENT_CHARACTER => -10,
        _ if letter.is_lowercase() => {
            if within {
                2
            } else {
                -1
            }
        }
        _ if letter.is_uppercase() => {
            if before.is_ascii_lowercase() {
                -2
            } else if within {
                1
            } else {
                -1
            }
        }
        '\u{2019}' => 1,
        '\u{a0}' | '\u{2018}' | '\u{201c}' | '\u{201d}' | '\u{2013}' | '\u{2014}' | '\u{2026}' | '\u{2022}'
        | '\u{20ac}' => {
            if between && letter != '\u{a0}' {
                -1
            } else {
                1
            }
        }
        _ => {
            if within {
                -2
            } else {
                -1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sure, decode};

    fn encoding(bytes: &[u8]) -> (String, &'static str) {
        let text = decode(bytes, None, "x.csv").unwrap();
        (text.content.into_owned(), text.encoding)
    }

    #[test]
    fn mac_roman_no_break_space_and_accents_are_not_windows_1252() {
        let read = encoding(b"Have you seen Star Wars?\xcaPlease choose;caf\x8e\r\n");
        assert_eq!(
            read,
            (
                "Have you seen Star Wars?\u{a0}Please choose;café\r\n".into(),
                "macintosh"
            )
        );
        let quoted = encoding(b"\xd2goed\xd3;Zo\x91;co\x9aperatie");
        assert_eq!(quoted, ("“goed”;Zoë;coöperatie".into(), "macintosh"));
        assert_eq!(encoding(b"the Expanded Universe?\x8c\xe6,Do you").1, "macintosh");
    }

    #[test]
    fn windows_1252_quotes_and_accents_are_not_mac_roman() {
        let read = encoding(b"\x93goed\x94;Zo\xeb;co\xf6peratie \x80 5;\xc9\xe9n\xa0school");
        assert_eq!(
            read,
            ("“goed”;Zoë;coöperatie € 5;Één\u{a0}school".into(), "windows-1252")
        );
    }

    #[test]
    fn how_sure_an_encoding_is() {
        let sure = |bytes: &[u8], stated| decode(bytes, stated, "x.csv").unwrap().sure;
        assert_eq!(sure(b"\xef\xbb\xbfid", None), Sure::Marked);
        assert_eq!(sure("Zoë".as_bytes(), None), Sure::Certain);
        assert_eq!(sure(b"Zo\xeb", None), Sure::Likely);
        assert_eq!(sure(b"Zo\xeb", Some("iso-8859-1")), Sure::Stated);
    }

    #[test]
    fn mark_is_no_part_of_a_text_whose_encoding_is_stated() {
        let text = decode(b"\xef\xbb\xbfid", Some("utf-8"), "x.csv").unwrap();
        assert_eq!(text.content, "id");
    }

    #[test]
    fn byte_order_mark_is_no_part_of_the_first_heading() {
        assert_eq!(encoding(b"\xef\xbb\xbfid"), ("id".into(), "UTF-8"));
    }

    #[test]
    fn frisian_name_in_windows_1252_keeps_its_circumflex() {
        assert_eq!(encoding(b"Frysl\xe2n"), ("Fryslân".into(), "windows-1252"));
    }

    #[test]
    fn utf_16_with_and_without_mark() {
        let wide: Vec<u8> = "id;naam".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(encoding(&wide), ("id;naam".into(), "UTF-16LE"));
        let marked: Vec<u8> = "\u{feff}id".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(encoding(&marked), ("id".into(), "UTF-16BE"));
    }

    #[test]
    fn stated_encoding_wins_over_the_guess() {
        let text = decode(b"caf\x8e", Some("macintosh"), "x.csv").unwrap();
        assert_eq!(text.content, "café");
        assert!(
            decode(b"x", Some("utf8000"), "x.csv")
                .unwrap_err()
                .found
                .contains("utf8000")
        );
    }

    #[test]
    fn one_zero_byte_is_named_and_the_rest_is_read() {
        let text = decode(b"id;a;b\r\n1;\"x\ny\";\0\r\n2;1;3\r\n", None, "x.csv").unwrap();
        assert_eq!(text.content, "id;a;b\r\n1;\"x\ny\";\r\n2;1;3\r\n");
        assert_eq!(text.zero_bytes, [2]);
        let within = decode(b"id;a\n1;2\x003\n", None, "x.csv").unwrap();
        assert_eq!(within.content, "id;a\n1;2\u{fffd}3\n");
    }

    #[test]
    fn binary_file_is_refused() {
        assert!(decode(&[0, 1, 2, 3, 0, 0, 7], None, "x.csv").is_err());
    }
}
