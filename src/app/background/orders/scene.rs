//! A store, a clock that tests move, and a Junction that says what they want.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use domain::{
    junction::{
        JunctionId,
        orders::{
            seen::{CollectionMethod, SeenEvent, SeenOrder},
            status::OrderStatus,
        },
    },
    reason::Reason,
};
use jiff::{SignedDuration, Timestamp};
use store::{
    orders::{Followed, OrderStore as _, StoredEvent},
    sqlite::{Missing, Sqlite},
};
use tempfile::TempDir;
use tokio::{
    sync::mpsc::channel,
    time::{Instant, sleep},
};
use uuid::Uuid;

use super::{
    reader::{Question, Reader},
    shared::{Noted, Shared},
};
use crate::{
    app::assembly,
    config::{Config, Source},
    directory::{Directory, SharedDirectory},
    gateway::FollowedOrder,
    identity::Fetcher,
    telemetry::metrics::Metrics,
    tls,
    upstream::junction::Page,
};

/// How long a test waits for what happens in its own time.
const BOUND: Duration = Duration::from_secs(30);

pub(super) const TEAM: Uuid = Uuid::from_u128(0x7eaa);

pub(super) const ORDERED: &str = "received.at_home_phlebotomy.ordered";
pub(super) const READY: &str = "received.at_home_phlebotomy.requisition_created";
pub(super) const COMPLETED: &str = "completed.at_home_phlebotomy.completed";

pub(super) struct Scene {
    _folder: TempDir,
    pub(super) store: Arc<Sqlite>,
    pub(super) junction: Arc<FakeJunction>,
    pub(super) directory: SharedDirectory,
    pub(super) metrics: Arc<Metrics>,
    seconds: Arc<AtomicI64>,
}

/// What stands in for Junction. An order without an answer is one that it does not know.
#[derive(Default)]
pub(super) struct FakeJunction {
    pub(super) is_away: std::sync::atomic::AtomicBool,
    orders: Mutex<HashMap<Uuid, SeenOrder>>,
    asked: Mutex<Vec<String>>,
}

impl FakeJunction {
    pub(super) fn has(&self, order: SeenOrder) {
        self.orders.lock().unwrap().insert(order.id.uuid(), order);
    }

