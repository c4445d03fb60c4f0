//! Who may do what: by the host's grants, the team and the token's patient.

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    issuer::Issuer,
    junction::{FOREIGN_ORDER, OPEN, ORDER},
    orders::{EVERYTHING, OrderStage, order},
    with,
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

#[actix_web::test]
async fn a_token_for_one_patient_touches_no_order_of_another() {
    let issuer = Issuer::start().await;
    let host =
        issuer.host("spa", "gateway", EVERYTHING) + "integration_team_id = \"team\"\npatient_key = \"patient\"\n";
    let stage = OrderStage::with_more(EVERYTHING, OPEN, &host).await;
    let claims = with(with(issuer.claims(), "sub", "emp123"), "team", "cardio");
    let own = issuer.token(&with(claims.clone(), "patient", "patient123"));
    let others = issuer.token(&with(claims.clone(), "patient", "patient456"));
    let unnamed = issuer.token(&claims);
    let ask = async |token: &str, method: Method, path: &str, body: Option<Value>| {
        let request = stage.stage.app.request(method, path);
        let request = request.header("authorization", format!("Bearer {token}"));
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    };
    let path = format!("/v1/junction/orders/{ORDER}");
    let read = ask(&own, Method::GET, &path, None).await;
    assert_eq!(read.status, 200, "{read:?}");
    let about = |tail: &str| format!("{path}{tail}");
    let reason = json!({"reasonId": "99999999-9999-4999-8999-999999999999"});
    let operations = [
        (Method::GET, about(""), None),
        (Method::GET, about("/results"), None),
        (Method::GET, about("/results.pdf"), None),
        (Method::GET, about("/requisition.pdf"), None),
        (Method::POST, about("/slots"), Some(json!({}))),
        (Method::POST, about("/visit"), Some(json!({"provider": "phlebfinders"}))),
        (
            Method::POST,
            about("/visit/reschedule"),
            Some(json!({"slot": "k1.20418.AAAA"})),
        ),
        (Method::POST, about("/visit/cancel"), Some(reason)),
        (Method::POST, about("/cancel"), Some(json!({}))),
        (Method::POST, about("/simulate"), Some(json!({}))),
        (
            Method::POST,
            "/v1/junction/orders/search".to_owned(),
            Some(json!({"patient": {"clientUserId": "patient123"}})),
        ),
    ];
    for (method, path, body) in operations {
        for token in [&others, &unnamed] {
            let answer = ask(token, method.clone(), &path, body.clone()).await;
            answer.is_refused(403, "patient_denied");
        }
    }
    let mut placing = order();
    placing.as_object_mut().unwrap().remove("clinician");
    placing.as_object_mut().unwrap().remove("team");
    let place = stage.stage.app.request(Method::POST, "/v1/junction/orders");
    let place = place.header("authorization", format!("Bearer {others}"));
    let placed = place.header("idempotency-key", "k").json(&placing).send().await;
    placed.is_refused(403, "patient_denied");
    let events = ask(&own, Method::GET, "/v1/junction/events", None).await;
    events.is_refused(403, "endpoint_denied");
    let calls = stage.stage.calls().await;
    let written = [
        "create_order",
        "cancel_order",
        "book_appointment",
        "request_appointment",
        "simulate_order",
    ];
    assert!(!calls.iter().any(|call| written.contains(&call.as_str())), "{calls:?}");
}
