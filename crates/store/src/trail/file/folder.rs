//! The folder of a trail: whose it is, what is in it, and what a crash left there.

use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    str::FromStr,
};

use domain::audit::Torn;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::tail::{Tail, tail};
use crate::trail::{line::Line, sink::Found};

/// What says whose folder it is, and how it is to be read.
const FORMAT: &str = "format";
const FORMAT_TEXT: &str = "empego-gateway audit trail ";
const FORMAT_VERSION: u32 = 1;
const LOCK: &str = "lock";

/// Where the chains of those who read the trail are.
const READERS: &str = "readers";

/// A folder that this process alone may write.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Held for as long as the folder is.
    _lock: File,
}

/// The name of a segment: a number through all chains, and its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentName {
    /// From 1, without gaps.
    pub number: u64,
    /// The chain of its lines.
    pub chain: Uuid,
}

/// How a folder is that could be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It is not there, and would be created.
    Missing,
    /// No process writes there.
    Free,
    /// A process writes there.
    InUse,
}

/// Why a folder cannot be a trail's.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// There is no folder to make it in.
    #[error("{0}: cannot be created: {1}")]
    NotCreated(PathBuf, io::Error),
    /// It is something else.
    #[error("{0}: is not a folder")]
    NotAFolder(PathBuf),
    /// Other users may look.
    #[error("{0}: other users may read it: chmod 0700 {0}")]
    OpenToOthers(PathBuf),
    /// It has something in it, and is not marked as a trail.
    #[error("{0}: has {1} in it and is not an audit trail: name an empty folder, or one that does not exist yet")]
    NotATrail(PathBuf, String),
    /// A later program wrote it.
    #[error(
        "{0}: was written in format {1}, and this program knows format {FORMAT_VERSION}: start the newer program, or name another folder"
    )]
    Newer(PathBuf, u32),
    /// Another process is writing.
    #[error("{0}: another gateway is writing this trail: each needs a folder of its own")]
    InUse(PathBuf),
    /// The operating system would not.
    #[error("{0}: {1}")]
    System(PathBuf, io::Error),
}

