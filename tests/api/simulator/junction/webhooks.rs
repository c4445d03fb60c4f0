//! Webhooks: endpoints of a team, what is sent there, how it is signed and repeated, and what goes wrong with it.

use std::{collections::BTreeSet, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

use super::{
    desk::Desk,
    scene::{NOBODY, OTHER_TEAM, TEAM, places},
};
use crate::helpers::without;

const SECRET: &str = "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=";

/// A desk, and a receiver that its team's events go to.
struct Post {
    desk: Desk,
    receiver: MockServer,
    endpoint: String,
}

impl Post {
    async fn open() -> Self {
        let desk = Desk::open().await;
        let receiver = MockServer::start().await;
        let answer = desk
            .webhook(Method::POST, "", json!({"url": receiver.uri(), "secret": SECRET}))
            .await;
        answer.is_launched();
        let endpoint = answer.json()["id"].as_str().unwrap().to_owned();
        let post = Self {
            desk,
            receiver,
            endpoint,
        };
        post.respond(&[204]).await;
        post
    }

    /// Responds so in turn; the last status stays.
    async fn respond(&self, statuses: &[u16]) {
        self.receiver.reset().await;
        for (place, status) in (1..).zip(statuses) {
            let mock = Mock::given(any())
                .respond_with(ResponseTemplate::new(*status))
                .with_priority(place);
            let is_last = usize::from(place) == statuses.len();
            let mock = if is_last { mock } else { mock.up_to_n_times(1) };
            mock.mount(&self.receiver).await;
        }
    }

    async fn set(&self, settings: Value) {
        self.desk
            .control(Method::PUT, "junction/webhook-settings", settings)
            .await;
    }

    /// What arrived, once it is this many.
    async fn received(&self, count: usize) -> Vec<Request> {
        poll(async || {
            let received = self.receiver.received_requests().await.unwrap();
            (received.len() >= count).then_some(received)
        })
        .await
    }

    /// The deliveries, once all of them are over.
    async fn over(&self) -> Vec<Value> {
        poll(async || {
            let all = self
                .desk
                .control(Method::GET, "junction/webhooks", Value::Null)
                .await
                .json();
            let all = all.as_array().unwrap().clone();
            all.iter().all(|delivery| delivery["state"] != "pending").then_some(all)
        })
        .await
    }
}

impl Desk {
    async fn webhook(&self, method: Method, tail: &str, body: Value) -> crate::helpers::Answer {
        let path = format!("team/{TEAM}/sandbox/webhook{tail}");
        self.junction.manage(method, &path, body).await
    }
}

async fn poll<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come in ten seconds");
}

/// Whether one of a request's signatures is this secret's.
fn is_signed(request: &Request, secret: &str) -> bool {
    let header = |name: &str| request.headers[name].to_str().unwrap();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let start = format!("{}.{}.", header("svix-id"), header("svix-timestamp"));
    let signed = [start.as_bytes(), &request.body].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    header("svix-signature").split(' ').any(|signature| {
        let signature = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, &signed, &signature).is_ok()
    })
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

fn types(received: &[Request]) -> Vec<String> {
    let types = received
        .iter()
        .map(|request| body(request)["event_type"].as_str().unwrap().to_owned());
    types.collect()
}

#[actix_web::test]
async fn endpoints_are_managed_with_the_management_key() {
    let post = Post::open().await;
    let (desk, tail) = (&post.desk, format!("/{}", post.endpoint));
    let listed = desk.webhook(Method::GET, "", Value::Null).await.json();
    assert_eq!(
        (&listed["data"][0]["id"], &listed["next_cursor"]),
        (&json!(post.endpoint), &Value::Null)
    );
    let secret = desk.webhook(Method::GET, &format!("{tail}/secret"), Value::Null).await;
    assert_eq!(secret.json(), json!({"key": SECRET}));
    assert_eq!(
        desk.webhook(Method::POST, &format!("{tail}/secret/rotate"), json!({}))
            .await
            .status,
        204
    );
    let rotated = desk.webhook(Method::GET, &format!("{tail}/secret"), Value::Null).await;
    assert_ne!(rotated.json(), json!({"key": SECRET}));
    let headers = json!({"headers": {"x-route": "a"}});
    assert_eq!(
        desk.webhook(Method::PUT, &format!("{tail}/headers"), headers)
            .await
            .status,
        204
    );
    let changed = desk
        .webhook(Method::PATCH, &tail, json!({"disabled": true, "description": "d"}))
        .await
        .json();
    assert_eq!(
        (&changed["disabled"], &changed["description"]),
        (&json!(true), &json!("d"))
    );
    assert_eq!(desk.webhook(Method::GET, &tail, Value::Null).await.json(), changed);

    let elsewhere = desk
        .webhook(Method::POST, "", json!({"url": "https://example.com/"}))
        .await;
    assert_eq!(
        places(&elsewhere),
        json!([["body", "url"]]),
        "nothing leaves this machine"
    );
    let path = format!("team/{OTHER_TEAM}/sandbox/webhook{tail}");
    assert_eq!(
        desk.junction.manage(Method::GET, &path, Value::Null).await.status,
        404,
        "another team's"
    );
    let path = format!("team/{NOBODY}/sandbox/webhook");
    assert_eq!(
        desk.junction.manage(Method::GET, &path, Value::Null).await.status,
        404,
        "no team"
    );
    let metric = desk
        .junction
        .manage(
            Method::GET,
            &format!("team/{TEAM}/sandbox/event_delivery_metric"),
            Value::Null,
        )
        .await;
    assert_eq!(metric.json()["data"]["resultType"], "matrix");
    assert_eq!(desk.webhook(Method::DELETE, &tail, Value::Null).await.status, 204);
    assert_eq!(desk.webhook(Method::GET, &tail, Value::Null).await.status, 404);
    let journal = desk.control(Method::GET, "junction/journal", Value::Null).await;
    assert!(!journal.text.contains(SECRET), "secrets are not in the journal");
}

