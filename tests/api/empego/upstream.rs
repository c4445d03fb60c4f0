//! How the upstream may respond, or fail to, and what is reported to the caller.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, SystemTime},
};

use actix_web::rt;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::helpers::{
    Answer, TestApp, TestConfig, alice,
    peer::{black_hole, deaf},
};

async fn launch(app: &TestApp) -> Answer {
    app.native("statistics")
        .json(&json!({"clinician": alice()}))
        .send()
        .await
}

async fn answered(config: TestConfig, answer: ResponseTemplate) -> Answer {
    let app = TestApp::with_silent_upstream(config).await;
    app.upstream_answers(answer).await;
    let answer = launch(&app).await;
    app.received_one().await;
    answer
}

fn empego_error(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(empego_error_body(status, message), "application/json")
}

fn empego_error_body(status: u16, message: &str) -> String {
    json!({
        "timestamp": "2025-01-15T14:30:00.123Z", "status": status, "error": "x", "message": message, "path": "/x",
    })
    .to_string()
}

fn zipped(body: &[u8], status: u16) -> ResponseTemplate {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).unwrap();
    ResponseTemplate::new(status)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(encoder.finish().unwrap())
}

#[actix_web::test]
async fn the_body_decides_whether_there_is_a_url_and_its_type_does_not() {
    const URL: &str = "https://app.empego.ca/fr/embed?sessionId=1";
    let answers = [
        ResponseTemplate::new(200).set_body_raw(URL, "text/html;charset=UTF-8"),
        ResponseTemplate::new(200).set_body_raw(format!("{{\"url\":\"{URL}\"}}"), "text/html"),
        ResponseTemplate::new(200).set_body_raw(format!("\u{feff}{URL}"), "text/plain"),
        ResponseTemplate::new(200).set_body_raw(format!("\u{feff}\"{URL}\""), "application/json"),
        zipped(URL.as_bytes(), 200),
    ];
    for upstream in answers {
        let answer = answered(TestConfig::strict(), upstream).await;
        assert_eq!(answer.is_launched().json()["url"], URL);
    }
}

#[actix_web::test]
async fn no_url_of_an_embed_host_is_in_any_error_body() {
    const SECRET: &str = "sessionId=canary";
    let url = format!("https://app.empego.ca/fr/embed?{SECRET}");
    let escaped = url.replace("://", "%3A%2F%2F").replace('.', "%2E");
    let bodies = [
        json!([url]),
        json!({"message": url}),
        json!([{"message": url}]),
        json!({"message": [url]}),
        json!({"url": url, "iframeUrl": url, "message": url}),
        json!({"message": format!("User creation failed - missing required fields: {url}")}),
        json!({"message": url.replace("https://", "see ")}),
        json!({"message": url.to_uppercase().replace("SESSIONID=CANARY", SECRET)}),
        json!({"message": json!({"url": url}).to_string().replace('/', "\\/")}),
        json!({"message": escaped}),
    ];
    for status in [200, 201, 400, 401, 404, 429, 500] {
        for body in &bodies {
            let config = TestConfig::strict().host("explain = true");
            let answer = answered(config, ResponseTemplate::new(status).set_body_json(body)).await;
            assert!(!answer.text.contains(SECRET), "{status} {body}: {}", answer.text);
            assert!(answer.status >= 400, "{status} {body}");
        }
    }
}

#[actix_web::test]
async fn an_answer_that_cannot_be_used_says_why_by_its_reason() {
    let with_coding = |status: u16, coding: &str| {
        ResponseTemplate::new(status)
            .insert_header("content-encoding", coding)
            .set_body_bytes(vec![0x8b, 0x02, 0x80])
    };
    let rows = [
        (
            with_coding(200, "br"),
            502,
            "upstream_bad_body",
            "empego_sent_compressed",
        ),
        (
            with_coding(400, "zstd"),
            400,
            "upstream_rejected",
            "empego_refused_compressed",
        ),
        (with_coding(500, "br"), 502, "upstream_error", "empego_failed"),
        (
            ResponseTemplate::new(201).set_body_string("https://app.empego.ca/"),
            502,
            "upstream_bad_body",
            "empego_sent_other_success",
        ),
        (
            ResponseTemplate::new(203).set_body_string("https://app.empego.ca/"),
            502,
            "upstream_bad_body",
            "empego_sent_other_success",
        ),
    ];
    for (upstream, status, code, reason) in rows {
        let answer = answered(TestConfig::strict().host("explain = true"), upstream).await;
        assert_eq!(answer.is_refused(status, code).json()["reason"], reason);
    }
}

