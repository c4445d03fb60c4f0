//! How long a client may go on guessing credentials from one address.
//!
//! A wrong credential is first refused at once, then late, and after that the gateway does not even look at what comes
//! from the address, so that guessing gets no further. Many clients often share an address: those of a hospital, or all
//! those behind one proxy. So a host that authenticated from it recently continues to do so, whatever other clients
//! guess there; a host that did not must wait for its turn. A correct key that could not be tried is refused like a
//! wrong one, because otherwise the client would go on trying.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use moka::sync::Cache;
use tokio::time::Instant;

use super::TooMany;

/// How many failures are refused at once: at the beginning of a shift all tokens of a hospital may have expired.
const AT_ONCE: u32 = 300;

/// How many failures there may be, before credentials are no longer looked at. A host with a wrong key has time to be
/// noticed, and a list of the thousand commonest words has not even come to its end.
const IN_ALL: u32 = 1000;

/// How soon one failure is forgotten. After a restart in the middle of 3,000 guesses a second, a host behind the same proxy
/// that launches ten times a second is looked at, and from then on known, within about half a minute.
const FORGOTTEN_IN: Duration = Duration::from_millis(100);

/// How late a refusal comes. A client with a valid credential never waits for it.
const DELAY: Duration = Duration::from_secs(1);

/// How many refusals of an address wait at once: more would make lateness useless, since each could be one guess.
const WAITING: u32 = 16;

/// How many wait in all. Each keeps its connection meanwhile.
const WAITING_IN_ALL: u32 = 256;

/// How long a host is known at an address after it authenticated: longer than it is quiet for during a day.
const KNOWN_FOR: Duration = Duration::from_hours(1);

/// How many hosts are known at an address.
const HOSTS: usize = 64;

/// How many addresses are remembered. Of more, those stay that come most often, so that neither many addresses nor new
/// ones make the busiest guesser forgotten, or a host unknown.
const ADDRESSES: u64 = 32_768;

/// As many refusals wait as may.
const PATIENCE_IS_TAKEN: TooMany = TooMany {
    retry_after_secs: DELAY.as_secs(),
};

/// What is known of addresses, of those that fail and of those that do not.
#[derive(Debug)]
pub struct Guesses {
    addresses: Cache<IpAddr, Arc<Mutex<Address>>>,
    waiting: Arc<AtomicU32>,
}

/// A credential that is being looked at, and what is known of the address that it came from.
#[derive(Debug)]
pub struct Trying {
    from: IpAddr,
    since: Instant,
    /// None if nothing was known of it.
    address: Option<Arc<Mutex<Address>>>,
}

/// A refusal that waits: until this is dropped, which must not be before [`Self::until`].
#[derive(Debug)]
pub struct Late {
    until: Instant,
    address: Arc<Mutex<Address>>,
    waiting: Arc<AtomicU32>,
}

#[derive(Debug, Default)]
struct Address {
    /// When all failures are forgotten: each puts it off. None as long as there was none.
    clean: Option<Instant>,
    waiting: u32,
    /// Hosts that authenticated, the latest last, and until when they are known.
    known: Vec<(Arc<str>, Instant)>,
}

impl Default for Guesses {
    fn default() -> Self {
        Self {
            addresses: Cache::builder().max_capacity(ADDRESSES).time_to_idle(KNOWN_FOR).build(),
            waiting: Arc::default(),
        }
    }
}

impl Guesses {
    /// Whether a credential from this address is to be looked at.
    ///
    /// # Errors
    /// [`TooMany`] if it failed too often, and no host is known there.
    pub fn may_try(&self, from: IpAddr, now: Instant) -> Result<Trying, TooMany> {
        let address = self.addresses.get(&from);
        if let Some(address) = &address {
            lock(address).may_try(now)?;
        }
        Ok(Trying {
            from,
            since: now,
            address,
        })
    }

    /// A host has authenticated from this address.
    ///
    /// # Errors
    /// [`TooMany`] if it was no longer to be looked at, and is not known there: then it has guessed.
    pub fn succeeded(&self, trying: Trying, host: &Arc<str>) -> Result<(), TooMany> {
        let now = trying.since;
        let address = self.address(trying);
        let mut address = lock(&address);
        if !address.knows(|known| known == host, now) {
            address.is_within(IN_ALL, now)?;
        }
        address.known.retain(|(known, until)| known != host && *until > now);
        if address.known.len() == HOSTS {
            address.known.remove(0);
        }
        address.known.push((Arc::clone(host), now + KNOWN_FOR));
        Ok(())
    }

