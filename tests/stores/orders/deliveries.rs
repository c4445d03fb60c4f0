//! What is delivered to hosts.

use store::orders::{DisabledFor, Due, EndpointState, Failure, OrderStore, Replay};

use super::{TENANT, at, critical, endpoint, event, followed, happened, order, receipt};

/// The numbers of the orders whose events are due, held for a minute.
async fn due(store: &dyn OrderStore, now: i64, limit: u32) -> Vec<Due> {
    store.due(endpoint(), at(now), at(now + 60), limit).await.unwrap()
}

async fn spread(store: &dyn OrderStore, now: i64) -> u64 {
    store.spread(endpoint(), TENANT.into(), 100, at(now)).await.unwrap()
}

fn failure(next: Option<i64>) -> Failure {
    Failure {
        next: next.map(at),
        error: "http_500".to_owned(),
    }
}

pub(super) async fn each_endpoint_gets_each_event_once(store: &dyn OrderStore) {
    happened(store, 1, vec![event("placed", 0)], 0).await;
    happened(store, 2, vec![event("placed", 1)], 1).await;
    happened(store, 3, vec![event("placed", 2)], 2).await;
    assert_eq!(store.spread(endpoint(), TENANT.into(), 2, at(3)).await, Ok(2));
    assert_eq!((spread(store, 3).await, spread(store, 3).await), (1, 0));
    assert_eq!(store.spread("portal".into(), TENANT.into(), 9, at(3)).await, Ok(3));
    assert_eq!(store.spread(endpoint(), "uptown".into(), 9, at(3)).await, Ok(0));
    let two = due(store, 3, 2).await;
    let orders: Vec<_> = two.iter().map(|due| due.event.order).collect();
    assert_eq!(orders, [order(1), order(2)]);
    assert!(two.iter().all(|due| due.attempts == 0));
    let rest = due(store, 4, 9).await;
    assert_eq!((rest.len(), rest[0].event.order), (1, order(3)), "the others are held");
    for due in two.iter().chain(&rest) {
        store.delivered(endpoint(), due.event.seq, at(5)).await.unwrap();
    }
    assert_eq!(due(store, 900, 9).await, Vec::new());
    assert_eq!(spread(store, 900).await, 0);
    assert_eq!(store.due("portal".into(), at(6), at(60), 9).await.unwrap().len(), 3);
}

pub(super) async fn events_of_an_order_go_one_after_the_other(store: &dyn OrderStore) {
    happened(store, 1, vec![event("placed", 0), event("collected", 1)], 0).await;
    happened(store, 2, vec![event("placed", 0)], 1).await;
    spread(store, 2).await;
    let first = due(store, 2, 9).await;
    let orders: Vec<_> = first.iter().map(|due| (due.event.order, &*due.event.state)).collect();
    assert_eq!(orders, [(order(1), "placed"), (order(2), "placed")]);
    store.delivered(endpoint(), first[0].event.seq, at(3)).await.unwrap();
    let second = due(store, 3, 9).await;
    assert_eq!((second.len(), &*second[0].event.state), (1, "collected"));

    let held_no_longer = due(store, 62, 9).await;
    assert_eq!(
        held_no_longer.len(),
        1,
        "of the second order: the first one's is held until later"
    );
    assert_eq!(held_no_longer[0], first[1]);
}

pub(super) async fn no_more_than_the_limit_is_on_its_way(store: &dyn OrderStore) {
    for number in 1..=6 {
        happened(store, number, vec![event("placed", 0)], 0).await;
    }
    spread(store, 1).await;
    let first = due(store, 1, 4).await;
    assert_eq!((first.len(), due(store, 2, 4).await), (4, Vec::new()));
    store.delivered(endpoint(), first[0].event.seq, at(3)).await.unwrap();
    assert_eq!(due(store, 3, 4).await.len(), 1);
    store
        .failed(endpoint(), first[1].event.seq, failure(Some(900)), at(4))
        .await
        .unwrap();
    assert_eq!(due(store, 4, 4).await.len(), 1);
}

