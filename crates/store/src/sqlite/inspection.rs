//! Whether a file could be opened as the store, found out without changing it.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{
    fault::{SqliteFault, Why},
    schema,
};

/// How a file is that could be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is not there, and would be created.
    Missing,
    /// It is there.
    There {
        /// The version of its schema.
        version: i64,
        /// The version that opening it brings it to.
        newest: i64,
    },
}

/// Looks at a file, and changes nothing: no schema, no mode, no file beside it.
///
/// # Errors
/// Why it could not be opened, with what to do about it.
pub fn inspect(path: &Path) -> Result<Standing, SqliteFault> {
    look(path).map_err(|why| SqliteFault {
        file: path.to_owned(),
        why,
    })
}

fn look(path: &Path) -> Result<Standing, Why> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Why::NoFolder);
    }
    if !path.exists() {
        return Ok(Standing::Missing);
    }
    drop(OpenOptions::new().read(true).write(true).open(path)?);
    let connection = if beside(path, "-wal").exists() {
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
    } else {
        // No process has it open: SQLite would create two files beside it to find that out.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(uri(path)?, flags)?
    };
    Ok(Standing::There {
        version: schema::version(&connection)?,
        newest: schema::newest()?,
    })
}

/// The file as a URI that says that it does not change.
fn uri(path: &Path) -> Result<String, Why> {
    let path = path
        .to_str()
        .ok_or_else(|| Why::Other("its name is not UTF-8: choose another name".to_owned()))?;
    let encoded = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Ok(format!("file:{encoded}?immutable=1"))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;
    use crate::sqlite::{Missing, Sqlite};

    /// Every file of a folder, with its contents.
    fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
    }

    #[test]
    fn looking_changes_no_file_and_creates_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a #store?.sqlite3");
        assert_eq!(inspect(&path).unwrap(), Standing::Missing);
        assert!(contents(folder.path()).is_empty());
        drop(Sqlite::open(&path, Missing::Create).unwrap());
        let before = contents(folder.path());
        let newest = schema::newest().unwrap();
        let expected = Standing::There {
            version: newest,
            newest,
        };
        assert_eq!(inspect(&path).unwrap(), expected);
        assert_eq!(contents(folder.path()), before);
    }

    #[test]
    fn a_store_in_use_is_read_with_what_is_not_yet_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let _open = Sqlite::open(&path, Missing::Create).unwrap();
        assert!(beside(&path, "-wal").exists(), "it is in the log beside the file");
        assert!(matches!(inspect(&path).unwrap(), Standing::There { version: 2.., .. }));
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        fs::write(&path, "something that is no database at all").unwrap();
        assert!(matches!(inspect(&path).unwrap_err().why, Why::NotADatabase));
        let missing = folder.path().join("no/store.sqlite3");
        assert!(matches!(inspect(&missing).unwrap_err().why, Why::NoFolder));
    }
}
