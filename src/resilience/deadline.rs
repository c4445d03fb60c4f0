//! Until when a launch is of use to its caller, and what becomes of its call after that.

use std::{cell::Cell, pin::Pin, rc::Rc, time::Duration};

use tokio::{
    task::spawn_local,
    time::{Instant, timeout_at},
};
use tracing::{Instrument as _, Span};

/// When a launch's calls must end, and until when the caller waits for their result.
///
/// The two are not the same: a call that was sent may be carried out even if the caller has gone, so it runs until it
/// has ended or its own time is up. Only then is its slot free, and the upstream's health known.
#[derive(Debug, Clone)]
pub struct Deadline {
    calls_end: Instant,
    caller_leaves: Option<Instant>,
    caller_has_left: Rc<Cell<bool>>,
}

/// The caller's time was up before the work was done.
#[derive(Debug, PartialEq, Eq)]
pub struct CallerHasLeft;

impl Deadline {
    /// The deadline of calls that begin at `now` and may take `timeout` together, for a caller who waits until then at most.
    #[must_use]
    pub fn new(now: Instant, timeout: Duration, caller_leaves: Option<Instant>) -> Self {
        Self {
            calls_end: now + timeout,
            caller_leaves,
            caller_has_left: Rc::default(),
        }
    }

    /// How much time calls have left.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.calls_end.saturating_duration_since(Instant::now())
    }

    /// Whether the caller no longer waits, so that no further call should be made.
    #[must_use]
    pub fn caller_has_left(&self) -> bool {
        self.caller_has_left.get()
    }

    /// Whether something that begins after this time may still be of use.
    pub(super) fn leaves_time_after(&self, wait: Duration) -> bool {
        let then = Instant::now() + wait;
        let useful_until = self
            .caller_leaves
            .map_or(self.calls_end, |leaves| leaves.min(self.calls_end));
        !self.caller_has_left() && then < useful_until
    }

    /// Does the work while the caller waits. The work runs to its end by itself if the caller stops waiting: because
    /// their time is up, or because the task that polls this has dropped it. It comes in its box, so that no future around it has
    /// to be as large.
    ///
    /// # Errors
    /// [`CallerHasLeft`] if the caller's time was up first.
    ///
    /// # Panics
    /// When dropped before its end anywhere but on a thread that runs a `LocalSet`, as every worker does.
    pub async fn wait_for<F>(&self, work: Pin<Box<F>>) -> Result<F::Output, CallerHasLeft>
    where
        F: Future<Output: 'static> + 'static,
    {
        let mut under_way = UnderWay {
            work: Some(work),
            span: Span::current(),
            caller_has_left: Rc::clone(&self.caller_has_left),
        };
        let done = async {
            let Some(work) = &mut under_way.work else {
                return Err(CallerHasLeft);
            };
            match self.caller_leaves {
                Some(at) => timeout_at(at, work).await.map_err(|_elapsed| CallerHasLeft),
                None => Ok(work.await),
            }
        };
        let outcome = done.await;
        if outcome.is_ok() {
            under_way.work = None;
        }
        outcome
    }
}

/// Work that goes on when this is dropped.
struct UnderWay<F: Future<Output: 'static> + 'static> {
    work: Option<Pin<Box<F>>>,
    span: Span,
    caller_has_left: Rc<Cell<bool>>,
}

impl<F: Future<Output: 'static> + 'static> Drop for UnderWay<F> {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        if std::thread::panicking() {
            return;
        }
        self.caller_has_left.set(true);
        let span = self.span.clone();
        spawn_local(
            async move {
                work.await;
            }
            .instrument(span),
        );
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        sync::oneshot,
        task::{LocalSet, yield_now},
        time::{sleep, timeout},
    };

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Work that takes two seconds, and a receiver that learns when it has ended.
    fn two_seconds() -> (Pin<Box<impl Future<Output = ()> + 'static>>, oneshot::Receiver<()>) {
        let (ended, end) = oneshot::channel();
        let work = Box::pin(async {
            sleep(SECOND * 2).await;
            let _nobody_may_be_left = ended.send(());
        });
        (work, end)
    }

    #[tokio::test(start_paused = true)]
    async fn work_finishes_after_its_caller_has_gone() {
        let local = LocalSet::new();
        let in_time = async {
            let deadline = Deadline::new(Instant::now(), SECOND * 9, Some(Instant::now() + SECOND * 3));
            let (work, end) = two_seconds();
            assert_eq!(deadline.wait_for(work).await, Ok(()));
            assert!(end.await.is_ok() && !deadline.caller_has_left());
        };
        local.run_until(in_time).await;
        let out_of_time = async {
            let begin = Instant::now();
            let deadline = Deadline::new(begin, SECOND * 9, Some(begin + SECOND));
            let (work, end) = two_seconds();
            assert_eq!(deadline.wait_for(work).await, Err(CallerHasLeft));
            assert_eq!(begin.elapsed(), SECOND, "the caller is not kept");
            assert!(deadline.caller_has_left());
            assert!(end.await.is_ok());
            assert_eq!(begin.elapsed(), SECOND * 2);
        };
        local.run_until(out_of_time).await;
        let hung_up = async {
            let begin = Instant::now();
            let deadline = Deadline::new(begin, SECOND * 9, None);
            let (work, end) = two_seconds();
            assert!(timeout(SECOND, deadline.wait_for(work)).await.is_err());
            assert!(deadline.caller_has_left());
            assert!(end.await.is_ok());
            assert_eq!(begin.elapsed(), SECOND * 2);
        };
        local.run_until(hung_up).await;
        local.await;
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_panics_is_not_begun_again() {
        let local = LocalSet::new();
        let panics = async {
            let deadline = Deadline::new(Instant::now(), SECOND, None);
            let work = Box::pin(async {
                yield_now().await;
                panic!("a defect");
            });
            let told = spawn_local(async move { deadline.wait_for(work).await }).await;
            assert!(told.unwrap_err().is_panic());
        };
        local.run_until(panics).await;
        local.await;
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_more_begins_once_it_would_be_of_no_use() {
        let now = Instant::now();
        let rows = [
            (9, None, 8, true, "within the time of all calls"),
            (9, None, 9, false, "at its end"),
            (9, Some(5), 4, true, "while the caller waits"),
            (9, Some(5), 5, false, "when the caller leaves"),
            (9, Some(20), 9, false, "the caller would wait, the calls may not"),
        ];
        for (timeout, leaves, wait, expected, reason) in rows {
            let deadline = Deadline::new(now, SECOND * timeout, leaves.map(|leaves| now + SECOND * leaves));
            assert_eq!(deadline.leaves_time_after(SECOND * wait), expected, "{reason}");
        }
    }
}
