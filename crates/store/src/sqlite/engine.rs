//! An open file, and the threads that use it.

use std::path::Path;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    fault::{SqliteFault, Why},
    file::{self, Missing},
    job::{self, Job, Work},
    schema,
    worker::Worker,
};
use crate::known::Unavailable;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 64;

/// An open file.
#[derive(Debug)]
pub struct Sqlite {
    writer: Worker<Box<dyn Job>>,
    reader: Worker<Box<dyn Job>>,
}

impl Sqlite {
    /// Opens the file and brings its schema up to date. Where it is missing, it is created if that is wanted.
    ///
    /// # Errors
    /// If it cannot be used, with what to do about it.
    pub fn open(path: &Path, missing: Missing) -> Result<Self, SqliteFault> {
        let opened = || {
            file::prepare(path, missing)?;
            let mut writing = file::open(path)?;
            // What is not ours stays as it is.
            schema::version(&writing)?;
            file::make_durable(&writing)?;
            schema::migrate(&mut writing)?;
            Self::over(writing, file::open(path)?)
        };
        opened().map_err(|why| SqliteFault {
            file: path.to_owned(),
            why,
        })
    }

    fn over(mut writing: Connection, reading: Connection) -> Result<Self, Why> {
        // Statements are prepared once; there are more of them than the library remembers by itself.
        writing.set_prepared_statement_cache_capacity(STATEMENTS);
        reading.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self {
            writer: Worker::start("store-writer", move |batch| job::write(&mut writing, batch))?,
            reader: Worker::start("store-reader", move |batch| job::read(&reading, batch))?,
        })
    }

    /// Does this in a transaction, which it may share with other jobs. Durable once it has returned.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        handed_over(&self.writer, work).await
    }

    /// Reads what was committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        handed_over(&self.reader, work).await
    }
}

async fn handed_over<T: Send + 'static>(
    worker: &Worker<Box<dyn Job>>,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Result<T, Unavailable> {
    let (reply, answer) = oneshot::channel();
    worker.hand_over(Box::new(Work::new(work, reply))).await;
    let stopped = |_dropped| {
        Err(Unavailable(
            "the thread that uses the file has ended: restart the gateway".to_owned(),
        ))
    };
    answer.await.unwrap_or_else(stopped)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::clinician::UserId;
    use jiff::Timestamp;

    use super::*;
    use crate::{
        keyring::{Keyring, generate},
        known::{KnownUsers as _, Person, Sighting},
        sqlite::Missing,
    };

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn sighting(number: u8) -> Sighting {
        Sighting {
            tenant: "downtown".into(),
            person: Person::of_bytes([number; 16]),
            at: AT,
        }
    }

    fn open(path: &Path) -> Sqlite {
        Sqlite::open(path, Missing::Create).unwrap()
    }

    #[tokio::test]
    async fn what_was_remembered_outlasts_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let store = open(&path);
        assert_eq!(store.remember(vec![sighting(1), sighting(2)]).await, Ok(2));
        drop(store);
        let store = Sqlite::open(&path, Missing::Refuse).unwrap();
        assert_eq!(store.count("downtown").await, Ok(2));
    }

    #[tokio::test]
    async fn two_processes_use_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let (one, other) = (open(&path), open(&path));
        for number in 0..20 {
            assert_eq!(one.remember(vec![sighting(number)]).await, Ok(1));
            assert_eq!(other.remember(vec![sighting(number)]).await, Ok(0));
            let persons = vec![sighting(number).person];
            assert_eq!(other.seen("downtown", persons.clone()).await, Ok(persons));
        }
    }

    #[tokio::test]
    async fn jobs_that_wait_are_done_together_and_each_hears_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("store.sqlite3"));
        let jobs = (0..200_u8).map(|number| store.remember(vec![sighting(number), sighting(number / 2)]));
        let new = futures_util::future::join_all(jobs).await;
        let total: u64 = new.into_iter().map(|new| new.unwrap()).sum();
        assert_eq!(total, 200);
        assert_eq!(store.count("downtown").await, Ok(200));
    }

    #[tokio::test]
    async fn a_full_disk_is_reported_and_loses_nothing_that_was_stored() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        drop(open(&path));
        let (writing, reading) = (file::open(&path).unwrap(), file::open(&path).unwrap());
        let pages: i64 = writing
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        let most: i64 = writing
            .pragma_update_and_check(None, "max_page_count", pages + 1, |row| row.get(0))
            .unwrap();
        assert_eq!(most, pages + 1);
        let store = Sqlite::over(writing, reading).unwrap();
        assert_eq!(store.remember(vec![sighting(1)]).await, Ok(1));
        let many = (0..10_000_u32).map(|number| {
            let mut bytes = [0xff; 16];
            bytes[..4].copy_from_slice(&number.to_be_bytes());
            Sighting {
                person: Person::of_bytes(bytes),
                ..sighting(0)
            }
        });
        let full = store.remember(many.collect()).await.unwrap_err();
        assert!(full.to_string().starts_with("the disk is full"), "{full}");
        assert_eq!(store.count("downtown").await, Ok(1));
        assert_eq!(store.remember(vec![sighting(2)]).await, Ok(1), "it goes on");
    }

    #[test]
    fn a_file_that_is_not_a_store_is_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        std::fs::write(
            &path,
            "not a database at all, and longer than a header of one hundred bytes".repeat(3),
        )
        .unwrap();
        let rows = [
            (path.clone(), "is not a SQLite database"),
            (folder.path().join("nowhere/store.sqlite3"), "its folder does not exist"),
            (folder.path().to_owned(), "Is a directory"),
        ];
        for (path, expected) in rows {
            let fault = Sqlite::open(&path, Missing::Create).unwrap_err().to_string();
            let named = format!("{}: ", path.display());
            assert!(fault.starts_with(&named) && fault.contains(expected), "{fault}");
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept.starts_with("not a database"), "it is left as it is");
    }

    #[test]
    fn the_database_of_another_program_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("patients.sqlite3");
        let other = Connection::open(&path).unwrap();
        other.execute_batch("create table patients (name text)").unwrap();
        drop(other);
        let before = std::fs::read(&path).unwrap();
        let fault = Sqlite::open(&path, Missing::Create).unwrap_err();
        assert!(fault.to_string().contains("database of another program"), "{fault}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[tokio::test]
    async fn nothing_in_the_file_or_beside_it_names_a_person() {
        const NAME: &str = "canary-7f3a";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let ring = Keyring::parse(&generate("k1").unwrap()).unwrap();
        let user = UserId::parse(NAME.to_owned()).unwrap();
        let person = Person::current(&ring, "downtown", &user);
        let store = open(&path);
        store.remember(vec![Sighting { person, ..sighting(0) }]).await.unwrap();
        let mut stored = Vec::new();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            stored.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        let holds = |needle: &[u8]| stored.windows(needle.len()).any(|part| part == needle);
        assert!(holds(person.as_bytes()), "it is on the disk");
        assert!(!holds(NAME.as_bytes()));
        drop(store);
    }
}
