//! Callers without a valid credential, counted.

use serde_json::{Value, json};

use super::{
    super::{Record, Strangers},
    element::{Head, Outcome, chain, concept, detail, event, own_coding, server},
    system::{DESTINATION, USER_AUTHENTICATION},
};

/// How many attempts proved nothing, by code.
pub(super) fn of(record: &Record, strangers: &Strangers) -> Value {
    let client = json!({
        "type": concept(DESTINATION),
        "who": {"display": "unauthenticated"},
        "requestor": true,
    });
    let mut details = vec![detail("count", &strangers.count.to_string())];
    let codes = strangers.codes.iter();
    details.extend(codes.map(|(code, count)| detail(&format!("count_{code}"), &count.to_string())));
    let head = Head {
        at: strangers.at,
        kind: USER_AUTHENTICATION,
        subtypes: strangers.codes.keys().map(|code| own_coding("code", code)).collect(),
        action: "E",
        outcome: Outcome::Serious,
        outcome_word: None,
    };
    event(
        record,
        head,
        None,
        vec![client, server(record)],
        vec![chain(record, details)],
    )
}
