//! What comes of orders: simulated results, as data and as PDFs.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    desk::{Desk, refused},
    scene::TEAM,
};

async fn booked() -> (Desk, String) {
    let desk = Desk::open().await;
    let id = desk.ready().await;
    desk.book(&id, &desk.keys().await[0]).await.is_launched();
    (desk, id)
}

#[actix_web::test]
async fn a_simulation_goes_step_by_step_to_the_status_that_is_asked_for() {
    let (desk, id) = booked().await;
    let result = format!("/v3/order/{id}/result");
    let none = desk.call(Method::GET, &result, Value::Null).await;
    assert_eq!(refused(&none), (404, "Results are not available yet".to_owned()));
    let simulate = async |tail: &str, body| {
        let path = format!("/v3/order/{id}/test?final_status={tail}");
        desk.post(&path, body).await.is_launched();
    };
    let partial = "sample_with_lab.at_home_phlebotomy.partial_results";
    simulate(&format!("{partial}&delay=60"), Value::Null).await;
    assert_eq!(desk.status(&id).await, "draw_completed");
    let visit = desk.visit(Method::GET, &id, "", Value::Null).await.json();
    assert_eq!(visit["status"], "completed");
    desk.advance(60).await;
    assert_eq!(desk.status(&id).await, "partial_results");
    let partial = desk.get(&result).await;
    assert_eq!(partial["metadata"]["status"], "partial");
    assert_eq!(partial["metadata"]["date_reported"], "");
    assert_eq!(partial["results"].as_array().unwrap().len(), 1);

    let flags = json!({"interpretation": "critical", "result_types": ["numeric"], "has_missing_results": true});
    simulate("completed.at_home_phlebotomy.completed", flags).await;
    let whole = desk.get(&result).await;
    assert_eq!(whole["metadata"]["status"], "final");
    assert_eq!(whole["results"][0]["type"], "numeric");
    assert_eq!(whole["results"][0]["is_above_max_range"], true);
    assert_eq!(whole["missing_results"][0]["slug"], "creatinine");
    assert_eq!(desk.get(&format!("{result}/metadata")).await, whole["metadata"]);
    let order = desk.get(&format!("/v3/order/{id}")).await;
    assert_eq!(
        (&order["interpretation"], &order["has_missing_results"]),
        (&json!("critical"), &json!(true))
    );
    let pdf = desk.call(Method::GET, &format!("{result}/pdf"), Value::Null).await;
    assert!(pdf.status == 200 && pdf.text.starts_with("%PDF-"), "{pdf:?}");

    let wrong = desk
        .post(&format!("/v3/order/{id}/test?final_status=done"), Value::Null)
        .await;
    assert_eq!(wrong.status, 422);
    let production = desk.junction.token(TEAM, "production").await;
    let elsewhere = desk
        .junction
        .call(&production, Method::POST, &format!("/v3/order/{id}/test"), Value::Null)
        .await;
    assert_eq!(elsewhere.status, 404, "an order of the other environment");
}

#[actix_web::test]
async fn results_follow_a_draw_by_the_clock() {
    let (desk, id) = booked().await;
    let draw = format!("/v3/order/{id}/test?final_status=collecting_sample.at_home_phlebotomy.draw_completed");
    desk.post(&draw, Value::Null).await.is_launched();
    assert_eq!(desk.status(&id).await, "draw_completed");
    desk.advance(2 * 24 * 60 * 60).await;
    assert_eq!(desk.status(&id).await, "completed");
}

#[actix_web::test]
async fn transactions_have_the_results_too_if_the_team_has_them() {
    let (desk, id) = booked().await;
    desk.post(&format!("/v3/order/{id}/test"), Value::Null)
        .await
        .is_launched();
    let order = desk.get(&format!("/v3/order/{id}")).await;
    let transaction = order["order_transaction"]["id"].as_str().unwrap();
    let path = format!("/v3/order_transaction/{transaction}");
    let found = desk.get(&path).await;
    assert_eq!(
        (&found["status"], &found["orders"][0]["id"]),
        (&json!("completed"), &json!(id))
    );
    let results = desk.get(&format!("{path}/result")).await;
    assert_eq!(results, desk.get(&format!("/v3/order/{id}/result")).await);

    desk.behave(json!({"transactions": false})).await;
    let off = desk.call(Method::GET, &path, Value::Null).await;
    assert_eq!(
        refused(&off),
        (403, "This feature is not available for your team".to_owned())
    );
    let order = desk.get(&format!("/v3/order/{id}")).await;
    assert_eq!(order.get("order_transaction"), None);
}