    /// A credential from this address was wrong. Its refusal waits, if it is given a wait.
    ///
    /// # Errors
    /// [`TooMany`] if it was one too many to be told so.
    pub fn failed(&self, trying: Trying, now: Instant) -> Result<Option<Late>, TooMany> {
        let shared = self.address(trying);
        let mut address = lock(&shared);
        let at_once = address.is_within(AT_ONCE, now);
        let counts = address.is_within(IN_ALL, now);
        if counts.is_ok() {
            let clean = address.clean.map_or(now, |clean| clean.max(now));
            address.clean = Some(clean + FORGOTTEN_IN);
        }
        if at_once.is_ok() {
            return Ok(None);
        }
        if !address.knows(|_any| true, now) {
            counts?;
        }
        if address.waiting >= WAITING || self.waiting.load(Relaxed) >= WAITING_IN_ALL {
            return Err(PATIENCE_IS_TAKEN);
        }
        address.waiting += 1;
        drop(address);
        self.waiting.fetch_add(1, Relaxed);
        Ok(Some(Late {
            until: now + DELAY,
            address: shared,
            waiting: Arc::clone(&self.waiting),
        }))
    }

    fn address(&self, trying: Trying) -> Arc<Mutex<Address>> {
        let Trying { from, address, .. } = trying;
        address.unwrap_or_else(|| self.addresses.get_with(from, Arc::default))
    }
}

impl Address {
    fn may_try(&self, now: Instant) -> Result<(), TooMany> {
        if self.knows(|_any| true, now) {
            Ok(())
        } else if self.waiting >= WAITING {
            Err(PATIENCE_IS_TAKEN)
        } else {
            self.is_within(IN_ALL, now)
        }
    }

    fn knows(&self, host: impl Fn(&Arc<str>) -> bool, now: Instant) -> bool {
        self.known.iter().any(|(known, until)| host(known) && *until > now)
    }

    /// Whether fewer failures than this are not forgotten yet; else when one more may be looked at.
    fn is_within(&self, failures: u32, now: Instant) -> Result<(), TooMany> {
        let of_others = FORGOTTEN_IN * failures.saturating_sub(1);
        let owed = self
            .clean
            .map_or(Duration::ZERO, |clean| clean.saturating_duration_since(now));
        match owed.checked_sub(of_others) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(wait) => Err(TooMany {
                retry_after_secs: wait.as_secs() + 1,
            }),
        }
    }
}

impl Late {
    /// When the refusal is to be given.
    #[must_use]
    pub fn until(&self) -> Instant {
        self.until
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        lock(&self.address).waiting -= 1;
        self.waiting.fetch_sub(1, Relaxed);
    }
}

