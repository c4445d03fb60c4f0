//! What the gateway remembers of clinicians: who of a tenant exists at Empego, as far as launches have shown it.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use domain::{
    clinician::UserId,
    empego::{Launch, Seen},
};
use jiff::Timestamp;
use moka::sync::Cache;
use store::{
    keyring::Keyring,
    known::{KnownUsers, Person, Sighting, Unavailable},
};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    time::timeout,
};

use crate::{
    directory::{Caller, EmpegoTenant},
    telemetry::metrics::{Metrics, Recollection},
};

/// How long a launch waits for the store at most; its own time may be up before.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// How long a clinician is known without asking again: who was forgotten is, within that time.
const CERTAIN_FOR: Duration = Duration::from_mins(10);

/// How often one clinician is written at most.
const WRITTEN_EVERY: Duration = Duration::from_hours(24);

/// The most clinicians that are known without asking, or were written of late.
const CAPACITY: u64 = 50_000;

/// How many sightings may wait to be written.
const WAITING: usize = 4096;

/// How many are written at once.
const AT_ONCE: usize = 512;

/// What is remembered of a launch's clinician, where the decision about it depends on that and there is a store.
pub(super) async fn seen(
    known_clinicians: Option<&KnownClinicians>,
    caller: &Caller,
    launch: &Launch,
    empego: &EmpegoTenant,
    within: Duration,
) -> Seen {
    let user = || launch.in_question(&empego.rules, &caller.host.empego);
    match known_clinicians.and_then(|known| Some((known, user()?))) {
        Some((known, user)) => known.look_up(&caller.tenant.id, user, within).await,
        None => Seen::NotAsked,
    }
}

/// Looks clinicians up, and takes note of those who were launched. Shared by all workers.
#[derive(Debug)]
pub struct KnownClinicians {
    store: Arc<dyn KnownUsers>,
    keyring: ArcSwap<Keyring>,
    certain: Cache<Person, ()>,
    written: Cache<Person, ()>,
    queue: Sender<Sighting>,
    /// Whether the last look-up failed: the log says when that begins and when it ends.
    is_failing: AtomicBool,
    metrics: Arc<Metrics>,
}

impl KnownClinicians {
    /// Over this store. What is noted is written by the second part.
    #[must_use]
    pub fn new(store: Arc<dyn KnownUsers>, keyring: Keyring, metrics: Arc<Metrics>) -> (Self, NotedClinicians) {
        let (queue, waiting) = channel(WAITING);
        let cache = |time| Cache::builder().max_capacity(CAPACITY).time_to_live(time).build();
        let written = cache(WRITTEN_EVERY);
        let noted = NotedClinicians {
            store: Arc::clone(&store),
            noted: waiting,
            written: written.clone(),
            metrics: Arc::clone(&metrics),
        };
        let known = Self {
            store,
            keyring: ArcSwap::from_pointee(keyring),
            certain: cache(CERTAIN_FOR),
            written,
            queue,
            is_failing: AtomicBool::new(false),
            metrics,
        };
        (known, noted)
    }

    /// Goes on with other keys: one was put on top, or an old one was destroyed.
    pub fn replace_keyring(&self, keyring: Keyring) {
        self.keyring.store(Arc::new(keyring));
    }

    /// Whether a tenant's clinician was seen before, as far as that can be known within this time.
    pub async fn look_up(&self, tenant: &Arc<str>, user: &UserId, within: Duration) -> Seen {
        let person = Person::current(&self.keyring.load(), tenant, user);
        let seen = if self.certain.contains_key(&person) {
            Seen::Yes
        } else {
            self.ask(tenant, user, person, within.min(PATIENCE)).await
        };
        self.metrics.asked_about_clinician(match seen {
            Seen::Yes => Recollection::Seen,
            Seen::No => Recollection::NeverSeen,
            Seen::Unavailable | Seen::NotAsked => Recollection::Unavailable,
        });
        seen
    }

