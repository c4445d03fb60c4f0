//! How endpoints are doing, who does what, and how much there is to do.

use std::sync::Arc;

use jiff::Timestamp;
use tokio_postgres::{Client, Error, Row, types::Type};

use super::super::channel::Parameter;
use crate::orders::{Counts, DisabledFor, EndpointCounts, EndpointState, LastReceipt};

const STATE: &str = "
select disabled_at, disabled_for, failing_since, delivered_at from endpoint where endpoint = $1";

const DISABLE: &str = "
insert into endpoint (endpoint, disabled_at, disabled_for) values ($1, $2, $3)
on conflict (endpoint) do update set disabled_at = excluded.disabled_at, disabled_for = excluded.disabled_for";

const ENABLE: &str = "
update endpoint set disabled_at = null, disabled_for = null, failing_since = null where endpoint = $1";

const LEASE: &str = "
insert into lease as held (name, holder, until) values ($1, $2, $3)
on conflict (name) do update set holder = excluded.holder, until = excluded.until
where held.holder = excluded.holder or held.until <= $4";

const DIRTY: &str = "select count(*), min(dirty_since) from followed_order where dirty_since is not null";

const ENDPOINTS: &str = "
select endpoint, disabled_at, disabled_for, failing_since, delivered_at,
    count(seq) filter (where not is_dead) as pending,
    count(seq) filter (where is_dead) as dead,
    min(noted) filter (where not is_dead) as oldest
from endpoint full join delivery using (endpoint) left join event using (seq)
group by endpoint, disabled_at, disabled_for, failing_since, delivered_at order by endpoint";

const RECEIVED: &str = "select endpoint, max(received) as at from receipt group by endpoint order by endpoint";

pub(super) async fn state(client: &Client, endpoint: &str) -> Result<EndpointState, Error> {
    let row = client.query_typed_opt(STATE, &[(&endpoint, Type::TEXT)]).await?;
    row.map_or(Ok(EndpointState::default()), |row| state_of(&row))
}

fn state_of(row: &Row) -> Result<EndpointState, Error> {
    let (at, why): (Option<Timestamp>, Option<&str>) = (row.try_get("disabled_at")?, row.try_get("disabled_for")?);
    Ok(EndpointState {
        disabled: at.zip(why.map(DisabledFor::of_word)),
        failing_since: row.try_get("failing_since")?,
        delivered_at: row.try_get("delivered_at")?,
    })
}

pub(super) async fn disable(client: &Client, endpoint: &str, why: DisabledFor, now: Timestamp) -> Result<(), Error> {
    let why = why.as_str();
    let parameters: [Parameter<'_>; 3] = [(&endpoint, Type::TEXT), (&now, Type::TIMESTAMPTZ), (&why, Type::TEXT)];
    client.execute_typed(DISABLE, &parameters).await.map(drop)
}

pub(super) async fn enable(client: &Client, endpoint: &str) -> Result<(), Error> {
    client.execute_typed(ENABLE, &[(&endpoint, Type::TEXT)]).await.map(drop)
}

pub(super) async fn lease(
    client: &Client,
    name: &str,
    holder: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let parameters: [Parameter<'_>; 4] = [
        (&name, Type::TEXT),
        (&holder, Type::TEXT),
        (&until, Type::TIMESTAMPTZ),
        (&now, Type::TIMESTAMPTZ),
    ];
    Ok(client.execute_typed(LEASE, &parameters).await? > 0)
}

pub(super) async fn counts(client: &Client) -> Result<Counts, Error> {
    let dirty = client.query_typed_one(DIRTY, &[]).await?;
    let endpoints = client.query_typed(ENDPOINTS, &[]).await?;
    let received = client.query_typed(RECEIVED, &[]).await?;
    Ok(Counts {
        dirty: count(&dirty, 0)?,
        oldest_dirty: dirty.try_get(1)?,
        endpoints: endpoints.iter().map(endpoint_counts).collect::<Result<_, _>>()?,
        received: received.iter().map(last_receipt).collect::<Result<_, _>>()?,
    })
}

fn endpoint_counts(row: &Row) -> Result<EndpointCounts, Error> {
    Ok(EndpointCounts {
        endpoint: Arc::from(row.try_get::<_, &str>("endpoint")?),
        state: state_of(row)?,
        pending: count(row, 5)?,
        dead: count(row, 6)?,
        oldest_pending: row.try_get("oldest")?,
    })
}

fn last_receipt(row: &Row) -> Result<LastReceipt, Error> {
    Ok(LastReceipt {
        endpoint: Arc::from(row.try_get::<_, &str>("endpoint")?),
        at: row.try_get("at")?,
    })
}

fn count(row: &Row, column: usize) -> Result<u64, Error> {
    row.try_get::<_, i64>(column).map(i64::unsigned_abs)
}
