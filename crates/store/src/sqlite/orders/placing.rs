//! Orders that are about to be placed.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::{
    following,
    value::{id_if_any, micros, time},
};
use crate::orders::{Begun, Followed, Placement, PlacementKey};

pub(super) fn begin(connection: &Connection, placement: &Placement, now: Timestamp) -> rusqlite::Result<Begun> {
    let Placement {
        tenant,
        host,
        key,
        body,
    } = placement;
    let mut insert = connection.prepare_cached(
        "insert or ignore into idempotency (tenant, host, key, body, created) values (?, ?, ?, ?, ?)",
    )?;
    if insert.execute(params![&**tenant, &**host, key, body, micros(now)])? > 0 {
        return Ok(Begun::New);
    }
    let mut find = connection
        .prepare_cached("select body, order_id, created from idempotency where tenant = ? and host = ? and key = ?")?;
    find.query_row(params![&**tenant, &**host, key], |row| {
        let stored: Vec<u8> = row.get("body")?;
        Ok(Begun::of_row(
            &stored,
            id_if_any(row, "order_id")?,
            time(row, "created")?,
            body,
        ))
    })
}

pub(super) fn finish(
    connection: &Connection,
    key: &PlacementKey,
    order: &Followed,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut finish = connection.prepare_cached(
        "update idempotency set order_id = :order where tenant = :tenant and host = :host and key = :key",
    )?;
    finish.execute(named_params! {
        ":order": order.order.as_bytes(),
        ":tenant": &*key.tenant,
        ":host": &*key.host,
        ":key": key.key,
    })?;
    following::mark(connection, order, false, now)
}
