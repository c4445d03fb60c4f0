//! A gateway that is killed while it tells a host: each event arrives at least once, and none is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use actix_web::rt::{System, time::sleep};
use serde_json::Value;
use store::{
    orders::OrderStore,
    postgres::SharedOrders,
    sqlite::{Missing, Sqlite},
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::{at, database, event, happened};
use crate::helpers::{Postgres, Setting};

/// How long a test waits for what happens in its own time.
const BOUND: Duration = Duration::from_mins(1);

const EVENTS: usize = 150;

/// As the configuration has it.
const HOST: &str = "ehr-backend";

/// A host's endpoint that takes its time.
async fn endpoint() -> MockServer {
    let server = MockServer::start().await;
    let accepted = ResponseTemplate::new(204).set_delay(Duration::from_millis(10));
    Mock::given(any()).respond_with(accepted).mount(&server).await;
    server
}

fn setting(store: &str, endpoint: &MockServer, url: &str) -> Setting {
    let events = format!(
        "junction_orders = [\"read\"]\n[host.events]\nurl = \"{}/hooks\"\nsecret_file = \"secret\"\n",
        endpoint.uri()
    );
    let setting = Setting::with_store(store, &events, url);
    setting.write_secret("secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
    setting
}

/// How often each event arrived, by its number.
async fn arrived(server: &MockServer) -> BTreeMap<i64, BTreeSet<String>> {
    let mut arrived: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for request in server.received_requests().await.unwrap() {
        let body: Value = request.body_json().unwrap();
        let id = request.headers.get("webhook-id").unwrap().to_str().unwrap().to_owned();
        arrived
            .entry(body["data"]["seq"].as_i64().unwrap())
            .or_default()
            .insert(id);
    }
    arrived
}

/// Kills gateways that deliver from this store, one after the other, until everything has arrived.
async fn delivers_through_kills(store: &dyn OrderStore, setting: &Setting, server: &MockServer, free: impl Fn(&str)) {
    for order in 0..EVENTS / 3 {
        let events = vec![
            event("placed", 0),
            event("ready_to_schedule", 1),
            event("visit_scheduled", 2),
        ];
        happened(store, u128::try_from(order).unwrap(), events, 0).await;
    }
    let end = Instant::now() + BOUND;
    for kill in 1..=3_usize {
        let mut gateway = setting.serve();
        let _listening = gateway.address();
        while arrived(server).await.len() < EVENTS * kill / 5 {
            assert!(Instant::now() < end, "{}", arrived(server).await.len());
            sleep(Duration::from_millis(5)).await;
        }
        // Killed as it is dropped.
        drop(gateway);
        // What it held is free after a while: the time is moved in the rows.
        free("update delivery set held_until = null");
    }
    let mut gateway = setting.serve();
    let _listening = gateway.address();
    let is_empty = async || store.queue(HOST.into(), 1).await.unwrap().is_empty();
    while !is_empty().await {
        assert!(Instant::now() < end, "{}", arrived(server).await.len());
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(gateway.stop(), 0);
    let arrived = arrived(server).await;
    assert_eq!(arrived.len(), EVENTS);
    assert!(arrived.values().all(|ids| ids.len() == 1), "an event keeps its id");
}

#[test]
fn a_gateway_that_is_killed_loses_no_event_of_its_file() {
    System::new().block_on(async {
        let server = endpoint().await;
        let engine = "[store]\nengine = \"sqlite\"\nfile = \"store.sqlite3\"\n";
        let setting = setting(engine, &server, "");
        let store = Sqlite::open(&setting.path("store.sqlite3"), Missing::Create).unwrap();
        let free = |statement: &str| {
            let file = rusqlite::Connection::open(setting.path("store.sqlite3")).unwrap();
            file.busy_timeout(BOUND).unwrap();
            file.execute_batch(statement).unwrap();
        };
        delivers_through_kills(&store, &setting, &server, free).await;
    });
}

#[test]
fn a_gateway_that_is_killed_loses_no_event_of_a_shared_database() {
    let postgres = Postgres::start();
    System::new().block_on(async {
        let server = endpoint().await;
        let engine = "[store]\nengine = \"postgres\"\n[store.postgres]\nurl_file = \"url\"\n";
        let setting = setting(engine, &server, &postgres.url());
        let _migrated = setting.migrate(&postgres.owners_url());
        let (store, connected) = SharedOrders::connect(&database(&postgres)).await.unwrap();
        tokio::select! {
            () = delivers_through_kills(&store, &setting, &server, |statement| drop(postgres.sql(statement))) => {}
            lost = connected.run() => panic!("{lost:?}"),
        }
    });
}

#[test]
fn an_operator_lists_repeats_and_tests_what_a_host_hears() {
    System::new().block_on(async {
        let server = endpoint().await;
        let engine = "[store]\nengine = \"sqlite\"\nfile = \"store.sqlite3\"\n";
        let setting = setting(engine, &server, "");
        let (code, said) = setting.run_ill(&["events", "list", "--host", HOST]);
        assert_eq!(code, 1);
        assert!(said.contains("does not exist yet"), "{said}");
        let store = Sqlite::open(&setting.path("store.sqlite3"), Missing::Create).unwrap();
        assert_eq!(
            setting.run_well(&["events", "list", "--host", HOST]),
            "no event waits\n"
        );
        happened(&store, 1, vec![event("placed", 0)], 0).await;
        store.spread(HOST.into(), super::TENANT.into(), 9, at(1)).await.unwrap();
        store
            .disable(HOST.into(), store::orders::DisabledFor::Gone, at(2))
            .await
            .unwrap();
        let listed = setting.run_well(&["events", "list", "--host", HOST]);
        let lines: Vec<_> = listed.lines().collect();
        assert_eq!(lines[0], "nothing is delivered since 2026-11-26 12:00:02Z: gone");
        assert!(lines[2].contains("order") && lines[2].contains("placed"), "{listed}");
        let replayed = setting.run_well(&["events", "replay", "--host", HOST, "--since", "2026-11-26"]);
        assert_eq!(replayed, "1 event queued\n");
        assert_eq!(store.endpoint_state(HOST.into()).await.unwrap().disabled, None);

        assert_eq!(setting.run_well(&["events", "send-test", "--host", HOST]), "accepted\n");
        let sent = server.received_requests().await.unwrap();
        assert_eq!(sent[0].body_json::<Value>().unwrap()["type"], "gateway.test");
        server.reset().await;
        let (code, said) = setting.run_ill(&["events", "send-test", "--host", HOST]);
        assert_eq!((code, said.as_str()), (1, "not accepted: http_404\n"));
        let (code, said) = setting.run_ill(&["events", "list", "--host", "portal"]);
        assert_eq!(code, 64);
        assert!(said.contains("no host portal with [host.events]"), "{said}");
    });
}
