//! A trail that is followed while it is written: each record once, as soon as it is known to last.

use std::{
    fs::File,
    io::{self, BufReader, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use domain::audit::{Event, Record};
use serde::{Deserialize, Serialize};

use super::{
    Reader,
    file::{Folder, FolderFault, SegmentName},
    read::{ReadError, WriterOf},
};

/// How far a follower of a trail has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The segment's number; 0 before the first.
    pub segment: u64,
    /// How many of its bytes were read.
    pub offset: u64,
    /// How many records were read in all, of every kind.
    pub records: u64,
}

/// Follows a trail. It may begin before the trail does.
#[derive(Debug)]
pub struct Follower {
    folder: PathBuf,
    writer: WriterOf,
}

/// What there was to read, and where reading goes on.
#[derive(Debug)]
pub struct Followed {
    /// The records.
    pub records: Vec<Record>,
    /// Where to go on once they are dealt with.
    pub cursor: Cursor,
    /// How many bytes of the trail are still to be read after them, at least.
    pub behind: u64,
}

/// How much of a segment is read at once, unless there is more between two checkpoints.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

impl Follower {
    /// Follows the trail of this folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            writer: WriterOf::nobody(),
        }
    }

    /// What came after the cursor, and is known to last: up to the last checkpoint of the segment that is being written.
    ///
    /// # Errors
    /// If the trail cannot be read. Lines that are none are for `audit verify` to tell of, and skipped.
    pub fn after(&mut self, cursor: Cursor) -> Result<Followed, FollowError> {
        let segments = Folder::look(&self.folder)?;
        let at = segments.partition_point(|segment| segment.number < cursor.segment);
        let nothing = Followed {
            records: Vec::new(),
            cursor,
            behind: 0,
        };
        let Some((segment, later)) = segments.get(at..).and_then(<[SegmentName]>::split_first) else {
            return Ok(nothing);
        };
        let offset = if segment.number == cursor.segment {
            cursor.offset
        } else {
            0
        };
        let part = self.part(*segment, offset, later.first())?;
        let behind = later.iter().map(|segment| self.length(*segment)).sum::<u64>() + part.left;
        let next = match later.first() {
            Some(next) if part.left == 0 => (next.number, 0),
            Some(_) | None => (segment.number, offset + part.taken),
        };
        Ok(Followed {
            cursor: Cursor {
                segment: next.0,
                offset: next.1,
                records: cursor.records + part.lines,
            },
            records: part.records,
            behind,
        })
    }

    fn part(&mut self, segment: SegmentName, offset: u64, next: Option<&SegmentName>) -> Result<Part, FollowError> {
        if offset > 0 && self.writer.is_unknown(segment.chain) {
            self.learn_writer(segment)?;
        }
        let mut most = MOST_BYTES;
        loop {
            let part = self.part_of(segment, offset, most, next)?;
            if part.taken > 0 || part.left <= most {
                return Ok(part);
            }
            most *= 2;
        }
    }

    /// The same of so many bytes at most.
    fn part_of(
        &mut self,
        segment: SegmentName,
        offset: u64,
        most: u64,
        next: Option<&SegmentName>,
    ) -> Result<Part, FollowError> {
        let path = self.folder.join(segment.to_string());
        let system = |error| FollowError::Read(ReadError::System(path.clone(), error));
        let mut file = File::open(&path).map_err(system)?;
        let length = file.metadata().map_err(system)?.len();
        file.seek(SeekFrom::Start(offset)).map_err(system)?;
        let mut bytes = Vec::new();
        BufReader::new(file)
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(system)?;
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let last = match next {
            Some(next) if next.chain == segment.chain => {
                super::read::disowned_after(&self.folder.join(next.to_string()))?
            }
            Some(_) | None => None,
        };
        let (mut records, mut lines, mut taken, mut settled) = (Vec::new(), 0, 0, (0, 0, 0));
        for line in bytes
            .get(..end)
            .unwrap_or_default()
            .split_inclusive(|byte| *byte == b'\n')
        {
            taken += line.len() as u64;
            lines += 1;
            // Lines that are none are for `audit verify` to tell of.
            if let Ok(record) = self.writer.record(segment.chain, line)
                && last.is_none_or(|last| record.head.seq <= last)
            {
                let is_checkpoint = matches!(record.event, Event::Checkpoint(_));
                records.push(record);
                if is_checkpoint {
                    settled = (records.len(), lines, taken);
                }
            }
        }
        let is_closed = next.is_some();
        if is_closed {
            settled = (records.len(), lines, taken);
        }
        records.truncate(settled.0);
        Ok(Part {
            records,
            lines: settled.1,
            taken: settled.2,
            // A torn end of a closed segment is never read.
            left: if is_closed && (end as u64) < most && offset + bytes.len() as u64 == length {
                0
            } else {
                length.saturating_sub(offset + settled.2)
            },
        })
    }

    /// Who wrote a chain stands in its first record only.
    fn learn_writer(&mut self, segment: SegmentName) -> Result<(), FollowError> {
        for record in Reader::of(&self.folder)? {
            let Ok(record) = record else { continue };
            if record.head.chain == segment.chain {
                self.writer = WriterOf::of(&record);
                break;
            }
        }
        Ok(())
    }

    fn length(&self, segment: SegmentName) -> u64 {
        let path = self.folder.join(segment.to_string());
        // One that was removed meanwhile is no longer to be read.
        std::fs::metadata(path).map_or(0, |found| found.len())
    }
}

