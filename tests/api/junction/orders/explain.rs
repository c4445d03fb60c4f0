//! What placing and booking would come to, as it then comes to.

use serde_json::json;

use crate::helpers::{
    junction::OPEN,
    orders::{EVERYTHING, OrderStage, order},
};

#[actix_web::test]
async fn the_announced_calls_are_those_that_an_order_takes() {
    let stage = OrderStage::with(&format!("{EVERYTHING}\nexplain = true"), OPEN).await;
    let explained = stage.post("/v1/explain/junction/orders", &order()).await;
    assert_eq!(explained.status, 200, "{explained:?}");
    let explained = explained.json();
    assert_eq!(
        (&explained["outcome"], &explained["environment"]),
        (&json!("order"), &json!("sandbox"))
    );
    assert!(stage.stage.calls().await.is_empty(), "nothing is sent");
    let announced = explained["calls"].as_array().unwrap().iter();
    let announced: Vec<_> = announced
        .filter(|call| call["when"].is_null())
        .map(|call| call["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(stage.place("k", &order()).await.status, 201);
    let made = stage.stage.calls().await;
    let mut expected: Vec<_> = announced.iter().map(String::as_str).collect();
    let mut made: Vec<_> = made.iter().map(String::as_str).collect();
    // Calls that do not depend on each other are made at once, so their order is free. Tokens have a test of their own.
    expected.sort_unstable();
    made.sort_unstable();
    expected.retain(|name| *name != "create_api_access_token");
    made.retain(|name| *name != "create_api_access_token");
    assert_eq!(made, expected);
}

#[actix_web::test]
async fn a_refusal_is_explained_and_so_is_a_visit() {
    let stage = OrderStage::with(&format!("{EVERYTHING}\nexplain = true"), OPEN).await;
    let mut minor = order();
    minor["patient"]["demographics"]["dob"] = "2015-03-09".into();
    let refused = stage.post("/v1/explain/junction/orders", &minor).await.json();
    assert_eq!(
        (&refused["outcome"], &refused["refusal"]["code"]),
        (&json!("refusal"), &json!("patient_is_minor"))
    );
    let visit = format!("/v1/explain/junction/orders/{}/visit", crate::helpers::junction::ORDER);
    let explained = stage.post(&visit, &json!({"slot": "k1.20418.AAAA"})).await.json();
    let calls = explained["calls"].as_array().unwrap();
    let names: Vec<_> = calls.iter().map(|call| call["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"book_visit"), "{names:?}");
    assert!(calls.iter().all(|call| !call["url"].as_str().unwrap().is_empty()));
}