#[actix_web::test]
async fn a_date_to_come_back_is_held_against_our_clock_where_empego_states_none() {
    let date = httpdate::fmt_http_date(SystemTime::from(jiff::Timestamp::now()) + Duration::from_mins(1));
    let answer: &'static str = format!("HTTP/1.1 429 Slow\r\nretry-after: {date}\r\ncontent-length: 0\r\n\r\n").leak();
    let upstream = stub(answer);
    let app = TestApp::with(TestConfig::strict().empego(&base_url(upstream))).await;
    let answer = launch(&app).await;
    let after: u64 = answer
        .is_refused(503, "upstream_busy")
        .header("retry-after")
        .and_then(|after| after.parse().ok())
        .unwrap();
    assert!((50..=60).contains(&after), "{after}");
}

#[actix_web::test]
async fn every_status_of_the_upstream_has_its_code() {
    let rows: &[(ResponseTemplate, u16, &str, bool, &str)] = &[
        (
            empego_error(400, "Invalid x-integration-user header format"),
            400,
            "upstream_header_rejected",
            false,
            "documented",
        ),
        (
            empego_error(400, "User creation failed - missing required fields"),
            400,
            "upstream_user_fields_missing",
            false,
            "documented",
        ),
        (
            empego_error(401, "Authentication failed"),
            401,
            "upstream_authentication_failed",
            false,
            "documented",
        ),
        (
            empego_error(400, "canary"),
            400,
            "upstream_rejected",
            false,
            "another 400",
        ),
        (
            ResponseTemplate::new(400).set_body_string("canary"),
            400,
            "upstream_rejected",
            false,
            "a 400 of something in between",
        ),
        (
            empego_error(403, "canary"),
            403,
            "upstream_rejected",
            false,
            "passed on",
        ),
        (
            empego_error(404, "canary"),
            404,
            "upstream_rejected",
            false,
            "passed on",
        ),
        (
            empego_error(409, "canary"),
            409,
            "upstream_rejected",
            false,
            "passed on",
        ),
        (
            empego_error(410, "canary"),
            410,
            "upstream_rejected",
            false,
            "passed on",
        ),
        (
            empego_error(422, "canary"),
            422,
            "upstream_rejected",
            false,
            "passed on",
        ),
        (
            ResponseTemplate::new(402),
            502,
            "upstream_error",
            false,
            "a 4xx that says nothing to the caller",
        ),
        (
            ResponseTemplate::new(500).set_body_string("canary"),
            502,
            "upstream_error",
            false,
            "a 5xx",
        ),
        (ResponseTemplate::new(304), 502, "upstream_error", false, "a 3xx"),
        (ResponseTemplate::new(429), 503, "upstream_busy", true, "too many"),
        (ResponseTemplate::new(503), 503, "upstream_busy", true, "unavailable"),
        (
            ResponseTemplate::new(201).set_body_string("https://app.empego.ca/"),
            502,
            "upstream_bad_body",
            false,
            "another 2xx",
        ),
        (
            ResponseTemplate::new(204),
            502,
            "upstream_bad_body",
            false,
            "no content",
        ),
        (ResponseTemplate::new(200), 502, "upstream_bad_body", false, "empty"),
        (
            ResponseTemplate::new(200).set_body_string("x".repeat(64 * 1024 + 1)),
            502,
            "upstream_bad_body",
            false,
            "too large",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("\u{feff}<!doctype html><p>canary", "text/plain"),
            502,
            "upstream_bad_body",
            false,
            "an HTML document, whatever its type",
        ),
        (
            ResponseTemplate::new(200).set_body_string("The session could not be created."),
            502,
            "upstream_bad_body",
            false,
            "prose",
        ),
        (
            empego_error(400, "User creation failed - missing required fields: canary"),
            400,
            "upstream_user_fields_missing",
            false,
            "documented, with more behind",
        ),
        (
            empego_error(400, "invalid X-Integration-User header format."),
            400,
            "upstream_header_rejected",
            false,
            "documented, in other case, with a full stop",
        ),
        (
            zipped(
                empego_error_body(400, "Invalid x-integration-user header format").as_bytes(),
                400,
            ),
            400,
            "upstream_header_rejected",
            false,
            "documented, and compressed",
        ),
        (
            ResponseTemplate::new(400).set_body_string(format!(
                "\u{feff}{}",
                empego_error_body(400, "Invalid x-integration-user header format")
            )),
            400,
            "upstream_header_rejected",
            false,
            "documented, after a byte order mark",
        ),
        (
            ResponseTemplate::new(200).set_body_string("https://canary.test/"),
            502,
            "upstream_bad_url",
            false,
            "a foreign host",
        ),
        (
            ResponseTemplate::new(200).set_body_string("http://app.empego.ca/"),
            502,
            "upstream_bad_url",
            false,
            "http",
        ),
    ];
    for (upstream, status, code, retryable, reason) in rows {
        let answer = answered(TestConfig::strict(), upstream.clone()).await;
        answer.is_refused(*status, code);
        let body = answer.json();
        assert_eq!(body["retryable"], *retryable, "{reason}");
        assert_eq!(body["source"], "upstream", "{reason}");
        assert!(
            body["upstream"]["status"].is_u64() && body["upstream"].get("message").is_none(),
            "{reason}: {body}"
        );
        assert!(!answer.text.contains("canary"), "{reason}: {body}");
        assert_eq!(answer.header("www-authenticate"), None, "{reason}");
        assert_eq!(answer.header("retry-after").is_some(), *retryable, "{reason}");
    }
}

