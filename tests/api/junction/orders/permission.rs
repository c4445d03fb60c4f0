//! Who may do what: by the host's grants, the team and the token's patient.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{
    junction::{FOREIGN_ORDER, OPEN, ORDER},
    orders::{OrderStage, order},
};

#[actix_web::test]
async fn without_a_grant_nothing_is_asked_of_junction() {
    let stage = OrderStage::with("", OPEN).await;
    let path = format!("/v1/junction/orders/{ORDER}");
    for (tail, body) in [
        ("/slots", json!({})),
        ("/visit", json!({"provider": "getlabs"})),
        ("/cancel", json!({})),
        ("/simulate", json!({})),
    ] {
        stage
            .post(&format!("{path}{tail}"), &body)
            .await
            .is_refused(403, "endpoint_denied");
    }
    for tail in ["", "/results", "/results.pdf", "/requisition.pdf"] {
        stage
            .get(&format!("{path}{tail}"))
            .await
            .is_refused(403, "endpoint_denied");
    }
    stage.place("k", &order()).await.is_refused(403, "endpoint_denied");
    stage
        .get("/v1/junction/events")
        .await
        .is_refused(403, "endpoint_denied");
    assert!(stage.stage.calls().await.is_empty());
}

#[actix_web::test]
async fn each_grant_is_for_its_own() {
    let stage = OrderStage::with(r#"junction_orders = ["read"]"#, OPEN).await;
    let path = format!("/v1/junction/orders/{ORDER}");
    assert_eq!(stage.get(&path).await.status, 200);
    stage
        .get(&format!("{path}/results"))
        .await
        .is_refused(403, "endpoint_denied");
    stage
        .post(&format!("{path}/cancel"), &json!({}))
        .await
        .is_refused(403, "endpoint_denied");
}

#[actix_web::test]
async fn another_teams_order_is_not_there() {
    let stage = OrderStage::open().await;
    let path = format!("/v1/junction/orders/{FOREIGN_ORDER}");
    stage.get(&path).await.is_refused(404, "junction_not_found");
    stage
        .post(&format!("{path}/cancel"), &json!({}))
        .await
        .is_refused(404, "junction_not_found");
    let unknown = stage
        .request(Method::GET, &path)
        .header("x-junction-team", "nowhere")
        .send()
        .await;
    unknown.is_refused(403, "team_denied");
    let silent = stage.request(Method::GET, &path).send().await;
    silent.is_refused(400, "invalid_request");
    let both = stage
        .request(Method::GET, &path)
        .header("x-junction-team", "cardio")
        .header("x-junction-team-id", crate::helpers::junction::TEAM);
    both.send().await.is_refused(400, "invalid_request");
}

#[actix_web::test]
async fn orders_are_simulated_in_the_sandbox_alone() {
    let stage = OrderStage::open().await;
    let path = format!("/v1/junction/orders/{ORDER}/simulate");
    let simulated = stage.post(&path, &json!({})).await;
    assert_eq!(simulated.status, 200, "{simulated:?}");
    let no_key = stage
        .stage
        .app
        .request(Method::POST, &path)
        .json(&json!({}))
        .send()
        .await;
    no_key.is_refused(401, "host_unauthenticated");
}
