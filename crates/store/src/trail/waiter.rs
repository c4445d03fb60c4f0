//! Between an attempt and the thread that writes it: the attempt waits until its record is durable, and the thread learns whether
//! its caller still waited.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

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
pub struct Receipt {
    written: oneshot::Receiver<Result<(), NotWritten>>,
    is_late: Arc<AtomicBool>,
}

/// The thread's end of it.
#[derive(Debug)]
pub(super) struct Waiter {
    written: oneshot::Sender<Result<(), NotWritten>>,
    is_late: Arc<AtomicBool>,
}

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
    let (sender, receiver) = oneshot::channel();
    let is_late = Arc::new(AtomicBool::new(false));
    let waiter = Waiter {
        written: sender,
        is_late: Arc::clone(&is_late),
    };
    let receipt = Receipt {
        written: receiver,
        is_late,
    };
    (waiter, receipt)
}

impl Receipt {
    /// Waits until the record is durable, at most so long. A caller that drops this before has left: the record is corrected.
    ///
    /// # Errors
    /// Why the answer must not leave.
    pub async fn within(mut self, most: Duration) -> Result<(), NotWritten> {
        match timeout(most, &mut self.written).await {
            Ok(written) => written.unwrap_or(Err(NotWritten::Failed)),
            Err(_elapsed) => self.give_up(),
        }
    }

    /// The wait is over. What was written meanwhile counts.
    fn give_up(mut self) -> Result<(), NotWritten> {
        self.is_late.store(true, Ordering::Release);
        self.written.close();
        self.written.try_recv().unwrap_or(Err(NotWritten::Late))
    }
}

impl Waiter {
    /// Whether the caller has left, and why.
    pub(super) fn left(&self) -> Option<Left> {
        self.written.is_closed().then(|| why(&self.is_late))
    }

    /// Says that the record is durable.
    pub(super) fn written(self) -> Result<(), Left> {
        self.say(Ok(()))
    }

    /// Says that it is not.
    pub(super) fn failed(self, why: NotWritten) {
        // A caller that has left needs no response, and there is no record to correct.
        let _either_way = self.say(Err(why));
    }

    fn say(self, outcome: Result<(), NotWritten>) -> Result<(), Left> {
        let Self { written, is_late } = self;
        written.send(outcome).map_err(|_nobody| why(&is_late))
    }
}

fn why(is_late: &AtomicBool) -> Left {
    if is_late.load(Ordering::Acquire) {
        Left::Late
    } else {
        Left::Gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_learns_that_the_record_is_durable() {
        let (waiter, receipt) = pair();
        assert_eq!(waiter.left(), None);
        assert_eq!(waiter.written(), Ok(()));
        assert_eq!(receipt.within(SECOND).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waited_too_long_is_known_to_be_late_and_who_left_to_be_gone() {
        let (waiter, receipt) = pair();
        assert_eq!(receipt.within(SECOND).await, Err(NotWritten::Late));
        assert_eq!(waiter.left(), Some(Left::Late));
        assert_eq!(waiter.written(), Err(Left::Late));
        let (waiter, receipt) = pair();
        drop(receipt);
        assert_eq!(waiter.written(), Err(Left::Gone));
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_that_was_written_at_the_last_moment_counts() {
        let (waiter, receipt) = pair();
        waiter.written().unwrap();
        assert_eq!(receipt.give_up(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_thread_that_is_gone_has_written_nothing() {
        let (waiter, receipt) = pair();
        drop(waiter);
        assert_eq!(receipt.within(SECOND).await, Err(NotWritten::Failed));
    }
}
