//! Bytes to text: which encoding a file is in.
//!
//! Only the encodings that Dutch survey tools and registers write are recognised: UTF-8, UTF-16 and
//! windows-1252. Anything else must be stated in the study file, because a wrong guess changes names silently.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use nulmeting_study::Error;

/// A decoded text and the encoding it was in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text, without byte order mark.
    pub content: String,
    /// Name of the encoding.
    pub encoding: &'static str,
}

/// Decodes a file.
///
/// Method: a byte order mark decides; then the stated encoding; then UTF-16 by its zero bytes; then UTF-8 if
/// every byte fits; else windows-1252, in which every byte means something.
/// Errors: an unknown name of an encoding, bytes that do not fit the encoding, a file that is no text.
pub fn decode(bytes: &[u8], stated: Option<&str>, place: &str) -> Result<Text, Error> {
    let (encoding, skip) = match (Encoding::for_bom(bytes), stated) {
        (Some((encoding, length)), _) => (encoding, length),
        (None, Some(label)) => (named(label, place)?, 0),
        (None, None) => (guess(bytes), 0),
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
    if content.contains('\0') {
        return Err(Error::new(
            place,
            "a file that is neither text nor a workbook",
            "an export as CSV or XLSX",
            "check that it is the export that was meant",
        ));
    }
    Ok(Text {
        content: content.into_owned(),
        encoding: encoding.name(),
    })
}

fn named(label: &str, place: &str) -> Result<&'static Encoding, Error> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        Error::new(
            place,
            format!("encoding `{label}`"),
            "an encoding as the web names it: `utf-8`, `windows-1252`, `utf-16le`, `macintosh`",
            "correct `encoding` in the study file, or leave it out",
        )
    })
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    // In Latin text nearly every second byte of UTF-16 is zero, and no byte of any other text is.
    let enough = bytes.len() / 4;
    if bytes.len() >= 4 && zeros(1) > enough && zeros(0) == 0 {
        UTF_16LE
    } else if bytes.len() >= 4 && zeros(0) > enough && zeros(1) == 0 {
        UTF_16BE
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn encoding(bytes: &[u8]) -> (String, &'static str) {
        let text = decode(bytes, None, "x.csv").unwrap();
        (text.content, text.encoding)
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
    fn binary_file_is_refused() {
        assert!(decode(&[0, 1, 2, 3, 0, 0, 7], None, "x.csv").is_err());
    }
}
