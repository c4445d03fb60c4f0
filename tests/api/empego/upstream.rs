//! What the upstream may answer, or not answer, and what the caller is told.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use actix_web::rt;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::helpers::{Answer, TestApp, TestConfig, alice, peer::black_hole};

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
    ResponseTemplate::new(status).set_body_json(json!({
        "timestamp": "2025-01-15T14:30:00.123Z", "status": status, "error": "x", "message": message, "path": "/x",
    }))
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
            ResponseTemplate::new(200).set_body_raw("https://app.empego.ca/", "text/html"),
            502,
            "upstream_bad_body",
            false,
            "HTML",
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
        json!({"status": 401, "message": "Authentication failed"})
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
async fn an_upstream_that_cannot_be_reached_was_sent_nothing_and_may_be_tried_again() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = TestApp::with(TestConfig::strict().empego(&base_url(nobody))).await;
    let answer = launch(&app).await;
    let body = answer.is_refused(502, "upstream_unreachable").json();
    assert_eq!(
        (&body["retryable"], &body["upstream"]),
        (&json!(true), &json!({"status": Value::Null}))
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
async fn one_launch_too_many_is_told_to_come_back() {
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
