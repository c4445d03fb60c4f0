//! How ids and times stand in a row.

use std::{error::Error, sync::Arc};

use jiff::Timestamp;
use rusqlite::{Row, types::Type};
use uuid::Uuid;

/// A time, in microseconds.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A time of a row.
pub(super) fn time(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Timestamp> {
    let at: i64 = row.get(column)?;
    Timestamp::from_microsecond(at).map_err(|error| unreadable(Type::Integer, error))
}

/// A time that may be missing.
pub(super) fn time_if_any(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(None),
        Some(_) => time(row, column).map(Some),
    }
}

/// An id of a row.
pub(super) fn id(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// An id that may be missing.
pub(super) fn id_if_any(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Option<Uuid>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
}

/// A name.
pub(super) fn name(row: &Row<'_>, column: &'static str) -> rusqlite::Result<Arc<str>> {
    row.get::<_, String>(column).map(Arc::from)
}

/// What a count says.
pub(super) fn count(row: &Row<'_>, column: &'static str) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

/// How often something was tried.
pub(super) fn attempts(row: &Row<'_>) -> rusqlite::Result<u32> {
    row.get("attempts")
}

/// A value that this program did not write.
pub(super) fn unreadable(found: Type, error: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, found, error.into())
}
