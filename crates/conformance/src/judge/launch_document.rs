//! The documents of launches that went well, at Empego and at Junction.

use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::{
    asked::Asked,
    collector::{Collector, members, text_member},
};
use crate::answer::embed_url;

pub(super) fn embed_document(
    object: &Map<String, Value>,
    identity: &str,
    warnings: &[&str],
    asked: &Asked<'_>,
    findings: &mut Collector<'_>,
) {
    let mut names = vec![
        "url",
        "origin",
        "identity",
        "audience",
        "warnings",
        "requestId",
        "frame",
    ];
    if ticket(object).is_some() {
        names.push("expiresIn");
        let expires = object.get("expiresIn").is_some_and(Value::is_u64);
        findings.holds(expires, "body expiresIn", "a number of seconds");
    }
    members(object, &names, findings);
    url_with_origin(object, findings);
    text_member(object, "identity", identity, findings);
    text_member(object, "audience", asked.audience, findings);
    if let Some(id) = asked.request_id {
        text_member(object, "requestId", id, findings);
    }
    let expected = Value::from(warnings.to_vec());
    if object.get("warnings") != Some(&expected) {
        let got = object.get("warnings").map(ToString::to_string);
        findings.differs("body warnings", &expected.to_string(), got.as_deref());
    }
    frame(object, findings);
}

pub(super) fn junction_document(
    object: &Map<String, Value>,
    feature: &str,
    modality: &str,
    asked: &Asked<'_>,
    findings: &mut Collector<'_>,
) {
    members(
        object,
        &[
            "url",
            "expiresIn",
            "modality",
            "feature",
            "origin",
            "requestId",
            "frame",
        ],
        findings,
    );
    url_with_origin(object, findings);
    let opened = object.get("feature").and_then(Value::as_str).unwrap_or_default();
    let is_it = match feature.strip_suffix('*') {
        Some(start) => opened.strip_prefix(start).is_some_and(|id| Uuid::try_parse(id).is_ok()),
        None => opened == feature,
    };
    findings.holds(is_it, "body feature", feature);
    text_member(object, "modality", modality, findings);
    let expires = object.get("expiresIn").is_some_and(Value::is_u64);
    findings.holds(expires, "body expiresIn", "a number of seconds");
    if let Some(id) = asked.request_id {
        text_member(object, "requestId", id, findings);
    }
    frame(object, findings);
}

/// The address on the gateway that opens the app once, of hosts that get tickets.
fn ticket(object: &Map<String, Value>) -> Option<Url> {
    let url = object.get("url").and_then(Value::as_str).and_then(embed_url)?;
    url.path().starts_with("/frame/").then_some(url)
}

fn url_with_origin(object: &Map<String, Value>, findings: &mut Collector<'_>) {
    if ticket(object).is_some() {
        // Which app it opens is the gateway's secret; where that app's messages come from is not.
        let origin = object.get("origin").and_then(Value::as_str).unwrap_or_default();
        let is_origin = embed_url(origin).is_some_and(|url| url.origin().ascii_serialization() == origin);
        findings.holds(is_origin, "body origin", "the origin of an app");
        return;
    }
    let url = object.get("url").and_then(Value::as_str).and_then(embed_url);
    findings.holds(url.is_some(), "body url", "an embed URL");
    if let Some(url) = url {
        text_member(object, "origin", &url.origin().ascii_serialization(), findings);
    }
}

fn frame(object: &Map<String, Value>, findings: &mut Collector<'_>) {
    let frame = object.get("frame").and_then(Value::as_object);
    let is_frame = frame.is_some_and(|frame| {
        frame.contains_key("referrerPolicy")
            && frame.iter().all(|(name, value)| {
                ["referrerPolicy", "allow", "sandbox"].contains(&name.as_str()) && value.is_string()
            })
    });
    findings.holds(is_frame, "body frame", "attributes for the iframe");
}
