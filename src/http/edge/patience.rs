//! How long a caller may take to read a response.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

/// The least that every caller must read, in bytes a second: half of what the slowest mobile network carries. A slower
/// caller could hold a connection and its memory indefinitely.
const LEAST_RATE: f64 = 8.0 * 1024.0;

/// Time that a caller has for taking what is sent. It runs while nothing can be written, and grows again with what is taken.
#[derive(Debug)]
pub(super) struct Patience {
    most: Duration,
    left: Duration,
    waiting: Option<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    since: Instant,
    until: Pin<Box<Sleep>>,
}

impl Patience {
    /// All of it.
    pub(super) fn new(most: Duration) -> Self {
        Self {
            most,
            left: most,
            waiting: None,
        }
    }

    /// So many bytes were taken.
    pub(super) fn taken(&mut self, bytes: usize) {
        if let Some(waiting) = self.waiting.take() {
            self.left = self.left.saturating_sub(waiting.since.elapsed());
        }
        if self.left < self.most {
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            let regained = Duration::from_secs_f64(f64::from(bytes) / LEAST_RATE);
            self.left = self.left.saturating_add(regained).min(self.most);
        }
    }

    /// Whether a caller is waited for: nothing can be written at present.
    pub(super) fn is_running(&self) -> bool {
        self.waiting.is_some()
    }

    /// Nothing can be written. Ready once that was so for too long.
    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let waiting = self.waiting.get_or_insert_with(|| Waiting {
            since: Instant::now(),
            until: Box::pin(sleep(left)),
        });
        waiting.until.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::timeout;

    use super::*;

    const MOST: Duration = Duration::from_secs(5);

    /// Whether a caller who takes so many bytes after each pause is still waited for after ten minutes.
    async fn outlasts(bytes: usize, pause: Duration) -> bool {
        let mut patience = Patience::new(MOST);
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_mins(10) {
            let over = poll_fn(|context| patience.poll_over(context));
            if timeout(pause, over).await.is_ok() {
                return false;
            }
            patience.taken(bytes);
        }
        true
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_takes_less_than_the_least_rate_is_not_waited_for_for_ever() {
        let rows = [
            (2048, 1000, false, "2 KB a second"),
            (1, 10, false, "a byte at a time"),
            (100, 100, false, "1 KB a second, in small pieces"),
            (16_384, 1000, true, "16 KB a second"),
            (65_536, 4000, true, "the same in large pieces"),
            (
                65_536,
                6000,
                false,
                "a pause that is too long, however much is taken afterwards",
            ),
        ];
        for (bytes, millis, expected, reason) in rows {
            assert_eq!(
                outlasts(bytes, Duration::from_millis(millis)).await,
                expected,
                "{reason}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_at_once_gains_nothing_beyond_the_whole() {
        let mut patience = Patience::new(MOST);
        patience.taken(usize::MAX);
        let begin = Instant::now();
        poll_fn(|context| patience.poll_over(context)).await;
        assert_eq!(begin.elapsed(), MOST);
    }
}
