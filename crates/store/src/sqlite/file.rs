//! The file itself: created for its owner alone, and opened so that what was committed outlasts a power cut.

use std::{
    fs::{OpenOptions, Permissions},
    io,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::fault::Why;

/// What the owner may do, and no other user.
const OWNER_ALONE: u32 = 0o600;

/// How long one process waits for another's transaction.
const LOCKED_FOR: Duration = Duration::from_secs(5);

/// What to do about a file that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Create it, without its folder.
    Create,
    /// Say so.
    Refuse,
}

/// Sees to a file that its owner alone can read: SQLite gives its two neighbours the same permissions.
pub(super) fn prepare(path: &Path, missing: Missing) -> Result<(), Why> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(OWNER_ALONE);
    let file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match missing {
            Missing::Refuse => return Err(Why::Missing),
            Missing::Create => options.create(true).open(path)?,
        },
        opened => opened?,
    };
    // Platforms that give a group the files of a volume do so at each start.
    if file.metadata()?.mode() & 0o777 != OWNER_ALONE {
        file.set_permissions(Permissions::from_mode(OWNER_ALONE))?;
    }
    Ok(())
}

/// Opens it, and changes nothing in it.
pub(super) fn open(path: &Path) -> Result<Connection, Why> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCKED_FOR)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Lets readers and a writer use it at once, and a commit outlast a power cut.
pub(super) fn make_durable(connection: &Connection) -> Result<(), Why> {
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Why::NoWal);
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // What is deleted is gone from the file too.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_for_its_owner_alone_even_if_it_was_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let mode = || std::fs::metadata(&path).unwrap().mode() & 0o777;
        assert!(matches!(prepare(&path, Missing::Refuse), Err(Why::Missing)));
        prepare(&path, Missing::Create).unwrap();
        assert_eq!(mode(), OWNER_ALONE);
        std::fs::set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
        prepare(&path, Missing::Refuse).unwrap();
        assert_eq!(mode(), OWNER_ALONE);
    }

    #[test]
    fn a_commit_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        prepare(&path, Missing::Create).unwrap();
        let connection = open(&path).unwrap();
        make_durable(&connection).unwrap();
        let full: i64 = connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap();
        assert_eq!(full, 2);
    }
}
