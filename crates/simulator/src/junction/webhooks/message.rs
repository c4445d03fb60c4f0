//! Messages: an event each, as it is sent to whatever endpoints want it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::settings::WebhookSettings;
use crate::junction::{feature::Environment, id::Id, moment::Moment};

/// What happened, and to whom.
#[derive(Debug, Clone)]
pub(in crate::junction) struct Event {
    pub(in crate::junction) kind: String,
    pub(in crate::junction) team: Id,
    pub(in crate::junction) environment: Environment,
    pub(in crate::junction) order: Option<Id>,
    pub(in crate::junction) user: Option<Id>,
    pub(in crate::junction) client_user_id: Option<String>,
    pub(in crate::junction) data: Value,
}

/// An event that is sent.
#[derive(Debug, Clone)]
pub(in crate::junction) struct Message {
    pub(in crate::junction) id: String,
    pub(in crate::junction) event: Event,
    /// The body, which every attempt sends as it is.
    pub(in crate::junction) body: String,
    pub(in crate::junction) created_at: Moment,
}

impl Message {
    pub(in crate::junction) fn of(mut event: Event, settings: &WebhookSettings) -> Self {
        let mut body = Map::new();
        let data = event.data.take();
        let data = if settings.naive_times { naive(data) } else { data };
        body.insert("event_type".to_owned(), json!(event.kind));
        body.insert("data".to_owned(), data);
        body.insert("user_id".to_owned(), json!(event.user));
        body.insert("client_user_id".to_owned(), json!(event.client_user_id));
        if !settings.omit_team_id {
            body.insert("team_id".to_owned(), json!(event.team));
        }
        Self {
            id: format!("msg_{}", Uuid::new_v4().simple()),
            body: Value::Object(body).to_string(),
            event,
            created_at: Moment::real(),
        }
    }
}

/// The same without an offset in any time.
fn naive(value: Value) -> Value {
    match value {
        Value::String(text) if Moment::parse(&text).is_some() => {
            let end = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"));
            Value::String(end.unwrap_or(&text).to_owned())
        }
        Value::Array(list) => list.into_iter().map(naive).collect(),
        Value::Object(object) => object.into_iter().map(|(name, value)| (name, naive(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lose_their_offset_and_nothing_else_changes() {
        let value = json!({"a": ["2026-01-01T00:00:00Z", {"b": "1986-03-09T00:00:00+00:00"}], "c": "Zoé Z", "d": 1});
        let expected = json!({"a": ["2026-01-01T00:00:00", {"b": "1986-03-09T00:00:00"}], "c": "Zoé Z", "d": 1});
        assert_eq!(naive(value), expected);
    }
}
