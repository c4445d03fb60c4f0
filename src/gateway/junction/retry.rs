//! What Junction's answers say about Junction, and about asking again.

use crate::{
    gateway::verdict::{health, unanswered},
    resilience::{Health, Retry, Verdict},
    upstream::{
        junction::{JunctionError, Meaning},
        wire::NoAnswer,
    },
};

/// Judges a call to Junction that failed. A call that is safe to repeat is retried whatever may have become of it. Any
/// call is retried if Junction is busy and sends how long to wait, as its page on rate limits recommends.
pub(super) fn verdict(error: &JunctionError, is_repeatable: bool) -> Verdict {
    match error {
        JunctionError::NoAnswer(NoAnswer::Unreachable { .. }) if is_repeatable => Verdict {
            health: Health::Failing,
            retry: Retry::Soon,
        },
        JunctionError::NoAnswer(no_answer) => unanswered(*no_answer),
        JunctionError::Answered {
            meaning,
            status,
            retry_after,
            ..
        } => Verdict {
            health: health(*status),
            retry: match (meaning, retry_after, is_repeatable) {
                (Meaning::Busy, Some(after), _) => Retry::After(*after),
                (Meaning::Busy, None, true) => Retry::Soon,
                _for_the_caller_to_decide => Retry::No,
            },
        },
    }
}
