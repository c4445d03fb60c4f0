//! Placing: once for each key, and nothing that would fail at the laboratory.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    orders::{OrderStage, order},
    with,
};

/// What goes wrong with the next call of this name.
async fn next(stage: &OrderStage, call: &str, what: &str) {
    let answer = stage
        .stage
        .junction
        .control(Method::PUT, "junction/next", json!({call: what}))
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn orders(stage: &OrderStage) -> usize {
    let orders = stage.stage.state().await["orders"].as_array().unwrap().len();
    // Two are there from the beginning.
    orders - 2
}

#[actix_web::test]
async fn an_order_that_is_sent_again_is_the_same_order() {
    let stage = OrderStage::open().await;
    let first = stage.place("k1", &order()).await;
    let again = stage.place("k1", &order()).await;
    assert_eq!((first.status, again.status), (201, 200), "{again:?}");
    assert_eq!(first.json()["orderId"], again.json()["orderId"]);
    assert_eq!(orders(&stage).await, 1);
    let other = stage.place("k2", &order()).await;
    assert_ne!(first.json()["orderId"], other.json()["orderId"]);
}

#[actix_web::test]
async fn a_key_is_for_one_body_and_must_be_there() {
    let stage = OrderStage::open().await;
    stage.place("k1", &order()).await;
    let changed = with(order(), "clinicalNotes", json!("changed"));
    let before = orders(&stage).await;
    stage
        .place("k1", &changed)
        .await
        .is_refused(409, "idempotency_conflict");
    let without = stage.request(Method::POST, "/v1/junction/orders").json(&order());
    without.send().await.is_refused(400, "idempotency_key_required");
    stage
        .place("two words", &order())
        .await
        .is_refused(400, "invalid_request");
    assert_eq!(orders(&stage).await, before);
}

#[actix_web::test]
async fn whatever_junction_does_there_is_one_order() {
    let rows = [
        ("done_but_503", "it was made, and something in between says no"),
        ("done_but_500", "it was made, and Junction says that it failed"),
        ("done_but_reset", "it was made, and the connection breaks"),
        ("reset", "the connection breaks before"),
    ];
    for (what, why) in rows {
        let stage = OrderStage::open().await;
        next(&stage, "place", what).await;
        let first = stage.place("k1", &order()).await;
        let again = stage.place("k1", &order()).await;
        assert!(matches!(again.status, 200 | 201), "{why}: {first:?} {again:?}");
        assert_eq!(orders(&stage).await, 1, "{why}");
        if first.status == 201 {
            assert_eq!(first.json()["orderId"], again.json()["orderId"], "{why}");
        } else {
            first.is_refused(504, "outcome_unknown");
        }
    }
}

#[actix_web::test]
async fn two_at_once_with_one_key_are_one_order() {
    let stage = OrderStage::open().await;
    for round in 0..10 {
        let (key, body) = (format!("k{round}"), order());
        let (one, other) = tokio::join!(stage.place(&key, &body), stage.place(&key, &body));
        assert_eq!(one.json()["orderId"], other.json()["orderId"], "{one:?} {other:?}");
    }
    assert_eq!(orders(&stage).await, 10);
}

#[actix_web::test]
async fn what_the_laboratory_would_refuse_is_refused_before_any_call() {
    let demographics = |name: &'static str, value: Value| {
        let mut body = order();
        body["patient"]["demographics"][name] = value;
        body
    };
    let address = |name: &'static str, value: &str| {
        let mut body = order();
        body["address"][name] = value.into();
        body
    };
    let rows = [
        (
            demographics("firstName", json!("Élodie")),
            "name_not_orderable",
            "/patient/demographics/firstName",
        ),
        (
            demographics("lastName", json!("O’Connor")),
            "name_not_orderable",
            "/patient/demographics/lastName",
        ),
        (
            demographics("dob", json!("2009-01-01")),
            "patient_is_minor",
            "/patient/demographics/dob",
        ),
        (
            address("firstLine", "PO Box 7"),
            "address_incomplete",
            "/address/firstLine",
        ),
    ];
    let stage = OrderStage::open().await;
    for (body, code, field) in rows {
        let answer = stage.place("k", &body).await;
        let refusal = answer.is_refused(422, code).json();
        assert_eq!(refusal["errors"][0]["field"], field, "{refusal}");
    }
    for (body, field) in [
        (address("zip", "850041234"), "/address/zip"),
        (
            demographics("phoneNumber", json!("(602) 555-0123")),
            "/patient/demographics/phoneNumber",
        ),
    ] {
        let answer = stage.place("k", &body).await;
        assert_eq!(
            answer.is_refused(400, "invalid_request").json()["errors"][0]["field"],
            field
        );
    }
    assert!(stage.stage.calls().await.is_empty());
}

#[actix_web::test]
async fn an_area_without_phlebotomists_gets_no_order() {
    let stage = OrderStage::open().await;
    let mut elsewhere = order();
    elsewhere["address"]["zip"] = "99501".into();
    stage.place("k", &elsewhere).await.is_refused(422, "area_not_served");
    assert_eq!(orders(&stage).await, 0);
}

#[actix_web::test]
async fn one_order_takes_eight_calls_at_most() {
    let stage = OrderStage::open().await;
    let mut body = order();
    body["patient"]["clientUserId"] = "somebody-new".into();
    assert_eq!(stage.place("k", &body).await.status, 201);
    let calls = stage.stage.calls().await;
    assert!(calls.len() <= 8, "{calls:?}");
}

#[actix_web::test]
async fn the_units_line_and_large_numbers_arrive_as_they_were_sent() {
    let stage = OrderStage::open().await;
    let mut body = order();
    body["tests"] = json!(["0b9c1de5-6f4a-4d0e-9a63-2f5d1c7e8b40"]);
    body["aoeAnswers"] = json!([{"markerId": 1001, "questionId": 1_234_567_890_251_i64, "answer": "Y"}]);
    let placed = stage.place("k", &body).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    stage.advance(60).await;
    let path = format!("/v1/junction/orders/{}", placed.json()["orderId"].as_str().unwrap());
    let slot = stage.slots(&path).await[0]["slot"].clone();
    let booked = stage
        .post(&format!("{path}/visit"), &json!({"slot": slot}))
        .await
        .json();
    assert_eq!(booked["visit"]["address"]["secondLine"], "Apt 4");
    assert_eq!(booked["visit"]["address"]["zip"], "85004-1234");
}