pub(super) async fn a_critical_result_goes_first(store: &dyn OrderStore) {
    happened(store, 1, vec![event("placed", 0), event("partial", 1)], 0).await;
    happened(store, 2, vec![event("placed", 0), critical(1)], 1).await;
    spread(store, 2).await;
    let states = |due: &[Due]| -> Vec<_> {
        due.iter()
            .map(|due| (due.event.order, due.event.state.clone()))
            .collect()
    };
    let first = due(store, 2, 1).await;
    assert_eq!(states(&first), [(order(2), "partial".to_owned())]);
    assert!(first[0].event.kind.is_urgent());
    let other = due(store, 2, 9).await;
    assert_eq!(
        states(&other),
        [(order(1), "placed".to_owned())],
        "one of an order at a time"
    );
    store.delivered(endpoint(), first[0].event.seq, at(3)).await.unwrap();
    assert_eq!(states(&due(store, 3, 9).await), [(order(2), "placed".to_owned())]);
}

pub(super) async fn a_failed_delivery_waits_and_a_dead_one_lets_others_pass(store: &dyn OrderStore) {
    happened(store, 1, vec![event("placed", 0), event("collected", 1)], 0).await;
    spread(store, 1).await;
    let first = due(store, 1, 9).await.remove(0);
    store
        .failed(endpoint(), first.event.seq, failure(Some(50)), at(2))
        .await
        .unwrap();
    assert_eq!(
        due(store, 49, 9).await,
        Vec::new(),
        "the second one waits for the first"
    );
    let again = due(store, 50, 9).await.remove(0);
    assert_eq!((again.event.seq, again.attempts), (first.event.seq, 1));
    store
        .failed(endpoint(), first.event.seq, failure(None), at(51))
        .await
        .unwrap();
    let second = due(store, 52, 9).await;
    assert_eq!((second.len(), &*second[0].event.state), (1, "collected"));

    let queue = store.queue(endpoint(), 9).await.unwrap();
    assert_eq!(queue.len(), 2);
    assert_eq!((queue[0].is_dead, queue[0].attempts), (true, 2));
    assert_eq!(queue[0].last_error.as_deref(), Some("http_500"));
    assert_eq!((queue[1].is_dead, queue[1].last_error.as_deref()), (false, None));

    let state = store.endpoint_state(endpoint()).await.unwrap();
    assert_eq!((state.failing_since, state.delivered_at), (Some(at(2)), None));
    store.delivered(endpoint(), second[0].event.seq, at(53)).await.unwrap();
    let state = store.endpoint_state(endpoint()).await.unwrap();
    assert_eq!((state.failing_since, state.delivered_at), (None, Some(at(53))));
}

pub(super) async fn an_endpoint_that_is_disabled_keeps_its_queue(store: &dyn OrderStore) {
    happened(store, 1, vec![event("placed", 0)], 0).await;
    spread(store, 1).await;
    assert_eq!(store.endpoint_state(endpoint()).await, Ok(EndpointState::default()));
    store.disable(endpoint(), DisabledFor::Gone, at(2)).await.unwrap();
    let state = store.endpoint_state(endpoint()).await.unwrap();
    assert_eq!(state.disabled, Some((at(2), DisabledFor::Gone)));
    assert_eq!(due(store, 3, 9).await, Vec::new());
    happened(store, 2, vec![event("placed", 3)], 3).await;
    assert_eq!(spread(store, 4).await, 1, "it goes on filling");
    store.enable(endpoint()).await.unwrap();
    assert_eq!(due(store, 5, 9).await.len(), 2);
    assert_eq!(store.endpoint_state(endpoint()).await, Ok(EndpointState::default()));
}

