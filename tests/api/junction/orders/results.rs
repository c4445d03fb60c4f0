//! Results: told apart, never merged, and never taken for missing when they are only late.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{junction::PATIENT, orders::OrderStage};

async fn step(stage: &OrderStage, order: &str, step: &str, body: Value) {
    let id = order.rsplit('/').next().unwrap();
    let path = format!("junction/orders/{id}/{step}");
    let answer = stage.stage.junction.control(Method::POST, &path, body).await;
    assert!(matches!(answer.status, 200 | 204), "{answer:?}");
}

async fn next(stage: &OrderStage, call: &str, what: &str) {
    let control = stage
        .stage
        .junction
        .control(Method::PUT, "junction/next", json!({call: what}));
    assert_eq!(control.await.status, 204);
}

#[actix_web::test]
async fn results_that_are_late_are_not_results_of_nothing() {
    let stage = OrderStage::open().await;
    let path = stage.placed().await;
    step(&stage, &path, "draw", json!({})).await;
    for end in ["results", "results.pdf"] {
        let refusal = stage.get(&format!("{path}/{end}")).await;
        let refusal = refusal.is_refused(404, "results_not_ready").json();
        assert_eq!(refusal["retryable"], true);
    }
    let unknown = "/v1/junction/orders/99999999-9999-4999-8999-999999999999/results";
    stage.get(unknown).await.is_refused(404, "junction_not_found");
    stage
        .get("/v1/junction/orders/not-an-id/results")
        .await
        .is_refused(400, "invalid_request");
}

#[actix_web::test]
async fn partial_final_corrected_and_critical_results_are_told_apart() {
    let stage = OrderStage::open().await;
    let path = stage.placed().await;
    let results = format!("{path}/results");
    step(&stage, &path, "draw", json!({})).await;
    step(&stage, &path, "partial", json!({})).await;
    let partial = stage.get(&results).await;
    assert_eq!(partial.status, 200, "{partial:?}");
    let partial = partial.json();
    assert_eq!(
        (&partial["state"], &partial["partial"], &partial["corrected"]),
        (&json!("partial"), &json!(true), &json!(false))
    );
    step(
        &stage,
        &path,
        "final",
        json!({"interpretation": "critical", "hasMissingResults": true}),
    )
    .await;
    let complete = stage.get(&results).await.json();
    assert_eq!(
        (&complete["state"], &complete["partial"], &complete["critical"]),
        (&json!("resulted"), &json!(false), &json!(true))
    );
    assert!(!complete["missingResults"].as_array().unwrap().is_empty(), "{complete}");
    step(&stage, &path, "corrected", json!({})).await;
    let corrected = stage.get(&results).await.json();
    assert_eq!(
        (&corrected["state"], &corrected["corrected"]),
        (&json!("corrected"), &json!(true))
    );
    let history = stage.get(&path).await.json()["history"].as_array().unwrap().clone();
    let states: Vec<_> = history
        .iter()
        .map(|event| event["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        states[states.len() - 3..],
        ["partial", "resulted", "corrected"],
        "no event is lost"
    );
}

#[actix_web::test]
async fn a_pdf_is_passed_on_as_it_is_and_under_a_name_of_nobody() {
    let stage = OrderStage::open().await;
    let path = stage.placed().await;
    let requisition = stage.get(&format!("{path}/requisition.pdf")).await;
    assert_eq!(
        requisition.header("content-type"),
        Some("application/pdf"),
        "{requisition:?}"
    );
    assert!(requisition.text.starts_with("%PDF"));
    step(&stage, &path, "draw", json!({})).await;
    step(&stage, &path, "final", json!({})).await;
    let pdf = format!("{path}/results.pdf");
    let results = stage.get(&pdf).await;
    assert_eq!(
        (results.header("content-disposition"), results.header("cache-control")),
        (Some("attachment; filename=\"results.pdf\""), Some("no-store"))
    );
    next(&stage, "result_pdf", "document_is_json").await;
    stage.get(&pdf).await.is_refused(404, "results_not_ready");
    next(&stage, "result_pdf", "document_is_empty").await;
    stage.get(&pdf).await.is_refused(502, "upstream_bad_body");
}

#[actix_web::test]
async fn an_order_of_the_embedded_app_can_be_read_too() {
    let stage = OrderStage::open().await;
    let placed = stage
        .stage
        .junction
        .control(Method::POST, "junction/orders", json!({"userId": PATIENT}))
        .await;
    let id = placed.json()["orderId"].as_str().unwrap().to_owned();
    let read = stage.get(&format!("/v1/junction/orders/{id}")).await;
    assert_eq!(read.status, 200, "{read:?}");
    let found = stage
        .post(
            "/v1/junction/orders/search",
            &json!({"patient": {"clientUserId": "patient123"}}),
        )
        .await
        .json();
    let ids: Vec<_> = found["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["orderId"].clone())
        .collect();
    assert!(ids.contains(&json!(id)), "{ids:?}");
}

#[actix_web::test]
async fn a_status_that_is_unknown_hides_no_order() {
    let stage = OrderStage::open().await;
    let path = stage.placed().await;
    step(
        &stage,
        &path,
        "set_status",
        json!({"status": "sample_with_lab.at_home_phlebotomy.paused_by_lab"}),
    )
    .await;
    let read = stage.get(&path).await.json();
    assert_eq!(read["state"], "other");
    assert_eq!(read["rawStatus"], "sample_with_lab.at_home_phlebotomy.paused_by_lab");
}
