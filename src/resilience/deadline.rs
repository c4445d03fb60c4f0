//! Until when a launch is of use to anybody.

use std::time::Duration;

use tokio::time::Instant;

/// The end of a launch's time: the configured one, or the caller's own if that comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    at: Instant,
    /// Whether the caller set it. Then missing it says nothing about the upstream.
    is_callers: bool,
}

impl Deadline {
    /// The deadline of calls that begin at `now`: after `timeout`, or when the caller's own time ends.
    #[must_use]
    pub fn new(now: Instant, timeout: Duration, callers: Option<Instant>) -> Self {
        let ours = now + timeout;
        match callers {
            Some(callers) if callers < ours => Self {
                at: callers,
                is_callers: true,
            },
            Some(_) | None => Self {
                at: ours,
                is_callers: false,
            },
        }
    }

    /// How much time is left.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Whether something that takes this long would end in time.
    pub(super) fn leaves_time_after(&self, wait: Duration) -> bool {
        wait < self.remaining()
    }

    /// Whether a caller's own deadline has passed.
    #[must_use]
    pub fn caller_ran_out_of_time(&self) -> bool {
        self.is_callers && self.remaining().is_zero()
    }
}
