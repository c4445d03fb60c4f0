//! What an upstream's answers say about the upstream, and about asking again. One table, read like the one in the operator's page.

use std::time::Duration;

use crate::{
    resilience::{Health, Retry, Verdict},
    upstream::{
        empego::{EmpegoError, Meaning},
        junction::{self, JunctionError},
        wire::NoAnswer,
    },
};

/// Judges a call that brought no embed URL. A call creates users and sessions, so it is made again only if it cannot have
/// been carried out, or if Empego says when.
pub(in crate::gateway) fn verdict(error: &EmpegoError) -> Verdict {
    match error {
        EmpegoError::NoAnswer(no_answer) => unanswered(*no_answer),
        EmpegoError::Answered {
            meaning,
            status,
            retry_after,
            ..
        } => Verdict {
            health: health(*status),
            retry: retry(*meaning, *retry_after),
        },
    }
}

/// Judges a call to Junction that brought nothing. One that comes to the same if it is made twice is made again whatever
/// may have become of it, and where Junction asks for patience, as its page on rate limits recommends.
pub(in crate::gateway) fn of_junction(error: &JunctionError, is_repeatable: bool) -> Verdict {
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
                (junction::Meaning::Busy, Some(after), _) => Retry::After(*after),
                (junction::Meaning::Busy, None, true) => Retry::Soon,
                _for_the_caller_to_decide => Retry::No,
            },
        },
    }
}

/// The same whoever was called.
fn unanswered(no_answer: NoAnswer) -> Verdict {
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
fn health(status: u16) -> Health {
    if status >= 500 {
        Health::Failing
    } else {
        Health::Healthy
    }
}

fn retry(meaning: Meaning, retry_after: Option<Duration>) -> Retry {
    match meaning {
        Meaning::Busy => retry_after.map_or(Retry::No, Retry::After),
        Meaning::HeaderRejected
        | Meaning::UserFieldsMissing
        | Meaning::AuthenticationFailed
        | Meaning::Rejected
        | Meaning::Error
        | Meaning::BadBody
        | Meaning::BadUrl => Retry::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::wire::Cause;

    #[test]
    fn every_outcome_has_its_verdict() {
        let answered = |meaning, status, secs: Option<u64>| EmpegoError::Answered {
            meaning,
            status,
            message: None,
            retry_after: secs.map(Duration::from_secs),
        };
        let unreachable = |may_have_been_sent| {
            let cause = Cause::Other;
            NoAnswer::Unreachable {
                may_have_been_sent,
                cause,
            }
            .into()
        };
        let soon = Retry::After(Duration::from_secs(2));
        let rows = [
            (unreachable(false), Health::Failing, Retry::Soon, "never sent"),
            (unreachable(true), Health::Failing, Retry::No, "perhaps carried out"),
            (
                EmpegoError::NoAnswer(NoAnswer::ConnectTimeout),
                Health::Failing,
                Retry::No,
                "the caller may try again",
            ),
            (
                EmpegoError::NoAnswer(NoAnswer::Timeout),
                Health::Failing,
                Retry::No,
                "perhaps carried out",
            ),
            (
                EmpegoError::NoAnswer(NoAnswer::Unsendable),
                Health::Unknown,
                Retry::No,
                "our own defect",
            ),
            (
                answered(Meaning::Busy, 429, Some(2)),
                Health::Healthy,
                soon,
                "over a limit, and says when",
            ),
            (
                answered(Meaning::Busy, 429, None),
                Health::Healthy,
                Retry::No,
                "over a limit",
            ),
            (
                answered(Meaning::Busy, 503, Some(2)),
                Health::Failing,
                soon,
                "down, and says when",
            ),
            (answered(Meaning::Busy, 503, None), Health::Failing, Retry::No, "down"),
            (
                answered(Meaning::Error, 500, None),
                Health::Failing,
                Retry::No,
                "broken",
            ),
            (
                answered(Meaning::Error, 302, None),
                Health::Healthy,
                Retry::No,
                "a redirect is an answer",
            ),
            (
                answered(Meaning::AuthenticationFailed, 401, None),
                Health::Healthy,
                Retry::No,
                "a wrong key",
            ),
            (
                answered(Meaning::Rejected, 404, None),
                Health::Healthy,
                Retry::No,
                "a refusal",
            ),
            (
                answered(Meaning::BadBody, 200, None),
                Health::Healthy,
                Retry::No,
                "it answers",
            ),
        ];
        for (error, health, retry, reason) in rows {
            assert_eq!(verdict(&error), Verdict { health, retry }, "{reason}");
        }
    }
}
