//! Deletes from the store of orders what is kept no longer, and shows how much there is to do.

use std::time::Duration;

use jiff::Timestamp;
use store::known::Unavailable;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::{
    app::background::supervisor::{Background, Ended, Phase},
    telemetry::Task,
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
        self.shared.metrics.orders.show(&counts, now);
        Ok(())
    }
}
