//! Orders that are followed.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};
use uuid::Uuid;

use super::{
    events,
    value::{attempts, id, id_if_any, micros, name, time, time_if_any},
};
use crate::orders::{Claimed, Followed, NewEvent, Observed, OrderKey, Receipt, Received, Settled};

/// Has the order read soon. One that is being read is read once more after that; one that waits for a better time is not
/// made to wait.
const MARK: &str = "
insert into followed_order (team_id, environment, order_id, tenant, dirty_since, urgent, marks, due_at, attempts, changed_at)
values (:team, :environment, :order, :tenant, :now, :urgent, 1, :now, 0, :now)
on conflict do update set
    marks = marks + 1,
    urgent = iif(:urgent, marks + 1, urgent),
    dirty_since = ifnull(dirty_since, :now),
    due_at = iif(claim is not null and due_at > :now, due_at, :now)";

const CLAIM: &str = "
update followed_order set marks = marks + 1, claim = marks + 1, due_at = :until, attempts = attempts + 1
where (team_id, environment, order_id) in (
    select team_id, environment, order_id from followed_order
    where dirty_since is not null and due_at <= :now
    order by urgent > 0 desc, due_at
    limit :limit
)
returning team_id, environment, order_id, tenant, transaction_id, state, raw_status, upstream_updated_at, last_event_id,
    appointment_id, visit_state, urgent, marks, attempts, dirty_since";

/// Clean, unless something asked for another reading since the claim.
const SETTLE: &str = "
update followed_order set
    changed_at = iif(
        (state, raw_status, last_event_id, appointment_id, visit_state, transaction_id)
            is (:state, :raw_status, :last_event, :appointment, :visit_state, :transaction),
        changed_at, :now),
    state = :state, raw_status = :raw_status, upstream_updated_at = :updated_at, last_event_id = :last_event,
    appointment_id = :appointment, visit_state = :visit_state, transaction_id = :transaction,
    urgent = iif(urgent <= :marks, 0, urgent),
    dirty_since = iif(marks = :marks, null, dirty_since),
    claim = null, due_at = :now, attempts = 0, checked_at = :now
where team_id = :team and environment = :environment and order_id = :order
returning dirty_since is null";

pub(super) fn follow(connection: &Connection, order: &Followed, now: Timestamp) -> rusqlite::Result<()> {
    if find(connection, &order.key())?.is_none() {
        mark(connection, order, false, now)?;
    }
    Ok(())
}

pub(super) fn refresh(
    connection: &Connection,
    order: &Followed,
    updated_at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let stored = find(connection, &order.key())?;
    // What was read last says when that was changed; without it, the order is read in any case.
    let is_current = stored.is_some_and(|row| row.updated_at.is_some_and(|stored| stored >= micros(updated_at)));
    if !is_current {
        mark(connection, order, false, now)?;
    }
    Ok(!is_current)
}

pub(super) fn receive(connection: &Connection, receipt: &Receipt, now: Timestamp) -> rusqlite::Result<Received> {
    let mut insert =
        connection.prepare_cached("insert or ignore into receipt (endpoint, id, received) values (?, ?, ?)")?;
    let is_new = insert.execute(params![&*receipt.endpoint, receipt.id, micros(now)])? > 0;
    let Some(order) = receipt.followed() else {
        return Ok(if is_new { Received::New } else { Received::Done });
    };
    let received = if is_new {
        Received::New
    } else if find(connection, &order.key())?.is_some_and(|row| row.is_dirty) {
        Received::Unfinished
    } else {
        return Ok(Received::Done);
    };
    mark(connection, &order, receipt.is_urgent, now)?;
    Ok(received)
}

pub(super) fn mark(connection: &Connection, order: &Followed, is_urgent: bool, now: Timestamp) -> rusqlite::Result<()> {
    let mut mark = connection.prepare_cached(MARK)?;
    mark.execute(named_params! {
        ":team": order.team.as_bytes(),
        ":environment": &*order.environment,
        ":order": order.order.as_bytes(),
        ":tenant": &*order.tenant,
        ":urgent": is_urgent,
        ":now": micros(now),
    })?;
    Ok(())
}

