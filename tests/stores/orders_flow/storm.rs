//! Ten thousand changes of orders, whose events are lost, doubled and out of order.

use std::collections::{BTreeMap, VecDeque};

use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::helpers::orders::{Asked, OrderScene, until};

const ORDERS: usize = 500;

/// Of how many events one is lost. No divisor of how many each order has, so that of some orders the last one is.
const DROP_EVERY: usize = 7;

/// How many orders change at once.
const LANES: usize = 8;

/// What happens to an order after it was placed: twenty changes, ten of them visits that come and go.
const STEPS: [(&str, &str); 20] = [
    ("requisition", ""),
    ("set_status", "collecting_sample.at_home_phlebotomy.appointment_pending"),
    (
        "set_status",
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
    ),
    (
        "set_status",
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
    ),
    (
        "set_status",
        "collecting_sample.at_home_phlebotomy.appointment_cancelled",
    ),
    ("set_status", "collecting_sample.at_home_phlebotomy.appointment_pending"),
    (
        "set_status",
        "collecting_sample.at_home_phlebotomy.appointment_cancelled",
    ),
    ("set_status", "collecting_sample.at_home_phlebotomy.appointment_pending"),
    (
        "set_status",
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
    ),
    (
        "set_status",
        "collecting_sample.at_home_phlebotomy.appointment_scheduled",
    ),
    ("set_status", "collecting_sample.at_home_phlebotomy.stuck_in_traffic"),
    ("draw", ""),
    ("set_status", "sample_with_lab.at_home_phlebotomy.partial_results"),
    ("set_status", "sample_with_lab.at_home_phlebotomy.partial_results"),
    ("set_status", "sample_with_lab.at_home_phlebotomy.partial_results"),
    ("final", ""),
    ("set_status", "completed.at_home_phlebotomy.corrected"),
    ("set_status", "completed.at_home_phlebotomy.corrected"),
    ("set_status", "completed.at_home_phlebotomy.corrected"),
    ("set_status", "completed.at_home_phlebotomy.corrected"),
];

/// An order at its end: its state, and the last of its events.
type End = (String, i64);

#[actix_web::test]
async fn lost_doubled_and_disordered_events_end_as_the_orders_are() {
    let scene = OrderScene::with_file().await;
    let behaviour = json!({"requisitionAfterSecs": null, "resultsAfterSecs": null});
    scene.control(Method::PUT, "junction/orders-behaviour", behaviour).await;
    let gateway = scene.serve();
    scene.until_called("get_orders", 0).await;
    let (scene, address) = (&scene, gateway.address.as_str());
    let lanes = stream::iter(0..ORDERS).map(|number| change(scene, address, number));
    let sent: usize = lanes
        .buffer_unordered(LANES)
        .fold(0, async |sum, sent| sum + sent)
        .await;
    assert!(sent > ORDERS * STEPS.len(), "{sent} events");
    until("the reading of every order that an event was about", async || {
        count(scene, "dirty_since is not null") == 0
    })
    .await;
    // Of the last change no one knows where its event was lost.
    let missed = (0..ORDERS).filter(|number| is_lost(*number, STEPS.len() - 1)).count();
    assert_eq!((count(scene, "last_event_id = 20"), missed), (missed, 71));

    // The hour passes after which orders are compared with those of Junction.
    gateway.kill();
    let gateway = scene.serve_with_clock("+2h");
    until("the end of every order", async || {
        count(scene, "last_event_id is not 21 or dirty_since is not null") == 0
    })
    .await;
    let stored = stored(scene);
    assert_eq!(stored.len(), ORDERS);
    let read = read(scene, &gateway.address, stored.keys()).await;
    assert_eq!(stored, read);
    let mut told: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in scene.events(&gateway.address).await {
        let order = event["orderId"].as_str().unwrap().to_owned();
        told.entry(order).or_default().push(event["state"].clone());
    }
    let path: Vec<&str> = [
        &["placed", "ready_to_schedule"][..],
        &[
            "visit_requested",
            "visit_scheduled",
            "visit_scheduled",
            "ready_to_schedule",
        ],
        &["visit_requested", "ready_to_schedule", "visit_requested"],
        &["visit_scheduled", "visit_scheduled", "other", "collected"],
        &["partial", "partial", "partial", "resulted"],
        &["corrected", "corrected", "corrected", "corrected"],
    ]
    .concat();
    for (order, states) in told {
        assert_eq!(states, path, "{order}: each change is told once, in order");
    }
}

/// Changes an order again and again, and sends the events as a bad network would; how many were sent.
async fn change(scene: &OrderScene, gateway: &str, number: usize) -> usize {
    let order = scene.foreign().await;
    let (mut sent, mut late) = (0, VecDeque::new());
    for (index, (step, status)) in STEPS.iter().enumerate() {
        let (is_lost, is_last) = (is_lost(number, index), index + 1 == STEPS.len());
        if is_lost && is_last {
            // Else the reading for an earlier event would come late enough to make up for the lost one.
            let dirty = format!("dirty_since is not null and hex(order_id) = '{}'", hex(&order));
            until("the reading of an order", async || count(scene, &dirty) == 0).await;
        }
        let body = if status.is_empty() {
            json!({})
        } else {
            json!({ "status": status })
        };
        let path = format!("junction/orders/{order}/{step}");
        scene.control(Method::POST, &path, body).await;
        if is_lost {
            continue;
        }
        // Of each two the later goes first, and each goes twice.
        late.push_front(format!("msg_{number}_{index}"));
        while late.len() > 1 || (is_last && !late.is_empty()) {
            let id = late.pop_front().unwrap();
            for _ in 0..2 {
                assert_eq!(scene.notify(gateway, &id, &order).await, 204);
                sent += 1;
            }
        }
    }
    for id in late {
        assert_eq!(scene.notify(gateway, &id, &order).await, 204);
    }
    sent
}

/// Whether the event of an order's change is lost.
fn is_lost(number: usize, index: usize) -> bool {
    (number * STEPS.len() + index).is_multiple_of(DROP_EVERY)
}

/// An id as the store's own language writes bytes.
fn hex(id: &str) -> String {
    id.replace('-', "").to_uppercase()
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
