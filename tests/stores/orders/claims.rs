//! Webhooks, and the reading that they ask for.

use store::orders::{EventKind, Followed, FollowedTeam, Observed, OrderStore, Receipt, Received, Settled};

use super::{TENANT, at, claim_one, critical, event, followed, observed, order, receipt};

pub(super) async fn a_webhook_counts_once_and_is_finished_when_its_order_was_read(store: &dyn OrderStore) {
    assert_eq!(store.receive(receipt(1, Some(1)), at(0)).await, Ok(Received::New));
    assert_eq!(
        store.receive(receipt(1, Some(1)), at(1)).await,
        Ok(Received::Unfinished)
    );
    let elsewhere = Receipt {
        endpoint: "other".into(),
        ..receipt(1, Some(2))
    };
    assert_eq!(store.receive(elsewhere, at(1)).await, Ok(Received::New));
    for claimed in store.claim(at(2), at(60), 10).await.unwrap() {
        let settled = store.settle(claimed.key, claimed.marks, observed("placed", 0), Vec::new(), at(3));
        assert_eq!(settled.await, Ok(Settled::Clean));
    }
    assert_eq!(store.receive(receipt(1, Some(1)), at(4)).await, Ok(Received::Done));
    assert_eq!(store.claim(at(9), at(60), 10).await, Ok(Vec::new()));
}

pub(super) async fn a_webhook_without_an_order_is_only_noted(store: &dyn OrderStore) {
    assert_eq!(store.receive(receipt(1, None), at(0)).await, Ok(Received::New));
    assert_eq!(store.receive(receipt(1, None), at(1)).await, Ok(Received::Done));
    assert_eq!(store.claim(at(9), at(60), 10).await, Ok(Vec::new()));
}

pub(super) async fn an_order_is_taken_once_and_again_after_its_time(store: &dyn OrderStore) {
    for number in 1..=3 {
        store.follow(followed(number), at(0)).await.unwrap();
        store.follow(followed(number), at(1)).await.unwrap();
    }
    let first = store.claim(at(1), at(30), 2).await.unwrap();
    let rest = store.claim(at(1), at(30), 2).await.unwrap();
    assert_eq!((first.len(), rest.len()), (2, 1), "never the same one twice");
    assert_eq!(store.claim(at(29), at(60), 10).await, Ok(Vec::new()));
    let again = store.claim(at(30), at(60), 10).await.unwrap();
    assert_eq!(again.len(), 3, "whoever took them has gone");
    assert!(again.iter().all(|claimed| claimed.attempts == 2));
}

pub(super) async fn what_arrives_during_a_reading_asks_for_another(store: &dyn OrderStore) {
    let _new = store.receive(receipt(1, Some(1)), at(0)).await.unwrap();
    let reading = claim_one(store, 1).await;
    assert_eq!(store.receive(receipt(2, Some(1)), at(2)).await, Ok(Received::New));
    assert_eq!(
        store.claim(at(3), at(60), 10).await,
        Ok(Vec::new()),
        "one reading at a time"
    );
    let settled = store.settle(reading.key, reading.marks, observed("placed", 1), Vec::new(), at(4));
    assert_eq!(settled.await, Ok(Settled::StillDirty));
    let again = claim_one(store, 4).await;
    assert_eq!((again.observed, again.attempts), (Some(observed("placed", 1)), 1));
    let settled = store.settle(again.key, again.marks, observed("placed", 1), Vec::new(), at(5));
    assert_eq!(settled.await, Ok(Settled::Clean));
}

