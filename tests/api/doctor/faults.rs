//! One fault at a time, in a scene that is healthy otherwise: its check is named, and no other.

use std::{
    fs,
    net::TcpListener,
    thread,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use simulator::JunctionSettings;
use store::trail::file::Folder;

use super::scene::Scene;
use crate::{
    helpers::{
        peer::{Peer, Then, answer, black_hole, deaf, hang, say},
        secure::{Authority, ForwardProxy, Secure, authority, certificate},
    },
    inbound::write_identity,
};

/// What a fault needs for as long as it lasts.
type Kept = Box<dyn std::any::Any>;

/// Id, state, what the report says, why that is a fault, and the fault.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(&mut Scene) -> Kept,
);

fn nothing() -> Kept {
    Box::new(())
}

async fn each_is_named(rows: &[Row]) {
    for (id, state, found, reason, fault) in rows {
        let mut scene = Scene::start().await;
        let _lasts = fault(&mut scene);
        let outcome = scene.examined().await;
        outcome.names_only(id, state, reason);
        assert!(outcome.text.contains(found), "{reason}: {}", outcome.text);
    }
}

/// A certificate that is valid for so many more days.
fn valid_for(days: u64, authority: &Authority) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = (SystemTime::from(Timestamp::now()) + Duration::from_secs(days * 24 * 3600)).into();
    let certificate = params.signed_by(&key, authority).unwrap();
    (
        certificate.der().clone(),
        PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    )
}

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

/// Has a host's events go to a server with TLS, whose authority is trusted if there is one.
fn events_over_tls(
    scene: &mut Scene,
    identity: (CertificateDer<'static>, PrivateKeyDer<'static>),
    trusted: Option<&Authority>,
) -> Kept {
    let server = Secure::start(identity, |_| (204, String::new()));
    scene.events_at(&format!("https://localhost:{}/events", server.address.port()));
    if let Some(authority) = trusted {
        scene.write("settings/ca.pem", &authority.pem());
        scene.add("[egress]\nca_file = \"ca.pem\"\n");
    }
    Box::new(server)
}

