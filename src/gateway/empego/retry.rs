//! What an upstream's answers say about the upstream, and about asking again. One table, read like the one in the operator's page.

use std::time::Duration;

use crate::{
    resilience::{Again, Health, Verdict},
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
            again: again(*meaning, *retry_after),
        },
    }
}

/// Judges a call to Junction that brought nothing. One that comes to the same if it is made twice is made again whatever
/// may have become of it, and where Junction asks for patience, as its page on rate limits recommends.
pub(in crate::gateway) fn of_junction(error: &JunctionError, is_repeatable: bool) -> Verdict {
    match error {
        JunctionError::NoAnswer(NoAnswer::Unreachable { .. }) if is_repeatable => Verdict {
            health: Health::Ill,
            again: Again::Soon,
        },
        JunctionError::NoAnswer(no_answer) => unanswered(*no_answer),
        JunctionError::Answered {
            meaning,
            status,
            retry_after,
            ..
        } => Verdict {
            health: health(*status),
            again: match (meaning, retry_after, is_repeatable) {
                (junction::Meaning::Busy, Some(after), _) => Again::After(*after),
                (junction::Meaning::Busy, None, true) => Again::Soon,
                _for_the_caller_to_decide => Again::No,
            },
        },
    }
}

/// The same whoever was called.
fn unanswered(no_answer: NoAnswer) -> Verdict {
    let (health, again) = match no_answer {
        NoAnswer::Unreachable {
            may_have_been_sent: false,
            ..
        } => (Health::Ill, Again::Soon),
        // The kernel has asked for the connection more than once by then, and a clinician is waiting.
        NoAnswer::Unreachable {
            may_have_been_sent: true,
            ..
        }
        | NoAnswer::ConnectTimeout
        | NoAnswer::Timeout => (Health::Ill, Again::No),
        NoAnswer::Unsendable => (Health::Unknown, Again::No),
    };
    Verdict { health, again }
}

/// Refusals are answers: a tenant with a wrong key, or over its limit, has an upstream that is well.
fn health(status: u16) -> Health {
    if status >= 500 { Health::Ill } else { Health::Well }
}

fn again(meaning: Meaning, retry_after: Option<Duration>) -> Again {
    match meaning {
        Meaning::Busy => retry_after.map_or(Again::No, Again::After),
        Meaning::HeaderRejected
        | Meaning::UserFieldsMissing
        | Meaning::AuthenticationFailed
        | Meaning::Rejected
        | Meaning::Error
        | Meaning::BadBody
        | Meaning::BadUrl => Again::No,
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
        let soon = Again::After(Duration::from_secs(2));
        let rows = [
            (unreachable(false), Health::Ill, Again::Soon, "never sent"),
            (unreachable(true), Health::Ill, Again::No, "perhaps carried out"),
            (
                EmpegoError::NoAnswer(NoAnswer::ConnectTimeout),
                Health::Ill,
                Again::No,
                "the caller may try again",
            ),
            (
                EmpegoError::NoAnswer(NoAnswer::Timeout),
                Health::Ill,
                Again::No,
                "perhaps carried out",
            ),
            (
                EmpegoError::NoAnswer(NoAnswer::Unsendable),
                Health::Unknown,
                Again::No,
                "our own defect",
            ),
            (
                answered(Meaning::Busy, 429, Some(2)),
                Health::Well,
                soon,
                "over a limit, and says when",
            ),
            (
                answered(Meaning::Busy, 429, None),
                Health::Well,
                Again::No,
                "over a limit",
            ),
            (
                answered(Meaning::Busy, 503, Some(2)),
                Health::Ill,
                soon,
                "down, and says when",
            ),
            (answered(Meaning::Busy, 503, None), Health::Ill, Again::No, "down"),
            (answered(Meaning::Error, 500, None), Health::Ill, Again::No, "broken"),
            (
                answered(Meaning::Error, 302, None),
                Health::Well,
                Again::No,
                "a redirect is an answer",
            ),
            (
                answered(Meaning::AuthenticationFailed, 401, None),
                Health::Well,
                Again::No,
                "a wrong key",
            ),
            (
                answered(Meaning::Rejected, 404, None),
                Health::Well,
                Again::No,
                "a refusal",
            ),
            (
                answered(Meaning::BadBody, 200, None),
                Health::Well,
                Again::No,
                "it answers",
            ),
        ];
        for (error, health, again, reason) in rows {
            assert_eq!(verdict(&error), Verdict { health, again }, "{reason}");
        }
    }
}
