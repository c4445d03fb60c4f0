//! Between an attempt and the thread that writes it: the attempt waits until its record is durable, and the thread learns whether
//! its caller still waited.

use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::Poll,
    time::Duration,
};

use domain::audit::Attempt;
use futures_util::task::AtomicWaker;
use tokio::time::timeout;

/// A record that is not durable: the answer that it is about must not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// Too many records wait to be written.
    #[error("too many records wait to be written")]
    QueueFull,
    /// The disk, or the database, would not take it.
    #[error("it could not be written")]
    Failed,
    /// It was not written in time.
    #[error("it was not written in time")]
    Late,
}

impl NotWritten {
    /// As in the log and in the metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Failed => "failed",
            Self::Late => "late",
        }
    }
}

/// What an attempt waits with.
#[derive(Debug)]
pub struct Receipt(Arc<Slip>);

/// The thread's end of it.
#[derive(Debug)]
pub(super) struct Waiter(Arc<Slip>);

/// What both ends look at: the first of them settles what became of the record.
#[derive(Debug)]
struct Slip {
    state: AtomicU8,
    waker: AtomicWaker,
    /// What was recorded, on its way back: memory costs least where it is given up by the thread that took it.
    spent: Mutex<Option<Box<Attempt>>>,
}

/// What a slip's state is.
const WAITING: u8 = 0;
const WRITTEN: u8 = 1;
const FAILED: u8 = 2;
const QUEUE_FULL: u8 = 3;
const LATE: u8 = 4;
const GONE: u8 = 5;

/// Why the caller no longer waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// The answer became `audit_unavailable`.
    Late,
    /// The client is gone.
    Gone,
}

/// The two ends.
pub(super) fn pair() -> (Waiter, Receipt) {
    let slip = Arc::new(Slip {
        state: AtomicU8::new(WAITING),
        waker: AtomicWaker::new(),
        spent: Mutex::new(None),
    });
    (Waiter(Arc::clone(&slip)), Receipt(slip))
}

impl Receipt {
    /// Waits until the record is durable, at most so long. A caller that drops this before has left: the record is corrected.
    ///
    /// # Errors
    /// Why the answer must not leave.
    pub async fn within(self, most: Duration) -> Result<(), NotWritten> {
        let told = poll_fn(|context| {
            let outcome = self.0.outcome().or_else(|| {
                self.0.waker.register(context.waker());
                // It may have been told before there was anything to wake.
                self.0.outcome()
            });
            outcome.map_or(Poll::Pending, Poll::Ready)
        });
        match timeout(most, told).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => self.give_up(),
        }
    }

    /// The wait is over. What was written meanwhile counts.
    fn give_up(self) -> Result<(), NotWritten> {
        match self.0.settle(LATE) {
            Ok(()) => Err(NotWritten::Late),
            Err(_settled) => self.0.outcome().unwrap_or(Err(NotWritten::Late)),
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let _unless_it_is_settled = self.0.settle(GONE);
    }
}

impl Waiter {
    /// Whether the caller has left, and why.
    pub(super) fn left(&self) -> Option<Left> {
        left(self.0.state.load(Ordering::Acquire))
    }

    /// Says that the record is durable, and gives back what was recorded.
    ///
    /// # Errors
    /// Why the caller has left, with the same: then the record is to be corrected.
    pub(super) fn written(self, spent: Option<Box<Attempt>>) -> Result<(), (Left, Option<Box<Attempt>>)> {
        let place = || self.0.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *place() = spent;
        self.0.tell(WRITTEN).map_err(|left| (left, place().take()))
    }

    /// Says that it is not.
    pub(super) fn failed(self, why: NotWritten) {
        let state = match why {
            NotWritten::QueueFull => QUEUE_FULL,
            NotWritten::Failed => FAILED,
            NotWritten::Late => LATE,
        };
        // A caller that has left needs no response, and there is no record to correct.
        let _either_way = self.0.tell(state);
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let _unless_it_is_settled = self.0.tell(FAILED);
    }
}

impl Slip {
    fn settle(&self, as_what: u8) -> Result<(), u8> {
        let exchanged = self
            .state
            .compare_exchange(WAITING, as_what, Ordering::AcqRel, Ordering::Acquire);
        exchanged.map(drop)
    }

    fn tell(&self, what: u8) -> Result<(), Left> {
        match self.settle(what) {
            Ok(()) => {
                self.waker.wake();
                Ok(())
            }
            Err(state) => left(state).map_or(Ok(()), Err),
        }
    }

    /// What became of the record, once that is settled.
    fn outcome(&self) -> Option<Result<(), NotWritten>> {
        match self.state.load(Ordering::Acquire) {
            WAITING => None,
            WRITTEN => Some(Ok(())),
            QUEUE_FULL => Some(Err(NotWritten::QueueFull)),
            LATE => Some(Err(NotWritten::Late)),
            _failed_or_gone => Some(Err(NotWritten::Failed)),
        }
    }
}

fn left(state: u8) -> Option<Left> {
    match state {
        LATE => Some(Left::Late),
        GONE => Some(Left::Gone),
        _waits_or_knows => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn record() -> Box<Attempt> {
        let attempt = json!({
            "at": "2026-11-26T14:42:57Z", "id": "r1", "attempt": "00000000-0000-0000-0000-000000000000", "calls": 1,
            "tenant": "downtown", "host": "ehr", "op": "consultation/view", "code": "ok", "purpose": "TREAT",
        });
        serde_json::from_value(attempt).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_learns_that_the_record_is_durable() {
        let (waiter, receipt) = pair();
        assert_eq!(waiter.left(), None);
        assert_eq!(waiter.written(None), Ok(()));
        assert_eq!(receipt.within(SECOND).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waited_too_long_is_known_to_be_late_and_who_left_to_be_gone() {
        let (waiter, receipt) = pair();
        assert_eq!(receipt.within(SECOND).await, Err(NotWritten::Late));
        assert_eq!(waiter.left(), Some(Left::Late));
        assert_eq!(waiter.written(None), Err((Left::Late, None)));
        let (waiter, receipt) = pair();
        drop(receipt);
        assert_eq!(waiter.written(None), Err((Left::Gone, None)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_recorded_goes_back_to_whoever_waits_or_else_to_the_thread() {
        let (waiter, receipt) = pair();
        waiter.written(Some(record())).unwrap();
        let slip = Arc::clone(&receipt.0);
        assert_eq!(receipt.within(SECOND).await, Ok(()));
        assert_eq!(slip.spent.lock().unwrap().take(), Some(record()));
        let (waiter, receipt) = pair();
        drop(receipt);
        let to_correct = waiter.written(Some(record()));
        assert_eq!(to_correct, Err((Left::Gone, Some(record()))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_that_was_written_at_the_last_moment_counts() {
        let (waiter, receipt) = pair();
        waiter.written(None).unwrap();
        assert_eq!(receipt.give_up(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_that_is_gone_has_written_nothing() {
        let (waiter, receipt) = pair();
        drop(waiter);
        assert_eq!(receipt.within(SECOND).await, Err(NotWritten::Failed));
    }
}
