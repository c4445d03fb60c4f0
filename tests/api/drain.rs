//! A stop in the middle of work, seen from outside the process.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::rt::{self, task::spawn_blocking, time::sleep};
use futures_util::future::join_all;
use serde_json::json;

use crate::helpers::{
    Answer, HOST_KEY, Served, TestConfig, alice,
    issuer::{Issuer, SigningKey},
    peer::{Peer, answer, embed, hang},
};

fn serve(peer: &Peer, lines: &str) -> Served {
    serve_with(peer, TestConfig::strict().empego(lines))
}

fn serve_with(peer: &Peer, config: TestConfig) -> Served {
    Served::start(peer, &config.server("shutdown_grace_secs = 600\nkeep_alive_secs = 600"))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn launch(client: reqwest::Client, address: String) -> reqwest::Result<Answer> {
    let request = client.post(format!("http://{address}/v1/embeddable/statistics"));
    let request = request.bearer_auth(HOST_KEY).header("content-type", "application/json");
    let response = request.body(json!({"clinician": alice()}).to_string()).send().await?;
    Ok(Answer::of(response).await)
}

/// What `/readyz` says once it is what the test waits for.
async fn readiness(client: &reqwest::Client, admin: &str, is_it: impl Fn(&str) -> bool) -> Answer {
    loop {
        let answer = client.get(format!("http://{admin}/readyz")).send().await.unwrap();
        let answer = Answer::of(answer).await;
        if is_it(&answer.text) {
            return answer;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

#[actix_web::test]
async fn a_stop_finishes_current_and_waiting_launches_but_not_idle_ones() {
    const SEATS: usize = 20;
    let may_answer = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&may_answer);
    let peer = Peer::start(move |_, connection| {
        while !seen.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        embed(connection)
    });
    let lines = format!("max_in_flight_per_tenant = {SEATS}\nqueue_timeout_ms = 60000\ntimeout_ms = 60000");
    let Served {
        gateway,
        address,
        admin,
        _folder,
    } = serve(&peer, &lines);
    // One that has never asked for anything, and one that has, and may again.
    let mut silent = TcpStream::connect(&address).unwrap();
    let mut idle = TcpStream::connect(&address).unwrap();
    idle.write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut some = [0; 4096];
    assert!(
        spawn_blocking(move || idle.read(&mut some).map(|read| (read > 0, idle)))
            .await
            .unwrap()
            .unwrap()
            .0
    );

    let client = client();
    let launches: Vec<_> = (0..2 * SEATS)
        .map(|_| rt::spawn(launch(client.clone(), address.clone())))
        .collect();
    let url = format!("http://{admin}/metrics");
    let taken = format!("empego_gateway_in_flight {SEATS}.0");
    loop {
        let page = client.get(&url).send().await.unwrap().text().await.unwrap();
        if page.contains(&taken) && peer.received() == SEATS {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    gateway.signal("TERM");
    let stopping = readiness(&client, &admin, |text| !text.starts_with("ready")).await;
    assert_eq!(stopping.status, 503);
    assert!(stopping.text.starts_with("not ready: stopping"), "{}", stopping.text);

    may_answer.store(true, Ordering::SeqCst);
    for answer in join_all(launches).await {
        answer.unwrap().unwrap().is_launched();
    }
    let begin = Instant::now();
    let (status, log) = spawn_blocking(|| gateway.ended()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(begin.elapsed() < Duration::from_mins(1), "idle connections held it up");
    assert_eq!(peer.received(), 2 * SEATS);
    let mut rest = Vec::new();
    assert_eq!(silent.read_to_end(&mut rest).unwrap_or(0), 0);
}

#[actix_web::test]
async fn a_delayed_stop_takes_launches_that_come_before_balancers_notice() {
    let peer = Peer::start(|_, connection| embed(connection));
    let config = TestConfig::strict().server("shutdown_delay_secs = 120\nshutdown_grace_secs = 600");
    let Served {
        gateway,
        address,
        admin,
        _folder,
    } = Served::start(&peer, &config);
    let client = client();
    gateway.signal("TERM");
    let stopping = readiness(&client, &admin, |text| !text.starts_with("ready")).await;
    assert_eq!(stopping.status, 503);
    launch(client, address).await.unwrap().is_launched();
    // Long before the delay is over.
    gateway.signal("TERM");
    let (status, log) = spawn_blocking(|| gateway.ended()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopping immediately"), "{log}");
}

#[actix_web::test]
async fn a_delayed_stop_ends_when_its_delay_is_over() {
    let peer = Peer::start(|_, connection| embed(connection));
    let config = TestConfig::strict().server("shutdown_delay_secs = 1\nshutdown_grace_secs = 600");
    let Served { gateway, .. } = Served::start(&peer, &config);
    gateway.signal("TERM");
    let (status, log) = spawn_blocking(|| gateway.ended()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(!log.contains("stopping immediately"), "{log}");
}

#[actix_web::test]
async fn a_stop_under_load_breaks_no_launch_that_reached_the_gateway() {
    let peer = Peer::slow(Duration::from_millis(5), |_, connection| embed(connection));
    let Served { gateway, address, .. } = serve(&peer, "");
    let answered = Arc::new(AtomicUsize::new(0));
    // Connections of their own: a request on a kept one may cross the other side's goodbye, in any server.
    let caller = |address: String, answered: Arc<AtomicUsize>| async move {
        loop {
            let client = reqwest::Client::builder()
                .no_proxy()
                .pool_max_idle_per_host(0)
                .build()
                .unwrap();
            match launch(client, address.clone()).await {
                Ok(answer) => {
                    answer.is_launched();
                    answered.fetch_add(1, Ordering::SeqCst);
                }
                Err(error) => return error,
            }
        }
    };
    let callers: Vec<_> = (0..8)
        .map(|_| rt::spawn(caller(address.clone(), Arc::clone(&answered))))
        .collect();
    while answered.load(Ordering::SeqCst) < 100 {
        sleep(Duration::from_millis(5)).await;
    }
    gateway.signal("TERM");
    let ends = join_all(callers).await;
    let refused = ends.iter().filter(|end| end.as_ref().unwrap().is_connect()).count();
    // What the kernel has accepted and the process has not yet is lost when the listener closes: that is a race of
    // microseconds, and not what most callers see.
    assert!(refused > ends.len() / 2, "{ends:?}");
    let (status, log) = spawn_blocking(|| gateway.ended()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(
        peer.received(),
        answered.load(Ordering::SeqCst),
        "every call upstream was answered to its caller"
    );
}

/// The lines of a token host whose keys are at this peer.
fn token_host(issuer: &Issuer, keys: &Peer) -> String {
    let address = keys.address;
    let keys = format!("[host.jwt]\njwks_url = \"http://{address}/jwks\"");
    issuer.host("spa", "gateway", "").replace("[host.jwt]", &keys)
}

/// Launches with a token; returns the connection as soon as the gateway has read the head.
fn begin_launch(address: &str, token: &str) -> BufReader<TcpStream> {
    let mut connection = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    connection.get_mut().write_all(b"{}").unwrap();
    connection
}

#[actix_web::test]
async fn a_stop_during_a_key_fetch_loses_no_launch() {
    let issuer = Issuer::start().await;
    let later = SigningKey::ed25519("k2");
    let rows = [
        ("the launch waits for a fetch of the background", 0, &issuer.key),
        ("the launch itself fetches", 1, &later),
    ];
    for (reason, held, key) in rows {
        let may_answer = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&may_answer);
        let first = json!({"keys": [issuer.key.public()]}).to_string();
        let second = json!({"keys": [issuer.key.public(), later.public()]}).to_string();
        let keys = Peer::start(move |before, connection| {
            while before == held && !seen.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            let keys = if before == 0 { &first } else { &second };
            answer(connection, "200 OK", "", keys)
        });
        let upstream = Peer::start(|_, connection| embed(connection));
        let mut config = TestConfig::strict();
        config.more = token_host(&issuer, &keys);
        let Served {
            gateway,
            address,
            admin,
            _folder,
        } = serve_with(&upstream, config);
        let client = client();
        // Either the first fetch is in flight, or its keys are here.
        while keys.received() == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        if held > 0 {
            readiness(&client, &admin, |text| text == "ready\n").await;
        }

        let token = key.sign(&key.header(), &issuer.claims());
        let launching = spawn_blocking(move || begin_launch(&address, &token)).await.unwrap();
        while keys.received() <= held {
            sleep(Duration::from_millis(5)).await;
        }
        gateway.signal("TERM");
        readiness(&client, &admin, |text| text.starts_with("not ready: stopping")).await;
        may_answer.store(true, Ordering::SeqCst);

        let (status, log) = spawn_blocking(|| gateway.ended()).await.unwrap();
        assert_eq!(status.code(), Some(0), "{reason}: {log}");
        let mut launched = String::new();
        let mut launching = launching;
        launching.read_to_string(&mut launched).unwrap();
        assert!(launched.contains("HTTP/1.1 200 OK"), "{reason}: {launched}");
        assert_eq!(upstream.received(), 1, "{reason}");
        assert_eq!(keys.received(), held + 1, "{reason}: nothing is fetched twice");
    }
}

#[actix_web::test]
async fn a_stop_does_not_wait_for_a_key_fetch_that_no_launch_needs() {
    let issuer = Issuer::start().await;
    let keys = Peer::start(|_, connection| hang(connection));
    let upstream = Peer::start(|_, connection| embed(connection));
    let mut config = TestConfig::strict();
    config.more = token_host(&issuer, &keys);
    let Served { gateway, _folder, .. } = serve_with(&upstream, config);
    while keys.received() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let (status, log) = spawn_blocking(|| gateway.stop()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("\"stopped\""), "{log}");
    assert!(
        !log.contains("could not be fetched"),
        "it waited for the fetch's end: {log}"
    );
    assert!(!log.contains("cut off"), "{log}");
}

#[actix_web::test]
async fn a_second_signal_cuts_off_what_is_under_way() {
    let peer = Peer::start(|_, connection| hang(connection));
    let Served {
        gateway,
        address,
        admin,
        _folder,
    } = serve(&peer, "timeout_ms = 60000");
    let client = client();
    let launch = rt::spawn(launch(client.clone(), address));
    while peer.received() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    gateway.signal("TERM");
    readiness(&client, &admin, |text| text.starts_with("not ready: stopping")).await;
    let (status, log) = spawn_blocking(|| gateway.stop()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(
        log.contains("\"stopping immediately: launches in flight are cut off\""),
        "{log}"
    );
    assert!(!log.contains("\"stopped\""), "{log}");
    assert!(launch.await.unwrap().is_err(), "nobody answers it");
}
