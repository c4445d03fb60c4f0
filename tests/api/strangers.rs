//! Strangers who open connections and ask for nothing: they cannot keep anybody else out.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use actix_web::rt::task::spawn_blocking;
use serde_json::json;

use crate::helpers::{
    HOST_KEY, Served, TestConfig, alice,
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
async fn more_idle_strangers_than_files_stop_neither_launches_nor_the_operators_pages() {
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
async fn an_address_keeps_to_the_share_that_was_stated() {
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
