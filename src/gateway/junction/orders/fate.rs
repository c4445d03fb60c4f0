//! What became of something that was asked for once and must not be asked for again before it was read.

use super::{super::calls::Stopped, ordering::Ordering};
use crate::{
    resilience::CallError,
    upstream::{junction::JunctionError, wire::NoAnswer},
};
use domain::{reason::Reason, refusal::Refusal};

/// What may have become of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was never sent, or Junction said no without looking.
    NotDone,
    /// Junction said no; it may also be that it had done it before.
    Refused,
    /// It may have been done, or may yet be.
    Unknown,
}

impl Fate {
    pub(super) fn of(stopped: &Stopped) -> Self {
        match stopped {
            Stopped::Refused(_) | Stopped::ByJunction(CallError::CircuitOpen(_)) => Self::NotDone,
            Stopped::ByJunction(CallError::Failed(error)) => match error {
                JunctionError::NoAnswer(no_answer) => Self::without_answer(*no_answer),
                JunctionError::Answered { status, .. } => Self::of_status(*status),
            },
        }
    }

    /// What a status says. A provider that fails is a 500 by Junction's own description, so it is an answer; others of its kind
    /// come from something in between. A success that cannot be read was done.
    fn of_status(status: u16) -> Self {
        match status {
            401 | 403 | 429 => Self::NotDone,
            400 | 404 | 409 | 410 | 422 | 500 => Self::Refused,
            _may_have_been_done => Self::Unknown,
        }
    }

    fn without_answer(no_answer: NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Unreachable {
                may_have_been_sent: false,
                ..
            }
            | NoAnswer::ConnectTimeout
            | NoAnswer::Unsendable => Self::NotDone,
            NoAnswer::Unreachable {
                may_have_been_sent: true,
                ..
            }
            | NoAnswer::Timeout => Self::Unknown,
        }
    }
}

impl Ordering<'_> {
    /// Reads whether it was done after all: what `read` finds is what was asked for. Nothing if it certainly was not.
    ///
    /// # Errors
    /// `outcome_unknown` if that cannot be told.
    pub(super) async fn read_after<T>(
        &self,
        fate: Fate,
        mut read: impl AsyncFnMut() -> Result<Option<T>, Stopped>,
    ) -> Result<Option<T>, Stopped> {
        match fate {
            Fate::NotDone => Ok(None),
            // It cannot be read any more than it could be done: the first answer says more.
            Fate::Refused => Ok(read().await.unwrap_or_default()),
            Fate::Unknown => match self.read_until(read).await {
                Ok(Some(found)) => Ok(Some(found)),
                Ok(None) | Err(_) => Err(unknown()),
            },
        }
    }
}

fn unknown() -> Stopped {
    Refusal::new(Reason::OutcomeNotRead).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::wire::Cause;

    #[test]
    fn only_what_was_certainly_not_done_is_not_read_again() {
        let rows = [
            (Fate::of_status(401), Fate::NotDone, "not accepted"),
            (Fate::of_status(429), Fate::NotDone, "too many"),
            (Fate::of_status(400), Fate::Refused, "refused"),
            (
                Fate::of_status(404),
                Fate::Refused,
                "a slot that is gone, in production",
            ),
            (Fate::of_status(500), Fate::Refused, "a provider that failed"),
            (Fate::of_status(502), Fate::Unknown, "something in between"),
            (Fate::of_status(503), Fate::Unknown, "something in between"),
            (Fate::of_status(200), Fate::Unknown, "a success that cannot be read"),
            (Fate::without_answer(NoAnswer::Timeout), Fate::Unknown, "no answer"),
            (
                Fate::without_answer(NoAnswer::ConnectTimeout),
                Fate::NotDone,
                "no connection",
            ),
            (
                Fate::without_answer(NoAnswer::Unreachable {
                    may_have_been_sent: true,
                    cause: Cause::Broken,
                }),
                Fate::Unknown,
                "a broken connection",
            ),
            (
                Fate::without_answer(NoAnswer::Unreachable {
                    may_have_been_sent: false,
                    cause: Cause::Refused,
                }),
                Fate::NotDone,
                "no connection",
            ),
        ];
        for (fate, expected, reason) in rows {
            assert_eq!(fate, expected, "{reason}");
        }
    }
}
