//! Visits.

use domain::junction::orders::{
    seen::{CancellationReason, SeenVisit, SeenVisitEvent, Tier},
    visit_state::VisitState,
};
use serde_json::Value;

use super::fields::{Fields, json};
use crate::upstream::junction::answer::{Read, Unexpected};

/// A visit, if there is one.
pub(super) fn found(status: u16, body: &[u8]) -> Read<Option<SeenVisit>> {
    match status {
        200 => visit(&json(body)?).map(Some),
        404 => Ok(None),
        _other => Err(Unexpected),
    }
}

/// A visit that was booked, requested, moved or cancelled.
pub(in crate::upstream::junction) fn changed(status: u16, body: &[u8]) -> Read<SeenVisit> {
    match status {
        200 | 201 => visit(&json(body)?),
        _other => Err(Unexpected),
    }
}

/// Why visits may be cancelled. One that cannot be read cannot be chosen either.
pub(super) fn reasons(status: u16, body: &[u8]) -> Read<Vec<CancellationReason>> {
    if status != 200 {
        return Err(Unexpected);
    }
    let body = json(body)?;
    let reasons = body.as_array().ok_or(Unexpected)?;
    Ok(reasons.iter().filter_map(reason).collect())
}

fn visit(value: &Value) -> Read<SeenVisit> {
    let fields = Fields::needed(value)?;
    let status = fields.text("status").ok_or(Unexpected)?;
    let event_status = fields.text("event_status");
    let start = fields.time("start_at");
    let provider = fields.text("provider").unwrap_or_default();
    Ok(SeenVisit {
        id: fields.needed_id("id")?,
        order: fields.id("order_id"),
        user: fields.needed_id("user_id")?,
        state: VisitState::of(&status, event_status.as_deref(), start.is_some()),
        status,
        event_status,
        start,
        end: fields.time("end_at"),
        zone: fields.text("iana_timezone"),
        tier: tier(&provider),
        provider,
        // A visit that is not said to move is not moved.
        can_reschedule: fields.flag("can_reschedule").unwrap_or(false),
        notes: fields.text("appointment_notes"),
        events: fields.list("events").iter().filter_map(event).collect(),
        address: fields.address("address"),
    })
}

/// Visits do not say how they came about, but each provider has one way (Junction's page "Service tiers").
fn tier(provider: &str) -> Tier {
    match provider {
        "getlabs" => Tier::Ready,
        "phlebfinders" => Tier::Request,
        _ => Tier::Other,
    }
}

fn event(value: &Value) -> Option<SeenVisitEvent> {
    let fields = Fields::of(value)?;
    Some(SeenVisitEvent {
        at: fields.time("created_at")?,
        status: fields.text("status")?,
        data: fields.value("data").and_then(Value::as_object).cloned(),
    })
}

fn reason(value: &Value) -> Option<CancellationReason> {
    let fields = Fields::of(value)?;
    Some(CancellationReason {
        id: fields.id("id")?,
        name: fields.text("name")?,
        is_refundable: fields.flag("is_refundable").unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn whole() -> Value {
        json!({
            "id": "06c2c65b-74a0-4f25-a4a9-44f796296355", "user_id": "acf79a82-0c2c-4ca0-998b-378931793905",
            "order_id": "1ed9c8d7-e1b4-4d61-8123-0f99de5ae99a",
            "address": {"first_line": "123 Main St.", "second_line": "Apt. 208", "city": "San Francisco", "state": "CA",
                "zip_code": "91189", "country": "United States"},
            "location": {"lng": -122.4, "lat": 37.7},
            "start_at": "2022-01-01T00:00:00", "end_at": "2022-01-01T02:00:00Z", "iana_timezone": "America/New_York",
            "type": "phlebotomy", "provider": "getlabs", "status": "pending", "event_status": "scheduled",
            "provider_id": "123", "can_reschedule": true, "appointment_notes": "after noon",
            "events": [{"created_at": "2022-01-01T00:00:00Z", "data": {"origin": "patient"}, "status": "scheduled"}, 7],
        })
    }

    fn read(visit: &Value) -> SeenVisit {
        found(200, visit.to_string().as_bytes()).unwrap().unwrap()
    }

    fn with(members: &Value) -> Value {
        let mut visit = whole();
        visit
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        visit
    }

    #[test]
    fn a_visit_is_read_with_both_its_statuses() {
        let visit = read(&whole());
        assert_eq!(
            (visit.status.as_str(), visit.event_status.as_deref()),
            ("pending", Some("scheduled"))
        );
        assert_eq!(visit.state, VisitState::Scheduled);
        assert_eq!(visit.start.unwrap().to_string(), "2022-01-01T00:00:00Z");
        assert_eq!((visit.tier, visit.can_reschedule), (Tier::Ready, true));
        assert_eq!(visit.zone.as_deref(), Some("America/New_York"));
        assert_eq!(visit.address.unwrap().zip, "91189");
        assert_eq!(visit.events.len(), 1);
        assert_eq!(visit.events[0].data.as_ref().unwrap()["origin"], "patient");
    }

    #[test]
    fn a_visit_may_be_new_in_every_word() {
        let rows = [
            (
                json!({"status": "no_show", "event_status": "no_show"}),
                VisitState::Other,
                Tier::Ready,
                "no-show",
            ),
            (
                json!({"provider": "phlebfinders", "start_at": null, "event_status": "pending"}),
                VisitState::Requested,
                Tier::Request,
                "requested",
            ),
            (
                json!({"provider": "newlabs", "iana_timezone": null}),
                VisitState::Scheduled,
                Tier::Other,
                "a new provider",
            ),
            (
                json!({"event_status": "cancelled"}),
                VisitState::Cancelled,
                Tier::Ready,
                "cancelled in one of both",
            ),
            (
                json!({"order_id": null, "event_status": null, "events": null, "start_at": null, "end_at": null,
                "can_reschedule": null, "address": {}}),
                VisitState::Requested,
                Tier::Ready,
                "what examples leave out",
            ),
        ];
        for (members, state, tier, reason) in rows {
            let visit = read(&with(&members));
            assert_eq!((visit.state, visit.tier), (state, tier), "{reason}");
            assert_eq!(visit.is_active(), state != VisitState::Cancelled, "{reason}");
        }
        for member in ["id", "user_id", "status"] {
            let visit = with(&json!({member: null}));
            assert!(found(200, visit.to_string().as_bytes()).is_err(), "{member}");
        }
    }

    #[test]
    fn an_order_without_a_visit_has_none() {
        assert_eq!(found(404, br#"{"detail":"No appointment for this order"}"#), Ok(None));
        assert!(found(200, b"null").is_err());
        assert!(changed(404, whole().to_string().as_bytes()).is_err());
        assert_eq!(changed(200, whole().to_string().as_bytes()).unwrap(), read(&whole()));
    }

    #[test]
    fn a_reason_that_cannot_be_read_cannot_be_chosen() {
        let good = json!({"id": "06c2c65b-74a0-4f25-a4a9-44f796296355", "name": "Other", "is_refundable": true});
        let read = reasons(200, json!([good, {"id": "x"}, null]).to_string().as_bytes()).unwrap();
        assert_eq!(read.len(), 1);
        assert!(read[0].is_refundable);
        assert!(reasons(200, b"{}").is_err());
    }
}
