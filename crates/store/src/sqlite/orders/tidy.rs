//! What is deleted, and when.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::value::micros;
use crate::orders::{DELIVERED_EVENTS_KEPT, EVENTS_KEPT, IDEMPOTENCY_KEPT, ORDERS_KEPT, OrderKey, RECEIPTS_KEPT};

/// Since when the gateway's own endpoints are silent is known from the last receipt of each, which stays.
const RECEIPTS: &str = "
delete from receipt where received < ?1
    and received < (select max(received) from receipt as other where other.endpoint = receipt.endpoint)";

/// A tenant without an endpoint has hosts that ask for events, and nothing says up to where they have read.
const EVENTS: &str = "
delete from event where noted < ?1 or noted < ?2
    and not exists (select 1 from delivery where delivery.seq = event.seq)
    and event.seq <= (select min(seq) from endpoint_cursor where endpoint_cursor.tenant = event.tenant)";

pub(super) fn tidy(connection: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let before = |kept: SignedDuration| micros(now.saturating_sub(kept).unwrap_or(Timestamp::MIN));
    connection.execute("delete from idempotency where created < ?", [before(IDEMPOTENCY_KEPT)])?;
    connection.execute(RECEIPTS, [before(RECEIPTS_KEPT)])?;
    connection.execute(EVENTS, [before(EVENTS_KEPT), before(DELIVERED_EVENTS_KEPT)])?;
    connection.execute("delete from delivery where seq not in (select seq from event)", [])?;
    connection.execute(
        "delete from followed_order where changed_at < ? and dirty_since is null",
        [before(ORDERS_KEPT)],
    )?;
    connection.execute("delete from lease where until < ?", [micros(now)])?;
    Ok(())
}

pub(super) fn forget(connection: &Connection, order: &OrderKey) -> rusqlite::Result<()> {
    let (team, id) = (order.team.as_bytes(), order.order.as_bytes());
    connection.execute(
        "delete from followed_order where team_id = ? and environment = ? and order_id = ?",
        params![team, &*order.environment, id],
    )?;
    connection.execute(
        "delete from delivery where seq in (select seq from event where team_id = ? and order_id = ?)",
        params![team, id],
    )?;
    connection.execute(
        "delete from event where team_id = ? and order_id = ?",
        params![team, id],
    )?;
    connection.execute("delete from idempotency where order_id = ?", [id])?;
    Ok(())
}
