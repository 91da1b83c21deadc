//! How much a delivered file may hold: the one place that keeps a broken or hostile file from taking the memory.
//!
//! The limits are far above any survey. A file over a limit is not read in part: it is refused whole, because
//! half an export looks like a smaller one.

use nulmeting_study::Error;

/// Largest file that is read.
/// Unit: bytes.
pub const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Largest content of a workbook once it is unpacked.
/// Unit: bytes.
pub const UNPACKED_BYTES: u64 = 512 * 1024 * 1024;

/// Most filled cells of one workbook.
pub const CELLS: usize = 5_000_000;

/// Most parts of one workbook.
const PARTS: usize = 20_000;

/// Refuses a file by its size on disk.
pub fn check_size(bytes: u64, place: &str) -> Result<(), Error> {
    if bytes <= FILE_BYTES {
        return Ok(());
    }
    Err(Error::new(
        place,
        format!("a file of {} MiB", bytes / (1024 * 1024)),
        format!("at most {} MiB", FILE_BYTES / (1024 * 1024)),
        "check that it is the export that was meant, or split it",
    ))
}

/// Refuses a packed workbook by the sizes that its own directory states.
///
/// A directory that cannot be found is left to the reader of workbooks, which refuses it too. The stated
/// sizes may lie; the limit on cells then still holds.
pub fn check_unpacked(bytes: &[u8], place: &str) -> Result<(), Error> {
    let refuse = |found: String| {
        Err(Error::new(
            place,
            found,
            format!("a workbook of at most {} MiB unpacked", UNPACKED_BYTES / (1024 * 1024)),
            "open it in a spreadsheet program, keep the sheets with answers, and save it again",
        ))
    };
    let Some(sizes) = stated_sizes(bytes) else {
        return Ok(());
    };
    if sizes.len() > PARTS {
        return refuse(format!("a workbook of {} parts", sizes.len()));
    }
    let total: u64 = sizes.iter().sum();
    if total > UNPACKED_BYTES {
        return refuse(format!("a workbook that unpacks to {} MiB", total / (1024 * 1024)));
    }
    Ok(())
}

/// The unpacked size of every part, as the zip's central directory states it.
fn stated_sizes(bytes: &[u8]) -> Option<Vec<u64>> {
    const END: [u8; 4] = *b"PK\x05\x06";
    const ENTRY: [u8; 4] = *b"PK\x01\x02";
    let half = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let end = bytes.windows(4).rposition(|window| window == END)?;
    let mut at = usize::try_from(word(end + 16)?).ok()?;
    let mut sizes = Vec::new();
    while bytes.get(at..at + 4)? == ENTRY {
        sizes.push(u64::from(word(at + 24)?));
        at += 46 + half(at + 28)? + half(at + 30)? + half(at + 32)?;
    }
    Some(sizes)
}

#[cfg(test)]
mod tests {
    use super::{check_size, check_unpacked};

    #[test]
    fn zip_bomb_is_refused_by_its_directory() {
        // One directory entry that states 4 GiB less one byte, and the end record that points to it.
        let mut bytes = b"PK\x01\x02".to_vec();
        bytes.extend([0u8; 20]);
        bytes.extend(u32::MAX.to_le_bytes());
        bytes.extend([0u8; 18]);
        bytes.extend(b"PK\x05\x06");
        bytes.extend([0u8; 18]);
        let error = check_unpacked(&bytes, "bomb.xlsx").unwrap_err();
        assert!(error.found.contains("unpacks to 4095 MiB"), "{error}");
        assert_eq!(error.place, "bomb.xlsx");
    }

    #[test]
    fn file_of_a_gigabyte_is_refused() {
        assert!(check_size(1 << 30, "big.csv").is_err());
    }
}
