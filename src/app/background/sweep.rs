//! Forgets allowances that are full again, and tickets that no browser opened.

use std::{net::IpAddr, sync::Arc, time::Duration};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{
    directory::SharedDirectory,
    gateway::{Moment, Tickets},
    resilience::RateLimits,
    telemetry::Task,
};

/// How often something is forgotten.
const PERIOD: Duration = Duration::from_mins(1);

pub(super) struct Sweep {
    pub(super) directory: SharedDirectory,
    pub(super) failed_auth: Arc<RateLimits<IpAddr>>,
    pub(super) tickets: Arc<Tickets>,
}

impl Background for Sweep {
    const NAME: Task = Task::Sweep;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        while finish.run_until_cancelled(sleep(PERIOD)).await.is_some() {
            self.forget();
        }
        Ended::Stopped
    }
}

impl Sweep {
    fn forget(&self) {
        self.failed_auth.sweep();
        self.tickets.sweep(Moment::now());
        for (host, _) in self.directory.load().hosts() {
            if let Some(clinicians) = &host.clinician_rates {
                clinicians.sweep();
            }
            host.continuations.sweep();
            host.confirmed_continuations.sweep();
            host.session_questions.sweep();
            host.known_session_questions.sweep();
        }
    }
}
