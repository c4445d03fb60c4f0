//! Attempts whose records may come soon. How many there are tells the thread whether others are worth waiting for.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Counts them.
#[derive(Debug, Default, Clone)]
pub(super) struct InFlight(Arc<AtomicUsize>);

/// An attempt that has begun, until this is dropped.
#[derive(Debug)]
pub struct UnderWay(InFlight);

impl InFlight {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn one_more(&self) -> UnderWay {
        self.0.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Self(InFlight(count)) = self;
        count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_counts_until_it_is_dropped() {
        let in_flight = InFlight::default();
        let (one, two) = (in_flight.one_more(), in_flight.one_more());
        assert_eq!(in_flight.count(), 2);
        drop(one);
        assert_eq!(in_flight.count(), 1);
        drop(two);
        assert_eq!(in_flight.count(), 0);
    }
}
