//! The known users: one contract for both engines, and a gateway that shares them with others.

use std::time::{Duration, Instant};

use actix_web::rt::{System, time::sleep};
use domain::clinician::UserId;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{
    keyring::{Keyring, generate},
    known::{KnownUsers, Person, Sighting},
    postgres::{Address, Database, SharedKnownUsers, Tls},
    sqlite::{Missing, Sqlite},
};

use crate::helpers::{Postgres, Setting};

/// How long a test waits for a gateway to learn that its database is there.
const PATIENCE: Duration = Duration::from_secs(30);

/// The key whose digest the configuration has.
const HOST_KEY: &str = "egw_test-host";

fn sighting(tenant: &str, number: u32) -> Sighting {
    let mut bytes = [7; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Sighting {
        tenant: tenant.into(),
        person: Person::of_bytes(bytes),
        at: Timestamp::UNIX_EPOCH,
    }
}

fn person(number: u32) -> Person {
    sighting("", number).person
}

/// What every store of known users does.
async fn keeps_the_contract(store: &dyn KnownUsers) {
    let batch = vec![sighting("downtown", 1), sighting("downtown", 2), sighting("uptown", 3)];
    assert_eq!(store.remember(batch.clone()).await, Ok(3));
    assert_eq!(store.remember(batch).await, Ok(0), "known already");
    let repeated = vec![
        sighting("downtown", 2),
        sighting("downtown", 4),
        sighting("downtown", 4),
    ];
    assert_eq!(store.remember(repeated).await, Ok(1), "twice in one batch is once");
    assert_eq!(store.remember(Vec::new()).await, Ok(0));

    let asked = vec![person(1), person(3), person(9)];
    assert_eq!(store.seen("downtown", asked.clone()).await, Ok(vec![person(1)]));
    assert_eq!(
        store.seen("uptown", asked).await,
        Ok(vec![person(3)]),
        "of each tenant its own"
    );
    assert_eq!(store.seen("nowhere", vec![person(1)]).await, Ok(Vec::new()));
    assert_eq!(store.seen("downtown", Vec::new()).await, Ok(Vec::new()));
    assert_eq!(
        (store.count("downtown").await, store.count("nowhere").await),
        (Ok(3), Ok(0))
    );

    assert_eq!(store.forget("uptown", vec![person(1)]).await, Ok(0), "another tenant's");
    assert_eq!(store.forget("downtown", vec![person(1), person(9)]).await, Ok(1));
    assert_eq!(store.seen("downtown", vec![person(1)]).await, Ok(Vec::new()));
    assert_eq!(store.count("downtown").await, Ok(2));

    let many = (100..5100).map(|number| sighting("large", number));
    assert_eq!(store.remember(many.collect()).await, Ok(5000));
    assert_eq!(store.count("large").await, Ok(5000));
}

#[test]
fn a_file_keeps_the_contract_of_known_users() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("store.sqlite3"), Missing::Create).unwrap();
    System::new().block_on(keeps_the_contract(&store));
}

#[test]
fn a_shared_database_keeps_the_contract_of_known_users() {
    let postgres = Postgres::start();
    let _migrated = Setting::with(&postgres.url(), "").migrate(&postgres.owners_url());
    let address = Address::parse(&postgres.url()).unwrap();
    System::new().block_on(async {
        let connecting = SharedKnownUsers::connect(&Database::new(address, Tls::Off)).await;
        let (store, connected) = connecting.unwrap();
        tokio::select! {
            () = keeps_the_contract(&store) => {}
            lost = connected.run() => panic!("{lost:?}"),
        }
    });
}

