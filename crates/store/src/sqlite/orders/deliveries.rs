//! What is queued for endpoints of hosts.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::{
    endpoints, events,
    value::{attempts, micros, time},
};
use crate::orders::{Due, EventKind, Failure, Queued, Replay};

const SPREAD: &str = "
insert or ignore into delivery (endpoint, seq, order_id, is_urgent, attempts, next_at, is_dead)
select :endpoint, seq, order_id, kind = :urgent, 0, :now, 0 from event
where tenant = :tenant and seq > :from and seq <= :to";

/// The first of each order whose time has come, unless another one of the order is on its way.
const DUE: &str = "
update delivery set held_until = :until
where endpoint = :endpoint and seq in (
    select seq from delivery as first
    where endpoint = :endpoint and is_dead = 0 and next_at <= :now
        and not exists (
            select 1 from delivery as other
            where other.endpoint = :endpoint and other.order_id = first.order_id and other.is_dead = 0
                and (other.held_until > :now
                    or (other.is_urgent, -other.seq) > (first.is_urgent, -first.seq))
        )
    order by is_urgent desc, seq
    limit max(0, :limit - (select count(*) from delivery where endpoint = :endpoint and held_until > :now))
)
returning seq, attempts, is_urgent";

pub(super) fn spread(
    connection: &Connection,
    endpoint: &str,
    tenant: &str,
    limit: u32,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let mut cursor = connection.prepare_cached("select seq from endpoint_cursor where endpoint = ? and tenant = ?")?;
    let from: Option<i64> = cursor
        .query_row(params![endpoint, tenant], |row| row.get(0))
        .optional()?;
    let from = from.unwrap_or(0);
    let mut last = connection.prepare_cached(
        "select max(seq) from (select seq from event where tenant = ? and seq > ? order by seq limit ?)",
    )?;
    let to: Option<i64> = last.query_row(params![tenant, from, limit], |row| row.get(0))?;
    let Some(to) = to else {
        return Ok(0);
    };
    let mut queue = connection.prepare_cached(SPREAD)?;
    let queued = queue.execute(named_params! {
        ":endpoint": endpoint,
        ":tenant": tenant,
        ":urgent": EventKind::ResultCritical.as_str(),
        ":from": from,
        ":to": to,
        ":now": micros(now),
    })?;
    let mut advance = connection.prepare_cached("insert or replace into endpoint_cursor values (?, ?, ?)")?;
    advance.execute(params![endpoint, tenant, to])?;
    Ok(queued as u64)
}

pub(super) fn due(
    connection: &Connection,
    endpoint: &str,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> rusqlite::Result<Vec<Due>> {
    if endpoints::state(connection, endpoint)?.disabled.is_some() {
        return Ok(Vec::new());
    }
    let mut hold = connection.prepare_cached(DUE)?;
    let values = named_params! {
        ":endpoint": endpoint,
        ":now": micros(now),
        ":until": micros(until),
        ":limit": limit,
    };
    let taken = hold.query_map(values, |row| {
        Ok((row.get("seq")?, attempts(row)?, row.get::<_, bool>("is_urgent")?))
    })?;
    let mut taken: Vec<(i64, u32, bool)> = taken.collect::<Result<_, _>>()?;
    // What an update returns has no order.
    taken.sort_by_key(|(seq, _, is_urgent)| (!is_urgent, *seq));
    let mut event = connection.prepare_cached("select * from event where seq = ?")?;
    taken
        .into_iter()
        .map(|(seq, attempts, _)| {
            let event = event.query_row([seq], events::stored)?;
            Ok(Due { event, attempts })
        })
        .collect()
}

pub(super) fn delivered(connection: &Connection, endpoint: &str, seq: i64, now: Timestamp) -> rusqlite::Result<()> {
    let mut delete = connection.prepare_cached("delete from delivery where endpoint = ? and seq = ?")?;
    delete.execute(params![endpoint, seq])?;
    endpoints::succeeded(connection, endpoint, now)
}

pub(super) fn failed(
    connection: &Connection,
    endpoint: &str,
    seq: i64,
    failure: &Failure,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut note = connection.prepare_cached(
        "update delivery set attempts = attempts + 1, next_at = :next, held_until = null, is_dead = :is_dead,
             last_error = :error
         where endpoint = :endpoint and seq = :seq",
    )?;
    note.execute(named_params! {
        ":endpoint": endpoint,
        ":seq": seq,
        ":next": micros(failure.next.unwrap_or(now)),
        ":is_dead": failure.next.is_none(),
        ":error": failure.error,
    })?;
    endpoints::failed(connection, endpoint, now)
}

pub(super) fn queue(connection: &Connection, endpoint: &str, limit: u32) -> rusqlite::Result<Vec<Queued>> {
    let mut select = connection.prepare_cached(
        "select event.*, attempts, next_at, is_dead, last_error from delivery join event using (seq)
         where endpoint = ? order by seq limit ?",
    )?;
    let rows = select.query_map(params![endpoint, limit], |row| {
        Ok(Queued {
            event: events::stored(row)?,
            attempts: attempts(row)?,
            next_at: time(row, "next_at")?,
            is_dead: row.get("is_dead")?,
            last_error: row.get("last_error")?,
        })
    })?;
    rows.collect()
}

pub(super) fn replay(connection: &Connection, endpoint: &str, replay: Replay, now: Timestamp) -> rusqlite::Result<u64> {
    let mut again = connection.prepare_cached(
        "update delivery set attempts = 0, next_at = :now, held_until = null, is_dead = 0
         where endpoint = :endpoint and (is_dead or not :dead_only)
             and seq in (select seq from event where noted >= :since)",
    )?;
    let queued = again.execute(named_params! {
        ":endpoint": endpoint,
        ":dead_only": replay.dead_only,
        ":since": micros(replay.since),
        ":now": micros(now),
    })?;
    if replay.dead_only {
        return Ok(queued as u64);
    }
    let mut insert = connection.prepare_cached(
        "insert or ignore into delivery (endpoint, seq, order_id, is_urgent, attempts, next_at, is_dead)
         select endpoint, event.seq, order_id, kind = :urgent, 0, :now, 0
         from endpoint_cursor join event using (tenant)
         where endpoint = :endpoint and event.seq <= endpoint_cursor.seq and noted >= :since",
    )?;
    let more = insert.execute(named_params! {
        ":endpoint": endpoint,
        ":urgent": EventKind::ResultCritical.as_str(),
        ":since": micros(replay.since),
        ":now": micros(now),
    })?;
    Ok((queued + more) as u64)
}
