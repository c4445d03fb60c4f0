//! Gateways that share a database.

use actix_web::rt::System;
use futures_util::future::join_all;
use store::{
    orders::{OrderStore as _, Settled},
    postgres::SharedOrders,
};

use super::{EMPTY, TENANT, at, database, endpoint, event, followed, migrated, observed};

/// Two gateways on one database, for as long as the work takes.
async fn two(database: &store::postgres::Database, work: impl AsyncFnOnce(&SharedOrders, &SharedOrders)) {
    let (one, first) = SharedOrders::connect(database).await.unwrap();
    let (other, second) = SharedOrders::connect(database).await.unwrap();
    tokio::select! {
        () = work(&one, &other) => {}
        lost = first.run() => panic!("{lost:?}"),
        lost = second.run() => panic!("{lost:?}"),
    }
}

#[test]
fn gateways_that_share_orders_take_each_once() {
    let postgres = migrated();
    System::new().block_on(two(&database(&postgres), async |one, other| {
        join_all((0..100).map(|number| one.follow(followed(number), at(0)))).await;
        let mut taken = Vec::new();
        while taken.len() < 100 {
            let (first, second) = tokio::join!(one.claim(at(1), at(60), 7), other.claim(at(1), at(60), 7));
            for claimed in first.unwrap().into_iter().chain(second.unwrap()) {
                let events = vec![event("placed", 1), event("collected", 1)];
                let settled = one.settle(claimed.key.clone(), claimed.marks, observed("placed", 1), events, at(2));
                assert_eq!(settled.await, Ok(Settled::Clean));
                taken.push(claimed.key.order);
            }
        }
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), 100);

        assert_eq!(one.spread(endpoint(), TENANT.into(), 1000, at(3)).await, Ok(200));
        let mut delivered = Vec::new();
        while delivered.len() < 200 {
            let (first, second) = tokio::join!(
                one.due(endpoint(), at(4), at(60), 40),
                other.due(endpoint(), at(4), at(60), 40)
            );
            for due in first.unwrap().into_iter().chain(second.unwrap()) {
                assert!(!delivered.contains(&due.event.seq), "delivered twice");
                other.delivered(endpoint(), due.event.seq, at(5)).await.unwrap();
                delivered.push(due.event.seq);
            }
        }
    }));
}

#[test]
fn a_reader_never_finds_an_event_below_one_it_has_seen() {
    let postgres = migrated();
    postgres.sql(EMPTY);
    System::new().block_on(two(&database(&postgres), async |one, other| {
        join_all((0..200).map(|number| one.follow(followed(number), at(0)))).await;
        let claimed = one.claim(at(1), at(60), 200).await.unwrap();
        let (left, right) = claimed.split_at(100);
        let settle = async |store: &SharedOrders, orders: &[store::orders::Claimed]| {
            for claimed in orders {
                let events = vec![event("placed", 1); 3];
                let settled = store.settle(claimed.key.clone(), claimed.marks, observed("placed", 1), events, at(2));
                assert_eq!(settled.await, Ok(Settled::Clean));
            }
        };
        let read = async {
            let mut seen = Vec::new();
            while seen.len() < 600 {
                let after = seen.last().copied().unwrap_or(0);
                seen.extend(
                    one.events(TENANT, after, 50)
                        .await
                        .unwrap()
                        .iter()
                        .map(|event| event.seq),
                );
            }
            seen
        };
        let ((), (), seen) = tokio::join!(settle(one, left), settle(other, right), read);
        let all = one.events(TENANT, 0, 1000).await.unwrap();
        assert_eq!(all.iter().map(|event| event.seq).collect::<Vec<_>>(), seen);
    }));
}
