//! Orders. The address under which Junction shows the requisition without a key is not read at all.

use domain::junction::orders::{
    seen::{CollectionMethod, SeenEvent, SeenOrder},
    status::OrderStatus,
};
use serde_json::Value;

use super::{
    fields::{Fields, json},
    page::Page,
};
use crate::upstream::junction::answer::{Read, Unexpected};

/// The most orders of one answer: each comes with its test and all that it measures.
pub(super) const AT_ONCE: u64 = 25;

/// An order, if there is one.
pub(super) fn found(status: u16, body: &[u8]) -> Read<Option<SeenOrder>> {
    match status {
        200 => order(&json(body)?).map(Some),
        404 => Ok(None),
        _other => Err(Unexpected),
    }
}

/// An order that was created or changed.
pub(in crate::upstream::junction) fn changed(status: u16, body: &[u8]) -> Read<SeenOrder> {
    match status {
        200 | 201 => order(&json(body)?),
        _other => Err(Unexpected),
    }
}

/// Some orders.
pub(super) fn listed(status: u16, body: &[u8]) -> Read<Page<SeenOrder>> {
    match status {
        200 => Page::read(&json(body)?, "orders", AT_ONCE, order),
        _other => Err(Unexpected),
    }
}

/// An order as it is shown alone, or in the answer to what changed it.
fn order(value: &Value) -> Read<SeenOrder> {
    let outer = Fields::needed(value)?;
    let fields = outer.object("order").unwrap_or(outer);
    let events: Vec<_> = fields.list("events").iter().filter_map(event).collect();
    let last = fields.value("last_event").and_then(event);
    // A correction may have the time of what it corrects; only the ids always ascend.
    let last = events.iter().chain(last.as_ref()).max_by_key(|event| event.id);
    let details = fields.object("details");
    let created_at = fields.time("created_at");
    let updated_at = fields.time("updated_at");
    Ok(SeenOrder {
        id: fields.needed_id("id")?,
        team: fields.needed_id("team_id")?,
        user: fields.needed_id("user_id")?,
        method: method(fields),
        status: match last {
            Some(event) => event.status.clone(),
            None => OrderStatus::read(&fields.text("status").unwrap_or_default()),
        },
        detail: last.and_then(|event| event.detail.clone()),
        appointment: details
            .and_then(|details| details.object("data"))
            .and_then(|data| data.id("appointment_id")),
        dob: fields.object("patient_details").and_then(|patient| patient.date("dob")),
        address: fields.address("patient_address"),
        transaction: fields.object("order_transaction").and_then(|joined| joined.id("id")),
        created_at: created_at.or(updated_at).ok_or(Unexpected)?,
        updated_at: updated_at.or(created_at).ok_or(Unexpected)?,
        sample_id: fields.text("sample_id"),
        has_abn: fields.flag("has_abn").unwrap_or(false),
        activate_by: fields.date("activate_by"),
        expected_result_by: fields.date("expected_result_by_date"),
        interpretation: fields.text("interpretation"),
        has_missing_results: fields.flag("has_missing_results"),
        origin: fields.text("origin"),
        events,
    })
}

fn method(order: Fields<'_>) -> CollectionMethod {
    let of_details = order.object("details").and_then(|details| details.method("type"));
    let of_test = || order.object("lab_test")?.method("method");
    of_details.or_else(of_test).unwrap_or(CollectionMethod::Other)
}

fn event(value: &Value) -> Option<SeenEvent> {
    let fields = Fields::of(value)?;
    Some(SeenEvent {
        id: fields.integer("id")?,
        at: fields.time("created_at")?,
        status: OrderStatus::read(&fields.text("status")?),
        detail: fields.text("status_detail"),
    })
}

#[cfg(test)]
mod tests {
    use domain::junction::{JunctionId, orders::status::OrderState};
    use serde_json::json;

    use super::*;

    const ORDER: &str = "84d96c03-6b1c-4226-ad8f-ef44a6bc08af";
    const TEAM: &str = "6353bcab-3526-4838-8c92-063fa760fb6b";
    const USER: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    const VISIT: &str = "d55210cc-3d9f-4115-8262-5013f700c7be";

    fn id(text: &str) -> JunctionId {
        JunctionId::parse(text).unwrap()
    }

    fn whole() -> Value {
        json!({
            "id": ORDER, "team_id": TEAM, "user_id": USER,
            "patient_details": {"dob": "2008-11-27T00:00:00+00:00", "gender": "male", "first_name": "Canary"},
            "patient_address": {
                "receiver_name": "", "first_line": "123 Main St.", "second_line": "Apt. 208", "city": "Phoenix",
                "state": "AZ", "zip": "85004-1234", "country": "US", "access_notes": "ring twice",
            },
            "details": {"type": "at_home_phlebotomy", "data": {
                "id": "a655f0e4-6405-4a1d-80b7-66f06c2108a7", "appointment_id": VISIT,
                "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
            }},
            "sample_id": "11545596-0175",
            "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00",
            "events": [
                {"id": 1, "created_at": "2022-01-01T00:00:00Z", "status": "received.at_home_phlebotomy.ordered"},
                {"id": 9_007_199_254_740_993_i64, "created_at": "2022-01-01T00:00:00Z",
                    "status": "failed.at_home_phlebotomy.sample_error", "status_detail": "sample_lost"},
            ],
            "last_event": {"id": 9_007_199_254_740_993_i64, "created_at": "2022-01-01T00:00:00Z",
                "status": "failed.at_home_phlebotomy.sample_error", "status_detail": "sample_lost"},
            "requisition_form_url": "https://storage.example/requisition?signature=s",
            "has_abn": true, "activate_by": "2026-12-01", "expected_result_by_date": "2026-12-09",
            "interpretation": "abnormal", "has_missing_results": false, "origin": "redraw",
            "order_transaction": {"id": "6424dd45-ee1a-49c6-ad0c-5769b8e03fc1", "status": "active", "orders": []},
        })
    }

