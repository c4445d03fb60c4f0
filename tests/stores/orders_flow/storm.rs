//! Ten thousand changes of orders, whose events are lost, doubled and out of order.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::helpers::orders::{Asked, OrderScene, PATIENT, TEAM, until};

const ORDERS: usize = 500;

/// Of how many events one is lost. No divisor of how many each order has, so that of some orders the last one is.
const DROP_EVERY: usize = 7;

/// How many events are on their way at once.
const AT_ONCE: usize = 32;

/// What becomes of an order, and what hosts hear of it: twenty changes after it was placed.
const PATH: [(&str, &str); 21] = [
    ("received.at_home_phlebotomy.ordered", "placed"),
    ("received.at_home_phlebotomy.requisition_created", "ready_to_schedule"),
    (
        "collecting_sample.at_home_phlebotomy.appointment_pending",
        "visit_requested",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
        "visit_scheduled",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
        "visit_scheduled",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_cancelled",
        "ready_to_schedule",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_pending",
        "visit_requested",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_cancelled",
        "ready_to_schedule",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_pending",
        "visit_requested",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
        "visit_scheduled",
    ),
    (
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
        "visit_scheduled",
    ),
    ("collecting_sample.at_home_phlebotomy.stuck_in_traffic", "other"),
    ("sample_with_lab.at_home_phlebotomy.draw_completed", "collected"),
    ("sample_with_lab.at_home_phlebotomy.partial_results", "partial"),
    ("sample_with_lab.at_home_phlebotomy.partial_results", "partial"),
    ("sample_with_lab.at_home_phlebotomy.partial_results", "partial"),
    ("completed.at_home_phlebotomy.completed", "resulted"),
    ("completed.at_home_phlebotomy.corrected", "corrected"),
    ("completed.at_home_phlebotomy.corrected", "corrected"),
    ("completed.at_home_phlebotomy.corrected", "corrected"),
    ("completed.at_home_phlebotomy.corrected", "corrected"),
];

const LAST: usize = PATH.len() - 1;

/// An order at its end: its state, and the last of its events.
type End = (String, i64);

#[actix_web::test]
async fn lost_doubled_and_disordered_events_end_as_the_orders_are() {
    let scene = OrderScene::with_file().await;
    let gateway = scene.serve();
    scene.until_called("get_orders", 0).await;
    let start = jiff::Timestamp::now();
    let (mut held, mut sent) = (Vec::new(), 0);
    for change in 1..PATH.len() {
        if change == LAST {
            sent += send(&scene, &gateway.address, std::mem::take(&mut held)).await;
            // Else the reading for an earlier event would come late enough to make up for the lost one.
            until_read(&scene).await;
        }
        let orders: Vec<_> = (0..ORDERS).map(|number| order(number, change, start)).collect();
        scene
            .control(Method::PUT, "junction", json!({ "orders": orders }))
            .await;
        let new = (0..ORDERS).filter(|number| !is_lost(*number, change));
        let new = new.map(|number| (number, change)).collect();
        // Of each two events the later goes first.
        if change % 2 == 1 {
            held = new;
        } else {
            sent += send(&scene, &gateway.address, new).await;
            sent += send(&scene, &gateway.address, std::mem::take(&mut held)).await;
        }
    }
    let lost = ORDERS * LAST / DROP_EVERY;
    assert!(sent > ORDERS * LAST - lost, "{sent} were sent, some of them twice");
    until_read(&scene).await;
    // Of a last change whose event was lost nothing is known.
    let missed = (0..ORDERS).filter(|number| is_lost(*number, LAST)).count();
    assert_eq!((count(&scene, "last_event_id = 20"), missed), (missed, 71));

    // The hour passes after which orders are compared with those of Junction.
    gateway.kill();
    let gateway = scene.serve_with_clock("+2h");
    until("the end of every order", async || {
        count(&scene, "last_event_id is not 21 or dirty_since is not null") == 0
    })
    .await;
    let stored = stored(&scene);
    assert_eq!(stored.len(), ORDERS);
    let read = read(&scene, &gateway.address, stored.keys()).await;
    assert_eq!(stored, read);
    let mut told: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in scene.events(&gateway.address).await {
        let order = event["orderId"].as_str().unwrap().to_owned();
        told.entry(order).or_default().push(event["state"].clone());
    }
    assert_eq!(told.len(), ORDERS);
    let path = PATH.map(|(_, state)| state);
    for (order, states) in told {
        assert_eq!(states, path, "{order}: each change is told once, in order");
    }
}

