//! A trail in a folder: segments of lines, one after another, numbered through all chains. One process writes at a time.

mod folder;
mod segment;
mod tail;
mod trial;

pub use folder::{Condition, Folder, FolderFault, SegmentName};
pub use trial::{free_space, try_to_write};

use domain::audit::Head;
use jiff::Timestamp;
use uuid::Uuid;

use self::segment::Segment;
use super::{
    line::Linked,
    sink::{Cause, Failure, Found, Sink},
};

/// How large segments become, and how much space must be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after which another segment begins.
    pub segment: u64,
    /// Bytes that must be free on the disk.
    pub free: u64,
}

/// Keeps lines in the segments of a folder.
#[derive(Debug)]
pub struct FileSink {
    folder: Folder,
    chain: Uuid,
    limits: Limits,
    next: u64,
    open: Option<Segment>,
    /// Lines together, so that one write takes them; kept to be used again.
    together: Vec<u8>,
}

impl FileSink {
    /// Takes a folder for this chain, and moves aside what a crash left of a line. No other process can write there until this is
    /// dropped.
    ///
    /// # Errors
    /// Why it cannot be one.
    pub fn open(folder: Folder, chain: Uuid, limits: Limits) -> Result<(Self, Found), FolderFault> {
        let segments = folder.segments()?;
        let found = folder.left_behind(&segments)?;
        let next = segments.last().map_or(1, |last| last.number + 1);
        let sink = Self {
            folder,
            chain,
            limits,
            next,
            open: None,
            together: Vec::new(),
        };
        Ok((sink, found))
    }

    fn begin_segment(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.has_space()?;
        let name = SegmentName {
            number: self.next,
            chain: self.chain,
        };
        let created = Segment::create(self.folder.path(), &name, now);
        // Whatever became of a file that is there, it stays as it is; and no number is left out.
        if self.folder.path().join(name.to_string()).exists() {
            self.next += 1;
        }
        self.open = Some(created?);
        Ok(())
    }

    fn has_space(&self) -> Result<(), Failure> {
        let path = self.folder.path();
        let free = free_space(path).map_err(|error| {
            Failure::new(
                Cause::Write,
                format!("{}: cannot tell how much space is free: {error}", path.display()),
            )
        })?;
        if free < self.limits.free {
            let mib = |bytes: u64| bytes / (1024 * 1024);
            return Err(Failure::new(
                Cause::Space,
                format!(
                    "{}: {} MiB are free, and audit.min_free_mb asks for {}",
                    path.display(),
                    mib(free),
                    mib(self.limits.free)
                ),
            ));
        }
        Ok(())
    }

    fn segment(&mut self) -> Result<&mut Segment, Failure> {
        let nothing = || Failure::new(Cause::Write, "no segment is open");
        self.open.as_mut().ok_or_else(nothing)
    }
}

impl Sink for FileSink {
    fn append(&mut self, lines: &[Linked]) -> Result<(), Failure> {
        let mut together = std::mem::take(&mut self.together);
        together.clear();
        for line in lines {
            together.extend_from_slice(&line.bytes);
        }
        let kept = self.segment().and_then(|segment| segment.append(&together));
        self.together = together;
        kept
    }

    fn reopen(&mut self, _last: Option<&Head>) -> Result<(), Failure> {
        // A file that could not be synced once is never asked again: the kernel may have dropped what it could not write, and
        // would call the rest good.
        self.open = None;
        self.begin_segment(Timestamp::now())
    }

    fn is_full(&self, now: Timestamp) -> bool {
        let Some(open) = &self.open else { return false };
        open.length() >= self.limits.segment || open.is_of_another_day(now)
    }

    fn turn_over(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.begin_segment(now)
    }

    fn check(&mut self) -> Result<(), Failure> {
        self.has_space()?;
        self.segment()?.check()
    }
}
