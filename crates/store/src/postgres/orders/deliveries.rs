//! What is queued for endpoints of hosts.

use jiff::Timestamp;
use tokio_postgres::{Client, Error, types::Type};

use super::{super::channel::Parameter, events};
use crate::orders::{Due, EventKind, Failure, Queued, Replay};

const SPREAD: &str = "
with next as materialized (
    select seq, order_id, kind from event
    where tenant = $2
        and seq > coalesce((select seq from endpoint_cursor where endpoint = $1 and tenant = $2), 0)
    order by seq limit $3
),
queued as (
    insert into delivery (endpoint, seq, order_id, is_urgent, attempts, next_at, is_dead)
    select $1, seq, order_id, kind = $5, 0, $4, false from next
    on conflict do nothing returning 1
),
advanced as (
    insert into endpoint_cursor as known (endpoint, tenant, seq)
    select $1, $2, max(seq) from next having max(seq) is not null
    on conflict (endpoint, tenant) do update set seq = greatest(known.seq, excluded.seq)
)
select count(*) from queued";

/// The first of each order whose time has come, unless another one of the order is on its way. That it is not on its way itself is
/// asked of its own row, which is read again once it is locked; what is asked of others is as it was when the query began, and
/// another gateway may have taken it since.
const DUE: &str = "
with ready as (
    select seq from delivery as first
    where endpoint = $1 and not is_dead and next_at <= $2 and (held_until is null or held_until <= $2)
        and not exists (
            select from delivery as other
            where other.endpoint = $1 and other.order_id = first.order_id and not other.is_dead
                and (other.held_until > $2 or (other.is_urgent, -other.seq) > (first.is_urgent, -first.seq))
        )
        and not exists (select from endpoint where endpoint.endpoint = $1 and disabled_at is not null)
    order by is_urgent desc, seq
    limit greatest(0, $4 - (select count(*) from delivery where endpoint = $1 and held_until > $2))
    for update skip locked
),
held as (
    update delivery set held_until = $3 from ready
    where delivery.endpoint = $1 and delivery.seq = ready.seq
    returning delivery.seq, attempts, is_urgent
)
select event.*, attempts from held join event using (seq) order by is_urgent desc, seq";

const DELIVERED: &str = "
with gone as (delete from delivery where endpoint = $1 and seq = $2)
insert into endpoint (endpoint, delivered_at) values ($1, $3)
on conflict (endpoint) do update set delivered_at = excluded.delivered_at, failing_since = null";

const FAILED: &str = "
with failed as (
    update delivery set attempts = attempts + 1, next_at = coalesce($3, $5), held_until = null, is_dead = $3 is null,
        last_error = $4
    where endpoint = $1 and seq = $2
)
insert into endpoint as known (endpoint, failing_since) values ($1, $5)
on conflict (endpoint) do update set failing_since = coalesce(known.failing_since, excluded.failing_since)";

const QUEUE: &str = "
select event.*, attempts, next_at, is_dead, last_error from delivery join event using (seq)
where endpoint = $1 order by seq limit $2";

const REPLAY: &str = "
with again as (
    update delivery set attempts = 0, next_at = $3, held_until = null, is_dead = false
    where endpoint = $1 and (is_dead or not $4) and seq in (select seq from event where noted >= $2)
    returning 1
),
more as (
    insert into delivery (endpoint, seq, order_id, is_urgent, attempts, next_at, is_dead)
    select $1, event.seq, order_id, kind = $5, 0, $3, false
    from endpoint_cursor join event using (tenant)
    where endpoint = $1 and event.seq <= endpoint_cursor.seq and noted >= $2 and not $4
    on conflict do nothing returning 1
)
select (select count(*) from again) + (select count(*) from more)";

pub(super) async fn spread(
    client: &Client,
    endpoint: &str,
    tenant: &str,
    limit: u32,
    now: Timestamp,
) -> Result<u64, Error> {
    let (limit, urgent) = (i64::from(limit), EventKind::ResultCritical.as_str());
    let parameters: [Parameter<'_>; 5] = [
        (&endpoint, Type::TEXT),
        (&tenant, Type::TEXT),
        (&limit, Type::INT8),
        (&now, Type::TIMESTAMPTZ),
        (&urgent, Type::TEXT),
    ];
    let row = client.query_typed_one(SPREAD, &parameters).await?;
    Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
}

pub(super) async fn due(
    client: &Client,
    endpoint: &str,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Due>, Error> {
    let limit = i64::from(limit);
    let parameters: [Parameter<'_>; 4] = [
        (&endpoint, Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
        (&until, Type::TIMESTAMPTZ),
        (&limit, Type::INT8),
    ];
    let rows = client.query_typed(DUE, &parameters).await?;
    events::known(rows.iter().map(|row| {
        let attempts = row.try_get::<_, i32>("attempts")?.unsigned_abs();
        Ok(events::stored(row)?.map(|event| Due { event, attempts }))
    }))
}

pub(super) async fn delivered(client: &Client, endpoint: &str, seq: i64, now: Timestamp) -> Result<(), Error> {
    let parameters: [Parameter<'_>; 3] = [(&endpoint, Type::TEXT), (&seq, Type::INT8), (&now, Type::TIMESTAMPTZ)];
    client.execute_typed(DELIVERED, &parameters).await.map(drop)
}

pub(super) async fn failed(
    client: &Client,
    endpoint: &str,
    seq: i64,
    failure: &Failure,
    now: Timestamp,
) -> Result<(), Error> {
    let parameters: [Parameter<'_>; 5] = [
        (&endpoint, Type::TEXT),
        (&seq, Type::INT8),
        (&failure.next, Type::TIMESTAMPTZ),
        (&failure.error, Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
    ];
    client.execute_typed(FAILED, &parameters).await.map(drop)
}

pub(super) async fn queue(client: &Client, endpoint: &str, limit: u32) -> Result<Vec<Queued>, Error> {
    let limit = i64::from(limit);
    let parameters: [Parameter<'_>; 2] = [(&endpoint, Type::TEXT), (&limit, Type::INT8)];
    let rows = client.query_typed(QUEUE, &parameters).await?;
    events::known(rows.iter().map(|row| {
        let Some(event) = events::stored(row)? else {
            return Ok(None);
        };
        Ok(Some(Queued {
            event,
            attempts: row.try_get::<_, i32>("attempts")?.unsigned_abs(),
            next_at: row.try_get("next_at")?,
            is_dead: row.try_get("is_dead")?,
            last_error: row.try_get("last_error")?,
        }))
    }))
}

pub(super) async fn replay(client: &Client, endpoint: &str, replay: Replay, now: Timestamp) -> Result<u64, Error> {
    let urgent = EventKind::ResultCritical.as_str();
    let parameters: [Parameter<'_>; 5] = [
        (&endpoint, Type::TEXT),
        (&replay.since, Type::TIMESTAMPTZ),
        (&now, Type::TIMESTAMPTZ),
        (&replay.dead_only, Type::BOOL),
        (&urgent, Type::TEXT),
    ];
    let row = client.query_typed_one(REPLAY, &parameters).await?;
    Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
}
