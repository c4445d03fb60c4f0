//! Writes which clinicians were launched with a complete profile.

use tokio_util::sync::CancellationToken;

use super::supervisor::{Background, Ended, Phase};
use crate::{gateway::NotedClinicians, telemetry::Task};

pub(super) struct KnownUsers(pub(super) NotedClinicians);

impl Background for KnownUsers {
    const NAME: Task = Task::KnownUsers;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, _finish: &CancellationToken) -> Ended {
        // Launches that finish after the others were asked to are written too: the queue closes after them.
        self.0.write().await;
        Ended::ForGood
    }
}
