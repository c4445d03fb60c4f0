//! How one call of a launch ended, whichever upstream it went to.

use crate::{resilience::Health, telemetry::metrics::CallOutcome};

/// How a call ended, as it is counted.
pub(super) fn call_outcome(outcome: Result<(), Health>) -> CallOutcome {
    match outcome {
        Ok(()) => CallOutcome::Ok,
        Err(Health::Healthy) => CallOutcome::Refused,
        Err(Health::Failing) => CallOutcome::Failed,
        Err(Health::Unknown) => CallOutcome::CutShort,
    }
}
