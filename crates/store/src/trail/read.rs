//! A trail that is read: records in the order they were written, closed segments and the open one alike. Nothing is checked here;
//! that is [`verify`](super::verify)'s.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use domain::audit::{Event, Record};
use uuid::Uuid;

use crate::postgres::Fault;

use super::{
    file::{Folder, FolderFault, SegmentName},
    line::Line,
};

/// Goes through the records of a folder.
#[derive(Debug)]
pub struct Reader {
    folder: PathBuf,
    segments: std::vec::IntoIter<SegmentName>,
    upcoming: Option<SegmentName>,
    open: Option<OpenSegment>,
    writer: WriterOf,
}

/// Which process wrote a chain, as its first record says.
#[derive(Debug, Clone)]
pub(super) struct WriterOf {
    chain: Uuid,
    pub(super) instance: String,
    pub(super) program: String,
}

#[derive(Debug)]
struct OpenSegment {
    lines: BufReader<File>,
    name: SegmentName,
    line: u64,
    /// The last record that counts: what follows was never durable, and the next segment says so.
    last: Option<u64>,
}

/// A line that cannot be read, or a file.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system would not.
    #[error("{0}: {1}")]
    System(PathBuf, io::Error),
    /// The database would not.
    #[error("the database {0}")]
    Database(Fault),
    /// It is not written as lines of a trail are: `audit verify` says more.
    #[error("{segment}, line {line}: cannot be read: {why}; run `empego-gateway audit verify`")]
    Line {
        /// The segment.
        segment: String,
        /// From 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
}

impl Reader {
    /// Goes through all records of a folder, from the first.
    ///
    /// # Errors
    /// If it is no trail.
    pub fn of(folder: &Path) -> Result<Self, FolderFault> {
        let mut segments = Folder::look(folder)?.into_iter();
        let upcoming = segments.next();
        Ok(Self {
            folder: folder.to_owned(),
            segments,
            upcoming,
            open: None,
            writer: WriterOf::nobody(),
        })
    }

    fn open_next(&mut self) -> Result<bool, ReadError> {
        let Some(name) = self.upcoming.take() else {
            return Ok(false);
        };
        self.upcoming = self.segments.next();
        let path = self.folder.join(name.to_string());
        let file = File::open(&path).map_err(|error| ReadError::System(path, error))?;
        let last = match &self.upcoming {
            Some(next) if next.chain == name.chain => disowned_after(&self.folder.join(next.to_string()))?,
            Some(_) | None => None,
        };
        self.open = Some(OpenSegment {
            lines: BufReader::new(file),
            name,
            line: 0,
            last,
        });
        Ok(true)
    }

    fn record(&mut self) -> Result<Option<Record>, ReadError> {
        loop {
            let Some(open) = &mut self.open else {
                if self.open_next()? {
                    continue;
                }
                return Ok(None);
            };
            let mut bytes = Vec::new();
            let path = || self.folder.join(open.name.to_string());
            let read = open.lines.read_until(b'\n', &mut bytes);
            let read = read.map_err(|error| ReadError::System(path(), error))?;
            // What has no end is still being written, or was torn.
            if read == 0 || !bytes.ends_with(b"\n") {
                self.open = None;
                continue;
            }
            open.line += 1;
            let (chain, last) = (open.name.chain, open.last);
            let record = self.writer.record(chain, &bytes).map_err(|why| ReadError::Line {
                segment: open.name.to_string(),
                line: open.line,
                why,
            })?;
            if last.is_some_and(|last| record.head.seq > last) {
                self.open = None;
                continue;
            }
            return Ok(Some(record));
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

impl WriterOf {
    pub(super) fn nobody() -> Self {
        Self {
            chain: Uuid::nil(),
            instance: String::new(),
            program: String::new(),
        }
    }

    /// The writer of a record's chain.
    pub(super) fn of(record: &Record) -> Self {
        Self {
            chain: record.head.chain,
            instance: record.instance.clone(),
            program: record.program.clone(),
        }
    }

    pub(super) fn is_unknown(&self, chain: Uuid) -> bool {
        self.chain != chain
    }

    /// Reads a line of this chain.
    pub(super) fn record(&mut self, chain: Uuid, bytes: &[u8]) -> Result<Record, String> {
        let line = Line::read(bytes).ok_or_else(|| "it is not a line of a trail".to_owned())?;
        let event = Event::from_json(line.event)?;
        if let Event::Genesis(genesis) = &event {
            *self = Self {
                chain,
                instance: genesis.instance.clone(),
                program: genesis.program.to_string(),
            };
        } else if self.chain != chain {
            // Its first segment was removed after its time.
            *self = Self {
                chain,
                instance: format!("chain {chain}"),
                program: String::new(),
            };
        }
        Ok(Record {
            head: line.head(chain),
            instance: self.instance.clone(),
            program: self.program.clone(),
            event,
        })
    }
}

/// The last record before this segment that counts, if the segment begins after a failure.
pub(super) fn disowned_after(segment: &Path) -> Result<Option<u64>, ReadError> {
    let system = |error| ReadError::System(segment.to_owned(), error);
    let mut bytes = Vec::new();
    let mut lines = BufReader::new(File::open(segment).map_err(system)?);
    lines.read_until(b'\n', &mut bytes).map_err(system)?;
    let event = Line::read(&bytes).and_then(|line| Event::from_json(line.event).ok());
    Ok(match event {
        Some(Event::Recovered(recovered)) => recovered.last.map(|last| last.seq),
        Some(_) | None => None,
    })
}
