//! What Junction's answers say about Junction, and about asking again.

use crate::{
    gateway::verdict::{health, unanswered},
    resilience::{Health, Retry, Verdict},
    upstream::{
        junction::{JunctionError, Meaning, Safety},
        wire::NoAnswer,
    },
};

/// Judges a call to Junction that failed. What comes to the same if it is made twice is retried whatever may have become of
/// it. A launch's calls are also retried if Junction is busy and sends how long to wait, as its page on rate limits recommends.
pub(super) fn verdict(error: &JunctionError, safety: Safety) -> Verdict {
    let comes_to_the_same = match safety {
        Safety::Safe | Safety::Keyed => true,
        Safety::Disposable | Safety::Reconcile => false,
    };
    match error {
        JunctionError::NoAnswer(NoAnswer::Unreachable { .. }) if comes_to_the_same => Verdict {
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
            health: match (safety, status) {
                // Also where a provider does not confirm a visit, which says nothing about Junction.
                (Safety::Reconcile, 500) => Health::Healthy,
                (Safety::Safe | Safety::Keyed | Safety::Disposable | Safety::Reconcile, status) => health(*status),
            },
            retry: match (meaning, retry_after, safety) {
                (Meaning::Busy, Some(after), Safety::Safe | Safety::Keyed | Safety::Disposable) => Retry::After(*after),
                (Meaning::Busy, None, Safety::Safe | Safety::Keyed) => Retry::Soon,
                _for_the_caller_to_decide => Retry::No,
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::junction::JunctionCall;

    use super::*;
    use crate::upstream::{junction::Detail, wire::Cause};

    const LATER: Duration = Duration::from_secs(3);

    fn answered(status: u16, retry_after: Option<Duration>) -> JunctionError {
        JunctionError::Answered {
            call: JunctionCall::GetOrder,
            meaning: Meaning::of(status),
            status,
            detail: Detail::default(),
            retry_after,
        }
    }

    fn unreachable(may_have_been_sent: bool) -> JunctionError {
        let cause = Cause::Broken;
        NoAnswer::Unreachable {
            may_have_been_sent,
            cause,
        }
        .into()
    }

    #[test]
    fn a_call_is_made_again_only_where_twice_comes_to_once() {
        use Retry::{After, No, Soon};
        let safeties = [Safety::Safe, Safety::Keyed, Safety::Disposable, Safety::Reconcile];
        let rows = [
            (unreachable(false), [Soon, Soon, Soon, Soon], "never sent"),
            (unreachable(true), [Soon, Soon, No, No], "broke after it was sent"),
            (NoAnswer::ConnectTimeout.into(), [No; 4], "no connection in time"),
            (NoAnswer::Timeout.into(), [No; 4], "no response in time"),
            (
                answered(429, Some(LATER)),
                [After(LATER), After(LATER), After(LATER), No],
                "asked to come back",
            ),
            (
                answered(503, Some(LATER)),
                [After(LATER), After(LATER), After(LATER), No],
                "may have been carried out before",
            ),
            (answered(503, None), [Soon, Soon, No, No], "without a time"),
            (answered(500, None), [No; 4], "failed"),
            (answered(409, None), [No; 4], "refused"),
        ];
        for (error, expected, reason) in rows {
            for (safety, expected) in safeties.into_iter().zip(expected) {
                assert_eq!(verdict(&error, safety).retry, expected, "{reason}: {safety:?}");
            }
        }
    }

    #[test]
    fn a_visit_that_no_provider_confirms_is_no_trouble_of_junctions() {
        for (safety, status, health) in [
            (Safety::Reconcile, 500, Health::Healthy),
            (Safety::Reconcile, 502, Health::Failing),
            (Safety::Reconcile, 400, Health::Healthy),
            (Safety::Safe, 500, Health::Failing),
            (Safety::Keyed, 500, Health::Failing),
        ] {
            assert_eq!(
                verdict(&answered(status, None), safety).health,
                health,
                "{safety:?} {status}"
            );
        }
    }
}