    /// What it was asked, in words.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, question: Question) {
        let is_away = self.is_away.load(Ordering::SeqCst);
        let orders = self.orders.lock().unwrap();
        let note = |word: String| self.asked.lock().unwrap().push(word);
        match question {
            Question::Order(of, order, reply) => {
                note(format!("order {}", order.uuid().as_u128()));
                let found = orders.get(&order.uuid()).filter(|order| order.team == of.team);
                let read = found.cloned().map(|order| FollowedOrder { order, visit: None });
                let answer = if is_away {
                    Err(Reason::JunctionAnswersTooSlowly.into())
                } else {
                    Ok(read)
                };
                drop(reply.send(answer));
            }
            Question::Changed(_, since, page, reply) => {
                note(format!("changed since {since}"));
                let mut changed: Vec<_> = orders
                    .values()
                    .filter(|order| order.updated_at >= since)
                    .cloned()
                    .collect();
                changed.sort_by_key(|order| order.updated_at);
                // One on each page.
                let items: Vec<_> = changed
                    .get(usize::try_from(page - 1).unwrap())
                    .cloned()
                    .into_iter()
                    .collect();
                let answer = Page {
                    unreadable: 0,
                    cursor: None,
                    is_last: usize::try_from(page).unwrap() >= changed.len(),
                    items,
                };
                let answer = if is_away {
                    Err(Reason::JunctionAnswersTooSlowly.into())
                } else {
                    Ok(answer)
                };
                drop(reply.send(answer));
            }
            Question::Resend(_, from, to, reply) => {
                note(format!("resend {from} {to}"));
                drop(reply.send(Ok(())));
            }
        }
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite3"), Missing::Create).unwrap();
        let directory = directory(folder.path());
        Self {
            _folder: folder,
            store: Arc::new(store),
            junction: Arc::default(),
            directory: Arc::new(ArcSwap::from_pointee(directory)),
            metrics: Arc::default(),
            seconds: Arc::new(AtomicI64::new(at(0).as_second())),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::SeqCst)).unwrap()
    }

    pub(super) fn pass(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap();
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(super) fn shared(&self) -> Shared {
        let seconds = Arc::clone(&self.seconds);
        Shared {
            store: Arc::<Sqlite>::clone(&self.store),
            metrics: Arc::clone(&self.metrics),
            noted: Noted::default(),
            clock: Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap()),
        }
    }

    /// What asks the stand-in.
    pub(super) fn reader(&self) -> Reader {
        let (questions, mut asked) = channel(8);
        let junction = Arc::clone(&self.junction);
        tokio::spawn(async move {
            while let Some(question) = asked.recv().await {
                junction.answer(question);
            }
        });
        Reader::asking(questions)
    }

    pub(super) async fn events(&self) -> Vec<StoredEvent> {
        self.store.events("downtown", 0, 1000).await.unwrap()
    }

    /// Waits until this is so.
    pub(super) async fn until<F: Future<Output = bool>>(&self, is_so: impl Fn() -> F) {
        let end = Instant::now() + BOUND;
        while !is_so().await {
            assert!(
                Instant::now() < end,
                "it never came to that: {:?}",
                self.junction.asked()
            );
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// So many seconds after the tests' start.
pub(super) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub(super) fn followed(order: u128) -> Followed {
    Followed {
        tenant: "downtown".into(),
        team: TEAM,
        environment: "sandbox".into(),
        order: Uuid::from_u128(order),
    }
}

/// An order with these events, the last one so many seconds after the tests' start.
pub(super) fn order(number: u128, statuses: &[&str], updated: i64) -> SeenOrder {
    let id = |number| JunctionId::of(Uuid::from_u128(number)).unwrap();
    let events: Vec<_> = (1..)
        .zip(statuses)
        .map(|(number, status)| SeenEvent {
            id: number,
            at: at(updated),
            status: OrderStatus::read(status),
            detail: None,
        })
        .collect();
    SeenOrder {
        id: id(number),
        team: id(TEAM.as_u128()),
        user: id(3),
        method: CollectionMethod::AtHomePhlebotomy,
        status: events.last().unwrap().status.clone(),
        detail: None,
        events,
        appointment: None,
        dob: None,
        address: None,
        transaction: None,
        created_at: at(0),
        updated_at: at(updated),
        sample_id: None,
        has_abn: false,
        activate_by: None,
        expected_result_by: None,
        interpretation: None,
        has_missing_results: None,
        origin: None,
    }
}

fn directory(folder: &Path) -> Directory {
    let keyring = folder.join("keyring");
    fs::write(&keyring, "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    fs::set_permissions(&keyring, Permissions::from_mode(0o600)).unwrap();
    let keyring = keyring.display();
    let text = format!(
        r#"
        [[tenant]]
        id = "downtown"
        [tenant.junction]
        org_id = "6d6fd1c6-2f0a-4a2c-9f4e-6c1d3c5b7a90"
        environment = "sandbox"
        management_key_env = "KEY"
        integration_slug = "my-ehr"
        region = "us"
        [[tenant.junction.webhook]]
        endpoint = "downtown-team"
        team_id = "{TEAM}"
        secret_env = "SECRET"
        [[host]]
        id = "ehr"
        tenant = "downtown"
        identity = "asserted"
        key_sha256 = "a3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b858"
        [store]
        engine = "sqlite"
        file = "/nowhere/store.sqlite3"
        [audit]
        sink = "off"
        keyring_file = "{keyring}"
        "#
    );
    let variables = [("KEY", "k"), ("SECRET", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let source = Source::new("test", text, PathBuf::new(), BTreeMap::from(variables));
    let config = Config::load(&source).unwrap();
    let fetcher = Fetcher::new(tls::trusting_this_machine().unwrap()).unwrap();
    assembly::directory(&config, &fetcher, &Directory::default(), None).unwrap()
}