#[actix_web::test]
async fn faults_of_certificates_are_named() {
    let rows: &[Row] = &[
        ("tls", "failed", "not trusted here", "signed by a stranger", |scene| {
            events_over_tls(scene, certificate(&["localhost"], 2099, &authority()), None)
        }),
        ("tls", "failed", "for another name", "another server's", |scene| {
            let authority = authority();
            let identity = certificate(&["other.example"], 2099, &authority);
            events_over_tls(scene, identity, Some(&authority))
        }),
        ("tls", "failed", "has expired", "over", |scene| {
            let authority = authority();
            let identity = certificate(&["localhost"], 2021, &authority);
            events_over_tls(scene, identity, Some(&authority))
        }),
        ("tls", "warning", "for 9 days", "over soon", |scene| {
            let authority = authority();
            let identity = valid_for(10, &authority);
            events_over_tls(scene, identity, Some(&authority))
        }),
        ("tls", "failed", "handshake failed", "no TLS on this port", |scene| {
            let plain = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = plain.local_addr().unwrap().port();
            thread::spawn(move || {
                for connection in plain.incoming() {
                    say(&mut connection.unwrap(), "HTTP/1.1 400 This is plain HTTP\r\n\r\n");
                }
            });
            scene.events_at(&format!("https://localhost:{port}/events"));
            nothing()
        }),
        (
            "tls",
            "failed",
            "trusts no certificate authority",
            "a machine without authorities",
            |scene| {
                scene.set("SSL_CERT_FILE", "/nowhere/authorities.pem");
                scene.set("SSL_CERT_DIR", "/nowhere");
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
    let mut scene = Scene::start().await;
    let authority = authority();
    let _server = events_over_tls(&mut scene, valid_for(400, &authority), Some(&authority));
    let healthy = scene.examined().await;
    assert_eq!(healthy.code, Some(0), "{}", healthy.text);
    assert!(healthy.text.contains("for 399 days"), "{}", healthy.text);
}

#[actix_web::test]
async fn faults_on_the_way_to_peers_are_named() {
    let rows: &[Row] = &[
        ("dns", "failed", "does not resolve", "no such name", |scene| {
            // A resolver that is not there must not take longer than the look.
            scene.before = "export RES_OPTIONS='timeout:1 attempts:1';";
            scene.events_at("https://nothing.localhost/events");
            nothing()
        }),
        ("connection", "failed", "refused", "no process listens", |scene| {
            scene.empego_at(&format!("http://{}/R4", deaf()));
            nothing()
        }),
        ("connection", "failed", "refused", "the issuer is down", |scene| {
            let own = scene.issuer.uri();
            scene.replace(&own, &format!("http://{}", deaf()));
            nothing()
        }),
        (
            "connection",
            "failed",
            "no response within 5 seconds",
            "it accepts, and is silent",
            |scene| {
                let silent = Peer::start(|_, connection| hang(connection));
                scene.events_at(&format!("http://{}/events", silent.address));
                Box::new(silent)
            },
        ),
        (
            "connection",
            "failed",
            "no connection in time",
            "a firewall that drops",
            |scene| {
                let (address, held) = black_hole();
                scene.events_at(&format!("http://{address}/events"));
                Box::new(held)
            },
        ),
        ("connection", "failed", "not HTTP", "another protocol", |scene| {
            let other = Peer::start(|_, connection| {
                say(connection, "220 mail.example ESMTP\r\n");
                Then::Close
            });
            scene.events_at(&format!("http://{}/events", other.address));
            Box::new(other)
        }),
        (
            "connection",
            "warning",
            "only browsers load it",
            "the app is not reached from here",
            |scene| {
                let own = format!("embed_hosts = [\"{}\"]", scene.embed.address);
                scene.replace(&own, &format!("embed_hosts = [\"{}\"]", deaf()));
                nothing()
            },
        ),
        (
            "egress_proxy",
            "failed",
            "cannot be reached",
            "the proxy is down",
            |scene| {
                scene.events_at("https://ehr.example/events");
                scene.add(&format!("[egress]\nproxy = \"http://{}\"\n", deaf()));
                nothing()
            },
        ),
        (
            "egress_proxy",
            "failed",
            "does not lead to https://ehr.example",
            "the proxy wants other credentials",
            |scene| {
                let proxy = ForwardProxy::start(|_| Err(407));
                scene.events_at("https://ehr.example/events");
                scene.set("PROXY", "user:canary");
                scene.add(&format!(
                    "[egress]\nproxy = \"{}\"\nproxy_credentials_env = \"PROXY\"\n",
                    proxy.url()
                ));
                Box::new(proxy)
            },
        ),
        (
            "clock",
            "failed",
            "seconds behind",
            "tokens would be refused",
            |scene| says_it_is(scene, 600),
        ),
        ("clock", "failed", "seconds ahead", "tokens would be refused", |scene| {
            says_it_is(scene, -600)
        }),
        ("clock", "warning", "seconds behind", "clocks drift apart", |scene| {
            says_it_is(scene, 30)
        }),
    ];
    each_is_named(rows).await;
}

/// Has a peer's clock be so many seconds ahead of this machine's.
fn says_it_is(scene: &Scene, ahead: i64) -> Kept {
    let now = Timestamp::now().as_second() + ahead;
    let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(now.try_into().unwrap()));
    scene.events_says.lock().unwrap().1 = format!("date: {date}\r\n");
    nothing()
}

/// Has Empego's API respond so to everything.
fn empego_says(scene: &mut Scene, status: &'static str, body: &str) -> Kept {
    let body = body.to_owned();
    let server = Peer::start(move |_, connection| answer(connection, status, "", &body));
    scene.empego_at(&format!("http://{}/R4", server.address));
    Box::new(server)
}

#[actix_web::test]
async fn faults_at_empego_are_named() {
    let rows: &[Row] = &[
        ("empego_key", "failed", "refused (401)", "another key", |scene| {
            scene.set("EMPEGO_API_KEY", "another-canary");
            nothing()
        }),
        (
            "empego_key",
            "failed",
            "status 404",
            "a base URL without its path",
            |scene| {
                let base = format!("http://{}/wrong", scene.simulator.address);
                scene.empego_at(&base);
                nothing()
            },
        ),
        (
            "empego_key",
            "failed",
            "status 200",
            "a page of another program",
            |scene| empego_says(scene, "200 OK", "<html>"),
        ),
        (
            "empego_key",
            "failed",
            "busy (status 429)",
            "no launch would succeed now",
            |scene| empego_says(scene, "429 Too Many Requests", ""),
        ),
        (
            "empego_key",
            "warning",
            "is not refused with 401",
            "the key has no part in its response",
            |scene| {
                let message = r#"{"message": "Invalid x-integration-user header format"}"#;
                empego_says(scene, "400 Bad Request", message)
            },
        ),
        (
            "empego_key",
            "warning",
            "so is a malformed user header",
            "it would open the owner's session",
            |scene| {
                let url = format!("http://{}/fr/embed?sessionId=1", scene.embed.address);
                empego_says(scene, "200 OK", &url)
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn faults_at_junction_are_named() {
    let rows: &[Row] = &[
        ("junction_key", "failed", "refused (401)", "another key", |scene| {
            scene.set("MANAGEMENT_KEY", "mg_canary");
            nothing()
        }),
        (
            "junction_key",
            "failed",
            "does not know this organization",
            "another organization",
            |scene| {
                let own = JunctionSettings::default().org_id;
                scene.replace(&own, "00000000-2f0a-4a2c-9f4e-6c1d3c5b7a90");
                nothing()
            },
        ),
        (
            "junction_slug",
            "failed",
            "Junction has \"my-ehr\"",
            "another slug",
            |scene| {
                scene.replace("integration_slug = \"my-ehr\"", "integration_slug = \"other-ehr\"");
                nothing()
            },
        ),
        (
            "junction_origins",
            "failed",
            "https://portal.example",
            "its pages cannot show the app",
            |scene| {
                scene.replace("https://ehr.example", "https://portal.example");
                nothing()
            },
        ),
        (
            "junction_continuation",
            "warning",
            "/junction/session-continuation",
            "sessions would not go on",
            |scene| {
                scene.add("[host.session]\ncookie = \"session\"\n");
                nothing()
            },
        ),
    ];
    each_is_named(rows).await;
}

#[actix_web::test]
async fn apps_that_browsers_would_not_show_are_named() {
    let rows: &[Row] = &[
        (
            "embedding",
            "failed",
            "X-Frame-Options: DENY",
            "no page may show it",
            |scene| {
                scene.embed_says.lock().unwrap().1 = "x-frame-options: DENY\r\n".to_owned();
                nothing()
            },
        ),
        (
            "embedding",
            "failed",
            "X-Frame-Options: SAMEORIGIN",
            "only its own pages may",
            |scene| {
                scene.embed_says.lock().unwrap().1 = "x-frame-options: SAMEORIGIN\r\n".to_owned();
                nothing()
            },
        ),
        (
            "embedding",
            "failed",
            "https://ehr.example",
            "only other pages may",
            |scene| {
                let policy = "content-security-policy: frame-ancestors https://other.example\r\n";
                scene.embed_says.lock().unwrap().1 = policy.to_owned();
                nothing()
            },
        ),
        (
            "embedding",
            "warning",
            "the app's own pages may differ",
            "it may be so of a login page alone",
            |scene| {
                let policy = "location: /login\r\ncontent-security-policy: frame-ancestors 'none'\r\n";
                *scene.embed_says.lock().unwrap() = ("302 Found", policy.to_owned());
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
async fn a_modality_that_junction_has_not_enabled_is_named() {
    let mut settings = JunctionSettings::default();
    settings.integration.modalities = vec!["link_out".to_owned()];
    let scene = Scene::start_with(settings).await;
    let outcome = scene.examined().await;
    outcome.names_only("junction_modalities", "failed", "the app would not be opened");
    assert!(outcome.text.contains("feature_embed"), "{}", outcome.text);
}
