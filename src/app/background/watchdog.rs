//! Tells the service manager that all workers live. When one is stuck, it says nothing, and the process is restarted.

use std::time::Duration;

use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{
    app::service_manager::{Heartbeats, says_alive},
    telemetry::Task,
};

pub(super) struct Watchdog {
    pub(super) heartbeats: Heartbeats,
    pub(super) every: Duration,
}

impl Background for Watchdog {
    const NAME: Task = Task::Watchdog;
    const ENDS_ON: Phase = Phase::Now;

    async fn run(&mut self, _finish: &CancellationToken) -> Ended {
        let mut ticks = interval(self.every);
        loop {
            ticks.tick().await;
            if self.heartbeats.have_all_beaten() {
                says_alive();
            }
        }
    }
}