pub(super) fn claim(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> rusqlite::Result<Vec<Claimed>> {
    let mut claim = connection.prepare_cached(CLAIM)?;
    let rows = claim.query_map(
        named_params! { ":now": micros(now), ":until": micros(until), ":limit": limit },
        |row| Ok((claimed(row)?, time(row, "dirty_since")?)),
    )?;
    let mut rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    // What an update returns has no order.
    rows.sort_by_key(|(claimed, since)| (!claimed.is_urgent, *since));
    Ok(rows.into_iter().map(|(claimed, _)| claimed).collect())
}

fn claimed(row: &Row<'_>) -> rusqlite::Result<Claimed> {
    Ok(Claimed {
        key: OrderKey {
            team: id(row, "team_id")?,
            environment: name(row, "environment")?,
            order: id(row, "order_id")?,
        },
        tenant: name(row, "tenant")?,
        observed: observed(row)?,
        marks: row.get("marks")?,
        attempts: attempts(row)?,
        is_urgent: row.get::<_, i64>("urgent")? > 0,
    })
}

/// None of an order that was never read.
fn observed(row: &Row<'_>) -> rusqlite::Result<Option<Observed>> {
    let Some(updated_at) = time_if_any(row, "upstream_updated_at")? else {
        return Ok(None);
    };
    Ok(Some(Observed {
        state: row.get("state")?,
        raw_status: row.get("raw_status")?,
        updated_at,
        last_event_id: row.get("last_event_id")?,
        appointment: id_if_any(row, "appointment_id")?,
        visit_state: row.get("visit_state")?,
        transaction: id_if_any(row, "transaction_id")?,
    }))
}

pub(super) fn settle(
    connection: &Connection,
    order: &OrderKey,
    marks: i64,
    observed: &Observed,
    new: &[NewEvent],
    now: Timestamp,
) -> rusqlite::Result<Settled> {
    let Some(row) = find(connection, order)?.filter(|row| row.claim == Some(marks)) else {
        return Ok(Settled::Lost);
    };
    if row
        .updated_at
        .is_some_and(|stored| stored > micros(observed.updated_at))
    {
        return Ok(Settled::Older);
    }
    let mut settle = connection.prepare_cached(SETTLE)?;
    let values = named_params! {
        ":team": order.team.as_bytes(),
        ":environment": &*order.environment,
        ":order": order.order.as_bytes(),
        ":state": observed.state,
        ":raw_status": observed.raw_status,
        ":updated_at": micros(observed.updated_at),
        ":last_event": observed.last_event_id,
        ":appointment": observed.appointment.as_ref().map(Uuid::as_bytes),
        ":visit_state": observed.visit_state,
        ":transaction": observed.transaction.as_ref().map(Uuid::as_bytes),
        ":marks": marks,
        ":now": micros(now),
    };
    let is_clean: bool = settle.query_row(values, |row| row.get(0))?;
    events::note(connection, &row.tenant, order, new, now)?;
    Ok(if is_clean { Settled::Clean } else { Settled::StillDirty })
}

pub(super) fn postpone(
    connection: &Connection,
    order: &OrderKey,
    marks: i64,
    until: Timestamp,
) -> rusqlite::Result<()> {
    let mut postpone = connection.prepare_cached(
        "update followed_order set claim = null, due_at = :until
         where team_id = :team and environment = :environment and order_id = :order and claim = :marks",
    )?;
    postpone.execute(named_params! {
        ":team": order.team.as_bytes(),
        ":environment": &*order.environment,
        ":order": order.order.as_bytes(),
        ":marks": marks,
        ":until": micros(until),
    })?;
    Ok(())
}

/// What a change depends on.
struct Stored {
    tenant: String,
    updated_at: Option<i64>,
    claim: Option<i64>,
    is_dirty: bool,
}

fn find(connection: &Connection, order: &OrderKey) -> rusqlite::Result<Option<Stored>> {
    let mut find = connection.prepare_cached(
        "select tenant, upstream_updated_at, claim, dirty_since is not null from followed_order
         where team_id = ? and environment = ? and order_id = ?",
    )?;
    let key = params![order.team.as_bytes(), &*order.environment, order.order.as_bytes()];
    let row = find.query_row(key, |row| {
        Ok(Stored {
            tenant: row.get(0)?,
            updated_at: row.get(1)?,
            claim: row.get(2)?,
            is_dirty: row.get(3)?,
        })
    });
    row.optional()
}
