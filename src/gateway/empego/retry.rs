//! What Empego's answers say about Empego, and retrying: the table of docs/operate/retries.md.

use std::time::Duration;

use crate::{
    gateway::verdict::{health, unanswered},
    resilience::{Retry, Verdict},
    upstream::empego::{EmpegoError, Meaning},
};

/// Judges a call that brought no embed URL. A call creates users and sessions, so it is made again only if it cannot have
/// been carried out, or if Empego says when.
pub(super) fn verdict(error: &EmpegoError) -> Verdict {
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

fn retry(meaning: Meaning, retry_after: Option<Duration>) -> Retry {
    match meaning {
        Meaning::Busy => retry_after.map_or(Retry::No, Retry::After),
        Meaning::HeaderRejected
        | Meaning::UserFieldsMissing
        | Meaning::AuthenticationFailed
        | Meaning::Rejected
        | Meaning::RejectedCompressed
        | Meaning::Error
        | Meaning::BadBody
        | Meaning::OtherSuccess
        | Meaning::Compressed
        | Meaning::BadUrl => Retry::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        resilience::Health,
        upstream::wire::{Cause, NoAnswer},
    };

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
