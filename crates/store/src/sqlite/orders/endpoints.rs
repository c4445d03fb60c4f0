//! How endpoints are doing, who does what, and how much there is to do.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::value::{count, micros, name, time, time_if_any};
use crate::orders::{Counts, DisabledFor, EndpointCounts, EndpointState, LastReceipt};

const COUNTS: &str = "
select named.endpoint, disabled_at, disabled_for, failing_since, delivered_at,
    count(seq) filter (where is_dead = 0) as pending,
    count(seq) filter (where is_dead = 1) as dead,
    min(noted) filter (where is_dead = 0) as oldest
from (select endpoint from endpoint union select endpoint from delivery) as named
    left join endpoint using (endpoint)
    left join delivery using (endpoint)
    left join event using (seq)
group by named.endpoint order by named.endpoint";

pub(super) fn state(connection: &Connection, endpoint: &str) -> rusqlite::Result<EndpointState> {
    let mut select = connection.prepare_cached(
        "select disabled_at, disabled_for, failing_since, delivered_at from endpoint where endpoint = ?",
    )?;
    let row = select.query_row([endpoint], state_of).optional()?;
    Ok(row.unwrap_or_default())
}

fn state_of(row: &Row<'_>) -> rusqlite::Result<EndpointState> {
    let why: Option<String> = row.get("disabled_for")?;
    Ok(EndpointState {
        disabled: time_if_any(row, "disabled_at")?.zip(why.as_deref().map(DisabledFor::of_word)),
        failing_since: time_if_any(row, "failing_since")?,
        delivered_at: time_if_any(row, "delivered_at")?,
    })
}

pub(super) fn disable(
    connection: &Connection,
    endpoint: &str,
    why: DisabledFor,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut disable = connection.prepare_cached(
        "insert into endpoint (endpoint, disabled_at, disabled_for) values (?, ?, ?)
         on conflict do update set disabled_at = excluded.disabled_at, disabled_for = excluded.disabled_for",
    )?;
    disable.execute(params![endpoint, micros(now), why.as_str()])?;
    Ok(())
}

pub(super) fn enable(connection: &Connection, endpoint: &str) -> rusqlite::Result<()> {
    let mut enable = connection.prepare_cached(
        "update endpoint set disabled_at = null, disabled_for = null, failing_since = null where endpoint = ?",
    )?;
    enable.execute([endpoint])?;
    Ok(())
}

pub(super) fn succeeded(connection: &Connection, endpoint: &str, now: Timestamp) -> rusqlite::Result<()> {
    let mut note = connection.prepare_cached(
        "insert into endpoint (endpoint, delivered_at) values (?, ?)
         on conflict do update set delivered_at = excluded.delivered_at, failing_since = null",
    )?;
    note.execute(params![endpoint, micros(now)])?;
    Ok(())
}

pub(super) fn failed(connection: &Connection, endpoint: &str, now: Timestamp) -> rusqlite::Result<()> {
    let mut note = connection.prepare_cached(
        "insert into endpoint (endpoint, failing_since) values (?, ?)
         on conflict do update set failing_since = ifnull(failing_since, excluded.failing_since)",
    )?;
    note.execute(params![endpoint, micros(now)])?;
    Ok(())
}

pub(super) fn lease(
    connection: &Connection,
    name: &str,
    holder: &str,
    until: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let mut take = connection.prepare_cached(
        "insert into lease (name, holder, until) values (:name, :holder, :until)
         on conflict do update set holder = excluded.holder, until = excluded.until
         where holder = excluded.holder or until <= :now",
    )?;
    let taken = take.execute(named_params! {
        ":name": name,
        ":holder": holder,
        ":until": micros(until),
        ":now": micros(now),
    })?;
    Ok(taken > 0)
}

pub(super) fn counts(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut dirty = connection.prepare_cached(
        "select count(*) as dirty, min(dirty_since) as oldest from followed_order where dirty_since is not null",
    )?;
    let (dirty, oldest_dirty) = dirty.query_row([], |row| Ok((count(row, "dirty")?, time_if_any(row, "oldest")?)))?;
    let mut endpoints = connection.prepare_cached(COUNTS)?;
    let endpoints = endpoints.query_map([], |row| {
        Ok(EndpointCounts {
            endpoint: name(row, "endpoint")?,
            state: state_of(row)?,
            pending: count(row, "pending")?,
            dead: count(row, "dead")?,
            oldest_pending: time_if_any(row, "oldest")?,
        })
    })?;
    let endpoints = endpoints.collect::<Result<_, _>>()?;
    let mut received = connection
        .prepare_cached("select endpoint, max(received) as at from receipt group by endpoint order by endpoint")?;
    let received = received.query_map([], |row| {
        Ok(LastReceipt {
            endpoint: name(row, "endpoint")?,
            at: time(row, "at")?,
        })
    })?;
    Ok(Counts {
        dirty,
        oldest_dirty,
        endpoints,
        received: received.collect::<Result<_, _>>()?,
    })
}
