//! How many launches a party may ask for, over `governor`'s generic cell rate algorithm.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock, DefaultClock, Reference},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};
use tokio::time::Instant;

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// In the long run.
    pub pace: Pace,
    /// How many at once, after a pause.
    pub burst: NonZeroU32,
}

/// How often something may happen in the long run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// So many times a second.
    PerSecond(NonZeroU32),
    /// Once in so many seconds.
    OnceInSecs(NonZeroU32),
}

/// There were too many; the caller may come back after so many seconds.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMany {
    /// At least 1.
    pub retry_after_secs: u64,
}

/// A limit for one party.
#[derive(Debug)]
pub struct RateLimit {
    rate: Rate,
    limiter: DefaultDirectRateLimiter,
    /// Until when the last one that was over the limit must wait.
    over_until: Mutex<Option<Instant>>,
}

/// A limit for each of many parties, such as the clinicians of a host.
#[derive(Debug)]
pub struct RateLimits<K: Clone + Eq + Hash> {
    rate: Rate,
    limiter: RateLimiter<K, HashMapStateStore<K>, DefaultClock, NoOpMiddleware>,
}

impl Rate {
    fn quota(self) -> Quota {
        let quota = match self.pace {
            Pace::PerSecond(times) => Quota::per_second(times),
            Pace::OnceInSecs(secs) => {
                let period = Duration::from_secs(secs.get().into());
                // There is none for a period of no length, which this cannot be.
                Quota::with_period(period).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))
            }
        };
        quota.allow_burst(self.burst)
    }
}

impl RateLimit {
    /// A limit that is still unused.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            limiter: RateLimiter::direct(rate.quota()),
            over_until: Mutex::default(),
        }
    }

    /// The rate it keeps.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Counts one.
    ///
    /// # Errors
    /// [`TooMany`] if it is over the limit; then it does not count.
    pub fn check(&self) -> Result<(), TooMany> {
        self.limiter.check().map_err(|until| {
            let clock = self.limiter.clock();
            *self.over_until() = Some(Instant::now() + until.wait_time_from(clock.now()));
            too_many(&until, clock)
        })
    }

    /// Whether one was over the limit and must still wait. Counts nothing.
    ///
    /// # Errors
    /// [`TooMany`] if so.
    pub fn used_up(&self) -> Result<(), TooMany> {
        let over_until = *self.over_until();
        match over_until.and_then(|until| until.checked_duration_since(Instant::now())) {
            Some(wait) if !wait.is_zero() => Err(TooMany {
                retry_after_secs: wait.as_secs() + 1,
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts as used up for this long, as other gateways have used it.
    pub fn hold_for(&self, wait: Duration) {
        *self.over_until() = Some(Instant::now() + wait);
    }

    fn over_until(&self) -> MutexGuard<'_, Option<Instant>> {
        // Nothing under the lock can panic halfway.
        self.over_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> RateLimits<K> {
    /// Limits that are still unused.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            limiter: RateLimiter::hashmap(rate.quota()),
        }
    }

    /// The rate each of them keeps.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Counts one for this party.
    ///
    /// # Errors
    /// [`TooMany`] if it is over the limit; then it does not count.
    pub fn check(&self, key: &K) -> Result<(), TooMany> {
        self.limiter
            .check_key(key)
            .map_err(|until| too_many(&until, self.limiter.clock()))
    }

    /// Forgets each party that is back to a full allowance: keys come from outside, and must not pile up.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
    }

    /// How many parties are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.limiter.len()
    }

    /// Whether no party is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn too_many<P: Reference>(until: &NotUntil<P>, clock: &impl Clock<Instant = P>) -> TooMany {
    let wait = until.wait_time_from(clock.now());
    TooMany {
        retry_after_secs: wait.as_secs() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate {
            pace: Pace::PerSecond(NonZeroU32::new(per_second).unwrap()),
            burst: NonZeroU32::new(burst).unwrap(),
        }
    }

    #[test]
    fn a_burst_passes_and_the_next_request_learns_when_to_retry() {
        let limit = RateLimit::new(rate(1, 100));
        let outcomes: Vec<_> = (0..200).map(|_| limit.check()).collect();
        let passed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!((100..200).contains(&passed), "{passed}");
        assert!(outcomes.contains(&Err(TooMany { retry_after_secs: 1 })));
    }

    #[test]
    fn whether_a_limit_is_used_up_can_be_told_without_counting() {
        let limit = RateLimit::new(rate(1, 1));
        assert_eq!((limit.used_up(), limit.used_up()), (Ok(()), Ok(())));
        assert_eq!(
            (limit.check(), limit.used_up()),
            (Ok(()), Ok(())),
            "nobody had to wait yet"
        );
        assert!(limit.check().is_err());
        assert_eq!(limit.used_up(), Err(TooMany { retry_after_secs: 1 }));
    }

    #[test]
    fn parties_have_their_own_allowance_and_are_forgotten_once_it_is_full() {
        let limits = RateLimits::new(rate(u32::MAX, 1));
        for key in 0..100_u32 {
            assert_eq!(limits.check(&key), Ok(()));
        }
        limits.sweep();
        assert!(limits.is_empty(), "a billionth of a second was enough to be forgotten");

        let limits = RateLimits::new(rate(1, 1));
        assert_eq!(limits.check(&1), Ok(()));
        assert!(limits.check(&1).is_err());
        assert_eq!(limits.check(&2), Ok(()));
        limits.sweep();
        assert_eq!(
            limits.len(),
            2,
            "whoever is still within a second of a launch is remembered"
        );
    }
}
