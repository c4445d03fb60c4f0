//! A stop in the middle of work, seen from outside the process.

use std::{
    io::{Read as _, Write as _},
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
    Answer, HOST_KEY, Running, TestConfig, alice, binary,
    peer::{Peer, embed},
};

/// The binary in front of this upstream, with its addresses.
struct Served {
    gateway: Running,
    address: String,
    admin: String,
    _folder: tempfile::TempDir,
}

fn serve(peer: &Peer, lines: &str) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let config = TestConfig::strict()
        .empego(lines)
        .server("shutdown_grace_secs = 600\nkeep_alive_secs = 600");
    std::fs::write(&file, config.text(&format!("http://{}", peer.address))).unwrap();
    let mut command = binary();
    command.env("EMPEGO_API_KEY", "upstream-key");
    let mut gateway = Running::start(command.args(["serve", "--config"]).arg(&file));
    let (address, admin) = gateway.addresses();
    Served {
        gateway,
        address,
        admin,
        _folder: folder,
    }
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

#[actix_web::test]
async fn a_stop_finishes_what_is_under_way_or_waiting_and_waits_for_nobody_who_is_idle() {
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
    let stopping = loop {
        let answer = client.get(format!("http://{admin}/readyz")).send().await.unwrap();
        if answer.status() != 200 {
            break Answer::of(answer).await;
        }
        sleep(Duration::from_millis(5)).await;
    };
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