/// An order after so many changes, each a second after the one before.
fn order(number: usize, changes: usize, start: jiff::Timestamp) -> Value {
    let at = |change: usize| (start + Duration::from_secs(change.try_into().unwrap())).to_string();
    let events = PATH.iter().enumerate().take(changes + 1);
    let events =
        events.map(|(change, (status, _))| json!({"id": change + 1, "created_at": at(change), "status": status}));
    json!({
        "id": id(number), "user_id": PATIENT, "team_id": TEAM, "created_at": at(0), "updated_at": at(changes),
        "events": events.collect::<Vec<_>>(),
    })
}

fn id(number: usize) -> String {
    format!("55555555-5555-4555-8555-{number:012}")
}

/// Sends the events of these orders' changes, every third of them twice; how many that were.
async fn send(scene: &OrderScene, gateway: &str, events: Vec<(usize, usize)>) -> usize {
    let sending = stream::iter(events).map(async |(number, change)| {
        let times = if (number + change) % 3 == 0 { 2 } else { 1 };
        for _ in 0..times {
            let status = scene
                .notify(gateway, &format!("msg_{number}_{change}"), &id(number))
                .await;
            assert_eq!(status, 204);
        }
        times
    });
    sending
        .buffer_unordered(AT_ONCE)
        .fold(0, async |sum, times| sum + times)
        .await
}

/// Waits until everything is read that an event was about.
async fn until_read(scene: &OrderScene) {
    until("the reading of every order that changed", async || {
        count(scene, "dirty_since is not null") == 0
    })
    .await;
}

/// Whether the event of an order's change is lost.
fn is_lost(number: usize, change: usize) -> bool {
    (number * LAST + change - 1).is_multiple_of(DROP_EVERY)
}

fn store(scene: &OrderScene) -> Connection {
    let file = scene.setting.path("store.sqlite3");
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn count(scene: &OrderScene, condition: &str) -> usize {
    let query = format!("select count(*) from followed_order where {condition}");
    let found: i64 = store(scene).query_row(&query, [], |row| row.get(0)).unwrap();
    found.try_into().unwrap()
}

fn stored(scene: &OrderScene) -> BTreeMap<String, End> {
    let store = store(scene);
    let mut select = store
        .prepare("select order_id, raw_status, last_event_id from followed_order")
        .unwrap();
    let rows = select.query_map([], |row| {
        let id = uuid::Uuid::from_bytes(row.get("order_id")?);
        Ok((id.to_string(), (row.get("raw_status")?, row.get("last_event_id")?)))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Every order, read straight from Junction.
async fn read(scene: &OrderScene, gateway: &str, orders: impl Iterator<Item = &String>) -> BTreeMap<String, End> {
    let mut ends = BTreeMap::new();
    for order in orders {
        let asked = Asked::get(&format!("/v1/junction/orders/{order}"));
        let (status, read) = scene.answered(gateway, &asked).await;
        assert_eq!(status, 200, "{read}");
        let history = read["history"].as_array().unwrap();
        let last = history.iter().map(|event| event["id"].as_i64().unwrap()).max().unwrap();
        ends.insert(order.clone(), (read["rawStatus"].as_str().unwrap().to_owned(), last));
    }
    ends
}
