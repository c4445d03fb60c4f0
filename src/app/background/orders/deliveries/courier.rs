//! Delivers one event once, and notes how that went.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use store::{
    known::Unavailable,
    orders::{DisabledFor, Due, Failure},
};

use super::{endpoint::Endpoint, message::message, schedule};
use crate::{
    app::background::orders::shared::Shared,
    telemetry::order_metrics::DeliveryOutcome,
    upstream::{host_endpoint::Reply, wire::NoAnswer},
};

/// After so long without one success, an endpoint is given up.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(5 * 24);

pub(super) struct Courier {
    pub(super) endpoint: Endpoint,
    pub(super) shared: Shared,
}

/// How a delivery went.
pub(super) struct Sent {
    pub(super) reply: Reply,
    /// If it could not be noted, the event is delivered again.
    pub(super) noted: Result<(), Unavailable>,
}

impl Courier {
    pub(super) async fn deliver(&self, due: Due) -> Sent {
        let reply = match message(&due.event) {
            Ok(message) => self.endpoint.client.send(&message, (self.shared.clock)()).await,
            Err(_words_and_numbers_always_have_a_form) => Reply::Silent(NoAnswer::Unsendable),
        };
        let noted = self.note(&due, reply, (self.shared.clock)()).await;
        Sent { reply, noted }
    }

    async fn note(&self, due: &Due, reply: Reply, now: Timestamp) -> Result<(), Unavailable> {
        let (store, host) = (&self.shared.store, &self.endpoint.config.host);
        let orders = &self.shared.metrics.orders;
        let Some(error) = reply.trouble() else {
            orders.delivery(host, DeliveryOutcome::Delivered);
            return store.delivered(Arc::clone(host), due.event.seq, now).await;
        };
        let asked = match reply {
            Reply::Busy { after, .. } => after,
            Reply::Accepted | Reply::Gone | Reply::Refused { .. } | Reply::Silent(_) => None,
        };
        let wait = schedule::wait(due.attempts.saturating_add(1), asked, chance());
        orders.delivery(
            host,
            wait.map_or(DeliveryOutcome::Dead, |_wait| DeliveryOutcome::Failed),
        );
        let next = wait.and_then(|wait| now.saturating_add(wait).ok());
        store
            .failed(Arc::clone(host), due.event.seq, Failure { next, error }, now)
            .await?;
        self.give_up_if_hopeless(reply, now).await
    }

    async fn give_up_if_hopeless(&self, reply: Reply, now: Timestamp) -> Result<(), Unavailable> {
        let (store, host) = (&self.shared.store, &self.endpoint.config.host);
        let why = if reply == Reply::Gone {
            DisabledFor::Gone
        } else {
            let since = store.endpoint_state(Arc::clone(host)).await?.failing_since;
            if since.is_none_or(|since| now.duration_since(since) < GIVEN_UP_AFTER) {
                return Ok(());
            }
            DisabledFor::Failing
        };
        store.disable(Arc::clone(host), why, now).await?;
        tracing::error!(
            host = &**host,
            why = why.as_str(),
            "events are not delivered to this host any more; what is queued is kept: see `events replay`"
        );
        Ok(())
    }
}

/// A number between 0 and 1.
fn chance() -> f64 {
    let number = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(number) / f64::from(u32::MAX)
}
