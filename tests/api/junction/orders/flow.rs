//! The whole way of an order.

use serde_json::json;

use crate::helpers::orders::{OrderStage, order};

#[actix_web::test]
async fn an_order_goes_from_placing_to_a_booked_visit() {
    let stage = OrderStage::open().await;
    let placed = stage.place("first", &order()).await;
    assert_eq!(placed.status, 201, "{placed:?}");
    let placed = placed.json();
    assert_eq!(
        (placed["state"].as_str(), placed["next"].as_str()),
        (Some("placed"), Some("wait_for_requisition"))
    );
    assert_eq!(
        placed["actions"]["book"],
        json!({"allowed": false, "reason": "requisition_pending"})
    );
    let path = format!("/v1/junction/orders/{}", placed["orderId"].as_str().unwrap());

    let early = stage.post(&format!("{path}/slots"), &json!({})).await;
    early.is_refused(409, "requisition_pending");
    stage.advance(60).await;
    let read = stage.get(&path).await;
    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(read.json()["state"], "ready_to_schedule");

    let slots = stage.slots(&path).await;
    assert!(slots.len() > 10, "{slots:?}");
    let slot = &slots[0];
    assert_eq!(slot["timeZone"], "America/Phoenix");
    let booked = stage
        .post(
            &format!("{path}/visit"),
            &json!({"slot": slot["slot"], "notes": "A dog"}),
        )
        .await;
    assert_eq!(booked.status, 200, "{booked:?}");
    let booked = booked.json();
    assert_eq!(booked["state"], "visit_scheduled");
    assert_eq!(booked["visit"]["startsAt"], slot["startsAt"]);
    assert_eq!(booked["visit"]["notes"], "A dog");
}
