//! What happens to orders and visits without their caller, and what goes wrong with calls.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    desk::{Desk, order, refused},
    scene::{PATIENT, TEAM, scene},
};
use crate::helpers::with;

impl Desk {
    async fn step(&self, order: &str, step: &str, details: Value) {
        let page = format!("junction/orders/{order}/{step}");
        self.control(Method::POST, &page, details).await;
    }

    async fn next(&self, mishaps: Value) {
        self.control(Method::PUT, "junction/next", mishaps).await;
    }

    async fn seen_visit(&self, order: &str) -> Value {
        let answer = self.visit(Method::GET, order, "", Value::Null).await;
        answer.is_launched();
        answer.json()
    }

    async fn booked(&self) -> String {
        let id = self.ready().await;
        self.book(&id, &self.keys().await[0]).await.is_launched();
        id
    }
}

#[actix_web::test]
async fn an_order_goes_from_requisition_to_correction_by_one_call_each() {
    let desk = Desk::open().await;
    let id = desk.place().await;
    desk.step(&id, "requisition", Value::Null).await;
    desk.book(&id, &desk.keys().await[0]).await.is_launched();
    desk.step(&id, "start_visit", Value::Null).await;
    assert_eq!(desk.seen_visit(&id).await["status"], "in_progress");
    for step in ["draw", "partial", "partial", "final", "corrected", "corrected"] {
        desk.step(&id, step, Value::Null).await;
    }
    let steps = [
        [
            "ordered",
            "requisition_created",
            "appointment_pending",
            "appointment_scheduled",
        ]
        .as_slice(),
        &[
            "draw_completed",
            "partial_results",
            "partial_results",
            "completed",
            "corrected",
            "corrected",
        ],
    ];
    assert_eq!(desk.history(&id).await, steps.concat());
    let seen = desk.get(&format!("/v3/order/{id}")).await;
    let ids: Vec<_> = seen["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["id"].as_i64().unwrap())
        .collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
}

#[actix_web::test]
async fn a_requisition_may_never_come() {
    let desk = Desk::open().await;
    let id = desk.place().await;
    desk.step(&id, "requisition_never", Value::Null).await;
    desk.advance(7 * 24 * 60 * 60).await;
    assert_eq!(desk.status(&id).await, "ordered");
}

#[actix_web::test]
async fn a_failed_sample_says_why() {
    let desk = Desk::open().await;
    let id = desk.booked().await;
    desk.step(&id, "draw", Value::Null).await;
    desk.step(&id, "sample_error", json!({"detail": "sample_contaminated"}))
        .await;
    let seen = desk.get(&format!("/v3/order/{id}")).await;
    assert_eq!(seen["last_event"]["status"], "failed.at_home_phlebotomy.sample_error");
    assert_eq!(seen["last_event"]["status_detail"], "sample_contaminated");
}

#[actix_web::test]
async fn a_pdf_may_come_after_its_results() {
    let desk = Desk::open().await;
    let id = desk.booked().await;
    let pdf = format!("/v3/order/{id}/result/pdf");
    desk.step(&id, "pdf_pending", Value::Null).await;
    desk.step(&id, "final", json!({"hasMissingResults": true})).await;
    let pending = desk.call(Method::GET, &pdf, Value::Null).await;
    assert_eq!(
        refused(&pending),
        (404, "The PDF of the results is not available yet".to_owned())
    );
    desk.step(&id, "pdf_ready", Value::Null).await;
    desk.call(Method::GET, &pdf, Value::Null).await.is_launched();
    let results = desk.get(&format!("/v3/order/{id}/result")).await;
    assert_eq!(results["missing_results"].as_array().unwrap().len(), 1);

    let rows = [
        ("document_is_json", "application/json", 20),
        ("document_is_empty", "application/pdf", 0),
        ("document_is_large", "application/pdf", 30 * 1024 * 1024),
    ];
    for (mishap, media_type, size) in rows {
        desk.next(json!({"result_pdf": mishap})).await;
        let answer = desk.call(Method::GET, &pdf, Value::Null).await;
        let found = (answer.status, answer.header("content-type").unwrap(), answer.text.len());
        assert_eq!(found, (200, media_type, size), "{mishap}");
    }
}

#[actix_web::test]
async fn a_visit_is_moved_or_ended_by_others_who_say_so() {
    let desk = Desk::open().await;
    let rows = [
        (
            "provider_moves",
            "scheduled",
            json!({"origin": "provider", "is_reschedule": true}),
        ),
        (
            "patient_reschedules",
            "scheduled",
            json!({"origin": "patient", "is_reschedule": true}),
        ),
        (
            "provider_cancels",
            "cancelled",
            json!({"origin": "provider", "reason": "no_phlebotomist_available"}),
        ),
        (
            "no_show",
            "cancelled",
            json!({"origin": "provider", "reason": "patient_no_show"}),
        ),
        (
            "patient_cancels",
            "cancelled",
            json!({"origin": "patient", "reason": "patient_request"}),
        ),
    ];
    for (step, stage, data) in rows {
        let id = desk.booked().await;
        let before = desk.seen_visit(&id).await;
        desk.step(&id, step, Value::Null).await;
        let after = desk.seen_visit(&id).await;
        assert_eq!(
            (&after["event_status"], &after["event_data"]),
            (&json!(stage), &data),
            "{step}"
        );
        assert_eq!(after["start_at"] != before["start_at"], stage == "scheduled", "{step}");
        let status = desk.status(&id).await;
        assert_eq!(status, format!("appointment_{stage}"), "{step}");
        desk.post(&format!("/v3/order/{id}/cancel"), Value::Null)
            .await
            .is_launched();
    }
    let page = format!("junction/orders/{}/no_show", desk.ready().await);
    let none = desk.junction.control(Method::POST, &page, Value::Null).await;
    assert_eq!(none.status, 409, "there is no visit");
}

#[actix_web::test]
async fn a_booking_may_stay_pending_until_it_is_confirmed_or_cancelled() {
    let desk = Desk::open().await;
    for (step, expected) in [("confirm", "scheduled"), ("provider_cancels", "cancelled")] {
        let id = desk.ready().await;
        desk.next(json!({"book": "pending"})).await;
        let booked = desk.book(&id, &desk.keys().await[0]).await;
        assert_eq!(booked.json()["event_status"], "pending");
        desk.step(&id, step, Value::Null).await;
        assert_eq!(desk.seen_visit(&id).await["event_status"], expected);
        desk.post(&format!("/v3/order/{id}/cancel"), Value::Null)
            .await
            .is_launched();
    }
}

#[actix_web::test]
async fn words_and_zones_may_be_unknown_or_contradict_each_other() {
    let desk = Desk::open().await;
    let id = desk.booked().await;
    let strange = json!({"status": "no_show", "eventStatus": "scheduled", "provider": "acme", "timeZone": null});
    desk.step(&id, "set_visit", strange).await;
    let visit = desk.seen_visit(&id).await;
    assert_eq!(
        (&visit["status"], &visit["event_status"]),
        (&json!("no_show"), &json!("scheduled"))
    );
    assert_eq!(
        (&visit["provider"], &visit["iana_timezone"]),
        (&json!("acme"), &Value::Null)
    );
    let status = json!({"status": "collecting_sample.at_home_phlebotomy.on_its_way"});
    desk.step(&id, "set_status", status).await;
    assert_eq!(desk.status(&id).await, "on_its_way");
}

#[actix_web::test]
async fn orders_come_from_elsewhere_too() {
    let desk = Desk::open().await;
    let body = json!({"userId": PATIENT});
    let placed = desk.control(Method::POST, "junction/orders", body).await.json();
    let id = placed["orderId"].as_str().unwrap();
    assert_eq!(desk.status(id).await, "ordered");
    let unknown = desk
        .junction
        .control(Method::POST, "junction/orders", json!({"userId": TEAM}))
        .await;
    assert_eq!(unknown.status, 400);
}

#[actix_web::test]
async fn a_booking_that_is_done_may_look_as_if_it_were_not() {
    let desk = Desk::open().await;
    for (mishap, status) in [
        ("sync_500_but_booked", Some(500)),
        ("done_but_503", Some(503)),
        ("drop_connection_after", None),
    ] {
        let id = desk.ready().await;
        let key = &desk.keys().await[0];
        desk.next(json!({"book": mishap})).await;
        assert_eq!(desk.tried(&id, key).await, status, "{mishap}");
        assert_eq!(desk.seen_visit(&id).await["event_status"], "scheduled", "{mishap}");
        desk.post(&format!("/v3/order/{id}/cancel"), Value::Null)
            .await
            .is_launched();
    }
    let rows = [
        ("slot_taken", Some(404)),
        ("slot_taken_500", Some(500)),
        ("key_expired", Some(400)),
        ("drop_connection_before", None),
    ];
    for (mishap, status) in rows {
        let id = desk.ready().await;
        let key = &desk.keys().await[0];
        desk.next(json!({"book": [mishap]})).await;
        assert_eq!(desk.tried(&id, key).await, status, "{mishap}");
        let none = desk.visit(Method::GET, &id, "", Value::Null).await;
        assert_eq!(none.status, 404, "{mishap}");
        desk.book(&id, key).await.is_launched();
        desk.post(&format!("/v3/order/{id}/cancel"), Value::Null)
            .await
            .is_launched();
    }
    let unknown = json!({"launch": "slot_taken"});
    assert_eq!(
        desk.junction
            .control(Method::PUT, "junction/next", unknown)
            .await
            .status,
        400
    );
}

impl Desk {
    /// The status of a booking; none if the connection broke.
    async fn tried(&self, order: &str, key: &str) -> Option<u16> {
        let path = format!("/junction/api/v3/order/{order}/phlebotomy/appointment/book");
        let request = self.junction.request(Method::POST, &path).bearer_auth(&self.token);
        let request = request.header("content-type", "application/json");
        let sent = request.body(json!({"booking_key": key}).to_string()).send().await;
        sent.ok().map(|response| response.status().as_u16())
    }
}

#[actix_web::test]
async fn an_order_that_was_placed_before_a_500_is_found_by_its_key() {
    let desk = Desk::open().await;
    desk.next(json!({"place": "done_but_500"})).await;
    assert_eq!(desk.keyed("a", Some("no-cache"), order()).await.0, 500);
    let (status, id) = desk.keyed("a", Some("no-cache"), order()).await;
    let orders = desk.junction.state().await["orders"].clone();
    assert_eq!((status, orders.as_array().unwrap().len()), (200, 2));
    assert_eq!(orders[1]["id"], id);
}

#[actix_web::test]
async fn what_is_arranged_is_gone_after_a_reset() {
    let desk = Desk::open().await;
    desk.next(json!({"slots": "server_error"})).await;
    desk.behave(json!({"slots": {"days": 1}})).await;
    desk.advance(60).await;
    desk.control(Method::POST, "reset", Value::Null).await;
    let one = with(scene(), "orders", json!([]));
    desk.control(Method::PUT, "junction", one).await;
    let behaviour = desk
        .control(Method::GET, "junction/orders-behaviour", Value::Null)
        .await
        .json();
    assert_eq!(behaviour["slots"]["days"], 14);
    let clock = desk.control(Method::GET, "clock", Value::Null).await.json();
    assert_eq!(clock["aheadSecs"], 0);
}