#[actix_web::test]
async fn every_change_is_sent_signed_and_in_order() {
    let post = Post::open().await;
    let id = post.desk.ready().await;
    post.desk.book(&id, &post.desk.keys().await[0]).await.is_launched();
    let received = post.received(6).await;
    assert_eq!(
        types(&received),
        [
            "labtest.order.created",
            "labtest.order.updated",
            "labtest.appointment.created",
            "labtest.order.updated",
            "labtest.appointment.updated",
            "labtest.order.updated",
        ]
    );
    for request in &received {
        assert!(is_signed(request, SECRET), "{request:?}");
        assert_eq!(request.headers["content-type"], "application/json");
        let envelope = body(request);
        assert_eq!(
            (&envelope["team_id"], &envelope["client_user_id"]),
            (&json!(TEAM), &json!("patient123"))
        );
    }
    let order = body(&received[5])["data"].clone();
    assert_eq!(order, post.desk.get(&format!("/v3/order/{id}")).await);
    let visit = body(&received[4])["data"].clone();
    assert_eq!(
        (&visit["order_id"], &visit["event_status"]),
        (&json!(id), &json!("scheduled"))
    );

    let over = post.over().await;
    let first = without(over[0].clone(), &["id", "createdAt"]);
    let expected = json!({
        "endpoint": post.endpoint, "eventType": "labtest.order.created", "teamId": TEAM, "orderId": id, "attempts": 1,
        "lastStatus": 204, "state": "delivered",
    });
    assert_eq!(first, expected, "without what it says");
}

#[actix_web::test]
async fn events_come_by_themselves_when_their_time_has_come() {
    let post = Post::open().await;
    post.desk.behave(json!({"requisitionAfterSecs": 0})).await;
    post.desk.place().await;
    assert_eq!(
        types(&post.received(2).await),
        ["labtest.order.created", "labtest.order.updated"]
    );
}

#[actix_web::test]
async fn a_message_is_repeated_by_the_schedule_and_signed_anew() {
    let post = Post::open().await;
    let settings = post
        .desk
        .control(Method::GET, "junction/webhook-settings", Value::Null)
        .await
        .json();
    let documented = json!([
        0, 5000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000
    ]);
    assert_eq!(settings["scheduleMs"], documented);
    post.set(json!({"scheduleMs": [0, 20, 20]})).await;
    post.respond(&[503, 302, 204]).await;
    post.desk.place().await;
    let received = post.received(3).await;
    let ids: BTreeSet<_> = received
        .iter()
        .map(|request| request.headers["svix-id"].to_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 1);
    assert!(received.iter().all(|request| is_signed(request, SECRET)));
    let over = post.over().await;
    assert_eq!(
        (&over[0]["attempts"], &over[0]["state"]),
        (&json!(3), &json!("delivered"))
    );

    post.respond(&[500]).await;
    post.desk.place().await;
    let over = post.over().await;
    assert_eq!((&over[1]["attempts"], &over[1]["state"]), (&json!(3), &json!("failed")));
    post.set(json!({"scheduleMs": [0, 20, 20], "disableAfterMs": 0})).await;
    post.desk.place().await;
    post.over().await;
    let endpoint = post
        .desk
        .webhook(Method::GET, &format!("/{}", post.endpoint), Value::Null)
        .await;
    assert_eq!(endpoint.json()["disabled"], true, "it failed for too long");
    let before = post.over().await.len();
    post.desk.place().await;
    assert_eq!(
        post.over().await.len(),
        before,
        "nothing is sent to an endpoint that is disabled"
    );
}

