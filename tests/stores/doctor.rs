//! `doctor` about a database: what is wrong with it is named, and nothing in it changes.

use serde_json::Value;

use crate::helpers::{Postgres, Setting};

/// Everything that a database has, as its own tool writes it.
fn contents(postgres: &Postgres) -> String {
    postgres.sql("select coalesce(string_agg(relname || ':' || reltuples::text, ' ' order by relname), '') from pg_class where relnamespace = 'public'::regnamespace")
}

/// What was found of each database: its state, and what is said of it.
fn of_databases(setting: &Setting) -> Vec<(String, String)> {
    let output = setting.run(&["doctor", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("canary"), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let all = document["checks"].as_array().unwrap().iter();
    let databases = all.filter(|check| check["id"] == "database");
    let word = |check: &Value, member: &str| check[member].as_str().unwrap_or_default().to_owned();
    databases
        .map(|check| {
            let said = format!("{}: {}", word(check, "found"), word(check, "remedy"));
            (word(check, "state"), said)
        })
        .collect()
}

#[test]
fn each_fault_of_a_database_is_named_and_nothing_is_migrated() {
    let postgres = Postgres::start();
    let setting = Setting::with(&postgres.url(), "");
    let is_said = |state: &str, words: &[&str]| {
        let found = of_databases(&setting);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, state, "{found:?}");
        for word in words {
            assert!(found[0].1.contains(word), "{word}: {found:?}");
        }
    };
    let empty = contents(&postgres);
    is_said("failed", &["without the gateway's tables", "database migrate"]);
    assert_eq!(contents(&postgres), empty);

    let _migrated = setting.migrate(&postgres.owners_url());
    is_said("ok", &["with the rights"]);
    postgres.sql("revoke delete on rate_bucket from gateway");
    is_said("failed", &["DELETE on rate_bucket", "--grant-to"]);
    let _granted = setting.migrate(&postgres.owners_url());
    postgres.sql("insert into schema_version (version, name) values (999, 'of the future')");
    is_said("failed", &["of version 999", "newer program"]);
    postgres.sql("delete from schema_version where version > 1");
    is_said("failed", &["of version 1", "database migrate"]);
}

#[test]
fn a_wrong_password_and_a_server_that_is_away_are_told_apart() {
    let postgres = Postgres::start();
    let url = postgres.url();
    let setting = Setting::with(&url.replace("canary-password", "canary-wrong"), "");
    let refused = of_databases(&setting);
    assert!(refused[0].1.contains("password authentication failed"), "{refused:?}");
    setting.write_secret("url", &url);
    drop(postgres);
    let away = of_databases(&setting);
    assert!(away[0].1.contains("cannot be reached"), "{away:?}");
}

#[test]
fn a_trail_in_a_server_that_forgets_is_a_failure() {
    let postgres = Postgres::with(&["fsync=off"]);
    let setting = Setting::with_trail("127.0.0.1:1", &postgres.url());
    let _migrated = setting.migrate(&postgres.owners_url());
    let found = of_databases(&setting);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].0 == "failed" && found[0].1.contains("fsync = off"),
        "{found:?}"
    );
}
