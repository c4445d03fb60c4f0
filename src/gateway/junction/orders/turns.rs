//! One at a time: what must not be done twice at once, in this process and in all that share a store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// How many names are remembered before those that have ended are dropped.
const DROP_AT: usize = 1024;

/// How often a turn is asked for that another process has.
pub(super) const ASK_AGAIN_AFTER: Duration = Duration::from_millis(150);

/// The turns of this process.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<String, Weak<Turn<()>>>>);

impl Turns {
    /// Waits until it is this one's turn, which lasts until the guard is dropped.
    pub(super) async fn take(&self, name: &str) -> OwnedMutexGuard<()> {
        let turn = self.turn(name);
        turn.lock_owned().await
    }

    fn turn(&self, name: &str) -> Arc<Turn<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(name).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.len() >= DROP_AT {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        turns.insert(name.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;

    use super::*;

    #[tokio::test]
    async fn a_turn_waits_for_the_one_before_it_and_for_no_other() {
        let turns = Turns::default();
        let first = turns.take("team/user-1").await;
        drop(turns.take("team/user-2").await);
        let mut second = Box::pin(turns.take("team/user-1"));
        let waits = std::future::poll_fn(|context| std::task::Poll::Ready(second.as_mut().poll(context).is_pending()));
        assert!(waits.await);
        drop(first);
        drop(second.await);
        for number in 0..=DROP_AT {
            drop(turns.take(&number.to_string()).await);
        }
        assert!(turns.0.lock().unwrap().len() < DROP_AT);
    }
}
