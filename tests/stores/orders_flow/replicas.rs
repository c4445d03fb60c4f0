//! Two gateways that share a database, one of which is killed in the middle of an order.

use reqwest::Method;
use serde_json::{Value, json};

use super::kills::{reason, slots};
use crate::helpers::{
    Postgres, Setting,
    orders::{Asked, OrderScene, until},
};

/// How often two visits are arranged at once.
const ROUNDS: usize = 100;

/// A database with the tables.
fn migrated() -> Postgres {
    let postgres = Postgres::start();
    let _migrated = Setting::with(&postgres.url(), "").migrate(&postgres.owners_url());
    postgres
}

/// Sends a request until its outcome is known, as a client does that may retry.
async fn insist(scene: &OrderScene, gateway: &str, asked: &Asked) -> (u16, Value) {
    let mut answer = (0, Value::Null);
    until("an outcome", async || {
        answer = scene.answered(gateway, asked).await;
        answer.0 < 500
    })
    .await;
    answer
}

#[actix_web::test]
async fn what_one_replica_began_the_other_ends_once() {
    let postgres = migrated();
    let scene = OrderScene::shared(&postgres.url()).await;
    let (one, other) = (scene.serve(), scene.serve());
    scene.until_ready(&one).await;
    scene.until_ready(&other).await;
    let hold = async |call: &str| {
        scene
            .control(Method::PUT, "junction/next", json!({call: "done_but_silent"}))
            .await;
    };
    hold("place").await;
    let placing = Asked::placing("key", "85004");
    let (answer, ()) = tokio::join!(scene.ask(&one.address, &placing), async {
        scene.until_called("create_order", 0).await;
        one.end();
    });
    assert_eq!(answer, None);
    one.kill();
    let (status, placed) = insist(&scene, &other.address, &placing).await;
    assert_eq!(status, 201, "{placed}");
    let orders = scene.all("orders").await;
    assert_eq!((orders.len(), &orders[0]["id"]), (1, &placed["orderId"]));

    let one = scene.serve();
    scene.until_ready(&one).await;
    scene.until_requisition().await;
    let order = format!("/v1/junction/orders/{}", placed["orderId"].as_str().unwrap());
    let slot = slots(&scene, &other, &order).await[20].clone();
    let booking = Asked::post(&format!("{order}/visit"), json!({"slot": slot["slot"]}));
    hold("book").await;
    let (answer, ()) = tokio::join!(scene.ask(&one.address, &booking), async {
        scene.until_called("book_appointment", 0).await;
        one.end();
    });
    assert_eq!(answer, None);
    one.kill();
    let (status, booked) = insist(&scene, &other.address, &booking).await;
    assert_eq!(
        (status, &booked["visit"]["startsAt"]),
        (200, &slot["startsAt"]),
        "{booked}"
    );
    assert_eq!(scene.calls("book_appointment").await, 1);
    assert_eq!(scene.all("appointments").await.len(), 1);
}

#[actix_web::test]
async fn an_event_that_a_killed_replica_was_reading_is_told_once() {
    let postgres = migrated();
    let scene = OrderScene::shared(&postgres.url()).await;
    let one = scene.serve();
    scene.until_ready(&one).await;
    let order = scene.foreign().await;
    let fault = json!({"endpoint": "junction/get_order", "delayMs": 600_000});
    scene.control(Method::PUT, "faults", fault).await;
    assert_eq!(scene.notify(&one.address, "msg_1", &order).await, 204);
    scene.until_called("get_order", 0).await;
    // An order that was taken is free again after two minutes.
    let other = scene.serve_with_clock("+3m");
    one.kill();
    scene.until_ready(&other).await;
    let told = scene.told(&other.address, &order).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(scene.notify(&other.address, "msg_1", &order).await, 204);
    let one = scene.serve();
    scene.until_ready(&one).await;
    assert_eq!(scene.told(&one.address, &order).await, told, "both tell the same");
}

#[actix_web::test]
async fn of_two_visits_at_once_through_two_replicas_one_is_booked() {
    let postgres = migrated();
    let scene = OrderScene::shared(&postgres.url()).await;
    let (one, other) = (scene.serve(), scene.serve());
    scene.until_ready(&one).await;
    scene.until_ready(&other).await;
    let mut orders = Vec::new();
    for key in ["first", "second"] {
        let (status, placed) = scene.answered(&one.address, &Asked::placing(key, "85004")).await;
        assert_eq!(status, 201, "{placed}");
        orders.push(format!("/v1/junction/orders/{}", placed["orderId"].as_str().unwrap()));
    }
    scene.until_requisition().await;
    let reason = reason(&scene, &one).await;
    let mut offered = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        // For one order, and for two of the same patient's.
        let (left, right) = (0, round % 2);
        let mut booking = Vec::new();
        for (order, gateway) in [(left, &one), (right, &other)] {
            if offered[order].len() < 2 {
                offered[order] = slots(&scene, gateway, &orders[order]).await.split_off(20);
            }
            let slot = offered[order].pop().unwrap()["slot"].clone();
            booking.push(Asked::post(&format!("{}/visit", orders[order]), json!({"slot": slot})));
        }
        let (first, second) = tokio::join!(
            scene.answered(&one.address, &booking[0]),
            scene.answered(&other.address, &booking[1])
        );
        let mut statuses = [first.0, second.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}: {first:?} {second:?}");
        let is_first = first.0 == 200;
        let refused = if is_first { &second } else { &first };
        assert_eq!(refused.1["code"], "visit_active", "round {round}: {refused:?}");
        let booked = &orders[if is_first { left } else { right }];
        let cancelling = Asked::post(&format!("{booked}/visit/cancel"), json!({"reasonId": reason}));
        let (status, cancelled) = scene.answered(&one.address, &cancelling).await;
        assert_eq!(status, 200, "round {round}: {cancelled}");
    }
    assert_eq!(scene.calls("book_appointment").await, ROUNDS);
    let visits = scene.all("appointments").await;
    assert!(visits.iter().all(|visit| visit["status"] == "cancelled"), "{visits:?}");
}
