//! Compound files: the container of XLS and of workbooks that are locked with a password.

use nulmeting_study::Error;

/// What a compound file starts with.
pub(super) const MARK: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

/// Sectors with these numbers and above are no sectors but marks.
const LAST: u32 = 0xffff_fffa;

/// A compound file with the chains of its sectors.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    size: usize,
    next: Vec<u32>,
    small: Vec<u8>,
    next_small: Vec<u32>,
    cutoff: u32,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    size: usize,
}

const SMALL: usize = 64;

impl<'a> Compound<'a> {
    /// Opens a file; absent when it contradicts itself.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = half(bytes, 30)?;
        if !(7..=12).contains(&shift) {
            return None;
        }
        let mut own = Self {
            bytes,
            size: 1 << shift,
            next: Vec::new(),
            small: Vec::new(),
            next_small: Vec::new(),
            cutoff: word(bytes, 56)?,
            entries: Vec::new(),
        };
        own.next = own.table()?;
        let directory = own.chain(word(bytes, 48)?)?;
        for entry in directory.chunks_exact(128) {
            let length = usize::from(half(entry, 64)?).min(64).saturating_sub(2);
            let units: Vec<u16> = entry[..length]
                .chunks_exact(2)
                .map(|own| u16::from_le_bytes([own[0], own[1]]))
                .collect();
            own.entries.push(Entry {
                name: String::from_utf16_lossy(&units),
                start: word(entry, 116)?,
                size: word(entry, 120)? as usize,
            });
        }
        let root = own.entries.first()?;
        if root.start < LAST {
            own.small = own.chain(root.start)?;
            let table = own.chain(word(bytes, 60)?).unwrap_or_default();
            own.next_small = words(&table);
        }
        Some(own)
    }

    /// The sectors that follow sectors.
    fn table(&self) -> Option<Vec<u32>> {
        let mut sectors = words(self.bytes.get(76..512)?);
        let mut more = word(self.bytes, 68)?;
        // Each round takes another sector, so there are no more rounds than sectors.
        for _ in 0..self.bytes.len() / self.size {
            if more >= LAST {
                break;
            }
            let mut own = words(self.sector(more)?);
            more = own.pop()?;
            sectors.extend(own);
        }
        let sectors = sectors.into_iter().filter(|sector| *sector < LAST);
        let mut next = Vec::new();
        for sector in sectors.take(self.bytes.len() / self.size) {
            next.extend(words(self.sector(sector)?));
        }
        Some(next)
    }

    fn sector(&self, sector: u32) -> Option<&'a [u8]> {
        let start = (sector as usize).checked_add(1)?.checked_mul(self.size)?;
        let end = start.checked_add(self.size)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|own| !own.is_empty())
    }

    /// The bytes of a chain of sectors; absent when it runs out of the file or in a circle.
    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        let mut sector = first;
        while sector < LAST {
            whole.extend_from_slice(self.sector(sector)?);
            if whole.len() > self.bytes.len() {
                return None;
            }
            sector = *self.next.get(sector as usize)?;
        }
        Some(whole)
    }

    fn small_chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        let mut sector = first;
        while sector < LAST {
            let start = (sector as usize).checked_mul(SMALL)?;
            whole.extend_from_slice(self.small.get(start..(start + SMALL).min(self.small.len()))?);
            if whole.len() > self.small.len() {
                return None;
            }
            sector = *self.next_small.get(sector as usize)?;
        }
        Some(whole)
    }

    /// Whether there is a stream or folder of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    /// The bytes of a stream; absent when there is none.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let mut whole = if entry.size < self.cutoff as usize {
            self.small_chain(entry.start)?
        } else {
            self.chain(entry.start)?
        };
        whole.truncate(entry.size);
        Some(whole)
    }
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let own = bytes.chunks_exact(4);
    own.map(|own| u32::from_le_bytes([own[0], own[1], own[2], own[3]]))
        .collect()
}

/// The stream with the workbook.
///
/// Errors: a file that is locked with a password, or is no workbook.
pub(super) fn workbook(bytes: &[u8], place: &str) -> Result<Vec<u8>, Error> {
    use crate::container::package::{damaged, locked};
    let compound = Compound::open(bytes).ok_or_else(|| damaged(place, "its parts contradict each other"))?;
    if compound.has("EncryptedPackage") {
        return Err(locked(place));
    }
    let stream = compound.stream("Workbook").or_else(|| compound.stream("Book"));
    stream.ok_or_else(|| damaged(place, "no part with the workbook"))
}
