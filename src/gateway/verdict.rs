//! What a missing response, or the status of one, says about an upstream, whichever it is. What responses mean for
//! retries is each vendor's own: see `empego/retry.rs` and `junction/retry.rs`.

use crate::{
    resilience::{Health, Retry, Verdict},
    telemetry::metrics::CallOutcome,
    upstream::wire::NoAnswer,
};

/// Judges a call without a response.
pub(super) fn unanswered(no_answer: NoAnswer) -> Verdict {
    let (health, retry) = match no_answer {
        NoAnswer::Unreachable {
            may_have_been_sent: false,
            ..
        } => (Health::Failing, Retry::Soon),
        // The kernel has asked for the connection more than once by then, and a clinician is waiting.
        NoAnswer::Unreachable {
            may_have_been_sent: true,
            ..
        }
        | NoAnswer::ConnectTimeout
        | NoAnswer::Timeout => (Health::Failing, Retry::No),
        NoAnswer::Unsendable => (Health::Unknown, Retry::No),
    };
    Verdict { health, retry }
}

/// Refusals are answers: a tenant with a wrong key, or over its limit, has an upstream that is well.
pub(super) fn health(status: u16) -> Health {
    if status >= 500 {
        Health::Failing
    } else {
        Health::Healthy
    }
}

/// How a call ended, as it is counted.
pub(super) fn call_outcome(outcome: Result<(), Health>) -> CallOutcome {
    match outcome {
        Ok(()) => CallOutcome::Ok,
        Err(Health::Healthy) => CallOutcome::Refused,
        Err(Health::Failing) => CallOutcome::Failed,
        Err(Health::Unknown) => CallOutcome::CutShort,
    }
}
