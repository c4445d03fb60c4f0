//! What hosts hear of orders: from Junction's webhook to a signed event at the host's endpoint, over real sockets.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::JunctionSettings;
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

use crate::helpers::{
    Answer, HOST_KEY,
    junction::{Lines, OPEN, ORDER, Stage, TEAM},
    orders::{EVERYTHING, order},
    store::StoreFolder,
};

/// How long a test waits for what happens in its own time.
const BOUND: Duration = Duration::from_secs(30);

/// What Junction's events are signed with, and the host's.
const FROM_JUNCTION: &str = "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=";
const TO_HOST: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A gateway between the stand-in for Junction and a host's endpoint.
struct Scene {
    stage: Stage,
    folder: StoreFolder,
    host: MockServer,
}

/// Matches what the host's secret has signed.
struct IsSigned;

impl Match for IsSigned {
    fn matches(&self, request: &Request) -> bool {
        let header = |name: &str| request.headers.get(name).unwrap().to_str().unwrap();
        let key = STANDARD.decode(TO_HOST.strip_prefix("whsec_").unwrap()).unwrap();
        let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
        signing.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
        signing.update(&request.body);
        header("webhook-signature") == format!("v1,{}", STANDARD.encode(signing.sign()))
    }
}

impl Scene {
    async fn open() -> Self {
        let host = MockServer::start().await;
        let accepted = ResponseTemplate::new(204);
        Mock::given(IsSigned).respond_with(accepted).mount(&host).await;
        let folder = StoreFolder::new();
        let secret = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            path.display().to_string()
        };
        let (from_junction, to_host) = (secret("from-junction", FROM_JUNCTION), secret("to-host", TO_HOST));
        let more = format!(
            "{}\n[[tenant.junction.webhook]]\nendpoint = \"cardio\"\nteam_id = \"{TEAM}\"\nsecret_file = \"{from_junction}\"\n\
             [host.events]\nurl = \"{}/hooks\"\nsecret_file = \"{to_host}\"\n",
            folder.table(),
            host.uri()
        );
        let stage = Stage::with(Lines {
            host: EVERYTHING.to_owned(),
            junction: Some(OPEN),
            more,
            ..Lines::default()
        })
        .await;
        let scene = Self { stage, folder, host };
        let url = format!("http://{}/junction/webhooks/cardio", scene.stage.app.address);
        scene.manage(&json!({"url": url, "secret": FROM_JUNCTION})).await;
        scene
    }

    /// Has the stand-in send the team's events here.
    async fn manage(&self, endpoint: &Value) {
        let JunctionSettings {
            org_id,
            management_keys,
            ..
        } = JunctionSettings::default();
        let address = &self.stage.junction.address;
        let path = format!("junction/management/v1/org/{org_id}/team/{TEAM}/sandbox/webhook");
        let request = self.stage.app.client.post(format!("http://{address}/{path}"));
        let request = request
            .header("x-management-key", &management_keys[0])
            .header("content-type", "application/json")
            .body(endpoint.to_string());
        assert!(request.send().await.unwrap().status().is_success());
    }

    async fn control(&self, method: Method, page: &str, body: Value) -> Answer {
        let answer = self.stage.junction.control(method, page, body).await;
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
        answer
    }

    async fn advance(&self, seconds: i64) {
        self.control(Method::PUT, "clock", json!({"advanceSecs": seconds}))
            .await;
    }

    async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let request = self.stage.app.request(method, path);
        let request = request
            .header("authorization", format!("Bearer {HOST_KEY}"))
            .header("x-junction-team", "cardio")
            .header("idempotency-key", "first");
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await;
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        answer.json()
    }

    /// Places an order; its id.
    async fn place(&self) -> String {
        let placed = self.request(Method::POST, "/v1/junction/orders", Some(&order())).await;
        placed["orderId"].as_str().unwrap().to_owned()
    }

    /// What the host heard of an order, once it is this many.
    async fn heard(&self, order: &str, count: usize) -> Vec<Value> {
        let end = Instant::now() + BOUND;
        loop {
            let requests = self.host.received_requests().await.unwrap();
            let events = requests.iter().map(|request| request.body_json::<Value>().unwrap());
            let of_order: Vec<_> = events.filter(|event| event["data"]["orderId"] == order).collect();
            if of_order.len() >= count {
                return of_order;
            }
            assert!(Instant::now() < end, "{of_order:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// The same as kinds and states, sorted.
    async fn states(&self, order: &str, count: usize) -> Vec<String> {
        let heard = self.heard(order, count).await;
        let states = heard.iter().map(|event| {
            let data = &event["data"];
            format!("{} {}", data["kind"].as_str().unwrap(), data["state"].as_str().unwrap())
        });
        let mut states: Vec<_> = states.collect();
        states.sort();
        states
    }

    /// Has the order's first slot booked.
    async fn book(&self, order: &str) {
        let path = format!("/v1/junction/orders/{order}");
        let slots = self
            .request(Method::POST, &format!("{path}/slots"), Some(&json!({})))
            .await;
        let booked = json!({"slot": slots["days"][0]["slots"][0]["slot"], "notes": "canary-notes"});
        self.request(Method::POST, &format!("{path}/visit"), Some(&booked))
            .await;
    }

    /// Waits until the gateway has read everything that it was told of.
    async fn settled(&self) {
        let end = Instant::now() + BOUND;
        loop {
            let all = self.control(Method::GET, "junction/webhooks", Value::Null).await.json();
            let is_over = all
                .as_array()
                .unwrap()
                .iter()
                .all(|delivery| delivery["state"] != "pending");
            let connection = rusqlite::Connection::open(self.folder.file()).unwrap();
            let counted = "select count(*) from followed_order where dirty_since is not null";
            let dirty: i64 = connection.query_row(counted, [], |row| row.get(0)).unwrap();
            if is_over && dirty == 0 {
                return;
            }
            assert!(Instant::now() < end, "{all} {dirty}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// What is heard of an order whose visit was booked.
const ALL: [&str; 5] = [
    "order placed",
    "order ready_to_schedule",
    "order visit_requested",
    "order visit_scheduled",
    "visit scheduled",
];

#[actix_web::test]
async fn a_host_hears_of_an_order_from_placing_to_a_booked_visit() {
    let scene = Scene::open().await;
    let id = scene.place().await;
    assert_eq!(scene.states(&id, 1).await, ALL[..1]);
    scene.advance(60).await;
    assert_eq!(scene.states(&id, 2).await, ALL[..2]);
    scene.book(&id).await;
    assert_eq!(scene.states(&id, 5).await, ALL);

    let heard = scene.heard(&id, 5).await;
    let asked = scene.request(Method::GET, "/v1/junction/events?after=0", None).await;
    let mut heard: Vec<_> = heard.iter().map(|event| event["data"]["seq"].as_i64()).collect();
    heard.sort_unstable();
    let asked = asked["events"].as_array().unwrap().iter();
    let asked: Vec<_> = asked
        .filter(|event| event["orderId"] == id.as_str())
        .map(|event| event["seq"].as_i64())
        .collect();
    assert_eq!(heard, asked, "who asks hears the same");
}

#[actix_web::test]
async fn an_order_that_no_webhook_reported_is_told_of_too() {
    let scene = Scene::open().await;
    assert_eq!(scene.states(ORDER, 1).await, ["order placed"]);
}

#[actix_web::test]
async fn nothing_that_a_host_hears_or_that_is_stored_is_about_a_person() {
    let scene = Scene::open().await;
    let id = scene.place().await;
    scene.advance(60).await;
    scene.states(&id, 2).await;
    scene.book(&id).await;
    let heard = scene.heard(&id, 5).await;
    scene.settled().await;
    let stored = scene.folder.bytes();
    let placed = order();
    let demographics = placed["patient"]["demographics"].as_object().unwrap().values();
    let address = placed["address"].as_object().unwrap().values();
    let notes = json!("canary-notes");
    let more = [&placed["patient"]["clientUserId"], &placed["tests"][0], &notes];
    let words = demographics.chain(address).chain(more).filter_map(Value::as_str);
    // Shorter ones stand in any text.
    for word in words.filter(|word| word.len() > 3) {
        let said = serde_json::to_string(&heard).unwrap();
        assert!(!said.contains(word), "{word} is told");
        assert!(
            !stored.windows(word.len()).any(|part| part == word.as_bytes()),
            "{word} is stored"
        );
    }
}

#[actix_web::test]
async fn webhooks_that_come_twice_late_or_in_another_order_tell_each_step_once() {
    let scene = Scene::open().await;
    let settings = json!({"duplicate": true, "reorder": true});
    scene.control(Method::PUT, "junction/webhook-settings", settings).await;
    let id = scene.place().await;
    scene.advance(60).await;
    scene.states(&id, 2).await;
    scene.book(&id).await;
    scene.states(&id, 5).await;
    scene.settled().await;
    assert_eq!(scene.states(&id, 5).await, ALL);
}

#[actix_web::test]
async fn the_metrics_of_events_are_there_before_the_first_event() {
    let scene = Scene::open().await;
    let expected = [
        r#"empego_gateway_events_pending{host="ehr"}"#,
        r#"empego_gateway_events_dead{host="ehr"}"#,
        r#"empego_gateway_events_disabled{host="ehr"}"#,
        r#"empego_gateway_events_lag_seconds{host="ehr"}"#,
        r#"empego_gateway_event_deliveries_total{host="ehr",outcome="delivered"}"#,
        r#"empego_gateway_junction_webhook_last_timestamp_seconds{endpoint="cardio"}"#,
        r#"empego_gateway_junction_unknown_values_total{kind="order_status",value="other"}"#,
        r#"empego_gateway_junction_unknown_values_total{kind="visit_status",value="other"}"#,
    ];
    let end = Instant::now() + BOUND;
    for series in expected {
        let value = loop {
            if let Some(value) = scene.stage.app.figure(series).await {
                break value;
            }
            assert!(Instant::now() < end, "{series} is not there");
            sleep(Duration::from_millis(20)).await;
        };
        assert!(value == 0.0, "{series} {value}");
    }
}

#[actix_web::test]
async fn the_metrics_show_what_was_delivered_and_heard() {
    let scene = Scene::open().await;
    let id = scene.place().await;
    scene.heard(&id, 1).await;
    let delivered = "empego_gateway_event_deliveries_total{host=\"ehr\",outcome=\"delivered\"}";
    let end = Instant::now() + BOUND;
    while scene.stage.app.figure(delivered).await.is_none_or(|count| count < 1.0) {
        assert!(Instant::now() < end, "{}", scene.stage.app.admin("/metrics").await.text);
        sleep(Duration::from_millis(20)).await;
    }
}
