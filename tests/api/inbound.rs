//! TLS of callers' connections: on both listeners, with certificates that are replaced under load, and clients' certificates that
//! a stolen key is worth nothing without.

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::rt::task::spawn_blocking;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    version::{TLS12, TLS13},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use crate::helpers::{
    HOST_KEY, Running, TestConfig, TestSimulator, alice, binary,
    secure::{Authority, authority, certificate, revocations},
};

type Identity = (CertificateDer<'static>, PrivateKeyDer<'static>);

/// A folder with a configuration and the certificates that it names.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) authority: Authority,
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            authority: authority(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A certificate of the house for this machine.
    pub(crate) fn own(&self) -> Identity {
        certificate(&["localhost"], 2099, &self.authority)
    }

    /// Puts a certificate and its key in place as a whole, as orchestrators do.
    pub(crate) fn present(&self, identity: &Identity) {
        write_identity(self.folder.path(), "server", identity);
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Starts the gateway; where it takes launches, and where the operator's pages are.
    fn start(&self, simulator: &TestSimulator, tls: &str, host: &str) -> (Running, String, String) {
        let mut config = TestConfig::strict().empego(&simulator.as_upstream()).host(host);
        config.more = format!("[tls]\ncert_file = \"server.pem\"\nkey_file = \"server.key\"\n{tls}");
        self.write("gateway.toml", &config.text(""));
        let mut command = binary();
        command.env("EMPEGO_API_KEY", "upstream-key");
        let mut gateway = Running::start(command.args(["serve", "--config"]).arg(self.path("gateway.toml")));
        let (public, admin) = gateway.addresses();
        (gateway, public, admin)
    }

    fn client(&self, identity: Option<Identity>) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .unwrap()
            .with_root_certificates(roots);
        Arc::new(match identity {
            Some((certificate, key)) => builder.with_client_auth_cert(vec![certificate], key).unwrap(),
            None => builder.with_no_client_auth(),
        })
    }
}

