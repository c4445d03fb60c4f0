//! Errors as Junction's own clients know them. They repeat by themselves whatever is 408, 409, 429 or from 500 on, so a refusal has
//! none of these unless repeating it is right.

use std::borrow::Cow;

use domain::{fault::FieldError, reason::Reason, refusal::Refusal};
use serde::Serialize;

use crate::http::edge::{attempt::Attempt, error_document::FieldDocument, failure::Failure, json::json};

/// A request that Junction or the gateway could not read.
const UNREADABLE: u16 = 422;

/// What became of it, or why it could not be done, is not known; no client repeats it.
const FAILED: u16 = 424;

/// The one form of errors. Junction's own has `detail` alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    detail: Detail<'a>,
    code: &'static str,
    request_id: &'a str,
    errors: Vec<FieldDocument<'a>>,
}

/// A text, or a list of what is wrong with the request.
#[derive(Serialize)]
#[serde(untagged)]
enum Detail<'a> {
    Text(Cow<'a, str>),
    Mistakes(Vec<Mistake<'a>>),
}

#[derive(Serialize)]
struct Mistake<'a> {
    loc: Vec<Step<'a>>,
    msg: Cow<'static, str>,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// A member's name, or a place in a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Step<'a> {
    Name(&'a str),
    Index(u64),
}

/// The same failure, with the status that these clients do the right thing with.
pub(super) fn for_clients(failure: &Failure) -> Failure {
    let refusal = failure.refusal().clone();
    let status = status(&refusal);
    Refusal { status, ..refusal }.into()
}

fn status(refusal: &Refusal) -> u16 {
    let is_pause = refusal.retry_after_secs.is_some();
    match refusal.status {
        400 | 422 if !refusal.errors.is_empty() => UNREADABLE,
        401 | 403 | 404 | 413 | 415 => refusal.status,
        405 => 404,
        429 | 503 if is_pause => refusal.status,
        400..=499 if refusal.status != 429 => 400,
        _unknown_or_failed => FAILED,
    }
}

/// The body of an error.
pub(super) fn body(refusal: &Refusal, attempt: &Attempt) -> Vec<u8> {
    json(&Document {
        detail: detail(refusal),
        code: refusal.code.as_str(),
        request_id: attempt.request_id.as_str(),
        errors: refusal.errors.iter().map(FieldDocument::new).collect(),
    })
}

fn detail(refusal: &Refusal) -> Detail<'_> {
    if refusal.status == UNREADABLE && !refusal.errors.is_empty() {
        return Detail::Mistakes(refusal.errors.iter().map(Mistake::new).collect());
    }
    let own_words = refusal
        .upstream
        .as_ref()
        .and_then(|upstream| upstream.message.as_deref());
    Detail::Text(match (refusal.reason, own_words) {
        (Reason::NoSuchPath, _) => "Not Found".into(),
        (_, Some(words)) => words.into(),
        (_, None) => refusal.message(),
    })
}

impl<'a> Mistake<'a> {
    fn new(error: &'a FieldError) -> Self {
        let mut segments = error.field.split('/').skip(1).peekable();
        let outside = ["header", "query", "path"];
        let is_outside = segments.peek().is_some_and(|first| outside.contains(first));
        let start = (!is_outside).then_some(Step::Name("body"));
        let steps = segments.map(|segment| segment.parse().map_or(Step::Name(segment), Step::Index));
        Self {
            loc: start.into_iter().chain(steps).collect(),
            msg: error.fault.message(),
            kind: error.fault.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::fault::{Fault, FieldErrors};
    use serde_json::{Value, json};

    use super::*;

    fn told(refusal: Refusal) -> (u16, Value) {
        let failure = for_clients(&refusal.into());
        let refusal = failure.refusal();
        let detail = serde_json::to_value(detail(refusal)).unwrap();
        (refusal.status, detail)
    }

    #[test]
    fn no_status_makes_a_client_repeat_what_it_must_not() {
        let paused = Refusal {
            retry_after_secs: Some(3),
            ..Reason::JunctionPaused.into()
        };
        let rows = [
            (Refusal::new(Reason::UnknownKey), 401, "no key"),
            (Refusal::new(Reason::FacadeOff), 403, "not granted"),
            (Refusal::new(Reason::NoSuchPath), 404, "not served"),
            (Refusal::new(Reason::BodyTooSlow), 400, "would be repeated"),
            (Refusal::new(Reason::BodyDeclaredTooLarge), 413, "too large"),
            (Refusal::new(Reason::OrderHasVisit), 400, "a rule"),
            (Refusal::new(Reason::VisitWithinADay), 400, "a fee"),
            (
                Refusal::new(Reason::ZipNotServed),
                400,
                "a rule that is about no one field",
            ),
            (Refusal::new(Reason::NoResults), 404, "not yet"),
            (Refusal::new(Reason::OutcomeNotRead), 424, "unknown"),
            (Refusal::new(Reason::JunctionFailed), 424, "Junction fails"),
            (Refusal::new(Reason::Panicked), 424, "a defect"),
            (Refusal::new(Reason::NoStoreForOrders), 424, "no pause would help"),
            (paused, 503, "a pause"),
        ];
        for (refusal, status, reason) in rows {
            assert_eq!(told(refusal).0, status, "{reason}");
        }
    }

    #[test]
    fn each_mistake_says_where_it_is() {
        let mut errors = FieldErrors::default();
        errors.add("/aoe_answers/0/answer", Fault::Required);
        errors.add("/header/x-idempotency-key", Fault::Repeated);
        errors.add("", Fault::Truncated);
        let (status, detail) = told(Refusal::new(Reason::FieldsAtFault).naming(errors));
        let places: Vec<_> = detail
            .as_array()
            .unwrap()
            .iter()
            .map(|mistake| mistake["loc"].clone())
            .collect();
        assert_eq!(status, 422);
        assert_eq!(
            places,
            [
                json!(["body", "aoe_answers", 0, "answer"]),
                json!(["header", "x-idempotency-key"]),
                json!(["body"]),
            ]
        );
        assert_eq!(told(Refusal::new(Reason::NoSuchPath)).1, "Not Found");
    }
}
