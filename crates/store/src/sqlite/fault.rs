//! Why a file cannot be used, with what to do about it.

use std::{io, path::PathBuf};

use rusqlite::ErrorCode;

use crate::known::Unavailable;

/// A file that cannot be used as the store.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", file.display())]
pub struct SqliteFault {
    /// Which one.
    pub file: PathBuf,
    /// Why not.
    pub why: Why,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// It does not exist, and must not be created.
    #[error("does not exist yet: `serve` and `known import` create it")]
    Missing,
    /// The folder that it should be in is not there.
    #[error("its folder does not exist: create it, writable for the gateway's user")]
    NoFolder,
    /// The gateway's user may not read or write it.
    #[error(
        "{0}: the file and its folder must be writable for the gateway's user; SQLite keeps two more files beside it"
    )]
    NotAllowed(String),
    /// Nothing more can be written.
    #[error("the disk is full: free some space; nothing that was stored is lost")]
    Full,
    /// Other content, or a damaged header.
    #[error("is not a SQLite database: choose another file, or restore this one from a backup")]
    NotADatabase,
    /// Its pages contradict each other.
    #[error("is damaged: restore it from a backup")]
    Damaged,
    /// A database, and not ours.
    #[error("is a database of another program: choose another file")]
    Foreign,
    /// Written by a later version.
    #[error(
        "has schema version {found}, and this program knows {known} at most: run the version that wrote it, or a later one"
    )]
    Newer {
        /// The file's.
        found: i64,
        /// The newest that this program writes.
        known: i64,
    },
    /// The file system has no shared memory.
    #[error("cannot have a write-ahead log there: choose a folder on a local disk")]
    NoWal,
    /// Another process holds it.
    #[error("another process has locked it for seconds: end that, or its transaction")]
    Locked,
    /// Anything else that SQLite or the operating system says.
    #[error("{0}")]
    Other(String),
}

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
        let kind = error.kind();
        if kind == NotFound {
            Self::NoFolder
        } else if kind == PermissionDenied || kind == ReadOnlyFilesystem {
            Self::NotAllowed(error.to_string())
        } else if kind == StorageFull {
            Self::Full
        } else {
            Self::Other(error.to_string())
        }
    }
}

impl From<rusqlite::Error> for Why {
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, PermissionDenied,
            ReadOnly,
        };
        let said = error.sqlite_error_code();
        let is_one_of = |codes: &[ErrorCode]| said.is_some_and(|code| codes.contains(&code));
        if is_one_of(&[DiskFull]) {
            Self::Full
        } else if is_one_of(&[NotADatabase]) {
            Self::NotADatabase
        } else if is_one_of(&[DatabaseCorrupt]) {
            Self::Damaged
        } else if is_one_of(&[DatabaseBusy, DatabaseLocked]) {
            Self::Locked
        } else if is_one_of(&[CannotOpen, PermissionDenied, ReadOnly]) {
            Self::NotAllowed(error.to_string())
        } else {
            Self::Other(error.to_string())
        }
    }
}

impl From<&Why> for Unavailable {
    fn from(why: &Why) -> Self {
        Self(why.to_string())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, OpenFlags};

    use super::*;

    #[test]
    fn what_the_operating_system_says_has_a_remedy() {
        let rows = [
            (io::ErrorKind::NotFound, "its folder does not exist"),
            (
                io::ErrorKind::PermissionDenied,
                "must be writable for the gateway's user",
            ),
            (
                io::ErrorKind::ReadOnlyFilesystem,
                "must be writable for the gateway's user",
            ),
            (io::ErrorKind::StorageFull, "the disk is full"),
        ];
        for (kind, remedy) in rows {
            let why = Why::from(io::Error::from(kind)).to_string();
            assert!(why.contains(remedy), "{kind:?}: {why}");
        }
    }

    #[test]
    fn what_sqlite_says_has_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("create table known_user (person)").unwrap();
        let reader = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        reader.busy_timeout(std::time::Duration::ZERO).unwrap();
        let read_only = reader.execute("insert into known_user values (1)", []).unwrap_err();
        assert!(matches!(Why::from(read_only), Why::NotAllowed(_)));
        writer.execute_batch("begin exclusive").unwrap();
        let locked = reader
            .query_row("select * from known_user", [], |_| Ok(()))
            .unwrap_err();
        assert!(matches!(Why::from(locked), Why::Locked));
        let absent = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let absent = Connection::open_with_flags(folder.path().join("nowhere"), absent).unwrap_err();
        assert!(matches!(Why::from(absent), Why::NotAllowed(_)));
        let other = writer.query_row("select nothing", [], |_| Ok(())).unwrap_err();
        assert!(matches!(Why::from(other), Why::Other(_)));
    }
}