pub(super) async fn a_replay_queues_the_same_numbers_again(store: &dyn OrderStore) {
    happened(store, 1, vec![event("placed", 0)], 0).await;
    happened(store, 2, vec![event("placed", 0)], 100).await;
    happened(store, 3, vec![event("placed", 0)], 200).await;
    spread(store, 201).await;
    let all = due(store, 201, 9).await;
    for due in &all[..2] {
        store.delivered(endpoint(), due.event.seq, at(202)).await.unwrap();
    }
    store
        .failed(endpoint(), all[2].event.seq, failure(None), at(202))
        .await
        .unwrap();
    happened(store, 4, vec![event("placed", 0)], 300).await;

    let replay = |since, dead_only| Replay {
        since: at(since),
        dead_only,
    };
    assert_eq!(store.replay(endpoint(), replay(201, true), at(303)).await, Ok(0));
    assert_eq!(store.replay(endpoint(), replay(0, true), at(303)).await, Ok(1));
    let dead = due(store, 303, 9).await;
    assert_eq!((dead.len(), &dead[0].event, dead[0].attempts), (1, &all[2].event, 0));
    store.delivered(endpoint(), dead[0].event.seq, at(304)).await.unwrap();

    let later = replay(100, false);
    assert_eq!(
        store.replay(endpoint(), later, at(305)).await,
        Ok(2),
        "what was not queued yet is not"
    );
    assert_eq!(spread(store, 305).await, 1);
    let again: Vec<_> = due(store, 305, 9).await.into_iter().map(|due| due.event).collect();
    assert_eq!(again[..2], [all[1].event.clone(), all[2].event.clone()]);
    assert_eq!((again.len(), again[2].order), (3, order(4)));
}

pub(super) async fn a_lease_has_one_holder_at_a_time(store: &dyn OrderStore) {
    let lease = |name: &str, holder: &str, until, now| store.lease(name.into(), holder.into(), at(until), at(now));
    assert_eq!(lease("reconcile", "one", 60, 0).await, Ok(true));
    assert_eq!(lease("reconcile", "two", 60, 1).await, Ok(false));
    assert_eq!(lease("tidy", "two", 60, 1).await, Ok(true));
    assert_eq!(lease("reconcile", "one", 90, 30).await, Ok(true), "renewed");
    assert_eq!(lease("reconcile", "two", 150, 89).await, Ok(false));
    assert_eq!(lease("reconcile", "two", 150, 90).await, Ok(true), "it has run out");
    assert_eq!(lease("reconcile", "one", 150, 91).await, Ok(false));
}

pub(super) async fn what_is_left_to_do_is_counted(store: &dyn OrderStore) {
    assert_eq!(store.counts().await, Ok(store::orders::Counts::default()));
    happened(store, 1, vec![event("placed", 0), event("collected", 0)], 10).await;
    spread(store, 11).await;
    let first = due(store, 11, 9).await.remove(0);
    store
        .failed(endpoint(), first.event.seq, failure(None), at(12))
        .await
        .unwrap();
    happened(store, 2, vec![event("placed", 0)], 13).await;
    spread(store, 14).await;
    store.follow(followed(3), at(20)).await.unwrap();
    let _new = store.receive(receipt(1, Some(3)), at(30)).await.unwrap();
    let _new = store.receive(receipt(2, Some(4)), at(40)).await.unwrap();

    let counts = store.counts().await.unwrap();
    assert_eq!((counts.dirty, counts.oldest_dirty), (2, Some(at(20))));
    assert_eq!(counts.endpoints.len(), 1, "{counts:?}");
    let ours = &counts.endpoints[0];
    assert_eq!((&*ours.endpoint, ours.pending, ours.dead), ("ehr", 2, 1));
    assert_eq!(
        (ours.oldest_pending, ours.state.failing_since),
        (Some(at(10)), Some(at(12)))
    );
    let received: Vec<_> = counts.received.iter().map(|last| (&*last.endpoint, last.at)).collect();
    assert_eq!(received, [("junction", at(40))]);
}