#[actix_web::test]
async fn what_empego_misses_of_a_new_user_is_named() {
    let app = TestApp::with_silent_upstream(TestConfig::documented()).await;
    app.upstream_answers(empego_error(400, "User creation failed - missing required fields"))
        .await;
    let native = app
        .native("statistics")
        .json(&json!({"clinician": {"userId": "u", "lastName": "J"}}))
        .send()
        .await;
    native
        .is_refused(400, "upstream_user_fields_missing")
        .naming(&[("/clinician/firstName", "required"), ("/clinician/email", "required")]);
    let drop_in = app
        .drop_in("statistics")
        .user(&json!({"userId": "u", "lastName": "J"}))
        .send()
        .await;
    drop_in
        .is_refused(400, "upstream_user_fields_missing")
        .naming(&[("/firstName", "required"), ("/email", "required")]);
}

#[actix_web::test]
async fn a_host_may_ask_for_502_where_empego_says_401_and_for_empegos_words() {
    let config = TestConfig::strict()
        .host("upstream_401 = \"bad-gateway\"")
        .host("explain = true");
    let answer = answered(config, empego_error(401, "Authentication failed")).await;
    let body = answer.is_refused(502, "upstream_authentication_failed").json();
    assert_eq!(body["status"], 502);
    assert_eq!(body["error"], "Bad Gateway");
    assert_eq!(
        body["upstream"],
        json!({"name": "empego", "status": 401, "message": "Authentication failed"})
    );
}

#[actix_web::test]
async fn empegos_retry_after_is_passed_on() {
    for (upstream, passed_on) in [("17", "17"), ("soon", "1"), ("86400", "3600")] {
        let busy = ResponseTemplate::new(503).insert_header("retry-after", upstream);
        let answer = answered(TestConfig::strict(), busy).await;
        assert_eq!(
            answer.is_refused(503, "upstream_busy").header("retry-after"),
            Some(passed_on)
        );
    }
}

