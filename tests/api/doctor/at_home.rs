//! Faults on this machine: of the configuration, files, addresses, the audit trail and the store.

use std::{fs, net::TcpListener};

use store::trail::file::Folder;

use super::{
    row::{Row, each_is_named, nothing, valid_for},
    scene::{Scene, tree},
};
use crate::{
    helpers::{
        peer::deaf,
        secure::{authority, certificate},
    },
    inbound::write_identity,
};

#[actix_web::test]
async fn faults_of_the_configuration_are_named() {
    let rows: &[Row] = &[
        ("configuration", "failed", "cannot be read", "no file", |scene| {
            fs::remove_file(scene.path("settings/gateway.toml")).unwrap();
            nothing()
        }),
        (
            "configuration",
            "failed",
            "errors in the configuration",
            "unknown keys",
            |scene| {
                scene.replace("endpoints = [\"*\"]", "endpoint = [\"*\"]\npolicies = 1");
                nothing()
            },
        ),
        (
            "configuration",
            "failed",
            "EMPEGO_API_KEY",
            "a secret that is not set",
            |scene| {
                scene.unset("EMPEGO_API_KEY");
                nothing()
            },
        ),
        (
            "configuration",
            "failed",
            "mode 0644",
            "keys that every user may read",
            |scene| {
                scene.mode("settings/keys", 0o644);
                nothing()
            },
        ),
        (
            "configuration",
            "failed",
            "expired at",
            "our own certificate is over",
            |scene| {
                write_identity(
                    &scene.path("settings"),
                    "own",
                    &certificate(&["localhost"], 2021, &authority()),
                );
                scene.add("[tls]\ncert_file = \"own.pem\"\nkey_file = \"own.key\"\n");
                nothing()
            },
        ),
        (
            "configuration",
            "failed",
            "audit.sign_with_file",
            "serve would not start",
            |scene| {
                scene.replace(
                    "keyring_file = \"keys\"",
                    "keyring_file = \"keys\"\nsign_with_file = \"sign.pem\"",
                );
                scene.write("settings/sign.pem", "canary");
                nothing()
            },
        ),
        (
            "settings",
            "warning",
            "there is no audit trail",
            "nothing is recorded",
            |scene| {
                scene.replace("directory = \"../trail\"", "sink = \"off\"");
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn faults_of_this_machine_are_named() {
    let rows: &[Row] = &[
        (
            "file_modes",
            "warning",
            "may write it",
            "every user could add a host",
            |scene| {
                scene.mode("settings/gateway.toml", 0o666);
                nothing()
            },
        ),
        (
            "file_modes",
            "warning",
            "every user may read it",
            "every user could launch",
            |scene| {
                scene.replace("api_key_env = \"EMPEGO_API_KEY\"", "api_key_file = \"api.key\"");
                scene.write("settings/api.key", "upstream-key");
                scene.mode("settings/api.key", 0o644);
                nothing()
            },
        ),
        (
            "folder_modes",
            "warning",
            "put other files",
            "every user could replace a secret",
            |scene| {
                scene.mode("settings", 0o777);
                nothing()
            },
        ),
        (
            "folder_modes",
            "warning",
            "store",
            "every user could replace the store",
            |scene| {
                scene.mode("store", 0o777);
                nothing()
            },
        ),
        (
            "open_files",
            "warning",
            "launches.max_in_flight",
            "callers would be turned away",
            |scene| {
                scene.before = "ulimit -n 300;";
                nothing()
            },
        ),
        (
            "open_files",
            "warning",
            "server.max_connections",
            "more than there can be",
            |scene| {
                scene.replace("workers = 1", "workers = 1\nmax_connections = 1000000");
                nothing()
            },
        ),
        (
            "certificate",
            "warning",
            "tls.cert_file",
            "our own certificate is over soon",
            |scene| {
                write_identity(&scene.path("settings"), "own", &valid_for(10, &authority()));
                scene.add("[tls]\ncert_file = \"own.pem\"\nkey_file = \"own.key\"\n");
                nothing()
            },
        ),
        (
            "listener",
            "failed",
            "server.listen",
            "another program listens there",
            |scene| {
                let taken = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = taken.local_addr().unwrap().to_string();
                scene.set("GATEWAY__SERVER__LISTEN", &address);
                Box::new(taken)
            },
        ),
        (
            "listener",
            "failed",
            "server.admin_listen",
            "another program listens there",
            |scene| {
                let address = scene.simulator.address.clone();
                scene.set("GATEWAY__SERVER__ADMIN_LISTEN", &address);
                nothing()
            },
        ),
        (
            "listener",
            "failed",
            "cannot be listened on",
            "another machine's address",
            |scene| {
                scene.set("GATEWAY__SERVER__LISTEN", "192.0.2.1:8080");
                scene.replace("workers = 1", "workers = 1\nbehind_proxy = true");
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn faults_of_the_trail_are_named() {
    let rows: &[Row] = &[
        (
            "trail_folder",
            "failed",
            "is not a folder",
            "a file is in its place",
            |scene| {
                scene.write("trail", "");
                nothing()
            },
        ),
        (
            "trail_folder",
            "failed",
            "other users may read it",
            "every user could read who saw whom",
            |scene| {
                fs::create_dir(scene.path("trail")).unwrap();
                scene.mode("trail", 0o755);
                nothing()
            },
        ),
        (
            "trail_folder",
            "failed",
            "is not an audit trail",
            "something else is in it",
            |scene| {
                fs::create_dir(scene.path("trail")).unwrap();
                scene.mode("trail", 0o700);
                scene.write("trail/notes.txt", "");
                nothing()
            },
        ),
        (
            "trail_folder",
            "failed",
            "and this program knows format 1",
            "a newer program's",
            |scene| {
                fs::create_dir(scene.path("trail")).unwrap();
                scene.mode("trail", 0o700);
                scene.write("trail/format", "empego-gateway audit trail 99\n");
                nothing()
            },
        ),
        (
            "trail_folder",
            "failed",
            "cannot be created",
            "there is no folder to create it in",
            |scene| {
                scene.replace("directory = \"../trail\"", "directory = \"../no/trail\"");
                nothing()
            },
        ),
        (
            "trail_folder",
            "failed",
            "another process writes there",
            "two would break one chain",
            |scene| Box::new(Folder::take(&scene.path("trail")).unwrap()),
        ),
        (
            "trail_space",
            "failed",
            "audit.min_free_mb",
            "launches would stop",
            |scene| {
                scene.replace(
                    "keyring_file = \"keys\"",
                    "keyring_file = \"keys\"\nmin_free_mb = 1048576",
                );
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn faults_of_the_store_are_named() {
    let rows: &[Row] = &[
        (
            "store_file",
            "failed",
            "its folder does not exist",
            "no folder for it",
            |scene| {
                fs::remove_dir(scene.path("store")).unwrap();
                nothing()
            },
        ),
        (
            "store_file",
            "failed",
            "is not a SQLite database",
            "something else is in its place",
            |scene| {
                scene.write("store/store.sqlite3", "something else, long enough to be read");
                nothing()
            },
        ),
        (
            "store_file",
            "failed",
            "of another program",
            "another program's database",
            |scene| {
                let other = rusqlite::Connection::open(scene.path("store/store.sqlite3")).unwrap();
                other.execute_batch("create table patients (name text)").unwrap();
                nothing()
            },
        ),
        (
            "store_file",
            "failed",
            "has schema version 99",
            "a newer program's",
            |scene| {
                let newer = rusqlite::Connection::open(scene.path("store/store.sqlite3")).unwrap();
                newer
                    .execute_batch("pragma application_id = 1162303315; pragma user_version = 99")
                    .unwrap();
                nothing()
            },
        ),
        ("database", "failed", "cannot be reached", "no server", |scene| {
            scene.replace(
                "engine = \"sqlite\"\n        file = \"../store/store.sqlite3\"",
                "engine = \"postgres\"\n[store.postgres]\nurl_env = \"DATABASE\"",
            );
            scene.set("DATABASE", &format!("postgres://gateway:canary@{}/gateway", deaf()));
            nothing()
        }),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn a_disk_that_takes_nothing_is_found_out_and_left_as_it_was() {
    let mut scene = Scene::start().await;
    // Every write to a file fails, as on a disk that is full.
    scene.before = "trap '' XFSZ; ulimit -f 0;";
    let before = tree(scene.folder());
    let outcome = scene.examined().await;
    let wrong = outcome.checks.iter().filter(|check| check["state"] != "ok");
    let ids: Vec<_> = wrong.map(|check| check["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["trail_write", "store_file"], "{}", outcome.text);
    assert_eq!(tree(scene.folder()), before);
}