struct Part {
    records: Vec<Record>,
    lines: u64,
    taken: u64,
    left: u64,
}

/// Why a trail cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It is none.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A cursor cannot be kept.
    #[error("{0}: {1}")]
    Cursor(PathBuf, io::Error),
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _};

    use domain::audit::Read;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::{
        super::chain::{Beginning, Chain},
        *,
    };

    /// A record of so many bytes, and some more.
    fn long(bytes: usize) -> Event {
        Event::Read(Read {
            at: Timestamp::UNIX_EPOCH,
            user: "x".repeat(bytes),
            command: "find".into(),
            filters: BTreeMap::new(),
            revealed: false,
            records: 0,
        })
    }

    #[test]
    fn records_come_once_they_are_signed_however_many_there_are_in_between() {
        let private = fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(private).tempdir().unwrap();
        let _taken = Folder::take(folder.path()).unwrap();
        let id = Uuid::from_u128(5);
        let beginning = Beginning {
            program: "0.1.0",
            instance: "gw-1".to_owned(),
            keys: Vec::new(),
            configuration: String::new(),
            previous: Vec::new(),
        };
        let (mut chain, first) = Chain::begin(id, beginning, None, Timestamp::UNIX_EPOCH).unwrap();
        let mut bytes = first.bytes;
        for _ in 0..11 {
            bytes.extend(chain.link(long(1024 * 1024)).bytes);
        }
        let path = folder.path().join(SegmentName { number: 1, chain: id }.to_string());
        fs::write(&path, &bytes).unwrap();
        let mut follower = Follower::of(folder.path());
        let unsigned = follower.after(Cursor::default()).unwrap();
        assert_eq!((unsigned.records.len(), unsigned.cursor.offset), (0, 0));

        bytes.extend(chain.sign(Timestamp::UNIX_EPOCH).unwrap().bytes);
        let signed = bytes.len() as u64;
        bytes.extend(chain.link(long(1)).bytes);
        fs::write(&path, &bytes).unwrap();
        let part = follower.after(Cursor::default()).unwrap();
        assert_eq!((part.records.len(), part.cursor.offset), (13, signed));
        assert_eq!(part.behind, bytes.len() as u64 - signed);
        assert!(follower.after(part.cursor).unwrap().records.is_empty());
    }
}
