//! Tickets: what a host gets in the place of an embed URL, so that no script of the page that embeds it reads the session in
//! it. A ticket opens its URL once, within seconds.

mod content;
mod expiring;
mod sealing;
mod ticket;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use domain::{reason::Reason, refusal::Refusal};
use jiff::Timestamp;
use store::keyring::Keyring;
use tokio::time::Instant;
use uuid::Uuid;

pub use self::content::Content;
use self::{expiring::Expiring, ticket::Ticket};

/// How long a ticket opens its URL.
pub(super) const LIFETIME: Duration = Duration::from_secs(30);

/// How many tickets a host may have that no browser has opened. It stands for more than 300 launches a second whose URLs are
/// shown to no person.
const MOST_HELD: usize = 10_000;

/// How many opened tickets are remembered until they expire.
const MOST_SPENT: usize = 100_000;

/// Seconds after which a caller may come back who found no room.
const ROOM_RETRY_AFTER: u64 = 1;

/// The system's randomness, or a test's.
type Randomness = fn(&mut [u8]) -> Result<(), getrandom::Error>;

/// The moment at which something is done with tickets, by both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// What this process measures by: no change of the system's clock changes it.
    pub monotonic: Instant,
    /// What gateways have in common.
    pub wall: Timestamp,
}

/// Every ticket of this process, shared by all workers.
pub struct Tickets {
    /// Where browsers reach the gateway, as they write an origin; no tickets are issued without it.
    public_url: ArcSwapOption<String>,
    randomness: Randomness,
    /// The keys that gateways share; none if this one holds its tickets itself.
    keys: ArcSwap<Vec<Keyring>>,
    held: Mutex<Held>,
    /// Sealed tickets that were opened here.
    spent: Mutex<Expiring<Uuid, ()>>,
}

/// The tickets that this process holds.
#[derive(Default)]
struct Held {
    by_id: Expiring<[u8; ticket::ID_BYTES], Content>,
    of_host: HashMap<Arc<str>, usize>,
}

impl Moment {
    /// This very moment.
    #[must_use]
    pub fn now() -> Self {
        Self {
            monotonic: Instant::now(),
            wall: Timestamp::now(),
        }
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tickets(…)")
    }
}

impl Tickets {
    /// Tickets that lead to this origin, sealed with the first of these keys if there are any.
    #[must_use]
    pub fn new(public_url: Option<String>, keys: Vec<Keyring>) -> Self {
        Self {
            public_url: ArcSwapOption::from_pointee(public_url),
            randomness: getrandom::fill,
            keys: ArcSwap::from_pointee(keys),
            held: Mutex::default(),
            spent: Mutex::default(),
        }
    }

    /// Issues tickets that lead to this origin from now on: of a port that the system chooses, it is known only then.
    pub fn lead_to(&self, public_url: String) {
        self.public_url.store(Some(Arc::new(public_url)));
    }

    /// Seals and opens with other keys from now on. Tickets that are held stay good.
    pub fn replace_keys(&self, keys: Vec<Keyring>) {
        self.keys.store(Arc::new(keys));
    }

    /// Wipes what no browser opened in time.
    pub fn sweep(&self, now: Moment) {
        locked(&self.held).forget_expired(now.monotonic);
        locked(&self.spent).forget_expired(now.monotonic, |()| {});
    }

    /// Refuses a launch whose ticket would find no room: asked before the vendor is, so that nothing was created in vain.
    ///
    /// # Errors
    /// When to come back.
    pub fn check_room(&self, host: &str, now: Moment) -> Result<(), Refusal> {
        if !self.keys.load().is_empty() {
            return Ok(());
        }
        let mut held = locked(&self.held);
        held.forget_expired(now.monotonic);
        let of_host = held.of_host.get(host).copied().unwrap_or_default();
        if of_host < MOST_HELD { Ok(()) } else { Err(no_room()) }
    }

    /// The address that opens this content once within 30 seconds.
    ///
    /// # Errors
    /// [`Reason::Defect`] without a public URL, or if the operating system has no randomness.
    pub fn issue(&self, content: Content, now: Moment) -> Result<String, Reason> {
        let public_url = self.public_url.load_full().ok_or(Reason::Defect)?;
        let ticket = if let Some(keys) = self.keys.load().first() {
            let id = Uuid::from_bytes(self.random()?);
            let until = now.wall.checked_add(LIFETIME).map_err(|_never| Reason::Defect)?;
            let sealed = sealing::seal(keys.current(), id, &content, until)?;
            Ticket::Sealed { id, sealed }
        } else {
            let id = self.random()?;
            locked(&self.held).insert(id, content, now.monotonic + LIFETIME);
            Ticket::Held(id)
        };
        Ok(format!("{public_url}/frame/{ticket}"))
    }

    /// What a ticket stands for; the second one to bring it gets nothing. It is spent even if its host is no longer there.
    ///
    /// # Errors
    /// Why it opens nothing.
    pub fn redeem(&self, text: &str, now: Moment) -> Result<Content, Refusal> {
        match Ticket::parse(text).ok_or(Reason::TicketNotHeld)? {
            Ticket::Held(id) => {
                let mut held = locked(&self.held);
                held.forget_expired(now.monotonic);
                Ok(held.take(&id).ok_or(Reason::TicketNotHeld)?)
            }
            Ticket::Sealed { id, sealed } => {
                let keys = self.keys.load();
                let (content, until) = sealing::open(&keys, id, &sealed)?;
                if until <= now.wall {
                    return Err(Reason::TicketLate.into());
                }
                self.spend(id, until, now)?;
                Ok(content)
            }
        }
    }

    fn random<const BYTES: usize>(&self) -> Result<[u8; BYTES], Reason> {
        let mut bytes = [0; BYTES];
        (self.randomness)(&mut bytes).map_err(|_no_more_is_known| Reason::Defect)?;
        Ok(bytes)
    }

    fn spend(&self, id: Uuid, until: Timestamp, now: Moment) -> Result<(), Refusal> {
        let remaining = until.duration_since(now.wall).unsigned_abs();
        let mut spent = locked(&self.spent);
        spent.forget_expired(now.monotonic, |()| {});
        if spent.contains(&id) {
            Err(Reason::TicketOpenedBefore.into())
        } else if spent.len() < MOST_SPENT {
            spent.insert(id, (), now.monotonic + remaining);
            Ok(())
        } else {
            Err(no_room())
        }
    }
}

impl Held {
    fn insert(&mut self, id: [u8; ticket::ID_BYTES], content: Content, until: Instant) {
        *self.of_host.entry(Arc::clone(&content.host)).or_default() += 1;
        self.by_id.insert(id, content, until);
    }

    fn take(&mut self, id: &[u8; ticket::ID_BYTES]) -> Option<Content> {
        let content = self.by_id.take(id)?;
        one_less(&mut self.of_host, &content.host);
        Some(content)
    }

    fn forget_expired(&mut self, now: Instant) {
        let of_host = &mut self.of_host;
        self.by_id
            .forget_expired(now, |content| one_less(of_host, &content.host));
    }
}

fn one_less(of_host: &mut HashMap<Arc<str>, usize>, host: &Arc<str>) {
    if let Some(count) = of_host.get_mut(host) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            of_host.remove(host);
        }
    }
}

fn no_room() -> Refusal {
    Refusal {
        retry_after_secs: Some(ROOM_RETRY_AFTER),
        ..Reason::TooManyTickets.into()
    }
}

/// What a panicking thread has left is whole: nothing is changed in several steps that could be interrupted.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