    async fn ask(&self, tenant: &Arc<str>, user: &UserId, person: Person, within: Duration) -> Seen {
        let under_every_key = Person::under_every_key(&self.keyring.load(), tenant, user);
        let answer = timeout(within, self.store.seen(tenant, under_every_key)).await;
        let answer = answer.unwrap_or_else(|_elapsed| Err(Unavailable("it did not respond in time".to_owned())));
        match answer {
            Err(why) => {
                if !self.is_failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(error = %why, "known users cannot be looked up");
                }
                Seen::Unavailable
            }
            Ok(found) => {
                if self.is_failing.swap(false, Ordering::Relaxed) {
                    tracing::info!("known users can be looked up again");
                }
                if found.is_empty() {
                    // The next launch with a complete profile is written even if another was today: a person may
                    // have been forgotten since.
                    self.written.invalidate(&person);
                    return Seen::No;
                }
                self.certain.insert(person, ());
                if !found.contains(&person) {
                    // Known under an older key alone, which may be destroyed.
                    self.enqueue(tenant, person);
                }
                Seen::Yes
            }
        }
    }

    /// Takes note of a tenant's clinician who was launched with a complete profile. Waits for nothing: if too many wait to be
    /// written already, this one is left to a later launch.
    pub fn note(&self, tenant: &Arc<str>, user: &UserId) {
        let person = Person::current(&self.keyring.load(), tenant, user);
        self.certain.insert(person, ());
        self.enqueue(tenant, person);
    }

    fn enqueue(&self, tenant: &Arc<str>, person: Person) {
        if self.written.contains_key(&person) {
            return;
        }
        let sighting = Sighting {
            tenant: Arc::clone(tenant),
            person,
            at: Timestamp::now(),
        };
        match self.queue.try_send(sighting) {
            Ok(()) => self.written.insert(person, ()),
            Err(_full_or_closed) => self.metrics.dropped_known_users(1),
        }
    }
}

/// The other end of the queue.
#[derive(Debug)]
pub struct NotedClinicians {
    store: Arc<dyn KnownUsers>,
    noted: Receiver<Sighting>,
    written: Cache<Person, ()>,
    metrics: Arc<Metrics>,
}

impl NotedClinicians {
    /// Writes what is noted, until no launch is left that could note anything; stays connected to the store meanwhile.
    pub async fn write(&mut self) {
        let store = Arc::clone(&self.store);
        tokio::select! {
            () = self.write_all() => {}
            () = store.keep() => {}
        }
    }

    async fn write_all(&mut self) {
        let mut batch = Vec::new();
        while self.noted.recv_many(&mut batch, AT_ONCE).await > 0 {
            self.write_batch(mem::take(&mut batch)).await;
        }
    }

