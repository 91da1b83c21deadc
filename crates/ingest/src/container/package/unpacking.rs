//! A part that is unpacked while it is read, within the limits of the study.

use crate::container::limits;
use nulmeting_study::Error;
use nulmeting_study::study_file::Limits;
use std::io::Read;

/// A part on its way.
pub(super) struct Unpacking<'a> {
    part: Box<dyn Read + 'a>,
    limits: &'a Limits,
    place: &'a str,
    packed: u64,
    unpacked: u64,
    /// How much was unpacked when the current event began.
    began: u64,
    refused: Option<Error>,
}

impl<'a> Unpacking<'a> {
    /// Starts with a part that takes so many bytes in the file.
    pub(super) fn of(part: Box<dyn Read + 'a>, packed: u64, limits: &'a Limits, place: &'a str) -> Self {
        Self {
            part,
            packed,
            limits,
            place,
            unpacked: 0,
            began: 0,
            refused: None,
        }
    }

    /// Starts the next event: only one is held at a time.
    pub(super) fn next_event(&mut self) {
        self.began = self.unpacked;
    }

    /// Why reading ended, where that is a limit.
    pub(super) fn refused(&mut self) -> Option<Error> {
        self.refused.take()
    }

    fn check(&self) -> Result<(), Error> {
        limits::passing(self.unpacked, self.limits, self.place)?;
        limits::piece(self.unpacked - self.began, self.place)?;
        limits::ratio(self.unpacked, self.packed, self.limits, self.place)
    }
}

impl Read for Unpacking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.part.read(buffer)?;
        self.unpacked += count as u64;
        match self.check() {
            Ok(()) => Ok(count),
            Err(cause) => {
                self.refused = Some(cause);
                Err(std::io::Error::other("a limit of the study"))
            }
        }
    }
}
