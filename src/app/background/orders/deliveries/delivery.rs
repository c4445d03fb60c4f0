//! Brings a tenant's events to one host: each at least once, those of an order one after the other, for as long as that
//! takes.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use store::{known::Unavailable, orders::Due};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    courier::{Courier, Sent},
    endpoint::Endpoint,
    schedule,
};
use crate::{
    app::background::orders::shared::Shared,
    resilience::Pauses,
    upstream::host_endpoint::{Reply, TIMEOUT},
};

/// How often an endpoint that has everything is looked after: another gateway may have stored something.
const PERIOD: Duration = Duration::from_secs(1);

/// How many events are on their way to one endpoint at most.
const IN_FLIGHT: u32 = 4;

/// The same while it is busy.
const IN_FLIGHT_WHILE_BUSY: u32 = 1;

/// How many events are queued at once.
const BATCH: u32 = 500;

/// How long an event belongs to the one that delivers it: longer than a delivery takes.
const HELD_FOR: Duration = TIMEOUT.saturating_add(Duration::from_secs(5));

pub(super) struct Delivery {
    courier: Arc<Courier>,
    /// Until when an endpoint that is busy gets nothing. It gets little until it has accepted something.
    rests_until: Option<Timestamp>,
    /// What failed last; nothing if the last delivery went well. The log says when that begins and when it ends.
    trouble: Option<Trouble>,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Endpoint,
    Store,
}

impl Delivery {
    pub(super) fn new(endpoint: Endpoint, shared: Shared) -> Self {
        Self {
            courier: Arc::new(Courier { endpoint, shared }),
            rests_until: None,
            trouble: None,
        }
    }

    /// Delivers until it is stopped, and then waits for what is on its way.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let courier = Arc::clone(&self.courier);
        let mut noted = courier.shared.noted.listen();
        let mut on_their_way = FuturesUnordered::new();
        let mut pauses = Pauses::default();
        while !stop.is_cancelled() {
            let pause = match self.take().await {
                Ok(due) => {
                    on_their_way.extend(due.into_iter().map(|due| courier.deliver(due)));
                    pauses = Pauses::default();
                    PERIOD
                }
                Err(why) => {
                    self.failed(Trouble::Store, &why.to_string());
                    pauses.next(None)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                Some(sent) = on_their_way.next() => self.learn(sent),
                _said = noted.changed() => {}
                () = sleep(pause) => {}
            }
        }
        while let Some(sent) = on_their_way.next().await {
            self.learn(sent);
        }
        courier.shared.metrics.orders.forget(&courier.endpoint.config.host);
    }

    /// Queues what is new, and takes what is due.
    async fn take(&self) -> Result<Vec<Due>, Unavailable> {
        let Courier { endpoint, shared } = &*self.courier;
        let (host, tenant, now) = (&endpoint.config.host, &endpoint.config.tenant, (shared.clock)());
        shared
            .store
            .spread(Arc::clone(host), Arc::clone(tenant), BATCH, now)
            .await?;
        let limit = match self.rests_until {
            Some(until) if now < until => return Ok(Vec::new()),
            Some(_) => IN_FLIGHT_WHILE_BUSY,
            None => IN_FLIGHT,
        };
        let until = now.saturating_add(HELD_FOR).unwrap_or(Timestamp::MAX);
        shared.store.due(Arc::clone(host), now, until, limit).await
    }

    fn learn(&mut self, sent: Sent) {
        match sent.reply {
            Reply::Accepted => self.rests_until = None,
            Reply::Busy { after, .. } => {
                let now = (self.courier.shared.clock)();
                self.rests_until = now.saturating_add(schedule::rest(after)).ok();
            }
            Reply::Gone | Reply::Refused { .. } | Reply::Silent(_) => {}
        }
        match (sent.noted, sent.reply.trouble()) {
            (Err(why), _) => self.failed(Trouble::Store, &why.to_string()),
            (Ok(()), Some(why)) => self.failed(Trouble::Endpoint, &why),
            (Ok(()), None) => {
                if self.trouble.take().is_some() {
                    let host = &*self.courier.endpoint.config.host;
                    tracing::info!(host, "events are delivered again");
                }
            }
        }
    }

    fn failed(&mut self, trouble: Trouble, why: &str) {
        let host = &*self.courier.endpoint.config.host;
        if self.trouble.replace(trouble) == Some(trouble) {
            tracing::debug!(host, why, "events are still not delivered");
        } else {
            tracing::warn!(
                host,
                why,
                "events are not delivered; they are sent again until they are"
            );
        }
    }
}
