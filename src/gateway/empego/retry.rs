//! What Empego's answers say about Empego, and about asking again: the table of OPERATING.md, "Repeating, pausing, giving up".

use std::time::Duration;

use crate::{
    gateway::verdict::{health, unanswered},
    resilience::{Again, Verdict},
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
            again: again(*meaning, *retry_after),
        },
    }
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
