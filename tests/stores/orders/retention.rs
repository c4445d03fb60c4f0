//! What is deleted, and when.

use store::orders::{Begun, Counts, OrderStore, Placement, Received};

use super::{HOST, TENANT, at, claim_one, endpoint, event, followed, happened, observed, receipt};

const DAY: i64 = 24 * 60 * 60;

fn placement() -> Placement {
    Placement {
        tenant: TENANT.into(),
        host: HOST.into(),
        key: [1; 32],
        body: [1; 32],
    }
}

pub(super) async fn receipts_and_keys_go_after_their_time(store: &dyn OrderStore) {
    let _new = store.begin_placing(placement(), at(0)).await.unwrap();
    let _new = store.receive(receipt(1, None), at(0)).await.unwrap();
    let _new = store.receive(receipt(2, None), at(1)).await.unwrap();
    store.tidy(at(2 * DAY)).await.unwrap();
    assert_eq!(
        store.begin_placing(placement(), at(2 * DAY)).await,
        Ok(Begun::Repeated { since: at(0) })
    );
    store.tidy(at(2 * DAY + 1)).await.unwrap();
    assert_eq!(store.begin_placing(placement(), at(2 * DAY + 1)).await, Ok(Begun::New));

    store.tidy(at(7 * DAY)).await.unwrap();
    assert_eq!(store.receive(receipt(1, None), at(7 * DAY)).await, Ok(Received::Done));
    store.tidy(at(30 * DAY)).await.unwrap();
    assert_eq!(
        store.counts().await.unwrap().received[0].at,
        at(1),
        "the last one stays"
    );
    assert_eq!(store.receive(receipt(1, None), at(30 * DAY)).await, Ok(Received::New));
}

pub(super) async fn events_go_when_every_endpoint_has_them(store: &dyn OrderStore) {
    let left = async |now| {
        store.tidy(at(now)).await.unwrap();
        store.events(TENANT, 0, 100).await.unwrap().len()
    };
    happened(store, 1, vec![event("placed", 0)], 0).await;
    happened(store, 2, vec![event("placed", 0)], 1).await;
    assert_eq!(left(8 * DAY).await, 2, "its hosts may still ask for them");
    assert_eq!(store.spread(endpoint(), TENANT.into(), 9, at(2)).await, Ok(2));
    assert_eq!(left(8 * DAY).await, 2, "not delivered yet");
    let due = store.due(endpoint(), at(3), at(60), 9).await.unwrap();
    store.delivered(endpoint(), due[0].event.seq, at(4)).await.unwrap();
    assert_eq!(left(7 * DAY).await, 2, "not old enough");
    assert_eq!(left(8 * DAY).await, 1);
    assert_eq!(left(30 * DAY).await, 1);
    assert_eq!(left(30 * DAY + 2).await, 0, "delivered or not");
    assert_eq!(store.queue(endpoint(), 9).await, Ok(Vec::new()));
    happened(store, 3, vec![event("placed", 0)], 31 * DAY).await;
    let next = store.events(TENANT, 0, 9).await.unwrap();
    assert!(next[0].seq > due[1].event.seq, "a number is not given twice");
}

pub(super) async fn orders_go_after_their_last_change(store: &dyn OrderStore) {
    happened(store, 1, Vec::new(), 0).await;
    // Read again without a change, much later.
    store.refresh(followed(1), at(100 * DAY), at(100 * DAY)).await.unwrap();
    let claimed = claim_one(store, 100 * DAY).await;
    let read = store.settle(
        claimed.key,
        claimed.marks,
        observed("placed", 100 * DAY),
        Vec::new(),
        at(100 * DAY),
    );
    let _clean = read.await.unwrap();
    store.tidy(at(400 * DAY)).await.unwrap();
    assert_eq!(
        store.refresh(followed(1), at(0), at(400 * DAY)).await,
        Ok(false),
        "still followed"
    );
    store.tidy(at(400 * DAY + 1)).await.unwrap();
    assert_eq!(
        store.refresh(followed(1), at(0), at(400 * DAY)).await,
        Ok(true),
        "it was gone"
    );
    store.tidy(at(1000 * DAY)).await.unwrap();
    let claimed = claim_one(store, 1000 * DAY).await;
    assert_eq!(claimed.observed, None, "what has to be read stays");
}

pub(super) async fn a_forgotten_order_leaves_nothing(store: &dyn OrderStore) {
    let _new = store.begin_placing(placement(), at(0)).await.unwrap();
    store
        .finish_placing(placement().key(), followed(1), at(0))
        .await
        .unwrap();
    happened(store, 1, vec![event("placed", 0)], 0).await;
    store.spread(endpoint(), TENANT.into(), 9, at(1)).await.unwrap();
    store.refresh(followed(1), at(50), at(1)).await.unwrap();
    store.forget(followed(1).key()).await.unwrap();
    assert_eq!(store.counts().await, Ok(Counts::default()));
    assert_eq!(store.events(TENANT, 0, 9).await, Ok(Vec::new()));
    assert_eq!(store.claim(at(99), at(200), 9).await, Ok(Vec::new()));
    assert_eq!(store.begin_placing(placement(), at(9)).await, Ok(Begun::New));
}
