//! Faults on the way to peers: names, the proxy, connections, certificates, clocks.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{
    row::{Kept, Row, each_is_named, nothing, valid_for},
    scene::Scene,
};
use crate::{
    helpers::{
        peer::{Peer, Then, black_hole, deaf, hang, say},
        secure::{Authority, ForwardProxy, Secure, authority, certificate},
    },
    inbound::write_identity,
};

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

#[actix_web::test]
async fn certificates_are_seen_through_the_proxy() {
    let mut scene = Scene::start().await;
    let authority = authority();
    let server = Secure::start(certificate(&["ehr.example"], 2099, &authority), |_| {
        (204, String::new())
    });
    let proxy = ForwardProxy::to(server.address);
    scene.write("settings/ca.pem", &authority.pem());
    scene.events_at("https://ehr.example/events");
    scene.add(&format!(
        "[egress]\nca_file = \"ca.pem\"\nproxy = \"{}\"\n",
        proxy.url()
    ));
    let healthy = scene.examined().await;
    assert_eq!(healthy.code, Some(0), "{}", healthy.text);
    assert!(
        healthy.text.contains("https://ehr.example: the proxy looks it up"),
        "{}",
        healthy.text
    );
    assert!(
        healthy.text.contains("https://ehr.example: valid until 2099-12-31"),
        "{}",
        healthy.text
    );
}

#[actix_web::test]
async fn a_repository_is_reached_with_its_own_authority() {
    let authority = authority();
    let server = Secure::start(certificate(&["localhost"], 2099, &authority), |_| (200, String::new()));
    let port = server.address.port();
    let mut scene = Scene::start().await;
    scene.write("settings/ca.pem", &authority.pem());
    let forward = format!("[[audit.forward]]\nurl = \"https://localhost:{port}/fhir\"\n");
    scene.add(&forward);
    scene
        .examined()
        .await
        .names_only("tls", "failed", "its authority is not named");
    scene.add("ca_file = \"ca.pem\"\n");
    let healthy = scene.examined().await;
    assert_eq!(healthy.code, Some(0), "{}", healthy.text);

    write_identity(&scene.path("settings"), "client", &valid_for(10, &authority));
    scene.add("client_cert_file = \"client.pem\"\nclient_key_file = \"client.key\"\n");
    let outcome = scene.examined().await;
    outcome.names_only("certificate", "warning", "what the gateway shows there is over soon");
}
