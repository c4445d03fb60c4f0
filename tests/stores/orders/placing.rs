//! Orders that are placed under a key.

use store::orders::{Begun, OrderStore, Placement};

use super::{HOST, TENANT, at, claim_one, followed, order};

fn placement(key: u8, body: u8) -> Placement {
    Placement {
        tenant: TENANT.into(),
        host: HOST.into(),
        key: [key; 32],
        body: [body; 32],
    }
}

pub(super) async fn a_key_is_of_one_body_and_one_order(store: &dyn OrderStore) {
    assert_eq!(store.begin_placing(placement(1, 1), at(0)).await, Ok(Begun::New));
    assert_eq!(
        store.begin_placing(placement(1, 1), at(9)).await,
        Ok(Begun::Repeated { since: at(0) })
    );
    assert_eq!(store.begin_placing(placement(1, 2), at(9)).await, Ok(Begun::OtherBody));
    let of_another_host = Placement {
        host: "portal".into(),
        ..placement(1, 2)
    };
    assert_eq!(store.begin_placing(of_another_host, at(9)).await, Ok(Begun::New));

    let finished = store.finish_placing(placement(1, 1).key(), followed(1), at(10));
    assert_eq!(finished.await, Ok(()));
    assert_eq!(
        store.begin_placing(placement(1, 1), at(20)).await,
        Ok(Begun::Placed { order: order(1) })
    );
    assert_eq!(store.begin_placing(placement(1, 2), at(20)).await, Ok(Begun::OtherBody));
}

pub(super) async fn a_placed_order_is_read_soon(store: &dyn OrderStore) {
    let _new = store.begin_placing(placement(1, 1), at(0)).await.unwrap();
    store
        .finish_placing(placement(1, 1).key(), followed(1), at(5))
        .await
        .unwrap();
    assert_eq!(store.claim(at(4), at(60), 10).await, Ok(Vec::new()), "not before");
    let claimed = claim_one(store, 5).await;
    assert_eq!((claimed.key, &*claimed.tenant), (followed(1).key(), TENANT));
    assert_eq!(
        (claimed.observed, claimed.attempts, claimed.is_urgent),
        (None, 1, false)
    );
}
