//! Holds a response against its step. Pure.

use serde_json::Value;

use super::{
    steps::{Expected, Step},
    story::Story,
};
use crate::answer::Answer;

/// A part, what it should be, and what it is.
type Found = (String, String, String);

/// Every way in which a response is not what its step expects; and what the story learns from it.
pub(super) fn judge(step: &Step, answer: &Answer, request_id: &str, story: &mut Story) -> Vec<Found> {
    let object = answer.object().map(Value::Object).unwrap_or_default();
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut found = Vec::new();
    let mut same = |part: &str, expected: &str, got: Option<String>| {
        if got.as_deref() != Some(expected) {
            let got = got.unwrap_or_else(|| "(nothing)".to_owned());
            found.push((part.to_owned(), expected.to_owned(), got));
        }
    };
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-request-id", request_id),
    ] {
        same(&format!("header {name}"), value, answer.header(name));
    }
    let code = text("code");
    let fits = |expected: &&Expected| expected.status == answer.status && expected.code == code.as_deref();
    let Some(expected) = step.expected.iter().find(fits).or_else(|| step.expected.first()) else {
        return found;
    };
    same("status", &expected.status.to_string(), Some(answer.status.to_string()));
    same("body requestId", request_id, text("requestId"));
    if let Some(code) = expected.code {
        same("body code", code, text("code"));
        let retryable = object.get("retryable").map(ToString::to_string);
        same("body retryable", &expected.is_retryable.to_string(), retryable);
    }
    if let Some(field) = expected.field {
        let errors = object.get("errors").and_then(Value::as_array);
        let fields: Vec<_> = errors
            .into_iter()
            .flatten()
            .filter_map(|error| error.get("field")?.as_str())
            .collect();
        same("body errors", field, Some(fields.join(", ")));
    }
    if expected.code.is_none()
        && answer.status == expected.status
        && let Err(wanted) = (step.learn)(story, &object)
    {
        found.push(("body".to_owned(), wanted.to_owned(), "something else".to_owned()));
    }
    found
}
