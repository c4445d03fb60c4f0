//! The time by which slots expire, fees are due and patients are of age.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// This machine's clock; the demo can put it forward, together with the stand-in's. Clones share that.
#[derive(Debug, Clone, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.0.load(Ordering::Relaxed));
        Timestamp::now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    /// Sets how many seconds it is ahead of this machine's, for all who share it.
    pub fn set_ahead(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    /// Puts it forward by so many seconds, for all who share it.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_put_forward_is_ahead_for_all_who_share_it() {
        let clock = Clock::default();
        let before = clock.clone().now();
        clock.advance(3600);
        let ahead = clock.clone().now().duration_since(before);
        assert!(ahead >= SignedDuration::from_hours(1), "{ahead}");
        clock.set_ahead(0);
        assert!(clock.now() <= Timestamp::now());
    }
}
