//! What one call of a launch leaves behind, whoever is called: how often, how long, and how it ended.

use std::{cell::Cell, time::Duration};

use tokio::time::Instant;

use super::Progress;
use crate::{
    resilience::{Deadline, Health},
    telemetry::metrics::CallOutcome,
};

/// Adds its own lifetime to that of the calls, also if its call is given up.
pub(super) struct Timer<'a> {
    begin: Instant,
    calls_took: &'a Cell<Duration>,
}

impl<'a> Timer<'a> {
    /// Counts a call that begins now.
    pub(super) fn start(progress: &'a Progress) -> Self {
        progress.calls.update(|calls| calls + 1);
        Self {
            begin: Instant::now(),
            calls_took: &progress.calls_took,
        }
    }

    /// Since when the call is under way.
    pub(super) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.calls_took.update(|all| all + self.begin.elapsed());
    }
}

/// How a call ended, as it is counted.
pub(super) fn call_outcome(outcome: Result<(), Health>, deadline: Deadline) -> CallOutcome {
    match outcome {
        Ok(()) => CallOutcome::Ok,
        Err(_) if deadline.caller_ran_out_of_time() => CallOutcome::CutShort,
        Err(Health::Healthy) => CallOutcome::Refused,
        Err(Health::Failing) => CallOutcome::Failed,
        Err(Health::Unknown) => CallOutcome::CutShort,
    }
}
