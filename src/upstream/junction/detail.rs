//! What an error's body says. Junction's two APIs write it in several forms, and no form is promised: whatever is there is
//! read, and nothing is needed.

use domain::embed_url::{EmbedHost, may_hold_url};
use serde_json::Value;

use crate::upstream::wire::Answer;

/// As far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// For people, at most 512 characters, and without any URL; never logged.
    pub message: Option<String>,
    /// The members at fault, by Junction's names, outermost first; places in lists are numbers.
    pub places: Vec<Vec<String>>,
}

impl Detail {
    /// Reads an error's body.
    #[must_use]
    pub fn read(body: &[u8], embed_hosts: &[EmbedHost]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let detail = body.get("detail");
        let message = match detail {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Array(mistakes)) => {
                let messages: Vec<_> = mistakes
                    .iter()
                    .filter_map(|mistake| mistake.get("msg")?.as_str())
                    .collect();
                (!messages.is_empty()).then(|| messages.join("; "))
            }
            Some(Value::Object(object)) => ["error_message", "message", "msg"]
                .into_iter()
                .find_map(|name| object.get(name)?.as_str().map(str::to_owned)),
            Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => None,
        };
        let message = message.or_else(|| Some(body.get("message")?.as_str()?.to_owned()));
        let message = message.filter(|message| !may_hold_url(message, embed_hosts));
        let places = detail.and_then(Value::as_array).into_iter().flatten().filter_map(place);
        Self {
            message: message.as_deref().map(Answer::shortened),
            places: places.collect(),
        }
    }
}

/// `loc` without where the request was looked at (`body`, `path`).
fn place(mistake: &Value) -> Option<Vec<String>> {
    let names = mistake.get("loc")?.as_array()?.iter().filter_map(|name| match name {
        Value::String(name) => Some(name.clone()),
        Value::Number(index) => Some(index.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    let names: Vec<_> = names.collect();
    match names.split_first() {
        Some((first, rest)) if matches!(first.as_str(), "body" | "path" | "query") => Some(rest.to_vec()),
        Some(_) => Some(names),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_that_was_seen_or_documented_is_read() {
        type Row = (
            &'static str,
            Option<&'static str>,
            &'static [&'static [&'static str]],
            &'static str,
        );
        let rows: &[Row] = &[
            (r#"{"detail":"Not found"}"#, Some("Not found"), &[], "a text"),
            (
                r#"{"detail":[{"loc":["body","email"],"msg":"bad","type":"x"},{"loc":["body","address","zip"],"msg":"short","type":"y"}]}"#,
                Some("bad; short"),
                &[&["email"], &["address", "zip"]],
                "a list of mistakes",
            ),
            (
                r#"{"detail":[{"loc":["body","team_role_bindings",0,"team_id"],"msg":"bad","type":"x"}]}"#,
                Some("bad"),
                &[&["team_role_bindings", "0", "team_id"]],
                "a place in a list",
            ),
            (
                r#"{"detail":{"error_type":"INVALID_REQUEST","error_message":"taken","user_id":"u"}}"#,
                Some("taken"),
                &[],
                "an object",
            ),
            (
                r#"{"error":"Bad Request","message":"not now","status_code":400}"#,
                Some("not now"),
                &[],
                "the form of one guide",
            ),
            (r#"{"detail":[]}"#, None, &[], "an empty list"),
            (
                r#"{"detail":[{"loc":"body","msg":7}]}"#,
                None,
                &[],
                "a list of something else",
            ),
            (r#"{"detail":null}"#, None, &[], "null"),
            ("Internal Server Error", None, &[], "no JSON"),
            ("", None, &[], "nothing"),
            (r#"["Not found"]"#, None, &[], "an array"),
            (
                r#"{"detail":"see https://app.example/launch?t=1"}"#,
                None,
                &[],
                "a text with a URL",
            ),
        ];
        for (body, message, places, reason) in rows {
            let read = Detail::read(body.as_bytes(), &[]);
            assert_eq!(read.message.as_deref(), *message, "{reason}");
            let places: Vec<Vec<_>> = places
                .iter()
                .map(|place| place.iter().map(|name| (*name).to_owned()).collect())
                .collect();
            assert_eq!(read.places, places, "{reason}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_a_panic(body in any::<Vec<u8>>()) {
            prop_assert!(Detail::read(&body, &[]).message.is_none_or(|message| message.chars().count() <= 512));
        }

        #[test]
        fn a_long_message_is_cut(message in "\\PC{500,600}") {
            prop_assume!(!may_hold_url(&message, &[]));
            let body = serde_json::json!({"detail": message}).to_string();
            prop_assert!(Detail::read(body.as_bytes(), &[]).message.unwrap().chars().count() <= 512);
        }
    }
}