pub(super) async fn urgent_orders_are_taken_first_and_stay_urgent_until_settled(store: &dyn OrderStore) {
    let urgent = |number, about| Receipt {
        is_urgent: true,
        ..receipt(number, Some(about))
    };
    store.follow(followed(1), at(0)).await.unwrap();
    let _new = store.receive(urgent(1, 2), at(5)).await.unwrap();
    let _new = store.receive(receipt(2, Some(2)), at(6)).await.unwrap();
    let first = store.claim(at(7), at(60), 1).await.unwrap().remove(0);
    assert_eq!((first.key.order, first.is_urgent), (order(2), true));

    let _meanwhile = store.receive(urgent(3, 2), at(8)).await.unwrap();
    let settled = store.settle(first.key, first.marks, observed("partial", 5), Vec::new(), at(9));
    assert_eq!(settled.await, Ok(Settled::StillDirty));
    let second = store.claim(at(9), at(60), 1).await.unwrap().remove(0);
    assert_eq!(
        (second.key.order, second.is_urgent),
        (order(2), true),
        "of the second one"
    );

    let _meanwhile = store.receive(receipt(4, Some(2)), at(10)).await.unwrap();
    let settled = store.settle(second.key, second.marks, observed("partial", 5), Vec::new(), at(11));
    assert_eq!(settled.await, Ok(Settled::StillDirty));
    let third = store.claim(at(11), at(60), 10).await.unwrap();
    let urgent: Vec<_> = third.iter().filter(|claimed| claimed.is_urgent).collect();
    assert_eq!((third.len(), urgent.len()), (2, 0), "it was reported once");
}

pub(super) async fn an_older_reading_or_a_lost_claim_changes_nothing(store: &dyn OrderStore) {
    store.follow(followed(1), at(0)).await.unwrap();
    let first = claim_one(store, 0).await;
    let settled = store.settle(
        first.key.clone(),
        first.marks,
        observed("collected", 50),
        Vec::new(),
        at(1),
    );
    assert_eq!(settled.await, Ok(Settled::Clean));
    let again = store.settle(first.key, first.marks, observed("partial", 60), Vec::new(), at(2));
    assert_eq!(again.await, Ok(Settled::Lost), "a claim is settled once");

    let _new = store.receive(receipt(1, Some(1)), at(3)).await.unwrap();
    let slow = claim_one(store, 3).await;
    let events = || vec![event("placed", 40)];
    let settled = store.settle(slow.key.clone(), slow.marks, observed("placed", 49), events(), at(4));
    assert_eq!(settled.await, Ok(Settled::Older));
    let quick = claim_one(store, 63).await;
    assert_eq!(quick.observed, Some(observed("collected", 50)));
    let settled = store.settle(slow.key, slow.marks, observed("partial", 60), events(), at(64));
    assert_eq!(settled.await, Ok(Settled::Lost), "another one has taken it");
    assert_eq!(store.newest_seq(TENANT).await, Ok(0));
    let settled = store.settle(quick.key, quick.marks, observed("collected", 50), events(), at(65));
    assert_eq!(settled.await, Ok(Settled::Clean), "as new as what is stored");
    let unknown = store.settle(followed(9).key(), 1, observed("placed", 0), events(), at(66));
    assert_eq!(unknown.await, Ok(Settled::Lost));
}

pub(super) async fn a_postponed_order_waits_unless_a_webhook_arrives(store: &dyn OrderStore) {
    store.follow(followed(1), at(0)).await.unwrap();
    let first = claim_one(store, 0).await;
    store.postpone(first.key.clone(), first.marks, at(100)).await.unwrap();
    assert_eq!(store.claim(at(99), at(200), 10).await, Ok(Vec::new()));
    let second = claim_one(store, 100).await;
    assert_eq!(second.attempts, 2);
    store.postpone(first.key, first.marks, at(101)).await.unwrap();
    assert_eq!(
        store.claim(at(102), at(200), 10).await,
        Ok(Vec::new()),
        "a claim that is lost postpones nothing"
    );
    store.postpone(second.key, second.marks, at(500)).await.unwrap();
    let _new = store.receive(receipt(1, Some(1)), at(110)).await.unwrap();
    assert_eq!(claim_one(store, 110).await.attempts, 3);
}

pub(super) async fn only_a_newer_order_is_read_again(store: &dyn OrderStore) {
    assert_eq!(
        store.refresh(followed(1), at(10), at(0)).await,
        Ok(true),
        "not followed yet"
    );
    let first = claim_one(store, 0).await;
    let settled = store.settle(first.key, first.marks, observed("placed", 10), Vec::new(), at(1));
    assert_eq!(settled.await, Ok(Settled::Clean));
    assert_eq!(store.refresh(followed(1), at(10), at(2)).await, Ok(false));
    assert_eq!(store.claim(at(3), at(60), 10).await, Ok(Vec::new()));
    assert_eq!(store.refresh(followed(1), at(11), at(4)).await, Ok(true));
    let _again = claim_one(store, 4).await;
}

