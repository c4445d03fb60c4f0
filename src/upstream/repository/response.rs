//! What a repository's response says about each event. Pure.

use serde::Deserialize;

use super::fate::{Fate, NotFed};
use crate::upstream::wire::Answer;

/// What became of several events that were sent together.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// This, each for itself.
    Each(Vec<Fate>),
    /// They were not read: together they are too many or too large, one of them spoils the others, or the repository takes
    /// no batches at all.
    NotTogether,
}

/// A Bundle of type `batch-response`, as far as it matters.
#[derive(Deserialize)]
struct BatchResponse {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    response: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    /// A status code, and perhaps its reason phrase.
    status: String,
}

/// The response to a batch of so many events.
pub(super) fn of_batch(answer: &Answer<'_>, sent: usize) -> Result<Taken, NotFed> {
    match answer.status {
        200 => each(answer, sent).map(Taken::Each).ok_or(NotFed::Unreadable),
        400 | 404 | 405 | 413 | 422 | 501 => Ok(Taken::NotTogether),
        status => Err(NotFed::Status(status, answer.retry_after())),
    }
}

/// The response to one event.
pub(super) fn of_one(answer: &Answer<'_>) -> Result<Fate, NotFed> {
    match of_status(answer.status) {
        fate @ (Fate::Kept | Fate::Refused(_)) => Ok(fate),
        Fate::Again(status) => Err(NotFed::Status(status, answer.retry_after())),
    }
}

fn each(answer: &Answer<'_>, sent: usize) -> Option<Vec<Fate>> {
    let response: BatchResponse = serde_json::from_slice(answer.body.read()?).ok()?;
    let fates = response.entry.iter().map(|entry| {
        let status = entry.response.status.split(' ').next()?;
        Some(of_status(status.parse().ok()?))
    });
    let fates: Vec<_> = fates.collect::<Option<_>>()?;
    (fates.len() == sent).then_some(fates)
}

/// What a status means for one event. Ids are the same each time, so a conflict is with the same event.
fn of_status(status: u16) -> Fate {
    match status {
        200..=299 | 409 => Fate::Kept,
        // The event cannot be read, breaks a rule of the repository's, or is too large.
        400 | 413 | 422 => Fate::Refused(status),
        // The rest is about the repository, or about whom it knows: that can change, and the event is still due.
        again => Fate::Again(again),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::upstream::wire::{Body, ComeBack};

    fn answer(status: u16, body: &str) -> Answer<'_> {
        Answer {
            status,
            come_back: Some(ComeBack {
                after: "7",
                sent_at: SystemTime::UNIX_EPOCH,
            }),
            body: Body::Read(body.as_bytes()),
        }
    }

    #[test]
    fn a_batch_response_says_what_became_of_each_event() {
        let body = r#"{"resourceType": "Bundle", "type": "batch-response", "entry": [
            {"response": {"status": "201 Created", "location": "AuditEvent/a-1"}}, {"response": {"status": "200"}},
            {"response": {"status": "422 Unprocessable Entity"}}, {"response": {"status": "409"}},
            {"response": {"status": "503", "outcome": {"resourceType": "OperationOutcome"}}}
        ]}"#;
        let fates = vec![Fate::Kept, Fate::Kept, Fate::Refused(422), Fate::Kept, Fate::Again(503)];
        assert_eq!(of_batch(&answer(200, body), 5), Ok(Taken::Each(fates)));
        assert_eq!(of_batch(&answer(200, body), 4), Err(NotFed::Unreadable), "one too many");
    }

    #[test]
    fn a_response_without_an_outcome_for_each_event_proves_nothing() {
        let rows = [
            ("", "nothing"),
            ("{}", "no entries"),
            (r#"{"entry": [{"response": {"status": "fine"}}]}"#, "no status code"),
            (r#"{"entry": [{"resource": {}}]}"#, "a Bundle of something else"),
            ("<html>", "a page"),
        ];
        for (body, reason) in rows {
            assert_eq!(of_batch(&answer(200, body), 1), Err(NotFed::Unreadable), "{reason}");
        }
    }

    #[test]
    fn only_what_is_about_the_event_refuses_it_for_good() {
        let again = |status| Err(NotFed::Status(status, Some(std::time::Duration::from_secs(7))));
        for status in [200, 201, 204, 409] {
            assert_eq!(of_one(&answer(status, "")), Ok(Fate::Kept), "{status}");
        }
        for status in [400, 413, 422] {
            assert_eq!(of_one(&answer(status, "")), Ok(Fate::Refused(status)));
            assert_eq!(of_batch(&answer(status, ""), 2), Ok(Taken::NotTogether), "{status}");
        }
        for status in [301, 401, 403, 408, 412, 429, 500, 502, 503] {
            assert_eq!(of_one(&answer(status, "")), again(status));
            assert_eq!(
                of_batch(&answer(status, ""), 2),
                again(status).map(|_: Fate| Taken::NotTogether)
            );
        }
        for status in [404, 405, 501] {
            assert_eq!(of_one(&answer(status, "")), again(status), "the address may be wrong");
            assert_eq!(
                of_batch(&answer(status, ""), 2),
                Ok(Taken::NotTogether),
                "it may take no batches"
            );
        }
    }
}
