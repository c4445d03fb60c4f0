//! Deliveries to endpoints on real sockets, by a clock that the tests move.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::signing_secret::SigningSecret;
use jiff::Timestamp;
use serde_json::Value;
use store::{
    orders::{DisabledFor, EventKind, Followed, NewEvent, Observed, OrderStore as _, Queued},
    sqlite::{Missing, Sqlite},
};
use tempfile::TempDir;
use tokio::{
    sync::watch::channel,
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wiremock::{Match, Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

use super::{
    endpoint::{Endpoint, EndpointConfig},
    *,
};
use crate::{
    app::background::orders::shared::Noted,
    config::HostEventsConfig,
    tls,
    upstream::host_endpoint::{HostEndpoint, signatures},
};

/// How long a test waits for what happens in its own time.
const BOUND: Duration = Duration::from_secs(30);

const SECRETS: [&str; 2] = [
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    "whsec_ZW1wZWdvLWdhdGV3YXktdGVzdC1zZWNyZXQtMzJieXQ=",
];

fn secrets() -> Vec<SigningSecret> {
    SECRETS.map(|secret| SigningSecret::parse(secret).unwrap()).to_vec()
}

/// A store, a clock, and what delivers from the one by the other.
struct Scene {
    _folder: TempDir,
    store: Arc<Sqlite>,
    seconds: Arc<AtomicI64>,
    noted: Noted,
}

/// What delivers, until it is stopped.
struct Running {
    finish: CancellationToken,
    task: JoinHandle<Ended>,
}

impl Running {
    async fn stopped(self) {
        self.finish.cancel();
        assert_eq!(self.task.await.unwrap(), Ended::Stopped);
    }
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite3"), Missing::Create).unwrap();
        Self {
            _folder: folder,
            store: Arc::new(store),
            seconds: Arc::new(AtomicI64::new(1_795_000_000)),
            noted: Noted::default(),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::SeqCst)).unwrap()
    }

    fn pass(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap();
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
        self.noted.say();
    }

    /// Something happens to an order.
    async fn happens(&self, order: u128, states: &[&str]) {
        let followed = Followed {
            tenant: "downtown".into(),
            team: Uuid::from_u128(1),
            environment: "sandbox".into(),
            order: Uuid::from_u128(order),
        };
        self.store.refresh(followed, self.now(), self.now()).await.unwrap();
        let claimed = self.store.claim(self.now(), Timestamp::MAX, 1).await.unwrap().remove(0);
        let observed = Observed {
            state: (*states.last().unwrap()).to_owned(),
            raw_status: "raw".to_owned(),
            updated_at: self.now(),
            last_event_id: None,
            appointment: None,
            visit_state: None,
            transaction: None,
        };
        let events = states.iter().map(|state| NewEvent {
            kind: EventKind::Order,
            state: (*state).to_owned(),
            at: self.now(),
        });
        let settled = self
            .store
            .settle(claimed.key, claimed.marks, observed, events.collect(), self.now());
        settled.await.unwrap();
        self.noted.say();
    }

    fn run(&self, endpoints: Vec<Endpoint>) -> Running {
        let seconds = Arc::clone(&self.seconds);
        let shared = Shared {
            store: Arc::<Sqlite>::clone(&self.store),
            metrics: Arc::default(),
            noted: self.noted.clone(),
            clock: Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap()),
        };
        let finish = CancellationToken::new();
        let finished = finish.clone();
        let task = tokio::spawn(async move {
            let (_stays, endpoints) = channel(Arc::new(endpoints));
            Deliveries { shared, endpoints }.run(&finished).await
        });
        Running { finish, task }
    }

    async fn queue(&self, host: &str) -> Vec<Queued> {
        self.store.queue(host.into(), 100).await.unwrap()
    }

    /// Waits until this is so.
    async fn until<F: Future<Output = bool>>(&self, is_so: impl Fn() -> F) {
        let end = Instant::now() + BOUND;
        while !is_so().await {
            assert!(Instant::now() < end, "it never came to that");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn endpoint(host: &str, server: &MockServer) -> Endpoint {
    endpoint_at(host, &format!("{}/hooks", server.uri()))
}

fn endpoint_at(host: &str, url: &str) -> Endpoint {
    let events = HostEventsConfig {
        url: url.parse().unwrap(),
        secrets: secrets(),
    };
    Endpoint {
        client: HostEndpoint::new(
            events.url.clone(),
            events.secrets.clone(),
            tls::trusting_this_machine().unwrap(),
        )
        .unwrap(),
        config: EndpointConfig {
            host: host.into(),
            tenant: "downtown".into(),
            events,
        },
    }
}

/// Matches what both secrets have signed.
struct IsSigned;

impl Match for IsSigned {
    fn matches(&self, request: &Request) -> bool {
        let header = |name: &str| request.headers.get(name).unwrap().to_str().unwrap();
        let timestamp = header("webhook-timestamp").parse().unwrap();
        let expected = signatures(&secrets(), header("webhook-id"), timestamp, &request.body);
        header("webhook-signature") == expected && header("content-type") == "application/json"
    }
}

async fn responding(response: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    let hook = Mock::given(matchers::method("POST"))
        .and(matchers::path("/hooks"))
        .and(IsSigned);
    hook.respond_with(response).mount(&server).await;
    server
}

/// The events that arrived, each by its id, its order's number and its state.
async fn arrived(server: &MockServer) -> Vec<(String, u128, String)> {
    let requests = server.received_requests().await.unwrap();
    let read = |request: &Request| {
        let id = request.headers.get("webhook-id").unwrap().to_str().unwrap().to_owned();
        let body: Value = request.body_json().unwrap();
        let order: Uuid = body["data"]["orderId"].as_str().unwrap().parse().unwrap();
        (id, order.as_u128(), body["data"]["state"].as_str().unwrap().to_owned())
    };
    requests.iter().map(read).collect()
}

#[tokio::test]
async fn every_event_arrives_signed_and_in_the_order_of_its_order() {
    let scene = Scene::new();
    let server = responding(ResponseTemplate::new(204)).await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    for order in 1..=9 {
        scene
            .happens(order, &["placed", "ready_to_schedule", "visit_scheduled"])
            .await;
    }
    scene.until(|| async { arrived(&server).await.len() == 27 }).await;
    running.stopped().await;
    let arrived = arrived(&server).await;
    for order in 1..=9 {
        let of_order = arrived.iter().filter(|(_, of, _)| *of == order);
        let states: Vec<_> = of_order.map(|(_, _, state)| state.as_str()).collect();
        assert_eq!(states, ["placed", "ready_to_schedule", "visit_scheduled"]);
    }
    assert_eq!(scene.queue("ehr").await, Vec::new());
    let again = scene.run(vec![endpoint("ehr", &server)]);
    scene.happens(10, &["placed"]).await;
    let expected = arrived.len() + 1;
    scene
        .until(|| async { self::arrived(&server).await.len() >= expected })
        .await;
    again.stopped().await;
    assert_eq!(
        self::arrived(&server).await.len(),
        expected,
        "a restart sends nothing again"
    );
}

#[tokio::test]
async fn a_failed_event_comes_again_with_its_id_and_holds_up_its_order_alone() {
    let scene = Scene::new();
    let server = responding(|request: &Request| {
        let body: Value = request.body_json().unwrap();
        let is_first = body["data"]["orderId"] == Uuid::from_u128(1).to_string();
        ResponseTemplate::new(if is_first { 500 } else { 200 })
    })
    .await;
    scene.happens(1, &["placed", "collected"]).await;
    scene.happens(2, &["placed", "collected"]).await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    let failures = async || scene.queue("ehr").await.first().map_or(0, |queued| queued.attempts);
    scene
        .until(|| async { failures().await == 1 && scene.queue("ehr").await.len() == 2 })
        .await;
    scene.pass(Duration::from_secs(6));
    scene.until(|| async { failures().await == 2 }).await;
    scene.pass(Duration::from_mins(6));
    scene.until(|| async { failures().await == 3 }).await;
    running.stopped().await;
    let of_first: Vec<_> = arrived(&server)
        .await
        .into_iter()
        .filter(|(_, order, _)| *order == 1)
        .collect();
    assert_eq!(of_first.len(), 3);
    assert!(of_first.iter().all(|one| *one == of_first[0]), "{of_first:?}");
    assert_eq!(scene.queue("ehr").await[0].last_error.as_deref(), Some("http_500"));
}

#[tokio::test]
async fn after_its_last_try_an_event_is_dead_and_the_next_one_goes() {
    let scene = Scene::new();
    let server = responding(ResponseTemplate::new(400)).await;
    scene.happens(1, &["placed", "collected"]).await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    let attempts = async |at: usize| scene.queue("ehr").await.get(at).map_or(0, |queued| queued.attempts);
    // A little more than each step; in all less than what disables the endpoint.
    let minutes = [1, 7, 40, 180, 420, 780, 1080, 1500, 1800, 0];
    for (tries, minutes) in (1..).zip(minutes) {
        scene.until(|| async { attempts(0).await == tries }).await;
        scene.pass(Duration::from_mins(minutes));
    }
    scene.until(|| async { attempts(1).await == 1 }).await;
    running.stopped().await;
    let queue = scene.queue("ehr").await;
    assert_eq!((queue[0].is_dead, queue[1].is_dead), (true, false));
}

#[tokio::test]
async fn an_endpoint_that_is_gone_gets_nothing_and_its_queue_is_kept() {
    let scene = Scene::new();
    let server = responding(ResponseTemplate::new(410)).await;
    scene.happens(1, &["placed"]).await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    let disabled = async || scene.store.endpoint_state("ehr".into()).await.unwrap().disabled;
    scene.until(|| async { disabled().await.is_some() }).await;
    assert_eq!(disabled().await, Some((scene.now(), DisabledFor::Gone)));
    scene.happens(2, &["placed"]).await;
    scene.until(|| async { scene.queue("ehr").await.len() == 2 }).await;
    scene.pass(Duration::from_hours(48));
    running.stopped().await;
    assert_eq!(arrived(&server).await.len(), 1);
}

#[tokio::test]
async fn five_days_of_failures_disable_an_endpoint() {
    let scene = Scene::new();
    let server = responding(ResponseTemplate::new(500)).await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    let state = async || scene.store.endpoint_state("ehr".into()).await.unwrap();
    for day in 0..5 {
        scene.happens(day + 1, &["placed"]).await;
        let expected = usize::try_from(day).unwrap() + 1;
        scene.until(|| async { arrived(&server).await.len() >= expected }).await;
        scene.until(|| async { state().await.failing_since.is_some() }).await;
        assert_eq!(state().await.disabled, None, "day {day}");
        scene.pass(Duration::from_hours(24));
    }
    scene.until(|| async { state().await.disabled.is_some() }).await;
    running.stopped().await;
    assert_eq!(state().await.disabled.map(|(_, why)| why), Some(DisabledFor::Failing));
}

#[tokio::test]
async fn a_busy_endpoint_is_left_alone_for_as_long_as_it_asks() {
    let scene = Scene::new();
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "60");
    Mock::given(IsSigned)
        .respond_with(busy)
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(IsSigned)
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    scene.happens(1, &["placed"]).await;
    scene
        .until(|| async { scene.queue("ehr").await.iter().any(|queued| queued.attempts == 1) })
        .await;
    scene.happens(2, &["placed"]).await;
    scene.pass(Duration::from_secs(59));
    scene.until(|| async { scene.queue("ehr").await.len() == 2 }).await;
    scene.pass(Duration::from_secs(1));
    scene.until(|| async { scene.queue("ehr").await.is_empty() }).await;
    running.stopped().await;
    let times: Vec<_> = server.received_requests().await.unwrap();
    let at = |request: &Request| -> i64 {
        request
            .headers
            .get("webhook-timestamp")
            .unwrap()
            .to_str()
            .unwrap()
            .parse()
            .unwrap()
    };
    assert_eq!(times.len(), 3);
    assert!(
        at(&times[1]) - at(&times[0]) >= 60,
        "nothing in between, not even of another order"
    );
}

#[tokio::test]
async fn an_endpoint_that_is_away_holds_up_no_other() {
    let scene = Scene::new();
    let server = responding(ResponseTemplate::new(200)).await;
    let nothing = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let away = endpoint_at("away", &format!("http://{nothing}/hooks"));
    let running = scene.run(vec![away, endpoint("ehr", &server)]);
    for order in 1..=5 {
        scene.happens(order, &["placed"]).await;
    }
    scene.until(|| async { arrived(&server).await.len() == 5 }).await;
    scene
        .until(|| async { scene.queue("away").await.len() == 5 && scene.queue("ehr").await.is_empty() })
        .await;
    running.stopped().await;
}

#[tokio::test]
async fn what_is_on_its_way_is_heard_out_when_the_gateway_stops() {
    let scene = Scene::new();
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_millis(300));
    let server = responding(slow).await;
    let running = scene.run(vec![endpoint("ehr", &server)]);
    scene.happens(1, &["placed"]).await;
    scene.until(|| async { arrived(&server).await.len() == 1 }).await;
    running.stopped().await;
    assert_eq!(scene.queue("ehr").await, Vec::new(), "its success was noted");
}