pub(super) async fn each_team_is_compared_up_to_a_time_of_its_own(store: &dyn OrderStore) {
    let team = |number, environment: &str| FollowedTeam {
        tenant: TENANT.into(),
        team: order(number),
        environment: environment.into(),
    };
    for (number, of) in [
        (1, team(1, "sandbox")),
        (2, team(1, "sandbox")),
        (3, team(2, "production")),
    ] {
        let of_team = Followed {
            team: of.team,
            environment: of.environment,
            ..followed(number)
        };
        store.follow(of_team, at(0)).await.unwrap();
    }
    let mut teams = store.teams().await.unwrap();
    teams.sort_by_key(|team| team.team);
    assert_eq!(teams, [team(1, "sandbox"), team(2, "production")]);
    assert_eq!(store.reconciled_until(team(1, "sandbox")).await, Ok(None));
    store.reconciled(team(1, "sandbox"), at(50)).await.unwrap();
    store.reconciled(team(1, "sandbox"), at(40)).await.unwrap();
    assert_eq!(store.reconciled_until(team(1, "sandbox")).await, Ok(Some(at(50))));
    assert_eq!(store.reconciled_until(team(1, "production")).await, Ok(None));
}

pub(super) async fn what_was_read_comes_back_as_it_was(store: &dyn OrderStore) {
    let bare = Observed {
        last_event_id: None,
        appointment: None,
        visit_state: None,
        transaction: Some(order(77)),
        ..observed("other", 3)
    };
    for (number, read) in [(1, bare), (2, observed("resulted", 4))] {
        store.follow(followed(number), at(0)).await.unwrap();
        let claimed = claim_one(store, 0).await;
        let settled = store.settle(claimed.key, claimed.marks, read.clone(), Vec::new(), at(1));
        assert_eq!(settled.await, Ok(Settled::Clean));
        let _new = store.receive(receipt(1, Some(number)), at(2)).await.unwrap();
        let _also = store.refresh(followed(number), at(99), at(2)).await.unwrap();
        let claimed = claim_one(store, 2).await;
        assert_eq!(claimed.observed, Some(read.clone()));
        let settled = store.settle(claimed.key, claimed.marks, read, Vec::new(), at(3));
        assert_eq!(settled.await, Ok(Settled::Clean));
    }
}

pub(super) async fn events_have_ascending_numbers_for_each_tenant(store: &dyn OrderStore) {
    assert_eq!(store.newest_seq(TENANT).await, Ok(0));
    let uptown = Followed {
        tenant: "uptown".into(),
        ..followed(2)
    };
    for order in [followed(1), uptown, followed(3)] {
        store.follow(order, at(0)).await.unwrap();
        let claimed = claim_one(store, 0).await;
        let events = vec![event("placed", 1), critical(2), event("collected", 3)];
        let settled = store.settle(claimed.key, claimed.marks, observed("collected", 3), events, at(4));
        assert_eq!(settled.await, Ok(Settled::Clean));
    }
    let all = store.events(TENANT, 0, 100).await.unwrap();
    let heard: Vec<_> = all
        .iter()
        .map(|event| (event.order, event.kind, event.state.as_str(), event.at))
        .collect();
    let of = |number| {
        [
            (order(number), EventKind::Order, "placed", at(1)),
            (order(number), EventKind::ResultCritical, "partial", at(2)),
            (order(number), EventKind::Order, "collected", at(3)),
        ]
    };
    assert_eq!(heard, [of(1), of(3)].concat());
    assert!(
        all.iter()
            .all(|event| &*event.tenant == TENANT && event.team == super::TEAM)
    );
    assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    assert_eq!(store.newest_seq(TENANT).await, Ok(all[5].seq));
    assert_eq!(store.events(TENANT, all[1].seq, 2).await, Ok(all[2..4].to_vec()));
    assert_eq!(store.events(TENANT, all[5].seq, 2).await, Ok(Vec::new()));
}
