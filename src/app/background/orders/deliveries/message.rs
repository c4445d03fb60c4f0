//! What a host gets of an event: nothing about the person, so that it reads the order itself. Pure.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::orders::{EventKind, StoredEvent};
use uuid::Uuid;

use crate::upstream::host_endpoint::Message;

#[derive(Serialize)]
struct Envelope<'a, D> {
    r#type: &'static str,
    timestamp: &'a str,
    data: D,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    tenant: &'a str,
    seq: i64,
    kind: &'static str,
    team_id: Uuid,
    order_id: Uuid,
    state: &'a str,
    at: &'a str,
}

#[derive(Serialize)]
struct TestData<'a> {
    tenant: &'a str,
}

/// The message about an event.
pub(super) fn message(event: &StoredEvent) -> Result<Message, serde_json::Error> {
    let at = event.at.to_string();
    let envelope = Envelope {
        r#type: match event.kind {
            EventKind::Order => "junction.order.updated",
            EventKind::Visit => "junction.visit.updated",
            EventKind::ResultCritical => "junction.result.critical",
        },
        timestamp: &at,
        data: Data {
            tenant: &event.tenant,
            seq: event.seq,
            kind: event.kind.as_str(),
            team_id: event.team,
            order_id: event.order,
            state: &event.state,
            at: &at,
        },
    };
    identified(&envelope)
}

/// A message that is about nothing, to see whether messages arrive.
pub(super) fn test_message(tenant: &str, now: Timestamp) -> Result<Message, serde_json::Error> {
    identified(&Envelope {
        r#type: "gateway.test",
        timestamp: &now.to_string(),
        data: TestData { tenant },
    })
}

fn identified(envelope: &impl Serialize) -> Result<Message, serde_json::Error> {
    let body = serde_json::to_string(envelope)?;
    // Of all that is said, so that a store that was created anew, and counts from the start, repeats no id.
    let digest = Sha256::digest(&body);
    let id = format!("evt_{}", hex::encode(digest.get(..16).unwrap_or(&digest)));
    Ok(Message { id, body })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event() -> StoredEvent {
        StoredEvent {
            seq: 42,
            tenant: "downtown".into(),
            team: "6353bcab-3526-4838-8c92-063fa760fb6b".parse().unwrap(),
            order: "06c2c65b-74a0-4f25-a4a9-44f796296355".parse().unwrap(),
            kind: EventKind::Visit,
            state: "scheduled".to_owned(),
            at: "2026-11-26T14:30:00.5Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_message_says_what_changed_and_nothing_of_the_person() {
        let said: Value = serde_json::from_str(&message(&event()).unwrap().body).unwrap();
        let expected = json!({
            "type": "junction.visit.updated",
            "timestamp": "2026-11-26T14:30:00.5Z",
            "data": {
                "tenant": "downtown",
                "seq": 42,
                "kind": "visit",
                "teamId": "6353bcab-3526-4838-8c92-063fa760fb6b",
                "orderId": "06c2c65b-74a0-4f25-a4a9-44f796296355",
                "state": "scheduled",
                "at": "2026-11-26T14:30:00.5Z",
            },
        });
        assert_eq!(said, expected);
    }

    #[test]
    fn an_event_keeps_its_id_and_no_other_event_has_it() {
        let id = |event: &StoredEvent| message(event).unwrap().id;
        let first = id(&event());
        assert_eq!((first.len(), id(&event())), (36, first.clone()));
        assert!(first.starts_with("evt_") && !first.contains('.'), "{first}");
        let others = [
            StoredEvent { seq: 43, ..event() },
            StoredEvent {
                kind: EventKind::Order,
                ..event()
            },
            StoredEvent {
                at: Timestamp::UNIX_EPOCH,
                ..event()
            },
        ];
        assert!(others.iter().all(|other| id(other) != first));
    }
}
