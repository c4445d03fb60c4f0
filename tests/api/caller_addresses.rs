//! Where a caller is: what proxies in front say is believed of trusted ones alone, in the one declared way, and it ends in the
//! audit trail as it is believed.

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, SocketAddr, TcpStream},
    path::Path,
    time::Duration,
};

use actix_web::rt::task::spawn_blocking;
use domain::audit::Event;
use futures_util::future::join_all;
use serde_json::json;
use socket2::{Domain, Socket, Type};
use store::trail::Reader;
use tempfile::TempDir;

use crate::helpers::{HOST_KEY, TestApp, TestConfig, alice, store::StoreFolder};

/// Where connections come from: a proxy that is trusted, and someone else on the same machine.
const PROXY: [u8; 4] = [127, 0, 0, 2];
const STRANGER: [u8; 4] = [127, 0, 0, 3];

/// A gateway with a trail, and what its configuration says of proxies.
struct Stage {
    app: TestApp,
    trail: TempDir,
    _keys: StoreFolder,
}

impl Stage {
    async fn with(server: &str) -> Self {
        let (keys, trail) = (StoreFolder::new(), tempfile::tempdir().unwrap());
        let mut config = TestConfig::strict().server(server);
        config.more = keys.table_with_trail(&trail.path().join("trail"));
        Self {
            app: TestApp::with(config).await,
            trail,
            _keys: keys,
        }
    }

    /// What comes back for these bytes from this address: a status, or nothing if the connection is closed.
    async fn send(&self, from: [u8; 4], bytes: Vec<u8>) -> Option<u16> {
        let to: SocketAddr = self.app.address.parse().unwrap();
        spawn_blocking(move || exchange(from, to, &bytes)).await.unwrap()
    }

    /// Whom the trail has launched, in order.
    fn callers(&self) -> Vec<String> {
        callers(&self.trail.path().join("trail"))
    }
}

fn exchange(from: [u8; 4], to: SocketAddr, bytes: &[u8]) -> Option<u16> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((from, 0)).into()).unwrap();
    socket.connect(&to.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // Closed with a reset if it was given more than it read.
    let _closed = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.strip_prefix("HTTP/1.1 ").map(|rest| rest[..3].parse().unwrap())
}

fn callers(trail: &Path) -> Vec<String> {
    let records = Reader::of(trail).unwrap().map(|record| record.unwrap().event);
    let attempts = records.filter_map(|event| {
        if let Event::Attempt(attempt) = event {
            Some(attempt.peer.map_or_else(String::new, |peer: IpAddr| peer.to_string()))
        } else {
            None
        }
    });
    attempts.collect()
}

/// A launch, with these lines in its head.
fn launch(lines: &str) -> Vec<u8> {
    let body = json!({"clinician": alice()}).to_string();
    let head = format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {HOST_KEY}\r\nconnection: close\r\n\
         content-type: application/json\r\n{lines}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    head.into_bytes()
}

/// What a proxy says first, and then a launch.
fn after(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
    let length = u16::try_from(addresses.len()).unwrap().to_be_bytes();
    let header = [
        b"\r\n\r\n\0\r\nQUIT\n".as_slice(),
        &[command, family],
        &length,
        addresses,
    ];
    [header.concat(), launch("")].concat()
}

const OF_CALLER: [u8; 12] = [203, 0, 113, 9, 192, 0, 2, 1, 0x12, 0x67, 0x01, 0xbb];

#[actix_web::test]
async fn without_trusted_proxies_nothing_that_is_sent_moves_a_caller() {
    let stage = Stage::with("").await;
    let spoofs = [
        "x-forwarded-for: 203.0.113.9\r\n",
        "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 203.0.113.10\r\n",
        "forwarded: for=203.0.113.9\r\n",
        "x-real-ip: 203.0.113.9\r\n",
        "x-client-ip: 203.0.113.9\r\n",
        "true-client-ip: 203.0.113.9\r\n",
        "cf-connecting-ip: 203.0.113.9\r\n",
        "x-cluster-client-ip: 203.0.113.9\r\n",
        "x-envoy-external-address: 203.0.113.9\r\n",
        "via: 1.1 203.0.113.9\r\n",
    ];
    for spoof in spoofs {
        assert_eq!(stage.send(STRANGER, launch(spoof)).await, Some(200), "{spoof}");
    }
    // No request of HTTP begins so.
    assert_eq!(stage.send(STRANGER, after(0x21, 0x11, &OF_CALLER)).await, Some(400));
    assert_eq!(stage.callers(), vec!["127.0.0.3"; spoofs.len()]);
}

