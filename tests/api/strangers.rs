//! Strangers who open connections and send no request: they cannot keep other callers out.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use actix_web::rt::task::spawn_blocking;
use serde_json::json;

use crate::helpers::{
    HOST_KEY, Served, TestApp, TestConfig, alice,
    peer::{Peer, embed},
};

/// So few that they are used up at once.
const FILES: u16 = 200;
const STRANGERS: u16 = 400;

/// A request on a connection that stays open, and its answer.
fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "closed after: {answer}");
        answer.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
        let Some((head, body)) = answer.split_once("\r\n\r\n") else {
            continue;
        };
        let lengths = head.lines().filter_map(|line| line.strip_prefix("content-length: "));
        if lengths.map(|length| length.parse::<usize>().unwrap()).next() == Some(body.len()) {
            return answer;
        }
    }
}

fn launch() -> String {
    let body = json!({"clinician": alice()}).to_string();
    format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {HOST_KEY}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn figure(exposition: &str, name: &str) -> u16 {
    let mut lines = exposition.lines();
    let line = lines.find_map(|line| line.strip_prefix(&format!("empego_gateway_{name} ")));
    let line = line.unwrap_or_else(|| panic!("no {name} in {exposition}"));
    // Gauges have a fraction, counters none.
    line.trim_end_matches(".0").parse().unwrap()
}

#[actix_web::test]
async fn more_idle_strangers_than_files_stop_no_launches_or_operator_pages() {
    let peer = Peer::start(|_, connection| embed(connection));
    let served = Served::with_open_files(FILES, &peer, &TestConfig::strict());
    let (address, admin) = (served.address.clone(), served.admin.clone());
    let exposition = spawn_blocking(move || {
        let mut host = TcpStream::connect(&address).unwrap();
        assert!(ask(&mut host, &launch()).starts_with("HTTP/1.1 200 OK"));

        let strangers: Vec<TcpStream> = (0..STRANGERS)
            .map(|_| {
                let mut stranger = TcpStream::connect(&address).unwrap();
                let answer = ask(&mut stranger, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
                stranger
            })
            .collect();
        let operators: Vec<TcpStream> = (0..STRANGERS)
            .map(|_| {
                let mut reader = TcpStream::connect(&admin).unwrap();
                let answer = ask(&mut reader, "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n");
                assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
                reader
            })
            .collect();

        assert!(
            ask(&mut host, &launch()).starts_with("HTTP/1.1 200 OK"),
            "whoever has authenticated keeps the connection"
        );
        let mut newcomer = TcpStream::connect(&address).unwrap();
        assert!(ask(&mut newcomer, &launch()).starts_with("HTTP/1.1 200 OK"));
        let mut reader = TcpStream::connect(&admin).unwrap();
        let exposition = ask(&mut reader, "GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n");
        drop((strangers, operators));
        exposition
    })
    .await
    .unwrap();
    let (open, allowed) = (
        figure(&exposition, "connections"),
        figure(&exposition, "max_connections"),
    );
    assert!(open <= allowed && allowed <= FILES / 2, "{open} of {allowed}");
    let closed = figure(&exposition, "connections_closed_early_total");
    assert_eq!(closed + open, STRANGERS + 2, "all that are not open had to go");
    let (status, log) = spawn_blocking(|| served.gateway.stop()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[actix_web::test]
async fn an_address_keeps_to_its_configured_share() {
    let peer = Peer::start(|_, connection| embed(connection));
    let config = TestConfig::strict().server("max_connections_per_address = 3");
    let served = Served::start(&peer, &config);
    let address = served.address.clone();
    let first_is_closed = spawn_blocking(move || {
        let mut connections: Vec<TcpStream> = (0..4)
            .map(|_| {
                let mut stranger = TcpStream::connect(&address).unwrap();
                ask(&mut stranger, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                stranger
            })
            .collect();
        let mut rest = Vec::new();
        // A connection that is closed with nothing unread ends; a reset would be as good.
        connections[0].read_to_end(&mut rest).map_or(true, |read| read == 0)
    })
    .await
    .unwrap();
    assert!(first_is_closed);
}

#[actix_web::test]
async fn heads_that_never_end_go_for_each_other_and_a_long_one_is_still_read() {
    const HEADS: usize = 300;
    let app = TestApp::with(TestConfig::strict().server("client_head_timeout_ms = 60000")).await;
    let address = app.address.clone();
    let (mut first, rest, answer) = spawn_blocking(move || {
        let begun = format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {}", "a".repeat(120_000));
        let mut heads = (0..HEADS).map(|_| {
            let mut stranger = TcpStream::connect(&address).unwrap();
            // A stranger may be cut off while it is still writing.
            let _may_be_gone = stranger.write_all(begun.as_bytes());
            stranger
        });
        let first = heads.next().unwrap();
        let rest: Vec<TcpStream> = heads.collect();
        let mut host = TcpStream::connect(&address).unwrap();
        let long = format!("host: x\r\nx-long: {}\r\n", "a".repeat(100_000));
        let answer = ask(&mut host, &launch().replacen("host: x\r\n", &long, 1));
        (first, rest, answer)
    })
    .await
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let first_is_closed = spawn_blocking(move || {
        first.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut rest = Vec::new();
        // Something unread is left of it, so it is reset.
        first.read_to_end(&mut rest).is_err() || rest.is_empty()
    });
    assert!(first_is_closed.await.unwrap());
    let kept = app.figure("empego_gateway_unfinished_heads_bytes").await.unwrap();
    assert!((1_000_000.0..=33_554_432.0).contains(&kept), "{kept}");
    let gone = "empego_gateway_connections_cut_off_total{reason=\"heads_too_many\"}";
    assert!(app.figure(gone).await.unwrap() > 0.0);
    drop(rest);
}

#[actix_web::test]
async fn each_head_rejected_before_it_is_a_request_is_counted_by_reason() {
    let app = TestApp::with(TestConfig::strict().server("client_head_timeout_ms = 1500")).await;
    let too_long = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "a".repeat(140_000));
    let too_many = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: a\r\n".repeat(200));
    let pipelined = "GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/9.9\r\n\r\n";
    let rows = [
        (
            "POST /v1/embeddable/statistics HTTP/1.0\r\nhost: a\r\n\r\n",
            "400",
            "head_malformed",
            "no length, and a version in which the end of the connection would say it",
        ),
        ("hello\r\n\r\n", "400", "head_malformed", "no head at all"),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
            "400",
            "head_malformed",
            "two lengths",
        ),
        (pipelined, "400", "head_malformed", "behind a request that was one"),
        (&too_long, "431", "head_too_large", "too long"),
        (&too_many, "4", "head_too_large", "too many headers"),
        (
            "GET / HTTP/1.1\r\nhost:",
            "408",
            "head_too_slow",
            "the rest never comes",
        ),
    ];
    let series = |reason: &str| format!("empego_gateway_connections_cut_off_total{{reason=\"{reason}\"}}");
    for (sent, status, counted, reason) in rows {
        let before = app.figure(&series(counted)).await.unwrap();
        let (address, sent) = (app.address.clone(), sent.to_owned());
        let answer = spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            let _may_be_closed = stream.write_all(sent.as_bytes());
            let mut answer = Vec::new();
            let _may_be_reset = stream.read_to_end(&mut answer);
            String::from_utf8(answer).unwrap()
        })
        .await
        .unwrap();
        assert!(answer.contains(&format!("HTTP/1.1 {status}")), "{reason}: {answer}");
        assert_eq!(
            app.figure(&series(counted)).await,
            Some(before + 1.0),
            "{reason}: {answer}"
        );
    }
    app.request(reqwest::Method::GET, "/nowhere")
        .send()
        .await
        .is_refused(404, "not_found");
    let all = [
        "head_malformed",
        "head_too_large",
        "head_too_slow",
        "heads_too_many",
        "response_too_slow",
    ];
    let mut of_all = 0.0;
    for reason in all {
        of_all += app.figure(&series(reason)).await.unwrap();
    }
    assert_eq!(
        Some(of_all),
        Some(7.0),
        "what is answered by us is not counted among them"
    );
}
