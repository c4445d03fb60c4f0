//! Deletes from the store of orders what is kept no longer, and shows how much there is to do.

use std::time::Duration;

use jiff::Timestamp;
use store::{known::Unavailable, orders::Counts};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::shared::Shared;
use crate::{
    app::background::supervisor::{Background, Ended, Phase},
    telemetry::{
        Task,
        order_metrics::{HostQueue, OrderMetrics},
    },
};

/// How often what there is to do is counted.
const COUNTED_EVERY: Duration = Duration::from_secs(15);

/// How often what is kept no longer is deleted.
const TIDIED_EVERY: Duration = Duration::from_hours(1);

pub(in crate::app::background) struct Upkeep {
    pub(in crate::app::background) shared: Shared,
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
            match self.once(now).await {
                Ok(()) => is_reported = false,
                Err(why) if is_reported => tracing::debug!(%why, "the store of orders cannot be looked after"),
                Err(why) => {
                    tracing::warn!(%why, "the store of orders cannot be looked after");
                    is_reported = true;
                }
            }
            if finish.run_until_cancelled(sleep(COUNTED_EVERY)).await.is_none() {
                return Ended::Stopped;
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
        show(&self.shared.metrics.orders, &counts, now);
        Ok(())
    }
}

fn show(metrics: &OrderMetrics, counts: &Counts, now: Timestamp) {
    let age = |since: Option<Timestamp>| {
        let age = since.and_then(|since| Duration::try_from(now.duration_since(since)).ok());
        age.unwrap_or_default()
    };
    metrics.dirty(counts.dirty, age(counts.oldest_dirty));
    for endpoint in &counts.endpoints {
        let queue = HostQueue {
            pending: endpoint.pending,
            dead: endpoint.dead,
            is_disabled: endpoint.state.disabled.is_some(),
            lag: age(endpoint.oldest_pending),
        };
        metrics.queued(&endpoint.endpoint, &queue);
    }
    for last in &counts.received {
        let at = Duration::try_from(last.at.as_duration()).unwrap_or_default();
        metrics.last_webhook(&last.endpoint, at);
    }
}
