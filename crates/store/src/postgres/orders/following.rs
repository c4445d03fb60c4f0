//! Orders that are followed.

use std::sync::Arc;

use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row, types::Type};
use uuid::Uuid;

use super::super::channel::Parameter;
use crate::orders::{Claimed, Followed, NewEvent, Observed, OrderKey, Receipt, Received, Settled};

/// Follows the order `$3` of the team `$1` in the environment `$2` for the tenant `$4`, urgently if `$5`, at `$6`. A condition
/// comes between this and [`OR_MARKED_AGAIN`].
pub(super) const MARKED: &str = "
insert into followed_order as known
    (team_id, environment, order_id, tenant, dirty_since, urgent, marks, due_at, attempts, changed_at)
select $1, $2, $3, $4, $6, $5::int, 1, $6, 0, $6";

/// One that is being read is read once more after that; one that waits for a better time is not made to wait.
pub(super) const OR_MARKED_AGAIN: &str = "
on conflict (team_id, environment, order_id) do update set
    marks = known.marks + 1,
    urgent = case when $5 then known.marks + 1 else known.urgent end,
    dirty_since = coalesce(known.dirty_since, $6),
    due_at = case when known.claim is not null and known.due_at > $6 then known.due_at else $6 end";

const FOLLOW: &str = "
insert into followed_order
    (team_id, environment, order_id, tenant, dirty_since, urgent, marks, due_at, attempts, changed_at)
values ($1, $2, $3, $4, $5, 0, 1, $5, 0, $5)
on conflict do nothing";

const CLAIM: &str = "
with due as (
    select team_id, environment, order_id from followed_order
    where dirty_since is not null and due_at <= $1
    order by urgent > 0 desc, due_at
    limit $3
    for update skip locked
)
update followed_order as taken
set marks = marks + 1, claim = marks + 1, due_at = $2, attempts = attempts + 1
from due where taken.team_id = due.team_id and taken.environment = due.environment and taken.order_id = due.order_id
returning taken.*";

/// Clean, unless something asked for another reading since the claim. Numbers of events are taken under a lock that is held
/// until they are visible, so that a reader sees them ascend.
const SETTLE: &str = "
with settled as (
    update followed_order set
        changed_at = case
            when (state, raw_status, last_event_id, appointment_id, visit_state, transaction_id)
                is not distinct from ($5, $6, $8, $9, $10, $11)
            then changed_at else $12 end,
        state = $5, raw_status = $6, upstream_updated_at = $7, last_event_id = $8,
        appointment_id = $9, visit_state = $10, transaction_id = $11,
        urgent = case when urgent <= $4 then 0 else urgent end,
        dirty_since = case when marks = $4 then null else dirty_since end,
        claim = null, due_at = $12, attempts = 0, checked_at = $12
    where team_id = $1 and environment = $2 and order_id = $3 and claim = $4
        and (upstream_updated_at is null or upstream_updated_at <= $7)
    returning tenant, dirty_since is null as is_clean
),
numbering as materialized (
    select tenant, pg_advisory_xact_lock($13)::text as lock from settled where cardinality($14::text[]) > 0
),
noted as (
    insert into event (tenant, team_id, order_id, kind, state, at, noted)
    select tenant, $1, $3, new.kind, new.state, new.at, $12
    from numbering, unnest($14::text[], $15::text[], $16::timestamptz[]) with ordinality as new (kind, state, at, place)
    order by place
)
select
    (select is_clean from settled) as is_clean,
    exists (
        select from followed_order
        where team_id = $1 and environment = $2 and order_id = $3 and claim = $4 and upstream_updated_at > $7
    ) as is_older";

/// Any number that no other program locks.
const NUMBERING: i64 = 0x656d_7065_6576_6e74;

const POSTPONE: &str = "
update followed_order set claim = null, due_at = $5
where team_id = $1 and environment = $2 and order_id = $3 and claim = $4";

pub(super) async fn follow(client: &Client, order: &Followed, now: Timestamp) -> Result<(), Error> {
    let (environment, tenant) = (&*order.environment, &*order.tenant);
    let parameters: [Parameter<'_>; 5] = [
        (&order.team, Type::UUID),
        (&environment, Type::TEXT),
        (&order.order, Type::UUID),
        (&tenant, Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
    ];
    client.execute_typed(FOLLOW, &parameters).await.map(drop)
}

pub(super) async fn refresh(
    client: &Client,
    order: &Followed,
    updated_at: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    // What was read last says when that was changed; without it, the order is read in any case.
    let statement = format!(
        "{MARKED} where not exists (
             select from followed_order
             where team_id = $1 and environment = $2 and order_id = $3 and upstream_updated_at >= $7
         ) {OR_MARKED_AGAIN}"
    );
    let (environment, tenant, is_urgent) = (&*order.environment, &*order.tenant, false);
    let parameters: [Parameter<'_>; 7] = [
        (&order.team, Type::UUID),
        (&environment, Type::TEXT),
        (&order.order, Type::UUID),
        (&tenant, Type::TEXT),
        (&is_urgent, Type::BOOL),
        (&now, Type::TIMESTAMPTZ),
        (&updated_at, Type::TIMESTAMPTZ),
    ];
    Ok(client.execute_typed(&statement, &parameters).await? > 0)
}