    async fn write_batch(&self, batch: Vec<Sighting>) {
        let persons: Vec<Person> = batch.iter().map(|sighting| sighting.person).collect();
        if let Err(why) = self.store.remember(batch).await {
            let lost = u64::try_from(persons.len()).unwrap_or(u64::MAX);
            tracing::warn!(error = %why, lost, "known users cannot be written; later launches will try again");
            self.metrics.dropped_known_users(lost);
            for person in &persons {
                self.written.invalidate(person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt as _;
    use store::{keyring::generate, known::Answer};

    use super::*;

    /// A store that says what a test wants, and counts.
    #[derive(Debug, Default)]
    struct Scripted {
        known: Mutex<Vec<Person>>,
        asked: Mutex<usize>,
        written: Mutex<Vec<Person>>,
        is_away: AtomicBool,
        is_silent: AtomicBool,
    }

    impl Scripted {
        fn away(&self) -> Result<(), Unavailable> {
            let away = self.is_away.load(Ordering::Relaxed);
            if away {
                Err(Unavailable("away".to_owned()))
            } else {
                Ok(())
            }
        }
    }

    impl KnownUsers for Scripted {
        fn seen<'a>(&'a self, _tenant: &'a str, persons: Vec<Person>) -> Answer<'a, Vec<Person>> {
            *self.asked.lock().unwrap() += 1;
            async move {
                if self.is_silent.load(Ordering::Relaxed) {
                    std::future::pending::<()>().await;
                }
                self.away()?;
                let known = self.known.lock().unwrap();
                Ok(persons.into_iter().filter(|person| known.contains(person)).collect())
            }
            .boxed()
        }

        fn remember(&self, sightings: Vec<Sighting>) -> Answer<'_, u64> {
            async move {
                self.away()?;
                self.written
                    .lock()
                    .unwrap()
                    .extend(sightings.iter().map(|sighting| sighting.person));
                Ok(0)
            }
            .boxed()
        }

        fn count<'a>(&'a self, _tenant: &'a str) -> Answer<'a, u64> {
            async { Ok(0) }.boxed()
        }

        fn forget<'a>(&'a self, _tenant: &'a str, _persons: Vec<Person>) -> Answer<'a, u64> {
            async { Ok(0) }.boxed()
        }
    }

    const LONG: Duration = Duration::from_secs(9);

    fn ring(lines: &[&str]) -> Keyring {
        Keyring::parse(&lines.join("\n")).unwrap()
    }

    fn scene(ring: Keyring) -> (Arc<Scripted>, KnownClinicians, NotedClinicians) {
        let store = Arc::new(Scripted::default());
        let as_store: Arc<dyn KnownUsers> = Arc::<Scripted>::clone(&store);
        let (known, noted) = KnownClinicians::new(as_store, ring, Arc::default());
        (store, known, noted)
    }

    fn tenant() -> Arc<str> {
        "downtown".into()
    }

    fn user(id: &str) -> UserId {
        UserId::parse(id.to_owned()).unwrap()
    }

    #[tokio::test]
    async fn the_store_is_asked_once_about_a_clinician_it_knows() {
        let ring = ring(&[&generate("k1").unwrap()]);
        let (store, known, _noted) = scene(ring.clone());
        for _ in 0..2 {
            assert_eq!(known.look_up(&tenant(), &user("a"), LONG).await, Seen::No);
        }
        assert_eq!(*store.asked.lock().unwrap(), 2, "what is not known may become known");
        store
            .known
            .lock()
            .unwrap()
            .push(Person::current(&ring, "downtown", &user("a")));
        for _ in 0..2 {
            assert_eq!(known.look_up(&tenant(), &user("a"), LONG).await, Seen::Yes);
        }
        assert_eq!(*store.asked.lock().unwrap(), 3);
        assert_eq!(known.look_up(&"uptown".into(), &user("a"), LONG).await, Seen::No);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_is_away_or_silent_is_unavailable() {
        let (store, known, _noted) = scene(ring(&[&generate("k1").unwrap()]));
        store.is_away.store(true, Ordering::Relaxed);
        assert_eq!(known.look_up(&tenant(), &user("a"), LONG).await, Seen::Unavailable);
        store.is_away.store(false, Ordering::Relaxed);
        store.is_silent.store(true, Ordering::Relaxed);
        for (within, waited) in [(LONG, PATIENCE), (Duration::from_millis(20), Duration::from_millis(20))] {
            let begun = tokio::time::Instant::now();
            assert_eq!(known.look_up(&tenant(), &user("a"), within).await, Seen::Unavailable);
            assert_eq!(begun.elapsed(), waited);
        }
    }

    #[tokio::test]
    async fn a_clinician_is_written_once_a_day_and_again_once_forgotten() {
        let ring = ring(&[&generate("k1").unwrap()]);
        let (store, known, mut noted) = scene(ring.clone());
        for _ in 0..3 {
            known.note(&tenant(), &user("a"));
            known.note(&tenant(), &user("b"));
        }
        // They were forgotten, and this process no longer knows that it knew them.
        known.certain.invalidate_all();
        assert_eq!(known.look_up(&tenant(), &user("a"), LONG).await, Seen::No);
        known.note(&tenant(), &user("a"));
        drop(known);
        noted.write().await;
        let expected = ["a", "b", "a"].map(|id| Person::current(&ring, "downtown", &user(id)));
        assert_eq!(*store.written.lock().unwrap(), expected);
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_counted_and_tried_at_the_next_launch() {
        let (store, known, mut noted) = scene(ring(&[&generate("k1").unwrap()]));
        store.is_away.store(true, Ordering::Relaxed);
        known.note(&tenant(), &user("a"));
        let batch = noted.noted.recv().await.unwrap();
        noted.write_batch(vec![batch]).await;
        store.is_away.store(false, Ordering::Relaxed);
        known.note(&tenant(), &user("a"));
        let metrics = Arc::clone(&known.metrics);
        drop(known);
        noted.write().await;
        assert_eq!(store.written.lock().unwrap().len(), 1);
        assert_eq!(metrics.known_users_dropped(), 1);
    }

    #[tokio::test]
    async fn a_full_queue_loses_sightings_and_counts_them() {
        let (_store, known, noted) = scene(ring(&[&generate("k1").unwrap()]));
        for number in 0..WAITING + 3 {
            known.note(&tenant(), &user(&number.to_string()));
        }
        assert_eq!(known.metrics.known_users_dropped(), 3);
        assert_eq!(noted.noted.len(), WAITING);
    }

    #[tokio::test]
    async fn who_is_known_under_an_older_key_alone_is_written_under_the_current_one() {
        let (old, new) = (generate("k1").unwrap(), generate("k2").unwrap());
        let (before, now) = (ring(&[&old]), ring(&[&new, &old]));
        let (store, known, mut noted) = scene(before.clone());
        known.replace_keyring(now.clone());
        store
            .known
            .lock()
            .unwrap()
            .push(Person::current(&before, "downtown", &user("a")));
        assert_eq!(known.look_up(&tenant(), &user("a"), LONG).await, Seen::Yes);
        drop(known);
        noted.write().await;
        let written = store.written.lock().unwrap();
        assert_eq!(*written, [Person::current(&now, "downtown", &user("a"))]);
    }
}
