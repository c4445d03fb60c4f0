//! What runs for each of several things that the configuration names, for as long as it names them.

use std::future::pending;

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::watch::Receiver;
use tokio_util::sync::CancellationToken;

/// What is running, by the configuration that it was begun with.
pub(super) struct Following<C> {
    /// Each ends when it is stopped.
    running: FuturesUnordered<BoxFuture<'static, ()>>,
    kept: Vec<(C, CancellationToken)>,
}

impl<C> Default for Following<C> {
    fn default() -> Self {
        Self {
            running: FuturesUnordered::new(),
            kept: Vec::new(),
        }
    }
}

impl<C: Clone + PartialEq> Following<C> {
    /// Stops the others, and waits until they have ended: no two may work for one thing.
    pub(super) async fn keep(&mut self, stays: impl Fn(&C) -> bool) {
        let before = self.kept.len();
        self.kept.retain(|(config, stop)| {
            let stays = stays(config);
            if !stays {
                stop.cancel();
            }
            stays
        });
        for _ in self.kept.len()..before {
            self.running.next().await;
        }
    }

    /// Begins to work for this one, unless that goes on already.
    pub(super) fn begin<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        config: &C,
        run: impl FnOnce(CancellationToken) -> F,
    ) {
        if self.kept.iter().any(|(kept, _)| kept == config) {
            return;
        }
        let stop = CancellationToken::new();
        self.running.push(run(stop.clone()).boxed());
        self.kept.push((config.clone(), stop));
    }

    /// Returns when one has ended that was not stopped.
    pub(super) async fn ended(&mut self) {
        if self.running.next().await.is_none() {
            pending::<()>().await;
        }
    }
}

/// Returns when the configuration names others: never, if none can follow.
pub(super) async fn changed<T>(named: &mut Receiver<T>) {
    if named.changed().await.is_err() {
        pending::<()>().await;
    }
}
