//! Stays connected to the database that orders are kept in.

use std::sync::Arc;

use store::orders::OrderStore;
use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::telemetry::Task;

pub(super) struct SharedOrders {
    pub(super) store: Arc<dyn OrderStore>,
}

impl Background for SharedOrders {
    const NAME: Task = Task::SharedOrders;
    // Requests that finish use it too.
    const ENDS_ON: Phase = Phase::Now;

    async fn run(&mut self, _finish: &CancellationToken) -> Ended {
        self.store.keep().await;
        Ended::Stopped
    }
}
