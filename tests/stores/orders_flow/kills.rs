//! A gateway that is killed at every step of an order. What it had begun is known to the one that starts in its place, and Junction
//! has one order and one visit.

use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::helpers::orders::{Asked, OrderScene, Replica};

/// What is asked for when the gateway is killed.
#[derive(Debug, Clone, Copy)]
enum Act {
    Place,
    Book,
    Request,
    Move,
    CancelVisit,
    CancelOrder,
}

/// When it is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Junction was asked for this, and has not done it.
    Before(&'static str),
    /// Junction did this, of control's name, and its response is on the way.
    After(&'static str, &'static str),
    /// The host has its answer.
    Answered(&'static str),
}

impl Moment {
    /// The operation of Junction's that it is about.
    fn operation(self) -> &'static str {
        match self {
            Self::Before(operation) | Self::After(_, operation) | Self::Answered(operation) => operation,
        }
    }
}

/// What is there of an order: keys of hosts, those with an order, and orders that are followed.
type Kept = (i64, i64, i64);

const BEGUN: Kept = (1, 0, 0);
const PLACED: Kept = (1, 1, 1);

struct Row {
    act: Act,
    at: Moment,
    why: &'static str,
    kept: Kept,
    /// The status of the repeated request, and how often Junction is asked for the operation again.
    again: (u16, usize),
    visits: &'static [&'static str],
}