#[actix_web::test]
async fn messages_are_dropped_doubled_and_put_out_of_order() {
    let post = Post::open().await;
    post.set(json!({"dropEvery": 2})).await;
    post.desk.ready().await;
    assert_eq!(types(&post.received(1).await), ["labtest.order.created"]);
    post.over().await;

    post.respond(&[204]).await;
    post.set(json!({"duplicate": true})).await;
    post.desk.place().await;
    let twice = post.received(2).await;
    assert_eq!(twice[0].headers["svix-id"], twice[1].headers["svix-id"]);
    assert_eq!(twice[0].body, twice[1].body);
    post.over().await;

    post.respond(&[204]).await;
    post.set(json!({"reorder": true})).await;
    post.desk.ready().await;
    assert_eq!(
        types(&post.received(2).await),
        ["labtest.order.updated", "labtest.order.created"]
    );
}

#[actix_web::test]
async fn signatures_are_several_or_wrong_if_that_is_arranged() {
    let post = Post::open().await;
    post.set(json!({"twoSignatures": true})).await;
    post.desk.place().await;
    let received = post.received(1).await;
    let signatures = received[0].headers["svix-signature"].to_str().unwrap();
    assert_eq!(signatures.split(' ').count(), 2);
    assert!(is_signed(&received[0], SECRET));

    post.set(json!({"wrongSecret": true})).await;
    post.desk.place().await;
    assert!(!is_signed(&post.received(2).await[1], SECRET));

    post.set(json!({})).await;
    let rotate = format!("/{}/secret/rotate", post.endpoint);
    post.desk.webhook(Method::POST, &rotate, json!({"key": null})).await;
    post.desk.place().await;
    let received = post.received(3).await;
    let secret = post
        .desk
        .webhook(Method::GET, &format!("/{}/secret", post.endpoint), Value::Null)
        .await;
    assert!(is_signed(&received[2], SECRET), "the old secret has a day");
    assert!(is_signed(&received[2], secret.json()["key"].as_str().unwrap()));
}

#[actix_web::test]
async fn envelopes_lack_ids_and_offsets_and_have_unknown_types() {
    let post = Post::open().await;
    post.set(json!({"omitTeamId": true, "naiveTimes": true})).await;
    post.desk.place().await;
    let sent = body(&post.received(1).await[0]);
    assert_eq!(sent.get("team_id"), None);
    let created = sent["data"]["created_at"].as_str().unwrap();
    assert!(!created.ends_with('Z') && created.contains('T'), "{created}");

    post.set(json!({})).await;
    let event = json!({"eventType": "labtest.order_tracking.updated", "teamId": TEAM, "data": {"a": 1}});
    post.desk.control(Method::POST, "junction/webhooks", event).await;
    let sent = body(&post.received(2).await[1]);
    assert_eq!(
        (&sent["event_type"], &sent["data"]),
        (&json!("labtest.order_tracking.updated"), &json!({"a": 1}))
    );
    let elsewhere = json!({"eventType": "labtest.order.updated", "teamId": OTHER_TEAM});
    post.desk.control(Method::POST, "junction/webhooks", elsewhere).await;
    assert_eq!(post.over().await.len(), 2, "another team's event is not sent there");
}

#[actix_web::test]
async fn critical_results_have_an_event_of_their_own() {
    let post = Post::open().await;
    let id = post.desk.place().await;
    for step in ["partial", "critical"] {
        let page = format!("junction/orders/{id}/{step}");
        post.desk.control(Method::POST, &page, Value::Null).await;
    }
    let received = post.received(3).await;
    assert_eq!(types(&received)[2], "labtest.result.critical");
    let data = body(&received[2])["data"].clone();
    assert_eq!(
        (&data["order_id"], &data["status"]),
        (&json!(id), &json!("partial_results"))
    );
}

#[actix_web::test]
async fn events_are_sent_again_on_request() {
    let post = Post::open().await;
    let id = post.desk.place().await;
    let path = "/v3/order/resend_events";
    let resent = post.desk.post(path, json!({"order_ids": [id, NOBODY]})).await;
    assert_eq!(resent.json(), json!({"order_ids": [id]}));
    assert_eq!(
        types(&post.received(2).await),
        ["labtest.order.created", "labtest.order.updated"]
    );
    assert_eq!(post.desk.post(path, json!({})).await.status, 400);
    let long = json!({"start_at": "2026-01-01T00:00:00Z", "end_at": "2026-12-31T00:00:00Z"});
    assert_eq!(post.desk.post(path, long).await.status, 400);
}
