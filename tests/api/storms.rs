//! Too much of everything at once: what is served stays right, and what cannot be served is refused fast.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use actix_web::rt::{self, task::spawn_blocking, time::sleep};
use futures_util::future::join_all;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::helpers::{
    Answer, HOST_KEY, TestApp, TestConfig, alice,
    peer::{Peer, Then, answer, embed, hang},
};

/// How often each outcome was seen.
type Seen = BTreeMap<String, usize>;

fn outcome(answer: &Answer) -> String {
    if answer.status == 200 {
        "ok".to_owned()
    } else {
        answer.code()
    }
}

async fn launch(app: &TestApp) -> Answer {
    let native = app.native("statistics").json(&json!({"clinician": alice()}));
    native.send().await
}

/// A launch as bytes, for clients that do not behave.
fn request(key: &str) -> String {
    let body = json!({"clinician": alice()}).to_string();
    format!(
        "POST /v1/embeddable/statistics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[actix_web::test]
async fn a_full_gateway_serves_its_capacity_and_refuses_the_rest_at_once() {
    const SEATS: usize = 8;
    let work = Duration::from_millis(100);
    let lasts = Duration::from_secs(20);
    let peer = Peer::slow(work, |_, connection| embed(connection));
    let lines = format!(
        "{}\nmax_in_flight_per_tenant = {SEATS}\nqueue_timeout_ms = 20",
        peer.as_upstream()
    );
    let app = TestApp::with(TestConfig::strict().empego(&lines)).await;
    let end = Instant::now() + lasts;
    let caller = || async {
        let (mut answered, mut shed) = (Vec::new(), Vec::new());
        while Instant::now() < end {
            let answer = launch(&app).await;
            match outcome(&answer).as_str() {
                "ok" => answered.push(answer.took),
                "overloaded" => {
                    assert_eq!(answer.header("retry-after"), Some("1"));
                    shed.push(answer.took);
                    sleep(work / 2).await;
                }
                other => panic!("{other}: {answer:?}"),
            }
        }
        (answered, shed)
    };
    let (answered, shed): (Vec<_>, Vec<_>) = join_all((0..3 * SEATS).map(|_| caller())).await.into_iter().unzip();
    let (mut answered, mut shed) = (answered.concat(), shed.concat());
    let median = |took: &mut Vec<Duration>| {
        took.sort();
        took[took.len() / 2]
    };
    let (of_answered, of_shed) = (median(&mut answered), median(&mut shed));
    println!(
        "fault | three times the capacity | ok {}, overloaded {} | {} | answered {} ms, shed {} ms",
        answered.len(),
        shed.len(),
        peer.received(),
        of_answered.as_millis(),
        of_shed.as_millis(),
    );
    assert_eq!(
        peer.received(),
        answered.len(),
        "who is shed costs the upstream nothing"
    );
    assert_eq!(peer.most_under_way(), SEATS, "all seats are used, and no more");
    assert!(
        of_answered < work * 10 && of_shed < work * 10,
        "{of_answered:?}, {of_shed:?}"
    );
}

#[actix_web::test]
async fn an_upstream_that_restarts_in_mid_load_is_found_again() {
    let work = Duration::from_millis(5);
    let behaviour = |_: usize, connection: &mut TcpStream| embed(connection);
    let peer = Peer::slow(work, behaviour);
    let address = peer.address;
    let app = TestApp::with(TestConfig::strict().empego(&peer.as_upstream())).await;
    // Goes on until it saw both sides of the restart, and many launches after.
    let caller = |is_back: std::rc::Rc<std::cell::Cell<bool>>| {
        let app = &app;
        async move {
            let (mut seen, mut after) = (Seen::new(), 0);
            while after < 50 {
                let outcome = outcome(&launch(app).await);
                after += usize::from(is_back.get() && outcome == "ok");
                *seen.entry(outcome).or_default() += 1;
                sleep(Duration::from_millis(2)).await;
            }
            seen
        }
    };
    let is_back = std::rc::Rc::new(std::cell::Cell::new(false));
    let restart = async {
        while peer.received() < 100 {
            sleep(Duration::from_millis(1)).await;
        }
        drop(peer);
        sleep(Duration::from_millis(300)).await;
        let again = Peer::listen(address, work, behaviour);
        is_back.set(true);
        again
    };
    let callers = join_all((0..8).map(|_| caller(std::rc::Rc::clone(&is_back))));
    let (again, seen) = futures_util::future::join(restart, callers).await;
    let mut all = Seen::new();
    for (outcome, times) in seen.into_iter().flatten() {
        *all.entry(outcome).or_default() += times;
    }
    println!(
        "fault | upstream restart in mid-load | {all:?} | {} after | -",
        again.received()
    );
    let expected = ["ok", "upstream_unreachable", "upstream_circuit_open"];
    assert!(
        all.keys().all(|outcome| expected.contains(&outcome.as_str())),
        "{all:?}"
    );
    assert!(all.contains_key("upstream_unreachable"), "{all:?}: it really was away");
}

#[actix_web::test]
async fn a_thousand_slow_lorises_delay_no_caller_and_are_cut_off() {
    const LORISES: usize = 1000;
    let config = TestConfig::strict().server("client_head_timeout_ms = 2000\nclient_body_timeout_ms = 2000");
    let app = TestApp::with(config).await;
    let address = app.address.clone();
    let half = request(HOST_KEY);
    let half_a_head = half[..40].to_owned();
    let half_a_body = half[..half.len() - 10].to_owned();
    let hold = move || {
        let connect = |at: usize| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
            // Some have even been let in.
            let start = if at.is_multiple_of(10) {
                &half_a_body
            } else {
                &half_a_head
            };
            stream.write_all(start.as_bytes()).unwrap();
            stream
        };
        (0..LORISES).map(connect).collect::<Vec<_>>()
    };
    let lorises = spawn_blocking(hold).await.unwrap();
    let begin = Instant::now();
    for _ in 0..20 {
        launch(&app).await.is_launched();
    }
    assert_eq!(app.admin("/livez").await.status, 200);
    println!(
        "fault | 1,000 slow-loris connections, 20 launches | ok | 20 | {} ms",
        begin.elapsed().as_millis()
    );
    let cut_off = |mut stream: TcpStream| {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answers = spawn_blocking(move || lorises.into_iter().map(cut_off).collect::<Vec<_>>());
    let answers = answers.await.unwrap();
    let heads = answers
        .iter()
        .filter(|answer| answer.starts_with("HTTP/1.1 408") && answer.ends_with("\r\n\r\n"));
    let bodies = answers
        .iter()
        .filter(|answer| answer.contains("\"code\":\"request_timeout\""));
    assert_eq!((heads.count(), bodies.count()), (LORISES - LORISES / 10, LORISES / 10));
}

#[actix_web::test]
async fn a_second_head_on_a_kept_connection_must_not_be_slow_either() {
    let config = TestConfig::strict().server("client_head_timeout_ms = 400\nkeep_alive_secs = 3600");
    let app = TestApp::with(config).await;
    let address = app.address.clone();
    let whole = request(HOST_KEY);
    let exchange = move || {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let mut answer = [0; 4096];
        for _ in 0..2 {
            stream.write_all(whole.as_bytes()).unwrap();
            let read = loop {
                if let Ok(read) = stream.read(&mut answer) {
                    break read;
                }
            };
            let answer = String::from_utf8_lossy(&answer[..read]);
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        }
        // A letter now and then makes it no faster.
        for at in 0..whole.len() {
            let is_open = stream.write_all(&whole.as_bytes()[at..=at]).is_ok();
            if !is_open || matches!(stream.read(&mut answer), Ok(0)) {
                return true;
            }
        }
        false
    };
    assert!(
        spawn_blocking(exchange).await.unwrap(),
        "the connection was not closed in time"
    );
}

#[actix_web::test]
async fn no_client_holds_a_connection_after_its_response() {
    let config = TestConfig::strict().server("client_head_timeout_ms = 1000\nkeep_alive_secs = 1");
    let app = TestApp::with(config).await;
    let unending = "POST /nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n".to_owned();
    // More responses than the kernel takes off the process, and no client that reads them.
    let deaf = "GET /openapi.yaml HTTP/1.1\r\nhost: x\r\n\r\n".repeat(400);
    for (name, sent, reads) in [
        ("a body that never ends", unending, true),
        ("a caller who does not read", deaf, false),
    ] {
        let address = app.address.clone();
        let exchange = move || {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            stream.write_all(sent.as_bytes()).unwrap();
            if reads {
                let mut answer = Vec::new();
                return stream.read_to_end(&mut answer).is_ok();
            }
            // The other side has gone once it takes nothing any more. What comes meanwhile is no head that is late.
            (0..30_000).any(|_| {
                thread::sleep(Duration::from_millis(1));
                stream.write_all(b"\r\n").is_err()
            })
        };
        assert!(spawn_blocking(exchange).await.unwrap(), "{name}");
    }
    let deaf = "empego_gateway_connections_cut_off_total{reason=\"response_too_slow\"}";
    assert_eq!(app.figure(deaf).await, Some(1.0));
}

#[actix_web::test]
async fn a_response_that_is_taken_steadily_may_take_as_long_as_it_needs() {
    // In all, it takes longer than a caller has for its next request; the kernel passes it on in parts of half a second.
    let config = TestConfig::strict().server("client_head_timeout_ms = 2000\nkeep_alive_secs = 1");
    let app = TestApp::with(config).await;
    let address = app.address.parse::<SocketAddr>().unwrap();
    let exchange = move || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        // What the kernel holds for a caller must be less than a response.
        socket.set_recv_buffer_size(4096).unwrap();
        socket.connect(&address.into()).unwrap();
        let mut stream = TcpStream::from(socket);
        // The beginning of a next request is no reason either.
        stream
            .write_all(b"GET /openapi.yaml HTTP/1.1\r\nhost: x\r\n\r\nGET /op")
            .unwrap();
        let (mut taken, mut part) = (Vec::new(), [0; 4096]);
        while !taken.ends_with(include_bytes!("../../openapi.yaml")) {
            thread::sleep(Duration::from_millis(50));
            let read = stream.read(&mut part).unwrap();
            assert_ne!(read, 0, "cut off after {} bytes", taken.len());
            taken.extend_from_slice(&part[..read]);
        }
    };
    spawn_blocking(exchange).await.unwrap();
}

#[actix_web::test]
async fn a_caller_with_expect_continue_waits_for_its_launch_like_others() {
    let peer = Peer::slow(Duration::from_secs(1), |_, connection| embed(connection));
    let config = TestConfig::strict().empego(&peer.as_upstream());
    let app = TestApp::with(config.server("client_head_timeout_ms = 100")).await;
    let address = app.address.clone();
    let whole = request(HOST_KEY);
    let exchange = move || {
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let head = format!("{head}\r\nexpect: 100-continue\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).unwrap();
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    };
    let answer = spawn_blocking(exchange).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer:?}");
}

#[actix_web::test]
async fn a_tenant_whose_upstream_hangs_affects_no_other_tenant() {
    let (hanging, healthy) = (
        Peer::start(|_, connection| hang(connection)),
        Peer::start(|_, connection| embed(connection)),
    );
    let digest = "77213c5e96d1eb939d3d3ff67ff31d92433217772584b30664acc08329096484";
    let mut config = TestConfig::strict().empego(&format!(
        "{}\nmax_in_flight = 8\nmax_in_flight_per_tenant = 4\nqueue_timeout_ms = 50\ntimeout_ms = 60000",
        hanging.as_upstream()
    ));
    config.more = format!(
        r#"
        [[tenant]]
        id = "uptown"
        api_key_env = "OTHER_API_KEY"
        endpoints = ["*"]
        [tenant.empego]
        {}
        [[host]]
        id = "other"
        tenant = "uptown"
        identity = "asserted"
        key_sha256 = "{digest}"
        "#,
        healthy.as_upstream()
    );
    let app = TestApp::with(config).await;
    // More than its slots: some hang, the others are refused.
    let hung: Vec<_> = (0..12)
        .map(|_| {
            let (address, client) = (app.address.clone(), app.client.clone());
            let request = client
                .post(format!("http://{address}/v1/embeddable/statistics"))
                .bearer_auth(HOST_KEY)
                .header("content-type", "application/json");
            rt::spawn(request.body(json!({"clinician": alice()}).to_string()).send())
        })
        .collect();
    while hanging.received() < 4 {
        sleep(Duration::from_millis(1)).await;
    }
    let begin = Instant::now();
    for _ in 0..200 {
        let native = app.native("statistics").without_header("authorization");
        let native = native.header("authorization", "Bearer egw_other-host");
        native.json(&json!({"clinician": alice()})).send().await.is_launched();
    }
    println!(
        "fault | beside a tenant that hangs, 200 launches | ok | {} | {} ms",
        healthy.received(),
        begin.elapsed().as_millis()
    );
    assert_eq!((healthy.received(), hanging.received()), (200, 4));
    for launch in hung {
        launch.abort();
    }
}

#[actix_web::test]
async fn limits_hold_for_all_workers_together() {
    const SEATS: usize = 3;
    let peer = Peer::slow(Duration::from_millis(20), |before, connection| {
        if before < 60 {
            embed(connection)
        } else {
            answer(connection, "500 Oops", "", "")
        }
    });
    let lines = format!(
        "{}\nmax_in_flight_per_tenant = {SEATS}\nqueue_timeout_ms = 60000\ntimeout_ms = 60000",
        peer.as_upstream()
    );
    let config = TestConfig::strict().empego(&lines).server("workers = 4");
    let app = TestApp::with(config).await;
    // A connection each, so that every worker gets some.
    let fresh = || async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("http://{}/v1/embeddable/statistics", app.address));
        let request = request.bearer_auth(HOST_KEY).header("content-type", "application/json");
        let response = request.body(json!({"clinician": alice()}).to_string()).send().await;
        Answer::of(response.unwrap()).await
    };
    for answer in join_all((0..60).map(|_| fresh())).await {
        answer.is_launched();
    }
    assert_eq!(peer.most_under_way(), SEATS);
    // Half of what was counted of late has to fail before it opens; then it is open for all workers.
    let mut failed = 0;
    while outcome(&fresh().await) == "upstream_error" {
        failed += 1;
    }
    assert!((10..=60).contains(&failed), "{failed}");
    for answer in join_all((0..16).map(|_| fresh())).await {
        answer.is_refused(503, "upstream_circuit_open");
    }
    assert_eq!(peer.received(), 60 + failed);
}

