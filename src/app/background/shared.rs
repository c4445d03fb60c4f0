//! Stays connected to the database that gateways share their limits in.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{resilience::SharedLimits, telemetry::Task};

pub(super) struct Shared {
    pub(super) limits: Arc<SharedLimits>,
}

impl Background for Shared {
    const NAME: Task = Task::SharedLimits;
    // Launches that finish are counted too.
    const ENDS_ON: Phase = Phase::Now;

    async fn run(&mut self, _finish: &CancellationToken) -> Ended {
        self.limits.keep().await;
        Ended::Stopped
    }
}
