//! The upstream's certificate: what is not valid for its name, or no longer, gets no request and no key.

use std::{path::Path, time::Instant};

use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::helpers::{
    Answer, EMBED_URL, HOST_KEY, Running, TestConfig, alice, binary,
    secure::{Secure, authority, certificate},
};

/// One launch through the binary, which trusts what the file says and nothing else; the answer, and its log line.
async fn launched(upstream: &Secure, trusted: &Path) -> (Answer, Value) {
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
        ("a valid one", certificate(&["localhost"], 2099, &authority), true),
        ("another name", certificate(&["other.example"], 2099, &authority), false),
        (
            "one that has expired",
            certificate(&["localhost"], 2021, &authority),
            false,
        ),
        (
            "one that nobody trusts",
            certificate(&["localhost"], 2099, &stranger),
            false,
        ),
    ];
    for (name, certificate, is_good) in rows {
        let upstream = Secure::start(certificate, |_| (200, EMBED_URL.to_owned()));
        let begin = Instant::now();
        let (answer, line) = launched(&upstream, &trusted).await;
        let received = upstream.received();
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