#[actix_web::test]
async fn tenants_with_upstreams_of_their_own_fail_alone() {
    let broken = Peer::start(|_, connection| answer(connection, "500 Oops", "", ""));
    let healthy = Peer::start(|_, connection| {
        embed(connection);
        Then::Keep
    });
    let digest = "77213c5e96d1eb939d3d3ff67ff31d92433217772584b30664acc08329096484";
    let mut config = TestConfig::strict().empego(&broken.as_upstream());
    config.more = format!(
        "[[tenant]]\nid = \"uptown\"\napi_key_env = \"OTHER_API_KEY\"\nendpoints = [\"*\"]\n[tenant.empego]\n{}\n\
         [[host]]\nid = \"other\"\ntenant = \"uptown\"\nidentity = \"asserted\"\nkey_sha256 = \"{digest}\"\n",
        healthy.as_upstream()
    );
    let app = TestApp::with(config).await;
    let mut codes = Seen::new();
    for _ in 0..20 {
        *codes.entry(outcome(&launch(&app).await)).or_default() += 1;
        let native = app.native("statistics").without_header("authorization");
        let native = native.header("authorization", "Bearer egw_other-host");
        native.json(&json!({"clinician": alice()})).send().await.is_launched();
    }
    let expected = [
        ("upstream_circuit_open".to_owned(), 10),
        ("upstream_error".to_owned(), 10),
    ];
    assert_eq!(codes, Seen::from(expected));
    assert_eq!((broken.received(), healthy.received()), (10, 20));
}