/// Both files by one rename, so that no reader sees a certificate with another one's key.
pub(crate) fn write_identity(folder: &Path, name: &str, (certificate, key): &Identity) {
    let number = Sha256::digest(certificate);
    let version = folder.join(format!("..{}", hex::encode(&number[..8])));
    fs::create_dir(&version).unwrap();
    fs::write(version.join("tls.pem"), pem("CERTIFICATE", certificate)).unwrap();
    fs::write(version.join("tls.key"), pem("PRIVATE KEY", key.secret_der())).unwrap();
    fs::set_permissions(version.join("tls.key"), Permissions::from_mode(0o600)).unwrap();
    let (link, new) = (folder.join(format!("..{name}")), folder.join("..new"));
    std::os::unix::fs::symlink(&version, &new).unwrap();
    fs::rename(new, &link).unwrap();
    for end in ["pem", "key"] {
        let file = folder.join(format!("{name}.{end}"));
        if !file.exists() {
            std::os::unix::fs::symlink(link.join(format!("tls.{end}")), file).unwrap();
        }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

/// What came of one request on a connection of its own: its status and the serial number of the certificate, or why there was
/// none.
fn ask(client: &Arc<ClientConfig>, address: &str, request: &str) -> Result<(u16, Vec<u8>), String> {
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::clone(client), name).unwrap();
    let socket = TcpStream::connect(address).map_err(|error| error.to_string())?;
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut stream = StreamOwned::new(connection, socket);
    stream
        .write_all(request.as_bytes())
        .map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(|error| error.to_string())?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .strip_prefix("HTTP/1.1 ")
        .ok_or_else(|| format!("no answer: {answer:?}"))?;
    let shown = &stream.conn.peer_certificates().unwrap()[0];
    let (_, certificate) = X509Certificate::from_der(shown).unwrap();
    Ok((status[..3].parse().unwrap(), certificate.raw_serial().to_vec()))
}

fn launch(key: &str) -> String {
    let body = json!({"clinician": alice()}).to_string();
    format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

#[actix_web::test]
async fn both_listeners_encrypt_and_neither_speaks_plainly() {
    let (simulator, house) = (TestSimulator::start_rejecting(), House::new());
    house.present(&house.own());
    let (gateway, public, admin) = house.start(&simulator, "", "");
    let client = house.client(None);
    let checks = move || {
        assert_eq!(ask(&client, &public, &launch(HOST_KEY)).unwrap().0, 200);
        assert_eq!(ask(&client, &admin, &get("/livez")).unwrap().0, 200);
        for address in [&public, &admin] {
            let mut plain = TcpStream::connect(address).unwrap();
            plain.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            plain.write_all(get("/livez").as_bytes()).unwrap();
            let mut answer = Vec::new();
            let _closed = plain.read_to_end(&mut answer);
            assert!(!answer.starts_with(b"HTTP/"), "{:?}", String::from_utf8_lossy(&answer));
        }
        // Nor in a version that is no longer sound.
        let mut old = TcpStream::connect(&public).unwrap();
        old.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        old.write_all(b"\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x02").unwrap();
        old.write_all(&[7; 32]).unwrap();
        old.write_all(b"\x00\x00\x02\x00\x2f\x01\x00").unwrap();
        let mut answer = Vec::new();
        let _closed = old.read_to_end(&mut answer);
        assert!(
            answer.first().is_none_or(|first| *first == 0x15),
            "an alert, and nothing else: {answer:?}"
        );
        assert!(gateway.stop().0.success());
    };
    spawn_blocking(checks).await.unwrap();
}

#[actix_web::test]
async fn a_certificate_is_replaced_ten_times_under_load_without_a_failed_launch() {
    let (simulator, house) = (TestSimulator::start_rejecting(), Arc::new(House::new()));
    house.present(&house.own());
    let (gateway, public, admin) = house.start(&simulator, "", "");
    let client = house.client(None);
    let seen: Arc<Mutex<BTreeSet<Vec<u8>>>> = Arc::default();
    for round in 0..10 {
        let identity = house.own();
        let (_, fresh) = X509Certificate::from_der(&identity.0).unwrap();
        let serial = fresh.raw_serial().to_vec();
        house.present(&identity);
        // Two callers launch without a pause until both listeners show the new one.
        let callers = (0..2).map(|_| {
            let (client, serial, seen) = (Arc::clone(&client), serial.clone(), Arc::clone(&seen));
            let (public, admin) = (public.clone(), admin.clone());
            spawn_blocking(move || {
                for _ in 0..3000 {
                    let (status, shown) = ask(&client, &public, &launch(HOST_KEY)).unwrap();
                    assert_eq!(status, 200);
                    let (ready, at_admin) = ask(&client, &admin, &get("/readyz")).unwrap();
                    assert_eq!(ready, 200);
                    let is_new = shown == serial && at_admin == serial;
                    seen.lock().unwrap().extend([shown, at_admin]);
                    if is_new {
                        return;
                    }
                }
                panic!("round {round}: the new certificate was never shown");
            })
        });
        for caller in join_all(callers.collect::<Vec<_>>()).await {
            caller.unwrap();
        }
    }
    assert!(seen.lock().unwrap().len() >= 10, "{seen:?}");
    assert!(spawn_blocking(|| gateway.stop().0).await.unwrap().success());
}

#[actix_web::test]
async fn a_key_alone_is_worth_nothing_where_its_host_needs_a_certificate() {
    let (simulator, house) = (TestSimulator::start_rejecting(), House::new());
    house.present(&house.own());
    house.write("clients.pem", &house.authority.pem());
    let (own, other) = (
        certificate(&["ehr.example"], 2099, &house.authority),
        certificate(&["other.example"], 2099, &house.authority),
    );
    let stranger = certificate(&["ehr.example"], 2099, &authority());
    let (_, of_ehr) = X509Certificate::from_der(&own.0).unwrap();
    let digest = hex::encode(Sha256::digest(of_ehr.public_key().raw));
    for listed in ["dns:ehr.example", digest.as_str()] {
        let (gateway, public, admin) = house.start(
            &simulator,
            "client_auth = \"optional\"\nclient_ca_file = \"clients.pem\"",
            &format!("client_certs = [\"{listed}\"]"),
        );
        let clients = [
            (
                house.client(Some((own.0.clone(), own.1.clone_key()))),
                Ok(200),
                "its own",
            ),
            (
                house.client(Some((other.0.clone(), other.1.clone_key()))),
                Ok(401),
                "another one's",
            ),
            (house.client(None), Ok(401), "none"),
            (
                house.client(Some((stranger.0.clone(), stranger.1.clone_key()))),
                Err(()),
                "one of a strange authority",
            ),
        ];
        let checks = move || {
            for (client, expected, reason) in clients {
                let status = ask(&client, &public, &launch(HOST_KEY)).map(|(status, _)| status);
                assert_eq!(
                    status.as_ref().map_err(|_why| ()).copied(),
                    expected,
                    "{reason}: {status:?}"
                );
                // The operator's pages ask no client for one.
                assert_eq!(ask(&client, &admin, &get("/livez")).unwrap().0, 200, "{reason}");
            }
            assert!(gateway.stop().0.success());
        };
        spawn_blocking(checks).await.unwrap();
    }
}

#[actix_web::test]
async fn a_certificate_that_was_revoked_lets_no_client_in() {
    let (simulator, house) = (TestSimulator::start_rejecting(), House::new());
    house.present(&house.own());
    house.write("clients.pem", &house.authority.pem());
    let (lost, kept) = (
        certificate(&["ehr.example"], 2099, &house.authority),
        certificate(&["ehr.example"], 2099, &house.authority),
    );
    let (_, read) = X509Certificate::from_der(&lost.0).unwrap();
    let list = revocations(&[read.raw_serial()], &house.authority);
    house.write("revoked.pem", &revocations(&[], &house.authority));
    let tls = "client_auth = \"required\"\nclient_ca_file = \"clients.pem\"\nclient_crl_file = \"revoked.pem\"";
    let (mut gateway, public, _) = house.start(&simulator, tls, "");
    let clients = [lost, kept].map(|identity| house.client(Some(identity)));
    let (new, file) = (house.path("revoked.new"), house.path("revoked.pem"));
    let checks = move || {
        for client in &clients {
            assert_eq!(ask(client, &public, &launch(HOST_KEY)).unwrap().0, 200);
        }
        fs::write(&new, list).unwrap();
        fs::rename(new, file).unwrap();
        gateway.logged("reloaded: the changed configuration is in force");
        let [lost, kept] = clients.map(|client| ask(&client, &public, &launch(HOST_KEY)).map(|(status, _)| status));
        assert!(lost.is_err());
        assert_eq!(kept, Ok(200));
        assert!(gateway.stop().0.success());
    };
    spawn_blocking(checks).await.unwrap();
}

#[actix_web::test]
async fn an_authority_that_is_no_longer_trusted_for_clients_lets_no_client_in() {
    let (simulator, house) = (TestSimulator::start_rejecting(), House::new());
    house.present(&house.own());
    let issuer = authority();
    house.write("clients.pem", &issuer.pem());
    let tls = "client_auth = \"required\"\nclient_ca_file = \"clients.pem\"";
    let (mut gateway, public, _) = house.start(&simulator, tls, "");
    let (own, key) = certificate(&["ehr.example"], 2099, &issuer);
    // One client: it would resume its session if it might.
    let client = house.client(Some((own, key)));
    let without = house.client(None);
    let replaced = house.path("clients.pem");
    let checks = move || {
        for _ in 0..2 {
            assert_eq!(ask(&client, &public, &launch(HOST_KEY)).unwrap().0, 200);
        }
        assert!(ask(&without, &public, &launch(HOST_KEY)).is_err());
        let new = replaced.with_extension("new");
        fs::write(&new, authority().pem()).unwrap();
        fs::rename(new, replaced).unwrap();
        gateway.logged("reloaded: the changed configuration is in force");
        assert!(ask(&client, &public, &launch(HOST_KEY)).is_err());
        assert!(gateway.stop().0.success());
    };
    spawn_blocking(checks).await.unwrap();
}
