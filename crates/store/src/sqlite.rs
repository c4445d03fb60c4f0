//! The store in one file, for a gateway that runs on one machine. SQLite is used from two threads of its own: what is written
//! waits for the disk, and what is read does not wait for what is written.

mod fault;
mod file;
mod known;
mod schema;
mod worker;

pub use fault::{SqliteFault, Why};
pub use file::Missing;

use std::path::Path;

use rusqlite::Connection;
use worker::Worker;

/// An open file.
#[derive(Debug)]
pub struct Sqlite {
    writer: Worker<known::Write>,
    reader: Worker<known::Read>,
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
        Ok(Self {
            writer: Worker::start("store-writer", move |batch| known::write(&mut writing, batch))?,
            reader: Worker::start("store-reader", move |batch| known::read(&reading, batch))?,
        })
    }
}
