//! How far a launch has come, as its record tells it.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use tokio::time::Instant;

/// How far a launch has come. The code that started it can read this even before it ends, because its caller may leave.
#[derive(Debug, Default)]
pub struct Progress {
    calls: Cell<u32>,
    in_flight: Cell<u32>,
    /// Since when at least one has been in flight.
    waiting_since: Cell<Option<Instant>>,
    waited_before: Cell<Duration>,
    /// What was decided, as far as it was.
    pub decided: Cell<Decided>,
    /// What the caller is warned of.
    pub warnings: RefCell<Vec<&'static str>>,
}

/// What was decided about a launch, in the words that its record has for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decided {
    /// The intent that applied.
    pub intent: Option<&'static str>,
    /// Whose session it will be.
    pub identity: Option<&'static str>,
    /// What is opened, without any id.
    pub feature: Option<&'static str>,
    /// How it is shown.
    pub modality: Option<&'static str>,
}

/// A call in flight.
pub(super) struct Timer<'a> {
    began: Instant,
    progress: &'a Progress,
}

impl Progress {
    /// How often upstreams were called.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// For how long at least one of these calls was in flight, until now: calls that overlap do not count twice.
    #[must_use]
    pub fn calls_took(&self) -> Duration {
        let waiting = self.waiting_since.get().map(|since| since.elapsed());
        self.waited_before.get() + waiting.unwrap_or_default()
    }

    /// Counts a call that begins now.
    pub(super) fn call(&self) -> Timer<'_> {
        self.calls.update(|calls| calls + 1);
        let began = Instant::now();
        if self.in_flight.replace(self.in_flight.get() + 1) == 0 {
            self.waiting_since.set(Some(began));
        }
        Timer { began, progress: self }
    }
}

impl Timer<'_> {
    /// How long the call has been in flight.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        let progress = self.progress;
        let left = progress.in_flight.get().saturating_sub(1);
        progress.in_flight.set(left);
        if left == 0 {
            progress.waited_before.set(progress.calls_took());
            progress.waiting_since.set(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn call_time_is_reported_while_a_call_is_in_flight() {
        let progress = Progress::default();
        assert_eq!((progress.calls(), progress.calls_took()), (0, Duration::ZERO));
        let first = progress.call();
        advance(SECOND).await;
        assert_eq!((progress.calls(), progress.calls_took()), (1, SECOND));
        drop(first);
        advance(SECOND).await;
        assert_eq!(progress.calls_took(), SECOND, "between calls no call takes time");
        let second = progress.call();
        advance(SECOND).await;
        assert_eq!((second.elapsed(), progress.calls_took()), (SECOND, SECOND * 2));
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_overlap_count_each_and_take_time_once() {
        let progress = Progress::default();
        let first = progress.call();
        advance(SECOND).await;
        let second = progress.call();
        advance(SECOND).await;
        drop(first);
        advance(SECOND).await;
        assert_eq!((progress.calls(), progress.calls_took()), (2, SECOND * 3));
        assert_eq!(second.elapsed(), SECOND * 2);
        drop(second);
        advance(SECOND).await;
        assert_eq!(progress.calls_took(), SECOND * 3, "none is in flight");
    }
}