#[test]
fn gateways_that_write_the_same_clinicians_at_once_both_succeed() {
    let postgres = Postgres::start();
    let _migrated = Setting::with(&postgres.url(), "").migrate(&postgres.owners_url());
    let database = Database::new(Address::parse(&postgres.url()).unwrap(), Tls::Off);
    System::new().block_on(async {
        let (one, first) = SharedKnownUsers::connect(&database).await.unwrap();
        let (other, second) = SharedKnownUsers::connect(&database).await.unwrap();
        let writing = async {
            for _ in 0..20 {
                let there: Vec<_> = (0..500).map(|number| sighting("downtown", number)).collect();
                let back = there.iter().rev().cloned().collect();
                let (one, other) = tokio::join!(one.remember(there), other.remember(back));
                let new = one.unwrap() + other.unwrap();
                assert!(new == 500 || new == 0, "{new}");
            }
        };
        tokio::select! {
            () = writing => {}
            lost = first.run() => panic!("{lost:?}"),
            lost = second.run() => panic!("{lost:?}"),
        }
    });
}

/// A configuration whose tenant wants its users to have been seen.
fn setting(postgres: &Postgres) -> Setting {
    let setting = Setting::with(&postgres.url(), "");
    let _migrated = setting.migrate(&postgres.owners_url());
    let text = std::fs::read_to_string(setting.path("gateway.toml")).unwrap();
    let text = text.replace("endpoints = [\"*\"]", "endpoints = [\"*\"]\nexisting_users = \"seen\"");
    setting.write("gateway.toml", &text);
    setting
}

async fn launched(client: &reqwest::Client, address: &str, user: &str) -> (u16, Value) {
    let body = json!({"clinician": {"userId": user}, "intent": "existing"}).to_string();
    let request = client
        .post(format!("http://{address}/v1/embeddable/statistics"))
        .bearer_auth(HOST_KEY)
        .header("content-type", "application/json")
        .body(body);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

/// Launches until the response has this code.
async fn until(client: &reqwest::Client, address: &str, user: &str, code: &str) {
    let begun = Instant::now();
    loop {
        let (_, said) = launched(client, address, user).await;
        if said["code"] == code {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_gateway_refuses_while_its_database_is_away_and_goes_on_afterwards() {
    let mut postgres = Postgres::start();
    let setting = setting(&postgres);
    let list = setting.path("list");
    setting.write("list", "emp123\nemp456\n");
    let imported = setting.run_well(&["known", "import", "--tenant", "downtown", list.to_str().unwrap()]);
    assert_eq!(imported, "2 clinicians: 2 new, 0 known already\n");
    let mut gateway = setting.serve();
    let address = gateway.address();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    System::new().block_on(async {
        until(&client, &address, "stranger", "user_unknown").await;
        let (_, known) = launched(&client, &address, "emp123").await;
        assert_eq!(known["code"], "upstream_unreachable", "it was let through");
        postgres.kill();
        until(&client, &address, "stranger", "store_unavailable").await;
        let (status, known) = launched(&client, &address, "emp456").await;
        assert_eq!((status, &known["code"]), (503, &json!("store_unavailable")));
        postgres.resume();
        until(&client, &address, "stranger", "user_unknown").await;
    });
    let count = setting.run_well(&["known", "list", "--count", "--tenant", "downtown"]);
    assert_eq!(count, "2\n");
}

#[test]
fn a_row_of_the_database_names_no_person() {
    let postgres = Postgres::start();
    let setting = setting(&postgres);
    setting.write("list", "canary-7f3a\n");
    let list = setting.path("list");
    let _said = setting.run_well(&["known", "import", "--tenant", "downtown", list.to_str().unwrap()]);
    let rows = postgres.sql("select tenant, encode(person, 'hex'), encode(person, 'escape') from known_user");
    let ring = std::fs::read_to_string(setting.path("keys")).unwrap();
    let ring = Keyring::parse(&ring).unwrap();
    let user = UserId::parse("canary-7f3a".to_owned()).unwrap();
    let expected = hex::encode(Person::current(&ring, "downtown", &user).as_bytes());
    assert!(rows.starts_with(&format!("downtown|{expected}|")), "{rows}");
    assert!(!postgres.dump().contains("canary"));
    let disk = postgres.disk();
    assert!(!disk.windows(11).any(|part| part == b"canary-7f3a"));
    let other = Keyring::parse(&generate("k1").unwrap()).unwrap();
    assert_ne!(
        hex::encode(Person::current(&other, "downtown", &user).as_bytes()),
        expected
    );
}
