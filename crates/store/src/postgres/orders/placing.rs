//! Orders that are about to be placed.

use jiff::Timestamp;
use tokio_postgres::{Client, Error, types::Type};

use super::{super::channel::Parameter, following};
use crate::orders::{Begun, Followed, Placement, PlacementKey};

const BEGIN: &str = "
insert into idempotency (tenant, host, key, body, created) values ($1, $2, $3, $4, $5)
on conflict do nothing returning 1";

const FIND: &str = "select body, order_id, created from idempotency where tenant = $1 and host = $2 and key = $3";

pub(super) async fn begin(client: &Client, placement: &Placement, now: Timestamp) -> Result<Begun, Error> {
    let (tenant, host, key) = (&*placement.tenant, &*placement.host, placement.key.as_slice());
    let body = placement.body.as_slice();
    let row: [Parameter<'_>; 5] = [
        (&tenant, Type::TEXT),
        (&host, Type::TEXT),
        (&key, Type::BYTEA),
        (&body, Type::BYTEA),
        (&now, Type::TIMESTAMPTZ),
    ];
    loop {
        if client.query_typed_opt(BEGIN, &row).await?.is_some() {
            return Ok(Begun::New);
        }
        let [tenant, host, key, _, _] = row.clone();
        // It may have been deleted between the two.
        if let Some(found) = client.query_typed_opt(FIND, &[tenant, host, key]).await? {
            let stored: &[u8] = found.try_get("body")?;
            let (order, since) = (found.try_get("order_id")?, found.try_get("created")?);
            return Ok(Begun::of_row(stored, order, since, &placement.body));
        }
    }
}

pub(super) async fn finish(client: &Client, key: &PlacementKey, order: &Followed, now: Timestamp) -> Result<(), Error> {
    let statement = format!(
        "with finished as (
             update idempotency set order_id = $3 where tenant = $7 and host = $8 and key = $9 returning 1
         )
         {} where true {}",
        following::MARKED,
        following::OR_MARKED_AGAIN
    );
    let is_urgent = false;
    let (environment, tenant) = (&*order.environment, &*order.tenant);
    let (of_tenant, host, digest) = (&*key.tenant, &*key.host, key.key.as_slice());
    let parameters: [Parameter<'_>; 9] = [
        (&order.team, Type::UUID),
        (&environment, Type::TEXT),
        (&order.order, Type::UUID),
        (&tenant, Type::TEXT),
        (&is_urgent, Type::BOOL),
        (&now, Type::TIMESTAMPTZ),
        (&of_tenant, Type::TEXT),
        (&host, Type::TEXT),
        (&digest, Type::BYTEA),
    ];
    client.execute_typed(&statement, &parameters).await.map(drop)
}