impl Folder {
    /// Takes a folder for writing; makes it if it is not there.
    ///
    /// # Errors
    /// Why it cannot be a trail's.
    pub fn take(path: &Path) -> Result<Self, FolderFault> {
        let system = |error| FolderFault::System(path.to_owned(), error);
        if !path.exists() {
            let made = DirBuilder::new().mode(0o700).create(path);
            made.map_err(|error| FolderFault::NotCreated(path.to_owned(), error))?;
        }
        check(path)?;
        // The lock comes first: two that start at once must not both take it for new.
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let is_marked = path.join(FORMAT).exists();
        if !is_marked {
            is_empty(path)?;
        }
        let lock = options.open(path.join(LOCK)).map_err(system)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderFault::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        if path.join(FORMAT).exists() {
            check_format(path)?;
        } else {
            let mut file = options.create_new(true).open(path.join(FORMAT)).map_err(system)?;
            let written = file.write_all(format!("{FORMAT_TEXT}{FORMAT_VERSION}\n").as_bytes());
            written.and_then(|()| file.sync_all()).map_err(system)?;
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// Looks whether a folder could be taken, and changes nothing.
    ///
    /// # Errors
    /// Why it could not; that another process writes there is no reason.
    pub fn inspect(path: &Path) -> Result<Condition, FolderFault> {
        if !path.exists() {
            return Ok(Condition::Missing);
        }
        check(path)?;
        if path.join(FORMAT).exists() {
            check_format(path)?;
        } else {
            is_empty(path)?;
            return Ok(Condition::Free);
        }
        let system = |error| FolderFault::System(path.to_owned(), error);
        let lock = path.join(LOCK);
        if !lock.exists() {
            return Ok(Condition::Free);
        }
        let lock = OpenOptions::new().write(true).open(lock).map_err(system)?;
        match lock.try_lock() {
            Ok(()) => Ok(Condition::Free),
            Err(TryLockError::WouldBlock) => Ok(Condition::InUse),
            Err(TryLockError::Error(error)) => Err(system(error)),
        }
    }

    /// The segments of a trail, in order, without taking it.
    ///
    /// # Errors
    /// If it is no trail, or cannot be read.
    pub fn look(path: &Path) -> Result<Vec<SegmentName>, FolderFault> {
        if !path.is_dir() {
            return Err(FolderFault::NotAFolder(path.to_owned()));
        }
        if !path.join(FORMAT).exists() {
            is_empty(path)?;
        }
        check_format(path)?;
        segments(path)
    }

    /// Where the chains of those who read this trail are.
    #[must_use]
    pub fn readers(path: &Path) -> PathBuf {
        path.join(READERS)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its segments, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn segments(&self) -> Result<Vec<SegmentName>, FolderFault> {
        segments(&self.path)
    }

    /// What the process before left: where its chain ends, and what a crash left of a line. That is moved aside, and nothing of
    /// it is lost.
    pub(super) fn left_behind(&self, segments: &[SegmentName]) -> Result<Found, FolderFault> {
        let mut found = Found::default();
        for segment in segments.iter().rev() {
            let path = self.path.join(segment.to_string());
            let system = |error| FolderFault::System(path.clone(), error);
            let Tail { last, end, torn } = tail(&path).map_err(system)?;
            if !torn.is_empty() {
                self.move_aside(&path, &torn, end).map_err(system)?;
                found.torn = Some(Torn {
                    segment: segment.to_string(),
                    length: torn.len() as u64,
                    sha256: hex::encode(Sha256::digest(&torn)),
                });
            }
            // A crash between making a file and writing to it leaves nothing in it.
            if let Some(last) = last {
                // One that was edited by hand is for `audit verify` to tell of.
                found.previous = Line::read(&last)
                    .map(|line| line.head(segment.chain))
                    .into_iter()
                    .collect();
                break;
            }
        }
        Ok(found)
    }

    fn move_aside(&self, path: &Path, torn: &[u8], end: u64) -> io::Result<()> {
        let mut aside = path.as_os_str().to_owned();
        aside.push(".torn");
        let mut options = OpenOptions::new();
        options.create(true).append(true).mode(0o600);
        let mut file = options.open(aside)?;
        file.write_all(torn)?;
        file.sync_all()?;
        File::open(&self.path)?.sync_all()?;
        let segment = OpenOptions::new().write(true).open(path)?;
        segment.set_len(end)?;
        segment.sync_all()
    }
}

fn check(path: &Path) -> Result<(), FolderFault> {
    let found = fs::metadata(path).map_err(|error| FolderFault::System(path.to_owned(), error))?;
    if !found.is_dir() {
        return Err(FolderFault::NotAFolder(path.to_owned()));
    }
    if found.mode() & 0o007 != 0 {
        return Err(FolderFault::OpenToOthers(path.to_owned()));
    }
    Ok(())
}

/// What a disk of its own has in it from the beginning, and what a start that was cut off leaves.
fn is_empty(path: &Path) -> Result<(), FolderFault> {
    let system = |error| FolderFault::System(path.to_owned(), error);
    for entry in fs::read_dir(path).map_err(system)? {
        let name = entry.map_err(system)?.file_name().to_string_lossy().into_owned();
        if !matches!(&*name, "lost+found" | LOCK) {
            return Err(FolderFault::NotATrail(path.to_owned(), name));
        }
    }
    Ok(())
}

fn check_format(path: &Path) -> Result<(), FolderFault> {
    let at = path.join(FORMAT);
    let mut text = String::new();
    let read = File::open(&at).and_then(|file| file.take(256).read_to_string(&mut text));
    read.map_err(|error| FolderFault::System(at, error))?;
    let version = text
        .strip_prefix(FORMAT_TEXT)
        .and_then(|rest| rest.trim_end().parse().ok());
    match version {
        Some(FORMAT_VERSION) => Ok(()),
        Some(newer) => Err(FolderFault::Newer(path.to_owned(), newer)),
        None => Err(FolderFault::NotATrail(
            path.to_owned(),
            format!("a file named {FORMAT} of something else"),
        )),
    }
}

fn segments(path: &Path) -> Result<Vec<SegmentName>, FolderFault> {
    let system = |error| FolderFault::System(path.to_owned(), error);
    let mut segments = Vec::new();
    for entry in fs::read_dir(path).map_err(system)? {
        let name = entry.map_err(system)?.file_name();
        segments.extend(name.to_str().and_then(|name| name.parse::<SegmentName>().ok()));
    }
    segments.sort_unstable();
    Ok(segments)
}

impl fmt::Display for SegmentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:010}-{}.ndjson", self.number, self.chain)
    }
}

impl FromStr for SegmentName {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let (number, chain) = name
            .strip_suffix(".ndjson")
            .and_then(|name| name.split_once('-'))
            .ok_or(())?;
        let read = Self {
            number: number.parse().map_err(|_not_one| ())?,
            chain: chain.parse().map_err(|_not_one| ())?,
        };
        // One name for each.
        if read.to_string() == name { Ok(read) } else { Err(()) }
    }
}