fn lock(address: &Mutex<Address>) -> MutexGuard<'_, Address> {
    // Nothing under the lock can panic halfway.
    address.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    const WARD: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    /// What comes from this address at this time, whatever is known of it.
    fn of(from: IpAddr, since: Instant) -> Trying {
        Trying {
            from,
            since,
            address: None,
        }
    }

    fn host(id: &str) -> Arc<str> {
        id.into()
    }

    /// As many failures as there may be, each with its response before the next.
    fn exhausted(now: Instant) -> Guesses {
        let guesses = Guesses::default();
        while guesses.may_try(WARD, now).is_ok() {
            drop(guesses.failed(of(WARD, now), now));
        }
        guesses
    }

    #[test]
    fn failures_are_refused_at_once_then_late_and_then_not_even_looked_at() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        let (mut at_once, mut late) = (0, 0);
        while guesses.may_try(WARD, now).is_ok() {
            match guesses.failed(of(WARD, now), now).unwrap() {
                None => at_once += 1,
                Some(refusal) => {
                    assert_eq!(refusal.until(), now + DELAY);
                    late += 1;
                }
            }
        }
        assert_eq!((at_once, at_once + late), (AT_ONCE, IN_ALL));
        assert_eq!(
            guesses.may_try(ELSEWHERE, now).map(drop),
            Ok(()),
            "another address is not meant"
        );
        assert_eq!(
            guesses.may_try(WARD, now + FORGOTTEN_IN).map(drop),
            Ok(()),
            "one more, once one is forgotten"
        );
        guesses.failed(of(WARD, now), now + FORGOTTEN_IN).unwrap();
        assert_eq!(
            guesses.may_try(WARD, now + FORGOTTEN_IN).map(drop),
            Err(TooMany { retry_after_secs: 1 })
        );
    }

    #[test]
    fn as_many_wait_as_may_and_the_next_is_not_looked_at() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        for _ in 0..AT_ONCE {
            assert!(guesses.failed(of(WARD, now), now).unwrap().is_none());
        }
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| guesses.failed(of(WARD, now), now).unwrap().unwrap())
            .collect();
        assert!(guesses.may_try(WARD, now).is_err());
        drop(waiting);
        assert_eq!(
            guesses.may_try(WARD, now).map(drop),
            Ok(()),
            "whoever hangs up does not wait"
        );
    }

    #[test]
    fn no_more_wait_than_connections_can_be_spared() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        let mut waiting = Vec::new();
        for last in 0..=255 {
            let from = IpAddr::V4(Ipv4Addr::new(198, 51, 100, last));
            for _ in 0..AT_ONCE + WAITING {
                waiting.extend(guesses.failed(of(from, now), now).ok().flatten());
            }
        }
        assert_eq!(u32::try_from(waiting.len()).unwrap(), WAITING_IN_ALL);
    }

    #[test]
    fn a_known_host_is_served_while_others_guess() {
        let now = Instant::now();
        let guesses = Guesses::default();
        guesses.succeeded(of(WARD, now), &host("ehr")).unwrap();
        for _ in 0..IN_ALL * 2 {
            assert_eq!(guesses.may_try(WARD, now).map(drop), Ok(()));
            drop(guesses.failed(of(WARD, now), now).unwrap());
        }
        guesses.succeeded(of(WARD, now), &host("ehr")).unwrap();
        assert!(
            guesses.succeeded(of(WARD, now), &host("other")).is_err(),
            "a right guess of another host's key is refused like a wrong one"
        );
        guesses.succeeded(of(ELSEWHERE, now), &host("other")).unwrap();
    }

    #[test]
    fn a_host_becomes_known_amid_guesses_once_one_is_forgotten() {
        let now = Instant::now();
        let guesses = exhausted(now);
        assert!(guesses.succeeded(of(WARD, now), &host("ehr")).is_err());
        let later = now + FORGOTTEN_IN;
        guesses.succeeded(of(WARD, later), &host("ehr")).unwrap();
        drop(guesses.failed(of(WARD, later), later));
        guesses.succeeded(of(WARD, later), &host("ehr")).unwrap();
    }

    #[test]
    fn a_host_that_has_not_come_for_long_is_no_longer_known() {
        let now = Instant::now();
        let guesses = Guesses::default();
        guesses.succeeded(of(WARD, now), &host("ehr")).unwrap();
        let later = now + KNOWN_FOR;
        while guesses.may_try(WARD, later).is_ok() {
            drop(guesses.failed(of(WARD, later), later));
        }
        assert!(guesses.succeeded(of(WARD, later), &host("ehr")).is_err());
    }

    proptest! {
        /// Whatever is tried, and however it is spread over time: what of an unknown address is looked at is no more than
        /// the allowance, and what has been forgotten since.
        #[test]
        fn no_more_guesses_are_looked_at_than_there_may_be(pauses in prop::collection::vec(0..200_u64, 0..3000)) {
            let (guesses, begin) = (Guesses::default(), Instant::now());
            let (mut now, mut looked_at) = (begin, 0);
            for pause in pauses {
                now += Duration::from_millis(pause);
                if guesses.may_try(WARD, now).is_ok() {
                    looked_at += 1;
                    drop(guesses.failed(of(WARD, now), now));
                }
            }
            let forgotten = now.duration_since(begin).as_millis() / FORGOTTEN_IN.as_millis();
            prop_assert!(looked_at <= u128::from(IN_ALL) + forgotten);
        }

        #[test]
        fn what_is_kept_of_an_address_is_bounded(hosts in prop::collection::vec("[a-z]{1,3}", 0..300)) {
            let (guesses, now) = (Guesses::default(), Instant::now());
            for id in &hosts {
                guesses.succeeded(of(WARD, now), &host(id)).unwrap();
            }
            prop_assert!(lock(&guesses.address(of(WARD, now))).known.len() <= HOSTS);
        }
    }
}
