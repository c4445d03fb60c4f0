//! What a request about orders that ended early is refused with.

use domain::{reason::Reason, refusal::Refusal};

use super::calls::Stopped;
use crate::resilience::CallError;

pub(super) fn orders_refusal(stopped: Stopped) -> Refusal {
    match stopped {
        Stopped::Refused(refusal) => *refusal,
        Stopped::ByJunction(CallError::Failed(error)) => error.into_refusal_of_order(),
        Stopped::ByJunction(CallError::CircuitOpen(open)) => Refusal {
            retry_after_secs: Some(open.retry_after.as_secs() + 1),
            ..Reason::JunctionPaused.into()
        },
    }
}
