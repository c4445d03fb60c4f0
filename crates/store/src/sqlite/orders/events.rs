//! What hosts hear.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params, types::Type};

use super::value::{id, micros, name, time, unreadable};
use crate::orders::{EventKind, NewEvent, OrderKey, StoredEvent};

/// Says that a later version has written the row.
const UNKNOWN_KIND: &str = "an event has a kind that this version does not know";

/// The one writer takes numbers and commits them in the same order, so that a reader sees them ascend.
pub(super) fn note(
    connection: &Connection,
    tenant: &str,
    order: &OrderKey,
    new: &[NewEvent],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "insert into event (tenant, team_id, order_id, kind, state, at, noted) values (?, ?, ?, ?, ?, ?, ?)",
    )?;
    for event in new {
        insert.execute(params![
            tenant,
            order.team.as_bytes(),
            order.order.as_bytes(),
            event.kind.as_str(),
            event.state,
            micros(event.at),
            micros(now),
        ])?;
    }
    Ok(())
}

pub(super) fn after(
    connection: &Connection,
    tenant: &str,
    after: i64,
    limit: u32,
) -> rusqlite::Result<Vec<StoredEvent>> {
    let mut select =
        connection.prepare_cached("select * from event where tenant = ? and seq > ? order by seq limit ?")?;
    select.query_map(params![tenant, after, limit], stored)?.collect()
}

pub(super) fn newest(connection: &Connection, tenant: &str) -> rusqlite::Result<i64> {
    let mut newest = connection.prepare_cached("select ifnull(max(seq), 0) from event where tenant = ?")?;
    newest.query_row([tenant], |row| row.get(0))
}

/// An event of a row that has all of its columns.
pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let kind: String = row.get("kind")?;
    Ok(StoredEvent {
        seq: row.get("seq")?,
        tenant: name(row, "tenant")?,
        team: id(row, "team_id")?,
        order: id(row, "order_id")?,
        kind: EventKind::parse(&kind).ok_or_else(|| unreadable(Type::Text, UNKNOWN_KIND))?,
        state: row.get("state")?,
        at: time(row, "at")?,
    })
}
