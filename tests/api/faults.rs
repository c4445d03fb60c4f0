//! What goes wrong between the gateway and its upstream, row by row: what the caller gets, and how often the upstream was
//! called. `bench/faults` prints how long each took.

use std::{
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::helpers::{
    Answer, TestApp, TestConfig, alice,
    peer::{Peer, Then, answer, black_hole, deaf, embed, hang, say},
};

/// The upstream's time in these tests.
const TIMEOUT: Duration = Duration::from_secs(1);

/// A row's upstream, and what comes of one launch.
struct Row {
    name: &'static str,
    peer: Peer,
    /// Status, code, whether trying again may help; 200 for a launch that goes well.
    told: (u16, &'static str, bool),
    /// How many requests reach the upstream.
    received: usize,
    /// How many calls the gateway made, those included that found no connection.
    calls: u32,
}

fn row(
    name: &'static str,
    told: (u16, &'static str, bool),
    calls: u32,
    behaviour: impl Fn(usize, &mut TcpStream) -> Then + Send + Sync + 'static,
) -> Row {
    Row {
        name,
        peer: Peer::start(behaviour),
        told,
        received: calls as usize,
        calls,
    }
}

pub(crate) fn timeouts() -> String {
    let millis = TIMEOUT.as_millis();
    format!("timeout_ms = {millis}\nconnect_timeout_ms = {}", millis / 2)
}

pub(crate) async fn launch(app: &TestApp) -> Answer {
    app.native("statistics")
        .json(&json!({"clinician": alice()}))
        .send()
        .await
}

/// Holds a duration against the configured one by order of magnitude, and prints it for `bench/faults`.
fn tell(name: &str, answer: &Answer, calls: u32, told: &str) {
    let took = answer.took;
    println!("fault | {name} | {told} | {calls} | {} ms", took.as_millis());
    assert!(took < TIMEOUT * 10, "{name}: {took:?}");
}

#[actix_web::test]
async fn every_fault_of_an_upstream_that_answers_or_breaks_has_its_row() {
    let unreachable = (502, "upstream_unreachable", false);
    let late = (504, "upstream_timeout", false);
    let bad_body = (502, "upstream_bad_body", false);
    let rows = [
        row("reset before the head", unreachable, 1, |_, _| Then::Reset),
        row("closed before the head", unreachable, 1, |_, _| Then::Close),
        row("reset after the head", unreachable, 1, |_, connection| {
            say(connection, "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
            Then::Reset
        }),
        row("truncated body", unreachable, 1, |_, connection| {
            say(connection, "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhttps://app.");
            Then::Close
        }),
        row("endless body", bad_body, 1, |_, connection| {
            say(connection, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
            while say(connection, &chunk) {}
            Then::Close
        }),
        row("endless head", unreachable, 1, |_, connection| {
            say(connection, "HTTP/1.1 200 OK\r\n");
            let more = "x-more: and more\r\n".repeat(50);
            while say(connection, &more) {}
            Then::Close
        }),
        row("garbage bytes", unreachable, 1, |_, connection| {
            say(connection, "\u{16}\u{3}\u{1}not a word of HTTP\r\n\r\n");
            Then::Close
        }),
        row("HTML", bad_body, 1, |_, connection| {
            answer(connection, "200 OK", "content-type: text/html\r\n", "<!doctype html>")
        }),
        row("an empty body", bad_body, 1, |_, connection| {
            answer(connection, "200 OK", "", "")
        }),
        row("500", (502, "upstream_error", false), 1, |_, connection| {
            answer(connection, "500 Oops", "", "")
        }),
        row(
            "429 that does not say when",
            (503, "upstream_busy", true),
            1,
            |_, connection| answer(connection, "429 Slow down", "", ""),
        ),
        row(
            "503 that does not say when",
            (503, "upstream_busy", true),
            1,
            |_, connection| answer(connection, "503 Later", "", ""),
        ),
        row(
            "503 until after the deadline",
            (503, "upstream_busy", true),
            1,
            |_, connection| answer(connection, "503 Later", "retry-after: 9\r\n", ""),
        ),
        row(
            "429, then well at once",
            (200, "ok", false),
            2,
            |before, connection| match before {
                0 => answer(connection, "429 Slow down", "retry-after: 0\r\n", ""),
                _ => embed(connection),
            },
        ),
        row(
            "503, then well at once",
            (200, "ok", false),
            2,
            |before, connection| match before {
                0 => answer(connection, "503 Later", "retry-after: 0\r\n", ""),
                _ => embed(connection),
            },
        ),
        row(
            "503 again and again",
            (503, "upstream_busy", true),
            2,
            |_, connection| answer(connection, "503 Later", "retry-after: 0\r\n", ""),
        ),
        row("never an answer", late, 1, |_, connection| hang(connection)),
        row("a head that trickles", late, 1, |_, connection| {
            trickle(connection, "HTTP/1.1 200 OK\r\nx-long: ")
        }),
        row("a body that trickles", late, 1, |_, connection| {
            trickle(connection, "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n")
        }),
    ];
    for row in rows {
        let lines = format!("{}\n{}", row.peer.as_upstream(), timeouts());
        holds(&row, &lines).await;
    }
}

#[actix_web::test]
async fn every_fault_of_connecting_has_its_row() {
    // Never called: at their address is another server, or none.
    let row = |name, code: (u16, &'static str, bool), calls| Row {
        name,
        peer: Peer::start(|_, connection| embed(connection)),
        told: code,
        received: 0,
        calls,
    };
    let unreachable = (502, "upstream_unreachable", true);
    let nobody = deaf();
    let (hole, _waiting) = black_hole();
    // Longer than any name may be, so that no resolver has to be asked.
    let unresolvable = format!("https://{}.example", "x".repeat(64));
    let speaks_no_tls = TcpListener::bind("127.0.0.1:0").unwrap();
    let plain = speaks_no_tls.local_addr().unwrap();
    thread::spawn(move || {
        for connection in speaks_no_tls.incoming() {
            say(&mut connection.unwrap(), "HTTP/1.1 400 This is plain HTTP\r\n\r\n");
        }
    });
    let rows = [
        (row("nobody listens", unreachable, 2), format!("http://{nobody}")),
        (
            row("a black hole", (504, "upstream_connect_timeout", true), 1),
            format!("http://{hole}"),
        ),
        (row("a name that cannot be resolved", unreachable, 2), unresolvable),
        (row("no TLS", unreachable, 2), format!("https://{plain}")),
    ];
    for (row, base_url) in rows {
        holds(&row, &format!("base_url = \"{base_url}\"\n{}", timeouts())).await;
    }
}

/// One launch at a gateway with these lines: the row's answer, and no more calls than it says.
async fn holds(row: &Row, lines: &str) {
    let app = TestApp::with(TestConfig::strict().empego(lines)).await;
    let answer = launch(&app).await;
    let (status, code, retryable) = row.told;
    tell(row.name, &answer, row.calls, code);
    if status == 200 {
        answer.is_launched();
    } else {
        let body = answer.is_refused(status, code).json();
        assert_eq!(body["retryable"], retryable, "{}", row.name);
        assert_eq!(
            answer.header("retry-after").is_some(),
            code == "upstream_busy",
            "{}",
            row.name
        );
    }
    assert_eq!(row.peer.received(), row.received, "{}", row.name);
    assert_eq!(app.calls().await, u64::from(row.calls), "{}", row.name);
    let retries = app
        .figure("empego_gateway_upstream_retries_total{tenant=\"downtown\"}")
        .await;
    assert_eq!(retries, Some(f64::from(row.calls - 1)), "{}", row.name);
}

/// Says something, and then a letter now and then.
fn trickle(connection: &mut TcpStream, start: &str) -> Then {
    say(connection, start);
    while say(connection, "x") {
        thread::sleep(TIMEOUT / 20);
    }
    Then::Close
}

#[actix_web::test]
async fn a_redirect_takes_no_header_anywhere() {
    let elsewhere = Peer::start(|_, connection| embed(connection));
    let location = format!("location: http://{}/\r\n", elsewhere.address);
    let peer = Peer::start(move |_, connection| answer(connection, "307 Elsewhere", &location, ""));
    let app = TestApp::with(TestConfig::strict().empego(&peer.as_upstream())).await;
    launch(&app).await.is_refused(502, "upstream_error");
    assert_eq!((peer.received(), elsewhere.connections()), (1, 0));
}

#[actix_web::test]
async fn a_dead_pooled_connection_fails_no_launch() {
    // It promises to keep the connection, and closes it.
    let peer = Peer::start(|_, connection| {
        embed(connection);
        Then::Close
    });
    let app = TestApp::with(TestConfig::strict().empego(&peer.as_upstream())).await;
    for _ in 0..20 {
        launch(&app).await.is_launched();
    }
    assert_eq!((peer.received(), peer.connections()), (20, 20));
    assert_eq!(app.calls().await, 20);
}

#[actix_web::test]
async fn a_caller_may_wait_less_than_the_gateway_would() {
    let peer = Peer::start(|_, connection| hang(connection));
    let lines = format!("{}\ntimeout_ms = 60000", peer.as_upstream());
    let app = TestApp::with(TestConfig::documented().empego(&lines)).await;
    let native = app.native("statistics").json(&json!({"clinician": alice()}));
    let rows = [
        ("native", native),
        ("drop-in", app.drop_in("statistics").user(&alice())),
    ];
    for (name, request) in rows {
        let answer = request.header("x-request-timeout-ms", "200").send().await;
        answer.is_refused(504, "upstream_timeout");
        tell(&format!("a caller in a hurry, {name}"), &answer, 1, "upstream_timeout");
    }
    // However many: it says nothing about the upstream.
    for _ in 0..20 {
        let native = app.native("statistics").json(&json!({"clinician": alice()}));
        let answer = native.header("x-request-timeout-ms", "1").send().await;
        assert!(
            ["upstream_timeout", "overloaded"].contains(&answer.code().as_str()),
            "{answer:?}"
        );
    }
    let breaker = app
        .figure("empego_gateway_breaker_state{tenant=\"downtown\",upstream=\"empego\",api=\"embeddable\"}")
        .await;
    assert_eq!(breaker, Some(0.0));
}

#[actix_web::test]
async fn an_unreadable_timeout_is_an_error_and_a_long_one_changes_nothing() {
    let app = TestApp::documented().await;
    for wrong in ["0", "-5", "1.5", "soon", ""] {
        let native = app.native("statistics").json(&json!({"clinician": alice()}));
        let answer = native.header("x-request-timeout-ms", wrong).send().await;
        let answer = answer.is_refused(400, "invalid_request");
        answer.naming(&[("/header/x-request-timeout-ms", "not_accepted")]);
    }
    app.received_nothing().await;
    let native = app.native("statistics").json(&json!({"clinician": alice()}));
    let answer = native.header("x-request-timeout-ms", "999999999999").send().await;
    answer.is_launched();
}

#[actix_web::test]
async fn failures_pause_a_tenant_until_a_probe_goes_well() {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };
    let is_well = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_well);
    let peer = Peer::start(move |_, connection| {
        if seen.load(Ordering::SeqCst) {
            embed(connection)
        } else {
            answer(connection, "500 Oops", "", "")
        }
    });
    let app = TestApp::with(TestConfig::strict().empego(&peer.as_upstream())).await;
    for _ in 0..10 {
        launch(&app).await.is_refused(502, "upstream_error");
    }
    for _ in 0..5 {
        let paused = launch(&app).await;
        let body = paused.is_refused(503, "upstream_circuit_open").json();
        assert_eq!((&body["source"], &body["retryable"]), (&json!("gateway"), &json!(true)));
        let after: u64 = paused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=6).contains(&after), "{after}");
    }
    assert_eq!(peer.received(), 10, "nothing is sent while it is paused");
    let state = "empego_gateway_breaker_state{tenant=\"downtown\",upstream=\"empego\",api=\"embeddable\"}";
    assert_eq!(app.figure(state).await, Some(2.0));
    assert!(
        app.admin("/readyz")
            .await
            .text
            .contains("tenant downtown: its upstream failed")
    );

    is_well.store(true, Ordering::SeqCst);
    let answer = loop {
        let answer = launch(&app).await;
        if answer.status != 503 {
            break answer;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    };
    answer.is_launched();
    assert_eq!(peer.received(), 11, "the probe alone found out");
    assert_eq!(app.figure(state).await, Some(0.0));
    assert_eq!(app.admin("/readyz").await.text, "ready\n");
}

#[actix_web::test]
async fn a_storm_of_refusals_pauses_no_caller() {
    for status in ["400 No", "401 No", "403 No", "404 No", "429 No"] {
        let peer = Peer::start(move |_, connection| answer(connection, status, "", ""));
        let app = TestApp::with(TestConfig::strict().empego(&peer.as_upstream())).await;
        for _ in 0..30 {
            assert_ne!(launch(&app).await.code(), "upstream_circuit_open", "{status}");
        }
        assert_eq!(peer.received(), 30, "{status}");
    }
}

#[actix_web::test]
async fn retries_add_a_tenth_at_most() {
    let peer = Peer::start(|_, connection| answer(connection, "429 Slow down", "retry-after: 0\r\n", ""));
    let app = TestApp::with(TestConfig::strict().empego(&peer.as_upstream())).await;
    for _ in 0..100 {
        launch(&app).await.is_refused(503, "upstream_busy");
    }
    let retries = peer.received() - 100;
    assert!(
        (1..=11).contains(&retries),
        "{retries}: a tenth, and the quiet tenant's one"
    );
    let denied = app
        .figure("empego_gateway_upstream_retries_denied_total{tenant=\"downtown\"}")
        .await;
    assert!(denied.unwrap() >= 80.0, "{denied:?}");
}

#[actix_web::test]
async fn a_traces_parent_goes_on_and_nothing_else_of_a_trace() {
    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let app = TestApp::documented().await;
    let sent = app
        .drop_in("statistics")
        .user(&alice())
        .header("traceparent", PARENT)
        .header("tracestate", "vendor=patient4711")
        .header("baggage", "patient=4711");
    sent.send().await.is_launched();
    let wrong = app
        .drop_in("statistics")
        .user(&alice())
        .header("traceparent", "00-patient-4711-01");
    wrong.send().await.is_launched();
    let received = app.received().await;
    let header = |at: usize, name: &str| {
        received[at]
            .headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header(0, "traceparent").as_deref(), Some(PARENT));
    assert_eq!((header(0, "tracestate"), header(0, "baggage")), (None, None));
    assert_eq!(header(1, "traceparent"), None);
}

#[actix_web::test]
async fn health_and_figures_answer_while_no_launch_can() {
    let peer = Peer::start(|_, connection| hang(connection));
    let lines = format!("{}\nmax_in_flight = 1\nqueue_timeout_ms = 0", peer.as_upstream());
    let app = TestApp::with(TestConfig::strict().empego(&lines)).await;
    let body = json!({"clinician": alice()}).to_string();
    let held = app
        .client
        .post(format!("http://{}/v1/embeddable/statistics", app.address))
        .bearer_auth(crate::helpers::HOST_KEY)
        .header("content-type", "application/json")
        .body(body);
    let held = actix_web::rt::spawn(held.send());
    while peer.received() == 0 {
        actix_web::rt::time::sleep(Duration::from_millis(1)).await;
    }
    launch(&app).await.is_refused(503, "overloaded");
    for (path, start) in [("/livez", "alive"), ("/readyz", "ready"), ("/metrics", "# HELP")] {
        let answer = app.admin(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.starts_with(start), "{path}: {}", answer.text);
    }
    assert_eq!(app.figure("empego_gateway_in_flight").await, Some(1.0));
    let tenants = "empego_gateway_tenant_in_flight{tenant=\"downtown\"}";
    assert_eq!(app.figure(tenants).await, Some(1.0));
    let shed = "empego_gateway_shed_total{tenant=\"downtown\",reason=\"overloaded\"}";
    assert_eq!(app.figure(shed).await, Some(1.0));
    held.abort();
}

#[actix_web::test]
async fn an_error_of_the_operators_pages_has_the_one_shape() {
    let app = TestApp::strict().await;
    let answer = app.admin("/nowhere").await;
    assert_eq!(
        answer.is_refused(404, "not_found").json()["errors"],
        Value::Array(Vec::new())
    );
}
