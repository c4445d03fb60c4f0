//! Deletes from the store of orders what is kept no longer, and shows how much there is to do.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use store::{
    known::Unavailable,
    orders::{Counts, EndpointCounts, LastReceipt},
};
use tokio::{
    sync::watch::Receiver,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{deliveries::HostEndpoints, shared::Shared};
use crate::{
    app::background::{
        following::changed,
        supervisor::{Background, Ended, Phase},
    },
    directory::SharedDirectory,
    telemetry::{
        ConfiguredId, Task,
        order_metrics::{HostQueue, OrderMetrics},
    },
};

/// How often what there is to do is counted.
const COUNTED_EVERY: Duration = Duration::from_secs(15);

/// How long the store is left alone after it failed: at the start, its connection may be a moment behind.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How often what is kept no longer is deleted.
const TIDIED_EVERY: Duration = Duration::from_hours(1);

pub(in crate::app::background) struct Upkeep {
    pub(in crate::app::background) shared: Shared,
    /// Whose queues are shown. They can change.
    pub(in crate::app::background) endpoints: Receiver<HostEndpoints>,
    /// Which endpoints Junction's events come to.
    pub(in crate::app::background) directory: SharedDirectory,
    /// Of which of them it was shown when they last received one.
    pub(in crate::app::background) shown: Vec<ConfiguredId>,
    /// When it was last tidied; none if it was not yet.
    pub(in crate::app::background) tidied: Option<Instant>,
}

impl Background for Upkeep {
    const NAME: Task = Task::OrderUpkeep;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        let mut is_reported = false;
        loop {
            let now = (self.shared.clock)();
            let pause = match self.once(now).await {
                Ok(()) => {
                    is_reported = false;
                    COUNTED_EVERY
                }
                Err(why) => {
                    if is_reported {
                        tracing::debug!(%why, "the store of orders cannot be looked after");
                    } else {
                        tracing::warn!(%why, "the store of orders cannot be looked after");
                    }
                    is_reported = true;
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = finish.cancelled() => return Ended::Stopped,
                () = sleep(pause) => {}
                () = changed(&mut self.endpoints) => {}
            }
        }
    }
}

impl Upkeep {
    async fn once(&mut self, now: Timestamp) -> Result<(), Unavailable> {
        if self.tidied.is_none_or(|last| last.elapsed() >= TIDIED_EVERY) {
            self.shared.store.tidy(now).await?;
            self.tidied = Some(Instant::now());
        }
        let counts = self.shared.store.counts().await?;
        let metrics = &self.shared.metrics.orders;
        show_orders(metrics, &counts, now);
        for endpoint in self.endpoints.borrow_and_update().iter() {
            show_queue(metrics, endpoint.host(), &counts.endpoints, now);
        }
        let directory = self.directory.load();
        let webhooks: Vec<_> = directory
            .webhooks()
            .map(|(_, _, webhook)| Arc::clone(&webhook.endpoint))
            .collect();
        for gone in self.shown.extract_if(.., |shown| !webhooks.contains(shown)) {
            metrics.forget_webhook(&gone);
        }
        for endpoint in &webhooks {
            show_last(metrics, endpoint, &counts.received);
        }
        self.shown = webhooks;
        Ok(())
    }
}

fn show_orders(metrics: &OrderMetrics, counts: &Counts, now: Timestamp) {
    metrics.dirty(counts.dirty, age(counts.oldest_dirty, now));
}

/// A host without a queue is shown too: a series that appears with its first event would tell nothing before.
fn show_queue(metrics: &OrderMetrics, host: &ConfiguredId, all: &[EndpointCounts], now: Timestamp) {
    let own = all.iter().find(|counts| counts.endpoint == *host);
    let queue = own.map_or_else(HostQueue::default, |counts| HostQueue {
        pending: counts.pending,
        dead: counts.dead,
        is_disabled: counts.state.disabled.is_some(),
        lag: age(counts.oldest_pending, now),
    });
    metrics.queued(host, &queue);
}

/// An endpoint that received nothing is shown too: that it is silent is what there is to see.
fn show_last(metrics: &OrderMetrics, endpoint: &ConfiguredId, all: &[LastReceipt]) {
    let last = all.iter().find(|last| last.endpoint == *endpoint);
    let at = last.and_then(|last| Duration::try_from(last.at.as_duration()).ok());
    metrics.last_webhook(endpoint, at.unwrap_or_default());
}

fn age(since: Option<Timestamp>, now: Timestamp) -> Duration {
    let age = since.and_then(|since| Duration::try_from(now.duration_since(since)).ok());
    age.unwrap_or_default()
}
