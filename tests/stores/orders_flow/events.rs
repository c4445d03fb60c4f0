//! A gateway that is killed on the way of an event: from Junction to the store, and from there to the host.

use std::time::Duration;

use reqwest::Method;
use rusqlite::Connection;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::helpers::orders::{OrderScene, until};

/// When it is killed on the way of an event.
#[derive(Debug, Clone, Copy)]
enum OnTheWay {
    Acknowledged,
    BeingRead,
    Told,
}

#[actix_web::test]
async fn an_event_that_was_acknowledged_is_told_once() {
    let rows = [
        (OnTheWay::Acknowledged, "right after the 204"),
        (OnTheWay::BeingRead, "the order was taken, and is being read"),
        (OnTheWay::Told, "it is stored for hosts"),
    ];
    for (on_the_way, why) in rows {
        let scene = OrderScene::with_file().await;
        let gateway = scene.serve();
        // What Junction has is compared once at the start, and then in an hour: only the event tells of the order.
        scene.until_called("get_orders", 0).await;
        let order = scene.foreign().await;
        if matches!(on_the_way, OnTheWay::BeingRead) {
            let fault = json!({"endpoint": "junction/get_order", "delayMs": 600_000});
            scene.control(Method::PUT, "faults", fault).await;
        }
        assert_eq!(scene.notify(&gateway.address, "msg_1", &order).await, 204, "{why}");
        let before = match on_the_way {
            OnTheWay::Acknowledged => None,
            OnTheWay::BeingRead => {
                scene.until_called("get_order", 0).await;
                None
            }
            OnTheWay::Told => Some(scene.told(&gateway.address, &order).await),
        };
        gateway.kill();
        // An order that was taken is free again after two minutes.
        let gateway = scene.serve_with_clock("+3m");
        let told = scene.told(&gateway.address, &order).await;
        assert_eq!(told.len(), 1, "{why}: {told:?}");
        assert!(before.is_none_or(|before| before == told), "{why}");
        // What Junction sends again is acknowledged, and nothing new.
        assert_eq!(scene.notify(&gateway.address, "msg_1", &order).await, 204, "{why}");
        let other = scene.foreign().await;
        assert_eq!(scene.notify(&gateway.address, "msg_2", &other).await, 204, "{why}");
        scene.told(&gateway.address, &other).await;
        assert_eq!(scene.told(&gateway.address, &order).await, told, "{why}");
    }
}

#[actix_web::test]
async fn an_event_that_a_host_had_not_confirmed_is_sent_once_more() {
    let host = MockServer::start().await;
    // The host has it, and its answer is on the way when the gateway is killed.
    let silent = ResponseTemplate::new(204).set_delay(Duration::from_mins(10));
    Mock::given(any())
        .respond_with(silent)
        .up_to_n_times(1)
        .mount(&host)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(204))
        .mount(&host)
        .await;
    let scene = OrderScene::delivering_to(&host.uri()).await;
    let received = async || host.received_requests().await.unwrap();
    let gateway = scene.serve();
    let order = scene.foreign().await;
    assert_eq!(scene.notify(&gateway.address, "msg_1", &order).await, 204);
    until("a delivery", async || received().await.len() == 1).await;
    gateway.kill();
    assert_eq!(undelivered(&scene), 1);
    let gateway = scene.serve_with_clock("+3m");
    until("the end of the deliveries", async || undelivered(&scene) == 0).await;
    let received = received().await;
    let ids: Vec<_> = received.iter().map(|request| &request.headers["webhook-id"]).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "the host can tell that it is the same");
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(scene.told(&gateway.address, &order).await.len(), 1);
}

fn undelivered(scene: &OrderScene) -> i64 {
    let store = Connection::open(scene.setting.path("store.sqlite3")).unwrap();
    store
        .query_row("select count(*) from delivery", [], |row| row.get(0))
        .unwrap()
}
