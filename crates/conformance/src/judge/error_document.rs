//! The documents of errors, the gateway's and Empego's.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Map, Value};

use super::{
    asked::Asked,
    collector::{Collector, members, text_member},
};
use crate::{
    case::{Error, Source},
    report::Suite,
};

pub(super) fn error_document(
    object: &Map<String, Value>,
    error: Error,
    asked: &Asked<'_>,
    findings: &mut Collector<'_>,
) {
    let status = object.get("status").map(ToString::to_string);
    findings.same("body status", &error.status.to_string(), status.as_deref());
    let reason = StatusCode::from_u16(error.status)
        .ok()
        .and_then(|status| status.canonical_reason());
    text_member(object, "error", reason.unwrap_or_default(), findings);
    message(object, error, asked, findings);
    timestamp(object, asked, findings);
    let path = object.get("path").and_then(Value::as_str);
    let [own, _] = &asked.paths;
    if !path.is_some_and(|path| asked.paths.iter().any(|good| good == path)) {
        findings.differs("body path", own, path);
    }
    let Some(code) = error.code else { return };
    let mut names = vec![
        "timestamp",
        "status",
        "error",
        "message",
        "path",
        "code",
        "source",
        "retryable",
        "requestId",
        "errors",
    ];
    if error.source == Source::Upstream {
        names.push("upstream");
        let member = |name| Some(object.get("upstream")?.get(name)?.to_string());
        let name = match asked.suite {
            Suite::Compat | Suite::Native | Suite::Upstream => "\"empego\"",
            Suite::Junction | Suite::Orders => "\"junction\"",
        };
        findings.same("body upstream.name", name, member("name").as_deref());
        findings.same(
            "body upstream.status",
            &error.status.to_string(),
            member("status").as_deref(),
        );
    }
    // Hosts that may ask for explanations get a reason; no case expects a particular one of a code's reasons.
    if object.get("reason").is_some_and(Value::is_string) {
        names.push("reason");
    }
    members(object, &names, findings);
    text_member(object, "code", code, findings);
    text_member(object, "source", error.source.as_str(), findings);
    let retryable = object.get("retryable").map(ToString::to_string);
    findings.same("body retryable", "false", retryable.as_deref());
    if let Some(id) = asked.request_id {
        text_member(object, "requestId", id, findings);
    }
    fields_at_fault(object.get("errors"), error.fields, findings);
}

/// Empego's documented words may have others behind them, and be in other case: a gateway knows them by their beginning.
fn message(object: &Map<String, Value>, error: Error, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    let got = object.get("message").and_then(Value::as_str).unwrap_or_default();
    let start = got.trim_start().get(..error.message.len());
    let begins = start.is_some_and(|start| start.eq_ignore_ascii_case(error.message));
    let rest = got.trim_start().get(error.message.len()..).unwrap_or_default();
    let is_whole_word = !rest.starts_with(char::is_alphanumeric);
    if asked.suite == Suite::Upstream && got != error.message && begins && is_whole_word {
        findings.note(
            "body message",
            error.message,
            "the same with more behind it, or in other case",
        );
    } else {
        text_member(object, "message", error.message, findings);
    }
}

/// When an error happened. Of Empego, any way to write an instant is good, and another than the documented one is noted.
fn timestamp(object: &Map<String, Value>, asked: &Asked<'_>, findings: &mut Collector<'_>) {
    const PART: &str = "body timestamp";
    const DOCUMENTED: &str = "ISO 8601 in UTC, with milliseconds";
    let got = object.get("timestamp").and_then(Value::as_str).unwrap_or_default();
    if asked.suite == Suite::Upstream && !is_timestamp(got) && got.parse::<jiff::Timestamp>().is_ok() {
        findings.note(PART, DOCUMENTED, "ISO 8601 in another form");
    } else {
        findings.holds(is_timestamp(got), PART, DOCUMENTED);
    }
}

/// The fields at fault, each with its code and a sentence.
fn fields_at_fault(errors: Option<&Value>, expected: &[(&str, &str)], findings: &mut Collector<'_>) {
    let list = errors.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let got: BTreeSet<_> = list
        .iter()
        .map(|error| {
            (
                text(error, "field").unwrap_or_default(),
                text(error, "code").unwrap_or_default(),
            )
        })
        .collect();
    let expected: BTreeSet<_> = expected
        .iter()
        .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
        .collect();
    let have_sentences = list.iter().all(|error| {
        error.as_object().is_some_and(|error| error.len() == 3)
            && text(error, "message").is_some_and(|text| !text.is_empty())
    });
    if got != expected || got.len() != list.len() {
        findings.differs("body errors", &in_words(&expected), Some(&in_words(&got)));
    } else {
        findings.holds(have_sentences, "body errors", "field, code and message of each");
    }
}

fn in_words(errors: &BTreeSet<(String, String)>) -> String {
    if errors.is_empty() {
        return "none".to_owned();
    }
    let words = errors
        .iter()
        .map(|(field, code)| format!("{} {code}", if field.is_empty() { "(all)" } else { field }));
    words.collect::<Vec<_>>().join(", ")
}

fn is_timestamp(text: &str) -> bool {
    text.len() == "2026-11-21T14:30:00.123Z".len() && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}
