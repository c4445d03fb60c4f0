//! Junction's events: by their signature alone, each kept before it is acknowledged, and what they say is read anew.

use std::time::Duration;

use ::base64::{Engine as _, engine::general_purpose::STANDARD};
use aws_lc_rs::hmac;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::helpers::{
    Answer,
    junction::{OPEN, OTHER_TEAM, PATIENT, TEAM},
    orders::{EVERYTHING, OrderStage},
};

/// 24 bytes, and 32 others.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const SECOND: &str = "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=";

/// A gateway with an endpoint for the first team's events.
async fn stage() -> OrderStage {
    let folder = tempfile::tempdir().unwrap().keep();
    let (first, second) = (folder.join("secret"), folder.join("second"));
    std::fs::write(&first, SECRET).unwrap();
    std::fs::write(&second, SECOND).unwrap();
    let junction = format!(
        "{OPEN}\n[[tenant.junction.webhook]]\nendpoint = \"cardio\"\nteam_id = \"{TEAM}\"\nsecret_file = \"{}\"\n\
         second_secret_file = \"{}\"\n",
        first.display(),
        second.display()
    );
    OrderStage::with(EVERYTHING, junction.leak()).await
}

fn signature(secret: &str, id: &str, timestamp: i64, body: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

async fn send(stage: &OrderStage, secret: &str, id: &str, seconds_ago: i64, body: &str) -> Answer {
    let timestamp = jiff::Timestamp::now().as_second() - seconds_ago;
    let request = stage.stage.app.request(Method::POST, "/junction/webhooks/cardio");
    let request = request
        .header("svix-id", id)
        .header("svix-timestamp", timestamp.to_string())
        .header("svix-signature", signature(secret, id, timestamp, body));
    request.body(body.to_owned()).send().await
}

fn event(kind: &str, order: &str, team: &str) -> String {
    json!({"event_type": kind, "data": {"id": order}, "user_id": PATIENT, "client_user_id": "patient123", "team_id": team})
        .to_string()
}

/// An order that was made in the embedded app.
async fn foreign(stage: &OrderStage) -> String {
    let placed = stage
        .stage
        .junction
        .control(Method::POST, "junction/orders", json!({"userId": PATIENT}))
        .await;
    placed.json()["orderId"].as_str().unwrap().to_owned()
}

/// The events of an order, once there are any: others are read too, since nothing was known of them.
async fn events(stage: &OrderStage, order: &str) -> Vec<Value> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let read = stage.get("/v1/junction/events").await;
        assert_eq!(read.status, 200, "{read:?}");
        let all = read.json()["events"].as_array().unwrap().clone();
        let events: Vec<_> = all.into_iter().filter(|event| event["orderId"] == order).collect();
        if !events.is_empty() || Instant::now() > until {
            assert!(!events.is_empty(), "no event of the order");
            return events;
        }
        sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn an_event_of_an_order_from_elsewhere_is_told_to_hosts() {
    let stage = stage().await;
    let order = foreign(&stage).await;
    let body = event("labtest.order.updated", &order, TEAM);
    let received = send(&stage, SECRET, "msg_1", 0, &body).await;
    assert_eq!((received.status, received.text.as_str()), (204, ""), "{received:?}");
    let told = events(&stage, &order).await;
    assert_eq!(
        (&told[0]["kind"], &told[0]["orderId"], &told[0]["state"]),
        (&json!("order"), &json!(order), &json!("placed"))
    );
    let keys: Vec<_> = told[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        ["at", "kind", "orderId", "seq", "state", "teamId"],
        "nothing else leaves"
    );
}

#[actix_web::test]
async fn an_event_must_be_signed_now_and_with_one_of_two_secrets() {
    let stage = stage().await;
    let order = foreign(&stage).await;
    let body = event("labtest.order.updated", &order, TEAM);
    assert_eq!(
        send(&stage, SECOND, "msg_1", 0, &body).await.status,
        204,
        "the second secret"
    );
    let strange = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for (answer, why) in [
        (send(&stage, strange, "msg_2", 0, &body).await, "another secret"),
        (send(&stage, SECRET, "msg_2", 301, &body).await, "too old"),
        (send(&stage, SECRET, "msg_2", -301, &body).await, "from the future"),
        (
            send(
                &stage,
                SECRET,
                "msg_2",
                0,
                &event("labtest.order.updated", &order, OTHER_TEAM),
            )
            .await,
            "another team's",
        ),
    ] {
        let refused = answer.is_refused(401, "webhook_unverified");
        assert!(!refused.text.is_empty(), "{why}");
    }
    let bare = stage.stage.app.request(Method::POST, "/junction/webhooks/cardio");
    bare.body(body.clone())
        .send()
        .await
        .is_refused(401, "webhook_unverified");
    let elsewhere = stage.stage.app.request(Method::POST, "/junction/webhooks/derma");
    elsewhere.body(body.clone()).send().await.is_refused(404, "not_found");
    let read = stage.stage.app.request(Method::GET, "/junction/webhooks/cardio");
    read.send().await.is_refused(405, "method_not_allowed");
    let large = format!("{{\"event_type\": \"{}\"}}", "x".repeat(1024 * 1024));
    send(&stage, SECRET, "msg_3", 0, &large)
        .await
        .is_refused(413, "payload_too_large");
}

#[actix_web::test]
async fn an_event_of_an_unknown_type_is_taken_and_an_altered_one_is_not() {
    let stage = stage().await;
    let body = "{ \"event_type\": \"labtest.order_tracking.updated\", \"note\": \"\\u00e9\" }\n";
    assert_eq!(send(&stage, SECRET, "msg_1", 0, body).await.status, 204);
    let timestamp = jiff::Timestamp::now().as_second();
    let request = stage.stage.app.request(Method::POST, "/junction/webhooks/cardio");
    let altered = request
        .header("webhook-id", "msg_2")
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature(SECRET, "msg_2", timestamp, body))
        .body(body.trim_end().to_owned());
    altered.send().await.is_refused(401, "webhook_unverified");
}

#[actix_web::test]
async fn a_critical_result_is_told_even_before_its_order() {
    let stage = stage().await;
    let order = foreign(&stage).await;
    let body =
        json!({"event_type": "labtest.result.critical", "team_id": TEAM, "data": {"order_id": order}}).to_string();
    assert_eq!(send(&stage, SECRET, "msg_1", 0, &body).await.status, 204);
    let told = events(&stage, &order).await;
    assert!(told.iter().any(|event| event["kind"] == "result_critical"), "{told:?}");
}

#[actix_web::test]
async fn what_is_stored_of_an_event_names_no_person() {
    let stage = stage().await;
    let order = foreign(&stage).await;
    let body = event("labtest.order.updated", &order, TEAM);
    send(&stage, SECRET, "msg_canary", 0, &body).await;
    let placed = stage.placed().await;
    events(&stage, &order).await;
    let stored = stage.folder.bytes();
    let clear = [
        "patient123",
        "msg_canary",
        "O'Connor",
        "6025550123",
        "Lincoln",
        "Ring twice",
        "1986-03-09",
        PATIENT,
    ];
    for canary in clear {
        let found = stored.windows(canary.len()).any(|window| window == canary.as_bytes());
        assert!(!found, "{canary} is stored");
    }
    assert!(placed.contains("orders/"));
}
