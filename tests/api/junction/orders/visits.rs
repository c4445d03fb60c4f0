//! Visits: one at a time for a patient, and none that was not wanted.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::orders::{OrderStage, order};

/// What goes wrong with the next call of this name.
async fn next(stage: &OrderStage, call: &str, what: &str) {
    let answer = stage
        .stage
        .junction
        .control(Method::PUT, "junction/next", json!({call: what}))
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// Has something happen to an order at Junction.
async fn step(stage: &OrderStage, order: &str, step: &str, body: Value) {
    let id = order.rsplit('/').next().unwrap();
    let path = format!("junction/orders/{id}/{step}");
    let answer = stage.stage.junction.control(Method::POST, &path, body).await;
    assert!(matches!(answer.status, 200 | 204), "{answer:?}");
}

async fn visits(stage: &OrderStage) -> Vec<Value> {
    stage.stage.state().await["appointments"].as_array().unwrap().clone()
}

async fn behave(stage: &OrderStage, behaviour: Value) {
    let control = stage
        .stage
        .junction
        .control(Method::PUT, "junction/orders-behaviour", behaviour);
    assert!(matches!(control.await.status, 200 | 204));
}

/// An order with a booked visit, and another slot.
async fn booked(stage: &OrderStage) -> (String, Value) {
    let path = stage.placed().await;
    let slots = stage.slots(&path).await;
    let answer = stage
        .post(&format!("{path}/visit"), &json!({"slot": slots[20]["slot"]}))
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    (path, slots[30].clone())
}

#[actix_web::test]
async fn a_booking_that_fails_after_it_was_done_is_one_visit() {
    let rows = [
        ("done_but_500", "the provider's answer came too late"),
        ("done_but_503", "something in between says no"),
        ("done_but_reset", "the connection breaks"),
    ];
    for (what, why) in rows {
        let stage = OrderStage::open().await;
        let path = stage.placed().await;
        let slot = stage.slots(&path).await[0].clone();
        next(&stage, "book", what).await;
        let booked = stage
            .post(&format!("{path}/visit"), &json!({"slot": slot["slot"]}))
            .await;
        assert_eq!(booked.status, 200, "{why}: {booked:?}");
        assert_eq!(booked.json()["visit"]["startsAt"], slot["startsAt"], "{why}");
        assert_eq!(visits(&stage).await.len(), 1, "{why}");
        assert_eq!(stage.count("book_appointment").await, 1, "{why}");
    }
}

#[actix_web::test]
async fn a_booking_whose_outcome_cannot_be_read_is_looked_up_by_the_next_request() {
    let stage = OrderStage::open().await;
    let path = stage.placed().await;
    let slot = stage.slots(&path).await[0].clone();
    next(&stage, "book", "reset").await;
    let body = json!({"slot": slot["slot"]});
    let first = stage.post(&format!("{path}/visit"), &body).await;
    let refusal = first.is_refused(504, "outcome_unknown").json();
    assert_eq!(refusal["retryable"], true);
    assert_eq!(visits(&stage).await.len(), 0);
    let again = stage.post(&format!("{path}/visit"), &body).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(visits(&stage).await.len(), 1);
}

#[actix_web::test]
async fn of_two_visits_at_once_one_is_booked() {
    let stage = OrderStage::open().await;
    for round in 0..20 {
        let placed = stage.place(&format!("k{round}"), &order()).await.json();
        stage.advance(60).await;
        let path = format!("/v1/junction/orders/{}", placed["orderId"].as_str().unwrap());
        let slots = stage.slots(&path).await;
        let visit = format!("{path}/visit");
        let (first, second) = (json!({"slot": slots[20]["slot"]}), json!({"slot": slots[21]["slot"]}));
        let (one, other) = tokio::join!(stage.post(&visit, &first), stage.post(&visit, &second));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{one:?} {other:?}");
        let refused = if one.status == 409 { one } else { other };
        refused.is_refused(409, "visit_active");
        let cancelled = stage
            .post(&format!("{path}/cancel"), &json!({"acceptLateFee": true}))
            .await;
        assert_eq!(cancelled.status, 200, "{cancelled:?}");
    }
    assert_eq!(visits(&stage).await.len(), 20);
}

#[actix_web::test]
async fn a_patient_with_a_visit_for_one_order_gets_none_for_another() {
    let stage = OrderStage::open().await;
    let (_, _) = booked(&stage).await;
    let other = stage.place("second", &order()).await.json();
    stage.advance(60).await;
    let path = format!("/v1/junction/orders/{}", other["orderId"].as_str().unwrap());
    let slot = stage.slots(&path).await[5].clone();
    let refused = stage
        .post(&format!("{path}/visit"), &json!({"slot": slot["slot"]}))
        .await;
    refused.is_refused(409, "visit_active");
}

#[actix_web::test]
async fn a_slot_that_was_taken_expired_or_given_to_others_is_told_apart() {
    let stage = OrderStage::open().await;
    let path = stage.placed().await;
    let visit = format!("{path}/visit");
    let slots = stage.slots(&path).await;
    for (what, why) in [
        ("slot_taken", "as in production"),
        ("key_expired", "by Junction's clock"),
        ("slot_taken_500", "the provider refuses"),
    ] {
        next(&stage, "book", what).await;
        let answer = stage.post(&visit, &json!({"slot": slots[0]["slot"]})).await;
        let refusal = answer.is_refused(409, "slot_taken").json();
        assert_eq!(refusal["retryable"], false, "{why}");
    }
    behave(&stage, json!({"behaviour": "sandbox", "requisitionAfterSecs": 30})).await;
    next(&stage, "book", "slot_taken").await;
    let answer = stage.post(&visit, &json!({"slot": slots[0]["slot"]})).await;
    answer.is_refused(409, "slot_taken");
    behave(&stage, json!({"behaviour": "production"})).await;

    let mut body = order();
    body["patient"]["clientUserId"] = "patient456".into();
    let other = stage.place("other", &body).await.json();
    stage.advance(60).await;
    let others = format!("/v1/junction/orders/{}/visit", other["orderId"].as_str().unwrap());
    stage.stage.calls().await;
    let before = stage.count("book_appointment").await;
    let foreign = stage.post(&others, &json!({"slot": slots[0]["slot"]})).await;
    foreign.is_refused(409, "slot_foreign");
    let forged = stage.post(&others, &json!({"slot": "k1.20418.AAAA"})).await;
    forged.is_refused(409, "slot_foreign");
    behave(&stage, json!({"slots": {"keyLifeSecs": -600}})).await;
    let expired = stage.slots(&path).await[0]["slot"].clone();
    let late = stage.post(&visit, &json!({"slot": expired})).await;
    late.is_refused(409, "slot_expired");
    assert_eq!(
        stage.count("book_appointment").await,
        before,
        "none of them reached Junction"
    );
}

#[actix_web::test]
async fn a_visit_is_moved_in_one_step_and_stays_if_that_fails() {
    let stage = OrderStage::open().await;
    let (path, slot) = booked(&stage).await;
    let before = stage.get(&path).await.json()["visit"]["startsAt"].clone();
    next(&stage, "reschedule", "slot_taken").await;
    let body = json!({"slot": slot["slot"]});
    let refused = stage.post(&format!("{path}/visit/reschedule"), &body).await;
    refused.is_refused(409, "slot_taken");
    assert_eq!(stage.get(&path).await.json()["visit"]["startsAt"], before);
    let moved = stage.post(&format!("{path}/visit/reschedule"), &body).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    assert_eq!(moved.json()["visit"]["startsAt"], slot["startsAt"]);
    let calls = stage.stage.calls().await;
    assert!(!calls.iter().any(|call| call.contains("cancel")), "{calls:?}");
    assert_eq!(visits(&stage).await.len(), 1);
}

#[actix_web::test]
async fn a_visit_is_requested_where_none_can_be_booked() {
    let stage = OrderStage::open().await;
    let mut body = order();
    body["address"]["zip"] = "10001".into();
    body["address"]["city"] = "New York".into();
    body["address"]["state"] = "NY".into();
    let placed = stage.place("k", &body).await.json();
    stage.advance(60).await;
    let path = format!("/v1/junction/orders/{}", placed["orderId"].as_str().unwrap());
    let slots = stage.post(&format!("{path}/slots"), &json!({})).await;
    slots.is_refused(422, "area_not_served");
    let nobody = stage
        .post(&format!("{path}/visit"), &json!({"provider": "getlabs"}))
        .await;
    nobody.is_refused(422, "area_not_served");
    let requested = stage
        .post(
            &format!("{path}/visit"),
            &json!({"provider": "phlebfinders", "notes": "after 9"}),
        )
        .await;
    assert_eq!(requested.status, 200, "{requested:?}");
    let requested = requested.json();
    assert_eq!(
        (&requested["visit"]["state"], &requested["visit"]["startsAt"]),
        (&json!("requested"), &Value::Null)
    );
    assert_eq!(
        requested["actions"]["reschedule"],
        json!({"allowed": false, "reason": "not_reschedulable"})
    );
    let again = stage
        .post(&format!("{path}/visit"), &json!({"provider": "phlebfinders"}))
        .await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(visits(&stage).await.len(), 1);
    step(&stage, &path, "confirm", json!({})).await;
    assert_eq!(stage.get(&path).await.json()["visit"]["state"], "scheduled");
}

#[actix_web::test]
async fn cancelling_late_takes_an_accepted_fee() {
    let stage = OrderStage::open().await;
    let (path, _) = booked(&stage).await;
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(23);
    step(&stage, &path, "provider_moves", json!({"startAt": soon.to_string()})).await;
    let read = stage.get(&path).await.json();
    assert_eq!(
        read["actions"]["cancelVisit"],
        json!({"allowed": true, "reason": "late_cancellation"})
    );
    let reasons = stage.get("/v1/junction/cancellation-reasons").await.json();
    let reasons = reasons["reasons"].as_array().unwrap().clone();
    let named = |name: &str| reasons.iter().find(|reason| reason["name"] == name).unwrap()["reasonId"].clone();
    let some = reasons.iter().find(|reason| reason["name"] != "Other").unwrap()["reasonId"].clone();
    let cancel = format!("{path}/visit/cancel");
    let unknown = json!({"reasonId": "99999999-9999-4999-8999-999999999999", "acceptLateFee": true});
    let refused = stage.post(&cancel, &unknown).await;
    assert_eq!(
        refused.is_refused(400, "invalid_request").json()["errors"][0]["field"],
        "/reasonId"
    );
    let bare = json!({"reasonId": named("Other"), "acceptLateFee": true});
    let refused = stage.post(&cancel, &bare).await;
    assert_eq!(
        refused.is_refused(400, "invalid_request").json()["errors"][0]["field"],
        "/notes"
    );
    let refused = stage.post(&cancel, &json!({"reasonId": some})).await;
    refused.is_refused(409, "late_cancellation");
    let cancelled = stage
        .post(&cancel, &json!({"reasonId": some, "acceptLateFee": true}))
        .await;
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    let cancelled = cancelled.json();
    assert_eq!(
        (&cancelled["visit"]["state"], &cancelled["state"]),
        (&json!("cancelled"), &json!("ready_to_schedule"))
    );
    let again = stage.post(&cancel, &json!({"reasonId": some})).await;
    assert_eq!(again.status, 200, "it was done: {again:?}");
    assert_eq!(stage.count("cancel_appointment").await, 1);
}

#[actix_web::test]
async fn an_order_and_its_visit_are_both_cancelled_before_that_is_said() {
    let stage = OrderStage::open().await;
    let (path, _) = booked(&stage).await;
    next(&stage, "cancel_order", "done_but_reset").await;
    let cancelled = stage.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status, 200, "{cancelled:?}");
    let cancelled = cancelled.json();
    assert_eq!(
        (&cancelled["state"], &cancelled["visit"]["state"]),
        (&json!("cancelled"), &json!("cancelled"))
    );
    assert_eq!(stage.count("cancel_order").await, 1);
    let again = stage.request(Method::POST, &format!("{path}/cancel"));
    let again = again.header("x-junction-team", "cardio").send().await;
    assert_eq!(again.status, 200, "without a body too: {again:?}");
}

#[actix_web::test]
async fn a_status_that_is_unknown_counts_as_an_active_visit() {
    let stage = OrderStage::open().await;
    let (path, slot) = booked(&stage).await;
    step(
        &stage,
        &path,
        "set_visit",
        json!({"status": "no_show", "eventStatus": "no_show"}),
    )
    .await;
    let read = stage.get(&path).await.json();
    assert_eq!(
        (&read["visit"]["state"], &read["visit"]["rawStatus"]),
        (&json!("other"), &json!("no_show"))
    );
    let visit = stage
        .post(&format!("{path}/visit"), &json!({"slot": slot["slot"]}))
        .await;
    visit.is_refused(409, "visit_active");
}
