//! Reads the orders that webhooks and requests asked for, and stores what hosts hear of it.

mod observation;
mod pace;

use std::{sync::Arc, time::Duration};

use domain::junction::{
    JunctionId,
    orders::{
        change::{Change, changes},
        status::countable,
        visit_state::VisitState,
    },
};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use store::{
    known::Unavailable,
    orders::{Claimed, EventKind, Followed, NewEvent, Observed, Settled},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use self::{
    observation::{from_stored, to_store, to_stored_event},
    pace::Pace,
};
use super::{
    reader::{NotRead, OfTeam, Reader},
    shared::Shared,
};
use crate::{
    app::background::supervisor::{Background, Ended, Phase},
    directory::SharedDirectory,
    gateway::FollowedOrder,
    telemetry::{Task, order_metrics::UnknownKind},
};

/// How often the store is looked at while there is nothing to read.
const PERIOD: Duration = Duration::from_millis(250);

/// How long it is left alone after it failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// How many orders are read at once.
const AT_ONCE: usize = 8;

/// For how much longer an order belongs to the one that reads it than its calls may take.
const SPARE: Duration = Duration::from_secs(10);

pub(in crate::app::background) struct Consumer {
    pub(in crate::app::background) shared: Shared,
    pub(in crate::app::background) reader: Reader,
    pub(in crate::app::background) directory: SharedDirectory,
    /// How long the calls for one order may take. What a gateway that died was reading is read again only after that.
    pub(in crate::app::background) calls_timeout: Duration,
}

impl Background for Consumer {
    const NAME: Task = Task::OrderReading;
    const ENDS_ON: Phase = Phase::Finish;

    async fn run(&mut self, finish: &CancellationToken) -> Ended {
        let this = &*self;
        let mut reading = FuturesUnordered::new();
        let mut is_failing = false;
        while !finish.is_cancelled() {
            let pause = match this.claim(AT_ONCE - reading.len()).await {
                Ok(claimed) => {
                    is_failing = false;
                    reading.extend(claimed.into_iter().map(|claimed| this.read(claimed)));
                    PERIOD
                }
                Err(why) => {
                    if !is_failing {
                        tracing::warn!(%why, "orders that changed cannot be read: the store is away");
                    }
                    is_failing = true;
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = finish.cancelled() => {}
                Some(()) = reading.next() => {}
                () = sleep(pause) => {}
            }
        }
        // What is being read is noted too: its calls end in time.
        while reading.next().await.is_some() {}
        Ended::Stopped
    }
}

impl Consumer {
    async fn claim(&self, free: usize) -> Result<Vec<Claimed>, Unavailable> {
        let Some(limit) = u32::try_from(free).ok().filter(|free| *free > 0) else {
            return Ok(Vec::new());
        };
        let now = (self.shared.clock)();
        let until = now.saturating_add(self.calls_timeout + SPARE).unwrap_or(Timestamp::MAX);
        self.shared.store.claim(now, until, limit).await
    }

    /// Reads an order and notes what came of it. If that cannot be noted, the order is read again.
    async fn read(&self, claimed: Claimed) {
        let noted = match self.look_up(&claimed).await {
            Ok(Some(read)) => self.learn(&claimed, &read).await,
            Ok(None) => self.missing(&claimed).await,
            Err(not_read) => {
                tracing::debug!(%not_read, attempts = claimed.attempts, "an order cannot be read now");
                self.postpone(&claimed, pace::after_failure(claimed.attempts)).await
            }
        };
        if let Err(why) = noted {
            tracing::warn!(%why, "what was read of an order cannot be noted; it is read again");
        }
    }

    async fn look_up(&self, claimed: &Claimed) -> Result<Option<FollowedOrder>, NotRead> {
        let directory = self.directory.load();
        let tenant = directory.hosts().map(|(_, tenant)| tenant).find(|tenant| {
            let environment = tenant
                .junction
                .as_ref()
                .map(|junction| junction.account.environment.as_str());
            tenant.id == claimed.tenant && environment == Some(&*claimed.key.environment)
        });
        let ids = JunctionId::of(claimed.key.team).zip(JunctionId::of(claimed.key.order));
        // A tenant may come back with the next configuration.
        let (tenant, (team, order)) = tenant.zip(ids).ok_or(NotRead::NotConfigured)?;
        let of = OfTeam {
            tenant: Arc::clone(tenant),
            team,
        };
        drop(directory);
        self.reader.order(of, order).await
    }

    async fn learn(&self, claimed: &Claimed, read: &FollowedOrder) -> Result<(), Unavailable> {
        self.count_unknown(read);
        let stored = claimed.observed.as_ref().map(from_stored);
        match changes(stored.as_ref(), &read.order, read.visit.as_ref(), claimed.is_urgent) {
            Change::New { observed, events } => {
                let events = events.iter().map(to_stored_event).collect();
                self.settle(claimed, to_store(&observed), events).await
            }
            Change::Unchanged => self.keep(claimed, Vec::new()).await,
            Change::Older => self.older(claimed).await,
        }
    }

    /// What is stored is newer than what was read: one of Junction's copies is behind, for a moment.
    async fn older(&self, claimed: &Claimed) -> Result<(), Unavailable> {
        let Some(observed) = claimed.observed.as_ref().filter(|_| claimed.is_urgent) else {
            return match pace::after_older(claimed.attempts) {
                Pace::Again(wait) => self.postpone(claimed, wait).await,
                Pace::Enough => self.keep(claimed, Vec::new()).await,
            };
        };
        // A critical result does not wait for that. The order is read once more.
        let critical = NewEvent {
            kind: EventKind::ResultCritical,
            state: observed.state.clone(),
            at: observed.updated_at,
        };
        self.keep(claimed, vec![critical]).await?;
        let newer = observed
            .updated_at
            .saturating_add(Duration::from_micros(1))
            .unwrap_or(Timestamp::MAX);
        let again = self
            .shared
            .store
            .refresh(followed(claimed), newer, (self.shared.clock)());
        again.await.map(drop)
    }

    /// Junction has no such order, or not yet.
    async fn missing(&self, claimed: &Claimed) -> Result<(), Unavailable> {
        match pace::after_missing(claimed.attempts) {
            Pace::Again(wait) => self.postpone(claimed, wait).await,
            // What hosts were told of it stays.
            Pace::Enough if claimed.observed.is_some() => self.keep(claimed, Vec::new()).await,
            Pace::Enough => self.shared.store.forget(claimed.key.clone()).await,
        }
    }

    /// Keeps what is stored, for it holds.
    async fn keep(&self, claimed: &Claimed, events: Vec<NewEvent>) -> Result<(), Unavailable> {
        match claimed.observed.clone() {
            Some(observed) => self.settle(claimed, observed, events).await,
            None => self.postpone(claimed, pace::after_failure(claimed.attempts)).await,
        }
    }

    async fn settle(&self, claimed: &Claimed, observed: Observed, events: Vec<NewEvent>) -> Result<(), Unavailable> {
        let has_events = !events.is_empty();
        let (key, now) = (claimed.key.clone(), (self.shared.clock)());
        let settled = self
            .shared
            .store
            .settle(key, claimed.marks, observed, events, now)
            .await?;
        match settled {
            Settled::Clean | Settled::StillDirty if has_events => self.shared.noted.say(),
            Settled::Clean | Settled::StillDirty => {}
            Settled::Older => self.postpone(claimed, pace::after_failure(claimed.attempts)).await?,
            // Another gateway has read it meanwhile.
            Settled::Lost => tracing::debug!("an order was read twice at once"),
        }
        Ok(())
    }

    async fn postpone(&self, claimed: &Claimed, wait: Duration) -> Result<(), Unavailable> {
        let until = (self.shared.clock)().saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.shared
            .store
            .postpone(claimed.key.clone(), claimed.marks, until)
            .await
    }

    fn count_unknown(&self, read: &FollowedOrder) {
        let metrics = &self.shared.metrics.orders;
        let status = &read.order.status;
        if !status.is_known() {
            metrics.unknown(UnknownKind::OrderStatus, status.countable());
        }
        if let Some(visit) = read.visit.as_ref().filter(|visit| visit.state == VisitState::Other) {
            metrics.unknown(UnknownKind::VisitStatus, countable(&visit.status));
        }
    }
}

fn followed(claimed: &Claimed) -> Followed {
    Followed {
        tenant: Arc::clone(&claimed.tenant),
        team: claimed.key.team,
        environment: Arc::clone(&claimed.key.environment),
        order: claimed.key.order,
    }
}

#[cfg(test)]
mod tests;