pub(super) async fn receive(client: &Client, receipt: &Receipt, now: Timestamp) -> Result<Received, Error> {
    let statement = format!(
        "with received as (
             insert into receipt (endpoint, id, received) values ($7, $8, $6) on conflict do nothing returning 1
         ),
         marked as (
             {MARKED} where $3 is not null and (
                 exists (select from received)
                 or exists (
                     select from followed_order
                     where team_id = $1 and environment = $2 and order_id = $3 and dirty_since is not null
                 )
             ) {OR_MARKED_AGAIN} returning 1
         )
         select exists (select from received) as is_new, exists (select from marked) as is_marked"
    );
    let (environment, tenant) = (&*receipt.environment, &*receipt.tenant);
    let (endpoint, id) = (&*receipt.endpoint, receipt.id.as_slice());
    let parameters: [Parameter<'_>; 8] = [
        (&receipt.team, Type::UUID),
        (&environment, Type::TEXT),
        (&receipt.order, Type::UUID),
        (&tenant, Type::TEXT),
        (&receipt.is_urgent, Type::BOOL),
        (&now, Type::TIMESTAMPTZ),
        (&endpoint, Type::TEXT),
        (&id, Type::BYTEA),
    ];
    let row = client.query_typed_one(&statement, &parameters).await?;
    Ok(match (row.try_get("is_new")?, row.try_get("is_marked")?) {
        (true, _) => Received::New,
        (false, true) => Received::Unfinished,
        (false, false) => Received::Done,
    })
}

pub(super) async fn claim(
    client: &Client,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Claimed>, Error> {
    let limit = i64::from(limit);
    let parameters: [Parameter<'_>; 3] = [
        (&now, Type::TIMESTAMPTZ),
        (&until, Type::TIMESTAMPTZ),
        (&limit, Type::INT8),
    ];
    let rows = client.query_typed(CLAIM, &parameters).await?;
    let rows = rows
        .iter()
        .map(|row| Ok((claimed(row)?, row.try_get::<_, Timestamp>("dirty_since")?)));
    let mut rows: Vec<_> = rows.collect::<Result<_, Error>>()?;
    // What an update returns has no order.
    rows.sort_by_key(|(claimed, since)| (!claimed.is_urgent, *since));
    Ok(rows.into_iter().map(|(claimed, _)| claimed).collect())
}

fn claimed(row: &Row) -> Result<Claimed, Error> {
    Ok(Claimed {
        key: OrderKey {
            team: row.try_get("team_id")?,
            environment: Arc::from(row.try_get::<_, &str>("environment")?),
            order: row.try_get("order_id")?,
        },
        tenant: Arc::from(row.try_get::<_, &str>("tenant")?),
        observed: observed(row)?,
        marks: row.try_get("marks")?,
        attempts: row.try_get::<_, i32>("attempts")?.unsigned_abs(),
        is_urgent: row.try_get::<_, i64>("urgent")? > 0,
    })
}

/// None of an order that was never read.
fn observed(row: &Row) -> Result<Option<Observed>, Error> {
    let Some(updated_at) = row.try_get("upstream_updated_at")? else {
        return Ok(None);
    };
    Ok(Some(Observed {
        state: row.try_get("state")?,
        raw_status: row.try_get("raw_status")?,
        updated_at,
        last_event_id: row.try_get("last_event_id")?,
        appointment: row.try_get("appointment_id")?,
        visit_state: row.try_get("visit_state")?,
        transaction: row.try_get::<_, Option<Uuid>>("transaction_id")?,
    }))
}

pub(super) async fn settle(
    client: &Client,
    order: &OrderKey,
    marks: i64,
    observed: &Observed,
    new: &[NewEvent],
    now: Timestamp,
) -> Result<Settled, Error> {
    let environment = &*order.environment;
    let kinds: Vec<&str> = new.iter().map(|event| event.kind.as_str()).collect();
    let states: Vec<&str> = new.iter().map(|event| event.state.as_str()).collect();
    let times: Vec<Timestamp> = new.iter().map(|event| event.at).collect();
    let parameters: [Parameter<'_>; 16] = [
        (&order.team, Type::UUID),
        (&environment, Type::TEXT),
        (&order.order, Type::UUID),
        (&marks, Type::INT8),
        (&observed.state, Type::TEXT),
        (&observed.raw_status, Type::TEXT),
        (&observed.updated_at, Type::TIMESTAMPTZ),
        (&observed.last_event_id, Type::INT8),
        (&observed.appointment, Type::UUID),
        (&observed.visit_state, Type::TEXT),
        (&observed.transaction, Type::UUID),
        (&now, Type::TIMESTAMPTZ),
        (&NUMBERING, Type::INT8),
        (&kinds, Type::TEXT_ARRAY),
        (&states, Type::TEXT_ARRAY),
        (&times, Type::TIMESTAMPTZ_ARRAY),
    ];
    let row = client.query_typed_one(SETTLE, &parameters).await?;
    Ok(match (row.try_get("is_clean")?, row.try_get("is_older")?) {
        (Some(true), _) => Settled::Clean,
        (Some(false), _) => Settled::StillDirty,
        (None, true) => Settled::Older,
        (None, false) => Settled::Lost,
    })
}

pub(super) async fn postpone(client: &Client, order: &OrderKey, marks: i64, until: Timestamp) -> Result<(), Error> {
    let environment = &*order.environment;
    let parameters: [Parameter<'_>; 5] = [
        (&order.team, Type::UUID),
        (&environment, Type::TEXT),
        (&order.order, Type::UUID),
        (&marks, Type::INT8),
        (&until, Type::TIMESTAMPTZ),
    ];
    client.execute_typed(POSTPONE, &parameters).await.map(drop)
}