#[actix_web::test]
async fn a_redirect_is_not_followed_and_no_header_goes_along() {
    let elsewhere = MockServer::start().await;
    for status in [301, 302, 303, 307, 308] {
        let redirect = ResponseTemplate::new(status).insert_header("location", elsewhere.uri().as_str());
        let answer = answered(TestConfig::strict(), redirect).await;
        answer.is_refused(502, "upstream_error");
        assert_eq!(answer.json()["upstream"]["status"], status);
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[actix_web::test]
async fn an_unreachable_upstream_got_nothing_and_may_be_retried() {
    let nobody = deaf();
    let app = TestApp::with(TestConfig::strict().empego(&base_url(nobody))).await;
    let answer = launch(&app).await;
    let body = answer.is_refused(502, "upstream_unreachable").json();
    assert_eq!(
        (&body["retryable"], &body["upstream"]),
        (&json!(true), &json!({"name": "empego", "status": Value::Null}))
    );
}

#[actix_web::test]
async fn a_connection_that_breaks_may_have_done_its_work() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhttps://app",
        "\0\0\0garbage\r\n\r\n",
    ] {
        let upstream = stub(answer);
        let app = TestApp::with(TestConfig::strict().empego(&base_url(upstream))).await;
        let body = launch(&app).await.is_refused(502, "upstream_unreachable").json();
        assert_eq!(body["retryable"], false, "{answer:?}");
    }
}

#[actix_web::test]
async fn an_upstream_that_does_not_answer_in_time_is_not_tried_again() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_mins(1));
    let config = TestConfig::strict().empego("timeout_ms = 200\nconnect_timeout_ms = 200");
    let answer = answered(config, slow).await;
    assert_eq!(answer.is_refused(504, "upstream_timeout").json()["retryable"], false);
}

#[actix_web::test]
async fn an_upstream_that_accepts_no_connection_in_time_may_be_tried_again() {
    let (address, _waiting) = black_hole();
    let lines = format!("{}\nconnect_timeout_ms = 200", base_url(address));
    let app = TestApp::with(TestConfig::strict().empego(&lines)).await;
    let answer = launch(&app).await;
    assert_eq!(
        answer.is_refused(504, "upstream_connect_timeout").json()["retryable"],
        true
    );
}

#[actix_web::test]
async fn one_launch_too_many_learns_when_to_retry() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let lines = format!(
        "{}\nmax_in_flight_per_tenant = 1\nqueue_timeout_ms = 0",
        base_url(listener.local_addr().unwrap())
    );
    let app = TestApp::with(TestConfig::strict().empego(&lines)).await;
    let url = format!("http://{}/v1/embeddable/statistics", app.address);
    let first = app.client.post(url).bearer_auth(crate::helpers::HOST_KEY);
    let first = first
        .header("content-type", "application/json")
        .body(json!({"clinician": alice()}).to_string());
    let first = rt::spawn(first.send());
    // Once it is accepted upstream, the only seat is taken.
    let (held, ()) = (
        rt::task::spawn_blocking(move || listener.accept().unwrap().0)
            .await
            .unwrap(),
        (),
    );

    let second = launch(&app).await;
    assert_eq!(second.is_refused(503, "overloaded").header("retry-after"), Some("1"));
    assert_eq!(second.json()["source"], "gateway");

    rt::task::spawn_blocking(move || serve(held, "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\napp.empego.ca"))
        .await
        .unwrap();
    assert_eq!(first.await.unwrap().unwrap().status(), 200);
}

#[actix_web::test]
async fn proxies_of_the_environment_are_not_used() {
    let proxy = MockServer::start().await;
    let upstream = MockServer::start().await;
    let config = TestConfig::strict().text(&upstream.uri());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    std::fs::write(&file, config).unwrap();
    let mut command = crate::helpers::binary();
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"] {
        command.env(name, proxy.uri());
    }
    command
        .env("EMPEGO_API_KEY", "upstream-key")
        .args(["serve", "--config"])
        .arg(&file);
    let mut gateway = crate::helpers::Running::start(&mut command);
    let url = format!("http://{}/v1/embeddable/statistics", gateway.address());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(url)
        .bearer_auth(crate::helpers::HOST_KEY)
        .header("content-type", "application/json");
    request
        .body(json!({"clinician": alice()}).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(upstream.received_requests().await.unwrap().len(), 1);
    assert!(proxy.received_requests().await.unwrap().is_empty());
    assert!(gateway.stop().0.success());
}

fn base_url(address: SocketAddr) -> String {
    format!("base_url = \"http://{address}\"")
}

/// An upstream that answers each connection with these bytes and closes it.
fn stub(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            serve(connection.unwrap(), answer);
        }
    });
    address
}

/// Reads a request's head, answers, closes.
fn serve(mut connection: TcpStream, answer: &str) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    connection.write_all(answer.as_bytes()).unwrap();
}
