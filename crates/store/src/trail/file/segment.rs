//! One file that is being written.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::SegmentName;
use crate::trail::sink::{Cause, Failure};

/// A segment that lines are appended to.
#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    path: PathBuf,
    /// Device and number, by which the file is known again.
    id: (u64, u64),
    length: u64,
    day: Date,
}

impl Segment {
    pub(super) fn create(folder: &Path, name: &SegmentName, now: Timestamp) -> Result<Self, Failure> {
        let path = folder.join(name.to_string());
        let cannot =
            |error: io::Error| Failure::new(Cause::Write, format!("cannot create {}: {error}", path.display()));
        let mut options = OpenOptions::new();
        options.create_new(true).append(true).mode(0o600);
        let file = options.open(&path).map_err(cannot)?;
        let found = file.metadata().map_err(cannot)?;
        // The name must last as well as what is in the file.
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| Failure::new(Cause::Sync, format!("cannot sync {}: {error}", folder.display())))?;
        Ok(Self {
            id: (found.dev(), found.ino()),
            file,
            path,
            length: 0,
            day: day(now),
        })
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn is_of_another_day(&self, now: Timestamp) -> bool {
        self.length > 0 && self.day != day(now)
    }

    /// Writes bytes, and returns when they are on the disk.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.check()?;
        let path = self.path.display();
        let written = self.file.write_all(bytes);
        written.map_err(|error| Failure::new(Cause::Write, format!("cannot write to {path}: {error}")))?;
        let synced = self.file.sync_data();
        synced.map_err(|error| Failure::new(Cause::Sync, format!("cannot sync {path}: {error}")))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Looks whether the file is still the one at its path, with what was written to it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let path = self.path.display();
        let held = self.file.metadata();
        let held = held.map_err(|error| Failure::new(Cause::Write, format!("cannot look at {path}: {error}")))?;
        let there = std::fs::metadata(&self.path);
        let is_there = there.is_ok_and(|there| (there.dev(), there.ino()) == self.id);
        if held.nlink() == 0 || !is_there {
            return Err(Failure::new(
                Cause::Removed,
                format!("{path} was removed or replaced while it was written"),
            ));
        }
        match held.len().cmp(&self.length) {
            std::cmp::Ordering::Less => Err(Failure::new(
                Cause::Shortened,
                format!("{path} was cut off while it was written: leave its rotation to the gateway"),
            )),
            std::cmp::Ordering::Greater => Err(Failure::new(
                Cause::Foreign,
                format!("{path} was written to by another program"),
            )),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }
}

fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}