    fn read(order: &Value) -> SeenOrder {
        found(200, order.to_string().as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn everything_is_read_that_there_is_a_use_for() {
        let order = read(&whole());
        assert_eq!((order.id, order.team, order.user), (id(ORDER), id(TEAM), id(USER)));
        assert_eq!(order.appointment, Some(id(VISIT)));
        assert_eq!(order.method, CollectionMethod::AtHomePhlebotomy);
        assert_eq!(order.status.state(), OrderState::Failed);
        assert_eq!(order.detail.as_deref(), Some("sample_lost"));
        assert_eq!(order.last_event_id(), Some(9_007_199_254_740_993));
        assert_eq!(order.dob.unwrap().to_string(), "2008-11-27");
        assert_eq!(order.updated_at.to_string(), "2020-01-02T00:00:00Z");
        assert_eq!(order.sample_id.as_deref(), Some("11545596-0175"));
        assert_eq!(order.activate_by.unwrap().to_string(), "2026-12-01");
        assert_eq!(order.expected_result_by.unwrap().to_string(), "2026-12-09");
        assert_eq!((order.has_abn, order.has_missing_results), (true, Some(false)));
        assert_eq!(order.interpretation.as_deref(), Some("abnormal"));
        assert_eq!(order.origin.as_deref(), Some("redraw"));
        assert_eq!(order.transaction, Some(id("6424dd45-ee1a-49c6-ad0c-5769b8e03fc1")));
        let address = order.address.unwrap();
        assert_eq!(
            (address.zip.as_str(), address.second_line.as_deref()),
            ("85004-1234", Some("Apt. 208"))
        );
        assert_eq!(address.access_notes.as_deref(), Some("ring twice"));
    }

    #[test]
    fn an_order_is_read_wrapped_or_bare() {
        let wrapped = json!({"order": whole(), "status": "SUCCESS", "message": "Order submitted"});
        for status in [200, 201] {
            let order = changed(status, wrapped.to_string().as_bytes()).unwrap();
            assert_eq!(order, read(&whole()), "{status}");
        }
        assert!(changed(422, wrapped.to_string().as_bytes()).is_err());
        assert_eq!(found(404, br#"{"detail":"This order doesn't exist"}"#), Ok(None));
        assert!(found(500, whole().to_string().as_bytes()).is_err());
    }

    #[test]
    fn what_junctions_examples_leave_out_is_not_needed() {
        let mut bare = whole();
        let members = bare.as_object_mut().unwrap();
        members.retain(|name, _| ["id", "team_id", "user_id", "updated_at"].contains(&name.as_str()));
        members.insert("status".to_owned(), "received".into());
        let order = read(&bare);
        assert_eq!(order.created_at, order.updated_at);
        assert_eq!(
            (order.status.raw(), order.status.state()),
            ("received", OrderState::Other)
        );
        assert_eq!(order.method, CollectionMethod::Other);
        assert!(order.events.is_empty() && order.dob.is_none() && order.address.is_none());
        for needed in ["id", "team_id", "user_id", "updated_at"] {
            let mut without = bare.clone();
            without.as_object_mut().unwrap().remove(needed);
            assert!(found(200, without.to_string().as_bytes()).is_err(), "{needed}");
        }
    }

    #[test]
    fn the_newest_event_by_id_decides_whichever_is_called_the_last() {
        let mut order = whole();
        let members = order.as_object_mut().unwrap();
        members.insert(
            "events".to_owned(),
            json!([
                {"id": 8, "created_at": "2026-01-02T00:00:00Z", "status": "completed.at_home_phlebotomy.corrected"},
                {"id": 7, "created_at": "2026-01-02T00:00:00Z", "status": "completed.at_home_phlebotomy.completed"},
                {"id": "9", "created_at": "2026-01-02T00:00:00Z", "status": "an id that is no number"},
                "no event",
            ]),
        );
        let before =
            json!({"id": 7, "created_at": "2026-01-02T00:00:00Z", "status": "completed.at_home_phlebotomy.completed"});
        for last in [Value::Null, before] {
            order["last_event"] = last;
            assert_eq!(read(&order).status.state(), OrderState::Corrected);
        }
        let order = read(&order);
        assert_eq!(order.events.len(), 2);
    }

    #[test]
    fn one_bad_order_does_not_break_the_list() {
        let body = json!({"orders": [whole(), {"id": "x"}, whole()], "total": 3, "page": 1, "size": 50});
        let page = listed(200, body.to_string().as_bytes()).unwrap();
        assert_eq!((page.items.len(), page.unreadable, page.is_last), (2, 1, true));
        assert!(listed(200, whole().to_string().as_bytes()).is_err());
        assert!(listed(404, body.to_string().as_bytes()).is_err());
    }
}