fn row(
    act: Act,
    at: Moment,
    kept: Kept,
    again: (u16, usize),
    visits: &'static [&'static str],
    why: &'static str,
) -> Row {
    Row {
        act,
        at,
        why,
        kept,
        again,
        visits,
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Row> {
    use Act::{Book, CancelOrder, CancelVisit, Move, Place, Request};
    use Moment::{After, Answered, Before};
    let (confirmed, pending, cancelled) = (&["confirmed"], &["pending"], &["cancelled"]);
    vec![
        row(
            Place,
            Before("resolve_user"),
            BEGUN,
            (201, 1),
            &[],
            "nothing is known of the patient yet",
        ),
        row(
            Place,
            Before("get_area_info"),
            BEGUN,
            (201, 1),
            &[],
            "nothing is ordered yet",
        ),
        row(
            Place,
            Before("create_order"),
            BEGUN,
            (201, 1),
            &[],
            "the order is on its way",
        ),
        row(
            Place,
            After("place", "create_order"),
            BEGUN,
            (201, 1),
            &[],
            "Junction has it, and the gateway not",
        ),
        row(
            Place,
            Answered("create_order"),
            PLACED,
            (200, 0),
            &[],
            "right after the 201",
        ),
        row(
            Book,
            Before("book_appointment"),
            PLACED,
            (200, 1),
            confirmed,
            "the booking is on its way",
        ),
        row(
            Book,
            After("book", "book_appointment"),
            PLACED,
            (200, 0),
            confirmed,
            "it is booked, and no one knows",
        ),
        row(
            Book,
            Answered("book_appointment"),
            PLACED,
            (200, 0),
            confirmed,
            "right after the 200",
        ),
        row(
            Request,
            Before("request_appointment"),
            PLACED,
            (200, 1),
            pending,
            "the request is on its way",
        ),
        row(
            Request,
            After("request", "request_appointment"),
            PLACED,
            (200, 0),
            pending,
            "no one knows of it",
        ),
        row(
            Move,
            Before("reschedule_appointment"),
            PLACED,
            (200, 1),
            confirmed,
            "the old time holds",
        ),
        row(
            Move,
            After("reschedule", "reschedule_appointment"),
            PLACED,
            (200, 0),
            confirmed,
            "the new one holds",
        ),
        row(
            CancelVisit,
            Before("cancel_appointment"),
            PLACED,
            (200, 1),
            cancelled,
            "it is still on",
        ),
        row(
            CancelVisit,
            After("cancel_visit", "cancel_appointment"),
            PLACED,
            (200, 0),
            cancelled,
            "it is off",
        ),
        row(
            CancelOrder,
            Before("cancel_order"),
            PLACED,
            (200, 1),
            cancelled,
            "the order is still on",
        ),
        row(
            CancelOrder,
            After("cancel_order", "cancel_order"),
            PLACED,
            (200, 0),
            cancelled,
            "both are off",
        ),
    ]
}

#[actix_web::test]
async fn a_killed_gateway_leaves_one_order_and_one_visit() {
    for row in rows() {
        check(&row).await;
    }
}

async fn check(row: &Row) {
    let Row { act, at, why, .. } = row;
    let name = format!("{act:?} {at:?}: {why}");
    let scene = OrderScene::with_file().await;
    let gateway = scene.serve();
    let (asked, start) = prepare(&scene, &gateway, *act).await;
    let before = scene.calls(at.operation()).await;
    match at {
        Moment::Before(operation) => {
            let fault = json!({"endpoint": format!("junction/{operation}"), "delayMs": 600_000});
            scene.control(Method::PUT, "faults", fault).await;
        }
        Moment::After(call, _) => {
            scene
                .control(Method::PUT, "junction/next", json!({*call: "done_but_silent"}))
                .await;
        }
        Moment::Answered(_) => {}
    }
    let (answer, ()) = tokio::join!(scene.ask(&gateway.address, &asked), async {
        match at {
            Moment::Answered(_) => {}
            Moment::Before(operation) | Moment::After(_, operation) => {
                scene.until_called(operation, before).await;
                gateway.end();
            }
        }
    });
    assert_eq!(answer.is_some(), matches!(at, Moment::Answered(_)), "{name}");
    gateway.kill();
    assert_eq!(kept(&scene), row.kept, "{name}");
    let had_order = !matches!((act, at), (Act::Place, Moment::Before(_)));
    assert_eq!(scene.all("orders").await.len(), usize::from(had_order), "{name}");

    let gateway = scene.serve();
    let before = scene.calls(at.operation()).await;
    let (status, again) = scene.answered(&gateway.address, &asked).await;
    let calls = scene.calls(at.operation()).await - before;
    assert_eq!((status, calls), row.again, "{name}: {again}");
    if let Some((_, first)) = answer {
        assert_eq!(first["orderId"], again["orderId"], "{name}");
    }
    let orders = scene.all("orders").await;
    assert_eq!(orders.len(), 1, "{name}");
    assert_eq!(again["orderId"], orders[0]["id"], "{name}");
    let visits = scene.all("appointments").await;
    let statuses: Vec<_> = visits.iter().map(|visit| visit["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, row.visits, "{name}");
    if let Some(start) = start {
        assert_eq!(again["visit"]["startsAt"], start, "{name}");
    }
    assert_eq!(kept(&scene), PLACED, "{name}");
}

/// Brings an order to where this can be asked for; the request, and when the visit then is.
async fn prepare(scene: &OrderScene, gateway: &Replica, act: Act) -> (Asked, Option<Value>) {
    let zip = if matches!(act, Act::Request) { "10001" } else { "85004" };
    let placing = Asked::placing("key", zip);
    if matches!(act, Act::Place) {
        return (placing, None);
    }
    let (status, placed) = scene.answered(&gateway.address, &placing).await;
    assert_eq!(status, 201, "{placed}");
    scene.until_requisition().await;
    let order = format!("/v1/junction/orders/{}", placed["orderId"].as_str().unwrap());
    let visit = format!("{order}/visit");
    if matches!(act, Act::Request) {
        return (Asked::post(&visit, json!({"provider": "phlebfinders"})), None);
    }
    let slots = slots(scene, gateway, &order).await;
    let booking = Asked::post(&visit, json!({"slot": slots[20]["slot"]}));
    if matches!(act, Act::Book) {
        return (booking, Some(slots[20]["startsAt"].clone()));
    }
    let (status, booked) = scene.answered(&gateway.address, &booking).await;
    assert_eq!(status, 200, "{booked}");
    match act {
        Act::Place | Act::Book | Act::Request | Act::Move => {
            let moving = Asked::post(&format!("{visit}/reschedule"), json!({"slot": slots[30]["slot"]}));
            (moving, Some(slots[30]["startsAt"].clone()))
        }
        Act::CancelVisit => {
            let reason = reason(scene, gateway).await;
            (
                Asked::post(&format!("{visit}/cancel"), json!({"reasonId": reason})),
                None,
            )
        }
        Act::CancelOrder => (Asked::post(&format!("{order}/cancel"), json!({})), None),
    }
}

/// The times that a visit can be booked for.
pub(super) async fn slots(scene: &OrderScene, gateway: &Replica, order: &str) -> Vec<Value> {
    let asked = Asked::post(&format!("{order}/slots"), json!({}));
    let (status, answer) = scene.answered(&gateway.address, &asked).await;
    assert_eq!(status, 200, "{answer}");
    let days = answer["days"].as_array().unwrap().iter();
    days.flat_map(|day| day["slots"].as_array().unwrap().clone()).collect()
}

/// A reason to cancel a visit that needs no notes.
pub(super) async fn reason(scene: &OrderScene, gateway: &Replica) -> Value {
    let asked = Asked::get("/v1/junction/cancellation-reasons");
    let (_, answer) = scene.answered(&gateway.address, &asked).await;
    let mut reasons = answer["reasons"].as_array().unwrap().iter();
    reasons.find(|reason| reason["name"] != "Other").unwrap()["reasonId"].clone()
}

fn kept(scene: &OrderScene) -> Kept {
    let store = Connection::open(scene.setting.path("store.sqlite3")).unwrap();
    let placings = store.query_row("select count(*), count(order_id) from idempotency", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    let followed = store.query_row("select count(*) from followed_order", [], |row| row.get(0));
    let (keys, placed) = placings.unwrap();
    (keys, placed, followed.unwrap())
}
