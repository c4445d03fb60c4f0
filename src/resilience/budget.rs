//! How many calls may be repeated: retries that add to an outage make it longer.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tower::retry::budget::{Budget as _, TpsBudget};

/// How long a launch counts.
const WINDOW: Duration = Duration::from_secs(10);

/// The share of the launches of the window that may be repeated.
const SHARE: f32 = 0.1;

/// One tenant's budget, shared by all workers: a tenth of its launches of the last ten seconds. A tenant so quiet that a
/// tenth of its launches is none may repeat one in ten seconds.
pub(super) struct RetryBudget {
    share: TpsBudget,
    for_the_quiet: DefaultDirectRateLimiter,
    denied: AtomicU64,
}

impl RetryBudget {
    pub(super) fn new() -> Self {
        let one_in_a_window = Quota::with_period(WINDOW).map(|quota| quota.allow_burst(NonZeroU32::MIN));
        Self {
            share: TpsBudget::new(WINDOW, 0, SHARE),
            for_the_quiet: RateLimiter::direct(one_in_a_window.unwrap_or(Quota::per_second(NonZeroU32::MIN))),
            denied: AtomicU64::new(0),
        }
    }

    /// Counts a launch.
    pub(super) fn deposit(&self) {
        self.share.deposit();
    }

    /// Whether one more call may be repeated.
    pub(super) fn withdraw(&self) -> bool {
        let granted = self.share.withdraw() || self.for_the_quiet.check().is_ok();
        if !granted {
            self.denied.fetch_add(1, Ordering::Relaxed);
        }
        granted
    }

    /// How many were denied, ever.
    pub(super) fn denied(&self) -> u64 {
        self.denied.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for RetryBudget {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RetryBudget")
            .field("denied", &self.denied())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_launches_and_one_more_may_be_repeated() {
        let budget = RetryBudget::new();
        for _ in 0..1000 {
            budget.deposit();
        }
        let granted = (0..1000).filter(|_| budget.withdraw()).count();
        assert_eq!(granted, 101);
        assert_eq!(budget.denied(), 899);
    }

    #[test]
    fn a_lone_launch_may_be_repeated_once() {
        let budget = RetryBudget::new();
        budget.deposit();
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
    }
}
