//! What is deleted, and when.

use jiff::{SignedDuration, Timestamp};
use tokio_postgres::{Client, Error, types::Type};

use super::super::channel::Parameter;
use crate::orders::{DELIVERED_EVENTS_KEPT, EVENTS_KEPT, IDEMPOTENCY_KEPT, ORDERS_KEPT, OrderKey, RECEIPTS_KEPT};

/// Since when the gateway's own endpoints are silent is known from the last receipt of each, which stays.
const RECEIPTS: &str = "
delete from receipt where received < $1
    and received < (select max(received) from receipt as other where other.endpoint = receipt.endpoint)";

/// A tenant without an endpoint has hosts that ask for events, and nothing says up to where they have read.
const EVENTS: &str = "
delete from event where noted < $1 or noted < $2
    and not exists (select from delivery where delivery.seq = event.seq)
    and event.seq <= (select min(seq) from endpoint_cursor where endpoint_cursor.tenant = event.tenant)";

const FORGET: &str = "
with forgotten as (delete from followed_order where team_id = $1 and environment = $2 and order_id = $3),
    unplaced as (delete from idempotency where order_id = $3),
    unqueued as (delete from delivery where seq in (select seq from event where team_id = $1 and order_id = $3))
delete from event where team_id = $1 and order_id = $3";

pub(super) async fn tidy(client: &Client, now: Timestamp) -> Result<(), Error> {
    let before = |kept: SignedDuration| now.saturating_sub(kept).unwrap_or(Timestamp::UNIX_EPOCH);
    let older = [
        ("delete from idempotency where created < $1", before(IDEMPOTENCY_KEPT)),
        (RECEIPTS, before(RECEIPTS_KEPT)),
        (
            "delete from followed_order where changed_at < $1 and dirty_since is null",
            before(ORDERS_KEPT),
        ),
        ("delete from lease where until < $1", now),
    ];
    for (statement, before) in older {
        client.execute_typed(statement, &[(&before, Type::TIMESTAMPTZ)]).await?;
    }
    let (any, delivered) = (before(EVENTS_KEPT), before(DELIVERED_EVENTS_KEPT));
    let parameters: [Parameter<'_>; 2] = [(&any, Type::TIMESTAMPTZ), (&delivered, Type::TIMESTAMPTZ)];
    client.execute_typed(EVENTS, &parameters).await?;
    let orphaned = "delete from delivery where not exists (select from event where event.seq = delivery.seq)";
    client.execute_typed(orphaned, &[]).await.map(drop)
}

pub(super) async fn forget(client: &Client, order: &OrderKey) -> Result<(), Error> {
    let environment = &*order.environment;
    let parameters: [Parameter<'_>; 3] = [
        (&order.team, Type::UUID),
        (&environment, Type::TEXT),
        (&order.order, Type::UUID),
    ];
    client.execute_typed(FORGET, &parameters).await.map(drop)
}
