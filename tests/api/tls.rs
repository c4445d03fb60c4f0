//! The upstream's certificate: what is not valid for its name, or no longer, gets no request and no key.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use reqwest::redirect::Policy;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use serde_json::{Value, json};

use crate::helpers::{Answer, EMBED_URL, HOST_KEY, Running, TestConfig, alice, binary};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// An upstream with TLS that counts the requests it could read.
struct Upstream {
    address: SocketAddr,
    received: Arc<AtomicUsize>,
}

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn certificate(name: &str, last_year: i32, authority: &Authority) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last_year, 12, 31);
    let certificate = params.signed_by(&key, authority).unwrap();
    (
        certificate.der().clone(),
        PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    )
}

fn serve(certificate: (CertificateDer<'static>, PrivateKeyDer<'static>)) -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (certificate, key) = certificate;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let (config, received) = (Arc::new(config), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&received);
    thread::spawn(move || {
        for connection in listener.incoming() {
            let connection =
                ServerConnection::new(Arc::clone(&config)).map(|tls| StreamOwned::new(tls, connection.unwrap()));
            let mut stream = connection.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                head.push(byte[0]);
            }
            if head.ends_with(b"\r\n\r\n") {
                counter.fetch_add(1, Ordering::SeqCst);
                let length = EMBED_URL.len();
                let answer =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{EMBED_URL}");
                stream.write_all(answer.as_bytes()).unwrap();
                stream.conn.send_close_notify();
                stream.flush().unwrap();
            }
        }
    });
    Upstream { address, received }
}

/// One launch through the binary, which trusts what the file says and nothing else; the answer, and its log line.
async fn launched(upstream: &Upstream, trusted: &Path) -> (Answer, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let port = upstream.address.port();
    let config = TestConfig::strict().empego(&format!("base_url = \"https://localhost:{port}\""));
    std::fs::write(&file, config.text("")).unwrap();
    let mut command = binary();
    command
        .env("EMPEGO_API_KEY", "upstream-key")
        .env("SSL_CERT_FILE", trusted)
        .args(["serve", "--config"])
        .arg(&file);
    let mut gateway = Running::start(&mut command);
    let url = format!("http://{}/v1/embeddable/statistics", gateway.address());
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let request = client
        .post(url)
        .bearer_auth(HOST_KEY)
        .header("content-type", "application/json");
    let request = request.body(json!({"clinician": alice()}).to_string());
    let answer = Answer::of(request.send().await.unwrap()).await;
    let line = gateway.logged("\"attempt\"").pop().unwrap();
    assert!(gateway.stop().0.success());
    (answer, serde_json::from_str(&line).unwrap())
}

#[actix_web::test]
async fn only_a_certificate_that_is_valid_for_the_name_and_the_day_is_accepted() {
    let (authority, stranger) = (authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("authority.pem");
    std::fs::write(&trusted, authority.pem()).unwrap();
    let rows = [
        ("a valid one", certificate("localhost", 2099, &authority), true),
        ("another name", certificate("other.example", 2099, &authority), false),
        (
            "one that has expired",
            certificate("localhost", 2021, &authority),
            false,
        ),
        (
            "one that nobody trusts",
            certificate("localhost", 2099, &stranger),
            false,
        ),
    ];
    for (name, certificate, is_good) in rows {
        let upstream = serve(certificate);
        let begin = Instant::now();
        let (answer, line) = launched(&upstream, &trusted).await;
        let received = upstream.received.load(Ordering::SeqCst);
        let (told, calls) = (&line["code"], &line["attempts"]);
        println!(
            "fault | TLS: {name} | {told} | {calls} | {} ms with the start of the process",
            begin.elapsed().as_millis()
        );
        if is_good {
            answer.is_launched();
            assert_eq!((received, &line["attempts"]), (1, &json!(1)), "{name}: {line}");
        } else {
            let body = answer.is_refused(502, "upstream_unreachable").json();
            assert_eq!(body["retryable"], true, "{name}: nothing was sent");
            assert_eq!((received, &line["attempts"]), (0, &json!(2)), "{name}: {line}");
            assert_eq!(line["cause"], "tls", "{name}: {line}");
        }
    }
}
