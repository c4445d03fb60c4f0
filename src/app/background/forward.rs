//! Sends the audit trail to every repository that is configured, each at its own pace.

mod delivery;
mod destination;

pub(in crate::app) use destination::{Destinations, destinations};

use std::{future::pending, path::PathBuf, sync::Arc};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::watch::Receiver;
use tokio_util::sync::CancellationToken;

use self::{delivery::Delivery, destination::Destination};
use super::supervisor::{Background, Ended, Phase};
use crate::{
    audit::Audit,
    config::AuditForwardConfig,
    telemetry::{Task, metrics::Metrics},
};

pub(super) struct Forward {
    /// Where the trail is.
    pub(super) folder: PathBuf,
    /// Where it goes to. It can change.
    pub(super) destinations: Receiver<Destinations>,
    /// Has the keys that names are opened with.
    pub(super) audit: Arc<Audit>,
    pub(super) metrics: Arc<Metrics>,
}

/// The deliveries that are running.
#[derive(Default)]
struct Deliveries {
    /// Each ends when it is stopped.
    running: FuturesUnordered<BoxFuture<'static, ()>>,
    kept: Vec<Kept>,
}

struct Kept {
    config: AuditForwardConfig,
    stop: CancellationToken,
}

impl Background for Forward {
    const NAME: Task = Task::Forward;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        let mut deliveries = Deliveries::default();
        loop {
            let destinations = Arc::clone(&self.destinations.borrow_and_update());
            self.follow(&mut deliveries, &destinations).await;
            tokio::select! {
                () = finish.cancelled() => {
                    deliveries.keep(|_| false).await;
                    return Ended::Stopped;
                }
                () = changed(&mut self.destinations) => {}
                Some(()) = deliveries.running.next() => return Ended::Stopped,
            }
        }
    }
}

/// Returns when there are other destinations: never, if no configuration can follow.
async fn changed(destinations: &mut Receiver<Destinations>) {
    if destinations.changed().await.is_err() {
        pending::<()>().await;
    }
}

impl Forward {
    /// Delivers to these and to no others. One that has not changed goes on undisturbed.
    async fn follow(&self, deliveries: &mut Deliveries, destinations: &[Destination]) {
        let stays = |config: &AuditForwardConfig| destinations.iter().any(|destination| destination.config == *config);
        deliveries.keep(stays).await;
        for destination in destinations {
            if deliveries.kept.iter().any(|kept| kept.config == destination.config) {
                continue;
            }
            let stop = CancellationToken::new();
            let delivery = Delivery::new(
                destination.clone(),
                self.folder.clone(),
                Arc::clone(&self.audit),
                Arc::clone(&self.metrics),
            );
            let config = destination.config.clone();
            deliveries.running.push(delivery.run(stop.clone()).boxed());
            deliveries.kept.push(Kept { config, stop });
        }
    }
}

impl Deliveries {
    /// Stops the others, and waits until they have ended: no two may write down how far one repository is.
    async fn keep(&mut self, stays: impl Fn(&AuditForwardConfig) -> bool) {
        let before = self.kept.len();
        self.kept.retain(|kept| {
            let stays = stays(&kept.config);
            if !stays {
                kept.stop.cancel();
            }
            stays
        });
        for _ in self.kept.len()..before {
            self.running.next().await;
        }
    }
}
