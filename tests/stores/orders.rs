//! What lasts of orders: one contract for both engines, and what only one of them has to show.

mod claims;
mod deliveries;
mod durability;
mod kills;
mod placing;
mod retention;
mod shared;

use std::{str::FromStr as _, sync::Arc};

use actix_web::rt::System;
use jiff::{SignedDuration, Timestamp};
use store::{
    orders::{Claimed, EventKind, Followed, NewEvent, Observed, OrderStore, Receipt, Settled},
    postgres::{Address, Database, SharedOrders, Tls},
    sqlite::{Missing, Sqlite},
};
use uuid::Uuid;

use crate::helpers::{Postgres, Setting};

const TENANT: &str = "downtown";
const TEAM: Uuid = Uuid::from_u128(0x6353_bcab);
const HOST: &str = "ehr";

/// A moment so many seconds after the tests' own.
fn at(seconds: i64) -> Timestamp {
    let start = Timestamp::from_str("2026-11-26T12:00:00Z").unwrap();
    start + SignedDuration::from_secs(seconds)
}

fn order(number: u128) -> Uuid {
    Uuid::from_u128(0xa000 + number)
}

fn followed(number: u128) -> Followed {
    Followed {
        tenant: TENANT.into(),
        team: TEAM,
        environment: "sandbox".into(),
        order: order(number),
    }
}

/// A webhook by its number, about an order.
fn receipt(number: u8, about: Option<u128>) -> Receipt {
    Receipt {
        endpoint: "junction".into(),
        id: [number; 32],
        tenant: TENANT.into(),
        team: TEAM,
        environment: "sandbox".into(),
        order: about.map(order),
        is_urgent: false,
    }
}

/// An order as it was read, changed so many seconds after the tests' start.
fn observed(state: &str, updated: i64) -> Observed {
    Observed {
        state: state.to_owned(),
        raw_status: format!("{state}.raw"),
        updated_at: at(updated),
        last_event_id: Some(7),
        appointment: Some(Uuid::from_u128(0xb0)),
        visit_state: Some("scheduled".to_owned()),
        transaction: None,
    }
}

fn event(state: &str, seconds: i64) -> NewEvent {
    NewEvent {
        kind: EventKind::Order,
        state: state.to_owned(),
        at: at(seconds),
    }
}

fn critical(seconds: i64) -> NewEvent {
    NewEvent {
        kind: EventKind::ResultCritical,
        ..event("partial", seconds)
    }
}

/// Takes the one order that has to be read.
async fn claim_one(store: &dyn OrderStore, now: i64) -> Claimed {
    let mut claimed = store.claim(at(now), at(now + 60), 10).await.unwrap();
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.remove(0)
}

/// Follows an order and settles it with these events.
async fn happened(store: &dyn OrderStore, number: u128, events: Vec<NewEvent>, now: i64) {
    store.refresh(followed(number), at(now), at(now)).await.unwrap();
    let claimed = claim_one(store, now).await;
    let settled = store.settle(claimed.key, claimed.marks, observed("placed", now), events, at(now));
    assert_eq!(settled.await, Ok(Settled::Clean));
}

/// Runs a part of the contract, each time on an empty store.
macro_rules! contract {
    ($($part:path,)+) => {
        #[test]
        fn a_file_keeps_the_contract_of_orders() {
            System::new().block_on(async {
                $(
                    let folder = tempfile::tempdir().unwrap();
                    let store = Sqlite::open(&folder.path().join("store.sqlite3"), Missing::Create).unwrap();
                    $part(&store).await;
                )+
            });
        }

        #[test]
        fn a_shared_database_keeps_the_contract_of_orders() {
            let postgres = migrated();
            System::new().block_on(async {
                $(
                    postgres.sql(EMPTY);
                    let (store, connected) = SharedOrders::connect(&database(&postgres)).await.unwrap();
                    tokio::select! {
                        () = $part(&store) => {}
                        lost = connected.run() => panic!("{lost:?}"),
                    }
                )+
            });
        }
    };
}

contract! {
    placing::a_key_is_of_one_body_and_one_order,
    placing::a_placed_order_is_read_soon,
    claims::a_webhook_counts_once_and_is_finished_when_its_order_was_read,
    claims::a_webhook_without_an_order_is_only_noted,
    claims::an_order_is_taken_once_and_again_after_its_time,
    claims::what_arrives_during_a_reading_asks_for_another,
    claims::urgent_orders_are_taken_first_and_stay_urgent_until_settled,
    claims::an_older_reading_or_a_lost_claim_changes_nothing,
    claims::a_postponed_order_waits_unless_a_webhook_arrives,
    claims::only_a_newer_order_is_read_again,
    claims::each_team_is_compared_up_to_a_time_of_its_own,
    claims::what_was_read_comes_back_as_it_was,
    claims::events_have_ascending_numbers_for_each_tenant,
    deliveries::each_endpoint_gets_each_event_once,
    deliveries::events_of_an_order_go_one_after_the_other,
    deliveries::no_more_than_the_limit_is_on_its_way,
    deliveries::a_critical_result_goes_first,
    deliveries::a_failed_delivery_waits_and_a_dead_one_lets_others_pass,
    deliveries::an_endpoint_that_is_disabled_keeps_its_queue,
    deliveries::a_replay_queues_the_same_numbers_again,
    deliveries::a_lease_has_one_holder_at_a_time,
    deliveries::what_is_left_to_do_is_counted,
    retention::receipts_and_keys_go_after_their_time,
    retention::events_go_when_every_endpoint_has_them,
    retention::orders_go_after_their_last_change,
    retention::a_forgotten_order_leaves_nothing,
}

/// Empties every table of orders.
const EMPTY: &str =
    "truncate idempotency, followed_order, reconciliation, receipt, event, endpoint, endpoint_cursor, delivery, lease";

/// A server with the tables of this program.
fn migrated() -> Postgres {
    let postgres = Postgres::start();
    let _migrated = Setting::with(&postgres.url(), "").migrate(&postgres.owners_url());
    postgres
}

fn database(postgres: &Postgres) -> Database {
    Database::new(Address::parse(&postgres.url()).unwrap(), Tls::Off)
}

fn endpoint() -> Arc<str> {
    HOST.into()
}