#[actix_web::test]
async fn the_header_of_a_trusted_proxy_names_the_caller_and_others_do_not() {
    let stage = Stage::with("trusted_proxies = [\"127.0.0.2\"]\ncaller_address = \"x-forwarded-for\"").await;
    let rows: &[([u8; 4], &str, &str, &str)] = &[
        (PROXY, "x-forwarded-for: 203.0.113.9\r\n", "203.0.113.9", "what it saw"),
        (PROXY, "", "127.0.0.2", "nothing said"),
        (
            PROXY,
            "x-forwarded-for: 10.0.0.1, 203.0.113.9\r\n",
            "203.0.113.9",
            "forged before it",
        ),
        (
            PROXY,
            "x-forwarded-for: 127.0.0.2, 203.0.113.9\r\n",
            "203.0.113.9",
            "a forged proxy before it",
        ),
        (
            PROXY,
            "x-forwarded-for: 203.0.113.9, 127.0.0.2\r\n",
            "203.0.113.9",
            "through the proxy twice",
        ),
        (
            PROXY,
            "x-forwarded-for: 10.0.0.1\r\nx-forwarded-for: 203.0.113.9\r\n",
            "203.0.113.9",
            "two headers",
        ),
        (PROXY, "x-forwarded-for: unknown\r\n", "127.0.0.2", "a name"),
        (PROXY, "x-forwarded-for: 203.0.113.9, \r\n", "127.0.0.2", "an empty end"),
        (PROXY, "forwarded: for=203.0.113.9\r\n", "127.0.0.2", "another header"),
        (PROXY, "x-real-ip: 203.0.113.9\r\n", "127.0.0.2", "one more"),
        (
            PROXY,
            "x_forwarded_for: 203.0.113.9\r\n",
            "127.0.0.2",
            "one that looks like it",
        ),
        (
            STRANGER,
            "x-forwarded-for: 203.0.113.9\r\n",
            "127.0.0.3",
            "a stranger's word",
        ),
        (
            STRANGER,
            "x-forwarded-for: 127.0.0.2\r\n",
            "127.0.0.3",
            "a stranger as the proxy",
        ),
        (
            STRANGER,
            "x-forwarded-for: 203.0.113.9, 127.0.0.2\r\n",
            "127.0.0.3",
            "as if through it",
        ),
        (STRANGER, "", "127.0.0.3", "a stranger who says nothing"),
    ];
    for (from, lines, _, reason) in rows {
        assert_eq!(stage.send(*from, launch(lines)).await, Some(200), "{reason}");
    }
    let expected: Vec<_> = rows.iter().map(|(_, _, expected, _)| (*expected).to_owned()).collect();
    assert_eq!(stage.callers(), expected);
}

#[actix_web::test]
async fn a_trusted_proxy_must_say_first_who_calls_and_others_must_not() {
    let stage = Stage::with(
        "trusted_proxies = [\"127.0.0.2/32\"]\ncaller_address = \"proxy-protocol\"\nclient_head_timeout_ms = 500",
    )
    .await;
    let of_v6 = [[0x20; 32].as_slice(), &[0, 1, 0, 2]].concat();
    let rows: Vec<([u8; 4], Vec<u8>, Option<u16>, &str, &str)> = vec![
        (
            PROXY,
            after(0x21, 0x11, &OF_CALLER),
            Some(200),
            "203.0.113.9",
            "a caller of IPv4",
        ),
        (
            PROXY,
            after(0x21, 0x21, &of_v6),
            Some(200),
            "2020:2020:2020:2020:2020:2020:2020:2020",
            "of IPv6",
        ),
        (
            PROXY,
            after(0x20, 0x00, &[]),
            Some(200),
            "127.0.0.2",
            "the proxy itself",
        ),
        (PROXY, launch(""), None, "", "without the header"),
        (
            PROXY,
            launch("x-forwarded-for: 203.0.113.9\r\n"),
            None,
            "",
            "with the other way's header",
        ),
        (
            PROXY,
            b"PROXY TCP4 203.0.113.9 192.0.2.1 4711 443\r\n".to_vec(),
            None,
            "",
            "version 1",
        ),
        (PROXY, after(0x21, 0x12, &OF_CALLER), None, "", "datagrams"),
        (PROXY, after(0x21, 0x11, &OF_CALLER[..8]), None, "", "too short"),
        (
            PROXY,
            b"\r\n\r\n\0\r\nQU".to_vec(),
            None,
            "",
            "half of one, and no more",
        ),
        (PROXY, Vec::new(), None, "", "nothing at all"),
        (STRANGER, launch(""), Some(200), "127.0.0.3", "a stranger without one"),
        (
            STRANGER,
            launch("x-forwarded-for: 203.0.113.9\r\n"),
            Some(200),
            "127.0.0.3",
            "with the other way's",
        ),
        (
            STRANGER,
            after(0x21, 0x11, &OF_CALLER),
            Some(400),
            "",
            "a stranger's own header",
        ),
        (
            STRANGER,
            after(0x20, 0x00, &[]),
            Some(400),
            "",
            "a stranger as the proxy's check",
        ),
    ];
    let refused: u32 = rows
        .iter()
        .map(|(from, _, status, ..)| u32::from(*from == PROXY && status.is_none()))
        .sum();
    let expected: Vec<_> = rows
        .iter()
        .filter(|row| row.2 == Some(200))
        .map(|row| row.3.to_owned())
        .collect();
    for (from, bytes, status, _, reason) in rows {
        assert_eq!(stage.send(from, bytes).await, status, "{reason}");
    }
    assert_eq!(stage.callers(), expected);
    let figure = "empego_gateway_connections_cut_off_total{reason=\"proxy_header\"}";
    assert_eq!(stage.app.figure(figure).await, Some(f64::from(refused)));
}

#[actix_web::test]
async fn guesses_of_one_caller_behind_a_proxy_keep_no_other_caller_out() {
    let stage = Stage::with("trusted_proxies = [\"127.0.0.2\"]\ncaller_address = \"x-forwarded-for\"").await;
    let guess = |caller: &str| {
        let lines = format!("x-forwarded-for: {caller}\r\n");
        let bytes = String::from_utf8(launch(&lines)).unwrap();
        bytes.replace(HOST_KEY, "egw_not_a_key").into_bytes()
    };
    for _ in 0..300 {
        assert_eq!(stage.send(PROXY, guess("203.0.113.9")).await, Some(401));
    }
    // From here on its refusals come late, and only a few may wait for theirs.
    let together =
        |caller: &'static str| join_all((0..24).map(|_| stage.send(PROXY, guess(caller))).collect::<Vec<_>>());
    assert!(together("203.0.113.9").await.contains(&Some(429)));
    assert_eq!(together("203.0.113.10").await, vec![Some(401); 24]);
}
